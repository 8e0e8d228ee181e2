//! The live versions in an environment and their publications: read for all services at once, and cached.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::doubt::{Doubt, DoubtKind};
use super::layout;
use super::live::{LiveSet, live};
use super::published::Published;
use super::reading::{Read, RecordFolder, Records, records, records_below};
use super::record::{Event, Record, doubtful};
use super::snapshot::{EntryKind, Snapshot, StoreError};
use super::version::Version;
use crate::interaction::ServiceName;

/// The live versions of a service in an environment, and their publications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceWorld {
    pub live: LiveSet,
    pub published: BTreeMap<Version, Published>,
    /// The records of what happened that can't be read. Any of them may make a version live.
    #[serde(skip)]
    pub doubtful: Vec<DoubtfulDeployment>,
    /// The doubts about what live versions have published.
    #[serde(skip)]
    pub unread: BTreeMap<Version, Vec<Doubt>>,
}

/// A record of what happened to a service that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtfulDeployment {
    pub doubt: Doubt,
    /// The versions that it may be about; `None` if that may be any.
    pub versions: Option<BTreeSet<Version>>,
    pub rollout: DoubtfulRollout,
}

/// Whether a record that can't be read may be the beginning of a roll-out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoubtfulRollout {
    /// Nothing in it looks like one.
    No,
    /// It was decided on this view of the store.
    On(String),
    /// It looks like one, but the view can't be read.
    OnUnknown,
}

/// The cache for an environment: for each service, the result of its records, and the contents that they were read
/// from.
#[derive(Default, Serialize, Deserialize)]
struct Cached {
    services: BTreeMap<ServiceName, (String, ServiceWorld)>,
}

/// The live versions in an environment, for every service that was ever there. Everything that could be read without a
/// doubt is cached, and only read again after it has changed.
pub(super) fn world(
    snapshot: &dyn Snapshot,
    environment: &ServiceName,
) -> Result<BTreeMap<ServiceName, Read<ServiceWorld>>, StoreError> {
    let publications: BTreeMap<String, Option<String>> =
        snapshot.list(layout::PUBLICATIONS)?.into_iter().map(|entry| (entry.name, entry.content)).collect();
    let name = format!("world-{environment}-{}", env!("CARGO_PKG_VERSION"));
    let cached: Cached =
        snapshot.recall(&name).and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let mut known = cached.services;
    let mut world = BTreeMap::new();
    let mut next = Cached::default();
    let mut unread: Vec<(ServiceName, Option<String>)> = Vec::new();
    for entry in snapshot.list(&format!("{}/{environment}", layout::DEPLOYMENTS))? {
        let Ok(service) = entry.name.parse::<ServiceName>() else { continue };
        // A file here isn't a folder of records, and may have replaced one.
        if entry.kind != EntryKind::Folder {
            let doubt = Doubt::unreadable(layout::deployments(environment, &service), "it isn't a folder");
            let one = DoubtfulDeployment { doubt: doubt.clone(), versions: None, rollout: DoubtfulRollout::No };
            let value = ServiceWorld { doubtful: vec![one], ..ServiceWorld::default() };
            world.insert(service, Read { value, doubts: vec![doubt] });
            continue;
        }
        // If the store knows ids of contents, these tell when nothing has changed.
        let of = entry.content.as_ref().map(|content| {
            let published = publications.get(entry.name.as_str()).cloned().flatten().unwrap_or_default();
            format!("{content} {published}")
        });
        match (known.remove(&service), of) {
            (Some((before, value)), Some(of)) if before == of => {
                next.services.insert(service.clone(), (of, value.clone()));
                world.insert(service, Read { value, doubts: Vec::new() });
            }
            (_, of) => unread.push((service, of)),
        }
    }
    let changed = !unread.is_empty() || !known.is_empty();
    let names: Vec<ServiceName> = unread.iter().map(|(service, _)| service.clone()).collect();
    for ((service, of), read) in unread.into_iter().zip(read_worlds(snapshot, environment, &names)?) {
        if let (Some(of), true) = (of, read.doubts.is_empty()) {
            next.services.insert(service.clone(), (of, read.value.clone()));
        }
        world.insert(service, read);
    }
    if changed && let Ok(bytes) = serde_json::to_vec(&next) {
        snapshot.remember(&name, &bytes);
    }
    Ok(world)
}

/// The live versions of these services, in the same order.
fn read_worlds(
    snapshot: &dyn Snapshot,
    environment: &ServiceName,
    services: &[ServiceName],
) -> Result<Vec<Read<ServiceWorld>>, StoreError> {
    let folders: Vec<String> = services.iter().map(|service| layout::deployments(environment, service)).collect();
    let histories = records_below(snapshot, &folders)?;
    let mut worlds: Vec<Read<ServiceWorld>> =
        histories.into_iter().map(|history| live_by(snapshot, history)).collect::<Result<_, _>>()?;
    let versions: Vec<(usize, Version)> = worlds
        .iter()
        .enumerate()
        .flat_map(|(number, read)| {
            let versions: BTreeSet<&Version> = read.value.live.iter().map(|one| &one.version).collect();
            versions.into_iter().map(move |version| (number, version.clone())).collect::<Vec<_>>()
        })
        .collect();
    let wanted: Vec<RecordFolder<'_>> = versions
        .iter()
        .map(|(number, version)| RecordFolder {
            folder: layout::publications(&services[*number], version),
            version: Some(version),
        })
        .collect();
    let read = records(snapshot, &wanted)?;
    for ((number, version), read) in versions.iter().zip(read) {
        let Read { value, doubts } = read.of_kind(Record::publication);
        let world = &mut worlds[*number];
        world.doubts.extend(doubts.iter().cloned());
        if !doubts.is_empty() {
            world.value.unread.insert(version.clone(), doubts);
        }
        if let Some(published) = Published::of(value.into_iter().map(|(_, record)| record)) {
            world.value.published.insert(version.clone(), published);
        }
    }
    for world in &mut worlds {
        world.doubts.sort();
        world.doubts.dedup();
    }
    Ok(worlds)
}

fn live_by(snapshot: &dyn Snapshot, history: Records) -> Result<Read<ServiceWorld>, StoreError> {
    let Read { value, doubts } = history.of_kind(Record::deployment);
    let doubtful = doubtful_deployments(snapshot, &doubts)?;
    Ok(Read { value: ServiceWorld { live: live(&value), doubtful, ..ServiceWorld::default() }, doubts })
}

/// What files still tell that can't be read as records of what happened.
pub(super) fn doubtful_deployments(
    snapshot: &dyn Snapshot,
    doubts: &[Doubt],
) -> Result<Vec<DoubtfulDeployment>, StoreError> {
    let paths: Vec<String> = doubts.iter().map(|doubt| doubt.path.clone()).collect();
    let contents = snapshot.read(&paths)?;
    Ok(doubts.iter().cloned().zip(contents).map(|(doubt, bytes)| doubtful_deployment(doubt, bytes)).collect())
}

/// Everything but the beginning of a roll-out.
const OTHER_EVENTS: [Event; 5] = [Event::Done, Event::Aborted, Event::Undeployed, Event::Released, Event::SupportEnded];

/// What a file still tells that can't be read as a record: its name tells the version, and so may its content.
fn doubtful_deployment(doubt: Doubt, bytes: Option<Vec<u8>>) -> DoubtfulDeployment {
    let name = doubt.path.rsplit('/').next().unwrap_or_default();
    let named: Option<Version> = layout::record_name(name).and_then(|(version, _)| version?.parse().ok());
    let bytes = bytes.unwrap_or_default();
    // If only its name is wrong, its content is intact and tells the version, too.
    let said = match doubtful(&bytes).filter(|_| doubt.kind == DoubtKind::Misplaced) {
        Some(Record::Deployment(record)) => Some(record.version),
        _ => None,
    };
    let versions = named.map(|named| said.into_iter().chain([named]).collect());
    let text = String::from_utf8_lossy(&bytes);
    let view = text.split_once(r#""seen":""#).and_then(|(_, rest)| rest.split_once('"'));
    let is_event =
        |event: &Event| serde_json::to_string(event).is_ok_and(|event| text.contains(&format!(r#""event":{event}"#)));
    let rollout = match view {
        // Damage in one place leaves the others: what says that it is something else isn't the beginning of a roll-out.
        _ if OTHER_EVENTS.iter().any(is_event) => DoubtfulRollout::No,
        Some((view, _)) => DoubtfulRollout::On(view.to_owned()),
        None if ["started", "\"seen\"", "\"until\""].iter().any(|sign| text.contains(sign)) => {
            DoubtfulRollout::OnUnknown
        }
        None => DoubtfulRollout::No,
    };
    DoubtfulDeployment { doubt, versions, rollout }
}
