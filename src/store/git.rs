//! A ledger on a branch of a git repository, anywhere that the `git` program can reach.
//!
//! Each view is fetched into a copy in the user's cache folder ([`super::cache`]) and read there. Nothing is ever checked
//! out, and the user's own repositories aren't touched. Files are added in one commit on the view that their writer saw,
//! and pushed without force.

use std::any::Any;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::cache::{Cache, is_hex};
use super::git_snapshot::GitSnapshot;
use super::path;
use crate::git::{Address, CommitText, Environment, Object, Patience};
use crate::ledger::{Landing, NewFile, Rewritten, Snapshot, Store, StoreError, short_id};

/// A store that is a branch of a git repository.
#[derive(Debug)]
pub struct GitStore {
    pub(super) address: Address,
    pub(super) name: String,
    pub(super) cache: Arc<Cache>,
    /// Whether the branch may be missing while there are others.
    pub(super) may_be_made: bool,
    /// The branch, once it is known.
    branch: Mutex<Option<String>>,
    /// `Name <address>` of the committer, once it is known.
    pub(super) committer: OnceLock<String>,
    pub(super) environment: Environment,
}

impl GitStore {
    /// The store at an address. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// If git is missing, or there is no folder for the copy.
    pub fn open(address: Address, environment: &Environment) -> Result<Self, StoreError> {
        Ok(Self {
            name: address.redacted(),
            cache: Arc::new(Cache::open(&address, environment)?),
            may_be_made: false,
            branch: Mutex::new(address.branch().map(str::to_owned)),
            address,
            committer: OnceLock::new(),
            environment: environment.clone(),
        })
    }

    /// The same, with a branch that is created when the first files are added.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn create(address: Address, environment: &Environment) -> Result<Self, StoreError> {
        Ok(Self { may_be_made: true, ..Self::open(address, environment)? })
    }

    /// The same store with another patience with git and the network.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn patient(mut self, patience: Patience) -> Result<Self, StoreError> {
        let cache = Cache::open(&self.address, &self.environment)?;
        self.cache = Arc::new(cache.with_git(|git| git.patient(patience)));
        Ok(self)
    }

    /// The bare repository with the copy of the store.
    #[must_use]
    pub fn copy(&self) -> PathBuf {
        self.cache.repository()
    }

    pub(super) fn branch(&self) -> Option<String> {
        self.branch.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers the branch if the address doesn't name one.
    pub(super) fn settle(&self, branch: String) {
        *self.branch.lock().unwrap_or_else(PoisonError::into_inner) = Some(branch);
    }

    /// The name under which is remembered what was seen of the branch.
    pub(super) fn seen_as(&self) -> &str {
        self.address.branch().unwrap_or("HEAD")
    }

    pub(super) fn view(&self, commit: Option<(String, CommitText)>, rewritten: Option<Rewritten>) -> GitSnapshot {
        GitSnapshot::new(Arc::clone(&self.cache), commit, rewritten)
    }

    /// A commit in the branch's history, by its id or the beginning of it.
    fn commit_in_history(&self, id: &str, tip: Option<&str>) -> Result<Option<(String, CommitText)>, StoreError> {
        let Some(tip) = tip else { return Ok(None) };
        let name = format!("{id}^{{commit}}");
        let Some(Object::Found { id, .. }) = self.cache.objects(&[name])?.pop() else { return Ok(None) };
        if !self.cache.is_ancestor(&id, tip)? {
            return Ok(None);
        }
        self.commit(&id).map(Some)
    }
}

impl Store for GitStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let tip = self.fetch()?;
        Ok(Box::new(self.view(tip.commit, tip.rewritten)))
    }

    fn snapshot_at(&self, id: &str) -> Result<Box<dyn Snapshot>, StoreError> {
        if id.len() < 7 || id.len() > 2 * self.cache.id_bytes() || !is_hex(id) {
            return Err(StoreError::new(format!("`{id}` isn't the id of a commit"))
                .help("use at least 7 of its hex digits, as the gate shows them"));
        }
        // Commits that were once seen on the branch can be read without the network.
        for seen in self.cache.memory(self.seen_as()).commits() {
            if let Some(commit) = self.commit_in_history(id, Some(seen))? {
                return Ok(Box::new(self.view(Some(commit), None)));
            }
        }
        let tip = self.fetch()?;
        let present = tip.commit.map(|(id, _)| id);
        if let Some(commit) = self.commit_in_history(id, present.as_deref())? {
            return Ok(Box::new(self.view(Some(commit), tip.rewritten)));
        }
        let present = present.map(|present| format!("it is at {} now", short_id(&present)));
        Err(StoreError::new(format!("the history of the store {} has no commit {}", self.name, short_id(id)))
            .help(present.unwrap_or_else(|| String::from("it is empty"))))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn unnamed_branch(&self) -> Option<String> {
        self.branch().filter(|_| self.address.branch().is_none())
    }

    fn add(&self, files: &[NewFile], since: &str, message: &str) -> Result<Landing, StoreError> {
        path::check(files)?;
        self.add_commit(files, since, message)
    }

    fn turn(&self, patience: Duration) -> Option<Box<dyn Any>> {
        Some(Box::new(self.cache.turn(patience)?))
    }
}
