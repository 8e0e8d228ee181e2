//! The step of a GitHub workflow in which a command runs with `--report github`: its outputs, and its summary if the
//! command has no report of its own.
//!
//! The outputs say "deny" from the start, so a run that is killed never leaves a "yes" behind. Whatever a wrapped command
//! writes there in the meantime is cut off at the end. All values are our own words and numbers.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::report_files::Page;
use super::reports::{Format, ReportArg};
use super::{Exit, Failure, World};
use crate::files;
use crate::report::{Palette, failure_github, failure_markdown, findings};
use crate::source::Finding;

/// The step, if a report for GitHub was requested.
#[derive(Debug)]
pub(super) struct Step {
    enabled: bool,
    /// The file for the outputs, and what earlier commands of the step wrote to it.
    outputs: Option<(PathBuf, Vec<u8>)>,
    /// Whether annotations go to standard output, where the runner looks for them.
    annotates: bool,
    /// The heading of the summary if the command fails.
    heading: &'static str,
}

/// The form of the output of a command that does one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlainReport {
    /// For people
    Human,
    /// For people, and for the step of a GitHub workflow: outputs, summary, and an annotation on failure
    Github,
}

/// The outcome of a command, for later steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct StepOutputs {
    pub allow: bool,
    pub state: &'static str,
    /// The number of blocking pairs, interactions or findings.
    pub blocking: usize,
}

impl StepOutputs {
    /// The outputs before there is an outcome.
    const NONE: Self = Self { allow: false, state: "error", blocking: 0 };

    /// The outputs of a command that either does something or fails.
    pub(super) fn of(exit: Exit, blocking: usize) -> Self {
        let done = exit == Exit::Yes;
        Self { allow: done, state: if done { "done" } else { "error" }, blocking }
    }
}

impl Step {
    /// The step of a command that takes `--report FORMAT[=FILE]`.
    pub(super) fn of(reports: &[ReportArg], heading: &'static str) -> Self {
        let mut github = reports.iter().filter(|report| report.format == Format::Github).peekable();
        let enabled = github.peek().is_some();
        Self { enabled, outputs: None, annotates: github.any(|report| report.file.is_none()), heading }
    }

    /// The step of a command with a single report.
    pub(super) const fn one(enabled: bool, heading: &'static str) -> Self {
        Self { enabled, outputs: None, annotates: enabled, heading }
    }

    /// Runs a command that calls [`finish`](Self::finish) itself.
    ///
    /// # Errors
    ///
    /// Those of the command, which the step has reported by then.
    pub(super) fn run(
        mut self,
        world: &mut World,
        command: impl FnOnce(&Self, &mut World) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        if !self.enabled {
            return command(&self, world);
        }
        if let Some(path) = (world.variable)("GITHUB_OUTPUT").filter(|path| !path.is_empty()).map(PathBuf::from) {
            let before = fs::read(&path).unwrap_or_default();
            self.outputs = Some((path, before));
        }
        self.write(StepOutputs::NONE, Exit::CouldNotRun, world)?;
        command(&self, world).inspect_err(|failure| self.failed(failure, world))
    }

    /// Runs a command whose outputs follow from its exit code.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub(super) fn run_plain(
        self,
        world: &mut World,
        command: impl FnOnce(&Self, &mut World) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        self.run(world, |step, world| {
            let exit = command(step, world)?;
            step.finish(StepOutputs::of(exit, 0), exit, world)
        })
    }

    /// Writes the outputs, and returns the exit code. If they can't be written, the run must not pass for a yes.
    pub(super) fn finish(&self, outputs: StepOutputs, exit: Exit, world: &World) -> Result<Exit, Failure> {
        let allow = outputs.allow && exit == Exit::Yes;
        if self.enabled {
            self.write(StepOutputs { allow, ..outputs }, exit, world)?;
        }
        Ok(exit)
    }

    /// Adds to the summary.
    pub(super) fn summarize(&self, text: &str, world: &World) -> Result<(), Failure> {
        match Page::step_summary(world).filter(|_| self.enabled) {
            Some(page) => page.write(text.as_bytes(), world).map_err(Failure::could_not_run),
            None => Ok(()),
        }
    }

    /// Reports that a command failed, or a problem after it.
    pub(super) fn failed(&self, failure: &Failure, world: &mut World) {
        if !self.enabled {
            return;
        }
        let exit = failure.exit();
        let (text, annotation) = match failure {
            // The reports of a run annotate findings themselves.
            Failure::Findings { findings: found, sources } => {
                (findings::text(found, sources, &Palette::default()), String::new())
            }
            Failure::Trouble(trouble) => {
                let level = if exit == Exit::Yes { "notice" } else { "error" };
                let text = failure.text(&Palette::default());
                (text, failure_github(level, self.heading, trouble))
            }
        };
        if self.annotates {
            let _ = world.print(&annotation);
        }
        let blocking = match failure {
            Failure::Findings { findings, .. } => findings.iter().filter(|finding| finding.is_error()).count(),
            Failure::Trouble(_) => 0,
        };
        let outputs = StepOutputs { blocking, ..StepOutputs::of(exit, 0) };
        let heading = if exit == Exit::Yes { "Nothing to do" } else { self.heading };
        let written =
            self.summarize(&failure_markdown(heading, &text), world).and_then(|()| self.write(outputs, exit, world));
        if let Err(failure) = written {
            world.report(&failure);
        }
    }

    /// Finishes a command that looks for findings.
    pub(super) fn found(&self, found: &[Finding], text: &str, exit: Exit, world: &World) -> Result<Exit, Failure> {
        let errors = found.iter().filter(|finding| finding.is_error()).count();
        let heading = match exit {
            Exit::Yes if found.is_empty() => "No problems found",
            Exit::Yes => "No errors",
            _ => self.heading,
        };
        let summary =
            if found.is_empty() { format!("## {heading}\n\n{text}") } else { failure_markdown(heading, text) };
        self.summarize(&summary, world)?;
        self.finish(StepOutputs::of(exit, errors), exit, world)
    }

    fn write(&self, outputs: StepOutputs, exit: Exit, world: &World) -> Result<(), Failure> {
        let Some((path, before)) = &self.outputs else { return Ok(()) };
        let decision = if outputs.allow { "allow" } else { "deny" };
        let StepOutputs { state, blocking, .. } = outputs;
        let code = exit.code();
        // The earlier outputs may lack a line break at the end.
        let ours = format!("\ndecision={decision}\nstate={state}\nexit-code={code}\nblocking-count={blocking}\n");
        fs::write(path, [before.as_slice(), ours.as_bytes()].concat()).map_err(|error| unwritable(path, &error, world))
    }
}

fn unwritable(path: &Path, error: &std::io::Error, world: &World) -> Failure {
    let shown = files::shown(path, &world.working);
    Failure::could_not_run(format!("the outputs of the step can't be written to {shown}: {}", files::why(error)))
}
