//! From the example of a Pact file to the request that goes over the wire.

use std::borrow::Cow;

use super::rules::PactRules;
use crate::interaction::{ActualRequest, Request, encode};

/// A filled example as the consumer sends it.
#[must_use]
pub fn request(request: &Request, rules: &PactRules) -> ActualRequest {
    let implied = request.body.as_ref().and_then(|body| body.content.implied_type());
    let mut sent = encode::request_of_type(request, rules.media_type.as_deref().or(implied));
    sent.path = if request.path.is_empty() { String::from("/") } else { path(&request.path).into_owned() };
    sent
}

/// The path that is compared: in a Pact file it may lack its first slash. An empty one stays as it is, which no request
/// has: the specification's cases tell it from `/`.
#[must_use]
pub fn path(written: &str) -> Cow<'_, str> {
    if written.is_empty() || written.starts_with('/') {
        Cow::Borrowed(written)
    } else {
        Cow::Owned(format!("/{written}"))
    }
}

/// A filled example as the verifier sends it: a body that is null in a Pact file is sent as the text `null`, although the
/// mock expects no body there.
#[must_use]
pub fn sent(request: &Request, rules: &PactRules) -> ActualRequest {
    let mut sent = self::request(request, rules);
    if rules.sends_null && sent.body.is_empty() {
        sent.body = b"null".to_vec();
    }
    sent
}
