//! A commit of the user's own repository as a view of a store: a checked-out folder as it was before a change. The `git`
//! program reads it, and nothing is written.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::git::{Environment, Git, Object, Objects};
use crate::ledger::{EntryKind, FolderEntry, Snapshot, StoreError};

/// A folder as of a commit.
#[derive(Debug)]
pub(super) struct CommitSnapshot {
    id: String,
    folders: BTreeMap<String, Vec<FolderEntry>>,
    objects: Mutex<Objects>,
}

impl CommitSnapshot {
    /// The folder as of a commit, under any name that git knows.
    pub(super) fn open(folder: &Path, commit: &str, environment: &Environment) -> Result<Self, StoreError> {
        let git = Git::new(environment);
        let refused = |what: String, said: String| {
            StoreError::new(what)
                .detail(said)
                .help("check that it is fetched: a shallow clone has no history, so fetch all of it")
        };
        if commit.starts_with('-') {
            return Err(StoreError::new(format!("`{commit}` isn't a commit")));
        }
        let name = format!("{commit}^{{commit}}");
        let found = git.call(["rev-parse", "--verify", "--quiet", "--absolute-git-dir", &name]).at(folder).run()?;
        let text = found.text();
        let (Some(repository), Some(id), true) = (text.lines().next(), text.lines().nth(1), found.succeeded()) else {
            return Err(refused(format!("there is no commit `{commit}` in {}", folder.display()), found.stderr));
        };
        // Commits on the other branch after the fork point aren't missing here.
        let forked = git.call(["merge-base", id, "HEAD"]).at(folder).run()?;
        let forked = forked.succeeded().then(|| forked.text().trim().to_owned()).filter(|base| !base.is_empty());
        let id = forked.as_deref().unwrap_or(id);
        // Only lists the folder, with paths relative to it.
        let listed = git.call(["ls-tree", "-r", "-z", id]).at(folder).run()?;
        if !listed.succeeded() {
            return Err(refused(format!("the commit `{commit}` can't be read"), listed.stderr));
        }
        let mut snapshot = Self {
            id: id.to_owned(),
            folders: BTreeMap::new(),
            objects: Mutex::new(Objects::open(&git, Path::new(repository))?),
        };
        for line in listed.text().split('\0').filter(|line| !line.is_empty()) {
            if let Some((mode, object, path)) = parse_line(line) {
                snapshot.add(mode, object, path);
            }
        }
        Ok(snapshot)
    }

    fn add(&mut self, mode: &str, object: &str, path: &str) {
        let kind = if mode.starts_with("100") { EntryKind::File } else { EntryKind::Other };
        let (mut folder, mut name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut entry = FolderEntry { name: name.to_owned(), kind, content: Some(object.to_owned()) };
        loop {
            let entries = self.folders.entry(folder.to_owned()).or_default();
            if entries.iter().any(|known| known.name == entry.name) {
                return;
            }
            entries.push(entry);
            if folder.is_empty() {
                return;
            }
            (folder, name) = folder.rsplit_once('/').unwrap_or(("", folder));
            entry = FolderEntry { name: name.to_owned(), kind: EntryKind::Folder, content: None };
        }
    }

    fn object(&self, path: &str) -> Option<String> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let entry = self.folders.get(folder)?.iter().find(|entry| entry.name == name)?;
        entry.content.clone().filter(|_| entry.kind == EntryKind::File)
    }
}

/// Mode, object and path of a line of `git ls-tree`.
fn parse_line(line: &str) -> Option<(&str, &str, &str)> {
    let (about, path) = line.split_once('\t')?;
    let mut words = about.split(' ');
    Some((words.next()?, words.nth(1)?, path))
}

impl Snapshot for CommitSnapshot {
    fn id(&self) -> &str {
        &self.id
    }

    fn list(&self, folder: &str) -> Result<Vec<FolderEntry>, StoreError> {
        Ok(self.folders.get(folder).cloned().unwrap_or_default())
    }

    fn read(&self, paths: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let names: Vec<Option<String>> = paths.iter().map(|path| self.object(path)).collect();
        let wanted: Vec<String> = names.iter().flatten().cloned().collect();
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = objects.read(&wanted)?.into_iter();
        let bytes = names.into_iter().map(|name| {
            name.and_then(|_| found.next()).and_then(|object| match object {
                Object::Found { bytes, .. } => Some(bytes),
                Object::Missing | Object::TooLarge { .. } => None,
            })
        });
        Ok(bytes.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_tree_has_a_mode_an_object_and_a_path() {
        assert_eq!(parse_line("100644 blob abc\ta b/c"), Some(("100644", "abc", "a b/c")));
        assert_eq!(parse_line("nonsense"), None);
    }
}
