//! The reports of a decision. Every file says "deny" from the start and is replaced once there is a decision, so a gate
//! that is killed never leaves a "yes" behind.

use std::time::Duration;

use super::report_files::Page;
use super::reports::{Format, ReportArg, one_on_stdout, twice};
use super::{Exit, Failure, World};
use crate::gate::Decision;
use crate::report::{
    COMMENT, DecisionReport, SUMMARY, decision_github, decision_human, decision_json, decision_junit,
    decision_markdown, undecided_json, undecided_junit, undecided_markdown,
};

/// The reports of one run of the gate.
pub(super) struct DecisionReports {
    /// The form that goes to standard output.
    on_stdout: Option<Format>,
    pages: Vec<(Format, Page)>,
}

impl DecisionReports {
    /// Opens the requested reports. Each of them says "deny" from now on.
    pub(super) fn open(
        reports: &[ReportArg],
        environment: &str,
        candidates: &[String],
        world: &World,
    ) -> Result<Self, Failure> {
        let on_stdout = one_on_stdout(reports)?.map(|report| report.format);
        let mut opened = Self { on_stdout, pages: Vec::new() };
        for report in reports {
            if let Some(file) = &report.file {
                let path = world.working.join(file);
                if opened.pages.iter().any(|(_, page)| page.path() == path) {
                    return Err(twice(&path, world));
                }
                opened.pages.push((report.format, Page::claim(file, world)?));
            }
            if report.format == Format::Github
                && let Some(page) = Page::step_summary(world)
            {
                opened.pages.push((Format::Markdown, page));
            }
        }
        for (format, page) in opened.pages.iter().filter(|(_, page)| page.is_replaced()) {
            let text = match format {
                Format::Json => undecided_json(environment, candidates),
                Format::Junit => undecided_junit(environment, candidates),
                Format::Markdown | Format::Comment => Ok(undecided_markdown(environment, candidates)),
                // Annotations are lines of a log; without a decision there are none.
                Format::Github => Ok(String::new()),
            };
            let text = text.map_err(|error| unwritable(&error))?;
            page.write(text.as_bytes(), world).map_err(Failure::could_not_run)?;
        }
        Ok(opened)
    }

    /// Writes the decision to every report.
    pub(super) fn finish(
        &mut self,
        decision: &Decision,
        exit: Exit,
        age: Option<Duration>,
        dry_run: bool,
        all: bool,
        world: &mut World,
    ) -> Result<Exit, Failure> {
        let report = DecisionReport {
            decision,
            exit_code: exit.code(),
            age_seconds: age.map(|age| age.as_secs()),
            dry_run,
            all,
        };
        let mut faults = Vec::new();
        for (format, page) in &self.pages {
            faults.extend(page.write(text(&report, *format)?.as_bytes(), world).err());
        }
        match self.on_stdout {
            None => world.print(&decision_human(&report, &world.out_palette()))?,
            Some(format) => {
                world.say(&decision_human(&report, &world.err_palette()));
                world.print(&text(&report, format)?)?;
            }
        }
        for fault in &faults {
            world.say(&format!("error: {fault}\n"));
        }
        // If a report can't be written, whoever reads it must not take the run for a yes.
        Ok(if !faults.is_empty() && exit == Exit::Yes { Exit::CouldNotRun } else { exit })
    }
}

fn text(report: &DecisionReport<'_>, format: Format) -> Result<String, Failure> {
    let text = match format {
        Format::Json => decision_json(report),
        Format::Junit => decision_junit(report),
        Format::Markdown => Ok(decision_markdown(report, SUMMARY)),
        Format::Comment => Ok(decision_markdown(report, COMMENT)),
        Format::Github => Ok(decision_github(report)),
    };
    text.map_err(|error| unwritable(&error))
}

fn unwritable(error: &std::io::Error) -> Failure {
    Failure::could_not_run(format!("the report can't be written: {error}"))
}
