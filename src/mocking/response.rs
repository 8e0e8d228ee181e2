//! A response as a mock sends it: the example of an interaction, ready for the wire.

use crate::contract::Matcher;
use crate::formats::Terms;
use crate::interaction::{ActualResponse, Content, Response, encode};

/// The response on the wire to a request with this method. The placeholders of `response` must be filled; `terms` are
/// those of its interaction.
#[must_use]
pub fn wire_response(response: &Response, terms: &Terms, method: &str) -> ActualResponse {
    let mut wire = encode::response(response);
    let has = |headers: &[(String, String)], name: &str| headers.iter().any(|(known, _)| known == name);
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
    let is_bodiless = method == "HEAD" || matches!(wire.status, 100..200 | 204 | 304);
    if is_bodiless {
        wire.body.clear();
    }
    // The server says itself where a body ends. Without a body, the length is that of another response.
    let mut has_length = false;
    wire.headers.retain(|(name, value)| match name.as_str() {
        "content-length" => {
            let is_number = value.parse::<u64>().is_ok();
            is_bodiless && is_number && !std::mem::replace(&mut has_length, true)
        }
        "transfer-encoding" => !is_bodiless && value.trim().eq_ignore_ascii_case("chunked"),
        _ => true,
    });
    wire
}
