//! A recording proxy: stands in front of one provider, passes on what comes as it comes, and keeps a copy.
//!
//! What the consumer sees is what the provider sent: status, headers and their letters, content codings, pieces. Only
//! what belongs to one connection and not to the message (RFC 9110, section 7.6.1) is each connection's own.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Either};
use hyper::body::{Body as _, Incoming};
use hyper::header::{
    ACCEPT_ENCODING, CONNECTION, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use serde_json::Map;
use tokio::time::timeout;

use super::base_url::{BaseUrl, Scheme};
use super::connect::{Connection, Connector, SentBody};
use super::decode::{DecodeError, decode};
use super::exchange::Limits;
use super::failure::Failure;
use super::header::header_text;
use super::pool::Pool;
use super::problem::problem;
use super::proxy::Proxies;
use super::server::{AnswerBody, Answerer, Listening, Server};
use super::tape::{Copied, Heard, Tape};
use super::tee::{Ended, Fate, Tee};
use crate::matching::{ActualRequest, ActualResponse};
use crate::recording::{Capture, Exchange};

/// How a recorder reaches its provider, and how much it keeps.
#[derive(Clone, Debug)]
pub struct RecorderOptions {
    /// For connecting, and again until an answer begins. An answer may then take as long as it takes.
    pub timeout: Duration,
    /// The most bytes that are kept of one body.
    pub max_body: usize,
    /// The way to hosts that are not this machine.
    pub proxies: Proxies,
}

/// A recorder at work on a port of the loopback interface.
#[derive(Debug)]
pub struct Recorder {
    server: Server,
    tape: Arc<Tape>,
}

/// What each request is answered with.
struct Relay {
    upstream: BaseUrl,
    connector: Connector,
    pool: Arc<Pool>,
    limits: Limits,
    tape: Arc<Tape>,
}

impl Recorder {
    /// Starts a recorder in front of a provider, on a port; 0 is any that is free.
    ///
    /// # Errors
    ///
    /// Why the port can't be taken.
    pub async fn start(upstream: BaseUrl, port: u16, options: RecorderOptions) -> io::Result<Self> {
        Self::relaying(upstream, port, &options, Connector::new(options.proxies.clone())).await
    }

    pub(super) async fn relaying(
        upstream: BaseUrl,
        port: u16,
        options: &RecorderOptions,
        connector: Connector,
    ) -> io::Result<Self> {
        let tape = Arc::new(Tape::new(options.max_body));
        let relay = Relay {
            upstream,
            connector: connector.keeping_case(),
            pool: Arc::default(),
            limits: Limits { timeout: options.timeout, max_body: options.max_body },
            tape: Arc::clone(&tape),
        };
        let server = Listening::on(port).await?.serve(Arc::new(relay), |stream| async move { Ok((stream, ())) });
        Ok(Self { server, tape })
    }

    /// Where the consumer finds it: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Takes no more requests, waits a moment for what is under way, and gives what was heard: the exchanges in the
    /// order of their requests, and a sentence for each request that came to no exchange.
    pub async fn stop(self) -> (Vec<Exchange>, Vec<String>) {
        self.server.stop().await;
        self.tape.take()
    }
}

impl Answerer for Relay {
    type Wire = ();

    async fn answer(&self, request: Request<Incoming>, _wire: &()) -> Result<Response<AnswerBody>, io::Error> {
        let number = self.tape.begin();
        let (head, body) = request.into_parts();
        // Without the query, which may hold secrets.
        let line = format!("{} {}", head.method, head.uri.path());
        let refused = |status, detail: &str| {
            self.tape.keep(number, Heard::Lost(format!("{line}: {detail}")));
            Ok(problem(status, "Not recorded", detail, Map::new()))
        };
        if head.method == Method::CONNECT || head.uri.scheme().is_some() {
            let detail =
                "this is a recorder in front of one provider and no proxy for all: use its address as the provider's";
            return refused(StatusCode::BAD_REQUEST, detail);
        }
        if head.headers.contains_key(UPGRADE) && head.headers.get(UPGRADE).is_none_or(|upgrade| upgrade != "h2c") {
            return refused(
                StatusCode::NOT_IMPLEMENTED,
                "a connection that changes its protocol (WebSocket) can't be recorded",
            );
        }
        match self.relay(number, &line, head, body).await {
            Ok(response) => Ok(response),
            Err(failure) => {
                let status = match failure {
                    Failure::ConnectTimeout | Failure::AnswerTimeout => StatusCode::GATEWAY_TIMEOUT,
                    _ => StatusCode::BAD_GATEWAY,
                };
                let told = failure.told(&self.upstream, self.limits);
                self.tape.keep(number, Heard::Lost(format!("{line}: {}", told.message)));
                Ok(problem(status, "The recorder got no answer", &told.message, Map::new()))
            }
        }
    }
}

impl Relay {
    async fn relay(
        &self,
        number: usize,
        line: &str,
        head: Parts,
        body: Incoming,
    ) -> Result<Response<AnswerBody>, Failure> {
        let asked = asked(&head);
        let sent = Fate::default();
        let bodiless = body.is_end_stream();
        let told = sent.clone();
        let body = Tee::new(body, Arc::clone(&self.tape), move |ended| told.set(ended));
        let (response, connection) = self.send(head, body, bodiless).await?;

        let (mut head, body) = response.into_parts();
        let answered = ActualResponse { status: head.status.as_u16(), headers: lines(&head.headers), body: Vec::new() };
        let raw_headers = head.headers.clone();
        head.headers = end_to_end(&head.headers);
        head.version = Version::HTTP_11;
        let ending =
            Ending { number, line: line.to_owned(), asked, sent, answered, raw_headers, tape: Arc::clone(&self.tape) };
        let (pool, base) = (Arc::clone(&self.pool), self.upstream.clone());
        let body = Tee::new(body, Arc::clone(&self.tape), move |ended| {
            if matches!(ended, Ended::Whole(_)) {
                keep_connection(pool, base, connection);
            }
            ending.come(ended);
        });
        Ok(Response::from_parts(head, body.boxed_unsync()))
    }

    /// Sends a request, on a connection that is idle where there is one.
    async fn send(&self, head: Parts, body: Tee, bodiless: bool) -> Result<(Response<Incoming>, Connection), Failure> {
        let mut request = self.outgoing(&head, Either::Right(body.boxed()))?;
        let mut idle = self.pool.take(&self.upstream);
        loop {
            let reused = idle.is_some();
            let mut connection = match idle.take() {
                Some(connection) => connection,
                None => timeout(self.limits.timeout, self.connector.connect(&self.upstream))
                    .await
                    .map_err(|_| Failure::ConnectTimeout)??,
            };
            self.address(&mut request, &connection)?;
            let sent = connection.sender.try_send_request(request);
            match timeout(self.limits.timeout, sent).await.map_err(|_| Failure::AnswerTimeout)? {
                Ok(response) => return Ok((response, connection)),
                Err(mut error) => {
                    let unsent = error.take_message();
                    let error = error.into_error();
                    // As when a contract's request is sent: a server may close an idle connection just when it is used.
                    match unsent {
                        Some(message) if reused => request = message,
                        None if reused && bodiless && head.method.is_idempotent() && !error.is_parse() => {
                            request = self.outgoing(&head, Either::Left(http_body_util::Full::default()))?;
                        }
                        _ => return Err(Failure::Head(error)),
                    }
                }
            }
        }
    }

    /// The request as the provider gets it.
    fn outgoing(&self, head: &Parts, body: SentBody) -> Result<Request<SentBody>, Failure> {
        let mut request = Request::new(body);
        *request.method_mut() = head.method.clone();
        // The letters of the headers' names are among the extensions.
        *request.extensions_mut() = head.extensions.clone();
        let path = head.uri.path_and_query().map_or("/", hyper::http::uri::PathAndQuery::as_str);
        let target = format!("{}{path}", self.upstream.prefix());
        *request.uri_mut() = parsed(&target)?;
        let mut headers = end_to_end(&head.headers);
        headers.remove(EXPECT);
        if let Some(accepted) = decodable(&head.headers) {
            headers.insert(ACCEPT_ENCODING, accepted);
        }
        let host =
            HeaderValue::try_from(self.upstream.authority()).map_err(|error| Failure::Unsendable(error.to_string()))?;
        headers.insert(HOST, host);
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Addresses a request as the connection needs it: a proxy is told the whole URL.
    fn address(&self, request: &mut Request<SentBody>, connection: &Connection) -> Result<(), Failure> {
        let path = request.uri().path_and_query().map_or("/", hyper::http::uri::PathAndQuery::as_str).to_owned();
        let Some(forwarded) = &connection.forwarded else {
            *request.uri_mut() = parsed(&path)?;
            return Ok(());
        };
        *request.uri_mut() = parsed(&format!("{}://{}{path}", Scheme::Http.word(), self.upstream.authority()))?;
        if let Some(authorization) = &forwarded.authorization {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        Ok(())
    }
}

fn parsed(target: &str) -> Result<Uri, Failure> {
    target.parse().map_err(|error| Failure::Unsendable(format!("`{target}` can't be requested: {error}")))
}

/// Keeps a connection for the next request, once it is ready for one.
fn keep_connection(pool: Arc<Pool>, base: BaseUrl, mut connection: Connection) {
    // Where the program is about to end, nobody needs it any more.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if connection.sender.ready().await.is_ok() {
                pool.put(&base, connection);
            }
        });
    }
}

/// What is known of an exchange before its answer has ended.
struct Ending {
    number: usize,
    line: String,
    asked: (ActualRequest, HeaderMap),
    sent: Fate,
    answered: ActualResponse,
    /// The answer's headers as they came, by which its body is decoded.
    raw_headers: HeaderMap,
    tape: Arc<Tape>,
}

impl Ending {
    /// Puts the exchange on the tape, or why there is none.
    fn come(self, ended: Ended) {
        let streams = self
            .raw_headers
            .get(hyper::header::CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
        let lost = |why: &str| self.tape.keep(self.number, Heard::Lost(format!("{}: {why}", self.line)));
        let came = match ended {
            Ended::Whole(copied) => copied,
            // Events are sent without an end: those that were seen are an answer.
            Ended::Left(copied) if streams => copied,
            Ended::Left(_) => return lost("the consumer left before the answer was whole"),
            Ended::Broken(_, why) => return lost(&format!("the answer broke off: {why}")),
        };
        let sent = match self.sent.take() {
            Some(Ended::Whole(copied)) => copied,
            _ => return lost("it was answered before it was whole"),
        };
        let (mut request, request_headers) = self.asked;
        let mut response = self.answered;
        let request_body = captured(&request_headers, sent, self.tape.max_body(), &mut request.body);
        let response_body = captured(&self.raw_headers, came, self.tape.max_body(), &mut response.body);
        let exchange = Exchange { request, response, request_body, response_body };
        self.tape.keep(self.number, Heard::Exchange(Box::new(exchange)));
    }
}

/// Undoes a body's content coding, for the record.
fn captured(headers: &HeaderMap, copied: Copied, max: usize, body: &mut Vec<u8>) -> Capture {
    let bytes = copied.seen;
    if copied.too_large {
        return Capture::TooLarge { bytes };
    }
    match decode(headers, copied.bytes, max) {
        Ok(decoded) => {
            *body = decoded;
            Capture::Whole
        }
        Err(DecodeError::TooLarge) => Capture::TooLarge { bytes },
        Err(DecodeError::Undecodable(why)) => Capture::Undecodable(why),
    }
}

fn asked(head: &Parts) -> (ActualRequest, HeaderMap) {
    let request = ActualRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: lines(&head.headers),
        body: Vec::new(),
    };
    (request, head.headers.clone())
}

fn lines(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), header_text(value))).collect()
}

/// The headers that belong to the message, in their order.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    const OF_CONNECTION: [HeaderName; 6] = [CONNECTION, PROXY_AUTHENTICATE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| {
            header_text(value).split(',').map(|name| name.trim().to_ascii_lowercase()).collect::<Vec<_>>()
        })
        .collect();
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let is_of_connection = OF_CONNECTION.contains(name)
            || *name == PROXY_AUTHORIZATION
            || matches!(name.as_str(), "keep-alive" | "proxy-connection")
            || named.iter().any(|named| named == name.as_str());
        if !is_of_connection {
            kept.append(name, value.clone());
        }
    }
    kept
}

/// What the consumer accepts of the codings that can be undone for the record; nothing where that is all it accepts.
fn decodable(headers: &HeaderMap) -> Option<HeaderValue> {
    const KNOWN: [&str; 8] = ["gzip", "x-gzip", "deflate", "br", "zstd", "identity", "", "*"];
    let values: Vec<String> = headers.get_all(ACCEPT_ENCODING).iter().map(header_text).collect();
    if values.is_empty() {
        return None;
    }
    let all: Vec<&str> = values.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
    let is_known = |coding: &&&str| KNOWN.contains(&coding.split(';').next().unwrap_or_default().trim());
    let known: Vec<&str> = all.iter().filter(is_known).copied().collect();
    if known.len() == all.len() {
        return None;
    }
    HeaderValue::try_from(if known.is_empty() { String::from("identity") } else { known.join(", ") }).ok()
}
