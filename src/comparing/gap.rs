//! The answers, as data: verdicts, and the gaps between what a contract needs and what a document says.

use std::fmt;

use serde_json::Value;

use crate::interaction::{Expected, Part, describe};
use crate::openapi::Kind;
use crate::source::Pointer;
use crate::words::{and_list, count, or_list, quoted};

/// How an interaction, or one place of it, stands to a document; the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything that the document allows satisfies the contract.
    Covered,
    /// Neither could be shown.
    Undecided,
    /// It depends on the provider's state, which the contract asks for or may ask for: a size, or whether an optional
    /// value is there.
    NeedsState,
    /// The document allows something that breaks the contract.
    NotGuaranteed,
    /// Nothing that the document allows satisfies the contract.
    Breaks,
}

/// One place where a contract needs more than a document promises.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    pub verdict: Verdict,
    /// Whether it is in the request that the consumer sends, and not in the response.
    pub is_request: bool,
    pub part: Part,
    /// The place inside the part, as in [`crate::interaction::Mismatch`], but with `[]` for the elements of lists.
    pub path: String,
    pub cause: Cause,
    /// What the contract needs here.
    pub wanted: Option<Expected>,
    /// A value for this place that the document allows and that breaks the contract.
    pub witness: Option<Value>,
    /// Where the contract says so.
    pub expectation: Pointer,
    /// Where the document says so, as a JSON Pointer.
    pub document: Option<String>,
}

/// What a document says that a contract doesn't go with.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// It has no operation for the request; the nearest path if there is one.
    NoOperation { near: Option<String> },
    /// The path has other methods only.
    NoMethod { path: String, methods: Vec<String> },
    /// It declares other statuses only.
    Status { wanted: String, declared: Vec<String> },
    /// The response, or the request, has no body.
    NoBody,
    /// The body has other content types only.
    ContentType { declared: Vec<String> },
    /// The value isn't declared.
    Undeclared { near: Option<String> },
    /// The value must not be there.
    Forbidden,
    /// The value may be missing.
    Optional,
    /// Nothing is said about the value, and it may be there.
    Open,
    /// The value is always there, or may be, though the contract wants it to be absent.
    Present { always: bool },
    /// Other keys than those of the contract may be there, or are.
    OtherKeys { name: Option<String> },
    /// It is of another type.
    Type(Kind),
    /// It is one of these values.
    Values(Vec<Value>),
    /// It is a value of the right type, and not all of them will do.
    Value,
    /// No value is allowed at all.
    Nothing,
    /// The number of elements or entries may be another, or is.
    Size { least: u64, most: Option<u64> },
    /// Whether certain elements are among them isn't said.
    Elements,
    /// There are too many ways to meet the schema.
    TooManyWays,
    /// Too much had to be compared.
    TooMuch,
    /// Bodies or headers of this kind aren't compared with documents yet.
    NotCompared,
    /// A required parameter, header or cookie isn't sent.
    NotSent,
    /// What is sent isn't declared, and may be ignored.
    NotDeclared,
    /// What is sent isn't valid: the place in it, and why.
    Invalid { at: String, why: String },
    /// The credentials that the operation requires aren't in the contract.
    Credentials(Vec<String>),
}

impl Gap {
    /// The same gap with a milder verdict, if its own is worse.
    #[must_use]
    pub(super) fn at_most(mut self, verdict: Verdict) -> Self {
        self.verdict = self.verdict.min(verdict);
        self
    }

    /// The part and the place in it: `response body items[].qty`.
    #[must_use]
    pub fn place(&self) -> String {
        let side = if self.is_request { "request" } else { "response" };
        match (self.part, self.path.as_str()) {
            (Part::Path | Part::Method, _) => self.part.to_string(),
            (part, "") => format!("{side} {part}"),
            (part, path) => format!("{side} {part} {path}"),
        }
    }

    /// The gap in one sentence, without a full stop.
    #[must_use]
    pub fn message(&self) -> String {
        let wanted = self.wanted.as_ref().map(|wanted| format!("; the contract needs {wanted}")).unwrap_or_default();
        format!("{}{wanted}", self.cause)
    }

    /// The witness as people read it.
    #[must_use]
    pub fn shown_witness(&self) -> Option<String> {
        self.witness.as_ref().map(describe::json)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Covered => "covered",
            Self::Undecided => "undecided",
            Self::NeedsState => "needs a provider state",
            Self::NotGuaranteed => "not guaranteed",
            Self::Breaks => "breaks",
        })
    }
}

impl fmt::Display for Cause {
    /// What the document says, as a main clause.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let near = |near: &Option<String>| near.as_ref().map(|it| format!("; it has `{it}`")).unwrap_or_default();
        match self {
            Self::NoOperation { near: other } => write!(f, "the document has no such path{}", near(other)),
            Self::NoMethod { path, methods } => {
                write!(f, "the document has `{path}` only with {}", and_list(methods))
            }
            Self::Status { wanted, declared } if declared.is_empty() => {
                write!(f, "the document declares no response, so no {wanted}")
            }
            Self::Status { wanted, declared } => {
                write!(f, "the document declares no {wanted}, only {}", and_list(declared))
            }
            Self::NoBody => f.write_str("the document declares no body"),
            Self::ContentType { declared } => {
                write!(f, "the document declares only {}", and_list(declared))
            }
            Self::Undeclared { near: other } => write!(f, "the document doesn't declare it{}", near(other)),
            Self::Forbidden => f.write_str("the document doesn't allow it (`additionalProperties: false`)"),
            Self::Optional => f.write_str("the document doesn't require it"),
            Self::Open => f.write_str("the document says nothing about it"),
            Self::Present { always: true } => f.write_str("the document requires it"),
            Self::Present { always: false } => f.write_str("the document allows it"),
            Self::OtherKeys { name: Some(name) } => write!(f, "the document declares another key, `{name}`"),
            Self::OtherKeys { name: None } => f.write_str("the document allows other keys"),
            Self::Type(kind) => write!(f, "the document allows {}", kind_words(*kind)),
            Self::Values(values) => {
                let shown: Vec<String> = values.iter().take(8).map(describe::json).collect();
                write!(f, "the document allows {}", or_list(&shown))
            }
            Self::Value => f.write_str("the document allows other values"),
            Self::Nothing => f.write_str("the document allows no value at all"),
            Self::Size { least, most: None } => write!(f, "the document allows {} or more", count_of(*least)),
            Self::Size { least, most: Some(most) } if least == most => {
                write!(f, "the document allows {}", count_of(*least))
            }
            Self::Size { least, most: Some(most) } => write!(f, "the document allows {least} to {}", count_of(*most)),
            Self::Elements => f.write_str("the document doesn't say which elements there are"),
            Self::TooManyWays => f.write_str("the schema has too many alternatives to go through"),
            Self::TooMuch => f.write_str("there is too much to compare"),
            Self::NotCompared => f.write_str("this isn't compared with documents yet"),
            Self::NotSent => f.write_str("the document requires it, and the consumer doesn't send it"),
            Self::NotDeclared => f.write_str("the document doesn't declare it, so the provider may ignore it"),
            Self::Invalid { at, why } if at.is_empty() => write!(f, "the document doesn't allow it: {why}"),
            Self::Invalid { at, why } => write!(f, "the document doesn't allow `{at}`: {why}"),
            Self::Credentials(names) => {
                write!(f, "the document requires credentials in {}", or_list(quoted(names)))
            }
        }
    }
}

fn count_of(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "element").to_string()
}

const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Boolean => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "a list",
        Kind::Object => "an object",
    }
}
