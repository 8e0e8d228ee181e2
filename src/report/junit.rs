//! The report for build systems: `JUnit` XML, a suite for each consumer and its provider.

use std::io;
use std::time::Duration;

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::escape::shown;
use super::interaction::{interaction, name, pair, reason};
use super::{Conclusion, Palette, Reporter};
use crate::verification::{Event, Finished, Outcome};

/// Collects the events and writes them as one document when the run ends.
///
/// A broken interaction is a failure, and one that couldn't run is an error. A pending one is skipped, with its
/// mismatches as the message: `JUnit` has no word for a failure that doesn't count.
#[derive(Debug)]
pub struct Junit<W> {
    out: W,
    suites: IndexMap<String, (TestSuite, Duration)>,
}

impl<W: io::Write> Junit<W> {
    /// A report that is written to `out`.
    pub fn new(out: W) -> Self {
        Self { out, suites: IndexMap::new() }
    }
}

impl<W: io::Write> Reporter for Junit<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let Event::Finished(finished) = event else { return Ok(()) };
        let time = duration(finished.seconds);
        let name = pair(finished);
        let (suite, total) = self.suites.entry(name.clone()).or_insert_with(|| (TestSuite::new(name), Duration::ZERO));
        *total = total.saturating_add(time);
        suite.add_test_case(case(finished, time));
        Ok(())
    }

    fn finish(&mut self, conclusion: &Conclusion) -> io::Result<()> {
        let mut report = Report::new("upheld verify");
        if let Some(seconds) = conclusion.seconds {
            report.set_time(duration(seconds));
        }
        for (_, (mut suite, time)) in std::mem::take(&mut self.suites) {
            suite.set_time(time);
            report.add_test_suite(suite);
        }
        let text = report.to_string().map_err(io::Error::other)?;
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

fn case(finished: &Finished, time: Duration) -> TestCase {
    let mut case = TestCase::new(name(finished), status(finished));
    case.set_classname(format!("{}.{}", finished.consumer, finished.provider));
    case.set_time(time);
    // Readers look for the file in the checkout, which doesn't have contracts from the store.
    if finished.needed_by.is_empty() {
        case.extra.insert("file".into(), shown(&finished.file).into());
        case.extra.insert("line".into(), finished.line.to_string().into());
    }
    case
}

fn status(finished: &Finished) -> TestCaseStatus {
    // A text with every invisible character written out, before XML can refuse it.
    let text = || format!("\n{}", interaction(finished, &Palette::default()));
    match finished.outcome {
        Outcome::Upheld => TestCaseStatus::success(),
        _ if finished.is_pending() => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("pending: {}", reason(finished))).set_description(text());
            status
        }
        Outcome::Broken => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(reason(finished)).set_description(text());
            if let Some(first) = finished.mismatches.first() {
                status.set_type(first.mismatch.code.0);
            }
            status
        }
        Outcome::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(reason(finished)).set_description(text());
            if let Some(error) = &finished.error {
                status.set_type(error.code.0);
            }
            status
        }
        Outcome::Skipped => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason(finished));
            status
        }
    }
}

/// A time that was measured, or nothing if it can't be written.
fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
