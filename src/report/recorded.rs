//! A recording's results as text: new, changed and unseen interactions, and what only the consumer's author can decide.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::diff;
use super::escape::{shown, shown_sentence};
use super::mismatch::{INDENT, more_mismatches, sentence};
use super::palette::{Palette, paint};
use crate::contract::write_rule;
use crate::recording::{Change, Entry, FoundSecret, LeftOut, Recorded, Remark, Standing, What};
use crate::words::count;

/// How many lines of a difference are shown.
const LINES: usize = 80;
/// How many mismatches of one interaction are named: the difference of the lines shows them all.
const MISMATCHES: usize = 5;
/// How wide a column gets before what stands in it has its line to itself.
const WIDEST: usize = 44;

/// A recording's results by interaction, without a heading.
#[must_use]
pub fn recorded(recorded: &Recorded, palette: &Palette) -> String {
    let mut out = String::new();
    for entry in &recorded.interactions {
        interaction(&mut out, entry, palette);
    }
    for LeftOut { name, exchanges, why } in &recorded.left_out {
        let label = paint(palette.warning, "left out");
        let exchanges = count(*exchanges, "request");
        let _ = writeln!(out, "{label}  {}  {exchanges}: {}", shown(name), shown_sentence(why));
    }
    out
}

/// The secrets that were found and are not in the contract, a line each.
#[must_use]
pub fn secrets(found: &[FoundSecret], palette: &Palette) -> String {
    let lines = found.iter().map(|secret| {
        let label = paint(palette.warning, "secret");
        let times = if secret.times > 1 { format!(", {} times", secret.times) } else { String::new() };
        format!("{label}  {} in the {}{times}: replaced\n", secret.kind, shown_sentence(&secret.place))
    });
    lines.collect()
}

fn interaction(out: &mut String, entry: &Entry, palette: &Palette) {
    let name = paint(palette.strong, shown(&entry.name));
    let samples = paint(palette.faint, count(entry.samples, "sample"));
    match &entry.standing {
        Standing::Same => {}
        Standing::New => {
            let _ = writeln!(out, "{}       {name}  {samples}", paint(palette.upheld, "new"));
            remarks(out, &entry.remarks, palette);
        }
        Standing::Differs(change) => {
            let (label, style) = if change.made { ("updated", palette.upheld) } else { ("differs", palette.broken) };
            let _ = writeln!(out, "{}   {name}  {samples}", paint(style, label));
            differs(out, change, palette);
        }
        Standing::Unseen { removed } => {
            let label = if *removed { "removed" } else { "unseen " };
            let _ = writeln!(out, "{}   {name}", paint(palette.warning, label));
        }
    }
}

/// Inferred rules and suggestions, in columns.
fn remarks(out: &mut String, remarks: &[Remark], palette: &Palette) {
    let rows: Vec<(&str, String, String, &str)> = remarks
        .iter()
        .map(|remark| {
            let (label, guess) = match &remark.what {
                What::Written(rule) => ("written", write_rule(rule)),
                What::SuggestedRule(_, rule) => ("suggest", write_rule(rule)),
                What::Suggested(text) => ("suggest", text.clone()),
                What::Warned => ("warning", String::new()),
            };
            (label, shown(&remark.place), shown(&guess), remark.why.as_str())
        })
        .collect();
    let widest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| text.width()).filter(|width| *width <= WIDEST).max().unwrap_or(0)
    };
    let places = widest(&mut rows.iter().map(|(_, place, ..)| place));
    let guesses = widest(&mut rows.iter().map(|(_, _, guess, _)| guess));
    for (label, place, guess, why) in &rows {
        let style = if *label == "written" { palette.faint } else { palette.warning };
        let guess_pad = " ".repeat(guesses.saturating_sub(guess.width()));
        let place_pad = " ".repeat(places.saturating_sub(place.width()));
        let line = format!(
            "{INDENT}{}  {place}{place_pad}  {}{guess_pad}  {}",
            paint(style, label),
            paint(palette.expected, guess),
            paint(palette.faint, shown_sentence(why))
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

fn differs(out: &mut String, change: &Change, palette: &Palette) {
    for mismatch in change.mismatches.iter().take(MISMATCHES) {
        let _ = writeln!(out, "{INDENT}{}", sentence(mismatch));
    }
    out.push_str(&more_mismatches(change.mismatches.len().saturating_sub(MISMATCHES)));
    let Some((old, new)) = &change.lines else {
        let _ = writeln!(
            out,
            "{INDENT}{} only you can say what it should be: edit it by hand",
            paint(palette.help, "help:")
        );
        return;
    };
    let bar = paint(palette.frame, "│");
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let lines = diff::lines(&old, &new, (palette.actual, palette.expected), palette);
    for line in lines.iter().take(LINES) {
        let _ = writeln!(out, "{}", format!("{INDENT}{bar} {line}").trim_end());
    }
    if lines.len() > LINES {
        let _ = writeln!(out, "{INDENT}{bar} and {}", count(lines.len() - LINES, "more line"));
    }
}
