//! The state of a pair.

/// The state of a pair, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// An interaction is broken.
    Incompatible,
    /// A fact is missing or can't be trusted, and waiting can't help.
    Unknown,
    /// The consumer needs a provider that isn't live.
    MissingProvider,
    /// Results are missing; a verification can help.
    Unverified,
    /// Every interaction is upheld.
    Compatible,
}

impl State {
    /// Every state, the worst first.
    pub const ALL: [Self; 5] =
        [Self::Incompatible, Self::Unknown, Self::MissingProvider, Self::Unverified, Self::Compatible];

    /// The state's name in reports and records.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Incompatible => "incompatible",
            Self::Unknown => "unknown",
            Self::MissingProvider => "missing-provider",
            Self::Unverified => "unverified",
            Self::Compatible => "compatible",
        }
    }

    /// The state that a record names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}
