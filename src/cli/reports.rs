//! `--report FORMAT[=FILE]`: which reports a run makes, and where they go.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Failure, World};
use crate::files;
use crate::report::{Conclusion, Fanout, Github, Human, Json, Junit, Markdown, findings};
use crate::source::Finding;

/// A report that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReportArg {
    format: Format,
    file: Option<PathBuf>,
}

/// The forms of a report beside the one for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Junit,
    Markdown,
    Github,
}

/// The formats by their names.
const FORMATS: &[(&str, Format)] =
    &[("json", Format::Json), ("junit", Format::Junit), ("markdown", Format::Markdown), ("github", Format::Github)];

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
            Some("") => Err(String::from("a file's name is missing behind `=`")),
            file => Ok(Self { format, file: file.map(PathBuf::from) }),
        }
    }
}

/// The reports of a run.
pub(super) struct Reports {
    fanout: Fanout<'static>,
    /// What goes into files, when the run is over.
    pages: Vec<Page>,
    /// Where the forms go that can also hold findings.
    of_findings: Vec<(Format, Box<dyn Write>)>,
}

/// A report that is gathered, to be written whole at the end.
struct Page {
    path: PathBuf,
    text: Shared,
    way: Writing,
}

/// How a report comes into its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// By a rename, so that there is never half of it.
    Replace,
    /// Behind what others wrote: the step summary of GitHub Actions.
    Append,
    /// Into what is no file of ours to replace: a pipe, a device.
    Into,
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
    /// Makes the reports that were asked for. The human one goes to standard output, or to standard error where a
    /// machine form has taken that place. Old report files are removed first: a run that is killed must not leave
    /// those of the run before.
    pub(super) fn open(asked: &[ReportArg], quiet: bool, world: &World) -> Result<Self, Failure> {
        let on_stdout: Vec<&ReportArg> = asked.iter().filter(|report| report.file.is_none()).collect();
        if on_stdout.len() > 1 {
            return Err(Failure::usage("two reports can't both go to standard output")
                .help("give one of them a file: --report json=report.json"));
        }
        let mut reports = Self { fanout: Fanout::default(), pages: Vec::new(), of_findings: Vec::new() };
        if on_stdout.is_empty() {
            reports.fanout.add("human", Human::new(world.out.clone(), world.out_palette()).quiet(quiet));
        } else {
            reports.fanout.add("human", Human::new(world.err.clone(), world.err_palette()).quiet(quiet));
        }
        for report in asked {
            match &report.file {
                None => reports.add(report.format, world.out.clone()),
                Some(file) => {
                    let path = world.working.join(file);
                    let shown = files::shown(&path, &world.working);
                    if reports.pages.iter().any(|page| page.path == path) {
                        return Err(Failure::usage(format!("two reports can't both go to {shown}"))
                            .help("give each of them a file of its own"));
                    }
                    let way = clear(&path).map_err(|error| {
                        Failure::usage(format!("the report can't be written to {shown}: {}", files::why(&error)))
                            .help("name a file in a folder that this user may write to")
                    })?;
                    let text = Shared::default();
                    reports.add(report.format, text.clone());
                    reports.pages.push(Page { path, text, way });
                }
            }
            if report.format == Format::Github
                && let Some(summary) = (world.variable)("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty())
            {
                let text = Shared::default();
                reports.fanout.add("step summary", Markdown::new(text.clone()));
                reports.pages.push(Page { path: PathBuf::from(summary), text, way: Writing::Append });
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
            Format::Github => self.fanout.add("github", Github::new(out)),
        }
    }

    /// Takes what happened.
    pub(super) fn event(&mut self, event: &crate::verification::Event) {
        self.fanout.event(event);
    }

    /// Ends the reports before there was a run, with what is wrong in the contracts: in the forms that have a way to
    /// say it. Says which of them could not be written.
    pub(super) fn instead_of_a_run(mut self, found: &[Finding], world: &World) -> Vec<String> {
        let mut faults = Vec::new();
        for (format, out) in &mut self.of_findings {
            let text = match format {
                Format::Json => findings::json("verify", found),
                Format::Github => Ok(findings::github(found)),
                Format::Junit | Format::Markdown => continue,
            };
            if let Err(error) = text.and_then(|text| out.write_all(text.as_bytes()).and_then(|()| out.flush())) {
                faults.push(format!("the report can't be written: {error}"));
            }
        }
        // A page in which nothing can be said is left out: half of a report would be read as a whole one.
        self.pages.retain(|page| !page.text.is_empty());
        faults.extend(write_pages(&self.pages, world));
        faults
    }

    /// Ends the reports, and says which of them could not be written. A reader of standard output that went away is
    /// no fault.
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

fn write_pages(pages: &[Page], world: &World) -> Vec<String> {
    let mut faults = Vec::new();
    for page in pages {
        if let Err(error) = page.write(&page.text.bytes()) {
            let shown = files::shown(&page.path, &world.working);
            faults.push(format!("{shown} can't be written: {}", files::why(&error)));
        }
    }
    faults
}

impl Page {
    fn write(&self, text: &[u8]) -> io::Result<()> {
        match self.way {
            Writing::Replace => files::replace(&self.path, text),
            Writing::Append => OpenOptions::new().append(true).create(true).open(&self.path)?.write_all(text),
            Writing::Into => OpenOptions::new().write(true).open(&self.path)?.write_all(text),
        }
    }
}

/// Takes an old report out of the way, and says how the new one comes into its place: a pipe or a device (`/dev/null`)
/// is written to, and never taken away.
fn clear(path: &Path) -> io::Result<Writing> {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(there) if there.is_file() => fs::remove_file(path).map(|()| Writing::Replace),
        Ok(_) => Ok(Writing::Into),
        // What can't be written is better known before a run than after it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => files::probe(path).map(|()| Writing::Replace),
        Err(error) => Err(error),
    }
}
