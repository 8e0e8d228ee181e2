//! Placeholders in an interaction: `${name}` is replaced by a provider state's parameter, or by a value that the state
//! handler returned.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A piece of a text with placeholders.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// Whether filling would change a text, because it has a placeholder or an escaped one.
#[must_use]
pub fn has_placeholder(text: &str) -> bool {
    text.contains("${")
}

/// Adds the names of a text's placeholders to `names`.
pub fn placeholders(text: &str, names: &mut BTreeSet<String>) {
    for piece in pieces(text) {
        if let Piece::Name(name) = piece {
            names.insert(name.to_owned());
        }
    }
}

/// The pieces of a text between its placeholders.
pub(crate) fn literals(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Name(_) => None,
    })
}

/// Fills the placeholders of a text. A placeholder without a value stays as it is.
#[must_use]
pub fn fill(text: &str, values: &Map<String, Value>) -> String {
    if !has_placeholder(text) {
        return text.to_owned();
    }
    pieces(text).into_iter().fold(String::with_capacity(text.len()), |mut filled, piece| {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => match values.get(name) {
                Some(Value::String(text)) => filled.push_str(text),
                Some(value) => filled.push_str(&value.to_string()),
                None => filled.extend(["${", name, "}"]),
            },
        }
        filled
    })
}

/// How much memory filling a text takes beyond the text itself, in bytes.
#[must_use]
pub fn inserted(text: &str, values: &Map<String, Value>) -> usize {
    if !has_placeholder(text) {
        return 0;
    }
    let size = |piece: &Piece<'_>| match piece {
        Piece::Text(_) => 0,
        Piece::Name(name) => values.get(*name).map_or(0, size_of),
    };
    pieces(text).iter().map(size).fold(0, usize::saturating_add)
}

/// Roughly how much memory a value takes, in bytes.
fn size_of(value: &Value) -> usize {
    const NODE: usize = 64;
    match value {
        Value::Null | Value::Bool(_) => 8,
        Value::Number(_) => 24,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| NODE + size_of(item)).sum(),
        Value::Object(object) => object.iter().map(|(key, item)| 2 * NODE + key.len() + size_of(item)).sum(),
    }
}

/// Escapes a text: filling the result returns the original text.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace("${", "$${")
}

/// Escapes all texts of a value.
#[must_use]
pub fn escape_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(escape(text)),
        Value::Array(items) => items.iter().map(escape_value).collect(),
        Value::Object(object) => object.iter().map(|(key, item)| (key.clone(), escape_value(item))).collect(),
        other => other.clone(),
    }
}

/// Fills the placeholders in all texts of a value. A text that consists of one placeholder becomes the placeholder's
/// value with its type: `"${id}"` can become the number 42.
#[must_use]
pub fn fill_value(value: &Value, values: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => match pieces(text).as_slice() {
            [Piece::Name(name)] => values.get(*name).cloned().unwrap_or_else(|| value.clone()),
            _ => Value::String(fill(text, values)),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| fill_value(item, values)).collect()),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, item)| (key.clone(), fill_value(item, values))).collect())
        }
        other => other.clone(),
    }
}

/// Splits a text. `$${` is an escaped `${`; a `${` without a name and `}` is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest[from..].find("${").map(|at| at + from) {
        if rest[..at].ends_with('$') {
            // The first `$` is the escape: the text continues with the second.
            pieces.push(Piece::Text(&rest[..at - 1]));
            rest = &rest[at..];
            from = 2;
            continue;
        }
        let name_length = rest[at + 2..]
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
            .unwrap_or(rest.len() - at - 2);
        let end = at + 2 + name_length;
        if name_length == 0 || !rest[end..].starts_with('}') {
            from = at + 2;
            continue;
        }
        pieces.push(Piece::Text(&rest[..at]));
        pieces.push(Piece::Name(&rest[at + 2..end]));
        rest = &rest[end + 1..];
        from = 0;
    }
    pieces.push(Piece::Text(rest));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_filled_with_the_values_of_their_names() {
        let values = json!({"id": 42, "name": "Ada", "a-b.c": true});
        let values = values.as_object().unwrap();
        for (text, filled) in [
            ("/orders/${id}", "/orders/42"),
            ("${name} ${id}${id}", "Ada 4242"),
            ("${a-b.c}", "true"),
            ("$${id}", "${id}"),
            ("a $${id} ${id}", "a ${id} 42"),
            ("${unknown}", "${unknown}"),
            ("${", "${"),
            ("${}", "${}"),
            ("${id", "${id"),
            ("100$ ${id}", "100$ 42"),
        ] {
            assert_eq!(fill(text, values), filled, "{text}");
        }
    }

    #[test]
    fn an_escaped_text_is_filled_to_the_original() {
        let values = json!({"id": 42});
        for text in ["${id}", "$${id}", "$$${id}${id}", "${", "$", "a ${id} b", "$$$${id}$"] {
            assert_eq!(fill(&escape(text), values.as_object().unwrap()), text);
        }
    }

    #[test]
    fn a_text_of_one_placeholder_becomes_the_value_with_its_type() {
        let values = json!({"id": 42});
        let body = json!({"id": "${id}", "text": "no ${id}", "list": ["${id}"]});
        assert_eq!(fill_value(&body, values.as_object().unwrap()), json!({"id": 42, "text": "no 42", "list": [42]}));
    }
}
