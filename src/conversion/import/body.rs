//! Bodies of a Pact file in the kinds and rules of a contract.

use indexmap::IndexMap;
use serde_json::Value;

use super::ask::Walk;
use super::emit::{Way, rules};
use super::parts::{escaped, named_rules, of_text};
use crate::contract::{JsonType, Matcher, Rule, WrittenRule};
use crate::conversion::remark::Remarks;
use crate::interaction::template::escape;
use crate::interaction::{Body, Content, Headers, Path, Segment, urlencoded};
use crate::pact::{Chosen, MediaKind, MediaType, PactMatcher, PactRules};

/// The rules of a body by their paths.
pub(super) type BodyRules = IndexMap<Path, WrittenRule>;

/// The body and its rules.
pub(super) fn body(
    body: &Body,
    headers: &Headers,
    pact: &PactRules,
    is_request: bool,
    remarks: &mut Remarks<'_>,
) -> (Option<Body>, BodyRules) {
    let header = headers.get("content-type").and_then(|values| values.first()).map(String::as_str);
    let named = pact.media_type.as_deref().or(header).and_then(MediaType::parse);
    let root = |rule: Option<Rule>| written(rule.map(|rule| (Vec::new(), rule)).into_iter().collect());
    let in_parts = named.as_ref().is_some_and(|named| named.kind() == MediaKind::Multipart);
    match &body.content {
        Content::Text(text) if in_parts && !text.is_empty() => {
            let why = "Pact compares this body part by part; the contract can't, and takes any text";
            remarks.say("body", None, why);
            (Some(Body::text(escape(text))), root(Some(Rule::of(Matcher::Type(JsonType::String)))))
        }
        Content::Bytes(_) if in_parts && is_request => {
            let why = "Pact compares this body part by part; the contract can't, and asks for the very same bytes";
            remarks.say("body", None, why);
            (Some(body.clone()), BodyRules::new())
        }
        Content::Bytes(_) if in_parts => {
            let why = "Pact compares this body part by part; the contract can't, and leaves it out";
            remarks.say("body", None, why);
            (None, BodyRules::new())
        }
        Content::Json(value) => {
            let node = Walk { remarks, at: Vec::new() }.node(value, &Chosen::new(&pact.body));
            let way = if is_request { Way::Value } else { Way::Type };
            (Some(Body::json(escaped_value(value))), written(rules(&node, way)))
        }
        // What a request does not have is refused anyway.
        Content::Text(text) if text.is_empty() => ((!is_request).then(|| body.clone()), BodyRules::new()),
        Content::Text(text) => {
            let kind = named.or_else(|| MediaType::of_content(text.as_bytes())).map(|found| found.kind());
            match kind {
                Some(MediaKind::Form) => {
                    let fields = urlencoded::read(text);
                    let by_name = named_rules(&fields, &pact.body, "body", remarks);
                    // To Pact, no other fields may be there, in a response either.
                    let closed = (!is_request).then(|| (Vec::new(), Rule::of(Matcher::Closed)));
                    let by_name = by_name.into_iter().map(|(name, rule)| (vec![Segment::Key(name)], rule));
                    (Some(Body::form(escaped(&fields))), written(closed.into_iter().chain(by_name).collect()))
                }
                Some(MediaKind::Xml) => {
                    let why = "Pact compares XML element by element; the contract can't, and takes any text";
                    remarks.say("body", None, why);
                    (Some(Body::text(escape(text))), root(Some(Rule::of(Matcher::Type(JsonType::String)))))
                }
                _ => {
                    let chosen = Chosen::new(&pact.body);
                    let rule = chosen.speaking().and_then(|it| of_text(it.list, text, "body", remarks));
                    (Some(Body::text(escape(text))), root(rule))
                }
            }
        }
        Content::Bytes(_) => {
            let chosen = Chosen::new(&pact.body);
            let ruled = chosen.speaking().filter(|it| it.list.matchers != [PactMatcher::Equality]);
            match ruled {
                Some(it) if !is_request => {
                    let why = "Pact has a rule for these bytes; the contract could only ask for the very same, and leaves the body out";
                    remarks.say("body", Some(it.list), why);
                    (None, BodyRules::new())
                }
                Some(it) => {
                    remarks.say(
                        "body",
                        Some(it.list),
                        "Pact has a rule for these bytes; the contract asks for the very same",
                    );
                    (Some(body.clone()), BodyRules::new())
                }
                None => (Some(body.clone()), BodyRules::new()),
            }
        }
        // A Pact file writes a form as a text.
        Content::Form(_) => (Some(body.clone()), BodyRules::new()),
    }
}

fn written(rules: super::emit::Rules) -> BodyRules {
    let written = rules.into_iter().map(|(path, thing)| {
        let path = Path(path);
        let key = path.to_string();
        (path, WrittenRule { rule: thing, key })
    });
    written.collect()
}

/// A value whose texts stand for themselves.
pub(super) fn escaped_value(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(escape(text)),
        Value::Array(items) => items.iter().map(escaped_value).collect(),
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, item)| (key.clone(), escaped_value(item))).collect())
        }
        other => other.clone(),
    }
}
