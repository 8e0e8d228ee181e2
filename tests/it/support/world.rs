//! A folder of its own with contracts in it, a cleared environment, and the program run there.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::folder;
use super::output::{CommandOutput, Redaction};
use super::process::Running;

/// Variables that the program needs on some systems; the rest of the environment stays outside.
const KEPT: &[&str] = &["PATH", "PATHEXT", "SystemRoot", "COMSPEC"];

/// A world of one test: it is gone when it is dropped.
pub struct World {
    root: TempDir,
    variables: Vec<(String, String)>,
}

impl World {
    /// An empty folder.
    pub fn new() -> Self {
        Self { root: folder::temporary("upheld-"), variables: Vec::new() }
    }

    /// A world with one contract, of storefront with orders, that has these interactions.
    pub fn with(interactions: &str) -> Self {
        let world = Self::new();
        world.contract("storefront", "orders", interactions);
        world
    }

    /// The same world with a variable in the environment.
    pub fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// A place in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Writes a contract in its place. The interactions are a list, indented in any way.
    pub fn contract(&self, consumer: &str, provider: &str, interactions: &str) {
        let header = format!("contract: 1\nconsumer: {consumer}\nprovider: {provider}\ninteractions:\n");
        let text = header + interactions.trim_start_matches('\n');
        self.write(&format!("contracts/{consumer}/{provider}.yaml"), text);
    }

    /// Writes the registry; the services are a mapping.
    pub fn registry(&self, services: &str) {
        let text = format!("upheld: 1\nservices:\n{}", services.trim_start_matches('\n'));
        self.write("contracts/upheld.yaml", text);
    }

    /// Runs the program to its end, and returns its output.
    pub fn upheld<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> CommandOutput {
        self.start(arguments).finish()
    }

    /// Runs a command to its end.
    pub fn run(&self, command: Command) -> CommandOutput {
        self.spawn(command).finish()
    }

    /// Starts the program; it is ended with the test at the latest.
    pub fn start<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Running {
        self.spawn(self.command(arguments))
    }

    /// Starts the program around a command that prints its addresses and waits for [`Wrapped::done`], or for the end of
    /// this world: if a test fails before that, nobody else ends it.
    #[cfg(unix)]
    pub fn wrap<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Wrapped<'_> {
        const WAIT: &str = "env | grep '^UPHELD_URL' | sort > .addresses.new && mv .addresses.new .addresses; \
                            while [ ! -e .code ]; do [ -e .addresses ] || exit; sleep 0.01; done; exit $(cat .code)";
        for old in [".addresses", ".code"] {
            let _ = fs::remove_file(self.path(old));
        }
        let running = self.start(arguments.into_iter().chain(["--", "sh", "-c", WAIT]));
        let addresses = super::until("the addresses", || fs::read_to_string(self.path(".addresses")).ok());
        let pairs = addresses.lines().filter_map(|line| line.split_once('='));
        Wrapped { world: self, running, urls: pairs.map(|(name, url)| (name.to_owned(), url.to_owned())).collect() }
    }

    /// Starts a command; it is ended with the test at the latest.
    pub fn begin(&self, command: Command) -> Running {
        self.spawn(command)
    }

    fn spawn(&self, mut command: Command) -> Running {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Running::spawn(command, self.redaction())
    }

    /// Upheld with these arguments, ready to be started in this world.
    pub fn command<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.program(Path::new(env!("CARGO_BIN_EXE_upheld")));
        command.args(arguments);
        command
    }

    /// A program, ready to be started in this world. It has nothing to read.
    pub fn program(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let kept = KEPT.iter().filter_map(|name| std::env::var_os(name).map(|value| (OsString::from(name), value)));
        command
            .current_dir(self.root())
            .env_clear()
            .envs(kept)
            .env("HOME", self.root())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// The parts of a text that differ from run to run in this world.
    pub fn redaction(&self) -> Redaction {
        Redaction::of(self.root())
    }

    /// A shell with a script, ready to be started in this world; it finds Upheld by its name.
    #[cfg(unix)]
    pub fn shell(&self, script: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_upheld")).parent().unwrap().to_path_buf();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))).unwrap();
        // By its path: then the standard library starts it with `posix_spawn` and not with a fork.
        let mut command = self.program(Path::new("/bin/sh"));
        command.args(["-euc", script]).env("PATH", path);
        command
    }
}

/// The program around a command that waits.
#[cfg(unix)]
pub struct Wrapped<'w> {
    world: &'w World,
    pub running: Running,
    urls: std::collections::BTreeMap<String, String>,
}

#[cfg(unix)]
impl Wrapped<'_> {
    /// The address in `UPHELD_URL`.
    pub fn url(&self) -> &str {
        self.variable("UPHELD_URL")
    }

    /// The address in another variable.
    pub fn variable(&self, name: &str) -> &str {
        self.urls.get(name).unwrap_or_else(|| panic!("{name} is not among {:?}", self.urls))
    }

    /// Lets the command end well, and waits for the program's end.
    pub fn done(self) -> CommandOutput {
        self.ends_with(0)
    }

    /// Lets the command end with an exit code, and waits for the program's end.
    pub fn ends_with(self, code: u8) -> CommandOutput {
        self.let_go(code);
        self.running.finish()
    }

    /// Lets the command end with an exit code, and waits for nothing.
    pub fn let_go(&self, code: u8) {
        self.world.write(".code.new", code.to_string());
        fs::rename(self.world.path(".code.new"), self.world.path(".code")).unwrap();
    }
}
