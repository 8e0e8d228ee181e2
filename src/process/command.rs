//! A command line, run by the system's shell in a process group of its own, so that all it starts can be stopped.

use std::env;
use std::path::Path;
#[cfg(not(unix))]
use std::path::PathBuf;
use std::process::Stdio;

#[cfg(windows)]
use process_wrap::tokio::JobObject;
#[cfg(unix)]
use process_wrap::tokio::ProcessGroup;
use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::process::Command;

use crate::verification::RunError;

/// The codes of what can go wrong with a process.
pub mod codes {
    use crate::source::Code;

    /// The command is not there.
    pub const NO_COMMAND: Code = Code("E301");
    /// The command can't be run.
    pub const NOT_RUN: Code = Code("E302");
    /// The provider ended before it was ready.
    pub const ENDED_EARLY: Code = Code("E303");
    /// The provider did not become ready in time.
    pub const NOT_READY: Code = Code("E304");
    /// There is no free port.
    pub const NO_PORT: Code = Code("E305");
    /// The state command ended with an error.
    pub const STATE_FAILED: Code = Code("E203");
    /// The state command did not end in time.
    pub const STATE_SLOW: Code = Code("E204");
}

/// What ends a word for the shell, or makes it more than a name: such a line is left for the shell to judge.
const SHELL_SYNTAX: &[char] = &['$', '`', '(', ')', '{', '}', '<', '>', '|', '&', ';', '*', '?', '=', '~', '!', '#'];
/// Commands that are part of the shell.
const BUILTINS: &[&str] = &[
    ".", ":", "[", "cd", "command", "eval", "exec", "exit", "export", "false", "if", "for", "set", "source", "test",
    "trap", "true", "ulimit", "umask", "until", "wait", "while",
];

/// Checks that the first word of a command line is a command that there is, before anything is started.
///
/// # Errors
///
/// Which command is missing, and where it was looked for.
pub fn check_command(line: &str, folder: &Path) -> Result<(), RunError> {
    let Ok(words) = shell_words::split(line) else {
        return Err(RunError::new(codes::NO_COMMAND, format!("the command `{line}` has a quote that is not closed")));
    };
    let Some(first) = words.first() else {
        return Err(RunError::new(codes::NO_COMMAND, "the command is empty"));
    };
    if first.contains(SHELL_SYNTAX) || BUILTINS.contains(&first.as_str()) {
        return Ok(());
    }
    let there = if first.contains(['/', '\\']) { is_program(&folder.join(first)) } else { in_path(first) };
    if there {
        return Ok(());
    }
    let place =
        if first.contains(['/', '\\']) { format!("seen from {}", folder.display()) } else { String::from("in PATH") };
    Err(RunError::new(codes::NO_COMMAND, format!("the command `{first}` is not there, {place}"))
        .help("install it, or write the command as it is called from the folder above `contracts`"))
}

fn in_path(name: &str) -> bool {
    env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|folder| is_program(&folder.join(name))))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    let endings = env::var("PATHEXT").unwrap_or_else(|_| String::from(".COM;.EXE;.BAT;.CMD"));
    path.is_file()
        || endings.split(';').any(|ending| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name).is_file()
        })
}

/// Starts a command line with the shell; its streams are pipes.
pub(super) fn spawn(
    line: &str,
    folder: &Path,
    variables: &[(String, String)],
) -> Result<Box<dyn ChildWrapper>, RunError> {
    let mut command = shell(line);
    command.current_dir(folder).envs(variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut wrap = CommandWrap::from(command);
    wrap.wrap(KillOnDrop);
    #[cfg(unix)]
    wrap.wrap(ProcessGroup::leader());
    #[cfg(windows)]
    wrap.wrap(JobObject);
    wrap.spawn().map_err(|error| {
        RunError::new(codes::NOT_RUN, format!("`{line}` can't be run in {}: {error}", folder.display()))
    })
}

#[cfg(unix)]
fn shell(line: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(line);
    command
}

#[cfg(windows)]
fn shell(line: &str) -> Command {
    let mut command = Command::new("cmd");
    // As it is written: cmd has rules of its own for quotes.
    command.arg("/D").arg("/S").arg("/C").raw_arg(format!("\"{line}\""));
    command
}
