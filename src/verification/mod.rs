//! The job of `verify`: contracts → plan → runner → events → summary.
//!
//! Nothing here knows a socket or a process: the runner works over the traits [`Provider`] and [`StateHandler`].

mod event;
mod outcome;
mod provider;

pub use event::{AskedLine, Bodies, Event, Finished, ShownMismatch};
pub use outcome::{Outcome, RunError, Summary, Verdict};
pub use provider::{Action, Provider, Reply, StateHandler};
