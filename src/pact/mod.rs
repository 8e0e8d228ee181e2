//! Pact files, versions 1 to 4, read as they are.
//!
//! A Pact file becomes the same model as a contract of our own: consumer, provider, interactions with their requests and
//! responses. Its rules ([`PactRules`]) keep their own form and meaning, which the [Pact specification] of its version
//! defines, because thousands of such files are relied on as they are: `type` cascades, a list without a rule must have
//! exactly its elements, and the weight of a path decides which rule applies.
//!
//! [Pact specification]: https://github.com/pact-foundation/pact-specification

mod chosen;
pub mod codes;
pub mod comparison;
mod complete;
mod data_type;
pub mod encode;
mod expressions;
pub mod fill;
mod generator;
mod java_time;
mod lint;
mod matcher;
mod media_type;
mod message;
mod odd;
mod path;
mod pattern;
mod places;
mod read;
mod read_matcher;
mod rules;
mod sample;
mod subroutines;
mod terms;
mod text;
mod version;

pub use chosen::{Chosen, Speaking};
pub use generator::{Generator, Generators, UuidForm};
pub use java_time::{JavaPattern, TimeKind};
pub use lint::{lint, lint_pairs};
pub use matcher::{PactMatcher, PlacedRule, PlacedRules, RuleList, StatusRange, Variant};
pub use media_type::{MediaKind, MediaType};
pub use path::{PactPath, PactStep};
pub use pattern::PactRegex;
pub(crate) use pattern::spelled;
pub use read::{LISTS, is_pact, name_apart, read};
pub use rules::{AsWritten, PactRules};
pub use terms::{Contract, Interaction, Terms};
pub use version::PactVersion;
