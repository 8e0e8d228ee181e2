//! The runner's view of the outside: a provider that responds, and a handler of its states.

use serde_json::{Map, Value};

use super::outcome::RunError;
use crate::interaction::{ActualRequest, ActualResponse, State};

/// A provider that requests can be sent to.
pub trait Provider {
    /// Sends one request and reads the whole response. Headers that the user adds to every request are sent if the contract
    /// `allows` them.
    ///
    /// # Errors
    ///
    /// Whatever kept a response from being read whole, within the limits on time and size.
    fn send(&self, request: &ActualRequest, allows: &Allows) -> impl Future<Output = Result<Reply, RunError>> + Send;
}

/// Whether the contract of a request allows a header of this name and value.
pub type Allows<'a> = dyn Fn(&str, &str) -> bool + Sync + 'a;

/// A response and how long it took.
#[derive(Clone, Debug)]
pub struct Reply {
    pub response: ActualResponse,
    /// Why the body is unknown, although it came: its content coding can't be undone. Then the response has none.
    pub unread: Option<RunError>,
    /// The content codings that it names and that aren't known. The body is taken as it came, without them.
    pub unknown_codings: Vec<String>,
    /// From the first byte sent to the last received.
    pub seconds: f64,
}

/// Sets up and tears down provider states.
pub trait StateHandler {
    /// Sets a state up or tears it down. The values that the handler returns replace `${name}` in the request.
    ///
    /// # Errors
    ///
    /// Whatever kept the state from being set up, with the handler's own output.
    fn change(
        &self,
        state: &State,
        action: Action,
    ) -> impl Future<Output = Result<Map<String, Value>, RunError>> + Send;
}

/// Which way a state is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Setup,
    Teardown,
}

impl Action {
    /// The word that the handler is sent: `setup` or `teardown`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Teardown => "teardown",
        }
    }
}
