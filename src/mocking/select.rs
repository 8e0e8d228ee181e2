//! Which interaction a request asks for, and how near it comes where there is none.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::index::Index;
use super::reply::reply_of;
use crate::contract::{ContractFile, Interaction, Request, Rules};
use crate::matching::{ActualRequest, ActualResponse, Mismatch, Part, match_request};
use crate::source::Pointer;

/// How many interactions a request that none allows is compared with: the nearest of them is shown.
const COMPARED: usize = 500;

/// The contracts of one provider, ready to answer.
#[derive(Debug)]
pub struct Mock {
    files: Vec<Arc<ContractFile>>,
    places: Vec<Place>,
    /// Each interaction with its own parameters filled in.
    filled: Vec<Filled>,
    index: Index,
}

/// An interaction by its contract and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: usize,
    pub interaction: usize,
}

/// A provider state that is active, with the parameters that it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct ActiveState {
    pub name: String,
    /// These stand in the place of the contract's own.
    pub params: Map<String, Value>,
}

/// The interaction that answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// Its number: see [`Mock::interaction`].
    pub number: usize,
    pub response: ActualResponse,
}

/// A request that no interaction allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    /// The interaction that it comes nearest to, and what it has otherwise; nothing where there is no interaction.
    pub nearest: Option<(usize, Vec<Mismatch>)>,
}

#[derive(Debug)]
struct Filled {
    /// Nothing where there are no placeholders: then the interaction itself is what is filled.
    interaction: Option<Box<Interaction>>,
}

impl Mock {
    /// A mock of contracts that are all with the same provider.
    #[must_use]
    pub fn new(files: Vec<Arc<ContractFile>>) -> Self {
        let mut mock = Self { files, places: Vec::new(), filled: Vec::new(), index: Index::default() };
        for (file, contract) in mock.files.iter().enumerate() {
            for (number, interaction) in contract.contract.interactions.iter().enumerate() {
                mock.index.add(mock.places.len(), &interaction.request);
                mock.places.push(Place { file, interaction: number });
                let filled =
                    interaction.has_placeholders().then(|| Box::new(interaction.filled(&interaction.params())));
                mock.filled.push(Filled { interaction: filled });
            }
        }
        mock
    }

    /// How many interactions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no interaction at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// An interaction with its contract, by its number.
    #[must_use]
    pub fn interaction(&self, number: usize) -> Option<(&ContractFile, &Interaction, Place)> {
        let place = *self.places.get(number)?;
        let file = self.files.get(place.file)?;
        Some((file, file.contract.interactions.get(place.interaction)?, place))
    }

    /// Answers a request while these states are active.
    ///
    /// # Errors
    ///
    /// The nearest interaction, where none allows the request.
    pub fn answer(&self, request: &ActualRequest, active: &[ActiveState]) -> Result<Selected, Miss> {
        let at = Pointer::root();
        let mut allowing: Vec<(usize, Cow<'_, Interaction>)> = self
            .index
            .candidates(&request.method, &request.path)
            .into_iter()
            .filter_map(|number| Some((number, self.filled(number, active)?)))
            .filter(|(_, interaction)| match_request(&interaction.request, request, &at).is_empty())
            .collect();
        if allowing.len() > 1 {
            allowing.sort_by_cached_key(|(number, interaction)| {
                (state_rank(interaction, active), !is_own_example(&interaction.request, request), *number)
            });
        }
        match allowing.into_iter().next() {
            Some((number, interaction)) => {
                Ok(Selected { number, response: reply_of(&interaction.response, &request.method) })
            }
            None => Err(Miss { nearest: self.nearest(request, active) }),
        }
    }

    /// An interaction with its placeholders filled: by its own parameters, and over those by what active states say.
    fn filled(&self, number: usize, active: &[ActiveState]) -> Option<Cow<'_, Interaction>> {
        let (_, interaction, _) = self.interaction(number)?;
        let Some(filled) = &self.filled.get(number)?.interaction else { return Some(Cow::Borrowed(interaction)) };
        let mut params = interaction.params();
        let mut given_anew = false;
        for state in active.iter().filter(|active| interaction.given.iter().any(|given| given.name == active.name)) {
            given_anew |= !state.params.is_empty();
            params.extend(state.params.clone());
        }
        Some(if given_anew { Cow::Owned(interaction.filled(&params)) } else { Cow::Borrowed(filled) })
    }

    /// The interaction that a request comes nearest to, with each difference.
    fn nearest(&self, request: &ActualRequest, active: &[ActiveState]) -> Option<(usize, Vec<Mismatch>)> {
        // Those on the same path come first, so that the limit leaves out the others.
        let near = self.index.candidates(&request.method, &request.path);
        let others = (0..self.places.len()).filter(|number| near.binary_search(number).is_err());
        near.iter()
            .copied()
            .chain(others)
            .take(COMPARED)
            .filter_map(|number| {
                let (_, _, place) = self.interaction(number)?;
                let interaction = self.filled(number, active)?;
                let at = Interaction::pointer(place.interaction).key("request");
                let mismatches = match_request(&interaction.request, request, &at);
                Some((distance(&interaction.request, request, &mismatches), number, mismatches))
            })
            .min_by_key(|(distance, number, _)| (*distance, *number))
            .map(|(_, number, mismatches)| (number, mismatches))
    }
}

/// How near an interaction's states are to those that are active: the nearest first.
fn state_rank(interaction: &Interaction, active: &[ActiveState]) -> (u8, Reverse<usize>) {
    if active.is_empty() {
        return (0, Reverse(0));
    }
    let given = interaction.given.len();
    let is_active = |name: &str| active.iter().any(|state| state.name == name);
    match interaction.given.iter().all(|state| is_active(&state.name)) {
        true if given > 0 => (0, Reverse(given)),
        true => (1, Reverse(0)),
        false => (2, Reverse(0)),
    }
}

/// Whether a request is the very one of the example, and not only one that its rules let through.
fn is_own_example(asked: &Request, request: &ActualRequest) -> bool {
    let exact =
        Request { rules: Rules::default(), query_rules: indexmap::IndexMap::new(), path_rule: None, ..asked.clone() };
    match_request(&exact, request, &Pointer::root()).is_empty()
}

/// How far a request is from what is asked for: a wrong path counts more than a wrong method, that more than whatever
/// else is wrong.
fn distance(asked: &Request, request: &ActualRequest, mismatches: &[Mismatch]) -> usize {
    let weight = |mismatch: &Mismatch| match mismatch.part {
        Part::Path => 1000 + 200 * differing_segments(&asked.path, &request.path),
        Part::Method => 700,
        Part::Query => 20,
        Part::Header => 10,
        Part::Status | Part::Body => 5,
    };
    mismatches.iter().map(weight).sum()
}

fn differing_segments(a: &str, b: &str) -> usize {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.split('/').collect(), b.split('/').collect());
    let differing = a.iter().zip(&b).filter(|(a, b)| a != b).count();
    differing + a.len().abs_diff(b.len()) * 2
}

#[cfg(test)]
mod tests {
    use crate::contract::attachments::NoAttachments;
    use crate::contract::read;
    use crate::source::{Limits, SourceFile};

    use super::*;

    const CONTRACT: &str = "\
contract: 1
consumer: storefront
provider: orders
interactions:
  - name: any order
    given: [ { an order exists: { id: 42 } } ]
    request: { method: GET, path: '/orders/${id}', match-path: '//orders/[0-9]+/' }
    response: { status: 200, body: { id: '${id}' } }
  - name: no order
    given: [ no orders ]
    request: GET /orders/42
    response: { status: 404 }
  - name: list
    request: GET /orders?limit=2
    response: { status: 2XX, body: [ 1 ] }
  - name: place
    request: { method: POST, path: /orders, body: { sku: A, qty: 1 } }
    response: { status: 201 }
";

    fn mock() -> Mock {
        let source = Arc::new(SourceFile::new("c.yaml", CONTRACT.to_owned(), Limits::default()));
        let read = read(&source, &NoAttachments).unwrap();
        Mock::new(vec![Arc::new(ContractFile::new(source, read))])
    }

    fn request(line: &str, body: &str) -> ActualRequest {
        let (method, target) = line.split_once(' ').unwrap();
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query.to_owned())));
        ActualRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn state(name: &str, params: &Value) -> ActiveState {
        ActiveState { name: name.to_owned(), params: params.as_object().unwrap().clone() }
    }

    fn name(mock: &Mock, line: &str, active: &[ActiveState]) -> String {
        let selected = mock.answer(&request(line, ""), active).unwrap();
        mock.interaction(selected.number).unwrap().1.name.clone()
    }

    #[test]
    fn states_choose_between_interactions_with_the_same_request() {
        let mock = mock();
        let none = serde_json::json!({});
        assert_eq!(name(&mock, "GET /orders/42", &[]), "any order", "the first, where nothing chooses");
        assert_eq!(name(&mock, "GET /orders/42", &[state("no orders", &none)]), "no order");
        assert_eq!(name(&mock, "GET /orders/42", &[state("an order exists", &none)]), "any order");
        assert_eq!(name(&mock, "GET /orders/7", &[state("no orders", &none)]), "any order", "nothing else allows it");
        assert_eq!(name(&mock, "GET /orders?limit=2", &[state("no orders", &none)]), "list");
    }

    #[test]
    fn what_a_state_was_given_stands_in_the_answer() {
        let mock = mock();
        let answer = |active: &[ActiveState]| mock.answer(&request("GET /orders/7", ""), active).unwrap().response.body;
        assert_eq!(answer(&[]), br#"{"id":42}"#);
        assert_eq!(answer(&[state("an order exists", &serde_json::json!({"id": 7}))]), br#"{"id":7}"#);
    }

    #[test]
    fn the_nearest_interaction_is_the_one_that_was_meant() {
        let mock = mock();
        for (line, body, expected) in [
            ("GET /orders?limit=3", "", "list"),
            ("GET /order?limit=2", "", "list"),
            ("POST /orders", r#"{"sku":"A","qty":2}"#, "place"),
            ("PUT /orders", r#"{"sku":"A","qty":1}"#, "place"),
            ("DELETE /orders/42", "", "any order"),
        ] {
            let miss = mock.answer(&request(line, body), &[]).unwrap_err();
            let (number, mismatches) = miss.nearest.unwrap();
            assert_eq!(mock.interaction(number).unwrap().1.name, expected, "{line}");
            assert!(!mismatches.is_empty());
        }
    }

    #[test]
    fn a_mock_without_interactions_misses_everything() {
        let mock = Mock::new(Vec::new());
        assert_eq!(mock.answer(&request("GET /", ""), &[]), Err(Miss { nearest: None }));
    }
}
