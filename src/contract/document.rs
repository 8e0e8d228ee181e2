//! The contract's model: what was read, checked and understood. Data only.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::matcher::Rule;
use super::pact::PactRules;
use super::path::Path;
use super::{ServiceName, State};
use crate::source::Pointer;

/// All that one consumer expects of one provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    pub consumer: ServiceName,
    pub provider: ServiceName,
    pub description: Option<String>,
    pub interactions: Vec<Interaction>,
}

impl Contract {
    /// Whether it was read from a Pact file.
    #[must_use]
    pub fn is_pact(&self) -> bool {
        self.interactions.iter().any(|interaction| interaction.request.rules.pact.is_some())
    }
}

/// One expectation: a request, and the least that the response must be.
///
/// Later kinds of expectation (messages) will stand in lists of their own beside `Contract::interactions`.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    pub name: String,
    pub description: Option<String>,
    pub given: Vec<State>,
    pub request: Request,
    pub response: Response,
    /// Whether its author says that a break need not fail anybody yet. (Of a Pact file; in a contract of our own it is
    /// what the ledger knows that decides.)
    pub pending: bool,
    /// Set where it can't be run, and then request and response say nothing.
    pub skipped: Option<Skipped>,
}

/// An interaction that is right, and that can't be run: a message, or one that a plugin would have to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// Why, as the end of a sentence.
    pub why: Arc<str>,
    /// What the file says of it: its identity.
    pub content: Value,
}

/// What the consumer sends. Texts may hold placeholders (`${id}`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub method: String,
    /// Percent-encoded as it is sent, without the query.
    pub path: String,
    /// The parameters by name, decoded, each with its values in their order.
    pub query: IndexMap<String, Vec<String>>,
    pub headers: Headers,
    pub body: Option<Body>,
    pub rules: Rules,
    pub query_rules: IndexMap<String, Rule>,
    pub path_rule: Option<PathRule>,
}

/// The least that the consumer needs of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    pub status: Status,
    pub headers: Headers,
    pub body: Option<Body>,
    pub rules: Rules,
}

/// Headers by name in small letters, each with its values, one for each line.
pub type Headers = IndexMap<String, Vec<String>>;

/// A status code, or a class of them by its first digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Code(u16),
    Class(u8),
}

/// The rules of a message, of its headers and its body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// By path into the body, in the contract's order. The key of the file is kept for pointing at it.
    pub body: IndexMap<Path, Written<Rule>>,
    /// By header name in small letters.
    pub headers: IndexMap<String, Rule>,
    /// What a Pact file asks of the message. Where this is, it alone counts, and all other rules are empty.
    pub pact: Option<Arc<PactRules>>,
}

impl Rules {
    /// The rules of a message of a Pact file.
    pub(super) fn of_pact(rules: PactRules) -> Self {
        Self { pact: Some(Arc::new(rules)), ..Self::default() }
    }
}

/// A thing and the key that it was written under, which may be spelled otherwise than what it means.
#[derive(Clone, Debug)]
pub struct Written<T> {
    pub thing: T,
    pub key: String,
}

/// Spelling doesn't count.
impl<T: PartialEq> PartialEq for Written<T> {
    fn eq(&self, other: &Self) -> bool {
        self.thing == other.thing
    }
}

/// How a path may differ: as a whole, or in some of its segments.
#[derive(Clone, Debug, PartialEq)]
pub enum PathRule {
    Whole(Rule),
    /// By the number of the segment: `42` in `/orders/42` is segment 2, since what stands before the first `/` is
    /// segment 0. (A segment's text changes when its placeholders are filled, and its number does not.)
    Segments(BTreeMap<usize, Rule>),
}

/// A body in one of its kinds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Body {
    Json(Value),
    Text(String),
    /// Bytes written in base64.
    Bytes(Arc<[u8]>),
    /// What a file of the contract's folder holds (JSON, text or bytes), and its path there.
    File {
        path: String,
        content: Box<Body>,
    },
    /// The fields of `application/x-www-form-urlencoded`, decoded.
    Form(IndexMap<String, Vec<String>>),
}

impl Interaction {
    /// The values that `${name}` has where nothing was returned by a state handler: the parameters of its states.
    /// Of two states with the same parameter the later counts.
    #[must_use]
    pub fn params(&self) -> Map<String, Value> {
        super::state::params(&self.given)
    }

    /// Where interaction `index` is written in its contract file.
    #[must_use]
    pub fn pointer(index: usize) -> Pointer {
        Pointer::root().key("interactions").index(index)
    }
}

impl Body {
    /// What is in the body, wherever it was written.
    #[must_use]
    pub fn content(&self) -> &Self {
        match self {
            Self::File { content, .. } => content,
            other => other,
        }
    }

    /// Whether it says that there is no body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.content(), Self::Text(text) if text.is_empty())
    }

    /// The content type that is sent with it where no header names one: no server would read it without.
    #[must_use]
    pub fn implied_type(&self) -> Option<&'static str> {
        match self.content() {
            Self::Json(_) => Some("application/json"),
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
            Self::Text(_) | Self::Bytes(_) | Self::File { .. } => None,
        }
    }

    /// The body as one JSON value, which rules lead into: a text is a string, a form an object of its fields.
    /// `None` for bytes, which have no places.
    #[must_use]
    pub fn view(&self) -> Option<Cow<'_, Value>> {
        match self.content() {
            Self::Json(value) => Some(Cow::Borrowed(value)),
            Self::Text(text) => Some(Cow::Owned(Value::String(text.clone()))),
            Self::Form(fields) => Some(Cow::Owned(fields_view(fields))),
            Self::Bytes(_) | Self::File { .. } => None,
        }
    }
}

/// Fields as an object: one value is a string, several are a list.
#[must_use]
pub fn fields_view(fields: &IndexMap<String, Vec<String>>) -> Value {
    let view = |values: &Vec<String>| match values.as_slice() {
        [one] => Value::String(one.clone()),
        several => Value::Array(several.iter().cloned().map(Value::String).collect()),
    };
    Value::Object(fields.iter().map(|(name, values)| (name.clone(), view(values))).collect())
}

/// Whether a media type is JSON: `application/json`, or one with the suffix `+json` (RFC 6839).
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

impl Request {
    /// Whether sending it is safe: it asks for nothing to be changed (RFC 9110, section 9.2.1; TRACE is left out
    /// since no contract needs it).
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// Whether a request of this method has a body as a rule.
    #[must_use]
    pub fn tends_to_have_a_body(&self) -> bool {
        !self.is_safe() && self.method != "DELETE"
    }

    /// Method, path and query as they are shown to people.
    #[must_use]
    pub fn line(&self) -> String {
        let query = super::urlencoded::write(&self.query);
        if query.is_empty() {
            format!("{} {}", self.method, self.path)
        } else {
            format!("{} {}?{query}", self.method, self.path)
        }
    }
}

impl Status {
    /// Whether a status is this one, or of this class.
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
