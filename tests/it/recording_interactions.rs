//! From exchanges to interactions: which are samples of the same one, what it is called, and what of it is written.

use insta::assert_snapshot;
use upheld::recording::Options;

use super::exchanges::{
    answered, asking, clean, got, interactions, names, only, recorded, recorded_by, recorded_into, said, standings,
    suggestions, text,
};
use super::reading::http;

#[test]
fn the_same_shape_of_request_is_one_more_sample() {
    for (exchanges, expected) in [
        (vec![got("GET /orders/1", 200, "{}"), got("GET /orders/2", 200, "{}")], vec!["GET /orders/{id} → 200"]),
        (
            vec![got("GET /orders/1", 200, "{}"), got("GET /orders/2", 404, "")],
            vec!["GET /orders/{id} → 200", "GET /orders/{id} → 404"],
        ),
        (
            vec![got("GET /orders?limit=1&status=open", 200, "[]"), got("GET /orders?status=paid&limit=9", 200, "[]")],
            vec!["GET /orders?limit&status → 200"],
        ),
        (
            vec![got("GET /orders", 200, "[]"), got("GET /orders?limit=9", 200, "[]")],
            vec!["GET /orders → 200", "GET /orders?limit → 200"],
        ),
        (
            vec![said("POST /orders", r#"{"a":1}"#, 201, ""), said("POST /orders", r#"{"a":2}"#, 201, "")],
            vec!["POST /orders → 201"],
        ),
        (
            vec![said("POST /orders", r#"{"a":1}"#, 201, ""), said("POST /orders", r#"{"b":2}"#, 201, "")],
            vec!["POST /orders → 201", "POST /orders → 201 for b"],
        ),
        (
            vec![
                got("GET /a/b", 200, "{}"),
                got("DELETE /a/b", 204, ""),
                got("PUT /a/b", 204, ""),
                got("GET /a", 200, "{}"),
            ],
            vec!["GET /a → 200", "GET /a/b → 200", "PUT /a/b → 204", "DELETE /a/b → 204"],
        ),
        (
            vec![got("GET /it", 200, r#"{"card":1,"name":""}"#), got("GET /it", 200, r#"{"till":[1]}"#)],
            vec!["GET /it → 200", "GET /it → 200 as application/json"],
        ),
        (
            vec![
                said("POST /graphql", r#"{"query":"query Order { order { id } }"}"#, 200, "{}"),
                said("POST /graphql", r#"{"query":"mutation Pay { pay { id } }"}"#, 200, "{}"),
                said("POST /rpc", r#"{"jsonrpc":"2.0","method":"pay"}"#, 200, "{}"),
                said("POST /rpc", r#"{"jsonrpc":"2.0","method":"ship"}"#, 200, "{}"),
            ],
            vec![
                "POST /graphql (Order) → 200",
                "POST /graphql (Pay) → 200",
                "POST /rpc (pay) → 200",
                "POST /rpc (ship) → 200",
            ],
        ),
        (
            vec![got("GET /shops/7/orders/6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11", 200, "{}")],
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
fn words_in_a_path_are_a_parameter_only_where_everything_says_so() {
    let user = |name: &str| got(&format!("GET /users/{name}"), 200, r#"{"name":"x","age":1}"#);
    let three = ["ada", "eve", "mia"].map(user);
    assert_eq!(names(&three), ["GET /users/{id} → 200"]);
    assert_eq!(names(&three[..2]).len(), 2, "two words prove nothing");
    let with_sibling = [&three[..], &[got("GET /users/search", 200, "[]")]].concat();
    assert_eq!(names(&with_sibling).len(), 4, "a constant stands there, too");
    let collections = ["orders", "users", "items"].map(|name| got(&format!("GET /api/{name}"), 200, r#"{"a":1}"#));
    assert_eq!(names(&collections).len(), 3, "what comes first names something");
    let unlike = [
        got("GET /shop/orders", 200, r#"{"orders":[]}"#),
        got("GET /shop/users", 200, r#"{"users":[]}"#),
        got("GET /shop/items", 200, r#"{"items":[]}"#),
    ];
    assert_eq!(names(&unlike).len(), 3, "they are answered with different things");
}

#[test]
fn values_that_tell_interactions_apart_can_be_named() {
    let exchanges = [got("GET /orders?status=paid", 200, "[1]"), got("GET /orders?status=open", 200, "[1]")];
    let options = Options { distinct: vec![String::from("status")], ..Options::default() };
    let names: Vec<String> =
        recorded_by(&exchanges, &options).interactions.into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["GET /orders?status=open → 200", "GET /orders?status=paid → 200"]);
}

#[test]
fn keys_that_hold_nothing_but_space_leave_a_name_that_a_contract_may_have() {
    for (sent, told) in [(r#"{"":null}"#, r#""""#), (r#"{" ":1}"#, r#"" ""#), (r#"{"a\u2028":1}"#, "a")] {
        let text = recorded(&[said("POST /orders", "", 200, "")]).text.unwrap();
        let updated = recorded_into(&text, &[said("POST /orders", sent, 200, "")], &Options::default());
        assert!(updated.left_out.is_empty(), "{:?}", updated.left_out);
        let names: Vec<String> = updated.interactions.into_iter().map(|entry| entry.name).collect();
        assert!(names.contains(&format!("POST /orders → 200 for {told}")), "{names:?}");
    }
}

#[test]
fn what_a_request_has_in_common_is_exact_and_what_differs_is_loosened() {
    let order = |id: u32, query: &str, body: &str| {
        let exchange = said(&format!("PUT /orders/{id}?{query}"), body, 200, r#"{"ok":true}"#);
        asking(exchange, "X-Request-Id", "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11")
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
fn the_order_in_which_requests_came_makes_no_difference() {
    let exchanges = [
        got("GET /orders/2", 200, r#"{"id":2,"b":1}"#),
        got("GET /orders/1", 200, r#"{"id":1,"a":null}"#),
        got("GET /orders", 200, "[1]"),
        got("GET /orders/3", 404, ""),
    ];
    let turned: Vec<_> = exchanges.iter().rev().cloned().collect();
    assert_eq!(text(&exchanges), text(&turned));
}

#[test]
fn what_differs_by_itself_is_loosened_at_once() {
    let exchange = said(
        "POST /events/6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11?_=1764000000123",
        r#"{"id":"0b5a3a5c-1f0e-4f5e-8f0a-6f2b8f2f9a01","sent":"2026-05-01T09:30:00Z","ms":1764000000123,"day":"2026-05-01"}"#,
        202,
        "",
    );
    assert_snapshot!(interactions(&[exchange]));
}

#[test]
fn only_headers_that_say_something_of_the_message_are_written() {
    let mut exchange = got("GET /orders/7", 301, r#"{"a":1}"#);
    for (name, value) in [
        ("Accept", "application/json"),
        ("User-Agent", "curl/8"),
        ("Authorization", "Bearer x"),
        ("Cookie", "a=b"),
        ("X-Trace", "1"),
    ] {
        exchange = asking(exchange, name, value);
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
        exchange = answered(exchange, name, value);
    }
    assert_snapshot!(interactions(std::slice::from_ref(&exchange)));
    let options = Options { keep_headers: vec![String::from("X-Trace"), String::from("etag")], ..Options::default() };
    let text = recorded_by(&[exchange], &options).text.unwrap();
    assert!(text.contains("x-trace: \"1\"") && text.contains("etag: \"\\\"abc\\\"\""), "{text}");
}

#[test]
fn an_answer_that_its_condition_made_is_written_with_the_condition() {
    let whole = got("GET /log", 200, r#"{"a":1}"#);
    let mut part = asking(got("GET /log", 206, ""), "Range", "bytes=0-9");
    part.request.headers.push((String::from("If-None-Match"), String::from("\"v1\"")));
    let unchanged = |tag| asking(got("GET /log", 304, ""), "If-None-Match", tag);
    let exchanges = [asking(whole, "Range", "bytes=0-"), part, unchanged("\"v1\"")];
    assert_snapshot!(interactions(&exchanges));
    let again = recorded_into(&text(&exchanges), &[unchanged("\"v2\"")], &Options::default());
    assert_eq!(standings(&again)[2], "same GET /log → 304");
}

#[test]
fn bodies_that_are_no_json_are_told_apart_by_what_they_are() {
    let sent = |media_type: &str, body: &str| {
        let mut exchange = got("POST /notes", 201, "");
        exchange.request.body = body.as_bytes().to_vec();
        asking(exchange, "content-type", media_type)
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
fn what_accepts_everything_says_nothing() {
    let exchange = asking(got("GET /a", 200, "{}"), "accept", "*/*");
    assert!(!text(&[exchange]).contains("accept"));
}

#[test]
fn an_identifier_that_was_made_up_is_a_provider_s_state() {
    let exchanges = [
        answered(said("POST /orders", r#"{"sku":"TEA-1"}"#, 201, r#"{"id":4711}"#), "location", "/orders/4711"),
        got("GET /orders/4711", 200, r#"{"id":4711}"#),
        got("GET /orders/4711", 404, ""),
    ];
    assert_snapshot!(interactions(&exchanges));
}

#[test]
fn the_same_request_with_two_answers_needs_a_state_for_each() {
    let exchanges = [got("GET /orders/7", 200, r#"{"id":7}"#), got("GET /orders/7", 404, "")];
    let recorded = recorded(&exchanges);
    assert_eq!(suggestions(&recorded.interactions[1]), ["request: given: [what makes it answer 404]"]);
    clean(&recorded.text.unwrap());
}

#[test]
fn bodies_of_every_kind_are_written_or_said_to_be_left_out() {
    let with = |content_type: &str, body: &[u8]| {
        let mut exchange = answered(got("GET /it", 200, "x"), "content-type", content_type);
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
        let recorded = recorded(&[with(content_type, body)]);
        assert!(suggestions(&recorded.interactions[0])[0].starts_with("response body! left out: "), "{recorded:?}");
        assert!(!recorded.text.unwrap().contains("body"));
    }
}

#[test]
fn requests_of_every_kind_are_written() {
    let with = |content_type: &str, body: &str| {
        let mut exchange = asking(got("POST /it", 204, ""), "content-type", content_type);
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
fn what_can_t_be_written_is_said_and_the_rest_is() {
    let mut exchange = got("BREW /pot", 200, "{}");
    exchange.request.path = String::from("/pot");
    let exchanges =
        [exchange, got("GET //double", 200, "{}"), got("GET /a/../b", 200, "{}"), got("GET /a{b}", 200, "{}")];
    let recorded = recorded(&exchanges);
    let left: Vec<String> = recorded.left_out.iter().map(|left| format!("{}: {}", left.name, left.why)).collect();
    assert_snapshot!(left.join("\n"));
    assert!(recorded.text.unwrap().contains("path: /a%7Bb%7D") || recorded.interactions.len() == 1);
}

#[test]
fn what_only_echoes_headers_that_the_contract_does_not_send_is_left_out() {
    let echo = r#"{"headers":{"User-Agent":"curl/8","X-Mine":"1","Content-Type":"application/json; charset=utf-8","Content-Length":"7"},"user_agent":"curl/8","agent":"curl/8"}"#;
    let exchange = said("POST /echo", r#"{"a":1}"#, 200, echo);
    let exchange = asking(asking(asking(exchange, "User-Agent", "curl/8"), "X-Mine", "1"), "Content-Length", "7");
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
