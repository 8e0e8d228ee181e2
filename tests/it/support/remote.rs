//! A bare repository on disk in the role of a team's shared one, and the stores that look at it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use tempfile::TempDir;
use upheld::git::{Address, Environment};
use upheld::store::GitStore;

use super::folder;
use super::tree::Tree;

/// A repository that is gone when this is dropped, with the caches of those who look at it.
pub struct Remote {
    root: TempDir,
}

impl Remote {
    /// An empty one.
    pub fn new() -> Self {
        static EMPTY: LazyLock<Tree> = LazyLock::new(|| {
            let remote = Remote::without_repository();
            let root = remote.root();
            let arguments = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "remote.git"];
            git(&remote.environment(), root, &arguments);
            // No push looks for housekeeping to be done.
            remote.git(&["config", "receive.autogc", "false"]);
            remote.tree()
        });
        Self::of(&EMPTY)
    }

    /// A repository with the same content as another one.
    pub fn of(repository: &Tree) -> Self {
        let remote = Self::without_repository();
        repository.write(&remote.path("remote.git"));
        remote
    }

    /// The whole content of the repository.
    pub fn tree(&self) -> Tree {
        Tree::read(&self.path("remote.git"))
    }

    fn without_repository() -> Self {
        let remote = Self { root: folder::temporary("upheld-") };
        fs::create_dir(remote.path("home")).unwrap();
        remote
    }

    /// The folder of all.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A place in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Its address as a store.
    pub fn address(&self) -> String {
        format!("git+file://{}", self.path("remote.git").display())
    }

    /// The environment of one who has a cache of that name.
    pub fn environment_of(&self, cache: &str) -> Environment {
        self.environment().with("UPHELD_CACHE", self.path(cache))
    }

    fn environment(&self) -> Environment {
        environment(&self.path("home"))
    }

    /// The store as one sees it who has a cache of that name.
    pub fn store(&self, cache: &str) -> GitStore {
        self.store_at(&self.address(), cache)
    }

    /// A store at another address of this one's.
    pub fn store_at(&self, address: &str, cache: &str) -> GitStore {
        GitStore::open(Address::parse(address).unwrap().unwrap(), &self.environment_of(cache)).unwrap()
    }

    /// Runs git in the repository, and returns its output.
    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.environment(), &self.path("remote.git"), arguments)
    }

    /// Runs git in another folder of this one's.
    pub fn git_at(&self, folder: &str, arguments: &[&str]) -> String {
        git(&self.environment(), &self.path(folder), arguments)
    }

    /// Makes a commit of what `git fast-import` reads, and gives its id.
    pub fn import(&self, stream: &str) -> String {
        self.write("stream", stream);
        let stream = fs::File::open(self.path("stream")).unwrap();
        let status = command(&self.environment(), &self.path("remote.git"), &["fast-import", "--quiet", "--force"])
            .stdin(stream)
            .status()
            .unwrap();
        assert!(status.success());
        self.git(&["rev-parse", "main"])
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    /// Lets the repository run a script at one of its hooks.
    #[cfg(unix)]
    pub fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = format!("remote.git/hooks/{name}");
        self.write(&path, format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The files on the branch `main`.
    pub fn files(&self) -> Vec<String> {
        self.git(&["ls-tree", "-r", "--name-only", "main"]).lines().map(str::to_owned).collect()
    }
}

/// The path of git. A program that is started by its path, as here, shares this process's memory until it runs; with a
/// `PATH` of its own to be found on, it would first get a copy of all page tables.
static GIT: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|program| program.is_file());
    found.unwrap_or_else(|| PathBuf::from("git"))
});

fn command(environment: &Environment, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(&*GIT);
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    for name in ["PATH", "HOME", "GIT_CONFIG_NOSYSTEM"] {
        command.envs(environment.variable(name).map(|value| (name, value)));
    }
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ann").env(format!("GIT_{who}_EMAIL"), "ann@shop.example");
    }
    command
}

/// Runs git in a folder for a user with another home, and returns its output.
pub(super) fn git_in(folder: &Path, home: &Path, arguments: &[&str]) -> String {
    git(&environment(home), folder, arguments)
}

fn environment(home: &Path) -> Environment {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Environment::of([("PATH", path)]).with("HOME", home).with("GIT_CONFIG_NOSYSTEM", "1")
}

fn git(environment: &Environment, folder: &Path, arguments: &[&str]) -> String {
    let output = command(environment, folder, arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
