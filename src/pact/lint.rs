//! Warnings about Pact files that can be read.

use std::collections::HashMap;

use super::codes::{PACT_EXAMPLE, PACT_TWICE, PACT_UNUSED};
use super::comparison::{match_request, match_response, unused_in_xml};
use super::encode as pact_encode;
use super::matcher::PlacedRule;
use super::terms::Terms;
use crate::contract::lint::forbidden_body;
use crate::interaction::mismatch::UNUSABLE;
use crate::interaction::{Content, Mismatch, Part, Request, Response, State, encode, pointer};
use crate::source::{Finding, Pointer, SourceFile};

/// How many places of an example are tried for all of an interaction's rules.
const MOST_STEPS: usize = 2_000_000;

/// Warns of rules whose paths lead to nothing: they are ignored, and usually misspelt.
#[must_use]
pub fn lint(source: &SourceFile, request: &Request, response: &Response, terms: &Terms, at: &Pointer) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut steps = MOST_STEPS;
    let messages =
        [("request", &terms.request, request.body.as_ref()), ("response", &terms.response, response.body.as_ref())];
    for (part, rules, body) in messages {
        let unused: Vec<&PlacedRule> = match body.map(|body| &body.content) {
            Some(Content::Json(example)) => {
                rules.body.0.iter().filter(|rule| !rule.path.leads_into(example, &mut steps)).collect()
            }
            Some(Content::Text(example)) => unused_in_xml(example, &rules.body, &mut steps),
            Some(Content::Bytes(_) | Content::Form(_)) | None => continue,
        };
        for rule in unused {
            let place = rule.list.keys.iter().fold(at.key(part).key("matchingRules"), |at, key| at.key(key));
            let message = format!("`{}` leads to nothing in the example, so the rule has no effect", rule.path);
            findings.push(
                Finding::warning(PACT_UNUSED, &source.name, source.place(&place), message)
                    .help("correct the path in the test that writes this file, or remove the rule"),
            );
        }
    }
    let sent = encode::response(response);
    let own =
        match_request(request, &terms.request, &pact_encode::request(request, &terms.request), &at.key("request"))
            .into_iter()
            .chain(match_response(response, &terms.response, &sent, &at.key("response")));
    // Rules that nothing can match have a finding of their own.
    let matters = |mismatch: &Mismatch| match mismatch.part {
        // A path may lack its first slash.
        Part::Path => terms.request.path.is_some(),
        _ => mismatch.code != UNUSABLE,
    };
    for mismatch in own.filter(matters) {
        let message = format!("the example doesn't fit its own rules: at {}, {}", mismatch.place(), mismatch.message());
        findings.push(
            Finding::warning(PACT_EXAMPLE, &source.name, source.place(&mismatch.expectation), message)
                .help("correct the example or the rule in the test that writes this file"),
        );
    }
    findings.extend(forbidden_body(source, response, &at.key("response")));
    findings
}

/// Warns of the interactions of a file that have the request and the states of an earlier one, but another response: a mock
/// can answer with one of them only, and a provider can't uphold both.
#[must_use]
pub fn lint_pairs<'c>(
    source: &SourceFile,
    interactions: impl Iterator<Item = (usize, &'c str, &'c [State], &'c Request, &'c Terms)>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut first_with: HashMap<String, (usize, &str)> = HashMap::new();
    for (index, name, given, request, terms) in interactions {
        let key = format!("{request:?} {given:?} {:?}", terms.request.written);
        let Some((first, other)) = first_with.get(&key).copied() else {
            first_with.insert(key, (index, name));
            continue;
        };
        let states = if given.is_empty() { "and neither has a provider state" } else { "and the same provider states" };
        let message = format!(
            "`{name}` has the same request as `{other}`, {states}: a mock answers with the earlier one, and a provider \
             can't tell them apart"
        );
        let place = |index| source.place(&pointer(index).key("description"));
        findings.push(
            Finding::warning(PACT_TWICE, &source.name, place(index), message)
                .place(&source.name, place(first), "the same request")
                .help("give them different provider states in the tests that write this file, or remove one of them"),
        );
    }
    findings
}
