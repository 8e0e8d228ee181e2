//! What Pact's generators put into a request: values of provider states become placeholders.

use regex::Regex;
use serde_json::{Map, Value, json};

use super::body::escaped_value;
use crate::conversion::remark::Remarks;
use crate::interaction::template::{fill, fill_value, placeholders};
use crate::interaction::{Body, Content, Request, State};
use crate::pact::{Generator, Generators, PactPath, PactStep};

/// Puts placeholders where a request takes what a state handler returned, and adds to the states what is an example of
/// it. What else is made anew for each message stays as the example has it.
pub(super) fn placeholders_for(
    generators: &Generators,
    asked: &Request,
    request: &mut Request,
    given: &mut [State],
    remarks: &mut Remarks<'_>,
) {
    let mut params = crate::interaction::params(given);
    let known = params.len();
    // With their types first, which the texts of a path don't have.
    for (path, generator) in &generators.body {
        let Some(expression) = expression(generator) else { continue };
        let Some(Content::Json(body)) = request.body.as_mut().map(|body| &mut body.content) else { continue };
        let mut steps = Vec::new();
        places(body, &path.0, &mut Vec::new(), &mut steps);
        for pointer in steps {
            if let Some(place) = body.pointer_mut(&pointer)
                && learn(&expression, place, &mut params, false)
            {
                *place = Value::String(expression.clone());
            } else {
                unclear(&format!("body {path}"), &expression, remarks);
            }
        }
    }
    if let Some(expression) = generators.path.as_ref().and_then(expression) {
        if learn(&expression, &json!(asked.path), &mut params, true) {
            request.path = super::parts::path(&expression);
        } else {
            unclear("path", &expression, remarks);
        }
    }
    for (what, texts, generators) in
        [("query", &mut request.query, &generators.query), ("header", &mut request.headers, &generators.headers)]
    {
        for (name, generator) in generators {
            let Some(expression) = expression(generator) else { continue };
            let text = texts.get_mut(name).and_then(|values| values.first_mut());
            match text {
                Some(text) if learn(&expression, &json!(text), &mut params, true) => *text = expression,
                _ => unclear(&format!("{what} {name}"), &expression, remarks),
            }
        }
    }
    add(&params, known, given, request, asked, remarks);
}

/// Gives the states the parameters that were not known; without a state there is nothing that could return them.
fn add(
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
        let why = "Pact puts values of a provider state in here, and there is no state; the contract sends the example";
        remarks.say("", None, why);
        *request = plain(request, asked, params);
        return;
    };
    for (name, value) in added {
        remarks.say(
            "",
            None,
            format!(
                "`${{{name}}}` is what the state handler returns; the example, {value}, is now a parameter of `{}`",
                last.name
            ),
        );
        last.params.insert(name.clone(), value.clone());
    }
}

/// A request with its placeholders filled again.
fn plain(request: &Request, asked: &Request, params: &Map<String, Value>) -> Request {
    let fill_all = |texts: &crate::interaction::Headers| {
        let filled = |values: &Vec<String>| {
            let escape = crate::interaction::template::escape;
            values.iter().map(|text| escape(&fill(text, params))).collect()
        };
        texts.iter().map(|(name, values)| (name.clone(), filled(values))).collect()
    };
    let body = request.body.as_ref().map(|body| match &body.content {
        Content::Json(value) => Body::json(escaped_value(&fill_value(value, params))),
        Content::Text(_) | Content::Bytes(_) | Content::Form(_) => body.clone(),
    });
    Request {
        path: super::parts::path(&asked.path),
        query: fill_all(&request.query),
        headers: fill_all(&request.headers),
        body,
        ..request.clone()
    }
}

/// What a generator takes of the states, as a text with placeholders.
fn expression(generator: &Generator) -> Option<String> {
    let Generator::ProviderState { expression, .. } = generator else { return None };
    Some(if expression.contains("${") { expression.clone() } else { format!("${{{expression}}}") })
}

/// Learns from an example what the placeholders of a text stand for; false where that can't be told.
fn learn(expression: &str, example: &Value, params: &mut Map<String, Value>, is_text: bool) -> bool {
    let mut names = std::collections::BTreeSet::new();
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

/// The texts that stand in an example where an expression has its placeholders.
fn captures(
    expression: &str,
    names: &std::collections::BTreeSet<String>,
    example: &Value,
) -> Option<Vec<(String, String)>> {
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

/// A whole number where a text is the plain spelling of one.
fn typed(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => json!(number),
        _ => json!(text),
    }
}

fn unclear(place: &str, expression: &str, remarks: &mut Remarks<'_>) {
    remarks.say(
        place,
        None,
        format!(
            "Pact fills in `{expression}` here, and the example doesn't tell what with; the contract sends the example"
        ),
    );
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

/// Remarks on what is made anew for each message and is not of a provider state.
pub(super) fn left_out(generators: &Generators, is_request: bool, remarks: &mut Remarks<'_>) {
    let body = generators.body.iter().map(|(path, one)| (format!("body {}", shown(path)), one));
    let query = generators.query.iter().map(|(name, one)| (format!("query {name}"), one));
    let headers = generators.headers.iter().map(|(name, one)| (format!("header {name}"), one));
    let path = generators.path.iter().map(|one| (String::from("path"), one));
    let status = generators.status.iter().map(|one| (String::from("status"), one));
    let left = |one: &Generator| match one {
        Generator::Regex => false,
        Generator::ProviderState { .. } => !is_request,
        _ => true,
    };
    let places: Vec<String> = path
        .chain(query)
        .chain(headers)
        .chain(body)
        .chain(status)
        .filter(|(_, one)| left(one))
        .map(|it| it.0)
        .collect();
    if !places.is_empty() {
        let places = crate::words::and_list(places);
        remarks.say(
            "",
            None,
            format!("Pact makes up a new value each time for {places}; the contract has the example's"),
        );
    }
}

fn shown(path: &PactPath) -> String {
    path.to_string().trim_start_matches("$.").to_owned()
}
