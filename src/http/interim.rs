//! Interim responses (RFC 9110, section 15.2). A provider may send a few before the final one, but not an endless
//! stream: they are read as fast as they come, so a flood would leave no time for anything else, not even the timeout.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use hyper::Request;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many of them may precede a response.
const MOST: usize = 100;

/// How many interim responses came before the response to a connection's current request.
#[derive(Clone, Debug, Default)]
pub(super) struct Interim(Arc<AtomicUsize>);

impl Interim {
    /// Counts those for a request, which is the next one of the connection.
    pub(super) fn of<B>(&self, request: &mut Request<B>) {
        self.0.store(0, Ordering::Relaxed);
        let count = Arc::clone(&self.0);
        hyper::ext::on_informational(request, move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
    }

    /// A stream that reads no further after too many of them.
    pub(super) const fn watch<S>(self, stream: S) -> Watched<S> {
        Watched { stream, interim: self }
    }
}

/// A stream whose interim responses are counted.
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    interim: Interim,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.interim.0.load(Ordering::Relaxed) > MOST {
            let message = format!("more than {MOST} interim responses (1xx) came, but no final one");
            return Poll::Ready(Err(io::Error::other(message)));
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
