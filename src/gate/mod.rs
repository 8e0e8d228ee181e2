//! The gate: may these versions go live there, or be retired? A pure function of a question and a ledger: no clock, no network.
//!
//! The world consists of the versions that are live in the environment, including roll-outs under way, and the
//! candidates. Every pair of a consumer and a provider in it with a candidate on at least one side is judged, and the
//! worst of them decides. A missing fact never counts as "yes".

mod cause;
mod check;
mod code;
mod decide;
mod decision;
mod facts;
mod notice;
mod notices;
mod order;
mod pair;
mod question;
mod retire;
mod rows;
mod state;
mod status;
mod world;

pub use cause::{Cause, Fact, NextStep};
pub use code::{GateCode, NoticeCode};
pub use decide::decide;
pub use decision::{Decision, Role, Row, Side};
pub use notice::Notice;
pub use question::{Plan, Question};
pub use state::State;
pub use status::{Status, status};
