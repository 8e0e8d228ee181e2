//! The causes of a row as lines: the interactions with their reasons in columns, and everything else as sentences.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::super::escape::{opening, shown, shown_sentence};
use super::super::palette::{Palette, paint};
use super::listed;
use super::texts::fact_text;
use crate::gate::Cause;
use crate::ledger::Reason;
use crate::words::count;

/// The indentation of everything below a row's first line.
pub(super) const INDENT: &str = "     ";
/// How many causes of a row are shown; machine forms have them all.
const MOST: usize = 10;
/// How many reasons of one interaction are shown.
const REASONS: usize = 5;
/// How many interactions without a result are named.
const NAMES: usize = 5;
/// The widest column; wider texts get a line to themselves.
const COLUMN: usize = 36;
/// The widest mismatch; in a wider one, the actual value gets a line to itself.
const WIDE: usize = 90;
/// The gap between columns.
const GAP: usize = 3;

/// The causes, one below the other: at most ten, and the number of the others.
pub(super) fn causes(all: &[Cause], palette: &Palette) -> String {
    let shown = &all[..all.len().min(MOST)];
    let layout = Layout::of(shown);
    let mut out = String::new();
    for cause in shown {
        match cause {
            Cause::Interaction { name, reasons, .. } => layout.write(&mut out, name, reasons, palette),
            Cause::NoResult { names, of } => {
                let _ = writeln!(out, "{INDENT}{}", no_result(names, *of));
            }
            Cause::Fact(fact) => {
                let _ = writeln!(out, "{INDENT}{}", opening(shown_sentence(&fact_text(fact))));
            }
        }
    }
    if all.len() > MOST {
        let _ = writeln!(out, "{INDENT}and {}", count(all.len() - MOST, "more cause"));
    }
    out
}

/// A cause in one line of plain text.
pub(super) fn in_short(cause: &Cause) -> String {
    match cause {
        Cause::Interaction { name, reasons, .. } => {
            let first = reasons.first().map_or_else(|| vec![NO_REASON.to_owned()], parts);
            let more = reasons.len().saturating_sub(1);
            let more = if more == 0 { String::new() } else { format!(" (and {})", count(more, "more reason")) };
            format!("{}: {}{more}", shown(name), first.join(", "))
        }
        Cause::NoResult { names, of } => no_result(names, *of),
        Cause::Fact(fact) => shown_sentence(&fact_text(fact)),
    }
}

/// `2 of 9 interactions have no result: get an order, list the orders`
fn no_result(names: &[String], of: usize) -> String {
    let number = match (names.len(), of) {
        (_, 1) => String::from("the only interaction has no result"),
        (number, of) if number >= of => format!("none of the {of} interactions has a result"),
        (1, of) => format!("1 of {of} interactions has no result"),
        (number, of) => format!("{number} of {of} interactions have no result"),
    };
    format!("{number}: {}", listed(names.iter().map(|name| shown(name)), NAMES))
}

/// Stands for the reasons if a record has none.
const NO_REASON: &str = "no reason was recorded";

/// The parts of a reason: `body items[0].qty`, `expected an integer`, `got a string`.
fn parts(reason: &Reason) -> Vec<String> {
    let mut parts = Vec::new();
    if !reason.place.is_empty() {
        parts.push(shown(&reason.place));
    }
    if is_mismatch(reason) {
        parts.push(format!("expected {}", shown(&reason.expected)));
        parts.push(format!("got {}", shown(&reason.actual)));
    }
    parts.extend(message(reason));
    parts
}

/// Whether a reason is a mismatch, with an expected and an actual value.
fn is_mismatch(reason: &Reason) -> bool {
    !reason.expected.is_empty() || !reason.actual.is_empty()
}

/// The error, if the reason isn't a mismatch; only its code if there is nothing else.
fn message(reason: &Reason) -> Option<String> {
    if !reason.message.is_empty() {
        Some(format!("{}: {}", cell(&reason.code), shown_sentence(&reason.message)))
    } else if is_mismatch(reason) {
        None
    } else {
        Some(cell(&reason.code))
    }
}

/// The columns of the interactions of a row.
struct Layout {
    name: usize,
    place: usize,
}

impl Layout {
    fn of(all: &[Cause]) -> Self {
        let mut layout = Self { name: 0, place: 0 };
        let widen = |column: &mut usize, text: &str| {
            let width = cell(text).width();
            if width <= COLUMN {
                *column = width.max(*column);
            }
        };
        for cause in all {
            let Cause::Interaction { name, reasons, .. } = cause else { continue };
            widen(&mut layout.name, name);
            for reason in reasons.iter().take(REASONS) {
                widen(&mut layout.place, &reason.place);
            }
        }
        layout
    }

    fn write(&self, out: &mut String, name: &str, reasons: &[Reason], palette: &Palette) {
        out.push_str(INDENT);
        let at = column(out, INDENT.len(), name, self.name, palette);
        if reasons.is_empty() {
            let _ = writeln!(out, "{NO_REASON}");
        }
        for (index, reason) in reasons.iter().take(REASONS).enumerate() {
            if index > 0 {
                let _ = write!(out, "{:at$}", "");
            }
            self.reason(out, at, reason, palette);
        }
        if reasons.len() > REASONS {
            let _ = writeln!(out, "{:at$}and {}", "", count(reasons.len() - REASONS, "more reason"));
        }
    }

    /// Writes one reason, from the column `at` to the end of its line.
    fn reason(&self, out: &mut String, mut at: usize, reason: &Reason, palette: &Palette) {
        if !reason.place.is_empty() {
            at = column(out, at, &reason.place, self.place, palette);
        }
        if is_mismatch(reason) {
            let (expected, actual) = (shown(&reason.expected), shown(&reason.actual));
            let (gap, indent) = if expected.width() + actual.width() > WIDE { ("\n", at) } else { ("", GAP) };
            let expected = paint(palette.expected, expected);
            let _ = write!(out, "expected {expected}{gap}{:indent$}got {}", "", paint(palette.actual, actual));
        }
        if let Some(message) = message(reason) {
            if is_mismatch(reason) {
                let _ = write!(out, "\n{:at$}", "");
            }
            out.push_str(&message);
        }
        out.push('\n');
    }
}

/// Writes a foreign text into the column that begins at `at`, followed by a new line if it is too wide. Returns where the
/// next column begins.
fn column(out: &mut String, at: usize, text: &str, width: usize, palette: &Palette) -> usize {
    let text = cell(text);
    let next = at + width + GAP;
    let (gap, blanks) = if text.width() > width { ("\n", next) } else { ("", width - text.width() + GAP) };
    let _ = write!(out, "{}{gap}{:blanks$}", paint(palette.strong, text), "");
    next
}

/// A foreign text that may begin a line.
fn cell(text: &str) -> String {
    opening(shown(text))
}
