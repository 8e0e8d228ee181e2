//! What a Pact file asks of an interaction beyond its example.

use std::sync::Arc;

use super::rules::PactRules;

/// The rules of one interaction, in the file's own words. They are shared: a filled interaction has the same ones.
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
