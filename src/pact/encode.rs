//! From the example of a Pact file to the request that goes over the wire.

use super::rules::PactRules;
use crate::interaction::{ActualRequest, Request, encode};

/// The request that a filled example is, as a consumer sends it.
#[must_use]
pub fn request(request: &Request, rules: &PactRules) -> ActualRequest {
    let implied = request.body.as_ref().and_then(|body| body.content.implied_type());
    let mut sent = encode::request_of_type(request, rules.media_type.as_deref().or(implied));
    // A Pact file may leave the path empty, or begin it with a word.
    if !sent.path.starts_with('/') {
        sent.path.insert(0, '/');
    }
    sent
}

/// The request as a provider gets it: a body that is null in a Pact file is sent as the text that it is in JSON, though
/// its mock asks for no body there.
#[must_use]
pub fn sent(request: &Request, rules: &PactRules) -> ActualRequest {
    let mut sent = self::request(request, rules);
    if rules.sends_null && sent.body.is_empty() {
        sent.body = b"null".to_vec();
    }
    sent
}
