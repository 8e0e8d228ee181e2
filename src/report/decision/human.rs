//! A decision for people: one line, a row for each pair that needs attention, and what is worth knowing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::escape::{opening, shown_sentence};
use super::super::palette::{Palette, paint};
use super::reasons::{INDENT, in_short};
use super::row::{head, name, next_line, row, style, width};
use super::{Told, candidates, sentence, store};
use crate::gate::{Because, Notice, Row, State};
use crate::ledger::ServiceVersion;
use crate::words::count;

/// What stands between the parts of the first line.
const GAP: &str = "     ";
/// How many pairs that are compatible for a special reason are shown where these are only counted.
const SPECIAL: usize = 3;

/// A decision as a person reads it: the answer in the first line, then the rows that need attention, each with its
/// causes and what clears it, then the number of those that are compatible, and what else is worth knowing.
#[must_use]
pub fn decision_human(told: &Told<'_>, palette: &Palette) -> String {
    let decision = told.decision;
    let (word, style) = if decision.allow { ("ALLOW", palette.upheld) } else { ("DENY", palette.broken) };
    let dry_run = if told.dry_run { " (dry run)" } else { "" };
    let mut out = format!(
        "{}{dry_run}  {} → {}{GAP}{}{GAP}{}\n",
        paint(style, word),
        paint(palette.strong, candidates(decision)),
        paint(palette.strong, &decision.environment),
        sentence(&decision.rows),
        paint(palette.faint, store(&decision.store, told.age_seconds)),
    );
    if !decision.order.is_empty() {
        let _ = writeln!(
            out,
            "{}  {}: the answer holds for this order",
            paint(palette.help, "order"),
            order(&decision.order)
        );
    }
    let all = rows(&decision.rows, told.all, palette);
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

/// The rows that need attention in full, and the others too or, by their code, their number.
pub(super) fn rows(rows: &[Row], all: bool, palette: &Palette) -> String {
    let width = width(rows);
    let mut out = String::new();
    for one in rows.iter().filter(|row| all || row.state != State::Compatible) {
        out.push_str(&row(one, width, palette));
    }
    if !all {
        out.push_str(&compatible(rows, width, " (--all lists them)", palette));
    }
    out
}

/// `G001 compatible    6 pairs (--all lists them)`: a line for each code, and below it the pairs that are compatible for
/// another reason than that every interaction is upheld.
pub(super) fn compatible(rows: &[Row], width: usize, hint: &str, palette: &Palette) -> String {
    let mut by_code: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state == State::Compatible) {
        by_code.entry(row.code).or_default().push(row);
    }
    let mut out = String::new();
    for (code, rows) in by_code {
        out.push_str(&head(code, (State::Compatible.word(), style(State::Compatible, palette)), width, palette));
        let _ = writeln!(out, "{}{hint}", count(rows.len(), "pair"));
        // The last reason is why the others don't count.
        let special: Vec<(&Row, &Because)> = rows.iter().filter_map(|row| Some((*row, row.reasons.last()?))).collect();
        for (row, because) in special.iter().take(SPECIAL) {
            let _ = writeln!(out, "{INDENT}{}: {}", opening(name(row)), in_short(because));
        }
        if special.len() > SPECIAL {
            let _ = writeln!(out, "{INDENT}and {}", count(special.len() - SPECIAL, "more pair"));
        }
    }
    out
}

/// A line for each notice with its code, and one for what to do about it.
pub(super) fn notices(notices: &[Notice], palette: &Palette) -> String {
    let mut out = String::new();
    for notice in notices {
        let head = head(notice.code, ("note", palette.help), 0, palette);
        let _ = writeln!(out, "{head}{}", shown_sentence(&notice.text));
        if let Some(next) = &notice.next {
            out.push_str(&next_line(next, palette));
        }
    }
    out
}
