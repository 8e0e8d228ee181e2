//! Does each example uphold its own contract? If it doesn't, the contract demands two things that contradict each other.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::request::match_request;
use super::shape::Mode;
use super::{body, headers};
use crate::contract::codes::EXAMPLE_BROKEN;
use crate::contract::{Contract, RequestRules, Rules, Terms};
use crate::interaction::{Mismatch, Request, Response, encode, pointer, work};
use crate::source::{Finding, Pointer, SourceFile};

/// A finding for every place where an example breaks its own rules.
#[must_use]
pub fn check_examples(source: &SourceFile, contract: &Contract) -> Vec<Finding> {
    own_mismatches(contract).into_iter().map(|mismatch| broken_example(source, &mismatch)).collect()
}

/// The finding for a place where an example breaks its own rules.
#[must_use]
pub fn broken_example(source: &SourceFile, mismatch: &Mismatch) -> Finding {
    let message =
        format!("the example does not uphold its own contract: at {}, {}", mismatch.place(), mismatch.message());
    Finding::error(EXAMPLE_BROKEN, &source.name, source.place(&mismatch.expectation), message)
        .help("change the example or the matcher so that they agree")
}

/// Every place where an example of a contract breaks its own rules.
#[must_use]
pub fn own_mismatches(contract: &Contract) -> Vec<Mismatch> {
    let all = contract.interactions.iter().enumerate();
    // Only HTTP has a request and a response to compare with their rules. The format has no other kinds yet.
    let http = all.filter_map(|(index, interaction)| Some((index, interaction, interaction.http()?)));
    let found = http.flat_map(|(index, interaction, http)| {
        example_mismatches(&http.request, &http.response, &http.terms, &interaction.params(), &pointer(index))
    });
    // One limit for all of them.
    work::within(work::MOST_STEPS, || found.collect())
}

/// Every place where the examples of one interaction break their own rules. `params` fill its placeholders, and `at` is
/// its place in the contract.
#[must_use]
pub fn example_mismatches(
    request: &Request,
    response: &Response,
    terms: &Terms,
    params: &Map<String, Value>,
    at: &Pointer,
) -> Vec<Mismatch> {
    work::limited(at, || own(request, response, terms, params, at))
}

fn own(
    request: &Request,
    response: &Response,
    terms: &Terms,
    params: &Map<String, Value>,
    at: &Pointer,
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    // Without rules, an example is compared with itself.
    if terms.request != RequestRules::default() {
        let request =
            if request.has_placeholders() { Cow::Owned(request.filled(params)) } else { Cow::Borrowed(request) };
        found.extend(match_request(&request, &terms.request, &encode::request(&request), &at.key("request")));
    }
    if terms.response != Rules::default() {
        let response =
            if response.has_placeholders() { Cow::Owned(response.filled(params)) } else { Cow::Borrowed(response) };
        let at = at.key("response");
        let sent = encode::headers(&response.headers);
        found.extend(headers::compare(&response.headers, &terms.response, &sent, &at));
        if let Some(body) = &response.body {
            found.extend(body::compare_with_itself(body, &terms.response, Mode::LEAST, &at));
        }
    }
    found
}
