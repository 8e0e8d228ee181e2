//! The book: answers questions about the records of one view of a store. Every answer comes with the doubts that affect
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::contracts::read_contract;
use super::declared::{DeclaredService, StorePolicy, read_environment, read_policy, read_service};
use super::doubt::{Doubt, DoubtKind, Rewritten};
use super::layout;
use super::live::{LiveSet, live};
use super::published::Published;
use super::reading::{Read, RecordFolder, Records, records, records_below};
use super::record::{Deployment, Publication, Record, RecordId, Verification};
use super::results::Results;
use super::snapshot::{EntryKind, Snapshot, StoreError};
use super::version::Version;
use super::world::{ServiceWorld, world};
use crate::formats::ContractFile;
use crate::interaction::{ContractId, ServiceName};

/// A view of a store, and the questions that it answers.
pub struct Book<'s> {
    snapshot: &'s dyn Snapshot,
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
        Self { snapshot }
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
        Ok(Read { value: Published::of(records), doubts })
    }

    /// All publications of a version that can be read.
    pub(super) fn all_published(
        &self,
        service: &ServiceName,
        version: &Version,
    ) -> Result<Read<Vec<Publication>>, StoreError> {
        let read = self.of_version(layout::publications(service, version), version)?.of_kind(Record::publication);
        Ok(Read { value: read.value.into_iter().map(|(_, record)| record).collect(), doubts: read.doubts })
    }

    /// All publications of a service.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn publications(&self, service: &ServiceName) -> Result<Read<Vec<(RecordId, Publication)>>, StoreError> {
        let read = self.all_below(format!("{}/{service}", layout::PUBLICATIONS))?;
        Ok(read.of_kind(Record::publication))
    }

    /// All versions of a service with a publication, by the names of the files.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn versions(&self, service: &ServiceName) -> Result<BTreeSet<Version>, StoreError> {
        let mut versions = BTreeSet::new();
        let folder = format!("{}/{service}", layout::PUBLICATIONS);
        for shard in self.snapshot.list(&folder)?.iter().filter(|entry| entry.kind == EntryKind::Folder) {
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
        let read = self.of_version(layout::verifications(provider, version), version)?;
        Ok(read.of_kind(Record::verification))
    }

    /// All verifications of a provider.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn all_verifications(&self, provider: &ServiceName) -> Result<Read<Vec<(RecordId, Verification)>>, StoreError> {
        let read = self.all_below(format!("{}/{provider}", layout::VERIFICATIONS))?;
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
        let read = self.all_below(layout::deployments(environment, service))?;
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
        world(self.snapshot, environment)
    }

    /// The consumers that have ever published a contract with a provider.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn consumers_ever(&self, provider: &ServiceName) -> Result<BTreeSet<ServiceName>, StoreError> {
        let entries = self.snapshot.list(&format!("{}/{provider}", layout::CONTRACTS))?;
        Ok(entries.iter().filter_map(|entry| entry.name.parse().ok()).collect())
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

    fn of_version(&self, folder: String, version: &Version) -> Result<Records, StoreError> {
        let mut read = records(self.snapshot, &[RecordFolder { folder, version: Some(version) }])?;
        Ok(read.pop().unwrap_or_default())
    }

    fn all_below(&self, folder: String) -> Result<Records, StoreError> {
        Ok(records_below(self.snapshot, &[folder])?.pop().unwrap_or_default())
    }
}
