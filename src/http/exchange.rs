//! One exchange: a request out, the whole response in, within one limit on time and one on size.

use std::time::Duration;

use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, Request, Response, StatusCode, Uri};
use tokio::time::{Instant, timeout, timeout_at};

use super::base_url::BaseUrl;
use super::connect::{Connection, Connector, SentBody};
use super::failure::Failure;
use super::limits::Limits;
use super::pool::Pool;

/// How long a connection that has given its whole response may take to be idle before it is abandoned.
const SETTLING: Duration = Duration::from_millis(250);

/// A request that was checked and can be sent.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub method: Method,
    /// Path and query with the base's prefix.
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A response as it came.
#[derive(Debug)]
pub(super) struct WholeResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub seconds: f64,
}

/// Sends a request and reads the response, on a connection of the pool if one is idle.
pub(super) async fn exchange(
    connector: &Connector,
    pool: &Pool,
    base: &BaseUrl,
    limits: Limits,
    outgoing: &Outgoing,
) -> Result<WholeResponse, Failure> {
    let deadline = Instant::now() + limits.timeout;
    let mut idle = pool.take(base);
    loop {
        let reused = idle.is_some();
        let mut connection = match idle.take() {
            Some(connection) => connection,
            None => timeout_at(deadline, connector.connect(base)).await.map_err(|_| Failure::ConnectTimeout)??,
        };
        let request = outgoing.on(&connection, base)?;
        let begun = Instant::now();
        let sent = timeout_at(deadline, connection.sender.try_send_request(request)).await;
        match sent.map_err(|_| Failure::ResponseTimeout)? {
            Ok(response) => {
                let answer = read(response, &outgoing.method, deadline, limits, begun).await?;
                settle(pool, base, connection, &outgoing.method, &answer).await?;
                return Ok(answer);
            }
            Err(mut error) => {
                let unsent = error.take_message().is_some();
                let error = error.into_error();
                // A server may close an idle connection just when it is used again. That says nothing of the request,
                // and it is sent once more on a new connection if that can do no harm (RFC 9110, section 9.2.2).
                if reused && !error.is_parse() && (unsent || outgoing.method.is_idempotent()) {
                    continue;
                }
                return Err(Failure::Head(error));
            }
        }
    }
}

impl Outgoing {
    /// The request as this connection needs it.
    fn on(&self, connection: &Connection, base: &BaseUrl) -> Result<Request<SentBody>, Failure> {
        let unsendable = |text: String| Failure::Unsendable(text);
        let target = match &connection.forwarded {
            None => self.target.clone(),
            // A proxy gets the whole URL (RFC 9112, section 3.2.2).
            Some(_) => format!("{}://{}{}", base.scheme().word(), base.authority(), self.target),
        };
        let uri: Uri = target.parse().map_err(|error| unsendable(format!("`{target}` can't be requested: {error}")))?;
        let mut request = Request::new(Either::Left(Full::new(self.body.clone())));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        if !self.headers.contains_key(HOST) {
            let host = HeaderValue::try_from(base.authority()).map_err(|error| unsendable(error.to_string()))?;
            request.headers_mut().insert(HOST, host);
        }
        if let Some(authorization) = connection.forwarded.as_ref().and_then(|to| to.authorization.clone()) {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization);
        }
        connection.interim.of(&mut request);
        Ok(request)
    }
}

/// Reads the response to its end, or to the first limit that it meets.
async fn read(
    response: Response<Incoming>,
    method: &Method,
    deadline: Instant,
    limits: Limits,
    begun: Instant,
) -> Result<WholeResponse, Failure> {
    let (head, mut incoming) = response.into_parts();
    let promised = if method == Method::HEAD { None } else { content_length(&head.headers) };
    let mut body = Vec::new();
    if incoming.size_hint().lower() > u64::try_from(limits.max_body).unwrap_or(u64::MAX) {
        return Err(Failure::TooLarge { decoded: false });
    }
    loop {
        let frame = timeout_at(deadline, incoming.frame()).await;
        match frame.map_err(|_| Failure::BodyTimeout { received: body.len(), promised })? {
            None => break,
            Some(Err(error)) => return Err(Failure::Body { error, received: body.len(), promised }),
            Some(Ok(frame)) => {
                let Some(data) = frame.data_ref() else { continue };
                if data.len() > limits.max_body - body.len() {
                    return Err(Failure::TooLarge { decoded: false });
                }
                body.extend_from_slice(data);
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    Ok(WholeResponse { status: head.status, headers: head.headers, body, seconds })
}

/// Waits until the connection is idle, and keeps it for the next request. Bytes that come after the promised length
/// show here: they belong to the response, and the body that was read lacks them.
async fn settle(
    pool: &Pool,
    base: &BaseUrl,
    mut connection: Connection,
    method: &Method,
    answer: &WholeResponse,
) -> Result<(), Failure> {
    match timeout(SETTLING, connection.sender.ready()).await {
        Ok(Ok(())) => pool.put(base, connection),
        Ok(Err(_)) => {
            // After a whole response, the connection fails for a reason of its own only if more bytes arrived. The
            // reason is known when the connection's task ends, which takes a moment.
            let fault = timeout(SETTLING, &mut connection.driver).await;
            let surplus = fault.ok().and_then(Result::ok).flatten().is_some_and(|fault| {
                let ended = fault.is_incomplete_message() || fault.is_canceled() || fault.is_closed();
                !ended && std::error::Error::source(&fault).is_none()
            });
            let framed = *method != Method::HEAD && answer.headers.contains_key(CONTENT_LENGTH);
            if surplus && framed {
                return Err(Failure::Surplus { promised: answer.body.len() });
            }
        }
        Err(_) => {}
    }
    Ok(())
}

/// The length that a response promises.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}
