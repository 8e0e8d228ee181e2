//! The client of a verification: sends exactly what it is given, and reads the whole answer within its limits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, redirect};

use super::decode::{DecodeError, decode};
use super::fault::{Phase, codes, of_client, of_io, timed_out};
use super::{BaseUrl, Secret};
use crate::matching::{ActualRequest, ActualResponse};
use crate::verification::{Provider, Reply, RunError};

/// How a client sends and reads.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// For a whole exchange, from connecting to the last byte.
    pub timeout: Duration,
    /// The most bytes of a body, as sent and as decoded.
    pub max_body: usize,
    /// Headers that are added to every request, in the place of the request's own of that name.
    pub headers: Vec<(String, Secret)>,
}

/// A client of one provider. Connections are kept alive; redirects are answers; nothing is retried.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    base: BaseUrl,
    config: ClientConfig,
}

impl HttpClient {
    /// A client of the provider at `base`.
    ///
    /// # Errors
    ///
    /// Why no encrypted connections can be made, where the address asks for them.
    pub fn new(base: BaseUrl, config: ClientConfig) -> Result<Self, RunError> {
        let builder = Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .pool_max_idle_per_host(usize::MAX);
        // What runs on this machine is never behind a proxy, whatever the environment says for the others.
        let builder = if is_loopback(&base) { builder.no_proxy() } else { builder };
        let tls = tls(base.is_https())
            .map_err(|why| RunError::new(codes::TLS, format!("no encrypted connection to {base}: {why}")))?;
        let client =
            builder.tls_backend_preconfigured(tls).build().map_err(|error| of_client(&error, &base.to_string()))?;
        Ok(Self { client, base, config })
    }

    /// The address that requests go to.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Sends a request to a path below the address, or to a whole address.
    ///
    /// # Errors
    ///
    /// Whatever kept a whole answer from coming within the limits.
    pub async fn exchange(&self, request: &ActualRequest) -> Result<Reply, RunError> {
        let request = self.prepare(request)?;
        let started = Instant::now();
        let mut phase = Phase::Head;
        let answer = tokio::time::timeout(self.config.timeout, self.answer(request, &mut phase)).await;
        let response = answer.map_err(|_| timed_out(phase, self.config.timeout, &self.base.to_string()))??;
        Ok(Reply { response, seconds: started.elapsed().as_secs_f64() })
    }

    /// Whether the address takes connections.
    ///
    /// # Errors
    ///
    /// Why it doesn't.
    pub async fn connects(&self) -> Result<(), RunError> {
        let (host, port) = self.base.host_and_port();
        let address = self.base.to_string();
        match tokio::time::timeout(self.config.timeout, tokio::net::TcpStream::connect((host.as_str(), port))).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(of_io(&error, &address)),
            Err(_) => Err(timed_out(Phase::Head, self.config.timeout, &address)),
        }
    }

    fn prepare(&self, request: &ActualRequest) -> Result<Request, RunError> {
        let bad = |why: String| RunError::new(codes::BAD_REQUEST, format!("the request can't be sent: {why}"));
        let target = match &request.query {
            Some(query) => format!("{}?{query}", request.path),
            None => request.path.clone(),
        };
        let mut url = self.base.join(&target).map_err(|error| bad(error.to_string()))?;
        let authorization = BaseUrl::taken_from(&mut url);
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| bad(error.to_string()))?;
        let mut prepared = Request::new(method, url);
        let mut headers = HeaderMap::with_capacity(request.headers.len() + self.config.headers.len());
        for (name, value) in &request.headers {
            headers.append(header_name(name).map_err(bad)?, header_value(name, value).map_err(bad)?);
        }
        for (name, secret) in &self.config.headers {
            let mut value = header_value(name, secret.reveal()).map_err(bad)?;
            value.set_sensitive(true);
            headers.insert(header_name(name).map_err(bad)?, value);
        }
        // What is said by name comes before what the address says.
        if let Some(value) = authorization.filter(|_| !headers.contains_key(AUTHORIZATION)) {
            let mut value = header_value("authorization", &value).map_err(bad)?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        *prepared.headers_mut() = headers;
        if !request.body.is_empty() {
            *prepared.body_mut() = Some(request.body.clone().into());
        }
        Ok(prepared)
    }

    async fn answer(&self, request: Request, phase: &mut Phase) -> Result<ActualResponse, RunError> {
        let failed = |error: &reqwest::Error| of_client(error, &self.base.to_string());
        let mut response = self.client.execute(request).await.map_err(|error| failed(&error))?;
        *phase = Phase::Body;
        let status = response.status().as_u16();
        let headers: Vec<(String, String)> =
            response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
            if body.len() + chunk.len() > self.config.max_body {
                return Err(self.too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let codings: Vec<&str> =
            headers.iter().filter(|(name, _)| name == "content-encoding").map(|(_, value)| value.as_str()).collect();
        let body = decode(body, &codings, self.config.max_body).map_err(|error| match error {
            DecodeError::TooLarge => self.too_large(),
            DecodeError::Bad(why) => {
                RunError::new(codes::BAD_CODING, format!("the body's `Content-Encoding` can't be undone: {why}")).help(
                    "leave `accept-encoding` out of the contract's request, or let the provider send what it declares",
                )
            }
        })?;
        Ok(ActualResponse { status, headers, body })
    }

    fn too_large(&self) -> RunError {
        let limit = self.config.max_body;
        RunError::new(
            codes::BODY_TOO_LARGE,
            format!("the body of the answer has more than {limit} bytes, and was cut off"),
        )
        .help("ask for less in the contract's request, or allow more with --max-body")
    }
}

impl Provider for HttpClient {
    async fn send(&self, request: &ActualRequest) -> Result<Reply, RunError> {
        self.exchange(request).await
    }
}

fn is_loopback(base: &BaseUrl) -> bool {
    let (host, _) = base.host_and_port();
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The TLS of a client. The system's certificates are read only where they are needed: that takes longer than many a
/// whole verification.
fn tls(needed: bool) -> Result<rustls::ClientConfig, rustls::Error> {
    use rustls_platform_verifier::ConfigVerifierExt as _;
    static PROVIDER: std::sync::Once = std::sync::Once::new();
    // An error says that there is a provider already, which serves as well.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    if needed {
        rustls::ClientConfig::with_platform_verifier()
    } else {
        Ok(rustls::ClientConfig::builder()
            .with_root_certificates(Arc::new(rustls::RootCertStore::empty()))
            .with_no_client_auth())
    }
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|error| format!("the header name `{name}`: {error}"))
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(value)
        .or_else(|_| HeaderValue::from_bytes(value.as_bytes()))
        .map_err(|error| format!("the value of the header `{name}`: {error}"))
}

/// A header's value as text; what is no UTF-8 is read as Latin-1, as HTTP/1.0 had it.
fn text(value: &HeaderValue) -> String {
    std::str::from_utf8(value.as_bytes())
        .map_or_else(|_| value.as_bytes().iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}
