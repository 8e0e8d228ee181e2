//! Records: immutable facts, written as canonical JSON (RFC 8785) and named by the SHA-256 of these bytes.
//!
//! Except for the format, a record has no numbers, so writers can't differ in how they spell them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::doubt::DoubtKind;
use super::version::Version;
use crate::interaction::digest::digests;
use crate::interaction::{ContractId, InteractionId, ServiceName};
use crate::source::json_value;

/// The format of records that this program writes, and the newest that it reads.
pub const FORMAT: u64 = 1;

digests! {
    /// The name of a record: the SHA-256 of its canonical bytes.
    RecordId;
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    Publication(Publication),
    Verification(Verification),
    Deployment(Deployment),
}

/// When a record was written, and by whom. For people only: decisions don't depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// The time in UTC, in the form of RFC 3339.
    pub at: String,
    #[serde(default, skip_serializing_if = "By::is_empty")]
    pub by: By,
}

/// Who wrote a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// The user's name on the build system or the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The address of the build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// The contracts that a version expects its providers to uphold: these and no others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    pub service: ServiceName,
    pub version: Version,
    /// The branch that it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The contract with each provider; complete.
    pub contracts: BTreeMap<ServiceName, ContractId>,
    /// The publications that were the newest of this branch.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub replaces: BTreeSet<RecordId>,
    pub stamp: Stamp,
}

/// The results of a provider's version for some interactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub provider: ServiceName,
    pub version: Version,
    /// The branch that it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    pub results: BTreeMap<InteractionId, TestResult>,
    /// Why, for those that are not upheld.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<InteractionId, Vec<Reason>>,
    /// The verifications of this version whose results for these interactions no longer count.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub supersedes: BTreeSet<RecordId>,
    pub stamp: Stamp,
}

/// The result of one interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestResult {
    Upheld,
    Broken,
    /// It couldn't be run.
    Error,
}

/// Why an interaction isn't upheld: a mismatch, or the reason why it wasn't run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub code: String,
    /// The place in the response: `body items[0].qty`, `status`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub actual: String,
    /// The error, if it isn't a mismatch.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// Something that happened to a version in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    pub environment: ServiceName,
    pub service: ServiceName,
    pub version: Version,
    pub event: Event,
    /// The instance, if the service has several permanent ones in the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<ServiceName>,
    /// The records of this service in this environment that this one ends, as far as its writer saw them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub replaces: BTreeSet<RecordId>,
    /// The versions that were deployed there when this roll-out began, by their records. What was deployed since isn't
    /// replaced when it ends, because nobody knows which of the two came last.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub before: BTreeSet<RecordId>,
    /// The gate's decision, unless it was a yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// When the roll-out was due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The view of the store that its writer decided on. A later view that didn't grow from it has lost something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    pub stamp: Stamp,
}

/// The event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A roll-out began: from here on the version may be live.
    Started,
    /// The roll-out is done, and the version is live.
    Done,
    /// The roll-out was given up.
    Aborted,
    /// The version is gone.
    Undeployed,
    /// The version was released to users alongside earlier versions.
    Released,
    /// A released version is no longer supported.
    SupportEnded,
}

impl Event {
    /// Whether the version is live from now on, until another record replaces this one.
    #[must_use]
    pub const fn makes_live(self) -> bool {
        matches!(self, Self::Started | Self::Done | Self::Released)
    }

    /// The event's name for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Done => "done",
            Self::Aborted => "aborted",
            Self::Undeployed => "undeployed",
            Self::Released => "released",
            Self::SupportEnded => "support-ended",
        }
    }
}

impl Stamp {
    /// The month, which names a folder: `2026-11`.
    #[must_use]
    pub fn month(&self) -> &str {
        self.at.get(..7).unwrap_or("0000-00")
    }

    /// The day, in UTC.
    pub(super) fn day(&self) -> Option<Date> {
        self.at.get(..10)?.parse().ok()
    }

    /// Whether `at` is a time in the form of RFC 3339, in UTC.
    fn is_valid(&self) -> bool {
        self.at.ends_with('Z') && self.at.parse::<jiff::Timestamp>().is_ok()
    }
}

impl By {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Record {
    /// The canonical bytes, and the record's id, which is their hash.
    #[must_use]
    pub fn bytes(&self) -> (Vec<u8>, RecordId) {
        let bytes = match self {
            Self::Publication(record) => canonical("publication", record),
            Self::Verification(record) => canonical("verification", record),
            Self::Deployment(record) => canonical("deployment", record),
        };
        let id = RecordId(Sha256::digest(&bytes).into());
        (bytes, id)
    }

    /// The record as a publication, if it is one.
    #[must_use]
    pub fn publication(self) -> Option<Publication> {
        if let Self::Publication(record) = self { Some(record) } else { None }
    }

    /// The record as a verification, if it is one.
    #[must_use]
    pub fn verification(self) -> Option<Verification> {
        if let Self::Verification(record) = self { Some(record) } else { None }
    }

    /// The record as a deployment, if it is one.
    #[must_use]
    pub fn deployment(self) -> Option<Deployment> {
        if let Self::Deployment(record) = self { Some(record) } else { None }
    }

    /// The record's id.
    #[must_use]
    pub fn id(&self) -> RecordId {
        self.bytes().1
    }

    const fn stamp(&self) -> &Stamp {
        match self {
            Self::Publication(record) => &record.stamp,
            Self::Verification(record) => &record.stamp,
            Self::Deployment(record) => &record.stamp,
        }
    }
}

#[derive(Serialize)]
struct Envelope<'r, T> {
    format: u64,
    kind: &'static str,
    #[serde(flatten)]
    record: &'r T,
}

fn canonical<T: Serialize>(kind: &'static str, record: &T) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "a record holds texts, lists and maps only, and one small number")]
    serde_json_canonicalizer::to_vec(&Envelope { format: FORMAT, kind, record }).expect("a record can be written")
}

/// Reads a record, and checks it against the id in its file's name.
///
/// # Errors
///
/// Why it can't be trusted.
pub fn parse(bytes: &[u8], name: RecordId) -> Result<Record, DoubtKind> {
    let unreadable = |why: String| DoubtKind::Unreadable(why);
    let intact = RecordId(Sha256::digest(bytes).into()) == name;
    let value = match json_value::read(bytes) {
        Ok(value) => value,
        // A changed record is reported as such, unlike one that was written like this.
        Err(_) if !intact => return Err(DoubtKind::WrongName),
        Err(error) => return Err(unreadable(format!("it isn't JSON: {error}"))),
    };
    let Value::Object(mut map) = value else { return Err(unreadable(String::from("it isn't a record"))) };
    if !intact {
        return Err(DoubtKind::WrongName);
    }
    let format = map.remove("format").and_then(|format| format.as_u64());
    match format {
        Some(FORMAT) => {}
        Some(newer) if newer > FORMAT => {
            let needs = map.get("needs").and_then(Value::as_str).map(str::to_owned);
            return Err(DoubtKind::Newer { needs });
        }
        _ => return Err(unreadable(String::from("it has no `format`"))),
    }
    let kind = map.remove("kind");
    let body = Value::Object(map);
    let record = match kind.as_ref().and_then(Value::as_str) {
        Some(kind) => match of_kind(kind, body) {
            Some(record) => record,
            None => return Err(unreadable(format!("`{kind}` isn't a kind of record"))),
        },
        None => return Err(unreadable(String::from("it has no `kind`"))),
    };
    let record = record.map_err(|error| unreadable(error.to_string()))?;
    if !record.stamp().is_valid() {
        return Err(unreadable(format!("`{}` isn't a time", record.stamp().at)));
    }
    // Of a key that is there twice, others may read the first.
    if record.id() != name {
        return Err(unreadable(String::from("it isn't in the canonical form")));
    }
    Ok(record)
}

/// Reads a record of a kind; `None` if there is no such kind.
fn of_kind(kind: &str, body: Value) -> Option<serde_json::Result<Record>> {
    match kind {
        "publication" => Some(serde_json::from_value(body).map(Record::Publication)),
        "verification" => Some(serde_json::from_value(body).map(Record::Verification)),
        "deployment" => Some(serde_json::from_value(body).map(Record::Deployment)),
        _ => None,
    }
}

/// What a file says that can't be trusted, if it has the form of a record of this format. It may have said something else
/// before.
pub(super) fn doubtful(bytes: &[u8]) -> Option<Record> {
    let Value::Object(mut map) = serde_json::from_slice(bytes).ok()? else { return None };
    (map.remove("format")?.as_u64()? == FORMAT).then_some(())?;
    let kind = map.remove("kind")?;
    of_kind(kind.as_str()?, Value::Object(map))?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publication() -> Record {
        Record::Publication(Publication {
            service: "storefront".parse().unwrap(),
            version: "77ab0".parse().unwrap(),
            branch: Some(String::from("main")),
            contracts: BTreeMap::from([("orders".parse().unwrap(), "ab".repeat(32).parse().unwrap())]),
            replaces: BTreeSet::new(),
            stamp: Stamp { at: String::from("2026-11-24T10:00:00Z"), by: By::default() },
        })
    }

    #[test]
    fn the_canonical_form_has_not_changed_since_its_release() {
        let (bytes, id) = publication().bytes();
        let expected = format!(
            r#"{{"branch":"main","contracts":{{"orders":"{}"}},"format":1,"kind":"publication","service":"storefront","stamp":{{"at":"2026-11-24T10:00:00Z"}},"version":"77ab0"}}"#,
            "ab".repeat(32)
        );
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        // As `sha256sum` says.
        assert_eq!(id.to_string(), "6bce783dd650517a1445f1c3fe38bdca8b79de92101dc8648659f8214de6358f");
    }

    #[test]
    fn a_record_is_read_back_and_a_changed_one_is_detected() {
        let record = publication();
        let (bytes, id) = record.bytes();
        assert_eq!(parse(&bytes, id), Ok(record));
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(parse(&changed, id), Err(DoubtKind::WrongName), "byte {at}");
        }
        assert_eq!(parse(&bytes[..20], id), Err(DoubtKind::WrongName));
    }

    #[test]
    fn unknown_records_are_never_misread() {
        let read = |text: &str| parse(text.as_bytes(), RecordId(Sha256::digest(text).into())).unwrap_err();
        assert_eq!(
            read(r#"{"format":2,"kind":"new","needs":"0.9.0"}"#),
            DoubtKind::Newer { needs: Some(String::from("0.9.0")) }
        );
        for text in [
            "",
            "[]",
            "{}",
            r#"{"format":0}"#,
            r#"{"format":1,"kind":"wish"}"#,
            r#"{"format":1,"kind":"publication"}"#,
            r#"{"contracts":{},"format":1,"kind":"publication","service":"a","stamp":{"at":"2026-11-24T10:00:00Z"},"version":"1","x":1}"#,
            r#"{"contracts":{},"format":1,"kind":"publication","service":"a","stamp":{"at":"soon"},"version":"1"}"#,
            r#"{"contracts":{"b":"12"},"format":1,"kind":"publication","service":"a","stamp":{"at":"2026-11-24T10:00:00Z"},"version":"1"}"#,
            r#"{"contracts":{},"format":1,"kind":"publication","service":"a","stamp":{"at":"2026-11-24T10:00:00Z"},"version":"2","version":"1"}"#,
            r#"{"contracts":{}, "format":1,"kind":"publication","service":"a","stamp":{"at":"2026-11-24T10:00:00Z"},"version":"1"}"#,
        ] {
            assert!(matches!(read(text), DoubtKind::Unreadable(_)), "{text}");
        }
    }
}
