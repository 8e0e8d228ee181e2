//! JSON text → values, with the places of its errors, within the limits.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::codes::OVER_LIMIT;
use super::json_value::{self, Unread};
use super::limits::too_large;
use super::{Finding, Position, SourceFile, Span};

/// What is said of a file with more values than its limit.
const TOO_MANY: &str = "the file contains too many values";

/// Why a JSON text can't be used.
#[derive(Debug)]
pub enum Fault {
    /// It isn't JSON.
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

/// A JSON object with long lists in it, which are read element by element: as values, a large file takes many times the
/// memory of its text.
#[derive(Debug)]
pub struct Apart<'s> {
    file: &'s SourceFile,
    /// The rest of the object: every key that isn't one of the lists, and any of these whose value isn't a list.
    pub rest: Map<String, Value>,
    lists: HashMap<&'s str, Vec<&'s RawValue>>,
    /// How many values were read so far.
    values: usize,
}

/// Reads the JSON object of a file, all but the elements of the lists under these keys; a byte order mark is passed over.
///
/// # Errors
///
/// Why it can't be used. Values are read to 128 levels, whatever the limit.
pub fn apart<'s>(file: &'s SourceFile, keys: &[&'s str]) -> Result<Apart<'s>, Fault> {
    let limits = file.limits();
    if file.text.len() > limits.bytes {
        return Err(Fault::Limit(Box::new(too_large(&file.name, file.text.len(), limits.bytes))));
    }
    let syntax = |error| syntax(file, error);
    let parts: IndexMap<String, &RawValue> = serde_json::from_str(text(file)).map_err(syntax)?;
    let mut apart = Apart { file, rest: Map::new(), lists: HashMap::new(), values: 1 };
    for (key, part) in parts {
        match keys.iter().find(|known| **known == key) {
            Some(known) if part.get().starts_with('[') => {
                apart.lists.insert(known, serde_json::from_str(part.get()).map_err(syntax)?);
                apart.count(1)?;
            }
            _ => {
                let value = apart.value(part, 1)?;
                apart.rest.insert(key, value);
            }
        }
    }
    Ok(apart)
}

impl<'s> Apart<'s> {
    /// The elements of a list; `None` if this key has none.
    #[must_use]
    pub fn list(&self, key: &str) -> Option<Vec<&'s RawValue>> {
        self.lists.get(key).cloned()
    }

    /// Reads an element of a list.
    ///
    /// # Errors
    ///
    /// Why it can't be used.
    pub fn element(&mut self, element: &RawValue) -> Result<Value, Fault> {
        self.value(element, 2)
    }

    /// Reads a value so many levels down.
    fn value(&mut self, raw: &RawValue, level: usize) -> Result<Value, Fault> {
        let left = self.file.limits().values.saturating_sub(self.values);
        let read = json_value::read_within(raw.get().as_bytes(), left).map_err(|unread| match unread {
            Unread::Syntax(error) | Unread::TooDeep(error) => syntax(self.file, error),
            Unread::TooMany(_) => self.over(TOO_MANY),
        })?;
        if level + depth(&read.value) > self.file.limits().depth {
            return Err(self.over("values are nested too deeply"));
        }
        self.count(read.values)?;
        Ok(read.value)
    }

    fn count(&mut self, values: usize) -> Result<(), Fault> {
        self.values += values;
        if self.values > self.file.limits().values {
            return Err(self.over(TOO_MANY));
        }
        Ok(())
    }

    fn over(&self, what: &str) -> Fault {
        let help = "raise the limit with --max-values or --max-depth, or split the file";
        Fault::Limit(Box::new(Finding::error(OVER_LIMIT, &self.file.name, None, what).help(help)))
    }
}

/// A file's text without its byte order mark.
#[must_use]
pub fn text(file: &SourceFile) -> &str {
    file.text.trim_start_matches('\u{feff}')
}

/// The syntax error in a part of a file, with its place in the whole.
fn syntax(file: &SourceFile, of_part: serde_json::Error) -> Fault {
    let error = match json_value::read_within(text(file).as_bytes(), file.limits().values) {
        Err(Unread::Syntax(error) | Unread::TooDeep(error)) => error,
        Ok(_) | Err(Unread::TooMany(_)) => of_part,
    };
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default().to_owned();
    Fault::Syntax { at: Span::at(position(file, &error)), why, is_eof: error.is_eof() }
}

/// How deep a value is.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

/// The place of an error of the JSON reader, its column in characters.
#[must_use]
pub fn position(file: &SourceFile, error: &serde_json::Error) -> Position {
    let line = u32::try_from(error.line().max(1)).unwrap_or(u32::MAX);
    let text = file.line(line);
    let end = text.floor_char_boundary(error.column().saturating_sub(1));
    let column = u32::try_from(text.get(..end).unwrap_or_default().chars().count() + 1).unwrap_or(u32::MAX);
    Position { line, column }
}

/// The keys at the top of a JSON document, and the lines of their lists. Cheap, and works for a broken document, too.
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

/// The offset of the closing quote of a text that begins at `from`, or the end of all.
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
    use super::super::Limits;
    use super::*;

    fn file(text: &str, limits: Limits) -> SourceFile {
        SourceFile::new("p.json", text.to_owned(), limits)
    }

    fn elements(file: &SourceFile) -> Result<(Value, Vec<Value>), Fault> {
        let mut apart = apart(file, &["list"])?;
        let list = apart.list("list").unwrap_or_default();
        let read: Result<Vec<Value>, Fault> = list.into_iter().map(|element| apart.element(element)).collect();
        Ok((Value::Object(apart.rest), read?))
    }

    #[test]
    fn the_elements_of_a_list_are_read_apart_from_the_rest() {
        for (text, rest, list) in [
            (
                "\u{feff}{\"list\": [1, {\"a\": [2]}], \"b\": {\"list\": [3]}}",
                r#"{"b":{"list":[3]}}"#,
                r#"[1,{"a":[2]}]"#,
            ),
            (r#"{"list": null}"#, r#"{"list":null}"#, "[]"),
            (r#"{"list": {"list": []}}"#, r#"{"list":{"list":[]}}"#, "[]"),
            (r#"{"l\u0069st": [], "a": 1.50}"#, r#"{"a":1.50}"#, "[]"),
            (r#"{"list": [1], "list": [2]}"#, "{}", "[2]"),
        ] {
            let (other, read) = elements(&file(text, Limits::default())).unwrap();
            assert_eq!((other.to_string().as_str(), Value::Array(read).to_string().as_str()), (rest, list), "{text}");
        }
    }

    #[test]
    fn invalid_json_is_reported_with_its_place_in_the_whole() {
        for (text, line, column, part) in [
            ("{\"list\": [\n1,\n{\"a\": \"\\ud800\"}]}", 3, 14, "hex escape"),
            ("{\"list\": [1,\n]}", 2, 1, "trailing comma"),
            ("{\"list\": [1]", 1, 12, "EOF"),
            ("[1]", 1, 1, "invalid type"),
        ] {
            let Err(Fault::Syntax { at, why, .. }) = elements(&file(text, Limits::default())) else {
                panic!("{text} is read");
            };
            assert_eq!((at.start.line, at.start.column), (line, column), "{text}");
            assert!(why.contains(part), "{text}: {why}");
        }
    }

    #[test]
    fn the_limits_are_for_all_elements_together() {
        let text = r#"{"a": 1, "list": [[[]], 2, 3]}"#;
        let read = |values, depth| elements(&file(text, Limits { depth, values, ..Limits::default() }));
        assert!(read(7, 4).is_ok());
        for (values, depth, part) in [(6, 4, "too many values"), (7, 3, "nested too deeply")] {
            let Err(Fault::Limit(finding)) = read(values, depth) else { panic!("{values} {depth} is read") };
            assert!(finding.message.contains(part), "{}", finding.message);
        }
    }

    #[test]
    fn the_top_of_a_document_is_known_without_reading_it() {
        let text = "{\n\"a\": [\n1, 2,\n{\"b\": [\n1]}\n],\n\"c\": {\"d\": [1]}, \"e\": [], \"f\": [\"x\\\"]\",\n[2]], \"g\": \"h\"}";
        let found = outline(text);
        assert_eq!(found.lists["a"], [3, 3, 4]);
        assert_eq!(found.lists["f"], [7, 8]);
        assert_eq!(found.lists.len(), 2);
        assert_eq!(found.keys, [("a", '['), ("c", '{'), ("e", '['), ("f", '['), ("g", '"')]);
        assert_eq!(outline("{\"a\": {\"b\"").keys, [("a", '{')]);
    }
}
