//! An exchange, taken apart: what of it a contract can hold.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::exchange::{Capture, Exchange};
use super::looks::{self, Identifier};
use crate::interaction::{header_values, is_json, urlencoded};
use crate::words::count;

/// How long a text may be to stand in a contract, in bytes.
const LONGEST_TEXT: usize = 16 << 10;
/// How many bytes of a request that is no text may stand in a contract.
const MOST_BYTES: usize = 16 << 10;

/// An exchange with its bodies read.
#[derive(Debug)]
pub(super) struct Sample<'e> {
    pub exchange: &'e Exchange,
    /// The parameters of the query.
    pub query: IndexMap<String, Vec<String>>,
    pub sent: Read,
    pub came: Read,
}

/// A body, as a contract can hold it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Read {
    Nothing,
    Json(Value),
    Form(IndexMap<String, Vec<String>>),
    Text(String),
    Bytes(Vec<u8>),
    /// It can't be held, or nobody would want to read it: why.
    LeftOut(String),
}

impl<'e> Sample<'e> {
    pub(super) fn new(exchange: &'e Exchange) -> Self {
        let (request, response) = (&exchange.request, &exchange.response);
        let sent_type = media_type(&request.headers);
        let came_type = media_type(&response.headers);
        Self {
            exchange,
            query: urlencoded::read(request.query.as_deref().unwrap_or_default()),
            sent: read(&request.body, &exchange.request_body, &sent_type, MOST_BYTES),
            came: read(&response.body, &exchange.response_body, &came_type, 0),
        }
    }

    /// The media type of the answer, where it has a body.
    pub(super) fn came_as(&self) -> Option<String> {
        let media_type = media_type(&self.exchange.response.headers);
        (self.came != Read::Nothing && !media_type.is_empty()).then_some(media_type)
    }

    /// What kind of body was sent, and what it holds: the keys on its first level, or its media type where it has none.
    pub(super) fn sent_as(&self) -> (&'static str, Vec<String>) {
        let (kind, keys) = self.sent.outline();
        let media_type = media_type(&self.exchange.request.headers);
        if matches!(self.sent, Read::Text(_) | Read::Bytes(_)) && !media_type.is_empty() {
            return (kind, vec![media_type]);
        }
        (kind, keys)
    }

    /// The header `name` of the request, all its lines.
    pub(super) fn sent_header(&self, name: &str) -> Vec<String> {
        header_values(&self.exchange.request.headers, name).map(|value| value.trim().to_owned()).collect()
    }

    /// The header `name` of the answer, all its lines.
    pub(super) fn came_header(&self, name: &str) -> Vec<String> {
        header_values(&self.exchange.response.headers, name).map(|value| value.trim().to_owned()).collect()
    }

    /// The identifiers that the answer's body and its location tell: where later requests may have theirs from. A
    /// number is one only where it is called so.
    pub(super) fn each_identifier(&self, visit: &mut dyn FnMut(&str)) {
        fn go(value: &Value, called_id: bool, visit: &mut dyn FnMut(&str)) {
            match value {
                Value::String(text) => match looks::identifier(text) {
                    Some(Identifier::Number) if !called_id => {}
                    Some(_) => visit(text),
                    None => {}
                },
                Value::Number(number) if called_id => visit(number.as_str()),
                Value::Array(items) => items.iter().for_each(|item| go(item, called_id, visit)),
                Value::Object(object) => object.iter().for_each(|(key, item)| {
                    go(item, key.to_lowercase().ends_with("id"), visit);
                }),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        if let Read::Json(value) = &self.came {
            go(value, false, visit);
        }
        for location in self.came_header("location") {
            let path = location.split_once("://").map_or(location.as_str(), |(_, rest)| rest);
            let segments = path.split(['/', '?', '#', '&', '=']);
            segments.filter(|segment| looks::identifier(segment).is_some()).for_each(&mut *visit);
        }
    }

    /// The answer's body without what only says again which headers the request had, but for those that the contract
    /// sends; and the places that are left out so.
    pub(super) fn came_without_echoes(&self, sent: &[&str]) -> (Option<Value>, Vec<String>) {
        let normal = |name: &str| name.to_ascii_lowercase().replace('_', "-");
        let echoes = |key: &str, value: &str| {
            let name = normal(key);
            // A length of nothing is sent by some clients and not by others.
            let has_length = name == "content-length" && self.sent != Read::Nothing;
            let of_message = name == "host" || has_length || sent.contains(&name.as_str());
            !of_message && self.sent_header(&name).iter().any(|header| header == value)
        };
        let mut view = self.came.view();
        let mut left_out = Vec::new();
        if let Some(view) = &mut view {
            leave_out(view, &echoes, &mut left_out);
        }
        (view, left_out)
    }

    /// What tells operations apart that share a path: the query of GraphQL, the method of JSON-RPC; and the values of
    /// what the user says does.
    pub(super) fn operation(&self, distinct: &[String]) -> BTreeMap<String, String> {
        let mut told = BTreeMap::new();
        let body = match &self.sent {
            Read::Json(Value::Object(object)) => Some(object),
            _ => None,
        };
        let text = |key: &str| body.and_then(|body| body.get(key)).and_then(Value::as_str);
        if text("jsonrpc").is_some()
            && let Some(method) = text("method")
        {
            told.insert(String::from("method"), method.to_owned());
        }
        if let Some(query) = text("query").filter(|query| query.contains('{')) {
            let name = text("operationName").map_or_else(|| graphql_name(query), str::to_owned);
            told.insert(String::from("operation"), name);
        }
        for name in distinct {
            let asked = self.query.get(name).map(|values| values.join(","));
            let field = match &self.sent {
                Read::Form(fields) => fields.get(name).map(|values| values.join(",")),
                _ => body.and_then(|body| body.get(name)).map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }),
            };
            if let Some(value) = asked.or(field) {
                told.insert(name.clone(), value);
            }
        }
        told
    }
}

impl Read {
    /// The body as one value, where rules can lead into it.
    pub(super) fn view(&self) -> Option<Value> {
        match self {
            Self::Json(value) => Some(value.clone()),
            Self::Form(fields) => Some(crate::interaction::fields_view(fields)),
            Self::Text(text) => Some(Value::String(text.clone())),
            Self::Nothing | Self::Bytes(_) | Self::LeftOut(_) => None,
        }
    }

    /// What kind of body it is, and the keys on its first level.
    pub(super) fn outline(&self) -> (&'static str, Vec<String>) {
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys
        };
        match self {
            Self::Nothing => ("", Vec::new()),
            Self::Json(Value::Object(object)) => ("object", sorted(object.keys().cloned().collect())),
            Self::Json(Value::Array(_)) => ("array", Vec::new()),
            Self::Json(_) => ("value", Vec::new()),
            Self::Form(fields) => ("form", sorted(fields.keys().cloned().collect())),
            Self::Text(_) => ("text", Vec::new()),
            Self::Bytes(_) => ("bytes", Vec::new()),
            Self::LeftOut(_) => ("left out", Vec::new()),
        }
    }
}

/// Takes out of a value what echoes something, and tells under which keys it stood.
fn leave_out(value: &mut Value, echoes: &dyn Fn(&str, &str) -> bool, left_out: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| leave_out(item, echoes, left_out)),
        Value::Object(object) => {
            let keys: Vec<String> = object
                .iter()
                .filter(|(key, value)| value.as_str().is_some_and(|text| echoes(key, text)))
                .map(|(key, _)| key.clone())
                .collect();
            for key in keys {
                object.shift_remove(&key);
                left_out.push(key);
            }
            object.values_mut().for_each(|item| leave_out(item, echoes, left_out));
        }
        _ => {}
    }
}

/// The essence of the content type, in small letters; empty where there is none.
fn media_type(headers: &[(String, String)]) -> String {
    let value = header_values(headers, "content-type").next().unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn read(body: &[u8], capture: &Capture, media_type: &str, most_bytes: usize) -> Read {
    match capture {
        Capture::Whole => {}
        Capture::TooLarge { bytes } => {
            let bytes = usize::try_from(*bytes).unwrap_or(usize::MAX);
            return Read::LeftOut(format!("the body of {} is too large to be recorded", count(bytes, "byte")));
        }
        Capture::Undecodable(why) => return Read::LeftOut(format!("the body can't be decoded: {why}")),
    }
    if body.is_empty() {
        return Read::Nothing;
    }
    let json = || serde_json::from_slice::<Value>(body).ok();
    // Clients that are told nothing else send JSON as a form (`curl -d '{…}'`).
    let looks_like_json = body.first().is_some_and(|byte| matches!(byte, b'{' | b'['));
    let is_form = media_type == "application/x-www-form-urlencoded";
    if (is_json(media_type) || looks_like_json && (is_form || media_type.is_empty()))
        && let Some(value) = json()
    {
        return Read::Json(value);
    }
    match std::str::from_utf8(body) {
        Ok(text) if is_form => Read::Form(urlencoded::read(text)),
        Ok(text) if text.len() <= LONGEST_TEXT && !text.contains('\0') => Read::Text(text.to_owned()),
        Ok(text) => Read::LeftOut(format!("the text of {} is too long for a contract", count(text.len(), "byte"))),
        Err(_) if body.len() <= most_bytes => Read::Bytes(body.to_vec()),
        Err(_) => Read::LeftOut(format!("the body of {} is no text", count(body.len(), "byte"))),
    }
}

/// The name of the first operation of a GraphQL document, or the field that it asks for first.
fn graphql_name(document: &str) -> String {
    let mut words = document.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    match words.next() {
        Some("query" | "mutation" | "subscription") => words.next().unwrap_or_default().to_owned(),
        Some(word) => word.to_owned(),
        None => String::new(),
    }
}
