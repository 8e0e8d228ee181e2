//! New records: the files that a publication, a verification or a deployment adds to a store, or why it is refused.
//!
//! Each is based on one view of the store, and replaces records as that view has them. Whether the store has changed since
//! is checked when the files are added.

use std::collections::{BTreeMap, BTreeSet};

use super::abbreviation::full_version;
use super::book::Book;
use super::branches::{branch_name, heads};
use super::contracts::{StoredContract, contract_files};
use super::layout;
use super::live::{Live, live};
use super::published::Published;
use super::reading::Read;
use super::record::{Deployment, Event, Publication, Record, RecordId, Stamp, Verification};
use super::refusal::{NameKind, Refusal};
use super::snapshot::NewFile;
use super::version::{ServiceVersion, Version};
use crate::formats::contract_id;
use crate::interaction::{ContractId, ServiceName};

/// The files that publish a version's expectations: its contracts, and the publication last. Empty if the same is
/// already published.
///
/// # Errors
///
/// Why it is refused.
pub fn publish(
    book: &Book<'_>,
    of: &ServiceVersion,
    branch: Option<&str>,
    contracts: &[StoredContract],
    stamp: Stamp,
) -> Result<Vec<NewFile>, Refusal> {
    // An abbreviation must not become a version of its own.
    let of = &full_version(book, of)?;
    let branch = branch.map(branch_name);
    let services = book.services()?;
    let names = book.names()?;
    declared(NameKind::Service, &of.service, &services)?;
    in_use(book, &of.service, &stamp)?;
    for stored in contracts {
        declared(NameKind::Service, names.current(&stored.contract.provider), &services)?;
    }
    let all = book.publications(&of.service)?.value;
    let ids: Vec<ContractId> = contracts.iter().map(|stored| contract_id(&stored.contract)).collect();
    let expected: BTreeMap<ServiceName, ContractId> =
        contracts.iter().zip(&ids).map(|(stored, id)| (stored.contract.provider.clone(), *id)).collect();
    let present: BTreeMap<ServiceName, ContractId> =
        expected.iter().map(|(name, id)| (names.current(name).clone(), *id)).collect();
    if present.len() < expected.len() {
        let twice = |name: &&ServiceName| names.all(name).iter().filter(|one| expected.contains_key(*one)).count() > 1;
        let provider = present.keys().find(twice).cloned().unwrap_or_else(|| of.service.clone());
        let names = names.all(&provider).into_iter().filter(|name| expected.contains_key(name)).collect();
        return Err(Refusal::OneProvider { version: of.clone(), names });
    }
    match trusted(book.published(&of.service, &of.version)?)? {
        // Another branch is worth a record: a merge may bring the same version to the main branch.
        Some(Published::As(before)) if before == present => match branch {
            Some(branch) if !is_of_branch(&all, &of.version, branch) => {}
            _ => return Ok(Vec::new()),
        },
        Some(Published::As(before)) => return Err(Refusal::PublishedOtherwise { version: of.clone(), before }),
        Some(Published::Conflicting) => {
            return Err(Refusal::PublishedOtherwise { version: of.clone(), before: BTreeMap::new() });
        }
        None => {}
    }
    let replaces = match branch {
        Some(branch) => heads(&all, branch).into_iter().map(|(id, _)| *id).collect(),
        None => BTreeSet::new(),
    };
    let mut files = Vec::new();
    for (stored, id) in contracts.iter().zip(ids) {
        if !book.has(&layout::contract(&stored.contract.provider, &stored.contract.consumer, id))? {
            files.extend(contract_files(stored, id));
        }
    }
    files.push(file(&Record::Publication(Publication {
        service: of.service.clone(),
        version: of.version.clone(),
        branch: branch.map(str::to_owned),
        contracts: expected,
        replaces,
        stamp,
    })));
    Ok(files)
}

fn is_of_branch(publications: &[(RecordId, Publication)], version: &Version, branch: &str) -> bool {
    let of_version = publications.iter().filter(|(_, publication)| publication.version == *version);
    of_version.into_iter().any(|(_, publication)| publication.branch.as_deref() == Some(branch))
}

/// The file that records a verification. With `supersede`, earlier results of this version for the same interactions no
/// longer count.
///
/// # Errors
///
/// Why it is refused.
pub fn verification(book: &Book<'_>, mut verification: Verification, supersede: bool) -> Result<Vec<NewFile>, Refusal> {
    verification.provider = book.names()?.current(&verification.provider).clone();
    declared(NameKind::Service, &verification.provider, &book.services()?)?;
    verification.branch = verification.branch.map(|branch| branch_name(&branch).to_owned());
    let of = ServiceVersion::new(verification.provider.clone(), verification.version.clone());
    verification.version = full_version(book, &of)?.version;
    if supersede {
        let before = book.verifications(&verification.provider, &verification.version)?;
        let same = |record: &Verification| record.results.keys().any(|id| verification.results.contains_key(id));
        let supersedes: BTreeSet<RecordId> =
            before.value.iter().filter(|(_, record)| same(record)).map(|(id, _)| *id).collect();
        verification.supersedes = supersedes;
    }
    Ok(vec![file(&Record::Verification(verification))])
}

/// The place of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub environment: ServiceName,
    /// The instance, if the service has several permanent ones there.
    pub instance: Option<ServiceName>,
}

/// How a version goes live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// Its roll-out begins, and is due then.
    Started { until: String },
    /// It has replaced the earlier version.
    Done,
    /// It was released to users alongside earlier versions.
    Released,
}

/// The file that records that a version is live from now on. `gate` is the gate's decision, unless it was a yes.
///
/// # Errors
///
/// Why it is refused, for example because the version was never published. `fact` allows that.
pub fn arrive(
    book: &Book<'_>,
    of: &ServiceVersion,
    target: &Target,
    arrival: Arrival,
    fact: bool,
    gate: Option<String>,
    stamp: Stamp,
) -> Result<Vec<NewFile>, Refusal> {
    check_names(book, of, target)?;
    in_use(book, &of.service, &stamp)?;
    if !fact && trusted(book.published(&of.service, &of.version)?)?.is_none() {
        return Err(Refusal::NotPublished { version: of.clone(), known: book.versions(&of.service)? });
    }
    // Unreadable records can't be replaced, and remain doubts.
    let history = book.history(&target.environment, &of.service)?.value;
    let live = live(&history);
    let replaces = |over: &dyn Fn(&Live) -> bool| live.iter().filter(|one| over(one)).map(|one| one.record).collect();
    let again =
        |one: &Live, event: Event| one.version == of.version && one.instance == target.instance && one.event == event;
    let (event, until, replaces): (Event, Option<String>, BTreeSet<RecordId>) = match arrival {
        // Recording a roll-out again extends it.
        Arrival::Started { until } => (Event::Started, Some(until), replaces(&|one| again(one, Event::Started))),
        Arrival::Done => {
            let seen = seen_by_rollouts(&history, live.iter().filter(|one| again(one, Event::Started)));
            let is_known = |one: &Live| seen.as_ref().is_none_or(|seen| seen.contains(&one.record));
            let over = |one: &Live| {
                one.ends_with(&of.version, target.instance.as_ref()) && (one.version == of.version || is_known(one))
            };
            (Event::Done, None, replaces(&over))
        }
        Arrival::Released => {
            (Event::Released, None, replaces(&|one| again(one, Event::Released) || again(one, Event::Started)))
        }
    };
    // If the record would say the same, none is needed.
    let same = |one: &Live| again(one, event) && one.gate == gate && replaces.contains(&one.record);
    if until.is_none() && replaces.len() == 1 && live.iter().any(same) {
        return Ok(Vec::new());
    }
    let is_deployed = |one: &&Live| one.event == Event::Done && one.instance == target.instance;
    let before = match event {
        Event::Started => live.iter().filter(is_deployed).map(|one| one.record).collect(),
        _ => BTreeSet::new(),
    };
    Ok(vec![deployment(book, of, target, Change { event, replaces, before, gate, until }, stamp)])
}

/// The deployments that were there when one of these roll-outs began, and the records that say the same again of the same
/// version; `None` if there is no such roll-out.
fn seen_by_rollouts<'l>(
    history: &[(RecordId, Deployment)],
    rollouts: impl Iterator<Item = &'l Live>,
) -> Option<BTreeSet<RecordId>> {
    let of = |id: &RecordId| history.iter().find(|(other, _)| other == id).map(|(_, record)| record);
    let mut seen: Option<BTreeSet<RecordId>> = None;
    for record in rollouts.filter_map(|one| of(&one.record)) {
        seen.get_or_insert_default().extend(&record.before);
    }
    let mut seen = seen?;
    loop {
        let is_again = |record: &Deployment| {
            record.event == Event::Done
                && record
                    .replaces
                    .iter()
                    .any(|id| seen.contains(id) && of(id).is_some_and(|one| one.version == record.version))
        };
        let more: Vec<RecordId> =
            history.iter().filter(|(id, record)| !seen.contains(id) && is_again(record)).map(|(id, _)| *id).collect();
        if more.is_empty() {
            return Some(seen);
        }
        seen.extend(more);
    }
}

/// How a version stops being live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It is gone; released versions stay live.
    Undeployed,
    /// Its roll-out was given up; the version that was live before stays live.
    GivenUp,
    /// The released version is no longer supported.
    SupportEnded,
}

impl Departure {
    /// Whether it ends what this event began.
    #[must_use]
    pub const fn ends(self, event: Event) -> bool {
        match self {
            Self::Undeployed => matches!(event, Event::Done | Event::Started),
            Self::GivenUp => matches!(event, Event::Started),
            Self::SupportEnded => matches!(event, Event::Released),
        }
    }
}

/// The file that records that a version is no longer live: on the named instance, on the only one, or on `all`. `gate` is
/// the gate's decision, unless it was a yes.
///
/// # Errors
///
/// Why it is refused.
pub fn depart(
    book: &Book<'_>,
    of: &ServiceVersion,
    target: &Target,
    departure: Departure,
    all: bool,
    gate: Option<String>,
    stamp: Stamp,
) -> Result<Vec<NewFile>, Refusal> {
    check_names(book, of, target)?;
    let live = trusted(book.live(&target.environment, &of.service)?)?;
    let meant = |one: &&Live| {
        one.version == of.version
            && departure.ends(one.event)
            && (target.instance.is_none() || one.instance == target.instance)
    };
    let over: Vec<&Live> = live.iter().filter(meant).collect();
    let has = |event: Event| over.iter().any(|one| one.event == event);
    if over.is_empty() {
        let environment = target.environment.clone();
        return Err(Refusal::NotLive { version: of.clone(), environment, live });
    }
    let instances: BTreeSet<Option<&ServiceName>> = over.iter().map(|one| one.instance.as_ref()).collect();
    if instances.len() > 1 && !all {
        let live = over.into_iter().cloned().collect();
        return Err(Refusal::Instances { version: of.clone(), live });
    }
    // Giving up the second roll-out of a live version must not end the version itself.
    if has(Event::Started) && has(Event::Done) && !all {
        return Err(Refusal::LiveAndRollingOut { version: of.clone() });
    }
    let event = match departure {
        Departure::SupportEnded => Event::SupportEnded,
        Departure::Undeployed if has(Event::Done) => Event::Undeployed,
        Departure::Undeployed | Departure::GivenUp => Event::Aborted,
    };
    let replaces = over.iter().map(|one| one.record).collect();
    let change = Change { event, replaces, before: BTreeSet::new(), gate, until: None };
    Ok(vec![deployment(book, of, target, change, stamp)])
}

/// What a deployment's record says besides its version and its place.
struct Change {
    event: Event,
    replaces: BTreeSet<RecordId>,
    before: BTreeSet<RecordId>,
    gate: Option<String>,
    until: Option<String>,
}

fn deployment(book: &Book<'_>, of: &ServiceVersion, target: &Target, change: Change, stamp: Stamp) -> NewFile {
    let Change { event, replaces, before, gate, until } = change;
    file(&Record::Deployment(Deployment {
        environment: target.environment.clone(),
        service: of.service.clone(),
        version: of.version.clone(),
        event,
        instance: target.instance.clone(),
        replaces,
        before,
        gate,
        until,
        // It also distinguishes records that would be equal otherwise, of the same event within one second.
        seen: Some(book.id().to_owned()),
        stamp,
    }))
}

fn check_names(book: &Book<'_>, of: &ServiceVersion, target: &Target) -> Result<(), Refusal> {
    declared(NameKind::Service, &of.service, &book.services()?)?;
    declared(NameKind::Environment, &target.environment, &book.environments()?)
}

fn declared(kind: NameKind, name: &ServiceName, known: &BTreeSet<ServiceName>) -> Result<(), Refusal> {
    if known.contains(name) {
        return Ok(());
    }
    Err(Refusal::Undeclared { kind, name: name.clone(), known: known.clone() })
}

/// Checks that a service isn't retired.
fn in_use(book: &Book<'_>, service: &ServiceName, stamp: &Stamp) -> Result<(), Refusal> {
    let declared = book.service(service)?.map(|read| read.value).unwrap_or_default();
    match (declared.retired, stamp.day()) {
        (Some(since), Some(day)) if declared.is_retired(day) => {
            Err(Refusal::Retired { service: service.clone(), since })
        }
        _ => Ok(()),
    }
}

fn trusted<T>(read: Read<T>) -> Result<T, Refusal> {
    if read.doubts.is_empty() { Ok(read.value) } else { Err(Refusal::Doubtful(read.doubts)) }
}

fn file(record: &Record) -> NewFile {
    let (bytes, id) = record.bytes();
    NewFile::new(layout::record(record, id), bytes)
}
