//! The state of a checkout: its commit, its branch, and whether it has changes.

use std::path::Path;

use super::build::{Build, is_commit};
use super::environment::Environment;
use super::error::GitError;
use super::program::Git;

/// Our own folder, which isn't part of the code.
const OWN: &str = ".upheld";

/// The state of a checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The commit's id. In a pull request, the id of its head instead of the test merge's.
    pub commit: String,
    /// The commit whose files are checked out. In a pull request, this may be the test merge.
    pub checked_out: String,
    /// The branch, if there is one or the build system names it.
    pub branch: Option<String>,
    /// The files of the commit that were changed, relative to the top of the repository.
    pub changed: Vec<String>,
    /// Untracked paths that aren't ignored, relative to the top of the repository. Folders with only untracked files end in
    /// `/`.
    pub untracked: Vec<String>,
}

/// Reads the state of the checkout in a folder, from git and the build system.
///
/// # Errors
///
/// That nothing is checked out, or that git can't tell.
pub fn checkout(folder: &Path, environment: &Environment) -> Result<Checkout, GitError> {
    // `--untracked-files` overrides the user's configuration.
    let git = Git::new(environment);
    let output = git
        .call(["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--no-renames"])
        .at(folder)
        .run()?;
    if !output.succeeded() {
        return Err(refused(folder, &output.stderr));
    }
    let text = output.text();
    let mut seen = Checkout {
        commit: String::new(),
        checked_out: String::new(),
        branch: None,
        changed: Vec::new(),
        untracked: Vec::new(),
    };
    for line in text.split('\0').filter(|line| !line.is_empty()) {
        if let Some(commit) = line.strip_prefix("# branch.oid ") {
            commit.clone_into(&mut seen.commit);
        } else if let Some(branch) = line.strip_prefix("# branch.head ") {
            seen.branch = (branch != "(detached)").then(|| branch.to_owned());
        } else if line.starts_with('#') || is_own(line) {
        } else if let Some(path) = line.strip_prefix("? ") {
            seen.untracked.push(path.to_owned());
        } else {
            seen.changed.push(path_of(line).unwrap_or(line).to_owned());
        }
    }
    if !is_commit(&seen.commit) {
        return Err(GitError::new(format!("nothing is committed yet in {}", folder.display()))
            .help("commit first, or name the version yourself: SERVICE@VERSION"));
    }
    let commit = seen.commit.clone();
    let (commit_to_use, branch) = Build::of(environment).resolve(commit.clone(), || parents(folder, &git, &commit))?;
    // A branch that is checked out by name is more precise, but the branch of a test merge isn't that of its head.
    if commit_to_use != commit || seen.branch.is_none() {
        seen.branch = branch;
    }
    seen.checked_out = commit;
    seen.commit = commit_to_use;
    Ok(seen)
}

fn refused(folder: &Path, said: &str) -> GitError {
    let by_hand = "name the version yourself: SERVICE@VERSION";
    if said.contains("dubious ownership") {
        return GitError::new(format!("git doesn't trust the repository in {}", folder.display()))
            .detail(said)
            .help("it belongs to another user; if you trust it, run the command that git suggests above")
            .help(format!("or {by_hand}"));
    }
    if said.contains("not a git repository") {
        return GitError::new(format!(
            "{} isn't in a git repository, so there is no commit to use as the version",
            folder.display()
        ))
        .help(by_hand);
    }
    GitError::new(format!("can't find out what is checked out in {}", folder.display())).detail(said).help(by_hand)
}

/// Whether a line of `git status` is about our own folder.
fn is_own(line: &str) -> bool {
    path_of(line).is_some_and(|path| path.split('/').any(|part| part == OWN))
}

/// The path in a line of `git status`.
fn path_of(line: &str) -> Option<&str> {
    // The path is the last field; the number of fields depends on the kind of line.
    let fields = match line.as_bytes().first() {
        Some(b'?' | b'!') => 2,
        Some(b'1') => 9,
        Some(b'u') => 11,
        _ => return None,
    };
    line.splitn(fields, ' ').last()
}

/// The parents of a commit, which it names even if the checkout has no history.
fn parents(folder: &Path, git: &Git, commit: &str) -> Result<Vec<String>, GitError> {
    let output = git.call(["cat-file", "commit", commit]).at(folder).run()?;
    let text = output.text();
    let head = text.lines().take_while(|line| !line.is_empty());
    Ok(head.filter_map(|line| line.strip_prefix("parent ")).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_in_our_own_folder_are_left_out() {
        assert!(is_own("? .upheld/"));
        assert!(is_own("? a/.upheld/store/x y"));
        assert!(is_own("1 .M N... 100644 100644 100644 0123 0123 a/.upheld/b c"));
        assert!(!is_own("? a/.upheldx"));
        assert!(!is_own("1 .M N... 100644 100644 100644 0123 0123 a"));
        assert!(!is_own("2 R. N... whatever"));
    }
}
