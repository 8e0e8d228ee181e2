//! A file's lock, waited for no longer than one is ready to wait.

use std::fs::{File, TryLockError};
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{io, thread};

/// Takes the lock, alone or with others that read; nothing where it was not to be had in time. It is let go with the file.
///
/// # Errors
///
/// Why there is no such lock.
pub(super) fn lock(file: File, exclusive: bool, patience: Duration) -> io::Result<Option<File>> {
    let at_once = if exclusive { file.try_lock() } else { file.try_lock_shared() };
    match at_once {
        Ok(()) => return Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // The system's queue wakes at once who is next, and knows no deadline; so it is waited in beside.
    let (sender, locked) = channel();
    thread::spawn(move || {
        let result = if exclusive { file.lock() } else { file.lock_shared() };
        // Where nobody waits any more, the lock is let go with the file.
        let _ = sender.send(result.map(|()| file));
    });
    locked.recv_timeout(patience).ok().transpose()
}
