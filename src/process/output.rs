//! What a process says, kept to a bounded end of it: the last words are those that tell why it failed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::task::JoinHandle;

/// How much is kept, in bytes.
const KEPT: usize = 64 << 10;

/// The end of what a process wrote, to both of its streams, in the order in which it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Output(Arc<Mutex<VecDeque<u8>>>);

impl Output {
    /// Reads a stream to its end, for as long as there is one: a process must never wait for a reader.
    pub(super) fn drain(&self, stream: Option<impl AsyncRead + Send + Unpin + 'static>) -> Option<JoinHandle<()>> {
        let mut stream = stream?;
        let output = self.clone();
        Some(tokio::spawn(async move {
            let mut buffer = vec![0; 8 << 10];
            while let Ok(length @ 1..) = stream.read(&mut buffer).await {
                output.add(&buffer[..length]);
            }
        }))
    }

    fn add(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(bytes);
        let over = kept.len().saturating_sub(KEPT);
        kept.drain(..over);
    }

    /// What was kept, as text.
    pub(super) fn text(&self) -> String {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }

    /// The last lines.
    pub(super) fn last_lines(&self, number: usize) -> String {
        let text = self.text();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(number)..].join("\n")
    }
}
