//! Checks every file of a store: its name matches its content, it is where it belongs, every name is declared, and
//! everything that it refers to exists. Also checks that a change only adds files.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::book::Book;
use super::codes::{
    CHANGED, FORMER_NAME, MISPLACED, MISSING, NEWER, PUBLISHED_TWICE, REMOVED, REWRITTEN, STRAY, UNDECLARED,
    UNREADABLE, WRONG_NAME,
};
use super::contracts::read_with_files;
use super::doubt::{Doubt, DoubtKind, Rewritten};
use super::layout;
use super::lint_tree::lint_tree;
use super::live::live;
use super::record::{Deployment, Event, Publication, Record, RecordId, parse};
use super::renamed::FormerNames;
use super::snapshot::{EntryKind, FolderEntry, Snapshot, StoreError};
use super::version::ServiceVersion;
use crate::interaction::{ContractId, ServiceName};
use crate::source::{Code, Finding};

/// How many files are read at once.
const BATCH: usize = 256;

/// The files of a store, and the findings about them.
#[derive(Debug, Default)]
pub struct Linted {
    pub findings: Vec<Finding>,
    pub publications: usize,
    pub verifications: usize,
    pub deployments: usize,
    pub contracts: usize,
}

/// Checks every file of a store.
///
/// # Errors
///
/// Why the store can't be read.
pub fn lint(snapshot: &dyn Snapshot) -> Result<Linted, StoreError> {
    let book = Book::new(snapshot);
    let mut lint = Lint {
        snapshot,
        services: book.services()?,
        names: book.names()?.clone(),
        environments: book.environments()?,
        out: Linted::default(),
        records: BTreeSet::new(),
        references: Vec::new(),
        published: BTreeMap::new(),
        contracts: BTreeSet::new(),
        deployments: BTreeMap::new(),
    };
    lint.out.findings = lint_tree(snapshot)?;
    lint.declarations(&book)?;
    lint.contracts()?;
    for folder in [layout::PUBLICATIONS, layout::VERIFICATIONS, layout::DEPLOYMENTS] {
        lint.records(folder)?;
    }
    lint.references();
    lint.rollouts()?;
    lint.history();
    let Linted { findings, .. } = &mut lint.out;
    findings.sort_by(|one, other| (&one.file, one.code).cmp(&(&other.file, other.code)));
    Ok(lint.out)
}

struct Lint<'s> {
    snapshot: &'s dyn Snapshot,
    services: BTreeSet<ServiceName>,
    names: FormerNames,
    environments: BTreeSet<ServiceName>,
    out: Linted,
    records: BTreeSet<RecordId>,
    /// The paths of files with the records that they refer to.
    references: Vec<(String, RecordId)>,
    published: BTreeMap<ServiceVersion, (BTreeMap<ServiceName, ContractId>, String)>,
    contracts: BTreeSet<(ServiceName, ServiceName, ContractId)>,
    deployments: BTreeMap<(ServiceName, ServiceName), Vec<(RecordId, Deployment)>>,
}

impl Lint<'_> {
    fn declarations(&mut self, book: &Book<'_>) -> Result<(), StoreError> {
        let mut doubts = book.policy()?.doubts;
        for name in self.services.clone() {
            let Some(read) = book.service(&name)? else { continue };
            doubts.extend(read.doubts);
            let is_unclear = |former: &ServiceName| self.names.current(former) != &name;
            let unclear: Vec<ServiceName> = read.value.formerly.into_iter().filter(is_unclear).collect();
            for former in unclear {
                let message = format!(
                    "`{former}` isn't only a former name of {name}: it is also declared, or claimed by another"
                );
                self.find(FORMER_NAME, &layout::service(&name), message, "leave one declaration with this name");
            }
        }
        for name in self.environments.clone() {
            doubts.extend(book.environment(&name)?.into_iter().flat_map(|read| read.doubts));
        }
        for doubt in doubts {
            self.doubt(&doubt);
        }
        for folder in [layout::SERVICES, layout::ENVIRONMENTS] {
            for entry in self.visible(folder)? {
                let named = entry.name.strip_suffix(".yaml").is_some_and(|name| ServiceName::new(name).is_ok());
                if entry.kind != EntryKind::File || !named {
                    self.stray(&format!("{folder}/{}", entry.name), "a declaration is a file named NAME.yaml");
                }
            }
        }
        Ok(())
    }

    fn contracts(&mut self) -> Result<(), StoreError> {
        for provider in self.folders_of_services(layout::CONTRACTS)? {
            for consumer in self.folders_of_services(&format!("{}/{provider}", layout::CONTRACTS))? {
                let folder = layout::contracts(&provider, &consumer);
                let mut attached = BTreeMap::new();
                for entry in self.visible(&folder)? {
                    let path = format!("{folder}/{}", entry.name);
                    let stem = match entry.kind {
                        EntryKind::File => entry.name.strip_suffix(".yaml"),
                        EntryKind::Folder => Some(entry.name.as_str()),
                        EntryKind::Other => None,
                    };
                    match (stem.and_then(|stem| stem.parse::<ContractId>().ok()), entry.kind) {
                        (Some(id), EntryKind::Folder) => {
                            attached.entry(id).or_insert_with(BTreeSet::new);
                        }
                        (Some(id), _) => self.contract(&provider, &consumer, id, &mut attached)?,
                        (None, _) => self.stray(&path, "a contract is a file named <contract id>.yaml"),
                    }
                }
                for (id, named) in attached {
                    let folder = layout::attachments(&provider, &consumer, id);
                    self.attachments(&folder, &folder, &named)?;
                }
            }
        }
        Ok(())
    }

    fn contract(
        &mut self,
        provider: &ServiceName,
        consumer: &ServiceName,
        id: ContractId,
        attached: &mut BTreeMap<ContractId, BTreeSet<String>>,
    ) -> Result<(), StoreError> {
        self.out.contracts += 1;
        self.contracts.insert((provider.clone(), consumer.clone(), id));
        match read_with_files(self.snapshot, provider, consumer, id)? {
            Ok((_, named)) => attached.entry(id).or_default().extend(named),
            Err(doubt) => self.doubt(&doubt),
        }
        Ok(())
    }

    /// Checks that the contract refers to every file next to it.
    fn attachments(&mut self, folder: &str, root: &str, named: &BTreeSet<String>) -> Result<(), StoreError> {
        for entry in self.visible(folder)? {
            let path = format!("{folder}/{}", entry.name);
            let within = path.strip_prefix(root).unwrap_or(&path).trim_start_matches('/').to_owned();
            match entry.kind {
                EntryKind::Folder => self.attachments(&path, root, named)?,
                EntryKind::File if named.contains(&within) => {}
                _ => self.stray(&path, "the contract next to it doesn't refer to this file"),
            }
        }
        Ok(())
    }

    /// Checks the records in a folder and below it.
    fn records(&mut self, folder: &str) -> Result<(), StoreError> {
        let mut files = Vec::new();
        for entry in self.visible(folder)? {
            let path = format!("{folder}/{}", entry.name);
            match (entry.kind, layout::record_name(&entry.name)) {
                (EntryKind::Folder, _) => self.records(&path)?,
                (EntryKind::File, Some((_, id))) => files.push((path, id)),
                _ => self.stray(&path, "a record is a file with the hash of its content in its name"),
            }
        }
        for batch in files.chunks(BATCH) {
            let paths: Vec<String> = batch.iter().map(|(path, _)| path.clone()).collect();
            for ((path, id), bytes) in batch.iter().zip(self.snapshot.read(&paths)?) {
                let kind = match bytes {
                    None => Err(DoubtKind::Missing),
                    Some(bytes) => parse(&bytes, *id),
                };
                match kind {
                    Err(kind) => self.doubt(&Doubt::new(path, kind)),
                    Ok(record) if layout::record(&record, *id) != *path => {
                        self.doubt(&Doubt::new(path, DoubtKind::Misplaced));
                    }
                    Ok(record) => self.record(path, *id, &record),
                }
            }
        }
        Ok(())
    }

    fn record(&mut self, path: &str, id: RecordId, record: &Record) {
        self.records.insert(id);
        let mut refer = |to: &BTreeSet<RecordId>| {
            self.references.extend(to.iter().map(|to| (path.to_owned(), *to)));
        };
        match record {
            Record::Publication(it) => {
                refer(&it.replaces);
                self.out.publications += 1;
                self.publication(path, it);
            }
            Record::Verification(it) => {
                refer(&it.supersedes);
                self.out.verifications += 1;
                self.service(path, &it.provider);
            }
            Record::Deployment(it) => {
                refer(&it.replaces);
                refer(&it.before);
                self.out.deployments += 1;
                self.service(path, &it.service);
                if !self.environments.contains(&it.environment) {
                    self.undeclared(path, "environment", &it.environment);
                }
                let place = (it.environment.clone(), it.service.clone());
                self.deployments.entry(place).or_default().push((id, it.clone()));
            }
        }
    }

    fn publication(&mut self, path: &str, it: &Publication) {
        self.service(path, &it.service);
        for (provider, id) in &it.contracts {
            self.service(path, provider);
            let is_there =
                |(provider, consumer): (ServiceName, ServiceName)| self.contracts.contains(&(provider, consumer, *id));
            if !self.names_of_both(provider, &it.service).into_iter().any(is_there) {
                let contract = layout::contract(provider, &it.service, *id);
                let message = format!("it refers to the contract {contract}, which is missing");
                self.find(MISSING, path, message, "restore the contract from the store's history");
            }
        }
        let of = ServiceVersion::new(it.service.clone(), it.version.clone());
        match self.published.get(&of) {
            Some((contracts, other)) if *contracts != it.contracts => {
                let message = format!("{of} is published with different contracts in {other}");
                self.find(PUBLISHED_TWICE, path, message, "publish a new version");
            }
            Some(_) => {}
            None => {
                self.published.insert(of, (it.contracts.clone(), path.to_owned()));
            }
        }
    }

    /// All names that two services have together.
    fn names_of_both(&self, one: &ServiceName, other: &ServiceName) -> Vec<(ServiceName, ServiceName)> {
        let others = self.names.all(other);
        let with_others = |one: ServiceName| others.iter().map(move |other| (one.clone(), other.clone())).collect();
        self.names.all(one).into_iter().flat_map::<Vec<_>, _>(with_others).collect()
    }

    /// Checks that every record that is referred to exists.
    fn references(&mut self) {
        for (path, to) in std::mem::take(&mut self.references) {
            if !self.records.contains(&to) {
                let message = format!("it refers to the record {to}, which is missing");
                self.find(MISSING, &path, message, "restore the record from the store's history");
            }
        }
    }

    /// Checks that the history still holds the views on which roll-outs were decided that aren't over.
    fn rollouts(&mut self) -> Result<(), StoreError> {
        for ((environment, service), records) in std::mem::take(&mut self.deployments) {
            for live in live(&records).into_iter().filter(|live| live.event == Event::Started) {
                let Some(seen) = live.seen else { continue };
                let record = records.iter().find(|(id, _)| *id == live.record);
                let (Some((id, record)), false) = (record, self.snapshot.grew_from(&seen)?) else { continue };
                let path = layout::record(&Record::Deployment(record.clone()), *id);
                let what = format!("the history was rewritten since this roll-out began: it no longer contains {seen}");
                let version = &live.version;
                let end = format!("upheld undeployed {service}@{version} --to {environment} --rollout");
                self.rewritten(&path, &what, &end);
            }
        }
        Ok(())
    }

    /// Checks that the history still holds what was seen of it.
    fn history(&mut self) {
        match self.snapshot.rewritten() {
            None => {}
            // What refers to the file says so already.
            Some(Rewritten::FilesDeleted { .. }) if !self.out.findings.is_empty() => {}
            Some(how @ Rewritten::FilesDeleted { .. }) => {
                self.find(REMOVED, layout::STORE, how.to_string(), "restore it; then: upheld store trust");
            }
            Some(how) => self.rewritten(layout::STORE, &how.to_string(), "upheld store trust"),
        }
    }

    fn rewritten(&mut self, path: &str, what: &str, then: &str) {
        self.find(REWRITTEN, path, what.to_owned(), &format!("find out who did it and why; then: {then}"));
    }

    fn service(&mut self, path: &str, name: &ServiceName) {
        if !self.services.contains(self.names.current(name)) {
            self.undeclared(path, "service", name);
        }
    }

    fn undeclared(&mut self, path: &str, kind: &str, name: &ServiceName) {
        let message = format!("it refers to the {kind} `{name}`, which isn't declared");
        self.find(UNDECLARED, path, message, &format!("declare it: upheld store init --{kind} {name}"));
    }

    fn folders_of_services(&mut self, folder: &str) -> Result<Vec<ServiceName>, StoreError> {
        let mut names = Vec::new();
        for entry in self.visible(folder)? {
            let path = format!("{folder}/{}", entry.name);
            match (ServiceName::new(&entry.name), entry.kind) {
                (Ok(name), EntryKind::Folder) => {
                    self.service(&path, &name);
                    names.push(name);
                }
                _ => self.stray(&path, "only folders named after services belong here"),
            }
        }
        Ok(names)
    }

    fn visible(&self, folder: &str) -> Result<Vec<FolderEntry>, StoreError> {
        let entries = self.snapshot.list(folder)?;
        Ok(entries.into_iter().filter(|entry| !super::reading::is_hidden(&entry.name)).collect())
    }

    fn doubt(&mut self, doubt: &Doubt) {
        let (code, message, help) = match &doubt.kind {
            DoubtKind::Unreadable(why) => (UNREADABLE, format!("it can't be read: {why}"), RESTORE.to_owned()),
            DoubtKind::Newer { needs } => {
                let needs = needs.as_ref().map_or_else(String::new, |needs| format!(" >= {needs}"));
                (NEWER, String::from("it has a newer format than this program reads"), format!("install Upheld{needs}"))
            }
            DoubtKind::WrongName => {
                (WRONG_NAME, String::from("it was changed: its name isn't the hash of its content"), RESTORE.to_owned())
            }
            DoubtKind::Misplaced => {
                (MISPLACED, String::from("it isn't where its content says it belongs"), String::from("move it back"))
            }
            DoubtKind::Missing => (MISSING, String::from("it is missing"), RESTORE.to_owned()),
        };
        self.find(code, &doubt.path, message, &help);
    }

    fn stray(&mut self, path: &str, help: &str) {
        self.find(STRAY, path, String::from("it doesn't belong here"), help);
    }

    fn find(&mut self, code: Code, path: &str, message: String, help: &str) {
        self.out.findings.push(Finding::error(code, &Arc::from(path), None, message).help(help));
    }
}

const RESTORE: &str = "restore it from the store's history";

/// Checks that a change only adds records and contracts. The findings are those that it deleted or changed.
///
/// # Errors
///
/// Why one of the views can't be read.
pub fn lint_changes(before: &dyn Snapshot, after: &dyn Snapshot) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for folder in [layout::CONTRACTS, layout::PUBLICATIONS, layout::VERIFICATIONS, layout::DEPLOYMENTS] {
        changes(before, after, folder, &mut findings)?;
    }
    Ok(findings)
}

fn changes(
    before: &dyn Snapshot,
    after: &dyn Snapshot,
    folder: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let now: BTreeMap<String, FolderEntry> =
        after.list(folder)?.into_iter().map(|entry| (entry.name.clone(), entry)).collect();
    for old in before.list(folder)? {
        let path = format!("{folder}/{}", old.name);
        let new = now.get(&old.name);
        if new.is_some_and(|new| new.kind == old.kind && old.content.is_some() && new.content == old.content) {
            continue;
        }
        if old.kind == EntryKind::Folder {
            changes(before, after, &path, findings)?;
            continue;
        }
        let paths = std::slice::from_ref(&path);
        let (code, message) = match new {
            None => (REMOVED, "it was deleted"),
            Some(new) if new.kind == old.kind && before.read(paths)? == after.read(paths)? => continue,
            Some(_) => (CHANGED, "it was changed"),
        };
        let finding = Finding::error(code, &Arc::from(path.as_str()), None, message);
        findings.push(finding.help(
            "restore it; records and contracts are only ever added, and a new record ends what an earlier one began",
        ));
    }
    Ok(())
}
