//! A decision for programs: one JSON document, of a format that carries its version.

use std::io;

use indexmap::IndexMap;
use serde::Serialize;

use super::super::json::{FORMAT, pretty};
use super::{STATES, Told, UNDECIDED, UNDECIDED_EXIT, UNDECIDED_NEXT, word};
use crate::gate::{Because, Decision, Notice, Role, Row, Side, State};
use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{Event, Reason, Version};

/// A decision as one JSON document. Its `decision` is `"allow"` only where the gate says yes and the run is no dry run;
/// a dry run tells in `would` what it would have been.
///
/// # Errors
///
/// None in practice: every decision can be written as JSON.
pub fn decision_json(told: &Told<'_>) -> io::Result<String> {
    let Decision { allow, state, environment, candidates, store, order, rows, notices } = told.decision;
    pretty(&Document {
        format: FORMAT,
        command: "gate",
        decision: word(told.allows()),
        state: state.word(),
        exit_code: told.exit_code,
        dry_run: told.dry_run,
        would: told.dry_run.then(|| word(*allow)),
        note: None,
        environment: environment.as_str(),
        candidates: candidates
            .iter()
            .map(|one| Candidate { service: one.service.as_str(), version: Some(one.version.as_str()) })
            .collect(),
        store: Store { commit: Some(store), age_seconds: told.age_seconds },
        order: order.iter().map(ToString::to_string).collect(),
        summary: summary(rows),
        pairs: pairs(rows),
        notices: notices.iter().map(Noticed::of).collect(),
    })
}

/// What stands for a decision until there is one: a "deny" of the same shape, with a `note` that the gate did not come to
/// an end. `candidates` are as the user wrote them.
///
/// # Errors
///
/// None in practice: every text can be written as JSON.
pub fn undecided_json(environment: &str, candidates: &[String]) -> io::Result<String> {
    pretty(&Document {
        format: FORMAT,
        command: "gate",
        decision: word(false),
        state: State::Unknown.word(),
        exit_code: UNDECIDED_EXIT,
        dry_run: false,
        would: None,
        note: Some(format!("{UNDECIDED}; {UNDECIDED_NEXT}")),
        environment,
        candidates: candidates.iter().map(|text| Candidate::read(text)).collect(),
        store: Store { commit: None, age_seconds: None },
        order: Vec::new(),
        summary: summary(&[]),
        pairs: Vec::new(),
        notices: Vec::new(),
    })
}

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    command: &'static str,
    decision: &'static str,
    state: &'static str,
    exit_code: u8,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    would: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    environment: &'a str,
    candidates: Vec<Candidate<'a>>,
    store: Store<'a>,
    order: Vec<String>,
    summary: Summary,
    pairs: Vec<Pair<'a>>,
    notices: Vec<Noticed<'a>>,
}

#[derive(Serialize)]
struct Candidate<'a> {
    service: &'a str,
    version: Option<&'a str>,
}

impl<'a> Candidate<'a> {
    fn read(text: &'a str) -> Self {
        match text.split_once('@') {
            Some((service, version)) => Self { service, version: Some(version) },
            None => Self { service: text, version: None },
        }
    }
}

/// The view of the store.
#[derive(Serialize)]
pub(super) struct Store<'a> {
    pub commit: Option<&'a str>,
    pub age_seconds: Option<u64>,
}

/// How many rows there are of each state.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Summary(IndexMap<&'static str, usize>);

/// Counts the rows; every state is there.
pub(super) fn summary(rows: &[Row]) -> Summary {
    let mut summary: IndexMap<&str, usize> = STATES.iter().map(|state| (state.word(), 0)).collect();
    for row in rows {
        *summary.entry(row.state.word()).or_default() += 1;
    }
    Summary(summary)
}

/// One row.
#[derive(Serialize)]
pub(super) struct Pair<'a> {
    code: &'a str,
    state: &'static str,
    consumer: Option<Party<'a>>,
    provider: Option<Party<'a>>,
    interactions: usize,
    reasons: Vec<Cause<'a>>,
    owners: &'a [String],
    next: &'a [String],
}

/// Every row, in its order.
pub(super) fn pairs(rows: &[Row]) -> Vec<Pair<'_>> {
    rows.iter().map(Pair::of).collect()
}

impl<'a> Pair<'a> {
    fn of(row: &'a Row) -> Self {
        let Row { code, state, consumer, provider, interactions, reasons, owners, next } = row;
        Self {
            code,
            state: state.word(),
            consumer: consumer.as_ref().map(Party::of),
            provider: provider.as_ref().map(Party::of),
            interactions: *interactions,
            reasons: reasons.iter().map(Cause::of).collect(),
            owners,
            next,
        }
    }
}

#[derive(Serialize)]
struct Party<'a> {
    service: &'a str,
    version: Option<&'a str>,
    roles: Vec<Part<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "role", rename_all = "kebab-case")]
enum Part<'a> {
    Candidate,
    Live { event: Event, since: &'a str, instance: Option<&'a str> },
}

impl<'a> Party<'a> {
    fn of(side: &'a Side) -> Self {
        let part = |role: &'a Role| match role {
            Role::Candidate => Part::Candidate,
            Role::Live { event, since, instance } => {
                Part::Live { event: *event, since, instance: instance.as_ref().map(ServiceName::as_str) }
            }
        };
        Self {
            service: side.service.as_str(),
            version: side.version.as_ref().map(Version::as_str),
            roles: side.roles.iter().map(part).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Cause<'a> {
    Interaction { name: &'a str, id: InteractionId, said: Vec<Said<'a>> },
    NoResult { names: &'a [String], of: usize },
    Told { text: &'a str },
}

/// A reason with all its keys: programs need not ask whether one is there.
#[derive(Serialize)]
struct Said<'a> {
    code: &'a str,
    place: &'a str,
    expected: &'a str,
    actual: &'a str,
    message: &'a str,
}

impl<'a> Cause<'a> {
    fn of(because: &'a Because) -> Self {
        match because {
            Because::Interaction { name, id, said } => {
                Self::Interaction { name, id: *id, said: said.iter().map(Said::of).collect() }
            }
            Because::NoResult { names, of } => Self::NoResult { names, of: *of },
            Because::Told(text) => Self::Told { text },
        }
    }
}

impl<'a> Said<'a> {
    fn of(Reason { code, place, expected, actual, message }: &'a Reason) -> Self {
        Self { code, place, expected, actual, message }
    }
}

#[derive(Serialize)]
struct Noticed<'a> {
    code: &'a str,
    text: &'a str,
    next: Option<&'a str>,
}

impl<'a> Noticed<'a> {
    fn of(Notice { code, text, next }: &'a Notice) -> Self {
        Self { code, text, next: next.as_deref() }
    }
}
