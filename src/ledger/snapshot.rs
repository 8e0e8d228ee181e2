//! A store for the ledger: a view of its files that doesn't change, and a way to add files unless others did in the
//! meantime.

use std::any::Any;
use std::time::Duration;

use jiff::Timestamp;

use super::doubt::Rewritten;
use crate::trouble::Trouble;

/// One view of a store.
pub trait Snapshot {
    /// The id of this view: a commit's id, or a digest of a folder.
    fn id(&self) -> &str;

    /// The entries of a folder, in the order of names; empty if there is no such folder.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn list(&self, folder: &str) -> Result<Vec<FolderEntry>, StoreError>;

    /// The entries of several folders, in the same order. A store reads many at once if it can.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn list_all(&self, folders: &[String]) -> Result<Vec<Vec<FolderEntry>>, StoreError> {
        folders.iter().map(|folder| self.list(folder)).collect()
    }

    /// The bytes of files, in the order of the paths; `None` for a path that isn't a file.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn read(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// The value that [`remember`](Self::remember) has cached under a name, from this view or another one. A store
    /// without a cache has nothing.
    fn recall(&self, _name: &str) -> Option<Vec<u8>> {
        None
    }

    /// Caches something that can be derived from the store again.
    fn remember(&self, _name: &str, _bytes: &[u8]) {}

    /// How the store's history was rewritten since it was last trusted here, if it was: records may be lost.
    fn rewritten(&self) -> Option<Rewritten> {
        None
    }

    /// When the store was last written to, by the writer's clock, if the store knows it. For people, and to detect a stale
    /// mirror.
    fn time(&self) -> Option<Timestamp> {
        None
    }

    /// Whether this view contains everything that the view with that id did, according to the store's history. This
    /// detects deleted records. A store without a history returns true.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn grew_from(&self, _id: &str) -> Result<bool, StoreError> {
        Ok(true)
    }
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FolderEntry {
    pub name: String,
    pub kind: EntryKind,
    /// An id of the content, if the store knows one.
    pub content: Option<String>,
}

/// The kind of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    Folder,
    File,
    /// A link, or something else that doesn't belong in a store.
    Other,
}

/// A place that keeps a ledger.
pub trait Store {
    /// The store as it is now.
    ///
    /// # Errors
    ///
    /// Why it can't be reached or read.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// The store as it was in the view with this id.
    ///
    /// # Errors
    ///
    /// Why that view can't be read again.
    fn snapshot_at(&self, id: &str) -> Result<Box<dyn Snapshot>, StoreError>;

    /// The store's name for people: its address or folder, without passwords.
    fn name(&self) -> &str;

    /// The branch that it is kept on, if its name doesn't say and it is known by now.
    fn unnamed_branch(&self) -> Option<String> {
        None
    }

    /// Adds files, all or none, if the store is still the same as in the view with this id.
    ///
    /// # Errors
    ///
    /// Why they can't be written, or why it is unknown whether they were.
    fn add(&self, files: &[NewFile], since: &str, message: &str) -> Result<Landing, StoreError>;

    /// Waits, but no longer than `patience`, for this process's turn among those on this machine that write to the store. The
    /// turn ends when the returned value is dropped. Turns only save work that would come too late; a store needn't have
    /// them.
    fn turn(&self, _patience: Duration) -> Option<Box<dyn Any>> {
        None
    }
}

/// The result of adding files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landing {
    /// They are there, which was checked.
    Landed,
    /// The store has changed, or reports that: read it and try again. Why, as the end of a sentence.
    Moved(String),
    /// The place to write to is locked, by a writer who goes on or by one who crashed. The other side's message.
    Locked(String),
}

/// A file to add to the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub path: String,
    pub bytes: Vec<u8>,
}

impl NewFile {
    /// A file at a path.
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}

/// Why a store can't be used.
pub type StoreError = Trouble;
