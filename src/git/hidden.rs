//! Takes the store's token out of this process's environment before anything else is started. Any program of the same user
//! can read a process's first environment, and a provider that Upheld starts may be a stranger's code.
//!
//! Other programs of the user can't be kept out of everything: while git runs, its environment holds the token, and whoever
//! may debug this process can read its memory.

use std::sync::OnceLock;

#[cfg(unix)]
use crate::ledger::STORE_TOKEN;

/// The token, once it isn't in the environment any more.
static TOKEN: OnceLock<String> = OnceLock::new();

/// Starts this program again without the token in its environment, if it is there. If that isn't possible, as on Windows, the
/// token stays where it is.
#[cfg(unix)]
pub fn hide_token() {
    if let Some(token) = again::received() {
        let _ = TOKEN.set(token);
    } else if let Some(token) = std::env::var(STORE_TOKEN).ok().filter(|token| !token.is_empty()) {
        // It only returns if it fails.
        let _ = again::start(&token);
    }
}

/// The token stays in the environment.
#[cfg(not(unix))]
pub const fn hide_token() {}

/// The token that was hidden.
pub(super) fn token() -> Option<&'static str> {
    TOKEN.get().map(String::as_str)
}

#[cfg(unix)]
mod again {
    use std::fs::File;
    use std::io::{self, Read as _, Write as _};
    use std::os::fd::AsRawFd as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use nix::fcntl::{FcntlArg, FdFlag, fcntl};

    use crate::ledger::{STORE_TOKEN, STORE_TOKEN_FROM};

    /// In bytes. Every system with such pipes takes that much at once.
    const LONGEST: usize = 4096;

    pub(super) fn start(token: &str) -> io::Result<()> {
        if token.len() > LONGEST {
            return Ok(());
        }
        let (reader, mut writer) = io::pipe()?;
        writer.write_all(token.as_bytes())?;
        drop(writer);
        fcntl(&reader, FcntlArg::F_SETFD(FdFlag::empty()))?;
        let mut arguments = std::env::args_os();
        let mut command = Command::new(std::env::current_exe()?);
        if let Some(name) = arguments.next() {
            command.arg0(name);
        }
        // This process's id, which stays the same, and the number of the pipe.
        command
            .args(arguments)
            .env_remove(STORE_TOKEN)
            .env(STORE_TOKEN_FROM, format!("{}:{}", std::process::id(), reader.as_raw_fd()));
        Err(command.exec())
    }

    /// What came through the pipe, which is empty afterwards. Processes that inherit the variable have another id.
    pub(super) fn received() -> Option<String> {
        let from = std::env::var(STORE_TOKEN_FROM).ok()?;
        let number = from.strip_prefix(&format!("{}:", std::process::id()))?.parse::<u32>().ok()?;
        let mut token = String::new();
        File::open(format!("/dev/fd/{number}")).ok()?.read_to_string(&mut token).ok()?;
        #[cfg(target_os = "linux")]
        let _ = nix::sys::prctl::set_dumpable(false);
        (!token.is_empty()).then_some(token)
    }
}
