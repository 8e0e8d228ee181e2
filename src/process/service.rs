//! A provider that is started for a verification: on a free port, watched until it is ready, and stopped with its
//! whole process group, whatever happens.

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use process_wrap::tokio::ChildWrapper;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::command::{check_command, codes, spawn};
use super::output::Output;
use crate::verification::RunError;

/// How many lines of a provider's output are shown.
const SHOWN_LINES: usize = 20;
/// How long a provider may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);
/// How long the end of its output is waited for after it ended: a process that it left behind may hold its streams.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// How a provider is started.
#[derive(Clone, Debug)]
pub struct StartConfig {
    /// The provider's name, for messages.
    pub name: String,
    /// The command line, in which `${PORT}` was filled in.
    pub line: String,
    /// The port that it is to listen on; also in its environment, as `PORT`.
    pub port: u16,
    /// Where it is run.
    pub folder: PathBuf,
}

/// A running provider. Dropping it kills its whole process group.
#[derive(Debug)]
pub struct Service {
    config: StartConfig,
    child: Box<dyn ChildWrapper>,
    output: Output,
    readers: Vec<JoinHandle<()>>,
    ended: bool,
}

/// A port of the loopback interface that nobody listens on.
///
/// # Errors
///
/// Why there is none.
pub fn free_port() -> Result<u16, RunError> {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    listener
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| RunError::new(codes::NO_PORT, format!("no free port on 127.0.0.1: {error}")))
}

impl Service {
    /// Starts a provider; it is not yet ready.
    ///
    /// # Errors
    ///
    /// Why the command can't be run.
    pub fn start(config: StartConfig) -> Result<Self, RunError> {
        check_command(&config.line, &config.folder)?;
        let mut child = spawn(&config.line, &config.folder, &[(String::from("PORT"), config.port.to_string())])?;
        // It has nothing to read.
        drop(child.stdin().take());
        let output = Output::default();
        let readers = [output.drain(child.stdout().take()), output.drain(child.stderr().take())];
        let readers = readers.into_iter().flatten().collect();
        Ok(Self { config, child, output, readers, ended: false })
    }

    /// Asks `probe` until it says that the provider is ready, at most for `limit`.
    ///
    /// # Errors
    ///
    /// That it ended, or that it did not become ready, each with the last lines that it wrote.
    pub async fn wait_ready(
        &mut self,
        limit: Duration,
        probe: impl AsyncFn() -> Result<(), String>,
    ) -> Result<(), RunError> {
        let deadline = Instant::now() + limit;
        let mut pause = Duration::from_millis(5);
        let mut why = String::from("it was not asked yet");
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                self.ended = true;
                self.hear_last_words().await;
                let message = format!("{} ended before it was ready: {status}", self.config.name);
                return Err(self.explained(RunError::new(codes::ENDED_EARLY, message)));
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match timeout(left, probe()).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(reason)) => why = reason,
                Err(_) => {}
            }
            if Instant::now() + pause >= deadline {
                let message = format!(
                    "{} was not ready on port {} within {} s: {why}",
                    self.config.name,
                    self.config.port,
                    limit.as_secs_f64()
                );
                let error = RunError::new(codes::NOT_READY, message).help("check that it listens on ${PORT} and that `health` in upheld.yaml is its health check; allow more time with --start-timeout or `start-timeout`");
                return Err(self.explained(error));
            }
            // Nothing tells when a port opens: ask often at first, and less often then.
            sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_millis(100));
        }
    }

    /// The last lines that it wrote, to show where something failed.
    #[must_use]
    pub fn last_lines(&self) -> String {
        self.output.last_lines(SHOWN_LINES)
    }

    /// Stops the whole process group: asks it to end, waits, and then kills what is left.
    pub async fn stop(mut self) {
        if !self.ended {
            #[cfg(unix)]
            {
                /// POSIX, `SIGTERM`.
                const SIGTERM: i32 = 15;
                // It fails where the group is gone already.
                let _ = self.child.signal(SIGTERM);
                let _ = timeout(GRACE, self.child.wait()).await;
            }
        }
        self.kill_group();
        // Reaps what was killed, so that no process is left when this returns.
        let _ = timeout(GRACE, self.child.wait()).await;
    }

    fn kill_group(&mut self) {
        // It fails where the group is gone already.
        let _ = self.child.start_kill();
        self.ended = true;
    }

    async fn hear_last_words(&mut self) {
        for reader in self.readers.drain(..) {
            let _ = timeout(LAST_WORDS, reader).await;
        }
    }

    fn explained(&self, error: RunError) -> RunError {
        let error =
            error.help(format!("it was started with `{}` in {}", self.config.line, self.config.folder.display()));
        error.detail(self.last_lines())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill_group();
    }
}
