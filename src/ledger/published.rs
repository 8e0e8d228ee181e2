//! The publication of a version: the contracts that it expects its providers to uphold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::record::Publication;
use super::renamed::FormerNames;
use crate::interaction::{ContractId, ServiceName};

/// The contracts that a version expects its providers to uphold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Published {
    /// These contracts and no others.
    As(BTreeMap<ServiceName, ContractId>),
    /// Two publications differ, so neither counts.
    Conflicting,
}

impl Published {
    /// The same with the present names of providers. If two of them are one now, nobody knows which contract counts.
    #[must_use]
    pub(super) fn with_present_names(self, names: &FormerNames) -> Self {
        match self {
            Self::As(contracts) if !names.is_empty() => {
                let number = contracts.len();
                let present: BTreeMap<ServiceName, ContractId> =
                    contracts.into_iter().map(|(name, id)| (names.current(&name).clone(), id)).collect();
                if present.len() == number { Self::As(present) } else { Self::Conflicting }
            }
            unchanged => unchanged,
        }
    }

    /// The publications of one version combined; `None` if there are none.
    pub(super) fn of(publications: impl IntoIterator<Item = Publication>) -> Option<Self> {
        let mut known: Option<BTreeMap<ServiceName, ContractId>> = None;
        for publication in publications {
            match &known {
                Some(contracts) if *contracts != publication.contracts => return Some(Self::Conflicting),
                Some(_) => {}
                None => known = Some(publication.contracts),
            }
        }
        known.map(Self::As)
    }
}
