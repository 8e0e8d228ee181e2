//! A finding: one thing that is wrong or unwise in a file, with its place and what to do about it.

use std::fmt;
use std::sync::Arc;

use super::Span;

/// A stable code, like `C103`. It never changes its meaning once it was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

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
    /// The file as the user knows it: relative where it was found from the working directory.
    pub file: Arc<str>,
    /// The place, where the finding is about one and not about the file as a whole.
    pub span: Option<Span>,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// What to do next, one sentence each.
    pub help: Vec<String>,
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
            help: Vec::new(),
        }
    }

    /// A warning at a place.
    pub fn warning(code: Code, file: &Arc<str>, span: Option<Span>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, file, span, message) }
    }

    /// The same finding with one more sentence of what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same finding with a sentence of what to do, where there is one.
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

/// Puts findings in the order in which a reader meets them, and drops what was said twice.
pub fn sort_findings(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| (&a.file, a.span, a.code, &a.message).cmp(&(&b.file, b.span, b.code, &b.message)));
    findings.dedup();
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
