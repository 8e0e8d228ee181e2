//! What is wrong or unwise in a contract that can be read, in either format.

use std::collections::HashMap;

use super::terms::{Contract, ContractFile, Terms};
use crate::contract::codes::SAME_INTERACTION;
use crate::interaction::{Http, InteractionId, Kind, pointer};
use crate::source::{Finding, SourceFile};
use crate::{contract, matching, pact};

/// All findings about a contract that was read, those of its reading left out: examples that don't uphold their own
/// contract are errors, all else is a warning.
#[must_use]
pub fn check(file: &ContractFile) -> Vec<Finding> {
    let mut findings = examples(&file.source, &file.contract);
    findings.extend(lint(file));
    findings
}

/// The findings for every place where an example is not what its own rules ask for. Of a Pact file nobody promised it.
fn examples(source: &SourceFile, contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, interaction) in contract.interactions.iter().enumerate() {
        let Some(http) = interaction.http() else { continue };
        match &http.terms {
            Terms::Own(terms) => {
                let (params, at) = (interaction.params(), pointer(index));
                let found = matching::example_mismatches(&http.request, &http.response, terms, &params, &at);
                findings.extend(found.iter().map(|mismatch| matching::broken_example(source, mismatch)));
            }
            Terms::Pact(_) => {}
        }
    }
    findings
}

fn lint(file: &ContractFile) -> Vec<Finding> {
    let ContractFile { source, contract, ids, .. } = file;
    let mut findings = Vec::new();
    // Pact files have names of their own.
    if !contract.is_pact() {
        findings.extend(contract::lint::misfiled(source, &contract.consumer, &contract.provider));
    }
    let mut seen: HashMap<InteractionId, usize> = HashMap::new();
    for (index, (interaction, id)) in contract.interactions.iter().zip(ids).enumerate() {
        let at = pointer(index);
        if let Some(first) = seen.insert(*id, index) {
            let first = &contract.interactions[first].name;
            let message = format!("this interaction is the same as `{first}`, but for its name");
            let place = source.place(&at.key("name"));
            findings.push(Finding::warning(SAME_INTERACTION, &source.name, place, message).help("keep one of the two"));
        }
        let Http { request, response, terms } = match &interaction.kind {
            Kind::Http(http) => http,
            Kind::Unrunnable(unrunnable) => &unrunnable.read,
            // Neither format reads messages yet.
            Kind::Message(_) => continue,
        };
        findings.extend(match terms {
            Terms::Own(terms) => contract::lint::lint(source, request, response, terms, &at),
            Terms::Pact(terms) => pact::lint(source, request, response, terms, &at),
        });
    }
    findings
}
