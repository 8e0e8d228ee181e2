//! A body that is passed on as it comes, with a copy of its beginning kept.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

use super::tape::{Copied, Tape};

/// A body on its way from one side to the other.
pub(super) struct Tee {
    from: Incoming,
    tape: Arc<Tape>,
    copied: Copied,
    /// Told once how it ended; then nothing.
    ended: Option<Box<dyn FnOnce(Ended) + Send + Sync>>,
}

/// How a body ended.
#[derive(Debug)]
pub(super) enum Ended {
    Whole(Copied),
    /// Who sent it broke off.
    Broken(Copied, String),
    /// Who received it left.
    Left(Copied),
}

/// What became of a body, to be looked at by somebody else later.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate(Arc<Mutex<Option<Ended>>>);

impl Fate {
    pub(super) fn set(&self, ended: Ended) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
    }

    /// What is known of it, which is nothing while it is under way.
    pub(super) fn take(&self) -> Option<Ended> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Tee {
    /// A body that tells how it ended. One that has no bytes has ended now.
    pub(super) fn new(from: Incoming, tape: Arc<Tape>, ended: impl FnOnce(Ended) + Send + Sync + 'static) -> Self {
        let mut tee = Self { from, tape, copied: Copied::default(), ended: Some(Box::new(ended)) };
        if tee.from.is_end_stream() {
            tee.end(Ended::Whole);
        }
        tee
    }

    fn end(&mut self, how: impl FnOnce(Copied) -> Ended) {
        if let Some(ended) = self.ended.take() {
            ended(how(std::mem::take(&mut self.copied)));
        }
    }
}

impl Body for Tee {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let tee = &mut *self;
        match ready!(Pin::new(&mut tee.from).poll_frame(cx)) {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    tee.tape.copy(data, &mut tee.copied);
                }
                // Nobody asks for the end of a body whose length is known.
                if tee.from.is_end_stream() {
                    tee.end(Ended::Whole);
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(error)) => {
                let why = super::failure::causes(&error);
                tee.end(|copied| Ended::Broken(copied, why.clone()));
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
