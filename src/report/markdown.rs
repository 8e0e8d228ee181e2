//! The report for a step summary or a comment, in GitHub's Markdown. The verdict first, a table of the pairs, and
//! everything that needs attention, folded.

use std::fmt::Write as _;
use std::io;

use indexmap::IndexMap;

use super::human::Human;
use super::interaction::{name, needed_by, of_one_cause, pair, rank, reason, word};
use super::{Conclusion, Palette, Reporter, summary};
use crate::verification::{Event, Finished, Outcome, Summary, Verdict};
use crate::words::count;

/// The largest summary, in bytes: below the 1024 KiB that GitHub accepts for a step.
pub const SUMMARY: usize = 1_000_000;
/// The largest comment, in bytes: below the 65,536 characters that GitHub accepts for one.
pub const COMMENT: usize = 65_000;
/// The space for a note about the sections that were left out.
pub(super) const NOTE: usize = 500;

/// Collects the events and writes them as one text when the run ends.
#[derive(Debug)]
pub struct Markdown<W> {
    out: W,
    limit: usize,
    pairs: IndexMap<String, Summary>,
    attention: Vec<Finished>,
}

impl<W: io::Write> Markdown<W> {
    /// A report that is written to `out`, of less than a million bytes.
    pub fn new(out: W) -> Self {
        Self { out, limit: SUMMARY, pairs: IndexMap::new(), attention: Vec::new() }
    }

    /// The same report with at most `bytes` bytes, such as [`COMMENT`].
    #[must_use]
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }
}

impl<W: io::Write> Reporter for Markdown<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Finished(finished) = event {
            self.pairs.entry(pair(finished)).or_default().add(finished.outcome, finished.pending.is_some());
            if finished.outcome != Outcome::Upheld {
                self.attention.push(finished.as_ref().clone());
            }
        }
        Ok(())
    }

    fn finish(&mut self, conclusion: &Conclusion) -> io::Result<()> {
        // The worst first; among their like, the contracts' order stays.
        self.attention.sort_by_key(rank);
        let mut text = head(conclusion);
        table(&mut text, &self.pairs, self.limit / 2);
        details(&mut text, &self.attention, self.limit)?;
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

fn head(conclusion: &Conclusion) -> String {
    let verdict = match conclusion.summary.verdict() {
        Verdict::Upheld => "upheld",
        Verdict::Broken => "broken",
        Verdict::Error => "not verified",
    };
    let time = conclusion.seconds.map(|seconds| format!(" in {}", summary::duration(seconds))).unwrap_or_default();
    format!("## Contracts: {verdict}\n\n{}{time}\n", summary::sentence(&conclusion.summary))
}

fn table(text: &mut String, pairs: &IndexMap<String, Summary>, limit: usize) {
    if pairs.is_empty() {
        return;
    }
    text.push_str("\n| consumer → provider | upheld | broken | error | skipped | pending |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|\n");
    for (index, (pair, summary)) in pairs.iter().enumerate() {
        if text.len() > limit {
            let _ = writeln!(text, "\nand {}", count(pairs.len() - index, "more pair"));
            return;
        }
        let bold = |number: usize| if number > 0 { format!("**{number}**") } else { number.to_string() };
        let _ = writeln!(
            text,
            "| {pair} | {} | {} | {} | {} | {} |",
            summary.upheld,
            bold(summary.failing_broken()),
            bold(summary.failing_error()),
            summary.failing_skipped(),
            summary.all_pending()
        );
    }
}

fn details(text: &mut String, attention: &[Finished], limit: usize) -> io::Result<()> {
    if attention.is_empty() {
        return Ok(());
    }
    text.push_str("\n### What needs attention\n");
    let mut done = 0;
    for group in attention.chunk_by(of_one_cause) {
        let section = section(group)?;
        if text.len() + section.len() + NOTE > limit {
            let _ = writeln!(
                text,
                "\nand {}, left out here to keep the report short. `--report json` has them all.",
                count(attention.len() - done, "more interaction")
            );
            return Ok(());
        }
        text.push_str(&section);
        done += group.len();
    }
    Ok(())
}

/// One folded section: an interaction, or all that were not run for the same reason.
fn section(group: &[Finished]) -> io::Result<String> {
    let Some(first) = group.first() else { return Ok(String::new()) };
    let (word, _) = word(first, &Palette::default());
    let summary = if group.len() > 1 {
        format!("<b>{word}</b> {}: <code>{}</code>", count(group.len(), "interaction"), html(&reason(first)))
    } else {
        let of = needed_by(first).map(|versions| format!(", needed by {}", html(&versions))).unwrap_or_default();
        format!("<b>{word}</b> {} <code>{}</code>{of}", pair(first), html(&name(first)))
    };

    let mut said = Vec::new();
    let mut human = Human::new(&mut said, Palette::default());
    for finished in group {
        human.finished(finished)?;
    }
    Ok(folded(&summary, &String::from_utf8_lossy(&said)))
}

/// A text under a summary that opens it. The summary is HTML; the text is shown as it is, whatever it contains.
pub(super) fn folded(summary: &str, text: &str) -> String {
    format!("\n<details>\n<summary>{summary}</summary>\n\n{}\n</details>\n", fenced(text))
}

/// Lines that are shown as they are, whatever they contain.
pub(super) fn fenced(text: &str) -> String {
    // A fence is ended only by one that is at least as long.
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    format!("{fence}text\n{text}{fence}\n")
}

/// The first lines of a text, as many as there is room for, and the number of the others.
pub(super) fn within(text: &str, bytes: usize) -> String {
    let mut out = String::new();
    for (index, line) in text.lines().enumerate() {
        if out.len() + line.len() > bytes {
            let _ = writeln!(out, "and {}", count(text.lines().count() - index, "more line"));
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// A text as Markdown shows it and obeys nothing in it. A span is ended only by as many backticks as began it, and takes
/// one blank on either side away.
pub(super) fn code(text: &str) -> String {
    let ticks = "`".repeat(longest_run(text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A text that is nothing but text within HTML.
pub(super) fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}
