//! From a contract's model to its text. The same contract always gives the same bytes, and reading them gives the same
//! contract.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::matcher::{Matcher, Rule};
use super::terms::{Contract, Interaction, PathRule, RequestRules, Rules};
use super::yaml_text;
use crate::interaction::template::has_placeholder;
use crate::interaction::{Body, Content, Http, Kind, Path, Request, Response, Status, fields_view, urlencoded};

/// The first line of a contract, which points editors to the schema.
const EDITOR_LINE: &str = "# yaml-language-server: $schema=../contract.schema.json\n";

/// Writes a contract.
#[must_use]
pub fn write(contract: &Contract) -> String {
    let mut head = Map::new();
    head.insert(String::from("contract"), json!(1));
    head.insert(String::from("consumer"), json!(contract.consumer.as_str()));
    head.insert(String::from("provider"), json!(contract.provider.as_str()));
    if let Some(description) = &contract.description {
        head.insert(String::from("description"), json!(description));
    }
    let mut text = String::from(EDITOR_LINE);
    yaml_text::mapping(&head, 0, &mut text);
    text.push_str("interactions:\n");
    for (index, interaction) in contract.interactions.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&write_interaction(interaction, 2));
    }
    text
}

/// Writes one interaction as an element of a list whose dashes are indented by `indent` spaces.
#[must_use]
pub fn write_interaction(interaction: &Interaction, indent: usize) -> String {
    let mut text = String::new();
    yaml_text::list(&[self::interaction(interaction)], indent, &mut text);
    text
}

/// Writes a request as the value of the key `request`, which is indented by `indent` spaces.
#[must_use]
pub fn write_request(request: &Request, rules: &RequestRules, indent: usize) -> String {
    entry("request", self::request(request, rules), indent)
}

/// Writes a response as the value of the key `response`, which is indented by `indent` spaces.
#[must_use]
pub fn write_response(response: &Response, rules: &Rules, indent: usize) -> String {
    entry("response", self::response(response, rules), indent)
}

fn entry(key: &str, value: Value, indent: usize) -> String {
    let mut text = String::new();
    yaml_text::mapping(&Map::from_iter([(key.to_owned(), value)]), indent, &mut text);
    text
}

/// Writes rules of a body in one line: in braces, as the value of `match`, or `bare`, as an entry below `match`.
#[must_use]
pub fn write_rules<'r>(rules: impl IntoIterator<Item = (&'r Path, &'r Rule)>, bare: bool) -> String {
    let map = rules.into_iter().map(|(path, one)| (path.to_string(), rule(one))).collect();
    yaml_text::one_line(&map, bare)
}

fn interaction(interaction: &Interaction) -> Value {
    let mut map = Map::new();
    map.insert(String::from("name"), json!(interaction.name));
    if let Some(description) = &interaction.description {
        map.insert(String::from("description"), json!(description));
    }
    if interaction.pending {
        map.insert(String::from("pending"), json!(true));
    }
    if !interaction.given.is_empty() {
        let given = interaction.given.iter().map(|state| {
            if state.params.is_empty() { json!(state.name) } else { json!({ state.name.clone(): state.params }) }
        });
        map.insert(String::from("given"), given.collect());
    }
    match &interaction.kind {
        Kind::Http(Http { request, response, terms }) => {
            map.insert(String::from("request"), self::request(request, &terms.request));
            map.insert(String::from("response"), self::response(response, &terms.response));
        }
        // The format has no key for messages yet, and all of its interactions can be run, so there are none of these.
        Kind::Message(_) | Kind::Unrunnable(_) => {}
    }
    Value::Object(map)
}

fn request(request: &Request, rules: &RequestRules) -> Value {
    let only_line = request.headers.is_empty() && request.body.is_none() && *rules == RequestRules::default();
    if only_line && query_reads_well(&request.query) {
        return json!(request.line());
    }
    let mut map = Map::new();
    map.insert(String::from("method"), json!(request.method));
    map.insert(String::from("path"), json!(request.path));
    insert_texts(&mut map, "query", &request.query);
    insert_texts(&mut map, "headers", &request.headers);
    insert_body(&mut map, request.body.as_ref());
    insert_rules(&mut map, &rules.message);
    insert_named_rules(&mut map, "match-query", &rules.query);
    if let Some(path_rule) = &rules.path {
        let value = match path_rule {
            PathRule::Whole(one) => rule(one),
            PathRule::Segments(segments) => {
                let name = |index: usize| request.path.split('/').nth(index).unwrap_or_default().to_owned();
                Value::Object(segments.iter().map(|(index, one)| (name(*index), rule(one))).collect())
            }
        };
        map.insert(String::from("match-path"), value);
    }
    Value::Object(map)
}

/// Whether a query reads well in the request's line: nothing in it is encoded, and there are no placeholders.
fn query_reads_well(query: &IndexMap<String, Vec<String>>) -> bool {
    let line = urlencoded::write(query);
    !line.contains('%')
        && !query
            .iter()
            .any(|(name, values)| has_placeholder(name) || values.iter().any(|value| has_placeholder(value)))
}

fn response(response: &Response, rules: &Rules) -> Value {
    let mut map = Map::new();
    let status = match response.status {
        Status::Code(code) => json!(code),
        class @ Status::Class(_) => json!(class.to_string()),
    };
    map.insert(String::from("status"), status);
    insert_texts(&mut map, "headers", &response.headers);
    insert_body(&mut map, response.body.as_ref());
    insert_rules(&mut map, rules);
    Value::Object(map)
}

fn insert_texts(map: &mut Map<String, Value>, key: &str, texts: &IndexMap<String, Vec<String>>) {
    if !texts.is_empty() {
        map.insert(key.to_owned(), fields_view(texts));
    }
}

fn insert_body(map: &mut Map<String, Value>, body: Option<&Body>) {
    let Some(body) = body else { return };
    let value = match (&body.file, &body.content) {
        (Some(path), _) => json!(path),
        (None, Content::Json(value)) => value.clone(),
        (None, Content::Text(text)) => json!(text),
        (None, Content::Bytes(bytes)) => json!(BASE64.encode(bytes)),
        (None, Content::Form(fields)) => fields_view(fields),
    };
    map.insert(body_key(body).to_owned(), value);
}

/// The key under which a body is written.
#[must_use]
pub const fn body_key(body: &Body) -> &'static str {
    if body.file.is_some() {
        return "body-file";
    }
    match body.content {
        Content::Json(_) => "body",
        Content::Text(_) => "body-text",
        Content::Bytes(_) => "body-base64",
        Content::Form(_) => "form",
    }
}

fn insert_rules(map: &mut Map<String, Value>, rules: &Rules) {
    if !rules.body.is_empty() {
        let body = rules.body.iter().map(|(path, written)| (path.to_string(), rule(&written.rule)));
        map.insert(String::from("match"), Value::Object(body.collect()));
    }
    insert_named_rules(map, "match-headers", &rules.headers);
}

fn insert_named_rules(map: &mut Map<String, Value>, key: &str, rules: &IndexMap<String, Rule>) {
    if !rules.is_empty() {
        map.insert(key.to_owned(), Value::Object(rules.iter().map(|(name, one)| (name.clone(), rule(one))).collect()));
    }
}

/// Writes a rule in one line, as the value of a key.
#[must_use]
pub fn write_rule(one: &Rule) -> String {
    match rule(one) {
        Value::String(text) => text,
        other => yaml_text::flow(&other),
    }
}

/// A rule in its shortest form: a list of values, words, or a mapping.
fn rule(rule: &Rule) -> Value {
    if let [Matcher::OneOf(values)] = rule.matchers.as_slice()
        && !rule.optional
        && !rule.or_null
    {
        return json!(values);
    }
    let entries = rule.matchers.iter().filter_map(Matcher::entry);
    let mut map: Map<String, Value> = entries.map(|(key, value)| (key.to_owned(), value)).collect();
    if map.is_empty() {
        return json!(rule.to_string());
    }
    if rule.optional {
        map.insert(String::from("optional"), json!(true));
    }
    if rule.or_null {
        map.insert(String::from("or-null"), json!(true));
    }
    Value::Object(map)
}
