//! The `git` program: run with a cleaned environment and a deadline, and in the user's work tree only to see which
//! commit is checked out there.
//!
//! A repository that others write to is untrusted data: it is never checked out, no hooks are run, and its trees are read
//! as bytes ([`Objects`], [`read_tree`]).

mod address;
mod build;
mod checkout;
mod environment;
mod error;
mod hidden;
mod objects;
mod program;
mod token;
mod tree;

pub use address::{Address, AddressError, redacted};
pub use checkout::{Checkout, checkout};
pub use environment::Environment;
pub use error::GitError;
pub use hidden::hide_token;
pub use objects::{LARGEST, Object, Objects};
pub use program::{Call, Git, Output, Patience};
pub use tree::{CommitText, TreeEntry, read_commit, read_tree};
