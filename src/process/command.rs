//! A command line, run by the system's shell.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use process_wrap::tokio::{CommandWrap, KillOnDrop};

use super::codes;
use super::group::Group;
use super::lookup::{Missing, missing};
use super::strays::new_mark;
use crate::ledger::{STORE_TOKEN, STORE_TOKEN_FROM};
use crate::verification::RunError;

/// Variables that are hidden from providers, which may be a stranger's code: those that allow writing to the store, and
/// those that name the files in which a step of a GitHub workflow leaves its results for later steps.
const HIDDEN: [&str; 7] = [
    STORE_TOKEN,
    STORE_TOKEN_FROM,
    "GITHUB_OUTPUT",
    "GITHUB_ENV",
    "GITHUB_PATH",
    "GITHUB_STATE",
    "GITHUB_STEP_SUMMARY",
];

/// A command line with its folder and its additions to the environment.
#[derive(Clone, Debug)]
pub struct ShellCommand {
    line: String,
    folder: PathBuf,
    environment: Vec<(String, String)>,
}

impl ShellCommand {
    /// A command line for `sh -c` (on Windows `cmd /C`), to be run in `folder` with this program's environment.
    pub fn new(line: impl Into<String>, folder: impl Into<PathBuf>) -> Self {
        Self { line: line.into(), folder: folder.into(), environment: Vec::new() }
    }

    /// The same command with one more environment variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The command line as it was given.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Looks for the program that the command line begins with, unless only a shell can find it.
    ///
    /// # Errors
    ///
    /// [`codes::COMMAND_NOT_FOUND`] with the program's name and the places that were searched.
    pub fn check(&self) -> Result<(), RunError> {
        let fail = |message: String| RunError::coded(codes::COMMAND_NOT_FOUND, message);
        if !self.folder.is_dir() {
            return Err(fail(format!("the folder {} of `{}` does not exist", self.folder.display(), self.line)));
        }
        match missing(&self.line, &self.folder, std::env::var_os("PATH").as_deref()) {
            None => Ok(()),
            Some(Missing::NotInPath(name)) => {
                let of = if name == self.line { String::new() } else { format!(" of `{}`", self.line) };
                Err(fail(format!("the command `{name}`{of} was not found"))
                    .help(format!("install `{name}`, or add its folder to PATH")))
            }
            Some(Missing::NoFile(file)) => Err(fail(format!("`{}` does not exist", tidy(&file))).help(format!(
                "build it first, or correct `{}`, which runs in {}",
                self.line,
                self.folder.display()
            ))),
            Some(Missing::NotExecutable(file)) => Err(fail(format!("`{}` can't be run", tidy(&file)))
                .help(format!("make it a program with `chmod +x {}`", tidy(&file)))),
        }
    }

    /// The same command with every `${NAME}` in its line replaced.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.line = self.line.replace(&format!("${{{name}}}"), value);
        self.env(name, value)
    }

    /// Starts the command in its own process group, with its output piped.
    pub(super) fn spawn(&self, stdin: Stdio) -> Result<Group, RunError> {
        self.check()?;
        let mark = new_mark();
        let mut wrap = CommandWrap::with_new(if cfg!(windows) { "cmd" } else { "sh" }, |command| {
            #[cfg(windows)]
            command.arg("/C").raw_arg(&self.line);
            #[cfg(not(windows))]
            command.arg("-c").arg(&self.line);
            for name in HIDDEN {
                command.env_remove(name);
            }
            command
                .current_dir(&self.folder)
                .envs(self.environment.iter().map(|(name, value)| (name, value)))
                .env(&mark, "")
                .stdin(stdin)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
        });
        wrap.wrap(KillOnDrop);
        #[cfg(unix)]
        wrap.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        wrap.wrap(process_wrap::tokio::JobObject);
        wrap.spawn().map(|child| Group::new(child, mark)).map_err(|error| {
            RunError::coded(codes::NOT_STARTED, format!("`{}` could not be started: {error}", self.line))
                .help("is the system's shell in PATH?")
        })
    }
}

/// A path without the `./` inside it.
fn tidy(path: &Path) -> String {
    path.components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .collect::<PathBuf>()
        .display()
        .to_string()
}
