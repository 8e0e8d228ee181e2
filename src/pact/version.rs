//! The versions of the Pact specification.

/// A version of the Pact specification; those whose files don't differ are one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum PactVersion {
    /// Queries are compared as texts.
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
