//! What a service may need while not all of its records can be read. Nothing that can't be read is taken for nothing.

use std::collections::BTreeSet;

use super::book::Book;
use super::doubt::Doubt;
use super::layout;
use super::record::{Publication, Record, doubtful};
use super::snapshot::StoreError;
use super::version::Version;
use crate::interaction::ServiceName;

/// The providers that some versions of a service may need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PossibleNeeds {
    /// These, as far as publications say.
    pub these: BTreeSet<ServiceName>,
    /// Any other provider with which the service has ever had a contract, because not every publication is intact.
    pub any_before: bool,
    /// Any other provider, because a publication can't be read.
    pub anything: bool,
    /// Any other provider, because a version was never published: unless its service needn't publish.
    pub unpublished: bool,
}

impl Book<'_> {
    /// What these versions of a service may need; without any, what all versions that it has published may need.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    pub fn possible_needs(
        &self,
        service: &ServiceName,
        versions: Option<&BTreeSet<Version>>,
    ) -> Result<PossibleNeeds, StoreError> {
        let mut needs = PossibleNeeds::default();
        let Some(versions) = versions else {
            let read = self.publications(service)?;
            needs.any_before = true;
            needs.unpublished = read.value.is_empty() && read.doubts.is_empty();
            let intact = read.value.into_iter().map(|(_, publication)| publication).collect();
            self.add(&mut needs, service, intact, &read.doubts)?;
            return Ok(needs);
        };
        for version in versions {
            let read = self.all_published(service, version)?;
            let intact: Vec<Publication> = read.value;
            needs.unpublished |= intact.is_empty() && read.doubts.is_empty();
            // Which of two different ones counts is unknown.
            needs.anything |= intact.windows(2).any(|two| two[0].contracts != two[1].contracts);
            self.add(&mut needs, service, intact, &read.doubts)?;
        }
        Ok(needs)
    }

    fn add(
        &self,
        needs: &mut PossibleNeeds,
        service: &ServiceName,
        intact: Vec<Publication>,
        doubts: &[Doubt],
    ) -> Result<(), StoreError> {
        let names = self.names()?;
        let providers = intact.iter().flat_map(|publication| publication.contracts.keys());
        needs.these.extend(providers.map(|provider| names.current(provider).clone()));
        for doubt in doubts {
            needs.any_before = true;
            let bytes = self.file(&doubt.path)?;
            let Some(Record::Publication(publication)) = bytes.and_then(|bytes| doubtful(&bytes)) else {
                needs.anything = true;
                continue;
            };
            for (provider, id) in publication.contracts {
                // A name that was damaged has no such contract.
                let mut is_there = false;
                for consumer in names.all(service) {
                    is_there |= self.has(&layout::contract(&provider, &consumer, id))?;
                }
                needs.anything |= !is_there;
                needs.these.insert(names.current(&provider).clone());
            }
        }
        Ok(())
    }
}
