//! Fetches a branch of a remote repository, and checks whether its history still contains everything that it once did.

use super::cache::is_hex;
use super::failure;
use super::git::GitStore;
use super::seen::Memory;
use crate::git::{CommitText, Object, read_commit};
use crate::ledger::codes::REMOVED;
use crate::ledger::{Rewritten, StoreError, lint_changes};
use crate::words::{did_you_mean, or_list, quoted};

/// The branch for a repository without branches.
const FIRST: &str = "main";

/// The tip of the branch.
#[derive(Clone, Debug)]
pub(super) struct Tip {
    /// `None` if there is no such branch yet.
    pub(super) commit: Option<(String, CommitText)>,
    /// How the history was rewritten, if it was.
    pub(super) rewritten: Option<Rewritten>,
}

/// The branches of a remote repository.
#[derive(Clone, Debug, Default)]
struct Branches {
    /// The branch that HEAD names.
    head: Option<String>,
    /// Their names and tips.
    tips: Vec<(String, String)>,
}

impl GitStore {
    /// Fetches the branch. If that fails, the copy isn't used either.
    pub(super) fn fetch(&self) -> Result<Tip, StoreError> {
        // The fetched history must hold what was seen before this fetch. What another process sees in the meantime may be
        // newer.
        let memory = self.cache.memory(self.seen_as());
        let commit = self.fetch_commit()?;
        let rewritten = self.rewritten(&memory, commit.as_ref())?;
        if let (None, Some((id, _))) = (&rewritten, &commit) {
            // If another process has recorded a newer commit in the meantime, that is fine, too.
            self.cache.see(self.seen_as(), Some(id), &memory)?;
        }
        Ok(Tip { commit, rewritten })
    }

    /// How the history was rewritten since it was last seen.
    fn rewritten(&self, memory: &Memory, now: Option<&(String, CommitText)>) -> Result<Option<Rewritten>, StoreError> {
        if let Memory::Unreadable(place) = memory {
            let (store, file) = (self.name.clone(), place.display().to_string());
            return Ok(Some(Rewritten::Unknown { store, file }));
        }
        for known in memory.commits() {
            let (store, commit) = (self.name.clone(), known.clone());
            let found = match now {
                None => Some(Rewritten::BranchDeleted { store, commit }),
                Some((id, _)) if !self.cache.is_ancestor(known, id)? => Some(Rewritten::CommitLost { store, commit }),
                Some(now) if *known != now.0 => self.deleted_files(known, now)?,
                Some(_) => None,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The records and contracts that were deleted since a commit. (Changed ones are found by their names.) Only looks at
    /// what differs.
    fn deleted_files(&self, known: &str, now: &(String, CommitText)) -> Result<Option<Rewritten>, StoreError> {
        let before = self.view(Some(self.commit(known)?), None);
        let after = self.view(Some(now.clone()), None);
        let mut found = lint_changes(&before, &after)?;
        found.retain(|finding| finding.code == REMOVED);
        let Some((first, rest)) = found.split_first() else { return Ok(None) };
        Ok(Some(Rewritten::FilesDeleted {
            store: self.name.clone(),
            commit: known.to_owned(),
            first: first.file.to_string(),
            more: rest.len(),
        }))
    }

    /// Accepts the present history of the branch, whatever it was before.
    ///
    /// # Errors
    ///
    /// Why it can't be fetched or recorded.
    pub fn trust(&self) -> Result<(), StoreError> {
        let commit = self.fetch_commit()?.map(|(id, _)| id);
        let known = self.cache.memory(self.seen_as());
        if self.cache.see(self.seen_as(), commit.as_deref(), &known)? {
            return Ok(());
        }
        Err(StoreError::new(format!("another process is using the store {}", self.name)).help("try again"))
    }

    fn fetch_commit(&self) -> Result<Option<(String, CommitText)>, StoreError> {
        // Tries again after it has found out the branch or the kind of ids.
        for _ in 0..4 {
            let branch = self.branch();
            let source = branch.as_ref().map_or_else(|| String::from("HEAD"), |name| format!("refs/heads/{name}"));
            let private = self.cache.private();
            let refspec = format!("+{source}:{}", private.name);
            let arguments =
                ["fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--", self.address.url(), &refspec];
            let output = self.cache.call(&arguments).run()?;
            if output.succeeded() {
                return self.commit(&private.name).map(Some);
            }
            if output.stderr.contains("mismatched algorithms") && self.cache.id_bytes() == 20 {
                self.cache.use_sha256()?;
            } else if output.stderr.contains("couldn't find remote ref") {
                if !self.find_branch(branch)? {
                    return Ok(None);
                }
            } else {
                return Err(failure::unreachable(&format!("the store {} can't be read", self.name), &output));
            }
        }
        Err(StoreError::new(format!("the branches of the store {} keep changing", self.name)).help("try again"))
    }

    /// The commit with a name in the copy.
    pub(super) fn commit(&self, name: &str) -> Result<(String, CommitText), StoreError> {
        let missing = || self.cache.damaged(&format!("the commit {name} is missing"));
        match self.cache.objects(&[format!("{name}^{{commit}}")])?.pop() {
            Some(Object::Found { id, kind, bytes }) if kind == "commit" => {
                read_commit(&bytes).map(|text| (id, text)).ok_or_else(missing)
            }
            _ => Err(missing()),
        }
    }

    /// After a branch wasn't found: whether to fetch again, the same branch or another one. If not, there is none yet.
    fn find_branch(&self, named: Option<String>) -> Result<bool, StoreError> {
        let branches = self.list_remote(&["--heads"], &[])?;
        let names = || branches.tips.iter().map(|(name, _)| name.as_str());
        let wanted = named.unwrap_or_else(|| FIRST.to_owned());
        if names().any(|name| name == wanted) || branches.tips.is_empty() {
            self.settle(wanted);
            return Ok(!branches.tips.is_empty());
        }
        if self.may_be_made && self.address.branch().is_some() {
            return Ok(false);
        }
        let some = or_list(quoted(names().take(5)));
        Err(match self.address.branch() {
            Some(branch) => StoreError::new(format!("the store {} has no branch `{branch}`", self.name))
                .help(did_you_mean(branch, names()).unwrap_or_else(|| format!("it has {some}")))
                .help("create it with `upheld store init`"),
            None => StoreError::new(format!("it is unknown which branch of {} contains the store", self.name))
                .detail("its HEAD names a branch that doesn't exist")
                .help(format!("append one to the address, like #{FIRST}; it has {some}")),
        })
    }

    /// The branch to push to.
    pub(super) fn branch_to_write(&self) -> Result<String, StoreError> {
        if let Some(branch) = self.branch() {
            return Ok(branch);
        }
        let Branches { head, tips } = self.list_remote(&["--symref"], &["HEAD", "refs/heads/*"])?;
        // The same as when reading: see `find_branch`.
        let first = || (tips.is_empty() || tips.iter().any(|(name, _)| name == FIRST)).then(|| FIRST.to_owned());
        let head = head.or_else(first).ok_or_else(|| {
            StoreError::new(format!("it is unknown to which branch of {} to write", self.name))
                .help("append one to the address, like #main")
        })?;
        self.settle(head.clone());
        Ok(head)
    }

    /// The tip of the branch in the remote repository. It is fetched, because git asks for one branch alone only then: to list
    /// all that a large repository has takes much longer.
    pub(super) fn remote_tip(&self) -> Result<Option<String>, StoreError> {
        Ok(self.fetch()?.commit.map(|(id, _)| id))
    }

    fn list_remote(&self, options: &[&str], patterns: &[&str]) -> Result<Branches, StoreError> {
        let arguments = [&["ls-remote"], options, &["--", self.address.url()], patterns].concat();
        let output = self.cache.call(&arguments).run()?;
        if !output.succeeded() {
            return Err(failure::unreachable(&format!("the store {} can't be read", self.name), &output));
        }
        let mut branches = Branches::default();
        for line in output.text().lines() {
            match line.split_once('\t') {
                Some((target, "HEAD")) => {
                    let name = target.strip_prefix("ref: refs/heads/").map(str::to_owned);
                    branches.head = name.or(branches.head);
                }
                Some((id, name)) if is_hex(id) => {
                    let tip = name.strip_prefix("refs/heads/").map(|name| (name.to_owned(), id.to_owned()));
                    branches.tips.extend(tip);
                }
                _ => {}
            }
        }
        Ok(branches)
    }
}
