//! Upheld: consumer-driven contracts.

pub mod contract;
pub mod http;
pub mod matching;
pub mod process;
pub mod report;
pub mod source;
pub mod verification;
pub mod words;
