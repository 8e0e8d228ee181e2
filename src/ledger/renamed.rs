//! Services that were renamed: `formerly: [old-name]` in a declaration. Records and contracts keep the name that they were
//! written with, and questions about the service find them under all its names.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::declared::{DeclaredService, read_service};
use super::layout;
use super::record::Publication;
use super::snapshot::{EntryKind, Snapshot, StoreError};
use crate::interaction::ServiceName;

/// The former names of services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerNames {
    current: BTreeMap<ServiceName, ServiceName>,
}

/// The cache: the former names, and the contents that they were read from.
#[derive(Serialize, Deserialize)]
struct Cached {
    of: String,
    names: FormerNames,
}

impl FormerNames {
    /// Reads all declarations of services.
    pub(super) fn read(snapshot: &dyn Snapshot) -> Result<Self, StoreError> {
        let cache = format!("names-{}", env!("CARGO_PKG_VERSION"));
        let folder = snapshot.list("")?.into_iter().find(|entry| entry.name == layout::SERVICES);
        let of = folder.and_then(|entry| entry.content);
        let cached = snapshot.recall(&cache).and_then(|bytes| serde_json::from_slice::<Cached>(&bytes).ok());
        if let (Some(of), Some(cached)) = (&of, cached)
            && cached.of == *of
        {
            return Ok(cached.names);
        }
        let entries = snapshot.list(layout::SERVICES)?.into_iter().filter(|entry| entry.kind == EntryKind::File);
        let services: Vec<ServiceName> =
            entries.filter_map(|entry| entry.name.strip_suffix(".yaml")?.parse().ok()).collect();
        let paths: Vec<String> = services.iter().map(layout::service).collect();
        let declared =
            snapshot.read(&paths)?.into_iter().map(|bytes| bytes.and_then(|bytes| read_service(&bytes).ok()));
        let names = Self::of(services.into_iter().zip(declared.map(Option::unwrap_or_default)));
        if let Some(of) = of
            && let Ok(bytes) = serde_json::to_vec(&Cached { of, names: names.clone() })
        {
            snapshot.remember(&cache, &bytes);
        }
        Ok(names)
    }

    /// The former names in some declarations. A name that is declared itself, or that two services claim, isn't one: then
    /// nobody knows which service is meant.
    #[must_use]
    pub fn of(declared: impl IntoIterator<Item = (ServiceName, DeclaredService)>) -> Self {
        let declared: BTreeMap<ServiceName, DeclaredService> = declared.into_iter().collect();
        let mut current: BTreeMap<ServiceName, ServiceName> = BTreeMap::new();
        let mut claimed_twice: BTreeSet<ServiceName> = BTreeSet::new();
        for (service, declaration) in &declared {
            for former in declaration.formerly.iter().filter(|former| !declared.contains_key(*former)) {
                if current.insert(former.clone(), service.clone()).is_some_and(|other| other != *service) {
                    claimed_twice.insert(former.clone());
                }
            }
        }
        current.retain(|former, _| !claimed_twice.contains(former));
        Self { current }
    }

    /// Whether no service was renamed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.current.is_empty()
    }

    /// The name that a service has now.
    #[must_use]
    pub fn current<'n>(&'n self, name: &'n ServiceName) -> &'n ServiceName {
        self.current.get(name).unwrap_or(name)
    }

    /// The present name of a service, and then its former ones.
    #[must_use]
    pub fn all(&self, name: &ServiceName) -> Vec<ServiceName> {
        let present = self.current(name).clone();
        let former: Vec<ServiceName> =
            self.current.iter().filter(|(_, current)| **current == present).map(|(former, _)| former.clone()).collect();
        std::iter::once(present).chain(former).collect()
    }

    /// Replaces former names in a publication by the present ones.
    pub(super) fn replace_in(&self, publication: &mut Publication) {
        if self.is_empty() {
            return;
        }
        publication.service = self.current(&publication.service).clone();
        let contracts = std::mem::take(&mut publication.contracts);
        publication.contracts = contracts.into_iter().map(|(name, id)| (self.current(&name).clone(), id)).collect();
    }

    /// Every former name, with the present one.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&ServiceName, &ServiceName)> {
        self.current.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_unambiguous_name_is_a_former_one() {
        let name = |text: &str| text.parse::<ServiceName>().unwrap();
        let declared = |service: &str, formerly: &[&str]| {
            let formerly = formerly.iter().map(|one| name(one)).collect();
            (name(service), DeclaredService { formerly, ..DeclaredService::default() })
        };
        let names = FormerNames::of([
            declared("orders", &["purchases", "shared", "stock", "baskets"]),
            declared("carts", &["shared"]),
            declared("stock", &[]),
        ]);
        for (former, current) in
            [("purchases", "orders"), ("baskets", "orders"), ("shared", "shared"), ("stock", "stock")]
        {
            assert_eq!(names.current(&name(former)), &name(current), "{former}");
        }
        assert_eq!(names.all(&name("purchases")), [name("orders"), name("baskets"), name("purchases")]);
        assert_eq!(names.all(&name("carts")), [name("carts")]);
    }
}
