//! The step of a GitHub workflow that a run with `--report github` is: its outputs, and its summary where a command has no
//! report of its own.
//!
//! The outputs say "deny" before anything is looked at: a run that is killed leaves no yes. What a command that this one
//! started has written there in the meantime is cut off when the answer is known. All values are words and numbers of ours.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::report_files::Page;
use super::reports::{Format, ReportArg};
use super::{Exit, Failure, World};
use crate::files;
use crate::report::{Palette, failure_github, failure_markdown, findings};
use crate::source::Finding;

/// The step, where a report for GitHub was asked for.
#[derive(Debug)]
pub(super) struct Step {
    asked: bool,
    /// The file that takes the outputs, and what earlier commands of the step have written there.
    outputs: Option<(PathBuf, Vec<u8>)>,
    /// Whether annotations go to standard output, where the runner looks for them.
    annotates: bool,
    /// What a summary is headed with where the command came to nothing.
    heading: &'static str,
}

/// The form of what a command says that does one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlainReport {
    /// For people
    Human,
    /// For people, and for the step of a GitHub workflow: its outputs and summary, and an annotation for a failure
    Github,
}

/// What a command came to, for the steps after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub allow: bool,
    pub state: &'static str,
    /// How many pairs, interactions or findings are in the way.
    pub blocking: usize,
}

impl Answer {
    /// That there is none.
    const NONE: Self = Self { allow: false, state: "error", blocking: 0 };

    /// Of a command that has only done something or not.
    pub(super) fn of(exit: Exit, blocking: usize) -> Self {
        let done = exit == Exit::Yes;
        Self { allow: done, state: if done { "done" } else { "error" }, blocking }
    }
}

impl Step {
    /// The step of a command that takes `--report FORMAT[=FILE]`.
    pub(super) fn of(reports: &[ReportArg], heading: &'static str) -> Self {
        let mut github = reports.iter().filter(|report| report.format == Format::Github).peekable();
        let asked = github.peek().is_some();
        Self { asked, outputs: None, annotates: github.any(|report| report.file.is_none()), heading }
    }

    /// The step of a command whose report is one of a few.
    pub(super) const fn one(asked: bool, heading: &'static str) -> Self {
        Self { asked, outputs: None, annotates: asked, heading }
    }

    /// Runs a command that says its own answer when it has one.
    ///
    /// # Errors
    ///
    /// Those of the command, which the step has told of by then.
    pub(super) fn run(
        mut self,
        world: &mut World,
        command: impl FnOnce(&Self, &mut World) -> Result<Exit, Failure>,
    ) -> Result<Exit, Failure> {
        if !self.asked {
            return command(&self, world);
        }
        if let Some(path) = (world.variable)("GITHUB_OUTPUT").filter(|path| !path.is_empty()).map(PathBuf::from) {
            let before = fs::read(&path).unwrap_or_default();
            self.outputs = Some((path, before));
        }
        self.write(Answer::NONE, Exit::CouldNotRun, world)?;
        command(&self, world).inspect_err(|failure| self.failed(failure, world))
    }

    /// Runs a command whose exit code is all that it has to say.
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
            step.answer(Answer::of(exit, 0), exit, world)
        })
    }

    /// Says what the command came to, and gives the exit code back: what nobody gets to know must not pass for a yes.
    pub(super) fn answer(&self, answer: Answer, exit: Exit, world: &World) -> Result<Exit, Failure> {
        let allow = answer.allow && exit == Exit::Yes;
        if self.asked {
            self.write(Answer { allow, ..answer }, exit, world)?;
        }
        Ok(exit)
    }

    /// Adds to the summary.
    pub(super) fn summarize(&self, text: &str, world: &World) -> Result<(), Failure> {
        match Page::step_summary(world).filter(|_| self.asked) {
            Some(page) => page.write(text.as_bytes(), world).map_err(Failure::could_not_run),
            None => Ok(()),
        }
    }

    /// Tells of a command that ended early, or of what went wrong behind its answer.
    pub(super) fn failed(&self, failure: &Failure, world: &mut World) {
        if !self.asked {
            return;
        }
        let exit = failure.exit();
        let (text, annotation) = match failure {
            // The reports of a run annotate findings by themselves, wherever those go.
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
        let answer = Answer { blocking, ..Answer::of(exit, 0) };
        let heading = if exit == Exit::Yes { "Nothing to do" } else { self.heading };
        let said =
            self.summarize(&failure_markdown(heading, &text), world).and_then(|()| self.write(answer, exit, world));
        if let Err(failure) = said {
            world.report(&failure);
        }
    }

    /// The end of a command that looks for findings.
    pub(super) fn found(&self, found: &[Finding], text: &str, exit: Exit, world: &World) -> Result<Exit, Failure> {
        let errors = found.iter().filter(|finding| finding.is_error()).count();
        let heading = if exit == Exit::Yes { "Nothing is wrong" } else { self.heading };
        let summary =
            if found.is_empty() { format!("## {heading}\n\n{text}") } else { failure_markdown(heading, text) };
        self.summarize(&summary, world)?;
        self.answer(Answer::of(exit, errors), exit, world)
    }

    fn write(&self, answer: Answer, exit: Exit, world: &World) -> Result<(), Failure> {
        let Some((path, before)) = &self.outputs else { return Ok(()) };
        let decision = if answer.allow { "allow" } else { "deny" };
        let Answer { state, blocking, .. } = answer;
        let code = exit.code();
        // What is there may have no line break at its end.
        let ours = format!("\ndecision={decision}\nstate={state}\nexit-code={code}\nblocking-count={blocking}\n");
        fs::write(path, [before.as_slice(), ours.as_bytes()].concat()).map_err(|error| unwritable(path, &error, world))
    }
}

fn unwritable(path: &Path, error: &std::io::Error, world: &World) -> Failure {
    let shown = files::shown(path, &world.working);
    Failure::could_not_run(format!("the outputs of the step can't be written to {shown}: {}", files::why(error)))
}
