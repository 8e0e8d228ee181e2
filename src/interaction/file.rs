//! A contract with the file that it was read from.

use std::sync::Arc;

use super::ids::InteractionId;
use super::model::Contract;
use crate::source::{Finding, SourceFile};

/// A contract that can be used, and what else there is to say about its file.
#[derive(Debug)]
pub struct ReadContract<T> {
    pub contract: Contract<T>,
    /// The line in which each interaction begins, in their order, counted from 1.
    pub lines: Vec<u32>,
    /// Warnings only.
    pub findings: Vec<Finding>,
}

/// A contract that can be used, and the text that it came from, to point into.
#[derive(Debug)]
pub struct ContractFile<T> {
    pub source: Arc<SourceFile>,
    pub contract: Contract<T>,
    /// The line in which each interaction begins, in their order, counted from 1.
    pub lines: Vec<u32>,
    /// The id of each interaction, in their order.
    pub ids: Vec<InteractionId>,
}
