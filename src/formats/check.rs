//! Checks contracts of both formats for parts that can be read, but are wrong or unwise.

use std::collections::{HashMap, HashSet};

use super::terms::{ContractFile, Interaction, Terms};
use crate::contract::codes::SAME_INTERACTION;
use crate::interaction::{Http, InteractionId, Kind, pointer, work};
use crate::source::{Finding, Pointer, SourceFile};
use crate::{contract, matching, pact};

/// The findings about a contract that was read, without those of reading it. Examples that break their own rules are
/// errors; everything else is a warning.
#[must_use]
pub fn check(file: &ContractFile) -> Vec<Finding> {
    let ContractFile { source, contract, ids, .. } = file;
    let interactions = || contract.interactions.iter().enumerate();
    let mut findings = Vec::new();
    // One limit for all examples.
    work::within(work::MOST_STEPS, || {
        for (index, interaction) in interactions() {
            findings.extend(broken_examples(source, interaction, &pointer(index)));
        }
    });
    // Only our own format has a rule for the path of a file.
    let is_pact = pact::is_pact(&source.text);
    if !is_pact {
        findings.extend(contract::lint::misfiled(source, &contract.consumer, &contract.provider));
    }
    let mut same = HashSet::new();
    let mut first_with: HashMap<InteractionId, usize> = HashMap::new();
    for ((index, interaction), id) in interactions().zip(ids) {
        if let Some(first) = first_with.insert(*id, index) {
            findings.push(duplicate(source, index, first, &contract.interactions[first].name));
            same.insert(index);
        }
        findings.extend(lint(source, interaction, &pointer(index)));
    }
    let others = interactions().filter(|(index, _)| !same.contains(index)).filter_map(|(index, interaction)| {
        let http = interaction.http()?;
        let Terms::Pact(terms) = &http.terms else { return None };
        Some((index, interaction.name.as_str(), interaction.given.as_slice(), &http.request, terms))
    });
    findings.extend(pact::lint_pairs(source, others));
    findings
}

/// An error for every place where an example breaks its own rules.
fn broken_examples(source: &SourceFile, interaction: &Interaction, at: &Pointer) -> Vec<Finding> {
    let Some(Http { request, response, terms }) = interaction.http() else { return Vec::new() };
    match terms {
        Terms::Own(terms) => {
            let found = matching::example_mismatches(request, response, terms, &interaction.params(), at);
            found.iter().map(|mismatch| matching::broken_example(source, mismatch)).collect()
        }
        // Pact doesn't require examples to fit their rules.
        Terms::Pact(_) => Vec::new(),
    }
}

/// A warning about the interaction at `index`, which equals the earlier one at `first`, named `name`.
fn duplicate(source: &SourceFile, index: usize, first: usize, name: &str) -> Finding {
    let message = format!("this interaction is the same as `{name}`, except for its name");
    let key = if pact::is_pact(&source.text) { "description" } else { "name" };
    let place = |index| source.place(&pointer(index).key(key));
    Finding::warning(SAME_INTERACTION, &source.name, place(index), message)
        .place(&source.name, place(first), "the same interaction")
        .help("keep one of the two")
}

/// The warnings about one interaction alone.
fn lint(source: &SourceFile, interaction: &Interaction, at: &Pointer) -> Vec<Finding> {
    let Http { request, response, terms } = match &interaction.kind {
        Kind::Http(http) => http,
        Kind::Unrunnable(unrunnable) => &unrunnable.read,
        // Neither format has messages yet.
        Kind::Message(_) => return Vec::new(),
    };
    match terms {
        Terms::Own(terms) => contract::lint::lint(source, request, response, terms, at),
        Terms::Pact(terms) => pact::lint(source, request, response, terms, at),
    }
}
