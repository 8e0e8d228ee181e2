//! Why git could not be run, or did not come to an end.

use crate::trouble::Trouble;

/// What happened to a git process, what git said, and what to do next.
pub type GitError = Trouble;
