//! A body against what a contract says of it, by the kind that the contract has it in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mismatch::{BODY_KIND, Mismatch, Part, TOO_DEEP, VALUE};
use super::scalar::Medium;
use super::shape::{Closeness, Mode, RuleTree, Shape};
use super::value::{Asked, compare};
use super::{describe, encode};
use crate::contract::{Body, Rules, fields_view, urlencoded};
use crate::source::{Code, Pointer};
use crate::words::count;

/// Compares a body with the bytes that came; `at` is the request or the response in the contract.
pub(super) fn compare_body(body: &Body, rules: &Rules, actual: &[u8], mode: Mode, at: &Pointer) -> Vec<Mismatch> {
    let asked = Asked { part: Part::Body, example: at.key(key(body)), rules: at.key("match") };
    let wrong_kind = |code, expected: &str, hint: Option<String>| {
        let got = if actual.is_empty() {
            String::from("an empty body")
        } else {
            format!("`{}`", describe::cut(&String::from_utf8_lossy(&actual[..actual.len().min(1000)])))
        };
        vec![Mismatch {
            code,
            part: Part::Body,
            path: String::from("$"),
            expected: expected.to_owned(),
            actual: got,
            asked: asked.example.clone(),
            hint: hint.filter(|_| !actual.is_empty()),
        }]
    };
    let tree = RuleTree::of(rules.body.iter());
    // Texts have no type that would be less than their value.
    let by_value = Mode { closeness: Closeness::Value, ..mode };
    match body.content() {
        Body::Json(example) => match parse(actual) {
            Ok(actual) => compare(&Shape::new(example, &tree, mode), example, &actual, Medium::Json, &asked),
            Err((code, why)) => wrong_kind(code, "a JSON body", Some(why)),
        },
        Body::Text(example) => match std::str::from_utf8(actual) {
            Ok(text) => {
                let (example, actual) = (Value::String(example.clone()), Value::String(text.to_owned()));
                compare(&Shape::new(&example, &tree, by_value), &example, &actual, Medium::Text, &asked)
            }
            Err(error) => wrong_kind(BODY_KIND, "a text in UTF-8", Some(error.to_string())),
        },
        Body::Form(fields) => match std::str::from_utf8(actual) {
            Ok(text) => {
                let example = fields_view(fields);
                let actual = form(text, &example);
                compare(&Shape::new(&example, &tree, by_value), &example, &actual, Medium::Text, &asked)
            }
            Err(error) => wrong_kind(BODY_KIND, "a form", Some(error.to_string())),
        },
        Body::Bytes(bytes) if **bytes == *actual => Vec::new(),
        Body::Bytes(bytes) => {
            let same = bytes.iter().zip(actual).take_while(|(a, b)| a == b).count();
            let expected = format!("exactly these {}", count(bytes.len(), "byte"));
            let got = format!("{}, the first difference at byte {same}", count(actual.len(), "byte"));
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
        // What a file holds is never a file again.
        _ => Vec::new(),
    }
}

/// Compares a body with itself: what its own rules don't allow.
pub(super) fn compare_own(body: &Body, rules: &Rules, mode: Mode, at: &Pointer) -> Vec<Mismatch> {
    let Body::Json(example) = body.content() else {
        return compare_body(body, rules, &encode::body(body), mode, at);
    };
    // As `compare_body` does, without the way over bytes: that is most of the work for a large contract.
    let asked = Asked { part: Part::Body, example: at.key(key(body)), rules: at.key("match") };
    compare(&Shape::new(example, &RuleTree::of(rules.body.iter()), mode), example, example, Medium::Json, &asked)
}

/// The key that a body is written under.
pub(super) const fn key(body: &Body) -> &'static str {
    match body {
        Body::Text(_) => "body-text",
        Body::Bytes(_) => "body-base64",
        Body::File { .. } => "body-file",
        Body::Form(_) => "form",
        _ => "body",
    }
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

/// Reads a JSON body: in full, and no deeper than the library's limit of 128 levels.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, (Code, String)> {
    serde_json::from_slice(bytes).map_err(|error| {
        let why = error.to_string();
        let code = if why.contains("recursion limit") { TOO_DEEP } else { BODY_KIND };
        (code, format!("the body that came is not read as JSON: {why}"))
    })
}

/// A value with its objects' keys in one order, so that two of them can be compared line by line.
#[must_use]
pub fn in_one_order(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let sorted: BTreeMap<&String, Value> = object.iter().map(|(key, item)| (key, in_one_order(item))).collect();
            Value::Object(sorted.into_iter().map(|(key, item)| (key.clone(), item)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(in_one_order).collect()),
        other => other.clone(),
    }
}
