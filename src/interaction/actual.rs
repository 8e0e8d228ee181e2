//! The actual value at a place where another was expected. Data: only its [`Display`](fmt::Display), which follows
//! "got", turns it into text.

use std::fmt;

use serde_json::Value;

use super::describe::{self, Unit, ValueKind, quoted};
use crate::words::count;

/// The actual value at one place of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actual {
    /// A JSON value.
    Value {
        kind: ValueKind,
        /// The number of an array's elements.
        length: Option<usize>,
        /// The value as compact JSON, cut if it is long.
        shown: String,
    },
    /// A method, a path or a status; empty if there is none.
    Plain(String),
    /// The values of a header, of a parameter or of other untyped text, each in quotes and cut if it is long.
    Texts(Vec<String>),
    Missing(Missing),
    /// The number of elements, entries or values.
    Size {
        count: usize,
        unit: Unit,
    },
    /// An array with too many elements. `one` is a surplus element as compact JSON, if it is known which one that is.
    Extra {
        count: usize,
        one: Option<String>,
    },
    /// A key of an object, in quotes.
    Key(String),
    Body(ActualBody),
    /// A part of a multipart body.
    Part {
        is_file: bool,
    },
    /// A header of a part, its value in quotes.
    PartHeader {
        name: String,
        value: String,
    },
    /// An XML element by its name, and how often it occurs if that matters.
    Element {
        name: String,
        times: Option<usize>,
    },
    /// Elements nested more deeply than is compared.
    TooDeep,
    /// One that takes more work to compare than is spent on one.
    TooMuch,
    /// A value that must not be shown.
    Withheld,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    Key,
    /// An element beyond the `length` of the array.
    Element {
        length: usize,
    },
    Header,
    Parameter,
    Part,
    XmlElement,
    Attribute,
}

/// A body of another kind than expected, or of other bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActualBody {
    Empty,
    /// Its beginning, cut if it is long.
    Unread {
        beginning: String,
    },
    /// A body when none was expected, by its length in bytes.
    Unexpected {
        length: usize,
    },
    /// Other bytes: how many, and the index of the first one that differs.
    Bytes {
        length: usize,
        differs_at: usize,
    },
    /// Bytes that aren't text, by their number.
    Opaque {
        length: usize,
    },
    /// A body of this media type.
    OfType(String),
    /// A body of which nothing else is known.
    Any,
}

impl Actual {
    /// A JSON value.
    #[must_use]
    pub fn value(value: &Value) -> Self {
        Self::Value { kind: ValueKind::of(value), length: value.as_array().map(Vec::len), shown: describe::json(value) }
    }

    /// The values of a header or a parameter.
    pub fn texts<'t>(values: impl IntoIterator<Item = &'t str>) -> Self {
        Self::Texts(describe::first(values, quoted))
    }

    /// A method or a path.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self::Plain(describe::cut(text))
    }

    /// A body of unknown kind: a text in quotes, or the number of its bytes.
    #[must_use]
    pub fn bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Texts(vec![quoted(text)]),
            Err(_) => Self::Body(ActualBody::Opaque { length: bytes.len() }),
        }
    }

    /// Calls `visit` with each text that comes from the message. This is how secrets are removed.
    pub fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Value { shown: text, .. }
            | Self::Plain(text)
            | Self::Key(text)
            | Self::Element { name: text, .. }
            | Self::Body(ActualBody::Unread { beginning: text } | ActualBody::OfType(text)) => visit(text),
            Self::Texts(texts) => texts.iter_mut().for_each(visit),
            Self::Extra { one, .. } => one.iter_mut().for_each(visit),
            Self::PartHeader { name, value } => {
                visit(name);
                visit(value);
            }
            Self::Body(
                ActualBody::Empty
                | ActualBody::Unexpected { .. }
                | ActualBody::Bytes { .. }
                | ActualBody::Opaque { .. }
                | ActualBody::Any,
            )
            | Self::Missing(_)
            | Self::Size { .. }
            | Self::Part { .. }
            | Self::TooDeep
            | Self::TooMuch
            | Self::Withheld => {}
        }
    }
}

impl fmt::Display for Actual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { kind: ValueKind::Null, .. } => f.write_str("null"),
            Self::Value { kind: ValueKind::Array, length: Some(0), .. } => f.write_str("an empty array"),
            Self::Value { kind: ValueKind::Array, length: Some(length), shown } => {
                write!(f, "an array of {}: {shown}", count(*length, "element"))
            }
            Self::Value { kind: kind @ (ValueKind::Array | ValueKind::Object), shown, .. } => {
                write!(f, "{}: {shown}", kind.with_article())
            }
            Self::Value { kind, shown, .. } => write!(f, "{shown}, {}", kind.with_article()),
            Self::Plain(text) if text.is_empty() => f.write_str("nothing"),
            Self::Plain(text) => f.write_str(text),
            Self::Texts(texts) if texts.is_empty() => f.write_str("no value"),
            Self::Texts(texts) => f.write_str(&texts.join(" and ")),
            Self::Missing(missing) => missing.fmt(f),
            Self::Size { count: 0, unit } => write!(f, "no {}", unit.word()),
            Self::Size { count: number, unit } => count(*number, unit.word()).fmt(f),
            Self::Extra { count: number, one: None } => count(*number, "element").fmt(f),
            Self::Extra { count: number, one: Some(one) } => {
                write!(f, "{}, one of them {one}", count(*number, "element"))
            }
            Self::Key(key) => write!(f, "the key {key}"),
            Self::Body(body) => body.fmt(f),
            Self::Part { is_file } => f.write_str(describe::part(*is_file)),
            Self::PartHeader { name, value } => write!(f, "the header {name}: {value}"),
            Self::Element { name, times: None } => write!(f, "<{name}>"),
            Self::Element { name, times: Some(times) } => write!(f, "<{name}>, {}", count(*times, "time")),
            Self::TooDeep => f.write_str("deeper nesting"),
            Self::TooMuch => f.write_str("one that takes more"),
            Self::Withheld => f.write_str("another value (not shown)"),
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key => f.write_str("nothing: the key is missing"),
            Self::Element { length } => write!(f, "nothing: the array has {}", count(*length, "element")),
            Self::Header => f.write_str("no such header"),
            Self::Parameter => f.write_str("no such parameter"),
            Self::Part => f.write_str("no such part"),
            Self::XmlElement => f.write_str("nothing: it is missing"),
            Self::Attribute => f.write_str("nothing: the attribute is missing"),
        }
    }
}

impl fmt::Display for ActualBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an empty body"),
            Self::Unread { beginning } => write!(f, "`{beginning}`"),
            Self::Unexpected { length } => write!(f, "a body of {}", count(*length, "byte")),
            Self::Bytes { length, differs_at } => {
                write!(f, "{}, the first difference at byte {differs_at}", count(*length, "byte"))
            }
            Self::Opaque { length } => count(*length, "byte").fmt(f),
            Self::OfType(media_type) => write!(f, "one of {media_type}"),
            Self::Any => f.write_str("a body"),
        }
    }
}
