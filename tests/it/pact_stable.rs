//! Import, export and import again give the same contract, for every known case of Pact.

use std::collections::HashSet;

use serde_json::{Value, json};
use upheld::contract::write;
use upheld::conversion::export::{Version, export};

use crate::pact_convert_properties::{imported, read_own};
use crate::pact_spec::{cases as spec_cases, contract as read_pact, pact_file, try_contract};

/// The expected sides of all cases: a name, the version, `request` or `response`, and the side.
fn expected() -> Vec<(String, String, &'static str, Value)> {
    let recorded = [("request", include_str!("pact/requests.json")), ("response", include_str!("pact/responses.json"))];
    let mut all = Vec::new();
    for (kind, text) in recorded {
        let cases: Vec<Value> = serde_json::from_str(text).unwrap();
        for case in cases {
            let text = |key: &str| case[key].as_str().unwrap().to_owned();
            all.push((text("name"), text("version"), kind, case["expected"].clone()));
        }
        let spec = spec_cases(kind).into_iter().flatten();
        all.extend(spec.map(|case| (case.name, case.version.to_owned(), kind, case.expected)));
    }
    // Many differ only in the actual side.
    let mut known = HashSet::new();
    all.retain(|(_, version, kind, expected)| known.insert(format!("{version} {kind} {expected}")));
    all
}

#[test]
fn an_imported_contract_survives_export_and_import() {
    let (mut same, mut reported, mut changed) = (0, 0, Vec::new());
    for (name, version, kind, expected) in expected() {
        let mut interaction = json!({"description": "a case"});
        interaction[kind] = expected;
        let Ok(pact) = try_contract(&pact_file(&version, &interaction)) else { continue };
        let first = imported(&pact).contract;
        if first.interactions.is_empty() {
            continue;
        }
        let text = write(&first);
        let exported = export(&read_own(&text), Version::V4);
        let again = write(&imported(&read_pact(&exported.text)).contract);
        if again == text {
            same += 1;
        } else if exported.remarks.is_empty() {
            changed.push(format!("{name} [{version}]\n{text}---\n{again}---\n{}", exported.text));
        } else {
            reported += 1;
        }
    }
    println!("{same} cases come back unchanged, {reported} with a remark on a difference");
    assert!(changed.is_empty(), "{} of them\n{}", changed.len(), changed.join("\n"));
    assert!(same > 500 && reported < same / 10, "{same} came back, {reported} with a remark");
}
