//! Repairs a document whose shape is wrong in places: the rest of it can be read and checked, too.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::source::Step;
use crate::source::conform::Fault;

/// Removes faulty values from a document, or replaces them by stand-ins if something must be there.
pub(super) fn repair(value: &mut Value, faults: &[Fault]) {
    for fault in faults {
        if fault.unknown.is_empty() {
            replace(value, &fault.at.0);
        } else if let Some(Value::Object(object)) = at_mut(value, &fault.at.0) {
            let unknown: HashSet<&String> = fault.unknown.iter().collect();
            object.retain(|key, _| !unknown.contains(key));
            if object.is_empty() {
                replace(value, &fault.at.0);
            }
        }
    }
    fill_required(value);
}

/// Replaces a faulty value by a stand-in, or removes it if it may be missing. Stand-ins cause no findings.
fn replace(value: &mut Value, steps: &[Step]) {
    let keys: Vec<&str> =
        steps.iter().map(|step| if let Step::Key(key) = step { key.as_str() } else { "[]" }).collect();
    let (length, stand_in) = match keys.as_slice() {
        // If only keys are missing, `fill_required` adds them.
        [] | ["interactions", "[]"] | ["interactions", "[]", "request" | "response"]
            if at_mut(value, steps).is_some_and(|found| found.is_object()) =>
        {
            return;
        }
        ["interactions", "[]"] => (2, Some(json!({}))),
        ["interactions", "[]", "given", "[]", ..] => (4, Some(json!("?"))),
        ["interactions", "[]", _, "match" | "match-headers" | "match-query", _, ..] => (5, Some(json!("any"))),
        ["interactions", "[]", _, "match-path", ..] => (4, Some(json!("any"))),
        ["interactions", "[]", _, "headers" | "query" | "form", _, ..] => (5, Some(json!("?"))),
        ["interactions", "[]", _, "body-text" | "body-file" | "body-base64" | "form"] => {
            // Without the body, its rules would select nothing.
            if let Some(Value::Object(message)) = at_mut(value, &steps[..3]) {
                message.shift_remove("match");
            }
            (4, None)
        }
        _ => (steps.len(), None),
    };
    let Some((last, above)) = steps[..length].split_last() else { return };
    match (at_mut(value, above), last, stand_in) {
        (Some(Value::Object(object)), Step::Key(key), Some(stand_in)) => {
            object.insert(key.clone(), stand_in);
        }
        (Some(Value::Object(object)), Step::Key(key), None) => {
            object.shift_remove(key);
        }
        (Some(Value::Array(items)), Step::Index(index), Some(stand_in)) => {
            if let Some(item) = items.get_mut(*index) {
                *item = stand_in;
            }
        }
        _ => {}
    }
}

/// Adds the required keys that are missing.
fn fill_required(value: &mut Value) {
    let fill = |value: &mut Value, key: &str, stand_in: Value| {
        if let Value::Object(object) = value {
            object.entry(key).or_insert(stand_in);
        }
    };
    fill(value, "contract", json!(1));
    fill(value, "consumer", json!("unknown"));
    fill(value, "provider", json!("unknown"));
    fill(value, "interactions", json!([]));
    let Some(Value::Array(interactions)) = value.get_mut("interactions") else { return };
    for (index, interaction) in interactions.iter_mut().enumerate() {
        fill(interaction, "name", json!(format!("interaction {}", index + 1)));
        fill(interaction, "request", json!("GET /"));
        fill(interaction, "response", json!({}));
        if let Some(request) = interaction.get_mut("request") {
            fill(request, "method", json!("GET"));
            fill(request, "path", json!("/"));
        }
        if let Some(response) = interaction.get_mut("response") {
            fill(response, "status", json!(200));
        }
    }
}

fn at_mut<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match (value, step) {
        (Value::Object(object), Step::Key(key)) => object.get_mut(key),
        (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
        _ => None,
    })
}
