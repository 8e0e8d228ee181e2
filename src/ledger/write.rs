//! New records: the files that a publication, a verification or a deployment adds to a store, or why it is refused.
//!
//! Each is based on one view of the store, and replaces records as that view has them. Whether the store has changed since
//! is checked when the files are added.

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::contracts::{StoredContract, contract_files};
use super::doubt::Doubt;
use super::layout;
use super::live::Live;
use super::published::Published;
use super::reading::Read;
use super::record::{Deployment, Event, Publication, Record, RecordId, Stamp, Verification};
use super::snapshot::{NewFile, StoreError};
use super::version::{ServiceVersion, Version};
use crate::formats::contract_id;
use crate::interaction::{ContractId, ServiceName};

/// Why a fact isn't recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The store doesn't declare the name; the names that it does.
    Undeclared { kind: NameKind, name: ServiceName, known: BTreeSet<ServiceName> },
    /// The version is already published with different contracts.
    PublishedOtherwise { version: ServiceVersion, before: BTreeMap<ServiceName, ContractId> },
    /// The version is only the beginning of a published commit id.
    Abbreviated { version: ServiceVersion, longer: Version },
    /// The version was never published; the service's versions that were.
    NotPublished { version: ServiceVersion, known: BTreeSet<Version> },
    /// The version isn't live in the environment in this way; the versions of the service that are.
    NotLive { version: ServiceVersion, live: Vec<Live> },
    /// The version is live on several instances, and none of them was named.
    Instances { version: ServiceVersion, live: Vec<Live> },
    /// The version is both live and rolling out again, and neither was named.
    LiveAndRollingOut { version: ServiceVersion },
    /// Files that it depends on can't be trusted.
    Doubtful(Vec<Doubt>),
    /// The store can't be read.
    Store(StoreError),
}

/// Whether a name belongs to a service or an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    Service,
    Environment,
}

impl NameKind {
    /// The noun, which is also the option of `upheld store init` that declares such a name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Environment => "environment",
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

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
    let services = book.services()?;
    let names = std::iter::once(&of.service).chain(contracts.iter().map(|stored| &stored.contract.provider));
    for name in names {
        declared(NameKind::Service, name, &services)?;
    }
    let all = book.publications(&of.service)?.value;
    if let Some(longer) = abbreviated(&of.version, all.iter().map(|(_, record)| &record.version)) {
        return Err(Refusal::Abbreviated { version: of.clone(), longer });
    }
    let ids: Vec<ContractId> = contracts.iter().map(|stored| contract_id(&stored.contract)).collect();
    let expected: BTreeMap<ServiceName, ContractId> =
        contracts.iter().zip(&ids).map(|(stored, id)| (stored.contract.provider.clone(), *id)).collect();
    match trusted(book.published(&of.service, &of.version)?)? {
        // Another branch is worth a record: a merge may bring the same version to the main branch.
        Some(Published::As(before)) if before == expected => match branch {
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

/// The published version that an abbreviated commit id refers to. Output abbreviates ids, and an abbreviated id must
/// not become a version of its own.
#[must_use]
pub fn abbreviated<'v>(version: &Version, known: impl IntoIterator<Item = &'v Version>) -> Option<Version> {
    let text = version.as_str();
    let is_cut = (7..40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_longer = |known: &&Version| known.as_str().len() == 40 && known.as_str().starts_with(text);
    if is_cut { known.into_iter().find(is_longer).cloned() } else { None }
}

/// The newest publications of a branch: those that no other one replaces. There are several if their writers didn't see
/// each other's.
#[must_use]
pub fn heads<'p>(publications: &'p [(RecordId, Publication)], branch: &str) -> Vec<&'p (RecordId, Publication)> {
    let of_branch = || publications.iter().filter(|(_, publication)| publication.branch.as_deref() == Some(branch));
    let replaced: BTreeSet<RecordId> =
        of_branch().flat_map(|(_, publication)| &publication.replaces).copied().collect();
    of_branch().filter(|(id, _)| !replaced.contains(id)).collect()
}

/// The file that records a verification. With `supersede`, earlier results of this version for the same interactions no
/// longer count.
///
/// # Errors
///
/// Why it is refused.
pub fn verification(book: &Book<'_>, mut verification: Verification, supersede: bool) -> Result<Vec<NewFile>, Refusal> {
    declared(NameKind::Service, &verification.provider, &book.services()?)?;
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
    if !fact && trusted(book.published(&of.service, &of.version)?)?.is_none() {
        return Err(Refusal::NotPublished { version: of.clone(), known: book.versions(&of.service)? });
    }
    // Unreadable records can't be replaced, and remain doubts.
    let live = book.live(&target.environment, &of.service)?.value;
    let replaces = |over: &dyn Fn(&Live) -> bool| live.iter().filter(|one| over(one)).map(|one| one.record).collect();
    let again =
        |one: &Live, event: Event| one.version == of.version && one.instance == target.instance && one.event == event;
    let (event, until, replaces): (Event, Option<String>, BTreeSet<RecordId>) = match arrival {
        // Recording a roll-out again extends it.
        Arrival::Started { until } => (Event::Started, Some(until), replaces(&|one| again(one, Event::Started))),
        Arrival::Done => (Event::Done, None, replaces(&|one| one.ends_with(&of.version, target.instance.as_ref()))),
        Arrival::Released => {
            (Event::Released, None, replaces(&|one| again(one, Event::Released) || again(one, Event::Started)))
        }
    };
    // If the record would say the same, none is needed.
    let same = |one: &Live| again(one, event) && one.gate == gate && replaces.contains(&one.record);
    if until.is_none() && replaces.len() == 1 && live.iter().any(same) {
        return Ok(Vec::new());
    }
    Ok(vec![deployment(book, of, target, event, replaces, gate, until, stamp)])
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

/// The file that records that a version is no longer live: on the named instance, on the only one, or on `all`.
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
    stamp: Stamp,
) -> Result<Vec<NewFile>, Refusal> {
    check_names(book, of, target)?;
    let live = trusted(book.live(&target.environment, &of.service)?)?;
    let ends = |event: Event| match departure {
        Departure::Undeployed => matches!(event, Event::Done | Event::Started),
        Departure::GivenUp => event == Event::Started,
        Departure::SupportEnded => event == Event::Released,
    };
    let meant = |one: &&Live| {
        one.version == of.version && ends(one.event) && (target.instance.is_none() || one.instance == target.instance)
    };
    let over: Vec<&Live> = live.iter().filter(meant).collect();
    let has = |event: Event| over.iter().any(|one| one.event == event);
    if over.is_empty() {
        return Err(Refusal::NotLive { version: of.clone(), live });
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
    Ok(vec![deployment(book, of, target, event, replaces, None, None, stamp)])
}

#[expect(clippy::too_many_arguments, reason = "each is one field of the record")]
fn deployment(
    book: &Book<'_>,
    of: &ServiceVersion,
    target: &Target,
    event: Event,
    replaces: BTreeSet<RecordId>,
    gate: Option<String>,
    until: Option<String>,
    stamp: Stamp,
) -> NewFile {
    file(&Record::Deployment(Deployment {
        environment: target.environment.clone(),
        service: of.service.clone(),
        version: of.version.clone(),
        event,
        instance: target.instance.clone(),
        replaces,
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

fn trusted<T>(read: Read<T>) -> Result<T, Refusal> {
    if read.doubts.is_empty() { Ok(read.value) } else { Err(Refusal::Doubtful(read.doubts)) }
}

fn file(record: &Record) -> NewFile {
    let (bytes, id) = record.bytes();
    NewFile::new(layout::record(record, id), bytes)
}
