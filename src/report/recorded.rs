//! A recorded contract as text: which interactions are new, differ or were not seen, and which decisions are left to
//! the consumer's author.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::diff;
use super::escape::{shown, shown_sentence};
use super::mismatch::{INDENT, more_mismatches, sentence};
use super::palette::{Palette, paint};
use crate::contract::write_rule;
use crate::recording::{
    Change, Conclusion, FoundSecret, LeftOut, Outcome, Reason, RecordedContract, RecordedInteraction, Remark,
};
use crate::words::{and_list, count};

/// The most lines of a difference that are shown.
const LINES: usize = 80;
/// The most mismatches of one interaction that are listed: the difference of the lines shows them all.
const MISMATCHES: usize = 5;
/// The most fields that are named if the contract doesn't have them.
const NEW_FIELDS: usize = 10;
/// The widest column. Longer texts don't widen it.
const WIDEST: usize = 44;

/// The interactions of a recorded contract, without a heading.
#[must_use]
pub fn recorded_contract(contract: &RecordedContract, palette: &Palette) -> String {
    let mut out = String::new();
    for recorded in &contract.interactions {
        write_interaction(&mut out, recorded, palette);
    }
    for LeftOut { name, exchanges, reason } in &contract.left_out {
        let label = paint(palette.warning, "left out");
        let exchanges = count(*exchanges, "request");
        let _ = writeln!(out, "{label}  {}  {exchanges}: {}", shown(name), shown_sentence(&reason.to_string()));
    }
    out
}

/// The secrets that were found and replaced, a line each, in alphabetical order of their places.
#[must_use]
pub fn secrets(found: &[FoundSecret], palette: &Palette) -> String {
    let mut found: Vec<(String, &FoundSecret)> = found.iter().map(|secret| (secret.location(), secret)).collect();
    found.sort_unstable();
    let lines = found.into_iter().map(|(location, secret)| {
        let label = paint(palette.warning, "secret");
        let times = if secret.times > 1 { format!(", {} times", secret.times) } else { String::new() };
        format!("{label}  {} in the {}{times}: replaced\n", secret.kind, shown_sentence(&location))
    });
    lines.collect()
}

fn write_interaction(out: &mut String, recorded: &RecordedInteraction, palette: &Palette) {
    let name = paint(palette.strong, shown(&recorded.name));
    let samples = paint(palette.faint, count(recorded.samples, "sample"));
    match &recorded.outcome {
        Outcome::Same if recorded.new_fields.is_empty() => {}
        Outcome::Same => {
            let _ = writeln!(out, "{}      {name}  {samples}", paint(palette.faint, "same"));
            let first = recorded.new_fields.iter().take(NEW_FIELDS).map(|field| shown(field));
            let more = recorded.new_fields.len().saturating_sub(NEW_FIELDS);
            let fields = and_list(first.chain((more > 0).then(|| format!("{more} more"))));
            let label = paint(palette.faint, "note:");
            let _ = writeln!(out, "{INDENT}{label} not in the contract: {fields}");
        }
        Outcome::New => {
            let _ = writeln!(out, "{}       {name}  {samples}", paint(palette.upheld, "new"));
            write_remarks(out, &recorded.remarks, palette);
        }
        Outcome::Differs(change) => {
            let (label, style) = if change.made { ("updated", palette.upheld) } else { ("differs", palette.broken) };
            let _ = writeln!(out, "{}   {name}  {samples}", paint(style, label));
            write_change(out, change, palette);
        }
        Outcome::Unseen { removed } => {
            let label = if *removed { "removed" } else { "unseen " };
            let _ = writeln!(out, "{}   {name}", paint(palette.warning, label));
        }
    }
}

/// Conclusions, suggestions and warnings, in columns.
fn write_remarks(out: &mut String, remarks: &[Remark], palette: &Palette) {
    let rows: Vec<RemarkRow> = remarks.iter().map(|remark| RemarkRow::new(remark, palette)).collect();
    let widest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| text.width()).filter(|width| *width <= WIDEST).max().unwrap_or(0)
    };
    let places = widest(&mut rows.iter().map(|row| &row.place));
    let rules = widest(&mut rows.iter().map(|row| &row.rule));
    for RemarkRow { style, label, place, rule, reasons } in &rows {
        let rule_pad = " ".repeat(rules.saturating_sub(rule.width()));
        let place_pad = " ".repeat(places.saturating_sub(place.width()));
        let line = format!(
            "{INDENT}{}  {place}{place_pad}  {}{rule_pad}  {}",
            paint(*style, label),
            paint(palette.expected, rule),
            paint(palette.faint, shown_sentence(reasons))
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// A remark in pieces, ready to be aligned.
struct RemarkRow {
    style: Style,
    label: &'static str,
    place: String,
    /// The rule or the suggestion, if there is one.
    rule: String,
    reasons: String,
}

impl RemarkRow {
    fn new(remark: &Remark, palette: &Palette) -> Self {
        let (style, label, rule) = match &remark.conclusion {
            Conclusion::Written(rule) => (palette.faint, "written", write_rule(rule)),
            Conclusion::SuggestedRule(_, rule) => (palette.warning, "suggest", write_rule(rule)),
            Conclusion::Suggested(suggestion) => (palette.warning, "suggest", suggestion.to_string()),
            Conclusion::Warning => (palette.warning, "warning", String::new()),
        };
        let reasons: Vec<String> = remark.reasons.iter().map(sentence_of).collect();
        Self { style, label, place: shown(&remark.place.to_string()), rule: shown(&rule), reasons: reasons.join(", ") }
    }
}

fn sentence_of(reason: &Reason) -> String {
    match reason {
        Reason::Missing { times, of } => format!("missing in {times} of {of}"),
        Reason::Null { times, of } => format!("null in {times} of {of}"),
        Reason::Empty { times, of } => format!("empty in {times} of {of}"),
        Reason::DifferentValues(number) => format!("{number} different values"),
        Reason::Types(types) => {
            let types: Vec<String> = types.iter().map(|(kind, times)| format!("{} in {times}", kind.name())).collect();
            types.join(", ")
        }
        Reason::KeysAreData => String::from("its keys are data"),
        Reason::Secret => String::from("a secret was here"),
        Reason::Volatile => String::from("likely to differ next time"),
        Reason::HeaderVaries => String::from("its value varies"),
        Reason::AnyText => String::from("any text is allowed"),
        Reason::CreatedBy { id, request } => format!("`{id}` was created by {request}"),
        Reason::LooksLikeFormat => String::from("its only value looks like one"),
        Reason::NoFraction(number) => format!("{} without a fraction", count(*number, "value")),
        Reason::FewValues { different, samples } => {
            format!("{} in {}: are these all?", count(*different, "value"), count(*samples, "sample"))
        }
        Reason::DeterminesKeys => String::from("its value determines which keys are present"),
        Reason::OtherStatus(status) => format!("the same request also got a {status}"),
        Reason::OnlyNull => String::from("only null was seen: its other values are unknown"),
        Reason::NoElement => String::from("the list was always empty: its elements are unknown"),
        Reason::ShortenedList => String::from("the example shows only the beginning of the list"),
        Reason::Unfit(mismatch) => format!("left out: {}", mismatch.message()),
        Reason::Echoes(keys) => {
            let (noun, repeat) = if keys.len() == 1 { ("key", "repeats") } else { ("keys", "repeat") };
            format!("left out: the {noun} {} only {repeat} headers of the request", and_list(keys))
        }
        Reason::Unwritable(problem) => format!("left out: {problem}"),
    }
}

fn write_change(out: &mut String, change: &Change, palette: &Palette) {
    for mismatch in change.mismatches.iter().take(MISMATCHES) {
        let _ = writeln!(out, "{INDENT}{}", sentence(mismatch));
    }
    out.push_str(&more_mismatches(change.mismatches.len().saturating_sub(MISMATCHES)));
    let Some((old, new)) = &change.lines else {
        let _ = writeln!(
            out,
            "{INDENT}{} Upheld can't tell what it should be: edit it by hand",
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
