//! Requests and responses as they went over the wire, independent of any HTTP library.

use std::collections::BTreeMap;

use serde_json::Value;

use super::mismatch::{BODY_KIND, TOO_DEEP};
use crate::source::Code;

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

/// Reads a whole body as JSON. It may be nested up to the library's limit of 128 levels.
///
/// # Errors
///
/// The code of the mismatch, and why the body can't be read, as a hint.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, (Code, String)> {
    serde_json::from_slice(bytes).map_err(|error| {
        let why = error.to_string();
        // The library has no other sign of it.
        let code = if why.contains("recursion limit") { TOO_DEEP } else { BODY_KIND };
        (code, format!("the actual body can't be read as JSON: {why}"))
    })
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
