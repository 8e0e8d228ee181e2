//! Why the ledger refuses to record a fact. Data only: the commands make text of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::doubt::Doubt;
use super::live::Live;
use super::snapshot::StoreError;
use super::version::{ServiceVersion, Version};
use crate::interaction::{ContractId, ServiceName};

/// Why a fact isn't recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The store doesn't declare the name; the names that it does.
    Undeclared { kind: NameKind, name: ServiceName, known: BTreeSet<ServiceName> },
    /// The version is already published with different contracts.
    PublishedOtherwise { version: ServiceVersion, before: BTreeMap<ServiceName, ContractId> },
    /// The version is the beginning of several commit ids that the store knows.
    Ambiguous { version: ServiceVersion, longer: Vec<Version> },
    /// Two names differ by case alone.
    OneSpelling { name: ServiceName, other: ServiceName },
    /// The service is no longer in use.
    Retired { service: ServiceName, since: Date },
    /// The version has contracts with one provider under several of its names.
    OneProvider { version: ServiceVersion, names: Vec<ServiceName> },
    /// The version was never published; the service's versions that were.
    NotPublished { version: ServiceVersion, known: BTreeSet<Version> },
    /// The version isn't live in the environment in this way; the versions of the service that are.
    NotLive { version: ServiceVersion, environment: ServiceName, live: Vec<Live> },
    /// The version is live on several instances, and none of them was named.
    Instances { version: ServiceVersion, live: Vec<Live> },
    /// The version is both live and rolling out again, and neither was named.
    LiveAndRollingOut { version: ServiceVersion },
    /// Files that it depends on can't be trusted.
    Doubtful(Vec<Doubt>),
    /// The store can't be read.
    Store(StoreError),
}

/// Whether a name belongs to a service or an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    Service,
    Environment,
}

impl NameKind {
    /// The noun, which is also the option of `upheld store init` that declares such a name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Environment => "environment",
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
