//! The provider's own address in a contract is that of its mock: a client that follows a link of a response stays here.

use crate::interaction::ActualRequest;
use crate::mocking::Selected;
use crate::recording::{Origin, STAND_IN};

/// The addresses of a mock in its messages.
#[derive(Debug)]
pub(super) struct OwnAddress {
    /// Those of the provider: the one that contracts have, and the real ones.
    provider: Vec<Origin>,
    own: Option<Origin>,
}

impl OwnAddress {
    /// Of the mock at this address, in the place of the provider at these.
    pub(super) fn new(own: &str, provider: &[String]) -> Self {
        // An address with a variable is known only where the variable is set.
        let known = provider.iter().map(String::as_str).filter(|address| !address.contains("${"));
        Self {
            provider: std::iter::once(STAND_IN).chain(known).filter_map(Origin::new).collect(),
            own: Origin::new(own),
        }
    }

    /// A response with the address under which the client knows the mock.
    pub(super) fn in_selected(&self, mut selected: Selected, known_as: &str) -> Selected {
        let response = &mut selected.response;
        for origin in &self.provider {
            for (_, value) in &mut response.headers {
                if let Some(changed) = origin.replace_text(value, known_as) {
                    *value = changed;
                }
            }
            if let Some(changed) = origin.replace(&response.body, known_as) {
                response.body = changed;
            }
        }
        selected
    }

    /// A request that a client made of what a response of the mock said, with the address that the contract has.
    pub(super) fn in_request(&self, mut request: ActualRequest) -> ActualRequest {
        let Some(own) = &self.own else { return request };
        if let Some(changed) = request.query.as_ref().and_then(|query| own.replace_text(query, STAND_IN)) {
            request.query = Some(changed);
        }
        // Its host stays: it says under which name the mock is known.
        for (_, value) in request.headers.iter_mut().filter(|(name, _)| !name.eq_ignore_ascii_case("host")) {
            if let Some(changed) = own.replace_text(value, STAND_IN) {
                *value = changed;
            }
        }
        if let Some(changed) = own.replace(&request.body, STAND_IN) {
            request.body = changed;
        }
        request
    }
}
