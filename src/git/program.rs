//! Runs git: in its own process group, with only the given input, and with a deadline.

use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::address;
use super::environment::Environment;
use super::error::GitError;
use crate::words::{duration, ending};

/// How much of its output is kept, in bytes: far more than is ever needed.
const OUTPUT: usize = 64 * 1024 * 1024;
/// How much of the end of its error output is kept, in bytes.
const COMPLAINTS: usize = 64 * 1024;
/// How much of its error output is shown, in bytes.
const SHOWN: usize = 2048;
/// How often to check a process whose output stays open, which its children may keep open.
const LOOK: Duration = Duration::from_millis(20);
/// How long to wait for the rest of an ended process's output: it may be late on a busy machine, and children of the
/// process may keep it open forever.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Settings for every call: no hooks, no helpers, no maintenance.
const ALWAYS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
];

/// Settings for our own repository, whatever the user's configuration says.
const IN_REPOSITORY: &[&str] = &[
    "core.bare=true",
    "core.commitGraph=false",
    "core.symlinks=false",
    "core.logAllRefUpdates=false",
    "core.filesRefLockTimeout=10000",
    "core.packedRefsTimeout=10000",
    "fetch.prune=false",
    "fetch.pruneTags=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "transfer.bundleURI=false",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.negotiate=false",
    "push.recurseSubmodules=no",
    "push.pushOption=",
    "submodule.recurse=false",
    "init.defaultRefFormat=files",
];

/// How long git may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Without output; it reports its progress while it works.
    pub quiet: Duration,
    /// In total.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { quiet: Duration::from_mins(1), total: Duration::from_mins(30) }
    }
}

/// The git program.
#[derive(Clone)]
pub struct Git {
    program: PathBuf,
    variables: Vec<(OsString, OsString)>,
    secrets: Vec<String>,
    patience: Patience,
}

impl std::fmt::Debug for Git {
    /// Without the environment and the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Git").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Git {
    /// The program in an environment's `PATH`.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        Self {
            program: environment.program("git"),
            variables: environment.cleaned(),
            secrets: Vec::new(),
            patience: Patience::default(),
        }
    }

    /// The same program, with these secrets removed from its messages.
    #[must_use]
    pub fn hiding(mut self, secrets: Vec<String>) -> Self {
        self.secrets = secrets;
        self
    }

    /// The same program with another patience.
    #[must_use]
    pub fn patient(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// How long git may take.
    #[must_use]
    pub const fn patience(&self) -> Patience {
        self.patience
    }

    /// A call with a command and its arguments.
    pub fn call<A: Into<OsString>>(&self, arguments: impl IntoIterator<Item = A>) -> Call<'_> {
        let place = vec![OsString::from("--no-pager")];
        let arguments = arguments.into_iter().map(Into::into).collect();
        Call { git: self, place, arguments, input: Vec::new() }.settings(ALWAYS)
    }

    /// Git's error output for people, without secrets and progress.
    fn complaint(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        let lines = text.lines().map(|line| line.trim_end().rsplit('\r').next().unwrap_or_default().trim_end());
        let said: Vec<&str> = lines.filter(|line| !line.is_empty() && !is_progress(line)).collect();
        let hidden = self.secrets.iter().fold(said.join("\n"), |text, secret| text.replace(secret.as_str(), "***"));
        ending(address::redact(&hidden).as_bytes(), SHOWN)
    }
}

fn is_progress(line: &str) -> bool {
    let line = line.strip_prefix("remote: ").unwrap_or(line);
    let counted = ["Enumerating", "Counting", "Compressing", "Receiving", "Resolving", "Writing", "Unpacking"];
    line.starts_with("Total ")
        || line.starts_with("Delta compression")
        || counted.iter().any(|word| line.starts_with(word))
}

/// A call of git.
#[derive(Debug)]
pub struct Call<'g> {
    git: &'g Git,
    place: Vec<OsString>,
    arguments: Vec<OsString>,
    input: Vec<u8>,
}

/// The result of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit code; `None` if a signal ended it.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    /// The error output, fit to be shown.
    pub stderr: String,
}

impl Output {
    /// Whether git succeeded.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// The standard output as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl Call<'_> {
    fn settings(mut self, settings: &[&str]) -> Self {
        self.place.extend(settings.iter().flat_map(|setting| ["-c".into(), OsString::from(setting)]));
        self
    }

    /// The same call in a bare repository of our own.
    #[must_use]
    pub fn in_repository(self, repository: &Path) -> Self {
        let mut call = self.settings(IN_REPOSITORY);
        let mut place = OsString::from("--git-dir=");
        place.push(repository);
        call.place.push(place);
        call
    }

    /// The same call in one of the user's folders.
    #[must_use]
    pub fn at(mut self, folder: &Path) -> Self {
        self.place.extend([OsString::from("-C"), folder.into()]);
        self
    }

    /// The same call with standard input.
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// The command, for people.
    fn name(&self) -> String {
        self.arguments.first().map(|name| format!("git {}", name.to_string_lossy())).unwrap_or_default()
    }

    /// Starts the process.
    pub(super) fn spawn(&self) -> Result<Child, GitError> {
        let mut wrap = CommandWrap::with_new(&self.git.program, |command| {
            command
                .args(&self.place)
                .args(&self.arguments)
                .env_clear()
                .envs(self.git.variables.iter().map(|(name, value)| (name, value)))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
        });
        #[cfg(unix)]
        wrap.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        wrap.wrap(process_wrap::std::JobObject);
        wrap.spawn().map(|child| Child { child, ended: false }).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => GitError::new("the program `git` wasn't found")
                .help("install git, 2.31 or newer, or add its folder to PATH"),
            _ => GitError::new(format!("`{}` couldn't be started: {error}", self.name())),
        })
    }

    /// Runs git to its end.
    ///
    /// # Errors
    ///
    /// That it couldn't be started, or didn't end in time. A failure of git isn't an error.
    pub fn run(mut self) -> Result<Output, GitError> {
        let mut child = self.spawn()?;
        let (sender, events) = channel();
        let stdout = child.child.stdout().take().map(|stream| follow(stream, sender.clone(), keep_first));
        let stderr = child.child.stderr().take().map(|stream| follow(stream, sender, keep_last));
        if let Some(mut stdin) = child.child.stdin().take() {
            let input = std::mem::take(&mut self.input);
            // Written while the output is read, so neither side waits forever. The process may not read all of it.
            thread::spawn(move || drop(stdin.write_all(&input)));
        }
        let ended = wait(&mut child, &events, self.git.patience);
        let complaint = || stderr.as_ref().map(|kept| self.git.complaint(&taken(kept))).unwrap_or_default();
        match ended {
            Ok(code) => {
                Ok(Output { code, stdout: stdout.as_ref().map(taken).unwrap_or_default(), stderr: complaint() })
            }
            Err(why) => {
                child.kill();
                Err(GitError::new(format!("`{}` {why}, so it was killed", self.name()))
                    .detail(complaint())
                    .help("check whether the network or the disk is too slow"))
            }
        }
    }
}

/// A git process. If this is dropped before it has ended, it and its children are killed.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) child: Box<dyn ChildWrapper>,
    ended: bool,
}

impl Child {
    fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        // The status of the process itself: the wrapper would wait for the whole group.
        let status = self.child.inner_mut().try_wait()?;
        self.ended |= status.is_some();
        Ok(status)
    }

    fn kill(&mut self) {
        if !self.ended {
            let _ = self.child.start_kill();
            let _ = self.child.inner_mut().wait();
            self.ended = true;
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}

enum Event {
    Heard,
    Closed,
}

/// Waits for the end of a process and its output.
fn wait(child: &mut Child, events: &Receiver<Event>, patience: Patience) -> Result<Option<i32>, String> {
    let start = Instant::now();
    let mut heard = start;
    let mut open = 2;
    loop {
        if open == 0 {
            thread::sleep(Duration::from_millis(1));
        } else {
            match events.recv_timeout(LOOK) {
                Ok(Event::Heard) => heard = Instant::now(),
                Ok(Event::Closed) => open -= 1,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => open = 0,
            }
        }
        match child.ended() {
            Ok(Some(status)) => {
                let deadline = Instant::now() + LAST_WORDS;
                while open > 0 {
                    match events.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                        Ok(Event::Heard) => {}
                        Ok(Event::Closed) => open -= 1,
                        Err(_) => break,
                    }
                }
                return Ok(status.code());
            }
            Ok(None) => {}
            Err(error) => return Err(format!("couldn't be waited for ({error})")),
        }
        if heard.elapsed() > patience.quiet {
            return Err(format!("printed nothing for {}", duration(patience.quiet)));
        }
        if start.elapsed() > patience.total {
            return Err(format!("didn't end within {}", duration(patience.total)));
        }
    }
}

type Kept = Arc<Mutex<Vec<u8>>>;

fn taken(kept: &Kept) -> Vec<u8> {
    std::mem::take(&mut kept.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Reads a stream to its end in another thread.
fn follow(mut stream: impl Read + Send + 'static, events: Sender<Event>, keep: fn(&mut Vec<u8>, &[u8])) -> Kept {
    let kept = Kept::default();
    let shared = Arc::clone(&kept);
    thread::spawn(move || {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            keep(&mut shared.lock().unwrap_or_else(PoisonError::into_inner), &buffer[..read]);
            let _ = events.send(Event::Heard);
        }
        let _ = events.send(Event::Closed);
    });
    kept
}

fn keep_first(kept: &mut Vec<u8>, bytes: &[u8]) {
    kept.extend_from_slice(&bytes[..bytes.len().min(OUTPUT - kept.len())]);
}

fn keep_last(kept: &mut Vec<u8>, bytes: &[u8]) {
    kept.extend_from_slice(bytes);
    if kept.len() > 2 * COMPLAINTS {
        kept.drain(..kept.len() - COMPLAINTS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_message_has_neither_secrets_nor_progress() {
        let git = Git::new(&Environment::default()).hiding(vec![String::from("s3cret")]);
        let said = b"remote: Counting objects:   5% (1/20)\rremote: Counting objects: 100% (20/20), done.        \n\
                     fatal: unable to access 'https://ann:other@example.com/a/': token s3cret\n";
        assert_eq!(git.complaint(said), "fatal: unable to access 'https://***@example.com/a/': token ***");
    }

    #[test]
    fn without_git_the_error_says_what_to_install() {
        let empty = tempfile::tempdir().unwrap();
        let git = Git::new(&Environment::of([("PATH", empty.path().as_os_str())]));
        let error = git.call(["version"]).run().unwrap_err();
        assert_eq!(error.message, "the program `git` wasn't found");
    }

    #[cfg(unix)]
    #[test]
    fn a_silent_process_is_killed_along_with_its_children() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("git");
        // Its child would keep the output open forever.
        std::fs::write(
            &program,
            "#!/bin/sh\necho fatal: the last word >&2\n/bin/sleep 1000 &\necho $! > \"$HOME/id\"\nwait\n",
        )
        .unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let environment = Environment::of([("PATH", folder.path()), ("HOME", folder.path())]);
        let quiet = Duration::from_millis(300);
        let git = Git::new(&environment).patient(Patience { quiet, total: Duration::from_secs(20) });
        let error = git.call(["fetch"]).run().unwrap_err();
        assert_eq!(error.message, "`git fetch` printed nothing for 300 ms, so it was killed");
        assert_eq!(error.detail.as_deref(), Some("fatal: the last word"));
        let id: i32 = std::fs::read_to_string(folder.path().join("id")).unwrap().trim().parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let gone = || {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        while !gone() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(2));
        }
        assert!(gone());
    }
}
