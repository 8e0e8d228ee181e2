//! Does this message satisfy the contract? Pure and total: comparing any message with any contract gives a list of
//! mismatches, which is empty if the message satisfies it.
//!
//! An example and its rules become a [`shape`], once for each comparison. Then the [`value`] is compared with it, place
//! by place. The time grows with the size of the actual value and not with its product with the example, except for
//! `unordered` and `contains`, which look for each of the example's elements among all actual ones.

mod body;
mod example;
mod expected;
mod headers;
mod need;
mod pairing;
mod request;
mod response;
mod scalar;
mod shape;
mod value;

pub use example::{broken_example, check_examples, example_mismatches, own_mismatches};
pub use need::{fits, wanted};
pub use request::{match_request, rules_out};
pub use response::match_response;
pub use scalar::{Medium, has_format};
pub use shape::{ArrayShape, Closeness, Elements, Field, Mode, ObjectShape, RuleTree, Shape};
