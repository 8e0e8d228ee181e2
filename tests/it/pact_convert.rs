//! Each matcher converted from a Pact file to a contract, and from a contract to a Pact file.

use serde_json::{Value, json};
use upheld::contract::write_rule;
use upheld::conversion::export::{Version, export};
use upheld::conversion::{Difference, FromPact};
use upheld::formats::{match_request, match_response};
use upheld::interaction::encode::response as example_response;
use upheld::source::Pointer;

use crate::pact_convert_properties::imported;
use crate::pact_spec::{contract as read_pact, pact_file};
use crate::reading::{contract, filled, http, own, text_of};

/// The remarks on rules for texts, on `boolean` and on dates.
const ANY_JSON: &str = "response body a: Pact applies this rule to the JSON of any value, so 5 may match where \"5\" does; the contract also requires the example's type";
const BOOLEAN: &str =
    "response body a: Pact also accepts the strings \"true\" and \"false\"; the contract accepts only booleans";
const TIME: &str = "response body a: Pact reads dates and times as Java does: 2026-5-1 is a date, and the format determines whether fractions of a second are allowed; the contract follows RFC 3339, with two digits and any fraction";

/// The rules of a response body that a Pact file's become, as the lines of `match`, and then the remarks.
fn rules_of(body: &Value, rules: &Value) -> Vec<String> {
    let pact = read_pact(&pact_file(
        "4.0",
        &json!({
            "type": "Synchronous/HTTP",
            "description": "it",
            "request": {"method": "GET", "path": "/"},
            "response": {
                "status": 200,
                "headers": {"content-type": ["application/json"]},
                "body": {"contentType": "application/json", "encoded": false, "content": body},
                "matchingRules": {"body": rules},
            },
        }),
    ));
    let converted = imported(&pact);
    let written = http(&converted.contract.interactions[0]).terms.response.body.iter();
    let lines = written.map(|(path, rule)| format!("{path}: {}", write_rule(&rule.rule)));
    lines.chain(converted.remarks.iter().map(|remark| format!("{}: {}", remark.place, remark.difference))).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "it is made for this call")]
fn one(matchers: Value) -> Value {
    json!({"combine": "AND", "matchers": matchers})
}

#[test]
fn each_matcher_of_a_scalar_has_a_counterpart() {
    for (example, matchers, expected) in [
        (json!("x"), json!([{"match": "type"}]), &[][..]),
        (json!(1), json!([{"match": "number"}]), &[]),
        (json!(true), json!([{"match": "boolean"}]), &[BOOLEAN]),
        (json!("x"), json!([{"match": "equality"}]), &["a: exact"]),
        (json!(1), json!([{"match": "integer"}]), &["a: integer"]),
        (
            json!(1.5),
            json!([{"match": "decimal"}]),
            &["response body a: Pact requires a number with a fraction; the contract accepts any number"],
        ),
        (json!(null), json!([{"match": "null"}]), &["a: [null]"]),
        (json!("paid"), json!([{"match": "regex", "regex": "^(?:paid|open)$"}]), &["a: /paid|open/"]),
        (json!("paid"), json!([{"match": "regex", "regex": "paid"}]), &["a: exact"]),
        (
            json!("6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11"),
            json!([{"match": "regex", "regex": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"}]),
            &["a: uuid"],
        ),
        (json!("a b"), json!([{"match": "include", "value": "a b"}]), &["a: /[\\s\\S]*a b[\\s\\S]*/", ANY_JSON]),
        (json!("2026-05-01"), json!([{"match": "date", "format": "yyyy-MM-dd"}]), &["a: date", TIME]),
        (json!("09:30:00"), json!([{"match": "time", "format": "HH:mm:ss"}]), &["a: time", TIME]),
        (
            json!("2026-05-01T09:30:00Z"),
            json!([{"match": "datetime", "format": "yyyy-MM-dd'T'HH:mm:ssXXX"}]),
            &["a: date-time", TIME],
        ),
        (
            json!("01.05.2026"),
            json!([{"match": "date", "format": "dd.MM.yyyy"}]),
            &[
                "a: /\\d{1,2}\\.\\d{1,2}\\.\\d+/",
                "response body a: Pact requires the format `dd.MM.yyyy`; the contract only checks for its digits, letters and punctuation, and accepts days and hours that don't exist",
            ],
        ),
        (json!("x"), json!([{"match": "notEmpty"}]), &["a: /[\\s\\S]+/", ANY_JSON]),
        (json!("x"), json!([{"match": "type"}, {"match": "regex", "regex": "[a-z]"}]), &["a: /[a-z]/"]),
    ] {
        assert_eq!(rules_of(&json!({"a": example}), &json!({"$.a": one(matchers.clone())})), expected, "{matchers}");
    }
}

#[test]
fn one_of_several_rules_is_enough_if_a_contract_can_express_it() {
    let any = |matchers: Value| json!({"$.a": {"combine": "OR", "matchers": matchers}});
    for (example, matchers, expected) in [
        (json!("x"), json!([{"match": "type"}, {"match": "null"}]), &["a: string or null"][..]),
        (json!(1), json!([{"match": "null"}, {"match": "integer"}]), &["a: integer or null"]),
        (
            json!("x"),
            json!([{"match": "regex", "regex": "[a-z]"}, {"match": "regex", "regex": "^\\d$"}]),
            &["a: /(?:[a-z])|(?:\\d)/", ANY_JSON],
        ),
        (
            json!({"b": 1}),
            json!([{"match": "type"}, {"match": "null"}]),
            &[
                "a: or null",
                "a.b: number or null",
                "response body a: the rule allows null, but Pact still refuses it for a list or an object; the contract allows it",
            ],
        ),
        (
            json!("x"),
            json!([{"match": "integer"}, {"match": "regex", "regex": "[a-z]"}]),
            &[
                "a: any",
                "response body a: Pact accepts whatever matches one of several rules; the contract accepts all of that, and more",
            ],
        ),
    ] {
        assert_eq!(rules_of(&json!({"a": example}), &any(matchers.clone())), expected, "{matchers}");
    }
}

#[test]
fn lists_and_objects_get_the_fewest_rules() {
    let typed = || one(json!([{"match": "type"}]));
    let min = |min: u64| one(json!([{"match": "type", "min": min}]));
    for (body, rules, expected) in [
        (json!({"l": [{"a": 1}]}), json!({"$.l": min(1), "$.l[*].*": typed()}), &[][..]),
        (json!({"l": [1, 1]}), json!({"$.l": min(2)}), &["l: 2+"]),
        (json!({"l": [1]}), json!({"$.l": one(json!([{"match": "type", "max": 3}]))}), &["l: 0..3"]),
        (json!({"l": [1]}), json!({"$": typed()}), &["l: 0+"]),
        (json!({"l": []}), json!({"$.l": typed()}), &["l: 0+"]),
        (json!({"l": [], "m": [1, 2], "o": {"a": 1, "b": 2}}), json!({}), &["$: equal"]),
        (json!({"l": [], "a": "x"}), json!({"$.a": typed()}), &["l: exact"]),
        (
            json!({"l": [{"a": 1, "b": 2}, {"a": 3, "b": 4}], "x": 1}),
            json!({"$.x": typed(), "$.l[*].a": typed()}),
            &["l: equal", "l[].a: number"],
        ),
        (json!([{"a": 1}]), json!({"$": one(json!([{"match": "type", "min": 1}]))}), &[]),
        (
            json!({"m": {"x": {"a": 1}}}),
            json!({"$.m": one(json!([{"match": "values"}])), "$.m.*": typed()}),
            &["m: 0+", "m.*.a: number"],
        ),
        (
            json!({"m": {"x": 1}}),
            json!({"$.m": one(json!([{"match": "eachValue", "rules": [{"match": "integer"}]}]))}),
            &["m: 0+", "m.*: integer"],
        ),
        (
            json!({"l": [{"r": "a", "h": "/a"}, {"r": "b", "h": "/b"}]}),
            json!({"$.l": one(json!([{"match": "arrayContains", "variants": [
                {"index": 0, "rules": {"$.h": one(json!([{"match": "regex", "regex": "/.*"}]))}},
                {"index": 1, "rules": {"$.h": one(json!([{"match": "regex", "regex": "/.*"}]))}},
            ]}]))}),
            &["l: contains", "l[].h: //.*/"],
        ),
        (
            json!({"l": [{"k": "x"}]}),
            json!({"$": typed(), "$.l[0].k": one(json!([{"match": "regex", "regex": "[xy]"}]))}),
            &[
                "l[0].k: /[xy]/",
                "response body l: an element has rules of its own, and Pact accepts lists too short to have it; the contract requires it",
            ],
        ),
    ] {
        assert_eq!(rules_of(&body, &rules), expected, "{body} {rules}");
    }
}

/// The matchers of a Pact file's response body that a contract's rules become, as `path: matcher`, the example's content,
/// and the remarks.
fn exported(asked: &str, version: Version) -> (Vec<String>, Value, Vec<String>) {
    let contract = contract(&text_of("method: GET\npath: /", &format!("status: 200\n{asked}")));
    let exported = export(&own(&contract), version);
    let file: Value = serde_json::from_str(&exported.text).unwrap();
    let response = &file["interactions"][0]["response"];
    let rules = response["matchingRules"]["body"].as_object().into_iter().flatten();
    let rules = rules.map(|(path, list)| {
        let matchers: Vec<String> = list["matchers"].as_array().unwrap().iter().map(Value::to_string).collect();
        format!("{path}: {}", matchers.join(if list["combine"] == "OR" { " or " } else { " and " }))
    });
    let body = if version == Version::V4 { &response["body"]["content"] } else { &response["body"] };
    let remarks = exported.remarks.iter().map(|remark| format!("{}: {}", remark.place, remark.difference)).collect();
    (rules.collect(), body.clone(), remarks)
}

#[test]
fn each_matcher_of_a_contract_has_a_counterpart() {
    let typed = r#"{"match":"type"}"#;
    for (asked, expected) in [
        ("body: { a: x, b: { c: 1 } }", vec![format!("$: {typed}")]),
        ("body: { a: x, b: 1 }\nmatch: { b: exact }", vec![format!("$.a: {typed}")]),
        ("body: { a: 1 }\nmatch: { a: integer }", vec![String::from(r#"$.a: {"match":"integer"}"#)]),
        ("body: { a: 1 }\nmatch: { a: any }", vec![String::from(r#"$.a: {"match":"regex","regex":"^[\\s\\S]*$"}"#)]),
        ("body: { a: x }\nmatch: { a: /x|y/ }", vec![String::from(r#"$.a: {"match":"regex","regex":"^(?:x|y)$"}"#)]),
        (
            "body: { a: x }\nmatch: { a: [x, y.z] }",
            vec![String::from(r#"$.a: {"match":"regex","regex":"^(?:x|y\\.z)$"}"#)],
        ),
        ("body: { a: null }\nmatch: { a: [null] }", vec![String::from(r#"$.a: {"match":"null"}"#)]),
        (
            "body: { a: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11 }\nmatch: { a: uuid }",
            vec![String::from(
                r#"$.a: {"match":"regex","regex":"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"}"#,
            )],
        ),
        ("body: { a: x }\nmatch: { a: string or null }", vec![format!(r#"$.a: {typed} or {{"match":"null"}}"#)]),
        ("body: { l: [{ a: 1 }] }", vec![format!("$: {typed}"), String::from(r#"$.l: {"match":"type","min":1}"#)]),
        ("body: [1, 1]\nmatch: { $: 2..3 }", vec![String::from(r#"$: {"match":"type","min":2,"max":3}"#)]),
        ("body: [1]\nmatch: { $: 0+ }", vec![format!("$: {typed}")]),
        ("body: { l: [1, 2], o: { a: 1 } }\nmatch: { $: equal }", Vec::new()),
        ("body: { o: { a: 1 } }\nmatch: { o: exact }", vec![String::from(r#"$.o: {"match":"equality"}"#)]),
        (
            "body: { l: [{ a: 1, b: 2 }] }\nmatch: { \"l[].a\": exact }",
            vec![String::from(r#"$.l: {"match":"type","min":1}"#), String::from(r#"$.l[*].a: {"match":"equality"}"#)],
        ),
        (
            "body: { m: { x: 1 } }\nmatch: { m: 0+, \"m.*\": integer }",
            vec![String::from(r#"$.m: {"match":"values"}"#), String::from(r#"$.m.*: {"match":"integer"}"#)],
        ),
        (
            "body: [a]\nmatch: { $: contains }",
            vec![String::from(r#"$: {"match":"arrayContains","variants":[{"index":0,"rules":{}}]}"#)],
        ),
    ] {
        let (rules, _, remarks) = exported(asked, Version::V4);
        assert_eq!((rules, remarks), (expected, Vec::new()), "{asked}");
    }
}

#[test]
fn requirements_that_a_pact_file_cannot_express_are_loosened_and_reported() {
    for (asked, body, remark) in [
        ("body: { a: x, b: 1 }\nmatch: { a: optional }", json!({"b": 1}), "a: the contract lets it be missing"),
        ("body: { a: { c: 1 }, b: 1 }\nmatch: { a: any }", json!({"b": 1}), "a: the contract accepts anything here"),
        ("body: { a: x }\nmatch: { b: absent }", json!({"a": "x"}), "b: the contract forbids this key"),
        ("body: { a: x }\nmatch: { $: closed }", json!({"a": "x"}), "body: the contract forbids other keys"),
        ("body: { l: [1, 2] }\nmatch: { l: unordered }", json!({"l": [1, 2]}), "l: the contract says `unordered`"),
        (
            "body: { a: 1, b: 2 }\nmatch: { a: { schema: { minimum: 0 } } }",
            json!({"b": 2}),
            "a: the contract has a JSON Schema",
        ),
        ("body: { a: 1 }\nmatch: { a: [1, 2] }", json!({"a": 1}), "a: the contract lists the accepted values"),
        ("body: { l: [1, x] }", json!({"l": []}), "l: the contract shows elements of several kinds"),
        ("body: { o: { a: 1 }, b: 2 }\nmatch: { o: or null }", json!({"b": 2}), "o: the contract accepts null"),
    ] {
        let (_, content, remarks) = exported(asked, Version::V4);
        assert_eq!(content, body, "{asked}");
        assert!(remarks.iter().any(|it| it.contains(remark)), "{asked}: {remarks:?}");
    }
    let (rules, content, remarks) = exported("body: { l: [a] }\nmatch: { l: contains }", Version::V3);
    assert_eq!((rules.join(""), content), (String::from(r#"$.l: {"match":"type"}"#), json!({"l": []})));
    assert!(remarks[0].contains("version 3"), "{remarks:?}");
}

#[test]
fn a_common_difference_is_reported_once_for_a_file_with_the_number_of_its_other_places() {
    let interaction = |number: usize| {
        json!({
            "description": format!("response {number}"),
            "request": {"method": "GET", "path": format!("/{number}")},
            "response": {
                "headers": {"Content-Type": "application/json"},
                "body": {"a": true, "b": 1.5},
                "matchingRules": {"body": {"$.a": one(json!([{"match": "boolean"}])), "$.b": one(json!([{"match": "decimal"}]))}},
            },
        })
    };
    let file = json!({
        "consumer": {"name": "storefront"}, "provider": {"name": "orders"},
        "interactions": (0..5).map(interaction).collect::<Vec<_>>(),
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    });
    let remarks = imported(&read_pact(&file.to_string())).remarks;
    let reported: Vec<(usize, String, usize)> =
        remarks.iter().map(|one| (one.interaction, one.place.to_string(), one.more)).collect();
    let of_b = (0..5).map(|index| (index, String::from("response body b"), 0));
    let mut expected = vec![(0, String::from("response body a"), 4)];
    expected.extend(of_b);
    assert_eq!(reported, expected);
    assert_eq!(remarks[0].difference, Difference::FromPact(FromPact::Boolean));
}

#[test]
fn the_contracts_of_this_repository_are_upheld_as_pact_files() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    let mut held = 0;
    for file in ["storefront/orders.yaml", "orders/payments.yaml"] {
        let contract = contract(&std::fs::read_to_string(folder.join(file)).unwrap());
        for version in [Version::V3, Version::V4] {
            let pact = read_pact(&export(&own(&contract), version).text);
            assert_eq!(pact.interactions.len(), contract.interactions.len());
            for (it, pact) in contract.interactions.iter().zip(&pact.interactions) {
                let example = filled(it);
                let found = match_response(http(pact), &example_response(&example.response), &Pointer::root());
                assert!(found.is_empty(), "{file} {}: {found:#?}", it.name);
                let sent = match_request(http(pact), &example.consumer_request(), &Pointer::root());
                assert!(sent.is_empty(), "{file} {}: {sent:#?}", it.name);
                held += 1;
            }
        }
    }
    assert!(held > 20, "only {held}");
}
