//! Locks a file or a folder, with a limit on how long to wait.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{io, thread};

/// Takes the lock, exclusively or shared with other readers. `None` if that takes too long. Dropping the file releases it.
///
/// # Errors
///
/// Why the file can't be locked.
pub fn lock(file: File, exclusive: bool, patience: Duration) -> io::Result<Option<File>> {
    let at_once = if exclusive { file.try_lock() } else { file.try_lock_shared() };
    match at_once {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // The system's queue wakes the next process immediately but has no deadline, so another thread waits in it.
    let (sender, locked) = channel();
    thread::spawn(move || {
        let result = if exclusive { file.lock() } else { file.lock_shared() };
        // If nobody waits any more, dropping the file releases the lock.
        let _ = sender.send(result.map(|()| file));
    });
    locked.recv_timeout(patience).ok().transpose()
}

/// Takes the exclusive lock of a folder: who reads a file in it, changes the text and writes it back would otherwise lose
/// what another process wrote meanwhile. `None` if that takes too long, and a lock of nothing where the file system has
/// none.
#[must_use]
pub fn lock_folder(folder: &Path, patience: Duration) -> Option<FolderLock> {
    let Ok(file) = lockable(folder) else { return Some(FolderLock { file: None }) };
    match lock(file, true, patience) {
        Ok(Some(file)) => Some(FolderLock { file: Some(file) }),
        Ok(None) => None,
        Err(_) => Some(FolderLock { file: None }),
    }
}

/// The lock of a folder, until it is dropped.
#[derive(Debug)]
pub struct FolderLock {
    #[expect(dead_code, reason = "it is held, not used")]
    file: Option<File>,
}

/// What can be locked for a folder: itself.
#[cfg(unix)]
fn lockable(folder: &Path) -> io::Result<File> {
    File::open(nearest(folder)?)
}

/// What can be locked for a folder: a file with its name, beside all other temporary files.
#[cfg(not(unix))]
fn lockable(folder: &Path) -> io::Result<File> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    let mut hasher = DefaultHasher::new();
    nearest(folder)?.hash(&mut hasher);
    let path = std::env::temp_dir().join(format!("upheld-{:016x}.lock", hasher.finish()));
    File::options().create(true).truncate(false).read(true).write(true).open(path)
}

/// The folder, or the nearest one above it that exists, by its one true path.
fn nearest(folder: &Path) -> io::Result<PathBuf> {
    let there = folder.ancestors().filter(|folder| !folder.as_os_str().is_empty()).find(|folder| folder.is_dir());
    fs::canonicalize(there.unwrap_or(Path::new(".")))
}
