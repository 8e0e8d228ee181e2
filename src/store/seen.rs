//! The memory of a store: the commit at which each of its branches was last seen, so that a history that was rewritten since
//! is noticed.
//!
//! It is kept twice, in a file of its own and as a reference in the copy: a crash may empty a file, and housekeeping may
//! move a reference. One that is there and can't be read is not the same as none: then nobody knows what was seen.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::cache::{Cache, is_hex};
use crate::files;
use crate::files::lock;
use crate::interaction::digest::hex;
use crate::ledger::StoreError;

/// The folder of the files, beside the copy: whoever deletes a damaged copy keeps them.
const FILES: &str = "seen";
/// The folder of the references, which also keep what was seen from being collected.
const REFERENCES: &str = "refs/upheld/seen";
/// How long to wait for the lock, which is held only while two small files are written.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known about one branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Memory {
    /// It was never seen.
    Nothing,
    /// It was seen at this commit. After a crash there may be two, and it was seen at both.
    Seen(Vec<String>),
    /// It was seen, but this file doesn't say where.
    Unreadable(PathBuf),
}

impl Memory {
    /// The commits at which it was seen.
    pub(super) fn commits(&self) -> &[String] {
        match self {
            Self::Seen(commits) => commits,
            Self::Nothing | Self::Unreadable(_) => &[],
        }
    }

    /// That it was seen at a commit; `None` means that it didn't exist.
    pub(super) fn of(commit: Option<&str>) -> Self {
        commit.map_or(Self::Nothing, |commit| Self::Seen(vec![commit.to_owned()]))
    }
}

impl Cache {
    /// What is known about a branch.
    pub(super) fn memory(&self, branch: &str) -> Memory {
        let name = key(branch);
        let mut commits = Vec::new();
        let mut unreadable = None;
        for place in [self.folder().join(FILES).join(&name), self.repository().join(REFERENCES).join(&name)] {
            match fs::read_to_string(&place) {
                Ok(text) if is_commit(text.trim_end()) => commits.push(text.trim_end().to_owned()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Ok(_) | Err(_) => unreadable = Some(place),
            }
        }
        if commits.is_empty() {
            commits.extend(self.packed(&format!("{REFERENCES}/{name}")));
        }
        commits.dedup();
        match (commits.is_empty(), unreadable) {
            (false, _) => Memory::Seen(commits),
            (true, Some(place)) => Memory::Unreadable(place),
            (true, None) => Memory::Nothing,
        }
    }

    /// Remembers that a branch is at a commit, or that there is none, unless something else is known by now than `known`.
    /// Returns whether it is remembered.
    ///
    /// # Errors
    ///
    /// Why it can't be written.
    pub(super) fn see(&self, branch: &str, at: Option<&str>, known: &Memory) -> Result<bool, StoreError> {
        let name = key(branch);
        let folder = self.folder().join(FILES);
        let unwritable = |error: io::Error| self.unwritable(&error);
        fs::create_dir_all(&folder).map_err(unwritable)?;
        let file = File::options().create(true).append(true).open(folder.join(".lock")).map_err(unwritable)?;
        let _held = lock(file, true, PATIENCE).map_err(unwritable)?;
        if self.memory(branch) != *known {
            return Ok(false);
        }
        let (file, reference) = (folder.join(&name), self.repository().join(REFERENCES).join(&name));
        if let Some(commit) = at {
            for place in [file, reference] {
                keep(&place, &format!("{commit}\n")).map_err(unwritable)?;
            }
        } else {
            for place in [file, reference] {
                fs::remove_file(place).or_else(unless_missing).map_err(unwritable)?;
            }
            // It may have been packed.
            self.call(&["update-ref", "-d", &format!("{REFERENCES}/{name}")]).run()?;
        }
        Ok(true)
    }

    /// A reference that was packed, by housekeeping that somebody else did.
    fn packed(&self, reference: &str) -> Option<String> {
        let packed = fs::read_to_string(self.repository().join("packed-refs")).ok()?;
        let of = |line: &str| {
            line.split_once(' ').filter(|(id, name)| *name == reference && is_commit(id))?.0.to_owned().into()
        };
        packed.lines().find_map(of)
    }
}

/// Writes a file that survives a crash.
fn keep(place: &Path, text: &str) -> io::Result<()> {
    files::replace(place, text)?;
    // The rename is only on the disk once its folder is.
    #[cfg(unix)]
    if let Some(folder) = place.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn unless_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// The name of a branch as that of a file.
fn key(branch: &str) -> String {
    hex(&Sha256::digest(branch))[..16].to_owned()
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_hex(text)
}
