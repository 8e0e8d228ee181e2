//! `upheld completions` and `upheld man`: scripts and pages that clap generates from the command line.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use super::{Exit, Failure, World};
use crate::files;

/// Print shell completions
///
/// For bash: `upheld completions bash > /etc/bash_completion.d/upheld`; for zsh, a file `_upheld` in a folder of
/// `$fpath`; for fish, `~/.config/fish/completions/upheld.fish`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Write the manual pages into a folder
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The folder
    folder: PathBuf,
}

pub(super) fn completions(args: &CompletionsArgs, mut command: Command, world: &mut World) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut command, "upheld", &mut text);
    world.print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Yes)
}

pub(super) fn man(args: &ManArgs, command: Command, world: &mut World) -> Result<Exit, Failure> {
    let folder = world.working.join(&args.folder);
    std::fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(command, &folder)).map_err(|error| {
        Failure::could_not_run(format!(
            "the pages can't be written into {}: {}",
            args.folder.display(),
            files::why(&error)
        ))
    })?;
    Ok(Exit::Yes)
}
