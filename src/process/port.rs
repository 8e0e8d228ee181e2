//! Ports of this machine: a free one to start a service on, and whether somebody listens there.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::TcpStream;

/// A port that nobody listens on now. The system gives it out anew only after many others, so a service that is
/// started at once can have it.
pub(super) fn free() -> io::Result<u16> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Whether somebody listens on a port of this machine, on either of its addresses: the probe of a service that has
/// no health path.
///
/// # Errors
///
/// What the connection failed with, in words.
pub async fn listens(port: u16) -> Result<(), String> {
    let Err(error) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else { return Ok(()) };
    // Some servers listen on `localhost`, and that is `::1` first.
    TcpStream::connect((Ipv6Addr::LOCALHOST, port))
        .await
        .map_or_else(|_| Err(format!("no connection to port {port}: {error}")), |_| Ok(()))
}
