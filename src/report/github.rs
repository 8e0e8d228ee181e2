//! Annotations on GitHub: workflow commands that put each problem beside the line of the contract that it is about.

use std::fmt::Write as _;
use std::io;

use super::advice::advice;
use super::escape::{shown, shown_sentence};
use super::interaction::{exchange, in_store, name, needed_by, of_one_cause, pair, rank, reason, word};
use super::mismatch::{hint, sentence};
use super::{Conclusion, Palette, Reporter};
use crate::source::{Finding, Severity};
use crate::verification::{Event, Finished, Outcome};
use crate::words::count;

/// GitHub shows this many annotations of a step, and drops the others without a word.
pub(super) const MOST: usize = 10;
/// How many mismatches one annotation names.
const MOST_MISMATCHES: usize = 5;

/// Collects everything that needs attention and writes the worst of it as annotations when the run ends: broken
/// interactions before those that couldn't run, at most ten, and then the number of the others.
#[derive(Debug)]
pub struct Github<W> {
    out: W,
    attention: Vec<Finished>,
}

impl<W: io::Write> Github<W> {
    /// Annotations that are written to `out`, which must be the step's standard output.
    pub const fn new(out: W) -> Self {
        Self { out, attention: Vec::new() }
    }
}

impl<W: io::Write> Reporter for Github<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Finished(finished) = event
            && finished.outcome != Outcome::Upheld
        {
            self.attention.push(Finished { bodies: None, ..finished.as_ref().clone() });
        }
        Ok(())
    }

    fn finish(&mut self, _: &Conclusion) -> io::Result<()> {
        // The worst first; among their like, the contracts' order stays.
        self.attention.sort_by_key(rank);
        let mut text = String::new();
        let mut done = 0;
        for group in self.attention.chunk_by(of_one_cause).take(MOST) {
            text.push_str(&annotation(group));
            done += group.len();
        }
        text.push_str(&more(self.attention.len() - done, "more interaction"));
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

/// Findings as annotations: errors before warnings, at most ten, and then the number of the others.
#[must_use]
pub fn findings(findings: &[Finding]) -> String {
    let (errors, warnings): (Vec<&Finding>, Vec<&Finding>) = findings.iter().partition(|finding| finding.is_error());
    let mut out = String::new();
    for finding in errors.into_iter().chain(warnings).take(MOST) {
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut lines = vec![shown_sentence(&finding.message)];
        lines.extend(finding.help.iter().map(|help| help_line(help)));
        let place = finding.span.map(|span| (span.start.line, Some(span.start.column)));
        let at = At { file: &finding.file, place };
        out.push_str(&command(level, Some(&at), finding.code.0, &lines.join("\n")));
    }
    out.push_str(&more(findings.len().saturating_sub(MOST), "more finding"));
    out
}

/// The annotation for an interaction, or for all that were not run for the same reason.
fn annotation(group: &[Finished]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let level = match first.outcome {
        _ if first.is_pending() => "notice",
        Outcome::Broken | Outcome::Error => "error",
        Outcome::Skipped | Outcome::Upheld => "warning",
    };
    let (word, _) = word(first, &Palette::default());
    let mut title = format!("{word}: {}: {}", pair(first), name(first));
    if group.len() > 1 {
        let _ = write!(title, " and {}", count(group.len() - 1, "more interaction"));
    }
    if let Some(versions) = needed_by(first) {
        let _ = write!(title, ", needed by {versions}");
    }
    let asked = first.mismatches.iter().find_map(|mismatch| mismatch.asked.as_ref());
    let place = asked.map_or((first.line, None), |asked| (asked.line, Some(asked.column)));
    // Contracts from the store are not in the checkout.
    let at = first.needed_by.is_empty().then_some(At { file: &first.file, place: Some(place) });
    command(level, at.as_ref(), &title, &message(first))
}

fn message(finished: &Finished) -> String {
    let mut lines = Vec::new();
    lines.extend(in_store(finished).map(|place| format!("contract: {place}")));
    if finished.outcome != Outcome::Skipped && !finished.request.is_empty() {
        lines.push(exchange(finished));
    }
    if finished.outcome == Outcome::Broken {
        let advice = advice(finished);
        for (index, shown) in finished.mismatches.iter().enumerate().take(MOST_MISMATCHES) {
            lines.push(sentence(&shown.mismatch));
            lines.extend(hint(&shown.mismatch).map(|(word, text)| format!("{word} {}", shown_sentence(text))));
            lines.extend(advice.beside.get(index).into_iter().flatten().map(|line| help_line(line)));
        }
        if finished.mismatches.len() > MOST_MISMATCHES {
            lines.push(format!("and {}", count(finished.mismatches.len() - MOST_MISMATCHES, "more mismatch")));
        }
        lines.extend(advice.at_end.map(|line| help_line(&line)));
    } else {
        lines.push(reason(finished));
        lines.extend(finished.error.iter().flat_map(|error| &error.help).map(|line| help_line(line)));
    }
    lines.join("\n")
}

fn help_line(text: &str) -> String {
    format!("help: {}", shown_sentence(text))
}

/// The line for everything without an annotation: an ordinary line of the log.
pub(super) fn more(number: usize, noun: &'static str) -> String {
    let verb = if number == 1 { "needs" } else { "need" };
    match number {
        0 => String::new(),
        _ => format!("{} {verb} attention; GitHub shows at most {MOST} annotations per step\n", count(number, noun)),
    }
}

/// The place of an annotation: a file, and the line and column in it.
pub(super) struct At<'a> {
    file: &'a str,
    place: Option<(u32, Option<u32>)>,
}

/// One workflow command, on one line whatever its parts contain.
pub(super) fn command(level: &str, at: Option<&At<'_>>, title: &str, message: &str) -> String {
    let mut out = format!("::{level} ");
    if let Some(At { file, place }) = at {
        let _ = write!(out, "file={},", property(&shown(file)));
        if let Some((line, column)) = place {
            let _ = write!(out, "line={line},");
            if let Some(column) = column {
                let _ = write!(out, "col={column},");
            }
        }
    }
    let _ = writeln!(out, "title={}::{}", property(title), data(message));
    out
}

/// Escapes the part after the second `::` of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a workflow command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads a command as the runner does: the properties, then the data, each unescaped.
    fn read(line: &str) -> (String, Vec<(String, String)>, String) {
        let (info, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (level, properties) = info.split_once(' ').unwrap();
        let unescape = |text: &str| {
            text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
        };
        let properties = properties
            .split(',')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), unescape(value)))
            .collect();
        (level.to_owned(), properties, unescape(message))
    }

    proptest! {
        #[test]
        fn the_runner_reads_one_command_whatever_its_parts_contain(
            file in "[ -~\r\n%:,]{0,20}", title in "[ -~\r\n%:,]{0,40}", message in "[ -~\r\n%:,]{0,80}"
        ) {
            let text = command("error", Some(&At { file: &file, place: Some((3, Some(7))) }), &title, &message);
            prop_assert_eq!(text.matches('\n').count(), 1);
            let (level, properties, read_message) = read(text.trim_end_matches('\n'));
            prop_assert_eq!(level, "error");
            prop_assert_eq!(&properties[0], &("file".to_owned(), shown(&file)));
            prop_assert_eq!(&properties[1], &("line".to_owned(), "3".to_owned()));
            prop_assert_eq!(&properties[2], &("col".to_owned(), "7".to_owned()));
            prop_assert_eq!(&properties[3], &("title".to_owned(), title));
            prop_assert_eq!(read_message, message);
        }
    }
}
