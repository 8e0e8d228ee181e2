//! A mismatch: one place where a message differs from what the contract expects. Data only.

use std::fmt;

use super::actual::Actual;
use super::expected::Expected;
use crate::source::codes::codes;
use crate::source::{Code, Pointer};

/// The part of a message that a mismatch is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    Method,
    Path,
    Query,
    Status,
    Header,
    Body,
}

/// One place where a message differs from what the contract expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub code: Code,
    pub part: Part,
    /// The place inside the part: `items[0].qty` in a body (`$` for the whole body), a header's or a query parameter's
    /// name; empty for method, path and status.
    pub path: String,
    /// `an integer, like 2`
    pub expected: Expected,
    /// `"2", a string`
    pub actual: Actual,
    /// Where the contract says so: its rule, or its example if there is no rule.
    pub expectation: Pointer,
    /// A likely cause or a remedy, if this mismatch alone reveals one.
    pub hint: Option<String>,
}

impl Mismatch {
    /// A mismatch of a whole part, without a hint.
    #[must_use]
    pub const fn of_part(code: Code, part: Part, expected: Expected, actual: Actual, expectation: Pointer) -> Self {
        Self { code, part, path: String::new(), expected, actual, expectation, hint: None }
    }

    /// The same mismatch, at a place inside the part.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// The same mismatch, with a hint.
    #[must_use]
    pub fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// The mismatch in one sentence: `expected an integer, like 2, got "2", a string`.
    #[must_use]
    pub fn message(&self) -> String {
        format!("expected {}, got {}", self.expected, self.actual)
    }

    /// The part and the place in it: `body items[0].qty`.
    #[must_use]
    pub fn place(&self) -> String {
        if self.path.is_empty() { self.part.to_string() } else { format!("{} {}", self.part, self.path) }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::Query => "query",
            Self::Status => "status",
            Self::Header => "header",
            Self::Body => "body",
        })
    }
}

codes! {
    /// The status is another one.
    STATUS = "M101";
    /// A header is missing.
    HEADER_MISSING = "M102";
    /// A header has another value.
    HEADER_VALUE = "M103";
    /// A place is missing.
    MISSING = "M201";
    /// Something is there that must be absent, or that is not in the contract where nothing else is allowed.
    UNEXPECTED = "M202";
    /// A value has another type.
    TYPE = "M203";
    /// A value is another one.
    VALUE = "M204";
    /// A value is not of the format: uuid, date, email and the like.
    FORMAT = "M205";
    /// A value does not match the regular expression.
    PATTERN = "M206";
    /// A value is none of those allowed.
    ONE_OF = "M207";
    /// An array or a map has too few or too many elements.
    SIZE = "M208";
    /// An array or a map is empty, so nothing in it was verified.
    EMPTY = "M209";
    /// An element that must be somewhere in the array is not there.
    CONTAINS = "M210";
    /// A value does not satisfy its JSON Schema.
    SCHEMA = "M211";
    /// The body is not what its kind says: no JSON, no form, no text.
    BODY_KIND = "M212";
    /// The body is nested deeper than is compared.
    TOO_DEEP = "M213";
    /// Nothing can fit the rule or the example of a Pact file, since it can't be used.
    UNUSABLE = "M214";
    /// The method of a request is another one.
    METHOD = "M301";
    /// The path of a request is another one.
    PATH = "M302";
    /// A query parameter is missing.
    QUERY_MISSING = "M303";
    /// A query parameter has another value.
    QUERY_VALUE = "M304";
    /// A query parameter is not in the contract.
    QUERY_UNEXPECTED = "M305";
}
