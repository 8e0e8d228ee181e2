//! What a recorder has heard so far: exchanges in the order of their requests, within a limit on memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use hyper::body::Bytes;

use crate::recording::Exchange;

/// How many bytes of bodies a recording keeps in all. Those that come after are noted as too large.
const MOST_BYTES: usize = 256 << 20;

/// A recording that grows while requests are under way.
#[derive(Debug)]
pub(super) struct Tape {
    /// The most bytes that are kept of one body.
    max_body: usize,
    begun: AtomicUsize,
    kept: AtomicUsize,
    heard: Mutex<BTreeMap<usize, Heard>>,
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum Heard {
    Exchange(Box<Exchange>),
    /// Why there is no exchange, as a sentence.
    Lost(String),
}

/// The beginning of a body: all of it, as long as it is within the limits.
#[derive(Debug, Default)]
pub(super) struct Copied {
    /// Nothing once the body was too large.
    pub bytes: Vec<u8>,
    /// How many bytes the body had so far.
    pub seen: u64,
    pub too_large: bool,
}

impl Tape {
    pub(super) const fn new(max_body: usize) -> Self {
        Self { max_body, begun: AtomicUsize::new(0), kept: AtomicUsize::new(0), heard: Mutex::new(BTreeMap::new()) }
    }

    /// The number of a request that has just come.
    pub(super) fn begin(&self) -> usize {
        self.begun.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) const fn max_body(&self) -> usize {
        self.max_body
    }

    /// Copies a piece of a body, as long as there is room.
    pub(super) fn copy(&self, piece: &Bytes, to: &mut Copied) {
        to.seen = to.seen.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if to.too_large {
            return;
        }
        let kept = self.kept.fetch_add(piece.len(), Ordering::Relaxed).saturating_add(piece.len());
        if kept <= MOST_BYTES && piece.len() <= self.max_body - to.bytes.len() {
            to.bytes.extend_from_slice(piece);
        } else {
            self.kept.fetch_sub(to.bytes.len() + piece.len(), Ordering::Relaxed);
            to.too_large = true;
            to.bytes = Vec::new();
        }
    }

    pub(super) fn keep(&self, number: usize, heard: Heard) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).insert(number, heard);
    }

    /// All that was heard, in the order in which the requests came.
    pub(super) fn take(&self) -> (Vec<Exchange>, Vec<String>) {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut exchanges, mut lost) = (Vec::new(), Vec::new());
        for heard in heard.into_values() {
            match heard {
                Heard::Exchange(exchange) => exchanges.push(*exchange),
                Heard::Lost(why) => lost.push(why),
            }
        }
        (exchanges, lost)
    }
}
