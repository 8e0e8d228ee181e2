//! An actual response against the least that a contract requires of it.

use super::shape::Mode;
use super::{body, headers};
use crate::contract::Rules;
use crate::interaction::mismatch::STATUS;
use crate::interaction::{Actual, ActualResponse, Expected, Mismatch, Part, Response, describe, work};
use crate::source::Pointer;

/// Every mismatch of a response; `at` is the response's place in the contract.
///
/// If the status is wrong, the body isn't compared but shown: it belongs to another kind of response.
#[must_use]
pub fn match_response(expected: &Response, rules: &Rules, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    work::limited(at, || mismatches(expected, rules, actual, at))
}

fn mismatches(expected: &Response, rules: &Rules, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let is_status_allowed = expected.status.allows(actual.status);
    if !is_status_allowed {
        let (status, came) = (Expected::Plain(expected.status.to_string()), Actual::Plain(actual.status.to_string()));
        let mismatch = Mismatch::of_part(STATUS, Part::Status, status, came, at.key("status"));
        found.push(mismatch.with_hint(describe::body_hint(&actual.body)));
    }
    found.extend(headers::compare(&expected.headers, rules, &actual.headers, at));
    if let Some(body) = &expected.body
        && is_status_allowed
    {
        found.extend(body::compare_body(body, rules, (&actual.headers, &actual.body), Mode::LEAST, at));
    }
    found
}
