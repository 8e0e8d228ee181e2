//! Gaps as findings, one for each cause: documents that programs write repeat one cause in every field.

use std::sync::Arc;

use indexmap::IndexMap;

use super::codes;
use super::compare::Comparison;
use super::gap::{Cause, Gap, Verdict};
use crate::openapi::Document;
use crate::source::{Code, Finding, Pointer, Severity, SourceFile, Span};
use crate::words::{and_list, count};

/// How many places of a group are named.
const MOST_NAMED: usize = 5;

/// Findings about the gaps of contracts, each with their comparison and their file. What depends on the provider's state is
/// no finding.
#[must_use]
pub fn findings(
    compared: &[(Arc<SourceFile>, Comparison)],
    document: &Document,
    is_pact: impl Fn(usize) -> bool,
) -> Vec<Finding> {
    let mut groups: IndexMap<Key<'_>, Vec<Found<'_>>> = IndexMap::new();
    for (number, (source, comparison)) in compared.iter().enumerate() {
        for interaction in &comparison.interactions {
            for gap in &interaction.gaps {
                if matches!(gap.verdict, Verdict::Covered | Verdict::NeedsState) {
                    continue;
                }
                // A Pact file has its own keys: only the interaction's place is the same.
                let place = if is_pact(number) {
                    crate::interaction::pointer(interaction.index)
                } else {
                    gap.expectation.clone()
                };
                let found = Found { source, name: &interaction.name, gap, place };
                groups.entry(Key::of(gap)).or_default().push(found);
            }
        }
    }
    groups.into_values().filter_map(|group| finding(&group, document)).collect()
}

/// One gap, and where it is.
struct Found<'a> {
    source: &'a Arc<SourceFile>,
    name: &'a str,
    gap: &'a Gap,
    place: Pointer,
}

/// What the gaps of one finding have in common.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    code: Code,
    verdict: Verdict,
    is_request: bool,
    /// The schema that they are gaps of; a missing `required` concerns all properties of one object.
    schema: Option<&'a str>,
    /// The place, if there is no schema.
    path: &'a str,
    cause: String,
}

impl<'a> Key<'a> {
    fn of(gap: &'a Gap) -> Self {
        let schema = gap.document.as_deref();
        let (schema, cause) = match &gap.cause {
            Cause::Optional => (schema.map(owner), String::new()),
            cause => (schema, cause.to_string()),
        };
        let path = if schema.is_none() || gap.cause != Cause::Optional { gap.path.as_str() } else { "" };
        Self { code: code(gap), verdict: gap.verdict, is_request: gap.is_request, schema, path, cause }
    }
}

/// The schema of the object that a property belongs to.
fn owner(property: &str) -> &str {
    property.rsplit_once("/properties/").map_or(property, |(owner, _)| owner)
}

fn finding(group: &[Found<'_>], document: &Document) -> Option<Finding> {
    let first = group.first()?;
    let gap = first.gap;
    let span = first.source.place(&first.place);
    let subject = subject(group);
    let message = match (&gap.verdict, &gap.cause) {
        (Verdict::Undecided, _) => format!("undecided for {subject}: {}: {}", gap.place(), gap.message()),
        (Verdict::NotGuaranteed, Cause::Optional) if group.len() > 1 => {
            format!("not guaranteed for {subject}: the document doesn't require {}", named(group))
        }
        (Verdict::NotGuaranteed, _) => format!("not guaranteed for {subject}: {}: {}", gap.place(), gap.message()),
        _ => format!("breaks {subject}: {}: {}", gap.place(), gap.message()),
    };
    let severity = if gap.verdict == Verdict::Breaks { Severity::Error } else { Severity::Warning };
    let finding = Finding { severity, ..Finding::error(code(gap), &first.source.name, span, message) };
    let finding = match gap.shown_witness() {
        Some(witness) if gap.verdict == Verdict::NotGuaranteed => {
            finding.help(format!("the provider may send {witness}"))
        }
        _ => finding,
    };
    let (place, label) = said(gap, document);
    let mut finding = finding.place(&document.source.name, place, label);
    for other in group.iter().skip(1).take(MOST_NAMED) {
        finding = finding.place(&other.source.name, other.source.place(&other.place), "and here");
    }
    Some(finding)
}

/// Where the document says so, and in which words.
fn said(gap: &Gap, document: &Document) -> (Option<Span>, &'static str) {
    let at = gap.document.as_deref();
    match gap.cause {
        Cause::Optional => (at.map(owner).and_then(|at| document.place(at)), "not in `required` here"),
        _ => (at.and_then(|at| document.place(at)), "the document says so here"),
    }
}

/// The interactions of a group: `` `get` of web``.
fn subject(group: &[Found<'_>]) -> String {
    let mut names: Vec<String> = Vec::new();
    for found in group {
        let name = format!("`{}`", found.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    if more > 0 {
        names.push(count(more, "more interaction").to_string());
    }
    and_list(&names)
}

/// The places of a group.
fn named(group: &[Found<'_>]) -> String {
    let mut names: Vec<String> = Vec::new();
    for found in group {
        let name = format!("`{}`", found.gap.path);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(MOST_NAMED);
    names.truncate(MOST_NAMED);
    if more > 0 {
        names.push(count(more, "more value").to_string());
    }
    and_list(&names)
}

const fn code(gap: &Gap) -> Code {
    if matches!(gap.verdict, Verdict::Undecided) {
        return codes::UNDECIDED;
    }
    match gap.cause {
        Cause::NoOperation { .. } | Cause::NoMethod { .. } => codes::NO_OPERATION,
        Cause::Status { .. } => codes::NO_STATUS,
        Cause::NoBody | Cause::ContentType { .. } => codes::OTHER_BODY,
        Cause::Undeclared { .. } | Cause::Forbidden => codes::UNDECLARED,
        Cause::Optional => codes::OPTIONAL,
        Cause::Type(_) => codes::OTHER_TYPE,
        Cause::Values(_) | Cause::Value | Cause::Nothing | Cause::Open => codes::OTHER_VALUE,
        Cause::Size { .. } | Cause::Elements => codes::OTHER_SIZE,
        Cause::Present { .. } | Cause::OtherKeys { .. } => codes::EXTRA,
        Cause::NotSent => codes::NOT_SENT,
        Cause::NotDeclared => codes::NOT_DECLARED,
        Cause::Invalid { .. } => codes::INVALID,
        Cause::Credentials(_) => codes::CREDENTIALS,
        Cause::TooManyWays | Cause::TooMuch | Cause::NotCompared => codes::UNDECIDED,
    }
}
