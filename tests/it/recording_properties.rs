//! What holds for every recording.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use upheld::formats::{Contract, match_request, match_response};
use upheld::interaction::{Body, Content};
use upheld::recording::{Exchange, Options, Standing, redact};
use upheld::source::Pointer;

use super::exchanges::{recorded, recorded_into, said};
use super::reading;
use super::strategies::{self, cases};

/// Values as services send them: few keys, many kinds, formats, nulls and empty lists.
fn sent() -> impl Strategy<Value = Value> {
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

fn exchange() -> impl Strategy<Value = Exchange> {
    let line = prop_oneof![
        select(
            &["/orders", "/orders/1", "/orders/2", "/users/ada", "/users/eve", "/users/mia", "/a b", "/v1/x/7/y/8"][..]
        )
        .prop_map(str::to_owned),
        "/orders/[0-9]{1,3}".prop_map(String::from),
    ];
    let query = option::of(select(&["limit=1", "limit=20", "q=tea", "q=a&q=b", "at=2026-05-01T09:30:00Z", "flag"][..]));
    let sent_body = option::of(prop_oneof![2 => sent(), 1 => strategies::json()]);
    let came = option::of(prop_oneof![4 => sent(), 1 => strategies::json()]);
    let method = select(&["GET", "POST", "PUT"][..]);
    (method, line, query, sent_body, select(&[200u16, 201, 404][..]), came).prop_map(
        |(method, path, query, sent, status, came)| {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let text = |value: Option<Value>| value.map(|value| value.to_string()).unwrap_or_default();
            let line = format!("{method} {}{query}", path.replace(' ', "%20"));
            said(&line, &text(sent.filter(|_| method != "GET")), status, &text(came))
        },
    )
}

/// Whether some interaction of a contract allows the request and is upheld by the answer.
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
    fn every_recorded_sample_upholds_the_recorded_contract(exchanges in vec(exchange(), 1..8)) {
        let recorded = recorded(&exchanges);
        prop_assert!(recorded.left_out.is_empty(), "{:?}", recorded.left_out);
        let text = recorded.text.unwrap();
        let contract = reading::contract(&text);
        for exchange in &exchanges {
            prop_assert!(upholds(&contract, exchange), "{exchange:?}\n{text}");
        }
        for entry in &recorded.interactions {
            let dropped = entry.remarks.iter().find(|remark| remark.why.starts_with("left out: expected"));
            prop_assert!(dropped.is_none(), "{dropped:?}\n{text}");
        }
        let findings = reading::all_findings(&text, &reading::Files::new());
        prop_assert!(findings.iter().all(|finding| !finding.is_error()), "{}\n{text}", reading::lines(&findings));
        let again = recorded_into(&text, &exchanges, &Options { update: true, prune: true, ..Options::default() });
        prop_assert_eq!(again.text, None);
    }

    #[test]
    fn the_order_of_requests_makes_no_difference_where_no_two_are_alike(exchanges in vec(exchange(), 1..6), turn in any::<usize>()) {
        let mut distinct: Vec<Exchange> = Vec::new();
        for exchange in exchanges {
            let same = |other: &Exchange| (&other.request.path, &other.request.query, &other.request.body) == (&exchange.request.path, &exchange.request.query, &exchange.request.body);
            if !distinct.iter().any(same) {
                distinct.push(exchange);
            }
        }
        let text = recorded(&distinct).text;
        let mut turned = distinct.clone();
        let by = turn % turned.len();
        turned.rotate_left(by);
        prop_assert_eq!(recorded(&turned).text, text);
    }

    #[test]
    fn what_is_taken_over_upholds_all_that_was_seen(first in vec(exchange(), 1..4), second in vec(exchange(), 1..4)) {
        let text = recorded(&first).text.unwrap();
        let updated = recorded_into(&text, &second, &Options { update: true, ..Options::default() });
        prop_assert!(updated.left_out.is_empty());
        let stuck = updated.interactions.iter().any(|entry| matches!(&entry.standing, Standing::Differs(change) if !change.made));
        prop_assert!(!stuck, "{:#?}\n{}", updated.interactions, text);
        let contract = reading::contract(updated.text.as_ref().unwrap_or(&text));
        for exchange in &second {
            prop_assert!(upholds(&contract, exchange), "{:?}\n{:?}\n{}", exchange, updated.text, text);
        }
    }

    #[test]
    fn redacting_is_total_and_done_once(exchanges in vec(exchange(), 0..4), bytes in vec(any::<u8>(), 0..60)) {
        let mut exchanges = exchanges;
        if let Some(first) = exchanges.first_mut() {
            first.response.body = bytes;
        }
        let once = redact(exchanges, &[]);
        let twice = redact(once.exchanges.clone(), &[]);
        prop_assert_eq!(twice.exchanges, once.exchanges);
    }
}

/// An answer with some of these keys; `id` is always there, so that the keys are never taken for data.
fn answer() -> impl Strategy<Value = Map<String, Value>> {
    let fields = ["a", "b", "c", "d"].map(|key| option::of(sent()).prop_map(move |value| (key, value)));
    (fields, any::<u16>()).prop_map(|(fields, id)| {
        let present = fields.into_iter().filter_map(|(key, value)| value.map(|value| (key.to_owned(), value)));
        std::iter::once((String::from("id"), json!(id))).chain(present).collect()
    })
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn one_more_sample_is_never_stricter_where_it_has_nothing(
        samples in vec(answer(), 1..4),
        more in answer(),
        other in answer(),
    ) {
        let contract = |samples: &[Map<String, Value>]| {
            let exchanges: Vec<Exchange> =
                samples.iter().map(|sample| said("GET /it", "", 200, &Value::Object(sample.clone()).to_string())).collect();
            let recorded = recorded(&exchanges);
            reading::contract(&recorded.text.unwrap_or_else(|| panic!("{:?}", recorded.left_out)))
        };
        let upheld = |contract: &Contract, answer: &Map<String, Value>| {
            upholds(contract, &said("GET /it", "", 200, &Value::Object(answer.clone()).to_string()))
        };
        let before = contract(&samples);
        let after = contract(&[samples.clone(), vec![more.clone()]].concat());
        // What was allowed before, with what the new sample has in its places, is allowed still.
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
