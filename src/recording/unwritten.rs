//! Why an interaction of a recording can't be written.

use super::sample::BodyProblem;
use crate::interaction::Mismatch;
use crate::source::Finding;

/// Why an interaction can't be written.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Unwritten {
    /// A contract can't hold the body of its request.
    #[error("its request can't be written: {0}")]
    Body(BodyProblem),
    /// The bodies of its requests differ, and no rule can be about them.
    #[error("its request bodies differ and aren't text, so no rule can allow them all")]
    DifferingBytes,
    /// A sample doesn't fit the request that would have been written.
    #[error("its {} can't be written in a way that allows it: {}", .0.place(), .0.message())]
    Request(Box<Mismatch>),
    /// The interaction that would have been written can't be read.
    #[error("{}", .0.message)]
    Unreadable(Box<Finding>),
}
