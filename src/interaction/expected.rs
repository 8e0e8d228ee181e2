//! What was expected at a place where something else came. Data; its text is made by [`Display`](fmt::Display), to follow
//! "expected".

use std::fmt;

use serde_json::Value;

use super::describe::{self, Unit, ValueKind, quoted};
use crate::words::{count, or_list};

/// What was expected at one place of a message. Values are held as they are shown: as compact JSON, cut where they are
/// long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Exactly one of these values.
    OneOf(Vec<String>),
    /// Exactly the example, where the value itself is not known.
    Example,
    /// Values of one of these types, by examples of them.
    Like(Vec<Like>),
    /// A value that a rule describes, with the example if that helps.
    Ruled {
        rule: Described,
        like: Option<String>,
    },
    /// The same as another, or null.
    OrNull(Box<Expected>),
    /// One of the variants that the example shows.
    Alternative,
    /// A method, a path or a status as it stands.
    Plain(String),
    /// A path with something else for one of its segments.
    Segment {
        path: String,
        segment: String,
        expected: Box<Expected>,
    },
    /// The values of a header, a parameter or another text without a type, each in quotes.
    Texts(Vec<String>),
    /// A number of elements, entries or values.
    Size {
        min: u64,
        max: Option<u64>,
        unit: Unit,
    },
    EmptyArray,
    /// The example's elements, exactly so many, in any order.
    InAnyOrder {
        count: usize,
    },
    /// An element like this one, somewhere.
    ElementLike(String),
    /// An element like one that the example doesn't have.
    ElementNumber {
        index: usize,
        of: usize,
    },
    /// A value among those of a parameter.
    ValueAmong(String),
    Nothing(Nothing),
    Body(ExpectedBody),
    /// The key of an object, as something else says.
    Key(Box<Expected>),
    /// A part of a multipart body.
    Part {
        is_file: bool,
    },
    /// A header of a part, its value in quotes.
    PartHeader {
        name: String,
        value: String,
    },
    /// An XML element, and how often if that counts.
    Element {
        name: String,
        times: Option<usize>,
    },
    /// XML elements that are nested at most so deep.
    NestedAtMost(usize),
    /// All of several.
    All(Vec<Expected>),
    /// One of several.
    Any(Vec<Expected>),
}

/// The type of an example, with the example itself where it is a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    pub kind: ValueKind,
    pub example: Option<String>,
}

/// A rule in few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Described {
    Anything,
    Absent,
    String,
    Number,
    Integer,
    /// A number with a fraction.
    Decimal,
    Boolean,
    /// `true` or `false` as a text.
    BooleanText,
    Null,
    /// A format by its word: `uuid`, `date-time`.
    Format(&'static str),
    /// A date or time in a pattern of its own.
    Time {
        word: &'static str,
        pattern: String,
    },
    /// A text that matches the expression, which is cut where it is long.
    Pattern(String),
    /// A text that holds another, in quotes.
    Holds(String),
    SemanticVersion,
    /// Content that looks like this media type, and looks like another.
    ContentType {
        expected: String,
        found: String,
    },
    /// A class of statuses by its name in Pact files: `success`.
    StatusClass(&'static str),
    /// One of these statuses.
    Statuses(Vec<u16>),
    Schema,
    Unordered,
    Contains,
    Closed,
    /// Something that is not empty.
    NotEmpty(Filled),
    /// A value of a kind that a rule isn't for.
    WrongPlace(WrongPlace),
    /// Nothing can fit: the rule or the example can't be used.
    Unusable(Unusable),
}

/// What must not be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    Value,
    Text,
    List,
    Object,
    Element,
}

/// Where a Pact rule stands that is for another kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongPlace {
    /// It is for a list or a status, and stands at a text.
    Text,
    /// It isn't for objects.
    Object,
    /// It is for a status, and stands at a list.
    Status,
    Element,
}

/// Why nothing can fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The rule, and why.
    Rule(String),
    /// A multipart example that can't be taken apart.
    Parts,
}

/// What must not be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    Key,
    Header,
    Parameter,
    Element,
    Attribute,
    Body,
}

/// A body of an expected kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedBody {
    Any,
    Json,
    Text,
    Form,
    Multipart,
    Xml,
    /// XML in UTF-8, where other bytes came.
    XmlText,
    /// XML, and why what came can't be read as such.
    Unread {
        error: String,
    },
    /// The example isn't XML itself, and why.
    BadExample {
        error: String,
    },
    /// A body of this media type.
    OfType(String),
    /// Exactly the example's bytes, by their number.
    Bytes {
        length: usize,
    },
    /// Exactly bytes that can't be shown, by their number.
    Opaque {
        length: usize,
    },
}

impl Expected {
    /// Exactly this value.
    #[must_use]
    pub fn exactly(value: &Value) -> Self {
        Self::OneOf(vec![describe::json(value)])
    }

    /// Exactly one of these values.
    pub fn one_of<'v>(values: impl IntoIterator<Item = &'v Value>) -> Self {
        Self::OneOf(values.into_iter().map(describe::json).collect())
    }

    /// The types of these examples, each once.
    #[must_use]
    pub fn like(examples: &[&Value]) -> Self {
        let mut kinds: Vec<Like> = Vec::new();
        for example in examples {
            let kind = ValueKind::of(example);
            if kinds.iter().all(|known| known.kind != kind) {
                kinds.push(Like { kind, example: describe::scalar(example) });
            }
        }
        Self::Like(kinds)
    }

    /// What a rule describes, with the example where it is a scalar.
    #[must_use]
    pub fn ruled(rule: Described, example: Option<&Value>) -> Self {
        Self::Ruled { rule, like: example.and_then(describe::scalar) }
    }

    /// What a rule describes, without an example.
    #[must_use]
    pub const fn plainly(rule: Described) -> Self {
        Self::Ruled { rule, like: None }
    }

    /// The values of a header or a parameter.
    pub fn texts<'t>(values: impl IntoIterator<Item = &'t str>) -> Self {
        Self::Texts(values.into_iter().map(quoted).collect())
    }

    /// The same, or null.
    #[must_use]
    pub fn or_null(self, or_null: bool) -> Self {
        if or_null { Self::OrNull(Box::new(self)) } else { self }
    }

    /// Calls `visit` with each text that was taken from the contract's values.
    pub fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Self::OneOf(texts) | Self::Texts(texts) => texts.iter_mut().for_each(visit),
            Self::Like(kinds) => kinds.iter_mut().filter_map(|kind| kind.example.as_mut()).for_each(visit),
            Self::Ruled { rule, like } => {
                match rule {
                    Described::Time { pattern: text, .. } | Described::Pattern(text) | Described::Holds(text) => {
                        visit(text);
                    }
                    Described::ContentType { expected, found } => {
                        visit(expected);
                        visit(found);
                    }
                    Described::Unusable(Unusable::Rule(why)) => visit(why),
                    _ => {}
                }
                like.iter_mut().for_each(visit);
            }
            Self::OrNull(inner) | Self::Key(inner) => inner.each_text(visit),
            Self::Plain(text)
            | Self::ElementLike(text)
            | Self::ValueAmong(text)
            | Self::Element { name: text, .. }
            | Self::Body(
                ExpectedBody::Unread { error: text }
                | ExpectedBody::BadExample { error: text }
                | ExpectedBody::OfType(text),
            ) => {
                visit(text);
            }
            Self::Segment { path, segment, expected } => {
                visit(path);
                visit(segment);
                expected.each_text(visit);
            }
            Self::PartHeader { name, value } => {
                visit(name);
                visit(value);
            }
            Self::All(several) | Self::Any(several) => several.iter_mut().for_each(|one| one.each_text(visit)),
            Self::Body(_)
            | Self::Example
            | Self::Alternative
            | Self::Size { .. }
            | Self::EmptyArray
            | Self::InAnyOrder { .. }
            | Self::ElementNumber { .. }
            | Self::Nothing(_)
            | Self::Part { .. }
            | Self::NestedAtMost(_) => {}
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(values) => match values.as_slice() {
                [only] => write!(f, "exactly {only}"),
                several => write!(f, "one of {}", or_list(several)),
            },
            Self::Example => f.write_str("exactly the example"),
            Self::Like(kinds) => f.write_str(&or_list(kinds.iter().map(Like::to_string))),
            Self::Ruled { rule, like } => {
                rule.fmt(f)?;
                match like.as_ref().filter(|_| rule.takes_an_example()) {
                    Some(like) => write!(f, ", like {like}"),
                    None => Ok(()),
                }
            }
            Self::OrNull(inner) => write!(f, "{inner}, or null"),
            Self::Alternative => f.write_str("one of those that the example shows"),
            Self::Plain(text) => f.write_str(text),
            Self::Segment { path, segment, expected } => write!(f, "{path} with {expected} for `{segment}`"),
            Self::Texts(texts) if texts.is_empty() => f.write_str("no value"),
            Self::Texts(texts) => f.write_str(&texts.join(" and ")),
            Self::Size { min, max, unit } => describe::write_size(f, *min, *max, *unit),
            Self::EmptyArray => f.write_str("an empty array"),
            Self::InAnyOrder { count: number } => write!(f, "exactly {}, in any order", count(*number, "element")),
            Self::ElementLike(example) => write!(f, "an element like {example}"),
            Self::ElementNumber { index, of } => {
                write!(f, "an element like number {index} of the example, which has {of}")
            }
            Self::ValueAmong(value) => write!(f, "a value {value}"),
            Self::Nothing(nothing) => f.write_str(match nothing {
                Nothing::Key => "no such key",
                Nothing::Header => "no such header",
                Nothing::Parameter => "no such parameter",
                Nothing::Element => "no such element",
                Nothing::Attribute => "no such attribute",
                Nothing::Body => "no body",
            }),
            Self::Body(body) => body.fmt(f),
            Self::Key(expected) => write!(f, "as its key {expected}"),
            Self::Part { is_file } => f.write_str(describe::part(*is_file)),
            Self::PartHeader { name, value } => write!(f, "the header {name}: {value}"),
            Self::Element { name, times: None } => write!(f, "<{name}>"),
            Self::Element { name, times: Some(times) } => write!(f, "{} <{name}>", count(*times, "element")),
            Self::NestedAtMost(depth) => write!(f, "elements that are nested at most {depth} deep"),
            Self::All(several) => joined(f, several, ", and "),
            Self::Any(several) => joined(f, several, ", or "),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, several: &[Expected], between: &str) -> fmt::Result {
    for (index, one) in several.iter().enumerate() {
        f.write_str(if index > 0 { between } else { "" })?;
        fmt::Display::fmt(one, f)?;
    }
    Ok(())
}

impl fmt::Display for Like {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.with_article())?;
        match &self.example {
            Some(example) => write!(f, ", like {example}"),
            None => Ok(()),
        }
    }
}

impl Described {
    /// Whether an example helps to understand it.
    const fn takes_an_example(&self) -> bool {
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
            | Self::Holds(_)
            | Self::ContentType { .. }
            | Self::StatusClass(_)
            | Self::Statuses(_)
            | Self::Schema
            | Self::Unordered
            | Self::Contains
            | Self::Closed
            | Self::NotEmpty(_)
            | Self::WrongPlace(_)
            | Self::Unusable(_) => false,
        }
    }
}

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(word @ "email") => return write!(f, "an {word} address"),
            Self::Format(word) => return write!(f, "a {word}"),
            Self::Time { word, pattern } => return write!(f, "a {word} as {pattern}"),
            Self::Pattern(pattern) => return write!(f, "a text that matches /{pattern}/"),
            Self::Holds(text) => return write!(f, "a text that holds {text}"),
            Self::ContentType { expected, found } => return write!(f, "content of the type {expected}, not {found}"),
            Self::StatusClass(name) => return write!(f, "a status of {name}"),
            Self::Statuses(statuses) => return f.write_str(&or_list(statuses.iter().map(u16::to_string))),
            Self::Unusable(Unusable::Rule(why)) => return write!(f, "what nothing can be: {why}"),
            _ => {}
        }
        f.write_str(match self {
            Self::Anything => "any value",
            Self::Absent => "nothing here",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Integer => "an integer",
            Self::Decimal => "a number with a fraction",
            Self::Boolean => "a boolean",
            Self::BooleanText => "`true` or `false`",
            Self::Null => "null",
            Self::SemanticVersion => "a semantic version",
            Self::Schema => "a value that satisfies the JSON Schema",
            Self::Unordered => "the example's elements in any order",
            Self::Contains => "each of the example's elements",
            Self::Closed => "no other keys",
            Self::NotEmpty(Filled::Value) => "something that is not empty",
            Self::NotEmpty(Filled::Text) => "a text that is not empty",
            Self::NotEmpty(Filled::List) => "a list that is not empty",
            Self::NotEmpty(Filled::Object) => "an object that is not empty",
            Self::NotEmpty(Filled::Element) => "an element that is not empty",
            Self::WrongPlace(WrongPlace::Text) => "what no text can be: the rule is for a list or a status",
            Self::WrongPlace(WrongPlace::Object) => "a value that is no object: the rule is for one",
            Self::WrongPlace(WrongPlace::Status) => "a status: the rule is for one",
            Self::WrongPlace(WrongPlace::Element) => "what no element can be",
            Self::Unusable(Unusable::Parts) => "what nothing can be: the example can't be taken apart",
            Self::Format(_)
            | Self::Time { .. }
            | Self::Pattern(_)
            | Self::Holds(_)
            | Self::ContentType { .. }
            | Self::StatusClass(_)
            | Self::Statuses(_)
            | Self::Unusable(Unusable::Rule(_)) => "",
        })
    }
}

impl fmt::Display for ExpectedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("a body"),
            Self::Json => f.write_str("a JSON body"),
            Self::Text => f.write_str("a text in UTF-8"),
            Self::Form => f.write_str("a form"),
            Self::Multipart => f.write_str("a body of several parts"),
            Self::Xml => f.write_str("an XML body"),
            Self::XmlText => f.write_str("an XML body in UTF-8"),
            Self::Unread { error } => write!(f, "an XML body; what came is not read as XML: {error}"),
            Self::BadExample { error } => write!(f, "what the example shows, and that is not XML: {error}"),
            Self::OfType(media_type) => write!(f, "a body of {media_type}"),
            Self::Bytes { length } => write!(f, "exactly these {}", count(*length, "byte")),
            Self::Opaque { length } => write!(f, "exactly {}", count(*length, "byte")),
        }
    }
}
