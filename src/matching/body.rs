//! A body against the contract's example and rules, by the kind of body that the contract has.

use std::borrow::Cow;

use serde_json::Value;

use super::scalar::Medium;
use super::shape::{Closeness, Mode, RuleTree, Shape};
use super::value::{Places, compare};
use crate::contract::{Rules, body_key};
use crate::interaction::mismatch::{BODY_KIND, VALUE};
use crate::interaction::{
    Actual, ActualBody, Body, Content, Expected, ExpectedBody, Mismatch, Part, charset, describe, encode, fields_view,
    note_duplicate, parse, same_bytes, urlencoded,
};
use crate::source::json_value::Read;
use crate::source::{Code, Pointer};

/// Compares the bytes of an actual body with the contract's; `at` is the request or the response in the contract.
pub(super) fn compare_body(
    body: &Body,
    rules: &Rules,
    (headers, actual): (&[(String, String)], &[u8]),
    mode: Mode,
    at: &Pointer,
) -> Vec<Mismatch> {
    let actual = &*match &body.content {
        Content::Json(_) => charset::decoded(actual, headers, true),
        Content::Text(_) | Content::Form(_) => charset::decoded(actual, headers, false),
        Content::Bytes(_) => Cow::Borrowed(actual),
    };
    let places = places(body, at);
    let tree = RuleTree::of(rules.body.iter());
    // The type of a text says nothing about it, so texts and forms are compared by their values.
    let by_value = Mode { closeness: Closeness::Value, ..mode };
    let other_kind = |code, expected, hint| vec![kind_mismatch(code, expected, actual, &places, hint)];
    match &body.content {
        Content::Json(example) => match parse(actual) {
            Ok(Read { value, duplicate, .. }) => {
                let mut found = compare(&Shape::new(example, &tree, mode), example, &value, Medium::Json, &places);
                note_duplicate(&mut found, duplicate.as_deref());
                found
            }
            Err((code, why)) => other_kind(code, ExpectedBody::Json, why),
        },
        Content::Text(example) => match std::str::from_utf8(actual) {
            Ok(text) => {
                let (example, actual) = (Value::String(example.clone()), Value::String(text.to_owned()));
                compare(&Shape::new(&example, &tree, by_value), &example, &actual, Medium::Text, &places)
            }
            Err(error) => other_kind(BODY_KIND, ExpectedBody::Text, error.to_string()),
        },
        Content::Form(fields) => match std::str::from_utf8(actual) {
            Ok(text) => {
                let example = fields_view(fields);
                let actual = read_form(text, &example);
                compare(&Shape::new(&example, &tree, by_value), &example, &actual, Medium::Text, &places)
            }
            Err(error) => other_kind(BODY_KIND, ExpectedBody::Form, error.to_string()),
        },
        // Its only rule can be `$: any`.
        Content::Bytes(_) if !rules.body.is_empty() && !actual.is_empty() => Vec::new(),
        Content::Bytes(bytes) => bytes_mismatch(bytes, actual, &places).into_iter().collect(),
    }
}

/// Compares a body with itself, to find where its own rules don't allow it.
pub(super) fn compare_with_itself(body: &Body, rules: &Rules, mode: Mode, at: &Pointer) -> Vec<Mismatch> {
    match &body.content {
        // As `compare_body` does, but without writing and reading the JSON: that is most of the work for a large contract.
        Content::Json(example) => {
            let (tree, places) = (RuleTree::of(rules.body.iter()), places(body, at));
            compare(&Shape::new(example, &tree, mode), example, example, Medium::Json, &places)
        }
        Content::Text(_) | Content::Bytes(_) | Content::Form(_) => {
            compare_body(body, rules, (&[], &encode::body(body)), mode, at)
        }
    }
}

fn places(body: &Body, at: &Pointer) -> Places {
    Places { part: Part::Body, example: at.key(body_key(body)), rules: at.key("match") }
}

/// A body that isn't of the expected kind. The reason `why` is a hint, unless there is no body at all.
fn kind_mismatch(code: Code, expected: ExpectedBody, actual: &[u8], places: &Places, why: String) -> Mismatch {
    let beginning = || describe::cut(&String::from_utf8_lossy(&actual[..actual.len().min(1000)]));
    let (actual, hint) = match actual {
        [] => (ActualBody::Empty, None),
        _ => (ActualBody::Unread { beginning: beginning() }, Some(why)),
    };
    Mismatch::of_part(code, Part::Body, Expected::Body(expected), Actual::Body(actual), places.example.clone())
        .at("$")
        .with_hint(hint)
}

fn bytes_mismatch(expected: &[u8], actual: &[u8], places: &Places) -> Option<Mismatch> {
    (!same_bytes(expected, actual)).then(|| {
        let differs_at = expected.iter().zip(actual).take_while(|(expected, actual)| expected == actual).count();
        let expected = Expected::Body(ExpectedBody::Bytes { length: expected.len() });
        let actual = Actual::Body(ActualBody::Bytes { length: actual.len(), differs_at });
        Mismatch::of_part(VALUE, Part::Body, expected, actual, places.example.clone()).at("$")
    })
}

/// Reads a form as one value. A field that has several values in the example is a list, even if it has one value here.
fn read_form(text: &str, example: &Value) -> Value {
    let mut actual = fields_view(&urlencoded::read(text));
    for (name, value) in actual.as_object_mut().into_iter().flatten() {
        if value.is_string() && example.get(name).is_some_and(Value::is_array) {
            *value = Value::Array(vec![value.take()]);
        }
    }
    actual
}
