//! The tour: `cargo run --example tour` shows what Upheld is for, with real services, real contracts and the real
//! program, in a temporary folder. It fails if a step doesn't go as told.

mod act;
mod stage;
mod story;

use std::env;
use std::error::Error;
use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::act::{ASIDE, COMMAND, HEADLINE};
use crate::stage::Stage;
use crate::story::STORY;

/// Shows what Upheld is for, step by step.
#[derive(Parser)]
struct Args {
    /// Wait for Enter after each step [default: on a terminal, except in CI]
    #[arg(long, overrides_with = "no_pause")]
    pause: bool,
    /// Don't wait between steps
    #[arg(long)]
    no_pause: bool,
}

impl Args {
    fn pauses(&self) -> bool {
        let is_watched = io::stdin().is_terminal() && io::stdout().is_terminal();
        let is_ci = env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        self.pause || (is_watched && !is_ci && !self.no_pause)
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    match show(args.pauses(), &mut anstream::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        // A pager that was closed has seen enough.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("\nThe tour ends here: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn show(mut pauses: bool, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(out, "First, cargo builds upheld and the example services. This can take a minute or two.")?;
    let stage = Stage::set()?;

    for (number, step) in (1..).zip(STORY) {
        if number > 1 && pauses {
            write!(out, "\n{ASIDE}Press Enter for step {number} of {} …{ASIDE:#} ", STORY.len())?;
            out.flush()?;
            // At the end of the input, nobody is left to wait for.
            pauses = io::stdin().lock().read_line(&mut String::new())? > 0;
        }
        writeln!(out, "\n{HEADLINE}{number}. {}{HEADLINE:#}\n", step.headline)?;
        for line in step.text {
            writeln!(out, "   {line}")?;
        }
        for act in step.acts {
            writeln!(out)?;
            act.play(&stage, out)?;
        }
    }

    writeln!(out, "\n{HEADLINE}Now it's your turn{HEADLINE:#}\n")?;
    for (command, what) in [
        ("init", "writes a registry and a first contract into your repository"),
        ("record", "runs your consumer's tests and writes the contract for you"),
        ("verify", "fails your provider's build if it breaks a contract"),
        ("gate", "stops a deployment that would break a live consumer"),
    ] {
        writeln!(out, "   {COMMAND}upheld {command:<7}{COMMAND:#} {what}")?;
    }
    writeln!(
        out,
        "\n   The contracts and services of the tour are in `contracts/` and `examples/`: change something, and"
    )?;
    writeln!(out, "   take the tour again.")?;
    Ok(())
}
