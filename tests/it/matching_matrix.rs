//! Each matcher and modifier in a JSON body, upheld and broken; and examples without rules.

use crate::messages::{Row, check_rows, request, response, summary, with_request, with_response};
use crate::reading::interaction;

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
    check_rows(rows, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
}

/// The matchers in a JSON body, which are the same for requests and responses.
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
        "equal is the value, and for all that is below it the values and the elements in their order",
        "body: { a: { x: [1, 2], y: null }, b: paid }\nmatch: { a: equal, b: equal }",
        &[r#"{"a": {"y": null, "x": [1.0, 2]}, "b": "paid"}"#],
        &[
            (r#"{"a": {"x": [2, 1], "y": null}, "b": "open"}"#, "M204 body a.x[0], M204 body a.x[1], M204 body b"),
            (r#"{"a": {"x": [1, 2, 3], "y": null}, "b": 1}"#, "M208 body a.x, M203 body b"),
            (r#"{"a": {"x": [1, 2]}, "b": null}"#, "M201 body a.y, M203 body b"),
        ],
    ),
    (
        "a rule below an equal one loosens it there",
        "body: { l: [{ a: 1, b: x }, { a: 2, b: y }] }\nmatch: { l: equal, \"l[].a\": integer, \"l[1].b\": string }",
        &[r#"{"l": [{"a": 7, "b": "x"}, {"a": 8, "b": "z"}]}"#],
        &[
            (r#"{"l": [{"a": 7, "b": "z"}, {"a": 8, "b": "z"}]}"#, "M204 body l[0].b"),
            (r#"{"l": [{"a": 7, "b": "x"}]}"#, "M208 body l"),
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
    check_rows(VALUES, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
}

#[test]
fn matchers_are_upheld_and_broken_in_the_body_of_a_request() {
    check_rows(VALUES, |asked, body| request(&with_request(asked), |actual| actual.body = body.as_bytes().to_vec()));
}

#[test]
fn places_of_a_response_without_rules_are_compared_by_type() {
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
            "what is equal may have other keys",
            "body: { o: { a: 1, l: [{ b: x }] } }\nmatch: { o: equal }",
            &[r#"{"o": {"a": 1, "l": [{"b": "x", "c": 1}], "d": 2}}"#],
            &[(r#"{"o": {"a": 1, "l": [{"c": 1}]}}"#, "M201 body o.l[0].b")],
        ),
        (
            "an equal null and an equal empty list are what they are",
            "body: { n: null, l: [] }\nmatch: { n: equal, l: equal }",
            &[r#"{"n": null, "l": []}"#],
            &[(r#"{"n": 1, "l": [1]}"#, "M203 body n, M208 body l")],
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
    check_rows(rows, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
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
            "what is equal has no other keys, as all of a request",
            "body: { o: { a: 1 } }\nmatch: { o: equal }",
            &[r#"{"o": {"a": 1}}"#],
            &[(r#"{"o": {"a": 1, "b": 1}}"#, "M202 body o.b")],
        ),
        (
            "unordered elements have no other keys",
            "body: [{ a: 1 }]\nmatch: { $: unordered }",
            &[r#"[{"a": 1}]"#],
            &[(r#"[{"a": 1, "b": 1}]"#, "M210 body $")],
        ),
    ];
    check_rows(rows, |asked, body| request(&with_request(asked), |actual| actual.body = body.as_bytes().to_vec()));
    let no_body = interaction("method: GET\npath: /", "status: 200");
    assert_eq!(summary(&request(&no_body, |actual| actual.body = b"x".to_vec())), "M202 body $");
}
