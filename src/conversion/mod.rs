//! Conversion of Pact files to contracts, and of contracts to Pact files.

mod dialect;
mod difference;
pub mod export;
mod header_values;
pub mod import;
mod pattern;
mod place;
mod remark;

pub use difference::{Difference, FromPact, LeftOutOfContract, LeftOutOfPact, MultipartAs, NoBody, Refusal, ToPact};
pub use place::{Part, Place, Side};
pub use remark::Remark;
