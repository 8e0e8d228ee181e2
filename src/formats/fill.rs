//! An interaction with its placeholders filled and its values made: what is really sent, and what is really asked for.

use serde_json::{Map, Value};

use super::terms::Terms;
use crate::interaction::{ActualRequest, Http, Request, Response, encode};
use crate::pact::{self, Moment};

impl Http<Terms> {
    /// Whether filling it with values changes it.
    #[must_use]
    pub fn has_placeholders(&self) -> bool {
        match &self.terms {
            Terms::Own(_) => self.request.has_placeholders() || self.response.has_placeholders(),
            Terms::Pact(terms) => terms.request.generators.need_states(),
        }
    }

    /// The request and response with `values` in the place of placeholders. One of a Pact file has none: there, generators
    /// say where in the request the values go.
    #[must_use]
    pub fn filled(&self, values: &Map<String, Value>) -> Self {
        let (request, response) = match &self.terms {
            Terms::Own(_) => (self.request.filled(values), self.response.filled(values)),
            Terms::Pact(terms) => {
                (pact::fill::request_in_states(&self.request, &terms.request, values), self.response.clone())
            }
        };
        Self { request, response, terms: self.terms.clone() }
    }

    /// The request as it is at a moment, with what time and chance put in the place of its example's values; nothing
    /// where it has no such places.
    #[must_use]
    pub fn request_at(&self, moment: &Moment) -> Option<Request> {
        match &self.terms {
            Terms::Own(_) => None,
            Terms::Pact(terms) => pact::fill::request_at(&self.request, &terms.request, moment),
        }
    }

    /// The response as it is at a moment, with what time and chance put in the place of its example's values; nothing
    /// where it has no such places.
    #[must_use]
    pub fn response_at(&self, moment: &Moment) -> Option<Response> {
        match &self.terms {
            Terms::Own(_) => None,
            Terms::Pact(terms) => pact::fill::response_at(&self.response, &terms.response, moment),
        }
    }

    /// The request as a consumer sends it.
    #[must_use]
    pub fn asked(&self) -> ActualRequest {
        match &self.terms {
            Terms::Own(_) => encode::request(&self.request),
            Terms::Pact(terms) => pact::encode::request(&self.request, &terms.request),
        }
    }
}

/// A request, in the terms of its interaction, as the verifier sends it to a provider.
#[must_use]
pub fn sent(request: &Request, terms: &Terms) -> ActualRequest {
    match terms {
        Terms::Own(_) => encode::request(request),
        Terms::Pact(terms) => pact::encode::sent(request, &terms.request),
    }
}
