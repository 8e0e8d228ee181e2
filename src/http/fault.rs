//! Why no whole answer came, in words: the cause itself, and what to do about it.

use std::error::Error;
use std::io;
use std::time::Duration;

use crate::verification::RunError;

/// The codes of what can go wrong between a request and its answer.
pub mod codes {
    use crate::source::Code;

    /// Nothing listens at the address.
    pub const REFUSED: Code = Code("E101");
    /// The host's name has no address.
    pub const NO_SUCH_HOST: Code = Code("E102");
    /// The encrypted connection could not be made.
    pub const TLS: Code = Code("E103");
    /// The connection could not be made for another reason.
    pub const NO_CONNECTION: Code = Code("E104");
    /// No answer began in time.
    pub const NO_ANSWER: Code = Code("E105");
    /// The answer began and did not end in time.
    pub const SLOW_BODY: Code = Code("E106");
    /// The connection was closed or reset before the answer was whole.
    pub const CUT_SHORT: Code = Code("E107");
    /// What came is not HTTP.
    pub const NOT_HTTP: Code = Code("E108");
    /// The body is larger than is read.
    pub const BODY_TOO_LARGE: Code = Code("E109");
    /// The body's coding (gzip and the like) can't be undone.
    pub const BAD_CODING: Code = Code("E110");
    /// The request can't be sent as it is written.
    pub const BAD_REQUEST: Code = Code("E111");
}

/// The phase in which a time limit ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Head,
    Body,
}

/// The time limit ran out.
pub(super) fn timed_out(phase: Phase, limit: Duration, address: &str) -> RunError {
    let seconds = limit.as_secs_f64();
    match phase {
        Phase::Head => RunError::new(codes::NO_ANSWER, format!("{address} did not answer within {seconds} s")),
        Phase::Body => {
            RunError::new(codes::SLOW_BODY, format!("{address} began to answer and was not done within {seconds} s"))
        }
    }
    .help("look at what the provider is waiting for, or allow more time with --timeout")
}

/// What the system says of a connection that could not be made.
pub(super) fn of_io(error: &io::Error, address: &str) -> RunError {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        return RunError::new(codes::REFUSED, format!("nothing listens at {address}: connection refused"))
            .help("start the provider, or check the address (--url, or `url` in upheld.yaml)");
    }
    RunError::new(codes::NO_CONNECTION, format!("no connection to {address}: {error}"))
        .help("check the address, and that the network allows it")
}

/// What the client says of a failed exchange, put into the words of its cause.
pub(super) fn of_client(error: &reqwest::Error, address: &str) -> RunError {
    let causes = causes(error);
    let last = causes.last().cloned().unwrap_or_default();
    if let Some(io) = find::<io::Error>(error) {
        if io.kind() == io::ErrorKind::ConnectionRefused {
            return of_io(io, address);
        }
        if error.is_connect() && causes.iter().any(|cause| cause.contains("dns error")) {
            return RunError::new(codes::NO_SUCH_HOST, format!("the host of {address} is not known: {last}"))
                .help("check the name, and that this machine can look it up");
        }
    }
    if find::<rustls::Error>(error).is_some() || causes.iter().any(|cause| cause.contains("certificate")) {
        return RunError::new(codes::TLS, format!("no encrypted connection to {address}: {last}"))
            .help("the certificate must be one that this machine trusts, and name the host");
    }
    if error.is_builder() {
        return RunError::new(codes::BAD_REQUEST, format!("the request can't be sent: {last}"));
    }
    if error.is_connect() {
        return RunError::new(codes::NO_CONNECTION, format!("no connection to {address}: {last}"))
            .help("check the address, and that the network allows it");
    }
    if let Some(hyper) = find::<hyper::Error>(error)
        && hyper.is_parse()
    {
        return RunError::new(codes::NOT_HTTP, format!("what {address} answered is not HTTP: {last}"))
            .help("check that the address and port are those of the provider's HTTP interface");
    }
    RunError::new(codes::CUT_SHORT, format!("{address} ended the connection before its answer was whole: {last}"))
        .help("look into the provider's log: it may have crashed, or declared another length than it sent")
}

/// The messages of an error and of what caused it, outermost first.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts
}

fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An I/O error may carry another error inside instead of as its source.
        let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = inside.and_then(|inside| inside.downcast_ref::<E>()) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
