//! The requirements of a Pact file for an interaction beyond its example.

use std::sync::Arc;

use super::rules::PactRules;
use crate::interaction;

/// The contract in a Pact file.
pub type Contract = interaction::Contract<Terms>;
/// An interaction of a Pact file.
pub type Interaction = interaction::Interaction<Terms>;

/// The rules of one interaction, as the file has them. They are shared, because a filled interaction has the same ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    pub request: Arc<PactRules>,
    pub response: Arc<PactRules>,
}

impl Terms {
    /// The rules of a request and of its response.
    #[must_use]
    pub fn new(request: PactRules, response: PactRules) -> Self {
        Self { request: Arc::new(request), response: Arc::new(response) }
    }
}
