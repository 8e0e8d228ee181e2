//! The parts of a step of the tour, and how each is shown while it happens.

use std::error::Error;
use std::io::Write;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

use crate::stage::Stage;

pub const HEADLINE: Style = Style::new().bold();
pub const COMMAND: Style = AnsiColor::Cyan.on_default();
pub const ASIDE: Style = Style::new().dimmed();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// One step of the story.
pub struct Step {
    pub headline: &'static str,
    /// The explanation, line by line: the event, and why it matters.
    pub text: &'static [&'static str],
    pub acts: &'static [Act],
}

/// One part of a step.
pub enum Act {
    /// Shows the beginning of a contract, up to the end of its first interaction.
    Read(&'static str),
    /// Replaces orders with a version that starts with these further arguments, and shows the change in the registry.
    Release(&'static [&'static str]),
    /// Replaces a text in a file, and shows the change.
    Edit { file: &'static str, from: &'static str, to: &'static str },
    /// Removes a folder.
    Remove(&'static str),
    /// Runs `upheld` with these arguments, which must end with this exit code.
    Run { arguments: &'static [&'static str], exit_code: i32, meaning: &'static str },
}

/// A run of `upheld`.
pub const fn run(arguments: &'static [&'static str], exit_code: i32, meaning: &'static str) -> Act {
    Act::Run { arguments, exit_code, meaning }
}

impl Act {
    /// Does it on the stage, and shows it.
    ///
    /// # Errors
    ///
    /// If a command ends with another exit code than the story says, or if something can't be read or written.
    pub fn play(&self, stage: &Stage, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Read(contract) => {
                let text = stage.read(contract)?;
                let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
                writeln!(out, "{COMMAND}$ head -n {} {contract}{COMMAND:#}", lines.len())?;
                writeln!(out, "{}", lines.join("\n"))?;
            }
            Self::Release(arguments) => {
                let (file, before) = stage.release_orders(arguments)?;
                show_change(file, &before, &stage.read(file)?, out)?;
            }
            Self::Edit { file, from, to } => {
                let before = stage.edit(file, from, to)?;
                show_change(file, &before, &stage.read(file)?, out)?;
            }
            Self::Remove(folder) => {
                writeln!(out, "{COMMAND}$ rm -r {folder}{COMMAND:#}")?;
                stage.remove(folder)?;
            }
            Self::Run { arguments, exit_code, meaning } => {
                let arguments: Vec<String> = arguments.iter().map(|argument| stage.fill(argument)).collect();
                let command = shell_words::join(std::iter::once("upheld").chain(arguments.iter().map(String::as_str)));
                writeln!(out, "{COMMAND}$ {command}{COMMAND:#}")?;
                out.flush()?;
                let status = stage.upheld(&arguments)?;
                if status.code() != Some(*exit_code) {
                    return Err(format!("`{command}` should exit with {exit_code}, but ended with {status}").into());
                }
                writeln!(out, "{ASIDE}exit code {exit_code}: {meaning}{ASIDE:#}")?;
            }
        }
        Ok(())
    }
}

/// Shows the lines of a file that were removed and added or, for a new file, the lines that matter.
fn show_change(file: &str, before: &str, after: &str, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{ASIDE}{file}:{ASIDE:#}")?;
    if before.is_empty() {
        for line in after.lines().skip_while(|line| !line.starts_with("  ")).take(2) {
            writeln!(out, "   {line}")?;
        }
        return Ok(());
    }
    for change in TextDiff::from_lines(before, after).iter_all_changes() {
        let (style, sign) = match change.tag() {
            ChangeTag::Delete => (REMOVED, '-'),
            ChangeTag::Insert => (ADDED, '+'),
            ChangeTag::Equal => continue,
        };
        writeln!(out, "{style} {sign} {}{style:#}", change.value().trim_end())?;
    }
    Ok(())
}
