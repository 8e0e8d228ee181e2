//! Why an exchange failed: first as data, then as text with the cause and what to do about it.

use std::io;

use hyper::StatusCode;

use super::base_url::{BaseUrl, Scheme};
use super::causes::{causes, io_cause};
use super::codes;
use super::connect::ConnectFailure;
use super::decode::DecodeError;
use super::limits::Limits;
use crate::verification::RunError;
use crate::words::{count, duration};

/// Why an exchange failed.
#[derive(Debug)]
pub(super) enum Failure {
    Unsendable(String),
    Connect(ConnectFailure),
    ConnectTimeout,
    ResponseTimeout,
    BodyTimeout {
        received: usize,
        promised: Option<u64>,
    },
    /// The connection failed before the response's head was whole.
    Head(hyper::Error),
    /// The connection failed inside the response's body.
    Body {
        error: hyper::Error,
        received: usize,
        promised: Option<u64>,
    },
    Surplus {
        promised: usize,
    },
    TooLarge {
        decoded: bool,
    },
    Coding {
        status: StatusCode,
        cause: String,
    },
}

impl From<ConnectFailure> for Failure {
    fn from(failure: ConnectFailure) -> Self {
        Self::Connect(failure)
    }
}

impl Failure {
    pub(super) fn decoding(error: DecodeError, status: StatusCode) -> Self {
        match error {
            DecodeError::TooLarge => Self::TooLarge { decoded: true },
            DecodeError::Undecodable(cause) => Self::Coding { status, cause },
        }
    }

    /// The error that people see.
    pub(super) fn into_error(self, base: &BaseUrl, limits: Limits) -> RunError {
        let limit = duration(limits.timeout);
        match self {
            Self::Unsendable(why) => RunError::coded(codes::UNSENDABLE, why)
                .help("correct the interaction's request in the contract, or the `--header` that is added to it"),
            Self::Connect(failure) => connecting(&failure, base),
            Self::ConnectTimeout => RunError::coded(
                codes::CONNECT_TIMEOUT,
                format!("no connection to {} within {limit}", base.host_and_port()),
            )
            .help("is it reachable from here, or is there a firewall or a VPN in the way?")
            .help("`--timeout` gives it more time"),
            Self::ResponseTimeout => RunError::coded(codes::RESPONSE_TIMEOUT, format!("no response within {limit}"))
                .help("the provider took the request but didn't respond: check its log")
                .help("`--timeout` gives it more time"),
            Self::BodyTimeout { received, promised } => RunError::coded(
                codes::BODY_TIMEOUT,
                format!("the response wasn't complete after {limit}: {} had arrived", portion(received, promised)),
            )
            .help("the provider started to respond but didn't finish: check its log; does it stream endlessly?")
            .help("`--timeout` gives it more time"),
            Self::Head(error) => head(&error, base),
            Self::Body { error, received, promised } => body(&error, received, promised),
            Self::Surplus { promised } => RunError::coded(
                codes::SURPLUS,
                format!("the response goes on after the {} that its content-length declares", count(promised, "byte")),
            )
            .help(
                "the provider counts characters instead of bytes, or responds twice: clients cut such a response off",
            ),
            Self::TooLarge { decoded } => {
                let size = bytes(limits.max_body);
                let once = if decoded { " once decoded" } else { "" };
                RunError::coded(codes::TOO_LARGE, format!("the response body is larger than {size}{once}"))
                    .help("request less in the interaction, such as one page of a list; `--max-body` allows more")
            }
            Self::Coding { status, cause } => RunError::coded(
                codes::CODING,
                format!("the response ({status}) can't be decoded as its content-encoding says: {cause}"),
            )
            .help("the provider must use the encoding that it names, and only one that the request accepts"),
        }
    }
}

fn connecting(failure: &ConnectFailure, base: &BaseUrl) -> RunError {
    let target = base.host_and_port();
    match failure {
        ConnectFailure::Tcp(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            RunError::coded(codes::REFUSED, format!("nothing listens at {target}: connection refused"))
                .help("start the provider, or correct its URL")
        }
        ConnectFailure::Tcp(error) => {
            RunError::coded(codes::UNREACHABLE, format!("no connection to {target}: {}", causes(error)))
                .help("is it reachable from here, or is there a firewall or a VPN in the way?")
        }
        ConnectFailure::Name(error) => RunError::coded(
            codes::NAME,
            format!("the name `{}` can't be resolved: {}", base.bare_host(), causes(error)),
        )
        .help(format!("check the host in `{base}`, and whether this machine's DNS knows it")),
        ConnectFailure::Proxy { proxy, cause } => {
            RunError::coded(codes::PROXY, format!("the proxy {proxy} did not connect to {target}: {cause}"))
                .help("correct HTTP_PROXY or HTTPS_PROXY, or name the host in NO_PROXY to reach it without the proxy")
        }
        ConnectFailure::TlsSetup(cause) => RunError::coded(codes::TLS, format!("TLS can't be set up: {cause}"))
            .help("install this system's CA certificates, or on Linux name a file with them in SSL_CERT_FILE"),
        ConnectFailure::Tls(error) => tls(error, base),
        ConnectFailure::Http(error) => head(error, base),
    }
}

/// A failed handshake. The help depends on rustls's error.
fn tls(error: &io::Error, base: &BaseUrl) -> RunError {
    let target = base.host_and_port();
    let failed = RunError::coded(codes::TLS, format!("the TLS handshake with {target} failed: {}", causes(error)));
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::InvalidMessage(_)) => {
            failed.help(format!("it doesn't use TLS: for plain HTTP, write `http://{target}`"))
        }
        Some(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)) => {
            failed.help("make this system trust the CA of its certificate, or name the CA's file in SSL_CERT_FILE")
        }
        // webpki's own word, which rustls has no variant for; the usual problem of hand-made certificates.
        Some(rustls::Error::InvalidCertificate(error)) if format!("{error:?}").contains("CaUsedAsEndEntity") => {
            failed.help("a server's certificate must not be a CA's: make it with `basicConstraints=CA:FALSE`")
        }
        Some(rustls::Error::InvalidCertificate(_)) => {
            failed.help("the provider needs a certificate that is valid now and for the host in its URL")
        }
        _ => failed.help("the provider may only support old TLS versions, or require a client certificate"),
    }
}

fn head(error: &hyper::Error, base: &BaseUrl) -> RunError {
    if error.is_parse() {
        let error = RunError::coded(codes::NOT_HTTP, format!("this isn't an HTTP/1.1 response: {}", causes(error)));
        return match base.scheme() {
            Scheme::Http => error.help(format!(
                "is {} the provider's port? If it uses TLS, write `https://` in its URL",
                base.host_and_port()
            )),
            Scheme::Https => error.help(format!("is {} the provider's port?", base.host_and_port())),
        };
    }
    let message = match io_cause(error) {
        Some(cause) => format!("the connection failed before a response arrived: {}", causes(cause)),
        None if error.is_incomplete_message() => "the connection was closed before a response arrived".to_owned(),
        None => format!("the connection failed before a response arrived: {}", causes(error)),
    };
    let error =
        RunError::coded(codes::CLOSED, message).help("the provider may have crashed on this request: check its log");
    match base.scheme() {
        Scheme::Http if !base.is_local() => error.help("if it uses TLS, write `https://` in its URL"),
        Scheme::Http | Scheme::Https => error,
    }
}

fn body(error: &hyper::Error, received: usize, promised: Option<u64>) -> RunError {
    let cause = io_cause(error);
    if let Some(cause) = cause
        && matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
    {
        return RunError::coded(codes::BAD_FRAMING, format!("the response body can't be read: {}", causes(cause)))
            .help("the provider, or a proxy in front of it, doesn't frame its responses as HTTP/1.1 requires");
    }
    let portion = portion(received, promised);
    let message = match cause.filter(|cause| cause.kind() != io::ErrorKind::UnexpectedEof) {
        Some(cause) => format!("the response body ends too early: {portion} arrived, then: {}", causes(cause)),
        None => format!("the response body ends too early: {portion} arrived"),
    };
    RunError::coded(codes::CUT_SHORT, message)
        .help("the provider may have crashed while responding, or its content-length is wrong: check its log")
}

/// `10 of 100 bytes`, or `10 bytes` if nothing was promised.
fn portion(received: usize, promised: Option<u64>) -> String {
    match promised.and_then(|promised| usize::try_from(promised).ok()) {
        Some(promised) => format!("{received} of {}", count(promised, "byte")),
        None => count(received, "byte").to_string(),
    }
}

/// A size in the largest unit that it is whole in.
fn bytes(size: usize) -> String {
    const KIB: usize = 1024;
    match size {
        size if size >= KIB * KIB && size.is_multiple_of(KIB * KIB) => format!("{} MiB", size / KIB / KIB),
        size if size >= KIB && size.is_multiple_of(KIB) => format!("{} KiB", size / KIB),
        size => count(size, "byte").to_string(),
    }
}
