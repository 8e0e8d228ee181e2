//! The command line: its arguments, the command to run, and the one place where an error is printed.

mod arguments;
mod compare;
mod completions;
mod converted;
mod decision_reports;
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
mod provider;
mod publish;
mod record;
mod recorded;
mod report_files;
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
mod verify;
mod verify_run;

use std::ffi::{OsStr, OsString};

use clap::builder::Resettable;
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use arguments::Global;
pub use exit::Exit;
use failure::Failure;
use step::Step;
pub use streams::{Stream, World};

use crate::report::{Palette, defused_lines};

/// Consumer-driven contracts: verify that a provider upholds what its consumers need
///
/// A consumer writes down the least it needs from a provider as a contract, a YAML file. Upheld checks real providers
/// against it, shows exactly where one breaks it, and says before a deployment whether it would break anyone.
#[derive(Debug, Parser)]
#[command(name = "upheld", version, max_term_width = 100, after_help = EXIT_CODES, arg_required_else_help = true, args_override_self = true, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Record(Box<record::RecordArgs>),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
    Mock(Box<mock::MockArgs>),
    Verify(Box<verify::VerifyArgs>),
    Compare(compare::CompareArgs),
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
    /// Print help for a command
    Help {
        /// The command and its subcommand [default: an overview of all]
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
  5    could not run: network, git, or a provider that did not start or respond
  130  interrupted

If the command after `--` fails, its exit code is used.";

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
            Command::Compare(args) => compare::compare_with(&global, &args, world),
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
            Command::Completions(args) => completions::completions(&args, command_line(), world),
            Command::Man(args) => completions::man(&args, command_line(), world),
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
        world.report(&failure);
        failure.exit()
    })
}

/// Reads the command line, and the environment behind it.
fn parse(arguments: impl IntoIterator<Item = OsString>, world: &World) -> Result<Cli, clap::Error> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    // An empty variable counts as unset: build systems set such variables.
    let or_unset = |arg: Arg| match arg.get_env().and_then(OsStr::to_str).and_then(world.variable) {
        Some(value) if value.is_empty() => arg.env(Resettable::Reset),
        _ => arg,
    };
    let mut line = command_line().mut_args(or_unset).mut_subcommands(|command| command.mut_args(or_unset));
    // Flags beat the environment: if one of these is given, the variables of the others don't count.
    let flags: Vec<String> = provider::WAYS.iter().map(|way| format!("--{way}")).collect();
    let text = |argument: &OsString| argument.to_string_lossy().split('=').next().unwrap_or_default().to_owned();
    if arguments.iter().map(text).any(|argument| flags.contains(&argument)) {
        line = line.mut_subcommand("verify", |command| {
            provider::WAYS.iter().fold(command, |command, way| command.mut_arg(way, |arg| arg.env(Resettable::Reset)))
        });
    }
    let matches = line.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut line))
}

/// Whether a report for GitHub is requested, on a command line that may be invalid.
fn asks_for_github(arguments: &[OsString]) -> bool {
    arguments.iter().any(|one| one == "--report=github")
        || arguments.windows(2).any(|two| two == ["--report", "github"])
}

/// Prints the result of argument parsing: help and version to standard output, errors to standard error and, in a
/// GitHub workflow, to the step.
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
        // It quotes the arguments, which in a build others may have written.
        world.say(&if coloured { rendered.ansi().to_string() } else { defused_lines(&rendered.to_string()) });
        Ok(Exit::Usage)
    } else {
        let coloured = world.out_palette() != Palette::default();
        world.print(&if coloured { rendered.ansi().to_string() } else { rendered.to_string() })?;
        Ok(Exit::Yes)
    }
}

/// The command line as clap knows it.
fn command_line() -> clap::Command {
    Cli::command()
}
