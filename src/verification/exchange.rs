//! One exchange with a provider.

use super::outcome::RunError;
use super::provider::Reply;
use crate::formats::Terms;
use crate::interaction::{ActualRequest, Http};

/// The request that was sent for an interaction, and the response.
pub(super) struct Exchange {
    /// The request and response with their placeholders filled; `None` if they have none.
    pub filled: Option<Http<Terms>>,
    pub request: ActualRequest,
    pub reply: Result<Reply, RunError>,
}
