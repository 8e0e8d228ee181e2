//! The responses of a mock as they go out: the contracts' examples, and those that fail on purpose.

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use futures_util::stream;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::http::response::Parts;
use hyper::{Response, StatusCode};
use serde_json::Map;

use super::encode::encode;
use super::fault::PIECES;
use super::problem::problem;
use super::server::ResponseBody;
use crate::interaction::ActualResponse;

/// How long a client is asked to wait, in seconds.
const RETRY_SECONDS: &str = "1";

pub(super) fn asks_to_wait(status: StatusCode) -> Response<ResponseBody> {
    let mut response = problem(status, "This fault was requested", "the mock fails on purpose", Map::new());
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    response
}

pub(super) fn whole(body: impl Into<Bytes>) -> ResponseBody {
    Full::new(body.into()).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// A response as it goes out. A response that can't be sent is replaced by a problem.
pub(super) fn sent(reply: ActualResponse) -> Response<ResponseBody> {
    let unsendable = |what: &str| {
        let detail = format!("{what}, so no server can send this response: change the contract");
        problem(StatusCode::INTERNAL_SERVER_ERROR, "The contract's response can't be sent", &detail, Map::new())
    };
    let status = match StatusCode::from_u16(reply.status) {
        Ok(status) if !status.is_informational() => status,
        _ => return unsendable(&format!("{} isn't the status of a final response", reply.status)),
    };
    let mut headers = HeaderMap::with_capacity(reply.headers.len());
    for (name, value) in &reply.headers {
        let (Ok(parsed), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value.as_bytes()))
        else {
            return unsendable(&format!("the header `{name}` has a character that isn't allowed in a header"));
        };
        headers.append(parsed, value);
    }
    let mut response = Response::new(whole(encode(&headers, reply.body)));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// A response in two parts: its head, and the bytes of its body.
pub(super) async fn bytes_of(response: Response<ResponseBody>) -> io::Result<(Parts, Bytes)> {
    let (head, body) = response.into_parts();
    Ok((head, body.collect().await?.to_bytes()))
}

/// A body that comes in pieces, over some seconds.
pub(super) fn dribbled(body: Bytes, time: Duration) -> ResponseBody {
    let piece = body.len().div_ceil(PIECES).max(1);
    let pieces = body.len().div_ceil(piece).max(1);
    let pause = time / u32::try_from(pieces).unwrap_or(1);
    let pieces = stream::unfold(body, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = left.split_to(piece.min(left.len()));
        Some((Ok::<_, io::Error>(Frame::data(next)), left))
    });
    boxed(pieces)
}

/// A body that breaks off after the given bytes.
pub(super) fn broken_off(body: Bytes) -> ResponseBody {
    let pieces = stream::unfold(Some(body), |left| async move {
        match left {
            Some(bytes) if !bytes.is_empty() => Some((Ok(Frame::data(bytes)), Some(Bytes::new()))),
            Some(_) => {
                // The bytes so far are sent while this waits for its next turn.
                tokio::task::yield_now().await;
                Some((Err(io::Error::from(io::ErrorKind::BrokenPipe)), None))
            }
            None => None,
        }
    });
    boxed(pieces)
}

fn boxed(pieces: impl futures_util::Stream<Item = io::Result<Frame<Bytes>>> + Send + 'static) -> ResponseBody {
    StreamBody::new(Box::pin(pieces)).boxed_unsync()
}
