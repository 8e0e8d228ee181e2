//! Stand-in until the redaction is merged.

/// The text that stands for a secret.
pub const REDACTED: &str = "redacted";
