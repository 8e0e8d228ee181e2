//! The client that the verifier sends a contract's requests with.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::{Method, Uri};
use tokio::time::timeout;

use super::base_url::BaseUrl;
use super::connect::Connector;
use super::decode::{DecodeError, Decoded, decode};
use super::encode::encode;
use super::exchange::{Outgoing, WholeResponse, exchange};
use super::failure::Failure;
use super::header::{ExtraHeader, header_text};
use super::limits::Limits;
use super::pool::Pool;
use super::proxy::Proxies;
use crate::interaction::{ActualRequest, ActualResponse};
use crate::recording::{Origin, STAND_IN};
use crate::verification::{Allows, Provider, Reply, RunError};

/// The settings for every request of a client.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// For one whole exchange: connecting, sending, and reading the response to its end.
    pub timeout: Duration,
    /// The most bytes that a response's body may have, as it comes and again once it is decoded.
    pub max_body: usize,
    /// Sent with every request whose contract allows them, in place of the request's own headers of the same names.
    pub headers: Vec<ExtraHeader>,
    /// The way to hosts that are not this machine.
    pub proxies: Proxies,
}

/// Sends requests to one provider. Clones share their connections.
#[derive(Clone)]
pub struct HttpClient {
    base: BaseUrl,
    limits: Limits,
    headers: Arc<[ExtraHeader]>,
    connector: Arc<Connector>,
    pool: Arc<Pool>,
    /// The provider's address in contracts.
    stand_in: Arc<Option<Origin>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            max_body: 32 * 1024 * 1024,
            headers: Vec::new(),
            proxies: Proxies::none(),
        }
    }
}

impl HttpClient {
    /// A client for the provider at `base`. Nothing is connected before the first request.
    #[must_use]
    pub fn new(base: BaseUrl, options: &HttpOptions) -> Self {
        Self::connecting_by(Connector::new(options.proxies.clone()), base, options)
    }

    pub(super) fn connecting_by(connector: Connector, base: BaseUrl, options: &HttpOptions) -> Self {
        Self {
            base,
            limits: Limits { timeout: options.timeout, max_body: options.max_body },
            headers: options.headers.as_slice().into(),
            connector: Arc::new(connector),
            pool: Arc::default(),
            stand_in: Arc::new(Origin::new(STAND_IN)),
        }
    }

    /// A client for another base with the same options, limits and connections: another instance, or the host that
    /// changes the provider's states.
    #[must_use]
    pub fn with_base(&self, base: BaseUrl) -> Self {
        Self { base, ..self.clone() }
    }

    /// The same client with another time limit for each exchange.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { limits: Limits { timeout, ..self.limits }, ..self.clone() }
    }

    /// The address that requests go to.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Connects, and keeps the connection for the next request: whether the provider can be reached at all.
    ///
    /// # Errors
    ///
    /// If no connection can be made within the time limit. The error says why.
    pub async fn connects(&self) -> Result<(), RunError> {
        let into_error = |failure: Failure| failure.into_error(&self.base, self.limits);
        let connected = timeout(self.limits.timeout, self.connector.connect(&self.base)).await;
        let connection = connected
            .map_err(|_| into_error(Failure::ConnectTimeout))?
            .map_err(|failure| into_error(failure.into()))?;
        self.pool.put(&self.base, connection);
        Ok(())
    }

    async fn exchange(&self, request: &ActualRequest, allows: &Allows<'_>) -> Result<Reply, Failure> {
        let outgoing = self.outgoing(&self.addressed(request), allows)?;
        let WholeResponse { status, headers, body, seconds } =
            exchange(&self.connector, &self.pool, &self.base, self.limits, &outgoing).await?;
        let (decoded, unread) = match decode(&headers, body, self.limits.max_body) {
            Ok(decoded) => (decoded, None),
            Err(error) => {
                let error = Failure::decoding(error, status).into_error(&self.base, self.limits);
                (Decoded::default(), Some(error))
            }
        };
        let Decoded { body, unknown: unknown_codings } = decoded;
        let headers = headers.iter().map(|(name, value)| (name.as_str().to_owned(), header_text(value))).collect();
        let response = ActualResponse { status: status.as_u16(), headers, body };
        Ok(Reply { response, unread, unknown_codings, seconds })
    }

    /// The request with the provider's address in the place of that which contracts have for it.
    fn addressed<'r>(&self, request: &'r ActualRequest) -> Cow<'r, ActualRequest> {
        let Some(stand_in) = self.stand_in.as_ref().as_ref() else { return Cow::Borrowed(request) };
        let has = |text: &str| stand_in.is_in(text.as_bytes());
        let in_head = request.query.as_deref().is_some_and(has) || request.headers.iter().any(|(_, value)| has(value));
        if !in_head && !stand_in.is_in(&request.body) {
            return Cow::Borrowed(request);
        }
        let own = self.base.to_string();
        let text = |text: &String| stand_in.replace_text(text, &own).unwrap_or_else(|| text.clone());
        Cow::Owned(ActualRequest {
            query: request.query.as_ref().map(text),
            headers: request.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            body: stand_in.replace(&request.body, &own).unwrap_or_else(|| request.body.clone()),
            ..request.clone()
        })
    }

    /// Checks a request and puts the base's prefix and the extra headers to it.
    fn outgoing(&self, request: &ActualRequest, allows: &Allows<'_>) -> Result<Outgoing, Failure> {
        let unsendable = |text: String| Err(Failure::Unsendable(text));
        let Ok(method) = Method::from_bytes(request.method.as_bytes()) else {
            return unsendable(format!("`{}` is not an HTTP method", request.method));
        };
        if method == Method::CONNECT {
            return unsendable("CONNECT requests a tunnel, not a response, so it can't be verified".to_owned());
        }
        let mut target = format!("{}{}", self.base.prefix(), request.path);
        if target.is_empty() {
            target.push('/');
        }
        if let Some(query) = &request.query {
            target.push('?');
            target.push_str(query);
        }
        // The parsed target must be the text that was given: a `#` would be cut off, a space refused.
        let kept = target.parse::<Uri>().is_ok_and(|uri| {
            uri.scheme().is_none() && uri.path_and_query().is_some_and(|kept| kept.as_str() == target)
        });
        if !kept || !target.starts_with('/') || request.path.contains('?') {
            return unsendable(format!(
                "`{target}` can't be requested as it is: a path begins with `/`, and characters that aren't allowed in it \
                 are percent-encoded"
            ));
        }
        let mut headers = self.headers(request, allows)?;
        // A contract may have the bytes of a coded body.
        let decoded = decode(&headers, request.body.clone(), self.limits.max_body);
        let is_coded = !matches!(decoded, Err(DecodeError::Undecodable(_)));
        let body = request.body.clone();
        let body = Bytes::from(if is_coded { body } else { encode(&headers, body) });
        if let Some(length) = headers.get(CONTENT_LENGTH)
            && length.to_str().ok() != Some(body.len().to_string().as_str())
        {
            return unsendable(format!(
                "the request says `content-length: {}`, but its body has {}",
                header_text(length),
                crate::words::count(body.len(), "byte")
            ));
        }
        // A server may wait for the body of such a method, if it isn't said that there is none (RFC 9110, section 8.6).
        if body.is_empty()
            && matches!(method, Method::POST | Method::PUT | Method::PATCH)
            && !headers.contains_key(TRANSFER_ENCODING)
        {
            headers.entry(CONTENT_LENGTH).or_insert(HeaderValue::from_static("0"));
        }
        Ok(Outgoing { method, target, headers, body })
    }

    fn headers(&self, request: &ActualRequest, allows: &Allows<'_>) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        // What the contract says about a header wins: a request without credentials is verified beside those with them.
        let extras: Vec<&ExtraHeader> =
            self.headers.iter().filter(|extra| allows(extra.name(), extra.value().expose())).collect();
        let own = request.headers.iter().filter(|(name, _)| {
            let replaced = |extra: &ExtraHeader| extra.name().eq_ignore_ascii_case(name);
            !extras.iter().any(|extra| replaced(extra))
        });
        for (name, value) in own {
            let Ok(parsed) = HeaderName::from_bytes(name.as_bytes()) else {
                return Err(Failure::Unsendable(format!("`{name}` isn't a valid header name")));
            };
            let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else {
                let text = format!("the value of the header `{name}` has a character that isn't allowed in a header");
                return Err(Failure::Unsendable(text));
            };
            headers.append(parsed, value);
        }
        for extra in extras {
            let unsendable = || Failure::Unsendable(format!("the header `{}` can't be sent", extra.name()));
            let name = HeaderName::from_bytes(extra.name().as_bytes()).map_err(|_| unsendable())?;
            let mut value = HeaderValue::from_bytes(extra.value().expose().as_bytes()).map_err(|_| unsendable())?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        Ok(headers)
    }
}

impl Provider for HttpClient {
    async fn send(&self, request: &ActualRequest, allows: &Allows<'_>) -> Result<Reply, RunError> {
        self.exchange(request, allows).await.map_err(|failure| failure.into_error(&self.base, self.limits))
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("base", &self.base)
            .field("limits", &self.limits)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}
