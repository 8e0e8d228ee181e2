//! A finding: one thing that is wrong or unwise in a file, with its place and what to do about it.

use std::collections::HashSet;
use std::sync::Arc;

use super::codes::{Code, OVER_LIMIT};
use super::{Position, Span};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file can't be used as it is.
    Error,
    /// The file can be used, but somebody will be surprised.
    Warning,
}

/// One thing to say about one place of one file. Data only: the reports make text of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    pub severity: Severity,
    /// The file as the user knows it: relative if it was found from the working directory.
    pub file: Arc<str>,
    /// The place, if the finding is about one and not about the file as a whole.
    pub span: Option<Span>,
    /// The problem, as a sentence without a full stop.
    pub message: String,
    /// Further places that explain it, in this file or in others.
    pub places: Box<[Place]>,
    /// The next steps, one sentence each.
    pub help: Vec<String>,
}

/// A further place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    pub span: Span,
    /// A few words about the place: `first used here`.
    pub label: String,
}

impl Finding {
    /// An error at a place.
    pub fn error(code: Code, file: &Arc<str>, span: Option<Span>, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file: Arc::clone(file),
            span,
            message: message.into(),
            places: Box::default(),
            help: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(code: Code, file: &Arc<str>, span: Option<Span>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, file, span, message) }
    }

    /// The same finding with a further place, if its span is known.
    #[must_use]
    pub fn place(mut self, file: &Arc<str>, span: Option<Span>, label: impl Into<String>) -> Self {
        if let Some(span) = span {
            let place = Place { file: Arc::clone(file), span, label: label.into() };
            self.places = self.places.into_iter().chain([place]).collect();
        }
        self
    }

    /// The same finding with one more next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same finding with a next step, if there is one.
    #[must_use]
    pub fn maybe_help(self, help: Option<String>) -> Self {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Whether the file can't be used because of this.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// How many findings of one severity a file gets: enough for every file that a person writes, and an end for one that
/// is broken in each of its million places.
pub const MOST_FINDINGS: usize = 500;

/// Findings while they are made. Beyond [`MOST_FINDINGS`] of a severity they are counted and not kept.
#[derive(Debug)]
pub struct Findings {
    file: Arc<str>,
    kept: Vec<Finding>,
    errors: usize,
    warnings: usize,
}

impl Findings {
    /// No findings yet about a file.
    #[must_use]
    pub fn new(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), kept: Vec::new(), errors: 0, warnings: 0 }
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        let number = if finding.is_error() { &mut self.errors } else { &mut self.warnings };
        *number += 1;
        if *number <= MOST_FINDINGS {
            self.kept.push(finding);
        }
    }

    /// Whether there was an error.
    #[must_use]
    pub const fn any_error(&self) -> bool {
        self.errors > 0
    }

    /// Whether further errors would not be kept, so looking for them is pointless.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.errors >= MOST_FINDINGS
    }

    /// The places of errors: further problems there may follow from them.
    #[must_use]
    pub fn error_places(&self) -> HashSet<Position> {
        let errors = self.kept.iter().filter(|finding| finding.is_error());
        errors.filter_map(|finding| finding.span.map(|span| span.start)).collect()
    }

    /// All that were kept, in reading order, with a last one that says if others were left out.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Finding> {
        let mut findings = self.kept;
        sort_findings(&mut findings);
        // Reading may have stopped when this was full, so the total isn't known.
        let left_out = "there are more findings than these";
        if self.errors >= MOST_FINDINGS {
            findings.push(
                Finding::error(OVER_LIMIT, &self.file, None, left_out)
                    .help(format!("the first {MOST_FINDINGS} errors are shown: fix them, then check again")),
            );
        } else if self.warnings > MOST_FINDINGS {
            findings.push(
                Finding::warning(OVER_LIMIT, &self.file, None, left_out)
                    .help(format!("the first {MOST_FINDINGS} warnings are shown")),
            );
        }
        findings
    }
}

impl Extend<Finding> for Findings {
    fn extend<T: IntoIterator<Item = Finding>>(&mut self, findings: T) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }
}

/// Sorts findings in reading order, and drops duplicates.
pub fn sort_findings(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| (&a.file, a.span, a.code, &a.message).cmp(&(&b.file, b.span, b.code, &b.message)));
    findings.dedup();
}
