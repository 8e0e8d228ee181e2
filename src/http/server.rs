//! HTTP/1.1, as a server on this machine: accepts connections on a port of the loopback interface and hands each
//! request to a responder.
//!
//! Nothing is added to a response, not even a date: a recorder's responses are the provider's own, and a mock's are
//! those of the contract.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::header::CONTENT_LENGTH;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The body of a response, in pieces of any size. An error in it ends the connection, so nobody mistakes a partial body
/// for a whole one.
pub(super) type ResponseBody = UnsyncBoxBody<Bytes, io::Error>;

/// How many headers a request may have: far more than any has.
const MAX_HEADERS: usize = 1000;
/// How long a request's head may take to come, in whole.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection may take to become one that carries HTTP, such as by a TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the responses that are under way have once the server is to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(2);
/// How long to wait if no connection can be accepted, for example because there are too many open files.
const NO_CONNECTION: Duration = Duration::from_millis(20);

/// The responder. One for all connections.
pub(super) trait Responder: Send + Sync + 'static {
    /// Whether a client that has closed its sending side still waits for its response. On the wire it looks like one
    /// that has left, whose request is abandoned if this is false.
    const HALF_CLOSE: bool = true;

    /// The handle with which a response can interfere with its connection.
    type Wire: Send + Sync + 'static;

    /// Responds to a request. An error closes the connection without a response.
    fn answer(
        &self,
        request: Request<Incoming>,
        wire: &Self::Wire,
    ) -> impl Future<Output = Result<Response<ResponseBody>, io::Error>> + Send;
}

/// A port of the loopback interface that accepts connections from now on, but doesn't respond yet.
pub(super) struct Listening {
    listener: TcpListener,
    address: SocketAddr,
}

/// A running server. It ends with [`Server::stop`], or at once if this is dropped.
pub(super) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinSet<()>,
}

impl Listening {
    /// Takes a port; 0 is any that is free.
    pub(super) async fn on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// The address that it listens on.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Responds to requests. `wrap` turns each connection into the stream that carries HTTP, such as TLS, and a handle
    /// with which a response can interfere with it. If that fails, the connection is closed.
    pub(super) fn serve<A, W, S, F>(self, answerer: Arc<A>, wrap: W) -> Server
    where
        A: Responder,
        W: Fn(TcpStream) -> F + Send + Sync + 'static,
        F: Future<Output = io::Result<(S, A::Wire)>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (stop, stopping) = watch::channel(false);
        let mut accepting = JoinSet::new();
        let address = self.address;
        accepting.spawn(accept(self.listener, answerer, wrap, stopping));
        Server { address, stop, accepting }
    }
}

impl Server {
    /// The address that it listens on.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections and requests, and waits a moment for the responses that are under way.
    pub(super) async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.accepting.join_next().await.is_some() {}
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn accept<A, W, S, F>(listener: TcpListener, answerer: Arc<A>, wrap: W, mut stopping: watch::Receiver<bool>)
where
    A: Responder,
    W: Fn(TcpStream) -> F + Send + Sync + 'static,
    F: Future<Output = io::Result<(S, A::Wire)>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stopping) => break,
        };
        // Forget those that have ended.
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(NO_CONNECTION).await;
            continue;
        };
        // Responses should go out as they come; a socket that refuses this works anyway.
        let _ = stream.set_nodelay(true);
        let (answerer, stopping, wrapping) = (Arc::clone(&answerer), stopping.clone(), wrap(stream));
        connections.spawn(async move {
            if let Ok(Ok((stream, wire))) = tokio::time::timeout(HANDSHAKE_TIMEOUT, wrapping).await {
                speak(stream, wire, answerer, stopping).await;
            }
        });
    }
    drop(listener);
    let ended = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(LAST_ANSWERS, ended).await;
    connections.shutdown().await;
}

/// Speaks HTTP on one connection until either side ends it.
async fn speak<A: Responder>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    wire: A::Wire,
    answerer: Arc<A>,
    mut stopping: watch::Receiver<bool>,
) {
    let wire = Arc::new(wire);
    let service = service_fn(move |request| {
        let (answerer, wire) = (Arc::clone(&answerer), Arc::clone(&wire));
        async move { answerer.answer(request, &wire).await.map(with_its_length) }
    });
    let connection = http1::Builder::new()
        .auto_date_header(false)
        .preserve_header_case(true)
        .half_close(A::HALF_CLOSE)
        .max_headers(MAX_HEADERS)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // Why a connection ended is the client's affair, or was reported where it happened.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopped(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// A response whose length the HTTP library leaves alone. It removes the length of a body that isn't there, which a 304
/// has (RFC 9110, section 15.4.5), and some servers send with a 204.
fn with_its_length(response: Response<ResponseBody>) -> Response<ResponseBody> {
    let is_bodiless = matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if !is_bodiless || !response.headers().contains_key(CONTENT_LENGTH) {
        return response;
    }
    response.map(|body| Unsized(body).boxed_unsync())
}

/// A body that doesn't tell its size, not even that it is empty.
struct Unsized(ResponseBody);

impl Body for Unsized {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }
}

/// Ends when the server is to stop.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
