//! The state of reading one contract: its source, its files, and the findings so far. The other files of this module add
//! the reading of interactions, messages and rules.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::attachments::Attachments;
use super::codes::SAME_PLACE;
use super::rule_text::RuleReader;
use crate::source::{Code, Finding, Findings, Pointer, Position, SourceFile, Span};

/// The reading of one file.
pub(super) struct Reader<'a> {
    pub(super) source: &'a SourceFile,
    /// The places where the YAML itself has errors: the values that were read there are guesses.
    mistaken: HashSet<Position>,
    pub(super) attachments: &'a dyn Attachments,
    pub(super) rules: RuleReader<'a>,
    /// The parameters of the current interaction's provider states.
    pub(super) params: Map<String, Value>,
    /// How much memory it takes to fill the messages that were read, beyond their own: a mock keeps them all.
    pub(super) inserted: usize,
    pub(super) findings: Findings,
}

impl<'a> Reader<'a> {
    /// A reader that has read nothing yet; `findings` are those of the file's shape.
    pub(super) fn new(
        source: &'a SourceFile,
        attachments: &'a dyn Attachments,
        mistaken: HashSet<Position>,
        findings: Findings,
    ) -> Self {
        Self {
            source,
            mistaken,
            attachments,
            rules: RuleReader::new(attachments),
            params: Map::new(),
            inserted: 0,
            findings,
        }
    }

    /// Whether there are so many errors that further ones wouldn't be shown.
    pub(super) const fn is_full(&self) -> bool {
        self.findings.is_full()
    }

    /// Reports an error at a value.
    pub(super) fn error(&mut self, code: Code, at: &Pointer, message: impl Into<String>, help: Option<String>) {
        self.report(code, self.source.place(at), message, help);
    }

    /// Reports an error at a key.
    pub(super) fn key_error(&mut self, code: Code, at: &Pointer, message: impl Into<String>, help: Option<String>) {
        self.report(code, self.source.key_place(at), message, help);
    }

    fn report(&mut self, code: Code, span: Option<Span>, message: impl Into<String>, help: Option<String>) {
        self.push(Finding::error(code, &self.source.name, span, message).maybe_help(help));
    }

    /// Reports a second rule for the same place as the one whose key is at `first`.
    pub(super) fn same_place(&mut self, at: &Pointer, first: &Pointer, message: impl Into<String>) {
        let file = &self.source.name;
        let finding = Finding::error(SAME_PLACE, file, self.source.key_place(at), message);
        self.push(finding.place(file, self.source.key_place(first), "the first rule").help("keep one of the two"));
    }

    /// Adds a finding, unless it may follow from an error in the YAML itself.
    pub(super) fn push(&mut self, finding: Finding) {
        if !finding.span.is_some_and(|span| self.mistaken.contains(&span.start)) {
            self.findings.push(finding);
        }
    }
}
