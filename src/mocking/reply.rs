//! What is answered: the example, as it goes over the wire.

use crate::contract::Matcher;
use crate::formats::Terms;
use crate::interaction::{ActualResponse, Content, Response, encode};

/// Headers that say how the bytes of one connection are to be read: a server has its own.
const OF_CONNECTION: [&str; 7] =
    ["connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/// The answer to a request with this method, of a response whose placeholders were filled, in the terms of its
/// interaction.
#[must_use]
pub fn reply_of(response: &Response, terms: &Terms, method: &str) -> ActualResponse {
    let mut reply = encode::response(response);
    let named = |headers: &[(String, String)], name: &str| headers.iter().any(|(known, _)| known == name);
    reply.headers.retain(|(name, _)| !OF_CONNECTION.contains(&name.as_str()));
    let implied = match response.body.as_ref().map(|body| &body.content) {
        Some(Content::Json(_)) => Some("application/json"),
        Some(Content::Form(_)) => Some("application/x-www-form-urlencoded"),
        Some(Content::Text(_)) => Some("text/plain; charset=utf-8"),
        Some(Content::Bytes(_)) | None => None,
    };
    let refused = match terms {
        Terms::Own(terms) => terms.response.headers.get("content-type").is_some_and(|rule| rule.has(&Matcher::Absent)),
        // Pact can't refuse a header.
        Terms::Pact(_) => false,
    };
    if let Some(media_type) = implied.filter(|_| !refused && !named(&reply.headers, "content-type")) {
        reply.headers.push((String::from("content-type"), media_type.to_owned()));
    }
    // RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5.
    if method == "HEAD" || matches!(reply.status, 100..200 | 204 | 304) {
        reply.body.clear();
    }
    reply
}
