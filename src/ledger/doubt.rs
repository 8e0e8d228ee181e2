//! Doubts: the parts of a store that can't be trusted. A doubt is kept with every result that it affects: an unreadable
//! file never passes for a missing one.

use std::fmt;

use super::version::short_id;
use crate::words::count;

/// A file of the store that can't be trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// Its path in the store.
    pub path: String,
    pub kind: DoubtKind,
}

/// Why a file can't be trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoubtKind {
    /// It isn't as it should be; the reason is the end of a sentence.
    Unreadable(String),
    /// It has a newer format than this program reads; the version of the program that reads it, if the file says so.
    Newer { needs: Option<String> },
    /// Its name isn't the hash of its content: it was edited or damaged.
    WrongName,
    /// It is a record in another place than its content says.
    Misplaced,
    /// It isn't there, but something refers to it.
    Missing,
}

/// How the history of a store was rewritten. Commits are full ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// The branch is gone, which was seen at a commit.
    BranchDeleted { store: String, commit: String },
    /// The branch no longer contains a commit that was seen on it.
    CommitLost { store: String, commit: String },
    /// Records or contracts were deleted since a commit: the first of them, and how many more.
    FilesDeleted { store: String, commit: String, first: String, more: usize },
    /// Whether it was is unknown: the file that says what was seen of it can't be read.
    Unknown { store: String, file: String },
}

impl Doubt {
    /// A doubt about a file.
    pub fn new(path: impl Into<String>, kind: DoubtKind) -> Self {
        Self { path: path.into(), kind }
    }

    /// A file that can't be read.
    pub fn unreadable(path: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(path, DoubtKind::Unreadable(why.into()))
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.kind {
            DoubtKind::Unreadable(why) => write!(f, "{path} can't be read: {why}"),
            DoubtKind::Newer { needs: Some(needs) } => {
                write!(f, "{path} has a newer format: upgrade to Upheld >= {needs}")
            }
            DoubtKind::Newer { needs: None } => write!(f, "{path} has a newer format than this program reads"),
            DoubtKind::WrongName => write!(f, "{path} was changed: its name isn't the hash of its content"),
            DoubtKind::Misplaced => write!(f, "{path} isn't where its content says it belongs"),
            DoubtKind::Missing => write!(f, "{path} is missing"),
        }
    }
}

impl fmt::Display for Rewritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BranchDeleted { store, commit } => {
                let commit = short_id(commit);
                write!(
                    f,
                    "the history of the store {store} was rewritten: its branch, seen at commit {commit}, is gone"
                )
            }
            Self::CommitLost { store, commit } => {
                let commit = short_id(commit);
                write!(f, "the history of the store {store} was rewritten: it no longer contains the commit {commit}")
            }
            Self::FilesDeleted { store, commit, first, more } => {
                let more = if *more == 0 { String::new() } else { format!(" and {}", count(*more, "more file")) };
                let commit = short_id(commit);
                write!(f, "deleted from the store {store} since the commit {commit}: {first}{more}")
            }
            Self::Unknown { store, file } => write!(
                f,
                "it is unknown whether the history of the store {store} was rewritten: {file}, which says what was seen \
                 of it, can't be read"
            ),
        }
    }
}
