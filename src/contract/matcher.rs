//! Matchers: conditions on one place of a message. Data, and the words that contracts write them in.

use std::fmt;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::schema_rule::SchemaRule;
use crate::interaction::expression;

/// The conditions on one place: its matchers, and whether it may be missing or null.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// All of them must match. Empty if the rule has only a modifier; then the type is the example's.
    pub matchers: Vec<Matcher>,
    /// Whether the place may be missing.
    pub optional: bool,
    /// Whether null is allowed as well.
    pub or_null: bool,
}

/// One condition on one place.
///
/// Every match that decides something by it names every matcher, without a catch-all arm: a new one must not compile until
/// each of them handles it.
#[derive(Clone, Debug, PartialEq)]
pub enum Matcher {
    /// Exactly the example's value, without other keys or elements.
    Exact,
    /// The example's values and elements; other keys of objects are ignored.
    Equal,
    /// Any value, even null.
    Any,
    /// The place must not exist.
    Absent,
    Type(JsonType),
    Format(Format),
    /// The whole text matches.
    Regex(Pattern),
    OneOf(Vec<Value>),
    /// The number of an array's elements, or of a map's entries.
    Size {
        min: u64,
        max: Option<u64>,
    },
    /// The example's elements in any order.
    Unordered,
    /// Each of the example's elements, at any index, and maybe others.
    Contains,
    /// An object without other keys.
    Closed,
    Schema(SchemaRule),
}

/// The types that a matcher can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    String,
    Number,
    /// A number without a fraction. As in JSON Schema, 1.0 is one, too.
    Integer,
    Boolean,
}

/// The formats that a text can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 9562, in hexadecimal with hyphens.
    Uuid,
    /// RFC 3339, `full-date`.
    Date,
    /// RFC 3339, `date-time`.
    DateTime,
    /// RFC 3339, `partial-time` or `full-time`.
    Time,
    /// RFC 5321, a mailbox.
    Email,
    /// RFC 3986, with a scheme.
    Uri,
}

/// A regular expression that must match a whole text.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Arc<str>,
    regex: Regex,
}

impl Pattern {
    /// How much memory a compiled expression may take, in bytes.
    const MOST_MEMORY: usize = 10 << 20;
    /// How long an expression may be, in bytes.
    const MOST_BYTES: usize = 20_000;

    /// Compiles a regular expression, which must match a text from beginning to end. Whatever the expression, matching
    /// takes time linear in the text.
    ///
    /// # Errors
    ///
    /// If the expression is invalid, with the reason in one or more lines, or would take too much memory.
    pub fn new(text: &str) -> Result<Self, String> {
        Self::within(Self::MOST_MEMORY, text).map_err(|error| Self::why(&error))
    }

    /// Why an expression can't be used.
    pub(super) fn why(error: &regex::Error) -> String {
        match error {
            regex::Error::CompiledTooBig(_) => String::from("it would take too much memory; use less repetition"),
            other => other.to_string(),
        }
    }

    /// Compiles an expression that may take `memory` bytes.
    pub(super) fn within(memory: usize, text: &str) -> Result<Self, regex::Error> {
        if text.len() > Self::MOST_BYTES {
            return Err(regex::Error::CompiledTooBig(Self::MOST_BYTES));
        }
        // Parsed alone first, so that an error points into the user's text, and `a)|(b` can't break out of the group.
        let common = expression::common(text);
        let fault = |text: &str| regex_syntax::Parser::new().parse(text).err().map(|error| error.to_string());
        if let Some(why) = fault(&common) {
            return Err(regex::Error::Syntax(fault(text).unwrap_or(why)));
        }
        let whole = |close: &str| {
            RegexBuilder::new(&format!(r"\A(?:{common}{close}\z")).size_limit(memory).dfa_size_limit(1 << 20).build()
        };
        // In verbose mode, `(?x)`, a comment at the end would swallow the closing parenthesis.
        let regex = whole(")").or_else(|error| match error {
            regex::Error::Syntax(_) => whole("\n)"),
            other => Err(other),
        })?;
        Ok(Self { text: Arc::from(text), regex })
    }

    /// Whether the whole of `text` matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The expression as the contract has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Rule {
    /// A rule of one matcher.
    #[must_use]
    pub fn of(matcher: Matcher) -> Self {
        Self { matchers: vec![matcher], ..Self::default() }
    }

    /// Whether it has this matcher.
    #[must_use]
    pub fn has(&self, matcher: &Matcher) -> bool {
        self.matchers.contains(matcher)
    }

    /// The size that it requires: the least, and the most if there is a limit.
    #[must_use]
    pub fn size(&self) -> Option<(u64, Option<u64>)> {
        self.matchers.iter().find_map(
            |matcher| {
                if let Matcher::Size { min, max } = matcher { Some((*min, *max)) } else { None }
            },
        )
    }

    /// The matcher that determines the value, if there is one.
    #[must_use]
    pub fn value_matcher(&self) -> Option<&Matcher> {
        self.matchers.iter().find(|matcher| matcher.determines_value())
    }

    /// The matcher that determines the value without the example, if there is one.
    #[must_use]
    pub fn own_value_matcher(&self) -> Option<&Matcher> {
        self.matchers.iter().find(|matcher| matcher.determines_value() && !matcher.wants_example())
    }

    /// Whether it determines the value, and not only the size, or that the place may be missing or null.
    #[must_use]
    pub fn determines_value(&self) -> bool {
        self.value_matcher().is_some()
    }

    /// Whether it requires the example's value.
    #[must_use]
    pub fn wants_example(&self) -> bool {
        self.matchers.iter().any(Matcher::wants_example)
    }
}

impl Matcher {
    /// Whether it requires the example's value.
    #[must_use]
    pub const fn wants_example(&self) -> bool {
        match self {
            Self::Exact | Self::Equal => true,
            Self::Any
            | Self::Absent
            | Self::Type(_)
            | Self::Format(_)
            | Self::Regex(_)
            | Self::OneOf(_)
            | Self::Size { .. }
            | Self::Unordered
            | Self::Contains
            | Self::Closed
            | Self::Schema(_) => false,
        }
    }

    /// Whether it determines the value itself, rather than only the number or the order of its elements, or its keys.
    #[must_use]
    pub const fn determines_value(&self) -> bool {
        match self {
            Self::Exact
            | Self::Equal
            | Self::Any
            | Self::Absent
            | Self::Type(_)
            | Self::Format(_)
            | Self::Regex(_)
            | Self::OneOf(_)
            | Self::Schema(_) => true,
            Self::Size { .. } | Self::Unordered | Self::Contains | Self::Closed => false,
        }
    }

    /// Whether it decides about everything below its place, so a null there needs no rule of its own.
    #[must_use]
    pub const fn covers_descendants(&self) -> bool {
        match self {
            Self::Exact
            | Self::Equal
            | Self::Any
            | Self::Unordered
            | Self::Contains
            | Self::Schema(_)
            | Self::OneOf(_) => true,
            Self::Absent | Self::Type(_) | Self::Format(_) | Self::Regex(_) | Self::Size { .. } | Self::Closed => false,
        }
    }

    /// Its key and value in a mapping, if it isn't written as a word.
    pub(super) fn entry(&self) -> Option<(&'static str, Value)> {
        match self {
            Self::OneOf(values) => Some(("one-of", Value::Array(values.clone()))),
            Self::Schema(schema) => Some(("schema", schema.schema().clone())),
            Self::Exact
            | Self::Equal
            | Self::Any
            | Self::Absent
            | Self::Type(_)
            | Self::Format(_)
            | Self::Regex(_)
            | Self::Size { .. }
            | Self::Unordered
            | Self::Contains
            | Self::Closed => None,
        }
    }
}

impl JsonType {
    /// The word in a contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
        }
    }
}

impl Format {
    /// The word in a contract.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Time => "time",
            Self::Email => "email",
            Self::Uri => "uri",
        }
    }
}

impl fmt::Display for Matcher {
    /// The word in a contract; lists and schemas, which have none, as JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => f.write_str("exact"),
            Self::Equal => f.write_str("equal"),
            Self::Any => f.write_str("any"),
            Self::Absent => f.write_str("absent"),
            Self::Type(kind) => f.write_str(kind.word()),
            Self::Format(format) => f.write_str(format.word()),
            Self::Regex(pattern) => write!(f, "/{}/", pattern.as_str()),
            Self::OneOf(values) => write!(f, "{}", Value::Array(values.clone())),
            Self::Size { min, max: None } => write!(f, "{min}+"),
            Self::Size { min, max: Some(max) } => write!(f, "{min}..{max}"),
            Self::Unordered => f.write_str("unordered"),
            Self::Contains => f.write_str("contains"),
            Self::Closed => f.write_str("closed"),
            Self::Schema(schema) => write!(f, "{}", schema.schema()),
        }
    }
}

impl fmt::Display for Rule {
    /// The words of a contract: `string optional or null`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words: Vec<String> = self.matchers.iter().map(Matcher::to_string).collect();
        if self.optional {
            words.push(String::from("optional"));
        }
        if self.or_null {
            words.push(String::from("or null"));
        }
        f.write_str(&words.join(" "))
    }
}
