//! The codes of findings in a store. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// A file of the store can't be read as what it should be.
    UNREADABLE = "S101";
    /// A file of the store is of a newer format than this program reads.
    NEWER = "S102";
    /// A file of the store was changed after it was written: its name is not the hash of its content.
    WRONG_NAME = "S103";
    /// A file of the store does not lie where its content says.
    MISPLACED = "S104";
    /// Something points at a file of the store that is not there: it was taken away, or never came.
    MISSING = "S105";
    /// A service or environment is named that the store does not declare.
    UNDECLARED = "S106";
    /// Something lies among the records and contracts that is neither.
    STRAY = "S107";
    /// A version was published twice, with other content: neither counts.
    PUBLISHED_TWICE = "S108";
    /// A record or contract was taken away. They are only ever added.
    REMOVED = "S201";
    /// A record or contract was changed. They are only ever added.
    CHANGED = "S202";
}
