//! Reads records from their folders: many folders at once, since a remote store answers many requests as fast as one. Files
//! that can't be trusted become doubts.

use super::doubt::{Doubt, DoubtKind};
use super::layout;
use super::record::{Record, RecordId, parse};
use super::snapshot::{EntryKind, Snapshot, StoreError};
use super::version::Version;

/// A value, and the doubts about the files that it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read<T> {
    pub value: T,
    pub doubts: Vec<Doubt>,
}

/// The records of a folder.
pub(super) type Records = Read<Vec<(RecordId, Record)>>;

/// A folder of records to read: all of them, or those of one version.
#[derive(Clone, Debug)]
pub(super) struct RecordFolder<'v> {
    pub folder: String,
    pub version: Option<&'v Version>,
}

/// The records of several folders, in their order.
pub(super) fn records(snapshot: &dyn Snapshot, wanted: &[RecordFolder<'_>]) -> Result<Vec<Records>, StoreError> {
    let folders: Vec<String> = wanted.iter().map(|one| one.folder.clone()).collect();
    let mut read: Vec<Records> = Vec::with_capacity(wanted.len());
    let mut files: Vec<(usize, RecordId)> = Vec::new();
    let mut paths: Vec<String> = Vec::new();
    for (number, (one, entries)) in wanted.iter().zip(snapshot.list_all(&folders)?).enumerate() {
        let mut doubts = Vec::new();
        for entry in entries.into_iter().filter(|entry| !is_hidden(&entry.name)) {
            let path = format!("{}/{}", one.folder, entry.name);
            match (layout::record_name(&entry.name), one.version) {
                (Some((Some(named), _)), Some(version)) if named != version.as_str() => {}
                (Some((_, id)), _) if entry.kind == EntryKind::File => {
                    files.push((number, id));
                    paths.push(path);
                }
                // A file with an unknown name may be anything.
                _ => doubts.push(Doubt::unreadable(path, "its name isn't that of a record")),
            }
        }
        read.push(Read { value: Vec::new(), doubts });
    }
    let contents = snapshot.read(&paths)?;
    for (((number, id), path), bytes) in files.into_iter().zip(paths).zip(contents) {
        let Read { value, doubts } = &mut read[number];
        match bytes.ok_or(DoubtKind::Missing).and_then(|bytes| parse(&bytes, id)) {
            Ok(record) if layout::record(&record, id) == path => value.push((id, record)),
            Ok(_) => doubts.push(Doubt::new(path, DoubtKind::Misplaced)),
            Err(kind) => doubts.push(Doubt::new(path, kind)),
        }
    }
    Ok(read)
}

/// The records in the folders within each of several folders.
pub(super) fn records_below(snapshot: &dyn Snapshot, folders: &[String]) -> Result<Vec<Records>, StoreError> {
    let mut all: Vec<Records> = vec![Records::default(); folders.len()];
    let mut wanted = Vec::new();
    let mut of = Vec::new();
    for (number, (folder, entries)) in folders.iter().zip(snapshot.list_all(folders)?).enumerate() {
        for entry in entries {
            let path = format!("{folder}/{}", entry.name);
            match entry.kind {
                EntryKind::Folder => {
                    wanted.push(RecordFolder { folder: path, version: None });
                    of.push(number);
                }
                EntryKind::File if is_hidden(&entry.name) => {}
                _ => all[number].doubts.push(Doubt::unreadable(path, "it isn't a folder")),
            }
        }
    }
    for (number, read) in of.into_iter().zip(records(snapshot, &wanted)?) {
        all[number].value.extend(read.value);
        all[number].doubts.extend(read.doubts);
    }
    Ok(all)
}

impl Records {
    /// The records of one kind, which is the only one possible at their place.
    pub(super) fn of_kind<T>(self, of_kind: impl Fn(Record) -> Option<T>) -> Read<Vec<(RecordId, T)>> {
        let Self { value, doubts } = self;
        Read { value: value.into_iter().filter_map(|(id, record)| Some((id, of_kind(record)?))).collect(), doubts }
    }
}

/// Whether a name belongs to a file that is still being written, or to something that isn't part of a store.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
}
