//! From Pact's generators for provider states to the placeholders of a contract.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Map, Value, json};

use super::texts;
use crate::conversion::difference::FromPact;
use crate::conversion::place::{NamedTexts, Part, Side};
use crate::conversion::remark::Remarks;
use crate::interaction::template::{escape, escape_value, fill, fill_value, placeholders};
use crate::interaction::{Body, Content, Headers, Request, State, params};
use crate::pact::{Generator, Generators, PactPath, PactStep};

/// Puts placeholders in place of values that a state handler returns, and adds their examples to the parameters of the last
/// state. Other generated values stay as in the example.
pub(super) fn add_placeholders(
    generators: &Generators,
    asked: &Request,
    request: &mut Request,
    given: &mut [State],
    remarks: &mut Remarks<'_>,
) {
    let mut params = params(given);
    let known = params.len();
    // The body comes first, because only its values have types.
    if let Some(body) = &mut request.body {
        in_body(generators, body, &mut params, remarks);
    }
    if let Some(expression) = generators.path.as_ref().and_then(expression) {
        if learn(&expression, &json!(asked.path), &mut params, true) {
            request.path = texts::path(&expression);
        } else {
            remarks.add(Part::Path, FromPact::UnclearExample { expression });
        }
    }
    for (kind, texts, generators) in [
        (NamedTexts::Query, &mut request.query, &generators.query),
        (NamedTexts::Headers, &mut request.headers, &generators.headers),
    ] {
        for (name, generator) in generators {
            let Some(expression) = expression(generator) else { continue };
            let text = texts.get_mut(name).and_then(|values| values.first_mut());
            match text {
                Some(text) if learn(&expression, &json!(text), &mut params, true) => *text = expression,
                _ => remarks.add(kind.part(name), FromPact::UnclearExample { expression }),
            }
        }
    }
    add_parameters(&params, known, given, request, asked, remarks);
}

fn in_body(generators: &Generators, body: &mut Body, params: &mut Map<String, Value>, remarks: &mut Remarks<'_>) {
    let value = match &mut body.content {
        Content::Json(value) => value,
        // Only JSON has a counterpart for the places of generators.
        Content::Text(_) | Content::Bytes(_) | Content::Form(_) => return,
    };
    for (path, generator) in &generators.body {
        let Some(expression) = expression(generator) else { continue };
        let mut pointers = Vec::new();
        places(value, &path.0, &mut Vec::new(), &mut pointers);
        for pointer in pointers {
            if let Some(place) = value.pointer_mut(&pointer)
                && learn(&expression, place, params, false)
            {
                *place = Value::String(expression.clone());
            } else {
                let expression = expression.clone();
                remarks.add(Part::InBody(path.to_string()), FromPact::UnclearExample { expression });
            }
        }
    }
}

/// Gives the last state the parameters that weren't known. Without a state, nothing could return them.
fn add_parameters(
    params: &Map<String, Value>,
    known: usize,
    given: &mut [State],
    request: &mut Request,
    asked: &Request,
    remarks: &mut Remarks<'_>,
) {
    let added: Vec<(&String, &Value)> = params.iter().skip(known).collect();
    if added.is_empty() {
        return;
    }
    let Some(last) = given.last_mut() else {
        remarks.add(Part::Whole, FromPact::NoState);
        *request = without_placeholders(request, asked, params);
        return;
    };
    for (name, value) in added {
        let (name, example, state) = (name.clone(), value.clone(), last.name.clone());
        last.params.insert(name.clone(), example.clone());
        remarks.add(Part::Whole, FromPact::StateValue { name, example, state });
    }
}

/// A request with its placeholders filled again.
fn without_placeholders(request: &Request, asked: &Request, params: &Map<String, Value>) -> Request {
    let fill_all = |texts: &Headers| {
        let filled = |values: &Vec<String>| values.iter().map(|text| escape(&fill(text, params))).collect();
        texts.iter().map(|(name, values)| (name.clone(), filled(values))).collect()
    };
    let body = request.body.as_ref().map(|body| match &body.content {
        Content::Json(value) => Body::json(escape_value(&fill_value(value, params))),
        Content::Text(_) | Content::Bytes(_) | Content::Form(_) => body.clone(),
    });
    Request {
        path: texts::path(&asked.path),
        query: fill_all(&request.query),
        headers: fill_all(&request.headers),
        body,
        ..request.clone()
    }
}

/// The text with placeholders for the values that a generator takes from the states.
fn expression(generator: &Generator) -> Option<String> {
    let Generator::ProviderState { expression, .. } = generator else { return None };
    Some(if expression.contains("${") { expression.clone() } else { format!("${{{expression}}}") })
}

/// Learns the values of a text's placeholders from an example; false if the example doesn't show them.
fn learn(expression: &str, example: &Value, params: &mut Map<String, Value>, is_text: bool) -> bool {
    let mut names = BTreeSet::new();
    placeholders(expression, &mut names);
    let Some(first) = names.first() else { return false };
    if names.iter().all(|name| params.contains_key(name)) {
        return true;
    }
    let whole = expression.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) == Some(first.as_str());
    if whole {
        let value = match example {
            Value::String(text) if is_text => typed(text),
            other => other.clone(),
        };
        params.insert(first.clone(), value);
        return true;
    }
    let Some(found) = captures(expression, &names, example) else { return false };
    for (name, value) in found {
        params.entry(name).or_insert_with(|| typed(&value));
    }
    true
}

/// The texts in an example at the places where an expression has its placeholders.
fn captures(expression: &str, names: &BTreeSet<String>, example: &Value) -> Option<Vec<(String, String)>> {
    let numbered: Vec<&String> = names.iter().collect();
    let mut pattern = regex::escape(expression);
    for (number, name) in numbered.iter().enumerate() {
        let written = regex::escape(&format!("${{{name}}}"));
        pattern = pattern.replacen(&written, &format!("(?P<p{number}>.*?)"), 1).replace(&written, ".*?");
    }
    let regex = Regex::new(&format!(r"\A(?s:{pattern})\z")).ok()?;
    let found = regex.captures(example.as_str()?)?;
    let named = numbered.iter().enumerate().map(|(number, name)| {
        let text = found.name(&format!("p{number}"))?.as_str();
        let text = percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        (!text.is_empty()).then_some(((*name).clone(), text))
    });
    named.collect()
}

/// A whole number, if a text is the plain spelling of one.
fn typed(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => json!(number),
        _ => json!(text),
    }
}

/// The JSON Pointers of the places that steps lead to.
fn places(value: &Value, steps: &[PactStep], at: &mut Vec<String>, found: &mut Vec<String>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(at.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect());
        return;
    };
    let mut go = |key: String, item: &Value| {
        at.push(key);
        places(item, rest, at, found);
        at.pop();
    };
    match (step, value) {
        (PactStep::Any, Value::Object(object)) => object.iter().for_each(|(key, item)| go(key.clone(), item)),
        (PactStep::Any | PactStep::AnyIndex, Value::Array(items)) => {
            items.iter().enumerate().for_each(|(index, item)| go(index.to_string(), item));
        }
        (PactStep::Key(key), Value::Object(object)) => {
            if let Some(item) = object.get(key) {
                go(key.clone(), item);
            }
        }
        (PactStep::Index(index), Value::Array(items)) => {
            if let Some(item) = items.get(*index) {
                go(index.to_string(), item);
            }
        }
        _ => {}
    }
}

/// Remarks on generators that a contract has nothing for: those that are not for provider states, and all of a response.
pub(super) fn remark_on_generators(generators: &Generators, remarks: &mut Remarks<'_>) {
    let is_request = remarks.side == Side::Request;
    let path = generators.path.iter().map(|one| (Part::Path, one));
    let query = generators.query.iter().map(|(name, one)| (Part::Parameter(name.clone()), one));
    let headers = generators.headers.iter().map(|(name, one)| (Part::Header(name.clone()), one));
    let body = generators.body.iter().map(|(path, one)| (Part::InBody(without_root(path)), one));
    let status = generators.status.iter().map(|one| (Part::Status, one));
    let is_lost = |one: &Generator| match one {
        Generator::Regex(_) => false,
        Generator::ProviderState { .. } => !is_request,
        Generator::Integer { .. }
        | Generator::Uuid(_)
        | Generator::Decimal(_)
        | Generator::Hexadecimal(_)
        | Generator::Text(_)
        | Generator::Boolean
        | Generator::Time { .. }
        | Generator::MockServerUrl { .. } => true,
    };
    let all = path.chain(query).chain(headers).chain(body).chain(status);
    let parts: Vec<Part> = all.filter(|(_, one)| is_lost(one)).map(|(part, _)| part).collect();
    if !parts.is_empty() {
        remarks.add(Part::Whole, FromPact::Regenerated { parts });
    }
}

/// A path as a contract would begin it.
fn without_root(path: &PactPath) -> String {
    path.to_string().trim_start_matches("$.").to_owned()
}
