//! Each code of a finding has an example.

use std::collections::BTreeSet;

use upheld::contract::codes::CODES as CONTRACT_CODES;
use upheld::pact::codes::CODES as PACT_CODES;
use upheld::source::Severity;
use upheld::source::codes::CODES as SOURCE_CODES;

use crate::reading::{Files, HEAD, all_findings, lines, text_of};

/// A contract with one interaction.
fn one(request: &str, response: &str) -> String {
    text_of(request, response)
}

/// A Pact file with one interaction.
fn pact(consumer: &str, interaction: &str) -> String {
    format!(
        r#"{{"consumer": {{"name": "{consumer}"}}, "provider": {{"name": "orders"}}, "interactions": [{interaction}], "metadata": {{"pactSpecification": {{"version": "3.0.0"}}}}}}"#
    )
}

/// One with these rules for the body of the response, which has a place `a`.
fn pact_with_rules(rules: &str) -> String {
    pact("web", &format!(r#"{{"response": {{"body": {{"a": 1}}, "matchingRules": {{"body": {rules}}}}}}}"#))
}

/// For each code an example, with a part of its message and a part of its help, if it has one.
fn examples() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let get = "method: GET\npath: /";
    let ok = "status: 200";
    let body = |lines: &str| one(get, &format!("status: 200\n{lines}"));
    vec![
        ("Y101", String::from("a: [1"), "this is not YAML", ""),
        (
            "Y102",
            format!("{HEAD}  - {{ name: a, request: GET /, response: {{ status: 200 }}, name: b }}"),
            "`name` is used twice",
            "in line 5",
        ),
        ("Y103", "[".repeat(1000), "nested too deep", "leave out what it doesn't read"),
        ("Y104", body("body: { a: .nan }"), "`.nan` has no counterpart in JSON", "quote it"),
        ("Y201", body("body: { a: 0123 }"), "as an octal number", "quote it: \"0123\""),
        ("C101", String::from("contract: 2\nanything: goes\n"), "format 2", "newer version"),
        ("C102", body("bodi: 1"), "unknown key `bodi`", "did you mean `body`?"),
        ("C103", format!("{HEAD}  - name: a\n    response: {{ status: 200 }}\n"), "has no `request`", "add `request:`"),
        ("C104", body("body-text: 5"), "`body-text` must be text, not a number", "quote it: \"5\""),
        ("C105", one(get, "status: 600"), "at most 599", ""),
        (
            "C201",
            HEAD.replace("orders", "a/b") + "  - { name: a, request: GET /, response: { status: 200 } }",
            "isn't a valid name",
            "",
        ),
        (
            "C202",
            format!("{HEAD}  - {{ name: a, request: GET /, response: {{ status: 200 }} }}\n")
                + "  - { name: a, request: GET /b, response: { status: 200 } }\n",
            "another interaction is named `a`, in line 5",
            "its own name",
        ),
        ("C203", one("method: get\npath: /", ok), "`get` isn't an HTTP method", "did you mean `GET`?"),
        ("C204", one("method: GET\npath: orders", ok), "doesn't begin with `/`", "write `/orders`"),
        ("C206", one("method: GET\npath: /\nheaders: { \"a b\": c }", ok), "`a b` isn't a header name", ""),
        ("C207", body("body: 1\nbody-text: x"), "`body` and `body-text` can't be combined", "keep one"),
        ("C208", body("body-file: a.json"), "`a.json` can't be read", "the contract's folder"),
        ("C209", body("body-base64: \"%\""), "isn't base64", ""),
        ("C301", body("body: { a: 1 }\nmatch: { \"a[\": any }"), "`a[` isn't a path", ""),
        ("C302", body("body: { a: 1 }\nmatch: { b: any }"), "`b` selects nothing", "has no `b`"),
        ("C303", body("body: { a: 1 }\nmatch: { a: int }"), "`int` isn't a matcher", "write `integer`"),
        ("C304", body("body: { a: x }\nmatch: { a: \"/(?=a)/\" }"), "regular expression can't be used", "look-around"),
        ("C305", body("body: { a: x }\nmatch: { a: 1+ }"), "`1+` doesn't apply", "a size applies to lists"),
        ("C306", body("body: { a: null }"), "null at `a`", "`a: string or null`"),
        ("C307", body("body: { a: x }\nmatch: { a: uuid }"), "does not uphold its own contract", "agree"),
        ("C308", body("body: { a: x }\nmatch: { a: { schema: { type: strin } } }"), "JSON Schema can't be used", ""),
        ("C309", body("body: { a: x }\nmatch: { a: any, $.a: string }"), "there is already a rule for `a`", "keep one"),
        ("C401", one("method: GET\npath: /orders/${id}", ok), "`${id}` has no value", "under `given`"),
        (
            "L101",
            format!("{HEAD}  - {{ name: a, request: GET /, response: {{ status: 200 }} }}\n")
                + "  - { name: b, request: GET /, response: { status: 200 } }\n",
            "the same as `a`",
            "keep one",
        ),
        (
            "L102",
            body("body: { id: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11 }\nmatch: { id: exact }"),
            "a value that changes every time",
            "`uuid`",
        ),
        ("L103", one(get, ok).replace("storefront", "web"), "its path says otherwise", "contracts/web/orders.yaml"),
        ("L104", one("method: GET\npath: /\nbody: { a: 1 }", ok), "should have no body", "POST or QUERY"),
        ("L105", one(get, "status: 204\nbody: { a: 1 }"), "never has a body", "remove the body"),
        ("P101", String::from("{\"consumer\": {\"name\": \"a\"}, "), "this Pact file isn't valid JSON", "cut off"),
        ("P102", pact("storefront", r#"{"request": {"method": 5}}"#), "`method` must be the name of a method", ""),
        (
            "P104",
            String::from(r#"{"openapi": "3.1.0", "paths": {}}"#),
            "neither a contract nor a Pact file",
            "`consumer`",
        ),
        ("P103", pact_with_rules(r#"{"$.a": {"matchers": [{"match": "regex"}]}}"#), "has no `regex`", ""),
        (
            "P201",
            pact("Web Shop", r#"{"description": "a"}"#),
            "`Web Shop` isn't a valid service name; Upheld uses Web-Shop",
            "in a shell",
        ),
        ("P202", pact("web", r#"{"request": {"generators": {"path": {"type": "X"}}}}"#), "`X` is unknown", ""),
        (
            "P203",
            pact_with_rules(r#"{"$.a": {"matchers": [{"match": "grpc"}]}}"#)
                .replace("\"metadata\": {", r#""metadata": {"plugins": [{}], "#),
            "`grpc` comes from a plugin",
            "--without-skipped",
        ),
        (
            "P204",
            pact_with_rules(r#"{"$.b": {"matchers": [{"match": "type"}]}}"#),
            "`$.b` leads to nothing",
            "correct the path",
        ),
        ("P205", pact("web", r#"{"response": {"bdy": 1}}"#), "did you mean `body`?", "correct it in the test"),
        (
            "P206",
            pact_with_rules(r#"{"$.a": {"matchers": [{"match": "boolean"}]}}"#),
            "the example doesn't fit its own rules",
            "correct the example",
        ),
        (
            "P207",
            pact("web", r#"{"description": "a"}, {"description": "b", "response": {"status": 404}}"#),
            "`b` has the same request as `a`",
            "different provider states",
        ),
    ]
}

#[test]
fn every_code_has_an_example_and_a_place() {
    let mut left: BTreeSet<&str> =
        SOURCE_CODES.iter().chain(CONTRACT_CODES).chain(PACT_CODES).map(|one| one.code.0).collect();
    for (code, text, message, help) in examples() {
        let findings = all_findings(&text, &Files::new());
        let found = findings.iter().find(|finding| finding.code.0 == code);
        let found = found.unwrap_or_else(|| panic!("{code} is not found in\n{text}\nbut\n{}", lines(&findings)));
        assert!(found.message.contains(message), "{code}: {}", found.message);
        assert!(found.help.join(" ").contains(help), "{code}: {:?}", found.help);
        assert!(found.span.is_some(), "{code} has no place");
        assert_eq!(findings.len(), 1, "{code} comes with others:\n{}", lines(&findings));
        let warning = code.starts_with('L') || code.starts_with("P2") || code == "Y201";
        assert_eq!(found.severity == Severity::Warning, warning, "{code}");
        left.remove(code);
    }
    assert!(left.is_empty(), "no example for {left:?}");
}

#[test]
fn codes_are_unique_and_have_a_meaning() {
    let all: Vec<_> = SOURCE_CODES.iter().chain(CONTRACT_CODES).chain(PACT_CODES).collect();
    let different: BTreeSet<&str> = all.iter().map(|one| one.code.0).collect();
    assert_eq!(different.len(), all.len());
    assert!(all.iter().all(|one| one.means.ends_with('.')));
}
