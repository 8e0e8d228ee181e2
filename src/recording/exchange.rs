//! What was seen on the wire: a request of the consumer, and what came back.

use crate::interaction::{ActualRequest, ActualResponse};

/// One request of the consumer and the provider's answer to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// As the consumer sent it, to the path that the provider knows; content codings of the body are undone.
    pub request: ActualRequest,
    /// As the provider answered; content codings of the body are undone.
    pub response: ActualResponse,
    pub request_body: Capture,
    pub response_body: Capture,
}

/// How much of a body is known. What is not [`Capture::Whole`] has no bytes in its message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// All of it.
    #[default]
    Whole,
    /// It went past, and was too large to be kept.
    TooLarge {
        /// How many bytes it had, as it came.
        bytes: u64,
    },
    /// It went past, and its content coding could not be undone: why, in words.
    Undecodable(String),
}
