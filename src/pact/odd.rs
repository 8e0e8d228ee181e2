//! Parts of a Pact file that its specification doesn't have, and that look like a misspelt one. They have no effect, so nothing
//! else would tell. Other additions are left alone: tools write many of their own.

use serde_json::{Map, Value};

use crate::words::nearest;

pub(super) const INTERACTION: &[&str] = &[
    "description",
    "providerState",
    "providerStates",
    "provider_state",
    "request",
    "response",
    "type",
    "key",
    "pending",
    "comments",
    "pluginConfiguration",
    "interactionMarkup",
    "transport",
    "contents",
    "metadata",
    "matchingRules",
    "generators",
];
pub(super) const REQUEST: &[&str] =
    &["method", "path", "query", "headers", "body", "matchingRules", "generators", "requestMatchingRules"];
pub(super) const RESPONSE: &[&str] =
    &["status", "headers", "body", "matchingRules", "generators", "responseMatchingRules"];
const PARTS: &[&str] = &["method", "path", "query", "header", "headers", "body", "status", "metadata", "content"];
const LIST: &[&str] = &["combine", "matchers"];
const MATCHER: &[&str] = &[
    "match",
    "regex",
    "min",
    "max",
    "value",
    "values",
    "format",
    "timestamp",
    "date",
    "time",
    "rules",
    "variants",
    "status",
];

/// The keys that lead to an odd part, and what is odd about it.
pub(super) type Odd = (Vec<String>, String);

/// The keys of an object that look like misspelt ones.
pub(super) fn keys(object: &Map<String, Value>, known: &[&str], above: &[String], odd: &mut Vec<Odd>) {
    for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
        let absent = known.iter().copied().filter(|known| !object.contains_key(*known));
        if let Some(meant) = nearest(key, absent) {
            let at = above.iter().chain([key]).cloned().collect();
            odd.push((at, format!("`{key}` has no effect: it isn't a key of Pact files; did you mean `{meant}`?")));
        }
    }
}

/// What is odd about the rules of a message.
pub(super) fn rules(rules: &Map<String, Value>, odd: &mut Vec<Odd>) {
    let here = [String::from("matchingRules")];
    let (mut by_part, mut parts) = (Map::new(), Vec::new());
    for (key, value) in rules {
        let at = vec![here[0].clone(), key.clone()];
        if key.starts_with('$') {
            matcher(value, &at, odd);
        } else {
            by_part.insert(key.clone(), Value::Null);
            parts.push((key.as_str(), value, at));
        }
    }
    keys(&by_part, PARTS, &here, odd);
    for (part, value, at) in parts {
        let Value::Object(lists) = value else { continue };
        if lists.contains_key("matchers") && matches!(part, "path" | "method" | "status") {
            list(value, at, odd);
            continue;
        }
        for (key, value) in lists {
            let at = at.iter().chain([key]).cloned().collect();
            list(value, at, odd);
        }
    }
}

fn list(value: &Value, at: Vec<String>, odd: &mut Vec<Odd>) {
    let Value::Object(object) = value else { return };
    // A matcher alone, in place of a list.
    if object.contains_key("match") {
        return matcher(value, &at, odd);
    }
    keys(object, LIST, &at, odd);
    match object.get("combine") {
        None => {}
        Some(Value::String(word)) if ["and", "or"].iter().any(|known| word.eq_ignore_ascii_case(known)) => {}
        Some(other) => {
            let at = at.iter().cloned().chain([String::from("combine")]).collect();
            odd.push((at, format!("`combine` is AND or OR; {other} is read as AND")));
        }
    }
    match object.get("matchers") {
        Some(Value::Array(matchers)) if matchers.is_empty() => {
            odd.push((at, String::from("this rule has no effect: its list of matchers is empty")));
        }
        Some(Value::Array(matchers)) => {
            for (index, one) in matchers.iter().enumerate() {
                let at: Vec<String> = at.iter().cloned().chain([String::from("matchers"), index.to_string()]).collect();
                matcher(one, &at, odd);
            }
        }
        _ => {}
    }
}

fn matcher(value: &Value, at: &[String], odd: &mut Vec<Odd>) {
    if let Value::Object(object) = value {
        keys(object, MATCHER, at, odd);
    }
}
