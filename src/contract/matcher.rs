//! Matchers: what one place of a message must be. Data, and the words it is written in.

use std::fmt;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::schema_rule::SchemaRule;

/// What one place must be: every one of its matchers, and whether it may be missing or null.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// All must hold; empty where a modifier stands alone, and then the type is the example's.
    pub matchers: Vec<Matcher>,
    /// Whether the place may be missing.
    pub optional: bool,
    /// Whether null is allowed, too.
    pub or_null: bool,
}

/// One condition on one place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Matcher {
    /// The example's value itself, and all of it: no other keys, no other elements.
    Exact,
    /// The example's values and elements; other keys of objects are none of its business.
    Equal,
    /// Any value, null too.
    Any,
    /// The place must not be there.
    Absent,
    Type(JsonType),
    Format(Format),
    /// The whole text matches.
    Regex(Pattern),
    OneOf(Vec<Value>),
    /// How many elements an array has, or entries a map.
    Size {
        min: u64,
        max: Option<u64>,
    },
    /// The same elements as the example's, in any order.
    Unordered,
    /// Each of the example's elements is somewhere.
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
    /// A number without a fraction: 1 and 1.0 alike, as in JSON Schema.
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

/// A regular expression for a whole text.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Arc<str>,
    regex: Regex,
}

impl Pattern {
    /// How much memory an expression may take, in bytes.
    const MOST_MEMORY: usize = 10 << 20;
    /// How long an expression may be, in bytes.
    const MOST_BYTES: usize = 20_000;

    /// Compiles a regular expression, which then has to match a text from its beginning to its end. The engine
    /// takes time linear in the text, whatever the expression.
    ///
    /// # Errors
    ///
    /// What is wrong with the expression, in a line or more; or that it would take too much memory.
    pub fn new(text: &str) -> Result<Self, String> {
        Self::within(Self::MOST_MEMORY, text).map_err(|error| Self::why(&error))
    }

    /// Why an expression can't be used, in words.
    pub(super) fn why(error: &regex::Error) -> String {
        match error {
            regex::Error::CompiledTooBig(_) => {
                String::from("it would take too much memory; write it with less repetition")
            }
            other => other.to_string(),
        }
    }

    /// Compiles an expression that may take so many bytes of memory.
    pub(super) fn within(memory: usize, text: &str) -> Result<Self, regex::Error> {
        if text.len() > Self::MOST_BYTES {
            return Err(regex::Error::CompiledTooBig(Self::MOST_BYTES));
        }
        // Read alone first, so that an error points into what the user wrote, and `a)|(b` can't slip through the group.
        regex_syntax::Parser::new().parse(text).map_err(|error| regex::Error::Syntax(error.to_string()))?;
        let whole = |close: &str| {
            RegexBuilder::new(&format!(r"\A(?:{text}{close}\z")).size_limit(memory).dfa_size_limit(1 << 20).build()
        };
        // In verbose mode, `(?x)`, a last comment goes on to the end of the line.
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

    /// The expression as it was written.
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

    /// Whether one of its matchers is this one.
    #[must_use]
    pub fn has(&self, matcher: &Matcher) -> bool {
        self.matchers.contains(matcher)
    }

    /// The size that it asks for, least and most.
    #[must_use]
    pub fn size(&self) -> Option<(u64, Option<u64>)> {
        self.matchers.iter().find_map(|matcher| match matcher {
            Matcher::Size { min, max } => Some((*min, *max)),
            _ => None,
        })
    }

    /// Whether it says what the value is, and not only how many there are, or that it may be missing or null.
    #[must_use]
    pub fn tells_value(&self) -> bool {
        self.matchers.iter().any(Matcher::tells_value)
    }
}

impl Matcher {
    /// Whether it asks for the example's value.
    #[must_use]
    pub const fn is_of_example(&self) -> bool {
        matches!(self, Self::Exact | Self::Equal)
    }

    /// Whether it says what a value is, and not only how many elements it has or how they stand.
    #[must_use]
    pub const fn tells_value(&self) -> bool {
        !matches!(self, Self::Size { .. } | Self::Unordered | Self::Contains | Self::Closed)
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
    /// The words of a contract; lists and schemas, which are no words there, as JSON.
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
