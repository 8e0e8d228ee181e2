//! Report files: how an old one is removed, and how the new one is put in its place.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Failure, World};
use crate::files;

/// A file that a report goes into.
#[derive(Debug)]
pub(super) struct Page {
    path: PathBuf,
    way: Writing,
}

/// How a report comes into its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// By a rename, so there is never half a file.
    Replace,
    /// At the end of the file, as for the step summary of GitHub Actions.
    Append,
    /// Directly, for anything that isn't a regular file: a pipe, a device.
    Into,
}

impl Page {
    /// A page at a path, as the user named it. An existing report is removed: a run that is killed must not leave an
    /// earlier run's report behind.
    pub(super) fn claim(file: &Path, world: &World) -> Result<Self, Failure> {
        let path = world.working.join(file);
        if files::is_kept(&path) {
            let shown = files::shown(&path, &world.working);
            return Err(Failure::usage(format!(
                "the report can't be written to {shown}: a contract or a registry is there"
            ))
            .help("choose another file for the report"));
        }
        let way = clear(&path).map_err(|error| {
            let shown = files::shown(&path, &world.working);
            Failure::usage(format!("the report can't be written to {shown}: {}", files::why(&error)))
                .help("choose a file in a folder that you can write to")
        })?;
        Ok(Self { path, way })
    }

    /// The step summary of GitHub Actions, if there is one.
    pub(super) fn step_summary(world: &World) -> Option<Self> {
        let summary = (world.variable)("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())?;
        Some(Self { path: PathBuf::from(summary), way: Writing::Append })
    }

    /// The path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is a file of its own, which can be written twice.
    pub(super) fn is_replaced(&self) -> bool {
        self.way == Writing::Replace
    }

    /// Writes it, or returns the problem as a sentence.
    pub(super) fn write(&self, text: &[u8], world: &World) -> Result<(), String> {
        let written = match self.way {
            Writing::Replace => files::replace(&self.path, text),
            Writing::Append => append(&self.path, text),
            Writing::Into => OpenOptions::new().write(true).open(&self.path).and_then(|mut file| file.write_all(text)),
        };
        let shown = || files::shown(&self.path, &world.working);
        written.map_err(|error| format!("{} can't be written: {}", shown(), files::why(&error)))
    }
}

fn append(path: &Path, text: &[u8]) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(text)
}

/// Takes an old report out of the way, and says how the new one comes into its place: a pipe or a device (`/dev/null`)
/// is written to, and never taken away.
fn clear(path: &Path) -> io::Result<Writing> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if there.is_file() => fs::remove_file(path).map(|()| Writing::Replace),
        Ok(_) => Ok(Writing::Into),
        // Fail before the run if the file can't be written, not after it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => files::probe(path).map(|()| Writing::Replace),
        Err(error) => Err(error),
    }
}
