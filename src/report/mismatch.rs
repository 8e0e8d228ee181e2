//! Mismatches as text: the expected and the actual value next to each other, and the contract's line that requires it.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::escape::{cut, defused, printable, shown, shown_sentence};
use super::palette::{Palette, paint};
use crate::interaction::{Mismatch, mismatch as codes};
use crate::source::Excerpt;
use crate::verification::{ContractLine, ShownMismatch};
use crate::words::count;

/// How many mismatches of one interaction are shown; machine forms have them all.
pub(super) const MOST: usize = 20;
/// The indentation of everything about an interaction.
pub(super) const INDENT: &str = "        ";
/// The column in which a source line's number ends.
const NUMBER_WIDTH: usize = 12;
/// How wide the column of places gets before a place has a line to itself.
const PLACE_WIDTH: usize = 40;
/// How many characters of a place are shown.
const PLACE_CHARS: usize = 120;
/// How many columns of a source line are shown, and how many of them left of the place that is meant.
const LINE_COLUMNS: usize = 100;
const LINE_COLUMNS_BEFORE: usize = 40;

/// Mismatches as a person reads them, one below the other and aligned, each with the contract's line that asks
/// for it and its own hint. At most 20 are shown, and the number of the others.
#[must_use]
pub fn mismatches(all: &[ShownMismatch], palette: &Palette) -> String {
    with_advice(all, &[], palette)
}

/// The same, with the help next to each.
pub(super) fn with_advice(all: &[ShownMismatch], beside: &[Option<String>], palette: &Palette) -> String {
    let shown = &all[..all.len().min(MOST)];
    let layout = Layout::of(shown);
    let mut out = String::new();
    let mut first = 0;
    for group in shown.chunk_by(|a, b| a.asked == b.asked) {
        if first > 0 {
            out.push('\n');
        }
        for shown in group {
            layout.write(&mut out, &shown.mismatch, palette);
        }
        // One rule is often broken by many elements of an array: its line is shown once, below all of them.
        if let Some(asked) = group.first().and_then(|shown| shown.asked.as_ref()) {
            source_line(&mut out, asked, palette);
        }
        let hints = group.iter().filter_map(|shown| hint(&shown.mismatch));
        let advice = beside.iter().skip(first).take(group.len()).filter_map(Option::as_deref);
        let mut said: Vec<&str> = Vec::new();
        for (word, line) in hints.chain(advice.map(|line| (HELP, line))) {
            if !said.contains(&line) {
                said.push(line);
                remark(&mut out, word, line, palette);
            }
        }
        first += group.len();
    }
    out.push_str(&more_mismatches(all.len() - shown.len()));
    out
}

/// The line for those that are not shown, if there are some.
pub(super) fn more_mismatches(number: usize) -> String {
    if number == 0 { String::new() } else { format!("{INDENT}and {}\n", count(number, "more mismatch")) }
}

/// A mismatch in one line: `body items[0].qty: expected an integer, like 2, got "2", a string`.
pub(super) fn sentence(mismatch: &Mismatch) -> String {
    format!(
        "{}: expected {}, got {}",
        place(mismatch),
        shown(&mismatch.expected.to_string()),
        shown(&mismatch.actual.to_string())
    )
}

/// Writes one line of help.
pub(super) fn help(out: &mut String, text: &str, palette: &Palette) {
    remark(out, HELP, text, palette);
}

fn remark(out: &mut String, word: &str, text: &str, palette: &Palette) {
    let _ = writeln!(out, "{INDENT}{} {}", paint(palette.help, word), shown_sentence(text));
}

/// The labels of a line with a next step, and of one that adds information.
const HELP: &str = "help:";
const NOTE: &str = "note:";

/// A mismatch's own hint with its label: some describe the actual value, others are next steps.
pub(super) fn hint(mismatch: &Mismatch) -> Option<(&'static str, &str)> {
    let word = if [codes::STATUS, codes::MISSING, codes::BODY_KIND].contains(&mismatch.code) { NOTE } else { HELP };
    mismatch.hint.as_deref().map(|hint| (word, hint))
}

fn place(mismatch: &Mismatch) -> String {
    printable(&cut(&mismatch.place(), PLACE_CHARS)).into_owned()
}

/// The columns of a list of mismatches.
struct Layout {
    part: usize,
    place: usize,
}

impl Layout {
    fn of(mismatches: &[ShownMismatch]) -> Self {
        let part = mismatches.iter().map(|m| m.mismatch.part.to_string().len()).max().unwrap_or(0);
        let place = mismatches
            .iter()
            .map(|m| Self { part, place: 0 }.place_of(&m.mismatch).width())
            .filter(|width| *width <= PLACE_WIDTH)
            .max()
            .unwrap_or(part);
        Self { part, place }
    }

    /// `body  items[0].qty`, with the part as wide as the widest.
    fn place_of(&self, mismatch: &Mismatch) -> String {
        if mismatch.path.is_empty() {
            return mismatch.part.to_string();
        }
        let path = printable(&cut(&mismatch.path, PLACE_CHARS)).into_owned();
        format!("{:part$}  {path}", mismatch.part, part = self.part)
    }

    fn write(&self, out: &mut String, mismatch: &Mismatch, palette: &Palette) {
        let place = self.place_of(mismatch);
        let width = place.width();
        let _ = write!(out, "{INDENT}{}", paint(palette.strong, place));
        if width > self.place {
            let _ = write!(out, "\n{INDENT}{:1$}", "", self.place + 3);
        } else {
            let _ = write!(out, "{:1$}", "", self.place + 3 - width);
        }
        let _ = writeln!(out, "expected {}", paint(palette.expected, shown(&mismatch.expected.to_string())));
        let actual = paint(palette.actual, shown(&mismatch.actual.to_string()));
        let _ = writeln!(out, "{INDENT}{:1$}got {actual}", "", self.place + 3);
    }
}

/// The contract's line with a mark under the place that is meant.
fn source_line(out: &mut String, asked: &ContractLine, palette: &Palette) {
    let (text, column) = window(&asked.excerpt, asked.column.saturating_sub(1) as usize);
    let bar = paint(palette.frame, "│");
    let _ = writeln!(out, "{} {bar}   {text}", paint(palette.frame, format_args!("{:>NUMBER_WIDTH$}", asked.line)));
    let mark = paint(palette.mark, "╰── required here");
    let _ = writeln!(out, "{:NUMBER_WIDTH$} {bar}   {:column$}{mark}", "", "");
}

/// The part of a line that is worth showing, without its indentation, and the screen column of the character at
/// `place` in it, both counted from 0.
fn window(excerpt: &Excerpt, place: usize) -> (String, usize) {
    let Excerpt { skipped, text: line } = excerpt;
    let place = place.saturating_sub(*skipped);
    let indent = line.chars().take_while(|c| c.is_whitespace()).count().min(place);
    // Characters from `skip` on are shown: the place with a few characters before it.
    let skip = if place - indent > LINE_COLUMNS - LINE_COLUMNS_BEFORE { place - LINE_COLUMNS_BEFORE } else { indent };
    let mut shown = String::new();
    let mut columns = 0;
    if skip > indent || *skipped > 0 {
        shown.push('…');
        columns = 1;
    }
    let mut marked = columns;
    let mut chars = line.trim_end().chars().enumerate().skip(skip);
    for (index, c) in chars.by_ref() {
        if index == place {
            marked = columns;
        }
        if columns >= LINE_COLUMNS {
            shown.push('…');
            break;
        }
        let mut buffer = [0; 4];
        let piece = printable(c.encode_utf8(&mut buffer));
        columns += if piece.len() == c.len_utf8() { c.width().unwrap_or(0) } else { piece.width() };
        shown.push_str(&piece);
        // A place past the end of the line is marked behind its last character.
        if index < place {
            marked = columns;
        }
    }
    (defused(shown), marked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Limits, Position, SourceFile};

    #[test]
    fn the_mark_is_under_the_place_whatever_precedes_it() {
        for (line, place, expected) in [
            ("        items[].qty: integer", 21, ("items[].qty: integer", 13)),
            ("items[].qty: integer", 0, ("items[].qty: integer", 0)),
            ("  名前: 漢", 6, ("名前: 漢", 6)),
            ("\t\tkey:\tx", 7, ("key:\\tx", 6)),
            ("  short", 50, ("short", 5)),
            ("", 3, ("", 0)),
        ] {
            let excerpt = Excerpt { skipped: 0, text: line.to_owned() };
            assert_eq!(window(&excerpt, place), (expected.0.to_owned(), expected.1), "{line:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_to_the_surroundings_of_the_place() {
        let line = format!("a: {}here{}", "x".repeat(50_000), "y".repeat(50_000));
        let file = SourceFile::new("c.yaml", line, Limits::default());
        let (text, column) = window(&file.excerpt(Position { line: 1, column: 50_004 }), 50_003);
        assert!(text.starts_with("…x") && text.ends_with("y…"), "{text}");
        assert!(text.chars().count() <= LINE_COLUMNS + 2, "{text}");
        let at: String = text.chars().skip(column).take(4).collect();
        assert_eq!(at, "here");
    }
}
