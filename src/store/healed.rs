//! Keeps the copy's settings what they were when it was created. Git would believe anything that it finds there: a setting
//! can name programs to run, and other files can add to the history or take its place. And whoever restores a cache, or the
//! crash of a machine, may have left anything.

use std::fs;
use std::io;
use std::path::Path;

use crate::files;

/// What a repository without a work tree has to have.
const FOLDERS: [&str; 2] = ["objects", "refs"];
/// What it doesn't need, and git would go by.
const STRAYS: [&str; 8] = [
    "commondir",
    "config.worktree",
    "gitdir",
    "info/attributes",
    "info/grafts",
    "objects/info/alternates",
    "objects/info/http-alternates",
    "shallow",
];

/// Restores a repository's settings. Returns whether there is one.
///
/// # Errors
///
/// Why they can't be written.
pub(super) fn heal(repository: &Path, sha256: bool) -> io::Result<bool> {
    if !FOLDERS.iter().all(|name| repository.join(name).is_dir()) {
        return Ok(false);
    }
    let config = if sha256 {
        "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
    } else {
        "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
    };
    // No branch of it is ever used.
    for (name, text) in [("HEAD", "ref: refs/heads/unused\n"), ("config", config)] {
        let path = repository.join(name);
        if fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
            files::replace(&path, text)?;
        }
    }
    for name in STRAYS {
        match fs::remove_file(repository.join(name)) {
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(error);
            }
            _ => {}
        }
    }
    Ok(true)
}
