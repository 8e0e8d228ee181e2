//! The events that the runner sends to the reporters, as they happen.

use std::sync::Arc;

use super::outcome::{Outcome, RunError};
use crate::interaction::{ActualRequest, Mismatch, REDACTED, ServiceName};
use crate::source::Excerpt;

/// One thing that happened in a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// So many interactions will be run.
    Started { total: usize },
    /// One more interaction was run; its result comes when its turn in the contracts' order has come.
    Progress,
    /// The next interaction in the contracts' order, with its result.
    Finished(Box<Finished>),
}

/// The result of one interaction of one contract.
#[derive(Clone, Debug)]
pub struct Finished {
    pub consumer: ServiceName,
    pub provider: ServiceName,
    /// The interaction's name.
    pub name: String,
    /// The interaction's id: 64 hexadecimal digits.
    pub id: String,
    pub outcome: Outcome,
    /// Why it doesn't fail the run if it is broken; `None` if it does.
    pub pending: Option<Pending>,
    /// From the first byte sent to the last received, in seconds; the setting up of states is not in it.
    pub seconds: f64,
    /// The contract's file, as the user knows it; of one from the store, its path there.
    pub file: Arc<str>,
    /// Of a contract from the store, the versions that need it: `storefront@1 (live in production)`.
    pub needed_by: Vec<String>,
    /// The line in which the interaction begins, counted from 1.
    pub line: u32,
    /// The provider states, each with its parameters: `an order exists (id: 42)`.
    pub given: Vec<String>,
    /// The address that it was sent to, if the provider was verified at several.
    pub instance: Option<String>,
    /// The request line: `GET /orders/42`.
    pub request: String,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// Empty unless the outcome is broken.
    pub mismatches: Vec<ShownMismatch>,
    /// The content codings that the response names and that aren't known, if the contract asks for its body.
    pub unknown_codings: Vec<String>,
    /// Set if the outcome is error or skipped.
    pub error: Option<RunError>,
    /// The example's and the response's body as pretty-printed texts with their keys in one order, if the body has a
    /// mismatch that a comparison of the whole helps to understand.
    pub bodies: Option<Bodies>,
    /// The credentials that its request had.
    pub login: Login,
}

impl Finished {
    /// Whether it isn't upheld and that doesn't count.
    #[must_use]
    pub const fn is_pending(&self) -> bool {
        self.pending.is_some() && !matches!(self.outcome, Outcome::Upheld)
    }
}

/// Why an interaction doesn't count yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Nobody live needs it, and the provider's main branch never upheld it.
    NotNeeded,
    /// Its contract says so.
    Said,
}

/// The credentials in a request that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    None,
    /// The contract's own, in a header.
    OfContract,
    /// A secret that a recording left out, or a placeholder that nothing filled.
    LeftOut,
}

impl Login {
    /// Those of a request, without those that the user adds to every request.
    pub(super) fn of(request: &ActualRequest) -> Self {
        let body = String::from_utf8_lossy(&request.body);
        let is_left_out = |text: &str| text.contains(REDACTED) || text.contains("${");
        let mut texts = request.headers.iter().map(|(_, value)| value.as_str()).chain(request.query.as_deref());
        if is_left_out(&body) || is_left_out(&request.path) || texts.any(is_left_out) {
            return Self::LeftOut;
        }
        let is_login =
            |name: &str| ["authorization", "cookie", "x-api-key"].iter().any(|it| name.eq_ignore_ascii_case(it));
        if request.headers.iter().any(|(name, _)| is_login(name)) { Self::OfContract } else { Self::None }
    }
}

/// The two sides of a body comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bodies {
    pub expected: String,
    pub actual: String,
}

/// A mismatch with the line of the contract that requires it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownMismatch {
    pub mismatch: Mismatch,
    pub asked: Option<ContractLine>,
}

/// A line of a contract and the place in it that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractLine {
    /// The line's number, counted from 1.
    pub line: u32,
    /// The first character of the place, counted from 1.
    pub column: u32,
    /// What surrounds the place. The whole line may be a whole file, and there may be thousands of mismatches in it.
    pub excerpt: Excerpt,
}
