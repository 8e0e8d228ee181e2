//! Compares our results, from the code that `verify` and `mock` use, with those of Pact's own verifier and mock server, case
//! by case.
//!
//! The tables were made by running Pact's verifier (`pact_ffi` 0.5.12, of the package pact-python) on files of versions 2 to
//! 4. Cases with other results than Pact's are in [`EXCEPTIONS`], each with its reason.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use upheld::formats::{match_request, match_response};
use upheld::interaction::{ActualRequest, ActualResponse};
use upheld::source::Pointer;

use super::pact_spec::{headers, pact_file, try_contract};
use super::reading::http;

/// Cases with another result than Pact's, by the beginning of their names, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "body/content type application/octet-stream",
        "what the file has as JSON is compared as JSON, whatever it is called",
    ),
    ("body/content type application/x-ndjson", "what the file has as JSON is compared as JSON, whatever it is called"),
    ("body/content type text/", "what the file has as JSON is compared as JSON, whatever it is called"),
    ("body/xml $.a.b[*]", "the public test cases of version 4 have an index there, and count on it"),
    ("combine/OR eachValue", "one of several rules is enough for maps, too, where the file says so"),
    ("combine/OR null", "one of several rules is enough for lists and objects, too, where the file says so"),
    ("combine/cascaded OR", "one of several rules is enough for objects, too, where the file says so"),
    ("datetime/date yyyy-DDD: 2020-366", "a leap year has 366 days"),
    ("datetime/timestamp EEE, dd MMM yyyy HH:mm:ss z: Fri, 31 Jan 2020 10:00:00 +0000", "`z` takes an offset, in Java"),
    ("datetime/timestamp yyyy-MM-dd HH:mm:ss z: 2020-01-31 10:00:00 UTC", "`z` takes UTC, in Java"),
    ("datetime/timestamp yyyy-MM-dd'T'HH:mm:ssZZZZZ: 2020-01-31T10:00:00Z", "`ZZZZZ` takes Z, in Java"),
    ("datetime/timestamp yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX", "a section in brackets may be missing, in Java"),
    (
        "header/Content-Type application/json; ",
        "the parameters' names have no case, and quotes are spelling (RFC 9110, 8.3.1)",
    ),
    ("header/array: two values, one line", "lines of one header are one list (RFC 9110, 5.3)"),
    ("header/comma: repeated lines for a list", "lines of one header are one list (RFC 9110, 5.3)"),
    ("header/index path", "a rule with a path is followed, where Pact passes over it"),
    ("header/rule path", "a rule with a path is followed, where Pact passes over it"),
    ("header/non-ASCII", "the header came"),
    ("header/regex for the whole of Vary", "an expression may be for the whole of a list or for each of it"),
    ("path/a against /a", "a path without its first slash is sent with one, so it is served with one, too"),
    ("path//", "paths are compared by what they mean, whatever is encoded"),
    ("path/regex", "an expression for a path may be for what it means"),
    ("query/V2 path $.query[0]", "a rule for all parameters is for none"),
    ("query/V2 text ?a=1", "a query that is written with its `?` is the same query"),
    ("query/regex on ", "a rule with a path is followed, where Pact passes over it"),
    ("query/rule for $", "a rule with a path is followed, where Pact passes over it"),
    ("query/two values, regex on a[*]", "a rule with a path is followed, where Pact passes over it"),
    ("query/value as a number", "a number is sent as its text"),
    ("matcher/contentType json: [1]", "`[1]` is JSON"),
    ("matcher/decimal: -", "whole numbers are whole, however large, and -0 is one"),
    ("matcher/decimal: 18446744073709551616", "whole numbers are whole, however large"),
    ("matcher/integer: -", "whole numbers are whole, however large, and -0 is one"),
    ("matcher/integer: 18446744073709551616", "whole numbers are whole, however large"),
    ("matcher/no rule, big integer", "numbers are compared exactly, however large"),
    ("matcher/regex digits: 18446744073709551616", "a number's text is what came"),
    ("matcher/regex on a number", "a number's text is what came"),
    ("matcher/regex possessive and named", "POSIX classes are those of ASCII"),
];

pub fn bytes(actual: &Value) -> Vec<u8> {
    use base64::Engine as _;
    match (actual.get("body"), actual.get("body-base64")) {
        (Some(Value::String(text)), _) => text.clone().into_bytes(),
        (_, Some(Value::String(text))) => base64::engine::general_purpose::STANDARD.decode(text).unwrap(),
        _ => Vec::new(),
    }
}

/// Compares every case with Pact's result, and returns the exceptions that were met.
fn compare_with_pact(cases: &str, check: impl Fn(&Value) -> Vec<String>) -> HashSet<&'static str> {
    let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
    let mut failed = String::new();
    let mut met = HashSet::new();
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let found = check(case);
        if found.is_empty() == case["match"].as_bool().unwrap() {
            continue;
        }
        if let Some((known, _)) = EXCEPTIONS.iter().find(|(known, _)| name.starts_with(known)) {
            met.insert(*known);
        } else {
            writeln!(failed, "{name} [{}]: Pact says {}, found {found:?}", case["version"], case["match"]).unwrap();
        }
    }
    assert!(cases.len() > 500, "only {} cases", cases.len());
    assert!(failed.is_empty(), "{failed}");
    met
}

#[test]
fn results_are_the_same_as_pacts() {
    let met: HashSet<&str> = requests().union(&responses()).copied().collect();
    let stale: Vec<&str> = EXCEPTIONS.iter().map(|(name, _)| *name).filter(|name| !met.contains(name)).collect();
    assert!(stale.is_empty(), "no exceptions any more: {stale:?}");
}

#[test]
fn files_that_pact_refuses_are_read_or_give_findings() {
    let files: Vec<Value> = serde_json::from_str(include_str!("pact/unreadable.json")).unwrap();
    for file in &files {
        let interaction = match file["expected"].get("method").or(file["expected"].get("path")) {
            Some(_) => json!({"description": "a case", "request": file["expected"], "response": {}}),
            None => json!({"description": "a case", "response": file["expected"]}),
        };
        let read = try_contract(&pact_file(file["version"].as_str().unwrap(), &interaction));
        if let Err(why) = &read {
            assert!(why.contains("P10"), "{why}");
        }
    }
    assert!(files.len() > 15);
}

fn requests() -> HashSet<&'static str> {
    compare_with_pact(include_str!("pact/requests.json"), |case| {
        let interaction = json!({"description": "a case", "request": case["expected"], "response": {}});
        let contract = match try_contract(&pact_file(case["version"].as_str().unwrap(), &interaction)) {
            Ok(contract) => contract,
            Err(why) => return vec![why],
        };
        let actual = &case["actual"];
        let text = |key: &str, default: &str| actual[key].as_str().unwrap_or(default).to_owned();
        let request = ActualRequest {
            method: text("method", "GET"),
            path: text("path", "/"),
            query: actual["query"].as_str().map(str::to_owned),
            headers: headers(actual),
            body: bytes(actual),
        };
        let found = match_request(http(&contract.interactions[0]), &request, &Pointer::root());
        found.iter().map(|mismatch| format!("{} {}", mismatch.place(), mismatch.message())).collect()
    })
}

fn responses() -> HashSet<&'static str> {
    compare_with_pact(include_str!("pact/responses.json"), |case| {
        let interaction = json!({"description": "a case", "response": case["expected"]});
        let contract = match try_contract(&pact_file(case["version"].as_str().unwrap(), &interaction)) {
            Ok(contract) => contract,
            Err(why) => return vec![why],
        };
        let actual = &case["actual"];
        let response = ActualResponse {
            status: actual["status"].as_u64().map_or(200, |status| u16::try_from(status).unwrap()),
            headers: headers(actual),
            body: bytes(actual),
        };
        let found = match_response(http(&contract.interactions[0]), &response, &Pointer::root());
        found.iter().map(|mismatch| format!("{} {}", mismatch.place(), mismatch.message())).collect()
    })
}
