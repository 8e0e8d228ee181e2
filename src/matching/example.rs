//! Does each example uphold its own contract? A contract that its own example breaks asks for two things at once.

use std::borrow::Cow;

use super::shape::Mode;
use super::{ActualResponse, Mismatch, body, encode, headers, match_request};
use crate::contract::codes::EXAMPLE_BROKEN;
use crate::contract::{Contract, Interaction, Response, Rules, Status};
use crate::source::{Finding, SourceFile};

/// The response that an interaction's example is, as it would come over the wire.
#[must_use]
pub fn example_response(response: &Response) -> ActualResponse {
    let status = match response.status {
        Status::Code(code) => code,
        Status::Class(class) => u16::from(class) * 100,
    };
    ActualResponse {
        status,
        headers: encode::headers(&response.headers),
        body: response.body.as_ref().map(encode::body).unwrap_or_default(),
    }
}

/// The findings for every place where an example is not what its own rules ask for.
#[must_use]
pub fn check_examples(source: &SourceFile, contract: &Contract) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, interaction) in contract.interactions.iter().enumerate() {
        for mismatch in own_mismatches(interaction, index) {
            let span = source.place(&mismatch.asked);
            let message = format!(
                "the example does not uphold its own contract: at {}, {}",
                mismatch.place(),
                mismatch.message()
            );
            findings.push(
                Finding::error(EXAMPLE_BROKEN, &source.name, span, message)
                    .help("change the example or the matcher so that they agree"),
            );
        }
    }
    findings
}

/// Every place where the examples of an interaction, the one of this number in its contract, are not what its own rules
/// ask for.
#[must_use]
pub fn own_mismatches(interaction: &Interaction, index: usize) -> Vec<Mismatch> {
    // Of a Pact file nobody promised it.
    if interaction.request.rules.pact.is_some() {
        return Vec::new();
    }
    let at = Interaction::pointer(index);
    let filled = if interaction.has_placeholders() {
        Cow::Owned(interaction.filled(&interaction.params()))
    } else {
        Cow::Borrowed(interaction)
    };
    let (request, response) = (&filled.request, &filled.response);
    let mut found = Vec::new();
    // Without rules, an example asks for itself.
    let ruled = request.rules != Rules::default() || !request.query_rules.is_empty() || request.path_rule.is_some();
    if ruled {
        found.extend(match_request(request, &encode::request(request), &at.key("request")));
    }
    if response.rules != Rules::default() {
        let at = at.key("response");
        found.extend(headers::compare(&response.headers, &response.rules, &encode::headers(&response.headers), &at));
        if let Some(body) = &response.body {
            found.extend(body::compare_own(body, &response.rules, Mode::LEAST, &at));
        }
    }
    found
}
