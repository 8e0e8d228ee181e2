//! An exchange with its bodies read, as far as a contract can contain them.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::exchange::{Capture, Exchange};
use super::looks::{self, Identifier};
use crate::interaction::{header_values, is_json, urlencoded};
use crate::source::json_value;
use crate::words::count;

/// The longest text that a contract may contain, in bytes.
const LONGEST_TEXT: usize = 16 << 10;
/// The longest request body other than text that a contract may contain, in bytes.
const MOST_BYTES: usize = 16 << 10;

/// An exchange with its bodies read.
#[derive(Debug)]
pub(super) struct Sample<'e> {
    pub exchange: &'e Exchange,
    /// The parameters of the query.
    pub query: IndexMap<String, Vec<String>>,
    pub request_body: SampleBody,
    pub response_body: SampleBody,
}

/// A body in a form that a contract can contain.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SampleBody {
    Empty,
    Json(Value),
    Form(IndexMap<String, Vec<String>>),
    Text(String),
    Bytes(Vec<u8>),
    /// A contract can't contain it, or nobody would want to read it.
    Unwritable(BodyProblem),
}

/// Why a contract can't contain a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyProblem {
    #[error("the body is too large to be recorded ({})", count(usize::try_from(*bytes).unwrap_or(usize::MAX), "byte"))]
    TooLarge { bytes: u64 },
    #[error("the body can't be read: {0}")]
    Undecodable(String),
    #[error("the body can't be searched for secrets ({})", count(*bytes, "byte"))]
    Unsearchable { bytes: usize },
    #[error("the text is too long for a contract ({})", count(*bytes, "byte"))]
    TextTooLong { bytes: usize },
    #[error("the body isn't text ({})", count(*bytes, "byte"))]
    NotText { bytes: usize },
}

/// The kind of a body. Interactions that differ in nothing else come in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum BodyKind {
    Empty,
    Array,
    Bytes,
    Form,
    Unwritable,
    Object,
    Text,
    /// A scalar of JSON.
    Scalar,
}

/// The headers of a request that name the operation, if the path doesn't.
pub(super) const OPERATION_HEADERS: [&str; 2] = ["soapaction", "x-amz-target"];

impl<'e> Sample<'e> {
    pub(super) fn new(exchange: &'e Exchange) -> Self {
        let (request, response) = (&exchange.request, &exchange.response);
        let request_type = media_type(&request.headers);
        let response_type = media_type(&response.headers);
        Self {
            exchange,
            query: urlencoded::read(request.query.as_deref().unwrap_or_default()),
            request_body: read_body(&request.body, &exchange.request_body, &request_type, MOST_BYTES),
            response_body: read_body(&response.body, &exchange.response_body, &response_type, 0),
        }
    }

    /// The media type of the response, if it has a body.
    pub(super) fn response_media_type(&self) -> Option<String> {
        let media_type = media_type(&self.exchange.response.headers);
        (self.response_body != SampleBody::Empty && !media_type.is_empty()).then_some(media_type)
    }

    /// The kind of the request's body with the keys on its first level, or with its media type if it can't have keys.
    pub(super) fn request_outline(&self) -> (BodyKind, Vec<String>) {
        let (kind, keys) = self.request_body.outline();
        let media_type = media_type(&self.exchange.request.headers);
        if matches!(self.request_body, SampleBody::Text(_) | SampleBody::Bytes(_)) && !media_type.is_empty() {
            return (kind, vec![media_type]);
        }
        (kind, keys)
    }

    /// All lines of a header of the request.
    pub(super) fn request_header(&self, name: &str) -> Vec<String> {
        header_values(&self.exchange.request.headers, name).map(|value| value.trim().to_owned()).collect()
    }

    /// All lines of a header of the response.
    pub(super) fn response_header(&self, name: &str) -> Vec<String> {
        header_values(&self.exchange.response.headers, name).map(|value| value.trim().to_owned()).collect()
    }

    /// Visits the identifiers in the response's body and its location, which later requests may use. A number counts
    /// only under a key that ends with `id`.
    pub(super) fn for_each_identifier(&self, visit: &mut dyn FnMut(&str)) {
        fn go(value: &Value, is_id: bool, visit: &mut dyn FnMut(&str)) {
            match value {
                Value::String(text) => match looks::identifier(text) {
                    Some(Identifier::Number) if !is_id => {}
                    Some(_) => visit(text),
                    None => {}
                },
                Value::Number(number) if is_id => visit(number.as_str()),
                Value::Array(items) => items.iter().for_each(|item| go(item, is_id, visit)),
                Value::Object(object) => object.iter().for_each(|(key, item)| {
                    go(item, key.to_lowercase().ends_with("id"), visit);
                }),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        if let SampleBody::Json(value) = &self.response_body {
            go(value, false, visit);
        }
        for location in self.response_header("location") {
            let path = location.split_once("://").map_or(location.as_str(), |(_, rest)| rest);
            let segments = path.split(['/', '?', '#', '&', '=']);
            segments.filter(|segment| looks::identifier(segment).is_some()).for_each(&mut *visit);
        }
    }

    /// The response's body without the values that only repeat headers of the request, and the keys that were left out.
    /// The contract sends the headers in `kept`, so their values stay.
    pub(super) fn response_without_echoes(&self, kept: &[&str]) -> (Option<Value>, Vec<String>) {
        let normal = |name: &str| name.to_ascii_lowercase().replace('_', "-");
        let echoes = |key: &str, value: &str| {
            let name = normal(key);
            // Without a body, some clients send the length 0 and others none.
            let has_length = name == "content-length" && self.request_body != SampleBody::Empty;
            let is_always_sent = name == "host" || has_length || kept.contains(&name.as_str());
            !is_always_sent && self.request_header(&name).iter().any(|header| header == value)
        };
        let mut view = self.response_body.view();
        let mut left_out = Vec::new();
        if let Some(view) = &mut view {
            remove_echoes(view, &echoes, &mut left_out);
        }
        (view, left_out)
    }

    /// The values that tell operations on the same path apart: the query of GraphQL, the method of JSON-RPC, and the
    /// parameters and fields in `distinct`.
    pub(super) fn operation(&self, distinct: &[String]) -> BTreeMap<String, String> {
        let mut operation = BTreeMap::new();
        let body = match &self.request_body {
            SampleBody::Json(Value::Object(object)) => Some(object),
            _ => None,
        };
        let text = |key: &str| body.and_then(|body| body.get(key)).and_then(Value::as_str);
        if text("jsonrpc").is_some()
            && let Some(method) = text("method")
        {
            operation.insert(String::from("method"), method.to_owned());
        }
        let parameter = |name: &str| self.query.get(name).and_then(|values| values.first()).map(String::as_str);
        let document = text("query").or_else(|| parameter("query")).filter(|query| query.contains('{'));
        // A persisted query is known by its name alone.
        let named = text("operationName").or_else(|| parameter("operationName"));
        if let Some(name) = named.map(str::to_owned).or_else(|| document.map(graphql_name)) {
            operation.insert(String::from("operation"), name);
        }
        for name in OPERATION_HEADERS {
            if let Some(value) = self.request_header(name).into_iter().next() {
                operation.insert(name.to_owned(), value.trim_matches('"').to_owned());
            }
        }
        if let SampleBody::Text(text) = &self.request_body
            && let Some(name) = xml_operation(text)
        {
            operation.insert(String::from("element"), name);
        }
        for name in distinct {
            let parameter = self.query.get(name).map(|values| values.join(","));
            let field = match &self.request_body {
                SampleBody::Form(fields) => fields.get(name).map(|values| values.join(",")),
                _ => body.and_then(|body| body.get(name)).map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }),
            };
            if let Some(value) = parameter.or(field) {
                operation.insert(name.clone(), value);
            }
        }
        operation
    }
}

impl SampleBody {
    /// The body as one value that rules can lead into, if there is one.
    pub(super) fn view(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Form(fields) => Some(crate::interaction::fields_view(fields)),
            Self::Text(text) => Some(Value::String(text.clone())),
            Self::Empty | Self::Bytes(_) | Self::Unwritable(_) => None,
        }
    }

    /// The kind of the body, and the keys on its first level.
    pub(super) fn outline(&self) -> (BodyKind, Vec<String>) {
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys
        };
        match self {
            Self::Empty => (BodyKind::Empty, Vec::new()),
            Self::Json(Value::Object(object)) => (BodyKind::Object, sorted(object.keys().cloned().collect())),
            Self::Json(Value::Array(_)) => (BodyKind::Array, Vec::new()),
            Self::Json(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                (BodyKind::Scalar, Vec::new())
            }
            Self::Form(fields) => (BodyKind::Form, sorted(fields.keys().cloned().collect())),
            Self::Text(_) => (BodyKind::Text, Vec::new()),
            Self::Bytes(_) => (BodyKind::Bytes, Vec::new()),
            Self::Unwritable(_) => (BodyKind::Unwritable, Vec::new()),
        }
    }
}

/// Removes the texts that echo something from a value, and adds their keys to `removed`.
fn remove_echoes(value: &mut Value, echoes: &dyn Fn(&str, &str) -> bool, removed: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| remove_echoes(item, echoes, removed)),
        Value::Object(object) => {
            let keys: Vec<String> = object
                .iter()
                .filter(|(key, value)| value.as_str().is_some_and(|text| echoes(key, text)))
                .map(|(key, _)| key.clone())
                .collect();
            for key in keys {
                object.shift_remove(&key);
                removed.push(key);
            }
            object.values_mut().for_each(|item| remove_echoes(item, echoes, removed));
        }
        _ => {}
    }
}

/// The content type without parameters, in lower case; empty if there is none.
fn media_type(headers: &[(String, String)]) -> String {
    let value = header_values(headers, "content-type").next().unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn read_body(body: &[u8], capture: &Capture, media_type: &str, most_bytes: usize) -> SampleBody {
    match capture {
        Capture::Whole => {}
        Capture::TooLarge { bytes } => return SampleBody::Unwritable(BodyProblem::TooLarge { bytes: *bytes }),
        Capture::Undecodable(why) => return SampleBody::Unwritable(BodyProblem::Undecodable(why.clone())),
        Capture::Unsearchable { bytes } => return SampleBody::Unwritable(BodyProblem::Unsearchable { bytes: *bytes }),
    }
    if body.is_empty() {
        return SampleBody::Empty;
    }
    let json = || json_value::read(body).ok();
    // Some clients send JSON as a form by default (`curl -d '{…}'`).
    let looks_like_json = body.first().is_some_and(|byte| matches!(byte, b'{' | b'['));
    let is_form = media_type == "application/x-www-form-urlencoded";
    // `navigator.sendBeacon` sends it as a text.
    let may_be_json = is_form || matches!(media_type, "" | "text/plain" | "application/csp-report");
    if (is_json(media_type) || looks_like_json && may_be_json)
        && let Some(value) = json()
    {
        return SampleBody::Json(value);
    }
    match std::str::from_utf8(body) {
        Ok(text) if is_form => SampleBody::Form(urlencoded::read(text)),
        Ok(text) if text.len() <= LONGEST_TEXT && !text.contains('\0') => SampleBody::Text(text.to_owned()),
        Ok(text) => SampleBody::Unwritable(BodyProblem::TextTooLong { bytes: text.len() }),
        Err(_) if body.len() <= most_bytes => SampleBody::Bytes(body.to_vec()),
        Err(_) => SampleBody::Unwritable(BodyProblem::NotText { bytes: body.len() }),
    }
}

/// The operation that an XML request is for, if a path is for several: the method of XML-RPC, or the first element in the
/// body of SOAP.
fn xml_operation(text: &str) -> Option<String> {
    if !text.trim_start().starts_with('<') {
        return None;
    }
    if let Some((_, rest)) = text.split_once("<methodName>") {
        return rest.split('<').next().map(|name| name.trim().to_owned());
    }
    let names = text.split('<').skip(1).map(|tag| {
        let name = tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
        name.rsplit(':').next().unwrap_or_default()
    });
    let in_body = names.skip_while(|name| *name != "Body").skip(1);
    let mut elements = in_body.filter(|name| !name.is_empty() && !name.starts_with(['!', '?']));
    elements.next().filter(|_| text.contains("Envelope")).map(str::to_owned)
}

/// The name of the first operation of a GraphQL document, or else its first field.
fn graphql_name(document: &str) -> String {
    let mut words = document.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    match words.next() {
        Some("query" | "mutation" | "subscription") => words.next().unwrap_or_default().to_owned(),
        Some(word) => word.to_owned(),
        None => String::new(),
    }
}
