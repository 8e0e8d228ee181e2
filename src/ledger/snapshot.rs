//! A store as the ledger needs it: a view of its files that doesn't change, and a way to add files if nobody else did in
//! the meantime.

use std::any::Any;
use std::time::Duration;

use jiff::Timestamp;

use crate::trouble::Trouble;

/// One view of a store.
pub trait Snapshot {
    /// What names this view: a commit's id, or the head of a folder.
    fn id(&self) -> &str;

    /// What lies in a folder, in the order of names; nothing where there is no such folder.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn list(&self, folder: &str) -> Result<Vec<Entry>, StoreError>;

    /// What lies in several folders, in their order. A store that can look at many at once does.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn list_all(&self, folders: &[String]) -> Result<Vec<Vec<Entry>>, StoreError> {
        folders.iter().map(|folder| self.list(folder)).collect()
    }

    /// The bytes of files, in the order of the paths; `None` for what is no file.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn read(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// What was put aside under a name by [`remember`](Self::remember), from this view or another one. A store that
    /// can't do it has nothing.
    fn recall(&self, _name: &str) -> Option<Vec<u8>> {
        None
    }

    /// Puts something aside that can be made again from the store.
    fn remember(&self, _name: &str, _bytes: &[u8]) {}

    /// Whether the store's history was rewritten since it was last trusted here: records may have been taken away.
    fn rewritten(&self) -> Option<String> {
        None
    }

    /// When the view came to be, by the clock of who wrote last, where the store knows it. For people, and to tell that
    /// a copy has stopped to follow.
    fn time(&self) -> Option<Timestamp> {
        None
    }

    /// Whether this view holds all that the view with that id did, as far as the store's own history tells: a record
    /// that was taken away is found out by it. A store without a history says yes.
    ///
    /// # Errors
    ///
    /// Why the store can't be read.
    fn grew_from(&self, _id: &str) -> Result<bool, StoreError> {
        Ok(true)
    }
}

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: String,
    pub kind: EntryKind,
    /// What changes whenever the content does, where the store knows it.
    pub content: Option<String>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    Folder,
    File,
    /// A link, or something else that a store has no use for.
    Other,
}

/// Where a ledger is kept.
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
    /// Why that view can't be had again.
    fn snapshot_at(&self, id: &str) -> Result<Box<dyn Snapshot>, StoreError>;

    /// What the store is called: its address or folder, without passwords.
    fn name(&self) -> &str;

    /// The branch that it is kept on, where its name leaves that open and it is known by now.
    fn unnamed_branch(&self) -> Option<String> {
        None
    }

    /// Adds files, all or none, if the store is still as it was in the view with this id.
    ///
    /// # Errors
    ///
    /// Why they can't be written, or why it is not known whether they were.
    fn add(&self, files: &[NewFile], since: &str, message: &str) -> Result<Landing, StoreError>;

    /// Waits, not for longer than `patience`, until it is this process's turn among those of this machine that write to
    /// the store; the turn ends where what is given is dropped. Nothing is only right by it: it spares those who would be
    /// too late the work, and a store need not have it.
    fn turn(&self, _patience: Duration) -> Option<Box<dyn Any>> {
        None
    }
}

/// What came of adding files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landing {
    /// They are there, and were seen there.
    Landed,
    /// The store has moved on, or says so: look again, and try again. Why, as the end of a sentence.
    Moved(String),
}

/// A file that is not in the store yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub path: String,
    pub bytes: Vec<u8>,
}

impl NewFile {
    /// A file at a place.
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}

/// Why a store can't be used.
pub type StoreError = Trouble;
