//! What is checked out in a folder: the commit, its branch, and whether there is more than the commit says.

use std::path::Path;

use super::build::{Build, is_commit};
use super::environment::Environment;
use super::error::GitError;
use super::program::Git;

/// What lies here beside the code and is none of it.
const OWN: &str = ".upheld";

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The commit's id. In a pull request that of its head, and not that of the merge that was made to try it.
    pub commit: String,
    /// The commit whose files lie here: in a pull request it may be the merge that was made to try it.
    pub lies_here: String,
    /// The branch, where there is one or the build system tells it.
    pub branch: Option<String>,
    /// Whether files that the commit holds were changed.
    pub changed: bool,
    /// What git knows nothing of and was not told to ignore, from the top of the repository: files, and folders of
    /// nothing else, which end in `/`.
    pub untracked: Vec<String>,
}

/// Looks at what is checked out in a folder, by git and by what the build system tells.
///
/// # Errors
///
/// That there is nothing checked out, or that it can't be told.
pub fn checkout(folder: &Path, environment: &Environment) -> Result<Checkout, GitError> {
    // `--untracked-files`: whatever the user's configuration shows of them by itself.
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
        lies_here: String::new(),
        branch: None,
        changed: false,
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
            seen.changed = true;
        }
    }
    if !is_commit(&seen.commit) {
        return Err(GitError::new(format!("nothing is committed yet in {}", folder.display()))
            .help("commit first, or name the version yourself: SERVICE@VERSION"));
    }
    let commit = seen.commit.clone();
    let (meant, told) = Build::of(environment).meant(commit.clone(), || parents(folder, &git, &commit))?;
    // What is checked out by name says more; but the branch that a head was merged into is not its own.
    if meant != commit || seen.branch.is_none() {
        seen.branch = told;
    }
    seen.lies_here = commit;
    seen.commit = meant;
    Ok(seen)
}

fn refused(folder: &Path, said: &str) -> GitError {
    let by_hand = "name the version yourself: SERVICE@VERSION";
    if said.contains("dubious ownership") {
        return GitError::new(format!("git doesn't trust the repository in {}", folder.display()))
            .detail(said)
            .help("it belongs to another user: tell git that it may be trusted, as it says above")
            .help(format!("or {by_hand}"));
    }
    if said.contains("not a git repository") {
        return GitError::new(format!("{} is in no git repository, so there is no commit to go by", folder.display()))
            .help(by_hand);
    }
    GitError::new(format!("what is checked out in {} can't be told", folder.display())).detail(said).help(by_hand)
}

/// Whether a line of `git status` is about our own folder.
fn is_own(line: &str) -> bool {
    // The path is the last of a number of fields that depends on the line's kind.
    let fields = match line.as_bytes().first() {
        Some(b'?' | b'!') => 2,
        Some(b'1') => 9,
        Some(b'u') => 11,
        _ => return false,
    };
    line.splitn(fields, ' ').last().is_some_and(|path| path.split('/').any(|part| part == OWN))
}

/// The commits that a commit follows. They stand in it, even where the checkout holds no history.
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
    fn only_what_lies_in_our_own_folder_is_left_out() {
        assert!(is_own("? .upheld/"));
        assert!(is_own("? a/.upheld/store/x y"));
        assert!(is_own("1 .M N... 100644 100644 100644 0123 0123 a/.upheld/b c"));
        assert!(!is_own("? a/.upheldx"));
        assert!(!is_own("1 .M N... 100644 100644 100644 0123 0123 a"));
        assert!(!is_own("2 R. N... whatever"));
    }
}
