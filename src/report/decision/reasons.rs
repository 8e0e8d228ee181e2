//! The causes of a row as lines: what each interaction came to, aligned, what has no result, and all else as it was told.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::super::escape::{opening, shown, shown_sentence};
use super::super::palette::{Palette, paint};
use super::listed;
use crate::gate::Because;
use crate::ledger::Reason;
use crate::words::count;

/// What stands left of all that is said below a row's first line.
pub(super) const INDENT: &str = "     ";
/// How many causes of a row are shown; machine forms hold them all.
const MOST: usize = 10;
/// How many reasons of one interaction are shown.
const SAID: usize = 5;
/// How many interactions without a result are named.
const NAMES: usize = 5;
/// How wide a column gets before what is wider has a line to itself.
const COLUMN: usize = 36;
/// How wide a mismatch gets before what came has a line to itself.
const WIDE: usize = 90;
/// What stands between columns.
const GAP: usize = 3;

/// The causes, one below the other. At most ten are shown, and the number of the others.
pub(super) fn reasons(all: &[Because], palette: &Palette) -> String {
    let shown = &all[..all.len().min(MOST)];
    let layout = Layout::of(shown);
    let mut out = String::new();
    for because in shown {
        match because {
            Because::Interaction { name, said, .. } => layout.write(&mut out, name, said, palette),
            Because::NoResult { names, of } => {
                let _ = writeln!(out, "{INDENT}{}", no_result(names, *of));
            }
            Because::Told(text) => {
                let _ = writeln!(out, "{INDENT}{}", opening(shown_sentence(text)));
            }
        }
    }
    if all.len() > MOST {
        let _ = writeln!(out, "{INDENT}and {}", count(all.len() - MOST, "more cause"));
    }
    out
}

/// A cause in one line of plain text.
pub(super) fn in_short(because: &Because) -> String {
    match because {
        Because::Interaction { name, said, .. } => {
            let first = said.first().map_or_else(|| vec![NOTHING_SAID.to_owned()], parts);
            let more = said.len().saturating_sub(1);
            let more = if more == 0 { String::new() } else { format!(" (and {})", count(more, "more reason")) };
            format!("{}: {}{more}", shown(name), first.join(", "))
        }
        Because::NoResult { names, of } => no_result(names, *of),
        Because::Told(text) => shown_sentence(text),
    }
}

/// `2 of 9 interactions have no result: get an order, list the orders`
fn no_result(names: &[String], of: usize) -> String {
    let said = match (names.len(), of) {
        (_, 1) => String::from("the only interaction has no result"),
        (number, of) if number >= of => format!("none of the {of} interactions has a result"),
        (1, of) => format!("1 of {of} interactions has no result"),
        (number, of) => format!("{number} of {of} interactions have no result"),
    };
    format!("{said}: {}", listed(names.iter().map(|name| shown(name)), NAMES))
}

/// What stands for the reasons of a record that has none.
const NOTHING_SAID: &str = "no reason was recorded";

/// `body items[0].qty`, `expected an integer`, `got a string`: what a reason holds, each part by itself.
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

/// Whether it is a mismatch, which has both what was expected and what came.
fn is_mismatch(reason: &Reason) -> bool {
    !reason.expected.is_empty() || !reason.actual.is_empty()
}

/// What went wrong, where that is no mismatch; the code alone, where nothing else is there.
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
    fn of(all: &[Because]) -> Self {
        let mut layout = Self { name: 0, place: 0 };
        let widen = |column: &mut usize, text: &str| {
            let width = cell(text).width();
            if width <= COLUMN {
                *column = width.max(*column);
            }
        };
        for because in all {
            let Because::Interaction { name, said, .. } = because else { continue };
            widen(&mut layout.name, name);
            for reason in said.iter().take(SAID) {
                widen(&mut layout.place, &reason.place);
            }
        }
        layout
    }

    fn write(&self, out: &mut String, name: &str, said: &[Reason], palette: &Palette) {
        out.push_str(INDENT);
        let at = column(out, INDENT.len(), name, self.name, palette);
        if said.is_empty() {
            let _ = writeln!(out, "{NOTHING_SAID}");
        }
        for (index, reason) in said.iter().take(SAID).enumerate() {
            if index > 0 {
                let _ = write!(out, "{:at$}", "");
            }
            self.reason(out, at, reason, palette);
        }
        if said.len() > SAID {
            let _ = writeln!(out, "{:at$}and {}", "", count(said.len() - SAID, "more reason"));
        }
    }

    /// One reason, from the column `at` on, to the end of its line.
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

/// Writes a foreign text as a column that begins at `at`, and goes on to the next one, on a new line if the text is too
/// wide. Tells where the next one begins.
fn column(out: &mut String, at: usize, text: &str, width: usize, palette: &Palette) -> usize {
    let text = cell(text);
    let next = at + width + GAP;
    let (gap, blanks) = if text.width() > width { ("\n", next) } else { ("", width - text.width() + GAP) };
    let _ = write!(out, "{}{gap}{:blanks$}", paint(palette.strong, text), "");
    next
}

/// A foreign text that a line may begin with.
fn cell(text: &str) -> String {
    opening(shown(text))
}
