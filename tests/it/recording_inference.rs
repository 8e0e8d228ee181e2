//! From samples to rules: what is written, what is suggested, and what stays open.

use insta::assert_snapshot;
use upheld::interaction::Path;

use super::exchanges::{clean, got, interactions, only, recorded, said, suggestions, text};
use super::reading::http;

/// Three answers to the same question, with what makes inference hard: a number with and without a fraction, nulls, a
/// missing key, an element with more keys, a list of several types, keys that are data.
const SAMPLES: [&str; 3] = [
    r#"{"id":"6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11","status":"paid","placed_at":"2026-05-01T09:30:00Z","day":"2026-05-01",
        "email":"ada@example.com","page":"https://shop.example/1","total":10,"discount":null,"note":"fragile",
        "items":[{"sku":"TEA-1","qty":2},{"sku":"TEA-2","qty":1,"gift":true}],"tags":[],
        "stock":{"eu-1":3},"by_id":{"17":{"qty":1}},"no":true}"#,
    r#"{"id":"0b5a3a5c-1f0e-4f5e-8f0a-6f2b8f2f9a01","status":"open","placed_at":"2026-05-02T10:00:00+02:00","day":"2026-05-02",
        "email":"eve@example.org","page":"https://shop.example/2","total":9.99,"discount":1.5,
        "items":[{"sku":"TEA-3","qty":7}],"tags":["new"],
        "stock":{"us-2":1},"by_id":{"18":{"qty":2}},"no":false}"#,
    r#"{"id":"d9428888-122b-41e1-b85c-61cdf1b3c0a7","status":"paid","placed_at":"2026-05-03T00:00:00Z","day":"2026-05-03",
        "email":"mia@example.net","page":"https://shop.example/3","total":0,"discount":null,"note":null,
        "items":[{"sku":"TEA-1","qty":1}],"tags":["a",1],
        "stock":{"ap-3":0,"ap-4":9},"by_id":{"19":{"qty":3}},"no":true}"#,
];

#[test]
fn three_samples_of_an_order_field_by_field() {
    let exchanges = SAMPLES.map(|body| got("GET /orders/42", 200, body));
    let interaction = only(&exchanges);
    let rule = |path: &str| {
        let rules = &http(&interaction).terms.response.body;
        rules.get(&Path::parse(path).unwrap()).map(|written| written.rule.to_string())
    };
    for (path, expected) in [
        ("id", Some("uuid")),
        ("status", None),
        ("placed_at", Some("date-time")),
        ("day", Some("date")),
        ("email", Some("email")),
        ("page", Some("uri")),
        ("total", None),
        ("discount", Some("number or null")),
        ("note", Some("string optional or null")),
        ("items", None),
        ("items[].qty", None),
        ("items[].gift", Some("optional")),
        ("tags", Some("0+")),
        ("tags[]", Some(r#"{"type":["number","string"]}"#)),
        ("stock.*", Some("number")),
        ("by_id.*", None),
        ("by_id.*.qty", Some("number")),
        ("no", None),
    ] {
        assert_eq!(rule(path).as_deref(), expected, "{path}");
    }
    assert_snapshot!(interactions(&exchanges));
    assert_snapshot!(suggestions(&recorded(&exchanges).interactions[0]).join("\n"));
}

#[test]
fn one_sample_asks_for_types_and_suggests_the_rest() {
    let exchanges = [got("GET /orders/42", 200, SAMPLES[0])];
    assert_snapshot!(interactions(&exchanges));
}

#[test]
fn numbers_stay_as_they_were_sent() {
    let body = r#"{"z":1.0,"big":12345678901234567890123,"long":0.1000000000000000055511151231257827,"e":1e3,"zip":"01234","a":-0}"#;
    let text = text(&[got("GET /numbers", 200, body)]);
    for shown in [
        "z: 1.0\n",
        "big: 12345678901234567890123\n",
        "long: 0.1000000000000000055511151231257827\n",
        "e: 1.0e+3\n",
        "zip: \"01234\"\n",
        "a: -0\n",
    ] {
        assert!(text.contains(shown), "{shown}{text}");
    }
    assert!(text.find("z:").unwrap() < text.find("zip:").unwrap(), "the order of the keys is theirs");
}

#[test]
fn what_looks_like_a_placeholder_stands_for_itself() {
    let exchange = said("POST /templates", r#"{"text":"Dear ${name}"}"#, 200, r#"{"text":"Dear ${name}, $${x}"}"#);
    let interaction = only(&[exchange]);
    let http = http(&interaction);
    assert!(http.request.placeholders().is_empty() && http.response.placeholders().is_empty());
}

#[test]
fn a_text_that_decides_the_keys_is_named() {
    let exchanges = [got(
        "GET /payments",
        200,
        r#"[{"type":"card","number":"1"},{"type":"card","number":"2"},{"type":"cash","till":4},{"type":"cash","till":5}]"#,
    )];
    assert!(
        suggestions(&recorded(&exchanges).interactions[0])
            .contains(&String::from("response body [].type: an interaction for each `[].type`: card, cash"))
    );
}

#[test]
fn bodies_that_are_only_a_scalar_null_or_empty_are_recorded() {
    for body in ["null", "1", "\"a\"", "true", "[]", "{}", "[null]", "[[]]", "[[],[1]]", r#"{"a":[{"b":[]}]}"#] {
        clean(&text(&[got("GET /it", 200, body)]));
    }
}
