//! The stores that keep a ledger: a folder, or a branch of a git repository.
//!
//! Both are safe with any number of concurrent writers: files are only ever added, on the view that their writer saw
//! ([`crate::ledger::Store::add`]). [`append()`] tries again until they are added.

mod append;
mod aside;
mod cache;
mod commit;
mod failure;
mod folder;
mod git;
mod git_add;
mod git_snapshot;
mod healed;
mod history;
mod path;
mod seen;

use std::path::Path;

use commit::CommitSnapshot;

pub use append::{Plan, append};
pub use folder::FolderStore;
pub use git::GitStore;

use crate::git::{Address, Environment, redacted};
use crate::ledger::{Snapshot, Store, StoreError};

/// Opens the store that a text names: `git+ssh://…`, `https://…`, `git@host:path` and the like are git repositories, with an
/// optional branch after `#`; everything else is a folder relative to `base`.
///
/// # Errors
///
/// Why the text doesn't name a store. Whether it exists only turns out when it is read.
pub fn open(spec: &str, base: &Path, environment: &Environment) -> Result<Box<dyn Store>, StoreError> {
    Ok(match address(spec)? {
        Some(address) => Box::new(GitStore::open(address, environment)?),
        None => Box::new(FolderStore::open(base.join(spec), redacted(spec))),
    })
}

/// As [`open`], for a store that needn't exist yet: a missing folder or branch is empty, and is created when the first files
/// are added.
///
/// # Errors
///
/// Why the text doesn't name a store.
pub fn create(spec: &str, base: &Path, environment: &Environment) -> Result<Box<dyn Store>, StoreError> {
    Ok(match address(spec)? {
        Some(address) => Box::new(GitStore::create(address, environment)?),
        None => Box::new(FolderStore::create(base.join(spec), redacted(spec))),
    })
}

/// A store as of a commit, to see the effect of a change: for a git store from its history, for a folder from the
/// repository that it is checked out from.
///
/// # Errors
///
/// Why it can't be read.
pub fn base(spec: &str, base: &Path, commit: &str, environment: &Environment) -> Result<Box<dyn Snapshot>, StoreError> {
    match address(spec)? {
        Some(address) => GitStore::open(address, environment)?.snapshot_at(commit),
        None => Ok(Box::new(CommitSnapshot::open(&base.join(spec), commit, environment)?)),
    }
}

/// Accepts the present history of a git store, and returns the store's name.
///
/// # Errors
///
/// Why it can't be read, or that the store is a folder, which has no history.
pub fn trust(spec: &str, environment: &Environment) -> Result<String, StoreError> {
    match address(spec)? {
        Some(address) => {
            let store = GitStore::open(address, environment)?;
            store.trust()?;
            Ok(store.name().to_owned())
        }
        None => Err(StoreError::new("the store is a folder, which has no history to trust")
            .help("a folder is always trusted; there is nothing to do")),
    }
}

fn address(spec: &str) -> Result<Option<Address>, StoreError> {
    if spec.is_empty() || spec.contains('\0') {
        return Err(
            StoreError::new("the name of the store is empty").help("name a folder, or the address of a git repository")
        );
    }
    Address::parse(spec).map_err(|error| {
        StoreError::new(error.to_string())
            .help("a store is a folder, or an address like `git+ssh://git@example.com/team/contracts.git#main`")
    })
}
