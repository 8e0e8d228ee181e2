//! The live versions in an environment and their publications: read for all services at once, and cached.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::doubt::Doubt;
use super::layout;
use super::live::{LiveSet, live};
use super::published::Published;
use super::reading::{Read, RecordFolder, Records, records, records_below};
use super::record::Record;
use super::snapshot::{EntryKind, Snapshot, StoreError};
use super::version::Version;
use crate::interaction::ServiceName;

/// The live versions of a service in an environment, and their publications.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceWorld {
    pub live: LiveSet,
    pub published: BTreeMap<Version, Published>,
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
            world.insert(service, Read { value: ServiceWorld::default(), doubts: vec![doubt] });
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
    let mut worlds: Vec<Read<ServiceWorld>> = histories.into_iter().map(live_by).collect();
    let versions: Vec<(usize, Version)> = worlds
        .iter()
        .enumerate()
        .flat_map(|(number, read)| {
            let versions: std::collections::BTreeSet<&Version> =
                read.value.live.iter().map(|one| &one.version).collect();
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
        world.doubts.extend(doubts);
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

fn live_by(history: Records) -> Read<ServiceWorld> {
    let Read { value, doubts } = history.of_kind(Record::deployment);
    Read { value: ServiceWorld { live: live(&value), published: BTreeMap::new() }, doubts }
}
