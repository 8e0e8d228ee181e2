//! The gate: may these versions go live there? A pure function of a question and a ledger: no clock, no network.
//!
//! The world is what is live in the environment, roll-outs under way included, and the candidates. Every pair of a
//! consumer and a provider in it that has a candidate on one side is judged; the answer is the worst of these. What is
//! not known is never taken for "yes".

mod check;
mod code;
mod decide;
mod decision;
mod explain;
mod facts;
mod notices;
mod order;
mod pair;
mod question;
mod status;

pub use code::{CODES, GateCode};
pub use decide::decide;
pub use decision::{Because, Decision, Notice, Role, Row, Side, State};
pub use explain::{Explanation, explain};
pub use question::{Plan, Question};
pub use status::{Status, status};
