//! Values as texts.

use serde_json::Value;

/// A value as it is written in a header, a parameter or a path: a string as it is, null as nothing, other values as JSON.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
