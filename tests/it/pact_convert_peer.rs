//! No conversion changes a verdict in silence: for every case that Pact's verifier or mock server has answered, and every
//! one of the specification, the contract that is made of the Pact file answers the same, or a remark says where not; and
//! so does the Pact file that is made of that contract.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use upheld::contract::write;
use upheld::conversion::Remark;
use upheld::conversion::export::{Version, export};
use upheld::formats::{Contract, Interaction, match_request, match_response};
use upheld::interaction::{ActualRequest, ActualResponse, Part};
use upheld::source::Pointer;

use crate::pact_convert_properties::{imported, read_own};
use crate::pact_peer::bytes;
use crate::pact_spec::{body, cases as spec_cases, headers, pact_file, query, try_contract};
use crate::reading::{either, filled};

/// One case: what is expected of a message, in a Pact file, and one that came.
struct Case {
    name: String,
    version: String,
    kind: &'static str,
    expected: Value,
    came: Came,
    /// Whether it fits, says Pact.
    fits: bool,
}

impl Case {
    /// The Pact file that the case is about, if it can be read.
    fn pact(&self) -> Option<Contract> {
        let mut interaction = json!({"description": "a case"});
        interaction[self.kind] = self.expected.clone();
        try_contract(&pact_file(&self.version, &interaction)).ok()
    }
}

enum Came {
    Request(ActualRequest),
    Response(ActualResponse),
}

impl Came {
    fn of(kind: &str, actual: &Value, query: Option<String>, body: Vec<u8>) -> Self {
        let text = |key: &str, default: &str| actual[key].as_str().unwrap_or(default).to_owned();
        let headers = headers(actual);
        if kind == "request" {
            let (method, path) = (text("method", "GET"), text("path", "/"));
            return Self::Request(ActualRequest { method, path, query, headers, body });
        }
        let status = actual["status"].as_u64().map_or(200, |status| u16::try_from(status).unwrap());
        Self::Response(ActualResponse { status, headers, body })
    }

    /// The parts of it that are not as an interaction asks.
    fn misfits(&self, interaction: &Interaction) -> HashSet<Part> {
        let filled = filled(interaction);
        let found = match self {
            Self::Request(came) => match_request(&filled, came, &Pointer::root()),
            Self::Response(came) => match_response(&filled, came, &Pointer::root()),
        };
        found.into_iter().map(|mismatch| mismatch.part).collect()
    }
}

/// The cases that were recorded from Pact, and those of the specification where they are on this machine.
fn cases() -> Vec<Case> {
    let recorded = [("request", include_str!("pact/requests.json")), ("response", include_str!("pact/responses.json"))];
    let mut all = Vec::new();
    for (kind, text) in recorded {
        let cases: Vec<Value> = serde_json::from_str(text).unwrap();
        all.extend(cases.into_iter().map(|case| {
            let actual = &case["actual"];
            let query = actual["query"].as_str().map(str::to_owned);
            Case {
                name: format!("{kind} {}", case["name"].as_str().unwrap()),
                version: case["version"].as_str().unwrap().to_owned(),
                kind,
                expected: case["expected"].clone(),
                came: Came::of(kind, actual, query, bytes(actual)),
                fits: case["match"].as_bool().unwrap(),
            }
        }));
        all.extend(spec_cases(kind).into_iter().flatten().map(|case| Case {
            name: case.name,
            version: case.version.to_owned(),
            kind,
            came: Came::of(kind, &case.actual, query(&case.actual), body(&case.actual, case.version)),
            expected: case.expected,
            fits: case.matches,
        }));
    }
    all
}

/// Cases that a contract answers otherwise without a remark, by a part of their names, each with the reason: they are of
/// every file, and nobody who reads the contract takes it otherwise.
const IMPORTED_OTHERWISE: &[(&str, &str)] = &[
    ("request header/Accept ", ACCEPT),
    ("request header/list header: Accept-Encoding order", ACCEPT),
    (
        "response header/Content-Type application/json against APPLICATION/JSON",
        "a media type has no case (RFC 9110, 8.3.1)",
    ),
    ("response header/array: one value, two lines", LINE),
    ("request header/regex [a-z]+ on repeated lines", LINE),
    ("response header/regex [a-z]+ on repeated lines", LINE),
    ("response header/date without the space", "it is no date (RFC 9110, 5.6.7)"),
    ("/request/headers/header value is different case", "the elements of this header have no case (RFC 9110, 12.5.1)"),
    (
        "/request/headers/order of comma separated header values different",
        "the order of this header's elements says nothing",
    ),
    ("/request/method/method is different case", "methods have a case (RFC 9110, 9.1)"),
    ("/request/path/forward slash found when empty path expected", "what is sent for no path is a slash"),
    ("request path/ against /", "what is sent for no path is a slash"),
    ("request path/a against /a", "what is sent for it begins with a slash"),
    ("response document/5: 5.0", NUMBERS),
    ("response matcher/equality decimal: 1", NUMBERS),
    ("response matcher/equality integer: 5", NUMBERS),
    ("response matcher/integer: ", NUMBERS),
    (
        "response matcher/semver: \"999999999999999999999.0.0\"",
        "a version may have large numbers (Semantic Versioning 2.0.0)",
    ),
];

const ACCEPT: &str = "what a client takes beside the example harms nobody, and only a mock would ask";
const LINE: &str = "a line that is added on the way harms nobody";
const NUMBERS: &str = "numbers are compared by their values, however they are written";

/// Whether a remark tells of one of the parts of a message that it may be answered otherwise.
fn told(remarks: &[Remark], kind: &str, parts: &HashSet<&Part>) -> bool {
    remarks.iter().any(|remark| {
        let Some(place) = remark.place.strip_prefix(kind) else { return remark.place.is_empty() };
        let is_of = |part: &Part| place.trim_start().starts_with(word(*part));
        place.is_empty() || parts.iter().any(|part| is_of(part))
    })
}

const fn word(part: Part) -> &'static str {
    match part {
        Part::Method => "method",
        Part::Path => "path",
        Part::Query => "query",
        Part::Status => "status",
        Part::Header => "header",
        _ => "body",
    }
}

/// Says what was found; fails where something is silent, or an exception is none any more.
fn judge(counts: &HashMap<&str, usize>, silent: &[(String, String)], known: &[(&str, &str)]) {
    let is_known = |(name, _): &&(String, String)| known.iter().any(|(known, _)| name.contains(known));
    let failed: Vec<&str> = silent.iter().filter(|one| !is_known(one)).map(|(_, text)| text.as_str()).collect();
    assert!(failed.is_empty(), "{} of them, {counts:?}\n{}", failed.len(), failed.join("\n"));
    let (same, told) = (counts["the same"], counts.values().sum::<usize>() - counts["the same"]);
    assert!(same > 2000 && told > 100 && told < same / 3, "{counts:?}");
    let stale = known.iter().filter(|(known, _)| !silent.iter().any(|(name, _)| name.contains(known)));
    // Those of the specification are not on every machine.
    let here = std::env::var_os("UPHELD_PACT_SPEC").is_some_and(|folder| !folder.is_empty());
    let stale: Vec<&str> = stale.map(|(name, _)| *name).filter(|name| here || !name.starts_with('/')).collect();
    assert!(stale.is_empty(), "no exceptions any more: {stale:?}");
}

#[test]
fn a_contract_that_is_imported_answers_as_the_pact_file_does_or_a_remark_tells() {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut silent = Vec::new();
    for case in cases() {
        let Some(pact) = case.pact() else { continue };
        let converted = imported(&pact);
        let contract = either(&converted.contract);
        let Some(own) = contract.interactions.first() else {
            assert!(!converted.remarks.is_empty(), "{}", case.name);
            continue;
        };
        let (said, says) = (case.came.misfits(&pact.interactions[0]), case.came.misfits(own));
        // Where a Pact file is read otherwise than Pact does, `pact_peer` says why.
        let same = says.is_empty() == case.fits || says.is_empty() == said.is_empty();
        let told = told(&converted.remarks, case.kind, &said.symmetric_difference(&says).collect());
        let word = match (same, told) {
            (true, false) => "the same",
            (true, true) => "the same, and told",
            (false, true) => "told",
            (false, false) => "silent",
        };
        *counts.entry(word).or_default() += 1;
        if word == "silent" {
            let word = if says.is_empty() { "looser" } else { "stricter" };
            let text = format!(
                "{} [{}] is {word}: {}\n{}",
                case.name,
                case.version,
                case.expected,
                write(&converted.contract)
            );
            silent.push((case.name, text));
        }
    }
    judge(&counts, &silent, IMPORTED_OTHERWISE);
}

/// Cases that an exported Pact file answers otherwise without a remark, in the same way.
const EXPORTED_OTHERWISE: &[(&str, &str)] = &[
    ("request header/Accept ", ACCEPT),
    ("request header/list header: Accept-Encoding order", ACCEPT),
    ("/request/headers/header value is different case", ACCEPT),
    ("/request/headers/order of comma separated header values different", ACCEPT),
    ("request body/presence, [], no headers: []", "a body of JSON is sent with its content type anyway"),
    ("request body/v4, content without type: {", "a body of JSON is sent with its content type anyway"),
    ("/request/body/matches", "a body of JSON is sent with its content type anyway"),
    ("response header/Content-Type application/json against APPLICATION/JSON", "nobody writes it so"),
    ("response header/array: one value, two lines", LINE),
    ("request header/regex [a-z]+ on repeated lines", LINE),
    ("response header/regex [a-z]+ on repeated lines", LINE),
    ("response header/date without the space", "it is no date (RFC 9110, 5.6.7)"),
    ("/request/method/method is different case", "methods have a case (RFC 9110, 9.1)"),
    ("request path//a%2Fb against /a/b", "the reader of Pact files here takes both"),
    ("response document/5: 5.0", NUMBERS),
    ("response matcher/equality decimal: 1", NUMBERS),
    ("response matcher/equality integer: 5", NUMBERS),
    ("response matcher/integer: ", NUMBERS),
];

#[test]
fn a_pact_file_that_is_exported_is_never_stricter_and_where_it_is_looser_a_remark_tells() {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut silent = Vec::new();
    for case in cases() {
        let Some(pact) = case.pact() else { continue };
        let converted = imported(&pact).contract;
        if converted.interactions.is_empty() {
            continue;
        }
        let own = read_own(&write(&converted));
        let says = case.came.misfits(&either(&own).interactions[0]);
        for version in [Version::V3, Version::V4] {
            let exported = export(&own, version);
            let pact = try_contract(&exported.text).unwrap_or_else(|why| panic!("{why}\n{}", exported.text));
            let said = case.came.misfits(&pact.interactions[0]);
            let told = told(&exported.remarks, case.kind, &said.symmetric_difference(&says).collect());
            let word = match (said.is_empty() == says.is_empty(), says.is_empty(), told) {
                (true, _, _) => "the same",
                // A request is sent as it is: what can't be said is more than a mock asks.
                (_, true, true) if case.kind == "request" => "stricter for a mock, and told",
                (_, true, _) => "stricter",
                (_, _, true) => "looser, and told",
                (_, _, false) => "looser",
            };
            *counts.entry(word).or_default() += 1;
            if matches!(word, "stricter" | "looser") {
                let text = format!(
                    "{} [{}] in {version:?} is {word}: {} {:?}\n{}",
                    case.name, case.version, case.expected, exported.remarks, exported.text
                );
                silent.push((case.name.clone(), text));
            }
        }
    }
    judge(&counts, &silent, EXPORTED_OTHERWISE);
}
