//! Changes an interaction until all of its exchanges uphold it, and keeps as much as possible of the author's text.

use std::collections::HashSet;

use indexmap::{IndexMap, IndexSet};
use serde_json::{Map, Value};

use super::context::Context;
use super::draft::draft;
use super::exchange::Exchange;
use super::group::{Group, Shape};
use super::sample::{Sample, SampleBody};
use super::written::{keep_placeholders_of_request, keep_placeholders_of_response};
use crate::contract::{Matcher, RequestRules, Rule, Rules, Terms, WrittenRule};
use crate::interaction::number::same_value;
use crate::interaction::{Content, Http, Path, Request, Response, Segment, encode};
use crate::matching::{match_request, match_response};
use crate::source::Pointer;

/// A request with its rules.
type RuledRequest = (Request, RequestRules);
/// A response with its rules.
type RuledResponse = (Response, Rules);

/// The example of an interaction as an exchange.
pub(super) fn own_exchange(known: &Http<Terms>, params: &Map<String, Value>) -> Exchange {
    let filled = known.filled(params);
    Exchange {
        request: encode::request(&filled.request),
        response: encode::response(&filled.response),
        ..Exchange::default()
    }
}

/// The interaction with the changes that let all of these exchanges uphold it. `None` if only a person can decide on
/// them.
pub(super) fn update(
    known: &Http<Terms>,
    params: &Map<String, Value>,
    exchanges: &[&Exchange],
    is_readable: &dyn Fn(&Http<Terms>) -> bool,
) -> Option<Http<Terms>> {
    let own = own_exchange(known, params);
    let pruned: Vec<Exchange> = exchanges.iter().map(|exchange| prune_exchange(exchange, known, params)).collect();
    let samples: Vec<Sample<'_>> = std::iter::once(&own).chain(&pruned).map(Sample::new).collect();
    let draft_from = |skip: usize| {
        // Without the example, the status may be another one.
        let shape = Shape::of_one(samples.get(skip).or(samples.first())?, &[]);
        let group = Group { shape, samples: samples.iter().skip(skip).collect() };
        let mut http = draft(&group, String::new(), &Context::default()).ok()?.http;
        keep_placeholders_of_request(&mut http.request, &known.request, params);
        keep_placeholders_of_response(&mut http.response, &known.response, params);
        Some(http)
    };
    // Preferably with the old example, else from the exchanges alone.
    let mut drafts: Vec<Http<Terms>> = [draft_from(0), draft_from(1)].into_iter().flatten().collect();
    drafts.sort_by_key(|draft| type_conflicts(&draft.terms.response) > type_conflicts(&known.terms.response));
    let old_request = (known.request.clone(), known.terms.request.clone());
    let requests =
        drafts.iter().flat_map(|draft| request_candidates(&old_request, &draft.request, &draft.terms.request));
    let requests: Vec<RuledRequest> = std::iter::once(old_request.clone()).chain(requests).collect();
    let old_response = (known.response.clone(), known.terms.response.clone());
    let wider = (known.response.clone(), widen_enumerations(&known.terms.response, &samples));
    let kept = (known.response.clone(), without_broken_rules(&wider, params, exchanges));
    let responses = drafts.iter().flat_map(|draft| {
        let drafted = (draft.response.clone(), draft.terms.response.clone());
        [response_candidates(&wider, &drafted), response_candidates(&kept, &drafted), vec![drafted]]
    });
    let responses: Vec<RuledResponse> = std::iter::once(old_response.clone()).chain(responses.flatten()).collect();
    let root = Pointer::root();
    let with = |request: &RuledRequest, response: &RuledResponse| Http {
        request: request.0.clone(),
        response: response.0.clone(),
        terms: Terms { request: request.1.clone(), response: response.1.clone() },
    };
    let request = requests.into_iter().find(|(request, rules)| {
        let filled = request.filled(params);
        let upheld = |exchange: &&Exchange| match_request(&filled, rules, &exchange.request, &root).is_empty();
        let candidate = with(&(request.clone(), rules.clone()), &old_response);
        exchanges.iter().all(upheld) && is_readable(&candidate)
    })?;
    let candidates = responses.into_iter().map(|response| with(&request, &response));
    candidates.into_iter().find(|candidate| {
        let (filled, rules) = (candidate.response.filled(params), &candidate.terms.response);
        let upheld = |exchange: &&Exchange| match_response(&filled, rules, &exchange.response, &root).is_empty();
        exchanges.iter().all(upheld) && is_readable(candidate)
    })
}

/// Mixtures of the old request and the drafted one, those closest to the old one first.
fn request_candidates((old, old_rules): &RuledRequest, new: &Request, new_rules: &RequestRules) -> Vec<RuledRequest> {
    let query = |kept: &RequestRules, added: &RequestRules| {
        added.query.clone().into_iter().chain(kept.query.clone()).collect::<IndexMap<String, Rule>>()
    };
    let old_rules_first = RequestRules {
        message: join_rules(&old_rules.message, &new_rules.message),
        query: query(old_rules, new_rules),
        path: old_rules.path.clone().or_else(|| new_rules.path.clone()),
    };
    let new_rules_first = RequestRules {
        message: join_rules(&new_rules.message, &old_rules.message),
        query: query(new_rules, old_rules),
        path: new_rules.path.clone(),
    };
    let with_new_body = Request { body: new.body.clone(), ..old.clone() };
    // The draft has only headers that recordings keep, but a person may have written others.
    let headers = new.headers.clone().into_iter().chain(old.headers.clone()).collect();
    let with_old_headers = Request { headers, ..new.clone() };
    vec![
        (old.clone(), old_rules_first.clone()),
        (old.clone(), new_rules_first.clone()),
        (with_new_body.clone(), old_rules_first),
        (with_new_body, new_rules_first.clone()),
        (with_old_headers, new_rules_first),
        (new.clone(), new_rules.clone()),
    ]
}

/// Mixtures of the old response and the drafted one, those closest to the old one first.
fn response_candidates((old, old_rules): &RuledResponse, (new, new_rules): &RuledResponse) -> Vec<RuledResponse> {
    let old_rules_first = join_rules(old_rules, new_rules);
    let with_new_body = Response { body: new.body.clone(), ..old.clone() };
    let new_rules_first = join_rules(new_rules, old_rules);
    vec![
        (old.clone(), old_rules_first.clone()),
        (with_new_body.clone(), old_rules_first),
        (with_new_body, new_rules_first),
    ]
}

/// The rules with enumerations that allow all texts and numbers that were seen, too.
fn widen_enumerations(rules: &Rules, samples: &[Sample<'_>]) -> Rules {
    let mut rules = rules.clone();
    for (path, written) in &mut rules.body {
        for matcher in &mut written.rule.matchers {
            let Matcher::OneOf(values) = matcher else { continue };
            for view in samples.iter().filter_map(|sample| sample.response_body.view()) {
                for value in path.select(&view) {
                    let is_one = values.iter().any(|known| same_value(known, value));
                    if !is_one && (value.is_string() || value.is_number()) {
                        values.push(value.clone());
                    }
                }
            }
        }
    }
    rules
}

/// The number of places that had values of several types.
fn type_conflicts(rules: &Rules) -> usize {
    let has =
        |written: &&WrittenRule| written.rule.matchers.iter().any(|matcher| matches!(matcher, Matcher::Schema(_)));
    rules.body.values().filter(has).count()
}

/// The rules of a response without those that an exchange breaks.
fn without_broken_rules(
    (response, rules): &RuledResponse,
    params: &Map<String, Value>,
    exchanges: &[&Exchange],
) -> Rules {
    let filled = response.filled(params);
    let root = Pointer::root();
    let found = exchanges.iter().flat_map(|exchange| match_response(&filled, rules, &exchange.response, &root));
    let broken: HashSet<Pointer> = found.map(|mismatch| mismatch.expectation).collect();
    let mut rules = rules.clone();
    rules.body.retain(|_, written| !broken.contains(&root.key("match").key(written.key.clone())));
    rules.headers.retain(|name, _| !broken.contains(&root.key("match-headers").key(name.clone())));
    rules
}

/// The rules of both messages; if both have one for a place, the first message's.
fn join_rules(first: &Rules, second: &Rules) -> Rules {
    let mut rules = first.clone();
    for (path, written) in &second.body {
        if !rules.body.contains_key(path) {
            rules.body.insert(path.clone(), WrittenRule { rule: written.rule.clone(), key: written.key.clone() });
        }
    }
    for (name, rule) in &second.headers {
        rules.headers.entry(name.clone()).or_insert_with(|| rule.clone());
    }
    // A place stays optional or nullable if either rule allows it.
    for (path, written) in &mut rules.body {
        if let Some(other) = second.body.get(path) {
            written.rule.optional |= other.rule.optional;
            written.rule.or_null |= other.rule.or_null;
        }
    }
    rules
}

/// The fields of JSON responses that an interaction's example doesn't have, each once.
pub(super) fn new_at_provider(
    known: &Http<Terms>,
    params: &Map<String, Value>,
    exchanges: &[&Exchange],
) -> Vec<String> {
    let own = known.response.filled(params);
    let Some(Content::Json(example)) = own.body.as_ref().map(|body| &body.content) else { return Vec::new() };
    let mut found = IndexSet::new();
    for exchange in exchanges {
        if let SampleBody::Json(value) = Sample::new(exchange).response_body {
            find_new(&value, &[example], &mut Vec::new(), &mut found);
        }
    }
    found.into_iter().collect()
}

/// Finds the keys that none of the examples for their place has.
fn find_new(value: &Value, examples: &[&Value], path: &mut Vec<Segment>, found: &mut IndexSet<String>) {
    match value {
        Value::Object(object) if examples.iter().any(|example| example.is_object()) => {
            for (key, item) in object {
                let below: Vec<&Value> = examples.iter().filter_map(|example| example.get(key)).collect();
                path.push(Segment::Key(key.clone()));
                if below.is_empty() {
                    found.insert(Path(path.clone()).to_string());
                } else {
                    find_new(item, &below, path, found);
                }
                path.pop();
            }
        }
        Value::Array(items) => {
            let below: Vec<&Value> = examples.iter().filter_map(|example| example.as_array()).flatten().collect();
            path.push(Segment::Each);
            items.iter().filter(|_| !below.is_empty()).for_each(|item| find_new(item, &below, path, found));
            path.pop();
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An exchange without the keys of the response that the interaction doesn't have: its author doesn't use them.
fn prune_exchange(exchange: &Exchange, known: &Http<Terms>, params: &Map<String, Value>) -> Exchange {
    let mut pruned = exchange.clone();
    let own = known.response.filled(params);
    let example = match own.body.as_ref().map(|body| &body.content) {
        Some(Content::Json(value)) => Some(value),
        Some(Content::Text(_) | Content::Bytes(_) | Content::Form(_)) | None => None,
    };
    if let (Some(example), SampleBody::Json(value)) = (example, Sample::new(exchange).response_body) {
        pruned.response.body = serde_json::to_vec(&prune(value, &[example])).unwrap_or_default();
    }
    pruned
}

/// The value without the keys that none of the examples for its place has.
fn prune(value: Value, examples: &[&Value]) -> Value {
    match value {
        Value::Object(object) if examples.iter().any(|example| example.is_object()) => {
            let below = |key: &str| -> Vec<&Value> { examples.iter().filter_map(|example| example.get(key)).collect() };
            let kept = object.into_iter().filter_map(|(key, item)| {
                let below = below(&key);
                (!below.is_empty()).then(|| (key, prune(item, &below)))
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => {
            let below: Vec<&Value> = examples.iter().filter_map(|example| example.as_array()).flatten().collect();
            if below.is_empty() {
                return Value::Array(items);
            }
            Value::Array(items.into_iter().map(|item| prune(item, &below)).collect())
        }
        other => other,
    }
}
