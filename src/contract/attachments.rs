//! Files that a contract names: bodies (`body-file`) and parts of schemas (`$ref`).

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Reads the files beside a contract. The edge implements it over a folder; tests over a map.
pub trait Attachments {
    /// The bytes of the file at `path`, a relative path with `/` and without `..`, from the contract's folder.
    ///
    /// # Errors
    ///
    /// Why it can't be read, as the end of a sentence. A path that leads outside of the contract's folder is
    /// refused, by whatever way: `..`, an absolute path, a symbolic link. The reading refuses those that can be told
    /// by their text, and only links are left.
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError>;
}

/// The path from the contract's folder that `path` is, where it is written in the folder `from` (empty for the
/// contract's own), with its `.` and `..` resolved (RFC 3986, section 5.2.4).
///
/// # Errors
///
/// It is no relative path, or it leads out of the contract's folder. (Links are for [`Attachments::load`] to refuse.)
pub(super) fn resolve(from: &str, path: &str) -> Result<String, AttachmentError> {
    let refused = |why: &str| Err(AttachmentError(why.to_owned()));
    if path.starts_with('/') || path.contains(['\\', ':']) || path.chars().any(char::is_control) {
        return refused("it is no relative path, written with `/`");
    }
    let mut parts: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                if parts.pop().is_none() {
                    return refused("it leads out of the contract's folder");
                }
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() { refused("it names no file") } else { Ok(parts.join("/")) }
}

/// Why a file beside a contract can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AttachmentError(pub String);

/// No files at all: for contracts that come without a folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAttachments;

impl Attachments for NoAttachments {
    fn load(&self, _path: &str) -> Result<Vec<u8>, AttachmentError> {
        Err(AttachmentError(String::from("this contract has no folder of its own")))
    }
}

/// Files of a contract, and a note of each that was asked for.
pub struct Noted<'a> {
    files: &'a dyn Attachments,
    noted: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<'a> Noted<'a> {
    /// Notes what is asked for of these files.
    #[must_use]
    pub const fn new(files: &'a dyn Attachments) -> Self {
        Self { files, noted: RefCell::new(BTreeMap::new()) }
    }

    /// What was asked for and could be read: the bytes by their paths from the contract's folder.
    #[must_use]
    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.noted.into_inner()
    }
}

impl std::fmt::Debug for Noted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.noted.borrow().keys()).finish()
    }
}

impl Attachments for Noted<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError> {
        let bytes = self.files.load(path)?;
        self.noted.borrow_mut().insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }
}

impl Attachments for BTreeMap<String, Vec<u8>> {
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError> {
        self.get(path).cloned().ok_or_else(|| AttachmentError(String::from("there is no such file")))
    }
}
