//! Interactions of both formats with their placeholders filled and their values generated: the requests and responses as
//! they are really sent.

use serde_json::{Map, Value};

use super::terms::Terms;
use crate::interaction::{ActualRequest, Http, Moment, Request, Response, encode};
use crate::pact;

impl Http<Terms> {
    /// Whether filling it with values changes it.
    #[must_use]
    pub fn has_placeholders(&self) -> bool {
        match &self.terms {
            Terms::Own(_) => self.request.has_placeholders() || self.response.has_placeholders(),
            Terms::Pact(terms) => terms.request.generators.need_states(),
        }
    }

    /// The request and response with `values` in place of their placeholders. Pact files have no placeholders: there,
    /// generators say where in the request the values go.
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

    /// The request with the values that are generated at a moment; `None` if none are.
    #[must_use]
    pub fn request_at(&self, moment: &Moment) -> Option<Request> {
        match &self.terms {
            Terms::Own(_) => None,
            Terms::Pact(terms) => pact::fill::request_at(&self.request, &terms.request, moment),
        }
    }

    /// The response with the values that are generated at a moment; `None` if none are.
    #[must_use]
    pub fn response_at(&self, moment: &Moment) -> Option<Response> {
        match &self.terms {
            Terms::Own(_) => None,
            Terms::Pact(terms) => pact::fill::response_at(&self.response, &terms.response, moment),
        }
    }

    /// The request as the consumer sends it.
    #[must_use]
    pub fn consumer_request(&self) -> ActualRequest {
        match &self.terms {
            Terms::Own(_) => encode::request(&self.request),
            Terms::Pact(terms) => pact::encode::request(&self.request, &terms.request),
        }
    }
}

/// A request as the verifier sends it to a provider; `terms` are those of its interaction.
#[must_use]
pub fn verifier_request(request: &Request, terms: &Terms) -> ActualRequest {
    match terms {
        Terms::Own(_) => encode::request(request),
        Terms::Pact(terms) => pact::encode::sent(request, &terms.request),
    }
}
