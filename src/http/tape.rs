//! A recording so far: exchanges in the order of their requests, within a limit on memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Bytes;
use indexmap::IndexMap;

use crate::recording::Exchange;
use crate::words::count;

/// How many bytes a recording keeps in all. Bodies that come after are noted as too large.
const MOST_BYTES: usize = 256 << 20;
/// How many requests a recording keeps. Those that come after are only counted.
const MOST_REQUESTS: usize = 100_000;

/// A recording that grows while requests are under way.
#[derive(Debug)]
pub(super) struct Tape {
    /// The most bytes to keep of one body.
    max_body: usize,
    /// How many bytes are taken, of the bodies that are under way and of all that was heard.
    taken: AtomicUsize,
    /// How many bytes there are in all.
    room: usize,
    heard: Mutex<AllHeard>,
}

#[derive(Debug, Default)]
struct AllHeard {
    begun: usize,
    by_number: BTreeMap<usize, Heard>,
    /// How many requests there was no room for.
    beyond: usize,
}

/// The fate of a request.
#[derive(Debug)]
pub(super) enum Heard {
    Exchange(Box<Exchange>),
    /// There is no exchange; the reason is a sentence.
    Lost(String),
}

/// The beginning of a body: all of it, as long as it is within the limits.
#[derive(Debug)]
pub(super) struct Copied {
    tape: Arc<Tape>,
    /// Nothing once the body was too large.
    bytes: Vec<u8>,
    /// How many bytes the body had so far.
    pub seen: u64,
    pub too_large: bool,
}

impl Tape {
    pub(super) fn new(max_body: usize) -> Self {
        Self { max_body, taken: AtomicUsize::new(0), room: MOST_BYTES, heard: Mutex::default() }
    }

    /// The number of a request that has just come. Until more is known of it, it is one without a response.
    pub(super) fn begin(&self, line: &str) -> usize {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let number = heard.begun;
        heard.begun += 1;
        if heard.by_number.len() < MOST_REQUESTS {
            let lost = Heard::Lost(format!("{line}: it was abandoned before a response came"));
            heard.by_number.insert(number, lost);
        } else {
            heard.beyond += 1;
        }
        number
    }

    pub(super) const fn max_body(&self) -> usize {
        self.max_body
    }

    /// Takes room for so many bytes, if there is enough.
    pub(super) fn take_room(&self, bytes: usize) -> bool {
        let fits = |taken: usize| taken.checked_add(bytes).filter(|taken| *taken <= self.room);
        self.taken.try_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    pub(super) fn give_room(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Records the outcome of a request, replacing an earlier one.
    pub(super) fn keep(&self, number: usize, what: Heard) {
        let size = match &what {
            // The bodies have taken their room.
            Heard::Exchange(exchange) => size_of_heads(exchange),
            Heard::Lost(_) => 0,
        };
        let fits = self.take_room(size);
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if fits {
            if let Some(place) = heard.by_number.get_mut(&number) {
                *place = what;
            }
        } else if heard.by_number.remove(&number).is_some() {
            heard.beyond += 1;
        }
    }

    /// All that was heard, in the order in which the requests came.
    pub(super) fn take(&self) -> (Vec<Exchange>, Vec<String>) {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut exchanges, mut lost) = (Vec::new(), IndexMap::<String, usize>::new());
        for what in heard.by_number.into_values() {
            match what {
                Heard::Exchange(exchange) => exchanges.push(*exchange),
                Heard::Lost(why) => *lost.entry(why).or_default() += 1,
            }
        }
        let mut lost: Vec<String> = lost
            .into_iter()
            .map(|(why, times)| if times == 1 { why } else { format!("{why} ({})", count(times, "time")) })
            .collect();
        if heard.beyond > 0 {
            lost.push(format!(
                "{} more than a recording can hold: {MOST_REQUESTS} requests, and {} MiB",
                count(heard.beyond, "request"),
                self.room >> 20
            ));
        }
        (exchanges, lost)
    }
}

fn size_of_heads(exchange: &Exchange) -> usize {
    let headers = |headers: &[(String, String)]| -> usize {
        // Two texts, each with its place in the list.
        headers.iter().map(|(name, value)| name.len() + value.len() + 48).sum()
    };
    let request = &exchange.request;
    let line = request.path.len() + request.query.as_ref().map_or(0, String::len);
    size_of::<Exchange>() + line + headers(&request.headers) + headers(&exchange.response.headers)
}

impl Copied {
    pub(super) const fn new(tape: Arc<Tape>) -> Self {
        Self { tape, bytes: Vec::new(), seen: 0, too_large: false }
    }

    /// Copies a piece of a body, as long as there is room.
    pub(super) fn add(&mut self, piece: &Bytes) {
        self.seen = self.seen.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if self.too_large {
            return;
        }
        if piece.len() <= self.tape.max_body - self.bytes.len() && self.tape.take_room(piece.len()) {
            self.bytes.extend_from_slice(piece);
        } else {
            self.too_large = true;
            drop(self.take_bytes());
        }
    }

    /// The bytes, whose room is free again.
    pub(super) fn take_bytes(&mut self) -> Vec<u8> {
        self.tape.give_room(self.bytes.len());
        std::mem::take(&mut self.bytes)
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        drop(self.take_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tape(max_body: usize, room: usize) -> Arc<Tape> {
        Arc::new(Tape { room, ..Tape::new(max_body) })
    }

    fn copied(tape: &Arc<Tape>, pieces: &[&'static str]) -> Copied {
        let mut copied = Copied::new(Arc::clone(tape));
        for piece in pieces {
            copied.add(&Bytes::from_static(piece.as_bytes()));
        }
        copied
    }

    #[test]
    fn a_body_is_kept_within_the_limits_and_counted_beyond_them() {
        let tape = tape(4, 6);
        let whole = copied(&tape, &["ab", "cd"]);
        assert_eq!((whole.bytes.as_slice(), whole.seen, whole.too_large), (&b"abcd"[..], 4, false));
        let too_large = copied(&tape, &["ab", "cde", "f"]);
        assert_eq!((too_large.bytes.as_slice(), too_large.seen, too_large.too_large), (&b""[..], 6, true));
        let no_room = copied(&tape, &["ab", "c"]);
        assert!(no_room.too_large);
        drop(whole);
        assert!(!copied(&tape, &["ab", "c"]).too_large);
        assert_eq!(tape.taken.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn exchanges_beyond_the_limit_are_counted() {
        let tape = tape(0, 1000);
        for path in ["/a", "/b", "/c"] {
            let number = tape.begin(&format!("GET {path}"));
            let mut exchange = Exchange::default();
            exchange.request.path = path.repeat(150);
            tape.keep(number, Heard::Exchange(Box::new(exchange)));
        }
        let (exchanges, lost) = tape.take();
        assert_eq!(exchanges.len(), 1);
        assert_eq!(lost, ["2 requests more than a recording can hold: 100000 requests, and 0 MiB"]);
    }

    #[test]
    fn the_same_loss_is_reported_once() {
        let tape = tape(0, 1000);
        for line in ["GET /a", "GET /b", "GET /a"] {
            tape.begin(line);
        }
        let given_up = "it was abandoned before a response came";
        assert_eq!(tape.take().1, [format!("GET /a: {given_up} (2 times)"), format!("GET /b: {given_up}")]);
    }
}
