//! Headers that the user adds to every request, usually credentials. They are stored in a way that keeps them out of
//! all output.

use std::fmt;

use hyper::header::{HeaderName, HeaderValue};

/// A text that hides itself: it is shown as `[redacted]`, and read only by code that requests it by name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the wire, and for code that must know it to hide it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("[redacted]")
    }
}

/// A header of `--header 'Name: value'`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraHeader {
    name: HeaderName,
    value: Secret,
}

/// Why a text is not a header. Never shows the text's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraHeaderError {
    #[error("a header is written as `Name: value`, but this one has no colon")]
    NoColon,
    #[error("`{0}` isn't a valid header name: a name consists of letters, digits and `-`, without spaces")]
    Name(String),
    #[error("the value of the header `{0}` has a character that isn't allowed in a header, such as a line break")]
    Value(String),
}

impl ExtraHeader {
    /// Reads `Name: value`; white space around both is not part of them.
    ///
    /// # Errors
    ///
    /// If there is no colon, or the name or the value can't be sent (RFC 9110, section 5).
    pub fn parse(text: &str) -> Result<Self, ExtraHeaderError> {
        let (name, value) = text.split_once(':').ok_or(ExtraHeaderError::NoColon)?;
        let (name, value) = (name.trim(), value.trim());
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| ExtraHeaderError::Name(name.to_owned()))?;
        HeaderValue::from_bytes(value.as_bytes()).map_err(|_| ExtraHeaderError::Value(name.to_owned()))?;
        Ok(Self { name: parsed, value: Secret::new(value) })
    }

    /// The name in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The value, hidden.
    #[must_use]
    pub const fn value(&self) -> &Secret {
        &self.value
    }
}

impl std::str::FromStr for ExtraHeader {
    type Err = ExtraHeaderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// A header's value as UTF-8, or else as Latin-1, in which every byte is a character.
pub(super) fn header_text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_and_hides_its_value() {
        let header = ExtraHeader::parse("X-Api-Key:  s3cr3t: yes ").expect("a header");
        assert_eq!((header.name(), header.value().expose()), ("x-api-key", "s3cr3t: yes"));
        assert_eq!(header.value().to_string(), "[redacted]");
        assert!(!format!("{header:?}").contains("s3cr3t"), "{header:?}");
    }

    #[test]
    fn an_invalid_header_is_refused_without_showing_its_value() {
        for (text, error) in [
            ("s3cr3t", ExtraHeaderError::NoColon),
            ("a b: s3cr3t", ExtraHeaderError::Name("a b".to_owned())),
            (": s3cr3t", ExtraHeaderError::Name(String::new())),
            ("a: s3\ncr3t", ExtraHeaderError::Value("a".to_owned())),
        ] {
            let found = ExtraHeader::parse(text).expect_err(text);
            assert!(!found.to_string().contains("cr3t"), "{found}");
            assert_eq!(found, error);
        }
    }
}
