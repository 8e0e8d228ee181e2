//! Contracts from the store that a provider is verified against in addition to those of the folder, and which of their
//! interactions are pending.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::ledger::{refused, today, unusable};
use super::load::Workspace;
use super::{Failure, World};
use crate::formats::{Contract, ContractFile, contract_id};
use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{
    Book, NameKind, NeededContract, Refusal, ServiceVersion, SideBranch, Store, Version, full_version, needed,
    needed_for, side_branches,
};
use crate::words::and_list;

/// The contracts that came from the store.
#[derive(Default)]
pub(super) struct FromStore {
    /// Where consumers have published contracts that nobody is verified against, by provider.
    pub side_branches: Vec<(ServiceName, SideBranch)>,
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
            let current = book.names().map_err(unusable)?.current(provider);
            if !declared.contains(current) {
                return Err(refused(Refusal::Undeclared {
                    kind: NameKind::Service,
                    name: provider.clone(),
                    known: declared,
                }));
            }
            let needed = needed(&book, current, environment, today()).map_err(unusable)?;
            if needed.contracts.is_empty() {
                let found = side_branches(&book, current).map_err(unusable)?;
                added.side_branches.extend(found.into_iter().map(|one| (provider.clone(), one)));
            }
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
                    added.take(provider, contract, workspace);
                }
            }
        }
        Ok(added)
    }

    /// Takes the contracts of these versions of consumers in place of those of the folder: with the named providers, or with
    /// all.
    pub(super) fn only(
        store: &dyn Store,
        providers: &BTreeSet<ServiceName>,
        versions: &[ServiceVersion],
        publish: bool,
        workspace: &mut Workspace,
    ) -> Result<Self, Failure> {
        let snapshot = store.snapshot().map_err(unusable)?;
        let book = Book::new(snapshot.as_ref());
        let mut taken = Self::default();
        workspace.files.clear();
        let names = book.names().map_err(unusable)?;
        let current: BTreeSet<ServiceName> = providers.iter().map(|name| names.current(name).clone()).collect();
        for named in versions {
            let consumer = full_version(&book, named).map_err(refused)?;
            let known = book.services().map_err(unusable)?;
            if !known.contains(&consumer.service) {
                let name = consumer.service;
                return Err(refused(Refusal::Undeclared { kind: NameKind::Service, name, known }));
            }
            let contracts = needed_for(&book, &consumer, &current).map_err(refused)?;
            if contracts.is_empty() {
                let of = match providers.len() {
                    0 => String::from("other services"),
                    _ => and_list(providers),
                };
                let message = format!("nothing to verify: {consumer} expects nothing from {of}");
                return Err(if publish { Failure::nothing_to_do(message) } else { Failure::usage(message) });
            }
            for (provider, contract) in contracts {
                let named = |name: &&ServiceName| names.current(name) == &provider;
                let provider = providers.iter().find(named).unwrap_or(&provider).clone();
                taken.take(&provider, contract, workspace);
            }
        }
        Ok(taken)
    }

    /// Adds a contract, with the names that its services have now, and its provider as it was named.
    fn take(&mut self, provider: &ServiceName, needed: NeededContract, workspace: &mut Workspace) {
        self.needed_by.insert(needed.file.source.name.clone(), versions_of(&needed));
        let NeededContract { consumer, file, .. } = needed;
        let of_these = file.contract.consumer == consumer && file.contract.provider == *provider;
        let file = if of_these { file } else { renamed(&file, consumer, provider.clone()) };
        workspace.files.push(Arc::clone(&file));
        self.files.push(file);
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

/// A contract that was written under former names of its services.
fn renamed(file: &ContractFile, consumer: ServiceName, provider: ServiceName) -> Arc<ContractFile> {
    let contract = Contract { consumer, provider, ..file.contract.clone() };
    let (source, lines, ids) = (Arc::clone(&file.source), file.lines.clone(), file.ids.clone());
    Arc::new(ContractFile { source, contract, lines, ids })
}

/// The versions that need a contract: `storefront@1 (live in production)`.
fn versions_of(contract: &NeededContract) -> Vec<String> {
    let one = |(version, live_in): (&Version, &BTreeSet<ServiceName>)| {
        let of = ServiceVersion::new(contract.consumer.clone(), version.clone()).short();
        match (contract.on_main, live_in.is_empty()) {
            (true, true) => format!("{of} (main branch)"),
            (false, true) => of,
            (_, false) => format!("{of} (live in {})", and_list(live_in)),
        }
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
