//! A contract with the file that it was read from.

use std::sync::Arc;

use super::{Contract, InteractionId, ReadContract};
use crate::source::SourceFile;

/// A contract that can be used, and the text that it came from, to point into.
#[derive(Debug)]
pub struct ContractFile {
    pub source: Arc<SourceFile>,
    pub contract: Contract,
    /// The line in which each interaction begins, in their order, counted from 1.
    pub lines: Vec<u32>,
    /// The id of each interaction, in their order.
    pub ids: Vec<InteractionId>,
}

impl ContractFile {
    /// Joins what was read with its text.
    #[must_use]
    pub fn new(source: Arc<SourceFile>, read: ReadContract) -> Self {
        Self { source, contract: read.contract, lines: read.lines, ids: read.ids }
    }
}
