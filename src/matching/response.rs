//! A response that came against the least that a contract asks of it.

use super::mismatch::{Mismatch, Part, STATUS};
use super::shape::Mode;
use super::{ActualResponse, body, describe, headers, pact};
use crate::contract::Response;
use crate::source::Pointer;

/// Every mismatch of a response; `at` is the response's place in the contract.
///
/// Where the status is another one, the body is not compared: it is of another kind of answer, and shown instead.
#[must_use]
pub fn match_response(asked: &Response, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    if let Some(rules) = &asked.rules.pact {
        return pact::match_response(asked, rules, actual, at);
    }
    let mut found = Vec::new();
    if !asked.status.allows(actual.status) {
        found.push(Mismatch {
            code: STATUS,
            part: Part::Status,
            path: String::new(),
            expected: asked.status.to_string(),
            actual: actual.status.to_string(),
            asked: at.key("status"),
            hint: body_shown(&actual.body),
        });
    }
    found.extend(headers::compare(&asked.headers, &asked.rules, &actual.headers, at));
    if let (Some(body), true) = (&asked.body, asked.status.allows(actual.status)) {
        found.extend(body::compare_body(body, &asked.rules, &actual.body, Mode::LEAST, at));
    }
    found
}

/// The body of an answer with another status, which tells more than the status.
pub(super) fn body_shown(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(2000)]).trim().to_owned();
    (!text.is_empty()).then(|| format!("the answer's body: {}", describe::cut(&text)))
}
