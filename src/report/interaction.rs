//! One interaction and its outcome for people. A failure always has five parts: where, what was expected, what came,
//! the path in the body, and what to do next.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::advice::advice;
use super::diff::{self, more_lines};
use super::escape::{opening, shown, shown_lines, shown_sentence};
use super::mismatch::{INDENT, help, sentence, with_advice};
use super::palette::{Palette, paint};
use crate::verification::{Finished, Outcome, Pending, RunError};
use crate::words::{and_list, count, quoted};

/// The column of the place in the contract, if the names before it leave room for it.
const WHERE: usize = 55;
/// How many lines of the other side's message are shown.
const DETAIL_LINES: usize = 30;
/// How many versions that need a contract are named.
const MOST_VERSIONS: usize = 3;
/// How many provider states of an interaction are shown.
const MOST_STATES: usize = 20;

/// The whole report on an interaction: one line if it is upheld, the five parts if it is
/// broken, and the error with the other side's message if it could not be run.
#[must_use]
pub fn interaction(finished: &Finished, palette: &Palette) -> String {
    let mut out = title(finished, palette);
    match finished.outcome {
        Outcome::Upheld => {}
        Outcome::Broken => broken(&mut out, finished, palette),
        Outcome::Error | Outcome::Skipped => not_run(&mut out, finished, palette),
    }
    if !finished.unknown_codings.is_empty() {
        let label = paint(palette.warning, "warning:");
        let names = shown_sentence(&and_list(quoted(&finished.unknown_codings)));
        let _ = writeln!(out, "{INDENT}{label} unknown content-encoding {names}: the body is read as it came");
    }
    out
}

/// The first line: `broken  storefront → orders  get an order    contracts/storefront/orders.yaml:6`. An upheld
/// interaction's place is left out.
pub(super) fn title(finished: &Finished, palette: &Palette) -> String {
    let (word, style) = word(finished, palette);
    let pair = pair(finished);
    let name = name(finished);
    let mut out = format!("{}{:2$}{pair}  ", paint(style, word), "", INDENT.len() - word.len());
    if finished.outcome == Outcome::Upheld {
        let _ = writeln!(out, "{name}");
    } else {
        let width = INDENT.len() + pair.width() + 2 + name.width();
        let gap = WHERE.saturating_sub(width).max(3);
        let place = needed_by(finished).unwrap_or_else(|| file_and_line(finished));
        let _ = writeln!(out, "{}{:gap$}{}", paint(palette.strong, name), "", paint(palette.faint, place));
    }
    out
}

/// `contracts/storefront/orders.yaml:6`
fn file_and_line(finished: &Finished) -> String {
    format!("{}:{}", shown(&finished.file), finished.line)
}

/// Of a contract from the store, whose file is in nobody's checkout, who needs it: `storefront@1 (live in production)`.
pub(super) fn needed_by(finished: &Finished) -> Option<String> {
    let (first, others) = finished.needed_by.split_at_checked(MOST_VERSIONS).unwrap_or((&finished.needed_by, &[]));
    let more = (!others.is_empty()).then(|| format!("{} more", others.len()));
    let named = and_list(first.iter().map(|one| shown(one)).chain(more));
    (!named.is_empty()).then_some(named)
}

/// Where to read a contract from the store.
pub(super) fn in_store(finished: &Finished) -> Option<String> {
    (!finished.needed_by.is_empty()).then(|| format!("{} in the store", file_and_line(finished)))
}

/// The interaction's name, and its address if the provider was verified at several.
pub(super) fn name(finished: &Finished) -> String {
    let name = shown(&finished.name);
    match &finished.instance {
        Some(instance) => format!("{name}, at {}", shown(instance)),
        None => name,
    }
}

/// `storefront → orders`
pub(super) fn pair(finished: &Finished) -> String {
    format!("{} → {}", finished.consumer, finished.provider)
}

/// The outcome's word, `pending` for one that does not count, and its style.
pub(super) fn word(finished: &Finished, palette: &Palette) -> (&'static str, Style) {
    match finished.outcome {
        Outcome::Upheld => (Outcome::Upheld.word(), palette.upheld),
        _ if finished.is_pending() => ("pending", palette.warning),
        Outcome::Broken => (Outcome::Broken.word(), palette.broken),
        Outcome::Error => (Outcome::Error.word(), palette.error),
        Outcome::Skipped => (Outcome::Skipped.word(), palette.warning),
    }
}

/// Why an interaction is not upheld, in one line: its first mismatch and how many more there are, or its error.
pub(super) fn reason(finished: &Finished) -> String {
    match finished.mismatches.as_slice() {
        [] => match &finished.error {
            Some(error) => error_line(error, &Palette::default()),
            None => finished.outcome.word().to_owned(),
        },
        [only] => sentence(&only.mismatch),
        [first, more @ ..] => format!("{} (and {})", sentence(&first.mismatch), count(more.len(), "more mismatch")),
    }
}

/// How bad an outcome is: 0 is the worst, and upheld ones come last.
pub(super) fn rank(finished: &Finished) -> u8 {
    match finished.outcome {
        _ if finished.is_pending() => 3,
        Outcome::Broken => 0,
        Outcome::Error => 1,
        Outcome::Skipped => 2,
        Outcome::Upheld => 4,
    }
}

/// Whether two interactions were not run for the same reason. Otherwise, a missing provider would be reported once for
/// each interaction.
pub(super) fn of_one_cause(a: &Finished, b: &Finished) -> bool {
    matches!(a.outcome, Outcome::Error | Outcome::Skipped)
        && a.outcome == b.outcome
        && a.provider == b.provider
        && a.error.is_some()
        && a.error == b.error
}

/// `GET /orders/42 → 200`
pub(super) fn exchange(finished: &Finished) -> String {
    let request = opening(shown(&finished.request));
    match finished.status {
        Some(status) => format!("{request} → {status}"),
        None => request,
    }
}

fn broken(out: &mut String, finished: &Finished, palette: &Palette) {
    asked_for(out, finished, palette);
    let advice = advice(finished);
    if !finished.mismatches.is_empty() {
        let _ = write!(out, "\n{}", with_advice(&finished.mismatches, &advice.beside, palette));
    }
    if let Some(error) = &finished.error {
        out.push('\n');
        run_error(out, error, palette);
    }
    if let Some(bodies) = &finished.bodies {
        let text = diff::bodies(bodies, finished.provider.as_str(), palette);
        if !text.is_empty() {
            let _ = write!(out, "\n{text}");
        }
    }
    if let Some(line) = advice.at_end {
        help(out, &line, palette);
    }
    pending(out, finished, palette);
}

/// Why a failure doesn't count.
fn pending(out: &mut String, finished: &Finished, palette: &Palette) {
    let why = match finished.pending.filter(|_| finished.is_pending()) {
        Some(Pending::NotNeeded) => "no consumer relies on this yet",
        Some(Pending::Said) => "its contract says so",
        None => return,
    };
    let word = paint(palette.warning, "pending:");
    let _ = writeln!(out, "{INDENT}{word} {why}, so it does not fail the run");
}

fn not_run(out: &mut String, finished: &Finished, palette: &Palette) {
    if finished.outcome == Outcome::Error {
        asked_for(out, finished, palette);
        out.push('\n');
    }
    if let Some(error) = &finished.error {
        run_error(out, error, palette);
    }
    pending(out, finished, palette);
}

/// The provider states and the request.
fn asked_for(out: &mut String, finished: &Finished, palette: &Palette) {
    if let Some(place) = in_store(finished) {
        let _ = writeln!(out, "{INDENT}{}  {place}", paint(palette.faint, "contract"));
    }
    for (index, state) in finished.given.iter().take(MOST_STATES).enumerate() {
        let word = if index == 0 { "given" } else { "  and" };
        let _ = writeln!(out, "{INDENT}{}  {}", paint(palette.faint, word), shown(state));
    }
    if finished.given.len() > MOST_STATES {
        let more = finished.given.len() - MOST_STATES;
        let _ = writeln!(out, "{INDENT}  and  {}", count(more, "more provider state"));
    }
    if !finished.request.is_empty() {
        let _ = writeln!(out, "{INDENT}{}", exchange(finished));
    }
}

/// The code and the error, the other side's message, and the next steps.
fn run_error(out: &mut String, error: &RunError, palette: &Palette) {
    let _ = writeln!(out, "{INDENT}{}", error_line(error, palette));
    if let Some(detail) = &error.detail {
        let (lines, left_out) = shown_lines(detail, DETAIL_LINES);
        // The bar keeps a foreign line from beginning a line of the report, where build systems look for commands.
        let bar = paint(palette.frame, "│");
        for line in lines {
            let _ = writeln!(out, "{}", format!("{INDENT}{bar} {line}").trim_end());
        }
        if left_out > 0 {
            let _ = writeln!(out, "{INDENT}{bar} and {}", more_lines(left_out));
        }
    }
    for line in &error.help {
        help(out, line, palette);
    }
}

/// `P101: nothing listens at 127.0.0.1:8080`
pub(super) fn error_line(error: &RunError, palette: &Palette) -> String {
    format!("{} {}", paint(palette.faint, format_args!("{}:", error.code)), shown_sentence(&error.message))
}
