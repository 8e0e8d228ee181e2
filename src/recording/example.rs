//! The example of a body: concrete, as it was seen, with as much of other samples put in as the rules speak of.

use serde_json::{Map, Value};

use super::seen::{Kind, Seen};

/// How many elements of a list, and entries of a mapping whose keys are data, an example shows.
const ELEMENTS: usize = 5;
const ENTRIES: usize = 3;

/// The example of a response's body. Its first sample, with long lists cut; what is missing or null in it and was seen
/// in another sample is put in.
pub(super) fn of_response(seen: &Seen<'_>) -> Value {
    example(seen, None, true, ELEMENTS)
}

/// The example of a request's body: the first sample. Where lists differ from sample to sample, they have one element,
/// which stands for all.
pub(super) fn of_request(seen: &Seen<'_>) -> Value {
    match seen.values.first() {
        Some(first) if seen.is_one_value() => (*first).clone(),
        _ => example(seen, None, true, 1),
    }
}

/// An example that begins with `base`. `whole` says whether it has to show all that was seen, or whether another
/// element of the same list does.
fn example(seen: &Seen<'_>, base: Option<&Value>, whole: bool, elements: usize) -> Value {
    // A rule for a size stands for lists only, so that no null may be shown beside them.
    let has_size = seen.only_kind() == Some(Kind::Array) || seen.entries.is_some();
    let base = match base {
        Some(Value::Null) | None if whole || has_size => seen.first(),
        base => base,
    };
    let Some(base) = base else { return Value::Null };
    if seen.only_kind().is_none() {
        return cut(base);
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

/// A value that is shown as it is, with its long lists cut.
fn cut(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().take(ELEMENTS).map(cut).collect()),
        Value::Object(object) => Value::Object(object.iter().map(|(key, item)| (key.clone(), cut(item))).collect()),
        scalar => scalar.clone(),
    }
}

/// Whether a list of the example is shorter than the one that was seen.
pub(super) fn is_cut(seen: &Seen<'_>) -> bool {
    seen.only_kind() == Some(Kind::Array)
        && seen.first().and_then(Value::as_array).is_some_and(|items| items.len() > ELEMENTS)
}
