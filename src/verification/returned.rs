//! What a state handler returns: the values that stand for `${name}`.

use serde_json::{Map, Value};

use crate::source::json_value;

/// The values in what a handler wrote: a JSON object. Whatever is no JSON at all, such as `done`, has none; but what was
/// meant as JSON and isn't would leave the interaction without its values, and without a word. `is_json` tells that the
/// handler called it JSON.
///
/// # Errors
///
/// Why it can't be read.
pub fn returned(written: &[u8], is_json: bool) -> Result<Map<String, Value>, String> {
    // Some frameworks write a byte order mark.
    let text = written.strip_prefix("\u{feff}".as_bytes()).unwrap_or(written).trim_ascii();
    if text.is_empty() || !is_json && !text.starts_with(b"{") {
        return Ok(Map::new());
    }
    match json_value::read_within(text, json_value::MOST_VALUES) {
        Ok(read) => match (read.value, read.duplicate) {
            (_, Some(key)) => Err(format!("it has the key `{key}` twice")),
            (Value::Object(values), None) => Ok(values),
            (_, None) => Ok(Map::new()),
        },
        Err(unread) => Err(unread.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_returns_an_object_or_nothing_or_what_can_not_be_read() {
        let read =
            |text: &str, is_json| returned(text.as_bytes(), is_json).map(|values| Value::Object(values).to_string());
        for (text, is_json, values) in [
            ("", true, "{}"),
            ("\u{feff}", true, "{}"),
            ("done", false, "{}"),
            ("\"done\"", true, "{}"),
            ("[1]", true, "{}"),
            ("null", true, "{}"),
            (" {\"id\": 7}\n", false, r#"{"id":7}"#),
            ("\u{feff}{\"id\": 7}", false, r#"{"id":7}"#),
            ("{\"$serde_json::private::Number\": \"7\"}", true, r#"{"$serde_json::private::Number":"7"}"#),
        ] {
            assert_eq!(read(text, is_json).as_deref(), Ok(values), "{text}");
        }
        for (text, is_json) in [
            ("{\"id\": 7", false),
            ("{\"id\": 7} ok", false),
            ("{'id': 7}", true),
            ("done", true),
            ("{\"a\":1,\"a\":2}", true),
        ] {
            assert!(read(text, is_json).is_err(), "{text}");
        }
    }
}
