//! The whole of two bodies, compared line by line.

use std::fmt::Write as _;

use anstyle::Style;
use similar::{ChangeTag, TextDiff};

use super::escape::shown;
use super::mismatch::INDENT;
use super::palette::{Palette, paint};
use crate::verification::Bodies;
use crate::words::count;

/// How many lines of a comparison are shown.
const MOST: usize = 60;
/// How many equal lines are shown around each difference.
const CONTEXT: usize = 3;
/// How many lines of a body are compared: a diff of bodies of any size would take unlimited time.
const COMPARED: usize = 2_000;

/// The two bodies as a unified diff under a legend of the signs; empty if they don't differ.
pub(super) fn bodies(bodies: &Bodies, provider: &str, palette: &Palette) -> String {
    let (expected, expected_cut) = beginning(&bodies.expected);
    let (actual, actual_cut) = beginning(&bodies.actual);
    let lines = lines(&expected, &actual, (palette.expected, palette.actual), palette);
    if lines.is_empty() {
        return String::new();
    }

    let mut out = String::new();
    let _ = writeln!(
        out,
        "{INDENT}body  {}  {}",
        paint(palette.expected, "- the contract's example"),
        paint(palette.actual, format_args!("+ what {provider} sent"))
    );
    // The bar keeps a line of the body from beginning a line of the report, where build systems look for commands.
    let bar = paint(palette.frame, "│");
    for line in lines.iter().take(MOST) {
        let _ = writeln!(out, "{}", format!("{INDENT}{bar} {line}").trim_end());
    }
    if lines.len() > MOST {
        let _ = writeln!(out, "{INDENT}{bar} and {} in this comparison", more_lines(lines.len() - MOST));
    }
    if expected_cut || actual_cut {
        let _ = writeln!(out, "{INDENT}{bar} only the first {COMPARED} lines were compared");
    }
    out
}

/// Two texts as the lines of a unified diff, the differences with some equal lines around them, each in its style.
pub(super) fn lines(old: &[&str], new: &[&str], styles: (Style, Style), palette: &Palette) -> Vec<String> {
    let diff = TextDiff::from_slices(old, new);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        if !lines.is_empty() {
            lines.push(paint(palette.faint, "⋮").to_string());
        }
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (' ', Style::new()),
                ChangeTag::Delete => ('-', styles.0),
                ChangeTag::Insert => ('+', styles.1),
            };
            let text = shown(change.value());
            lines.push(paint(style, format!("{sign} {text}").trim_end()).to_string());
        }
    }
    lines
}

/// How a text differs from one before it, without colour: at most so many lines as a report has room for.
#[must_use]
pub fn compared(old: &str, new: &str) -> String {
    let (old, _) = beginning(old);
    let (new, _) = beginning(new);
    let lines = lines(&old, &new, (Style::new(), Style::new()), &Palette::default());
    let mut out: String = lines.iter().take(MOST).map(|line| format!("{line}\n")).collect();
    if lines.len() > MOST {
        let _ = writeln!(out, "and {}", more_lines(lines.len() - MOST));
    }
    out
}

/// `1 more line`, `2 more lines`.
pub(super) fn more_lines(number: usize) -> String {
    count(number, "more line").to_string()
}

fn beginning(text: &str) -> (Vec<&str>, bool) {
    let mut lines = text.lines();
    let first = lines.by_ref().take(COMPARED).collect();
    (first, lines.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(expected: &str, actual: &str) -> String {
        bodies(&Bodies { expected: expected.to_owned(), actual: actual.to_owned() }, "orders", &Palette::default())
    }

    fn numbered(lines: usize, line: impl FnMut(usize) -> String) -> String {
        (0..lines).map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_signs_are_explained_and_far_away_changes_are_set_apart() {
        let expected = numbered(20, |n| format!("line {n}"));
        let actual = expected.replace("line 1\n", "line one\n").replace("line 18\n", "");
        insta::assert_snapshot!(plain(&expected, &actual), @r"
                body  - the contract's example  + what orders sent
                │   line 0
                │ - line 1
                │ + line one
                │   line 2
                │   line 3
                │   line 4
                │ ⋮
                │   line 15
                │   line 16
                │   line 17
                │ - line 18
                │   line 19
        ");
    }

    #[test]
    fn equal_bodies_have_nothing_to_show() {
        assert_eq!(plain("{}\n", "{}"), "");
    }

    #[test]
    fn a_body_of_any_size_takes_a_bounded_part_of_the_report() {
        let expected = numbered(5_000, |n| n.to_string());
        let actual = numbered(5_000, |n| format!("{} {}", n + 1, "x".repeat(1_000)));
        let text = plain(&expected, &actual);
        assert_eq!(text.lines().count(), MOST + 3);
        assert!(text.ends_with("only the first 2000 lines were compared\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() < 240), "{text}");
    }

    #[test]
    fn a_line_of_a_body_is_never_the_beginning_of_a_line_of_the_report() {
        let text = plain("::add-mask::a\n::set-env::b\n", "::add-mask::a\n::stop-commands::\u{1b}[2J\n");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
