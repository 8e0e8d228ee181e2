//! The declarations that people write in a store by hand: its format and policy, its environments and its services.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::doubt::DoubtKind;
use crate::interaction::ServiceName;
use crate::source::{Finding, Limits, parse_yaml};

/// The format of stores that this program creates, and the newest that it reads.
pub const DECLARED_FORMAT: u64 = 1;

/// `store.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StorePolicy {
    /// The format of the store.
    pub store: u64,
    /// The branch that services are released from, unless their declaration says otherwise.
    #[serde(default = "main_branch")]
    pub main_branch: String,
}

fn main_branch() -> String {
    String::from("main")
}

impl DeclaredService {
    /// Whether the service is no longer in use on a day.
    #[must_use]
    pub fn is_retired(&self, day: Date) -> bool {
        self.retired.is_some_and(|since| since <= day)
    }
}

impl Default for StorePolicy {
    fn default() -> Self {
        Self { store: DECLARED_FORMAT, main_branch: main_branch() }
    }
}

/// `services/NAME.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeclaredService {
    /// Whom to contact.
    #[serde(default)]
    pub owners: Vec<String>,
    /// The branch that it is released from.
    #[serde(default)]
    pub main_branch: Option<String>,
    /// The names that it had before: records and contracts with them are its own.
    #[serde(default)]
    pub formerly: Vec<ServiceName>,
    /// The day, in UTC, from which on it is no longer in use.
    #[serde(default)]
    pub retired: Option<Date>,
    /// The last day, in UTC, on which its versions may be live without having published anything.
    #[serde(default)]
    pub not_onboarded_until: Option<Date>,
}

/// `environments/NAME.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DeclaredEnvironment {
    #[serde(default, rename = "description")]
    _description: Option<String>,
}

/// Reads `store.yaml`.
///
/// # Errors
///
/// Why it can't be trusted: it has a newer format, or can't be read.
pub fn read_policy(bytes: &[u8]) -> Result<StorePolicy, DoubtKind> {
    let value = value(bytes)?;
    match value.get("store").and_then(Value::as_u64) {
        Some(DECLARED_FORMAT) => typed(value),
        Some(newer) if newer > DECLARED_FORMAT => {
            let needs = value.get("needs").and_then(Value::as_str).map(str::to_owned);
            Err(DoubtKind::Newer { needs })
        }
        _ => Err(DoubtKind::Unreadable(String::from("it doesn't say `store: 1`"))),
    }
}

/// Reads the declaration of a service.
///
/// # Errors
///
/// Why it can't be read.
pub fn read_service(bytes: &[u8]) -> Result<DeclaredService, DoubtKind> {
    typed(value(bytes)?)
}

/// Reads the declaration of an environment, which has no settings.
///
/// # Errors
///
/// Why it can't be read.
pub fn read_environment(bytes: &[u8]) -> Result<(), DoubtKind> {
    typed::<DeclaredEnvironment>(value(bytes)?).map(drop)
}

fn value(bytes: &[u8]) -> Result<Value, DoubtKind> {
    let unreadable = |why: String| DoubtKind::Unreadable(why);
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable(String::from("it isn't UTF-8")))?;
    // A file with only comments is an empty declaration.
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let file: Arc<str> = Arc::from("");
    let first = |findings: Vec<Finding>| findings.first().map_or_else(String::new, |finding| finding.message.clone());
    parse_yaml(&file, text, Limits::default()).map(|(value, _)| value).map_err(|findings| unreadable(first(findings)))
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, DoubtKind> {
    if !value.is_object() {
        return Err(DoubtKind::Unreadable(String::from("it isn't a mapping")));
    }
    serde_json::from_value(value).map_err(|error| DoubtKind::Unreadable(error.to_string()))
}

/// A new `store.yaml`.
#[must_use]
pub fn store_text() -> String {
    String::from(
        "\
# The shared store of Upheld: what versions expect of each other, how they were verified, and what is live where.
# Only `upheld` adds files below contracts, publications, verifications and deployments; they are never changed.
# Services and environments are declared by hand, or by `upheld store init`.
store: 1
# The branch that services are released from, unless services/NAME.yaml says otherwise.
main-branch: main
",
    )
}

/// A new `services/NAME.yaml`.
#[must_use]
pub fn service_text(owners: &[String]) -> String {
    let mut text = String::new();
    if owners.is_empty() {
        text.push_str("# Whom to contact when a contract is broken:\n# owners: [team-a]\n");
    } else {
        let owners: Vec<String> = owners.iter().map(|owner| Value::String(owner.clone()).to_string()).collect();
        let _ = writeln!(text, "owners: [{}]", owners.join(", "));
    }
    text.push_str(
        "\
# Until the end of this day, its versions may be live without having published anything:
# not-onboarded-until: 2030-01-31
# The branch that it is released from, if it isn't the store's main branch:
# main-branch: main
# The names that it had before, once their own declarations are deleted:
# formerly: [old-name]
# From this day on it is no longer in use:
# retired: 2030-01-31
",
    );
    text
}

/// A new `environments/NAME.yaml`.
#[must_use]
pub fn environment_text() -> String {
    String::from("# An environment: a place where versions are live.\n# description: where our customers are\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_declarations_can_be_read() {
        assert_eq!(read_policy(store_text().as_bytes()), Ok(StorePolicy::default()));
        assert_eq!(read_service(service_text(&[]).as_bytes()), Ok(DeclaredService::default()));
        let owners = [String::from("team: \"a\", b"), String::from("no")];
        assert_eq!(read_service(service_text(&owners).as_bytes()).unwrap().owners, owners);
        assert_eq!(read_environment(environment_text().as_bytes()), Ok(()));
        assert_eq!(read_environment(b""), Ok(()));
    }

    #[test]
    fn unknown_declarations_are_refused() {
        assert_eq!(read_policy(b"store: 2\nneeds: 0.9.0\n"), Err(DoubtKind::Newer { needs: Some("0.9.0".to_owned()) }));
        for text in ["", "store: one", "main-branch: main", "store: 1\nx: 1", "store: 1\nstore: 1"] {
            assert!(matches!(read_policy(text.as_bytes()), Err(DoubtKind::Unreadable(_))), "{text}");
        }
        for text in
            ["owners: team", "not-onboarded-until: soon", "retired: yes", "formerly: [a/b]", "x: 1", "[]", "\u{0}"]
        {
            assert!(matches!(read_service(text.as_bytes()), Err(DoubtKind::Unreadable(_))), "{text}");
        }
        let read = read_service(b"retired: 2027-01-31\nformerly: [purchases]\n").unwrap();
        assert_eq!(read.retired.unwrap().to_string(), "2027-01-31");
        assert_eq!(read.formerly, ["purchases".parse().unwrap()]);
        let read = read_service(b"not-onboarded-until: 2026-12-31\nmain-branch: trunk\n").unwrap();
        assert_eq!(read.not_onboarded_until.unwrap().to_string(), "2026-12-31");
        assert_eq!(read.main_branch.as_deref(), Some("trunk"));
    }
}
