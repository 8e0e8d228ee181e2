//! From the placeholders of a contract to Pact's generators for provider states.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::interaction::template::placeholders;
use crate::interaction::{Body, Content, Request, Response};
use crate::pact::{AsWritten, PactPath, PactStep};

/// The generators of a request.
pub(super) fn of_request(request: &Request) -> AsWritten {
    let mut generators = Map::new();
    add_texts(&mut generators, "query", &request.query);
    if has_placeholders(&request.path) {
        generators.insert(String::from("path"), generator(&request.path));
    }
    add_texts(&mut generators, "header", &request.headers);
    add_body(&mut generators, request.body.as_ref());
    written(&generators)
}

/// The generators of a response.
pub(super) fn of_response(response: &Response) -> AsWritten {
    let mut generators = Map::new();
    add_texts(&mut generators, "header", &response.headers);
    add_body(&mut generators, response.body.as_ref());
    written(&generators)
}

fn written(generators: &Map<String, Value>) -> AsWritten {
    if generators.is_empty() { AsWritten::default() } else { AsWritten::new(&json!({ "generators": generators })) }
}

/// A generator that fills a text with values that a state handler returned.
fn generator(text: &str) -> Value {
    json!({ "type": "ProviderState", "expression": text })
}

/// Adds generators for the first value of each parameter or header with placeholders.
fn add_texts(generators: &mut Map<String, Value>, part: &str, texts: &IndexMap<String, Vec<String>>) {
    let with_placeholders = texts.iter().filter_map(|(name, values)| {
        let text = values.first().filter(|text| has_placeholders(text))?;
        Some((name.clone(), generator(text)))
    });
    let found: Map<String, Value> = with_placeholders.collect();
    if !found.is_empty() {
        generators.insert(part.to_owned(), Value::Object(found));
    }
}

/// Adds generators for the texts with placeholders of a body.
fn add_body(generators: &mut Map<String, Value>, body: Option<&Body>) {
    let mut found = Map::new();
    match body.map(|body| &body.content) {
        Some(Content::Json(value)) => find(value, &mut Vec::new(), &mut found),
        // Pact can't address places in these to fill a whole text.
        Some(Content::Text(_) | Content::Bytes(_) | Content::Form(_)) | None => {}
    }
    if !found.is_empty() {
        generators.insert(String::from("body"), Value::Object(found));
    }
}

fn find(value: &Value, at: &mut Vec<PactStep>, found: &mut Map<String, Value>) {
    let mut below = |step: PactStep, item: &Value| {
        at.push(step);
        find(item, at, found);
        at.pop();
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, item)| below(PactStep::Key(key.clone()), item)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| below(PactStep::Index(index), item));
        }
        Value::String(text) if has_placeholders(text) => {
            found.insert(PactPath(at.clone()).to_string(), generator(text));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a text has a placeholder that isn't escaped.
fn has_placeholders(text: &str) -> bool {
    let mut names = BTreeSet::new();
    placeholders(text, &mut names);
    !names.is_empty()
}
