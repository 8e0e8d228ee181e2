//! Warnings about Pact files that can be read.

use super::codes::PACT_UNUSED;
use super::terms::Terms;
use crate::interaction::{Content, Request, Response};
use crate::source::{Finding, Pointer, SourceFile};

/// Warns of rules whose paths lead to nothing: they are ignored, and usually misspelt.
#[must_use]
pub fn lint(source: &SourceFile, request: &Request, response: &Response, terms: &Terms, at: &Pointer) -> Vec<Finding> {
    let mut findings = Vec::new();
    let messages =
        [("request", &terms.request, request.body.as_ref()), ("response", &terms.response, response.body.as_ref())];
    for (part, rules, body) in messages {
        let Some(Content::Json(example)) = body.map(|body| &body.content) else { continue };
        for rule in rules.body.0.iter().filter(|rule| !rule.path.leads_into(example)) {
            let place = rule.list.keys.iter().fold(at.key(part).key("matchingRules"), |at, key| at.key(key));
            let message = format!("`{}` leads to nothing in the example, so the rule has no effect", rule.path);
            findings.push(
                Finding::warning(PACT_UNUSED, &source.name, source.place(&place), message)
                    .help("correct the path in the test that writes this file, or remove the rule"),
            );
        }
    }
    findings
}
