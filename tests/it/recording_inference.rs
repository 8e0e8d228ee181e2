//! From samples to rules: which are written, which are suggested, and which stay open.

use insta::assert_snapshot;
use upheld::interaction::Path;

use super::exchanges::{clean, exchange_of, get, interactions, only, record_new, suggestions, text};
use super::reading::http;

/// Three responses to the same request with everything that makes inference hard: a number with and without a fraction,
/// nulls, a missing key, an element with more keys, a list of several types, keys that are data.
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
fn three_samples_give_the_rules_of_each_field() {
    let exchanges = SAMPLES.map(|body| get("GET /orders/42", 200, body));
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
    assert_snapshot!(suggestions(&record_new(&exchanges).interactions[0]).join("\n"));
}

#[test]
fn one_sample_requires_types_and_suggests_the_rest() {
    let exchanges = [get("GET /orders/42", 200, SAMPLES[0])];
    assert_snapshot!(interactions(&exchanges));
}

#[test]
fn numbers_keep_their_notation() {
    let body = r#"{"z":1.0,"big":12345678901234567890123,"long":0.1000000000000000055511151231257827,"e":1e3,"zip":"01234","a":-0}"#;
    let text = text(&[get("GET /numbers", 200, body)]);
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
    assert!(text.find("z:").unwrap() < text.find("zip:").unwrap(), "the keys keep their order");
}

#[test]
fn texts_that_look_like_placeholders_are_escaped() {
    let exchange =
        exchange_of("POST /templates", r#"{"text":"Dear ${name}"}"#, 200, r#"{"text":"Dear ${name}, $${x}"}"#);
    let interaction = only(&[exchange]);
    let http = http(&interaction);
    assert!(http.request.placeholders().is_empty() && http.response.placeholders().is_empty());
}

#[test]
fn one_interaction_per_value_is_suggested_if_the_value_determines_the_keys() {
    let exchanges = [get(
        "GET /payments",
        200,
        r#"[{"type":"card","number":"1"},{"type":"card","number":"2"},{"type":"cash","till":4},{"type":"cash","till":5}]"#,
    )];
    assert!(
        suggestions(&record_new(&exchanges).interactions[0])
            .contains(&String::from("response body [].type: one interaction per `[].type`: card, cash"))
    );
}

#[test]
fn scalar_null_and_empty_bodies_are_recorded() {
    for body in ["null", "1", "\"a\"", "true", "[]", "{}", "[null]", "[[]]", "[[],[1]]", r#"{"a":[{"b":[]}]}"#] {
        clean(&text(&[get("GET /it", 200, body)]));
    }
}
