//! The kind of a body: from its media type or, without one, from its first characters.

use std::sync::LazyLock;

use regex::Regex;

use crate::interaction::{Body, Content};

/// A media type (RFC 9110, section 8.3.1), as far as it distinguishes bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// `application/json`, in lower case.
    pub essence: String,
    /// The parameters by name, sorted.
    pub parameters: Vec<(String, String)>,
}

/// How a body is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    Json,
    Xml,
    Form,
    Multipart,
    Text,
    Binary,
}

/// How XML, HTML and JSON begin, to recognise a body without a media type.
static XML: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*<(?:\?xml\s|\w)").ok());
static HTML: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)^\s*<(?:!doctype|html)").ok());
static JSON: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^\s*(?:true|false|null|[0-9]+|"\w*|\{\s*(?:\}|"\w+)|\[\s*)"#).ok());

impl MediaType {
    /// Reads a media type; `None` if the text isn't one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next()?.to_ascii_lowercase();
        let (main, sub) = essence.split_once('/')?;
        if main.is_empty() || sub.is_empty() || essence.contains(char::is_whitespace) {
            return None;
        }
        let mut parameters: Vec<(String, String)> = parts
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| {
                (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_ascii_lowercase())
            })
            .collect();
        parameters.sort();
        Some(Self { essence, parameters })
    }

    /// The type of a body: the given one, if it is a media type, or else a guess from the content.
    #[must_use]
    pub fn of_body(body: &Body, named: Option<&str>) -> Option<Self> {
        named.and_then(Self::parse).or_else(|| match &body.content {
            Content::Json(_) => Self::parse("application/json"),
            Content::Text(text) => Self::of_content(text.as_bytes()),
            Content::Bytes(bytes) => Self::of_content(bytes),
            Content::Form(_) => None,
        })
    }

    /// The type that a body looks like.
    #[must_use]
    pub fn of_content(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let is = |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|regex| regex.is_match(text));
        let essence = if is(&HTML) {
            "text/html"
        } else if is(&XML) {
            "application/xml"
        } else if is(&JSON) {
            "application/json"
        } else {
            "text/plain"
        };
        Some(Self { essence: essence.to_owned(), parameters: Vec::new() })
    }

    /// How bodies of this type are compared.
    #[must_use]
    pub fn kind(&self) -> MediaKind {
        let (main, sub) = self.essence.split_once('/').unwrap_or_default();
        let is_xml = sub == "xml" || sub.ends_with("+xml");
        match main {
            "application" if sub.starts_with("json") || sub.ends_with("+json") || sub == "graphql" => MediaKind::Json,
            "application" | "text" if is_xml => MediaKind::Xml,
            "application" if sub == "x-www-form-urlencoded" => MediaKind::Form,
            "multipart" => MediaKind::Multipart,
            "text" | "*" => MediaKind::Text,
            _ => MediaKind::Binary,
        }
    }

    /// Whether a body of the other type can be compared with one of this type. Parameters that this type doesn't name are
    /// ignored.
    #[must_use]
    pub fn allows(&self, other: &Self) -> bool {
        let is_xml = |essence: &str| matches!(essence, "application/xml" | "text/xml");
        let base = |essence: &str| match (essence.split_once('/'), essence.rsplit_once('+')) {
            (Some((main, _)), Some((_, suffix))) => format!("{main}/{suffix}"),
            _ => essence.to_owned(),
        };
        let same = self.essence == other.essence
            || is_xml(&self.essence) && is_xml(&other.essence)
            || self.parameters.is_empty() && self.essence == base(&other.essence);
        same && (self.parameters.is_empty() || self.parameters == other.parameters)
    }
}
