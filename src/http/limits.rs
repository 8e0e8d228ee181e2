//! How long an exchange may take, and how large its body may be.

use std::time::Duration;

/// The limits of one exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From the first attempt to connect to the last byte of the response.
    pub timeout: Duration,
    /// In bytes, of the body as it comes.
    pub max_body: usize,
}
