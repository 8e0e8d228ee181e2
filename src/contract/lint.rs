//! What is unwise in a contract that can be read.

use std::collections::HashMap;

use super::codes::{BODY_ON_SAFE, MISFILED, PACT_UNUSED, SAME_INTERACTION, VOLATILE_EXACT};
use super::document::{Body, Contract, Interaction, Written};
use super::matcher::{Matcher, Rule};
use super::path::Path;
use super::path_tree::PathTree;
use super::{InteractionId, ReadContract};
use crate::source::{Finding, Pointer, SourceFile};

/// All warnings about a contract that was read, those of its reading left out.
#[must_use]
pub fn lint(source: &SourceFile, read: &ReadContract) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(misfiled(source, &read.contract));
    let mut seen: HashMap<InteractionId, usize> = HashMap::new();
    for (index, interaction) in read.contract.interactions.iter().enumerate() {
        let at = Interaction::pointer(index);
        if let Some(first) = seen.insert(read.ids[index], index) {
            let name = &read.contract.interactions[first].name;
            let message = format!("this interaction is the same as `{name}`, but for its name");
            let first = source.place(&Interaction::pointer(first).key("name"));
            let finding = warning(SAME_INTERACTION, source, &at.key("name"), message);
            findings.push(finding.place(&source.name, first, "the same interaction").help("keep one of the two"));
        }
        if interaction.request.rules.pact.is_some() {
            findings.extend(unused_rules(source, interaction, &at));
            continue;
        }
        findings.extend(body_on_safe(source, interaction, &at));
        findings.extend(volatile_exact(source, interaction, &at));
    }
    findings
}

fn warning(code: crate::source::Code, source: &SourceFile, at: &Pointer, message: String) -> Finding {
    Finding::warning(code, &source.name, source.place(at), message)
}

/// A contract's folder is its consumer, and its file its provider, so that a reader finds it by its name.
fn misfiled(source: &SourceFile, contract: &Contract) -> Option<Finding> {
    let parts: Vec<&str> = source.name.split(['/', '\\']).collect();
    // Pact files have names of their own.
    if contract.is_pact() {
        return None;
    }
    // Only where the file lies in a folder `contracts`: elsewhere its place says nothing.
    let [.., "contracts", folder, file] = parts.as_slice() else { return None };
    let provider = file.rsplit_once('.').map_or(*file, |(stem, _)| stem);
    let filed = *folder == contract.consumer.as_str() && provider == contract.provider.as_str();
    (!filed).then(|| {
        let message = format!(
            "this is the contract of {} with {}, and its file says otherwise",
            contract.consumer, contract.provider
        );
        warning(MISFILED, source, &Pointer::root().key("consumer"), message)
            .help(format!("name it contracts/{}/{}.yaml", contract.consumer, contract.provider))
    })
}

/// A rule of a Pact file whose path leads to nothing is ignored by everybody, and mostly it is misspelt.
fn unused_rules(source: &SourceFile, interaction: &Interaction, at: &Pointer) -> Vec<Finding> {
    let mut findings = Vec::new();
    let messages = [
        ("request", &interaction.request.rules, interaction.request.body.as_ref()),
        ("response", &interaction.response.rules, interaction.response.body.as_ref()),
    ];
    for (part, rules, body) in messages {
        let (Some(pact), Some(Body::Json(example))) = (&rules.pact, body) else { continue };
        for rule in pact.body.0.iter().filter(|rule| !rule.path.leads_into(example)) {
            let place = rule.list.keys.iter().fold(at.key(part).key("matchingRules"), |at, key| at.key(key));
            let message = format!("`{}` leads to nothing in the example, so that nobody follows the rule", rule.path);
            findings.push(
                warning(PACT_UNUSED, source, &place, message)
                    .help("correct the path in the test that writes this file, or take the rule out"),
            );
        }
    }
    findings
}

fn body_on_safe(source: &SourceFile, interaction: &Interaction, at: &Pointer) -> Option<Finding> {
    let request = &interaction.request;
    (request.is_safe() && request.body.is_some()).then(|| {
        warning(
            BODY_ON_SAFE,
            source,
            &at.key("request"),
            format!("a {} has no use for a body (RFC 9110, section 9.3)", request.method),
        )
        .help("leave the body out, or use POST or QUERY")
    })
}

/// An exact uuid or time stamp is another one in the next run, unless the provider state fixes it.
fn volatile_exact(source: &SourceFile, interaction: &Interaction, at: &Pointer) -> Vec<Finding> {
    let Some(Body::Json(example)) = interaction.response.body.as_ref().map(Body::content) else { return Vec::new() };
    let volatile = |text: &str| {
        uuid::Uuid::try_parse(text).is_ok() || (text.len() > 15 && text.parse::<jiff::Timestamp>().is_ok())
    };
    let exact = interaction
        .response
        .rules
        .body
        .iter()
        .filter(|(_, written)| written.thing.matchers.iter().any(Matcher::is_of_example));
    let exact: Vec<_> = exact.collect();
    let mut found: Vec<Option<&str>> = vec![None; exact.len()];
    let tree = PathTree::of(exact.iter().enumerate().map(|(number, (path, _))| (*path, number)));
    tree.visit(example, &mut |number, place| {
        found[*number] = found[*number].or_else(|| place.as_str().filter(|text| volatile(text)));
    });
    let found = exact.into_iter().zip(found).filter_map(|(rule, text)| text.map(|text| (rule, text)));
    let finding = |((path, written), text): ((&Path, &Written<Rule>), &str)| {
        let message = format!("`{path}` must be exactly `{text}`, which looks as if it were made anew each time");
        warning(VOLATILE_EXACT, source, &at.key("response").key("match").key(&*written.key), message)
            .help("ask for its format (`uuid`, `date-time`), or fix the value in a provider state's parameters")
    };
    found.map(finding).collect()
}
