//! Started programs, looked at from outside: by their process ids and by the files that they leave.

mod services;
mod states;

use std::path::Path;
use std::time::Duration;

use super::ShellCommand;

/// A command in a folder of its own.
fn command(folder: &tempfile::TempDir, line: &str) -> ShellCommand {
    ShellCommand::new(line, folder.path())
}

/// Waits until `fact` is there.
async fn eventually<T>(fact: impl Fn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = fact() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), looking).await.expect("the fact in time")
}

/// The content of a file, once it ends with a line break.
fn written(file: &Path) -> Option<String> {
    std::fs::read_to_string(file).ok().filter(|text| text.ends_with('\n')).map(|text| text.trim().to_owned())
}

/// The process ids in a file, once there are so many.
async fn process_ids(file: &Path, count: usize) -> Vec<u32> {
    eventually(|| {
        let ids: Vec<u32> = written(file)?.lines().filter_map(|line| line.parse().ok()).collect();
        (ids.len() == count).then_some(ids)
    })
    .await
}

/// Whether a process runs: one that has ended and is only remembered does not.
fn runs(id: u32) -> bool {
    let state = if cfg!(target_os = "linux") {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").map_or_else(String::new, |(_, fields)| fields.to_owned())
    } else {
        let told = std::process::Command::new("ps").args(["-o", "stat=", "-p", &id.to_string()]).output().expect("ps");
        String::from_utf8_lossy(&told.stdout).trim().to_owned()
    };
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}
