//! Values in words, as they stand behind "expected" and "got".

use std::io;

use serde_json::Value;

use crate::words::{count, or_list};

/// How many characters of a value are shown.
const SHOWN: usize = 120;

/// A value as compact JSON, cut where it is long. No more of it is written than is shown, so that a large value costs
/// nothing.
pub(crate) fn json(value: &Value) -> String {
    let mut beginning = Beginning(Vec::new());
    // It ends early with an error where the value is long.
    let whole = serde_json::to_writer(&mut beginning, value).is_ok();
    let text = String::from_utf8_lossy(&beginning.0);
    // The end may be in the middle of a character.
    let text = if whole { &*text } else { text.trim_end_matches(char::REPLACEMENT_CHARACTER) };
    match cut(text) {
        cut if whole || cut.ends_with('…') => cut,
        cut => format!("{cut}…"),
    }
}

/// Takes the first bytes, as many as are shown at most.
struct Beginning(Vec<u8>);

impl io::Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = (SHOWN * 4).saturating_sub(self.0.len()).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.0.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A text, cut where it is long.
pub(crate) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What came: the value and its type, `"2", a string`.
pub(crate) fn actual(value: &Value) -> String {
    match value {
        Value::Null => String::from("null"),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("{}, {}", json(value), type_name(value)),
        Value::Array(items) if items.is_empty() => String::from("an empty array"),
        Value::Array(items) => format!("an array of {}: {}", count(items.len(), "element"), json(value)),
        Value::Object(_) => format!("an object: {}", json(value)),
    }
}

/// A value's JSON type with its article.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// What an example asks for where no rule speaks: its type, `a number, like 2`.
pub(crate) fn like(examples: &[&Value]) -> String {
    let mut kinds: Vec<String> = Vec::new();
    for example in examples {
        let kind = match example {
            Value::Null | Value::Array(_) | Value::Object(_) => type_name(example).to_owned(),
            scalar => format!("{}, like {}", type_name(scalar), json(scalar)),
        };
        let known = kinds.iter().any(|other| other.split(',').next() == kind.split(',').next());
        if !known {
            kinds.push(kind);
        }
    }
    or_list(kinds)
}

/// What a size asks for: `at least 1 element`.
pub(crate) fn size(min: u64, max: Option<u64>, what: &'static str) -> String {
    let counted = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX), what);
    match max {
        None => format!("at least {}", counted(min)),
        Some(max) if max == min => format!("exactly {}", counted(min)),
        Some(max) => format!("{min} to {}", counted(max)),
    }
}

/// The body of an answer with another status, which tells more than the status.
pub(crate) fn body_shown(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(2000)]).trim().to_owned();
    (!text.is_empty()).then(|| format!("the answer's body: {}", cut(&text)))
}
