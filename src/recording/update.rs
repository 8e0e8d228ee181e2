//! An interaction that no longer is what was seen, made so that it is: what a person wrote stays wherever what was
//! seen still upholds it.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Value;

use super::draft::{self, Context};
use super::exchange::Exchange;
use super::group::{Group, Shape};
use super::sample::{Read, Sample};
use crate::contract::number::same_value;
use crate::contract::{Body, Interaction, Matcher, Request, Response, Rule, Rules, Written};
use crate::matching::{Mismatch, encode, example_response, match_request, match_response};
use crate::source::Pointer;

/// An interaction's own example as an exchange.
pub(super) fn own_exchange(interaction: &Interaction) -> Exchange {
    let filled = interaction.filled(&interaction.params());
    Exchange {
        request: encode::request(&filled.request),
        response: example_response(&filled.response),
        ..Exchange::default()
    }
}

/// What an exchange has that an interaction does not allow, in its request and its answer.
pub(super) fn mismatches(
    interaction: &Interaction,
    exchange: &Exchange,
    at: &Pointer,
) -> (Vec<Mismatch>, Vec<Mismatch>) {
    let filled = interaction.filled(&interaction.params());
    (
        match_request(&filled.request, &exchange.request, &at.key("request")),
        match_response(&filled.response, &exchange.response, &at.key("response")),
    )
}

/// The interaction as it would have to be for all of these exchanges to uphold it. Nothing where that can't be said.
pub(super) fn updated(
    interaction: &Interaction,
    exchanges: &[&Exchange],
    is_readable: &dyn Fn(&Interaction) -> bool,
) -> Option<Interaction> {
    let own = own_exchange(interaction);
    let pruned: Vec<Exchange> = exchanges.iter().map(|exchange| pruned(exchange, interaction)).collect();
    let samples: Vec<Sample<'_>> = std::iter::once(&own).chain(&pruned).map(Sample::new).collect();
    let drafted = |skip: usize| {
        // What was seen alone may have been answered with another status.
        let shape = Shape::alone(samples.get(skip).or(samples.first())?, &[]);
        let group = Group { shape, samples: samples.iter().skip(skip).collect() };
        draft::draft(&group, interaction.name.clone(), &Context::default()).ok().map(|draft| draft.interaction)
    };
    // With the old example where the two go together, else from what was seen alone.
    let mut drafts: Vec<Interaction> = [drafted(0), drafted(1)].into_iter().flatten().collect();
    drafts.sort_by_key(|draft| conflicts(&draft.response.rules) > conflicts(&interaction.response.rules));
    let requests = drafts.iter().flat_map(|draft| ways_to_ask(&interaction.request, &draft.request));
    let requests: Vec<Request> = std::iter::once(interaction.request.clone()).chain(requests).collect();
    let wider = Response { rules: widened(&interaction.response.rules, &samples), ..interaction.response.clone() };
    let kept = Response { rules: unbroken(interaction, &wider, exchanges), ..wider.clone() };
    let responses = drafts.iter().flat_map(|draft| {
        [ways_to_answer(&wider, &draft.response), ways_to_answer(&kept, &draft.response), vec![draft.response.clone()]]
    });
    let responses = responses.flatten();
    let responses: Vec<Response> = std::iter::once(interaction.response.clone()).chain(responses).collect();
    let upheld = |candidate: &Interaction, of_request: bool| {
        let filled = candidate.filled(&candidate.params());
        exchanges.iter().all(|exchange| {
            let root = Pointer::root();
            if of_request {
                match_request(&filled.request, &exchange.request, &root).is_empty()
            } else {
                match_response(&filled.response, &exchange.response, &root).is_empty()
            }
        })
    };
    let request = requests.into_iter().find(|request| {
        let candidate = Interaction { request: request.clone(), ..interaction.clone() };
        upheld(&candidate, true) && is_readable(&candidate)
    })?;
    responses
        .into_iter()
        .map(|response| Interaction { request: request.clone(), response, ..interaction.clone() })
        .find(|candidate| upheld(candidate, false) && is_readable(candidate))
}

/// Requests between the one that was written and the one that was drafted, the nearest to the former first.
fn ways_to_ask(old: &Request, new: &Request) -> Vec<Request> {
    let query_rules = |kept: &Request, added: &Request| {
        added.query_rules.clone().into_iter().chain(kept.query_rules.clone()).collect::<IndexMap<String, Rule>>()
    };
    let loosened = Request {
        rules: joined(&old.rules, &new.rules),
        query_rules: query_rules(old, new),
        path_rule: old.path_rule.clone().or_else(|| new.path_rule.clone()),
        ..old.clone()
    };
    let ruled_anew = Request {
        rules: joined(&new.rules, &old.rules),
        query_rules: query_rules(new, old),
        path_rule: new.path_rule.clone(),
        ..old.clone()
    };
    let shown_anew = Request { body: new.body.clone(), ..loosened.clone() };
    vec![loosened, ruled_anew, shown_anew, new.clone()]
}

fn ways_to_answer(old: &Response, new: &Response) -> Vec<Response> {
    let loosened = Response { rules: joined(&old.rules, &new.rules), ..old.clone() };
    let body_anew = Response { body: new.body.clone(), ..loosened.clone() };
    let ruled_anew = Response { rules: joined(&new.rules, &old.rules), body: new.body.clone(), ..old.clone() };
    vec![loosened, body_anew, ruled_anew]
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
fn unbroken(interaction: &Interaction, response: &Response, exchanges: &[&Exchange]) -> Rules {
    let candidate = Interaction { response: response.clone(), ..interaction.clone() };
    let filled = candidate.filled(&candidate.params());
    let root = Pointer::root();
    let found = exchanges.iter().flat_map(|exchange| match_response(&filled.response, &exchange.response, &root));
    let broken: HashSet<Pointer> = found.map(|mismatch| mismatch.asked).collect();
    let mut rules = response.rules.clone();
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
fn pruned(exchange: &Exchange, interaction: &Interaction) -> Exchange {
    let mut pruned = exchange.clone();
    let own = interaction.filled(&interaction.params());
    let asked = match own.response.body.as_ref().map(Body::content) {
        Some(Body::Json(value)) => Some(value),
        _ => None,
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
