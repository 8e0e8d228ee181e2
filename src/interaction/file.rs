//! A contract with the file that it was read from.

use std::sync::Arc;

use super::ids::InteractionId;
use super::model::Contract;
use crate::source::{Finding, SourceFile};

/// A contract that can be used, and the warnings about its file.
#[derive(Debug)]
pub struct ReadContract<T> {
    pub contract: Contract<T>,
    /// The line, counted from 1, in which each interaction begins.
    pub lines: Vec<u32>,
    /// Warnings only.
    pub findings: Vec<Finding>,
}

/// A contract that can be used, and the text that it was read from, for messages that point into it.
#[derive(Debug)]
pub struct ContractFile<T> {
    pub source: Arc<SourceFile>,
    pub contract: Contract<T>,
    /// The line, counted from 1, in which each interaction begins.
    pub lines: Vec<u32>,
    /// The id of each interaction, in the same order.
    pub ids: Vec<InteractionId>,
}
