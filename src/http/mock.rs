//! A mock of one provider: answers requests as its contracts say, on a port of the loopback interface.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::certificate::throw_away;
use super::cors;
use super::decode::decode;
use super::fault::{Fault, FaultPlan, Faulty, PIECES, SLOW, Wire};
use super::header::header_text;
use super::mock_control;
use super::problem::problem;
use super::server::{AnswerBody, Answerer, Listening, Server};
use crate::matching::{ActualRequest, ActualResponse, Mismatch, header_values};
use crate::mocking::{ActiveState, Miss, Mock};

/// A header of a request that names an active state, for this request alone.
const STATE: &str = "upheld-state";
/// A header of a request that asks for a fault.
const FAULT: &str = "upheld-fault";
/// How long a request's body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client is asked to wait, in seconds.
const RETRY_SECONDS: &str = "1";

/// How a mock serves.
#[derive(Debug, Default)]
pub struct MockOptions {
    /// 0 is any port that is free.
    pub port: u16,
    /// Whether TLS is spoken, with a certificate for this run only.
    pub https: bool,
    /// The most bytes of a request's body.
    pub max_body: usize,
    pub fault: Option<Arc<FaultPlan>>,
    /// The path that tells whether the provider is ready, which is answered where no interaction has it.
    pub health: Option<String>,
}

/// A mock at work.
#[derive(Debug)]
pub struct MockServer {
    server: Option<Server>,
    address: SocketAddr,
    authority: Option<String>,
    desk: Arc<Desk>,
    stop: watch::Sender<bool>,
}

/// One request, and what became of it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method, path and query.
    pub line: String,
    /// What was answered; nothing where nothing came.
    pub status: Option<u16>,
    pub fate: Fate,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Fate {
    /// The interaction with this number answered.
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

/// What a mock has before it: its contracts, the active states, and the marks for what was asked.
#[derive(Debug)]
pub(super) struct Desk {
    provider: String,
    mock: Mock,
    active: Mutex<Vec<ActiveState>>,
    used: Vec<AtomicUsize>,
    refused: AtomicUsize,
}

struct Answering {
    desk: Arc<Desk>,
    max_body: usize,
    fault: Option<Arc<FaultPlan>>,
    health: Option<String>,
    asked: mpsc::UnboundedSender<Asked>,
    stopping: watch::Receiver<bool>,
}

impl MockServer {
    /// Starts a mock. What it is asked comes through the channel.
    ///
    /// # Errors
    ///
    /// Why the port can't be taken, or the certificate can't be made.
    pub async fn start(
        provider: impl Into<String>,
        mock: Mock,
        options: &MockOptions,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Asked>), MockError> {
        let used = (0..mock.len()).map(|_| AtomicUsize::new(0)).collect();
        let desk = Arc::new(Desk {
            provider: provider.into(),
            mock,
            active: Mutex::new(Vec::new()),
            used,
            refused: AtomicUsize::new(0),
        });
        let (sender, receiver) = mpsc::unbounded_channel();
        let (stop, stopping) = watch::channel(false);
        let answering = Answering {
            desk: Arc::clone(&desk),
            max_body: options.max_body,
            fault: options.fault.clone(),
            health: options.health.clone(),
            asked: sender,
            stopping,
        };
        let listening = Listening::on(options.port).await.map_err(MockError::Port)?;
        let address = listening.address();
        let refuses = options.fault.as_ref().is_some_and(|plan| plan.refuses());
        let (server, authority) = if refuses {
            // The port was taken and is given back: nobody listens where a consumer looks for the provider.
            (None, None)
        } else if options.https {
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
        Ok((Self { server, address, authority, desk, stop }, receiver))
    }

    /// Where the consumer finds it: `http://127.0.0.1:PORT`, or `https://localhost:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        match self.authority {
            Some(_) => format!("https://localhost:{}", self.address.port()),
            None => format!("http://{}", self.address),
        }
    }

    /// The certificate that a client has to trust, as PEM, where TLS is spoken.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// The contracts that it answers by.
    #[must_use]
    pub fn mock(&self) -> &Mock {
        &self.desk.mock
    }

    /// How often each interaction was asked for, by its number.
    #[must_use]
    pub fn used(&self) -> Vec<usize> {
        self.desk.used.iter().map(|times| times.load(Ordering::Relaxed)).collect()
    }

    /// Takes no more requests, and waits a moment for what is under way. The marks stay.
    pub async fn stop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }
}

/// What HTTP can be spoken on.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Desk {
    pub(super) fn provider(&self) -> &str {
        &self.provider
    }

    pub(super) fn active(&self) -> Vec<ActiveState> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn change_states(&self, change: impl FnOnce(&mut Vec<ActiveState>)) {
        change(&mut self.active.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Consumer, name and how often for each interaction; and how many requests none allowed.
    pub(super) fn usage(&self) -> (Vec<(String, String, usize)>, usize) {
        let interactions = self.used.iter().enumerate().filter_map(|(number, times)| {
            let (file, interaction, _) = self.mock.interaction(number)?;
            Some((file.contract.consumer.to_string(), interaction.name.clone(), times.load(Ordering::Relaxed)))
        });
        (interactions.collect(), self.refused.load(Ordering::Relaxed))
    }
}

impl Answerer for Answering {
    type Wire = Wire;

    async fn answer(&self, request: Request<Incoming>, wire: &Wire) -> Result<Response<AnswerBody>, io::Error> {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let mut response = if path.starts_with(mock_control::PREFIX) {
            if cors::is_preflight(&head.method, &head.headers) {
                self.preflight(&head)
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

impl Answering {
    /// Answers a request as the contracts say, or as a fault does.
    async fn contract(&self, head: &Parts, body: Incoming, wire: &Wire) -> Result<Response<AnswerBody>, io::Error> {
        let line = format!("{} {}", head.method, head.uri.path_and_query().map_or("/", |target| target.as_str()));
        let tell = |status: Option<StatusCode>, fate: Fate| {
            // Nobody listens any more where the run is about to end.
            let _ = self.asked.send(Asked { line: line.clone(), status: status.map(|status| status.as_u16()), fate });
        };
        let request = match self.read(head, body).await {
            Ok(request) => request,
            Err((status, why)) => {
                tell(Some(status), Fate::Unreadable(why.clone()));
                return Ok(problem(status, "The mock can't read this request", &why, Map::new()));
            }
        };
        let fault = match asked_fault(&request) {
            Ok(asked) => asked.or_else(|| self.fault.as_ref()?.next(&request.method, &request.path)),
            Err(why) => {
                tell(Some(StatusCode::BAD_REQUEST), Fate::Unreadable(why.clone()));
                return Ok(problem(StatusCode::BAD_REQUEST, "The mock knows no such fault", &why, Map::new()));
            }
        };
        let mut active = self.desk.active();
        active.extend(
            header_values(&request.headers, STATE)
                .map(|name| ActiveState { name: name.trim().to_owned(), params: Map::new() }),
        );
        match self.desk.mock.answer(&request, &active) {
            Ok(selected) => {
                if let Some(used) = self.desk.used.get(selected.number) {
                    used.fetch_add(1, Ordering::Relaxed);
                }
                match fault {
                    None => {
                        let response = sent(selected.response)?;
                        tell(Some(response.status()), Fate::Answered(selected.number));
                        Ok(response)
                    }
                    Some(fault) => {
                        // Told first: a client that is left waiting goes away, and this with it.
                        tell(status_of(fault, selected.response.status), Fate::Failed(fault));
                        self.fail(fault, selected.response, wire).await
                    }
                }
            }
            // What browsers ask by themselves is in no contract.
            Err(_) if cors::is_preflight(&head.method, &head.headers) => Ok(self.preflight(head)),
            Err(_) if head.method == hyper::Method::GET && self.health.as_deref() == Some(head.uri.path()) => {
                Ok(super::problem::json_answer(StatusCode::OK, "application/json", &json!({ "mock": true })))
            }
            Err(Miss { nearest }) => {
                self.desk.refused.fetch_add(1, Ordering::Relaxed);
                let response = self.refusal(&line, nearest.as_ref());
                tell(Some(response.status()), Fate::Refused(nearest));
                Ok(response)
            }
        }
    }

    fn preflight(&self, head: &Parts) -> Response<AnswerBody> {
        let mut response = Response::new(whole(Vec::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        cors::allow_preflight(&head.headers, response.headers_mut());
        response
    }

    /// Reads a request whole, within the limits on time and size, and undoes its content coding.
    async fn read(&self, head: &Parts, body: Incoming) -> Result<ActualRequest, (StatusCode, String)> {
        let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {} bytes", self.max_body));
        let collected = tokio::time::timeout(BODY_TIMEOUT, Limited::new(body, self.max_body).collect()).await;
        let bytes = match collected {
            Err(_) => return Err((StatusCode::REQUEST_TIMEOUT, String::from("the body did not come"))),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => return Err(too_large()),
            Ok(Err(error)) => return Err((StatusCode::BAD_REQUEST, format!("the body broke off: {error}"))),
            Ok(Ok(collected)) => collected.to_bytes().to_vec(),
        };
        let body = decode(&head.headers, bytes, self.max_body).map_err(|error| match error {
            super::decode::DecodeError::TooLarge => too_large(),
            super::decode::DecodeError::Undecodable(why) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, why),
        })?;
        let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), header_text(value)));
        Ok(ActualRequest {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: headers.collect(),
            body,
        })
    }

    /// What a request is told that no interaction allows (RFC 9457).
    fn refusal(&self, line: &str, nearest: Option<&(usize, Vec<Mismatch>)>) -> Response<AnswerBody> {
        let provider = &self.desk.provider;
        let mut more = Map::new();
        let mut detail = format!("no contract with {provider} has an interaction for {line}");
        if let Some((number, mismatches)) = nearest
            && let Some((file, interaction, place)) = self.desk.mock.interaction(*number)
        {
            let first = mismatches.first().map(|mismatch| format!(": {}: {}", mismatch.place(), mismatch.message()));
            detail.push_str(&format!("; the nearest is `{}`{}", interaction.name, first.unwrap_or_default()));
            let line = file.lines.get(place.interaction).copied().unwrap_or_default();
            more.insert(
                String::from("nearest"),
                json!({
                    "consumer": file.contract.consumer.as_str(),
                    "provider": provider,
                    "interaction": interaction.name,
                    "contract": { "file": &*file.source.name, "line": line },
                }),
            );
            let mismatches: Value = mismatches
                .iter()
                .map(|mismatch| {
                    json!({
                        "code": mismatch.code.0,
                        "part": mismatch.part.to_string(),
                        "path": mismatch.path,
                        "expected": mismatch.expected,
                        "actual": mismatch.actual,
                        "message": mismatch.message(),
                    })
                })
                .collect();
            more.insert(String::from("mismatches"), mismatches);
        }
        problem(StatusCode::NOT_IMPLEMENTED, "No interaction allows this request", &detail, more)
    }

    /// Fails on purpose.
    async fn fail(&self, fault: Fault, right: ActualResponse, wire: &Wire) -> Result<Response<AnswerBody>, io::Error> {
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
            Fault::Slow => {
                let body = Bytes::from(right.body.clone());
                let mut response = sent(right)?;
                if body.is_empty() {
                    tokio::time::sleep(SLOW).await;
                } else {
                    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
                    *response.body_mut() = dribbled(body);
                }
                Ok(response)
            }
            Fault::Truncated => {
                let body = Bytes::from(right.body.clone());
                let mut response = sent(right)?;
                if response.status() == StatusCode::NO_CONTENT || response.status() == StatusCode::NOT_MODIFIED {
                    // A body that can't be there can't break off: the answer is another one.
                    *response.status_mut() = StatusCode::OK;
                }
                response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
                *response.body_mut() = broken_off(body.slice(..body.len() / 2));
                Ok(response)
            }
            Fault::Unavailable => Ok(asks_to_wait(StatusCode::SERVICE_UNAVAILABLE)),
            Fault::TooMany => Ok(asks_to_wait(StatusCode::TOO_MANY_REQUESTS)),
        }
    }
}

/// The fault that a request asks for by its header.
fn asked_fault(request: &ActualRequest) -> Result<Option<Fault>, String> {
    let Some(name) = header_values(&request.headers, FAULT).next() else { return Ok(None) };
    match name.trim().parse::<Fault>()? {
        Fault::Refused => {
            Err(String::from("a request that has come can't be refused any more: use `reset`, or --fault refused"))
        }
        fault => Ok(Some(fault)),
    }
}

/// The status that a client sees, where it sees one.
fn status_of(fault: Fault, right: u16) -> Option<StatusCode> {
    match fault {
        Fault::Timeout | Fault::Reset | Fault::Garbage | Fault::Refused => None,
        Fault::Slow | Fault::Truncated => StatusCode::from_u16(right).ok(),
        Fault::Unavailable => Some(StatusCode::SERVICE_UNAVAILABLE),
        Fault::TooMany => Some(StatusCode::TOO_MANY_REQUESTS),
    }
}

fn asks_to_wait(status: StatusCode) -> Response<AnswerBody> {
    let mut response = problem(status, "This is a fault that was asked for", "the mock fails on purpose", Map::new());
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_SECONDS));
    response
}

fn whole(body: impl Into<Bytes>) -> AnswerBody {
    Full::new(body.into()).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// An answer as it goes out.
fn sent(reply: ActualResponse) -> Result<Response<AnswerBody>, io::Error> {
    let unfit = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut response = Response::new(whole(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).map_err(|error| unfit(error.to_string()))?;
    for (name, value) in &reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| unfit(error.to_string()))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|error| unfit(error.to_string()))?;
        if name == CONTENT_TYPE && response.headers().contains_key(CONTENT_TYPE) {
            continue;
        }
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// A body that comes in pieces, over some seconds.
fn dribbled(body: Bytes) -> AnswerBody {
    let piece = body.len().div_ceil(PIECES);
    let pause = SLOW / u32::try_from(PIECES).unwrap_or(1);
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

/// A body that breaks off behind what is there of it.
fn broken_off(body: Bytes) -> AnswerBody {
    let pieces = stream::unfold(Some(body), |left| async move {
        match left {
            Some(bytes) if !bytes.is_empty() => Some((Ok(Frame::data(bytes)), Some(Bytes::new()))),
            Some(_) => {
                // What was given so far goes out while this waits for its next turn.
                tokio::task::yield_now().await;
                Some((Err(io::Error::from(io::ErrorKind::BrokenPipe)), None))
            }
            None => None,
        }
    });
    boxed(pieces)
}

fn boxed(pieces: impl futures_util::Stream<Item = io::Result<Frame<Bytes>>> + Send + 'static) -> AnswerBody {
    StreamBody::new(Box::pin(pieces)).boxed_unsync()
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").finish_non_exhaustive()
    }
}
