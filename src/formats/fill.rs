//! Interactions of both formats with their placeholders filled and their values generated: the requests and responses as
//! they are really sent.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::terms::Terms;
use crate::interaction::{ActualRequest, Http, MOST_INSERTED, Moment, Request, Response, encode};
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

    /// Whether it requires anything of the response's body.
    #[must_use]
    pub fn asks_for_body(&self) -> bool {
        let has_rules = match &self.terms {
            Terms::Own(terms) => !terms.response.body.is_empty(),
            Terms::Pact(terms) => !terms.response.body.0.is_empty(),
        };
        has_rules || self.response.body.is_some()
    }

    /// The path of the request's example, as actual paths are compared with it.
    #[must_use]
    pub fn compared_path(&self) -> Cow<'_, str> {
        match &self.terms {
            Terms::Own(_) => Cow::Borrowed(&self.request.path),
            Terms::Pact(_) => pact::encode::path(&self.request.path),
        }
    }

    /// Whether provider states determine the request's path in a way that its example doesn't show. In our own contracts a
    /// placeholder shows it.
    #[must_use]
    pub fn has_path_of_states(&self) -> bool {
        match &self.terms {
            Terms::Own(_) => false,
            Terms::Pact(terms) => terms.request.generators.path.as_ref().is_some_and(pact::Generator::needs_states),
        }
    }

    /// Whether a consumer that was tested with this interaction may send the example itself in place of what provider
    /// states make of it. The tests of a Pact consumer know only the example.
    #[must_use]
    pub fn allows_unfilled(&self) -> bool {
        match &self.terms {
            Terms::Own(_) => false,
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

    /// Whether filling it with values would take too much memory.
    #[must_use]
    pub fn is_too_large_with(&self, values: &Map<String, Value>) -> bool {
        let inserted = match &self.terms {
            Terms::Own(_) => self.request.inserted(values).saturating_add(self.response.inserted(values)),
            Terms::Pact(terms) => pact::fill::inserted(&self.request, &terms.request, values),
        };
        inserted > MOST_INSERTED
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
