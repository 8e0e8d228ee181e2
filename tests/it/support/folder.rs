//! Folders for tests, in memory where there is room: tests make and delete a hundred thousand small files, and a disk's file
//! system takes twice as long for each of them.

use std::path::Path;

use tempfile::{Builder, TempDir};

/// A new, empty folder, which is gone when it is dropped.
pub fn temporary(prefix: &str) -> TempDir {
    let mut builder = Builder::new();
    builder.prefix(prefix);
    match in_memory() {
        Some(memory) => builder.tempdir_in(memory),
        None => builder.tempdir(),
    }
    .unwrap()
}

/// Where Linux keeps files in memory, if programs may be run there, and unless somebody wants temporary files elsewhere.
#[cfg(target_os = "linux")]
fn in_memory() -> Option<&'static Path> {
    use nix::sys::statvfs::{FsFlags, statvfs};

    const LEAST_ROOM: u64 = 2 << 30;
    let memory = Path::new("/dev/shm");
    let system = statvfs(memory).ok()?;
    let room = system.blocks_available() * system.fragment_size();
    let takes_programs = !system.flags().contains(FsFlags::ST_NOEXEC);
    let is_wanted = std::env::var_os("TMPDIR").is_none();
    (is_wanted && takes_programs && room >= LEAST_ROOM && Builder::new().tempdir_in(memory).is_ok()).then_some(memory)
}

#[cfg(not(target_os = "linux"))]
fn in_memory() -> Option<&'static Path> {
    None
}
