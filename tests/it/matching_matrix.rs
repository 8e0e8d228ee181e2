//! Each matcher and modifier, upheld and broken, wherever it may stand; and what is asked for where no rule speaks.

use serde_json::{Value, json};
use upheld::contract::Interaction;
use upheld::matching::{ActualRequest, ActualResponse, Mismatch, encode, match_request, match_response};
use upheld::source::Pointer;

use crate::reading::{files, interaction, read_with, text_of};

/// A sentence; the example and its rules, as the lines of a message; what upholds it; and what breaks it, with the
/// code and the place of each mismatch.
type Row = (&'static str, &'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

/// Mismatches as `M203 body a.b, M202 header x`.
fn told(found: &[Mismatch]) -> String {
    found.iter().map(|one| format!("{} {}", one.code, one.place())).collect::<Vec<_>>().join(", ")
}

fn response(it: &Interaction, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<Mismatch> {
    let it = it.filled(&it.params());
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let actual = ActualResponse { status, headers, body: body.to_vec() };
    match_response(&it.response, &actual, &Pointer::root().key("response"))
}

fn with_response(lines: &str) -> Interaction {
    interaction("method: GET\npath: /", &format!("status: 200\n{lines}"))
}

fn with_request(lines: &str) -> Interaction {
    interaction(&format!("method: POST\npath: /\n{lines}"), "status: 200")
}

/// The request of an example, changed.
fn request(it: &Interaction, change: impl FnOnce(&mut ActualRequest)) -> Vec<Mismatch> {
    let it = it.filled(&it.params());
    let mut actual = encode::request(&it.request);
    change(&mut actual);
    match_request(&it.request, &actual, &Pointer::root().key("request"))
}

fn hold(rows: &[Row], matched: impl Fn(&str, &str) -> Vec<Mismatch>) {
    for (sentence, asked, upheld, broken) in rows {
        for actual in *upheld {
            let found = matched(asked, actual);
            assert!(found.is_empty(), "{sentence}: {actual} breaks\n{asked}\n{found:#?}");
        }
        for (actual, expected) in *broken {
            let found = matched(asked, actual);
            assert_eq!(told(&found), *expected, "{sentence}: {actual} against\n{asked}\n{found:#?}");
        }
    }
}

#[test]
fn a_response_body_is_the_least_that_the_consumer_needs() {
    let rows: &[Row] = &[
        (
            "a key that is shown must be there, and others are ignored",
            "body: { a: x, b: 1 }",
            &[r#"{"a": "y", "b": 2}"#, r#"{"b": 2.5, "a": "", "c": null}"#],
            &[
                (r#"{"a": "y"}"#, "M201 body b"),
                ("{}", "M201 body a, M201 body b"),
                ("[]", "M203 body $"),
                ("null", "M203 body $"),
            ],
        ),
        (
            "a value has the type of the example",
            "body: { s: x, n: 1, b: true, o: { k: 1 }, l: [1] }",
            &[r#"{"s": "", "n": -1e9, "b": false, "o": {"k": 0}, "l": [0]}"#],
            &[(
                r#"{"s": 1, "n": "1", "b": 0, "o": [], "l": {}}"#,
                "M203 body s, M203 body n, M203 body b, M203 body o, M203 body l",
            )],
        ),
        ("null is another type", "body: { a: x }", &[], &[(r#"{"a": null}"#, "M203 body a")]),
        (
            "a body may be a scalar",
            "body: 5",
            &["6"],
            &[("\"6\"", "M203 body $"), ("", "M212 body $"), ("x", "M212 body $"), ("5 5", "M212 body $")],
        ),
        (
            "each element fits the example's elements put together",
            "body: [{ a: 1, b: x }, { a: 2 }, { a: x }]",
            &[r#"[{"a": 1}]"#, r#"[{"a": "y", "b": ""}, {"a": 3, "c": 1}]"#],
            &[
                ("[{}]", "M201 body [0].a"),
                (r#"[{"a": 1}, {"a": true}]"#, "M203 body [1].a"),
                (r#"[{"a": 1, "b": 2}]"#, "M203 body [0].b"),
                ("[1]", "M203 body [0]"),
                ("[]", "M209 body $"),
            ],
        ),
        (
            "an element may have one of several types",
            "body: [1, x, [true]]",
            &[r#"["y"]"#, "[2, [false, true]]"],
            &[
                ("[true]", "M203 body [0]"),
                ("[[1]]", "M203 body [0][0]"),
                ("[[]]", "M209 body [0]"),
                ("[{}]", "M203 body [0]"),
            ],
        ),
        (
            "keys with signs in them are quoted in a place",
            "body: { a.b: { \"c\\\"\": { \"\": 1 } } }",
            &[r#"{"a.b": {"c\"": {"": 2}}}"#],
            &[(r#"{"a.b": {"c\"": {"": "x"}}}"#, "M203 body \"a.b\".\"c\\\"\".\"\"")],
        ),
        (
            "numbers are numbers however they are spelled",
            "body: { n: 1 }",
            &[r#"{"n": 1.0}"#, r#"{"n": 1e400}"#, r#"{"n": 123456789012345678901234567890}"#],
            &[],
        ),
    ];
    hold(rows, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
}

/// The matchers in a body of JSON, for responses and for requests alike.
const VALUES: &[Row] = &[
    (
        "exact is the value itself",
        "body: { a: paid }\nmatch: { a: exact }",
        &[r#"{"a": "paid"}"#],
        &[(r#"{"a": "open"}"#, "M204 body a"), (r#"{"a": 1}"#, "M203 body a"), (r#"{"a": null}"#, "M203 body a")],
    ),
    (
        "exact numbers are compared by their value, past 2^53 too",
        "body: { a: 9007199254740993, b: 1.0, c: 1e2 }\nmatch: { $: exact }",
        &[r#"{"a": 9007199254740993, "b": 1, "c": 100}"#, r#"{"a": 9007199254740993.0, "b": 10e-1, "c": 0.1e3}"#],
        &[
            (r#"{"a": 9007199254740992, "b": 1, "c": 100}"#, "M204 body a"),
            (r#"{"a": 9007199254740993, "b": "1", "c": 100.5}"#, "M203 body b, M204 body c"),
        ],
    ),
    (
        "exact goes for all that is below it: keys, elements and their order",
        "body: { a: { x: [1, 2], y: null } }\nmatch: { a: exact }",
        &[r#"{"a": {"y": null, "x": [1, 2]}}"#],
        &[
            (r#"{"a": {"x": [2, 1], "y": null}}"#, "M204 body a.x[0], M204 body a.x[1]"),
            (r#"{"a": {"x": [1, 2, 3], "y": null}}"#, "M208 body a.x"),
            (r#"{"a": {"x": [1], "y": 0}}"#, "M208 body a.x, M203 body a.y"),
            (r#"{"a": {"x": [1, 2]}}"#, "M201 body a.y"),
            (r#"{"a": {"x": [1, 2], "y": null, "z": 1}}"#, "M202 body a.z"),
        ],
    ),
    (
        "an exact element is one of those that are shown, as a whole",
        "body: { l: [{ a: 1, b: 1 }, { a: 2, b: 2 }] }\nmatch: { l: 0+, \"l[]\": exact }",
        &[r#"{"l": []}"#, r#"{"l": [{"a": 2, "b": 2}, {"a": 2, "b": 2}]}"#],
        &[(r#"{"l": [{"a": 1, "b": 2}]}"#, "M207 body l[0]")],
    ),
    (
        "any is any value, and there",
        "body: { a: x }\nmatch: { a: any }",
        &[r#"{"a": null}"#, r#"{"a": [1]}"#],
        &[("{}", "M201 body a")],
    ),
    (
        "any says nothing of what is below it, and a rule there still speaks",
        "body: { a: { b: 1, c: x } }\nmatch: { a: any, a.c: \"/[a-z]/\" }",
        &[r#"{"a": {"c": "y"}}"#, r#"{"a": 5}"#],
        &[(r#"{"a": {"c": "yy"}}"#, "M206 body a.c"), (r#"{"a": {}}"#, "M201 body a.c")],
    ),
    (
        "absent is not there",
        "body: { a: x }\nmatch: { b: absent }",
        &[r#"{"a": "x"}"#],
        &[(r#"{"a": "x", "b": 1}"#, "M202 body b"), (r#"{"a": "x", "b": null}"#, "M202 body b")],
    ),
    (
        "string",
        "body: { a: x }\nmatch: { a: string }",
        &[r#"{"a": "any"}"#],
        &[(r#"{"a": 1}"#, "M203 body a"), (r#"{"a": null}"#, "M203 body a")],
    ),
    (
        "number",
        "body: { a: 1 }\nmatch: { a: number }",
        &[r#"{"a": 2.5}"#, r#"{"a": -0}"#],
        &[(r#"{"a": "2.5"}"#, "M203 body a")],
    ),
    (
        "an integer has no fraction, however it is spelled",
        "body: { a: 1 }\nmatch: { a: integer }",
        &[r#"{"a": 2}"#, r#"{"a": 2.0}"#, r#"{"a": 250e-1}"#, r#"{"a": 1e3}"#, r#"{"a": 90071992547409931}"#],
        &[(r#"{"a": 2.5}"#, "M203 body a"), (r#"{"a": 1e-1}"#, "M203 body a"), (r#"{"a": "2"}"#, "M203 body a")],
    ),
    (
        "boolean",
        "body: { a: true }\nmatch: { a: boolean }",
        &[r#"{"a": false}"#],
        &[(r#"{"a": 0}"#, "M203 body a"), (r#"{"a": "true"}"#, "M203 body a")],
    ),
    (
        "uuid",
        "body: { a: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11 }\nmatch: { a: uuid }",
        &[r#"{"a": "00000000-0000-0000-0000-00000000000A"}"#],
        &[(r#"{"a": "6f1c6f2e8a534d0c9d5f0a3f1f6a2b11"}"#, "M205 body a"), (r#"{"a": 1}"#, "M203 body a")],
    ),
    (
        "date",
        "body: { a: \"2026-05-01\" }\nmatch: { a: date }",
        &[r#"{"a": "2024-02-29"}"#],
        &[(r#"{"a": "2026-02-29"}"#, "M205 body a")],
    ),
    (
        "date-time",
        "body: { a: \"2026-05-01T09:30:00Z\" }\nmatch: { a: date-time }",
        &[r#"{"a": "2026-05-01T09:30:00.123+02:00"}"#],
        &[(r#"{"a": "2026-05-01T09:30:00"}"#, "M205 body a"), (r#"{"a": "2026-05-01"}"#, "M205 body a")],
    ),
    (
        "time",
        "body: { a: \"09:30:00\" }\nmatch: { a: time }",
        &[r#"{"a": "23:59:59Z"}"#],
        &[(r#"{"a": "09:30"}"#, "M205 body a")],
    ),
    (
        "email",
        "body: { a: ada@example.com }\nmatch: { a: email }",
        &[r#"{"a": "a.b+c@d.org"}"#],
        &[(r#"{"a": "ada"}"#, "M205 body a")],
    ),
    (
        "uri",
        "body: { a: https://example.com }\nmatch: { a: uri }",
        &[r#"{"a": "urn:isbn:1"}"#],
        &[(r#"{"a": "/orders/1"}"#, "M205 body a")],
    ),
    (
        "a regular expression matches the whole text",
        "body: { a: paid }\nmatch: { a: /paid|open/ }",
        &[r#"{"a": "open"}"#],
        &[
            (r#"{"a": "unpaid"}"#, "M206 body a"),
            (r#"{"a": "opened"}"#, "M206 body a"),
            (r#"{"a": "paid\n"}"#, "M206 body a"),
            (r#"{"a": 1}"#, "M203 body a"),
        ],
    ),
    (
        "one of several values",
        "body: { a: paid }\nmatch: { a: [paid, 1.0, null, { x: 1 }] }",
        &[r#"{"a": "paid"}"#, r#"{"a": 1}"#, r#"{"a": null}"#, r#"{"a": {"x": 1.0}}"#],
        &[
            (r#"{"a": "open"}"#, "M207 body a"),
            (r#"{"a": "1"}"#, "M207 body a"),
            (r#"{"a": {"x": 1, "y": 1}}"#, "M207 body a"),
        ],
    ),
    (
        "a JSON Schema",
        "body: { a: 5 }\nmatch: { a: { schema: { type: [integer, array], minimum: 1, items: { type: string } } } }",
        &[r#"{"a": 1}"#, r#"{"a": []}"#, r#"{"a": ["x"]}"#],
        &[(r#"{"a": 0}"#, "M211 body a"), (r#"{"a": "1"}"#, "M211 body a"), (r#"{"a": [1]}"#, "M211 body a")],
    ),
    (
        "an optional key may be missing",
        "body: { a: x }\nmatch: { a: string optional }",
        &["{}", r#"{"a": "y"}"#],
        &[(r#"{"a": null}"#, "M203 body a"), (r#"{"a": 1}"#, "M203 body a")],
    ),
    (
        "a value or null",
        "body: { a: 1 }\nmatch: { a: integer or null }",
        &[r#"{"a": null}"#, r#"{"a": 2}"#],
        &[("{}", "M201 body a"), (r#"{"a": 2.5}"#, "M203 body a")],
    ),
    (
        "both modifiers, in a mapping",
        "body: { a: x }\nmatch: { a: { one-of: [x, y], optional: true, or-null: true } }",
        &["{}", r#"{"a": null}"#, r#"{"a": "y"}"#],
        &[(r#"{"a": "z"}"#, "M207 body a")],
    ),
    (
        "optional and null for a mapping, whose keys are asked for where it is there",
        "body: { o: { a: 1 } }\nmatch: { o: optional or null, o.a: integer }",
        &["{}", r#"{"o": null}"#, r#"{"o": {"a": 2}}"#],
        &[(r#"{"o": {}}"#, "M201 body o.a"), (r#"{"o": 1}"#, "M203 body o")],
    ),
    (
        "at least so many",
        "body: { l: [1] }\nmatch: { l: 1+, \"l[]\": integer }",
        &[r#"{"l": [1, 2, 3]}"#],
        &[(r#"{"l": []}"#, "M208 body l"), (r#"{"l": [1, 2.5]}"#, "M203 body l[1]")],
    ),
    (
        "none or more",
        "body: { l: [1] }\nmatch: { l: 0+, \"l[]\": integer }",
        &[r#"{"l": []}"#, r#"{"l": [5, 6]}"#],
        &[(r#"{"l": ["5"]}"#, "M203 body l[0]"), ("{}", "M201 body l"), (r#"{"l": null}"#, "M203 body l")],
    ),
    (
        "from so many to so many",
        "body: { l: [1, 2] }\nmatch: { l: 2..3, \"l[]\": any }",
        &[r#"{"l": [1, 2]}"#, r#"{"l": [1, "x", null]}"#],
        &[(r#"{"l": [1]}"#, "M208 body l"), (r#"{"l": [1, 2, 3, 4]}"#, "M208 body l")],
    ),
    (
        "unordered is the same elements in any order",
        "body: { l: [a, b, b] }\nmatch: { l: unordered }",
        &[r#"{"l": ["b", "a", "b"]}"#],
        &[
            (r#"{"l": ["a", "b"]}"#, "M210 body l"),
            (r#"{"l": ["a", "a", "b"]}"#, "M210 body l"),
            (r#"{"l": ["a", "b", "b", "c"]}"#, "M208 body l"),
            (r#"{"l": ["a", "b", 1]}"#, "M210 body l"),
        ],
    ),
    (
        "contains is each of these elements, and others",
        "body: { l: [a, b] }\nmatch: { l: contains }",
        &[r#"{"l": ["x", "b", null, "a"]}"#],
        &[(r#"{"l": ["x", "b"]}"#, "M210 body l"), (r#"{"l": []}"#, "M210 body l, M210 body l")],
    ),
    (
        "an element with a rule takes the place that is left for it",
        "body: { l: [x, a] }\nmatch: { l: unordered, \"l[0]\": any }",
        &[r#"{"l": ["a", 5]}"#, r#"{"l": [5, "a"]}"#, r#"{"l": ["a", "a"]}"#],
        &[(r#"{"l": [5, 6]}"#, "M210 body l")],
    ),
    (
        "unordered in unordered",
        "body: { l: [{ k: [1, 2] }, { k: [3, 4] }] }\nmatch: { l: unordered, \"l[].k\": unordered }",
        &[r#"{"l": [{"k": [4, 3]}, {"k": [2, 1]}]}"#],
        &[(r#"{"l": [{"k": [1, 3]}, {"k": [2, 4]}]}"#, "M210 body l, M210 body l")],
    ),
    (
        "contains in contains, with a size",
        "body: { l: [[1], [2]] }\nmatch: { l: 2..3 contains, \"l[]\": contains }",
        &[r#"{"l": [[0, 2], [1, 2]]}"#],
        &[(r#"{"l": [[0, 2], [0, 2]]}"#, "M210 body l"), (r#"{"l": [[1], [2], [3], [4]]}"#, "M208 body l")],
    ),
    (
        "closed has no other keys, and what is in them may be less",
        "body: { o: { a: 1, b: { c: 1 } } }\nmatch: { o: closed, \"o.*\": any }",
        &[r#"{"o": {"a": 2, "b": {"c": 3}}}"#],
        &[],
    ),
    (
        "the element at an index",
        "body: { l: [x, 1] }\nmatch: { \"l[0]\": /x+/, \"l[1]\": integer, l: 2+ }",
        &[r#"{"l": ["xx", 2]}"#],
        &[(r#"{"l": ["y", 2]}"#, "M206 body l[0]"), (r#"{"l": ["x", 2.5]}"#, "M203 body l[1]")],
    ),
    (
        "a rule for every key, and a closer one for one of them",
        "body: { m: { a: 1, b: x } }\nmatch: { \"m.*\": integer, m.b: string }",
        &[r#"{"m": {"b": "y", "c": 5, "d": 6}}"#, r#"{"m": {"b": ""}}"#],
        &[
            (r#"{"m": {"b": "y", "c": "5"}}"#, "M203 body m.c"),
            (r#"{"m": {"a": 1}}"#, "M201 body m.b"),
            (r#"{"m": {"b": 5}}"#, "M203 body m.b"),
        ],
    ),
    (
        "how many entries a map has",
        "body: { m: { a: 1 } }\nmatch: { m: 0..2, \"m.*\": integer }",
        &[r#"{"m": {}}"#, r#"{"m": {"x": 1, "y": 2}}"#],
        &[(r#"{"m": {"x": 1, "y": 2, "z": 3}}"#, "M208 body m")],
    ),
    ("the body itself", "body: 5\nmatch: { $: integer }", &["6"], &[("6.5", "M203 body $"), ("\"6\"", "M203 body $")]),
    (
        "keys with signs in them",
        "body: { a.b: 1, \"*\": { \"[]\": x } }\nmatch: { '\"a.b\"': integer, '\"*\".\"[]\"': /x/ }",
        &[r#"{"a.b": 2, "*": {"[]": "x"}}"#],
        &[(r#"{"a.b": 2.5, "*": {"[]": "y"}}"#, "M203 body \"a.b\", M206 body \"*\".\"[]\"")],
    ),
];

#[test]
fn matchers_are_upheld_and_broken_in_the_body_of_a_response() {
    hold(VALUES, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
}

#[test]
fn matchers_are_upheld_and_broken_in_the_body_of_a_request() {
    hold(VALUES, |asked, body| request(&with_request(asked), |actual| actual.body = body.as_bytes().to_vec()));
}

#[test]
fn rules_of_a_response_leave_the_rest_to_types() {
    let rows: &[Row] = &[
        (
            "closed has no other keys, and the types of the example",
            "body: { o: { a: 1, b: { c: 1 } } }\nmatch: { o: closed }",
            &[r#"{"o": {"a": 2, "b": {"c": 3, "d": 4}}, "p": 1}"#],
            &[(r#"{"o": {"a": 2, "b": {"c": 3}, "d": 4}}"#, "M202 body o.d"), (r#"{"o": {"a": 2}}"#, "M201 body o.b")],
        ),
        (
            "a modifier alone leaves the type to the example",
            "body: { a: x, b: 1 }\nmatch: { a: optional, b: or null }",
            &[r#"{"b": null}"#, r#"{"a": "y", "b": 2}"#],
            &[(r#"{"a": 1, "b": "2"}"#, "M203 body a, M203 body b"), (r#"{"a": null}"#, "M203 body a, M201 body b")],
        ),
        (
            "null with a rule that says what else it may be",
            "body: { a: null }\nmatch: { a: string or null }",
            &[r#"{"a": null}"#, r#"{"a": "x"}"#],
            &[(r#"{"a": 1}"#, "M203 body a"), ("{}", "M201 body a")],
        ),
        (
            "unordered elements may have other keys",
            "body: [{ a: 1 }, { a: 2 }]\nmatch: { $: unordered }",
            &[r#"[{"a": 2, "x": 1}, {"a": 1}]"#],
            &[(r#"[{"a": 2}, {"a": 3}]"#, "M210 body $")],
        ),
        (
            "a size alone leaves the elements to the example",
            "body: { l: [1] }\nmatch: { l: 1+ }",
            &[r#"{"l": [5]}"#],
            &[(r#"{"l": ["5"]}"#, "M203 body l[0]")],
        ),
        (
            "an empty list with a size says nothing of its elements",
            "body: { l: [] }\nmatch: { l: 0+ }",
            &[r#"{"l": []}"#, r#"{"l": [1, "x", null]}"#],
            &[(r#"{"l": {}}"#, "M203 body l")],
        ),
        (
            "an exact empty list is empty",
            "body: { l: [] }\nmatch: { l: exact }",
            &[r#"{"l": []}"#],
            &[(r#"{"l": [1]}"#, "M208 body l")],
        ),
        (
            "an element with an index must be there if the example has it in each list",
            "body: { l: [1, 2], m: [[1], [1, 2]] }\nmatch: { l: 1+, \"l[1]\": any, \"m[][1]\": any }",
            &[r#"{"l": [1, "x"], "m": [[1]]}"#],
            &[(r#"{"l": [1], "m": [[1]]}"#, "M201 body l[1]")],
        ),
        (
            "a map that is empty verified nothing",
            "body: { m: { a: 1 } }\nmatch: { \"m.*\": integer }",
            &[],
            &[(r#"{"m": {}}"#, "M209 body m")],
        ),
        (
            "the key that must be absent in each element",
            "body: [{ a: 1 }]\nmatch: { \"[].b\": absent }",
            &[r#"[{"a": 1}]"#],
            &[(r#"[{"a": 1}, {"a": 1, "b": 2}]"#, "M202 body [1].b")],
        ),
    ];
    hold(rows, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
}

#[test]
fn a_request_body_is_exactly_what_the_consumer_sends() {
    let rows: &[Row] = &[
        (
            "the order of keys is free, and nothing else",
            "body: { a: x, l: [1, { b: null }], e: [] }",
            &[r#"{"e": [], "l": [1.0, {"b": null}], "a": "x"}"#],
            &[
                (r#"{"a": "y", "l": [1, {"b": null}], "e": []}"#, "M204 body a"),
                (r#"{"a": "x", "l": [1, {"b": null}], "e": [], "z": 1}"#, "M202 body z"),
                (r#"{"a": "x", "l": [{"b": null}, 1], "e": []}"#, "M203 body l[0], M203 body l[1]"),
                (r#"{"a": "x", "l": [1, {"b": null}, 2], "e": [1]}"#, "M208 body l, M208 body e"),
                (r#"{"a": "x", "l": [1, {}]}"#, "M201 body l[1].b, M201 body e"),
                ("", "M212 body $"),
            ],
        ),
        (
            "a modifier alone leaves the value as it is",
            "body: { a: x }\nmatch: { a: optional }",
            &["{}", r#"{"a": "x"}"#],
            &[(r#"{"a": "y"}"#, "M204 body a")],
        ),
        (
            "a size alone leaves the elements to be those of the example",
            "body: { l: [a, b] }\nmatch: { l: 1..3 }",
            &[r#"{"l": ["b", "b"]}"#],
            &[(r#"{"l": ["c"]}"#, "M204 body l[0]"), (r#"{"l": []}"#, "M208 body l")],
        ),
        (
            "elements with rules may be more than those of the example",
            "body: { items: [{ sku: TEA-1, qty: 2 }] }\nmatch: { items: 1+, \"items[].sku\": string, \"items[].qty\": integer }",
            &[r#"{"items": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 3}]}"#],
            &[
                (r#"{"items": [{"sku": "A", "qty": 1, "note": "x"}]}"#, "M202 body items[0].note"),
                (r#"{"items": [{"sku": "A"}]}"#, "M201 body items[0].qty"),
            ],
        ),
        (
            "unordered elements have no other keys",
            "body: [{ a: 1 }]\nmatch: { $: unordered }",
            &[r#"[{"a": 1}]"#],
            &[(r#"[{"a": 1, "b": 1}]"#, "M210 body $")],
        ),
    ];
    hold(rows, |asked, body| request(&with_request(asked), |actual| actual.body = body.as_bytes().to_vec()));
    let no_body = interaction("method: GET\npath: /", "status: 200");
    assert_eq!(told(&request(&no_body, |actual| actual.body = b"x".to_vec())), "M202 body $");
}

/// Header lines of a row: `name: value`, one after the other with `\n` between.
fn header_lines(text: &str) -> Vec<(&str, &str)> {
    text.lines().map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""))).collect()
}

/// What goes for the headers of responses and of requests alike.
const HEADERS: &[Row] = &[
    (
        "names have no case, and other headers are ignored",
        "headers: { X-A: b }",
        &["x-a: b", "X-A: b\nx-b: c"],
        &[("x-b: b", "M102 header x-a"), ("x-a: B", "M103 header x-a"), ("x-a:", "M103 header x-a")],
    ),
    (
        "a media type may have more parameters, and no case",
        "headers: { content-type: application/json }",
        &["content-type: application/json; charset=utf-8", "Content-Type: Application/JSON"],
        &[("content-type: application/problem+json", "M103 header content-type")],
    ),
    (
        "a parameter that is asked for must be there, but for the charset of JSON",
        "headers: { content-type: text/html; charset=utf-8 }",
        &["content-type: text/html;charset=\"UTF-8\""],
        &[("content-type: text/html", "M103 header content-type")],
    ),
    (
        "a charset of JSON says nothing",
        "headers: { content-type: application/json; charset=utf-8 }",
        &["content-type: application/json"],
        &[],
    ),
    (
        "a list holds what is asked for, in any line and order",
        "headers: { cache-control: [no-store, private], vary: Accept }",
        &["cache-control: private, max-age=0\ncache-control: no-store\nvary: origin, accept"],
        &[("cache-control: private\nvary: x", "M103 header cache-control, M103 header vary")],
    ),
    (
        "a header that is no list is not split at commas",
        "headers: { last-modified: \"Mon, 23 Nov 2026 10:00:00 GMT\" }",
        &["last-modified: Mon, 23 Nov 2026 10:00:00 GMT"],
        &[("last-modified: Mon", "M103 header last-modified")],
    ),
    (
        "each of several lines is asked for",
        "headers: { set-cookie: [a=1, b=2] }",
        &["set-cookie: b=2\nset-cookie: a=1\nset-cookie: c=3"],
        &[("set-cookie: a=1, b=2", "M103 header set-cookie")],
    ),
    ("any", "headers: { x-a: b }\nmatch-headers: { x-a: any }", &["x-a: c", "x-a:"], &[("x-b: b", "M102 header x-a")]),
    ("exact", "headers: { x-a: b }\nmatch-headers: { x-a: exact }", &["x-a: b"], &[("x-a: c", "M103 header x-a")]),
    (
        "absent",
        "match-headers: { X-Powered-By: absent }",
        &["x-a: b"],
        &[("x-powered-by: x", "M202 header x-powered-by")],
    ),
    ("string", "headers: { x-a: b }\nmatch-headers: { x-a: string }", &["x-a: c"], &[]),
    (
        "a number in a header is spelled as one",
        "headers: { x-a: 1 }\nmatch-headers: { x-a: number }",
        &["x-a: 2.5", "x-a: -1e3"],
        &[("x-a: 1,5", "M103 header x-a"), ("x-a: 0x1", "M103 header x-a"), ("x-a: +1", "M103 header x-a")],
    ),
    (
        "integer",
        "headers: { x-a: 1 }\nmatch-headers: { x-a: integer }",
        &["x-a: 2"],
        &[("x-a: 2.5", "M103 header x-a")],
    ),
    (
        "boolean",
        "headers: { x-a: true }\nmatch-headers: { x-a: boolean }",
        &["x-a: false"],
        &[("x-a: yes", "M103 header x-a")],
    ),
    (
        "a format",
        "headers: { x-id: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11 }\nmatch-headers: { x-id: uuid }",
        &["x-id: 00000000-0000-0000-0000-000000000000"],
        &[("x-id: 1", "M103 header x-id")],
    ),
    (
        "a regular expression",
        "headers: { location: /orders/42 }\nmatch-headers: { location: \"/\\\\/orders\\\\/[0-9]+/\" }",
        &["location: /orders/1"],
        &[("location: http://x/orders/1", "M103 header location"), ("location: /orders/", "M103 header location")],
    ),
    (
        "one of",
        "headers: { x-a: 1 }\nmatch-headers: { x-a: [1, b] }",
        &["x-a: 1", "x-a: b"],
        &[("x-a: 2", "M103 header x-a")],
    ),
    (
        "a JSON Schema",
        "headers: { x-a: bb }\nmatch-headers: { x-a: { schema: { minLength: 2 } } }",
        &["x-a: ccc"],
        &[("x-a: c", "M103 header x-a")],
    ),
    (
        "an optional header has its value where it is there",
        "headers: { x-a: b }\nmatch-headers: { x-a: optional }",
        &["x-b: c", "x-a: b"],
        &[("x-a: c", "M103 header x-a")],
    ),
    (
        "how many elements a list has",
        "headers: { allow: GET }\nmatch-headers: { allow: 1..2 }",
        &["allow: GET", "allow: PUT, GET"],
        &[("allow: GET, PUT, POST", "M208 header allow"), ("allow: PUT", "M103 header allow")],
    ),
    (
        "unordered is these and no others",
        "headers: { allow: [GET, PUT] }\nmatch-headers: { allow: unordered }",
        &["allow: PUT, GET"],
        &[("allow: GET", "M103 header allow"), ("allow: GET, PUT, POST", "M103 header allow")],
    ),
    (
        "contains is these and others",
        "headers: { allow: GET }\nmatch-headers: { allow: contains }",
        &["allow: PUT, GET"],
        &[("allow: PUT", "M103 header allow")],
    ),
    (
        "a rule of a list goes for one of its elements, or for its text",
        "headers: { accept: text/html }\nmatch-headers: { accept: \"/text\\\\/.*/\" }",
        &["accept: image/png, text/plain", "accept: text/a, text/b"],
        &[("accept: image/png", "M103 header accept")],
    ),
];

#[test]
fn matchers_are_upheld_and_broken_in_headers_of_a_response() {
    hold(HEADERS, |asked, headers| response(&with_response(asked), 200, &header_lines(headers), b""));
}

#[test]
fn matchers_are_upheld_and_broken_in_headers_of_a_request() {
    let owned = |headers: &str| -> Vec<(String, String)> {
        header_lines(headers).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    hold(HEADERS, |asked, headers| request(&with_request(asked), |actual| actual.headers = owned(headers)));
}

#[test]
fn matchers_are_upheld_and_broken_in_a_query() {
    let rows: &[Row] = &[
        (
            "the order of names is free, and that of the values of one is not",
            "query: { a: [1, 2], b: x y }",
            &["a=1&a=2&b=x+y", "b=x%20y&a=1&a=2", "a=1&b=x%20y&a=%32"],
            &[
                ("a=2&a=1&b=x+y", "M304 query a"),
                ("a=1&a=2", "M303 query b"),
                ("a=1&a=2&b=x+y&c=", "M305 query c"),
                ("a=1&b=X+y", "M304 query a, M304 query b"),
                ("", "M303 query a, M303 query b"),
            ],
        ),
        ("a name without a value", "query: { flag: \"\" }", &["flag", "flag="], &[("flag=1", "M304 query flag")]),
        ("any", "query: { a: x }\nmatch-query: { a: any }", &["a=", "a=1&a=2"], &[("", "M303 query a")]),
        ("exact", "query: { a: x }\nmatch-query: { a: exact }", &["a=x"], &[("a=y", "M304 query a")]),
        ("absent", "query: { a: x }\nmatch-query: { b: absent }", &["a=x"], &[("a=x&b=1", "M305 query b")]),
        ("string", "query: { a: x }\nmatch-query: { a: string }", &["a=y", "a="], &[("a=y&a=z", "M304 query a")]),
        (
            "number",
            "query: { a: 1 }\nmatch-query: { a: number }",
            &["a=2.5"],
            &[("a=x", "M304 query a"), ("a=", "M304 query a")],
        ),
        ("integer", "query: { a: 1 }\nmatch-query: { a: integer }", &["a=2"], &[("a=2.5", "M304 query a")]),
        ("boolean", "query: { a: true }\nmatch-query: { a: boolean }", &["a=false"], &[("a=0", "M304 query a")]),
        (
            "a format",
            "query: { a: \"2026-05-01\" }\nmatch-query: { a: date }",
            &["a=2026-05-02"],
            &[("a=today", "M304 query a")],
        ),
        (
            "a regular expression",
            "query: { a: 20 }\nmatch-query: { a: \"/[1-9][0-9]*/\" }",
            &["a=7"],
            &[("a=07", "M304 query a"), ("a=7&a=8", "M304 query a")],
        ),
        ("one of", "query: { a: x }\nmatch-query: { a: [x, 1] }", &["a=1", "a=1.0"], &[("a=y", "M304 query a")]),
        (
            "a JSON Schema",
            "query: { a: xx }\nmatch-query: { a: { schema: { minLength: 2 } } }",
            &["a=yy"],
            &[("a=y", "M304 query a")],
        ),
        ("optional", "query: { a: x }\nmatch-query: { a: optional }", &["", "a=x"], &[("a=y", "M304 query a")]),
        (
            "a number that is optional",
            "query: { a: 1 }\nmatch-query: { a: integer optional }",
            &["", "a=2"],
            &[("a=x", "M304 query a")],
        ),
        (
            "how many values",
            "query: { a: [x, y] }\nmatch-query: { a: 1..3 }",
            &["a=y", "a=x&a=x&a=y"],
            &[("a=z", "M304 query a"), ("a=x&a=x&a=x&a=x", "M304 query a")],
        ),
        (
            "how many values of a kind",
            "query: { a: 1 }\nmatch-query: { a: 1+ integer }",
            &["a=5&a=6"],
            &[("a=5&a=x", "M304 query a")],
        ),
        ("unordered", "query: { a: [x, y] }\nmatch-query: { a: unordered }", &["a=y&a=x"], &[("a=y", "M304 query a")]),
        ("contains", "query: { a: x }\nmatch-query: { a: contains }", &["a=y&a=x"], &[("a=y", "M304 query a")]),
    ];
    hold(rows, |asked, query| {
        request(&with_request(asked), |actual| actual.query = (!query.is_empty()).then(|| query.to_owned()))
    });
}

#[test]
fn matchers_are_upheld_and_broken_in_a_path() {
    let rows: &[Row] = &[
        (
            "a path is compared decoded, segment by segment",
            "path: /a%20b/c~d",
            &["/a%20b/c~d", "/%61%20b/c%7Ed", "/%61%20b/c%7ed"],
            &[
                ("/a%20b", "M302 path"),
                ("/a%20b/c~d/", "M302 path"),
                ("/A%20b/c~d", "M302 path"),
                ("/a%20b%2Fc~d", "M302 path"),
            ],
        ),
        (
            "a regular expression for the whole",
            "path: /orders/42\nmatch-path: \"/\\\\/orders\\\\/[0-9]+/\"",
            &["/orders/7"],
            &[("/orders/x", "M302 path"), ("/orders/7/items", "M302 path")],
        ),
        ("one of several paths", "path: /a\nmatch-path: [/a, /b]", &["/b"], &[("/c", "M302 path")]),
        ("any path", "path: /a\nmatch-path: any", &["/", "/x/y"], &[]),
        (
            "a matcher for a segment",
            "path: /orders/42\nmatch-path: { \"42\": integer }",
            &["/orders/7"],
            &[("/orders/x", "M302 path"), ("/order/7", "M302 path"), ("/orders", "M302 path")],
        ),
        (
            "a segment is matched decoded",
            "path: /a/d\nmatch-path: { d: \"/b c|d/\" }",
            &["/a/b%20c", "/a/%64", "/a/d"],
            &[("/a/b", "M302 path")],
        ),
    ];
    hold(rows, |asked, path| {
        let it = interaction(&format!("method: GET\n{asked}"), "status: 200");
        request(&it, |actual| actual.path = path.to_owned())
    });
}

#[test]
fn method_and_status_are_what_they_are() {
    let it = interaction("method: GET\npath: /", "status: 2XX");
    assert_eq!(told(&request(&it, |actual| actual.method = String::from("POST"))), "M301 method");
    assert_eq!(told(&request(&it, |actual| actual.method = String::from("get"))), "M301 method");
    for (status, upheld) in
        [(199, false), (200, true), (204, true), (299, true), (300, false), (0, false), (65535, false)]
    {
        assert_eq!(response(&it, status, &[], b"").is_empty(), upheld, "{status}");
    }
    let it = interaction("method: GET\npath: /", "status: 404\nbody: { a: 1 }");
    // Another status has another body: it is shown, and not compared.
    let found = response(&it, 500, &[], b"out of order");
    assert_eq!(told(&found), "M101 status");
    assert_eq!(found[0].hint.as_deref(), Some("the answer's body: out of order"));
}

#[test]
fn bodies_that_are_not_json_are_compared_as_what_they_are() {
    let rows: &[Row] = &[
        (
            "a text",
            "body-text: hello",
            &["hello"],
            &[("hello ", "M204 body $"), ("\u{fffd}", "M204 body $"), ("", "M204 body $")],
        ),
        (
            "a text with a rule",
            "body-text: hello\nmatch: { $: /h.*/ }",
            &["hi"],
            &[("ho\n", "M206 body $"), ("x", "M206 body $")],
        ),
        ("a text that is a number", "body-text: \"5\"\nmatch: { $: integer }", &["6"], &[("six", "M203 body $")]),
        (
            "a form of a response: other fields are ignored",
            "form: { a: x, b: [1, 2] }",
            &["a=x&b=1&b=2", "b=1&c=3&b=2&a=x"],
            &[
                ("a=y&b=1&b=2", "M204 body a"),
                ("a=x&b=2&b=1", "M204 body b[0], M204 body b[1]"),
                ("a=x&b=1", "M208 body b"),
            ],
        ),
        (
            "a form with rules: a field that came once is a list where the example has one",
            "form: { a: 1, b: [1, 2] }\nmatch: { a: integer, b: 1+, \"b[]\": integer }",
            &["a=7&b=5", "a=7&b=5&b=6&b=7"],
            &[("a=x&b=5", "M203 body a"), ("a=1&b=x", "M203 body b[0]"), ("a=1", "M201 body b")],
        ),
        ("bytes", "body-base64: aGVsbG8=", &["hello"], &[("hellp", "M204 body $"), ("hello!", "M204 body $")]),
    ];
    hold(rows, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
    let it = with_response("body-text: hello");
    assert_eq!(told(&response(&it, 200, &[], &[0xff])), "M212 body $");
    let form = with_request("form: { a: x }");
    assert_eq!(told(&request(&form, |actual| actual.body = b"a=x&b=1".to_vec())), "M202 body b");
    let sent = encode::request(&form.request);
    assert_eq!(sent.headers, [(String::from("content-type"), String::from("application/x-www-form-urlencoded"))]);
}

#[test]
fn a_body_in_a_file_is_compared_as_what_it_holds() {
    let beside = files([("a.json", r#"{"a": 1}"#), ("a.txt", "text")]);
    let it = |lines: &str| {
        let text = text_of("method: GET\npath: /", &format!("status: 200\n{lines}"));
        read_with(&text, &beside).unwrap().contract.interactions.remove(0)
    };
    let json = it("body-file: a.json\nmatch: { a: integer }");
    assert_eq!(told(&response(&json, 200, &[], br#"{"a": 2, "b": 3}"#)), "");
    let found = response(&json, 200, &[], br#"{"a": "2"}"#);
    assert_eq!(told(&found), "M203 body a");
    assert_eq!(found[0].asked.to_string(), "/response/match/a");
    assert_eq!(told(&response(&it("body-file: a.txt"), 200, &[], b"texd")), "M204 body $");
}

#[test]
fn placeholders_are_filled_with_their_values_and_types() {
    let text = "given:\n      - it exists: { id: 42, name: a/b c, tags: [x], ok: true }\n    request:";
    let text = text_of(
        "method: POST
path: /orders/${id}/${name}
query: { name: \"${name}\", both: \"${id}-${ok}\" }
headers: { x-id: \"${id}\" }
body: { id: \"${id}\", tags: \"${tags}\", text: \"no ${id}\", price: \"$${id}\" }
match-path: { \"${id}\": integer }",
        "status: 200\nheaders: { location: \"/orders/${id}\" }\nbody: { id: \"${id}\" }\nmatch: { id: exact }",
    )
    .replacen("request:", text, 1);
    let it = read_with(&text, &crate::reading::Files::new()).unwrap().contract.interactions.remove(0);
    let filled = it.filled(&it.params());
    let sent = encode::request(&filled.request);
    assert_eq!(sent.line(), "POST /orders/42/a%2Fb%20c?name=a/b%20c&both=42-true");
    assert_eq!(sent.headers[0], (String::from("x-id"), String::from("42")));
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(body, json!({"id": 42, "tags": ["x"], "text": "no 42", "price": "${id}"}));
    // Another value may be returned by the state's handler.
    let values = json!({"id": "8f-1", "name": "z", "tags": [], "ok": false});
    let filled = it.filled(values.as_object().unwrap());
    assert_eq!(encode::request(&filled.request).path, "/orders/8f-1/z");
    // The rule of a segment stays with it, whatever stands there.
    assert_eq!(told(&request(&it, |actual| actual.path = String::from("/orders/7/a%2Fb%20c"))), "");
    assert_eq!(told(&request(&it, |actual| actual.path = String::from("/orders/x/a%2Fb%20c"))), "M302 path");
    assert_eq!(told(&response(&it, 200, &[("location", "/orders/42")], br#"{"id": 42}"#)), "");
    let found = response(&it, 200, &[("location", "/orders/7")], br#"{"id": "42"}"#);
    assert_eq!(told(&found), "M103 header location, M203 body id");
}

#[test]
fn a_mismatch_says_what_was_asked_for_what_came_and_what_to_do() {
    let it = with_response(
        "body: { items: [{ sku: TEA-1, qty: 2 }], status: paid, note: x }
match: { \"items[].qty\": integer, status: [paid, open], note: string or null }",
    );
    let found =
        response(&it, 200, &[], br#"{"items": [{"sku": 1, "qty": "2"}], "stauts": 1, "note": 5, "status": "x"}"#);
    let said: Vec<String> =
        found.iter().map(|one| format!("{} {}: {} @ {}", one.code, one.place(), one.message(), one.asked)).collect();
    assert_eq!(
        said,
        [
            "M203 body items[0].sku: expected a string, like \"TEA-1\", got 1, a number @ /response/body/items/0/sku",
            "M203 body items[0].qty: expected an integer, like 2, got \"2\", a string @ /response/match/items[].qty",
            "M207 body status: expected one of \"paid\" or \"open\", got \"x\", a string @ /response/match/status",
            "M203 body note: expected a string, like \"x\", or null, got 5, a number @ /response/match/note",
        ]
    );
    let found = response(&it, 200, &[], br#"{"items": [], "stauts": 1, "note": "x"}"#);
    assert_eq!(told(&found), "M209 body items, M201 body status");
    assert_eq!(
        found[0].hint.as_deref(),
        Some("nothing in it was verified: let the provider state put something there, or write `items: 0+`")
    );
    assert_eq!(found[1].hint.as_deref(), Some("the body has a key like it: `stauts`"));
}

#[test]
fn what_is_shown_of_a_large_value_is_short() {
    let it = with_response("body: { a: 1 }");
    let body = json!({"a": {"long": "x".repeat(100_000), "list": vec!["é"; 10_000]}}).to_string();
    let found = response(&it, 200, &[], body.as_bytes());
    assert!(found[0].actual.chars().count() < 200, "{}", found[0].actual);
    assert!(found[0].actual.ends_with('…'), "{}", found[0].actual);
    let body = json!({"a": "é".repeat(100_000)}).to_string();
    assert!(response(&it, 200, &[], body.as_bytes())[0].actual.starts_with("\"éé"));
}

#[test]
fn a_body_deeper_than_is_read_is_told_so() {
    let it = with_response("body: [[1]]");
    let found = response(&it, 200, &[], format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).as_bytes());
    assert_eq!(told(&found), "M213 body $");
    // And one that is as deep as can be is compared.
    let deep = |inside: &str| format!("{}{inside}{}", "[".repeat(90), "]".repeat(90));
    let it = with_response(&format!("body: {}\nmatch: {{ \"{}\": /a+/ }}", deep("a"), "[]".repeat(90)));
    assert_eq!(told(&response(&it, 200, &[], deep("\"aa\"").as_bytes())), "");
    assert_eq!(told(&response(&it, 200, &[], deep("\"b\"").as_bytes())), format!("M206 body {}", "[0]".repeat(90)));
}
