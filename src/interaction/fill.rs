//! Requests and responses with their placeholders filled.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::body::{Body, Content};
use super::model::{Headers, Request, Response};
use super::template::{fill, fill_value, has_placeholder, inserted, placeholders};

/// The characters that are encoded when a value is put into a path: all but the unreserved ones (RFC 3986, section 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Body {
    /// The body with `values` in place of its placeholders. A body in a file isn't a template, and stays as it is.
    #[must_use]
    pub fn filled(&self, values: &Map<String, Value>) -> Cow<'_, Self> {
        let is_filled = self.file.is_none() && self.content.has_placeholder();
        if is_filled { Cow::Owned(fill_content(&self.content, values).into()) } else { Cow::Borrowed(self) }
    }
}

impl Body {
    /// How much memory filling it with `values` takes beyond its own, in bytes.
    #[must_use]
    pub fn inserted(&self, values: &Map<String, Value>) -> usize {
        let is_template = self.file.is_none();
        inserted_into(values, |visit| {
            if is_template {
                each_content_text(&self.content, visit);
            }
        })
    }
}

impl Content {
    /// Whether filling would change one of its texts.
    #[must_use]
    pub fn has_placeholder(&self) -> bool {
        any_placeholder(|visit| each_content_text(self, visit))
    }
}

impl Request {
    /// Whether filling changes the request: it has a placeholder, or a literal `${`, which is written `$${`.
    #[must_use]
    pub fn has_placeholders(&self) -> bool {
        any_placeholder(|visit| self.each_text(visit))
    }

    /// The names of all placeholders in the request.
    #[must_use]
    pub fn placeholders(&self) -> BTreeSet<String> {
        placeholder_names(|visit| self.each_text(visit))
    }

    /// The request with `values` in place of its placeholders; in the path they are percent-encoded.
    #[must_use]
    pub fn filled(&self, values: &Map<String, Value>) -> Self {
        Self {
            method: self.method.clone(),
            path: fill(&self.path, &encoded(values)),
            query: fill_lists(&self.query, values),
            headers: fill_lists(&self.headers, values),
            body: self.body.as_ref().map(|body| body.filled(values).into_owned()),
        }
    }

    /// How much memory filling it with `values` takes beyond its own, in bytes.
    #[must_use]
    pub fn inserted(&self, values: &Map<String, Value>) -> usize {
        inserted_into(values, |visit| self.each_text(visit))
    }

    fn each_text(&self, visit: &mut dyn FnMut(&str)) {
        visit(&self.path);
        self.query.values().flatten().for_each(|text| visit(text));
        each_message_text(&self.headers, self.body.as_ref(), visit);
    }
}

impl Response {
    /// Whether filling changes the response: it has a placeholder, or a literal `${`, which is written `$${`.
    #[must_use]
    pub fn has_placeholders(&self) -> bool {
        any_placeholder(|visit| self.each_text(visit))
    }

    /// The names of all placeholders in the response.
    #[must_use]
    pub fn placeholders(&self) -> BTreeSet<String> {
        placeholder_names(|visit| self.each_text(visit))
    }

    /// The response with `values` in place of its placeholders.
    #[must_use]
    pub fn filled(&self, values: &Map<String, Value>) -> Self {
        Self {
            status: self.status,
            headers: fill_lists(&self.headers, values),
            body: self.body.as_ref().map(|body| body.filled(values).into_owned()),
        }
    }

    /// How much memory filling it with `values` takes beyond its own, in bytes.
    #[must_use]
    pub fn inserted(&self, values: &Map<String, Value>) -> usize {
        inserted_into(values, |visit| self.each_text(visit))
    }

    fn each_text(&self, visit: &mut dyn FnMut(&str)) {
        each_message_text(&self.headers, self.body.as_ref(), visit);
    }
}

/// How much memory the values may take that are put into one message in place of its placeholders, in bytes. A small
/// contract may put a long value into many places.
pub const MOST_INSERTED: usize = 32 << 20;

/// How much memory filling takes beyond the texts that `each_text` visits, in bytes.
fn inserted_into(values: &Map<String, Value>, each_text: impl FnOnce(&mut dyn FnMut(&str))) -> usize {
    let mut total = 0usize;
    each_text(&mut |text| total = total.saturating_add(inserted(text, values)));
    total
}

/// Whether one of the texts that `each_text` visits has a placeholder.
fn any_placeholder(each_text: impl FnOnce(&mut dyn FnMut(&str))) -> bool {
    let mut found = false;
    each_text(&mut |text| found |= has_placeholder(text));
    found
}

/// The names of the placeholders in the texts that `each_text` visits.
fn placeholder_names(each_text: impl FnOnce(&mut dyn FnMut(&str))) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each_text(&mut |text| placeholders(text, &mut names));
    names
}

fn each_message_text(headers: &Headers, body: Option<&Body>, visit: &mut dyn FnMut(&str)) {
    headers.values().flatten().for_each(|text| visit(text));
    // A file isn't a template: its bytes are sent as they are.
    if let Some(body) = body.filter(|body| body.file.is_none()) {
        each_content_text(&body.content, visit);
    }
}

fn each_content_text(content: &Content, visit: &mut dyn FnMut(&str)) {
    match content {
        Content::Json(value) => each_value_text(value, visit),
        Content::Text(text) => visit(text),
        Content::Form(fields) => fields.values().flatten().for_each(|text| visit(text)),
        Content::Bytes(_) => {}
    }
}

fn each_value_text(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| each_value_text(item, visit)),
        Value::Object(object) => object.values().for_each(|item| each_value_text(item, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text as a segment of a path, or a part of one.
#[must_use]
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The values as they are written in a path.
fn encoded(values: &Map<String, Value>) -> Map<String, Value> {
    let encode = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Value::String(encode_segment(&text))
    };
    values.iter().map(|(name, value)| (name.clone(), encode(value))).collect()
}

fn fill_lists(lists: &Headers, values: &Map<String, Value>) -> Headers {
    lists.iter().map(|(name, texts)| (name.clone(), texts.iter().map(|text| fill(text, values)).collect())).collect()
}

fn fill_content(content: &Content, values: &Map<String, Value>) -> Content {
    match content {
        Content::Json(value) => Content::Json(fill_value(value, values)),
        Content::Text(text) => Content::Text(fill(text, values)),
        Content::Form(fields) => Content::Form(fill_lists(fields, values)),
        Content::Bytes(_) => content.clone(),
    }
}
