//! From a contract to a Pact file, of version 4 or 3: the same content, with a remark for everything that a Pact file
//! can't say. What can't be said is loosened, or left out: nobody is held to more than the contract asks for.
//!
//! One that was read from a Pact file keeps its rules, in the spelling of the version that is written.

mod body;
mod file;
mod matchers;

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::import::Remark;
use super::{
    Kind, MediaType, PactMatcher, PactPath, PactRules, PactStep, PlacedRule, PlacedRules, RuleList, StatusRange,
};
use crate::contract::document::{Body, Contract, Headers, Interaction, PathRule, Request, Response, Rules, Status};
use crate::contract::matcher::{JsonType, Matcher, Rule};
use crate::source::Pointer;
use matchers::{Scalar, TYPE, anchored, scalar};

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
pub fn export(contract: &Contract, version: Version) -> Exported {
    let mut remarks: Vec<Remark> = Vec::new();
    let mut say = |interaction: usize, at: Pointer, place: String, why: &str| {
        let remark = Remark { interaction, at, place, why: why.to_owned() };
        if !remarks.contains(&remark) {
            remarks.push(remark);
        }
    };
    let mut kept = Vec::new();
    let mut numbers = Vec::new();
    for (index, interaction) in contract.interactions.iter().enumerate() {
        let at = Interaction::pointer(index);
        if interaction.skipped.is_some() && (version == Version::V3 || !is_written_as(interaction)) {
            say(index, at, String::new(), "left out: only interactions by HTTP are written in another version");
            continue;
        }
        if interaction.description.is_some() && version == Version::V3 {
            say(index, at.clone(), String::new(), "version 3 has no place for a description: it is left out");
        }
        let is_pact = interaction.request.rules.pact.is_some();
        let made = if is_pact {
            Cow::Borrowed(interaction)
        } else {
            let mut of_side = |side: &str, place: &str, why: &str| {
                say(index, at.key(side), format!("{side} {place}").trim().to_owned(), why);
            };
            Cow::Owned(self::interaction(interaction, version, &mut of_side))
        };
        kept.push(made.into_owned());
        numbers.push(index);
    }
    let kept = Contract { interactions: kept, ..contract.clone() };
    let file = file::file(&kept, version, &mut |number, side, why| {
        let index = numbers.get(number).copied().unwrap_or_default();
        say(index, Interaction::pointer(index).key(side), side.to_owned(), why);
    });
    Exported { text: format!("{file:#}\n"), remarks }
}

/// Whether what can't be run is written as version 4 has it.
fn is_written_as(interaction: &Interaction) -> bool {
    interaction.skipped.as_ref().is_some_and(|skipped| skipped.content.get("type").is_some())
}

type Say<'s> = &'s mut dyn FnMut(&str, &str, &str);

fn interaction(own: &Interaction, version: Version, say: Say<'_>) -> Interaction {
    let filled = own.filled(&own.params());
    let request = request(&own.request, &filled.request, version, &mut |place, why| say("request", place, why));
    let response = response(&own.response, &filled.response, version, &mut |place, why| say("response", place, why));
    Interaction { request, response, ..own.clone() }
}

fn request(own: &Request, filled: &Request, version: Version, say: &mut dyn FnMut(&str, &str)) -> Request {
    let mut pact =
        PactRules { path: own.path_rule.as_ref().and_then(|rule| path(rule, filled, say)), ..PactRules::default() };
    pact.query = named(&own.query_rules, &filled.query, "query", say);
    pact.headers = named(&own.rules.headers, &filled.headers, "header", say);
    let mut generators = texts_of_states(&own.query, "query");
    if let Value::Object(map) = &mut generators
        && is_filled(&own.path)
    {
        map.insert(String::from("path"), of_states(&own.path));
    }
    let (headers, body) =
        message(&own.rules, own.body.as_ref(), filled.body.as_ref(), &filled.headers, true, version, &mut pact, say);
    merge(&mut generators, texts_of_states(&own.headers, "header"));
    merge(&mut generators, body_of_states(own.body.as_ref()));
    written(&mut pact, generators);
    Request {
        headers,
        body,
        rules: Rules::of_pact(pact),
        query_rules: IndexMap::new(),
        path_rule: None,
        ..filled.clone()
    }
}

fn response(own: &Response, filled: &Response, version: Version, say: &mut dyn FnMut(&str, &str)) -> Response {
    let mut pact =
        PactRules { headers: named(&own.rules.headers, &filled.headers, "header", say), ..PactRules::default() };
    for (name, _) in own.rules.headers.iter().filter(|(_, rule)| rule.has(&Matcher::Absent)) {
        say(&format!("header {name}"), "`absent` can't be said in a Pact file");
    }
    if let Status::Class(class) = own.status {
        let first = u16::from(class) * 100;
        let range = StatusRange::Between(first, first + 99, "");
        pact.status = Some(list(PactMatcher::Status(range)));
    }
    let mut left = filled.headers.clone();
    for (name, rule) in own.rules.headers.iter().filter(|(_, rule)| rule.optional || rule.has(&Matcher::Any)) {
        let word = if rule.optional { "optional" } else { "any" };
        say(&format!("header {name}"), &format!("`{word}` can't be said in a Pact file: the header is left out"));
        left.shift_remove(name);
    }
    pact.headers.0.retain(|rule| rule.path.first_key().is_some_and(|name| left.contains_key(name)));
    let (headers, body) =
        message(&own.rules, own.body.as_ref(), filled.body.as_ref(), &left, false, version, &mut pact, say);
    let mut generators = texts_of_states(&own.headers, "header");
    merge(&mut generators, body_of_states(own.body.as_ref()));
    written(&mut pact, generators);
    Response { status: own.status, headers, body, rules: Rules::of_pact(pact) }
}

fn written(pact: &mut PactRules, generators: Value) {
    if generators.as_object().is_some_and(|map| !map.is_empty()) {
        pact.written = json!({ "generators": generators });
    }
}

/// The headers and the body of a message, and the rules of the body.
#[expect(clippy::too_many_arguments, reason = "a message has these parts, and each is written with the others in view")]
fn message(
    rules: &Rules,
    own: Option<&Body>,
    filled: Option<&Body>,
    headers: &Headers,
    is_request: bool,
    version: Version,
    pact: &mut PactRules,
    say: &mut dyn FnMut(&str, &str),
) -> (Headers, Option<Body>) {
    let mut headers = headers.clone();
    let (Some(_), Some(filled)) = (own, filled) else { return (headers, None) };
    let content = filled.content();
    let header = headers.get("content-type").and_then(|values| values.first()).and_then(|it| MediaType::parse(it));
    let kind = header.as_ref().map(MediaType::kind);
    let untyped = !headers.contains_key("content-type");
    let mut left_out = |why: &str| say("body", &format!("{why}: the body is left out"));
    match content {
        // A Pact file takes a null for a body that is empty.
        Body::Json(Value::Null) if version == Version::V3 || !is_request => {
            left_out("a body that is null can't be said in a Pact file");
            (headers, None)
        }
        Body::Json(Value::String(_)) if version == Version::V3 && kind.is_some_and(|kind| kind != Kind::Json) => {
            left_out("version 3 tells what a text is by its content type, and it is not JSON's");
            (headers, None)
        }
        Body::Json(value) => {
            let mut remark = |path: &str, why: &str| say(&format!("body {path}"), why);
            let mut walk = body::Walk { is_request, is_newest: version == Version::V4, remark: &mut remark };
            let (example, placed) = body::body(value, &rules.body, &mut walk);
            pact.body = placed;
            // It is sent with it anyway.
            if is_request {
                headers.entry(String::from("content-type")).or_insert_with(|| vec![String::from("application/json")]);
            }
            (headers, example.map(Body::Json))
        }
        Body::Form(fields) => {
            const FORM: &str = "application/x-www-form-urlencoded";
            match kind {
                Some(Kind::Form) => {}
                None if untyped && is_request => {
                    drop(headers.insert(String::from("content-type"), vec![FORM.to_owned()]))
                }
                None if untyped && version == Version::V4 => pact.media_type = Some(FORM.to_owned()),
                _ => {
                    left_out("a form is told by its content type, and it has another");
                    return (headers, None);
                }
            }
            let by_name = rules.body.iter().filter_map(|(path, written)| match path.0.as_slice() {
                [crate::contract::Segment::Key(name)] => Some((name.clone(), written.thing.clone())),
                _ => {
                    say(
                        &format!("body {path}"),
                        "this rule can't be said of a form in a Pact file: the value is asked for",
                    );
                    None
                }
            });
            let by_name: IndexMap<String, Rule> = by_name.collect();
            pact.body = named(&by_name, fields, "body", say);
            (headers, Some(content.clone()))
        }
        Body::Text(text) if text.is_empty() => (headers, Some(content.clone())),
        Body::Text(text) => {
            let is_json = || serde_json::from_str::<Value>(text).is_ok_and(|it| it.is_object() || it.is_array());
            let looks_other = MediaType::of_content(text.as_bytes()).is_some_and(|found| found.kind() != Kind::Text);
            match (version, kind) {
                (Version::V4, None) if looks_other && untyped => pact.media_type = Some(String::from("text/plain")),
                (_, None) if looks_other => {
                    left_out("what a text is, is told by its content type, and it has none");
                    return (headers, None);
                }
                (Version::V3, Some(Kind::Binary)) => {
                    left_out("version 3 tells what a body is by its content type, and it is that of bytes");
                    return (headers, None);
                }
                (Version::V3, Some(Kind::Json)) if !is_json() => {
                    left_out("by its content type it is JSON, and the text is not");
                    return (headers, None);
                }
                _ => {}
            }
            if let Some(rule) = rules.body.values().next() {
                let list = of_text(&rule.thing, text, "body", say);
                let placed = list.map(|list| PlacedRule { path: PactPath::default(), list });
                pact.body = PlacedRules(placed.into_iter().collect());
            }
            (headers, Some(content.clone()))
        }
        Body::Bytes(bytes) if bytes.is_empty() => (headers, Some(Body::Text(String::new()))),
        Body::Bytes(_) => match (version, kind) {
            (_, Some(Kind::Binary)) => (headers, Some(content.clone())),
            (Version::V4, None) if untyped => {
                pact.media_type = Some(String::from("application/octet-stream"));
                (headers, Some(content.clone()))
            }
            _ => {
                left_out("bytes are told by their content type, and it has none of theirs");
                (headers, None)
            }
        },
        // What a file holds is never a file again.
        Body::File { .. } => (headers, None),
    }
}

fn list(matcher: PactMatcher) -> RuleList {
    RuleList { any: false, matchers: vec![matcher], keys: Vec::new() }
}

/// The rules of headers, parameters or fields.
fn named(
    rules: &IndexMap<String, Rule>,
    examples: &IndexMap<String, Vec<String>>,
    what: &str,
    say: &mut dyn FnMut(&str, &str),
) -> PlacedRules {
    let placed = rules.iter().filter_map(|(name, rule)| {
        let values = examples.get(name)?;
        let place = format!("{what} {name}");
        let mut list = of_text(rule, values.first().map_or("", String::as_str), &place, say)?;
        if let (Some((min, max)), [PactMatcher::Type { .. }]) = (rule.size(), list.matchers.as_slice()) {
            list.matchers = vec![PactMatcher::Type { min: Some(min), max }];
        }
        Some(PlacedRule { path: PactPath(vec![PactStep::Key(name.clone())]), list })
    });
    PlacedRules(placed.collect())
}

/// The rule of one text; nothing where it is asked for by its value.
fn of_text(rule: &Rule, example: &str, place: &str, say: &mut dyn FnMut(&str, &str)) -> Option<RuleList> {
    let loose = rule.optional || rule.matchers.iter().any(|one| matches!(one, Matcher::Unordered | Matcher::Contains));
    if loose {
        say(
            place,
            "that it may be missing, or the order of values, can't be said in a Pact file: any value is allowed",
        );
        return Some(list(TYPE));
    }
    let told = match rule.matchers.iter().find(|matcher| matcher.tells_value()) {
        Some(Matcher::Type(JsonType::Number)) => Scalar::Is(PactMatcher::Number),
        Some(Matcher::Type(JsonType::Boolean)) => Scalar::Is(PactMatcher::Boolean),
        // Pact's integers of texts have no sign.
        Some(Matcher::Type(JsonType::Integer)) if example.starts_with('-') => matchers::of_regex(r"-?\d+"),
        Some(Matcher::Any) => Scalar::Type,
        _ => scalar(
            rule,
            &json!(example),
            if rule.size().is_some() { Scalar::Type } else { Scalar::Value },
            &mut |why| say(place, &why),
        ),
    };
    match told {
        Scalar::Value => None,
        Scalar::Type | Scalar::Anything => Some(list(TYPE)),
        Scalar::Is(matcher) => Some(list(matcher)),
    }
}

/// The rule of a path: one expression for all of it.
fn path(rule: &PathRule, filled: &Request, say: &mut dyn FnMut(&str, &str)) -> Option<RuleList> {
    match rule {
        PathRule::Whole(rule) => of_text(rule, &filled.path, "path", say),
        PathRule::Segments(rules) => {
            let segments = filled.path.split('/').enumerate().map(|(index, segment)| {
                let Some(rule) = rules.get(&index) else { return regex::escape(segment) };
                match of_text(rule, segment, "path", say).as_ref().and_then(|list| list.matchers.first()) {
                    None => regex::escape(segment),
                    Some(PactMatcher::Regex(regex)) => {
                        let bare = super::import::pattern::bare(regex.as_str());
                        if bare.contains('|') { format!("(?:{bare})") } else { bare }
                    }
                    Some(PactMatcher::Integer) => String::from(r"\d+"),
                    Some(_) => String::from("[^/]*"),
                }
            });
            let text = segments.collect::<Vec<_>>().join("/");
            super::PactRegex::new(&anchored(&text)).ok().map(|regex| list(PactMatcher::Regex(regex)))
        }
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
    if let Some(Body::Json(value)) = body {
        go(value, &mut Vec::new(), &mut found);
    }
    if found.is_empty() { json!({}) } else { json!({ "body": found }) }
}

/// Whether a text has a placeholder that is none of an escape's.
fn is_filled(text: &str) -> bool {
    let mut names = std::collections::BTreeSet::new();
    crate::contract::template::placeholders(text, &mut names);
    !names.is_empty()
}

fn merge(into: &mut Value, other: Value) {
    if let (Value::Object(into), Value::Object(other)) = (into, other) {
        into.extend(other);
    }
}
