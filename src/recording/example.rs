//! The example of a body: the first sample, completed from the others with everything that the rules need.

use serde_json::{Map, Value};

use super::seen::{JsonKind, Seen};

/// How many elements of a list an example shows.
const ELEMENTS: usize = 5;
/// How many entries of a map whose keys are data an example shows.
const ENTRIES: usize = 3;

/// The example of a response's body: its first sample, with long lists shortened, and with values from other samples
/// where the first has null or nothing.
pub(super) fn of_response(seen: &Seen<'_>) -> Value {
    example(seen, None, true, ELEMENTS)
}

/// The example of a request's body: the first sample. Lists that differ between samples have one element, which
/// represents all.
pub(super) fn of_request(seen: &Seen<'_>) -> Value {
    match seen.values.first() {
        Some(first) if seen.is_one_value() => (*first).clone(),
        _ => example(seen, None, true, 1),
    }
}

/// An example that begins with `base`. `whole` says whether it must show everything that was seen; otherwise another
/// element of the same list does.
fn example(seen: &Seen<'_>, base: Option<&Value>, whole: bool, elements: usize) -> Value {
    // A rule about a size is for lists and maps only, so their example can't be null.
    let has_size = seen.only_kind() == Some(JsonKind::Array) || seen.entries.is_some();
    let base = match base {
        Some(Value::Null) | None if whole || has_size => seen.first(),
        base => base,
    };
    let Some(base) = base else { return Value::Null };
    if seen.only_kind().is_none() {
        return shorten(base);
    }
    match base {
        Value::Object(object) => Value::Object(object_example(seen, object, whole, elements)),
        Value::Array(items) => {
            let Some(each) = &seen.elements else { return Value::Array(Vec::new()) };
            if items.is_empty() {
                let shown = whole.then(|| example(each, None, true, elements));
                return Value::Array(shown.into_iter().collect());
            }
            let shown = items.iter().take(elements).enumerate();
            Value::Array(shown.map(|(index, item)| example(each, Some(item), whole && index == 0, elements)).collect())
        }
        scalar => scalar.clone(),
    }
}

fn object_example(seen: &Seen<'_>, object: &Map<String, Value>, whole: bool, elements: usize) -> Map<String, Value> {
    if let Some(entries) = &seen.entries {
        let filled = || seen.values.iter().filter_map(|value| value.as_object()).find(|object| !object.is_empty());
        let shown = if object.is_empty() && whole { filled().unwrap_or(object) } else { object };
        let shown = shown.iter().take(ENTRIES).enumerate();
        return shown
            .map(|(index, (key, value))| (key.clone(), example(entries, Some(value), whole && index == 0, elements)))
            .collect();
    }
    let mut shown = Map::new();
    for (key, value) in object {
        let value = seen
            .fields
            .get(key.as_str())
            .map_or_else(|| value.clone(), |field| example(field, Some(value), whole, elements));
        shown.insert(key.clone(), value);
    }
    if whole {
        for (key, field) in seen.fields.iter().filter(|(key, _)| !object.contains_key(**key)) {
            shown.insert((*key).to_owned(), example(field, None, true, elements));
        }
    }
    shown
}

/// A value with its long lists shortened.
fn shorten(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().take(ELEMENTS).map(shorten).collect()),
        Value::Object(object) => Value::Object(object.iter().map(|(key, item)| (key.clone(), shorten(item))).collect()),
        scalar => scalar.clone(),
    }
}

/// Whether the example of a list is shorter than the list that was seen.
pub(super) fn is_shortened(seen: &Seen<'_>) -> bool {
    seen.only_kind() == Some(JsonKind::Array)
        && seen.first().and_then(Value::as_array).is_some_and(|items| items.len() > ELEMENTS)
}
