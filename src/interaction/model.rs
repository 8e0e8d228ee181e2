//! The model that every format is read into: a contract and its interactions. Data only.
//!
//! `T` is a format's terms: everything that it requires of a message beyond the example. Each format has its own, and
//! [`crate::formats`] has the sum of them.

use std::convert::Infallible;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::body::Body;
use super::names::ServiceName;
use super::state::State;
use super::urlencoded;
use crate::source::Pointer;

/// Everything that one consumer expects from one provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract<T> {
    pub consumer: ServiceName,
    pub provider: ServiceName,
    pub description: Option<String>,
    pub interactions: Vec<Interaction<T>>,
}

/// One expectation: a request and the least that its response must be, or a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction<T> {
    pub name: String,
    pub description: Option<String>,
    pub given: Vec<State>,
    /// Whether its author says that breaking it need not fail anyone's build yet.
    pub pending: bool,
    pub kind: Kind<T>,
}

/// The kinds of interactions, by how their messages travel.
///
/// Every match on it names every kind, without a catch-all arm.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<T> {
    Http(Http<T>),
    /// Nothing reads or writes one yet; every match already has to decide what to do with it.
    Message(Message<T>),
    Unrunnable(Unrunnable<T>),
}

/// A request, and the least that the consumer needs from the response.
#[derive(Clone, Debug, PartialEq)]
pub struct Http<T> {
    pub request: Request,
    pub response: Response,
    pub terms: T,
}

/// A message, and the least that its reader needs of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<T> {
    /// A topic, queue or subject, or the request line of a webhook.
    pub channel: String,
    pub key: Option<String>,
    pub headers: Headers,
    pub body: Option<Body>,
    pub terms: T,
}

/// A valid interaction that can't be run: its kind isn't supported yet, or it needs a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Unrunnable<T> {
    /// Why, as the end of a sentence.
    pub why: Arc<str>,
    /// Its text in the file, which is part of its identity.
    pub content: Value,
    /// As much as could be read as a request and a response, which is part of its identity, too.
    pub read: Http<T>,
}

/// Why an interaction can't be run over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRunnable<'a> {
    Message,
    /// With the reason, as the end of a sentence.
    Unrunnable(&'a str),
}

/// The request that the consumer sends. Texts may contain placeholders (`${id}`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub method: String,
    /// Percent-encoded, as it is sent, without the query.
    pub path: String,
    /// The parameters by name, decoded, each with its values in their order.
    pub query: IndexMap<String, Vec<String>>,
    pub headers: Headers,
    pub body: Option<Body>,
}

/// The least that the consumer needs from the response.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    pub status: Status,
    pub headers: Headers,
    pub body: Option<Body>,
}

/// Headers by their lower-case names, each with its values, one for each line.
pub type Headers = IndexMap<String, Vec<String>>;

/// A status code, or a class of them by its first digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Code(u16),
    Class(u8),
}

impl<T> Contract<T> {
    /// The contract in other terms.
    #[must_use]
    pub fn map<U>(self, mut into: impl FnMut(T) -> U) -> Contract<U> {
        let Ok(contract) = self.try_map(|terms| Ok::<U, Infallible>(into(terms)));
        contract
    }

    /// The contract in other terms, if each interaction has them.
    ///
    /// # Errors
    ///
    /// The first error of `into`.
    pub fn try_map<U, E>(self, mut into: impl FnMut(T) -> Result<U, E>) -> Result<Contract<U>, E> {
        let Self { consumer, provider, description, interactions } = self;
        let interactions = interactions.into_iter().map(|interaction| interaction.try_map(&mut into));
        Ok(Contract { consumer, provider, description, interactions: interactions.collect::<Result<_, E>>()? })
    }
}

impl<T> Interaction<T> {
    /// The values of `${name}` if no state handler returned others: the parameters of the states. If two states have the
    /// same parameter, the later one counts.
    #[must_use]
    pub fn params(&self) -> Map<String, Value> {
        super::state::params(&self.given)
    }

    /// Its request and response, if it runs over HTTP.
    #[must_use]
    pub const fn http(&self) -> Option<&Http<T>> {
        match &self.kind {
            Kind::Http(http) => Some(http),
            Kind::Message(_) | Kind::Unrunnable(_) => None,
        }
    }

    /// Its request and response, or why it can't be run over HTTP.
    ///
    /// # Errors
    ///
    /// If it is a message, or can't be run at all.
    pub fn runnable(&self) -> Result<&Http<T>, NotRunnable<'_>> {
        match &self.kind {
            Kind::Http(http) => Ok(http),
            Kind::Message(_) => Err(NotRunnable::Message),
            Kind::Unrunnable(unrunnable) => Err(NotRunnable::Unrunnable(&unrunnable.why)),
        }
    }

    /// Why it can't be run, as the end of a sentence; `None` if it can.
    #[must_use]
    pub fn unrunnable(&self) -> Option<&str> {
        match &self.kind {
            Kind::Unrunnable(unrunnable) => Some(&unrunnable.why),
            Kind::Http(_) | Kind::Message(_) => None,
        }
    }

    /// A line for people: method, path and query of a request, or the channel of a message.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.kind {
            Kind::Http(http) => http.request.line(),
            Kind::Message(message) => message.channel.clone(),
            Kind::Unrunnable(unrunnable) => unrunnable.read.request.line(),
        }
    }

    /// The interaction in other terms.
    #[must_use]
    pub fn map<U>(self, mut into: impl FnMut(T) -> U) -> Interaction<U> {
        let Ok(interaction) = self.try_map(&mut |terms| Ok::<U, Infallible>(into(terms)));
        interaction
    }

    fn try_map<U, E>(self, into: &mut impl FnMut(T) -> Result<U, E>) -> Result<Interaction<U>, E> {
        let Self { name, description, given, pending, kind } = self;
        let kind = match kind {
            Kind::Http(http) => Kind::Http(http.try_map(into)?),
            Kind::Message(Message { channel, key, headers, body, terms }) => {
                Kind::Message(Message { channel, key, headers, body, terms: into(terms)? })
            }
            Kind::Unrunnable(Unrunnable { why, content, read }) => {
                Kind::Unrunnable(Unrunnable { why, content, read: read.try_map(into)? })
            }
        };
        Ok(Interaction { name, description, given, pending, kind })
    }
}

impl<T> Http<T> {
    fn try_map<U, E>(self, into: &mut impl FnMut(T) -> Result<U, E>) -> Result<Http<U>, E> {
        Ok(Http { request: self.request, response: self.response, terms: into(self.terms)? })
    }
}

/// The place of the interaction at `index` in its contract file.
#[must_use]
pub fn pointer(index: usize) -> Pointer {
    Pointer::root().key("interactions").index(index)
}

impl Request {
    /// Whether the method is safe: sending the request changes nothing (RFC 9110, section 9.2.1; TRACE is left out
    /// because no contract needs it).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// Whether requests of this method usually have a body.
    #[must_use]
    pub fn usually_has_a_body(&self) -> bool {
        !self.is_safe() && self.method != "DELETE"
    }

    /// Method, path and query, as people read them.
    #[must_use]
    pub fn line(&self) -> String {
        let query = urlencoded::write(&self.query);
        if query.is_empty() {
            format!("{} {}", self.method, self.path)
        } else {
            format!("{} {}?{query}", self.method, self.path)
        }
    }
}

impl Status {
    /// Whether a status code is this one, or of this class.
    #[must_use]
    pub const fn allows(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(digit) => status / 100 == digit as u16,
        }
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(digit) => write!(f, "{digit}XX"),
        }
    }
}
