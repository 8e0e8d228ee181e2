//! Ports of this machine: a free one to start a service on, and whether somebody listens there.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::ops::RangeInclusive;

use tokio::net::TcpStream;

/// The range to choose ports from: below the one that systems use for connections. Between the choice of a port and the
/// start of a service, any connection could have taken one of those.
const PORTS: RangeInclusive<u16> = 20_000..=32_767;
/// How many random ports to try before the system chooses one.
const TRIES: usize = 100;

/// A port that nobody listens on now. It is chosen at random, so others who look for one at the same time find a
/// different one.
pub(super) fn free() -> io::Result<u16> {
    let any = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr().map(|address| address.port());
    let mut chance = std::iter::repeat_with(|| any(fastrand::u16(PORTS))).take(TRIES);
    chance.find_map(io::Result::ok).map_or_else(|| any(0), Ok)
}

/// Whether somebody listens on a port of this machine, on either of its addresses: the probe of a service that has
/// no health path.
///
/// # Errors
///
/// If the connection fails, with the reason in words.
pub async fn listens(port: u16) -> Result<(), String> {
    let Err(error) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return Ok(()) };
    // Some servers listen on `localhost`, and that is `::1` first.
    TcpStream::connect((Ipv6Addr::LOCALHOST, port))
        .await
        .map_or_else(|_| Err(format!("no connection to port {port}: {error}")), |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_connection_takes_a_port_between_the_choice_and_the_start() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let connection = std::net::TcpStream::connect(server.local_addr().unwrap()).unwrap();
        assert!(!PORTS.contains(&connection.local_addr().unwrap().port()));
        assert!((0..100).all(|_| PORTS.contains(&free().unwrap())));
    }
}
