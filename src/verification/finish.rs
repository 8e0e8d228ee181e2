//! From an exchange to its result: the comparison, the contract's lines, the two bodies side by side.

use serde_json::Value;

use super::event::{Bodies, ContractLine, Finished, Login, Pending, ShownMismatch};
use super::exchange::Exchange;
use super::outcome::{Outcome, RunError};
use super::plan::Plan;
use super::provider::Reply;
use crate::contract::Matcher;
use crate::formats::{Terms, match_response};
use crate::interaction::mismatch::{CONTAINS, SIZE, UNEXPECTED, VALUE};
use crate::interaction::{ActualRequest, ActualResponse, Content, Http, Mismatch, Part, State, pointer, sort_keys};
use crate::source::SourceFile;
use crate::source::json_value;

/// The largest body that is shown next to its example, in bytes.
const COMPARED: usize = 64 << 10;

/// The result of an interaction that got a response.
pub(super) fn broken_or_upheld(plan: &Plan, position: usize, exchange: &Exchange, reply: &Reply) -> Finished {
    let Some(http) = exchange.filled.as_ref().or_else(|| plan.interaction(position).http()) else {
        return blank(plan, position, exchange.request.line());
    };
    let at = pointer(plan.index(position)).key("response");
    let mismatches = match_response(http, &reply.response, &at);
    let bodies = bodies(http, &reply.response, &mismatches);
    let source = &plan.file(position).source;
    let mismatches = with_lines(mismatches, source);
    Finished {
        login: Login::of(&exchange.request),
        outcome: if mismatches.is_empty() { Outcome::Upheld } else { Outcome::Broken },
        seconds: reply.seconds,
        status: Some(reply.response.status),
        mismatches,
        bodies,
        unknown_codings: if http.asks_for_body() { reply.unknown_codings.clone() } else { Vec::new() },
        ..blank(plan, position, exchange.request.line())
    }
}

/// Mismatches with the lines of the contract that they break.
#[must_use]
pub fn with_lines(mismatches: Vec<Mismatch>, source: &SourceFile) -> Vec<ShownMismatch> {
    let shown = mismatches.into_iter().map(|mismatch| {
        let asked = source.place(&mismatch.expectation).map(|span| ContractLine {
            line: span.start.line,
            column: span.start.column,
            excerpt: source.excerpt(span.start),
        });
        ShownMismatch { mismatch, asked }
    });
    shown.collect()
}

/// The result of an interaction that could not be run, or was skipped.
pub(super) fn failed(
    plan: &Plan,
    position: usize,
    request: Option<&ActualRequest>,
    error: RunError,
    skipped: bool,
) -> Finished {
    let line = request.map_or_else(|| plan.interaction(position).line(), ActualRequest::line);
    Finished {
        outcome: if skipped { Outcome::Skipped } else { Outcome::Error },
        error: Some(error),
        ..blank(plan, position, line)
    }
}

fn blank(plan: &Plan, position: usize, request: String) -> Finished {
    let file = plan.file(position);
    let interaction = plan.interaction(position);
    Finished {
        consumer: file.contract.consumer.clone(),
        provider: file.contract.provider.clone(),
        name: interaction.name.clone(),
        id: plan.id(position).to_string(),
        outcome: Outcome::Error,
        pending: interaction.pending.then_some(Pending::Said),
        seconds: 0.0,
        file: file.source.name.clone(),
        needed_by: Vec::new(),
        line: plan.line(position),
        given: interaction.given.iter().map(State::to_string).collect(),
        instance: None,
        request,
        status: None,
        mismatches: Vec::new(),
        unknown_codings: Vec::new(),
        error: None,
        login: Login::None,
        bodies: None,
    }
}

/// Whether all values of the body are compared exactly.
fn is_exact(terms: &Terms) -> bool {
    match terms {
        Terms::Own(terms) => {
            terms.response.body.iter().any(|(path, rule)| path.0.is_empty() && rule.rule.has(&Matcher::Exact))
        }
        // A Pact file has no rule for the whole of it.
        Terms::Pact(_) => false,
    }
}

/// The two bodies as texts, if a look at the whole helps: several lines of text, or values compared exactly. An example
/// that only lends its types would differ from every response, and hide the differences that matter.
fn bodies(asked: &Http<Terms>, actual: &ActualResponse, mismatches: &[Mismatch]) -> Option<Bodies> {
    let in_body = mismatches.iter().filter(|mismatch| mismatch.part == Part::Body);
    let by_value = in_body.filter(|mismatch| [VALUE, SIZE, UNEXPECTED, CONTAINS].contains(&mismatch.code)).count();
    if by_value == 0 || actual.body.len() > COMPARED {
        return None;
    }
    let bodies = match &asked.response.body.as_ref()?.content {
        Content::Text(text) if text.contains('\n') => {
            Bodies { expected: text.clone(), actual: String::from_utf8_lossy(&actual.body).into_owned() }
        }
        Content::Json(example) if by_value > 1 && is_exact(&asked.terms) => {
            let came = json_value::read(&actual.body).ok()?;
            let pretty = |value: &Value| format!("{:#}", sort_keys(value));
            Bodies { expected: pretty(example), actual: pretty(&came) }
        }
        Content::Json(_) | Content::Text(_) | Content::Bytes(_) | Content::Form(_) => return None,
    };
    (bodies.expected.len() <= COMPARED).then_some(bodies)
}
