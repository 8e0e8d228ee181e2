//! The facts that a decision needs, each read from the book once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::code::GateCode;
use crate::formats::ContractFile;
use crate::interaction::{ContractId, ServiceName};
use crate::ledger::{
    Book, DeclaredService, Doubt, DoubtfulDeployment, Live, PossibleNeeds, Published, Read, RecordId, Results,
    ServiceVersion, ServiceWorld, StoreError, Verification, Version, heads, main_branch,
};

/// The facts about one environment, read on demand.
pub(super) struct Facts<'b> {
    pub book: &'b Book<'b>,
    pub environment: ServiceName,
    pub day: Date,
    /// The names of all declared services.
    pub services: BTreeSet<ServiceName>,
    /// The live versions in the environment, for every service that was ever there.
    pub world: BTreeMap<ServiceName, Read<ServiceWorld>>,
    published: BTreeMap<ServiceVersion, Read<Option<Published>>>,
    contracts: BTreeMap<(ServiceName, ServiceName, ContractId), Result<Arc<ContractFile>, Doubt>>,
    results: BTreeMap<ServiceVersion, Arc<Read<Results>>>,
    verifications: BTreeMap<ServiceName, Arc<Vec<(RecordId, Verification)>>>,
    declared: BTreeMap<ServiceName, DeclaredService>,
    /// The newest versions of the main branches of services.
    newest: BTreeMap<ServiceName, BTreeSet<Version>>,
    consumers: BTreeMap<ServiceName, BTreeSet<ServiceName>>,
}

impl<'b> Facts<'b> {
    pub(super) fn new(book: &'b Book<'b>, environment: &ServiceName, day: Date) -> Result<Self, StoreError> {
        Ok(Self {
            book,
            environment: environment.clone(),
            day,
            services: book.services()?,
            world: book.world(environment)?,
            published: BTreeMap::new(),
            contracts: BTreeMap::new(),
            results: BTreeMap::new(),
            verifications: BTreeMap::new(),
            declared: BTreeMap::new(),
            newest: BTreeMap::new(),
            consumers: BTreeMap::new(),
        })
    }

    /// The live versions of a service.
    pub(super) fn live(&self, service: &ServiceName) -> &[Live] {
        self.world.get(service).map_or(&[], |read| &read.value.live)
    }

    /// The doubts about which versions of a service are live and what they expect.
    pub(super) fn doubts(&self, service: &ServiceName) -> &[Doubt] {
        self.world.get(service).map_or(&[], |read| &read.doubts)
    }

    /// The doubts about which versions of a service are live, which are the ones that matter to its consumers.
    pub(super) fn doubts_of_what_is_live(&self, service: &ServiceName) -> Vec<Doubt> {
        self.doubtful(service).iter().map(|one| one.doubt.clone()).collect()
    }

    fn doubtful(&self, service: &ServiceName) -> &[DoubtfulDeployment] {
        self.world.get(service).map_or(&[], |read| &read.value.doubtful)
    }

    /// The doubts about a service because of which it may need a provider. While a record of what is live can't be read, the
    /// version that it is about may be live, or any version if its name doesn't tell; and a live version may need anything
    /// while its publication can't be read. Of its live versions, `there` tells which are still there.
    pub(super) fn doubts_about_need(
        &mut self,
        service: &ServiceName,
        provider: &ServiceName,
        there: impl Fn(&Version) -> bool,
    ) -> Result<Vec<Doubt>, StoreError> {
        let Some(read) = self.world.get(service).filter(|read| !read.doubts.is_empty()) else { return Ok(Vec::new()) };
        let ServiceWorld { doubtful, unread, .. } = read.value.clone();
        let mut doubts = Vec::new();
        for DoubtfulDeployment { doubt, versions, .. } in doubtful {
            if self.may_need(service, provider, versions.as_ref())? {
                doubts.push(doubt);
            }
        }
        for (version, of_version) in unread.into_iter().filter(|(version, _)| there(version)) {
            if self.may_need(service, provider, Some(&BTreeSet::from([version])))? {
                doubts.extend(of_version);
            }
        }
        Ok(doubts)
    }

    /// Whether these versions of a service may need a provider; without any, whether any version may.
    fn may_need(
        &mut self,
        service: &ServiceName,
        provider: &ServiceName,
        versions: Option<&BTreeSet<Version>>,
    ) -> Result<bool, StoreError> {
        let PossibleNeeds { these, any_before, anything, mut unpublished } =
            self.book.possible_needs(service, versions)?;
        if these.contains(provider) || any_before && self.consumers_ever(provider)?.contains(service) {
            return Ok(true);
        }
        // An old version of the provider's own service doesn't matter to the new one, unless the service is known to be a
        // consumer of itself.
        if service == provider {
            return Ok((anything || unpublished) && self.consumers_ever(provider)?.contains(service));
        }
        if versions.is_none() && !unpublished {
            // It may be about a version that was here and was never published.
            let published = self.book.versions(service)?;
            let history = self.book.history(&self.environment, service)?;
            unpublished = history.value.iter().any(|(_, record)| !published.contains(&record.version));
        }
        Ok(anything || unpublished && !self.is_not_onboarded(service)?)
    }

    /// The publication of a version.
    pub(super) fn published(&mut self, of: &ServiceVersion) -> Result<&Read<Option<Published>>, StoreError> {
        if !self.published.contains_key(of) {
            let known = self.world.get(&of.service).filter(|read| read.doubts.is_empty());
            let read = match known.and_then(|read| read.value.published.get(&of.version)) {
                Some(published) => Read { value: Some(published.clone()), doubts: Vec::new() },
                None => self.book.published(&of.service, &of.version)?,
            };
            self.published.insert(of.clone(), read);
        }
        Ok(&self.published[of])
    }

    /// A contract, or why it can't be trusted.
    pub(super) fn contract(
        &mut self,
        provider: &ServiceName,
        consumer: &ServiceName,
        id: ContractId,
    ) -> Result<Result<Arc<ContractFile>, Doubt>, StoreError> {
        let key = (provider.clone(), consumer.clone(), id);
        if let Some(known) = self.contracts.get(&key) {
            return Ok(known.clone());
        }
        let read = self.book.contract(provider, consumer, id)?;
        self.contracts.insert(key, read.clone());
        Ok(read)
    }

    /// The results of a version of a provider.
    pub(super) fn results(&mut self, of: &ServiceVersion) -> Result<Arc<Read<Results>>, StoreError> {
        if let Some(known) = self.results.get(of) {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(self.book.results(&of.service, &of.version)?);
        self.results.insert(of.clone(), Arc::clone(&read));
        Ok(read)
    }

    /// All readable verifications of a provider.
    pub(super) fn verifications(
        &mut self,
        provider: &ServiceName,
    ) -> Result<Arc<Vec<(RecordId, Verification)>>, StoreError> {
        if let Some(known) = self.verifications.get(provider) {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(self.book.all_verifications(provider)?.value);
        self.verifications.insert(provider.clone(), Arc::clone(&read));
        Ok(read)
    }

    /// The declaration of a service; an empty one if it can't be read.
    pub(super) fn declared(&mut self, service: &ServiceName) -> Result<&DeclaredService, StoreError> {
        if !self.declared.contains_key(service) {
            let read = self.book.service(service)?.map(|read| read.value).unwrap_or_default();
            self.declared.insert(service.clone(), read);
        }
        Ok(&self.declared[service])
    }

    /// The consumer's version if a provider is only verified for it by name: it is neither live here nor the newest of its
    /// main branch, such as an older one or one of another branch.
    pub(super) fn named_alone(&mut self, consumer: &ServiceVersion) -> Result<Option<ServiceVersion>, StoreError> {
        let ServiceVersion { service, version } = consumer;
        if self.live(service).iter().any(|live| live.version == *version) {
            return Ok(None);
        }
        if !self.newest.contains_key(service) {
            let all = self.book.publications(service)?.value;
            let newest = heads(&all, &main_branch(self.book, service)?);
            let newest = newest.into_iter().map(|(_, record)| record.version.clone()).collect();
            self.newest.insert(service.clone(), newest);
        }
        Ok((!self.newest[service].contains(version)).then(|| consumer.clone()))
    }

    /// The owners of a service.
    pub(super) fn owners(&mut self, service: &ServiceName) -> Result<Vec<String>, StoreError> {
        Ok(self.declared(service)?.owners.clone())
    }

    /// The owners of those whose turn it is. A change that breaks a consumer is up to both sides.
    pub(super) fn owners_for(
        &mut self,
        code: GateCode,
        turn: &ServiceName,
        consumer: &ServiceName,
    ) -> Result<Vec<String>, StoreError> {
        let mut owners = self.owners(turn)?;
        if code == GateCode::Broken {
            for owner in self.owners(consumer)? {
                if !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
        Ok(owners)
    }

    /// Whether a service is exempt from publishing on the day of the question.
    pub(super) fn is_not_onboarded(&mut self, service: &ServiceName) -> Result<bool, StoreError> {
        let day = self.day;
        Ok(self.declared(service)?.not_onboarded_until.is_some_and(|until| day <= until))
    }

    /// The services that have ever published a contract with a provider.
    pub(super) fn consumers_ever(&mut self, provider: &ServiceName) -> Result<&BTreeSet<ServiceName>, StoreError> {
        if !self.consumers.contains_key(provider) {
            let read = self.book.consumers_ever(provider)?;
            self.consumers.insert(provider.clone(), read);
        }
        Ok(&self.consumers[provider])
    }
}
