//! An exchange that is under way: what is known about it until both of its bodies have ended, in either order.

use std::sync::{Arc, Mutex, PoisonError};

use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::http::{request, response};

use super::decode::{DecodeError, Decoded, decode};
use super::header::header_text;
use super::tape::{Copied, Heard, Tape};
use super::tee::Ended;
use crate::interaction::{ActualRequest, ActualResponse};
use crate::recording::{Capture, Exchange, redacted_path};

/// Sees one exchange, and puts it on the tape. Clones see the same one.
#[derive(Clone)]
pub(super) struct Witness {
    tape: Arc<Tape>,
    number: usize,
    /// The request without its query, which may be secret.
    line: Arc<str>,
    seen: Arc<Mutex<Seen>>,
}

/// Each part, once it was seen; the heads with their headers as they came, by which bodies are decoded.
#[derive(Default)]
struct Seen {
    asked: Option<(ActualRequest, HeaderMap)>,
    sent: Option<Ended>,
    answered: Option<(ActualResponse, HeaderMap)>,
    came: Option<Ended>,
}

impl Witness {
    /// Of a request that has just come.
    pub(super) fn of(tape: &Arc<Tape>, head: &request::Parts) -> Self {
        let line = format!("{} {}", head.method, redacted_path(head.uri.path()));
        let number = tape.begin(&line);
        let request = ActualRequest {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: lines(&head.headers),
            body: Vec::new(),
        };
        let seen = Seen { asked: Some((request, head.headers.clone())), ..Seen::default() };
        Self { tape: Arc::clone(tape), number, line: line.into(), seen: Arc::new(Mutex::new(seen)) }
    }

    /// Records that there is no exchange, and why.
    pub(super) fn lost(&self, why: &str) {
        self.tape.keep(self.number, Heard::Lost(format!("{}: {why}", self.line)));
    }

    /// The head of the response came.
    pub(super) fn answered(&self, head: &response::Parts) {
        let response = ActualResponse { status: head.status.as_u16(), headers: lines(&head.headers), body: Vec::new() };
        self.see(|seen| seen.answered = Some((response, head.headers.clone())));
    }

    /// The body of the request ended.
    pub(super) fn sent(&self, ended: Ended) {
        self.see(|seen| seen.sent = Some(ended));
    }

    /// The body of the response ended.
    pub(super) fn came(&self, ended: Ended) {
        self.see(|seen| seen.came = Some(ended));
    }

    fn see(&self, what: impl FnOnce(&mut Seen)) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        what(&mut seen);
        if seen.came.is_none() || seen.answered.is_none() {
            return;
        }
        if seen.sent.is_none() {
            // It may still become whole: a provider that knows its response need not wait for the rest.
            self.lost("the response came before all of it was sent");
            return;
        }
        let Seen { asked: Some(asked), sent: Some(sent), answered: Some(answered), came: Some(came) } =
            std::mem::take(&mut *seen)
        else {
            return;
        };
        drop(seen);
        self.end(asked, sent, answered, came);
    }

    fn end(
        &self,
        (mut request, request_headers): (ActualRequest, HeaderMap),
        sent: Ended,
        (mut response, response_headers): (ActualResponse, HeaderMap),
        came: Ended,
    ) {
        let came = match came {
            Ended::Whole(copied) => copied,
            // Events are sent without an end: those that were seen are a response.
            Ended::Left(copied) if are_events(&response_headers) => copied,
            Ended::Left(_) => return self.lost("the consumer disconnected before the response was complete"),
            Ended::Broken(why) => return self.lost(&format!("the response broke off: {why}")),
        };
        let Ended::Whole(sent) = sent else {
            return self.lost("the response came before all of it was sent");
        };
        let request_body = self.captured(&request_headers, sent, &mut request.body);
        let response_body = self.captured(&response_headers, came, &mut response.body);
        let exchange = Exchange { request, response, request_body, response_body };
        self.tape.keep(self.number, Heard::Exchange(Box::new(exchange)));
    }

    /// Undoes a body's content coding, for the record.
    fn captured(&self, headers: &HeaderMap, mut copied: Copied, body: &mut Vec<u8>) -> Capture {
        let bytes = copied.seen;
        if copied.too_large {
            return Capture::TooLarge { bytes };
        }
        match decode(headers, copied.take_bytes(), self.tape.max_body()) {
            // A small body may be a large one once it is decoded.
            Ok(Decoded { body: decoded, .. }) if self.tape.take_room(decoded.len()) => {
                *body = decoded;
                body.shrink_to_fit();
                Capture::Whole
            }
            Ok(_) | Err(DecodeError::TooLarge) => Capture::TooLarge { bytes },
            Err(DecodeError::Undecodable(why)) => Capture::Undecodable(why),
        }
    }
}

/// Whether a response is a stream of server-sent events.
fn are_events(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map(header_text).unwrap_or_default();
    media_type.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("text/event-stream"))
}

fn lines(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), header_text(value))).collect()
}
