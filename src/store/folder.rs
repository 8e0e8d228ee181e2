//! A ledger in a folder.
//!
//! A view is a list of the files, taken under a shared lock: records never change, so the list is enough. Files that people
//! write by hand may change, so their bytes are read along with the list. Writers take turns with an exclusive lock.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::path;
use crate::files::lock;
use crate::files::{self, why};
use crate::git::{LARGEST, redacted};
use crate::interaction::digest::hex;
use crate::ledger::{EntryKind, FolderEntry, Landing, NewFile, Snapshot, Store, StoreError, layout};
use crate::words::duration;

/// The file whose lock is the folder's.
const LOCK: &str = ".lock";
/// The beginning of the names of unfinished files ([`files::create`]).
const UNFINISHED: &str = ".upheld-";
/// How long to wait for the lock. Nobody holds it for longer than it takes to write a few files.
const PATIENCE: Duration = Duration::from_mins(1);

/// A store that is a folder.
#[derive(Clone, Debug)]
pub struct FolderStore {
    folder: PathBuf,
    name: String,
    /// Whether it may be missing.
    may_be_made: bool,
    patience: Duration,
}

impl FolderStore {
    /// The store in an existing folder.
    pub fn open(folder: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self { folder: folder.into(), name: name.into(), may_be_made: false, patience: PATIENCE }
    }

    /// The store in a folder that is created when the first files are added.
    pub fn create(folder: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self { may_be_made: true, ..Self::open(folder, name) }
    }

    /// The same store with another time to wait for its lock.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    fn fail(&self, what: &str, error: &io::Error) -> StoreError {
        StoreError::new(format!("the store in {} {what}: {}", shown(&self.folder), why(error)))
    }

    /// Checks that the folder can hold a store. Returns whether it exists.
    fn is_there(&self) -> Result<bool, StoreError> {
        match fs::metadata(&self.folder) {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => {
                return Err(StoreError::new(format!("the store {} is a file, not a folder", shown(&self.folder))));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.may_be_made => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StoreError::new(format!("there is no store in {}", shown(&self.folder)))
                    .help("create one with `upheld store init`")
                    .help(
                        "if it is kept elsewhere, name the place with `store` in contracts/upheld.yaml or `--store`",
                    ));
            }
            Err(error) => return Err(self.fail("can't be read", &error)),
        }
        if ["objects", "refs"].iter().all(|name| self.folder.join(name).is_dir()) && self.folder.join("HEAD").is_file()
        {
            let message = format!("{} is a bare git repository", shown(&self.folder));
            let path = self.folder.canonicalize().unwrap_or_else(|_| self.folder.clone());
            return Err(StoreError::new(message).help(format!("use its address: git+file://{}", path.display())));
        }
        Ok(true)
    }

    /// Locks the folder for reading or writing. A read-only folder needs no lock, because nobody writes to it.
    fn lock(&self, exclusive: bool) -> Result<Option<File>, StoreError> {
        let path = self.folder.join(LOCK);
        // Without a lock file, nobody has ever written here. And reading must not leave a file behind.
        if !exclusive && !path.exists() {
            return Ok(None);
        }
        let file = match File::options().create(true).truncate(false).read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if !exclusive && is_read_only(&error) => match File::open(&path) {
                Ok(file) => file,
                Err(_) => return Ok(None),
            },
            Err(error) => return Err(self.fail("can't be locked", &error)),
        };
        match lock(file, exclusive, self.patience) {
            Ok(Some(file)) => Ok(Some(file)),
            Ok(None) => Err(StoreError::new(format!(
                "the store in {} is still being written by another process after {}",
                shown(&self.folder),
                duration(self.patience)
            ))
            .help("if an `upheld` process hangs, end it")),
            Err(error) => Err(self.fail("can't be locked", &error)),
        }
    }

    /// Lists everything in the folder. The caller holds the lock.
    fn look(&self) -> Result<View, StoreError> {
        let mut view =
            View { store: self.clone(), id: String::new(), folders: BTreeMap::new(), declared: BTreeMap::new() };
        let mut open = vec![String::new()];
        while let Some(folder) = open.pop() {
            let mut entries = self.entries(&folder).map_err(|error| self.fail("can't be read", &error))?;
            entries.sort();
            for entry in &entries {
                let path = below(&folder, &entry.name);
                match entry.kind {
                    EntryKind::Folder => open.push(path),
                    EntryKind::File if is_declared(&path) => {
                        let bytes = self.read_file(&path)?;
                        view.declared.insert(path, bytes);
                    }
                    EntryKind::File | EntryKind::Other => {}
                }
            }
            view.folders.insert(folder, entries);
        }
        view.id = view.derived_id();
        Ok(view)
    }

    fn entries(&self, folder: &str) -> io::Result<Vec<FolderEntry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.folder.join(folder))? {
            let entry = entry?;
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            // The type of the entry itself: links aren't followed.
            let kind = entry.file_type()?;
            let (name, kind) = match name.to_str() {
                Some(name) if kind.is_dir() => (name.to_owned(), EntryKind::Folder),
                Some(name) if kind.is_file() => (name.to_owned(), EntryKind::File),
                Some(name) => (name.to_owned(), EntryKind::Other),
                None => (name.to_string_lossy().into_owned(), EntryKind::Other),
            };
            entries.push(FolderEntry { name, kind, content: None });
        }
        Ok(entries)
    }

    fn read_file(&self, path: &str) -> Result<Vec<u8>, StoreError> {
        let fail = |why: &str| StoreError::new(format!("{path} in the store {} can't be read: {why}", self.name));
        let place = self.folder.join(path);
        // The file may have been replaced by a link since it was listed.
        let meta = fs::symlink_metadata(&place).map_err(|error| fail(&why(&error)))?;
        if !meta.is_file() {
            return Err(fail("it isn't a file any more"));
        }
        let mut bytes = Vec::new();
        let file = File::open(&place).map_err(|error| fail(&why(&error)))?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| fail(&why(&error)))?;
        if u64::try_from(bytes.len()).is_ok_and(|size| size <= LARGEST) {
            Ok(bytes)
        } else {
            Err(fail(&format!("it has more than {LARGEST} bytes")))
        }
    }

    /// Writes files one after another. If one can't be written, the others are deleted again.
    fn write(&self, files: &[NewFile]) -> Result<(), StoreError> {
        let mut written: Vec<PathBuf> = Vec::new();
        for file in files {
            let place = self.folder.join(&file.path);
            let result = match files::create(&place, &file.bytes) {
                Ok(()) => {
                    written.push(place);
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match self.read_file(&file.path) {
                    Ok(bytes) if bytes == file.bytes => continue,
                    Ok(_) => StoreError::new(format!(
                        "{} is already in the store {} with other content",
                        file.path, self.name
                    )),
                    Err(error) => error,
                },
                Err(error) => self.fail(&format!("can't be written ({})", file.path), &error),
            };
            // Nobody has seen them, because we hold the lock.
            for place in written.iter().rev() {
                let _ = fs::remove_file(place);
            }
            return Err(result);
        }
        Ok(())
    }

    /// Deletes the files of killed writers. The caller holds the exclusive lock, so no writer is running.
    fn tidy(&self, view: &View) {
        for folder in view.folders.keys() {
            let Ok(entries) = fs::read_dir(self.folder.join(folder)) else { continue };
            let unfinished = entries.flatten().filter(|entry| {
                entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED))
                    && entry.file_type().is_ok_and(|kind| kind.is_file())
            });
            for entry in unfinished {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn view(&self) -> Result<View, StoreError> {
        if !self.is_there()? {
            return Ok(View::empty(self.clone()));
        }
        let lock = self.lock(false)?;
        let view = self.look();
        drop(lock);
        view
    }
}

impl Store for FolderStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(self.view()?))
    }

    fn snapshot_at(&self, id: &str) -> Result<Box<dyn Snapshot>, StoreError> {
        let view = self.view()?;
        if id.len() >= 7 && view.id.starts_with(id) {
            return Ok(Box::new(view));
        }
        Err(StoreError::new(format!("the store in {} has changed since {id}", shown(&self.folder)))
            .help("a folder has no history; keep the store in a git repository"))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn add(&self, files: &[NewFile], since: &str, _message: &str) -> Result<Landing, StoreError> {
        path::check(files)?;
        if !self.is_there()? {
            fs::create_dir_all(&self.folder).map_err(|error| self.fail("can't be made", &error))?;
        }
        let _lock = self.lock(true)?;
        let view = self.look()?;
        if view.id != since {
            return Ok(Landing::Moved(String::from("another process has written to the folder")));
        }
        self.tidy(&view);
        self.write(files)?;
        Ok(Landing::Landed)
    }
}

/// The content of a folder at one moment.
#[derive(Clone, Debug)]
struct View {
    store: FolderStore,
    id: String,
    /// Each folder's entries, in the order of their names.
    folders: BTreeMap<String, Vec<FolderEntry>>,
    /// The files that people write by hand.
    declared: BTreeMap<String, Vec<u8>>,
}

impl View {
    fn empty(store: FolderStore) -> Self {
        let mut view = Self { store, id: String::new(), folders: BTreeMap::new(), declared: BTreeMap::new() };
        view.folders.insert(String::new(), Vec::new());
        view.id = view.derived_id();
        view
    }

    /// A digest of all files. Records never change, so their names are enough; of files that people write, it includes the
    /// content. Empty folders don't count.
    fn derived_id(&self) -> String {
        let mut digest = Sha256::new();
        for (folder, entries) in &self.folders {
            for entry in entries.iter().filter(|entry| entry.kind != EntryKind::Folder) {
                let path = below(folder, &entry.name);
                let content = self.declared.get(&path).map(|bytes| hex(&Sha256::digest(bytes))).unwrap_or_default();
                digest.update(format!("{:?} {path}\0{content}\n", entry.kind));
            }
        }
        hex(&digest.finalize())
    }

    fn kind(&self, path: &str) -> Option<EntryKind> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let entries = self.folders.get(folder)?;
        let at = entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).ok()?;
        Some(entries[at].kind)
    }
}

impl Snapshot for View {
    fn id(&self) -> &str {
        &self.id
    }

    fn list(&self, folder: &str) -> Result<Vec<FolderEntry>, StoreError> {
        Ok(self.folders.get(folder).cloned().unwrap_or_default())
    }

    fn read(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let one = |path: &String| match (self.declared.get(path), self.kind(path)) {
            (Some(bytes), _) => Ok(Some(bytes.clone())),
            (None, Some(EntryKind::File)) => self.store.read_file(path).map(Some),
            (None, _) => Ok(None),
        };
        paths.iter().map(one).collect()
    }
}

/// Whether people write and change this file by hand.
fn is_declared(path: &str) -> bool {
    let folder = path.split_once('/').map(|(folder, _)| folder);
    path == layout::STORE || folder == Some(layout::SERVICES) || folder == Some(layout::ENVIRONMENTS)
}

fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// The folder for people: its name may be an address with a password that was misspelt.
fn shown(folder: &Path) -> String {
    redacted(&folder.to_string_lossy())
}
