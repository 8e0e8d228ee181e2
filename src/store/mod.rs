//! Where a ledger is kept: a folder, or a branch of a git repository.
//!
//! Both are safe with any number of writers at once: files are only ever added, on the view that their writer saw
//! ([`crate::ledger::Store::add`]). Who adds what is true on any view tries again until it is in ([`append()`]).

mod append;
mod cache;
mod commit;
mod failure;
mod folder;
mod git;
mod git_add;
mod git_snapshot;
mod history;
mod lock;
mod path;

use std::path::Path;

use commit::CommitSnapshot;

pub use append::{Plan, append};
pub use folder::FolderStore;
pub use git::GitStore;

use crate::git::{Address, Environment};
use crate::ledger::{Snapshot, Store, StoreError};

/// Opens the store that a text names: `git+ssh://…`, `https://…`, `git@host:path` and the like are git repositories, with
/// the branch behind `#` or not; everything else is a folder, seen from `base`.
///
/// # Errors
///
/// Why the text names no store. Whether there is one is found out when it is read.
pub fn open(spec: &str, base: &Path, environment: &Environment) -> Result<Box<dyn Store>, StoreError> {
    Ok(match address(spec)? {
        Some(address) => Box::new(GitStore::open(address, environment)?),
        None => Box::new(FolderStore::open(base.join(spec), spec)),
    })
}

/// As [`open`], for a store that need not be there yet: a folder that is missing, or a branch that is, has nothing in it,
/// and is made when the first files are added.
///
/// # Errors
///
/// Why the text names no store.
pub fn create(spec: &str, base: &Path, environment: &Environment) -> Result<Box<dyn Store>, StoreError> {
    Ok(match address(spec)? {
        Some(address) => Box::new(GitStore::create(address, environment)?),
        None => Box::new(FolderStore::create(base.join(spec), spec)),
    })
}

/// What a store was at a commit: of a git store by its history, of a folder by the repository that it is checked out
/// from. For a look at what a change did.
///
/// # Errors
///
/// Why that can't be told.
pub fn base(spec: &str, base: &Path, commit: &str, environment: &Environment) -> Result<Box<dyn Snapshot>, StoreError> {
    match address(spec)? {
        Some(address) => GitStore::open(address, environment)?.snapshot_at(commit),
        None => Ok(Box::new(CommitSnapshot::open(&base.join(spec), commit, environment)?)),
    }
}

/// Accepts the history of a git store as it is now, and says what the store is called.
///
/// # Errors
///
/// Why it can't be read; or that the store is a folder, which has no history.
pub fn trust(spec: &str, environment: &Environment) -> Result<String, StoreError> {
    match address(spec)? {
        Some(address) => {
            let store = GitStore::open(address, environment)?;
            store.trust()?;
            Ok(store.name().to_owned())
        }
        None => Err(StoreError::new("a store that is a folder has no history to trust")
            .help("it is always as it is: there is nothing to do")),
    }
}

fn address(spec: &str) -> Result<Option<Address>, StoreError> {
    if spec.is_empty() || spec.contains('\0') {
        return Err(StoreError::new("the name of the store is empty").help("`store` is a folder, or an address of git"));
    }
    Address::parse(spec).map_err(|error| {
        StoreError::new(error.to_string())
            .help("a store is a folder, or an address like `git+ssh://git@example.com/team/contracts.git#main`")
    })
}
