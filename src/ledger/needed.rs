//! The contracts that a provider must be verified against: those of its consumers' live versions and of their main
//! branches, each once; and which of their interactions are pending.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::book::Book;
use super::branches::{heads, main_branch};
use super::doubt::Doubt;
use super::published::Published;
use super::record::TestResult;
use super::refusal::Refusal;
use super::snapshot::StoreError;
use super::version::{ServiceVersion, Version};
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
    /// Whether the newest version of a main branch has it.
    pub on_main: bool,
    /// The versions with this contract, and the environments in which each is live. The newest of a main branch may not
    /// be live at all.
    pub versions: BTreeMap<Version, BTreeSet<ServiceName>>,
}

/// The contracts that a provider must be verified against: for the versions that are live in an environment or, without
/// one, anywhere; and for main branches, unless the consumer is retired on that day.
///
/// # Errors
///
/// Why the store can't be read.
pub fn needed(
    book: &Book<'_>,
    provider: &ServiceName,
    environment: Option<&ServiceName>,
    day: Date,
) -> Result<Needed, StoreError> {
    let mut needed = Needed { doubts: book.policy()?.doubts, ..Needed::default() };
    let holders = holders(book, provider, day, &mut needed.doubts)?;
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
            needed.contracts.push(NeededContract { consumer, id, file, live_in, on_main, versions });
        }
    }
    needed.contracts.sort_by_key(|contract| contract.live_in.is_empty());
    let not_live: BTreeSet<InteractionId> = selected.difference(&live_ids).copied().collect();
    if !not_live.is_empty() {
        let upheld = upheld_on_main(book, provider, &mut needed.doubts)?;
        needed.pending = not_live.difference(&upheld).copied().collect();
    }
    needed.doubts.sort();
    needed.doubts.dedup();
    Ok(needed)
}

/// The contracts of one version of a consumer with its providers, wherever that version is: with the named ones, or with
/// all if none is named.
///
/// # Errors
///
/// That the version was never published, or can't be trusted.
pub fn needed_for(
    book: &Book<'_>,
    consumer: &ServiceVersion,
    providers: &BTreeSet<ServiceName>,
) -> Result<Vec<(ServiceName, NeededContract)>, Refusal> {
    let ServiceVersion { service, version } = consumer;
    let read = book.published(service, version)?;
    if !read.doubts.is_empty() {
        return Err(Refusal::Doubtful(read.doubts));
    }
    let expected = match read.value {
        Some(Published::As(expected)) => expected,
        Some(Published::Conflicting) => {
            return Err(Refusal::PublishedOtherwise { version: consumer.clone(), before: BTreeMap::new() });
        }
        None => return Err(Refusal::NotPublished { version: consumer.clone(), known: book.versions(service)? }),
    };
    let mut live_in = BTreeSet::new();
    for place in book.environments()? {
        let live = book.live(&place, service)?.value;
        if live.iter().any(|one| one.version == *version) {
            live_in.insert(place);
        }
    }
    let mut contracts = Vec::new();
    for (provider, id) in expected {
        if !providers.is_empty() && !providers.contains(&provider) {
            continue;
        }
        let file = book.contract(&provider, service, id)?.map_err(|doubt| Refusal::Doubtful(vec![doubt]))?;
        let versions = BTreeMap::from([(version.clone(), live_in.clone())]);
        let (consumer, live_in) = (service.clone(), live_in.clone());
        contracts.push((provider, NeededContract { consumer, id, file, live_in, on_main: false, versions }));
    }
    Ok(contracts)
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
    day: Date,
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
        if book.service(consumer)?.is_some_and(|read| read.value.is_retired(day)) {
            continue;
        }
        let publications = book.publications(consumer)?;
        doubts.extend(publications.doubts);
        for (_, publication) in heads(&publications.value, &main_branch(book, consumer)?) {
            let Some(id) = publication.contracts.get(provider) else { continue };
            let of_contract = holders.entry((consumer.clone(), *id)).or_default();
            of_contract.versions.entry(publication.version.clone()).or_default();
            of_contract.on_main = true;
        }
    }
    Ok(holders)
}

/// The interactions that a version of the provider's main branch has upheld.
fn upheld_on_main(
    book: &Book<'_>,
    provider: &ServiceName,
    doubts: &mut Vec<Doubt>,
) -> Result<BTreeSet<InteractionId>, StoreError> {
    let branch = main_branch(book, provider)?;
    let verifications = book.all_verifications(provider)?;
    doubts.extend(verifications.doubts);
    let on_main = verifications.value.iter().filter(|(_, record)| record.branch.as_deref() == Some(branch.as_str()));
    let results = on_main.flat_map(|(_, record)| &record.results);
    Ok(results.filter(|(_, result)| **result == TestResult::Upheld).map(|(id, _)| *id).collect())
}
