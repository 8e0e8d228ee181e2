//! Properties of every contract and every message.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};
use upheld::contract::{self, RequestRules, Rules};
use upheld::formats::{Interaction, Terms, match_request, match_response};
use upheld::interaction::encode::response as example_response;
use upheld::interaction::mismatch::CODES;
use upheld::interaction::{
    ActualRequest, ActualResponse, Body, Content, Headers, Http, Mismatch, Path, Request, Response, Segment, Status,
};
use upheld::source::Pointer;

use crate::reading::{filled, http};
use crate::strategies::{self, cases};

fn of_response(asked: &Http<Terms>, actual: &ActualResponse) -> Vec<Mismatch> {
    match_response(asked, actual, &Pointer::root().key("response"))
}

/// An expected response with this body and nothing else.
fn with_body(body: Value) -> Http<Terms> {
    let response = Response { status: Status::Code(200), headers: Headers::new(), body: Some(Body::json(body)) };
    with_response(response, Rules::default())
}

/// A response with these rules, to an empty request.
fn with_response(response: Response, rules: Rules) -> Http<Terms> {
    let terms = contract::Terms { request: RequestRules::default(), response: rules };
    Http { request: Request::default(), response, terms: terms.into() }
}

fn response_with(body: &Value) -> ActualResponse {
    ActualResponse { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
}

/// Collects the paths of all values.
fn places(value: &Value, at: &[Segment], found: &mut Vec<Vec<Segment>>) {
    found.push(at.to_vec());
    let below = |segment: Segment| at.iter().cloned().chain([segment]).collect::<Vec<_>>();
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &below(Segment::Index(index)), found);
            }
        }
        Value::Object(object) => {
            for (key, item) in object {
                places(item, &below(Segment::Key(key.clone())), found);
            }
        }
        _ => {}
    }
}

fn at_mut<'v>(value: &'v mut Value, way: &[Segment]) -> &'v mut Value {
    way.iter().fold(value, |value, segment| match segment {
        Segment::Key(key) => &mut value[key],
        Segment::Index(index) => &mut value[index],
        other => panic!("{other:?} is no place"),
    })
}

/// Values of all types.
fn one_of_each() -> Vec<Value> {
    vec![json!(null), json!(true), json!(7), json!("x"), json!([1]), json!({"k": 1})]
}

fn kind(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(value)
}

/// A body that is unrelated to the contract, or similar to its example.
fn any_body(example: Option<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let example = example.unwrap_or_default();
    let changed = (Just(example.clone()), any::<Index>(), any::<u8>()).prop_map(|(mut bytes, at, byte)| {
        if !bytes.is_empty() {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    });
    prop_oneof![
        Just(example),
        changed,
        strategies::json().prop_map(|value| value.to_string().into_bytes()),
        vec(any::<u8>(), 0..40),
        "(\\[|\\{|\"|a|1|:|,|\\]|\\}|null){0,20}".prop_map(String::into_bytes),
    ]
}

fn any_headers(names: Vec<String>) -> impl Strategy<Value = Vec<(String, String)>> {
    let names = if names.is_empty() { vec![String::from("x")] } else { names };
    let name = prop_oneof![proptest::sample::select(names), "[a-zA-Z-]{0,5}".prop_map(String::from)];
    vec((name, ".{0,20}"), 0..4)
}

/// An interaction of any kind.
fn interaction() -> impl Strategy<Value = Interaction> {
    strategies::interaction().prop_map(|it| it.map(Terms::from))
}

/// An interaction with a request and a response of any kind.
fn anything() -> impl Strategy<Value = (Interaction, ActualRequest, ActualResponse)> {
    interaction().prop_flat_map(|it| {
        let filled = filled(&it);
        let example = filled.consumer_request();
        let names = |headers: &Headers| headers.keys().cloned().collect::<Vec<_>>();
        let request = (
            "[A-Z]{0,4}",
            prop_oneof![Just(example.path.clone()), "(/|%|%2f|a|\\PC){0,8}".prop_map(String::from)],
            proptest::option::of(prop_oneof![
                Just(example.query.clone().unwrap_or_default()),
                ".{0,20}".prop_map(String::from)
            ]),
            any_headers(names(&http(&it).request.headers)),
            any_body(Some(example.body)),
        );
        let request = request.prop_map(|(method, path, query, headers, body)| ActualRequest {
            method,
            path,
            query,
            headers,
            body,
        });
        let status = prop_oneof![Just(example_response(&filled.response).status), any::<u16>()];
        let body = any_body(Some(example_response(&filled.response).body));
        let response = (status, any_headers(names(&http(&it).response.headers)), body)
            .prop_map(|(status, headers, body)| ActualResponse { status, headers, body });
        (Just(it), request, response)
    })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn an_example_upholds_its_own_contract(it in interaction()) {
        let filled = filled(&it);
        let found = of_response(&filled, &example_response(&filled.response));
        prop_assert!(found.is_empty(), "{:?} {:#?}", filled, found);
        let found = match_request(&filled, &filled.consumer_request(), &Pointer::root());
        prop_assert!(found.is_empty(), "{:?} {:#?}", filled, found);
    }

    #[test]
    fn the_order_of_keys_and_white_space_make_no_difference((response, rules) in strategies::response()) {
        let filled = with_response(response, rules).filled(&Map::new());
        let mut actual = example_response(&filled.response);
        if let Some(Content::Json(body)) = filled.response.body.as_ref().map(|body| &body.content) {
            actual.body = serde_json::to_vec_pretty(&reversed(body)).unwrap();
        }
        let found = of_response(&filled, &actual);
        prop_assert!(found.is_empty(), "{filled:?} {found:#?}");
    }

    #[test]
    fn a_missing_value_is_named(body in body_with_places(), pick in any::<Index>()) {
        let mut ways = Vec::new();
        places(&body, &[], &mut ways);
        ways.retain(|way| matches!(way.last(), Some(Segment::Key(_))));
        let way = pick.get(&ways);
        let (last, above) = way.split_last().unwrap();
        let mut actual = body.clone();
        let Segment::Key(key) = last else { unreachable!() };
        at_mut(&mut actual, above).as_object_mut().unwrap().remove(key);
        let found = of_response(&with_body(body), &response_with(&actual));
        prop_assert_eq!(found.len(), 1, "{:#?}", found);
        prop_assert_eq!(found[0].code.0, "M201");
        prop_assert_eq!(&found[0].path, &Path(way.clone()).to_string());
    }

    #[test]
    fn a_value_of_another_type_is_named(body in body_with_places(), pick in any::<Index>(), other in any::<Index>()) {
        let mut ways = Vec::new();
        places(&body, &[], &mut ways);
        let way = pick.get(&ways);
        let mut actual = body.clone();
        let place = at_mut(&mut actual, way);
        let others: Vec<Value> = one_of_each().into_iter().filter(|value| kind(value) != kind(place)).collect();
        *place = other.get(&others).clone();
        let found = of_response(&with_body(body), &response_with(&actual));
        prop_assert_eq!(found.len(), 1, "{:#?}", found);
        prop_assert_eq!(found[0].code.0, "M203");
        prop_assert_eq!(&found[0].path, &Path(way.clone()).to_string());
    }

    #[test]
    fn an_empty_list_is_named(body in body_with_places(), pick in any::<Index>()) {
        let mut ways = Vec::new();
        places(&body, &[], &mut ways);
        let mut copy = body.clone();
        ways.retain(|way| at_mut(&mut copy, way).is_array());
        let way = pick.get(&ways);
        let mut actual = body.clone();
        *at_mut(&mut actual, way) = json!([]);
        let found = of_response(&with_body(body), &response_with(&actual));
        prop_assert_eq!(found.len(), 1, "{:#?}", found);
        prop_assert_eq!(found[0].code.0, "M209");
        prop_assert_eq!(&found[0].path, &Path(way.clone()).to_string());
    }

    #[test]
    fn further_keys_are_not_mismatches(body in strategies::telling_json(), extra in strategies::json()) {
        let mut actual = body.clone();
        let mut ways = Vec::new();
        places(&body, &[], &mut ways);
        for way in &ways {
            if let Value::Object(object) = at_mut(&mut actual, way) {
                object.entry("another key").or_insert_with(|| extra.clone());
            }
        }
        let found = of_response(&with_body(body), &response_with(&actual));
        prop_assert!(found.is_empty(), "{:#?}", found);
    }

    #[test]
    fn the_mismatches_of_every_message_can_be_shown((it, request, response) in anything()) {
        let codes: BTreeSet<&str> = CODES.iter().map(|one| one.code.0).collect();
        let mut found = match_request(http(&it), &request, &Pointer::root().key("request"));
        found.extend(of_response(http(&it), &response));
        for one in &found {
            prop_assert!(codes.contains(one.code.0));
            let (expected, actual) = (one.expected.to_string(), one.actual.to_string());
            prop_assert!(!expected.is_empty() && !actual.is_empty(), "{:?}", one);
            prop_assert!(expected.chars().count() < 2000 && actual.chars().count() < 2000, "{:?}", one);
            prop_assert!(one.expectation.0.len() >= 2 || one.path == "$", "{:?}", one);
        }
    }
}

/// A body with at least one list and some keys.
fn body_with_places() -> impl Strategy<Value = Value> {
    (strategies::telling_json(), strategies::telling_json())
        .prop_map(|(one, other)| json!({"one": one, "list": [{"other": other}]}))
}

/// A value with the keys of its objects in reverse order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect())
        }
        other => other.clone(),
    }
}
