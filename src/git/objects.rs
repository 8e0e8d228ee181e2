//! Reads objects of a repository through one long-lived process: many at once, and none that is larger than anything in a
//! ledger.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use sha2::{Digest as _, Sha256};

use super::error::GitError;
use super::program::{Child, Git};
use crate::interaction::digest::hex;
use crate::words::duration;

/// The largest object that is read, in bytes.
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// The object with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// The repository has no such object, or only a damaged one.
    Missing,
    /// The object is larger than [`LARGEST`].
    TooLarge { id: String, size: u64 },
    /// The object.
    Found { id: String, kind: String, bytes: Vec<u8> },
}

/// A process that returns objects by name.
#[derive(Debug)]
pub struct Objects {
    child: Child,
    replies: Receiver<io::Result<Object>>,
    quiet: Duration,
}

impl Objects {
    /// Starts the process for a repository.
    ///
    /// # Errors
    ///
    /// Why it can't be started.
    pub fn open(git: &Git, repository: &Path) -> Result<Self, GitError> {
        let mut child = git.call(["cat-file", "--batch"]).in_repository(repository).spawn()?;
        let (sender, replies) = channel();
        if let Some(stream) = child.child.stdout().take() {
            thread::spawn(move || {
                let mut stream = BufReader::with_capacity(64 * 1024, stream);
                loop {
                    let reply = next(&mut stream);
                    let last = reply.is_err();
                    if sender.send(reply).is_err() || last {
                        break;
                    }
                }
            });
        }
        if let Some(mut stream) = child.child.stderr().take() {
            // A damaged object is reported as missing, too.
            thread::spawn(move || io::copy(&mut stream, &mut io::sink()));
        }
        Ok(Self { child, replies, quiet: git.patience().quiet })
    }

    /// The objects with these names, in the same order. A name is an object's id or the full name of a reference, optionally
    /// followed by `^{commit}` or the like.
    ///
    /// # Errors
    ///
    /// That the process has ended or hangs. It can't be used any more then.
    pub fn read(&mut self, names: &[String]) -> Result<Vec<Object>, GitError> {
        let ended = |why: &str| GitError::new(format!("`git cat-file` {why}"));
        // A line break would turn one name into two.
        if names.iter().any(|name| name.contains('\n')) {
            return Err(ended("can't look up a name with a line break"));
        }
        let mut requests: String = names.iter().flat_map(|name| [name.as_str(), "\n"]).collect();
        requests.shrink_to_fit();
        let stdin = self.child.child.stdin().as_mut().ok_or_else(|| ended("has no input"))?;
        stdin
            .write_all(requests.as_bytes())
            .and_then(|()| stdin.flush())
            .map_err(|error| ended(&format!("has ended: {error}")))?;
        let mut objects = Vec::with_capacity(names.len());
        for _ in names {
            match self.replies.recv_timeout(self.quiet) {
                Ok(Ok(object)) => objects.push(object),
                Ok(Err(error)) => return Err(ended(&format!("has ended: {error}"))),
                Err(_) => return Err(ended(&format!("printed nothing for {}", duration(self.quiet)))),
            }
        }
        Ok(objects)
    }
}

/// Reads one reply: `<id> <kind> <size>`, then that many bytes and a line break; or a line that says why there is no
/// object.
fn next(stream: &mut impl BufRead) -> io::Result<Object> {
    let mut line = Vec::new();
    stream.take(4096).read_until(b'\n', &mut line)?;
    if line.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let line = String::from_utf8_lossy(&line).trim_end().to_owned();
    let fields: Vec<&str> = line.split(' ').collect();
    let [id, kind, size] = fields[..] else { return Ok(Object::Missing) };
    let Ok(size) = size.parse::<u64>() else { return Ok(Object::Missing) };
    let too_large = size > LARGEST;
    let mut bytes = Vec::new();
    if too_large {
        io::copy(&mut stream.by_ref().take(size), &mut io::sink())?;
    } else {
        bytes.reserve_exact(usize::try_from(size).unwrap_or(0));
        stream.by_ref().take(size).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()) != Ok(size) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    stream.read_exact(&mut [0])?;
    let id = id.to_owned();
    // Git checks them only when they arrive. Since then, a disk or somebody else may have changed them.
    if !too_large && !is_of(&id, kind, &bytes) {
        return Ok(Object::Missing);
    }
    Ok(if too_large { Object::TooLarge { id, size } } else { Object::Found { id, kind: kind.to_owned(), bytes } })
}

/// Whether an id is the digest of a kind and a content.
fn is_of(id: &str, kind: &str, bytes: &[u8]) -> bool {
    let header = format!("{kind} {}\0", bytes.len());
    let digest = match id.len() {
        40 => {
            let mut digest = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
            digest.update(header.as_bytes());
            digest.update(bytes);
            hex(digest.finish().as_ref())
        }
        _ => hex(&Sha256::new_with_prefix(header).chain_update(bytes).finalize()),
    };
    digest == id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_one_by_one() {
        let blob = "0a207c060e61f3b88eaee0a8cd0696f46fb155eb"; // As `git hash-object --stdin` says.
        let tree = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"; // Of a repository with SHA-256 ids.
        let text = format!("{blob} blob 3\na\nb\ndef missing\n{tree} tree 0\n\n{blob} blob 3\na\nc\n");
        let mut stream = text.as_bytes();
        let found = |id: &str, kind: &str, bytes: &[u8]| Object::Found {
            id: id.to_owned(),
            kind: kind.to_owned(),
            bytes: bytes.to_vec(),
        };
        assert_eq!(next(&mut stream).unwrap(), found(blob, "blob", b"a\nb"));
        assert_eq!(next(&mut stream).unwrap(), Object::Missing);
        assert_eq!(next(&mut stream).unwrap(), found(tree, "tree", b""));
        assert_eq!(next(&mut stream).unwrap(), Object::Missing, "it is damaged");
        assert!(next(&mut stream).is_err());
        assert!(next(&mut &b"abc blob 3\nab"[..]).is_err());
    }
}
