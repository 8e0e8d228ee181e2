//! The local copy of a git store: a bare repository in the user's cache folder, and derived values. All of it can be made
//! again. Any number of processes may use it at once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use super::aside::Aside;
use super::failure;
use super::healed::heal;
use crate::files::{lock, why};
use crate::git::{Address, Call, Environment, Git, Object, Objects};
use crate::interaction::digest::hex;
use crate::ledger::StoreError;

/// The references below it belong to single processes.
const PRIVATE: &str = "refs/upheld/private";
/// The age from which a private reference counts as left behind by a killed process.
const STALE: Duration = Duration::from_hours(24);

/// The copy of one remote repository.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    git: Git,
    pub(super) aside: Aside,
    /// Whether the repository's ids are SHA-256 ones.
    sha256: AtomicBool,
    objects: Mutex<Option<Objects>>,
}

/// A reference that only this process uses, and that is deleted when this is dropped. Its objects stay: nothing is ever
/// collected in the copy.
#[derive(Debug)]
pub(super) struct PrivateReference<'c> {
    cache: &'c Cache,
    pub(super) name: String,
}

impl Drop for PrivateReference<'_> {
    fn drop(&mut self) {
        // Deleting its file is enough, because references are never packed here.
        let _ = fs::remove_file(self.cache.repository().join(&self.name));
    }
}

impl Cache {
    /// Opens the copy of a repository, and creates an empty one if there is none.
    ///
    /// # Errors
    ///
    /// Why it can't be created, or that git is missing.
    pub(super) fn open(address: &Address, environment: &Environment) -> Result<Self, StoreError> {
        let key = hex(&Sha256::digest(address.key()));
        let folder = root(environment)?.join("stores").join(&key[..32]);
        let secrets = address.secrets().into_iter().chain(environment.token_secrets()).collect();
        let git = Git::new(&environment.for_address(address)?).hiding(secrets);
        make_folder(&folder).map_err(|error| unwritable(&folder, &error))?;
        let aside = Aside::open(folder.join("aside"), environment);
        let cache = Self { folder, git, aside, sha256: AtomicBool::new(false), objects: Mutex::new(None) };
        cache.sha256.store(cache.repository_of(true).exists(), Ordering::Relaxed);
        cache.make_repository()?;
        cache.tidy();
        Ok(cache)
    }

    /// The same copy with other settings of git.
    pub(super) fn with_git(mut self, change: impl FnOnce(Git) -> Git) -> Self {
        self.git = change(self.git);
        self
    }

    fn repository_of(&self, sha256: bool) -> PathBuf {
        self.folder.join(if sha256 { "repository-sha256.git" } else { "repository.git" })
    }

    /// The bare repository.
    pub(super) fn repository(&self) -> PathBuf {
        self.repository_of(self.sha256.load(Ordering::Relaxed))
    }

    /// How many bytes an object's id has.
    pub(super) fn id_bytes(&self) -> usize {
        if self.sha256.load(Ordering::Relaxed) { 32 } else { 20 }
    }

    /// The id that means "no commit".
    pub(super) fn zero(&self) -> String {
        "00".repeat(self.id_bytes())
    }

    /// Switches to a repository with SHA-256 ids, because the remote one has them.
    pub(super) fn use_sha256(&self) -> Result<(), StoreError> {
        self.sha256.store(true, Ordering::Relaxed);
        *self.objects.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.make_repository()
    }

    /// The folder of the copy, and of everything beside it.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn make_repository(&self) -> Result<(), StoreError> {
        let place = self.repository();
        let sha256 = self.sha256.load(Ordering::Relaxed);
        let unwritable = |error: io::Error| self.unwritable(&error);
        if heal(&place, sha256).map_err(unwritable)? {
            return Ok(());
        }
        // Created next to its place, so that other processes never find half of one.
        let new = || tempfile::Builder::new().prefix(".new-").tempdir_in(&self.folder).map_err(unwritable);
        let made = new()?;
        let format = if sha256 { "sha256" } else { "sha1" };
        let object_format = format!("--object-format={format}");
        // Without a template, which may contain hooks.
        let arguments = ["init", "--quiet", "--bare", "--template=", "--initial-branch=unused", object_format.as_str()];
        let output = self.git.call(arguments).in_repository(made.path()).run()?;
        if !output.succeeded() {
            let what = format!("can't create a repository in {}", self.folder.display());
            return Err(failure::explained(&what, &output).unwrap_or_else(|| {
                StoreError::new(what)
                    .detail(output.stderr)
                    .help("git 2.31 or newer is needed; `git version` shows which one this is")
            }));
        }
        heal(made.path(), sha256).map_err(unwritable)?;
        // This fails if there is a repository, and nothing may move one away that another process has just made and uses.
        if fs::rename(made.path(), &place).is_ok() || heal(&place, sha256).map_err(unwritable)? {
            return Ok(());
        }
        // What is there, and isn't a repository, can't be used for anything.
        let old = new()?;
        let _ = fs::rename(&place, old.path().join("old"));
        match fs::rename(made.path(), &place) {
            Ok(()) => Ok(()),
            // Another process was first.
            Err(_) if heal(&place, sha256).unwrap_or(false) => Ok(()),
            Err(error) => Err(unwritable(error)),
        }
    }

    /// The error that the folder can't be written.
    pub(super) fn unwritable(&self, error: &io::Error) -> StoreError {
        unwritable(&self.folder, error)
    }

    /// A call of git in the copy.
    pub(super) fn call<'c>(&'c self, arguments: &[&str]) -> Call<'c> {
        self.git.call(arguments.iter().copied()).in_repository(&self.repository())
    }

    /// Objects by name.
    ///
    /// # Errors
    ///
    /// Why the copy can't be read.
    pub(super) fn objects(&self, names: &[String]) -> Result<Vec<Object>, StoreError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut held = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let mut objects = match held.take() {
            Some(objects) => objects,
            None => Objects::open(&self.git, &self.repository())?,
        };
        // A failed process isn't kept.
        let found = objects.read(names).map_err(|error| self.damaged(&error.message))?;
        *held = Some(objects);
        Ok(found)
    }

    /// The error that something in the copy is missing or damaged.
    pub(super) fn damaged(&self, what: &str) -> StoreError {
        // Not the folder above it, which remembers what was seen of the store.
        StoreError::new(format!("the copy of the store in {} can't be read: {what}", self.repository().display()))
            .help("delete that folder; the store will be fetched again")
    }

    /// A reference for this process alone.
    pub(super) fn private(&self) -> PrivateReference<'_> {
        PrivateReference { cache: self, name: format!("{PRIVATE}/{}", unique()) }
    }

    /// Whether one commit is an ancestor of another. A missing commit isn't.
    ///
    /// # Errors
    ///
    /// That git can't tell.
    pub(super) fn is_ancestor(&self, one: &str, other: &str) -> Result<bool, StoreError> {
        if one == other {
            return Ok(true);
        }
        // For a missing commit, git would report the same error as for a damaged copy.
        let here = self.objects(&[format!("{one}^{{commit}}")])?;
        if matches!(here[..], [Object::Missing]) {
            return Ok(false);
        }
        let output = self.call(&["merge-base", "--is-ancestor", one, other]).run()?;
        match output.code {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(self.damaged(&format!("git ended with {}", failure::ended(&output))).detail(output.stderr)),
        }
    }

    /// Waits for this process's turn to use the copy.
    pub(super) fn turn(&self, patience: Duration) -> Option<File> {
        let file = File::options().create(true).append(true).open(self.folder.join("turn")).ok()?;
        lock(file, true, patience).ok()?
    }

    /// Deletes private references whose processes were killed.
    fn tidy(&self) {
        let Ok(entries) = fs::read_dir(self.repository().join(PRIVATE)) else { return };
        for entry in entries.flatten() {
            let changed = entry.metadata().and_then(|meta| meta.modified()).unwrap_or_else(|_| SystemTime::now());
            if changed.elapsed().is_ok_and(|age| age > STALE) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Upheld's cache folder.
fn root(environment: &Environment) -> Result<PathBuf, StoreError> {
    let variable = |name: &str| environment.variable(name).map(PathBuf::from);
    let of_system = || {
        if cfg!(windows) {
            return variable("LOCALAPPDATA").map(|local| local.join("upheld").join("cache"));
        }
        let library =
            || cfg!(target_os = "macos").then(|| variable("HOME").map(|home| home.join("Library/Caches"))).flatten();
        // The XDG Base Directory Specification says to ignore relative paths.
        let caches = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute()).or_else(library);
        caches.or_else(|| variable("HOME").map(|home| home.join(".cache"))).map(|caches| caches.join("upheld"))
    };
    let root = variable("UPHELD_CACHE").or_else(of_system).and_then(|root| std::path::absolute(root).ok());
    root.ok_or_else(|| {
        StoreError::new("there is no folder for the local copy of the store").help("set UPHELD_CACHE to a folder")
    })
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        // Other users of this machine must not read a team's store.
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn unwritable(folder: &Path, error: &io::Error) -> StoreError {
    StoreError::new(format!("the cache folder {} can't be written: {}", folder.display(), why(error)))
        .help("set UPHELD_CACHE to a folder that this user may write to")
}

/// A name that no other process uses.
fn unique() -> String {
    format!("{}-{:016x}", std::process::id(), fastrand::u64(..))
}

pub(super) fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
