//! What Pact's own verifier and mock server answer, case by case: the same is answered here, by the same code that `verify`
//! and `mock` use.
//!
//! The tables were made by running Pact's verifier (`pact_ffi` 0.5.12, of the package pact-python) on files of versions 2 to
//! 4. Where Pact's answer is not followed, the case stands in [`OTHERWISE`] with the reason.

use std::fmt::Write as _;

use serde_json::{Value, json};
use upheld::matching::{ActualResponse, match_response};
use upheld::source::Pointer;

use super::pact_spec::{contract, headers, pact_file};

/// Cases that are answered otherwise, by the beginning of their names, with the reason.
const OTHERWISE: &[(&str, &str)] = &[
    (
        "cascade/weights: $.a.* against $.*.b",
        "two rules of the same weight: which one speaks is left open, with Pact too",
    ),
    ("cascade/weights: bracket and dot for the same", "one path in two spellings: which one speaks is left open"),
    ("combine/OR eachValue", "one of several rules is enough for maps, too, where the file says so"),
    ("combine/OR null", "one of several rules is enough for lists and objects, too, where the file says so"),
    ("combine/cascaded OR", "one of several rules is enough for objects, too, where the file says so"),
    ("datetime/date yyyy-DDD: 2020-366", "a leap year has 366 days"),
    ("datetime/timestamp EEE, dd MMM yyyy HH:mm:ss z: Fri, 31 Jan 2020 10:00:00 +0000", "`z` takes an offset, in Java"),
    ("datetime/timestamp yyyy-MM-dd HH:mm:ss z: 2020-01-31 10:00:00 UTC", "`z` takes UTC, in Java"),
    ("datetime/timestamp yyyy-MM-dd'T'HH:mm:ssZZZZZ: 2020-01-31T10:00:00Z", "`ZZZZZ` takes Z, in Java"),
    ("matcher/contentType json: [1]", "`[1]` is JSON"),
    ("matcher/decimal: -", "whole numbers are whole, however large, and -0 is one"),
    ("matcher/decimal: 18446744073709551616", "whole numbers are whole, however large"),
    ("matcher/integer: -", "whole numbers are whole, however large, and -0 is one"),
    ("matcher/integer: 18446744073709551616", "whole numbers are whole, however large"),
    ("matcher/include digit: 1e5", "a number's text is what came"),
    ("matcher/no rule, big integer", "numbers are compared exactly, however large"),
    ("matcher/regex digits: 18446744073709551616", "a number's text is what came"),
    ("matcher/regex on a number", "a number's text is what came"),
    ("matcher/regex possessive and named", "POSIX classes are those of ASCII"),
    ("matcher/unknown matcher", "the interaction is skipped, which is no yes either"),
];

fn bytes(actual: &Value) -> Vec<u8> {
    use base64::Engine as _;
    match (actual.get("body"), actual.get("body-base64")) {
        (Some(Value::String(text)), _) => text.clone().into_bytes(),
        (_, Some(Value::String(text))) => base64::engine::general_purpose::STANDARD.decode(text).unwrap(),
        _ => Vec::new(),
    }
}

fn hold(cases: &str, check: impl Fn(&Value) -> Vec<String>) {
    let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
    let mut failed = String::new();
    let mut number = 0;
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        if OTHERWISE.iter().any(|(known, _)| name.starts_with(known)) {
            continue;
        }
        let found = check(case);
        if found.is_empty() != case["match"].as_bool().unwrap() {
            number += 1;
            writeln!(failed, "{name} [{}]: Pact says {}, found {found:?}", case["version"], case["match"]).unwrap();
        }
    }
    assert!(cases.len() > 500, "only {} cases", cases.len());
    assert!(failed.is_empty(), "{number} of {}:\n{failed}", cases.len());
}

#[test]
fn responses_are_answered_as_by_pact_s_own_verifier() {
    hold(include_str!("pact/responses.json"), |case| {
        let interaction = json!({"description": "a case", "response": case["expected"]});
        let contract = contract(&pact_file(case["version"].as_str().unwrap(), &interaction));
        let actual = &case["actual"];
        let response = ActualResponse {
            status: actual["status"].as_u64().map_or(200, |status| u16::try_from(status).unwrap()),
            headers: headers(actual),
            body: bytes(actual),
        };
        let found = match_response(&contract.interactions[0].response, &response, &Pointer::root());
        found.iter().map(|mismatch| format!("{} {}", mismatch.place(), mismatch.message())).collect()
    });
}
