//! A decision for programs: one JSON document with a versioned format.

use std::io;

use indexmap::IndexMap;
use serde::Serialize;

use super::super::json::{FORMAT, pretty};
use super::texts::{fact_text, next_text, notice_next_text, notice_text};
use super::{DecisionReport, UNDECIDED, UNDECIDED_EXIT, UNDECIDED_NEXT, word};
use crate::gate::{Cause, Decision, Notice, Role, Row, Side, State};
use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{Event, Reason, Version};

/// A decision as one JSON document. Its `decision` is `"allow"` only if the gate says yes and this isn't a dry run; in
/// a dry run, `would` has what it would have been.
///
/// # Errors
///
/// None in practice: every decision can be written as JSON.
pub fn decision_json(report: &DecisionReport<'_>) -> io::Result<String> {
    let Decision { allow, state, environment, candidates, retire, store, order, rows, notices } = report.decision;
    pretty(&Document {
        format: FORMAT,
        command: "gate",
        decision: word(report.allows()),
        state: state.word(),
        exit_code: report.exit_code,
        dry_run: report.dry_run,
        would: report.dry_run.then(|| word(*allow)),
        note: None,
        retire: *retire,
        environment: environment.as_str(),
        candidates: candidates
            .iter()
            .map(|one| Candidate { service: one.service.as_str(), version: Some(one.version.as_str()) })
            .collect(),
        store: Store { commit: Some(store), age_seconds: report.age_seconds },
        order: order.iter().map(ToString::to_string).collect(),
        summary: summary(rows),
        pairs: pairs(rows),
        notices: notices.iter().map(JsonNotice::of).collect(),
    })
}

/// The report before there is a decision: a "deny" of the same shape, with a `note` that the gate didn't finish.
/// `candidates` are as the user wrote them.
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
        retire: false,
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
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    retire: bool,
    environment: &'a str,
    candidates: Vec<Candidate<'a>>,
    store: Store<'a>,
    order: Vec<String>,
    summary: Summary,
    pairs: Vec<Pair<'a>>,
    notices: Vec<JsonNotice>,
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

/// The number of rows by state.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Summary(IndexMap<&'static str, usize>);

/// Counts the rows. Every state has a number.
pub(super) fn summary(rows: &[Row]) -> Summary {
    let mut summary: IndexMap<&str, usize> = State::ALL.iter().map(|state| (state.word(), 0)).collect();
    for row in rows {
        *summary.entry(row.state().word()).or_default() += 1;
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
    reasons: Vec<JsonCause<'a>>,
    owners: &'a [String],
    next: Vec<String>,
}

/// Every row, in its order.
pub(super) fn pairs(rows: &[Row]) -> Vec<Pair<'_>> {
    rows.iter().map(Pair::of).collect()
}

impl<'a> Pair<'a> {
    fn of(row: &'a Row) -> Self {
        let Row { code, consumer, provider, interactions, causes, owners, next } = row;
        Self {
            code: code.text(),
            state: code.state().word(),
            consumer: consumer.as_ref().map(Party::of),
            provider: provider.as_ref().map(Party::of),
            interactions: *interactions,
            reasons: causes.iter().map(JsonCause::of).collect(),
            owners,
            next: next.iter().map(next_text).collect(),
        }
    }
}

#[derive(Serialize)]
struct Party<'a> {
    service: &'a str,
    version: Option<&'a str>,
    roles: Vec<JsonRole<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "role", rename_all = "kebab-case")]
enum JsonRole<'a> {
    Candidate,
    ToBeRetired,
    Live { event: Event, since: &'a str, instance: Option<&'a str> },
}

impl<'a> Party<'a> {
    fn of(side: &'a Side) -> Self {
        let json = |role: &'a Role| match role {
            Role::Candidate => JsonRole::Candidate,
            Role::Leaving => JsonRole::ToBeRetired,
            Role::Live { event, since, instance } => {
                JsonRole::Live { event: *event, since, instance: instance.as_ref().map(ServiceName::as_str) }
            }
        };
        Self {
            service: side.service.as_str(),
            version: side.version.as_ref().map(Version::as_str),
            roles: side.roles.iter().map(json).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum JsonCause<'a> {
    Interaction { name: &'a str, id: InteractionId, said: Vec<JsonReason<'a>> },
    NoResult { names: &'a [String], of: usize },
    Told { text: String },
}

/// A reason with all its keys: programs needn't check which of them exist.
#[derive(Serialize)]
struct JsonReason<'a> {
    code: &'a str,
    place: &'a str,
    expected: &'a str,
    actual: &'a str,
    message: &'a str,
}

impl<'a> JsonCause<'a> {
    fn of(cause: &'a Cause) -> Self {
        match cause {
            Cause::Interaction { name, id, reasons } => {
                Self::Interaction { name, id: *id, said: reasons.iter().map(JsonReason::of).collect() }
            }
            Cause::NoResult { names, of } => Self::NoResult { names, of: *of },
            Cause::Fact(fact) => Self::Told { text: fact_text(fact) },
        }
    }
}

impl<'a> JsonReason<'a> {
    fn of(Reason { code, place, expected, actual, message }: &'a Reason) -> Self {
        Self { code, place, expected, actual, message }
    }
}

#[derive(Serialize)]
struct JsonNotice {
    code: &'static str,
    text: String,
    next: Option<String>,
}

impl JsonNotice {
    fn of(notice: &Notice) -> Self {
        Self { code: notice.code().text(), text: notice_text(notice), next: notice_next_text(notice) }
    }
}
