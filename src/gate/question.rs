//! The question that the gate answers.

use jiff::civil::Date;

use crate::interaction::ServiceName;
use crate::ledger::ServiceVersion;

/// May these versions go live there, or may they be retired?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub environment: ServiceName,
    /// At most one version of each service, unless they are to be retired.
    pub candidates: Vec<ServiceVersion>,
    pub plan: Plan,
    /// The instance that the candidates go to; `None` if they don't have several.
    pub instance: Option<ServiceName>,
    /// Whether a "yes" requires at least one checked pair.
    pub require_pairs: bool,
    /// Whether the candidates go back to a place where they were live before.
    pub rollback: bool,
    /// The day of the question, in UTC: services may be exempt from publishing until a day that they declare.
    pub day: Date,
}

/// How the candidates go live, or that they go away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// In any order, or in one that the gate finds.
    #[default]
    Any,
    /// In this order, which names every candidate once.
    Order(Vec<ServiceName>),
    /// All at the same moment, each replacing the version before.
    Atomic,
    /// None goes live: they are live, and are to be retired.
    Retire,
}
