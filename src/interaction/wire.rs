//! Requests and responses as they went over the wire, independent of any HTTP library.

use std::collections::BTreeMap;

use serde_json::Value;

use super::describe::quoted;
use super::mismatch::{BODY_KIND, Mismatch, TOO_DEEP, TOO_MUCH};
use crate::source::Code;
use crate::source::json_value::{self, Read, Unread};

/// A request that was received, or that will be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActualRequest {
    /// As sent; methods are case-sensitive (RFC 9110, section 9.1).
    pub method: String,
    /// Without the query, percent-encoded as on the wire.
    pub path: String,
    /// The text after the `?`, percent-encoded; `None` without a `?`.
    pub query: Option<String>,
    /// In the order of the wire, one entry for each line.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A response that was received, or that a mock sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActualResponse {
    pub status: u16,
    /// In the order of the wire, one entry for each line. Values that aren't UTF-8 are read as Latin-1.
    pub headers: Vec<(String, String)>,
    /// Decompressed.
    pub body: Vec<u8>,
}

impl ActualRequest {
    /// Method, path and query, as in the first line of an HTTP/1.1 request.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.query {
            Some(query) => format!("{} {}?{query}", self.method, self.path),
            None => format!("{} {}", self.method, self.path),
        }
    }
}

/// All values of the header `name`, in whatever case it is written.
pub(crate) fn header_values<'a>(headers: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Reads a whole body as JSON. It may be nested up to the library's limit of 128 levels, and
/// hold up to [`json_value::MOST_VALUES`] values.
///
/// # Errors
///
/// The code of the mismatch, and why the body can't be read, as a hint.
pub(crate) fn parse(bytes: &[u8]) -> Result<Read, (Code, String)> {
    json_value::read_within(bytes, json_value::MOST_VALUES).map_err(|unread| {
        let code = match unread {
            Unread::Syntax(_) => BODY_KIND,
            Unread::TooDeep(_) => TOO_DEEP,
            Unread::TooMany(_) => TOO_MUCH,
        };
        (code, format!("the actual body can't be read as JSON: {unread}"))
    })
}

/// Says of the first mismatch of a body that one of its objects has a key twice: readers differ in which of the two they
/// take.
pub(crate) fn note_duplicate(found: &mut [Mismatch], duplicate: Option<&str>) {
    if let (Some(first), Some(key)) = (found.first_mut(), duplicate) {
        let note = format!("an object in the body has the key {} twice: the last value was compared", quoted(key));
        first.hint = Some(first.hint.take().map_or_else(|| note.clone(), |hint| format!("{hint}; {note}")));
    }
}

/// A value with the keys of its objects sorted, so two values can be compared line by line.
#[must_use]
pub fn sort_keys(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let sorted: BTreeMap<&String, Value> = object.iter().map(|(key, item)| (key, sort_keys(item))).collect();
            Value::Object(sorted.into_iter().map(|(key, item)| (key.clone(), item)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sort_keys).collect()),
        other => other.clone(),
    }
}
