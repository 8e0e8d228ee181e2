//! The versions of the Pact specification that are written.

/// A version of the Pact specification that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    V3,
    #[default]
    V4,
}

impl Version {
    /// As a Pact file names it.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::V3 => "3.0.0",
            Self::V4 => "4.0",
        }
    }
}
