//! Does this message fit what the contract asks? Pure and total: any message against any contract ends in a list
//! of mismatches, which is empty where it fits.
//!
//! An example and its rules become a [`shape`], once for each comparison; a walk along the [`value`] that came notes
//! where it differs. Time grows with the size of what came, not with its product with the example; but for `unordered`
//! and `contains`, which have to look for each of the example's elements among all that came.

mod body;
mod example;
mod expected;
mod headers;
mod pairing;
mod request;
mod response;
mod scalar;
mod shape;
mod value;

pub use example::{broken_example, check_examples, example_mismatches, own_mismatches};
pub use request::match_request;
pub use response::match_response;
pub use scalar::has_format;
