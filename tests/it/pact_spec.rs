//! The public conformance cases of the Pact specification, versions 1 to 4, run with the code that `verify` and `mock` use.
//!
//! The cases are not a part of this project: `UPHELD_PACT_SPEC` names the folder that they are in
//! (`<version>/{request,response}/<part>/<case>.json`). If it isn't set, the tests say that they were skipped.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use upheld::contract::attachments::NoAttachments;
use upheld::formats::{Contract, match_request, match_response, read};
use upheld::interaction::{ActualRequest, ActualResponse};
use upheld::source::{Limits, Pointer, SourceFile};

use super::reading::http;
use super::support::{Answer, Provider, World};

/// The versions by the names of their folders, and as Pact files write them.
const VERSIONS: [(&str, &str); 5] =
    [("v1", "1.0.0"), ("v1.1", "1.1.0"), ("v2", "2.0.0"), ("v3", "3.0.0"), ("v4", "4.0")];

/// Cases with another result than the specification's, each with its reason.
const WRONG: &[(&str, &str)] = &[];

/// One case.
pub struct Case {
    /// `v3/request/body/matches`
    pub name: String,
    pub version: &'static str,
    pub expected: Value,
    pub actual: Value,
    pub matches: bool,
}

/// All cases of a kind, or `None` if there are none on this machine.
pub fn cases(kind: &str) -> Option<Vec<Case>> {
    let Some(folder) = std::env::var_os("UPHELD_PACT_SPEC").filter(|folder| !folder.is_empty()) else {
        print_uncaptured("skipped: UPHELD_PACT_SPEC does not name the folder of the Pact specification's cases");
        return None;
    };
    let mut cases = Vec::new();
    for (name, version) in VERSIONS {
        for file in files(&Path::new(&folder).join(name).join(kind)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let case: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
            let parts: Vec<_> = file.iter().rev().take(2).map(|part| part.to_string_lossy().into_owned()).collect();
            cases.push(Case {
                name: format!("{name}/{kind}/{}/{}", parts[1], parts[0].trim_end_matches(".json")),
                version,
                expected: case["expected"].clone(),
                actual: case["actual"].clone(),
                matches: case["match"].as_bool().unwrap(),
            });
        }
    }
    Some(cases)
}

/// Prints a text that is shown even without `--nocapture`.
fn print_uncaptured(text: &str) {
    std::io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A Pact file with one interaction.
pub fn pact_file(version: &str, interaction: &Value) -> String {
    json!({
        "consumer": {"name": "storefront"},
        "provider": {"name": "orders"},
        "interactions": [interaction],
        "metadata": {"pactSpecification": {"version": version}},
    })
    .to_string()
}

/// The contract in a Pact file, or the findings about it.
pub fn try_contract(text: &str) -> Result<Contract, String> {
    let source = SourceFile::new("storefront-orders.json", text.to_owned(), Limits::default());
    read(&source, &NoAttachments).map(|read| read.contract).map_err(|findings| super::reading::lines(&findings))
}

pub fn contract(text: &str) -> Contract {
    try_contract(text).unwrap_or_else(|why| panic!("{why}\n{text}"))
}

/// A message's headers, as on the wire.
pub fn headers(message: &Value) -> Vec<(String, String)> {
    let empty = Map::new();
    let headers = message.get("headers").and_then(Value::as_object).unwrap_or(&empty);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    headers
        .iter()
        .flat_map(|(name, value)| match value {
            Value::Array(values) => values.iter().map(|value| (name.clone(), text(value))).collect(),
            one => vec![(name.clone(), text(one))],
        })
        .collect()
}

/// A message's body, as on the wire.
pub fn body(message: &Value, version: &str) -> Vec<u8> {
    let body = message.get("body");
    let body = if version == "4.0" { body.and_then(|body| body.get("content")) } else { body };
    match body {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(other) => other.to_string().into_bytes(),
    }
}

pub fn query(message: &Value) -> Option<String> {
    match message.get("query") {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Object(parameters)) => {
            let mut text = String::new();
            for (name, values) in parameters {
                for value in values.as_array().unwrap() {
                    let encode = |text: &str| {
                        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
                    };
                    let joint = if text.is_empty() { "" } else { "&" };
                    let value = value.as_str().unwrap_or_default();
                    write!(text, "{joint}{}={}", encode(name), encode(value)).unwrap();
                }
            }
            Some(text)
        }
        _ => None,
    }
}

/// Compares every case with its expected result, and prints how many there were.
fn check_cases(kind: &str, check: impl Fn(&Case) -> Vec<String>) {
    let Some(cases) = cases(kind) else { return };
    let mut failed = String::new();
    let mut not_followed = 0;
    for case in &cases {
        let found = check(case);
        let is_wrong = WRONG.iter().any(|(name, _)| *name == case.name);
        not_followed += usize::from(is_wrong);
        if found.is_empty() != (case.matches != is_wrong) {
            writeln!(failed, "{}: should match: {}, found {found:#?}", case.name, case.matches).unwrap();
        }
    }
    let count = cases.len();
    print_uncaptured(&format!(
        "{} of {count} {kind} cases answer as the Pact specification says",
        count - not_followed
    ));
    assert!(count > 250, "only {count} cases were found");
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn every_request_case_of_the_pact_specification_has_the_expected_result() {
    check_cases("request", |case| {
        let file = pact_file(case.version, &json!({"description": "a case", "request": case.expected, "response": {}}));
        let contract = contract(&file);
        let text = |key: &str, default: &str| case.actual[key].as_str().unwrap_or(default).to_owned();
        let request = ActualRequest {
            method: text("method", "GET"),
            path: text("path", "/"),
            query: query(&case.actual),
            headers: headers(&case.actual),
            body: body(&case.actual, case.version),
        };
        let found = match_request(http(&contract.interactions[0]), &request, &Pointer::root());
        found.iter().map(|mismatch| format!("{} {}", mismatch.place(), mismatch.message())).collect()
    });
}

#[test]
fn every_response_case_of_the_pact_specification_has_the_expected_result() {
    check_cases("response", |case| {
        let file = pact_file(case.version, &json!({"description": "a case", "response": case.expected}));
        let contract = contract(&file);
        let response = ActualResponse {
            status: case.actual["status"].as_u64().map_or(200, |status| u16::try_from(status).unwrap()),
            headers: headers(&case.actual),
            body: body(&case.actual, case.version),
        };
        let found = match_response(http(&contract.interactions[0]), &response, &Pointer::root());
        found.iter().map(|mismatch| format!("{} {}", mismatch.place(), mismatch.message())).collect()
    });
}

/// One Pact file for each version, with each case's expected response as an interaction; and a provider that sends the
/// actual responses.
#[test]
fn every_response_case_gives_the_same_verdict_through_the_program() {
    let Some(cases) = cases("response") else { return };
    let cases: std::sync::Arc<Vec<Case>> = std::sync::Arc::new(cases);
    let answers = std::sync::Arc::clone(&cases);
    let provider = Provider::new(move |request| {
        let number: usize = request.path.trim_start_matches("/case/").parse().unwrap();
        let case = &answers[number];
        let status = case.actual["status"].as_u64().map_or(200, |status| u16::try_from(status).unwrap());
        let answer = headers(&case.actual).iter().fold(Answer::status(status), |answer, (name, value)| {
            answer.header(name, value.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        answer.body(body(&case.actual, case.version))
    });
    let world = World::new();
    let mut files = Vec::new();
    for (_, version) in VERSIONS {
        let of_version = cases.iter().enumerate().filter(|(_, case)| case.version == version);
        let interactions: Vec<Value> = of_version
            .map(|(number, case)| {
                let request = json!({"method": "GET", "path": format!("/case/{number}")});
                json!({"description": case.name, "request": request, "response": case.expected})
            })
            .collect();
        let file = format!("pacts/{version}.json");
        let text = json!({
            "consumer": {"name": "storefront"},
            "provider": {"name": "orders"},
            "interactions": interactions,
            "metadata": {"pactSpecification": {"version": version}},
        });
        world.write(&file, text.to_string());
        files.push(file);
    }
    let url = provider.url();
    let arguments = ["verify"].into_iter().chain(files.iter().map(String::as_str));
    let output = world.upheld(arguments.chain(["--url", &url, "--report", "json=report.json"]));
    assert_eq!(output.code, Some(1), "{}", output.stderr);
    let report: Value = serde_json::from_str(&world.read("report.json")).unwrap();
    let found = report["interactions"].as_array().unwrap();
    assert_eq!(found.len(), cases.len());
    let mut failed = String::new();
    for interaction in found {
        let name = interaction["name"].as_str().unwrap();
        let case = cases.iter().find(|case| case.name == name).unwrap();
        let is_wrong = WRONG.iter().any(|(wrong, _)| *wrong == name);
        let expected = if case.matches == is_wrong { "broken" } else { "upheld" };
        if interaction["outcome"] != expected {
            writeln!(failed, "{name}: should be {expected}: {interaction:#}").unwrap();
        }
    }
    print_uncaptured(&format!(
        "{} response cases of the Pact specification give their verdicts through the program",
        found.len()
    ));
    assert!(failed.is_empty(), "{failed}");
}
