//! An exchange that was seen on the wire: a request of the consumer and the provider's response.

use crate::interaction::{ActualRequest, ActualResponse};

/// One request of the consumer and the provider's response to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// As the consumer sent it, with the path that the provider knows; content codings of the body are undone.
    pub request: ActualRequest,
    /// As the provider sent it; content codings of the body are undone.
    pub response: ActualResponse,
    pub request_body: Capture,
    pub response_body: Capture,
}

/// How much of a body is known. Unless it is [`Capture::Whole`], its message has no bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// All of it.
    #[default]
    Whole,
    /// It was passed on, but is too large to be kept.
    TooLarge {
        /// Its size on the wire.
        bytes: u64,
    },
    /// It was passed on, but its bytes aren't known, for example because its content coding could not be undone: why.
    Undecodable(String),
    /// It was passed on, but can't be searched for secrets, so it must not be written.
    Unsearchable { bytes: usize },
}
