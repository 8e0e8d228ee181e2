//! Files that a contract names: bodies (`body-file`) and parts of schemas (`$ref`).

/// Reads the files beside a contract. The edge implements it over a folder; tests over a map.
pub trait Attachments {
    /// The bytes of the file at `path`, a relative path with `/`, from the contract's folder.
    ///
    /// # Errors
    ///
    /// Why it can't be read, as the end of a sentence. A path that leads outside of the contract's folder is
    /// refused, by whatever way: `..`, an absolute path, a symbolic link.
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError>;
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

impl Attachments for std::collections::BTreeMap<String, Vec<u8>> {
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError> {
        self.get(path).cloned().ok_or_else(|| AttachmentError(String::from("there is no such file")))
    }
}
