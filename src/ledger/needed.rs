//! What a provider has to be verified against: the contracts of its consumers' live versions and of their main branches,
//! each once; and which of their interactions are pending.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::book::Book;
use super::doubt::Doubt;
use super::published::Published;
use super::record::TestResult;
use super::snapshot::StoreError;
use super::version::Version;
use super::write::heads;
use crate::contract::{ContractFile, ContractId, InteractionId, ServiceName};

/// The contracts that a provider has to be verified against.
#[derive(Debug, Default)]
pub struct Needed {
    /// The contracts: first those of live versions, then those that only main branches have.
    pub contracts: Vec<NeededContract>,
    /// The interactions that no live version needs and that the provider's main branch has never upheld: a break is shown,
    /// but isn't the provider's fault.
    pub pending: BTreeSet<InteractionId>,
    /// Files of the store that can't be trusted: contracts may be missing here.
    pub doubts: Vec<Doubt>,
}

/// A contract, and the versions that need it.
#[derive(Debug)]
pub struct NeededContract {
    pub consumer: ServiceName,
    pub id: ContractId,
    pub file: Arc<ContractFile>,
    /// The environments in which a version with this contract is live; empty if only a main branch has it.
    pub live_in: BTreeSet<ServiceName>,
    /// The versions with this contract, and where each is live. The newest of a main branch may not be live at all.
    pub versions: BTreeMap<Version, BTreeSet<ServiceName>>,
}

/// What a provider has to be verified against: for what is live in an environment or, without one, for what is live
/// anywhere.
///
/// # Errors
///
/// Why the store can't be read.
pub fn needed(
    book: &Book<'_>,
    provider: &ServiceName,
    environment: Option<&ServiceName>,
) -> Result<Needed, StoreError> {
    let mut needed = Needed::default();
    let policy = book.policy()?;
    needed.doubts.extend(policy.doubts);
    let main = |name: &ServiceName| -> Result<String, StoreError> {
        let declared = book.service(name)?.and_then(|read| read.value.main_branch);
        Ok(declared.unwrap_or_else(|| policy.value.main_branch.clone()))
    };
    let consumers = book.consumers_ever(provider)?;
    let mut holders: BTreeMap<(ServiceName, ContractId), BTreeMap<Version, BTreeSet<ServiceName>>> = BTreeMap::new();
    for place in book.environments()? {
        let world = book.world(&place)?;
        for (consumer, read) in world.iter().filter(|(name, _)| consumers.contains(*name)) {
            needed.doubts.extend(read.doubts.iter().cloned());
            for (version, published) in &read.value.published {
                let Published::As(expected) = published else { continue };
                if let Some(id) = expected.get(provider) {
                    let versions = holders.entry((consumer.clone(), *id)).or_default();
                    versions.entry(version.clone()).or_default().insert(place.clone());
                }
            }
        }
    }
    let mut on_main: BTreeSet<(ServiceName, ContractId)> = BTreeSet::new();
    for consumer in &consumers {
        let publications = book.publications(consumer)?;
        needed.doubts.extend(publications.doubts);
        for (_, publication) in heads(&publications.value, &main(consumer)?) {
            let Some(id) = publication.contracts.get(provider) else { continue };
            let versions = holders.entry((consumer.clone(), *id)).or_default();
            versions.entry(publication.version.clone()).or_default();
            on_main.insert((consumer.clone(), *id));
        }
    }
    let mut live_ids = BTreeSet::new();
    let mut selected = BTreeSet::new();
    for (key, versions) in holders {
        let (consumer, id) = &key;
        let file = match book.contract(provider, consumer, *id)? {
            Ok(file) => file,
            Err(doubt) => {
                needed.doubts.push(doubt);
                continue;
            }
        };
        let live_in: BTreeSet<ServiceName> = versions.values().flatten().cloned().collect();
        if !live_in.is_empty() {
            live_ids.extend(file.ids.iter().copied());
        }
        if on_main.contains(&key) || environment.map_or(!live_in.is_empty(), |place| live_in.contains(place)) {
            selected.extend(file.ids.iter().copied());
            needed.contracts.push(NeededContract { consumer: consumer.clone(), id: *id, file, live_in, versions });
        }
    }
    needed.contracts.sort_by_key(|contract| contract.live_in.is_empty());
    let open: BTreeSet<InteractionId> = selected.difference(&live_ids).copied().collect();
    if !open.is_empty() {
        let branch = main(provider)?;
        let verifications = book.all_verifications(provider)?;
        needed.doubts.extend(verifications.doubts);
        let of_main =
            verifications.value.iter().filter(|(_, record)| record.branch.as_deref() == Some(branch.as_str()));
        let held: BTreeSet<InteractionId> = of_main
            .flat_map(|(_, record)| &record.results)
            .filter(|(_, result)| **result == TestResult::Upheld)
            .map(|(id, _)| *id)
            .collect();
        needed.pending = open.difference(&held).copied().collect();
    }
    needed.doubts.sort();
    needed.doubts.dedup();
    Ok(needed)
}
