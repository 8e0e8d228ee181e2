//! The provider's own address in a contract is that of its mock: a client that follows a link of a response stays here.

use crate::interaction::ActualRequest;
use crate::mocking::Selected;
use crate::recording::{Origin, STAND_IN};

/// The addresses of a mock in its messages.
#[derive(Debug)]
pub(super) struct OwnAddress {
    stand_in: Option<Origin>,
    own: Option<Origin>,
}

impl OwnAddress {
    /// Of the mock at this address.
    pub(super) fn new(own: &str) -> Self {
        Self { stand_in: Origin::new(STAND_IN), own: Origin::new(own) }
    }

    /// A response with the address under which the client knows the mock.
    pub(super) fn in_selected(&self, mut selected: Selected, known_as: &str) -> Selected {
        let Some(stand_in) = &self.stand_in else { return selected };
        let response = &mut selected.response;
        for (_, value) in &mut response.headers {
            if let Some(changed) = stand_in.replace_text(value, known_as) {
                *value = changed;
            }
        }
        if let Some(changed) = stand_in.replace(&response.body, known_as) {
            response.body = changed;
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
