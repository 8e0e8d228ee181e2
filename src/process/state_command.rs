//! Provider states by a command: it reads what to do from its standard input, and may write values to its output.

use std::path::PathBuf;
use std::time::Duration;

use process_wrap::tokio::ChildWrapper;
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use super::command::{codes, spawn};
use super::output::Output;
use crate::contract::State;
use crate::verification::{Action, RunError, StateHandler};

/// A state handler that is a command.
#[derive(Clone, Debug)]
pub struct CommandStates {
    /// The command line.
    pub line: String,
    /// Where it is run.
    pub folder: PathBuf,
    /// How long it may take.
    pub timeout: Duration,
    /// The provider's address, which it gets as `UPHELD_PROVIDER_URL`.
    pub provider_url: String,
}

/// A running command. Where it is dropped before its end, its whole process group goes, not the shell alone.
struct Group {
    child: Box<dyn ChildWrapper>,
    ended: bool,
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            // It fails where the group is gone already.
            let _ = self.child.start_kill();
        }
    }
}

impl StateHandler for CommandStates {
    async fn change(&self, state: &State, action: Action) -> Result<Map<String, Value>, RunError> {
        let variables = [
            (String::from("UPHELD_STATE"), state.name.clone()),
            (String::from("UPHELD_ACTION"), action.word().to_owned()),
            (String::from("UPHELD_PROVIDER_URL"), self.provider_url.clone()),
        ];
        let mut group = Group { child: spawn(&self.line, &self.folder, &variables)?, ended: false };
        let child = &mut group.child;
        let (result, errors) = (Output::default(), Output::default());
        let readers = [result.drain(child.stdout().take()), errors.drain(child.stderr().take())];
        let stdin = child.stdin().take();
        let work = async {
            if let Some(mut stdin) = stdin {
                let input = json!({"state": state.name, "params": state.params, "action": action.word()});
                // A command that does not read what it is told is free to do so.
                let _ = stdin.write_all(format!("{input}\n").as_bytes()).await;
            }
            let status = child.wait().await;
            for reader in readers.into_iter().flatten() {
                let _ = reader.await;
            }
            status
        };
        let ended = timeout(self.timeout, work).await;
        group.ended = ended.is_ok();
        let what = format!("the {} of the state `{}` by `{}`", action.word(), state.name, self.line);
        match ended {
            Ok(Ok(status)) if status.success() => Ok(match serde_json::from_str(&result.text()) {
                Ok(Value::Object(values)) => values,
                _ => Map::new(),
            }),
            Ok(Ok(status)) => Err(RunError::new(codes::STATE_FAILED, format!("{what} failed: {status}"))
                .detail(format!("{}{}", errors.text(), result.text()))
                .help("teach the state command this state, or name one that it knows under `given`")),
            Ok(Err(error)) => Err(RunError::new(codes::STATE_FAILED, format!("{what} failed: {error}"))),
            Err(_) => {
                let _ = group.child.start_kill();
                let _ = group.child.wait().await;
                group.ended = true;
                Err(RunError::new(
                    codes::STATE_SLOW,
                    format!("{what} was not done within {} s, and was stopped", self.timeout.as_secs_f64()),
                )
                .detail(format!("{}{}", errors.text(), result.text()))
                .help("allow more time with --timeout"))
            }
        }
    }
}
