//! Compares messages with interactions, by the semantics of the format.

use super::terms::Terms;
use crate::interaction::{ActualRequest, ActualResponse, Http, Mismatch};
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

/// Every mismatch of an actual response; `at` is the response's place in the contract.
#[must_use]
pub fn match_response(http: &Http<Terms>, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    match &http.terms {
        Terms::Own(terms) => matching::match_response(&http.response, &terms.response, actual, at),
        Terms::Pact(terms) => pact::comparison::match_response(&http.response, &terms.response, actual, at),
    }
}
