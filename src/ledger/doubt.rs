//! What can't be trusted in a store. A doubt is kept with every answer that it touches: it never turns into a "nothing
//! there".

use std::fmt;

/// A file of the store that can't be trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    /// Where it lies in the store.
    pub path: String,
    pub kind: DoubtKind,
}

/// Why a file can't be trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DoubtKind {
    /// It is not what it should be; why, as the end of a sentence.
    Unreadable(String),
    /// It is of a newer format than this program reads; which version of the program reads it, where it says so.
    Newer { needs: Option<String> },
    /// Its name is not the hash of its content: somebody changed it, or it came broken.
    WrongName,
    /// It is a record, and does not lie where its content says.
    Misplaced,
    /// It is not there, and something points at it.
    Missing,
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
                write!(f, "{path} is of a newer format: upgrade to upheld >= {needs}")
            }
            DoubtKind::Newer { needs: None } => write!(f, "{path} is of a newer format than this program reads"),
            DoubtKind::WrongName => write!(f, "{path} was changed: its name is not the hash of its content"),
            DoubtKind::Misplaced => write!(f, "{path} does not lie where its content says"),
            DoubtKind::Missing => write!(f, "{path} is not there"),
        }
    }
}
