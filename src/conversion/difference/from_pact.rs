//! Differences on the way from a Pact file to a contract: parts of the file that a contract can't express, and their
//! replacements.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::conversion::place::Part;
use crate::interaction::Status;
use crate::source::Code;
use crate::words::and_list;

/// A difference on the way from a Pact file to a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromPact {
    LeftOut(LeftOutOfContract),
    /// The contract can't be read with this rule, or its example doesn't follow it.
    RuleDropped(Refusal),

    /// A generator for a value that a state handler returns became a placeholder, and its example a parameter.
    StateValue {
        name: String,
        example: Value,
        state: String,
    },
    /// There are generators for values of a provider state, and no state.
    NoState,
    /// A generator's expression doesn't say which part of the example it replaces.
    UnclearExample {
        expression: String,
    },
    /// Generators that are not for provider states.
    Regenerated {
        parts: Vec<Part>,
    },

    QueryOrder,
    ConnectionHeader,
    /// A parameter or a header that the file names without a value.
    NoValue,
    /// A parameter or a form field that has a rule.
    Repeated,
    /// Several values of one name with rules of their own.
    RulesForValues,
    /// `application/json; charset=utf-8`
    Charset,
    /// A list, or several lines of one header.
    ListOrder,
    /// A header with commas that isn't a list.
    Commas,
    /// A rule for the status. The contract expects this class instead.
    StatusRule(Status),

    /// A request whose body the file doesn't mention.
    NoBody,
    /// The body is null, and is sent as `null`.
    NullBody,
    /// A body without a content type.
    Untyped,
    Multipart(MultipartAs),
    Xml,
    BytesLeftOut,
    ExactBytes,

    /// A rule for a text that the JSON of another value may fit.
    AnyJsonType,
    UuidCase,
    Boolean,
    Decimal,
    /// A date or a time that has a word of its own in a contract.
    JavaTime,
    /// A pattern of Java's that has no expression.
    Format(String),
    /// A pattern of Java's that became an expression.
    LooseFormat(String),
    Expression {
        expression: String,
        why: String,
    },
    LooksLike(String),
    /// Nothing fits the rule, for this reason.
    Unusable(Arc<str>),
    /// A rule for texts, and an example that isn't one.
    RuleForTexts,
    RuleForListOrStatus,
    RuleForKeysOrValues,
    FirstRule,
    OneOfSeveral,

    /// One of several rules for a list or an object.
    AnyOfSeveral,
    OnlyNull,
    NullAllowed,
    KeyRule,
    NumberOfKeys,
    EmptyObject,
    NoObjectFits,
    /// A rule for the values of an object that has none.
    NoValuesShown,
    /// Values that are compared with an example in which nothing can have a rule.
    NothingToCompare,
    /// More rules for elements of nested lists than are followed.
    TooMuch,
    RulesForKeys,
    DifferentValues,
    DifferentElements,
    SomeElements,
    SharedElement,
    ImpossibleSize,
    ElementRequired,
}

/// Why an interaction isn't in the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOutOfContract {
    Message,
    /// It can't be run, for this reason.
    Unrunnable(Arc<str>),
    Refused(Refusal),
}

/// Why a contract can't be used as it was converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The reader of contracts found this.
    Finding { code: Code, message: String },
    /// Its own example breaks it.
    ExampleBreaksRule,
}

/// The contract's replacement for a body in parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultipartAs {
    AnyText,
    ExactBytes,
    Nothing,
}

impl FromPact {
    /// Whether the formats differ like this at every such place of a file.
    pub(super) const fn is_common(&self) -> bool {
        matches!(
            self,
            Self::UuidCase
                | Self::Charset
                | Self::ListOrder
                | Self::Commas
                | Self::Untyped
                | Self::NoBody
                | Self::Repeated
                | Self::AnyJsonType
                | Self::Boolean
                | Self::JavaTime
        )
    }
}

impl fmt::Display for FromPact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::LeftOut(why) => return write!(f, "left out: {why}"),
            Self::RuleDropped(why) => {
                return write!(f, "the contract can't use this rule ({why}); it accepts anything here");
            }
            Self::StateValue { name, example, state } => {
                return write!(
                    f,
                    "the state handler returns `${{{name}}}`; the example, {example}, is now a parameter of `{state}`"
                );
            }
            Self::NoState => {
                "Pact fills in values from a provider state, but the interaction has no state; the contract sends the \
                 example"
            }
            Self::UnclearExample { expression } => {
                return write!(
                    f,
                    "Pact fills in `{expression}` here, but the example doesn't show its values; the contract sends the \
                     example"
                );
            }
            Self::Regenerated { parts } => {
                let parts = and_list(parts.iter().map(Part::to_string));
                return write!(f, "Pact generates a new value each time for {parts}; the contract has the example's");
            }
            Self::QueryOrder => {
                "version 1 of Pact checks the order of the parameters; the contract accepts them in any order"
            }
            Self::ConnectionHeader => "left out: the HTTP client sets this header itself",
            Self::NoValue => "left out: the Pact file has no value for it, so it can't be sent",
            Self::Repeated => {
                "Pact accepts this parameter any number of times; the contract only as often as the example has it"
            }
            Self::RulesForValues => "Pact has rules for individual values; the contract has one for all of them",
            Self::Charset => "Pact also checks the charset; the contract doesn't, because JSON has only one",
            Self::ListOrder => {
                "Pact expects exactly these values in this order; the contract expects each of them, in any order"
            }
            Self::Commas => "Pact ignores white space around commas; the contract expects exactly this text",
            Self::StatusRule(class) => {
                return write!(
                    f,
                    "Pact has a rule for the status; a contract can only expect one status or one class, and this one \
                     expects {class}"
                );
            }
            Self::NoBody => "the Pact file doesn't mention a body, so Pact accepts any; the contract expects none",
            Self::NullBody => "Pact's verifier sends `null`, and its mock expects no body; the contract has no body",
            Self::Untyped => {
                "no header here expects a content type, yet Pact checks that the actual one fits the body; the contract \
                 accepts any"
            }
            Self::Multipart(instead) => {
                return write!(f, "Pact compares this body part by part; the contract can't, and {instead}");
            }
            Self::Xml => "Pact compares XML element by element; the contract can't, and accepts any text",
            Self::BytesLeftOut => {
                "Pact has a rule for these bytes; a contract can only compare them exactly, so the body is left out"
            }
            Self::ExactBytes => "Pact has a rule for these bytes; the contract expects exactly these",
            Self::AnyJsonType => {
                "Pact applies this rule to the JSON of any value, so 5 may match where \"5\" does; the contract also \
                 requires the example's type"
            }
            Self::UuidCase => {
                "Pact requires all letters of a UUID in the same case; the contract accepts both, even mixed (RFC 9562, \
                 section 4)"
            }
            Self::Boolean => "Pact also accepts the strings \"true\" and \"false\"; the contract accepts only booleans",
            Self::Decimal => "Pact requires a number with a fraction; the contract accepts any number",
            Self::JavaTime => {
                "Pact reads dates and times as Java does: 2026-5-1 is a date, and the format determines whether \
                 fractions of a second are allowed; the contract follows RFC 3339, with two digits and any fraction"
            }
            Self::Format(format) => {
                return write!(f, "Pact requires the format `{format}`; the contract accepts any text");
            }
            Self::LooseFormat(format) => {
                return write!(
                    f,
                    "Pact requires the format `{format}`; the contract only checks for its digits, letters and \
                     punctuation, and accepts days and hours that don't exist"
                );
            }
            Self::Expression { expression, why } => {
                return write!(
                    f,
                    "Pact requires /{expression}/, which can't be used in a contract ({why}); the contract accepts any text"
                );
            }
            Self::LooksLike(media_type) => {
                return write!(
                    f,
                    "Pact requires something that looks like `{media_type}`; the contract requires the example's type"
                );
            }
            Self::Unusable(why) => {
                return write!(
                    f,
                    "nothing can match this rule of the Pact file ({why}); the contract requires the example's type"
                );
            }
            Self::RuleForTexts => {
                "Pact has a rule for strings, but the example isn't one; the contract requires the example's type"
            }
            Self::RuleForListOrStatus => {
                "Pact has a rule here that is meant for a list or a status; the contract requires the example's type"
            }
            Self::RuleForKeysOrValues => {
                "Pact has a rule for keys or values, but the example has none here; the contract leaves it out"
            }
            Self::FirstRule => "Pact requires several rules to hold at once; the contract keeps only the first",
            Self::OneOfSeveral => {
                "Pact accepts whatever matches one of several rules; the contract accepts all of that, and more"
            }
            Self::AnyOfSeveral => {
                "Pact accepts whatever matches one of several rules; the contract accepts anything here"
            }
            Self::OnlyNull => {
                "Pact requires null here, but a list or an object is never null; the contract leaves the rule out"
            }
            Self::NullAllowed => {
                "the rule allows null, but Pact still refuses it for a list or an object; the contract allows it"
            }
            Self::KeyRule => "Pact has a rule for the keys themselves; the contract accepts any keys",
            Self::NumberOfKeys => "Pact limits the number of keys; the contract accepts any number",
            Self::EmptyObject => {
                "Pact requires an object that isn't empty; the contract accepts an empty one, like the example"
            }
            Self::NoObjectFits => "Pact has a rule here that no object can match; the contract leaves it out",
            Self::NoValuesShown => {
                "Pact has a rule for the values of this object, but the example has none; the contract accepts anything \
                 here"
            }
            Self::TooMuch => "too many rules apply to the elements of nested lists; the contract accepts any body",
            Self::NothingToCompare => {
                "Pact compares the values with the example, which shows nothing that could have a rule; the contract \
                 accepts any values"
            }
            Self::RulesForKeys => {
                "Pact has rules for individual keys here; the contract has only those that hold for all keys"
            }
            Self::DifferentValues => {
                "the example's values differ, and Pact compares each with that of its key, or with the first; the contract \
                 accepts whatever is like one of them"
            }
            Self::DifferentElements => {
                "the example's elements differ, and Pact compares each with the one in its place, or with the first; the \
                 contract accepts whatever is like one of them"
            }
            Self::SomeElements => {
                "Pact expects only some of the example's elements; the contract accepts anything here"
            }
            Self::SharedElement => {
                "Pact lets one element match several of these; the contract requires a separate one for each"
            }
            Self::ImpossibleSize => "Pact requires a size that no list has; the contract accepts anything here",
            Self::ElementRequired => {
                "an element has rules of its own, and Pact accepts lists too short to have it; the contract requires it"
            }
        };
        f.write_str(text)
    }
}

impl fmt::Display for LeftOutOfContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message => f.write_str("it is a message, and only HTTP is imported"),
            Self::Unrunnable(why) => f.write_str(why),
            Self::Refused(why) => why.fmt(f),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding { message, .. } => f.write_str(message),
            Self::ExampleBreaksRule => f.write_str("the example doesn't match the rule"),
        }
    }
}

impl fmt::Display for MultipartAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnyText => "accepts any text",
            Self::ExactBytes => "expects exactly these bytes",
            Self::Nothing => "leaves it out",
        })
    }
}
