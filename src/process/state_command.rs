//! Changes a provider's states by running a command: one run for each change.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use super::codes;
use super::command::ShellCommand;
use super::group::Group;
use super::tail::Tail;
use crate::interaction::State;
use crate::verification::{Action, RunError, StateHandler, returned};
use crate::words::{beginning, duration};

/// How much a command may print for its values to be read, in bytes.
const STDOUT: usize = 1024 * 1024;
/// How much of its standard error is shown, in bytes.
const STDERR: usize = 2048;
/// How long to wait for the output of an ended command. Processes that it left running may keep the output open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A state handler that is a command.
///
/// It gets `{"state": name, "params": {…}, "action": "setup" | "teardown"}` on its standard input, and `UPHELD_STATE`,
/// `UPHELD_ACTION` and `UPHELD_PROVIDER_URL` in its environment. Exit code 0 is a success; a JSON object on its
/// standard output then has the values for `${name}` in the request. Processes that a successful command has started in
/// the background keep running: they may be what the state consists of.
#[derive(Clone, Debug)]
pub struct CommandStates {
    command: ShellCommand,
    provider_url: String,
    limit: Duration,
}

impl CommandStates {
    /// The handler of a provider at `provider_url`; each run may take `limit`.
    #[must_use]
    pub fn new(command: ShellCommand, provider_url: impl Into<String>, limit: Duration) -> Self {
        Self { command, provider_url: provider_url.into(), limit }
    }
}

impl StateHandler for CommandStates {
    async fn change(&self, state: &State, action: Action) -> Result<Map<String, Value>, RunError> {
        let command = self
            .command
            .clone()
            .env("UPHELD_STATE", &state.name)
            .env("UPHELD_ACTION", action.word())
            .env("UPHELD_PROVIDER_URL", &self.provider_url);
        let message = json!({ "state": state.name, "params": state.params, "action": action.word() }).to_string();
        let what = format!("{} of the provider state `{}` failed", action.word(), state.name);
        let fail = |code, why: &str| RunError::coded(code, format!("{what}: `{}` {why}", self.command.line()));

        let mut group = command.spawn(Stdio::piped())?;
        let stdout = Tail::new(STDOUT);
        let stderr = Tail::new(STDERR);
        let Ok(ended) = timeout(self.limit, run(&mut group, message, &stdout, &stderr)).await else {
            group.stop(Duration::ZERO).await;
            return Err(fail(codes::STATE_TIMEOUT, &format!("didn't exit within {}", duration(self.limit)))
                .detail(said(&stdout, &stderr))
                .help("a state command must exit; `--timeout` gives it more time"));
        };
        match ended {
            Ok(status) if status.success() => group.leave(),
            Ok(status) => {
                group.stop(Duration::ZERO).await;
                return Err(fail(codes::STATE_FAILED, &format!("ended with {status}"))
                    .detail(said(&stdout, &stderr))
                    .help("the command must exit with 0 once the state is set up"));
            }
            Err(error) => return Err(fail(codes::STATE_FAILED, &format!("could not be waited for: {error}"))),
        }
        match stdout.bytes() {
            // What it prints after a state is torn down stands for nothing.
            (_, true) if action == Action::Teardown => Ok(Map::new()),
            (bytes, true) => returned(&bytes, false).map_err(|why| {
                fail(codes::STATE_VALUES, &format!("printed no valid JSON: {why}"))
                    .detail(beginning(&bytes, STDERR))
                    .help("print the values as one JSON object, and everything else to standard error")
            }),
            (_, false) => Err(fail(codes::STATE_OUTPUT, "printed more than 1 MiB")
                .help("print only the returned values, as one JSON object, and everything else to standard error")),
        }
    }
}

/// The end of its standard error, or else of its standard output.
fn said(stdout: &Tail, stderr: &Tail) -> String {
    let complaints = stderr.text(STDERR);
    if complaints.trim().is_empty() { stdout.text(STDERR) } else { complaints }
}

/// Sends the command its message, and waits for its end and its output.
async fn run(group: &mut Group, message: String, stdout: &Tail, stderr: &Tail) -> std::io::Result<ExitStatus> {
    let readers = [
        group.take_stdout().map(|stream| stdout.follow(stream)),
        group.take_stderr().map(|stream| stderr.follow(stream)),
    ];
    if let Some(mut stdin) = group.take_stdin() {
        // In a task of its own: a command need not read its input, and a long one would wait for it to.
        tokio::spawn(async move {
            let _ = stdin.write_all(message.as_bytes()).await;
        });
    }
    let status = group.ended().await?;
    let _ = timeout(LAST_WORDS, futures_util::future::join_all(readers.into_iter().flatten())).await;
    Ok(status)
}
