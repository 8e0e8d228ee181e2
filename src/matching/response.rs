//! A response that came against the least that a contract asks of it.

use super::shape::Mode;
use super::{body, headers};
use crate::contract::Rules;
use crate::interaction::mismatch::STATUS;
use crate::interaction::{Actual, ActualResponse, Expected, Mismatch, Part, Response, describe};
use crate::source::Pointer;

/// Every mismatch of a response; `at` is the response's place in the contract.
///
/// Where the status is another one, the body is not compared: it is of another kind of answer, and shown instead.
#[must_use]
pub fn match_response(asked: &Response, rules: &Rules, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if !asked.status.allows(actual.status) {
        found.push(Mismatch {
            code: STATUS,
            part: Part::Status,
            path: String::new(),
            expected: Expected::Plain(asked.status.to_string()),
            actual: Actual::Plain(actual.status.to_string()),
            asked: at.key("status"),
            hint: describe::body_shown(&actual.body),
        });
    }
    found.extend(headers::compare(&asked.headers, rules, &actual.headers, at));
    if let (Some(body), true) = (&asked.body, asked.status.allows(actual.status)) {
        found.extend(body::compare_body(body, rules, &actual.body, Mode::LEAST, at));
    }
    found
}
