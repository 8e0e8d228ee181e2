//! Selects the interaction that a request is for, or the nearest one if none allows it.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use super::index::Index;
use super::response::wire_response;
use super::states::{ActiveState, StateMatch, match_states};
use crate::contract::RequestRules;
use crate::formats::{ContractFile, Interaction, Terms, match_request};
use crate::interaction::{ActualRequest, ActualResponse, Http, Mismatch, Moment, Part, Request, pointer, work};
use crate::matching;
use crate::source::Pointer;

/// The most interactions that a refused request is compared with to find the nearest one.
const COMPARED: usize = 100;

/// The contracts with one provider, ready to respond.
#[derive(Debug)]
pub struct Mock {
    files: Vec<Arc<ContractFile>>,
    places: Vec<Place>,
    /// Each interaction with its placeholders filled from its own parameters.
    filled: Vec<Filled>,
    index: Index,
}

/// The place of an interaction: its contract and its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub file: usize,
    pub interaction: usize,
}

/// The interaction that was selected, and its response.
#[derive(Clone, Debug, PartialEq)]
pub struct Selected {
    /// The number of the interaction: see [`Mock::interaction`].
    pub number: usize,
    pub response: ActualResponse,
}

/// A request that no interaction allows.
#[derive(Clone, Debug, PartialEq)]
pub struct Miss {
    /// The number of the nearest interaction, with the mismatches; `None` if there are no interactions.
    pub nearest: Option<(usize, Vec<Mismatch>)>,
}

/// What an interaction is while none of its states is active.
#[derive(Debug)]
enum Filled {
    /// It has no placeholders.
    Always,
    /// Its example, although active states change it.
    Example,
    /// Its example with its own parameters.
    WithParams(Box<Http<Terms>>),
}

/// An interaction as the active states make it.
struct Candidate<'m> {
    number: usize,
    http: Cow<'m, Http<Terms>>,
    /// The interaction with the example itself, if the consumer may also send that.
    unfilled: Option<&'m Http<Terms>>,
    states: StateMatch,
}

impl Candidate<'_> {
    /// Every mismatch of a request; `at` is the request's place in the contract. Each part may be the example's or that of
    /// the states.
    fn mismatches(&self, request: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
        let found = match_request(&self.http, request, at);
        let Some(unfilled) = self.unfilled.filter(|_| !found.is_empty()) else { return found };
        let mut example = match_request(unfilled, request, at);
        let is_met = |found: &[Mismatch], part: Part| found.iter().all(|mismatch| mismatch.part != part);
        example.retain(|mismatch| !is_met(&found, mismatch.part));
        example
    }
}

impl Mock {
    /// A mock for contracts with the same provider.
    #[must_use]
    pub fn new(files: Vec<Arc<ContractFile>>) -> Self {
        let mut mock = Self { files, places: Vec::new(), filled: Vec::new(), index: Index::default() };
        for (file, contract) in mock.files.iter().enumerate() {
            for (number, interaction) in contract.contract.interactions.iter().enumerate() {
                // A mock serves HTTP only.
                let Some(http) = interaction.http() else { continue };
                mock.index.add(http);
                mock.places.push(Place { file, interaction: number });
                mock.filled.push(if !http.has_placeholders() {
                    Filled::Always
                } else if http.allows_unfilled() {
                    Filled::Example
                } else {
                    Filled::WithParams(Box::new(http.filled(&interaction.params())))
                });
            }
        }
        mock
    }

    /// The number of interactions.
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

    /// Responds to a request while these states are active.
    ///
    /// # Errors
    ///
    /// The nearest interaction, if none allows the request.
    pub fn respond(&self, request: &ActualRequest, active: &[ActiveState]) -> Result<Selected, Miss> {
        self.respond_at(request, active, &Moment::default())
    }

    /// Responds to a request at this moment, which the generated values of the response depend on.
    ///
    /// # Errors
    ///
    /// The nearest interaction, if none allows the request.
    pub fn respond_at(
        &self,
        request: &ActualRequest,
        active: &[ActiveState],
        moment: &Moment,
    ) -> Result<Selected, Miss> {
        // One limit for all of them: a request must not keep the mock busy.
        work::within(work::MOST_STEPS, || self.respond_within(request, active, moment))
    }

    fn respond_within(
        &self,
        request: &ActualRequest,
        active: &[ActiveState],
        moment: &Moment,
    ) -> Result<Selected, Miss> {
        let at = Pointer::root();
        let allowing: Vec<Candidate<'_>> = self
            .index
            .candidates(&request.method, &request.path)
            .into_iter()
            .filter_map(|number| self.candidate(number, active))
            .filter(|candidate| candidate.mismatches(request, &at).is_empty())
            .collect();
        let best = if allowing.len() > 1 {
            allowing.into_iter().min_by_key(|Candidate { number, http, states, .. }| {
                // A state that was set up later says more about what the test wants than one that was left over.
                let by_age = Reverse(states.since.filter(|_| states.all));
                let by_state = (!states.all, by_age, Reverse(states.active), states.differing);
                let (by_example, by_header) = count_example_mismatches(http, request);
                // While no state is active, only the request says what the test wants.
                let (first, second) = if active.is_empty() { (by_example, 0) } else { (0, by_example) };
                // Headers that an interaction doesn't list are allowed, so the one that lists more of them fits better, even
                // if only by its rules.
                let listed = http
                    .request
                    .headers
                    .keys()
                    .filter(|name| request.headers.iter().any(|(own, _)| own.eq_ignore_ascii_case(name)))
                    .count();
                (first, by_state, second, Reverse(listed), by_header, *number)
            })
        } else {
            allowing.into_iter().next()
        };
        match best {
            Some(Candidate { number, http, .. }) => {
                let generated = http.response_at(moment);
                let response =
                    wire_response(generated.as_ref().unwrap_or(&http.response), &http.terms, &request.method);
                Ok(Selected { number, response })
            }
            None => Err(Miss { nearest: self.nearest(request, active) }),
        }
    }

    /// An interaction with its placeholders filled from the active states, or else from its own parameters, and how well
    /// the active states match its own.
    fn candidate(&self, number: usize, active: &[ActiveState]) -> Option<Candidate<'_>> {
        let (_, interaction, _) = self.interaction(number)?;
        let http = interaction.http()?;
        let states = match_states(active, &interaction.given);
        let filled = match self.filled.get(number)? {
            Filled::Always => Cow::Borrowed(http),
            Filled::Example if states.active == 0 => Cow::Borrowed(http),
            Filled::WithParams(filled) if states.active == 0 => Cow::Borrowed(&**filled),
            // Nobody sets so much by accident, and the contract's own values are there.
            Filled::Example if http.is_too_large_with(&states.values) => Cow::Borrowed(http),
            Filled::WithParams(filled) if http.is_too_large_with(&states.values) => Cow::Borrowed(&**filled),
            Filled::Example | Filled::WithParams(_) => Cow::Owned(http.filled(&states.values)),
        };
        let unfilled = Some(http).filter(|http| states.active > 0 && http.allows_unfilled());
        Some(Candidate { number, http: filled, unfilled, states })
    }

    /// The names of all provider states in the contracts, in their order.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        let interactions = self.files.iter().flat_map(|file| &file.contract.interactions);
        interactions.flat_map(|interaction| &interaction.given).map(|state| state.name.as_str())
    }

    /// The number of interactions that can't be run and aren't served.
    #[must_use]
    pub fn skipped(&self) -> usize {
        let interactions = self.files.iter().flat_map(|file| &file.contract.interactions);
        interactions.filter(|interaction| interaction.http().is_none()).count()
    }

    /// The interaction that is nearest to a request, with each mismatch.
    fn nearest(&self, request: &ActualRequest, active: &[ActiveState]) -> Option<(usize, Vec<Mismatch>)> {
        self.index
            .nearest(&request.method, &request.path, COMPARED)
            .into_iter()
            .filter_map(|number| {
                let (_, _, place) = self.interaction(number)?;
                let candidate = self.candidate(number, active)?;
                let mismatches = candidate.mismatches(request, &pointer(place.interaction).key("request"));
                Some((distance(&candidate.http.request, request, &mismatches), number, mismatches))
            })
            .min_by_key(|(distance, number, _)| (*distance, *number))
            .map(|(_, number, mismatches)| (number, mismatches))
    }
}

/// The number of places where a request isn't the example but only allowed by a rule: outside of its headers, and in them.
fn count_example_mismatches(http: &Http<Terms>, request: &ActualRequest) -> (usize, usize) {
    let found = matching::match_request(&http.request, &RequestRules::default(), request, &Pointer::root());
    let in_headers = found.iter().filter(|mismatch| mismatch.part == Part::Header).count();
    (found.len() - in_headers, in_headers)
}

/// The distance of a request from an expected one: the path counts more than the method, and that more than anything else.
fn distance(expected: &Request, request: &ActualRequest, mismatches: &[Mismatch]) -> usize {
    let weight = |mismatch: &Mismatch| match mismatch.part {
        Part::Path => 1000 + 200 * differing_segments(&expected.path, &request.path),
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
    use serde_json::Value;

    use crate::contract::attachments::NoAttachments;
    use crate::formats::{self, read};
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
        mock_of(CONTRACT)
    }

    fn mock_of(text: &str) -> Mock {
        let source = Arc::new(SourceFile::new("c.yaml", text.to_owned(), Limits::default()));
        let read = read(&source, &NoAttachments).unwrap();
        Mock::new(vec![Arc::new(formats::file(source, read))])
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
        ActiveState::new(name, params.as_object().unwrap().clone())
    }

    fn name(mock: &Mock, line: &str, active: &[ActiveState]) -> String {
        let selected = mock.respond(&request(line, ""), active).unwrap();
        mock.interaction(selected.number).unwrap().1.name.clone()
    }

    #[test]
    fn states_choose_between_interactions_with_the_same_request() {
        let mock = mock();
        let none = serde_json::json!({});
        assert_eq!(name(&mock, "GET /orders/42", &[]), "any order", "the first one, since nothing decides");
        assert_eq!(name(&mock, "GET /orders/42", &[state("no orders", &none)]), "no order");
        assert_eq!(name(&mock, "GET /orders/42", &[state("an order exists", &none)]), "any order");
        assert_eq!(name(&mock, "GET /orders/7", &[state("no orders", &none)]), "any order", "nothing else allows it");
        assert_eq!(name(&mock, "GET /orders?limit=2", &[state("no orders", &none)]), "list");
    }

    #[test]
    fn an_interaction_without_states_is_selected_if_the_states_of_others_are_not_active() {
        let text = "\
contract: 1
consumer: storefront
provider: orders
interactions:
  - name: paid
    given: [ { an order: { status: paid } } ]
    request: GET /a
    response: { status: 200 }
  - name: open
    given: [ { an order: { status: open } } ]
    request: GET /a
    response: { status: 200 }
  - name: plain
    request: GET /a
    response: { status: 404 }
  - name: loose
    given: [ { an order: { status: open } }, a friend ]
    request: { method: GET, path: /a, match-path: any }
    response: { status: 202 }
";
        let mock = mock_of(text);
        let an_order = |status: &str| state("an order", &serde_json::json!({ "status": status }));
        let none = serde_json::json!({});
        for (active, expected) in [
            (vec![], "plain"),
            (vec![an_order("paid")], "paid"),
            (vec![an_order("open")], "open"),
            (vec![state("an order", &none)], "paid"),
            (vec![an_order("open"), state("a friend", &none)], "loose"),
            (vec![state("a friend", &none)], "plain"),
        ] {
            assert_eq!(name(&mock, "GET /a", &active), expected, "{active:?}");
        }
        assert_eq!(name(&mock, "GET /b", &[]), "loose");
    }

    #[test]
    fn an_interaction_that_lists_a_header_of_the_request_comes_first() {
        let text = "\
contract: 1
consumer: storefront
provider: orders
interactions:
  - name: whole
    request: GET /log
    response: { status: 200 }
  - name: part
    request: { method: GET, path: /log, headers: { range: bytes=0-9 } }
    response: { status: 206 }
";
        let mock = mock_of(text);
        let mut request = request("GET /log", "");
        assert_eq!(mock.respond(&request, &[]).unwrap().response.status, 200);
        request.headers.push((String::from("Range"), String::from("bytes=0-9")));
        assert_eq!(mock.respond(&request, &[]).unwrap().response.status, 206);
        request.headers[0].1 = String::from("bytes=10-19");
        assert_eq!(mock.respond(&request, &[]).unwrap().response.status, 200);
        // By a rule, too: a call with any token isn't the one without.
        let with_rule = text.replace(
            "headers: { range: bytes=0-9 }",
            "headers: { range: bytes=0-9 }, match-headers: { range: string }",
        );
        assert_ne!(with_rule, text);
        assert_eq!(mock_of(&with_rule).respond(&request, &[]).unwrap().response.status, 206);
    }

    #[test]
    fn the_nearest_interaction_is_found_among_thousands() {
        let mut text = String::from("contract: 1\nconsumer: storefront\nprovider: orders\ninteractions:\n");
        for number in 0..3_000 {
            text.push_str(&format!(
                "  - {{ name: n{number}, request: GET /a{number}/b, response: {{ status: 200 }} }}\n"
            ));
        }
        let mock = mock_of(&text);
        let miss = mock.respond(&request("GET /a2999/b?x=1", ""), &[]).unwrap_err();
        assert_eq!(miss.nearest.unwrap().0, 2_999);
    }

    #[test]
    fn parameters_of_active_states_are_in_the_response() {
        let mock = mock();
        let body = |active: &[ActiveState]| mock.respond(&request("GET /orders/7", ""), active).unwrap().response.body;
        assert_eq!(body(&[]), br#"{"id":42}"#);
        assert_eq!(body(&[state("an order exists", &serde_json::json!({"id": 7}))]), br#"{"id":7}"#);
    }

    #[test]
    fn the_nearest_interaction_is_the_one_that_the_request_was_meant_for() {
        let mock = mock();
        for (line, body, expected) in [
            ("GET /orders?limit=3", "", "list"),
            ("GET /order?limit=2", "", "list"),
            ("POST /orders", r#"{"sku":"A","qty":2}"#, "place"),
            ("PUT /orders", r#"{"sku":"A","qty":1}"#, "place"),
            ("DELETE /orders/42", "", "any order"),
        ] {
            let miss = mock.respond(&request(line, body), &[]).unwrap_err();
            let (number, mismatches) = miss.nearest.unwrap();
            assert_eq!(mock.interaction(number).unwrap().1.name, expected, "{line}");
            assert!(!mismatches.is_empty());
        }
    }

    #[test]
    fn a_mock_without_interactions_misses_everything() {
        let mock = Mock::new(Vec::new());
        assert_eq!(mock.respond(&request("GET /", ""), &[]), Err(Miss { nearest: None }));
    }
}
