//! A store in memory, which can be broken on purpose.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use upheld::ledger::{EntryKind, FolderEntry, Landing, NewFile, Rewritten, Snapshot, Store, StoreError};

/// Files by their paths.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The cache of all views of a store.
type Aside = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

/// A store with all its views; a view's id is its number.
#[derive(Default)]
pub struct MemoryStore {
    views: RefCell<Vec<Arc<Files>>>,
    aside: Aside,
    /// Whether it knows ids of contents and has a cache.
    pub knows_contents: bool,
    /// Whether it doesn't know earlier views, like a plain folder.
    pub has_no_history: bool,
    /// How its history was rewritten.
    pub rewritten: Option<Rewritten>,
}

/// One of the views.
pub struct MemorySnapshot {
    id: String,
    views: Vec<Arc<Files>>,
    at: usize,
    aside: Aside,
    knows_contents: bool,
    has_no_history: bool,
    rewritten: Option<Rewritten>,
}

impl MemoryStore {
    /// A store with these files.
    pub fn new(files: Files) -> Self {
        Self { views: RefCell::new(vec![Arc::new(files)]), ..Self::default() }
    }

    /// The files as they are now.
    pub fn files(&self) -> Files {
        Files::clone(self.views.borrow().last().unwrap())
    }

    /// Changes the files in a way that writers of records never do.
    pub fn meddle(&self, with: impl FnOnce(&mut Files)) {
        let mut files = self.files();
        with(&mut files);
        self.views.borrow_mut().push(Arc::new(files));
    }

    /// The paths of the files below a folder.
    pub fn below(&self, folder: &str) -> Vec<String> {
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.files().into_keys().filter(|path| path.starts_with(&inside)).collect()
    }

    /// The newest view.
    pub fn view(&self) -> MemorySnapshot {
        let newest = self.views.borrow().len() - 1;
        self.view_at(newest)
    }

    fn view_at(&self, at: usize) -> MemorySnapshot {
        let views = self.views.borrow()[..=at].to_vec();
        let (aside, rewritten) = (Rc::clone(&self.aside), self.rewritten.clone());
        let Self { knows_contents, has_no_history, .. } = *self;
        MemorySnapshot { id: at.to_string(), views, at, aside, knows_contents, has_no_history, rewritten }
    }
}

impl Store for MemoryStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(self.view()))
    }

    fn snapshot_at(&self, id: &str) -> Result<Box<dyn Snapshot>, StoreError> {
        let known = id.parse().ok().filter(|at| *at < self.views.borrow().len());
        known.map(|at| Box::new(self.view_at(at)) as Box<dyn Snapshot>).ok_or_else(|| StoreError::new("no such view"))
    }

    fn name(&self) -> &'static str {
        "memory"
    }

    fn add(&self, files: &[NewFile], since: &str, _message: &str) -> Result<Landing, StoreError> {
        if self.view().id() != since {
            return Ok(Landing::Moved(String::from("somebody else was first")));
        }
        let mut all = self.files();
        for NewFile { path, bytes } in files {
            if all.insert(path.clone(), bytes.clone()).is_some_and(|before| before != *bytes) {
                return Err(StoreError::new(format!("{path} is there already, and is something else")));
            }
        }
        self.views.borrow_mut().push(Arc::new(all));
        Ok(Landing::Landed)
    }
}

impl MemorySnapshot {
    fn files(&self) -> &Files {
        &self.views[self.at]
    }

    fn content(&self, path: &str) -> Option<String> {
        let inside = format!("{path}/");
        self.knows_contents.then(|| {
            let mut hash = Sha256::new();
            for (path, bytes) in self.files().iter().filter(|(own, _)| *own == path || own.starts_with(&inside)) {
                hash.update(format!("{path}\0{}\0", bytes.len()));
                hash.update(bytes);
            }
            hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
        })
    }
}

impl Snapshot for MemorySnapshot {
    fn id(&self) -> &str {
        &self.id
    }

    fn list(&self, folder: &str) -> Result<Vec<FolderEntry>, StoreError> {
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.files().range(inside.clone()..).map_while(|(path, _)| path.strip_prefix(&inside));
        let entries: BTreeSet<(&str, EntryKind)> = below
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => (name, EntryKind::Folder),
                None => (rest, EntryKind::File),
            })
            .collect();
        let entry = |(name, kind): (&str, EntryKind)| FolderEntry {
            name: name.to_owned(),
            kind,
            content: self.content(&format!("{inside}{name}")),
        };
        Ok(entries.into_iter().map(entry).collect())
    }

    fn read(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        Ok(paths.iter().map(|path| self.files().get(path).cloned()).collect())
    }

    fn recall(&self, name: &str) -> Option<Vec<u8>> {
        self.aside.borrow().get(name).cloned()
    }

    fn remember(&self, name: &str, bytes: &[u8]) {
        self.aside.borrow_mut().insert(name.to_owned(), bytes.to_vec());
    }

    fn rewritten(&self) -> Option<Rewritten> {
        self.rewritten.clone()
    }

    fn grew_from(&self, id: &str) -> Result<bool, StoreError> {
        let before = id.parse::<usize>().ok().and_then(|at| self.views.get(at));
        let holds = |(path, bytes): (&String, &Vec<u8>)| self.files().get(path) == Some(bytes);
        Ok(self.has_no_history || before.is_some_and(|before| before.iter().all(holds)))
    }
}
