//! Locks a file, with a limit on how long to wait.

use std::fs::{File, TryLockError};
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{io, thread};

/// Takes the lock, exclusively or shared with other readers. `None` if that takes too long. Dropping the file releases it.
///
/// # Errors
///
/// Why the file can't be locked.
pub(super) fn lock(file: File, exclusive: bool, patience: Duration) -> io::Result<Option<File>> {
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
