//! A decision for people: one line, then a row for each pair that needs attention, then the notices.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::escape::{opening, shown_sentence};
use super::super::palette::{Palette, paint};
use super::causes::{INDENT, in_short};
use super::row::{head, name, next_line, row, style, width};
use super::texts::{notice_next_text, notice_text};
use super::{DecisionReport, sentence, store, subject};
use crate::gate::{Cause, GateCode, Notice, Row, State};
use crate::ledger::ServiceVersion;
use crate::words::count;

/// The gap between the parts of the first line.
const GAP: &str = "     ";
/// How many pairs that are compatible for a special reason are shown when compatible pairs are only counted.
const SPECIAL: usize = 3;

/// A decision for people: the verdict in the first line, then the rows that need attention, each with its causes and
/// next steps, then the number of compatible pairs, and the notices.
#[must_use]
pub fn decision_human(report: &DecisionReport<'_>, palette: &Palette) -> String {
    let decision = report.decision;
    let (word, style) = if decision.allow { ("ALLOW", palette.upheld) } else { ("DENY", palette.broken) };
    let dry_run = if report.dry_run { " (dry run)" } else { "" };
    let mut out = format!(
        "{}{dry_run}  {}{GAP}{}{GAP}{}\n",
        paint(style, word),
        subject(decision, &|text| paint(palette.strong, text).to_string()),
        sentence(&decision.rows),
        paint(palette.faint, store(&decision.store, report.age_seconds)),
    );
    if !decision.order.is_empty() {
        let _ = writeln!(
            out,
            "{}  {} (the decision assumes this order)",
            paint(palette.help, "order"),
            order(&decision.order)
        );
    }
    let all = rows(&decision.rows, report.all, palette);
    if !all.is_empty() {
        out.push('\n');
        out.push_str(&all);
    }
    if !decision.notices.is_empty() {
        out.push('\n');
        out.push_str(&notices(&decision.notices, palette));
    }
    out
}

/// `orders@2, then storefront@5`
pub(super) fn order(order: &[ServiceVersion]) -> String {
    order.iter().map(ServiceVersion::short).collect::<Vec<_>>().join(", then ")
}

/// The rows that need attention in full, and the others in full, too, or their number by code.
pub(super) fn rows(rows: &[Row], all: bool, palette: &Palette) -> String {
    let width = width(rows);
    let mut out = String::new();
    for one in rows.iter().filter(|row| all || row.state() != State::Compatible) {
        out.push_str(&row(one, width, palette));
    }
    if !all {
        out.push_str(&compatible(rows, width, " (--all lists them)", palette));
    }
    out
}

/// `G001 compatible    6 pairs (--all lists them)`: a line for each code, followed by the pairs that are compatible
/// although not every interaction is upheld.
pub(super) fn compatible(rows: &[Row], width: usize, hint: &str, palette: &Palette) -> String {
    let mut by_code: BTreeMap<GateCode, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state() == State::Compatible) {
        by_code.entry(row.code).or_default().push(row);
    }
    let mut out = String::new();
    for (code, rows) in by_code {
        out.push_str(&head(code.text(), (State::Compatible.word(), style(State::Compatible, palette)), width, palette));
        let _ = writeln!(out, "{}{hint}", count(rows.len(), "pair"));
        // The last cause says why the others don't count.
        let special: Vec<(&Row, &Cause)> = rows.iter().filter_map(|row| Some((*row, row.causes.last()?))).collect();
        for (row, cause) in special.iter().take(SPECIAL) {
            let _ = writeln!(out, "{INDENT}{}: {}", opening(name(row)), in_short(cause));
        }
        if special.len() > SPECIAL {
            let _ = writeln!(out, "{INDENT}and {}", count(special.len() - SPECIAL, "more pair"));
        }
    }
    out
}

/// A line for each notice, and another one for the next step.
pub(super) fn notices(notices: &[Notice], palette: &Palette) -> String {
    let mut out = String::new();
    for notice in notices {
        let head = head(notice.code().text(), ("note", palette.help), 0, palette);
        let _ = writeln!(out, "{head}{}", shown_sentence(&notice_text(notice)));
        if let Some(next) = notice_next_text(notice) {
            out.push_str(&next_line(&next, palette));
        }
    }
    out
}
