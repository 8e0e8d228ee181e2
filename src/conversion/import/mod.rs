//! From a Pact file to a contract of our own: the same content, with the rules that a person would have written, and a
//! remark for everything that a contract can't say.
//!
//! What is made is held against the reader of contracts before it is given out: a rule that is refused there is loosened
//! to `any`, and an interaction that can't be said at all is left out, each with a remark.

mod alike;
mod ask;
mod body;
mod emit;
mod parts;
mod settle;
mod states;
mod words;

use std::collections::HashSet;

pub use super::remark::Remark;
use super::remark::Remarks;

use super::differences::{NO_BODY, UNTYPED, told_once};
use crate::contract::{self, RequestRules, Rules};
use crate::interaction::{Http, Kind, Request, Response, pointer};
use crate::pact::{self, PactRules};

/// How long an interaction's name may be (that is its schema's word).
const LONGEST_NAME: usize = 200;

/// A contract of our own, and what there is to say of it.
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
    let mut names = HashSet::new();
    for (index, interaction) in pact.interactions.iter().enumerate() {
        let at = pointer(index);
        let mut say = |why: String| {
            remarks.push(Remark::new(index, at.clone(), String::new(), why));
        };
        let http = match &interaction.kind {
            Kind::Http(http) => http,
            Kind::Unrunnable(unrunnable) => {
                say(format!("left out: {}", unrunnable.why));
                continue;
            }
            Kind::Message(_) => {
                say(String::from("left out: it is a message, and only HTTP is imported"));
                continue;
            }
        };
        let mut made = self::interaction(interaction, http, index, &mut remarks);
        made.name = unique(&made.name, &mut names);
        all.push((index, made));
    }
    let whole = |interactions: Vec<contract::Interaction>| contract::Contract {
        consumer: pact.consumer.clone(),
        provider: pact.provider.clone(),
        description: None,
        interactions,
    };
    let mut contract = whole(all.iter().map(|(_, made)| made.clone()).collect());
    // Mostly all of it is right at once.
    if !settle::holds(&contract) {
        let settled = all.into_iter().filter_map(|(index, made)| settle::settle(pact, made, index, &mut remarks));
        contract = whole(settled.collect());
    }
    Converted { contract, remarks: told_once(remarks) }
}

fn interaction(
    pact: &pact::Interaction,
    http: &Http<pact::Terms>,
    index: usize,
    remarks: &mut Vec<Remark>,
) -> contract::Interaction {
    let at = pointer(index);
    let pact::Terms { request: asked, response: answered } = &http.terms;
    let mut given: Vec<_> = pact.given.iter().filter(|state| !state.name.is_empty()).cloned().collect();
    let mut of_request = Remarks { interaction: index, message: at.key("request"), side: "request", found: remarks };
    let (mut request, request_rules) = request(&http.request, asked, &mut of_request);
    states::placeholders_for(&asked.generators, &http.request, &mut request, &mut given, &mut of_request);
    states::left_out(&asked.generators, true, &mut of_request);
    let mut of_response = Remarks { interaction: index, message: at.key("response"), side: "response", found: remarks };
    let (response, response_rules) = response(&http.response, answered, &mut of_response);
    states::left_out(&answered.generators, false, &mut of_response);
    let description = pact.description.clone();
    let terms = contract::Terms { request: request_rules, response: response_rules };
    let kind = Kind::Http(Http { request, response, terms });
    contract::Interaction { name: pact.name.clone(), description, given, pending: pact.pending, kind }
}

fn request(pact: &Request, rules: &PactRules, remarks: &mut Remarks<'_>) -> (Request, RequestRules) {
    let mut request = Request {
        method: pact.method.clone(),
        path: parts::path(&pact.path),
        query: parts::parameters(&pact.query, remarks),
        headers: parts::headers(&pact.headers, true, remarks),
        body: None,
    };
    let mut made = RequestRules {
        query: parts::named_rules(&pact.query, &rules.query, "query", remarks),
        path: parts::path_rule(&pact.path, rules, remarks),
        message: Rules::default(),
    };
    if rules.query_text.is_some() && request.query.len() > 1 {
        remarks.say("query", None, "version 1 asks for this order of the parameters; the contract takes any");
    }
    made.query.retain(|name, _| request.query.contains_key(name));
    made.message.headers = parts::named_rules(&request.headers, &rules.headers, "header", remarks);
    parts::told_of_headers(&request.headers, &made.message.headers, &rules.headers, true, remarks);
    if rules.sends_null {
        let why = "Pact's verifier sends null, and its mock asks for no body; the contract has none";
        remarks.say("body", None, why);
    }
    if let Some(body) = &pact.body {
        let (body, body_rules) = body::body(body, &pact.headers, rules, true, remarks);
        (request.body, made.message.body) = (body, body_rules);
    } else if request.usually_has_a_body() {
        remarks.say("body", None, NO_BODY);
    }
    if request.body.is_some() && !parts::names_type(&pact.headers, rules) {
        remarks.say("body", None, UNTYPED);
    }
    let implied = request.body.as_ref().and_then(|body| body.content.implied_type());
    if parts::takes_any_type(rules) {
        // It goes without saying, and stands in an exported file for those who don't know that.
        let goes_without_saying = |values: &Vec<String>| implied.is_some_and(|implied| *values == [implied]);
        if request.headers.get("content-type").is_some_and(goes_without_saying) {
            request.headers.shift_remove("content-type");
        }
        return (request, made);
    }
    // What the file says of the body alone is said by a header here.
    if let Some(named) =
        rules.media_type.as_ref().filter(|named| implied != Some(named.as_str()) && request.body.is_some())
    {
        request.headers.entry(String::from("content-type")).or_insert_with(|| vec![named.clone()]);
    }
    (request, made)
}

fn response(pact: &Response, rules: &PactRules, remarks: &mut Remarks<'_>) -> (Response, Rules) {
    let headers = parts::headers(&pact.headers, false, remarks);
    let (body, body_rules) = match &pact.body {
        Some(body) => body::body(body, &pact.headers, rules, false, remarks),
        None => Default::default(),
    };
    let header_rules = parts::named_rules(&headers, &rules.headers, "header", remarks);
    parts::told_of_headers(&headers, &header_rules, &rules.headers, false, remarks);
    if body.as_ref().is_some_and(|body| !body.is_empty()) && !parts::names_type(&pact.headers, rules) {
        remarks.say("body", None, UNTYPED);
    }
    let status = parts::status(pact.status, rules, remarks);
    (Response { status, headers, body }, Rules { body: body_rules, headers: header_rules })
}

/// A name of at most so many characters that no other interaction has.
fn unique(name: &str, names: &mut HashSet<String>) -> String {
    let cut = |length: usize| name.chars().take(length).collect::<String>().trim_end().to_owned();
    let numbered = (2..).map(|number| format!("{} ({number})", cut(LONGEST_NAME - 10)));
    let mut all = std::iter::once(cut(LONGEST_NAME)).chain(numbered);
    let name = all.find(|name| !names.contains(name)).unwrap_or_default();
    names.insert(name.clone());
    name
}
