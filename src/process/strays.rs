//! Processes that left the group of the program that started them (`setsid`, a daemon), found by a mark that each process
//! gives to those that it starts: a variable in their environment.

use std::sync::atomic::{AtomicU32, Ordering};

/// The name of a variable that no other started program has. Names add up: a program that we start may run us again.
pub(super) fn new_mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("UPHELD_STARTED_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The ids of all living processes with a mark, inside their group or outside. A process may clear its environment, and
/// other systems don't show it: those aren't found.
#[cfg(target_os = "linux")]
pub(super) fn marked(mark: &str) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let entry = format!("{mark}=");
    let has_mark = |process: &std::fs::DirEntry| {
        // That of another user's process can't be read, and that of an ended one is empty.
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(entry.as_bytes()))
    };
    let ids = processes.flatten().filter_map(|process| {
        let id = process.file_name().to_str()?.parse().ok()?;
        has_mark(&process).then_some(id)
    });
    ids.collect()
}

#[cfg(not(target_os = "linux"))]
pub(super) const fn marked(_: &str) -> Vec<u32> {
    Vec::new()
}

/// Sends a signal to every marked process that isn't in the group: those in it are sent theirs together, and to many
/// programs a second one says not to tidy up.
#[cfg(unix)]
pub(super) fn signal(mark: &str, group: Option<u32>, signal: nix::sys::signal::Signal) {
    use nix::sys::signal::kill;
    use nix::unistd::{Pid, getpgid};

    let group = group.and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
    let ids = marked(mark).into_iter().filter_map(|id| i32::try_from(id).ok());
    for id in ids.filter(|id| getpgid(Some(Pid::from_raw(*id))).ok() != group) {
        // It fails where the process has just ended, which is what was wanted.
        let _ = kill(Pid::from_raw(id), signal);
    }
}
