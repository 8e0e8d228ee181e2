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
    /// The place in the contract that requires it: a rule, or the example if there is no rule.
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
    /// The response doesn't have the status that the contract expects.
    STATUS = "M101" =>
        "Check the provider's log for errors, its state handler, and the credentials (`--header`). If the \
         new status is intended, agree with the consumer and change the contract.";
    /// A header that the contract expects is missing.
    HEADER_MISSING = "M102" => "Have the provider send it, or agree with the consumer to remove it from the contract.";
    /// A header doesn't have the value that the contract expects.
    HEADER_VALUE = "M103" =>
        "Have the provider send the expected value, or agree with the consumer to change the contract.";
    /// A value that the contract expects is missing.
    MISSING = "M201" =>
        "Have the provider send it. If the consumer can do without it, make it `optional` in the contract.";
    /// There is a value that the contract forbids: it must be absent, or its place is `closed`.
    UNEXPECTED = "M202" =>
        "Have the provider leave it out. If it does no harm, remove `closed` or `absent` from the contract.";
    /// A value doesn't have the type that the contract expects.
    TYPE = "M203" =>
        "Have the provider send the expected type, or agree with the consumer to change the contract; `or null` \
         allows null as well.";
    /// A value differs from the exact value that the contract expects.
    VALUE = "M204" =>
        "Have the provider send that value. If the consumer accepts others, use a matcher such as `string` in the \
         contract.";
    /// A value isn't in the expected format, such as uuid, date or email.
    FORMAT = "M205" => "Have the provider send that format, or agree with the consumer to change the contract.";
    /// A value doesn't match the regular expression, which must match the whole value.
    PATTERN = "M206" =>
        "Have the provider send a value that matches, or widen the expression if the consumer accepts more.";
    /// A value isn't one of those that the contract allows.
    ONE_OF = "M207" =>
        "Have the provider send an allowed value. Once the consumer handles the new one, add it to the contract.";
    /// An array or a map has too few or too many elements.
    SIZE = "M208" => "Have the provider send the expected number, or change the bounds in the contract.";
    /// An array or a map is empty, so nothing in it was verified.
    EMPTY = "M209" =>
        "Have the provider's state handler add an element. If the consumer accepts an empty one, write `0+` in \
         the contract.";
    /// An array lacks an element that the contract expects somewhere in it.
    CONTAINS = "M210" => "Have the provider send it, or have its state handler create it.";
    /// A value doesn't satisfy its JSON Schema.
    SCHEMA = "M211" => "Have the provider send a valid value, or agree with the consumer to change the schema.";
    /// The body isn't of the expected kind: it isn't valid JSON, a form or text.
    BODY_KIND = "M212" =>
        "Look at the body that the report shows; an error page is a common cause. Correct what the provider sends, \
         or the content type in the contract.";
    /// The body is nested more deeply than upheld compares.
    TOO_DEEP = "M213" => "Require less of it in the contract, or have the provider send a flatter body.";
    /// A rule or an example of the Pact file can't be used, so no value could match it.
    UNUSABLE = "M214" =>
        "Correct the consumer's test that writes the file; the provider can't do anything about it.";
    /// The body takes more work to compare than upheld spends on one.
    TOO_MUCH = "M215" =>
        "Require less of it in the contract (`unordered`, `contains` and a JSON Schema take the most work), or have the \
         provider's state handler create fewer elements.";
    /// The request doesn't have the method that the contract says.
    METHOD = "M301" => "Change the consumer's call or the contract so that they agree.";
    /// The request doesn't have the path that the contract says.
    PATH = "M302" => "Change the consumer's call or the contract so that they agree.";
    /// A query parameter that the contract has is missing from the request.
    QUERY_MISSING = "M303" => "Have the consumer send it, or remove it from the contract.";
    /// A query parameter doesn't have the value that the contract says.
    QUERY_VALUE = "M304" => "Change the consumer's call or the contract so that they agree.";
    /// The request has a query parameter that the contract doesn't have.
    QUERY_UNEXPECTED = "M305" => "Add it to the contract, or stop sending it.";
}
