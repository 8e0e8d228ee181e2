//! The program while it runs, and other processes by their ids.

use std::io::{ErrorKind, Read};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::output::{CommandOutput, Redaction};

/// Enough for the slowest machine: nothing waits for it to pass but a test that fails.
pub const DEADLINE: Duration = Duration::from_mins(1);

/// The running program. It is killed if a test ends before it does.
pub struct Running {
    child: Child,
    stdout: Option<Receiver<Vec<u8>>>,
    stderr: Option<Receiver<Vec<u8>>>,
    /// Its output on standard error so far.
    said: Arc<Mutex<Vec<u8>>>,
    redaction: Redaction,
}

impl Running {
    pub(super) fn spawn(mut command: Command, redaction: Redaction) -> Self {
        let mut child = command.spawn().unwrap();
        let said = Arc::default();
        let stdout = child.stdout.take().map(|stream| read_all(stream, Arc::default()));
        let stderr = child.stderr.take().map(|stream| read_all(stream, Arc::clone(&said)));
        Self { child, stdout, stderr, said, redaction }
    }

    /// Whether it has said something on standard error by now.
    pub fn said(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.said.lock().unwrap()).contains(text)
    }

    /// Waits for the program's end, and returns its output.
    pub fn finish(mut self) -> CommandOutput {
        let deadline = Instant::now() + DEADLINE;
        let [stdout, stderr] = [self.stdout.take(), self.stderr.take()].map(|stream| {
            let Some(stream) = stream else { return Vec::new() };
            match stream.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => bytes,
                Err(RecvTimeoutError::Timeout) => panic!("the program did not end within {DEADLINE:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the program's output can't be read"),
            }
        });
        let status = self.child.wait().unwrap();
        CommandOutput::new(&stdout, &stderr, status, &self.redaction)
    }

    /// The most memory that the program has had so far, in bytes (Linux only).
    pub fn peak_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
    }

    /// Sends the program a signal by its name, like `INT`.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        send_signal(name, &self.child.id().to_string());
    }

    /// Sends a signal to the program and all others of its process group, which it must lead: as a terminal does.
    #[cfg(unix)]
    pub fn signal_group(&self, name: &str) {
        send_signal(name, &format!("-{}", self.child.id()));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail if it has ended, as it should have.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
fn send_signal(name: &str, to: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), "--", to]).status().unwrap();
    assert!(sent.success());
}

/// Reads a stream to its end beside the test: the program never waits for a reader.
fn read_all(mut stream: impl Read + Send + 'static, so_far: Arc<Mutex<Vec<u8>>>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut some = [0; 4096];
        loop {
            match stream.read(&mut some) {
                Ok(0) => break,
                Ok(length) => so_far.lock().unwrap().extend_from_slice(&some[..length]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
        let _ = sender.send(so_far.lock().unwrap().clone());
    });
    receiver
}

/// Waits until a fact is there. Nothing announces some facts, such as a process's end, so it looks again and again.
pub fn until<T>(what: &str, fact: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = fact() {
            return found;
        }
        assert!(Instant::now() < deadline, "in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// The program of an example service, which `cargo test` builds.
pub fn example(name: &str) -> String {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap().join("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is not built: run `cargo build --examples`", program.display());
    program.to_str().unwrap().replace('\\', "/")
}

/// Whether a process runs. A zombie doesn't.
#[cfg(unix)]
pub fn runs(id: &str) -> bool {
    let output = Command::new("ps").args(["-o", "stat=", "-p", id]).output().unwrap();
    let state = String::from_utf8(output.stdout).unwrap();
    !state.trim().is_empty() && !state.trim_start().starts_with('Z')
}
