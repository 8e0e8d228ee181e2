//! Makes connections: the name, TCP, the proxy's tunnel, TLS, and HTTP/1.1 on top, each with its own failure.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use http_body_util::combinators::BoxBody;
use http_body_util::{Either, Empty, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Method, Request, StatusCode};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

use super::base_url::{BaseUrl, Scheme};
use super::interim::Interim;
use super::proxy::Proxies;

/// How long one address of a name may take before the next is tried beside it (RFC 8305, section 5).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);
/// How many headers a response may have: far more than any has.
const MAX_HEADERS: usize = 1000;

/// A request body: sent all at once, or as it comes from somewhere else.
pub(super) type SentBody = Either<Full<Bytes>, BoxBody<Bytes, io::Error>>;

/// Makes connections. The TLS set-up is made once, with the first connection that needs it.
#[derive(Debug)]
pub(super) struct Connector {
    proxies: Proxies,
    tls: OnceLock<Result<Arc<ClientConfig>, String>>,
    /// Whether headers are sent and given with their names' letters as they came.
    keep_case: bool,
}

/// A connection on which one request at a time can be sent.
#[derive(Debug)]
pub(super) struct Connection {
    pub sender: http1::SendRequest<SentBody>,
    /// Set when requests on it name the whole URL, since a proxy reads them.
    pub forwarded: Option<Forwarded>,
    /// The interim responses to the request that is under way.
    pub interim: Interim,
    /// The task that drives it, which ends with the reason why the connection ended.
    pub driver: JoinHandle<Option<hyper::Error>>,
}

impl Drop for Connection {
    /// Nobody waits for the rest of the exchange, and the other side may never read it.
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// The details that a proxy needs to forward a request.
#[derive(Clone, Debug)]
pub(super) struct Forwarded {
    pub authorization: Option<HeaderValue>,
}

/// The reason why there is no connection.
#[derive(Debug)]
pub(super) enum ConnectFailure {
    /// The name can't be resolved.
    Name(io::Error),
    /// Nobody listens, or nobody can be reached.
    Tcp(io::Error),
    /// The proxy at the address could not be used.
    Proxy { proxy: String, cause: String },
    /// TLS can't be spoken at all on this machine.
    TlsSetup(String),
    /// The handshake failed.
    Tls(io::Error),
    /// HTTP could not be begun.
    Http(hyper::Error),
}

impl Connector {
    pub(super) const fn new(proxies: Proxies) -> Self {
        Self { proxies, tls: OnceLock::new(), keep_case: false }
    }

    /// The same connector, which leaves the letters of headers' names as they are.
    pub(super) fn keeping_case(self) -> Self {
        Self { keep_case: true, ..self }
    }

    /// A connector that trusts `config` instead of the system.
    #[cfg(test)]
    pub(super) fn trusting(config: ClientConfig) -> Self {
        Self { proxies: Proxies::none(), tls: OnceLock::from(Ok(Arc::new(config))), keep_case: false }
    }

    #[cfg(test)]
    pub(super) fn through(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
    }

    /// Connects to the host of `base`.
    pub(super) async fn connect(&self, base: &BaseUrl) -> Result<Connection, ConnectFailure> {
        let Some(proxy) = self.proxies.between(base) else {
            let stream = tcp(base.bare_host(), base.port()).await?;
            return match base.scheme() {
                Scheme::Http => self.http(stream, None).await,
                Scheme::Https => self.http(self.tls(base, stream).await?, None).await,
            };
        };
        let stream = to_proxy(&proxy).await?;
        match base.scheme() {
            Scheme::Http => self.http(stream, Some(Forwarded { authorization: proxy.basic_auth().cloned() })).await,
            Scheme::Https => self.http(self.tls(base, tunnel(stream, &proxy, base).await?).await?, None).await,
        }
    }

    async fn tls<S>(&self, base: &BaseUrl, stream: S) -> Result<impl AsyncRead + AsyncWrite + use<S>, ConnectFailure>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = self.tls.get_or_init(tls_config).clone().map_err(ConnectFailure::TlsSetup)?;
        let name = ServerName::try_from(base.bare_host().to_owned())
            .map_err(|error| ConnectFailure::Tls(io::Error::new(io::ErrorKind::InvalidInput, error)))?;
        TlsConnector::from(config).connect(name, stream).await.map_err(ConnectFailure::Tls)
    }

    /// Begins HTTP/1.1 on a stream. A task drives the connection until either side is done with it.
    async fn http<S>(&self, stream: S, forwarded: Option<Forwarded>) -> Result<Connection, ConnectFailure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let interim = Interim::default();
        let (sender, connection) = http1::Builder::new()
            .max_headers(MAX_HEADERS)
            // A value over several lines is obsolete, and a client replaces the line ends by spaces (RFC 9112, section 5.2).
            .allow_obsolete_multiline_headers_in_responses(true)
            .preserve_header_case(self.keep_case)
            .handshake(TokioIo::new(interim.clone().watch(stream)))
            .await
            .map_err(ConnectFailure::Http)?;
        let driver = tokio::spawn(async move { connection.await.err() });
        Ok(Connection { sender, forwarded, interim, driver })
    }
}

/// TLS 1.2 and 1.3, with the certificates that this system trusts (`SSL_CERT_FILE` adds to them on Linux).
fn tls_config() -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(rustls::ConfigBuilder::with_platform_verifier)
        .map_err(|error| error.to_string())?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Connects to the first address of the name that accepts a connection.
async fn tcp(host: &str, port: u16) -> Result<TcpStream, ConnectFailure> {
    let addresses: Vec<SocketAddr> =
        tokio::net::lookup_host((host, port)).await.map_err(ConnectFailure::Name)?.collect();
    let stream = first_to_answer(&addresses).await.map_err(ConnectFailure::Tcp)?;
    // Requests are written whole, so there is nothing to wait for; a socket that refuses this works anyway.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Tries each address when the one before it has failed, or takes long.
async fn first_to_answer(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut waiting = addresses.iter();
    let mut trying = FuturesUnordered::new();
    let mut fault = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some(address) = waiting.next() {
            trying.push(TcpStream::connect(*address));
        } else if trying.is_empty() {
            return Err(fault);
        }
        let patience = async {
            if waiting.len() == 0 {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(NEXT_ADDRESS).await;
        };
        tokio::select! {
            Some(tried) = trying.next() => match tried {
                Ok(stream) => return Ok(stream),
                Err(error) => fault = error,
            },
            () = patience => {}
        }
    }
}

/// Connects to a proxy, and says that it was the proxy if that fails.
async fn to_proxy(proxy: &Intercept) -> Result<TcpStream, ConnectFailure> {
    let uri = proxy.uri();
    let fail = |cause: String| ConnectFailure::Proxy { proxy: uri.to_string(), cause };
    if uri.scheme_str() != Some("http") {
        return Err(fail("only proxies with an `http://` URL are supported".to_owned()));
    }
    let host = uri.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    tcp(host, uri.port_u16().unwrap_or(80)).await.map_err(|failure| match failure {
        ConnectFailure::Name(error) | ConnectFailure::Tcp(error) => fail(error.to_string()),
        other => other,
    })
}

/// Asks a proxy for a tunnel to the host of `base` (RFC 9110, section 9.3.6).
async fn tunnel(
    stream: TcpStream,
    proxy: &Intercept,
    base: &BaseUrl,
) -> Result<TokioIo<hyper::upgrade::Upgraded>, ConnectFailure> {
    let fail = |cause: String| ConnectFailure::Proxy { proxy: proxy.uri().to_string(), cause };
    let fault = |error: hyper::Error| fail(super::causes::causes(&error));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(fault)?;
    tokio::spawn(connection.with_upgrades());
    let target = base.host_and_port();
    let mut request = Request::builder().method(Method::CONNECT).uri(&target).header(HOST, &target);
    if let Some(authorization) = proxy.basic_auth() {
        request = request.header(PROXY_AUTHORIZATION, authorization);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| fail(error.to_string()))?;
    let answer = sender.send_request(request).await.map_err(fault)?;
    match answer.status() {
        status if status.is_success() => hyper::upgrade::on(answer).await.map(TokioIo::new).map_err(fault),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            Err(fail("it requires a user name and a password (407)".to_owned()))
        }
        status => Err(fail(format!("it responded with {status}"))),
    }
}
