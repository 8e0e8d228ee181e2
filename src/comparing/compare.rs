//! A contract beside a document, interaction by interaction.

use super::gap::{Cause, Gap, Verdict};
use super::response::{Side, part};
use super::validity::Validity;
use super::{request, response};
use crate::contract::{Contract, Interaction};
use crate::interaction::{Part, Status, pointer, work};
use crate::openapi::{Document, NoOperation};

/// How the interactions of a contract stand to a document.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// In the contract's order.
    pub interactions: Vec<Compared>,
}

/// How one interaction stands to a document.
#[derive(Clone, Debug)]
pub struct Compared {
    pub name: String,
    /// Its index in the contract.
    pub index: usize,
    /// The operation that it asks for: `GET /orders/{id}`.
    pub operation: Option<String>,
    pub gaps: Vec<Gap>,
}

impl Compared {
    /// The worst verdict of its places.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.gaps.iter().map(|gap| gap.verdict).max().unwrap_or(Verdict::Covered)
    }
}

/// Compares each interaction over HTTP with a document.
#[must_use]
pub fn compare(contract: &Contract, document: &Document) -> Comparison {
    let validity = Validity::new(document);
    let all = contract.interactions.iter().enumerate();
    // Each interaction may take as much work as a comparison with a response.
    let compared = all.filter_map(|(index, interaction)| {
        work::within(work::MOST_STEPS, || one(interaction, index, document, &validity))
    });
    Comparison { interactions: compared.collect() }
}

fn one(interaction: &Interaction, index: usize, document: &Document, validity: &Validity<'_>) -> Option<Compared> {
    let http = interaction.http()?.filled(&interaction.params());
    let at = pointer(index);
    let request_at = at.key("request");
    let compared = |operation, gaps| Some(Compared { name: interaction.name.clone(), index, operation, gaps });
    let operation = match document.operation(&http.request.method, &http.request.path) {
        Ok(operation) => operation,
        Err(why) => {
            let (cause, place) = match why {
                NoOperation::Path => (Cause::NoOperation { near: document.near(&http.request.path) }, None),
                NoOperation::Method { path, methods, at } => (Cause::NoMethod { path, methods }, Some(at)),
            };
            let gap = part(Verdict::Breaks, Part::Path, cause, request_at.key("path"), place.as_deref());
            return compared(None, vec![Gap { is_request: true, ..gap }]);
        }
    };
    let mut gaps = request::gaps(document, validity, &operation, &http.request, &request_at);
    // A request that the contract wants to be refused may be one that the document doesn't allow.
    if matches!(http.response.status, Status::Class(4) | Status::Code(400..=499)) {
        gaps.clear();
    }
    let (response, rules) = (&http.response, &http.terms.response);
    let side = Side { document, validity, operation: &operation, has_state: !interaction.given.is_empty() };
    gaps.extend(response::gaps(&side, response, rules, &at.key("response")));
    if work::is_spent() {
        // What was found so far is worth nothing.
        gaps = vec![part(Verdict::Undecided, Part::Body, Cause::TooMuch, at.clone(), Some(operation.at))];
    }
    compared(Some(operation.line()), gaps)
}
