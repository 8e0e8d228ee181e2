//! A document that was read, and the references in it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::codes::WRONG_TYPE;
use super::entry::Entry;
use super::version::Version;
use crate::source::{Finding, Pointer, SourceFile, Span};

/// An interface description.
#[derive(Debug)]
pub struct Document {
    pub source: Arc<SourceFile>,
    pub version: Version,
    /// The document with normalized schemas.
    pub(super) root: Arc<Value>,
    /// Every operation.
    pub(super) entries: Vec<Entry>,
}

/// How many references may lead to each other.
const MOST_HOPS: usize = 50;

/// A JSON Pointer without the percent-encoding of a URI fragment (RFC 6901, section 6).
pub(super) fn decoded(fragment: &str) -> String {
    percent_encoding::percent_decode_str(fragment).decode_utf8_lossy().into_owned()
}

/// The JSON Pointer to a key below another pointer.
#[must_use]
pub(super) fn below(at: &str, key: &str) -> String {
    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))
}

impl Document {
    /// The whole document, whose schemas are JSON Schema 2020-12 now.
    #[must_use]
    pub const fn root(&self) -> &Arc<Value> {
        &self.root
    }

    /// The value at a JSON Pointer.
    #[must_use]
    pub fn value(&self, at: &str) -> Option<&Value> {
        self.root.pointer(at)
    }

    /// The value at a JSON Pointer and where it is, after all references.
    #[must_use]
    pub(super) fn resolved(&self, at: String) -> Option<(String, &Value)> {
        let mut at = at;
        for _ in 0..MOST_HOPS {
            let value = self.value(&at)?;
            let Some(Value::String(reference)) = value.get("$ref") else { return Some((at, value)) };
            at = decoded(reference.strip_prefix('#')?);
        }
        None
    }

    /// The object at a JSON Pointer, after all references.
    pub(super) fn object(&self, at: String) -> Option<(String, &Map<String, Value>)> {
        let (at, value) = self.resolved(at)?;
        value.as_object().map(|object| (at, object))
    }

    /// Where a reference leads to, as a JSON Pointer.
    pub(super) fn target(reference: &str) -> Option<String> {
        reference.strip_prefix('#').map(decoded)
    }

    /// Where the value at a JSON Pointer is written.
    #[must_use]
    pub fn place(&self, at: &str) -> Option<Span> {
        let mut pointer = Pointer::root();
        let mut value = &*self.root;
        for step in at.split('/').skip(1) {
            let key = step.replace("~1", "/").replace("~0", "~");
            let (next, then) = match value {
                Value::Array(items) => {
                    let index: usize = key.parse().ok()?;
                    (items.get(index)?, pointer.index(index))
                }
                _ => (value.get(&key)?, pointer.key(key)),
            };
            (value, pointer) = (next, then);
        }
        self.source.place(&pointer)
    }

    /// The finding for a value of the wrong type.
    pub(super) fn wrong_type(&self, at: &str, expected: &str) -> Finding {
        Finding::error(WRONG_TYPE, &self.source.name, self.place(at), format!("expected {expected} here"))
    }
}
