//! Each matcher and modifier in headers, query and path, upheld and broken; status, method, and bodies of other kinds;
//! placeholders; and the texts of mismatches.

use serde_json::{Value, json};

use crate::messages::{Row, check_rows, request, response, summary, with_request, with_response};
use crate::reading::{files, filled, http, interaction, read_with, text_of};

/// The header lines of a row: `name: value`, separated by `\n`.
fn header_lines(text: &str) -> Vec<(&str, &str)> {
    text.lines().map(|line| line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""))).collect()
}

/// The cases that are the same for the headers of requests and responses.
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
    check_rows(HEADERS, |asked, headers| response(&with_response(asked), 200, &header_lines(headers), b""));
}

#[test]
fn matchers_are_upheld_and_broken_in_headers_of_a_request() {
    let owned = |headers: &str| -> Vec<(String, String)> {
        header_lines(headers).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    check_rows(HEADERS, |asked, headers| request(&with_request(asked), |actual| actual.headers = owned(headers)));
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
    check_rows(rows, |asked, query| {
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
    check_rows(rows, |asked, path| {
        let it = interaction(&format!("method: GET\n{asked}"), "status: 200");
        request(&it, |actual| actual.path = path.to_owned())
    });
}

#[test]
fn method_and_status_are_compared() {
    let it = interaction("method: GET\npath: /", "status: 2XX");
    assert_eq!(summary(&request(&it, |actual| actual.method = String::from("POST"))), "M301 method");
    assert_eq!(summary(&request(&it, |actual| actual.method = String::from("get"))), "M301 method");
    for (status, upheld) in
        [(199, false), (200, true), (204, true), (299, true), (300, false), (0, false), (65535, false)]
    {
        assert_eq!(response(&it, status, &[], b"").is_empty(), upheld, "{status}");
    }
    let it = interaction("method: GET\npath: /", "status: 404\nbody: { a: 1 }");
    // If the status is wrong, the body is shown and not compared.
    let found = response(&it, 500, &[], b"out of order");
    assert_eq!(summary(&found), "M101 status");
    assert_eq!(found[0].hint.as_deref(), Some("the response's body: out of order"));
}

#[test]
fn texts_bytes_and_forms_are_compared() {
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
    check_rows(rows, |asked, body| response(&with_response(asked), 200, &[], body.as_bytes()));
    let it = with_response("body-text: hello");
    assert_eq!(summary(&response(&it, 200, &[], &[0xff])), "M212 body $");
    let form = with_request("form: { a: x }");
    assert_eq!(summary(&request(&form, |actual| actual.body = b"a=x&b=1".to_vec())), "M202 body b");
    let sent = http(&form).consumer_request();
    assert_eq!(sent.headers, [(String::from("content-type"), String::from("application/x-www-form-urlencoded"))]);
}

#[test]
fn a_body_in_a_file_is_compared_by_the_kind_of_its_content() {
    let beside = files([("a.json", r#"{"a": 1}"#), ("a.txt", "text")]);
    let it = |lines: &str| {
        let text = text_of("method: GET\npath: /", &format!("status: 200\n{lines}"));
        read_with(&text, &beside).unwrap().contract.interactions.remove(0)
    };
    let json = it("body-file: a.json\nmatch: { a: integer }");
    assert_eq!(summary(&response(&json, 200, &[], br#"{"a": 2, "b": 3}"#)), "");
    let found = response(&json, 200, &[], br#"{"a": "2"}"#);
    assert_eq!(summary(&found), "M203 body a");
    assert_eq!(found[0].expectation.to_string(), "/response/match/a");
    assert_eq!(summary(&response(&it("body-file: a.txt"), 200, &[], b"texd")), "M204 body $");
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
    let sent = filled(&it).consumer_request();
    assert_eq!(sent.line(), "POST /orders/42/a%2Fb%20c?name=a/b%20c&both=42-true");
    assert_eq!(sent.headers[0], (String::from("x-id"), String::from("42")));
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(body, json!({"id": 42, "tags": ["x"], "text": "no 42", "price": "${id}"}));
    // The state handler may return another value.
    let values = json!({"id": "8f-1", "name": "z", "tags": [], "ok": false});
    let filled = http(&it).filled(values.as_object().unwrap());
    assert_eq!(filled.consumer_request().path, "/orders/8f-1/z");
    // A segment keeps its rule, whatever its value is.
    assert_eq!(summary(&request(&it, |actual| actual.path = String::from("/orders/7/a%2Fb%20c"))), "");
    assert_eq!(summary(&request(&it, |actual| actual.path = String::from("/orders/x/a%2Fb%20c"))), "M302 path");
    assert_eq!(summary(&response(&it, 200, &[("location", "/orders/42")], br#"{"id": 42}"#)), "");
    let found = response(&it, 200, &[("location", "/orders/7")], br#"{"id": "42"}"#);
    assert_eq!(summary(&found), "M103 header location, M203 body id");
}

#[test]
fn a_mismatch_shows_what_was_expected_what_came_and_what_to_do() {
    let it = with_response(
        "body: { items: [{ sku: TEA-1, qty: 2 }], status: paid, note: x }
match: { \"items[].qty\": integer, status: [paid, open], note: string or null }",
    );
    let found =
        response(&it, 200, &[], br#"{"items": [{"sku": 1, "qty": "2"}], "stauts": 1, "note": 5, "status": "x"}"#);
    let said: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}: {} @ {}", one.code, one.place(), one.message(), one.expectation))
        .collect();
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
    assert_eq!(summary(&found), "M209 body items, M201 body status");
    assert_eq!(
        found[0].hint.as_deref(),
        Some("nothing in it was verified: make the provider state fill it, or write `items: 0+`")
    );
    assert_eq!(found[1].hint.as_deref(), Some("the body has a similar key: `stauts`"));
}

#[test]
fn large_values_are_shown_cut() {
    let it = with_response("body: { a: 1 }");
    let body = json!({"a": {"long": "x".repeat(100_000), "list": vec!["é"; 10_000]}}).to_string();
    let found = response(&it, 200, &[], body.as_bytes());
    assert!(found[0].actual.to_string().chars().count() < 200, "{}", found[0].actual);
    assert!(found[0].actual.to_string().ends_with('…'), "{}", found[0].actual);
    let body = json!({"a": "é".repeat(100_000)}).to_string();
    assert!(response(&it, 200, &[], body.as_bytes())[0].actual.to_string().starts_with("\"éé"));
}

#[test]
fn a_body_that_is_nested_too_deep_is_refused() {
    let it = with_response("body: [[1]]");
    let found = response(&it, 200, &[], format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).as_bytes());
    assert_eq!(summary(&found), "M213 body $");
    // The deepest possible one is compared.
    let deep = |inside: &str| format!("{}{inside}{}", "[".repeat(90), "]".repeat(90));
    let it = with_response(&format!("body: {}\nmatch: {{ \"{}\": /a+/ }}", deep("a"), "[]".repeat(90)));
    assert_eq!(summary(&response(&it, 200, &[], deep("\"aa\"").as_bytes())), "");
    assert_eq!(summary(&response(&it, 200, &[], deep("\"b\"").as_bytes())), format!("M206 body {}", "[0]".repeat(90)));
}
