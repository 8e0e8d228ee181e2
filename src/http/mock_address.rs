//! The provider's own address in a contract is that of its mock, and so are the addresses of the other providers that are
//! mocked: a client that follows a link of a response stays here.

use std::sync::{Arc, OnceLock};

use crate::interaction::ActualRequest;
use crate::mocking::Selected;
use crate::recording::{Origin, STAND_IN, stand_in_of};

/// The addresses of a mock in its messages.
#[derive(Debug)]
pub(super) struct OwnAddress {
    provider: Known,
    /// All mocks of this run, once they have started.
    all: OnceLock<Arc<Mocks>>,
}

/// The mocks of a run.
#[derive(Debug)]
pub struct Mocks {
    all: Vec<MockedProvider>,
    /// Each with its address, made with the first response: a mock is to listen as soon as possible.
    known: OnceLock<Vec<(Known, String)>>,
}

/// A provider by its addresses.
#[derive(Debug)]
struct Known {
    /// That which contracts have.
    stand_in: String,
    /// This one, and the real ones.
    provider: Vec<Origin>,
    /// That of its mock.
    mock: Option<Origin>,
}

/// A mock of a run.
#[derive(Clone, Debug)]
pub struct MockedProvider {
    /// The provider's name.
    pub provider: String,
    /// The addresses of the real provider.
    pub addresses: Vec<String>,
    /// Where the mock is.
    pub url: String,
}

impl Mocks {
    /// The mocks of these providers.
    #[must_use]
    pub const fn new(all: Vec<MockedProvider>) -> Self {
        Self { all, known: OnceLock::new() }
    }

    fn known(&self) -> &[(Known, String)] {
        let known = |one: &MockedProvider| Known::new(stand_in_of(&one.provider), &one.addresses, &one.url);
        self.known.get_or_init(|| self.all.iter().map(|one| (known(one), one.url.clone())).collect())
    }
}

impl Known {
    fn new(stand_in: String, addresses: &[String], mock: &str) -> Self {
        // An address with a variable is known only where the variable is set.
        let known = addresses.iter().map(String::as_str).filter(|address| !address.contains("${"));
        let provider = std::iter::once(stand_in.as_str()).chain(known).filter_map(Origin::new).collect();
        Self { provider, mock: Origin::new(mock), stand_in }
    }

    fn in_response(&self, selected: &mut Selected, known_as: &str) {
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
    }

    fn in_request(&self, request: &mut ActualRequest) {
        let Some(mock) = &self.mock else { return };
        if let Some(changed) = request.query.as_ref().and_then(|query| mock.replace_text(query, &self.stand_in)) {
            request.query = Some(changed);
        }
        // Its host stays: it says under which name the mock is known.
        for (_, value) in request.headers.iter_mut().filter(|(name, _)| !name.eq_ignore_ascii_case("host")) {
            if let Some(changed) = mock.replace_text(value, &self.stand_in) {
                *value = changed;
            }
        }
        if let Some(changed) = mock.replace(&request.body, &self.stand_in) {
            request.body = changed;
        }
    }
}

impl OwnAddress {
    /// Of the mock at this address, in the place of the provider at these.
    pub(super) fn new(own: &str, provider: &[String]) -> Self {
        Self { provider: Known::new(STAND_IN.to_owned(), provider, own), all: OnceLock::new() }
    }

    /// Makes all mocks of the run known, once.
    pub(super) fn know(&self, all: Arc<Mocks>) {
        let _ = self.all.set(all);
    }

    fn others(&self) -> &[(Known, String)] {
        self.all.get().map_or(&[], |all| all.known())
    }

    /// A response with the addresses under which the client knows the mocks.
    pub(super) fn in_selected(&self, mut selected: Selected, known_as: &str) -> Selected {
        self.provider.in_response(&mut selected, known_as);
        for (other, url) in self.others() {
            other.in_response(&mut selected, url);
        }
        selected
    }

    /// A request that a client made of what a response of a mock said, with the addresses that the contract has.
    pub(super) fn in_request(&self, mut request: ActualRequest) -> ActualRequest {
        self.provider.in_request(&mut request);
        for (other, _) in self.others() {
            other.in_request(&mut request);
        }
        request
    }
}
