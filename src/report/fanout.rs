//! Several reports of one run.

use std::io;

use super::{Conclusion, Reporter};
use crate::verification::Event;

/// Hands every event to several reports. A report that can't be written is left behind, and the others go on: a
/// closed terminal must not cost the file that a build waits for.
#[derive(Debug, Default)]
pub struct Fanout<'a> {
    reports: Vec<Report<'a>>,
}

struct Report<'a> {
    name: String,
    reporter: Box<dyn Reporter + 'a>,
    failed: Option<io::Error>,
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// A report that could not be written.
#[derive(Debug)]
pub struct WriteFailure {
    /// The report's name, as it was given to [`Fanout::add`].
    pub report: String,
    pub error: io::Error,
}

impl<'a> Fanout<'a> {
    /// Adds a report under the name that the user knows it by.
    pub fn add(&mut self, name: impl Into<String>, reporter: impl Reporter + 'a) {
        self.reports.push(Report { name: name.into(), reporter: Box::new(reporter), failed: None });
    }

    /// Hands an event to every report that could be written so far.
    pub fn event(&mut self, event: &Event) {
        self.each(|reporter| reporter.event(event));
    }

    /// Ends all reports, and says which could not be written.
    #[must_use = "a report that could not be written is an error"]
    pub fn finish(mut self, conclusion: &Conclusion) -> Vec<WriteFailure> {
        self.each(|reporter| reporter.finish(conclusion));
        let failed = |report: Report<'_>| report.failed.map(|error| WriteFailure { report: report.name, error });
        self.reports.into_iter().filter_map(failed).collect()
    }

    fn each(&mut self, mut call: impl FnMut(&mut dyn Reporter) -> io::Result<()>) {
        for report in self.reports.iter_mut().filter(|report| report.failed.is_none()) {
            report.failed = call(&mut *report.reporter).err();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Human, Json, Palette};
    use crate::verification::Summary;

    /// A pipe that nobody reads any more.
    struct Closed;

    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_report_that_fails_leaves_the_others_whole() {
        let mut written = Vec::new();
        let mut fanout = Fanout::default();
        fanout.add("terminal", Human::new(Closed, Palette::default()));
        fanout.add("json", Json::new(&mut written));
        fanout.event(&Event::Started { total: 0 });
        let failures = fanout.finish(&Conclusion { summary: Summary::default(), exit_code: 5, seconds: None });
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].report, "terminal");
        assert_eq!(failures[0].error.kind(), io::ErrorKind::BrokenPipe);
        assert!(String::from_utf8(written).unwrap().ends_with("}\n"));
    }
}
