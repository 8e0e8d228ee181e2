//! The purpose of a pattern: a date, a time, or both.

/// The purpose of a pattern. Only the default and the name differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeKind {
    Date,
    Time,
    DateTime,
}

impl TimeKind {
    /// The pattern of a matcher that names none: Java's for ISO 8601.
    #[must_use]
    pub const fn default_format(self) -> &'static str {
        match self {
            Self::Date => "yyyy-MM-dd",
            Self::Time => "HH:mm:ss",
            Self::DateTime => "yyyy-MM-dd'T'HH:mm:ssXXX",
        }
    }

    /// The pattern of a generator that names none, as in Pact's verifier.
    #[must_use]
    pub const fn generated_format(self) -> &'static str {
        match self {
            Self::Date | Self::Time => self.default_format(),
            Self::DateTime => "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
        }
    }

    /// The specification's word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
        }
    }
}
