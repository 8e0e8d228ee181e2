//! Stand-in until the redaction is merged.

use super::Exchange;

/// The text that stands for a secret.
pub const REDACTED: &str = "redacted";

/// A secret that was found.
#[derive(Clone, Debug)]
pub struct FoundSecret {
    pub kind: &'static str,
    pub place: String,
    pub times: usize,
}

/// Looks for secrets.
#[derive(Debug, Default)]
pub struct Guard;

impl Guard {
    /// A secret in a text.
    #[must_use]
    pub fn leak(&self, _text: &str) -> Option<&FoundSecret> {
        None
    }
}

/// Exchanges without secrets.
#[derive(Debug)]
pub struct Redaction {
    pub exchanges: Vec<Exchange>,
    pub found: Vec<FoundSecret>,
    pub unplaced: Vec<FoundSecret>,
    pub guard: Guard,
}

/// Takes secrets out.
#[must_use]
pub fn redact(exchanges: Vec<Exchange>, _kept: &[String]) -> Redaction {
    Redaction { exchanges, found: Vec::new(), unplaced: Vec::new(), guard: Guard }
}
