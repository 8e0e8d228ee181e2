//! The body of a message, in one of the kinds that a contract can have.

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

/// A body: its content, and the file that contains it, if it isn't written in the contract itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    pub content: Content,
    /// The path of the file with the content (JSON, text or bytes), relative to the contract's folder.
    pub file: Option<String>,
}

/// The content of a body.
///
/// Every match on it names every kind, without a catch-all arm: a new kind must not compile until each comparison
/// handles it, or it would be upheld without being compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Json(Value),
    Text(String),
    /// Written in base64.
    Bytes(Arc<[u8]>),
    /// The fields of `application/x-www-form-urlencoded`, decoded.
    Form(IndexMap<String, Vec<String>>),
}

impl From<Content> for Body {
    fn from(content: Content) -> Self {
        Self { content, file: None }
    }
}

impl Body {
    /// A body of JSON.
    #[must_use]
    pub fn json(value: Value) -> Self {
        Content::Json(value).into()
    }

    /// A body of text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Content::Text(text.into()).into()
    }

    /// A body of bytes.
    #[must_use]
    pub fn bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        Content::Bytes(bytes.into()).into()
    }

    /// A form.
    #[must_use]
    pub fn form(fields: IndexMap<String, Vec<String>>) -> Self {
        Content::Form(fields).into()
    }

    /// The empty text, which means that there is no body.
    #[must_use]
    pub fn empty() -> Self {
        Self::text("")
    }

    /// Whether it means that there is no body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.content {
            Content::Text(text) => text.is_empty(),
            Content::Json(_) | Content::Bytes(_) | Content::Form(_) => false,
        }
    }
}

impl Content {
    /// The content type that is sent if no header names one, because no server reads such a body without it.
    #[must_use]
    pub const fn implied_type(&self) -> Option<&'static str> {
        match self {
            Self::Json(_) => Some("application/json"),
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
            Self::Text(_) | Self::Bytes(_) => None,
        }
    }

    /// The body as one JSON value, for the paths of rules: a text is a string, a form an object of its fields.
    /// `None` for bytes, which no path leads into.
    #[must_use]
    pub fn view(&self) -> Option<Cow<'_, Value>> {
        match self {
            Self::Json(value) => Some(Cow::Borrowed(value)),
            Self::Text(text) => Some(Cow::Owned(Value::String(text.clone()))),
            Self::Form(fields) => Some(Cow::Owned(fields_view(fields))),
            Self::Bytes(_) => None,
        }
    }
}

/// Fields as an object: one value is a string, several are a list.
#[must_use]
pub fn fields_view(fields: &IndexMap<String, Vec<String>>) -> Value {
    let view = |values: &Vec<String>| match values.as_slice() {
        [one] => Value::String(one.clone()),
        several => Value::Array(several.iter().cloned().map(Value::String).collect()),
    };
    Value::Object(fields.iter().map(|(name, values)| (name.clone(), view(values))).collect())
}

/// Whether a media type is JSON: `application/json`, or one with the suffix `+json` (RFC 6839).
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}
