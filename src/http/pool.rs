//! Connections that were used and can be used again.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::base_url::{BaseUrl, Scheme};
use super::connect::Connection;

/// How long an idle connection is trusted. Servers close idle connections, some after two seconds, and a request
/// that meets the closing is lost: requests of one run follow each other far faster than this.
const TRUSTED: Duration = Duration::from_secs(1);

/// Idle connections by their destination.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<Vec<Idle>>);

#[derive(Debug)]
struct Idle {
    scheme: Scheme,
    host_and_port: String,
    since: Instant,
    connection: Connection,
}

impl Pool {
    /// Takes the connection to the host of `base` that was used last, if one is still good.
    pub(super) fn take(&self, base: &BaseUrl) -> Option<Connection> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|idle| idle.since.elapsed() < TRUSTED && !idle.connection.sender.is_closed());
        let host_and_port = base.host_and_port();
        let at = idle.iter().rposition(|idle| idle.scheme == base.scheme() && idle.host_and_port == host_and_port)?;
        Some(idle.remove(at).connection)
    }

    /// Keeps a connection whose last response was read to its end.
    pub(super) fn put(&self, base: &BaseUrl, connection: Connection) {
        let idle =
            Idle { scheme: base.scheme(), host_and_port: base.host_and_port(), since: Instant::now(), connection };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
    }
}
