//! A decision for a step summary or a comment: the verdict first, then everything that needs attention, each row
//! folded.

use std::fmt::Write as _;

use super::super::escape::shown;
use super::super::markdown::{NOTE, code, folded, html, within};
use super::super::palette::Palette;
use super::human::{compatible, notices, order};
use super::row::{name, row, width};
use super::{DecisionReport, UNDECIDED, UNDECIDED_NEXT, as_written, sentence, store, subject};
use crate::gate::{Row, State};
use crate::words::count;

/// The most bytes that one row may take.
const SECTION: usize = 16_000;
/// Notices may take one of this many parts of the whole.
const ASIDE: usize = 5;

/// A decision as Markdown of at most `limit` bytes: [`SUMMARY`](super::super::SUMMARY) for a step's summary,
/// [`COMMENT`](super::super::COMMENT) for a comment. Rows that don't fit are counted.
#[must_use]
pub fn decision_markdown(report: &DecisionReport<'_>, limit: usize) -> String {
    let decision = report.decision;
    let answer = if decision.allow { "allow" } else { "deny" };
    let dry_run = if report.dry_run { " (dry run)" } else { "" };
    let mut text = format!(
        "## Gate: {answer}{dry_run}\n\n{}: {}\n\n{}\n",
        subject(decision, &code),
        sentence(&decision.rows),
        code(&store(&decision.store, report.age_seconds)),
    );
    if !decision.order.is_empty() {
        let _ = writeln!(text, "\nThe decision assumes this order: {}", code(&order(&decision.order)));
    }
    let aside = aside(report, limit / ASIDE);
    let blocking: Vec<&Row> = decision.blocking().collect();
    if !blocking.is_empty() {
        text.push_str("\n### What needs attention\n");
    }
    for (done, row) in blocking.iter().enumerate() {
        let section = section(row);
        if text.len() + section.len() + aside.len() + NOTE > limit {
            let _ = writeln!(
                text,
                "\nand {}, left out because the report is too large. `--report json` has them all.",
                count(blocking.len() - done, "more pair")
            );
            break;
        }
        text.push_str(&section);
    }
    text.push_str(&aside);
    text
}

/// The report before there is a decision. `candidates` are as the user wrote them.
#[must_use]
pub fn undecided_markdown(environment: &str, candidates: &[String]) -> String {
    format!(
        "## Gate: deny\n\n{} → {}: {UNDECIDED}\n\n{UNDECIDED_NEXT}\n",
        code(&as_written(candidates)),
        code(&shown(environment)),
    )
}

/// One row, folded.
fn section(one: &Row) -> String {
    let summary = format!("<b>{}</b> {} <code>{}</code>", one.state().word(), one.code, html(&name(one)));
    folded(&summary, &within(&row(one, width([one]), &Palette::default()), SECTION))
}

/// The notices, and the pairs that are compatible although not every interaction is upheld.
fn aside(report: &DecisionReport<'_>, bytes: usize) -> String {
    let decision = report.decision;
    let notes = notices(&decision.notices, &Palette::default());
    let special = decision.rows.iter().filter(|row| row.state() == State::Compatible && !row.causes.is_empty());
    let special: Vec<Row> = special.cloned().collect();
    let text = compatible(&special, 0, "", &Palette::default()) + &notes;
    if text.is_empty() {
        return text;
    }
    folded("Worth knowing", &within(&text, bytes))
}
