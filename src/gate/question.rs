//! What is asked.

use jiff::civil::Date;

use crate::interaction::ServiceName;
use crate::ledger::ServiceVersion;

/// May these versions go live there?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub environment: ServiceName,
    /// At most one version of each service.
    pub candidates: Vec<ServiceVersion>,
    pub plan: Plan,
    /// The lasting instance of the candidates that they go to; none is one of its own.
    pub instance: Option<ServiceName>,
    /// Whether a "yes" needs at least one pair that was checked.
    pub require_pairs: bool,
    /// Whether the candidates go back to where they were live before.
    pub rollback: bool,
    /// The day of the question, in UTC: services may be live without having published until a day that they declare.
    pub day: Date,
}

/// How several candidates go live.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Plan {
    /// In any order; if that is not possible, in one that is looked for.
    #[default]
    Any,
    /// In this order, which names every candidate once.
    Order(Vec<ServiceName>),
    /// All in the same moment, each taking the place of what was there.
    Atomic,
}
