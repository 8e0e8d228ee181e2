//! What a pattern is for: a date, a time, or both.

/// What a pattern of time is for: only its default and its name differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeKind {
    Date,
    Time,
    DateTime,
}

impl TimeKind {
    /// The pattern where a matcher names none: Java's for ISO 8601.
    #[must_use]
    pub const fn default_format(self) -> &'static str {
        match self {
            Self::Date => "yyyy-MM-dd",
            Self::Time => "HH:mm:ss",
            Self::DateTime => "yyyy-MM-dd'T'HH:mm:ssXXX",
        }
    }

    /// The word of the specification.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
        }
    }
}
