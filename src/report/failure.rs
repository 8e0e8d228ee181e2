//! A failed command as text: what happened, the other side's message, and what to do next.

use super::escape::{shown_lines, shown_sentence};
use super::github::command;
use super::markdown::{code, fenced, within};
use super::palette::{Palette, paint};
use crate::trouble::Trouble;
use crate::words::count;

/// How many lines of a detail are shown.
const LINES: usize = 40;
/// How many of them an annotation shows.
const ANNOTATED: usize = 5;
/// How many bytes a summary takes of a text.
const PAGE: usize = 200_000;

/// `error: …`, the detail behind bars, and a line for each help.
#[must_use]
pub fn failure<C>(trouble: &Trouble<C>, palette: &Palette) -> String {
    let mut text = format!("{}: {}\n", paint(palette.error, "error"), shown_sentence(&trouble.message));
    text.push_str(&quoted(trouble.detail.as_deref().unwrap_or_default()));
    text + &help_lines(trouble, palette)
}

/// The same if it isn't an error.
#[must_use]
pub fn nothing_to_do<C>(trouble: &Trouble<C>, palette: &Palette) -> String {
    note(&trouble.message, "", palette) + &help_lines(trouble, palette)
}

fn help_lines<C>(trouble: &Trouble<C>, palette: &Palette) -> String {
    let line = |help: &String| format!("{}: {}\n", paint(palette.help, "help"), shown_sentence(help));
    trouble.help.iter().map(line).collect()
}

/// The same as an annotation on GitHub, under our own title.
#[must_use]
pub fn failure_github<C>(level: &'static str, title: &'static str, trouble: &Trouble<C>) -> String {
    let (said, _) = shown_lines(trouble.detail.as_deref().unwrap_or_default(), ANNOTATED);
    let mut lines = vec![shown_sentence(&trouble.message)];
    lines.extend(said);
    lines.extend(trouble.help.iter().map(|help| format!("help: {}", shown_sentence(help))));
    command(level, None, title, &lines.join("\n"))
}

/// The same for a step summary: our own heading with the verdict, and the text as it is.
#[must_use]
pub fn failure_markdown(heading: &str, text: &str) -> String {
    format!("## {heading}\n\n{}", fenced(&within(text, PAGE)))
}

/// A completed command as a line of a step summary, with the consequences that it had.
#[must_use]
pub fn done_markdown(word: &'static str, what: &str, consequences: Option<&str>) -> String {
    let consequences = consequences.map(|text| format!(", {text}")).unwrap_or_default();
    format!("**{word}** {}\n\n", code(&shown_sentence(&format!("{what}{consequences}"))))
}

/// Foreign text, under our own title.
#[must_use]
pub fn note(title: &str, lines: &str, palette: &Palette) -> String {
    format!("{}: {}\n{}", paint(palette.warning, "note"), shown_sentence(title), quoted(lines))
}

fn quoted(text: &str) -> String {
    let (lines, left_out) = shown_lines(text, LINES);
    let mut quoted: String = lines.iter().map(|line| format!("       │ {line}\n")).collect();
    if left_out > 0 {
        quoted.push_str(&format!("       and {}\n", count(left_out, "more line")));
    }
    quoted
}
