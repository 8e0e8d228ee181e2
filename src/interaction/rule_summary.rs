//! A rule in a few words, for the sentence `expected …, got …`.

use std::fmt;

use crate::words::or_list;

/// A rule in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleSummary {
    Anything,
    Absent,
    String,
    Number,
    Integer,
    /// A number with a fraction.
    Decimal,
    Boolean,
    /// The text `true` or `false`.
    BooleanText,
    Null,
    /// A format by its word: `uuid`, `date-time`.
    Format(&'static str),
    /// A date or time in a pattern of its own.
    Time {
        word: &'static str,
        pattern: String,
    },
    /// A text that matches the expression, which is cut if it is long.
    Pattern(String),
    /// A text that contains another, in quotes.
    Includes(String),
    SemanticVersion,
    /// Content of one media type that looks like another.
    ContentType {
        expected: String,
        found: String,
    },
    /// A class of statuses.
    StatusClass(StatusClass),
    /// One of these statuses.
    Statuses(Vec<u16>),
    Schema,
    Unordered,
    Contains,
    Closed,
    /// Something that isn't empty.
    NotEmpty(NonEmpty),
    /// A rule that doesn't apply to this kind of value.
    Misplaced(Misplaced),
    /// A rule or an example that can't be used: no value fits.
    Unusable(Unusable),
}

/// The classes of statuses that a Pact rule can require.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusClass {
    Information,
    Success,
    Redirect,
    ClientError,
    ServerError,
    /// Every status below 400.
    NonError,
    /// Every status from 400.
    Error,
}

/// A value that must not be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonEmpty {
    Value,
    Text,
    List,
    Object,
    Element,
}

/// The place of a Pact rule that applies to another kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misplaced {
    /// The rule is for a list or a status, but is given for a text.
    Text,
    /// The rule isn't for objects.
    Object,
    /// The rule is for a status, but is given for a list.
    Status,
    /// The rule isn't for XML elements.
    Element,
}

/// Why no value can fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The rule, with the reason.
    Rule(String),
    /// A multipart example that can't be split into its parts.
    Parts,
}

impl RuleSummary {
    /// Calls `visit` with each text that comes from the contract's values.
    pub(super) fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Time { pattern: text, .. }
            | Self::Pattern(text)
            | Self::Includes(text)
            | Self::Unusable(Unusable::Rule(text)) => visit(text),
            Self::ContentType { expected, found } => {
                visit(expected);
                visit(found);
            }
            Self::Anything
            | Self::Absent
            | Self::String
            | Self::Number
            | Self::Integer
            | Self::Decimal
            | Self::Boolean
            | Self::BooleanText
            | Self::Null
            | Self::Format(_)
            | Self::SemanticVersion
            | Self::StatusClass(_)
            | Self::Statuses(_)
            | Self::Schema
            | Self::Unordered
            | Self::Contains
            | Self::Closed
            | Self::NotEmpty(_)
            | Self::Misplaced(_)
            | Self::Unusable(Unusable::Parts) => {}
        }
    }

    pub(super) const fn is_clearer_with_an_example(&self) -> bool {
        match self {
            Self::String
            | Self::Number
            | Self::Integer
            | Self::Decimal
            | Self::Boolean
            | Self::BooleanText
            | Self::Format(_)
            | Self::Pattern(_)
            | Self::SemanticVersion => true,
            Self::Anything
            | Self::Absent
            | Self::Null
            | Self::Time { .. }
            | Self::Includes(_)
            | Self::ContentType { .. }
            | Self::StatusClass(_)
            | Self::Statuses(_)
            | Self::Schema
            | Self::Unordered
            | Self::Contains
            | Self::Closed
            | Self::NotEmpty(_)
            | Self::Misplaced(_)
            | Self::Unusable(_) => false,
        }
    }
}

impl fmt::Display for RuleSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anything => f.write_str("any value"),
            Self::Absent => f.write_str("nothing here"),
            Self::String => f.write_str("a string"),
            Self::Number => f.write_str("a number"),
            Self::Integer => f.write_str("an integer"),
            Self::Decimal => f.write_str("a number with a fraction"),
            Self::Boolean => f.write_str("a boolean"),
            Self::BooleanText => f.write_str("`true` or `false`"),
            Self::Null => f.write_str("null"),
            Self::Format(word @ "email") => write!(f, "an {word} address"),
            Self::Format(word) => write!(f, "a {word}"),
            Self::Time { word, pattern } => write!(f, "a {word} in the form {pattern}"),
            Self::Pattern(pattern) => write!(f, "text that matches /{pattern}/"),
            Self::Includes(text) => write!(f, "text that contains {text}"),
            Self::SemanticVersion => f.write_str("a semantic version"),
            Self::ContentType { expected, found } => write!(f, "content of type {expected}, not {found}"),
            Self::StatusClass(class) => write!(f, "a status that means {class}"),
            Self::Statuses(statuses) => f.write_str(&or_list(statuses)),
            Self::Schema => f.write_str("a value that satisfies the JSON Schema"),
            Self::Unordered => f.write_str("the example's elements in any order"),
            Self::Contains => f.write_str("each of the example's elements"),
            Self::Closed => f.write_str("no other keys"),
            Self::NotEmpty(value) => value.fmt(f),
            Self::Misplaced(place) => place.fmt(f),
            Self::Unusable(why) => why.fmt(f),
        }
    }
}

impl StatusClass {
    /// The class of the statuses that begin with a digit.
    #[must_use]
    pub const fn of_digit(digit: u8) -> Option<Self> {
        match digit {
            1 => Some(Self::Information),
            2 => Some(Self::Success),
            3 => Some(Self::Redirect),
            4 => Some(Self::ClientError),
            5 => Some(Self::ServerError),
            _ => None,
        }
    }

    /// The first digit of its statuses, if they share it.
    #[must_use]
    pub const fn digit(self) -> Option<u8> {
        match self {
            Self::Information => Some(1),
            Self::Success => Some(2),
            Self::Redirect => Some(3),
            Self::ClientError => Some(4),
            Self::ServerError => Some(5),
            Self::NonError | Self::Error => None,
        }
    }

    /// Whether a status belongs to it.
    #[must_use]
    pub fn contains(self, status: u16) -> bool {
        match (self, self.digit()) {
            (_, Some(digit)) => status / 100 == u16::from(digit),
            (Self::NonError, None) => status < 400,
            (_, None) => status >= 400,
        }
    }
}

impl fmt::Display for StatusClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Information => "information",
            Self::Success => "success",
            Self::Redirect => "redirect",
            Self::ClientError => "client error",
            Self::ServerError => "server error",
            Self::NonError => "non-error",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for NonEmpty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value => "a value that isn't empty",
            Self::Text => "text that isn't empty",
            Self::List => "an array that isn't empty",
            Self::Object => "an object that isn't empty",
            Self::Element => "an element that isn't empty",
        })
    }
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a list or a status, because the rule applies to nothing else",
            Self::Object => "a value that isn't an object, because the rule doesn't apply to objects",
            Self::Status => "a status, because the rule applies to nothing else",
            Self::Element => "a value that isn't an element, because the rule doesn't apply to elements",
        })
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(why) => write!(f, "a match for a rule that can't be used: {why}"),
            Self::Parts => f.write_str("a match for an example that can't be split into parts"),
        }
    }
}
