//! Assigns the exchanges of a recording to the interactions of the existing contract.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::exchange::Exchange;
use super::group::Shape;
use super::sample::Sample;
use super::update::own_exchange;
use super::written::with_written;
use crate::contract::{Interaction, Terms};
use crate::interaction::{Http, Mismatch};
use crate::matching::{match_request, match_response, rules_out};
use crate::source::Pointer;

/// An interaction of the existing contract, with its exchanges.
pub(super) struct ExistingInteraction<'a> {
    /// Its index in the contract.
    pub index: usize,
    pub name: &'a str,
    pub http: &'a Http<Terms>,
    /// The values of its placeholders.
    pub params: Map<String, Value>,
    /// With these values.
    pub filled: Http<Terms>,
    /// Its example as an exchange.
    pub own: Exchange,
    pub shape: Shape,
    /// The exchanges that uphold it.
    pub upholding: Vec<Cow<'a, Exchange>>,
    /// The exchanges that don't.
    pub differing: Vec<Cow<'a, Exchange>>,
}

/// The interactions of the existing contract, before any exchange is assigned.
pub(super) fn existing_interactions<'a>(
    interactions: &'a [Interaction],
    distinct: &[String],
) -> Vec<ExistingInteraction<'a>> {
    // Only HTTP is recorded, so interactions of other kinds stay as they are.
    let http = interactions.iter().enumerate().filter_map(|(index, one)| Some((index, one, one.http()?)));
    http.map(|(index, interaction, http)| {
        let params = interaction.params();
        let own = own_exchange(http, &params);
        let shape = Shape::of_one(&Sample::new(&own), distinct);
        ExistingInteraction {
            index,
            name: interaction.name.as_str(),
            http,
            filled: http.filled(&params),
            params,
            own,
            shape,
            upholding: Vec::new(),
            differing: Vec::new(),
        }
    })
    .collect()
}

impl<'a> ExistingInteraction<'a> {
    /// An exchange as it is compared with this interaction.
    fn seen(&self, exchange: &'a Exchange, original: &Exchange) -> Cow<'a, Exchange> {
        with_written(exchange, original, &self.filled)
    }

    /// Whether a glance shows that a request is another one: a recording of thousands isn't compared with all of thousands.
    fn rules_out(&self, sample: &Sample<'_>, original: &Exchange) -> bool {
        let (seen, original) = (&sample.exchange.request, &original.request);
        // What was replaced in a path is compared as the contract has it.
        let path = if seen.path == original.path { &seen.path } else { &self.filled.request.path };
        rules_out(&self.filled.request, &self.filled.terms.request, &seen.method, path, &sample.query)
    }

    /// The mismatches of an exchange in its request. `at` is the interaction's place in the contract.
    pub(super) fn request_mismatches(&self, exchange: &Exchange, at: &Pointer) -> Vec<Mismatch> {
        let filled = &self.filled;
        match_request(&filled.request, &filled.terms.request, &exchange.request, &at.key("request"))
    }

    /// The same for its response.
    pub(super) fn response_mismatches(&self, exchange: &Exchange, at: &Pointer) -> Vec<Mismatch> {
        let filled = &self.filled;
        match_response(&filled.response, &filled.terms.response, &exchange.response, &at.key("response"))
    }

    /// Whether an exchange has its example's request, apart from the headers.
    fn has_request_of(&self, exchange: &Exchange) -> bool {
        let (own, request) = (&self.own.request, &exchange.request);
        (&own.method, &own.path, &own.query, &own.body)
            == (&request.method, &request.path, &request.query, &request.body)
    }
}

/// Assigns an exchange to the interaction that it is a sample of, if there is one: one that it upholds, preferably of the
/// same shape, and of these the one with exactly its request; else the first that allows its request and its status; else
/// the one with its shape, if there is only one.
///
/// An interaction that it upholds with its real secrets comes before all others.
pub(super) fn assign<'a>(
    existing: &mut [ExistingInteraction<'a>],
    sample: &Sample<'a>,
    original: &Exchange,
    distinct: &[String],
) -> bool {
    let shape = Shape::of_one(sample, distinct);
    let root = Pointer::root();
    let upholds_really = |known: &&mut ExistingInteraction<'a>| {
        known.shape == shape
            && !known.rules_out(sample, original)
            && known.request_mismatches(original, &root).is_empty()
            && known.response_mismatches(original, &root).is_empty()
    };
    if sample.exchange != original
        && let Some(known) = existing.iter_mut().find(upholds_really)
    {
        let seen = known.seen(sample.exchange, original);
        known.upholding.push(seen);
        return true;
    }
    // The first of each, in the order in which they are preferred.
    let (mut exact, mut same, mut upheld, mut differs) = (None, None, None, None);
    let mut alike = Vec::new();
    for (index, known) in existing.iter().enumerate() {
        if known.http.request.method != sample.exchange.request.method
            || !known.http.response.status.allows(sample.exchange.response.status)
            || !distinct.is_empty() && known.shape.operation != shape.operation
        {
            continue;
        }
        let seen = if known.rules_out(sample, original) { None } else { Some(known.seen(sample.exchange, original)) };
        let Some(seen) = seen.filter(|seen| known.request_mismatches(seen, &root).is_empty()) else {
            if known.shape.same_request(&shape) {
                alike.push(index);
            }
            continue;
        };
        if !known.response_mismatches(&seen, &root).is_empty() {
            differs = differs.or(Some(index));
        } else if known.shape != shape {
            upheld = upheld.or(Some(index));
        } else {
            if exact.is_none() && known.has_request_of(&seen) {
                exact = Some(index);
            }
            same = same.or(Some(index));
        }
    }
    if let Some(known) = exact.or(same).or(upheld).and_then(|index| existing.get_mut(index)) {
        let seen = known.seen(sample.exchange, original);
        known.upholding.push(seen);
        return true;
    }
    // Several interactions of one shape are about single values, and this is another one.
    let only = alike.first().copied().filter(|_| alike.len() == 1);
    match differs.or(only).and_then(|index| existing.get_mut(index)) {
        Some(known) => {
            let seen = known.seen(sample.exchange, original);
            known.differing.push(seen);
            true
        }
        None => false,
    }
}

/// Assigns an exchange to the interaction with exactly its request, although the status is another one. If the expected
/// status was seen as well, there are two interactions instead.
pub(super) fn assign_other_status<'a>(
    existing: &mut [ExistingInteraction<'a>],
    sample: &Sample<'a>,
    original: &Exchange,
) -> bool {
    let same = |known: &&mut ExistingInteraction<'a>| {
        if !known.upholding.is_empty() || known.rules_out(sample, original) {
            return false;
        }
        let seen = known.seen(sample.exchange, original);
        known.has_request_of(&seen) && known.request_mismatches(&seen, &Pointer::root()).is_empty()
    };
    match existing.iter_mut().find(same) {
        Some(known) => {
            let seen = known.seen(sample.exchange, original);
            known.differing.push(seen);
            true
        }
        None => false,
    }
}
