//! Contracts in a store: their original text, in a file named by their content.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::doubt::{Doubt, DoubtKind};
use super::layout;
use super::snapshot::{NewFile, Snapshot, StoreError};
use crate::contract::attachments::{AttachmentError, Attachments, RecordedAttachments};
use crate::formats::{self, Contract, ContractFile, contract_id, read};
use crate::interaction::{ContractId, ServiceName};
use crate::source::{Limits, SourceFile};

/// A contract to put into a store.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredContract {
    pub contract: Contract,
    pub text: String,
    /// The files that it refers to, by their paths from its folder.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The files of a contract in a store. Those that it refers to come first, so it is never there without them.
#[must_use]
pub fn contract_files(stored: &StoredContract, id: ContractId) -> Vec<NewFile> {
    let Contract { provider, consumer, .. } = &stored.contract;
    let folder = layout::attachments(provider, consumer, id);
    let mut files: Vec<NewFile> =
        stored.files.iter().map(|(path, bytes)| NewFile::new(format!("{folder}/{path}"), bytes.clone())).collect();
    files.push(NewFile::new(layout::contract(provider, consumer, id), stored.text.as_bytes()));
    files
}

/// Reads a contract, and checks it against its file's name.
///
/// # Errors
///
/// Why the store can't be read. A fault of the contract is a doubt.
pub(super) fn read_contract(
    snapshot: &dyn Snapshot,
    provider: &ServiceName,
    consumer: &ServiceName,
    id: ContractId,
) -> Result<Result<Arc<ContractFile>, Doubt>, StoreError> {
    Ok(read_with_files(snapshot, provider, consumer, id)?.map(|(file, _)| file))
}

/// A contract, and the paths of the files that it refers to.
type WithFiles = (Arc<ContractFile>, BTreeSet<String>);

/// The same, with the paths of the files that it refers to.
pub(super) fn read_with_files(
    snapshot: &dyn Snapshot,
    provider: &ServiceName,
    consumer: &ServiceName,
    id: ContractId,
) -> Result<Result<WithFiles, Doubt>, StoreError> {
    let path = layout::contract(provider, consumer, id);
    let Some(bytes) = snapshot.read(std::slice::from_ref(&path))?.pop().flatten() else {
        return Ok(Err(Doubt::new(path, DoubtKind::Missing)));
    };
    let beside = InStore { snapshot, folder: layout::attachments(provider, consumer, id) };
    let noted = RecordedAttachments::new(&beside);
    let parsed = parse_contract(&path, bytes, &noted, provider, consumer, id);
    Ok(parsed.map(|file| (file, noted.into_files().into_keys().collect())))
}

fn parse_contract(
    path: &str,
    bytes: Vec<u8>,
    attachments: &dyn Attachments,
    provider: &ServiceName,
    consumer: &ServiceName,
    id: ContractId,
) -> Result<Arc<ContractFile>, Doubt> {
    let text = String::from_utf8(bytes).map_err(|_| Doubt::unreadable(path, "it isn't UTF-8"))?;
    let source = Arc::new(SourceFile::new(path, text, Limits::default()));
    let read = read(&source, attachments).map_err(|findings| {
        use crate::contract::codes::NEWER_FORMAT;
        let first = findings.first();
        if first.is_some_and(|finding| finding.code == NEWER_FORMAT) {
            return Doubt::new(path, DoubtKind::Newer { needs: None });
        }
        let why = first.map_or_else(|| String::from("it isn't a contract"), |finding| finding.message.clone());
        Doubt::unreadable(path, why)
    })?;
    if contract_id(&read.contract) != id {
        return Err(Doubt::new(path, DoubtKind::WrongName));
    }
    if read.contract.provider != *provider || read.contract.consumer != *consumer {
        return Err(Doubt::new(path, DoubtKind::Misplaced));
    }
    Ok(Arc::new(formats::file(source, read)))
}

/// The files next to a contract in a store.
struct InStore<'s> {
    snapshot: &'s dyn Snapshot,
    folder: String,
}

impl Attachments for InStore<'_> {
    fn load(&self, path: &str) -> Result<Vec<u8>, AttachmentError> {
        let read = self.snapshot.read(&[format!("{}/{path}", self.folder)]);
        let file = read.map_err(|error| AttachmentError(error.message))?.pop().flatten();
        file.ok_or_else(|| AttachmentError(String::from("it isn't in the store")))
    }
}
