//! The gate's decision, with its reasons. Data only: the reports turn it into text.

use super::cause::{Cause, NextStep};
use super::code::GateCode;
use super::notice::Notice;
use super::state::State;
use crate::interaction::ServiceName;
use crate::ledger::{Event, ServiceVersion, Version};

/// The gate's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allow: bool,
    /// The worst state of all rows; compatible if there are none.
    pub state: State,
    pub environment: ServiceName,
    /// The versions in question.
    pub candidates: Vec<ServiceVersion>,
    /// Whether they are to be retired, not to go live.
    pub retire: bool,
    /// The view of the store that the decision is based on.
    pub store: String,
    /// The order in which the candidates have to go live, which the rows assume; empty if the order doesn't matter, or
    /// none works.
    pub order: Vec<ServiceVersion>,
    /// Everything that was judged, the worst first.
    pub rows: Vec<Row>,
    /// Other things worth knowing; they don't affect the decision.
    pub notices: Vec<Notice>,
}

/// One pair, or one missing fact, and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub code: GateCode,
    /// The consumer; `None` if only the provider is in question.
    pub consumer: Option<Side>,
    /// The provider; `None` if only the consumer is in question.
    pub provider: Option<Side>,
    /// The number of interactions in the contract; 0 if there is no contract to read.
    pub interactions: usize,
    /// Why the row has its code.
    pub causes: Vec<Cause>,
    /// The owners of the service whose turn it is; of both if they have to agree on a change.
    pub owners: Vec<String>,
    /// The steps that clear the row.
    pub next: Vec<NextStep>,
}

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    pub service: ServiceName,
    /// `None` if the service is in question and not one of its versions.
    pub version: Option<Version>,
    /// Why this version is considered.
    pub roles: Vec<Role>,
}

/// Why a version is considered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The question is about it.
    Candidate,
    /// It is to be retired.
    Leaving,
    /// It is live: since when, and on which instance.
    Live { event: Event, since: String, instance: Option<ServiceName> },
}

impl Role {
    /// The role's name for people.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Leaving => "to be retired",
            Self::Live { event: Event::Started, .. } => "rolling out",
            Self::Live { event: Event::Released, .. } => "released",
            Self::Live { .. } => "live",
        }
    }
}

impl Decision {
    /// The number of rows with a state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.rows.iter().filter(|row| row.state() == state).count()
    }

    /// The rows that keep the gate shut.
    pub fn blocking(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.state() != State::Compatible)
    }
}

impl Row {
    /// The state of the pair.
    #[must_use]
    pub const fn state(&self) -> State {
        self.code.state()
    }
}

impl Side {
    /// The service and its version for people, with a commit's id abbreviated: `orders@8f2c1d3e4a5b`.
    #[must_use]
    pub fn short(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{}", self.service, version.short()),
            None => self.service.to_string(),
        }
    }
}
