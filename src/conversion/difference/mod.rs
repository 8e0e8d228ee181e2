//! The differences between the two formats: the parts that one of them can't express, and their replacements in a
//! conversion.
//!
//! Differences are data. Their [`Display`](std::fmt::Display) is the one place that makes sentences of them, without a
//! full stop.

mod from_pact;
mod to_pact;

use std::fmt;

pub use from_pact::{FromPact, LeftOutOfContract, MultipartAs, Refusal};
pub use to_pact::{LeftOutOfPact, NoBody, ToPact};

/// A difference, on the way from a Pact file to a contract or back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    FromPact(FromPact),
    ToPact(ToPact),
}

impl Difference {
    /// Whether the formats differ like this in general, at every such place of a file: it is reported once for a file.
    #[must_use]
    pub const fn is_common(&self) -> bool {
        match self {
            Self::FromPact(difference) => difference.is_common(),
            Self::ToPact(difference) => difference.is_common(),
        }
    }
}

impl From<FromPact> for Difference {
    fn from(difference: FromPact) -> Self {
        Self::FromPact(difference)
    }
}

impl From<ToPact> for Difference {
    fn from(difference: ToPact) -> Self {
        Self::ToPact(difference)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FromPact(difference) => difference.fmt(f),
            Self::ToPact(difference) => difference.fmt(f),
        }
    }
}
