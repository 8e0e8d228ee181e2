//! One commit of a git store, read from the copy: trees as bytes, and files by the ids in the trees. Links aren't followed,
//! and no files are written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::cache::Cache;
use crate::git::{CommitText, LARGEST, Object, TreeEntry, read_tree};
use crate::ledger::{EntryKind, FolderEntry, Rewritten, Snapshot, StoreError};

/// A view of a git store.
#[derive(Debug)]
pub(super) struct GitSnapshot {
    cache: Arc<Cache>,
    id: String,
    /// The id of the top tree; `None` if nothing was ever committed.
    top: Option<String>,
    time: Option<Timestamp>,
    rewritten: Option<Rewritten>,
    trees: Mutex<HashMap<String, Arc<Vec<TreeEntry>>>>,
}

/// An object at a path.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: EntryKind,
    pub(super) id: String,
}

impl GitSnapshot {
    /// The view of a commit, or of an empty branch.
    pub(super) fn new(cache: Arc<Cache>, commit: Option<(String, CommitText)>, rewritten: Option<Rewritten>) -> Self {
        let (id, top, time) = match commit {
            Some((id, text)) => {
                (id, Some(text.tree), text.seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()))
            }
            None => (cache.zero(), None, None),
        };
        Self { cache, id, top, time, rewritten, trees: Mutex::default() }
    }

    /// The object at each path; the empty path is the top. All paths are followed at the same time, one level after
    /// another, so each level costs one request.
    pub(super) fn find(&self, paths: &[&str]) -> Result<Vec<Option<Found>>, StoreError> {
        let top = self.top.as_ref().map(|id| Found { kind: EntryKind::Folder, id: id.clone() });
        let mut found = vec![top; paths.len()];
        let mut parts: Vec<_> = paths.iter().map(|path| path.split('/').filter(|_| !path.is_empty())).collect();
        loop {
            let next: Vec<Option<&str>> = parts.iter_mut().map(Iterator::next).collect();
            if next.iter().all(Option::is_none) {
                return Ok(found);
            }
            let is_open = |at: &usize| next[*at].is_some() && found[*at].as_ref().is_some_and(is_folder);
            let open: Vec<usize> = (0..paths.len()).filter(is_open).collect();
            let ids: Vec<String> =
                open.iter().filter_map(|at| found[*at].as_ref().map(|found| found.id.clone())).collect();
            let mut trees = self.trees(&ids)?.into_iter();
            for (at, part) in next.iter().enumerate() {
                let Some(part) = part else { continue };
                let tree = found[at].as_ref().is_some_and(is_folder).then(|| trees.next()).flatten();
                found[at] = tree.and_then(|tree| {
                    let place = tree.binary_search_by(|entry| entry.name.as_str().cmp(part)).ok()?;
                    Some(Found { kind: tree[place].kind, id: tree[place].id.clone() })
                });
            }
        }
    }

    /// The trees with these ids, in the same order.
    fn trees(&self, ids: &[String]) -> Result<Vec<Arc<Vec<TreeEntry>>>, StoreError> {
        let mut held = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missing: Vec<String> = ids.iter().filter(|id| !held.contains_key(*id)).cloned().collect();
        missing.sort_unstable();
        missing.dedup();
        for (id, object) in missing.iter().zip(self.cache.objects(&missing)?) {
            let entries = match object {
                Object::Found { kind, bytes, .. } if kind == "tree" => read_tree(&bytes, self.cache.id_bytes()),
                Object::TooLarge { .. } => return Err(self.too_large("a folder")),
                _ => None,
            };
            let entries = entries.ok_or_else(|| self.cache.damaged(&format!("the tree {id} is missing or damaged")))?;
            held.insert(id.clone(), Arc::new(entries));
        }
        Ok(ids.iter().filter_map(|id| held.get(id).cloned()).collect())
    }

    fn too_large(&self, what: &str) -> StoreError {
        StoreError::new(format!("{what} in the store has more than {LARGEST} bytes at commit {}", self.id))
            .help("it doesn't belong in a store; remove it from the repository")
    }
}

fn is_folder(found: &Found) -> bool {
    found.kind == EntryKind::Folder
}

impl Snapshot for GitSnapshot {
    fn id(&self) -> &str {
        &self.id
    }

    fn list(&self, folder: &str) -> Result<Vec<FolderEntry>, StoreError> {
        Ok(self.list_all(&[folder.to_owned()])?.pop().unwrap_or_default())
    }

    fn list_all(&self, folders: &[String]) -> Result<Vec<Vec<FolderEntry>>, StoreError> {
        let paths: Vec<&str> = folders.iter().map(String::as_str).collect();
        let found = self.find(&paths)?;
        let is_open = |found: &&Option<Found>| found.as_ref().is_some_and(is_folder);
        let ids: Vec<String> = found.iter().filter(is_open).flatten().map(|found| found.id.clone()).collect();
        let mut trees = self.trees(&ids)?.into_iter();
        let entry = |it: &TreeEntry| FolderEntry { name: it.name.clone(), kind: it.kind, content: Some(it.id.clone()) };
        let of = |found: &Option<Found>| {
            let tree = is_open(&found).then(|| trees.next()).flatten();
            tree.map(|tree| tree.iter().map(entry).collect()).unwrap_or_default()
        };
        Ok(found.iter().map(of).collect())
    }

    fn read(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let names: Vec<&str> = paths.iter().map(String::as_str).collect();
        let found = self.find(&names)?;
        let files = found.iter().zip(paths).filter_map(|(found, path)| {
            let found = found.as_ref().filter(|found| found.kind == EntryKind::File)?;
            Some((found.id.clone(), path))
        });
        let (ids, of): (Vec<String>, Vec<&String>) = files.unzip();
        let mut contents = HashMap::new();
        for (object, path) in self.cache.objects(&ids)?.into_iter().zip(of) {
            match object {
                Object::Found { kind, bytes, .. } if kind == "blob" => {
                    contents.insert(path.as_str(), bytes);
                }
                Object::TooLarge { .. } => return Err(self.too_large(path)),
                Object::Found { .. } | Object::Missing => {
                    return Err(self.cache.damaged(&format!("the content of {path} is missing")));
                }
            }
        }
        Ok(names.iter().map(|path| contents.get(path).cloned()).collect())
    }

    fn recall(&self, name: &str) -> Option<Vec<u8>> {
        self.cache.aside.recall(name)
    }

    fn remember(&self, name: &str, bytes: &[u8]) {
        self.cache.aside.remember(name, bytes);
    }

    fn rewritten(&self) -> Option<Rewritten> {
        self.rewritten.clone()
    }

    fn time(&self) -> Option<Timestamp> {
        self.time
    }

    fn grew_from(&self, id: &str) -> Result<bool, StoreError> {
        // Every branch grew from an empty one.
        if id == self.id || id == self.cache.zero() {
            return Ok(true);
        }
        let is_id = id.len() == self.id.len() && super::cache::is_hex(id);
        Ok(is_id && self.top.is_some() && self.cache.is_ancestor(id, &self.id)?)
    }
}
