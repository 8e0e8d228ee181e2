//! Does this message fit what the contract asks? Pure and total: any message against any contract ends in a list
//! of mismatches, which is empty where it fits.

mod message;
pub mod mismatch;

pub use message::{ActualRequest, ActualResponse};
pub use mismatch::{Mismatch, Part};
