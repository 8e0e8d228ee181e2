//! Arguments that several commands share: the global options, durations, and how to tell a path from a name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::source::Limits;
use crate::words::read_duration;

/// Options of all commands.
#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// The folder with the contracts and the registry [default: `contracts`, here or in a parent folder]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "UPHELD_CONTRACTS",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub contracts: Option<PathBuf>,
    /// The largest contract, registry or body file to read, in bytes
    #[arg(long, global = true, value_name = "BYTES", env = "UPHELD_MAX_FILE_SIZE", hide_env_values = true, default_value_t = Limits::default().bytes, hide_short_help = true, help_heading = "Global options")]
    pub max_file_size: usize,
    /// How deeply the values of a contract may be nested
    #[arg(long, global = true, value_name = "LEVELS", env = "UPHELD_MAX_DEPTH", hide_env_values = true, default_value_t = Limits::default().depth, value_parser = clap::value_parser!(usize), hide_short_help = true, help_heading = "Global options")]
    pub max_depth: usize,
    /// How many values a contract may contain
    #[arg(long, global = true, value_name = "N", env = "UPHELD_MAX_VALUES", hide_env_values = true, default_value_t = Limits::default().values, hide_short_help = true, help_heading = "Global options")]
    pub max_values: usize,
}

impl Global {
    /// The limits that files are read with.
    pub(super) fn limits(&self) -> Limits {
        Limits { bytes: self.max_file_size, depth: self.max_depth, values: self.max_values, ..Limits::default() }
    }
}

/// Reads a length of time, and says how one is written.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    read_duration(text).map_err(|why| format!("{why}: write a number and its unit, like `500ms`, `30s` or `2m`"))
}

/// Whether a target is a file or a folder, and not a provider's name: by its looks alone, since a provider often has a
/// folder or a program of its name beside the contracts.
pub(super) fn is_path(target: &str) -> bool {
    let ending = Path::new(target)
        .extension()
        .is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending == *known));
    target.contains(['/', '\\']) || ending || target == "." || target == ".."
}
