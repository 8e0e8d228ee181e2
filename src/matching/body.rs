//! A body against what a contract says of it, by the kind that the contract has it in.

use serde_json::Value;

use super::scalar::Medium;
use super::shape::{Closeness, Mode, RuleTree, Shape};
use super::value::{Asked, compare};
use crate::contract::{Rules, body_key};
use crate::interaction::mismatch::{BODY_KIND, VALUE};
use crate::interaction::{
    Actual, ActualBody, Body, Content, Expected, ExpectedBody, Mismatch, Part, describe, encode, fields_view, parse,
    urlencoded,
};
use crate::source::Pointer;

/// Compares a body with the bytes that came; `at` is the request or the response in the contract.
pub(super) fn compare_body(body: &Body, rules: &Rules, actual: &[u8], mode: Mode, at: &Pointer) -> Vec<Mismatch> {
    let asked = Asked { part: Part::Body, example: at.key(body_key(body)), rules: at.key("match") };
    let wrong_kind = |code, expected: ExpectedBody, hint: Option<String>| {
        let got = if actual.is_empty() {
            ActualBody::Empty
        } else {
            ActualBody::Unread { beginning: describe::cut(&String::from_utf8_lossy(&actual[..actual.len().min(1000)])) }
        };
        vec![Mismatch {
            code,
            part: Part::Body,
            path: String::from("$"),
            expected: Expected::Body(expected),
            actual: Actual::Body(got),
            asked: asked.example.clone(),
            hint: hint.filter(|_| !actual.is_empty()),
        }]
    };
    let tree = RuleTree::of(rules.body.iter());
    // Texts have no type that would be less than their value.
    let by_value = Mode { closeness: Closeness::Value, ..mode };
    match &body.content {
        Content::Json(example) => match parse(actual) {
            Ok(actual) => compare(&Shape::new(example, &tree, mode), example, &actual, Medium::Json, &asked),
            Err((code, why)) => wrong_kind(code, ExpectedBody::Json, Some(why)),
        },
        Content::Text(example) => match std::str::from_utf8(actual) {
            Ok(text) => {
                let (example, actual) = (Value::String(example.clone()), Value::String(text.to_owned()));
                compare(&Shape::new(&example, &tree, by_value), &example, &actual, Medium::Text, &asked)
            }
            Err(error) => wrong_kind(BODY_KIND, ExpectedBody::Text, Some(error.to_string())),
        },
        Content::Form(fields) => match std::str::from_utf8(actual) {
            Ok(text) => {
                let example = fields_view(fields);
                let actual = form(text, &example);
                compare(&Shape::new(&example, &tree, by_value), &example, &actual, Medium::Text, &asked)
            }
            Err(error) => wrong_kind(BODY_KIND, ExpectedBody::Form, Some(error.to_string())),
        },
        Content::Bytes(bytes) if **bytes == *actual => Vec::new(),
        Content::Bytes(bytes) => {
            let same = bytes.iter().zip(actual).take_while(|(a, b)| a == b).count();
            let expected = Expected::Body(ExpectedBody::Bytes { length: bytes.len() });
            let got = Actual::Body(ActualBody::Bytes { length: actual.len(), differs_at: same });
            vec![Mismatch {
                code: VALUE,
                part: Part::Body,
                path: String::from("$"),
                expected,
                actual: got,
                asked: asked.example,
                hint: None,
            }]
        }
    }
}

/// Compares a body with itself: what its own rules don't allow.
pub(super) fn compare_own(body: &Body, rules: &Rules, mode: Mode, at: &Pointer) -> Vec<Mismatch> {
    let Content::Json(example) = &body.content else {
        return compare_body(body, rules, &encode::body(body), mode, at);
    };
    // As `compare_body` does, without the way over bytes: that is most of the work for a large contract.
    let asked = Asked { part: Part::Body, example: at.key(body_key(body)), rules: at.key("match") };
    compare(&Shape::new(example, &RuleTree::of(rules.body.iter()), mode), example, example, Medium::Json, &asked)
}

/// Reads a form as one value. A field that the example has several times is a list even where it came once.
fn form(text: &str, example: &Value) -> Value {
    let mut actual = fields_view(&urlencoded::read(text));
    for (name, value) in actual.as_object_mut().into_iter().flatten() {
        if value.is_string() && example.get(name).is_some_and(Value::is_array) {
            *value = Value::Array(vec![value.take()]);
        }
    }
    actual
}
