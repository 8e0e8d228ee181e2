//! From a contract to a Pact file, of version 4 or 3: the same content, with a remark for everything that a Pact file
//! can't say. What can't be said is loosened, or left out: nobody is held to more than the contract asks for.
//!
//! One that was read from a Pact file keeps its rules, in the spelling of the version that is written.

mod ask;
mod body;
mod file;
mod matchers;
mod message;
mod texts;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use self::message::Message;
use self::texts::{list, named, path};
use super::differences::told_once;
use super::remark::Remark;
use crate::contract::{self, Matcher};
use crate::interaction::{Body, Content, Contract, Http, Kind, Request, Response, Status, pointer};
use crate::pact::{self, AsWritten, PactMatcher, PactPath, PactRules, PactStep, StatusRange};
use crate::source::Pointer;

/// The versions of the Pact specification that are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    V3,
    #[default]
    V4,
}

/// A Pact file, and what there is to say of it.
#[derive(Debug)]
pub struct Exported {
    /// The file's text.
    pub text: String,
    pub remarks: Vec<Remark>,
}

impl Version {
    /// As a Pact file names it.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::V3 => "3.0.0",
            Self::V4 => "4.0",
        }
    }
}

/// Writes a contract as a Pact file. The same contract gives the same bytes, always.
#[must_use]
pub fn export(contract: &contract::Contract, version: Version) -> Exported {
    write(contract, version, |http, params, say| converted(http, params, version, say))
}

/// Writes a contract that was read from a Pact file as a Pact file of this version. It keeps its rules.
#[must_use]
pub fn rewrite(pact: &pact::Contract, version: Version) -> Exported {
    write(pact, version, |http, _, _| http.clone())
}

/// Writes what `convert` makes of the interactions that the version can hold.
fn write<T>(
    contract: &Contract<T>,
    version: Version,
    convert: impl Fn(&Http<T>, &Map<String, Value>, Say<'_>) -> Http<pact::Terms>,
) -> Exported {
    let mut remarks: Vec<Remark> = Vec::new();
    let mut say = |interaction: usize, at: Pointer, place: String, why: &str| {
        let remark = Remark::new(interaction, at, place, why.to_owned());
        let of_this = remarks.iter().rev().take_while(|known| known.interaction == interaction);
        if !of_this.into_iter().any(|known| *known == remark) {
            remarks.push(remark);
        }
    };
    let mut kept = Vec::new();
    for (index, interaction) in contract.interactions.iter().enumerate() {
        let at = pointer(index);
        let is_written = match &interaction.kind {
            Kind::Http(_) => true,
            // What can't be run is written as version 4 has it.
            Kind::Unrunnable(unrunnable) => version == Version::V4 && unrunnable.content.get("type").is_some(),
            Kind::Message(_) => false,
        };
        if !is_written {
            say(index, at, String::new(), "left out: only HTTP is written in another version");
            continue;
        }
        if interaction.pending && version == Version::V3 {
            say(
                index,
                at,
                String::new(),
                "left out: version 3 can't say that it is pending, and would hold the provider to it",
            );
            continue;
        }
        if interaction.description.is_some() && version == Version::V3 {
            say(index, at.clone(), String::new(), "version 3 has no place for the description, and it is left out");
        }
        let element = match &interaction.kind {
            Kind::Http(http) => {
                let mut of_side = |side: &str, place: &str, why: &str| {
                    say(index, at.key(side), format!("{side} {place}").trim().to_owned(), why);
                };
                let made = convert(http, &interaction.params(), &mut of_side);
                let mut remark = |side: &str, why: &str| say(index, at.key(side), side.to_owned(), why);
                file::interaction(interaction, &made, version, &mut remark)
            }
            Kind::Unrunnable(unrunnable) => unrunnable.content.clone(),
            Kind::Message(_) => continue,
        };
        kept.push(element);
    }
    let file = file::file(&contract.consumer, &contract.provider, &kept, version);
    Exported { text: format!("{file:#}\n"), remarks: told_once(remarks) }
}

type Say<'s> = &'s mut dyn FnMut(&str, &str, &str);

fn converted(
    own: &Http<contract::Terms>,
    params: &Map<String, Value>,
    version: Version,
    say: Say<'_>,
) -> Http<pact::Terms> {
    let filled = own.filled(params);
    let (request, request_rules) = request(own, &filled.request, version, &mut |place, why| say("request", place, why));
    let (response, response_rules) =
        response(own, &filled.response, version, &mut |place, why| say("response", place, why));
    Http { request, response, terms: pact::Terms::new(request_rules, response_rules) }
}

fn request(
    own: &Http<contract::Terms>,
    filled: &Request,
    version: Version,
    say: &mut dyn FnMut(&str, &str),
) -> (Request, PactRules) {
    let (own, rules) = (&own.request, &own.terms.request);
    let mut pact =
        PactRules { path: rules.path.as_ref().and_then(|rule| path(rule, filled, say)), ..PactRules::default() };
    pact.query = named(&rules.query, &filled.query, "query", say);
    pact.headers = texts::headers(&rules.message.headers, &filled.headers, true, say);
    let mut generators = texts_of_states(&own.query, "query");
    if let Value::Object(map) = &mut generators
        && is_filled(&own.path)
    {
        map.insert(String::from("path"), of_states(&own.path));
    }
    let message =
        Message { rules: &rules.message, headers: &filled.headers, is_request: true, version, pact: &mut pact, say };
    let (headers, body) = message.written(filled.body.as_ref());
    // Said nothing of, it could be any.
    let none = own.body.is_none() && own.usually_has_a_body();
    let body = body.or_else(|| none.then(Body::empty));
    merge(&mut generators, texts_of_states(&own.headers, "header"));
    merge(&mut generators, body_of_states(own.body.as_ref()));
    written(&mut pact, &generators);
    (Request { headers, body, ..filled.clone() }, pact)
}

fn response(
    own: &Http<contract::Terms>,
    filled: &Response,
    version: Version,
    say: &mut dyn FnMut(&str, &str),
) -> (Response, PactRules) {
    let (own, rules) = (&own.response, &own.terms.response);
    let mut pact =
        PactRules { headers: texts::headers(&rules.headers, &filled.headers, false, say), ..PactRules::default() };
    for (name, _) in rules.headers.iter().filter(|(_, rule)| rule.has(&Matcher::Absent)) {
        say(&format!("header {name}"), "the contract refuses this header; Pact ignores it");
    }
    if let Status::Class(class) = own.status {
        let first = u16::from(class) * 100;
        let range = StatusRange::Between(first, first + 99, "");
        pact.status = Some(list(PactMatcher::Status(range)));
    }
    let mut left = filled.headers.clone();
    for name in rules.headers.iter().filter(|(_, rule)| rule.optional).map(|(name, _)| name) {
        say(
            &format!("header {name}"),
            "the contract lets it be missing; Pact can't be told so, and the header is left out",
        );
        left.shift_remove(name);
    }
    pact.headers.0.retain(|rule| rule.path.first_key().is_some_and(|name| left.contains_key(name)));
    let message = Message { rules, headers: &left, is_request: false, version, pact: &mut pact, say };
    let (headers, body) = message.written(filled.body.as_ref());
    let mut generators = texts_of_states(&own.headers, "header");
    merge(&mut generators, body_of_states(own.body.as_ref()));
    written(&mut pact, &generators);
    (Response { status: own.status, headers, body }, pact)
}

fn written(pact: &mut PactRules, generators: &Value) {
    if generators.as_object().is_some_and(|map| !map.is_empty()) {
        pact.written = AsWritten::new(&json!({ "generators": generators }));
    }
}

/// A generator that fills a text with what a state handler returned.
fn of_states(text: &str) -> Value {
    json!({ "type": "ProviderState", "expression": text })
}

/// Generators for the first value of each parameter or header with placeholders.
fn texts_of_states(texts: &IndexMap<String, Vec<String>>, part: &str) -> Value {
    let with = texts.iter().filter_map(|(name, values)| {
        let text = values.first().filter(|text| is_filled(text))?;
        Some((name.clone(), of_states(text)))
    });
    let with: Map<String, Value> = with.collect();
    if with.is_empty() { json!({}) } else { json!({ part: with }) }
}

fn body_of_states(body: Option<&Body>) -> Value {
    fn go(value: &Value, at: &mut Vec<PactStep>, found: &mut Map<String, Value>) {
        let mut below = |step: PactStep, item: &Value| {
            at.push(step);
            go(item, at, found);
            at.pop();
        };
        match value {
            Value::Object(object) => object.iter().for_each(|(key, item)| below(PactStep::Key(key.clone()), item)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| below(PactStep::Index(index), item));
            }
            Value::String(text) if is_filled(text) => {
                found.insert(PactPath(at.clone()).to_string(), of_states(text));
            }
            _ => {}
        }
    }
    let mut found = Map::new();
    if let Some(Content::Json(value)) = body.map(|body| &body.content) {
        go(value, &mut Vec::new(), &mut found);
    }
    if found.is_empty() { json!({}) } else { json!({ "body": found }) }
}

/// Whether a text has a placeholder that is none of an escape's.
fn is_filled(text: &str) -> bool {
    let mut names = std::collections::BTreeSet::new();
    crate::interaction::template::placeholders(text, &mut names);
    !names.is_empty()
}

fn merge(into: &mut Value, other: Value) {
    if let (Value::Object(into), Value::Object(other)) = (into, other) {
        into.extend(other);
    }
}
