//! Pact files, versions 1 to 4, read as they are.
//!
//! A Pact file becomes the same model as a contract of our own: consumer, provider, interactions with their requests and
//! responses. What a Pact file asks of a message beyond its example ([`PactRules`]) keeps its own words and its own
//! meaning, by the [Pact specification] of its version, since thousands of such files are relied upon as they are: `type`
//! cascades, a list without a rule has its very elements, the weight of a path decides which rule speaks.
//!
//! [Pact specification]: https://github.com/pact-foundation/pact-specification

mod chosen;
pub mod codes;
pub mod comparison;
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
mod path;
mod pattern;
mod places;
mod read;
mod rules;
mod terms;

pub type Contract = crate::interaction::Contract<Terms>;
pub type Interaction = crate::interaction::Interaction<Terms>;

pub use chosen::{Chosen, Speaking};
pub use generator::{Generator, Generators, UuidForm};
pub use java_time::JavaPattern;
pub use lint::lint;
pub use matcher::{PactMatcher, StatusRange, TimeKind, Variant};
pub use media_type::{MediaKind, MediaType};
pub use path::{PactPath, PactStep};
pub use pattern::PactRegex;
pub(crate) use pattern::spelled;
pub use read::{LISTS, is_pact, read, unique};
pub use rules::{AsWritten, PactRules, PlacedRule, PlacedRules, RuleList};
pub use terms::Terms;

/// How deep matchers may stand in matchers.
const MOST_NESTED: usize = 20;

/// A version of the Pact specification, as far as its files differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PactVersion {
    /// Queries are compared as the texts that they are.
    V1,
    #[default]
    V1_1,
    V2,
    V3,
    V4,
}

impl PactVersion {
    /// As the specification writes it.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::V1 => "1.0.0",
            Self::V1_1 => "1.1.0",
            Self::V2 => "2.0.0",
            Self::V3 => "3.0.0",
            Self::V4 => "4.0",
        }
    }
}
