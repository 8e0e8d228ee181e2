//! From a text to a document: its version, its references, its schemas and its operations.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::codes::{BAD_REFERENCE, NOT_OPENAPI, VERSION};
use super::document::{Document, decoded};
use super::normalize::{has_names, is_data, normalize};
use super::operation;
use super::version::Version;
use crate::source::{Finding, Findings, Pointer, SourceFile, parse_yaml};

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
                    if names || !is_data(key) {
                        open.push((at.key(key.as_str()), item, has_names(key) && !names));
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
