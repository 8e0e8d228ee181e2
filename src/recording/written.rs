//! Keeps credentials that a person wrote: a contract with `authorization: Bearer ${token}` is compared with a
//! recording as if its own credentials had been seen there, because those of the recording are replaced.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::exchange::Exchange;
use super::secrets::{REDACTED, redacted_text};
use crate::contract::Terms;
use crate::interaction::template::{escape, escape_value};
use crate::interaction::{Body, Content, Headers, Http, Request, Response, encode, urlencoded};
use crate::source::json_value;

/// The exchange with the contract's own texts wherever a secret was replaced. `original` is the exchange with its secrets,
/// and `filled` the interaction with its placeholders filled.
pub(super) fn with_written<'e>(exchange: &'e Exchange, original: &Exchange, filled: &Http<Terms>) -> Cow<'e, Exchange> {
    if exchange == original {
        return Cow::Borrowed(exchange);
    }
    let mut seen = exchange.clone();
    let (request, response) = (&filled.request, &filled.response);
    fill_path(&mut seen.request.path, &original.request.path, &request.path);
    if let (Some(query), Some(original)) = (&mut seen.request.query, &original.request.query) {
        *query = fill_pairs(query, original, &request.query);
    }
    fill_headers(&mut seen.request.headers, &original.request.headers, &request.headers);
    fill_headers(&mut seen.response.headers, &original.response.headers, &response.headers);
    let content = |body: Option<&Body>| body.map(|body| body.content.clone());
    fill_body(&mut seen.request.body, &original.request.body, content(request.body.as_ref()));
    fill_body(&mut seen.response.body, &original.response.body, content(response.body.as_ref()));
    Cow::Owned(seen)
}

/// The text that a replaced one is compared as: the contract's, if nothing of the original is left, or if both are the same
/// without secrets.
fn written<'t>(seen: &'t str, original: &str, own: &'t str) -> &'t str {
    let is_same = || [true, false].iter().any(|is_sent| redacted_text(own, *is_sent) == seen);
    if seen != original && (seen == REDACTED || is_same()) { own } else { seen }
}

fn fill_path(path: &mut String, original: &str, own: &str) {
    let (seen, originals): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), original.split('/').collect());
    let own: Vec<&str> = own.split('/').collect();
    if seen.len() == own.len() && seen.len() == originals.len() {
        let segments = seen.iter().zip(originals).zip(own);
        let segments: Vec<&str> =
            segments.map(|((seen, original), own)| if *seen == original { seen } else { own }).collect();
        *path = segments.join("/");
    }
}

/// The values of a name in the contract, one for each that was seen: the last one counts for all further ones.
fn own_value<'o>(own: &'o Headers, name: &str, index: usize) -> Option<&'o String> {
    let values = own.get(name)?;
    values.get(index).or(values.last())
}

fn fill_pairs(seen: &str, original: &str, own: &Headers) -> String {
    let (mut fields, originals) = (urlencoded::read(seen), urlencoded::read(original));
    for (name, values) in &mut fields {
        for (index, value) in values.iter_mut().enumerate() {
            let original = originals.get(name).and_then(|values| values.get(index));
            if let (Some(own), Some(original)) = (own_value(own, name, index), original) {
                *value = written(value, original, own).to_owned();
            }
        }
    }
    urlencoded::write(&fields)
}

fn fill_headers(seen: &mut [(String, String)], original: &[(String, String)], own: &Headers) {
    for ((name, value), (_, original)) in seen.iter_mut().zip(original) {
        if let Some(own) = own_value(own, &name.to_ascii_lowercase(), 0) {
            *value = written(value, original, own).to_owned();
        }
    }
}

fn fill_body(seen: &mut Vec<u8>, original: &[u8], own: Option<Content>) {
    if seen == original {
        return;
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match own {
        None | Some(Content::Bytes(_)) => {}
        Some(Content::Text(own)) => *seen = written(&text(seen), &text(original), &own).as_bytes().to_vec(),
        Some(Content::Form(own)) => *seen = fill_pairs(&text(seen), &text(original), &own).into_bytes(),
        Some(Content::Json(own)) => {
            if let (Ok(mut value), Ok(original)) = (json_value::read(seen), json_value::read(original)) {
                fill_value(&mut value, &original, &own);
                *seen = encode::body(&Body::json(value));
            }
        }
    }
}

fn fill_value(seen: &mut Value, original: &Value, own: &Value) {
    match (seen, original, own) {
        (Value::Object(seen), Value::Object(original), Value::Object(own)) => {
            for (key, item) in seen {
                if let (Some(original), Some(own)) = (original.get(key), own.get(key)) {
                    fill_value(item, original, own);
                }
            }
        }
        (Value::Array(seen), Value::Array(original), Value::Array(own)) => {
            for (index, (item, original)) in seen.iter_mut().zip(original).enumerate() {
                if let Some(own) = own.get(index).or(own.last()) {
                    fill_value(item, original, own);
                }
            }
        }
        (Value::String(seen), Value::String(original), Value::String(own)) => {
            *seen = written(seen, original, own).to_owned();
        }
        // A number that was replaced.
        (seen, original, own) if seen != original && own.is_number() => *seen = own.clone(),
        _ => {}
    }
}

/// A drafted request with the old one's placeholders, wherever its values are those of the old one. `params` are the values
/// of the placeholders.
pub(super) fn keep_placeholders_of_request(new: &mut Request, old: &Request, params: &Map<String, Value>) {
    let filled = old.filled(params);
    if new.path == escape(&filled.path) {
        new.path.clone_from(&old.path);
    }
    keep_in_lists(&mut new.query, &old.query, &filled.query);
    keep_in_lists(&mut new.headers, &old.headers, &filled.headers);
    keep_in_body(&mut new.body, old.body.as_ref(), filled.body.as_ref());
}

/// The same for a response.
pub(super) fn keep_placeholders_of_response(new: &mut Response, old: &Response, params: &Map<String, Value>) {
    let filled = old.filled(params);
    keep_in_lists(&mut new.headers, &old.headers, &filled.headers);
    keep_in_body(&mut new.body, old.body.as_ref(), filled.body.as_ref());
}

fn keep_in_lists(new: &mut Headers, old: &Headers, filled: &Headers) {
    for (name, values) in new {
        let (Some(old), Some(filled)) = (old.get(name), filled.get(name)) else { continue };
        for ((value, old), filled) in values.iter_mut().zip(old).zip(filled) {
            if *value == escape(filled) {
                value.clone_from(old);
            }
        }
    }
}

fn keep_in_body(new: &mut Option<Body>, old: Option<&Body>, filled: Option<&Body>) {
    let (Some(new), Some(old), Some(filled)) = (new, old, filled) else { return };
    match (&mut new.content, &old.content, &filled.content) {
        (Content::Json(new), Content::Json(old), Content::Json(filled)) => keep_in_value(new, old, filled),
        (Content::Form(new), Content::Form(old), Content::Form(filled)) => keep_in_lists(new, old, filled),
        (Content::Text(new), Content::Text(old), Content::Text(filled)) if *new == escape(filled) => {
            new.clone_from(old);
        }
        _ => {}
    }
}

fn keep_in_value(new: &mut Value, old: &Value, filled: &Value) {
    match (&mut *new, old, filled) {
        (Value::Object(new), Value::Object(old), Value::Object(filled)) => {
            for (key, item) in new {
                if let (Some(old), Some(filled)) = (old.get(key), filled.get(key)) {
                    keep_in_value(item, old, filled);
                }
            }
        }
        (Value::Array(new), Value::Array(old), Value::Array(filled)) => {
            for ((item, old), filled) in new.iter_mut().zip(old).zip(filled) {
                keep_in_value(item, old, filled);
            }
        }
        (value, old, filled) if *value == escape_value(filled) => value.clone_from(old),
        _ => {}
    }
}
