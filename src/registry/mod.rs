//! `upheld.yaml`: the registry of a workspace's services: how each is started and reached, how its states are set up,
//! and who owns it.

mod raw;
mod read;
mod variables;

pub use raw::registry_schema;
pub use read::{CODES, OtherMethod, read, states_by};
pub use variables::{MissingVariable, expand};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use crate::interaction::ServiceName;
use crate::source::{Pointer, SourceFile};

/// The services of a workspace. Texts are kept as written: `${NAME}` is filled in when a text is used, so only those
/// who need a variable must set it.
#[derive(Debug)]
pub struct Registry {
    /// The file, to point into.
    pub source: Arc<SourceFile>,
    /// The folder or repository that keeps the ledger.
    pub store: Option<String>,
    pub services: IndexMap<ServiceName, Service>,
}

/// The entry of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// The command line that starts it, on the port `${PORT}`.
    pub start: Option<String>,
    /// How long it may take to become healthy.
    pub start_timeout: Option<Duration>,
    /// The path that responds with 2XX once it is ready.
    pub health: Option<String>,
    pub states: Option<StatesBy>,
    /// Its addresses by environment.
    pub url: BTreeMap<String, Vec<String>>,
    /// Who to talk to.
    pub owners: Vec<String>,
    /// Whether all of its interactions may run at once.
    pub parallel: bool,
}

/// How a service's states are set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatesBy {
    /// A POST to this path of the service, or to this address.
    Http(String),
    /// A command line.
    Command(String),
    /// It is always in all of them.
    NotNeeded,
}

impl Registry {
    /// The place of a service's key.
    #[must_use]
    pub fn pointer(service: &ServiceName, key: &str) -> Pointer {
        Pointer::root().key("services").key(service.as_str()).key(key)
    }

    /// The file and line in which a service's key is written: `contracts/upheld.yaml:5`.
    #[must_use]
    pub fn place(&self, service: &ServiceName, key: &str) -> String {
        let line = self.source.place(&Self::pointer(service, key)).map_or(1, |span| span.start.line);
        format!("{}:{line}", self.source.name)
    }
}
