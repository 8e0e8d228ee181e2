//! How contracts stand to an interface description: a line for each interaction, and the form for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use serde::Serialize;

use super::escape::shown;
use super::json::{FORMAT, pretty};
use super::palette::{Palette, paint};
use crate::comparing::{Comparison, Gap, Verdict};
use crate::formats::ContractFile;
use crate::openapi::Document;
use crate::source::Span;
use crate::words::{and_list, count};

/// A contract, and how it stands to the document.
#[derive(Clone, Copy, Debug)]
pub struct ComparedContract<'a> {
    pub file: &'a ContractFile,
    pub comparison: &'a Comparison,
}

/// How many places that need a provider state are named for one interaction.
const MOST_STATES: usize = 5;

/// Every interaction with its verdict, and their numbers at the end.
#[must_use]
pub fn comparison_text(all: &[ComparedContract<'_>], palette: &Palette) -> String {
    let mut out = String::new();
    let mut numbers: BTreeMap<Verdict, usize> = BTreeMap::new();
    for ComparedContract { file, comparison } in all {
        let contract = &file.contract;
        let _ = writeln!(out, "{} → {}", contract.consumer, contract.provider);
        let width = comparison.interactions.iter().map(|it| it.name.chars().count()).max().unwrap_or(0).min(60);
        for interaction in &comparison.interactions {
            let verdict = told(interaction.verdict());
            *numbers.entry(verdict).or_default() += 1;
            let style = match verdict {
                Verdict::Breaks => palette.broken,
                Verdict::NotGuaranteed | Verdict::Undecided => palette.warning,
                Verdict::Covered | Verdict::NeedsState => palette.upheld,
            };
            let word = format!("{verdict:<16}");
            let operation = interaction.operation.as_deref().unwrap_or("no operation");
            let _ =
                writeln!(out, "  {}{:<width$}  {}", paint(style, &word), shown(&interaction.name), shown(operation));
            let states = states(&interaction.gaps);
            if verdict == Verdict::Covered && !states.is_empty() {
                let _ = writeln!(out, "  {:<16}if the provider state provides {}", "", and_list(&states));
            }
        }
        out.push('\n');
    }
    let total: usize = numbers.values().sum();
    let parts: Vec<String> =
        numbers.iter().rev().map(|(verdict, number)| format!("{number} {}", plural(*verdict, *number))).collect();
    let _ = writeln!(
        out,
        "{}: {}",
        count(total, "interaction"),
        if parts.is_empty() { String::from("nothing to compare") } else { parts.join(", ") }
    );
    out
}

/// What needs a provider state is covered as far as a document can say.
const fn told(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::NeedsState => Verdict::Covered,
        other => other,
    }
}

const fn plural(verdict: Verdict, number: usize) -> &'static str {
    match verdict {
        Verdict::Breaks if number == 1 => "breaks",
        Verdict::Breaks => "break",
        Verdict::NotGuaranteed => "not guaranteed",
        Verdict::Undecided => "undecided",
        Verdict::Covered | Verdict::NeedsState => "covered",
    }
}

/// The places that need a provider state, or credentials.
fn states(gaps: &[Gap]) -> Vec<String> {
    let needing = gaps.iter().filter(|gap| gap.verdict == Verdict::NeedsState && !gap.is_request);
    let mut places: Vec<String> = needing.map(|gap| format!("`{}`", gap.path)).collect();
    places.dedup();
    let more = places.len().saturating_sub(MOST_STATES);
    places.truncate(MOST_STATES);
    if more > 0 {
        places.push(count(more, "more value").to_string());
    }
    places
}

/// The comparison as one JSON document.
///
/// # Errors
///
/// None in practice: everything in it can be written as JSON.
pub fn comparison_json(all: &[ComparedContract<'_>], document: &Document, exit_code: u8) -> io::Result<String> {
    let interactions = || all.iter().flat_map(|it| &it.comparison.interactions);
    let number = |verdict: Verdict| interactions().filter(|it| told(it.verdict()) == verdict).count();
    let made = Made {
        format: FORMAT,
        command: "compare",
        document: &document.source.name,
        exit_code,
        summary: Summary {
            breaks: number(Verdict::Breaks),
            not_guaranteed: number(Verdict::NotGuaranteed),
            undecided: number(Verdict::Undecided),
            covered: number(Verdict::Covered),
        },
        contracts: all.iter().map(|it| contract(it, document)).collect(),
    };
    pretty(&made)
}

fn contract<'a>(compared: &ComparedContract<'a>, document: &Document) -> Contract<'a> {
    let ComparedContract { file, comparison } = compared;
    let interactions = comparison.interactions.iter().map(|interaction| Interaction {
        name: &interaction.name,
        operation: interaction.operation.as_deref(),
        verdict: word(told(interaction.verdict())),
        gaps: interaction.gaps.iter().map(|gap| json_gap(gap, file, document)).collect(),
    });
    Contract {
        consumer: file.contract.consumer.as_str(),
        provider: file.contract.provider.as_str(),
        file: &file.source.name,
        interactions: interactions.collect(),
    }
}

fn json_gap(gap: &Gap, file: &ContractFile, document: &Document) -> JsonGap {
    JsonGap {
        verdict: word(gap.verdict),
        side: if gap.is_request { "request" } else { "response" },
        part: gap.part.to_string(),
        path: gap.path.clone(),
        message: gap.message(),
        witness: gap.witness.clone(),
        contract: place(file.source.place(&gap.expectation)),
        document: place(gap.document.as_deref().and_then(|at| document.place(at))),
        pointer: gap.document.clone(),
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Covered => "covered",
        Verdict::Undecided => "undecided",
        Verdict::NeedsState => "needs-state",
        Verdict::NotGuaranteed => "not-guaranteed",
        Verdict::Breaks => "breaks",
    }
}

fn place(span: Option<Span>) -> Option<JsonPlace> {
    span.map(|span| JsonPlace { line: span.start.line, column: span.start.column })
}

#[derive(Serialize)]
struct Made<'a> {
    format: u32,
    command: &'static str,
    document: &'a str,
    exit_code: u8,
    summary: Summary,
    contracts: Vec<Contract<'a>>,
}

#[derive(Serialize)]
struct Summary {
    breaks: usize,
    not_guaranteed: usize,
    undecided: usize,
    covered: usize,
}

#[derive(Serialize)]
struct Contract<'a> {
    consumer: &'a str,
    provider: &'a str,
    file: &'a str,
    interactions: Vec<Interaction<'a>>,
}

#[derive(Serialize)]
struct Interaction<'a> {
    name: &'a str,
    operation: Option<&'a str>,
    verdict: &'static str,
    gaps: Vec<JsonGap>,
}

#[derive(Serialize)]
struct JsonGap {
    verdict: &'static str,
    side: &'static str,
    part: String,
    path: String,
    message: String,
    witness: Option<serde_json::Value>,
    contract: Option<JsonPlace>,
    document: Option<JsonPlace>,
    /// The JSON Pointer to the place in the document.
    pointer: Option<String>,
}

#[derive(Serialize)]
struct JsonPlace {
    line: u32,
    column: u32,
}
