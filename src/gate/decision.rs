//! What is answered, and why.

use super::code::GateCode;
use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{Event, Reason, ServiceVersion};

/// The answer of the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub allow: bool,
    /// The worst state of all rows; compatible where there is none.
    pub state: State,
    pub environment: ServiceName,
    pub candidates: Vec<ServiceVersion>,
    /// The view of the store that it was decided on.
    pub store: String,
    /// The order in which the candidates have to go live, and that the rows are about; empty where any will do, or none.
    pub order: Vec<ServiceVersion>,
    /// Everything that was judged, the worst first.
    pub rows: Vec<Row>,
    /// What else is worth knowing, which decides nothing.
    pub notices: Vec<Notice>,
}

/// How a pair stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// An interaction is broken.
    Incompatible,
    /// A fact is missing or can't be trusted, and waiting can't help.
    Unknown,
    /// The consumer needs a provider of which nothing is live.
    MissingProvider,
    /// Results are missing: a verification can help.
    Unverified,
    /// Every interaction is upheld, and none is broken.
    Compatible,
}

impl State {
    /// The word of the design.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Incompatible => "incompatible",
            Self::Unknown => "unknown",
            Self::MissingProvider => "missing-provider",
            Self::Unverified => "unverified",
            Self::Compatible => "compatible",
        }
    }
}

/// One pair, or one fact that is missing, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub code: GateCode,
    pub state: State,
    /// Who needs something; nobody where the provider alone is in question.
    pub consumer: Option<Side>,
    /// Who is to give it; nobody where the consumer alone is in question.
    pub provider: Option<Side>,
    /// How many interactions the contract has; 0 where there is none to read.
    pub interactions: usize,
    /// Why, one for each cause.
    pub reasons: Vec<Because>,
    /// Who owns what is to be done.
    pub owners: Vec<String>,
    /// What clears it, one sentence or command each.
    pub next: Vec<String>,
}

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    pub service: ServiceName,
    /// None where no version is in question, but the service.
    pub version: Option<crate::ledger::Version>,
    /// Why this version is part of the world.
    pub roles: Vec<Role>,
}

/// Why a version is part of the world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It is asked about.
    Candidate,
    /// It is live: since when, and on which instance.
    Live { event: Event, since: String, instance: Option<ServiceName> },
}

impl Role {
    /// The word for people.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Live { event: Event::Started, .. } => "rolling out",
            Self::Live { event: Event::Released, .. } => "released",
            Self::Live { .. } => "live",
        }
    }
}

/// One cause of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// An interaction is broken, or could not be run: what the verification said of it.
    Interaction { name: String, id: InteractionId, said: Vec<Reason> },
    /// Interactions without a result, of those that the contract has.
    NoResult { names: Vec<String>, of: usize },
    /// Anything else, as a sentence without a full stop.
    Told(String),
}

/// What is worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub code: GateCode,
    /// A sentence without a full stop.
    pub text: String,
    /// What to do about it, where something can be done.
    pub next: Option<String>,
}

impl Decision {
    /// How many rows there are of a state.
    #[must_use]
    pub fn count(&self, state: State) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }

    /// The rows that keep the gate shut.
    pub fn blocking(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.state != State::Compatible)
    }
}

impl Side {
    /// As people are told of it, with a commit's id cut: `orders@8f2c1`.
    #[must_use]
    pub fn short(&self) -> String {
        match &self.version {
            Some(version) => format!("{}@{}", self.service, version.short()),
            None => self.service.to_string(),
        }
    }
}
