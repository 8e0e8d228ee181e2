//! The contracts that a provider must be verified against: those of its consumers' live versions and of their main
//! branches, each once; and which of their interactions are pending.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::book::Book;
use super::doubt::Doubt;
use super::published::Published;
use super::record::TestResult;
use super::snapshot::StoreError;
use super::version::Version;
use super::write::heads;
use crate::formats::ContractFile;
use crate::interaction::{ContractId, InteractionId, ServiceName};

/// The contracts that a provider must be verified against.
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
    /// The versions with this contract, and the environments in which each is live. The newest of a main branch may not
    /// be live at all.
    pub versions: BTreeMap<Version, BTreeSet<ServiceName>>,
}

/// The contracts that a provider must be verified against: for the versions that are live in an environment or, without
/// one, anywhere.
///
/// # Errors
///
/// Why the store can't be read.
pub fn needed(
    book: &Book<'_>,
    provider: &ServiceName,
    environment: Option<&ServiceName>,
) -> Result<Needed, StoreError> {
    let policy = book.policy()?;
    let mut needed = Needed { doubts: policy.doubts, ..Needed::default() };
    let main_branch = policy.value.main_branch;
    let holders = holders(book, provider, &main_branch, &mut needed.doubts)?;
    let mut live_ids = BTreeSet::new();
    let mut selected = BTreeSet::new();
    for ((consumer, id), Holders { versions, on_main }) in holders {
        let file = match book.contract(provider, &consumer, id)? {
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
        if on_main || environment.map_or(!live_in.is_empty(), |place| live_in.contains(place)) {
            selected.extend(file.ids.iter().copied());
            needed.contracts.push(NeededContract { consumer, id, file, live_in, versions });
        }
    }
    needed.contracts.sort_by_key(|contract| contract.live_in.is_empty());
    let not_live: BTreeSet<InteractionId> = selected.difference(&live_ids).copied().collect();
    if !not_live.is_empty() {
        let upheld = upheld_on_main(book, provider, &main_branch, &mut needed.doubts)?;
        needed.pending = not_live.difference(&upheld).copied().collect();
    }
    needed.doubts.sort();
    needed.doubts.dedup();
    Ok(needed)
}

/// The versions that have one contract.
#[derive(Default)]
struct Holders {
    /// The versions, and the environments in which each is live.
    versions: BTreeMap<Version, BTreeSet<ServiceName>>,
    /// Whether one of them is the newest of a main branch.
    on_main: bool,
}

/// The contracts with a provider that live versions or the newest versions of main branches have.
fn holders(
    book: &Book<'_>,
    provider: &ServiceName,
    main_branch: &str,
    doubts: &mut Vec<Doubt>,
) -> Result<BTreeMap<(ServiceName, ContractId), Holders>, StoreError> {
    let consumers = book.consumers_ever(provider)?;
    let mut holders: BTreeMap<(ServiceName, ContractId), Holders> = BTreeMap::new();
    for place in book.environments()? {
        let world = book.world(&place)?;
        for (consumer, read) in world.iter().filter(|(name, _)| consumers.contains(*name)) {
            doubts.extend(read.doubts.iter().cloned());
            for (version, published) in &read.value.published {
                let Published::As(expected) = published else { continue };
                if let Some(id) = expected.get(provider) {
                    let of_contract = holders.entry((consumer.clone(), *id)).or_default();
                    of_contract.versions.entry(version.clone()).or_default().insert(place.clone());
                }
            }
        }
    }
    for consumer in &consumers {
        let publications = book.publications(consumer)?;
        doubts.extend(publications.doubts);
        for (_, publication) in heads(&publications.value, &main_branch_of(book, consumer, main_branch)?) {
            let Some(id) = publication.contracts.get(provider) else { continue };
            let of_contract = holders.entry((consumer.clone(), *id)).or_default();
            of_contract.versions.entry(publication.version.clone()).or_default();
            of_contract.on_main = true;
        }
    }
    Ok(holders)
}

/// The main branch of a service, which is the store's unless its declaration names another one.
fn main_branch_of(book: &Book<'_>, service: &ServiceName, of_store: &str) -> Result<String, StoreError> {
    let declared = book.service(service)?.and_then(|read| read.value.main_branch);
    Ok(declared.unwrap_or_else(|| of_store.to_owned()))
}

/// The interactions that a version of the provider's main branch has upheld.
fn upheld_on_main(
    book: &Book<'_>,
    provider: &ServiceName,
    main_branch: &str,
    doubts: &mut Vec<Doubt>,
) -> Result<BTreeSet<InteractionId>, StoreError> {
    let branch = main_branch_of(book, provider, main_branch)?;
    let verifications = book.all_verifications(provider)?;
    doubts.extend(verifications.doubts);
    let on_main = verifications.value.iter().filter(|(_, record)| record.branch.as_deref() == Some(branch.as_str()));
    let results = on_main.flat_map(|(_, record)| &record.results);
    Ok(results.filter(|(_, result)| **result == TestResult::Upheld).map(|(id, _)| *id).collect())
}
