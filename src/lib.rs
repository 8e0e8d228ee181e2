//! Upheld: consumer-driven contracts.

pub mod cli;
pub mod contract;
pub mod files;
pub mod http;
pub mod matching;
pub mod process;
pub mod registry;
pub mod report;
pub mod source;
pub mod verification;
pub mod words;
