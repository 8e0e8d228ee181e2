//! The names of versions: `8f2c1`, `3.4.1`, `2026-11-24+build.7`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::interaction::{ServiceName, is_no_file};

/// A version of a service: letters, digits, `.`, `_`, `+` and `-`, at most 100 of them, beginning with a letter or a
/// digit. Versions have no order. The id of a commit makes the best version.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Arc<str>);

/// Why a text is not a version, or not a service with its version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VersionError(String);

impl Version {
    /// The version as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it may be the beginning of a commit's id.
    #[must_use]
    pub fn may_be_abbreviated(&self) -> bool {
        (4..64).contains(&self.0.len()) && self.0.len() != 40 && self.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// Whether it is the beginning of another version, which is a commit's id.
    #[must_use]
    pub fn abbreviates(&self, other: &Self) -> bool {
        self.may_be_abbreviated() && other.is_commit() && other.0.len() > self.0.len() && other.0.starts_with(&*self.0)
    }

    /// Whether it is the id of a commit.
    #[must_use]
    pub fn is_commit(&self) -> bool {
        matches!(self.0.len(), 40 | 64) && self.0.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// The version for people, with a commit's id abbreviated.
    #[must_use]
    pub fn short(&self) -> &str {
        if self.is_commit() { short_id(&self.0) } else { &self.0 }
    }
}

/// The id of a commit or of another view of a store, abbreviated for people to 12 hex digits. Other texts stay whole.
#[must_use]
pub fn short_id(id: &str) -> &str {
    if id.bytes().all(|byte| byte.is_ascii_hexdigit()) { id.get(..12).unwrap_or(id) } else { id }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let valid = text.len() <= 100
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-'));
        // Files are named after versions, with more behind them.
        if valid && is_no_file(text.trim_end_matches('.')) {
            return Err(VersionError(format!(
                "`{text}` can't be a version, because Windows has no files with this name: choose another one"
            )));
        }
        if valid {
            return Ok(Self(Arc::from(text)));
        }
        Err(VersionError(format!(
            "`{text}` is not a version: a version has at most 100 letters, digits, `.`, `_`, `+` and `-`, and begins with \
             a letter or a digit"
        )))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One version of one service: `orders@8f2c1`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ServiceVersion {
    pub service: ServiceName,
    pub version: Version,
}

impl ServiceVersion {
    /// A version of a service.
    #[must_use]
    pub const fn new(service: ServiceName, version: Version) -> Self {
        Self { service, version }
    }

    /// The service and its version for people, with a commit's id abbreviated.
    #[must_use]
    pub fn short(&self) -> String {
        format!("{}@{}", self.service, self.version.short())
    }
}

impl fmt::Display for ServiceVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.service, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_safe_in_file_names_and_shells() {
        for text in ["1", "8f2c1", "3.4.1-rc.1+build_7", "v2"] {
            assert_eq!(text.parse::<Version>().unwrap().as_str(), text);
        }
        for text in ["", "-1", ".1", "a/b", "a b", "a@b", "é", "a\n", "nul", "Con.1", &"1".repeat(101)] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_an_id_is_abbreviated() {
        assert_eq!(short_id(&"41d9e07".repeat(6)), "41d9e0741d9e");
        assert_eq!(short_id("41d9e07"), "41d9e07");
        assert_eq!(short_id("a folder of records"), "a folder of records");
        assert_eq!(short_id(""), "");
    }

    #[test]
    fn only_a_version_that_is_a_commit_is_abbreviated() {
        let commit = "0123456789abcdef0123456789abcdef01234567".parse::<Version>().unwrap();
        assert_eq!(commit.short(), "0123456789ab");
        let short = commit.short().parse::<Version>().unwrap();
        assert!(short.abbreviates(&commit) && !commit.abbreviates(&commit) && !commit.may_be_abbreviated());
        for other in ["0123456", "1234567", "3.4.1", "012345"] {
            let other = other.parse::<Version>().unwrap();
            assert_eq!(other.abbreviates(&commit), other.as_str() == "0123456", "{other}");
        }
        let word = "3.4.1-a-rather-long-name-of-a-release".parse::<Version>().unwrap();
        assert_eq!(word.short(), word.as_str());
    }
}
