//! Reads a contract in either format.

use std::sync::Arc;

use super::id::interaction_id;
use super::terms::{ContractFile, ReadContract, Terms};
use crate::contract::attachments::Attachments;
use crate::interaction::ReadContract as ReadIn;
use crate::source::{Finding, SourceFile};
use crate::{contract, pact};

/// Reads a contract file. Its content decides whether it is one of ours or a Pact file. The files that it refers to are
/// read through `attachments`.
///
/// # Errors
///
/// All findings, if at least one of them is an error.
pub fn read(source: &SourceFile, attachments: &dyn Attachments) -> Result<ReadContract, Vec<Finding>> {
    if pact::is_pact(&source.text) {
        pact::read(source).map(with_either_terms)
    } else {
        contract::read(source, attachments).map(with_either_terms)
    }
}

fn with_either_terms<T: Into<Terms>>(read: ReadIn<T>) -> ReadContract {
    let ReadIn { contract, lines, findings } = read;
    ReadContract { contract: contract.map(T::into), lines, findings }
}

/// A contract with the text that it was read from, and the ids of its interactions.
#[must_use]
pub fn file(source: Arc<SourceFile>, read: ReadContract) -> ContractFile {
    let ids = read.contract.interactions.iter().map(interaction_id).collect();
    ContractFile { source, contract: read.contract, lines: read.lines, ids }
}
