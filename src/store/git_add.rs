//! Adds files to a git store: one commit on the view that their writer saw, pushed without force, and then checked on the
//! remote.

use std::time::SystemTime;

use super::cache::is_hex;
use super::failure;
use super::git::GitStore;
use super::seen::Memory;
use crate::git::{Object, Output, read_commit};
use crate::ledger::{EntryKind, Landing, NewFile, Snapshot as _, StoreError, short_id};

/// The result of a push, according to git.
enum Pushed {
    Done,
    /// Another commit is there, or the server says so.
    Late(String),
    /// The server refused it.
    Refused(String),
    /// There was no result.
    Unknown,
}

/// Git's message if the server uses SHA-256 ids. For an empty repository, this is the only way to find out.
const OTHER_IDS: &str = "does not support this repository's hash algorithm";

/// The server's message if the branch has a lock: of a push that goes on, or of one that crashed.
const LOCKED: &str = ".lock': File exists";

/// Phrases in the server's message if two pushes met at one reference.
const MET: &[&str] = &[
    "lock",
    "fetch first",
    "non-fast-forward",
    "stale info",
    "incorrect old value",
    "reference already exists",
    "failed to update ref",
];

impl GitStore {
    pub(super) fn add_commit(&self, files: &[NewFile], since: &str, message: &str) -> Result<Landing, StoreError> {
        let since = (since != self.cache.zero()).then_some(since);
        if since.is_some_and(|since| !is_hex(since)) {
            return Err(StoreError::new("files can only be added to a view of this store"));
        }
        let branch = self.branch_to_write()?;
        let Some(missing) = self.missing(files, since)? else {
            return Ok(Landing::Moved(String::from("its history doesn't contain the view that was read")));
        };
        if missing.is_empty() {
            // Nothing to do, provided that the store is still what its writer saw.
            let same = self.remote_tip()?.as_deref() == since;
            return Ok(if same { Landing::Landed } else { Landing::Moved(String::from("another commit was pushed")) });
        }
        let private = self.cache.private();
        let commit = self.make_commit(&missing, since, message, &private.name)?;
        let output = self.push(&commit, &branch)?;
        match push_result(&output, &branch) {
            Pushed::Done if self.holds(&commit)? => self.landed(&commit, since),
            Pushed::Done => {
                Ok(Landing::Moved(String::from("the push was reported as done, but the branch didn't change")))
            }
            Pushed::Late(why) => Ok(Landing::Moved(why)),
            Pushed::Refused(why) => {
                // Whatever the message says: another commit on the branch is a reason to refuse.
                let moved = self.remote_tip()?.as_deref() != since;
                if !moved && output.stderr.contains(LOCKED) {
                    return Ok(Landing::Locked(output.stderr));
                }
                if moved || MET.iter().any(|word| why.contains(word)) {
                    return Ok(Landing::Moved(why));
                }
                Err(StoreError::new(format!("the store {} refused the push: {why}", self.name))
                    .detail(&output.stderr)
                    .help(format!(
                        "check that these credentials may push to `{branch}`, its branch protection and the server's hooks"
                    )))
            }
            Pushed::Unknown if output.stderr.contains(OTHER_IDS) && since.is_none() => {
                self.cache.use_sha256()?;
                Ok(Landing::Moved(String::from("it uses SHA-256 ids")))
            }
            Pushed::Unknown => {
                let what = format!("the store {} can't be written", self.name);
                let error = failure::unreachable(&what, &output);
                // The push may have succeeded before the connection was lost.
                match self.holds(&commit) {
                    Ok(true) => self.landed(&commit, since),
                    Ok(false) => Err(error),
                    Err(_) => {
                        Err(error.help(format!("it is unknown whether the commit {} was pushed", short_id(&commit))))
                    }
                }
            }
        }
    }

    /// Records that the branch was seen at our commit, so that git needn't check all its objects when it is fetched.
    fn landed(&self, commit: &str, since: Option<&str>) -> Result<Landing, StoreError> {
        // If another process has seen something else in the meantime, that stays.
        self.cache.see(self.seen_as(), Some(commit), &Memory::of(since))?;
        Ok(Landing::Landed)
    }

    /// The files that the view doesn't have; `None` if the view isn't in the copy.
    fn missing<'f>(&self, files: &'f [NewFile], since: Option<&str>) -> Result<Option<Vec<&'f NewFile>>, StoreError> {
        let Some(since) = since else { return Ok(Some(files.iter().collect())) };
        let mut known = self.cache.objects(&[since.to_owned()])?.pop();
        if matches!(known, Some(Object::Missing)) {
            self.fetch()?;
            known = self.cache.objects(&[since.to_owned()])?.pop();
        }
        let Some(Object::Found { id, bytes, .. }) = known else { return Ok(None) };
        let Some(commit) = read_commit(&bytes) else { return Ok(None) };
        let view = self.view(Some((id, commit)), None);

        let above =
            |path: &str| -> Vec<String> { path.match_indices('/').map(|(at, _)| path[..at].to_owned()).collect() };
        let folders: Vec<String> = files.iter().flat_map(|file| above(&file.path)).collect();
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        let taken =
            |path: &str, why: &str| StoreError::new(format!("{path} is already in the store {}, {why}", self.name));
        for (found, path) in view.find(&folders)?.iter().zip(&folders) {
            if found.as_ref().is_some_and(|found| found.kind != EntryKind::Folder) {
                return Err(taken(path, "but isn't a folder"));
            }
        }
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let found = view.find(&paths)?;
        let there: Vec<String> =
            files.iter().zip(&found).filter(|(_, found)| found.is_some()).map(|(file, _)| file.path.clone()).collect();
        let contents = view.read(&there)?;
        for (path, content) in there.iter().zip(&contents) {
            let same = files.iter().any(|file| &file.path == path && Some(&file.bytes) == content.as_ref());
            if !same {
                return Err(taken(path, "with other content"));
            }
        }
        Ok(Some(files.iter().zip(&found).filter(|(_, found)| found.is_none()).map(|(file, _)| file).collect()))
    }

    /// Creates the commit in the copy. Only reads and writes the trees on the way to the files.
    fn make_commit(
        &self,
        files: &[&NewFile],
        since: Option<&str>,
        message: &str,
        reference: &str,
    ) -> Result<String, StoreError> {
        let seconds = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs());
        let message = format!("{}\n", message.replace('\0', "").trim());
        let mut input = Vec::new();
        let line = |input: &mut Vec<u8>, text: String| {
            input.extend_from_slice(text.as_bytes());
            input.push(b'\n');
        };
        line(&mut input, format!("commit {reference}"));
        line(&mut input, String::from("mark :1"));
        line(&mut input, format!("committer {} {seconds} +0000", self.committer()?));
        line(&mut input, format!("data {}", message.len()));
        line(&mut input, message);
        if let Some(since) = since {
            line(&mut input, format!("from {since}"));
        }
        for file in files {
            line(&mut input, format!("M 100644 inline {}", file.path));
            line(&mut input, format!("data {}", file.bytes.len()));
            input.extend_from_slice(&file.bytes);
            input.push(b'\n');
        }
        line(&mut input, String::from("get-mark :1"));
        line(&mut input, String::from("done"));
        let output = self.cache.call(&["fast-import", "--quiet", "--done"]).input(input).run()?;
        let id = output.text().trim().to_owned();
        if output.succeeded() && id.len() == 2 * self.cache.id_bytes() && is_hex(&id) {
            return Ok(id);
        }
        Err(failure::unreachable("can't create the commit", &output))
    }

    /// `Name <address>` of the committer.
    fn committer(&self) -> Result<String, StoreError> {
        if let Some(known) = self.committer.get() {
            return Ok(known.clone());
        }
        let output = self.cache.call(&["config", "--null", "--get-regexp", r"^user\.(name|email)$"]).run()?;
        let text = output.text();
        let configured = |key: &str| {
            let of = |entry: &str| Some(entry.split_once('\n').filter(|(name, _)| *name == key)?.1.to_owned());
            text.split('\0').filter_map(of).next_back()
        };
        let setting = |variable: &str, key: &str, otherwise: &str| {
            let value = self.environment.variable(variable).or_else(|| configured(key)).unwrap_or_default();
            // Without characters that would end the name or the line.
            let value: String = value.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
            let value = value.trim();
            if value.is_empty() { otherwise.to_owned() } else { value.to_owned() }
        };
        let name = setting("GIT_COMMITTER_NAME", "user.name", "upheld");
        let email = setting("GIT_COMMITTER_EMAIL", "user.email", "upheld@localhost");
        Ok(self.committer.get_or_init(|| format!("{name} <{email}>")).clone())
    }

    fn push(&self, commit: &str, branch: &str) -> Result<Output, StoreError> {
        let refspec = format!("{commit}:refs/heads/{branch}");
        let arguments = ["push", "--porcelain", "--progress", "--no-verify", "--", self.address.url(), &refspec];
        self.cache.call(&arguments).run()
    }

    /// Whether a commit is in the history of the remote branch.
    fn holds(&self, commit: &str) -> Result<bool, StoreError> {
        match self.remote_tip()? {
            None => Ok(false),
            // Others may have pushed since.
            Some(tip) => self.cache.is_ancestor(commit, &tip),
        }
    }
}

/// Reads `git push --porcelain`: a line for the branch, `<flag>\t<from>:<to>\t<summary> (<reason>)`.
fn push_result(output: &Output, branch: &str) -> Pushed {
    let text = output.text();
    let to = format!(":refs/heads/{branch}");
    let line = text.lines().find_map(|line| {
        let mut fields = line.split('\t');
        let (flag, refspec, summary) = (fields.next()?, fields.next()?, fields.next()?);
        refspec.ends_with(&to).then_some((flag, summary))
    });
    let Some((flag, summary)) = line else { return Pushed::Unknown };
    let reason = summary.split_once('(').map_or(summary, |(_, reason)| reason.trim_end_matches(')')).to_owned();
    match flag {
        "!" if summary.starts_with("[rejected]") => Pushed::Late(format!("another commit was pushed ({reason})")),
        "!" if summary.starts_with("[remote rejected]") => Pushed::Refused(reason),
        " " | "*" | "=" if output.succeeded() => Pushed::Done,
        _ => Pushed::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_of_a_push_is_in_the_line_of_its_branch() {
        let judge = |code: i32, line: &str| {
            let stdout = format!("To /srv/a.git\n{line}\nDone\n").into_bytes();
            match push_result(&Output { code: Some(code), stdout, stderr: String::new() }, "main") {
                Pushed::Done => String::from("done"),
                Pushed::Late(why) => format!("late: {why}"),
                Pushed::Refused(why) => format!("refused: {why}"),
                Pushed::Unknown => String::from("unknown"),
            }
        };
        assert_eq!(judge(0, " \tabc:refs/heads/main\t111..222"), "done");
        assert_eq!(judge(0, "*\tabc:refs/heads/main\t[new branch]"), "done");
        assert_eq!(judge(1, " \tabc:refs/heads/main\t111..222"), "unknown");
        assert_eq!(judge(0, " \tabc:refs/heads/other\t111..222"), "unknown");
        assert_eq!(
            judge(1, "!\tabc:refs/heads/main\t[rejected] (fetch first)"),
            "late: another commit was pushed (fetch first)"
        );
        assert_eq!(
            judge(1, "!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)"),
            "refused: pre-receive hook declined"
        );
        assert_eq!(judge(1, "!\tabc:refs/heads/main\t[remote failure] (remote failed to report status)"), "unknown");
        assert_eq!(judge(128, ""), "unknown");
    }
}
