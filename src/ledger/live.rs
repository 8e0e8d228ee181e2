//! What is live: an observed-remove set. A record that says "live" counts until another one names it among those that it
//! replaces. Two writers that did not see each other leave both versions live, which is the safe reading; no clock
//! takes part in it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::record::{Deployment, Event, RecordId};
use super::version::Version;
use crate::interaction::ServiceName;

/// One reason why a version of a service is live in an environment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Live {
    pub version: Version,
    /// Started, done or released.
    pub event: Event,
    pub instance: Option<ServiceName>,
    pub record: RecordId,
    /// Since when, for people.
    pub at: String,
    /// Until when a roll-out was to be done.
    pub until: Option<String>,
    /// What the gate said, where it did not say yes.
    pub gate: Option<String>,
    /// The view of the store that its writer decided on.
    pub seen: Option<String>,
}

impl Live {
    /// Whether it is over once a version is deployed to an instance: what was deployed there before, and a roll-out of
    /// this very version. A released version stays, and so does the roll-out of another version, whose fate nobody told.
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

/// All that is live of one service in one environment, in the order of time as far as the records tell it.
pub type LiveSet = Vec<Live>;

/// What is live by these records, which are all of one service in one environment.
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
