//! A body that is passed on as it comes, with a copy of its beginning kept.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::Instant;

use super::tape::Copied;

/// A body on its way from one side to the other.
pub(super) struct Tee {
    from: Incoming,
    flow: Flow,
    /// The copy, and the callback for its end; `None` once that was called.
    open: Option<(Copied, Told)>,
}

/// Receives how a body ended.
type Told = Box<dyn FnOnce(Ended) + Send + Sync>;

/// How a body ended.
#[derive(Debug)]
pub(super) enum Ended {
    Whole(Copied),
    /// Who sent it broke off.
    Broken(String),
    /// Who received it left.
    Left(Copied),
}

/// The progress of a body: whether its sender or its receiver keeps it waiting.
#[derive(Clone, Debug)]
pub(super) struct Flow(Arc<Mutex<Stand>>);

#[derive(Clone, Copy, Debug)]
enum Stand {
    /// Its sender has sent nothing more yet.
    AtSender,
    /// Its receiver has got all that there is, since then.
    AtReceiver(Instant),
}

impl Flow {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Stand::AtReceiver(Instant::now()))))
    }

    /// Since when its receiver is waited for; now, if it is its sender.
    pub(super) fn since(&self) -> Instant {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Stand::AtSender => Instant::now(),
            Stand::AtReceiver(since) => since,
        }
    }

    fn set(&self, stand: Stand) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stand;
    }
}

impl Tee {
    /// A body that reports how it ended. One that has no bytes has ended now.
    pub(super) fn new(from: Incoming, copied: Copied, ended: impl FnOnce(Ended) + Send + Sync + 'static) -> Self {
        let mut tee = Self { from, flow: Flow::new(), open: Some((copied, Box::new(ended))) };
        if tee.from.is_end_stream() {
            tee.end(Ended::Whole);
        }
        tee
    }

    /// The body's progress, even after it has been handed over.
    pub(super) fn flow(&self) -> Flow {
        self.flow.clone()
    }

    fn end(&mut self, how: impl FnOnce(Copied) -> Ended) {
        if let Some((copied, ended)) = self.open.take() {
            ended(how(copied));
        }
    }
}

impl Body for Tee {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let tee = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut tee.from).poll_frame(cx) else {
            tee.flow.set(Stand::AtSender);
            return Poll::Pending;
        };
        tee.flow.set(Stand::AtReceiver(Instant::now()));
        match frame {
            Some(Ok(frame)) => {
                if let (Some(data), Some((copied, _))) = (frame.data_ref(), &mut tee.open) {
                    copied.add(data);
                }
                // Nobody polls for the end of a body whose length is known, nor for anything after trailers.
                if tee.from.is_end_stream() || frame.is_trailers() {
                    tee.end(Ended::Whole);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(error)) => {
                let why = super::causes::causes(&error);
                tee.end(|_| Ended::Broken(why.clone()));
                Poll::Ready(Some(Err(io::Error::other(why))))
            }
            None => {
                tee.end(Ended::Whole);
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.from.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.from.size_hint()
    }
}

impl Drop for Tee {
    fn drop(&mut self) {
        self.end(Ended::Left);
    }
}
