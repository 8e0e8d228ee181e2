//! Names: those of services, which are checked, and those of interactions, which are unique in their contract.

use std::collections::HashSet;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

/// The name of a service: at most 100 letters, digits, `.`, `_` and `-`, the first of them a letter or a digit. Such a
/// name is a valid file name on every system, a path in the store, and one word in a shell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName(Arc<str>);

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` isn't a valid name: use at most 100 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit"
)]
pub struct NameError(String);

impl ServiceName {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// A [`NameError`] that shows the text, if it isn't a valid name.
    pub fn new(text: &str) -> Result<Self, NameError> {
        let valid = text.len() <= 100
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if valid { Ok(Self(Arc::from(text))) } else { Err(NameError(text.to_owned())) }
    }

    /// The name as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::str::FromStr for ServiceName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl serde::Serialize for ServiceName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for ServiceName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(serde::de::Error::custom)
    }
}

/// The first of these names that isn't used yet; it is used from then on.
pub fn first_unused<S: BuildHasher>(
    names: impl IntoIterator<Item = String>,
    used: &mut HashSet<String, S>,
) -> Option<String> {
    let name = names.into_iter().find(|name| !used.contains(name))?;
    used.insert(name.clone());
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_file_names_on_every_system() {
        for name in ["orders", "orders-v2", "a.b_c", "7eleven"] {
            assert!(ServiceName::new(name).is_ok(), "{name}");
        }
        for name in ["", ".hidden", "..", "a/b", "a b", "-x", "é", &"x".repeat(101)] {
            assert!(ServiceName::new(name).is_err(), "{name}");
        }
    }
}
