//! The expectation at a place that doesn't meet it. Data: only its [`Display`](fmt::Display), which follows "expected",
//! makes a text of it.

use std::fmt;

use serde_json::Value;

use super::describe::{self, Unit, ValueKind, quoted};
use super::rule_summary::RuleSummary;
use crate::words::{count, or_list};

/// The expectation at one place of a message. Values are stored as they are shown: as compact JSON, cut if they are
/// long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Exactly one of these values.
    OneOf(Vec<String>),
    /// Exactly the example, if its value isn't at hand.
    Example,
    /// A value of one of these types.
    Like(Vec<Like>),
    /// A value that a rule allows, with the example if it is a scalar.
    Rule {
        rule: RuleSummary,
        like: Option<String>,
    },
    /// The same, or null.
    OrNull(Box<Expected>),
    /// One of the variants in the example.
    Alternative,
    /// A method, a path or a status.
    Plain(String),
    /// A path with another segment in place of `segment`.
    Segment {
        path: String,
        segment: String,
        expected: Box<Expected>,
    },
    /// The values of a header, of a parameter or of other untyped text, each in quotes.
    Texts(Vec<String>),
    /// A number of elements, entries or values.
    Size {
        min: u64,
        max: Option<u64>,
        unit: Unit,
    },
    EmptyArray,
    /// Exactly the example's elements, in any order.
    InAnyOrder {
        count: usize,
    },
    /// An element like this one, at any index.
    ElementLike(String),
    /// An element like the one at `index` of the example, which has only `of` elements.
    ElementNumber {
        index: usize,
        of: usize,
    },
    /// A value that must be among those of a parameter.
    ValueAmong(String),
    Nothing(Nothing),
    Body(ExpectedBody),
    /// A key that meets another expectation.
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
    /// An XML element, and how often it must occur if that matters.
    Element {
        name: String,
        times: Option<usize>,
    },
    /// XML elements that are nested no deeper than this.
    NestedAtMost(usize),
    /// A body that can be compared in so many steps.
    Comparable {
        steps: u64,
    },
    /// All of these.
    All(Vec<Expected>),
    /// One of these.
    Any(Vec<Expected>),
}

/// The type of an example, with the example itself if it is a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    pub kind: ValueKind,
    pub example: Option<String>,
}

/// Something that must not be there.
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
    /// XML in UTF-8, when the actual bytes aren't UTF-8.
    XmlText,
    /// XML, with the reason why the actual body can't be read as XML.
    Unread {
        error: String,
    },
    /// The example, with the reason why it can't be read as XML.
    BadExample {
        error: String,
    },
    /// A body of this media type.
    OfType(String),
    /// Exactly the example's bytes, by their number.
    Bytes {
        length: usize,
    },
    /// Exactly these bytes, which can't be shown, by their number.
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
        Self::OneOf(describe::first(values, describe::json))
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

    /// A value that a rule allows, with the example if it is a scalar.
    #[must_use]
    pub fn rule(rule: RuleSummary, example: Option<&Value>) -> Self {
        Self::Rule { rule, like: example.and_then(describe::scalar) }
    }

    /// A value that a rule allows, without an example.
    #[must_use]
    pub const fn rule_alone(rule: RuleSummary) -> Self {
        Self::Rule { rule, like: None }
    }

    /// The values of a header or a parameter.
    pub fn texts<'t>(values: impl IntoIterator<Item = &'t str>) -> Self {
        Self::Texts(describe::first(values, quoted))
    }

    /// The same, or null if `or_null` says so.
    #[must_use]
    pub fn or_null(self, or_null: bool) -> Self {
        if or_null { Self::OrNull(Box::new(self)) } else { self }
    }

    /// Calls `visit` with each text that comes from the contract's values. This is how secrets are removed.
    pub fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Self::OneOf(texts) | Self::Texts(texts) => texts.iter_mut().for_each(visit),
            Self::Like(kinds) => kinds.iter_mut().filter_map(|kind| kind.example.as_mut()).for_each(visit),
            Self::Rule { rule, like } => {
                rule.each_text(visit);
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
            Self::Body(
                ExpectedBody::Any
                | ExpectedBody::Json
                | ExpectedBody::Text
                | ExpectedBody::Form
                | ExpectedBody::Multipart
                | ExpectedBody::Xml
                | ExpectedBody::XmlText
                | ExpectedBody::Bytes { .. }
                | ExpectedBody::Opaque { .. },
            )
            | Self::Example
            | Self::Alternative
            | Self::Size { .. }
            | Self::EmptyArray
            | Self::InAnyOrder { .. }
            | Self::ElementNumber { .. }
            | Self::Nothing(_)
            | Self::Part { .. }
            | Self::NestedAtMost(_)
            | Self::Comparable { .. } => {}
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
            Self::Rule { rule, like } => {
                rule.fmt(f)?;
                match like.as_ref().filter(|_| rule.is_clearer_with_an_example()) {
                    Some(like) => write!(f, ", like {like}"),
                    None => Ok(()),
                }
            }
            Self::OrNull(inner) => write!(f, "{inner}, or null"),
            Self::Alternative => f.write_str("one of the variants in the example"),
            Self::Plain(text) => f.write_str(text),
            Self::Segment { path, segment, expected } => write!(f, "{path} with {expected} for `{segment}`"),
            Self::Texts(texts) if texts.is_empty() => f.write_str("no value"),
            Self::Texts(texts) => f.write_str(&texts.join(" and ")),
            Self::Size { min, max, unit } => describe::write_size(f, *min, *max, *unit),
            Self::EmptyArray => f.write_str("an empty array"),
            Self::InAnyOrder { count: number } => write!(f, "exactly {}, in any order", count(*number, "element")),
            Self::ElementLike(example) => write!(f, "an element like {example}"),
            Self::ElementNumber { index, of } => {
                write!(
                    f,
                    "an element like the example's at index {index}, but the example has {}",
                    count(*of, "element")
                )
            }
            Self::ValueAmong(value) => write!(f, "the value {value}"),
            Self::Nothing(nothing) => f.write_str(match nothing {
                Nothing::Key => "no such key",
                Nothing::Header => "no such header",
                Nothing::Parameter => "no such parameter",
                Nothing::Element => "no such element",
                Nothing::Attribute => "no such attribute",
                Nothing::Body => "no body",
            }),
            Self::Body(body) => body.fmt(f),
            Self::Key(expected) => write!(f, "a key that is {expected}"),
            Self::Part { is_file } => f.write_str(describe::part(*is_file)),
            Self::PartHeader { name, value } => write!(f, "the header {name}: {value}"),
            Self::Element { name, times: None } => write!(f, "<{name}>"),
            Self::Element { name, times: Some(times) } => write!(f, "{} <{name}>", count(*times, "element")),
            Self::Comparable { steps } => {
                write!(f, "a body that can be compared in {} million steps", steps / 1_000_000)
            }
            Self::NestedAtMost(depth) => write!(f, "elements nested at most {depth} levels deep"),
            Self::All(several) => write_joined(f, several, ", and "),
            Self::Any(several) => write_joined(f, several, ", or "),
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, several: &[Expected], between: &str) -> fmt::Result {
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

impl fmt::Display for ExpectedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("a body"),
            Self::Json => f.write_str("a JSON body"),
            Self::Text => f.write_str("text in UTF-8"),
            Self::Form => f.write_str("a form"),
            Self::Multipart => f.write_str("a multipart body"),
            Self::Xml => f.write_str("an XML body"),
            Self::XmlText => f.write_str("an XML body in UTF-8"),
            Self::Unread { error } => write!(f, "an XML body, but the actual one can't be read as XML: {error}"),
            Self::BadExample { error } => write!(f, "a body like the example, which can't be read as XML: {error}"),
            Self::OfType(media_type) => write!(f, "a body of {media_type}"),
            Self::Bytes { length } => write!(f, "exactly these {}", count(*length, "byte")),
            Self::Opaque { length } => write!(f, "exactly {}", count(*length, "byte")),
        }
    }
}
