//! `upheld lint`: every finding in contracts and registry.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::load::Workspace;
use super::step::Step;
use super::{Exit, Failure, Global, World};
use crate::report::{Palette, findings};
use crate::source::Finding;
use crate::words::count;

/// Show all findings in contracts and the registry
///
/// Reads every contract and the registry, and shows everything that is wrong or unwise, each with its place, a stable
/// code and what to do about it. Exits with 2 if anything is wrong, and with 0 if there are only warnings.
#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// Contract files or folders [default: all contracts]
    paths: Vec<PathBuf>,
    /// Exit with 2 for warnings, too
    #[arg(long)]
    strict: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: LintReport,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LintReport {
    /// For people
    Human,
    /// For programs
    Json,
    /// Annotations for GitHub Actions
    Github,
}

pub(super) fn lint(global: &Global, args: &LintArgs, world: &mut World) -> Result<Exit, Failure> {
    let step = Step::one(args.report == LintReport::Github, "Contracts: problems found");
    step.run(world, |step, world| lint_and_report(global, args, step, world))
}

fn lint_and_report(global: &Global, args: &LintArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    let workspace = Workspace::load(global, &args.paths, world)?;
    let found = &workspace.findings;
    let text = match args.report {
        LintReport::Human => findings::text(found, &workspace.sources, &world.out_palette()),
        LintReport::Json => findings::json("lint", found).map_err(|error| Failure::could_not_run(error.to_string()))?,
        LintReport::Github => findings::github(found),
    };
    world.print(&text)?;
    let errors = found.iter().any(Finding::is_error);
    let exit = if errors || (args.strict && !found.is_empty()) { Exit::Usage } else { Exit::Yes };
    let interactions = || workspace.files.iter().flat_map(|file| &file.contract.interactions);
    let skips = match interactions().filter(|interaction| interaction.unrunnable().is_some()).count() {
        0 => String::new(),
        skipped => format!(" ({skipped} skipped)"),
    };
    let read = match workspace.files.len() {
        // Only the registry was named.
        0 => String::from("registry"),
        contracts => {
            format!("{}, {}{skips}", count(contracts, "contract"), count(interactions().count(), "interaction"))
        }
    };
    let usable = format!("{read}: {}\n", if found.is_empty() { "no problems found" } else { "no errors" });
    if args.report == LintReport::Human && !errors {
        world.print(&usable)?;
    }
    let summary =
        if found.is_empty() { usable } else { findings::text(found, &workspace.sources, &Palette::default()) };
    step.found(found, &summary, exit, world)
}
