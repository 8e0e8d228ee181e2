//! The last part of a program's output. It is read for as long as the program writes, so a full pipe never blocks it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::task::JoinHandle;

use crate::words::ending;

/// The end of one or more streams, as far as it fits.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    kept: Arc<Mutex<Kept>>,
    /// In bytes.
    size: usize,
}

#[derive(Debug, Default)]
struct Kept {
    bytes: VecDeque<u8>,
    /// How much there was in all.
    written: usize,
}

impl Tail {
    /// Keeps the last `size` bytes.
    pub(super) fn new(size: usize) -> Self {
        Self { kept: Arc::default(), size }
    }

    /// Reads a stream to its end, in a task of its own.
    pub(super) fn follow(&self, mut stream: impl AsyncRead + Unpin + Send + 'static) -> JoinHandle<()> {
        let tail = self.clone();
        tokio::spawn(async move {
            let mut buffer = vec![0; 8192];
            while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                tail.push(&buffer[..read]);
            }
        })
    }

    fn push(&self, bytes: &[u8]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.written = kept.written.saturating_add(bytes.len());
        kept.bytes.extend(bytes);
        let surplus = kept.bytes.len().saturating_sub(self.size);
        kept.bytes.drain(..surplus);
    }

    /// The bytes that are kept, and whether they are everything.
    pub(super) fn bytes(&self) -> (Vec<u8>, bool) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        (kept.bytes.iter().copied().collect(), kept.written == kept.bytes.len())
    }

    /// The kept bytes as text, at most `size` of them; begins with `…` if something is missing.
    pub(super) fn text(&self, size: usize) -> String {
        let (bytes, all) = self.bytes();
        // One byte less than there is makes `ending` say that something is missing.
        let size = if all { size } else { size.min(bytes.len().saturating_sub(1)) };
        ending(&bytes, size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_part_of_all_streams_is_kept() {
        let tail = Tail::new(20);
        tail.follow(&b"first\n"[..]).await.expect("read");
        assert_eq!(tail.text(100), "first\n");
        assert_eq!(tail.bytes(), (b"first\n".to_vec(), true));
        tail.follow(&b"second line\nthird\n"[..]).await.expect("read");
        assert_eq!(tail.text(100), "…\nsecond line\nthird\n");
        assert_eq!(tail.text(10), "…\nthird\n");
        assert!(!tail.bytes().1);
    }
}
