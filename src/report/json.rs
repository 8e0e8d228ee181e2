//! The report for programs: one JSON document, of a format that carries its version.

use std::io;

use serde::Serialize;

use super::escape::defused;
use super::{Conclusion, Reporter};
use crate::source::{Finding, Severity};
use crate::trouble::Trouble;
use crate::verification::{Event, Finished, RunError, ShownMismatch, Summary, Verdict};

/// The version of the format. Keys may be added to it; none changes its meaning or goes away.
pub(super) const FORMAT: u32 = 1;

/// Collects the events and writes them as one document when the run ends.
///
/// The `contract` of an interaction that came from the store has `needed_by`, the versions that need it, and its `file` is
/// a path there.
///
/// `summary.broken` and `summary.error` count pending interactions too, as `interactions` lists them with that outcome;
/// `summary.pending` says how many of them those are.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
    finished: Vec<Finished>,
}

impl<W: io::Write> Json<W> {
    /// A report that is written to `out`.
    pub const fn new(out: W) -> Self {
        Self { out, finished: Vec::new() }
    }
}

impl<W: io::Write> Reporter for Json<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Finished(finished) = event {
            // The whole bodies are for people; programs get everything from the mismatches.
            self.finished.push(Finished { bodies: None, ..finished.as_ref().clone() });
        }
        Ok(())
    }

    fn finish(&mut self, conclusion: &Conclusion) -> io::Result<()> {
        let document = Document {
            format: FORMAT,
            command: "verify",
            verdict: conclusion.summary.verdict().word(),
            exit_code: conclusion.exit_code,
            summary: Counts::of(&conclusion.summary),
            seconds: conclusion.seconds.map(microseconds),
            interactions: self.finished.iter().map(Interaction::of).collect(),
        };
        self.out.write_all(pretty(&document)?.as_bytes())?;
        self.out.flush()
    }
}

/// Findings as one JSON document: `{"format": 1, "command": "lint", "findings": […]}`. `command` is the command that
/// found them. A finding without a place has `null` for line and column.
///
/// # Errors
///
/// None in practice: every finding can be written as JSON.
pub fn findings(command: &str, findings: &[Finding]) -> io::Result<String> {
    #[derive(Serialize)]
    struct Document<'a> {
        format: u32,
        command: &'a str,
        findings: Vec<ShownFinding<'a>>,
    }
    #[derive(Serialize)]
    struct ShownFinding<'a> {
        code: &'a str,
        severity: &'static str,
        file: &'a str,
        line: Option<u32>,
        column: Option<u32>,
        message: &'a str,
        help: &'a [String],
    }
    let entries = findings.iter().map(|finding| ShownFinding {
        code: finding.code.0,
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        file: &finding.file,
        line: finding.span.map(|span| span.start.line),
        column: finding.span.map(|span| span.start.column),
        message: &finding.message,
        help: &finding.help,
    });
    pretty(&Document { format: FORMAT, command, findings: entries.collect() })
}

/// The report on a verification that couldn't begin: a document of the same shape, with the reason in `note`.
///
/// # Errors
///
/// None in practice: every text can be written as JSON.
pub fn unverified_json<C>(exit_code: u8, trouble: &Trouble<C>) -> io::Result<String> {
    #[derive(Serialize)]
    struct Unverified<'a> {
        #[serde(flatten)]
        document: Document<'a>,
        note: &'a str,
        detail: Option<&'a str>,
        help: &'a [String],
    }
    let verdict = if exit_code == 0 { Verdict::Upheld } else { Verdict::Error };
    let document = Document {
        format: FORMAT,
        command: "verify",
        verdict: verdict.word(),
        exit_code,
        summary: Counts::of(&Summary::default()),
        seconds: None,
        interactions: Vec::new(),
    };
    let Trouble { message: note, detail, help, .. } = trouble;
    pretty(&Unverified { document, note, detail: detail.as_deref(), help })
}

/// The document's text, ending in a newline. On standard output, build systems read it, too, and must not find a
/// command in it.
pub(super) fn pretty(document: &impl Serialize) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(defused(text))
}

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    command: &'static str,
    verdict: &'static str,
    exit_code: u8,
    summary: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    interactions: Vec<Interaction<'a>>,
}

#[derive(Serialize)]
struct Counts {
    upheld: usize,
    broken: usize,
    error: usize,
    skipped: usize,
    pending: usize,
}

#[derive(Serialize)]
struct Interaction<'a> {
    consumer: &'a str,
    provider: &'a str,
    name: &'a str,
    id: &'a str,
    outcome: &'static str,
    pending: bool,
    seconds: f64,
    contract: Place<'a>,
    given: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    request: &'a str,
    status: Option<u16>,
    mismatches: Vec<Mismatch<'a>>,
    /// Content codings that the response names and that aren't known.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unknown_codings: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: u32,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    needed_by: &'a [String],
}

#[derive(Serialize)]
struct Mismatch<'a> {
    code: &'a str,
    part: String,
    path: &'a str,
    expected: String,
    actual: String,
    message: String,
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'a str,
    message: &'a str,
    detail: Option<&'a str>,
    help: &'a [String],
}

impl Counts {
    const fn of(summary: &Summary) -> Self {
        let Summary { upheld, broken, error, skipped, .. } = *summary;
        Self { upheld, broken, error, skipped, pending: summary.all_pending() }
    }
}

impl<'a> Interaction<'a> {
    fn of(finished: &'a Finished) -> Self {
        Self {
            consumer: finished.consumer.as_str(),
            provider: finished.provider.as_str(),
            name: &finished.name,
            id: &finished.id,
            outcome: finished.outcome.word(),
            pending: finished.pending.is_some(),
            seconds: microseconds(finished.seconds),
            contract: Place { file: &finished.file, line: finished.line, needed_by: &finished.needed_by },
            given: &finished.given,
            instance: finished.instance.as_deref(),
            request: &finished.request,
            status: finished.status,
            mismatches: finished.mismatches.iter().map(Mismatch::of).collect(),
            unknown_codings: &finished.unknown_codings,
            error: finished.error.as_ref().map(Error::of),
        }
    }
}

impl<'a> Mismatch<'a> {
    fn of(shown: &'a ShownMismatch) -> Self {
        let mismatch = &shown.mismatch;
        Self {
            code: mismatch.code.0,
            part: mismatch.part.to_string(),
            path: &mismatch.path,
            expected: mismatch.expected.to_string(),
            actual: mismatch.actual.to_string(),
            message: mismatch.message(),
            line: shown.asked.as_ref().map(|asked| asked.line),
            hint: mismatch.hint.as_deref(),
        }
    }
}

impl<'a> Error<'a> {
    fn of(error: &'a RunError) -> Self {
        Self { code: error.code.0, message: &error.message, detail: error.detail.as_deref(), help: &error.help }
    }
}

/// Seconds to the microsecond: anything finer is noise.
fn microseconds(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}
