//! A started program and all that it has started, as one thing that can be waited for and ended.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use process_wrap::tokio::ChildWrapper;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::time::{sleep, timeout};

use super::strays;

/// How often a stopping group is checked: no event says when its last process is gone.
const LOOK: Duration = Duration::from_millis(10);
/// How long killed processes may take to be gone; one that waits for a device can't be killed sooner.
const DEATH: Duration = Duration::from_secs(5);

/// A process group whose first process is ours. It is killed when it is dropped.
///
/// Only the first process is waited for through the wrapped child's inner one: the wrapper itself would wait for
/// whatever else is in the group too.
#[derive(Debug)]
pub(super) struct Group {
    child: Box<dyn ChildWrapper>,
    /// The first process's id, which is the group's.
    id: Option<u32>,
    /// What marks the processes that it has started, even those that left the group.
    mark: String,
    /// All its processes have ended, or were left running, so its id may belong to another group by now.
    released: bool,
}

impl Group {
    pub(super) fn new(child: Box<dyn ChildWrapper>, mark: String) -> Self {
        let id = child.id();
        Self { child, id, mark, released: false }
    }

    /// The id of the first process.
    pub(super) const fn id(&self) -> Option<u32> {
        self.id
    }

    pub(super) fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin().take()
    }

    pub(super) fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout().take()
    }

    pub(super) fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr().take()
    }

    /// Waits until the first process has ended.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.inner_mut().wait().await
    }

    /// How the first process ended, if it has.
    pub(super) fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.inner_mut().try_wait().ok().flatten()
    }

    /// Asks every process to end (SIGTERM), and kills those that are left after `grace`. Returns whether nothing had to
    /// be killed. On systems without such a signal, as on Windows, everything is killed at once.
    pub(super) async fn stop(&mut self, grace: Duration) -> bool {
        if self.released {
            return true;
        }
        let asked = ask_to_end(self.child.as_ref(), self.id, &self.mark);
        let willing = asked && timeout(grace, self.gone()).await.is_ok();
        if !willing {
            self.kill();
            // Don't wait any longer for a process that survives even this.
            let _ = timeout(DEATH, self.gone()).await;
        }
        self.released = true;
        willing
    }

    /// Kills every process of the group, and those that left it.
    pub(super) fn kill(&mut self) {
        if !self.released {
            // This fails if nothing is left to kill, which is fine.
            let _ = self.child.start_kill();
            #[cfg(unix)]
            strays::signal(&self.mark, self.id, nix::sys::signal::Signal::SIGKILL);
        }
    }

    /// Leaves the processes running that the first one has left running.
    pub(super) const fn leave(&mut self) {
        self.released = true;
    }

    /// Waits until the first process has ended and no other is left.
    async fn gone(&mut self) {
        // An error means that there is nothing to wait for.
        let _ = self.ended().await;
        while self.id.is_some_and(is_anybody_left) || !strays::marked(&self.mark).is_empty() {
            sleep(LOOK).await;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asks every process of the group to end. Returns whether the system knows such asking.
#[cfg(unix)]
fn ask_to_end(child: &dyn ChildWrapper, group: Option<u32>, mark: &str) -> bool {
    // It fails if nobody is left to be asked.
    let _ = child.signal(nix::sys::signal::Signal::SIGTERM as i32);
    strays::signal(mark, group, nix::sys::signal::Signal::SIGTERM);
    true
}

#[cfg(not(unix))]
const fn ask_to_end(_: &dyn ChildWrapper, _: Option<u32>, _: &str) -> bool {
    false
}

/// Whether a process of the group is alive. One that has ended but was not yet waited for by its parent is not: in a
/// container, nobody may ever do that.
#[cfg(target_os = "linux")]
fn is_anybody_left(group: u32) -> bool {
    let Ok(processes) = std::fs::read_dir("/proc") else { return does_group_exist(group) };
    processes.flatten().any(|process| {
        let Ok(stat) = std::fs::read_to_string(process.path().join("stat")) else { return false };
        // `pid (name) state parent group …`; the name may contain spaces and parentheses.
        let mut fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        let state = fields.next();
        let of_group = fields.nth(1).and_then(|field| field.parse().ok()) == Some(group);
        of_group && !matches!(state, Some("Z" | "X"))
    })
}

#[cfg(all(unix, not(target_os = "linux")))]
fn is_anybody_left(group: u32) -> bool {
    does_group_exist(group)
}

#[cfg(unix)]
fn does_group_exist(group: u32) -> bool {
    use nix::errno::Errno;
    use nix::sys::signal::killpg;
    use nix::unistd::Pid;
    // Signal 0 is never sent, only checked.
    i32::try_from(group).is_ok_and(|group| !matches!(killpg(Pid::from_raw(group), None), Err(Errno::ESRCH)))
}

/// A job is ended as a whole there.
#[cfg(not(unix))]
const fn is_anybody_left(_: u32) -> bool {
    false
}
