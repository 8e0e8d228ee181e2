//! A mock of one provider: responds to requests as its contracts say, on a port of the loopback interface.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, HOST, HeaderValue, TRANSFER_ENCODING, UPGRADE};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::{Map, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpSocket;
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::certificate::throw_away;
use super::decode::decode;
use super::fault::{Fault, FaultPlan, Faulty, Wire};
use super::header::header_text;
use super::host::Hosts;
use super::mock_address::{Mocks, OwnAddress};
use super::mock_desk::Desk;
use super::mock_refusal::{discreet, refusal, shown};
use super::mock_response::{asks_to_wait, broken_off, bytes_of, dribbled, sent, whole};
use super::problem::problem;
use super::server::{Listening, Responder, ResponseBody, Server};
use super::{cors, mock_control};
use crate::clock;
use crate::interaction::{ActualRequest, ActualResponse, Mismatch, Moment, header_values};
use crate::mocking::{ActiveState, Miss, Mock, Selected};

/// A header of a request that names the states of this request, in place of those that are active for all.
const STATE: &str = "upheld-state";
/// The request header that selects a fault.
const FAULT: &str = "upheld-fault";
/// The message about a connection that is to switch protocols.
const NO_UPGRADE: &str = "connections that switch protocols (WebSocket) can't be mocked";
/// How long a request's body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How a mock serves.
#[derive(Debug, Default)]
pub struct MockOptions {
    /// 0 is any port that is free.
    pub port: u16,
    /// Whether TLS is spoken, with a certificate for this run only.
    pub https: bool,
    /// The largest request body to accept, in bytes.
    pub max_body: usize,
    pub fault: Option<Arc<FaultPlan>>,
    /// The path that says whether the provider is ready. The mock responds to it itself if no interaction has it.
    pub health: Option<String>,
    /// The path at which the provider takes states. The mock takes them there unless an interaction has the same path.
    pub states: Option<String>,
    /// The hosts that requests may be for.
    pub hosts: Hosts,
    /// The addresses of the real provider. Responses have the mock's own in their place.
    pub addresses: Vec<String>,
}

/// A running mock.
#[derive(Debug)]
pub struct MockServer {
    server: Option<Server>,
    address: SocketAddr,
    authority: Option<String>,
    desk: Arc<Desk>,
    own: Option<Arc<OwnAddress>>,
    stop: watch::Sender<bool>,
    /// Keeps a port from others at which nobody is to listen.
    _taken: Option<TcpSocket>,
}

/// One request and its fate.
#[derive(Clone, Debug)]
pub struct MockRequest {
    /// Method, path and query.
    pub line: String,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    pub fate: Fate,
}

/// The fate of a request.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The interaction with this number provided the response.
    Answered(usize),
    /// No interaction allows it: the nearest, and each difference.
    Refused(Option<(usize, Vec<Mismatch>)>),
    /// It failed on purpose.
    Failed(Fault),
    /// It can't be read: why.
    Unreadable(String),
}

/// Why a mock can't be started.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    #[error("{0}")]
    Port(io::Error),
    #[error("a certificate can't be made: {0}")]
    Certificate(String),
}

struct MockResponder {
    desk: Arc<Desk>,
    own: Arc<OwnAddress>,
    address: String,
    /// `http` or `https`: responses may contain the mock's own address.
    scheme: &'static str,
    max_body: usize,
    fault: Option<Arc<FaultPlan>>,
    health: Option<String>,
    states: Option<String>,
    hosts: Hosts,
    asked: mpsc::UnboundedSender<MockRequest>,
    stopping: watch::Receiver<bool>,
}

impl MockServer {
    /// Starts a mock. Its requests come through the channel.
    ///
    /// # Errors
    ///
    /// Why the port can't be taken, or the certificate can't be made.
    pub async fn start(
        provider: impl Into<String>,
        mock: Mock,
        options: &MockOptions,
    ) -> Result<(Self, mpsc::UnboundedReceiver<MockRequest>), MockError> {
        let desk = Arc::new(Desk::new(provider.into(), mock));
        let (sender, receiver) = mpsc::unbounded_channel();
        let (stop, stopping) = watch::channel(false);
        let scheme = if options.https { "https" } else { "http" };
        let answering = |address: SocketAddr, own: &Arc<OwnAddress>| MockResponder {
            desk: Arc::clone(&desk),
            own: Arc::clone(own),
            address: format!("{scheme}://{address}"),
            scheme,
            max_body: options.max_body,
            fault: options.fault.clone(),
            health: options.health.clone(),
            states: options.states.clone(),
            hosts: options.hosts.clone(),
            asked: sender,
            stopping,
        };
        if options.fault.as_ref().is_some_and(|plan| plan.refuses()) {
            let (taken, address) = taken(options.port).map_err(MockError::Port)?;
            let refusing = Self { server: None, address, authority: None, desk, own: None, stop, _taken: Some(taken) };
            return Ok((refusing, receiver));
        }
        let listening = Listening::on(options.port).await.map_err(MockError::Port)?;
        let address = listening.address();
        let own = Arc::new(OwnAddress::new(&format!("{scheme}://{address}"), &options.addresses));
        let answering = answering(address, &own);
        let (server, authority) = if options.https {
            let made = throw_away().map_err(MockError::Certificate)?;
            let acceptor = TlsAcceptor::from(made.config);
            let server = listening.serve(Arc::new(answering), move |stream| {
                let acceptor = acceptor.clone();
                async move {
                    let (stream, wire) = Faulty::new(stream);
                    let stream: Box<dyn Stream> = Box::new(acceptor.accept(stream).await?);
                    Ok((stream, wire))
                }
            });
            (Some(server), Some(made.authority))
        } else {
            (Some(listening.serve(Arc::new(answering), |stream| async move { Ok(Faulty::new(stream)) })), None)
        };
        Ok((Self { server, address, authority, desk, own: Some(own), stop, _taken: None }, receiver))
    }

    /// The mock's address: `http://127.0.0.1:PORT`, or `https://localhost:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        match self.authority {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// Makes all mocks of a run known, whose addresses may be in responses. Only the first time counts.
    pub fn know(&self, all: &Arc<Mocks>) {
        if let Some(own) = &self.own {
            own.know(Arc::clone(all));
        }
    }

    /// The certificate that a client must trust, as PEM, if TLS is used.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// The contracts that determine its responses.
    #[must_use]
    pub fn mock(&self) -> &Mock {
        self.desk.mock()
    }

    /// How often each interaction was used, by its number.
    #[must_use]
    pub fn used(&self) -> Vec<usize> {
        self.desk.uses()
    }

    /// Takes no more requests, and waits a moment for those under way. The marks stay.
    pub async fn stop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }
}

/// A port that is bound but never listened on: connections are refused, and nobody else can take it.
fn taken(port: u16) -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

/// A stream that can carry HTTP.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Responder for MockResponder {
    type Wire = Wire;

    async fn answer(&self, request: Request<Incoming>, wire: &Wire) -> Result<Response<ResponseBody>, io::Error> {
        let (head, body) = request.into_parts();
        if let Some(host) = self.hosts.stranger(&head) {
            let why = super::host::refusal(&host);
            self.tell(
                shown(&without_body(&head)),
                Some(StatusCode::MISDIRECTED_REQUEST),
                Fate::Unreadable(why.clone()),
            );
            return Ok(problem(StatusCode::MISDIRECTED_REQUEST, "The mock isn't this host", &why, Map::new()));
        }
        let path = head.uri.path();
        let mut response = if path.starts_with(mock_control::PREFIX) {
            if cors::is_preflight(&head.method, &head.headers) {
                preflight(&head)
            } else {
                match self.read(&head, body).await {
                    Ok(request) => mock_control::answer(&self.desk, &head.method, path, &request.body),
                    Err((status, why)) => problem(status, "The mock can't read this request", &why, Map::new()),
                }
            }
        } else {
            self.contract(&head, body, wire).await?
        };
        cors::allow(&head.headers, response.headers_mut());
        Ok(response)
    }
}

impl MockResponder {
    fn tell(&self, line: String, status: Option<StatusCode>, fate: Fate) {
        // Nothing receives this any more when the run is about to end.
        let _ = self.asked.send(MockRequest { line, status: status.map(|status| status.as_u16()), fate });
    }

    /// Whether a request wants to switch protocols, and the interaction isn't about that: then its response would take the
    /// place of a connection.
    fn is_for_another_protocol(&self, head: &Parts, selected: &Selected) -> bool {
        let is_about_it = || {
            let interaction = self.desk.mock().interaction(selected.number);
            let request = interaction.and_then(|(_, interaction, _)| interaction.http()).map(|http| &http.request);
            request.is_some_and(|request| request.headers.contains_key("upgrade"))
        };
        head.headers.get(UPGRADE).is_some_and(|upgrade| upgrade != "h2c")
            && selected.response.status < 400
            && !is_about_it()
    }

    /// Responds to a request as the contracts or a fault say.
    async fn contract(&self, head: &Parts, body: Incoming, wire: &Wire) -> Result<Response<ResponseBody>, io::Error> {
        let line = shown(&without_body(head));
        let tell = |status: Option<StatusCode>, fate: Fate| self.tell(line.clone(), status, fate);
        let request = match self.read(head, body).await {
            Ok(request) => self.own.in_request(request),
            Err((status, why)) => {
                tell(Some(status), Fate::Unreadable(why.clone()));
                return Ok(problem(status, "The mock can't read this request", &why, Map::new()));
            }
        };
        let unreadable = |why: String| {
            tell(Some(StatusCode::BAD_REQUEST), Fate::Unreadable(why.clone()));
            Ok(problem(StatusCode::BAD_REQUEST, "The mock can't do this", &why, Map::new()))
        };
        let requested_fault = match requested_fault(&request) {
            Ok(asked) => asked,
            Err(why) => return unreadable(why),
        };
        let active = match self.active(&request) {
            Ok(active) => active,
            Err(why) => return unreadable(why),
        };
        let moment = Moment {
            now: clock::now().to_zoned_datetime(jiff::tz::TimeZone::UTC),
            seed: fastrand::u64(..),
            // As the consumer knows it.
            mock: head
                .headers
                .get(HOST)
                .and_then(|host| host.to_str().ok())
                .map(|host| format!("{}://{host}", self.scheme)),
        };
        let known_as = moment.mock.as_deref().unwrap_or(&self.address);
        let selected = self.desk.mock().respond_at(&request, &active, &moment);
        match selected.map(|selected| self.own.in_selected(selected, known_as)) {
            Ok(selected) if self.is_for_another_protocol(head, &selected) => {
                tell(Some(StatusCode::NOT_IMPLEMENTED), Fate::Unreadable(NO_UPGRADE.to_owned()));
                Ok(problem(StatusCode::NOT_IMPLEMENTED, "The mock can't do this", NO_UPGRADE, Map::new()))
            }
            Ok(selected) => {
                self.desk.count_use(selected.number);
                // Only a request that an interaction allows is one of the times that a fault is for.
                match requested_fault.or_else(|| self.fault.as_ref()?.next(&request.method, &request.path)) {
                    None => {
                        let response = sent(selected.response);
                        tell(Some(response.status()), Fate::Answered(selected.number));
                        Ok(response)
                    }
                    Some(fault) => {
                        // Reported first: a client that is kept waiting goes away, and this task with it.
                        tell(status_of(fault, selected.response.status), Fate::Failed(fault));
                        self.fail(fault, selected.response, wire).await
                    }
                }
            }
            // Preflight requests are in no contract.
            Err(_) if cors::is_preflight(&head.method, &head.headers) => Ok(preflight(head)),
            // Nor are health checks and state changes.
            Err(_) if head.method == Method::GET && self.health.as_deref() == Some(head.uri.path()) => {
                Ok(super::problem::json_response(StatusCode::OK, "application/json", &json!({ "mock": true })))
            }
            Err(_) if head.method == Method::POST && self.states.as_deref() == Some(head.uri.path()) => {
                Ok(mock_control::answer(&self.desk, &head.method, mock_control::STATES, &request.body))
            }
            Err(Miss { nearest }) => {
                self.desk.count_refusal();
                let nearest = nearest.map(|(number, mismatches)| (number, discreet(mismatches)));
                let response = refusal(&self.desk, &line, nearest.as_ref());
                tell(Some(response.status()), Fate::Refused(nearest));
                Ok(response)
            }
        }
    }

    /// The states of a request: those that it names, or else those that are active for all.
    fn active(&self, request: &ActualRequest) -> Result<Vec<ActiveState>, String> {
        if header_values(&request.headers, STATE).next().is_none() {
            return Ok(self.desk.active());
        }
        let states = ActiveState::read(header_values(&request.headers, STATE));
        mock_control::known(&self.desk, &states).map_err(|why| format!("the header `{STATE}`: {why}"))?;
        Ok(states)
    }

    /// Reads a request whole, within the limits on time and size, and undoes its content coding.
    async fn read(&self, head: &Parts, body: Incoming) -> Result<ActualRequest, (StatusCode, String)> {
        let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {} bytes", self.max_body));
        let collected = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, self.max_body).collect()).await;
        let bytes = match collected {
            Err(_) => return Err((StatusCode::REQUEST_TIMEOUT, String::from("the body didn't arrive in time"))),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return Err(too_large()),
            Ok(Err(error)) => return Err((StatusCode::BAD_REQUEST, format!("the body broke off: {error}"))),
            Ok(Ok(collected)) => collected.to_bytes().to_vec(),
        };
        let decoded = decode(&head.headers, bytes, self.max_body).map_err(|error| match error {
            super::decode::DecodeError::TooLarge => too_large(),
            super::decode::DecodeError::Undecodable(why) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, why),
        })?;
        Ok(ActualRequest { body: decoded.body, ..without_body(head) })
    }

    /// Fails on purpose.
    async fn fail(
        &self,
        fault: Fault,
        right: ActualResponse,
        wire: &Wire,
    ) -> Result<Response<ResponseBody>, io::Error> {
        match fault {
            Fault::Timeout => {
                let mut stopping = self.stopping.clone();
                let _ = stopping.wait_for(|stop| *stop).await;
                Err(io::ErrorKind::TimedOut.into())
            }
            Fault::Reset | Fault::Refused => {
                wire.reset();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Fault::Garbage => {
                wire.garble();
                let mut response = Response::new(whole(Vec::new()));
                response.headers_mut().insert(hyper::header::CONNECTION, HeaderValue::from_static("close"));
                Ok(response)
            }
            Fault::Slow(time) => {
                let (head, body) = bytes_of(sent(right)).await?;
                let mut response = Response::from_parts(head, whole(Vec::new()));
                response.headers_mut().remove(TRANSFER_ENCODING);
                if body.is_empty() {
                    tokio::time::sleep(time).await;
                } else {
                    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
                    *response.body_mut() = dribbled(body, time);
                }
                Ok(response)
            }
            Fault::Truncated => {
                let (mut head, body) = bytes_of(sent(right)).await?;
                if head.status == StatusCode::NO_CONTENT || head.status == StatusCode::NOT_MODIFIED {
                    // A body that can't be there can't break off: the response is another one.
                    head.status = StatusCode::OK;
                }
                head.headers.remove(TRANSFER_ENCODING);
                head.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
                Ok(Response::from_parts(head, broken_off(body.slice(..body.len() / 2))))
            }
            Fault::Unavailable => Ok(asks_to_wait(StatusCode::SERVICE_UNAVAILABLE)),
            Fault::TooMany => Ok(asks_to_wait(StatusCode::TOO_MANY_REQUESTS)),
        }
    }
}

/// Allows whatever a browser requests.
fn preflight(head: &Parts) -> Response<ResponseBody> {
    let mut response = Response::new(whole(Vec::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    cors::allow_preflight(&head.headers, response.headers_mut());
    response
}

fn without_body(head: &Parts) -> ActualRequest {
    let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), header_text(value)));
    ActualRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: headers.collect(),
        body: Vec::new(),
    }
}

/// The fault that a request selects with its header.
fn requested_fault(request: &ActualRequest) -> Result<Option<Fault>, String> {
    let Some(name) = header_values(&request.headers, FAULT).next() else { return Ok(None) };
    match name.trim().parse::<Fault>()? {
        Fault::Refused => {
            Err(String::from("a request that has arrived can't be refused any more: use `reset`, or --fault refused"))
        }
        fault => Ok(Some(fault)),
    }
}

/// The status that a client sees, if it sees one.
fn status_of(fault: Fault, right: u16) -> Option<StatusCode> {
    match fault {
        Fault::Timeout | Fault::Reset | Fault::Garbage | Fault::Refused => None,
        Fault::Slow(_) | Fault::Truncated => StatusCode::from_u16(right).ok(),
        Fault::Unavailable => Some(StatusCode::SERVICE_UNAVAILABLE),
        Fault::TooMany => Some(StatusCode::TOO_MANY_REQUESTS),
    }
}

impl fmt::Debug for MockResponder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockResponder").finish_non_exhaustive()
    }
}
