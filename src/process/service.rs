//! A service that is started for a run, on a port of its own, and is stopped with everything that it started.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::command::ShellCommand;
use super::group::Group;
use super::tail::Tail;
use super::{codes, port};
use crate::verification::RunError;
use crate::words::duration;

/// How much of the output is kept, in bytes.
const OUTPUT: usize = 64 * 1024;
/// How much of the output an error shows, in bytes.
const SHOWN: usize = 4 * 1024;
/// The pause after the first question for health; each is twice the one before, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LAST_PAUSE: Duration = Duration::from_millis(250);
/// The least that one question may take: a service may be slow to its first response, and deaf to a question that came
/// too early.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for the output of an ended service. Processes that it left running may keep the output open.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A running service. It is killed when it is dropped, with all its processes; [`Service::stop`] is kinder.
#[derive(Debug)]
pub struct Service {
    name: String,
    line: String,
    port: u16,
    group: Group,
    output: Tail,
    readers: Vec<JoinHandle<()>>,
}

impl Service {
    /// How long a service may take to end when it is asked to, by default.
    pub const GRACE: Duration = Duration::from_secs(5);

    /// Starts a service on a free port of this machine, which replaces `${PORT}` in its command line and is `PORT` in
    /// its environment.
    ///
    /// # Errors
    ///
    /// [`codes::NO_PORT`], [`codes::COMMAND_NOT_FOUND`] or [`codes::NOT_STARTED`].
    pub fn start(name: impl Into<String>, command: &ShellCommand) -> Result<Self, RunError> {
        let name = name.into();
        let port = port::free().map_err(|error| {
            RunError::coded(codes::NO_PORT, format!("there is no free port to start {name} on: {error}"))
                .help("free some ports on this machine, or start the service yourself and give its URL")
        })?;
        let command = command.clone().with("PORT", &port.to_string());
        let mut group = command.spawn(Stdio::null())?;
        let output = Tail::new(OUTPUT);
        let stdout = group.take_stdout().map(|stream| output.follow(stream));
        let stderr = group.take_stderr().map(|stream| output.follow(stream));
        let readers = stdout.into_iter().chain(stderr).collect();
        Ok(Self { name, line: command.line().to_owned(), port, group, output, readers })
    }

    /// The port that it should listen on.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The id of its first process, which is also its group's.
    #[must_use]
    pub const fn process_id(&self) -> Option<u32> {
        self.group.id()
    }

    /// The last 64 KiB that it has written to both of its outputs.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.text(OUTPUT)
    }

    /// The last 4 KiB of it, as errors show them.
    #[must_use]
    pub fn last_lines(&self) -> String {
        self.output.text(SHOWN)
    }

    /// How it ended, if it has: a service that ends in the middle of a run explains the errors that follow.
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.group.has_ended()
    }

    /// Asks `probe` for the health of the service on its port until the answer is yes. On a timeout, the last answer is
    /// shown as the cause.
    ///
    /// # Errors
    ///
    /// [`codes::ENDED_EARLY`] as soon as the service has ended, [`codes::NOT_HEALTHY`] after `limit`; both with the
    /// end of the service's output.
    pub async fn wait_healthy<F, A>(&mut self, limit: Duration, probe: F) -> Result<(), RunError>
    where
        F: Fn(u16) -> A + Send,
        A: Future<Output = Result<(), String>> + Send,
    {
        let ended = tokio::select! {
            // A service that ended is not healthy, even if something else responds on its port.
            biased;
            status = self.group.ended() => status.map_or_else(|error| error.to_string(), |status| status.to_string()),
            healthy = healthy(self.port, limit, probe) => match healthy {
                Ok(()) => return Ok(()),
                Err(cause) => return Err(self.unhealthy(limit, &cause)),
            },
        };
        let last_words = futures_util::future::join_all(self.readers.iter_mut());
        let _ = timeout(LAST_WORDS, last_words).await;
        // Processes that it left running aren't the service.
        self.group.kill();
        let message = format!("{} ended before it was healthy: {ended}", self.name);
        Err(RunError::coded(codes::ENDED_EARLY, message)
            .detail(self.last_lines())
            .help(format!("run `{}` yourself to see why; {}", self.line, self.quiet()))
            .help("the command must run for as long as the service does, not start it in the background"))
    }

    /// Asks every process of the service to end, and kills those that are left after `grace`. Returns when nothing of
    /// it is left, with whether it ended by itself.
    pub async fn stop(mut self, grace: Duration) -> bool {
        self.group.stop(grace).await
    }

    fn unhealthy(&self, limit: Duration, cause: &str) -> RunError {
        let message = format!("{} was not healthy within {}: {cause}", self.name, duration(limit));
        RunError::coded(codes::NOT_HEALTHY, message)
            .detail(self.last_lines())
            .help(format!("is its `health` in upheld.yaml right? {}", self.quiet()))
            .help(format!("it must listen on the port that it is given as ${{PORT}} or in PORT, here {}", self.port))
    }

    /// A sentence about its output.
    fn quiet(&self) -> &'static str {
        if self.output.bytes().0.is_empty() { "it printed nothing" } else { "its last output is above" }
    }
}

/// Asks until the answer is yes; returns the last cause if it never is.
async fn healthy<F, A>(port: u16, limit: Duration, probe: F) -> Result<(), String>
where
    F: Fn(u16) -> A,
    A: Future<Output = Result<(), String>>,
{
    let deadline = Instant::now() + limit;
    let patience = PATIENCE.max(limit / 4);
    let mut pause = FIRST_PAUSE;
    let mut cause = None;
    loop {
        let asked = timeout_at(deadline.min(Instant::now() + patience), probe(port)).await;
        match asked {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(why)) => cause = Some(why),
            // A cause says more than silence.
            Err(_) => cause = cause.or_else(|| Some("it accepts connections but doesn't respond".to_owned())),
        }
        if Instant::now() + pause >= deadline {
            return Err(cause.unwrap_or_default());
        }
        sleep(pause).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}
