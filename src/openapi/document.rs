//! A document that was read, and the references in it.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::codes::{BAD_REFERENCE, NOT_OPENAPI, VERSION, WRONG_TYPE};
use super::normalize::normalize;
use super::operation::{self, Entry};
use crate::source::{Finding, Findings, Pointer, SourceFile, Span, parse_yaml};

/// The versions that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Swagger2,
    V30,
    /// 3.1 and 3.2, whose schemas are JSON Schema 2020-12.
    V31,
}

/// An interface description.
#[derive(Debug)]
pub struct Document {
    pub source: Arc<SourceFile>,
    pub version: Version,
    /// The document with normalized schemas.
    root: Arc<Value>,
    /// Every operation.
    pub(super) entries: Vec<Entry>,
}

/// How many references may lead to each other.
const MOST_HOPS: usize = 50;

/// Reads a document.
///
/// # Errors
///
/// Every finding, if one of them is an error.
pub fn read(source: &Arc<SourceFile>) -> Result<Document, Vec<Finding>> {
    let (mut root, _) = parse_yaml(&source.name, &source.text, source.limits())?;
    let mut findings = Findings::new(&source.name);
    let Some(version) = version(source, &root, &mut findings) else { return Err(findings.into_sorted()) };
    check_references(source, &root, &mut findings);
    normalize(&mut root, version);
    let mut document = Document { source: Arc::clone(source), version, root: Arc::new(root), entries: Vec::new() };
    document.entries = operation::entries(&document, &mut findings);
    if findings.any_error() { Err(findings.into_sorted()) } else { Ok(document) }
}

fn version(source: &SourceFile, root: &Value, findings: &mut Findings) -> Option<Version> {
    let name = &source.name;
    let text = |key: &str| match root.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let at = |key: &str| source.place(&Pointer::root().key(key));
    let refuse = |key: &str, text: &str| {
        let message = format!("version {text} isn't supported");
        Finding::error(VERSION, name, at(key), message).help("OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0 are")
    };
    match (text("openapi"), text("swagger")) {
        (Some(text), _) => {
            let minor = text.split('.').take(2).collect::<Vec<_>>().join(".");
            match minor.as_str() {
                "3.0" => Some(Version::V30),
                "3.1" | "3.2" => Some(Version::V31),
                _ => {
                    findings.push(refuse("openapi", &text));
                    None
                }
            }
        }
        (None, Some(text)) if text == "2" || text.starts_with("2.") => Some(Version::Swagger2),
        (None, Some(text)) => {
            findings.push(refuse("swagger", &text));
            None
        }
        (None, None) => {
            let message = "this isn't an OpenAPI document: it has neither `openapi` nor `swagger` at the top";
            findings.push(Finding::error(NOT_OPENAPI, name, None, message));
            None
        }
    }
}

/// Notes every `$ref` that leads nowhere.
fn check_references(source: &SourceFile, root: &Value, findings: &mut Findings) {
    let mut seen = HashSet::new();
    let mut open = vec![(Pointer::root(), root, false)];
    while let Some((at, value, names)) = open.pop() {
        match value {
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (at.index(index), item, false)));
            }
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref").filter(|_| !names)
                    && seen.insert(reference.clone())
                    && let Some(why) = faulty(root, reference)
                {
                    let place = source.place(&at.key("$ref"));
                    findings.push(Finding::error(BAD_REFERENCE, &source.name, place, format!("`{reference}` {why}")));
                }
                for (key, item) in object {
                    if names || !super::normalize::is_data(key) {
                        open.push((at.key(key.as_str()), item, super::normalize::has_names(key) && !names));
                    }
                }
            }
            _ => {}
        }
    }
}

/// Why a reference can't be followed.
fn faulty(root: &Value, reference: &str) -> Option<&'static str> {
    let Some(pointer) = reference.strip_prefix('#') else {
        return Some("points to another file; bundle the document into one file first");
    };
    let pointer = decoded(pointer);
    (root.pointer(&pointer).is_none()).then_some("points to nothing in this document")
}

/// A JSON Pointer without the percent-encoding of a URI fragment (RFC 6901, section 6).
fn decoded(fragment: &str) -> String {
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
