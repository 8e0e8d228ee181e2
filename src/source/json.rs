//! JSON text → value, with the places that its reader tells of, within the limits.

use std::collections::HashMap;

use serde_json::Value;

use super::codes::OVER_LIMIT;
use super::yaml::too_large;
use super::{Finding, Position, SourceFile, Span};

/// Why a JSON text can't be used.
#[derive(Debug)]
pub enum Fault {
    /// It is no JSON.
    Syntax {
        at: Span,
        /// Why, as the end of a sentence.
        why: String,
        /// Whether it ends too early.
        is_eof: bool,
    },
    /// It is over a limit: the finding that says so.
    Limit(Box<Finding>),
}

/// Reads the JSON of a file; a byte order mark is passed over.
///
/// # Errors
///
/// Why it can't be used. Values are read to 128 levels, whatever the limit.
pub fn parse(file: &SourceFile) -> Result<Value, Fault> {
    let limits = file.limits();
    if file.text.len() > limits.bytes {
        return Err(Fault::Limit(Box::new(too_large(&file.name, file.text.len(), limits.bytes))));
    }
    let text = file.text.trim_start_matches('\u{feff}');
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default().to_owned();
        Fault::Syntax { at: Span::at(position(file, &error)), why, is_eof: error.is_eof() }
    })?;
    let mut values = 0;
    let over = |what: &str| {
        let help = "raise the limit with --max-values or --max-depth, or split the file";
        Fault::Limit(Box::new(Finding::error(OVER_LIMIT, &file.name, None, what).help(help)))
    };
    if depth(&value, &mut values) > limits.depth {
        return Err(over("values are nested deeper than is read"));
    }
    if values > limits.values {
        return Err(over("the file holds more values than are read"));
    }
    Ok(value)
}

/// How deep a value is, with all values in it counted.
fn depth(value: &Value, values: &mut usize) -> usize {
    *values += 1;
    match value {
        Value::Array(items) => 1 + items.iter().map(|item| depth(item, values)).max().unwrap_or_default(),
        Value::Object(object) => 1 + object.values().map(|item| depth(item, values)).max().unwrap_or_default(),
        _ => 0,
    }
}

/// The place that an error of the JSON reader tells, its column in characters.
#[must_use]
pub fn position(file: &SourceFile, error: &serde_json::Error) -> Position {
    let line = u32::try_from(error.line().max(1)).unwrap_or(u32::MAX);
    let text = file.line(line);
    let end = text.floor_char_boundary(error.column().saturating_sub(1));
    let column = u32::try_from(text.get(..end).unwrap_or_default().chars().count() + 1).unwrap_or(u32::MAX);
    Position { line, column }
}

/// What stands at the top of a JSON document: so much can be told of a broken one, too, and costs little.
#[derive(Debug, Default)]
pub struct Outline<'t> {
    /// Each key with the character that its value begins with.
    pub keys: Vec<(&'t str, char)>,
    /// The lines in which the elements of lists begin, by the list's key.
    pub lists: HashMap<&'t str, Vec<u32>>,
    /// Whether all that was opened is closed.
    pub is_whole: bool,
}

/// Looks along a text that is JSON, or was meant to be. One pass over the bytes: a source map would cost many times as
/// much, and most runs have nothing to point at.
#[must_use]
pub fn outline(text: &str) -> Outline<'_> {
    let mut outline = Outline::default();
    let (mut line, mut depth, mut at) = (1u32, 0usize, 0usize);
    let (mut key, mut list) = (None, None);
    let (mut expects_value, mut expects_element) = (false, false);
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        let counts = !byte.is_ascii_whitespace();
        if counts && depth == 1 && expects_value {
            outline.keys.extend(key.map(|key| (key, char::from(byte))));
            expects_value = false;
        } else if counts && depth == 2 && expects_element && !matches!(byte, b']' | b',') {
            if let Some(list) = list {
                outline.lists.entry(list).or_default().push(line);
            }
            expects_element = false;
        }
        match byte {
            b'\n' => line = line.saturating_add(1),
            b'"' => {
                let start = at + 1;
                at = end_of_text(bytes, start);
                line = line.saturating_add(count_lines(&bytes[start.min(at)..at]));
                if depth == 1 {
                    key = text.get(start..at);
                }
            }
            b':' if depth == 1 => expects_value = true,
            b'{' | b'[' => {
                depth += 1;
                if depth == 2 && byte == b'[' {
                    list = key;
                    expects_element = true;
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 1 {
                    list = None;
                }
            }
            b',' if depth == 2 => expects_element = true,
            _ => {}
        }
        at += 1;
    }
    outline.is_whole = depth == 0;
    outline
}

/// Where a text in quotes that begins at `from` has its closing quote, or the end of all.
fn end_of_text(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn count_lines(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.split(|byte| *byte == b'\n').count() - 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_a_document_is_told_without_reading_it() {
        let text = "{\n\"a\": [\n1, 2,\n{\"b\": [\n1]}\n],\n\"c\": {\"d\": [1]}, \"e\": [], \"f\": [\"x\\\"]\",\n[2]], \"g\": \"h\"}";
        let found = outline(text);
        assert_eq!(found.lists["a"], [3, 3, 4]);
        assert_eq!(found.lists["f"], [7, 8]);
        assert_eq!(found.lists.len(), 2);
        assert_eq!(found.keys, [("a", '['), ("c", '{'), ("e", '['), ("f", '['), ("g", '"')]);
        assert_eq!(outline("{\"a\": {\"b\"").keys, [("a", '{')]);
    }
}
