//! From Pact files to contracts of our own, and back.

mod dialect;
mod differences;
pub mod export;
pub mod import;
mod pattern;
mod remark;

pub use remark::Remark;
