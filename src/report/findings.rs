//! Findings, in the three forms in which they are shown: as text with the lines they are about, as JSON, and as
//! annotations on GitHub.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::escape::{is_unfit, shown, shown_sentence};
use super::palette::Palette;
use crate::source::{Finding, Place, Severity, Sources, Span};
use crate::words::count;

pub use super::github::findings as github;
pub use super::json::findings as json;

/// How many findings are shown; machine forms have them all.
const MOST: usize = 200;
/// How many columns of a source line are shown.
const WIDTH: usize = 120;
/// How many characters of a place are marked.
const MARKED: usize = 80;
/// How many lines apart two places of a file may be to be shown in one excerpt.
const NEAR: u32 = 100;
/// How far into a line its place is looked for. People don't read longer lines.
const FAR: usize = 10_000;

/// Findings for people, each with its code, its place, its line and the next steps, and their number at the end. At
/// most 200 are shown. Without findings the text is empty.
#[must_use]
pub fn text(findings: &[Finding], sources: &Sources, palette: &Palette) -> String {
    let renderer = renderer(palette);
    let mut out = String::new();
    for finding in findings.iter().take(MOST) {
        out.push_str(&one(finding, sources, &renderer));
        out.push_str("\n\n");
    }
    if findings.len() > MOST {
        let _ = writeln!(out, "and {}\n", count(findings.len() - MOST, "more finding"));
    }
    if !findings.is_empty() {
        let _ = writeln!(out, "{}", counted(findings));
    }
    out
}

/// `3 errors, 1 warning in 2 files`
fn counted(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = findings.len() - errors;
    let files: BTreeSet<&str> = findings.iter().map(|finding| &*finding.file).collect();
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun).to_string())
        .collect();
    format!("{} in {}", parts.join(", "), count(files.len(), "file"))
}

fn renderer(palette: &Palette) -> Renderer {
    Renderer::plain()
        .decor_style(DecorStyle::Unicode)
        .term_width(WIDTH)
        .error(palette.broken)
        .warning(palette.warning)
        .help(palette.help)
        .emphasis(palette.strong)
        .line_num(palette.frame)
        .context(palette.frame)
}

fn one(finding: &Finding, sources: &Sources, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(shown_sentence(&finding.message)).id(finding.code.0);
    let mut group = Group::with_title(title);
    let Some(span) = finding.span else {
        return finish(group.element(Origin::path(shown(&finding.file))), finding, renderer);
    };
    let is_near = |place: &&Place| place.file == finding.file && place.span.start.line.abs_diff(span.start.line) < NEAR;
    let (near, far): (Vec<&Place>, Vec<&Place>) = finding.places.iter().partition(is_near);
    let marks = std::iter::once(Mark { span, kind: AnnotationKind::Primary, label: None });
    group = excerpt(group, &finding.file, &marks.chain(near.into_iter().map(Mark::of)).collect::<Vec<_>>(), sources);
    for place in far {
        group = excerpt(group, &place.file, &[Mark::of(place)], sources);
    }
    finish(group, finding, renderer)
}

fn finish(group: Group<'_>, finding: &Finding, renderer: &Renderer) -> String {
    let help = finding.help.iter().map(|help| Level::HELP.message(shown_sentence(help)));
    renderer.render(&[group.elements(help)])
}

/// A place that is marked in a line, and the text next to it.
struct Mark<'a> {
    span: Span,
    kind: AnnotationKind,
    label: Option<&'a str>,
}

impl<'a> Mark<'a> {
    fn of(place: &'a Place) -> Self {
        Self { span: place.span, kind: AnnotationKind::Context, label: Some(&place.label) }
    }
}

/// Adds the lines of a file from the first mark to the last one. Only the place of the first mark is named if a text is
/// not at hand, or a mark is too far into its line.
fn excerpt<'a>(group: Group<'a>, file: &str, marks: &[Mark<'_>], sources: &Sources) -> Group<'a> {
    let Some(first) = marks.first() else { return group };
    let number = |mark: &Mark<'_>| mark.span.start.line;
    let (from, to) = (marks.iter().map(number).min().unwrap_or(1), marks.iter().map(number).max().unwrap_or(1));
    let snippet = sources.get(file).and_then(|source| {
        let mut text = String::new();
        let mut annotations = Vec::new();
        for line in from..=to {
            let here: Vec<&Mark<'_>> = marks.iter().filter(|mark| number(mark) == line).collect();
            let (shown, ranges) = marked(source.line(line), &here)?;
            for (mark, range) in here.iter().zip(ranges) {
                let annotation = mark.kind.span(text.len() + range.start..text.len() + range.end);
                annotations.push(annotation.label(mark.label.map(shown_sentence)));
            }
            text.push_str(&shown);
            text.push('\n');
        }
        // Its last line has no line break: a place at the end of the line must not be on the next one.
        text.pop();
        Some(Snippet::source(text).line_start(from as usize).path(shown(file)).annotations(annotations))
    });
    let Some(snippet) = snippet else {
        let place = first.span.start;
        return group.element(Origin::path(shown(file)).line(place.line as usize).char_column(place.column as usize));
    };
    group.element(snippet)
}

/// A line of a file, safe to show and shortened, with the bytes of it that each mark covers. A mark over several lines
/// covers the first one to its end. `None` if a mark is too far to the right.
fn marked(line: &str, marks: &[&Mark<'_>]) -> Option<(String, Vec<Range<usize>>)> {
    let start = |mark: &&Mark<'_>| mark.span.start.column.saturating_sub(1) as usize;
    let furthest = marks.iter().map(start).max().unwrap_or(0);
    if furthest > FAR {
        return None;
    }
    let text: String = line.chars().take(furthest + WIDTH + MARKED).map(fit).collect();
    let text = text.replace("##[", "#\u{fffd}[");
    let length = text.chars().count();
    let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let range = |mark: &&Mark<'_>| {
        let (span, first) = (mark.span, start(mark));
        let past = if span.end.line > span.start.line { length } else { span.end.column.saturating_sub(1) as usize };
        byte(first)..byte(past.clamp(first + 1, first + MARKED))
    };
    let ranges = marks.iter().map(range).collect();
    Some((text, ranges))
}

/// A character that is safe to show: one for one, so columns stay the same.
fn fit(c: char) -> char {
    if is_unfit(c) && c != '\t' { '\u{fffd}' } else { c }
}
