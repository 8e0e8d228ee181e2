//! One row as text: the pair in the first line, then the causes, the owners and the next steps.

use std::fmt::Write as _;

use anstyle::Style;

use super::super::escape::{opening, shown, shown_sentence};
use super::super::palette::{Palette, paint};
use super::causes::{INDENT, causes, in_short};
use super::listed;
use super::texts::next_text;
use crate::gate::{Role, Row, Side, State};
use crate::words::count;

/// How many roles of a version are named: a service may be live on many instances.
const ROLES: usize = 4;
/// How many owners are named.
const OWNERS: usize = 5;
/// How many next steps are shown.
const NEXT: usize = 10;

/// A row with everything below it. `width` is the width of the column of states.
pub(super) fn row(row: &Row, width: usize, palette: &Palette) -> String {
    let title = title(row);
    let mut out = head(row.code.text(), (row.state().word(), style(row.state(), palette)), width, palette);
    let _ = writeln!(out, "{}", paint(palette.strong, &title.text));
    out.push_str(&causes(&row.causes[title.taken..], palette));
    if !row.owners.is_empty() {
        let word = if row.owners.len() == 1 { "owner" } else { "owners" };
        let _ = writeln!(out, "{INDENT}{word}: {}", owners(row));
    }
    for next in next(row) {
        out.push_str(&next_line(&next, palette));
    }
    out
}

/// The steps that clear a row, one per line.
pub(super) fn next(row: &Row) -> Vec<String> {
    let mut lines: Vec<String> = row.next.iter().take(NEXT).map(|next| shown_sentence(&next_text(next))).collect();
    let more = row.next.len().saturating_sub(NEXT);
    if more > 0 {
        lines.push(format!("and {}", count(more, "more step")));
    }
    lines
}

/// `G101 incompatible  `
pub(super) fn head(code: &str, (word, style): (&str, Style), width: usize, palette: &Palette) -> String {
    let gap = width.saturating_sub(word.len());
    format!("{} {}{:gap$}  ", paint(palette.faint, code), paint(style, word), "")
}

/// The width of the column of states for these rows.
pub(super) fn width<'r>(rows: impl IntoIterator<Item = &'r Row>) -> usize {
    rows.into_iter().map(|row| row.state().word().len()).max().unwrap_or(0)
}

/// The line of a next step.
pub(super) fn next_line(next: &str, palette: &Palette) -> String {
    format!("{INDENT}{} {}\n", paint(palette.help, "next:"), shown_sentence(next))
}

/// The owners of the service whose turn it is.
pub(super) fn owners(row: &Row) -> String {
    listed(row.owners.iter().map(|owner| shown(owner)), OWNERS)
}

/// The subject of a row.
pub(super) struct Title {
    pub text: String,
    /// How many of the row's causes it states already.
    pub taken: usize,
}

/// `storefront@77ab0 (live) needs orders@8f2c1 (candidate)`. A row without services states its first cause.
pub(super) fn title(row: &Row) -> Title {
    pair(row, side)
}

/// The same without roles, to name the row in lists of tests and annotations.
pub(super) fn name(row: &Row) -> String {
    shown(&pair(row, Side::short).text)
}

fn pair(row: &Row, side: impl Fn(&Side) -> String) -> Title {
    let text = match (&row.consumer, &row.provider) {
        (Some(consumer), Some(provider)) => format!("{} needs {}", side(consumer), side(provider)),
        (Some(one), None) | (None, Some(one)) => side(one),
        (None, None) => {
            return match row.causes.first() {
                Some(cause) => Title { text: opening(in_short(cause)), taken: 1 },
                None => Title { text: String::from("the store"), taken: 0 },
            };
        }
    };
    Title { text, taken: 0 }
}

fn side(side: &Side) -> String {
    let mut words: Vec<String> = Vec::new();
    for role in &side.roles {
        let word = match role {
            Role::Live { instance: Some(instance), .. } => format!("{} on {instance}", role.word()),
            _ => role.word().to_owned(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let roles = listed(words.into_iter(), ROLES);
    if roles.is_empty() { side.short() } else { format!("{} ({roles})", side.short()) }
}

/// The style of a state's word.
pub(super) const fn style(state: State, palette: &Palette) -> Style {
    match state {
        State::Incompatible => palette.broken,
        State::Unknown | State::MissingProvider => palette.error,
        State::Unverified => palette.warning,
        State::Compatible => palette.upheld,
    }
}
