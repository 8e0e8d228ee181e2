//! The sum of the formats' terms: their requirements for an interaction beyond its example.

use std::sync::Arc;

use crate::interaction::{self, Kind};
use crate::{contract, pact};

/// The terms of an interaction, in the format that it was read from. Each format keeps its own semantics.
///
/// They are shared, because a filled interaction has the same terms.
#[derive(Clone, Debug, PartialEq)]
pub enum Terms {
    Own(Arc<contract::Terms>),
    Pact(pact::Terms),
}

/// A contract in either format.
pub type Contract = interaction::Contract<Terms>;
/// An interaction of a contract in either format.
pub type Interaction = interaction::Interaction<Terms>;
/// A contract in either format, with the warnings of reading it.
pub type ReadContract = interaction::ReadContract<Terms>;
/// A contract in either format, with its file.
pub type ContractFile = interaction::ContractFile<Terms>;

impl From<contract::Terms> for Terms {
    fn from(terms: contract::Terms) -> Self {
        Self::Own(Arc::new(terms))
    }
}

impl From<pact::Terms> for Terms {
    fn from(terms: pact::Terms) -> Self {
        Self::Pact(terms)
    }
}

impl Interaction {
    /// The terms of the format that it was read from.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        match &self.kind {
            Kind::Http(http) => &http.terms,
            Kind::Message(message) => &message.terms,
            Kind::Unrunnable(unrunnable) => &unrunnable.read.terms,
        }
    }

    /// Whether it was read from a Pact file.
    #[must_use]
    pub const fn is_pact(&self) -> bool {
        match self.terms() {
            Terms::Own(_) => false,
            Terms::Pact(_) => true,
        }
    }
}

impl Contract {
    /// The contract in our own terms; `None` if it was read from a Pact file.
    #[must_use]
    pub fn to_own(&self) -> Option<contract::Contract> {
        let own = self.clone().try_map(|terms| match terms {
            Terms::Own(terms) => Ok(Arc::unwrap_or_clone(terms)),
            Terms::Pact(_) => Err(()),
        });
        own.ok()
    }

    /// The contract in Pact's terms; `None` if it wasn't read from a Pact file.
    #[must_use]
    pub fn to_pact(&self) -> Option<pact::Contract> {
        let pact = self.clone().try_map(|terms| match terms {
            Terms::Own(_) => Err(()),
            Terms::Pact(terms) => Ok(terms),
        });
        pact.ok()
    }
}
