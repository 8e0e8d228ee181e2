//! Compares messages with interactions, by the semantics of the format.

use super::terms::Terms;
use crate::interaction::template::has_placeholder;
use crate::interaction::{ActualRequest, ActualResponse, Http, Mismatch, Part, REDACTED};
use crate::source::Pointer;
use crate::{matching, pact};

/// Every mismatch of an actual request; `at` is the request's place in the contract.
#[must_use]
pub fn match_request(http: &Http<Terms>, actual: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
    match &http.terms {
        Terms::Own(terms) => matching::match_request(&http.request, &terms.request, actual, at),
        Terms::Pact(terms) => pact::comparison::match_request(&http.request, &terms.request, actual, at),
    }
}

/// Whether the terms of an interaction allow a header in its request: it is what they say about it, or they say nothing. A
/// value that only takes the place of a secret says nothing either.
#[must_use]
pub fn allows_header(http: &Http<Terms>, request: &ActualRequest, name: &str, value: &str) -> bool {
    let is_open = |(other, text): &(String, String)| {
        other.eq_ignore_ascii_case(name) && (text.contains(REDACTED) || has_placeholder(text))
    };
    if request.headers.iter().any(is_open) {
        return true;
    }
    let mut with_it = ActualRequest { body: Vec::new(), ..request.clone() };
    with_it.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    with_it.headers.push((name.to_owned(), value.to_owned()));
    let mismatches = match_request(http, &with_it, &Pointer::root());
    !mismatches.iter().any(|mismatch| mismatch.part == Part::Header && mismatch.path.eq_ignore_ascii_case(name))
}

/// Every mismatch of an actual response; `at` is the response's place in the contract.
#[must_use]
pub fn match_response(http: &Http<Terms>, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    match &http.terms {
        Terms::Own(terms) => matching::match_response(&http.response, &terms.response, actual, at),
        Terms::Pact(terms) => pact::comparison::match_response(&http.response, &terms.response, actual, at),
    }
}
