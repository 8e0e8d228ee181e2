//! From a Pact file to a contract of our own: the same content, with the rules that a person would have written, and a
//! remark for everything that a contract can't express.
//!
//! The result is checked with the reader of contracts: a rule that it refuses is loosened to `any`, and an interaction that
//! can't be expressed at all is left out, each with a remark.

mod body;
mod expectation;
mod json_body;
mod rules;
mod scalars;
mod settle;
mod states;
mod texts;

use super::difference::{FromPact, LeftOutOfContract};
use super::place::{NamedTexts, Part, Side};
use super::remark::{Remark, Remarks, merge_common};
use crate::contract::{self, RequestRules, Rules};
use crate::interaction::{Http, Kind, Names, Request, Response};
use crate::pact::{self, PactRules};

/// How long an interaction's name may be, in characters; its schema says so.
const LONGEST_NAME: usize = 200;

/// A contract of our own, and the remarks on it.
#[derive(Debug)]
pub struct Converted {
    pub contract: contract::Contract,
    pub remarks: Vec<Remark>,
}

/// Makes a contract of our own from one that was read from a Pact file.
#[must_use]
pub fn import(pact: &pact::Contract) -> Converted {
    let mut remarks = Vec::new();
    let mut all = Vec::new();
    let mut names = Names::default();
    for (index, interaction) in pact.interactions.iter().enumerate() {
        let why = match &interaction.kind {
            Kind::Http(http) => {
                let mut made = self::interaction(interaction, http, index, &mut remarks);
                made.name = name(&made.name, &mut names);
                all.push((index, made));
                continue;
            }
            Kind::Unrunnable(unrunnable) => LeftOutOfContract::Unrunnable(unrunnable.why.clone()),
            Kind::Message(_) => LeftOutOfContract::Message,
        };
        remarks.push(Remark::on_interaction(index, FromPact::LeftOut(why)));
    }
    let with = |interactions: Vec<contract::Interaction>| contract::Contract {
        consumer: pact.consumer.clone(),
        provider: pact.provider.clone(),
        description: None,
        interactions,
    };
    let mut contract = with(all.iter().map(|(_, made)| made.clone()).collect());
    // Most are sound as they are.
    if !settle::is_sound(&contract) {
        let settled = all.into_iter().filter_map(|(index, made)| settle::settle(pact, made, index, &mut remarks));
        contract = with(settled.collect());
    }
    Converted { contract, remarks: merge_common(remarks) }
}

fn interaction(
    pact: &pact::Interaction,
    http: &Http<pact::Terms>,
    index: usize,
    remarks: &mut Vec<Remark>,
) -> contract::Interaction {
    let rules = &http.terms;
    let mut given: Vec<_> = pact.given.iter().filter(|state| !state.name.is_empty()).cloned().collect();
    let mut of_request = Remarks { interaction: index, side: Side::Request, found: remarks };
    let (mut request, request_rules) = request(&http.request, &rules.request, &mut of_request);
    states::add_placeholders(&rules.request.generators, &http.request, &mut request, &mut given, &mut of_request);
    states::remark_on_generators(&rules.request.generators, &mut of_request);
    let mut of_response = Remarks { interaction: index, side: Side::Response, found: remarks };
    let (response, response_rules) = response(&http.response, &rules.response, &mut of_response);
    states::remark_on_generators(&rules.response.generators, &mut of_response);
    let description = pact.description.clone();
    let terms = contract::Terms { request: request_rules, response: response_rules };
    let kind = Kind::Http(Http { request, response, terms });
    contract::Interaction { name: pact.name.clone(), description, given, pending: pact.pending, kind }
}

fn request(pact: &Request, rules: &PactRules, remarks: &mut Remarks<'_>) -> (Request, RequestRules) {
    let mut request = Request {
        method: pact.method.clone(),
        path: texts::path(&pact.path),
        query: texts::parameters(&pact.query, remarks),
        headers: texts::headers(&pact.headers, remarks),
        body: None,
    };
    let mut made = RequestRules {
        query: texts::named_rules(&pact.query, &rules.query, NamedTexts::Query, remarks),
        path: texts::path_rule(&pact.path, rules, remarks),
        message: Rules::default(),
    };
    if rules.query_text.is_some() && request.query.len() > 1 {
        remarks.add(Part::Query, FromPact::QueryOrder);
    }
    made.query.retain(|name, _| request.query.contains_key(name));
    made.message.headers = texts::named_rules(&request.headers, &rules.headers, NamedTexts::Headers, remarks);
    texts::remark_on_headers(&request.headers, &made.message.headers, &rules.headers, remarks);
    if rules.sends_null {
        remarks.add(Part::Body, FromPact::NullBody);
    }
    if let Some(body) = &pact.body {
        let (body, body_rules) = body::body(body, &pact.headers, rules, remarks);
        (request.body, made.message.body) = (body, body_rules);
    } else if request.usually_has_a_body() {
        remarks.add(Part::Body, FromPact::NoBody);
    }
    if request.body.is_some() && !texts::names_type(&pact.headers, rules) {
        remarks.add(Part::Body, FromPact::Untyped);
    }
    let implied = request.body.as_ref().and_then(|body| body.content.implied_type());
    if texts::accepts_any_type(rules) {
        // An export writes the implied type, for readers that don't know it.
        let is_implied = |values: &Vec<String>| implied.is_some_and(|implied| *values == [implied]);
        if request.headers.get("content-type").is_some_and(is_implied) {
            request.headers.shift_remove("content-type");
        }
        return (request, made);
    }
    // A contract has a header for a type that the file names next to the body.
    if let Some(named) =
        rules.media_type.as_ref().filter(|named| implied != Some(named.as_str()) && request.body.is_some())
    {
        request.headers.entry(String::from("content-type")).or_insert_with(|| vec![named.clone()]);
    }
    (request, made)
}

fn response(pact: &Response, rules: &PactRules, remarks: &mut Remarks<'_>) -> (Response, Rules) {
    let headers = texts::headers(&pact.headers, remarks);
    let (body, body_rules) = match &pact.body {
        Some(body) => body::body(body, &pact.headers, rules, remarks),
        None => Default::default(),
    };
    let header_rules = texts::named_rules(&headers, &rules.headers, NamedTexts::Headers, remarks);
    texts::remark_on_headers(&headers, &header_rules, &rules.headers, remarks);
    if body.as_ref().is_some_and(|body| !body.is_empty()) && !texts::names_type(&pact.headers, rules) {
        remarks.add(Part::Body, FromPact::Untyped);
    }
    let status = texts::status(pact.status, rules, remarks);
    (Response { status, headers, body }, Rules { body: body_rules, headers: header_rules })
}

/// A name that no other interaction has, shortened if it is too long.
fn name(name: &str, names: &mut Names) -> String {
    let cut = |length: usize| name.chars().take(length).collect::<String>().trim_end().to_owned();
    names.apart(&cut(LONGEST_NAME), None, |number| format!("{} ({number})", cut(LONGEST_NAME - 10)))
}
