//! A recording proxy in front of one provider: passes everything on as it arrives, and keeps a copy.
//!
//! The consumer sees exactly what the provider sent: status, headers and their letter case, content codings, pieces. Only
//! the provider's own address becomes the recorder's in the headers that lead a client on, or the client would bypass the
//! recorder.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Either, Full};
use hyper::body::{Body as _, Incoming};
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION, UPGRADE};
use hyper::http::request::Parts;
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use serde_json::Map;
use tokio::time::{Instant, timeout, timeout_at};

use super::base_url::{BaseUrl, Scheme};
use super::connect::{Connection, Connector, SentBody};
use super::failure::Failure;
use super::forward;
use super::header::header_text;
use super::host::Hosts;
use super::limits::Limits;
use super::pool::Pool;
use super::problem::problem;
use super::proxy::Proxies;
use super::server::{Listening, Responder, ResponseBody, Server};
use super::tape::{Copied, Tape};
use super::tee::{Ended, Flow, Tee};
use super::witness::Witness;
use crate::recording::{Exchange, Origin};

/// The message about a connection that is to switch protocols.
const NO_UPGRADE: &str = "connections that switch protocols (WebSocket) can't be recorded";

/// How a recorder reaches its provider, and how much it keeps.
#[derive(Clone, Debug)]
pub struct RecorderOptions {
    /// For connecting, and again until a response begins. A response may then take as long as it takes.
    pub timeout: Duration,
    /// The most bytes to keep of one body.
    pub max_body: usize,
    /// The way to hosts that are not this machine.
    pub proxies: Proxies,
    /// The hosts that requests may be for.
    pub hosts: Hosts,
}

/// A recorder at work on a port of the loopback interface.
#[derive(Debug)]
pub struct Recorder {
    server: Server,
    tape: Arc<Tape>,
}

/// The response to each request.
struct Relay {
    upstream: BaseUrl,
    connector: Connector,
    pool: Arc<Pool>,
    limits: Limits,
    hosts: Hosts,
    /// The provider's address in what it sends.
    origin: Option<Origin>,
    /// The recorder's own address.
    own: String,
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
        let listening = Listening::on(port).await?;
        let origin = Origin::new(&upstream.to_string());
        let relay = Relay {
            upstream,
            connector: connector.keeping_case(),
            pool: Arc::default(),
            limits: Limits { timeout: options.timeout, max_body: options.max_body },
            hosts: options.hosts.clone(),
            origin,
            own: format!("http://{}", listening.address()),
            tape: Arc::clone(&tape),
        };
        let server = listening.serve(Arc::new(relay), |stream| async move { Ok((stream, ())) });
        Ok(Self { server, tape })
    }

    /// The recorder's address: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Takes no more requests, waits a moment for those under way, and returns the recording: the exchanges in the
    /// order of their requests, and a sentence for each request that didn't lead to one.
    pub async fn stop(self) -> (Vec<Exchange>, Vec<String>) {
        self.server.stop().await;
        self.tape.take()
    }
}

impl Responder for Relay {
    /// A consumer that goes away while it waits takes its request to the provider with it, as without a recorder.
    const HALF_CLOSE: bool = false;

    type Wire = ();

    async fn answer(&self, request: Request<Incoming>, _wire: &()) -> Result<Response<ResponseBody>, io::Error> {
        let (head, body) = request.into_parts();
        let witness = Witness::of(&self.tape, &head);
        if head.method == Method::CONNECT || head.uri.scheme().is_some() {
            let detail =
                "this recorder stands in for one provider and isn't a general proxy: use its address as the provider's";
            return Ok(refused(&witness, StatusCode::BAD_REQUEST, detail));
        }
        if let Some(host) = self.hosts.stranger(&head) {
            return Ok(refused(&witness, StatusCode::MISDIRECTED_REQUEST, &super::host::refusal(&host)));
        }
        // An offer of HTTP/2 may be left unanswered, and the request is a whole one.
        if head.headers.get(UPGRADE).is_some_and(|upgrade| upgrade != "h2c") {
            return Ok(refused(&witness, StatusCode::NOT_IMPLEMENTED, NO_UPGRADE));
        }
        match self.relay(&witness, head, body).await {
            Ok(response) => Ok(response),
            Err(failure) => {
                let status = match failure {
                    Failure::ConnectTimeout | Failure::ResponseTimeout => StatusCode::GATEWAY_TIMEOUT,
                    _ => StatusCode::BAD_GATEWAY,
                };
                let error = failure.into_error(&self.upstream, self.limits);
                witness.lost(&error.message);
                Ok(problem(status, "The recorder got no response", &error.message, Map::new()))
            }
        }
    }
}

impl Relay {
    async fn relay(&self, witness: &Witness, head: Parts, body: Incoming) -> Result<Response<ResponseBody>, Failure> {
        let bodiless = body.is_end_stream();
        let host = head.headers.get(HOST).map(header_text).unwrap_or_default();
        let known_as = if host.is_empty() { self.own.clone() } else { format!("http://{host}") };
        let copied = || Copied::new(Arc::clone(&self.tape));
        let sending = witness.clone();
        let body = Tee::new(body, copied(), move |ended| sending.sent(ended));
        let (response, connection) = self.send(head, body, bodiless).await?;
        if response.status().is_informational() {
            return Ok(refused(witness, StatusCode::BAD_GATEWAY, NO_UPGRADE));
        }
        let (mut head, body) = response.into_parts();
        witness.answered(&head);
        // The letters of the headers' names and the reason phrase are among the extensions, which stay.
        head.headers = forward::of_response(&head.headers);
        if let Some(origin) = &self.origin {
            forward::lead_back(&mut head.headers, origin, &known_as);
        }
        head.version = Version::HTTP_11;
        let (pool, base, coming) = (Arc::clone(&self.pool), self.upstream.clone(), witness.clone());
        let body = Tee::new(body, copied(), move |ended| {
            if matches!(ended, Ended::Whole(_)) {
                keep_connection(pool, base, connection);
            }
            coming.came(ended);
        });
        Ok(Response::from_parts(head, body.boxed_unsync()))
    }

    /// Sends a request, on a connection that is idle if there is one.
    async fn send(&self, head: Parts, body: Tee, bodiless: bool) -> Result<(Response<Incoming>, Connection), Failure> {
        let flow = body.flow();
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
            match waiting_for_provider(sent, self.limits.timeout, &flow).await? {
                Ok(response) => return Ok((response, connection)),
                Err(mut error) => {
                    let unsent = error.take_message();
                    let error = error.into_error();
                    // As when a contract's request is sent: a server may close an idle connection just when it is used.
                    match unsent {
                        Some(message) if reused => request = message,
                        None if reused && bodiless && head.method.is_idempotent() && !error.is_parse() => {
                            request = self.outgoing(&head, Either::Left(Full::default()))?;
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
        *request.uri_mut() = match path(&head.uri) {
            // Of the server as a whole (RFC 9112, section 3.2.4).
            "*" => parse_target("*")?,
            path => parse_target(&format!("{}{path}", self.upstream.prefix()))?,
        };
        *request.headers_mut() = forward::of_request(&head.headers);
        let host =
            HeaderValue::try_from(self.upstream.authority()).map_err(|error| Failure::Unsendable(error.to_string()))?;
        request.headers_mut().insert(HOST, host);
        Ok(request)
    }

    /// Addresses a request as the connection needs it: a proxy gets the whole URL.
    fn address(&self, request: &mut Request<SentBody>, connection: &Connection) -> Result<(), Failure> {
        let path = path(request.uri()).to_owned();
        let Some(forwarded) = &connection.forwarded else {
            *request.uri_mut() = parse_target(&path)?;
            return Ok(());
        };
        *request.uri_mut() = parse_target(&format!("{}://{}{path}", Scheme::Http.word(), self.upstream.authority()))?;
        if let Some(authorization) = &forwarded.authorization {
            request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        Ok(())
    }
}

/// A response of our own to a request that is not passed on, or whose response is not.
fn refused(witness: &Witness, status: StatusCode, detail: &str) -> Response<ResponseBody> {
    witness.lost(detail);
    problem(status, "Not recorded", detail, Map::new())
}

/// Waits for the response to begin, as long as the provider may take. Its time starts when it has the whole request, or
/// stops reading it: a large or slow upload doesn't make the response slow.
async fn waiting_for_provider<T>(answer: impl Future<Output = T>, limit: Duration, sent: &Flow) -> Result<T, Failure> {
    let mut answer = std::pin::pin!(answer);
    let mut deadline = Instant::now() + limit;
    loop {
        if let Ok(answer) = timeout_at(deadline, answer.as_mut()).await {
            return Ok(answer);
        }
        let later = sent.since() + limit;
        if later <= Instant::now() {
            return Err(Failure::ResponseTimeout);
        }
        deadline = later;
    }
}

/// Path and query.
fn path(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", PathAndQuery::as_str)
}

fn parse_target(target: &str) -> Result<Uri, Failure> {
    target.parse().map_err(|error| Failure::Unsendable(format!("`{target}` can't be requested: {error}")))
}

/// Keeps a connection for the next request, once it is ready for one.
fn keep_connection(pool: Arc<Pool>, base: BaseUrl, mut connection: Connection) {
    // If the program is about to end, nobody needs it any more.
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if connection.sender.ready().await.is_ok() {
                pool.put(&base, connection);
            }
        });
    }
}
