//! Does this message fit what the contract asks? Pure and total: any message against any contract ends in a list
//! of mismatches, which is empty where it fits.
//!
//! An example and its rules become a [`shape`], once for each comparison; a walk along the [`value`] that came notes
//! where it differs. Time grows with the size of what came, not with its product with the example; but for `unordered`
//! and `contains`, which have to look for each of the example's elements among all that came.

mod body;
mod describe;
pub mod encode;
mod example;
mod headers;
mod message;
pub mod mismatch;
mod pact;
mod pairing;
mod request;
mod response;
mod scalar;
mod shape;
mod value;

pub use body::in_one_order;
pub use example::{check_examples, example_response, own_mismatches};
pub(crate) use message::header_values;
pub use message::{ActualRequest, ActualResponse};
pub use mismatch::{Mismatch, Part};
pub use request::match_request;
pub use response::match_response;
pub use scalar::has_format;
