//! `--report FORMAT[=FILE]`: which reports a run makes, and where they go.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::report_files::Page;
use super::{Failure, World};
use crate::files;
use crate::report::{COMMENT, Conclusion, Fanout, Github, Human, Json, Junit, Markdown, findings, unverified_json};

/// A requested report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReportArg {
    pub format: Format,
    pub file: Option<PathBuf>,
}

/// The formats of reports other than the one for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Junit,
    Markdown,
    Comment,
    Github,
}

/// The formats by their names.
const FORMATS: &[(&str, Format)] = &[
    ("json", Format::Json),
    ("junit", Format::Junit),
    ("markdown", Format::Markdown),
    ("comment", Format::Comment),
    ("github", Format::Github),
];

impl FromStr for ReportArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
        let format = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
        let names = || FORMATS.iter().map(|(name, _)| *name);
        let format = format.ok_or_else(|| {
            crate::words::did_you_mean(name, names())
                .unwrap_or_else(|| format!("the formats are {}", crate::words::or_list(names())))
        })?;
        match file {
            Some("") => Err(String::from("the file name after `=` is missing")),
            file => Ok(Self { format, file: file.map(PathBuf::from) }),
        }
    }
}

/// The reports of a run.
pub(super) struct Reports {
    fanout: Fanout<'static>,
    /// The reports that are written to files when the run is over.
    pages: Vec<(Page, Shared)>,
    /// The outputs of those forms that can also contain findings.
    of_findings: Vec<(Format, Box<dyn Write>)>,
}

/// A text that a report writes and its page reads.
#[derive(Clone, Debug, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Reports {
    /// Makes the requested reports. The human one goes to standard output, or to standard error if a machine form uses
    /// standard output. Old report files are removed first: a run that is killed must not leave those of an earlier
    /// run.
    pub(super) fn open(asked: &[ReportArg], quiet: bool, world: &World) -> Result<Self, Failure> {
        let on_stdout = one_on_stdout(asked)?;
        let mut reports = Self { fanout: Fanout::default(), pages: Vec::new(), of_findings: Vec::new() };
        if on_stdout.is_none() {
            reports.fanout.add("human", Human::new(world.out.clone(), world.out_palette()).quiet(quiet));
        } else {
            reports.fanout.add("human", Human::new(world.err.clone(), world.err_palette()).quiet(quiet));
        }
        for report in asked {
            match &report.file {
                None => reports.add(report.format, world.out.clone()),
                Some(file) => {
                    let path = world.working.join(file);
                    if reports.pages.iter().any(|(page, _)| page.path() == path) {
                        return Err(twice(&path, world));
                    }
                    let page = Page::claim(file, world)?;
                    let text = Shared::default();
                    reports.add(report.format, text.clone());
                    reports.pages.push((page, text));
                }
            }
            if report.format == Format::Github
                && let Some(page) = Page::step_summary(world)
            {
                let text = Shared::default();
                reports.fanout.add("step summary", Markdown::new(text.clone()));
                reports.pages.push((page, text));
            }
        }
        Ok(reports)
    }

    fn add(&mut self, format: Format, out: impl Write + Clone + 'static) {
        self.of_findings.push((format, Box::new(out.clone())));
        match format {
            Format::Json => self.fanout.add("json", Json::new(out)),
            Format::Junit => self.fanout.add("junit", Junit::new(out)),
            Format::Markdown => self.fanout.add("markdown", Markdown::new(out)),
            Format::Comment => self.fanout.add("comment", Markdown::new(out).limit(COMMENT)),
            Format::Github => self.fanout.add("github", Github::new(out)),
        }
    }

    /// Passes an event on.
    pub(super) fn event(&mut self, event: &crate::verification::Event) {
        self.fanout.event(event);
    }

    /// Ends the reports if there was no run, with the reason in the forms that can express it. Returns the reports that
    /// couldn't be written.
    pub(super) fn instead_of_a_run(mut self, failure: &Failure, world: &World) -> Vec<String> {
        let mut faults = Vec::new();
        for (format, out) in &mut self.of_findings {
            let text = match (format, failure) {
                (Format::Json, Failure::Findings { findings: found, .. }) => findings::json("verify", found),
                (Format::Github, Failure::Findings { findings: found, .. }) => Ok(findings::github(found)),
                (Format::Json, Failure::Trouble(trouble)) => unverified_json(trouble.code.code(), trouble),
                _ => continue,
            };
            if let Err(error) = text.and_then(|text| out.write_all(text.as_bytes()).and_then(|()| out.flush())) {
                faults.push(format!("the report can't be written: {error}"));
            }
        }
        // A page with nothing to say is left out: half a report would be taken for a whole one.
        self.pages.retain(|(_, text)| !text.is_empty());
        faults.extend(write_pages(&self.pages, world));
        faults
    }

    /// Ends the reports, and returns those that couldn't be written. It isn't an error if the reader of standard output
    /// has gone away.
    pub(super) fn finish(self, conclusion: &Conclusion, world: &World) -> Vec<String> {
        let mut faults: Vec<String> = self
            .fanout
            .finish(conclusion)
            .into_iter()
            .filter(|failure| failure.error.kind() != io::ErrorKind::BrokenPipe)
            .map(|failure| format!("the {} report can't be written: {}", failure.report, files::why(&failure.error)))
            .collect();
        faults.extend(write_pages(&self.pages, world));
        faults
    }
}

fn write_pages(pages: &[(Page, Shared)], world: &World) -> Vec<String> {
    pages.iter().filter_map(|(page, text)| page.write(&text.bytes(), world).err()).collect()
}

/// Two reports that name one file.
pub(super) fn twice(path: &Path, world: &World) -> Failure {
    Failure::usage(format!("two reports can't both go to {}", files::shown(path, &world.working)))
        .help("give each of them a file of its own")
}

/// At most one report can have standard output.
pub(super) fn one_on_stdout(asked: &[ReportArg]) -> Result<Option<&ReportArg>, Failure> {
    let mut on_stdout = asked.iter().filter(|report| report.file.is_none());
    match (on_stdout.next(), on_stdout.next()) {
        (_, Some(_)) => Err(Failure::usage("two reports can't both go to standard output")
            .help("give one of them a file: --report json=report.json")),
        (one, None) => Ok(one),
    }
}
