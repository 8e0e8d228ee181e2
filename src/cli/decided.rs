//! The reports of a decision. Every file says "deny" before anything is looked at, and is replaced when the answer is
//! known: a gate that is killed leaves no yes.

use std::time::Duration;

use super::report_files::Page;
use super::reports::{Format, ReportArg, one_on_stdout, twice};
use super::{Exit, Failure, World};
use crate::gate::Decision;
use crate::report::{
    COMMENT, SUMMARY, Told, decision_github, decision_human, decision_json, decision_junit, decision_markdown,
    undecided_json, undecided_junit, undecided_markdown,
};

/// The reports of one gate.
pub(super) struct Decided {
    /// The form that takes standard output.
    on_stdout: Option<Format>,
    pages: Vec<(Format, Page)>,
}

impl Decided {
    /// Makes the reports that were asked for, each of which says "deny" from now on.
    pub(super) fn open(
        asked: &[ReportArg],
        environment: &str,
        candidates: &[String],
        world: &World,
    ) -> Result<Self, Failure> {
        let on_stdout = one_on_stdout(asked)?.map(|report| report.format);
        let mut decided = Self { on_stdout, pages: Vec::new() };
        for report in asked {
            if let Some(file) = &report.file {
                let path = world.working.join(file);
                if decided.pages.iter().any(|(_, page)| page.path() == path) {
                    return Err(twice(&path, world));
                }
                decided.pages.push((report.format, Page::claim(file, world)?));
            }
            if report.format == Format::Github
                && let Some(page) = Page::step_summary(world)
            {
                decided.pages.push((Format::Markdown, page));
            }
        }
        for (format, page) in decided.pages.iter().filter(|(_, page)| page.is_replaced()) {
            let text = match format {
                Format::Json => undecided_json(environment, candidates),
                Format::Junit => undecided_junit(environment, candidates),
                Format::Markdown | Format::Comment => Ok(undecided_markdown(environment, candidates)),
                // Annotations are lines of a log: without a decision there is none.
                Format::Github => Ok(String::new()),
            };
            let text = text.map_err(|error| unmade(&error))?;
            page.write(text.as_bytes(), world).map_err(Failure::could_not_run)?;
        }
        Ok(decided)
    }

    /// Says what was decided, everywhere.
    pub(super) fn finish(
        &mut self,
        decision: &Decision,
        exit: Exit,
        age: Option<Duration>,
        dry_run: bool,
        all: bool,
        world: &mut World,
    ) -> Result<Exit, Failure> {
        let told = Told { decision, exit_code: exit.code(), age_seconds: age.map(|age| age.as_secs()), dry_run, all };
        let mut faults = Vec::new();
        for (format, page) in &self.pages {
            faults.extend(page.write(text(&told, *format)?.as_bytes(), world).err());
        }
        match self.on_stdout {
            None => world.print(&decision_human(&told, &world.out_palette()))?,
            Some(format) => {
                world.say(&decision_human(&told, &world.err_palette()));
                world.print(&text(&told, format)?)?;
            }
        }
        for fault in &faults {
            world.say(&format!("error: {fault}\n"));
        }
        // A report that nobody can read must not pass for a yes.
        Ok(if !faults.is_empty() && exit == Exit::Yes { Exit::CouldNotRun } else { exit })
    }
}

fn text(told: &Told<'_>, format: Format) -> Result<String, Failure> {
    let text = match format {
        Format::Json => decision_json(told),
        Format::Junit => decision_junit(told),
        Format::Markdown => Ok(decision_markdown(told, SUMMARY)),
        Format::Comment => Ok(decision_markdown(told, COMMENT)),
        Format::Github => Ok(decision_github(told)),
    };
    text.map_err(|error| unmade(&error))
}

fn unmade(error: &std::io::Error) -> Failure {
    Failure::could_not_run(format!("the report can't be made: {error}"))
}
