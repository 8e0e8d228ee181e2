//! The book: answers questions about the records of one view of a store. Every answer comes with the doubts that affect
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::contracts::read_contract;
use super::declared::{DeclaredService, StorePolicy, read_environment, read_policy, read_service};
use super::doubt::{Doubt, DoubtKind, Rewritten};
use super::layout;
use super::live::{LiveSet, live};
use super::published::Published;
use super::reading::{Read, RecordFolder, Records, records, records_below};
use super::record::{Deployment, Publication, Record, RecordId, Verification};
use super::renamed::FormerNames;
use super::results::Results;
use super::snapshot::{EntryKind, Snapshot, StoreError};
use super::version::Version;
use super::world::{DoubtfulDeployment, ServiceWorld, doubtful_deployments, world};
use crate::formats::ContractFile;
use crate::interaction::{ContractId, ServiceName};

/// A view of a store, and the questions that it answers.
pub struct Book<'s> {
    snapshot: &'s dyn Snapshot,
    names: OnceLock<FormerNames>,
}

impl std::fmt::Debug for Book<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Book({})", self.snapshot.id())
    }
}

impl<'s> Book<'s> {
    /// The book of a view.
    #[must_use]
    pub const fn new(snapshot: &'s dyn Snapshot) -> Self {
        Self { snapshot, names: OnceLock::new() }
    }

    /// The id of the view.
    #[must_use]
    pub fn id(&self) -> &str {
        self.snapshot.id()
    }

    /// How the store's history was rewritten, if it was.
    #[must_use]
    pub fn rewritten(&self) -> Option<Rewritten> {
        self.snapshot.rewritten()
    }

    /// Whether this view contains everything that the view with that id did.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn grew_from(&self, id: &str) -> Result<bool, StoreError> {
        self.snapshot.grew_from(id)
    }

    /// The store's policy. Without a `store.yaml`, there is a doubt.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn policy(&self) -> Result<Read<StorePolicy>, StoreError> {
        let read = match self.file(layout::STORE)? {
            None => Err(DoubtKind::Missing),
            Some(bytes) => read_policy(&bytes),
        };
        Ok(match read {
            Ok(value) => Read { value, doubts: Vec::new() },
            Err(kind) => Read { value: StorePolicy::default(), doubts: vec![Doubt::new(layout::STORE, kind)] },
        })
    }

    /// The names of all declared services.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn services(&self) -> Result<BTreeSet<ServiceName>, StoreError> {
        self.declared(layout::SERVICES)
    }

    /// The former names of services.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn names(&self) -> Result<&FormerNames, StoreError> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let names = FormerNames::read(self.snapshot)?;
        Ok(self.names.get_or_init(|| names))
    }

    /// The names of all declared environments.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn environments(&self) -> Result<BTreeSet<ServiceName>, StoreError> {
        self.declared(layout::ENVIRONMENTS)
    }

    fn declared(&self, folder: &str) -> Result<BTreeSet<ServiceName>, StoreError> {
        let entries = self.snapshot.list(folder)?;
        let names = entries.iter().filter(|entry| entry.kind == EntryKind::File);
        Ok(names.filter_map(|entry| entry.name.strip_suffix(".yaml")?.parse().ok()).collect())
    }

    /// The declaration of a service; `None` if it isn't declared.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn service(&self, name: &ServiceName) -> Result<Option<Read<DeclaredService>>, StoreError> {
        let path = layout::service(name);
        Ok(self.file(&path)?.map(|bytes| match read_service(&bytes) {
            Ok(value) => Read { value, doubts: Vec::new() },
            Err(kind) => Read { value: DeclaredService::default(), doubts: vec![Doubt::new(path, kind)] },
        }))
    }

    /// Whether an environment is declared, with the doubts about it; `None` if it isn't.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn environment(&self, name: &ServiceName) -> Result<Option<Read<()>>, StoreError> {
        let path = layout::environment(name);
        let Some(bytes) = self.file(&path)? else { return Ok(None) };
        let mut doubts = self.misplaced_files(name)?;
        doubts.extend(read_environment(&bytes).err().map(|kind| Doubt::new(path, kind)));
        Ok(Some(Read { value: (), doubts }))
    }

    /// Doubts about files in the place of the folders with an environment's deployments.
    fn misplaced_files(&self, environment: &ServiceName) -> Result<Vec<Doubt>, StoreError> {
        let mut doubts = Vec::new();
        for (folder, name) in [("", layout::DEPLOYMENTS), (layout::DEPLOYMENTS, environment.as_str())] {
            let entries = self.snapshot.list(folder)?;
            if entries.iter().any(|entry| entry.name == name && entry.kind != EntryKind::Folder) {
                let path = [folder, name].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/");
                doubts.push(Doubt::unreadable(path, "it isn't a folder"));
            }
        }
        Ok(doubts)
    }

    /// The publication of a version; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn published(&self, service: &ServiceName, version: &Version) -> Result<Read<Option<Published>>, StoreError> {
        let Read { value: records, doubts } = self.all_published(service, version)?;
        let names = self.names()?;
        Ok(Read { value: Published::of(records).map(|published| published.with_present_names(names)), doubts })
    }

    /// All publications of a version that can be read.
    pub(super) fn all_published(
        &self,
        service: &ServiceName,
        version: &Version,
    ) -> Result<Read<Vec<Publication>>, StoreError> {
        let read = self.of_version(service, layout::publications, version)?.of_kind(Record::publication);
        Ok(Read { value: read.value.into_iter().map(|(_, record)| record).collect(), doubts: read.doubts })
    }

    /// All publications of a service.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn publications(&self, service: &ServiceName) -> Result<Read<Vec<(RecordId, Publication)>>, StoreError> {
        let mut read =
            self.all_below(service, |name| format!("{}/{name}", layout::PUBLICATIONS))?.of_kind(Record::publication);
        let names = self.names()?;
        for (_, record) in &mut read.value {
            names.replace_in(record);
        }
        Ok(read)
    }

    /// All versions of a service with a publication, by the names of the files.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn versions(&self, service: &ServiceName) -> Result<BTreeSet<Version>, StoreError> {
        self.named_versions(service, layout::PUBLICATIONS)
    }

    /// All versions of a provider with a verification, by the names of the files.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn verified_versions(&self, provider: &ServiceName) -> Result<BTreeSet<Version>, StoreError> {
        self.named_versions(provider, layout::VERIFICATIONS)
    }

    /// The versions of a service in the names of files below a folder.
    fn named_versions(&self, service: &ServiceName, below: &str) -> Result<BTreeSet<Version>, StoreError> {
        let mut versions = BTreeSet::new();
        for name in self.names()?.all(service) {
            versions.extend(self.versions_in(&format!("{below}/{name}"))?);
        }
        Ok(versions)
    }

    fn versions_in(&self, folder: &str) -> Result<BTreeSet<Version>, StoreError> {
        let mut versions = BTreeSet::new();
        for shard in self.snapshot.list(folder)?.iter().filter(|entry| entry.kind == EntryKind::Folder) {
            for entry in self.snapshot.list(&format!("{folder}/{}", shard.name))? {
                let version = layout::record_name(&entry.name).and_then(|(version, _)| version?.parse().ok());
                versions.extend(version);
            }
        }
        Ok(versions)
    }

    /// The results of a version of a provider.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn results(&self, provider: &ServiceName, version: &Version) -> Result<Read<Results>, StoreError> {
        let read = self.verifications(provider, version)?;
        Ok(Read { value: Results::of(&read.value), doubts: read.doubts })
    }

    /// The verifications of a version of a provider.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn verifications(
        &self,
        provider: &ServiceName,
        version: &Version,
    ) -> Result<Read<Vec<(RecordId, Verification)>>, StoreError> {
        let read = self.of_version(provider, layout::verifications, version)?;
        Ok(read.of_kind(Record::verification))
    }

    /// All verifications of a provider.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn all_verifications(&self, provider: &ServiceName) -> Result<Read<Vec<(RecordId, Verification)>>, StoreError> {
        let read = self.all_below(provider, |name| format!("{}/{name}", layout::VERIFICATIONS))?;
        Ok(read.of_kind(Record::verification))
    }

    /// Everything that ever happened to a service in an environment.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn history(
        &self,
        environment: &ServiceName,
        service: &ServiceName,
    ) -> Result<Read<Vec<(RecordId, Deployment)>>, StoreError> {
        let read = self.all_below(service, |name| layout::deployments(environment, name))?;
        Ok(read.of_kind(Record::deployment))
    }

    /// The live versions of a service in an environment.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn live(&self, environment: &ServiceName, service: &ServiceName) -> Result<Read<LiveSet>, StoreError> {
        let history = self.history(environment, service)?;
        Ok(Read { value: live(&history.value), doubts: history.doubts })
    }

    /// The live versions in an environment and their publications, for every service that was ever there. Everything
    /// that could be read without a doubt is cached, and only read again after it has changed.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn world(&self, environment: &ServiceName) -> Result<BTreeMap<ServiceName, Read<ServiceWorld>>, StoreError> {
        let mut world = world(self.snapshot, environment)?;
        let names = self.names()?;
        if names.is_empty() {
            return Ok(world);
        }
        let mut renamed: BTreeMap<&ServiceName, Vec<DoubtfulDeployment>> = BTreeMap::new();
        for (former, current) in names.pairs() {
            // A version may be deployed under one name and published under the other.
            let before = world.remove(former);
            if before.is_some() || world.contains_key(current) {
                let doubtful = before.into_iter().flat_map(|read| read.value.doubtful);
                renamed.entry(current).or_default().extend(doubtful);
            }
        }
        for (current, mut doubtful) in renamed {
            doubtful.extend(world.remove(current).into_iter().flat_map(|read| read.value.doubtful));
            let mut read = self.world_of(environment, current)?;
            // A file in the place of a folder, which has no history.
            doubtful.retain(|one| !read.doubts.contains(&one.doubt));
            read.doubts.extend(doubtful.iter().map(|one| one.doubt.clone()));
            read.value.doubtful.extend(doubtful);
            world.insert(current.clone(), read);
        }
        for read in world.values_mut() {
            let before = std::mem::take(&mut read.value.published);
            let after = before.into_iter().map(|(version, published)| (version, published.with_present_names(names)));
            read.value.published = after.collect();
        }
        Ok(world)
    }

    /// What is live of one service, under all its names.
    fn world_of(&self, environment: &ServiceName, service: &ServiceName) -> Result<Read<ServiceWorld>, StoreError> {
        let Read { value: live, mut doubts } = self.live(environment, service)?;
        let doubtful = doubtful_deployments(self.snapshot, &doubts)?;
        let (mut published, mut unread) = (BTreeMap::new(), BTreeMap::new());
        for version in live.iter().map(|one| &one.version).collect::<BTreeSet<_>>() {
            let read = self.published(service, version)?;
            doubts.extend(read.doubts.iter().cloned());
            if !read.doubts.is_empty() {
                unread.insert(version.clone(), read.doubts);
            }
            published.extend(read.value.map(|value| (version.clone(), value)));
        }
        doubts.sort();
        doubts.dedup();
        Ok(Read { value: ServiceWorld { live, published, doubtful, unread }, doubts })
    }

    /// The consumers that have ever published a contract with a provider.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn consumers_ever(&self, provider: &ServiceName) -> Result<BTreeSet<ServiceName>, StoreError> {
        let names = self.names()?;
        let mut consumers = BTreeSet::new();
        for name in names.all(provider) {
            let entries = self.snapshot.list(&format!("{}/{name}", layout::CONTRACTS))?;
            let found = entries.iter().filter_map(|entry| entry.name.parse::<ServiceName>().ok());
            consumers.extend(found.map(|consumer| names.current(&consumer).clone()));
        }
        Ok(consumers)
    }

    /// A contract.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn contract(
        &self,
        provider: &ServiceName,
        consumer: &ServiceName,
        id: ContractId,
    ) -> Result<Result<Arc<ContractFile>, Doubt>, StoreError> {
        let names = self.names()?;
        for provider in names.all(provider) {
            for consumer in names.all(consumer) {
                if self.has(&layout::contract(&provider, &consumer, id))? {
                    return read_contract(self.snapshot, &provider, &consumer, id);
                }
            }
        }
        // Then it is missing, which this says.
        read_contract(self.snapshot, provider, consumer, id)
    }

    /// Whether a file exists.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn has(&self, path: &str) -> Result<bool, StoreError> {
        Ok(self.file(path)?.is_some())
    }

    /// The bytes of a file, whatever they are.
    pub(super) fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.snapshot.read(&[path.to_owned()])?.pop().flatten())
    }

    /// The records of a version in the folders that its service's names have.
    fn of_version(
        &self,
        service: &ServiceName,
        folder: impl Fn(&ServiceName, &Version) -> String,
        version: &Version,
    ) -> Result<Records, StoreError> {
        let names = self.names()?.all(service).into_iter();
        let wanted: Vec<RecordFolder<'_>> =
            names.map(|name| RecordFolder { folder: folder(&name, version), version: Some(version) }).collect();
        Ok(joined(records(self.snapshot, &wanted)?))
    }

    /// The records in the folders within the folders that a service's names have.
    fn all_below(&self, service: &ServiceName, folder: impl Fn(&ServiceName) -> String) -> Result<Records, StoreError> {
        let folders: Vec<String> = self.names()?.all(service).iter().map(folder).collect();
        Ok(joined(records_below(self.snapshot, &folders)?))
    }
}

fn joined(all: Vec<Records>) -> Records {
    let mut one = Records::default();
    for read in all {
        one.value.extend(read.value);
        one.doubts.extend(read.doubts);
    }
    one
}
