//! Contracts against an interface description: which interactions no response of the document can satisfy, which ones it
//! doesn't guarantee, and which ones it covers, before anything runs.
//!
//! [`compare()`] walks the finite expectation of each interaction ([`crate::matching::Shape`]) through the document
//! ([`crate::openapi`]). At each place it asks two questions by the contract's rules: can a value that the document allows
//! ever fit, and does each of them fit? A "yes, each" and a "no, never" are proven with more than the document allows
//! ([`crate::openapi::Alternative`]); "not each" is shown with a witness that a validator accepts. What is neither is
//! undecided, and never passes as covered.

pub mod codes;
mod compare;
mod findings;
mod gap;
mod languages;
mod request;
mod response;
mod samples;
mod scalar;
mod validity;
mod walk;

pub use compare::{Compared, Comparison, compare};
pub use findings::findings;
pub use gap::{Cause, Gap, Verdict};
