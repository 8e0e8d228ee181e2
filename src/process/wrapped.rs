//! The user's own command, wrapped: run with this program's input and outputs and in its process group, as if this
//! program were not there.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

use super::codes;
use crate::ledger::{STORE_TOKEN, STORE_TOKEN_FROM};
use crate::verification::RunError;

/// How long the command may take to end once it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// The variables with the hosts that are reached without a proxy. Some programs read one of them, some the other.
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// The names of this machine, where mocks and recorders are.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The hosts that are reached without a proxy, with this machine's names: a proxy elsewhere would look for the mock on its
/// own machine.
fn without_proxy(known: Option<&str>) -> String {
    let known: Vec<&str> =
        known.unwrap_or_default().split(',').map(str::trim).filter(|host| !host.is_empty()).collect();
    let missing = LOOPBACK.into_iter().filter(|host| !known.contains(host) && !known.contains(&"*"));
    known.iter().copied().chain(missing).collect::<Vec<_>>().join(",")
}

/// A command that runs. It is killed if this is dropped.
#[derive(Debug)]
pub struct Wrapped {
    child: Child,
    name: String,
}

impl Wrapped {
    /// Starts a command, its program first, in a folder and with more variables in its environment.
    ///
    /// It runs in this program's process group, so a terminal's Ctrl-C reaches both, and the command can read from the
    /// terminal.
    ///
    /// # Errors
    ///
    /// [`codes::COMMAND_NOT_FOUND`] or [`codes::NOT_STARTED`].
    pub fn start(command: &[String], folder: &Path, variables: &[(String, String)]) -> Result<Self, RunError> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| RunError::coded(codes::NOT_STARTED, "there is no command after `--`"))?;
        let started = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env_remove(STORE_TOKEN)
            .env_remove(STORE_TOKEN_FROM)
            .envs(NO_PROXY.map(|name| (name, without_proxy(std::env::var(name).ok().as_deref()))))
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::inherit())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn();
        match started {
            Ok(child) => Ok(Self { child, name: program.clone() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let missing =
                    RunError::coded(codes::COMMAND_NOT_FOUND, format!("the command `{program}` was not found"));
                Err(missing.help(if program.contains(char::is_whitespace) {
                    String::from("pass the program and its arguments separately, or run a shell: -- sh -c '…'")
                } else {
                    format!("install `{program}`, or add its folder to PATH")
                }))
            }
            Err(error) => {
                Err(RunError::coded(codes::NOT_STARTED, format!("`{program}` could not be started: {error}")))
            }
        }
    }

    /// Waits until the command ends, and returns its exit code; if a signal ended it, 128 plus the signal's number, as
    /// in shells. If `asked_to_end` completes first, the command is asked to end, and killed if it doesn't.
    ///
    /// # Errors
    ///
    /// Why its end isn't known.
    pub async fn ended(mut self, asked_to_end: impl Future<Output = ()>) -> Result<u8, RunError> {
        let unknown = |name: &str, error: std::io::Error| {
            RunError::coded(codes::NOT_STARTED, format!("can't tell how `{name}` ended: {error}"))
        };
        let status = tokio::select! {
            status = self.child.wait() => status,
            () = asked_to_end => {
                self.ask_to_end();
                if let Ok(status) = tokio::time::timeout(GRACE, self.child.wait()).await {
                    status
                } else {
                    let _ = self.child.start_kill();
                    self.child.wait().await
                }
            }
        };
        status.map(exit_code).map_err(|error| unknown(&self.name, error))
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        // This fails if the command has just ended, which is fine.
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    }

    #[cfg(not(unix))]
    fn ask_to_end(&mut self) {
        let _ = self.child.start_kill();
    }
}

fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return u8::try_from(128 + signal).unwrap_or(u8::MAX);
        }
    }
    // Some systems have larger codes. A code that isn't zero must not become zero.
    status.code().map_or(1, |code| u8::try_from(code).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::without_proxy;

    #[test]
    fn this_machine_is_reached_without_a_proxy() {
        for (known, expected) in [
            (None, "localhost,127.0.0.1,::1"),
            (Some(""), "localhost,127.0.0.1,::1"),
            (Some(".example.com, localhost"), ".example.com,localhost,127.0.0.1,::1"),
            (Some("*"), "*"),
        ] {
            assert_eq!(without_proxy(known), expected, "{known:?}");
        }
    }
}
