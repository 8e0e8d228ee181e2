//! From exchanges to interactions: how they are grouped and named, and which parts of them are written.

use insta::assert_snapshot;
use upheld::recording::Options;

use super::exchanges::{
    clean, exchange_of, get, interactions, names, only, outcomes, record_into, record_new, record_with, suggestions,
    text, with_request_header, with_response_header,
};
use super::reading::http;

#[test]
fn exchanges_of_the_same_shape_are_samples_of_one_interaction() {
    for (exchanges, expected) in [
        (vec![get("GET /orders/1", 200, "{}"), get("GET /orders/2", 200, "{}")], vec!["GET /orders/{id} → 200"]),
        (
            vec![get("GET /orders/1", 200, "{}"), get("GET /orders/2", 404, "")],
            vec!["GET /orders/{id} → 200", "GET /orders/{id} → 404"],
        ),
        (
            vec![get("GET /orders?limit=1&status=open", 200, "[]"), get("GET /orders?status=paid&limit=9", 200, "[]")],
            vec!["GET /orders?limit&status → 200"],
        ),
        (
            vec![get("GET /orders", 200, "[]"), get("GET /orders?limit=9", 200, "[]")],
            vec!["GET /orders → 200", "GET /orders?limit → 200"],
        ),
        (
            vec![
                exchange_of("POST /orders", r#"{"a":1}"#, 201, ""),
                exchange_of("POST /orders", r#"{"a":2}"#, 201, ""),
            ],
            vec!["POST /orders → 201"],
        ),
        (
            vec![
                exchange_of("POST /orders", r#"{"a":1}"#, 201, ""),
                exchange_of("POST /orders", r#"{"b":2}"#, 201, ""),
            ],
            vec!["POST /orders → 201", "POST /orders → 201 for b"],
        ),
        (
            vec![
                get("GET /a/b", 200, "{}"),
                get("DELETE /a/b", 204, ""),
                get("PUT /a/b", 204, ""),
                get("GET /a", 200, "{}"),
            ],
            vec!["GET /a → 200", "GET /a/b → 200", "PUT /a/b → 204", "DELETE /a/b → 204"],
        ),
        (
            vec![get("GET /it", 200, r#"{"card":1,"name":""}"#), get("GET /it", 200, r#"{"till":[1]}"#)],
            vec!["GET /it → 200", "GET /it → 200 as application/json"],
        ),
        (
            vec![
                exchange_of("POST /graphql", r#"{"query":"query Order { order { id } }"}"#, 200, "{}"),
                exchange_of("POST /graphql", r#"{"query":"mutation Pay { pay { id } }"}"#, 200, "{}"),
                exchange_of("POST /rpc", r#"{"jsonrpc":"2.0","method":"pay"}"#, 200, "{}"),
                exchange_of("POST /rpc", r#"{"jsonrpc":"2.0","method":"ship"}"#, 200, "{}"),
            ],
            vec![
                "POST /graphql (Order) → 200",
                "POST /graphql (Pay) → 200",
                "POST /rpc (pay) → 200",
                "POST /rpc (ship) → 200",
            ],
        ),
        (
            vec![get("GET /shops/7/orders/6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11", 200, "{}")],
            vec!["GET /shops/{shop_id}/orders/{order_id} → 200"],
        ),
    ] {
        let mut found = names(&exchanges);
        found.sort();
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        expected.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn words_in_a_path_are_a_parameter_only_if_all_signs_agree() {
    let user = |name: &str| get(&format!("GET /users/{name}"), 200, r#"{"name":"x","age":1}"#);
    let three = ["ada", "eve", "mia"].map(user);
    assert_eq!(names(&three), ["GET /users/{id} → 200"]);
    assert_eq!(names(&three[..2]).len(), 2, "two words prove nothing");
    let with_sibling = [&three[..], &[get("GET /users/search", 200, "[]")]].concat();
    assert_eq!(names(&with_sibling).len(), 4, "there is a constant, too");
    let collections = ["orders", "users", "items"].map(|name| get(&format!("GET /api/{name}"), 200, r#"{"a":1}"#));
    assert_eq!(names(&collections).len(), 3, "the first segment names something");
    let unlike = [
        get("GET /shop/orders", 200, r#"{"orders":[]}"#),
        get("GET /shop/users", 200, r#"{"users":[]}"#),
        get("GET /shop/items", 200, r#"{"items":[]}"#),
    ];
    assert_eq!(names(&unlike).len(), 3, "the responses are different");
}

#[test]
fn values_of_distinct_parameters_tell_interactions_apart() {
    let exchanges = [get("GET /orders?status=paid", 200, "[1]"), get("GET /orders?status=open", 200, "[1]")];
    let options = Options { distinct: vec![String::from("status")], ..Options::default() };
    let names: Vec<String> =
        record_with(&exchanges, &options).interactions.into_iter().map(|recorded| recorded.name).collect();
    assert_eq!(names, ["GET /orders?status=open → 200", "GET /orders?status=paid → 200"]);
}

#[test]
fn blank_keys_still_make_valid_names() {
    for (sent, shown) in [(r#"{"":null}"#, r#""""#), (r#"{" ":1}"#, r#"" ""#), (r#"{"a\u2028":1}"#, "a")] {
        let text = record_new(&[exchange_of("POST /orders", "", 200, "")]).text.unwrap();
        let updated = record_into(&text, &[exchange_of("POST /orders", sent, 200, "")], &Options::default());
        assert!(updated.left_out.is_empty(), "{:?}", updated.left_out);
        let names: Vec<String> = updated.interactions.into_iter().map(|recorded| recorded.name).collect();
        assert!(names.contains(&format!("POST /orders → 200 for {shown}")), "{names:?}");
    }
}

#[test]
fn common_parts_of_requests_are_exact_and_differing_ones_are_loosened() {
    let order = |id: u32, query: &str, body: &str| {
        let exchange = exchange_of(&format!("PUT /orders/{id}?{query}"), body, 200, r#"{"ok":true}"#);
        with_request_header(exchange, "X-Request-Id", "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11")
    };
    let exchanges = [
        order(
            41,
            "limit=1&q=tea&v=2",
            r#"{"note":"a","qty":1,"kind":"gift","items":[{"sku":"A"}],"at":"2026-05-01T09:30:00Z"}"#,
        ),
        order(
            42,
            "limit=20&q=milk&v=2",
            r#"{"note":null,"qty":2.5,"kind":"gift","items":[],"at":"2026-05-02T09:30:00Z"}"#,
        ),
        order(
            43,
            "limit=3&q=tea&v=2",
            r#"{"note":"b","qty":3,"kind":"gift","items":[{"sku":"B","n":1},{"sku":"C"}],"at":"2026-05-03T09:30:00Z"}"#,
        ),
    ];
    only(&exchanges);
    assert_snapshot!(interactions(&exchanges));
}

#[test]
fn the_order_of_the_requests_makes_no_difference() {
    let exchanges = [
        get("GET /orders/2", 200, r#"{"id":2,"b":1}"#),
        get("GET /orders/1", 200, r#"{"id":1,"a":null}"#),
        get("GET /orders", 200, "[1]"),
        get("GET /orders/3", 404, ""),
    ];
    let turned: Vec<_> = exchanges.iter().rev().cloned().collect();
    assert_eq!(text(&exchanges), text(&turned));
}

#[test]
fn volatile_values_are_loosened_after_one_sample() {
    let exchange = exchange_of(
        "POST /events/6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11?_=1764000000123",
        r#"{"id":"0b5a3a5c-1f0e-4f5e-8f0a-6f2b8f2f9a01","sent":"2026-05-01T09:30:00Z","ms":1764000000123,"day":"2026-05-01"}"#,
        202,
        "",
    );
    assert_snapshot!(interactions(&[exchange]));
}

#[test]
fn only_headers_about_the_message_are_written() {
    let mut exchange = get("GET /orders/7", 301, r#"{"a":1}"#);
    for (name, value) in [
        ("Accept", "application/json"),
        ("User-Agent", "curl/8"),
        ("Authorization", "Bearer x"),
        ("Cookie", "a=b"),
        ("X-Trace", "1"),
    ] {
        exchange = with_request_header(exchange, name, value);
    }
    for (name, value) in [
        ("Date", "Tue, 24 Nov 2026 10:00:00 GMT"),
        ("Server", "x"),
        ("Set-Cookie", "a=b"),
        ("ETag", "\"abc\""),
        ("X-Request-Id", "1"),
        ("Location", "http://127.0.0.1:4711/orders/8?x=1"),
        ("Link", "</orders?page=2>; rel=next"),
    ] {
        exchange = with_response_header(exchange, name, value);
    }
    assert_snapshot!(interactions(std::slice::from_ref(&exchange)));
    let options = Options { keep_headers: vec![String::from("X-Trace"), String::from("etag")], ..Options::default() };
    let text = record_with(&[exchange], &options).text.unwrap();
    assert!(text.contains("x-trace: \"1\"") && text.contains("etag: \"\\\"abc\\\"\""), "{text}");
}

#[test]
fn conditional_headers_are_written_if_the_status_depends_on_them() {
    let whole = get("GET /log", 200, r#"{"a":1}"#);
    let mut part = with_request_header(get("GET /log", 206, ""), "Range", "bytes=0-9");
    part.request.headers.push((String::from("If-None-Match"), String::from("\"v1\"")));
    let unchanged = |tag| with_request_header(get("GET /log", 304, ""), "If-None-Match", tag);
    let exchanges = [with_request_header(whole, "Range", "bytes=0-"), part, unchanged("\"v1\"")];
    assert_snapshot!(interactions(&exchanges));
    let again = record_into(&text(&exchanges), &[unchanged("\"v2\"")], &Options::default());
    assert_eq!(outcomes(&again)[2], "same GET /log → 304");
}

#[test]
fn bodies_other_than_json_are_distinguished_by_their_media_types() {
    let sent = |media_type: &str, body: &str| {
        let mut exchange = get("POST /notes", 201, "");
        exchange.request.body = body.as_bytes().to_vec();
        with_request_header(exchange, "content-type", media_type)
    };
    let exchanges = [
        sent("text/plain", "a"),
        sent("text/plain; charset=utf-8", "b"),
        sent("text/csv", "a,b"),
        sent("multipart/form-data; boundary=x", "--x\r\n\r\na\r\n--x--\r\n"),
    ];
    assert_eq!(
        names(&exchanges),
        ["POST /notes → 201", "POST /notes → 201 for text/csv", "POST /notes → 201 for text/plain"]
    );
}

#[test]
fn an_accept_header_for_everything_is_left_out() {
    let exchange = with_request_header(get("GET /a", 200, "{}"), "accept", "*/*");
    assert!(!text(&[exchange]).contains("accept"));
}

#[test]
fn an_identifier_that_the_provider_assigned_suggests_a_state() {
    let exchanges = [
        with_response_header(
            exchange_of("POST /orders", r#"{"sku":"TEA-1"}"#, 201, r#"{"id":4711}"#),
            "location",
            "/orders/4711",
        ),
        get("GET /orders/4711", 200, r#"{"id":4711}"#),
        get("GET /orders/4711", 404, ""),
    ];
    assert_snapshot!(interactions(&exchanges));
}

#[test]
fn the_same_request_with_two_responses_suggests_a_state_for_each() {
    let exchanges = [get("GET /orders/7", 200, r#"{"id":7}"#), get("GET /orders/7", 404, "")];
    let recorded = record_new(&exchanges);
    assert_eq!(suggestions(&recorded.interactions[1]), ["request: given: [a state that leads to 404]"]);
    clean(&recorded.text.unwrap());
}

#[test]
fn bodies_of_every_kind_are_written_or_reported_as_left_out() {
    let with = |content_type: &str, body: &[u8]| {
        let mut exchange = with_response_header(get("GET /it", 200, "x"), "content-type", content_type);
        exchange.response.body = body.to_vec();
        exchange
    };
    for (content_type, body, expected) in [
        ("text/plain; charset=utf-8", &b"hello"[..], "body-text: hello"),
        ("text/html", b"<p>one\ntwo</p>\n", "body-text: |\n"),
        ("application/problem+json", b"{\"a\":1}", "a: 1"),
        ("application/json", b"{broken", "body-text: \"{broken\""),
        ("", b"{\"a\":1}", "a: 1"),
    ] {
        let text = text(&[with(content_type, body)]);
        assert!(text.contains(expected), "{content_type}: {text}");
        clean(&text);
    }
    for (content_type, body) in [("image/png", &b"\x89PNG\xff\xfe"[..]), ("text/plain", "x".repeat(20_000).as_bytes())]
    {
        let recorded = record_new(&[with(content_type, body)]);
        assert!(suggestions(&recorded.interactions[0])[0].starts_with("response body! [Unwritable("), "{recorded:?}");
        assert!(!recorded.text.unwrap().contains("body"));
    }
}

#[test]
fn request_bodies_of_every_kind_are_written() {
    let with = |content_type: &str, body: &str| {
        let mut exchange = with_request_header(get("POST /it", 204, ""), "content-type", content_type);
        exchange.request.body = body.as_bytes().to_vec();
        exchange
    };
    for (content_type, body, expected) in [
        ("application/x-www-form-urlencoded", "a=1&b=x+y&a=2", "form:\n        a: [\"1\", \"2\"]\n        b: x y\n"),
        ("application/x-www-form-urlencoded", "{\"a\":1}", "body:\n        a: 1\n"),
        ("text/plain", "a ${b}", "body-text: a $${b}"),
        ("multipart/form-data; boundary=xyz", "--xyz\r\n\r\na\r\n--xyz--", "match:\n        $: string\n"),
    ] {
        let text = text(&[with(content_type, body)]);
        assert!(text.contains(expected), "{content_type}: {text}");
        clean(&text);
    }
}

#[test]
fn interactions_that_cannot_be_written_are_reported_and_the_rest_is_written() {
    let mut exchange = get("BREW /pot", 200, "{}");
    exchange.request.path = String::from("/pot");
    let exchanges =
        [exchange, get("GET //double", 200, "{}"), get("GET /a/../b", 200, "{}"), get("GET /a{b}", 200, "{}")];
    let recorded = record_new(&exchanges);
    let left: Vec<String> = recorded.left_out.iter().map(|left| format!("{}: {}", left.name, left.reason)).collect();
    assert_snapshot!(left.join("\n"));
    assert!(recorded.text.unwrap().contains("path: /a%7Bb%7D") || recorded.interactions.len() == 1);
}

#[test]
fn echoes_of_headers_that_the_contract_does_not_send_are_left_out() {
    let echo = r#"{"headers":{"User-Agent":"curl/8","X-Mine":"1","Content-Type":"application/json; charset=utf-8","Content-Length":"7"},"user_agent":"curl/8","agent":"curl/8"}"#;
    let exchange = exchange_of("POST /echo", r#"{"a":1}"#, 200, echo);
    let exchange = with_request_header(
        with_request_header(with_request_header(exchange, "User-Agent", "curl/8"), "X-Mine", "1"),
        "Content-Length",
        "7",
    );
    let recorded = only(&[exchange]);
    let body = http(&recorded).response.body.as_ref().unwrap().content.view().unwrap();
    assert_eq!(
        *body,
        serde_json::json!({
            "headers": {"Content-Type": "application/json; charset=utf-8", "Content-Length": "7"},
            "agent": "curl/8",
        })
    );
}
