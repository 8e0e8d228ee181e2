//! The matcher `{schema: …}`: a JSON Schema (2020-12) as a condition on a value.
//!
//! A `$ref` may point into the schema itself or to a file in the contract's folder. Nothing is ever fetched from the
//! network.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jsonschema::{Draft, PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value;

use super::attachments::{AttachmentError, Attachments, resolve};
use super::schema_extent::Extent;
use super::schema_work::{KEYWORD, Step, counting};
use crate::interaction::work;
use crate::source::json_value;

/// A compiled schema, with the files that it refers to.
#[derive(Clone)]
pub struct SchemaRule {
    schema: Arc<Value>,
    files: Arc<BTreeMap<String, Value>>,
    extent: Extent,
    validator: Arc<Validator>,
}

/// The base URI of the contract's folder while references are resolved. Nothing is ever read from it.
const BASE: &str = "upheld:///";

/// How many files a schema may refer to.
const MOST_FILES: usize = 100;

impl SchemaRule {
    /// Compiles a schema. Files that it refers to are read through `attachments`.
    ///
    /// # Errors
    ///
    /// Why it isn't a schema, or which reference can't be followed.
    pub fn new(schema: &Value, attachments: &dyn Attachments) -> Result<Self, String> {
        // The files are collected first, because the library's retriever must outlive this call, and `attachments` may
        // not.
        let files = Arc::new(collect(schema, attachments)?);
        let extent = Extent::of(schema, &files)?;
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_base_uri(BASE)
            .with_retriever(Files(Arc::clone(&files)))
            .with_keyword(KEYWORD, |_, _, _| Ok(Box::new(Step)))
            .with_pattern_options(PatternOptions::regex().size_limit(1 << 20).dfa_size_limit(1 << 20))
            .should_validate_formats(true)
            .build(&counting(schema))
            .map_err(|error| error.to_string())?;
        Ok(Self { schema: Arc::new(schema.clone()), files, extent, validator: Arc::new(validator) })
    }

    /// The schema as the contract has it.
    #[must_use]
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// The files that it refers to, by their paths from the contract's folder.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, Value> {
        &self.files
    }

    /// The first violation of the schema: its place as a JSON Pointer, and the reason.
    #[must_use]
    pub fn check(&self, value: &Value) -> Option<(String, String)> {
        if self.validator.is_valid(value) {
            return None;
        }
        if work::is_spent() || !self.extent.is_explained_soon(value) {
            return Some((String::new(), String::from("the value doesn't satisfy the schema")));
        }
        let error = self.validator.validate(value).err()?;
        // A mismatch shows the value anyway, and it may be large.
        Some((error.instance_path().to_string(), error.masked_with("the value").to_string()))
    }
}

struct Files(Arc<BTreeMap<String, Value>>);

impl Retrieve for Files {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let path = uri.as_str().strip_prefix(BASE).unwrap_or(uri.as_str());
        self.0.get(path).map(counting).ok_or_else(|| format!("`{path}` isn't a file in the contract's folder").into())
    }
}

/// Reads every file that the schema refers to, directly or through other files.
fn collect(schema: &Value, attachments: &dyn Attachments) -> Result<BTreeMap<String, Value>, String> {
    let mut found = BTreeMap::new();
    let mut open = Vec::new();
    references(schema, "", &mut open)?;
    while let Some(path) = open.pop() {
        if found.contains_key(&path) {
            continue;
        }
        if found.len() >= MOST_FILES {
            return Err(format!("it refers to more than {MOST_FILES} files"));
        }
        let bytes = attachments
            .load(&path)
            .map_err(|AttachmentError(why)| format!("the file `{path}` that it refers to can't be read: {why}"))?;
        let value = json_value::read(&bytes)
            .map_err(|error| format!("the file `{path}` that it refers to isn't JSON: {error}"))?;
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        references(&value, folder, &mut open)?;
        found.insert(path, value);
    }
    Ok(found)
}

/// Collects the files that `$ref`s in `value` point to, as paths from the contract's folder.
fn references(value: &Value, folder: &str, found: &mut Vec<String>) -> Result<(), String> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| references(item, folder, found)),
        Value::Object(object) => object.iter().try_for_each(|(key, item)| match (key.as_str(), item) {
            ("$ref" | "$dynamicRef", Value::String(reference)) => {
                let path = reference.split('#').next().unwrap_or_default();
                if path.is_empty() {
                    return Ok(());
                }
                if path.contains(':') || path.starts_with("//") {
                    return Err(format!(
                        "`$ref: {reference}` must point to a file in the contract's folder, never to the network"
                    ));
                }
                let path = resolve(folder, path)
                    .map_err(|AttachmentError(why)| format!("`$ref: {reference}` can't be followed: {why}"))?;
                found.push(path);
                Ok(())
            }
            ("$id", Value::String(id)) => {
                Err(format!("it has `$id: {id}`; remove it: references are paths from the contract's folder"))
            }
            (_, item) => references(item, folder, found),
        }),
        _ => Ok(()),
    }
}

impl PartialEq for SchemaRule {
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema && self.files == other.files
    }
}

impl fmt::Debug for SchemaRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SchemaRule({})", self.schema)
    }
}
