//! An operation as it stands in the index of a document.

use super::template::Template;

/// An operation, by how a request finds it.
#[derive(Debug)]
pub(super) struct Entry {
    pub method: String,
    pub path: String,
    pub template: Template,
    /// Where its path item is.
    pub item: String,
    /// Where it is itself.
    pub at: String,
}
