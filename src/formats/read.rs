//! From the text of a contract, in either format, to its model.

use std::sync::Arc;

use super::id::interaction_id;
use super::terms::{ContractFile, ReadContract, Terms};
use crate::contract::attachments::Attachments;
use crate::interaction::ReadContract as ReadIn;
use crate::source::{Finding, SourceFile};
use crate::{contract, pact};

/// Reads a contract file, ours or Pact's, as its content says; the files that it names are read through `attachments`.
///
/// # Errors
///
/// All findings, where at least one of them is an error.
pub fn read(source: &SourceFile, attachments: &dyn Attachments) -> Result<ReadContract, Vec<Finding>> {
    if pact::is_pact(&source.text) {
        pact::read(source).map(in_terms)
    } else {
        contract::read(source, attachments).map(in_terms)
    }
}

fn in_terms<T: Into<Terms>>(read: ReadIn<T>) -> ReadContract {
    let ReadIn { contract, lines, findings } = read;
    ReadContract { contract: contract.map(T::into), lines, findings }
}

/// Joins a contract with the text that it was read from.
#[must_use]
pub fn file(source: Arc<SourceFile>, read: ReadContract) -> ContractFile {
    let ids = read.contract.interactions.iter().map(interaction_id).collect();
    ContractFile { source, contract: read.contract, lines: read.lines, ids }
}
