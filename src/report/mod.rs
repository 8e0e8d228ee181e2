//! Reports: for people, for programs, for build systems.
//!
//! A report is built from [`verification::Event`](crate::verification::Event)s, from
//! [`source::Finding`](crate::source::Finding)s, or from a [`gate::Decision`](crate::gate::Decision). It is written to
//! a writer of the caller's, or is a text that the caller writes: this module opens no file, asks no terminal and
//! decides no exit code. Colour is a [`Palette`], and the default one has none.
//!
//! Providers and contracts may contain anything, and terminals and build systems obey what they read. So no foreign
//! text is written as it is: control characters are written out, lengths are bounded, and no line of a report begins
//! with foreign text.

mod advice;
mod converted;
mod decision;
mod diff;
mod escape;
mod failure;
mod fanout;
pub mod findings;
mod github;
mod human;
mod interaction;
mod json;
mod junit;
mod markdown;
mod mismatch;
mod mocked;
mod palette;
mod progress;
mod recorded;
mod summary;
#[cfg(test)]
mod tests;

use std::io;

use crate::verification::{Event, Summary};

pub use converted::conversion_remark;
pub use decision::{
    DecisionReport, decision_github, decision_human, decision_json, decision_junit, decision_markdown, fact_text,
    next_text, notice_next_text, notice_text, status_human, status_json, undecided_json, undecided_junit,
    undecided_markdown,
};
pub use diff::compared;
pub use escape::defused_lines;
pub use failure::{done_markdown, failure, failure_github, failure_markdown, note, nothing_to_do};
pub use fanout::{Fanout, WriteFailure};
pub use github::Github;
pub use human::Human;
pub use interaction::interaction;
pub use json::{Json, unverified_json};
pub use junit::Junit;
pub use markdown::{COMMENT, Markdown, SUMMARY};
pub use mismatch::mismatches;
pub use mocked::{Nearest, refused, refused_without, served, unused};
pub use palette::Palette;
pub use progress::Progress;
pub use recorded::{recorded_contract, secrets};

/// One form of the report of a run.
pub trait Reporter {
    /// Takes an event. Events come in the contracts' order.
    ///
    /// # Errors
    ///
    /// Whatever kept the text from being written.
    fn event(&mut self, event: &Event) -> io::Result<()>;

    /// Ends the report; nothing comes after it.
    ///
    /// # Errors
    ///
    /// Whatever kept the text from being written.
    fn finish(&mut self, conclusion: &Conclusion) -> io::Result<()>;
}

/// The conclusion of a run, with which the reports end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conclusion {
    pub summary: Summary,
    /// The exit code of the program.
    pub exit_code: u8,
    /// How long the run took, in seconds, if that is shown.
    pub seconds: Option<f64>,
}
