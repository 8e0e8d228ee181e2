//! Which interaction a request asks for, and how near it comes where there is none.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use super::index::Index;
use super::reply::reply_of;
use super::states::{ActiveState, Standing, standing};
use crate::contract::RequestRules;
use crate::formats::{ContractFile, Interaction, Terms, match_request};
use crate::interaction::{ActualRequest, ActualResponse, Http, Mismatch, Part, Request, pointer};
use crate::matching;
use crate::pact::Moment;
use crate::source::Pointer;

/// How many interactions a request that none allows is compared with: the nearest of them is shown.
const COMPARED: usize = 100;

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
    http: Option<Box<Http<Terms>>>,
}

impl Mock {
    /// A mock of contracts that are all with the same provider.
    #[must_use]
    pub fn new(files: Vec<Arc<ContractFile>>) -> Self {
        let mut mock = Self { files, places: Vec::new(), filled: Vec::new(), index: Index::default() };
        for (file, contract) in mock.files.iter().enumerate() {
            for (number, interaction) in contract.contract.interactions.iter().enumerate() {
                // Nothing else can be answered.
                let Some(http) = interaction.http() else { continue };
                mock.index.add(http);
                mock.places.push(Place { file, interaction: number });
                let filled = http.has_placeholders().then(|| Box::new(http.filled(&interaction.params())));
                mock.filled.push(Filled { http: filled });
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
        self.answer_at(request, active, &Moment::default())
    }

    /// Answers a request at this moment: values of the answer that are made anew each time are made of it.
    ///
    /// # Errors
    ///
    /// The nearest interaction, where none allows the request.
    pub fn answer_at(
        &self,
        request: &ActualRequest,
        active: &[ActiveState],
        moment: &Moment,
    ) -> Result<Selected, Miss> {
        let at = Pointer::root();
        let allowing: Vec<(usize, Cow<'_, Http<Terms>>, Standing)> = self
            .index
            .candidates(&request.method, &request.path)
            .into_iter()
            .filter_map(|number| {
                let (http, standing) = self.filled(number, active)?;
                Some((number, http, standing))
            })
            .filter(|(_, http, _)| match_request(http, request, &at).is_empty())
            .collect();
        let best = if allowing.len() > 1 {
            allowing.into_iter().min_by_key(|(number, http, standing)| {
                let by_state = (!standing.all, Reverse(standing.active), standing.differing);
                let loosened = loosened(http, request);
                // While no state is active, all that can be told is what was asked for.
                let (first, second) = if active.is_empty() { (loosened, 0) } else { (0, loosened) };
                // Headers that no interaction lists are let through, so who lists more is who was meant.
                (first, by_state, second, Reverse(http.request.headers.len()), *number)
            })
        } else {
            allowing.into_iter().next()
        };
        match best {
            Some((number, http, _)) => {
                let made = http.response_at(moment);
                let response = reply_of(made.as_ref().unwrap_or(&http.response), &http.terms, &request.method);
                Ok(Selected { number, response })
            }
            None => Err(Miss { nearest: self.nearest(request, active) }),
        }
    }

    /// An interaction with its placeholders filled, by its own parameters, and over those by what active states say; and
    /// how well these are its own.
    fn filled(&self, number: usize, active: &[ActiveState]) -> Option<(Cow<'_, Http<Terms>>, Standing)> {
        let (_, interaction, _) = self.interaction(number)?;
        let http = interaction.http()?;
        let standing = standing(active, &interaction.given);
        let filled = match &self.filled.get(number)?.http {
            None => Cow::Borrowed(http),
            Some(filled) if standing.active == 0 => Cow::Borrowed(&**filled),
            Some(_) => Cow::Owned(http.filled(&standing.values)),
        };
        Some((filled, standing))
    }

    /// The names of all provider states that the contracts name, in their order.
    pub fn states(&self) -> impl Iterator<Item = &str> {
        let interactions = self.files.iter().flat_map(|file| &file.contract.interactions);
        interactions.flat_map(|interaction| &interaction.given).map(|state| state.name.as_str())
    }

    /// How many interactions can't be run, and so are not served.
    #[must_use]
    pub fn skipped(&self) -> usize {
        let interactions = self.files.iter().flat_map(|file| &file.contract.interactions);
        interactions.filter(|interaction| interaction.http().is_none()).count()
    }

    /// The interaction that a request comes nearest to, with each difference.
    fn nearest(&self, request: &ActualRequest, active: &[ActiveState]) -> Option<(usize, Vec<Mismatch>)> {
        self.index
            .nearest(&request.method, &request.path, COMPARED)
            .into_iter()
            .filter_map(|number| {
                let (_, _, place) = self.interaction(number)?;
                let (http, _) = self.filled(number, active)?;
                let at = pointer(place.interaction).key("request");
                let mismatches = match_request(&http, request, &at);
                Some((distance(&http.request, request, &mismatches), number, mismatches))
            })
            .min_by_key(|(distance, number, _)| (*distance, *number))
            .map(|(_, number, mismatches)| (number, mismatches))
    }
}

/// In how many places a request is not the very one of the example, but let through by a rule.
fn loosened(http: &Http<Terms>, request: &ActualRequest) -> usize {
    matching::match_request(&http.request, &RequestRules::default(), request, &Pointer::root()).len()
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
    fn what_needs_no_state_is_meant_where_the_states_of_others_are_not_active() {
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
    fn who_lists_a_header_that_came_is_meant_before_who_lists_none() {
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
        let mut asked = request("GET /log", "");
        assert_eq!(mock.answer(&asked, &[]).unwrap().response.status, 200);
        asked.headers.push((String::from("Range"), String::from("bytes=0-9")));
        assert_eq!(mock.answer(&asked, &[]).unwrap().response.status, 206);
        asked.headers[0].1 = String::from("bytes=10-19");
        assert_eq!(mock.answer(&asked, &[]).unwrap().response.status, 200);
    }

    #[test]
    fn the_nearest_is_found_among_thousands() {
        let mut text = String::from("contract: 1\nconsumer: storefront\nprovider: orders\ninteractions:\n");
        for number in 0..3_000 {
            text.push_str(&format!(
                "  - {{ name: n{number}, request: GET /a{number}/b, response: {{ status: 200 }} }}\n"
            ));
        }
        let mock = mock_of(&text);
        let miss = mock.answer(&request("GET /a2999/b?x=1", ""), &[]).unwrap_err();
        assert_eq!(miss.nearest.unwrap().0, 2_999);
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
