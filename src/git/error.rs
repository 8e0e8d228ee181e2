//! Why git couldn't be run, or didn't end.

use crate::trouble::Trouble;

/// What happened to a git process, git's own message, and what to do next.
pub type GitError = Trouble;
