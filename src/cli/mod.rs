//! The command line: what was typed, the command that it names, and the one place where an error is printed.

mod completions;
mod converted;
mod decided;
mod ends;
mod exit;
mod explain;
mod export;
mod failure;
mod from_store;
mod gate;
mod import;
mod import_pact;
mod init;
mod ledger;
mod lint;
mod live;
mod load;
mod mock;
mod pages;
mod provider;
mod publish;
mod record;
mod recorded;
mod reports;
mod results;
mod schema;
mod selection;
mod signal;
mod status;
mod step;
mod store;
mod streams;
mod trust;
mod verified;
mod verify;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::Resettable;
use clap::{Arg, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub use exit::Exit;
use failure::{Failure, Told};
use step::Step;
pub use streams::{Stream, World};

use crate::report::{Palette, defused_lines, findings};
use crate::source::Limits;

/// Consumer-driven contracts: verify that a provider upholds what its consumers need
///
/// A consumer writes down the least it needs of a provider as a contract, a YAML file. Upheld checks real providers
/// against it, shows exactly where one breaks it, and says before a deployment whether it would.
#[derive(Debug, Parser)]
#[command(name = "upheld", version, max_term_width = 100, after_help = EXIT_CODES, arg_required_else_help = true, args_override_self = true, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of all commands.
#[derive(Clone, Debug, Args)]
struct Global {
    /// The folder of contracts and registry [default: `contracts`, here or in a folder above]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "UPHELD_CONTRACTS",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    contracts: Option<PathBuf>,
    /// The largest contract, registry or body file that is read, in bytes
    #[arg(long, global = true, value_name = "BYTES", env = "UPHELD_MAX_FILE_SIZE", hide_env_values = true, default_value_t = Limits::default().bytes, hide_short_help = true, help_heading = "Global options")]
    max_file_size: usize,
    /// How deep the values of a contract may be nested
    #[arg(long, global = true, value_name = "LEVELS", env = "UPHELD_MAX_DEPTH", hide_env_values = true, default_value_t = Limits::default().depth, value_parser = clap::value_parser!(usize), hide_short_help = true, help_heading = "Global options")]
    max_depth: usize,
    /// How many values a contract may hold
    #[arg(long, global = true, value_name = "N", env = "UPHELD_MAX_VALUES", hide_env_values = true, default_value_t = Limits::default().values, hide_short_help = true, help_heading = "Global options")]
    max_values: usize,
}

#[derive(Debug, Subcommand)]
enum Command {
    Record(Box<record::RecordArgs>),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Mock(Box<mock::MockArgs>),
    Verify(Box<verify::VerifyArgs>),
    Publish(publish::PublishArgs),
    Gate(Box<gate::GateArgs>),
    Deployed(live::DeployedArgs),
    Undeployed(live::UndeployedArgs),
    Released(live::ReleasedArgs),
    Status(status::StatusArgs),
    Explain(explain::ExplainArgs),
    Store(store::StoreCommand),
    Lint(lint::LintArgs),
    Init(init::InitArgs),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
    #[command(hide = true)]
    Man(completions::ManArgs),
    /// Print the help of a command
    Help {
        /// The command, and the one below it [default: an overview of all]
        command: Vec<String>,
    },
}

const EXIT_CODES: &str = "\
Exit codes:
  0    yes: every contract is upheld
  1    no: a contract is broken
  2    wrong usage, or an unreadable contract or registry
  3    unverified: results are missing; a verification, or waiting for one, can help
  4    unknown: a needed fact is missing or can't be trusted; waiting can't help
  5    could not run: network, git, or a provider that did not start or answer
  130  interrupted

A command behind `--` that fails gives its own exit code.";

/// Runs the program with these arguments (the first is its name) in this world.
pub fn main(arguments: impl IntoIterator<Item = OsString>, world: &mut World) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let is_step = asks_for_github(&arguments);
    let result = match parse(arguments, world) {
        Ok(Cli { global, command }) => match command {
            Command::Record(args) => record::record(&global, &args, world),
            Command::Import(args) => import::import(&global, &args, world),
            Command::Export(args) => export::export(&global, &args, world),
            Command::Mock(args) => mock::mock(&global, &args, world),
            Command::Verify(args) => verify::verify(&global, &args, world),
            Command::Publish(args) => publish::publish(&global, &args, world),
            Command::Gate(args) => gate::gate(&global, &args, world),
            Command::Deployed(args) => live::deployed(&global, &args, world),
            Command::Undeployed(args) => live::undeployed(&global, &args, world),
            Command::Released(args) => live::released(&global, &args, world),
            Command::Status(args) => status::status(&global, &args, world),
            Command::Explain(args) => explain::explain(&args, world),
            Command::Store(args) => store::store(&global, &args, world),
            Command::Lint(args) => lint::lint(&global, &args, world),
            Command::Init(args) => init::init(&global, &args, world),
            Command::Schema(args) => schema::schema(&args, world),
            Command::Completions(args) => completions::completions(&args, world),
            Command::Man(args) => completions::man(&args, world),
            Command::Help { command } => {
                let asked = command.into_iter().map(OsString::from);
                match parse(std::iter::once("upheld".into()).chain(asked).chain(["--help".into()]), world) {
                    Err(error) => usage(&error, false, world),
                    Ok(_) => Ok(Exit::Yes),
                }
            }
        },
        Err(error) => usage(&error, is_step, world),
    };
    result.unwrap_or_else(|failure| {
        report(&failure, world);
        failure.exit()
    })
}

/// Reads the command line, and the environment behind it.
fn parse(arguments: impl IntoIterator<Item = OsString>, world: &World) -> Result<Cli, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // A variable that is empty is one that was not set: build systems make them so.
    let or_unset = |arg: Arg| match arg.get_env().and_then(OsStr::to_str).and_then(world.variable) {
        Some(value) if value.is_empty() => arg.env(Resettable::Reset),
        _ => arg,
    };
    let mut line = command().mut_args(or_unset).mut_subcommands(|command| command.mut_args(or_unset));
    // Flags beat the environment: where one of these ways is named, the others are not.
    let flags: Vec<String> = verify::WAYS.iter().map(|way| format!("--{way}")).collect();
    let text = |argument: &OsString| argument.to_string_lossy().split('=').next().unwrap_or_default().to_owned();
    if arguments.iter().map(text).any(|argument| flags.contains(&argument)) {
        line = line.mut_subcommand("verify", |command| {
            verify::WAYS.iter().fold(command, |command, way| command.mut_arg(way, |arg| arg.env(Resettable::Reset)))
        });
    }
    let matches = line.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut line))
}

/// Whether a report for GitHub is asked for, on a command line that need not be one.
fn asks_for_github(arguments: &[OsString]) -> bool {
    arguments.iter().any(|one| one == "--report=github")
        || arguments.windows(2).any(|two| two == ["--report", "github"])
}

/// What clap has to say: help and version go to the result, mistakes to the other stream, and to the step of a workflow
/// that made them.
fn usage(error: &clap::Error, is_step: bool, world: &mut World) -> Result<Exit, Failure> {
    let rendered = error.render();
    if error.use_stderr() {
        if is_step {
            let text = rendered.to_string();
            let first = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
            let failure = Failure::usage(first.split_whitespace().collect::<Vec<_>>().join(" "));
            // It is printed as clap has it, below.
            let _ = Step::one(true, "Wrong usage").run(world, |_, _| Err(failure));
        }
        let coloured = world.err_palette() != Palette::default();
        // It quotes what was typed, and in a build that is what others wrote.
        world.say(&if coloured { rendered.ansi().to_string() } else { defused_lines(&rendered.to_string()) });
        Ok(Exit::Usage)
    } else {
        let coloured = world.out_palette() != Palette::default();
        world.print(&if coloured { rendered.ansi().to_string() } else { rendered.to_string() })?;
        Ok(Exit::Yes)
    }
}

fn report(failure: &Failure, world: &mut World) {
    let text = text(failure, &world.err_palette());
    world.say(&text);
}

fn text(failure: &Failure, palette: &Palette) -> String {
    match failure {
        Failure::Told(Told { exit: Exit::Yes, message, .. }) => crate::report::note(message, "", palette),
        Failure::Told(Told { message, detail, help, .. }) => {
            crate::report::failure(message, detail.as_deref(), help, palette)
        }
        Failure::Findings { findings: found, sources } => findings::text(found, sources, palette),
    }
}

impl Global {
    /// The limits that files are read with.
    fn limits(&self) -> Limits {
        Limits { bytes: self.max_file_size, depth: self.max_depth, values: self.max_values, ..Limits::default() }
    }
}

/// The command line as clap knows it, for completions and manual pages.
fn command() -> clap::Command {
    Cli::command()
}
