//! A response as a mock sends it: the example of an interaction, ready for the wire.

use crate::contract::Matcher;
use crate::formats::Terms;
use crate::interaction::{ActualResponse, Content, Response, encode};

/// Headers about the bytes of one connection: the server sets its own.
const CONNECTION_HEADERS: [&str; 7] =
    ["connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

/// The response on the wire to a request with this method. The placeholders of `response` must be filled; `terms` are
/// those of its interaction.
#[must_use]
pub fn wire_response(response: &Response, terms: &Terms, method: &str) -> ActualResponse {
    let mut wire = encode::response(response);
    let has = |headers: &[(String, String)], name: &str| headers.iter().any(|(known, _)| known == name);
    wire.headers.retain(|(name, _)| !CONNECTION_HEADERS.contains(&name.as_str()));
    let implied = match response.body.as_ref().map(|body| &body.content) {
        Some(Content::Json(_)) => Some("application/json"),
        Some(Content::Form(_)) => Some("application/x-www-form-urlencoded"),
        Some(Content::Text(_)) => Some("text/plain; charset=utf-8"),
        Some(Content::Bytes(_)) | None => None,
    };
    let is_forbidden = match terms {
        Terms::Own(terms) => terms.response.headers.get("content-type").is_some_and(|rule| rule.has(&Matcher::Absent)),
        // Pact can't forbid a header.
        Terms::Pact(_) => false,
    };
    if let Some(media_type) = implied.filter(|_| !is_forbidden && !has(&wire.headers, "content-type")) {
        wire.headers.push((String::from("content-type"), media_type.to_owned()));
    }
    // RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5.
    if method == "HEAD" || matches!(wire.status, 100..200 | 204 | 304) {
        wire.body.clear();
    }
    wire
}
