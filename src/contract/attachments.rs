//! Files that a contract refers to: bodies (`body-file`) and parts of schemas (`$ref`).

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Reads the files in a contract's folder. An edge implements it for real folders, tests for maps.
pub trait Attachments {
    /// The bytes of the file at `path`, a relative path with `/` and without `..`, from the contract's folder.
    ///
    /// # Errors
    ///
    /// Why the file can't be read, as the end of a sentence. Implementations refuse a symbolic link that leads out of the
    /// contract's folder. Absolute paths and `..` never get here: [`resolve`] refuses them.
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError>;
}

/// Turns a path that is written in a file in the folder `from` (empty for the contract's own folder) into one from the
/// contract's folder, with `.` and `..` resolved (RFC 3986, section 5.2.4).
///
/// # Errors
///
/// The path isn't relative, or it leads out of the contract's folder. (Links are left to [`Attachments::load`].)
pub(super) fn resolve(from: &str, path: &str) -> Result<String, AttachmentError> {
    let refused = |why: &str| Err(AttachmentError(why.to_owned()));
    if path.starts_with('/') || path.contains(['\\', ':']) || path.chars().any(char::is_control) {
        return refused("it isn't a relative path, written with `/`");
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
    if parts.is_empty() { refused("it doesn't name a file") } else { Ok(parts.join("/")) }
}

/// Why a file in a contract's folder can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AttachmentError(pub String);

/// No files, for a contract without a folder.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAttachments;

impl Attachments for NoAttachments {
    fn load(&self, _path: &str) -> Result<Vec<u8>, AttachmentError> {
        Err(AttachmentError(String::from("this contract has no folder of its own")))
    }
}

/// Passes files on, and keeps a copy of each.
pub struct RecordedAttachments<'a> {
    files: &'a dyn Attachments,
    loaded: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<'a> RecordedAttachments<'a> {
    /// Keeps copies of the files that are read through it.
    #[must_use]
    pub const fn new(files: &'a dyn Attachments) -> Self {
        Self { files, loaded: RefCell::new(BTreeMap::new()) }
    }

    /// The bytes of all files that were read, by their paths from the contract's folder.
    #[must_use]
    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.loaded.into_inner()
    }
}

impl std::fmt::Debug for RecordedAttachments<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.loaded.borrow().keys()).finish()
    }
}

impl Attachments for RecordedAttachments<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError> {
        let bytes = self.files.load(path)?;
        self.loaded.borrow_mut().insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }
}

impl Attachments for BTreeMap<String, Vec<u8>> {
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError> {
        self.get(path).cloned().ok_or_else(|| AttachmentError(String::from("there is no such file")))
    }
}
