//! Names: those of services, which are checked, and those of interactions, which are unique in their contract.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::BuildHasher;
use std::sync::Arc;

/// The name of a service: at most 100 letters, digits, `.`, `_` and `-`, the first of them a letter or a digit, and the
/// last no `.`. Such a name is a valid file name on every system, a path in the store, and one word in a shell. Names that
/// mean a device on Windows, such as `con`, aren't allowed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceName(Arc<str>);

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It has characters that a name can't have, or too many.
    #[error(
        "`{0}` isn't a valid name: use at most 100 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit"
    )]
    Invalid(String),
    /// It can't be the name of a file on every system.
    #[error("`{0}` can't be a name, because Windows has no files with this name: choose another one")]
    NoFile(String),
}

/// Names that mean devices on Windows, with any ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Whether Windows has no file with this name, or with this name and an ending: it means a device, or the end is dropped.
#[must_use]
pub fn is_no_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_port = port.is_some_and(|number| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()));
    DEVICES.contains(&&*stem) || is_port || name.ends_with('.')
}

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
        if !valid {
            return Err(NameError::Invalid(text.to_owned()));
        }
        if is_no_file(text) { Err(NameError::NoFile(text.to_owned())) } else { Ok(Self(Arc::from(text))) }
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

/// Names that are used already.
#[derive(Clone, Debug, Default)]
pub struct Names {
    used: HashSet<String>,
    /// The number with which the search goes on for a name that is used often, so that many equal ones take linear time.
    next: HashMap<String, usize>,
}

impl Names {
    /// A name that isn't used yet: the plain one, another one, or the first of the numbered ones. It is used from then on.
    pub fn apart(&mut self, plain: &str, other: Option<String>, numbered: impl Fn(usize) -> String) -> String {
        for name in std::iter::once(plain.to_owned()).chain(other) {
            if self.used.insert(name.clone()) {
                return name;
            }
        }
        let next = self.next.entry(plain.to_owned()).or_insert(2);
        loop {
            let name = numbered(*next);
            *next += 1;
            if self.used.insert(name.clone()) {
                return name;
            }
        }
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
        for name in ["con", "NUL", "aux.v2", "com1", "LPT9.x", "orders."] {
            assert_eq!(ServiceName::new(name), Err(NameError::NoFile(name.to_owned())));
        }
        for name in ["console", "com", "com10", "nully", "a.con"] {
            assert!(ServiceName::new(name).is_ok(), "{name}");
        }
    }
}
