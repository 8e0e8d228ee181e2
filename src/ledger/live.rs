//! The live versions: an observed-remove set. A record that makes a version live counts until another record replaces
//! it. Two writers that didn't see each other's record leave both versions live, which is the safe result. No clock is
//! involved.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::record::{Deployment, Event, RecordId};
use super::version::Version;
use crate::interaction::ServiceName;

/// A live version of a service in an environment, and the record that makes it so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Live {
    pub version: Version,
    /// Started, done or released.
    pub event: Event,
    pub instance: Option<ServiceName>,
    pub record: RecordId,
    /// Since when, for people.
    pub at: String,
    /// When the roll-out is due.
    pub until: Option<String>,
    /// The gate's decision, unless it was a yes.
    pub gate: Option<String>,
    /// The view of the store that its writer decided on.
    pub seen: Option<String>,
}

impl Live {
    /// Whether deploying a version to an instance ends this: true for versions that were deployed there before, and for
    /// a roll-out of the same version. A released version stays, as does the roll-out of another version, whose end is
    /// unknown.
    #[must_use]
    pub fn ends_with(&self, version: &Version, instance: Option<&ServiceName>) -> bool {
        self.instance.as_ref() == instance
            && match self.event {
                Event::Done => true,
                Event::Started => self.version == *version,
                _ => false,
            }
    }
}

/// Everything that is live of one service in one environment, in the order of the records' times.
pub type LiveSet = Vec<Live>;

/// The live versions according to these records, which all belong to one service in one environment.
#[must_use]
pub fn live(records: &[(RecordId, Deployment)]) -> LiveSet {
    let replaced: BTreeSet<RecordId> = records.iter().flat_map(|(_, record)| &record.replaces).copied().collect();
    let mut set: LiveSet = records
        .iter()
        .filter(|(id, record)| record.event.makes_live() && !replaced.contains(id))
        .map(|(id, record)| Live {
            version: record.version.clone(),
            event: record.event,
            instance: record.instance.clone(),
            record: *id,
            at: record.stamp.at.clone(),
            until: record.until.clone(),
            gate: record.gate.clone(),
            seen: record.seen.clone(),
        })
        .collect();
    set.sort_by(|one, other| (&one.at, one).cmp(&(&other.at, other)));
    set
}
