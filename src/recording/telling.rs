//! Requests of the same shape that are different all the same, because their responses tell them apart: a page leads to
//! the next one, or a parameter determines which keys a response has. As one interaction, a page would lead to itself, and
//! a consumer that follows it would never end.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::looks;
use super::origin::STAND_IN;
use super::sample::{Sample, SampleBody};
use super::seen::JsonKind;
use crate::interaction::urlencoded;

/// The most values of a parameter that determines the response's keys.
const FEW: usize = 6;

/// The difference between the samples of a group that their responses make.
#[derive(Debug, Default)]
pub(super) struct Telling {
    /// Parameters of the query, and fields of the body.
    pub parameters: BTreeSet<String>,
    /// Whether the whole path is one.
    pub path: bool,
}

/// Where a request goes, in the parts that a link has.
type Target = (String, BTreeMap<String, Vec<String>>);

/// What tells these samples apart, whose requests have the same shape.
pub(super) fn telling(samples: &[&Sample<'_>]) -> Telling {
    let mut telling = Telling::default();
    let values: Vec<BTreeMap<String, String>> = samples.iter().map(|sample| parameters(sample)).collect();
    let paths: BTreeSet<&str> = samples.iter().map(|sample| sample.exchange.request.path.as_str()).collect();
    let names: BTreeSet<&String> = values.iter().flat_map(BTreeMap::keys).collect();
    let differing: Vec<(&str, BTreeSet<&str>)> = names
        .into_iter()
        .map(|name| (name.as_str(), values.iter().filter_map(|of| of.get(name).map(String::as_str)).collect()))
        .filter(|(_, values): &(&str, BTreeSet<&str>)| values.len() > 1)
        .collect();
    if differing.is_empty() && paths.len() < 2 {
        return telling;
    }
    links(samples, &mut telling);
    let next: Vec<BTreeSet<String>> = samples.iter().map(|sample| next_values(sample)).collect();
    for (name, all) in &differing {
        let is_next = next.iter().zip(&values).any(|(next, own)| {
            let own = own.get(*name).map(String::as_str);
            next.iter().any(|next| all.contains(next.as_str()) && own != Some(next))
        });
        if is_next || determines_keys(name, all, samples, &values) {
            telling.parameters.insert((*name).to_owned());
        }
    }
    telling
}

/// The values of one sample that tell it from the others.
pub(super) fn key(telling: &Telling, sample: &Sample<'_>) -> (Option<String>, BTreeMap<String, String>) {
    let mut values = parameters(sample);
    values.retain(|name, _| telling.parameters.contains(name));
    (telling.path.then(|| sample.exchange.request.path.clone()), values)
}

/// Finds samples whose response has a link to the request of another one. Between paths, only a link to what comes next
/// counts: many things have links to others of their kind.
fn links(samples: &[&Sample<'_>], telling: &mut Telling) {
    let targets: HashSet<Target> = samples.iter().map(|sample| target(sample)).collect();
    for sample in samples {
        let own = target(sample);
        let mut follow = |link: &str, is_next: bool| {
            let Some(linked) = linked(link, &own.0).filter(|linked| *linked != own) else { return };
            if !targets.contains(&linked) {
                return;
            }
            telling.path |= is_next && linked.0 != own.0;
            if linked.0 == own.0 {
                let differing = own.1.iter().filter(|(name, values)| linked.1.get(*name) != Some(*values));
                telling.parameters.extend(differing.map(|(name, _)| name.clone()));
            }
        };
        sample.response_header("location").iter().for_each(|link| follow(link, true));
        for line in sample.response_header("link") {
            for (link, relation) in line.split('<').skip(1).filter_map(|rest| rest.split_once('>')) {
                follow(link, names_next(relation));
            }
        }
        match &sample.response_body {
            SampleBody::Json(value) => each_text(value, false, &mut follow),
            // Links of HTML and XML stand in quotes.
            SampleBody::Text(text) => {
                text.split(['"', '\'']).for_each(|part| follow(&part.replace("&amp;", "&"), false));
            }
            SampleBody::Empty | SampleBody::Form(_) | SampleBody::Bytes(_) | SampleBody::Unwritable(_) => {}
        }
    }
}

/// Whether a key or a relation is about what comes next.
fn names_next(name: &str) -> bool {
    let name = name.to_lowercase();
    ["next", "cursor", "continuation"].iter().any(|word| name.contains(word))
}

fn target(sample: &Sample<'_>) -> Target {
    let query = sample.query.iter().map(|(name, values)| (name.clone(), values.clone())).collect();
    (sample.exchange.request.path.clone(), query)
}

/// The target of a link to the same provider, seen from a path.
fn linked(link: &str, from: &str) -> Option<Target> {
    let link = link.strip_prefix(STAND_IN).unwrap_or(link);
    if link.len() > 2000 || link.starts_with("//") || !link.starts_with(['/', '?']) {
        return None;
    }
    let link = link.split('#').next().unwrap_or_default();
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let path = if path.is_empty() { from } else { path };
    Some((path.to_owned(), urlencoded::read(query).into_iter().collect()))
}

/// Visits all texts, each with whether its key is about what comes next, or one around it.
fn each_text(value: &Value, is_next: bool, visit: &mut impl FnMut(&str, bool)) {
    match value {
        Value::String(text) => visit(text, is_next),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, is_next, visit)),
        Value::Object(object) => {
            object.iter().for_each(|(key, item)| each_text(item, is_next || names_next(key), visit));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The parameters of a request, and the fields of its body that are no objects or lists.
fn parameters(sample: &Sample<'_>) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    match &sample.request_body {
        SampleBody::Json(Value::Object(object)) => {
            found.extend(object.iter().filter_map(|(name, value)| Some((name.clone(), scalar(value)?))));
        }
        SampleBody::Form(fields) => found.extend(fields.iter().map(|(name, values)| (name.clone(), values.join(",")))),
        SampleBody::Json(_)
        | SampleBody::Empty
        | SampleBody::Text(_)
        | SampleBody::Bytes(_)
        | SampleBody::Unwritable(_) => {}
    }
    found.extend(sample.query.iter().map(|(name, values)| (name.clone(), values.join(","))));
    found
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The values in a response that a consumer sends next: cursors, and numbers of pages.
fn next_values(sample: &Sample<'_>) -> BTreeSet<String> {
    fn go(value: &Value, is_next: bool, found: &mut BTreeSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| go(item, false, found)),
            Value::Object(object) => object.iter().for_each(|(key, item)| go(item, names_next(key), found)),
            scalar_value if is_next => found.extend(scalar(scalar_value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    if let SampleBody::Json(value) = &sample.response_body {
        go(value, false, &mut found);
    }
    found
}

/// Whether the response's keys depend on the value of a parameter: there are two values, and each has responses with a key
/// that no response to the other has. A key that is only missing may be an optional one.
fn determines_keys(
    name: &str,
    all: &BTreeSet<&str>,
    samples: &[&Sample<'_>],
    values: &[BTreeMap<String, String>],
) -> bool {
    let is_word = |value: &&str| looks::is_token(value) && !value.bytes().all(|byte| byte.is_ascii_digit());
    if all.len() > FEW || !all.iter().all(is_word) {
        return false;
    }
    let mut keys: BTreeMap<&str, BTreeSet<(&str, JsonKind)>> = BTreeMap::new();
    for (sample, own) in samples.iter().zip(values) {
        if let (Some(value), SampleBody::Json(body)) = (own.get(name), &sample.response_body) {
            keys.entry(value).or_default().extend(keys_of(body));
        }
    }
    let keys: Vec<&BTreeSet<(&str, JsonKind)>> = keys.values().filter(|keys| !keys.is_empty()).collect();
    keys.iter().enumerate().any(|(number, one)| {
        let others = keys.iter().skip(number + 1);
        others.into_iter().any(|other| one.difference(other).next().is_some() && other.difference(one).next().is_some())
    })
}

/// The keys of an object, or of a list's objects, with the kinds of their values.
fn keys_of(value: &Value) -> Vec<(&str, JsonKind)> {
    match value {
        Value::Object(object) => {
            let known = object.iter().filter(|(_, value)| !value.is_null());
            known.filter_map(|(key, value)| Some((key.as_str(), JsonKind::of(value)?))).collect()
        }
        Value::Array(items) => items.iter().filter(|item| item.is_object()).flat_map(keys_of).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}
