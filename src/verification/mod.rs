//! The job of `verify`: contracts → plan → runner → events → summary.
//!
//! Nothing here knows a socket or a process: the runner works over the traits [`Provider`] and [`StateHandler`].

mod event;
mod exchange;
mod finish;
mod outcome;
mod plan;
mod provider;
mod returned;
mod runner;
mod scrub;

pub use event::{Bodies, ContractLine, Event, Finished, Login, Pending, ShownMismatch};
pub use finish::with_lines;
pub use outcome::{Outcome, RunError, Summary, Verdict};
pub use plan::{Parallel, Plan};
pub use provider::{Action, Allows, Provider, Reply, StateHandler};
pub use returned::returned;
pub use runner::{CODES, INTERRUPTED, NO_STATE_HANDLER, NOT_RUN, States, none_run, run};
pub use scrub::{REDACTED, Scrubber};
