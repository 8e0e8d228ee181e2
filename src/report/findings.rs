//! Findings, in the three forms in which they are shown: as text with the lines they are about, as JSON, and as
//! annotations on GitHub.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::escape::{is_unfit, shown, shown_sentence};
use super::palette::Palette;
use crate::source::{Finding, Severity, Sources, Span};
use crate::words::count;

pub use super::github::findings as github;
pub use super::json::findings as json;

/// How many findings are shown; machine forms hold them all.
const MOST: usize = 200;
/// How many columns of a source line are shown.
const WIDTH: usize = 120;
/// How many characters of a place are marked.
const MARKED: usize = 80;
/// How far into a line its place is looked for. A longer line is no line that a person reads.
const FAR: usize = 10_000;

/// Findings as a person reads them, each with its code, its place, the line it is about and what to do, and their
/// number at the end. At most 200 are shown. Without findings the text is empty.
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
    let file = shown(&finding.file);
    let title = level.primary_title(shown_sentence(&finding.message)).id(finding.code.0);
    let mut group = Group::with_title(title);
    let line = finding.span.and_then(|span| {
        let line = sources.get(&finding.file)?.line(span.start.line);
        marked(line, span)
    });
    group = match (&line, finding.span) {
        (Some((line, marked)), Some(span)) => group.element(
            Snippet::source(line.as_str())
                .line_start(span.start.line as usize)
                .path(file)
                .annotation(AnnotationKind::Primary.span(marked.clone())),
        ),
        (_, Some(span)) => {
            group.element(Origin::path(file).line(span.start.line as usize).char_column(span.start.column as usize))
        }
        (_, None) => group.element(Origin::path(file)),
    };
    for help in &finding.help {
        group = group.element(Level::HELP.message(shown_sentence(help)));
    }
    renderer.render(&[group])
}

/// A line of a file, fit to be shown and cut where nobody reads on, and the bytes of it that a span covers; a
/// span over several lines covers its first one to the end. Nothing where the place is too far into the line.
fn marked(line: &str, span: Span) -> Option<(String, std::ops::Range<usize>)> {
    let first = span.start.column.saturating_sub(1) as usize;
    if first > FAR {
        return None;
    }
    let text: String = line.chars().take(first + WIDTH + MARKED).map(fit).collect();
    let text = text.replace("##[", "#\u{fffd}[");
    let length = text.chars().count();
    let past = if span.end.line > span.start.line { length } else { span.end.column.saturating_sub(1) as usize };
    let past = past.clamp(first + 1, first + MARKED);
    let byte = |chars: usize| text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    let range = byte(first)..byte(past);
    Some((text, range))
}

/// A character that can stand in a shown line: one for one, so that columns stay what they are.
fn fit(c: char) -> char {
    if is_unfit(c) && c != '\t' { '\u{fffd}' } else { c }
}
