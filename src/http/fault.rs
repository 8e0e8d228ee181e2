//! Faults on purpose, to test what a consumer does when its provider fails: which kinds there are, which requests they
//! apply to, and how each appears on the wire.

use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::{fmt, io};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::words::read_duration;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request is taken, and nothing ever comes.
    Timeout,
    /// The right response comes, in small pieces over so much time.
    Slow(Duration),
    /// The connection is reset (TCP RST) before the first byte of a response.
    Reset,
    /// The response breaks off in the middle of its body.
    Truncated,
    /// The bytes that arrive aren't HTTP.
    Garbage,
    /// `503 Service Unavailable`, with `retry-after`.
    Unavailable,
    /// `429 Too Many Requests`, with `retry-after`.
    TooMany,
    /// Nobody listens.
    Refused,
}

/// How long a slow response takes by default.
const SLOW: Duration = Duration::from_secs(3);
/// The longest that can be requested.
const SLOWEST: Duration = Duration::from_mins(10);
/// In how many pieces a slow response comes.
pub(super) const PIECES: usize = 10;

/// Sent in place of HTTP. No protocol begins like this.
const GARBAGE: &[u8] = b"\x00\xff\xfe garbage \x80\x81 no protocol begins like this\r\n\r\n";

impl Fault {
    /// All faults by their names.
    pub const ALL: [(&'static str, Self); 8] = [
        ("timeout", Self::Timeout),
        ("slow", Self::Slow(SLOW)),
        ("reset", Self::Reset),
        ("truncated", Self::Truncated),
        ("garbage", Self::Garbage),
        ("503", Self::Unavailable),
        ("429", Self::TooMany),
        ("refused", Self::Refused),
    ];

    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        let same = |other: Self| std::mem::discriminant(&other) == std::mem::discriminant(&self);
        Self::ALL.iter().find(|(_, fault)| same(*fault)).map_or("", |(word, _)| word)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(time) = text.strip_prefix("slow=") {
            let time = read_duration(time).map_err(|why| format!("{why}: write `slow=5s` or `slow=800ms`"))?;
            return if time > SLOWEST { Err(format!("`{text}`: at most 10m")) } else { Ok(Self::Slow(time)) };
        }
        let names = || Self::ALL.iter().map(|(word, _)| *word);
        Self::ALL.iter().find(|(word, _)| *word == text).map(|(_, fault)| *fault).ok_or_else(|| {
            crate::words::did_you_mean(text, names())
                .unwrap_or_else(|| format!("the faults are {}", crate::words::or_list(names())))
        })
    }
}

/// Requests by their method and path: `GET /orders/*`, `/orders/**`, `*` for any part of a segment and `**` for all
/// that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPattern {
    method: Option<String>,
    segments: Vec<String>,
}

impl FromStr for RequestPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (method, path) = match text.trim().split_once(' ') {
            Some((method, path)) => (Some(method.to_ascii_uppercase()).filter(|method| method != "*"), path.trim()),
            None => (None, text.trim()),
        };
        if !path.starts_with('/') {
            return Err(String::from("write a method and a path, like `GET /orders/*`, or the path alone"));
        }
        Ok(Self { method, segments: path.split('/').map(str::to_owned).collect() })
    }
}

/// As it is written.
impl fmt::Display for RequestPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(method) = &self.method {
            write!(f, "{method} ")?;
        }
        f.write_str(&self.segments.join("/"))
    }
}

impl RequestPattern {
    fn fits(&self, method: &str, path: &str) -> bool {
        if self.method.as_ref().is_some_and(|asked| !asked.eq_ignore_ascii_case(method)) {
            return false;
        }
        let mut came = path.split('/');
        for segment in &self.segments {
            if segment == "**" {
                return true;
            }
            match came.next() {
                Some(text) if part_fits(segment, text) => {}
                _ => return false,
            }
        }
        came.next().is_none()
    }
}

/// Whether a segment matches a pattern in which each `*` stands for any text.
fn part_fits(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    // The first place for each part leaves the most for those that follow.
    for part in parts {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(tail)
}

/// A fault for a run: which, for which requests, and for how many of them.
#[derive(Debug)]
pub struct FaultPlan {
    fault: Fault,
    on: Option<RequestPattern>,
    left: AtomicUsize,
    has_fired: AtomicBool,
}

impl FaultPlan {
    /// A fault for the first so many requests that the pattern fits; without a number for all, without a pattern for
    /// each.
    #[must_use]
    pub fn new(fault: Fault, on: Option<RequestPattern>, times: Option<usize>) -> Self {
        Self { fault, on, left: AtomicUsize::new(times.unwrap_or(usize::MAX)), has_fired: AtomicBool::new(false) }
    }

    /// Whether at least one request failed by it.
    #[must_use]
    pub fn has_fired(&self) -> bool {
        self.has_fired.load(Ordering::Relaxed)
    }

    /// The fault.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        self.fault
    }

    /// Whether nobody is to listen at all.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.fault == Fault::Refused
    }

    /// The fault for this request, which is then used up by one.
    pub(super) fn next(&self, method: &str, path: &str) -> Option<Fault> {
        if !self.on.as_ref().is_none_or(|on| on.fits(method, path)) {
            return None;
        }
        let less = |left: usize| if left == usize::MAX { Some(left) } else { left.checked_sub(1) };
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).ok()?;
        self.has_fired.store(true, Ordering::Relaxed);
        Some(self.fault)
    }
}

/// The ways in which a response can interfere with its connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire(Arc<AtomicU8>);

const SOUND: u8 = 0;
const RESET: u8 = 1;
const GARBLED: u8 = 2;
const SWALLOWED: u8 = 3;

impl Wire {
    /// Resets the connection as soon as the response ends, or now if there is none.
    pub(super) fn reset(&self) {
        self.0.store(RESET, Ordering::SeqCst);
    }

    /// Sends everything that is written from now on as garbage.
    pub(super) fn garble(&self) {
        self.0.store(GARBLED, Ordering::SeqCst);
    }
}

/// A connection that can fail on purpose.
pub(super) struct Faulty {
    stream: TcpStream,
    wire: Wire,
}

impl Faulty {
    pub(super) fn new(stream: TcpStream) -> (Self, Wire) {
        let wire = Wire::default();
        (Self { stream, wire: wire.clone() }, wire)
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        if self.wire.0.load(Ordering::SeqCst) == RESET {
            // Closing a socket that lingers for no time sends RST in place of FIN.
            let _ = socket2::SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        }
    }
}

impl AsyncRead for Faulty {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Faulty {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.wire.0.load(Ordering::SeqCst) {
            SOUND => Pin::new(&mut self.stream).poll_write(cx, buf),
            RESET => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            GARBLED => {
                ready!(Pin::new(&mut self.stream).poll_write(cx, GARBAGE))?;
                self.wire.0.store(SWALLOWED, Ordering::SeqCst);
                Poll::Ready(Ok(buf.len()))
            }
            _ => Poll::Ready(Ok(buf.len())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.wire.0.load(Ordering::SeqCst) == RESET {
            // A reset has no good-bye before it.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_by_method_and_segments() {
        for (pattern, method, path, fits) in [
            ("GET /orders/*", "GET", "/orders/42", true),
            ("GET /orders/*", "POST", "/orders/42", false),
            ("GET /orders/*", "GET", "/orders/42/items", false),
            ("GET /orders/*", "GET", "/orders", false),
            ("/orders/**", "PUT", "/orders/42/items", true),
            ("* /orders", "PUT", "/orders", true),
            ("/orders", "GET", "/orders/", false),
            ("get /orders", "GET", "/orders", true),
            ("/orders/4*", "GET", "/orders/42", true),
            ("/orders/4*", "GET", "/orders/24", false),
            ("/o*s/*-*-c", "GET", "/orders/a-b-c", true),
            ("/a*a", "GET", "/a", false),
        ] {
            assert_eq!(pattern.parse::<RequestPattern>().unwrap().fits(method, path), fits, "{pattern} {path}");
        }
        assert!("orders".parse::<RequestPattern>().is_err());
    }

    #[test]
    fn a_slow_fault_may_say_how_slow() {
        assert_eq!("slow=800ms".parse(), Ok(Fault::Slow(Duration::from_millis(800))));
        assert_eq!(Fault::Slow(SLOWEST).word(), "slow");
        for bad in ["slow=", "slow=5", "slow=1h"] {
            assert!(bad.parse::<Fault>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_fault_comes_as_often_as_requested() {
        let plan = FaultPlan::new(Fault::Reset, Some("/a".parse().unwrap()), Some(2));
        let next = |path: &str| plan.next("GET", path).is_some();
        assert_eq!([next("/b"), next("/a"), next("/a"), next("/a")], [false, true, true, false]);
    }
}
