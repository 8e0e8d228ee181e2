//! One exchange with a provider.

use super::outcome::RunError;
use super::provider::Reply;
use crate::contract::Interaction;
use crate::matching::ActualRequest;

/// The request that was sent for an interaction, and the response.
pub(super) struct Exchange {
    /// The interaction with its placeholders filled.
    pub filled: Option<Interaction>,
    pub request: ActualRequest,
    pub reply: Result<Reply, RunError>,
}
