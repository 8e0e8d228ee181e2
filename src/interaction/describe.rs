//! Values in words, for the sentence `expected …, got …`.

use std::{fmt, io};

use serde_json::Value;

use crate::words::{count, shorten};

/// How many characters of a value are shown.
const SHOWN: usize = 120;

/// A value as compact JSON, cut if it is long. Only the part that is shown is written, so a large value costs nothing.
pub(crate) fn json(value: &Value) -> String {
    let mut beginning = Beginning(Vec::new());
    // An error means that the value is longer than `Beginning` takes.
    let whole = serde_json::to_writer(&mut beginning, value).is_ok();
    let text = String::from_utf8_lossy(&beginning.0);
    // The last bytes may be part of a character.
    let text = if whole { &*text } else { text.trim_end_matches(char::REPLACEMENT_CHARACTER) };
    match cut(text) {
        cut if whole || cut.ends_with('…') => cut,
        cut => format!("{cut}…"),
    }
}

/// Takes only as many bytes as the shown characters can have.
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

/// A text, cut if it is long.
pub(crate) fn cut(text: &str) -> String {
    shorten(text, SHOWN).into_owned()
}

/// A text as a JSON string, cut if it is long.
pub(crate) fn quoted(text: &str) -> String {
    json(&Value::String(text.to_owned()))
}

/// How many of several values are shown.
const MOST: usize = 50;

/// The first of several values as they are shown, and then the number of the others: a list of allowed values may be long,
/// and each of many mismatches has it.
pub(super) fn first<T>(values: impl IntoIterator<Item = T>, show: impl Fn(T) -> String) -> Vec<String> {
    let mut values = values.into_iter();
    let mut shown: Vec<String> = values.by_ref().take(MOST).map(show).collect();
    let others = values.count();
    if others > 0 {
        shown.push(format!("{others} others"));
    }
    shown
}

/// A string, number or boolean as JSON; `None` for other values.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_)).then(|| json(value))
}

/// The type of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl ValueKind {
    /// The type of a value.
    #[must_use]
    pub const fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    /// The type with its article: `an array`.
    #[must_use]
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// The unit of a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Of an array, or of XML.
    Element,
    /// Of an object.
    Entry,
    /// Of a header or a parameter.
    Value,
}

impl Unit {
    /// The singular.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Element => "element",
            Self::Entry => "entry",
            Self::Value => "value",
        }
    }
}

/// Writes a size: `at least 1 element`, `exactly 2 values`, `2 to 5 entries`.
pub(super) fn write_size(f: &mut fmt::Formatter<'_>, min: u64, max: Option<u64>, unit: Unit) -> fmt::Result {
    let counted = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX), unit.word());
    match max {
        None => write!(f, "at least {}", counted(min)),
        Some(max) if max == min => write!(f, "exactly {}", counted(min)),
        Some(max) => write!(f, "{min} to {}", counted(max)),
    }
}

/// The kind of a part of a multipart body.
pub(super) const fn part(is_file: bool) -> &'static str {
    if is_file { "a file part" } else { "a field part" }
}

/// A hint with the beginning of a response's body, which says more about a wrong status than the status itself.
pub(crate) fn body_hint(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(2000)]).trim().to_owned();
    (!text.is_empty()).then(|| format!("the response's body: {}", cut(&text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_written_with_its_least_and_its_most() {
        struct Size(u64, Option<u64>, Unit);
        impl fmt::Display for Size {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_size(f, self.0, self.1, self.2)
            }
        }
        for (min, max, unit, expected) in [
            (1, None, Unit::Element, "at least 1 element"),
            (2, None, Unit::Element, "at least 2 elements"),
            (1, Some(1), Unit::Value, "exactly 1 value"),
            (2, Some(2), Unit::Value, "exactly 2 values"),
            (2, Some(5), Unit::Entry, "2 to 5 entries"),
            (0, Some(1), Unit::Entry, "0 to 1 entry"),
        ] {
            assert_eq!(Size(min, max, unit).to_string(), expected);
        }
    }
}
