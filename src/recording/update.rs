//! An interaction that no longer is what was seen, made so that it is: what a person wrote stays wherever what was
//! seen still upholds it.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::draft::{self, Context};
use super::exchange::Exchange;
use super::group::{Group, Shape};
use super::sample::{Read, Sample};
use crate::contract::{Matcher, RequestRules, Rule, Rules, Terms, Written};
use crate::interaction::number::same_value;
use crate::interaction::{Content, Http, Mismatch, Request, Response, encode};
use crate::matching::{match_request, match_response};
use crate::source::Pointer;

/// A request with its rules.
type Asked = (Request, RequestRules);
/// A response with its rules.
type Answered = (Response, Rules);

/// An interaction's own example as an exchange.
pub(super) fn own_exchange(known: &Http<Terms>, params: &Map<String, Value>) -> Exchange {
    let filled = known.filled(params);
    Exchange {
        request: encode::request(&filled.request),
        response: encode::response(&filled.response),
        ..Exchange::default()
    }
}

/// What an exchange has that an interaction does not allow, in its request and its answer.
pub(super) fn mismatches(
    known: &Http<Terms>,
    params: &Map<String, Value>,
    exchange: &Exchange,
    at: &Pointer,
) -> (Vec<Mismatch>, Vec<Mismatch>) {
    let filled = known.filled(params);
    (
        match_request(&filled.request, &filled.terms.request, &exchange.request, &at.key("request")),
        match_response(&filled.response, &filled.terms.response, &exchange.response, &at.key("response")),
    )
}

/// The request and response as they would have to be for all of these exchanges to uphold them. Nothing where that can't
/// be said.
pub(super) fn updated(
    known: &Http<Terms>,
    params: &Map<String, Value>,
    exchanges: &[&Exchange],
    is_readable: &dyn Fn(&Http<Terms>) -> bool,
) -> Option<Http<Terms>> {
    let own = own_exchange(known, params);
    let pruned: Vec<Exchange> = exchanges.iter().map(|exchange| pruned(exchange, known, params)).collect();
    let samples: Vec<Sample<'_>> = std::iter::once(&own).chain(&pruned).map(Sample::new).collect();
    let drafted = |skip: usize| {
        // What was seen alone may have been answered with another status.
        let shape = Shape::alone(samples.get(skip).or(samples.first())?, &[]);
        let group = Group { shape, samples: samples.iter().skip(skip).collect() };
        draft::draft(&group, String::new(), &Context::default()).ok().map(|draft| draft.http)
    };
    // With the old example where the two go together, else from what was seen alone.
    let mut drafts: Vec<Http<Terms>> = [drafted(0), drafted(1)].into_iter().flatten().collect();
    drafts.sort_by_key(|draft| conflicts(&draft.terms.response) > conflicts(&known.terms.response));
    let asked = (known.request.clone(), known.terms.request.clone());
    let requests = drafts.iter().flat_map(|draft| ways_to_ask(&asked, &draft.request, &draft.terms.request));
    let requests: Vec<Asked> = std::iter::once(asked.clone()).chain(requests).collect();
    let answered = (known.response.clone(), known.terms.response.clone());
    let wider = (known.response.clone(), widened(&known.terms.response, &samples));
    let kept = (known.response.clone(), unbroken(&wider, params, exchanges));
    let responses = drafts.iter().flat_map(|draft| {
        let drafted = (draft.response.clone(), draft.terms.response.clone());
        [ways_to_answer(&wider, &drafted), ways_to_answer(&kept, &drafted), vec![drafted]]
    });
    let responses: Vec<Answered> = std::iter::once(answered).chain(responses.flatten()).collect();
    let root = Pointer::root();
    let with = |request: &Asked, response: &Answered| Http {
        request: request.0.clone(),
        response: response.0.clone(),
        terms: Terms { request: request.1.clone(), response: response.1.clone() },
    };
    let request = requests.into_iter().find(|(request, rules)| {
        let filled = request.filled(params);
        let upheld = |exchange: &&Exchange| match_request(&filled, rules, &exchange.request, &root).is_empty();
        let candidate =
            with(&(request.clone(), rules.clone()), &(known.response.clone(), known.terms.response.clone()));
        exchanges.iter().all(upheld) && is_readable(&candidate)
    })?;
    let candidates = responses.into_iter().map(|response| with(&request, &response));
    candidates.into_iter().find(|candidate| {
        let (filled, rules) = (candidate.response.filled(params), &candidate.terms.response);
        let upheld = |exchange: &&Exchange| match_response(&filled, rules, &exchange.response, &root).is_empty();
        exchanges.iter().all(upheld) && is_readable(candidate)
    })
}

/// Requests between the one that was written and the one that was drafted, the nearest to the former first.
fn ways_to_ask((old, old_rules): &Asked, new: &Request, new_rules: &RequestRules) -> Vec<Asked> {
    let query = |kept: &RequestRules, added: &RequestRules| {
        added.query.clone().into_iter().chain(kept.query.clone()).collect::<IndexMap<String, Rule>>()
    };
    let loosened = RequestRules {
        message: joined(&old_rules.message, &new_rules.message),
        query: query(old_rules, new_rules),
        path: old_rules.path.clone().or_else(|| new_rules.path.clone()),
    };
    let ruled_anew = RequestRules {
        message: joined(&new_rules.message, &old_rules.message),
        query: query(new_rules, old_rules),
        path: new_rules.path.clone(),
    };
    let shown_anew = Request { body: new.body.clone(), ..old.clone() };
    vec![
        (old.clone(), loosened.clone()),
        (old.clone(), ruled_anew),
        (shown_anew, loosened),
        (new.clone(), new_rules.clone()),
    ]
}

fn ways_to_answer((old, old_rules): &Answered, (new, new_rules): &Answered) -> Vec<Answered> {
    let loosened = joined(old_rules, new_rules);
    let body_anew = Response { body: new.body.clone(), ..old.clone() };
    let ruled_anew = joined(new_rules, old_rules);
    vec![(old.clone(), loosened.clone()), (body_anew.clone(), loosened), (body_anew, ruled_anew)]
}

/// The rules with the texts and numbers that were seen among those that they allow.
fn widened(rules: &Rules, samples: &[Sample<'_>]) -> Rules {
    let mut rules = rules.clone();
    for (path, written) in &mut rules.body {
        for matcher in &mut written.thing.matchers {
            let Matcher::OneOf(values) = matcher else { continue };
            for view in samples.iter().filter_map(|sample| sample.came.view()) {
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

/// How many places were of several types.
fn conflicts(rules: &Rules) -> usize {
    let has =
        |written: &&Written<Rule>| written.thing.matchers.iter().any(|matcher| matches!(matcher, Matcher::Schema(_)));
    rules.body.values().filter(has).count()
}

/// The rules of a response but for those that an exchange breaks.
fn unbroken((response, rules): &Answered, params: &Map<String, Value>, exchanges: &[&Exchange]) -> Rules {
    let filled = response.filled(params);
    let root = Pointer::root();
    let found = exchanges.iter().flat_map(|exchange| match_response(&filled, rules, &exchange.response, &root));
    let broken: HashSet<Pointer> = found.map(|mismatch| mismatch.asked).collect();
    let mut rules = rules.clone();
    rules.body.retain(|_, written| !broken.contains(&root.key("match").key(written.key.clone())));
    rules.headers.retain(|name, _| !broken.contains(&root.key("match-headers").key(name.clone())));
    rules
}

/// The rules of two messages together; where both have one for a place, that of the first.
fn joined(first: &Rules, second: &Rules) -> Rules {
    let mut rules = first.clone();
    for (path, written) in &second.body {
        if !rules.body.contains_key(path) {
            rules.body.insert(path.clone(), Written { thing: written.thing.clone(), key: written.key.clone() });
        }
    }
    for (name, rule) in &second.headers {
        rules.headers.entry(name.clone()).or_insert_with(|| rule.clone());
    }
    // A place that was loosened is loosened also where a rule stands that says more of it.
    for (path, written) in &mut rules.body {
        if let Some(other) = second.body.get(path) {
            written.thing.optional |= other.thing.optional;
            written.thing.or_null |= other.thing.or_null;
        }
    }
    rules
}

/// An exchange without the keys of the answer that the interaction does not ask for: its author wants none of them.
fn pruned(exchange: &Exchange, known: &Http<Terms>, params: &Map<String, Value>) -> Exchange {
    let mut pruned = exchange.clone();
    let own = known.response.filled(params);
    let asked = match own.body.as_ref().map(|body| &body.content) {
        Some(Content::Json(value)) => Some(value),
        Some(Content::Text(_) | Content::Bytes(_) | Content::Form(_)) | None => None,
    };
    if let (Some(asked), Read::Json(value)) = (asked, Sample::new(exchange).came) {
        pruned.response.body = serde_json::to_vec(&prune(value, &[asked])).unwrap_or_default();
    }
    pruned
}

fn prune(value: Value, asked: &[&Value]) -> Value {
    match value {
        Value::Object(object) if asked.iter().any(|asked| asked.is_object()) => {
            let below = |key: &str| -> Vec<&Value> { asked.iter().filter_map(|asked| asked.get(key)).collect() };
            let kept = object.into_iter().filter_map(|(key, item)| {
                let below = below(&key);
                (!below.is_empty()).then(|| (key, prune(item, &below)))
            });
            Value::Object(kept.collect())
        }
        Value::Array(items) => {
            let below: Vec<&Value> = asked.iter().filter_map(|asked| asked.as_array()).flatten().collect();
            if below.is_empty() {
                return Value::Array(items);
            }
            Value::Array(items.into_iter().map(|item| prune(item, &below)).collect())
        }
        other => other,
    }
}
