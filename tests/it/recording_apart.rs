//! Requests of one shape that stay apart, because their responses differ in what a consumer does next.

use upheld::recording::{Exchange, Options};

use super::exchanges::{
    clean, exchange_of, get, names, only, outcomes, record_into, record_with, text, with_request_header,
    with_response_header,
};
use super::reading::http;

fn soap(action: &str, body: &str) -> Exchange {
    let mut exchange = exchange_of("POST /soap", body, 200, "{}");
    exchange.request.headers = vec![(String::from("Content-Type"), String::from("text/xml"))];
    if !action.is_empty() {
        exchange = with_request_header(exchange, "SOAPAction", action);
    }
    exchange
}

#[test]
fn requests_that_responses_tell_apart_are_different_interactions() {
    let link = |exchange, to: &str| with_response_header(exchange, "Link", &format!("<{to}>; rel=\"next\""));
    let envelope = |operation: &str| {
        format!(
            "<s:Envelope xmlns:s=\"x\"><s:Header/><s:Body><{operation}><id>1</id></{operation}></s:Body></s:Envelope>"
        )
    };
    for (exchanges, expected) in [
        (
            vec![soap("\"urn:get\"", "<a/>"), soap("\"urn:put\"", "<a/>")],
            vec!["POST /soap (urn:get) → 200", "POST /soap (urn:put) → 200"],
        ),
        (
            vec![soap("", &envelope("m:Get")), soap("", &envelope("m:Put"))],
            vec!["POST /soap (Get) → 200", "POST /soap (Put) → 200"],
        ),
        (
            vec![
                soap("", "<methodCall><methodName>a</methodName></methodCall>"),
                soap("", "<methodCall><methodName>b</methodName></methodCall>"),
            ],
            vec!["POST /soap (a) → 200", "POST /soap (b) → 200"],
        ),
        (
            vec![
                link(get("GET /orders?page=1", 200, "[1]"), "/orders?page=2"),
                link(get("GET /orders?page=2", 200, "[2]"), "http://provider.invalid/orders?page=3"),
                get("GET /orders?page=3", 200, "[3]"),
            ],
            vec!["GET /orders?page=1 → 200", "GET /orders?page=2 → 200", "GET /orders?page=3 → 200"],
        ),
        (
            vec![
                get("GET /orders?limit=2&page=1", 200, r#"{"next":"?page=2&limit=2"}"#),
                get("GET /orders?limit=2&page=2", 200, r#"{"next":null}"#),
            ],
            vec!["GET /orders?limit&page=1 → 200", "GET /orders?limit&page=2 → 200"],
        ),
        (
            vec![
                get("GET /orders?cursor=abc", 200, r#"{"next_cursor":"def"}"#),
                get("GET /orders?cursor=def", 200, r#"{"next_cursor":null}"#),
            ],
            vec!["GET /orders?cursor=abc → 200", "GET /orders?cursor=def → 200"],
        ),
        (
            vec![
                get("GET /chapters/1", 200, r#"{"text":"a","next":"/chapters/2"}"#),
                get("GET /chapters/2", 200, r#"{"text":"b","next":null}"#),
            ],
            vec!["GET /chapters/1 → 200", "GET /chapters/2 → 200"],
        ),
        (
            vec![
                get("GET /things?type=book", 200, r#"{"id":1,"pages":7}"#),
                get("GET /things?type=film", 200, r#"{"id":2,"minutes":90}"#),
            ],
            vec!["GET /things?type=book → 200", "GET /things?type=film → 200"],
        ),
        (
            vec![
                exchange_of("POST /search", r#"{"page":1}"#, 200, r#"{"nextPage":2}"#),
                exchange_of("POST /search", r#"{"page":2}"#, 200, r#"{"nextPage":null}"#),
            ],
            vec!["POST /search (1) → 200", "POST /search (2) → 200"],
        ),
        // Nothing tells these apart.
        (
            vec![
                get("GET /orders/1", 200, r#"{"related":["/orders/2"]}"#),
                get("GET /orders/2", 200, r#"{"related":["/orders/1"]}"#),
            ],
            vec!["GET /orders/{id} → 200"],
        ),
        (
            vec![get("GET /orders?page=1", 200, "[1]"), get("GET /orders?page=2", 200, "[2]")],
            vec!["GET /orders?page → 200"],
        ),
        (
            vec![
                get("GET /orders/1", 200, r#"{"self":"/orders/1"}"#),
                get("GET /orders/2", 200, r#"{"self":"/orders/2"}"#),
            ],
            vec!["GET /orders/{id} → 200"],
        ),
        (
            vec![
                get("GET /things?name=ann", 200, r#"{"id":1,"nick":"a"}"#),
                get("GET /things?name=bob", 200, r#"{"id":2}"#),
            ],
            vec!["GET /things?name → 200"],
        ),
    ] {
        assert_eq!(names(&exchanges), expected);
        let written = text(&exchanges);
        clean(&written);
        let again = record_into(&written, &exchanges, &Options { update: true, prune: true, ..Options::default() });
        assert_eq!(again.text, None, "recording again changes nothing: {written}");
    }
}

#[test]
fn another_page_is_a_new_interaction() {
    let page = |number: u32| {
        get(&format!("GET /orders?page={number}"), 200, &format!(r#"{{"next":"/orders?page={}"}}"#, number + 1))
    };
    let written = text(&[page(1), page(2)]);
    let recorded = record_into(&written, &[page(1), page(2), page(3)], &Options::default());
    assert_eq!(
        outcomes(&recorded),
        ["same GET /orders?page=1 → 200", "same GET /orders?page=2 → 200", "new GET /orders?page → 200"]
    );
}

#[test]
fn distinct_also_adds_to_an_existing_contract() {
    let kind = |kind: &str| get(&format!("GET /things?kind={kind}"), 200, r#"{"id":1}"#);
    let exchanges = [kind("a"), kind("b")];
    let written = text(&exchanges);
    assert_eq!(clean(&written).interactions.len(), 1);
    let options = Options { distinct: vec![String::from("kind")], ..Options::default() };
    let recorded = record_into(&written, &exchanges, &options);
    assert_eq!(outcomes(&recorded), ["same GET /things?kind → 200", "new GET /things?kind=b → 200"]);
    let apart = recorded.text.unwrap();
    let again = record_into(&apart, &exchanges, &Options { prune: true, ..Options::default() });
    assert_eq!(again.text, None, "each is a sample of its own interaction: {:?}", outcomes(&again));
    assert_eq!(record_with(&exchanges, &options).interactions.len(), 2);
}

#[test]
fn json_that_is_sent_as_a_text_is_json() {
    let mut exchange = exchange_of("POST /beacon", r#"{"event":"seen","count":1}"#, 204, "");
    exchange.request.headers = vec![(String::from("Content-Type"), String::from("text/plain;charset=UTF-8"))];
    let written = text(std::slice::from_ref(&exchange));
    assert!(written.contains("event: seen"), "{written}");
    exchange.request.body = br#"{ "count": 1, "event": "seen" }"#.to_vec();
    assert_eq!(outcomes(&record_into(&written, &[exchange], &Options::default())), ["same POST /beacon → 204"]);
}

#[test]
fn fields_that_are_new_at_the_provider_are_shown() {
    let before = text(&[get("GET /a", 200, r#"{"id":1,"items":[{"sku":"A"}]}"#)]);
    let now = get("GET /a", 200, r#"{"id":1,"total":2,"items":[{"sku":"A","qty":1},{"sku":"B","note":{"x":1}}]}"#);
    let recorded = record_into(&before, &[now], &Options::default());
    assert_eq!((outcomes(&recorded), &recorded.text), (vec![String::from("same GET /a → 200")], &None));
    assert_eq!(recorded.interactions[0].new_fields, ["total", "items[].qty", "items[].note"]);
}

#[test]
fn a_number_with_a_fraction_of_zero_is_no_integer() {
    let suggested = |body: &str| super::exchanges::text(&[get("GET /a", 200, body)]).contains("integer");
    assert!(suggested(r#"{"price":25}"#));
    for number in ["25.0", "25.00", "2.5e1", "25e0"] {
        assert!(!suggested(&format!(r#"{{"price":{number}}}"#)), "{number}");
    }
    assert_eq!(http(&only(&[get("GET /a", 200, "{}")])).request.path, "/a");
}
