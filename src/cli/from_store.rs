//! Contracts from the store that a provider is verified against in addition to those of the folder, and which of their
//! interactions are pending.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ledger::{refused, unusable};
use super::load::Workspace;
use super::{Failure, World};
use crate::formats::{ContractFile, contract_id};
use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{Book, NameKind, NeededContract, Refusal, ServiceVersion, Store, Version, needed};
use crate::words::and_list;

/// The contracts that came from the store.
#[derive(Default)]
pub(super) struct FromStore {
    files: Vec<Arc<ContractFile>>,
    pending: BTreeSet<(ServiceName, InteractionId)>,
    /// The versions that need a contract, by its path in the store.
    needed_by: BTreeMap<Arc<str>, Vec<String>>,
}

impl FromStore {
    /// Adds the relevant contracts of these providers to those of the folder, each once.
    pub(super) fn add(
        store: &dyn Store,
        providers: &BTreeSet<ServiceName>,
        environment: Option<&str>,
        workspace: &mut Workspace,
        world: &mut World,
    ) -> Result<Self, Failure> {
        let snapshot = store.snapshot().map_err(unusable)?;
        let book = Book::new(snapshot.as_ref());
        let declared = book.services().map_err(unusable)?;
        let environments = book.environments().map_err(unusable)?;
        // Nothing is live in an environment that only this workspace knows, so the live versions of all environments
        // count.
        let environment = environment.and_then(|name| environments.iter().find(|known| known.as_str() == name));
        let mut added = Self::default();
        for provider in providers {
            if !declared.contains(provider) {
                return Err(refused(Refusal::Undeclared {
                    kind: NameKind::Service,
                    name: provider.clone(),
                    known: declared,
                }));
            }
            let needed = needed(&book, provider, environment).map_err(unusable)?;
            for doubt in needed.doubts {
                let text = format!("{doubt}: a contract may be missing from this run");
                world.say(&crate::report::note(&text, "", &world.err_palette()));
            }
            let of_folder: BTreeSet<InteractionId> = workspace
                .files
                .iter()
                .filter(|file| file.contract.provider == *provider)
                .flat_map(|file| file.ids.iter().copied())
                .collect();
            added.pending.extend(needed.pending.difference(&of_folder).map(|id| (provider.clone(), *id)));
            for contract in needed.contracts {
                let is_here = workspace.files.iter().any(|file| {
                    file.contract.consumer == contract.consumer
                        && file.contract.provider == *provider
                        && contract_id(&file.contract) == contract.id
                });
                if !is_here {
                    added.needed_by.insert(contract.file.source.name.clone(), versions(&contract));
                    workspace.files.push(Arc::clone(&contract.file));
                    added.files.push(contract.file);
                }
            }
        }
        Ok(added)
    }

    /// The interactions that no live version needs yet.
    pub(super) fn pending(&self) -> &BTreeSet<(ServiceName, InteractionId)> {
        &self.pending
    }

    /// The versions that need a contract from the store, by its path there.
    pub(super) const fn needed_by(&self) -> &BTreeMap<Arc<str>, Vec<String>> {
        &self.needed_by
    }

    /// Whether a contract came from the store.
    fn has(&self, file: &ContractFile) -> bool {
        self.files.iter().any(|known| std::ptr::eq(known.as_ref(), file))
    }
}

/// The versions that need a contract: `storefront@1 (live in production)`.
fn versions(contract: &NeededContract) -> Vec<String> {
    let one = |(version, live_in): (&Version, &BTreeSet<ServiceName>)| {
        let of = ServiceVersion::new(contract.consumer.clone(), version.clone()).short();
        if live_in.is_empty() { format!("{of} (main branch)") } else { format!("{of} (live in {})", and_list(live_in)) }
    };
    contract.versions.iter().map(one).collect()
}

/// Selects each interaction of a consumer once: those that its live version and its main branch share aren't run twice.
pub(super) struct Once<'s> {
    from: &'s FromStore,
    seen: BTreeSet<(ServiceName, InteractionId)>,
}

impl<'s> Once<'s> {
    /// Nothing was selected yet.
    pub(super) const fn new(from: &'s FromStore) -> Self {
        Self { from, seen: BTreeSet::new() }
    }

    /// Whether to run an interaction. Contracts of the folder are always run.
    pub(super) fn takes(&mut self, file: &ContractFile, index: usize) -> bool {
        let new = self.seen.insert((file.contract.consumer.clone(), file.ids[index]));
        new || !self.from.has(file)
    }
}
