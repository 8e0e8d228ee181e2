//! Properties of every recording.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use upheld::formats::{Contract, match_request, match_response};
use upheld::interaction::{Body, Content};
use upheld::recording::{Exchange, Options, Outcome, Reason, redact};
use upheld::source::Pointer;

use super::exchanges::{exchange_of, record_into, record_new};
use super::reading;
use super::strategies::{self, cases};

/// Values as services send them: few keys, many kinds, formats, nulls and empty lists.
fn any_value() -> impl Strategy<Value = Value> {
    let text = select(
        &[
            "paid",
            "open",
            "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11",
            "0b5a3a5c-1f0e-4f5e-8f0a-6f2b8f2f9a01",
            "2026-05-01T09:30:00Z",
            "2026-05-02T09:30:00Z",
            "2026-05-01",
            "ada@example.com",
            "https://a.example/x",
            "",
            "no",
            "${id}",
            "1717171717",
        ][..],
    );
    let scalar = prop_oneof![
        2 => Just(Value::Null),
        4 => text.prop_map(|text| json!(text)),
        3 => prop_oneof![Just(json!(1)), Just(json!(2.5)), Just(json!(1_717_171_717)), any::<i32>().prop_map(|n| json!(n))],
        1 => any::<bool>().prop_map(Value::Bool),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let keys =
            select(&["id", "status", "items", "note", "17", "eu-1", "2026-05-01", "a.b", "*", "$", "", "[]"][..]);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            vec((keys, inner), 0..4).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
}

fn any_exchange() -> impl Strategy<Value = Exchange> {
    let line = prop_oneof![
        select(
            &["/orders", "/orders/1", "/orders/2", "/users/ada", "/users/eve", "/users/mia", "/a b", "/v1/x/7/y/8"][..]
        )
        .prop_map(str::to_owned),
        "/orders/[0-9]{1,3}".prop_map(String::from),
    ];
    let query = option::of(select(&["limit=1", "limit=20", "q=tea", "q=a&q=b", "at=2026-05-01T09:30:00Z", "flag"][..]));
    let request_body = option::of(prop_oneof![2 => any_value(), 1 => strategies::json()]);
    let response_body = option::of(prop_oneof![4 => any_value(), 1 => strategies::json()]);
    let method = select(&["GET", "POST", "PUT"][..]);
    (method, line, query, request_body, select(&[200u16, 201, 404][..]), response_body).prop_map(
        |(method, path, query, sent, status, received)| {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let text = |value: Option<Value>| value.map(|value| value.to_string()).unwrap_or_default();
            let line = format!("{method} {}{query}", path.replace(' ', "%20"));
            exchange_of(&line, &text(sent.filter(|_| method != "GET")), status, &text(received))
        },
    )
}

/// Whether an interaction of the contract allows the request and is upheld by the response.
fn upholds(contract: &Contract, exchange: &Exchange) -> bool {
    let root = Pointer::root();
    contract.interactions.iter().any(|interaction| {
        let filled = reading::filled(interaction);
        match_request(&filled, &exchange.request, &root).is_empty()
            && match_response(&filled, &exchange.response, &root).is_empty()
    })
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn every_recorded_sample_upholds_the_recorded_contract(exchanges in vec(any_exchange(), 1..8)) {
        let recorded = record_new(&exchanges);
        prop_assert!(recorded.left_out.is_empty(), "{:?}", recorded.left_out);
        let text = recorded.text.unwrap();
        let contract = reading::contract(&text);
        for exchange in &exchanges {
            prop_assert!(upholds(&contract, exchange), "{exchange:?}\n{text}");
        }
        for interaction in &recorded.interactions {
            let is_unfit = |reason: &Reason| matches!(reason, Reason::Unfit(_));
            let dropped = interaction.remarks.iter().find(|remark| remark.reasons.iter().any(is_unfit));
            prop_assert!(dropped.is_none(), "{dropped:?}\n{text}");
        }
        let findings = reading::all_findings(&text, &reading::Files::new());
        prop_assert!(findings.iter().all(|finding| !finding.is_error()), "{}\n{text}", reading::lines(&findings));
        let again = record_into(&text, &exchanges, &Options { update: true, prune: true, ..Options::default() });
        prop_assert_eq!(again.text, None);
    }

    #[test]
    fn the_order_of_requests_makes_no_difference_if_no_two_are_alike(exchanges in vec(any_exchange(), 1..6), turn in any::<usize>()) {
        let mut distinct: Vec<Exchange> = Vec::new();
        for exchange in exchanges {
            let same = |other: &Exchange| (&other.request.path, &other.request.query, &other.request.body) == (&exchange.request.path, &exchange.request.query, &exchange.request.body);
            if !distinct.iter().any(same) {
                distinct.push(exchange);
            }
        }
        let text = record_new(&distinct).text;
        let mut turned = distinct.clone();
        let by = turn % turned.len();
        turned.rotate_left(by);
        prop_assert_eq!(record_new(&turned).text, text);
    }

    #[test]
    fn an_updated_contract_is_upheld_by_all_exchanges(first in vec(any_exchange(), 1..4), second in vec(any_exchange(), 1..4)) {
        let text = record_new(&first).text.unwrap();
        let updated = record_into(&text, &second, &Options { update: true, ..Options::default() });
        prop_assert!(updated.left_out.is_empty());
        let stuck = updated.interactions.iter().any(|recorded| matches!(&recorded.outcome, Outcome::Differs(change) if !change.made));
        prop_assert!(!stuck, "{:#?}\n{}", updated.interactions, text);
        let contract = reading::contract(updated.text.as_ref().unwrap_or(&text));
        for exchange in &second {
            prop_assert!(upholds(&contract, exchange), "{:?}\n{:?}\n{}", exchange, updated.text, text);
        }
    }

    #[test]
    fn redacting_again_changes_nothing(exchanges in vec(any_exchange(), 0..4), bytes in vec(any::<u8>(), 0..60)) {
        let mut exchanges = exchanges;
        if let Some(first) = exchanges.first_mut() {
            first.response.body = bytes;
        }
        let once = redact(&exchanges, &[]);
        let twice = redact(&once.exchanges, &[]);
        prop_assert_eq!(twice.exchanges, once.exchanges);
    }
}

/// A response with some of these keys. `id` is always there, so the keys are never taken for data.
fn any_response() -> impl Strategy<Value = Map<String, Value>> {
    let fields = ["a", "b", "c", "d"].map(|key| option::of(any_value()).prop_map(move |value| (key, value)));
    (fields, any::<u16>()).prop_map(|(fields, id)| {
        let present = fields.into_iter().filter_map(|(key, value)| value.map(|value| (key.to_owned(), value)));
        std::iter::once((String::from("id"), json!(id))).chain(present).collect()
    })
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn one_more_sample_never_makes_other_places_stricter(
        samples in vec(any_response(), 1..4),
        more in any_response(),
        other in any_response(),
    ) {
        let contract = |samples: &[Map<String, Value>]| {
            let exchanges: Vec<Exchange> =
                samples.iter().map(|sample| exchange_of("GET /it", "", 200, &Value::Object(sample.clone()).to_string())).collect();
            let recorded = record_new(&exchanges);
            reading::contract(&recorded.text.unwrap_or_else(|| panic!("{:?}", recorded.left_out)))
        };
        let upheld = |contract: &Contract, response: &Map<String, Value>| {
            upholds(contract, &exchange_of("GET /it", "", 200, &Value::Object(response.clone()).to_string()))
        };
        let before = contract(&samples);
        let after = contract(&[samples.clone(), vec![more.clone()]].concat());
        // A response that was allowed stays allowed with the values of the new sample in their places.
        if upheld(&before, &other) {
            let mut touched = other.clone();
            touched.extend(more.clone());
            prop_assert!(upheld(&after, &touched), "{:?}\n{}\n{}", touched, body(&before), body(&after));
        }
    }
}

fn body(contract: &Contract) -> String {
    let own = reading::own(contract);
    let http = reading::http(&own.interactions[0]);
    let body = match &http.response.body {
        Some(Body { content: Content::Json(value), .. }) => value.to_string(),
        other => format!("{other:?}"),
    };
    let rules: Vec<String> =
        http.terms.response.body.iter().map(|(path, rule)| format!("{path}: {}", rule.rule)).collect();
    format!("{body} {rules:?}")
}
