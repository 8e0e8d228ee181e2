//! The identity of interactions and contracts, which doesn't depend on names, key order, comments and spelling.
//!
//! An interaction's id is the SHA-256 of its content in canonical JSON (RFC 8785). The user's values have their type before
//! them (`s:` for texts, `n:` for numbers), because RFC 8785 can't represent numbers beyond 2^53, and the ids of
//! 9007199254740993, 9007199254740992 and "9007199254740993" must differ.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::terms::{Contract, Interaction, Terms};
use crate::contract::{Matcher, PathRule, RequestRules, Rule, Rules};
use crate::interaction::digest::hex;
use crate::interaction::number::Decimal;
use crate::interaction::{Body, Content as BodyKind, ContractId, Headers, Http, InteractionId, Kind, State};
use crate::pact::{AsWritten, PactRules};

/// The version of the canonical form, which is part of every id. It is a text, because the canonical form has no numbers:
/// so no other program can write one of them differently.
const FORMAT: &str = "1";

/// The id of an interaction. Interactions that are verified in the same way have the same id.
#[must_use]
pub fn interaction_id(interaction: &Interaction) -> InteractionId {
    InteractionId(hash(&content(interaction)))
}

/// Everything that an interaction's id depends on.
fn content(interaction: &Interaction) -> Content<'_> {
    match &interaction.kind {
        Kind::Http(http) => http_content(&interaction.given, http, None),
        Kind::Unrunnable(unrunnable) => {
            http_content(&interaction.given, &unrunnable.read, Some(Typed(&unrunnable.content)))
        }
        // Neither format has messages yet, so nobody relies on such an id.
        Kind::Message(message) => Content {
            format: FORMAT,
            given: given(&interaction.given),
            what: What::Message {
                message: MessageContent {
                    channel: &message.channel,
                    key: message.key.as_deref(),
                    headers: &message.headers,
                    body: message.body.as_ref().map(BodyContent::of),
                    rules: match &message.terms {
                        Terms::Own(terms) => RulesContent::of(&terms.response),
                        Terms::Pact(terms) => RulesContent::of_pact(&terms.response),
                    },
                },
            },
        },
    }
}

fn given(states: &[State]) -> Vec<Given<'_>> {
    states.iter().map(|state| Given { name: &state.name, params: Typed(&state.params) }).collect()
}

fn http_content<'c>(states: &'c [State], http: &'c Http<Terms>, skipped: Option<Typed<&'c Value>>) -> Content<'c> {
    let Http { request, response, terms } = http;
    let (request_rules, query_rules, path_rule, response_rules) = match terms {
        Terms::Own(terms) => {
            let RequestRules { message, query, path } = &terms.request;
            let path = path.as_ref().map(PathRuleContent::of);
            (RulesContent::of(message), NamedRules(Some(query)), path, RulesContent::of(&terms.response))
        }
        Terms::Pact(terms) => {
            let (request, response) = (RulesContent::of_pact(&terms.request), RulesContent::of_pact(&terms.response));
            (request, NamedRules(None), None, response)
        }
    };
    Content {
        format: FORMAT,
        given: given(states),
        what: What::Http {
            request: RequestContent {
                method: &request.method,
                path: &request.path,
                query: &request.query,
                headers: &request.headers,
                body: request.body.as_ref().map(BodyContent::of),
                rules: request_rules,
                query_rules,
                path_rule,
            },
            response: ResponseContent {
                status: response.status.to_string(),
                headers: &response.headers,
                body: response.body.as_ref().map(BodyContent::of),
                rules: response_rules,
            },
            skipped,
        },
    }
}

/// The id of a contract: of its provider and its interactions, in any order. Pending interactions are listed
/// separately, because they mean something else; but their own ids are the same, so results carry over once they no
/// longer are pending.
#[must_use]
pub fn contract_id(contract: &Contract) -> ContractId {
    let ids = |is_pending: bool| {
        let of_kind = contract.interactions.iter().filter(|interaction| interaction.pending == is_pending);
        let mut ids: Vec<String> = of_kind.map(|interaction| interaction_id(interaction).to_string()).collect();
        ids.sort();
        ids
    };
    let (interactions, pending) = (ids(false), ids(true));
    ContractId(hash(&ContractContent { format: FORMAT, provider: contract.provider.as_str(), interactions, pending }))
}

fn hash(content: &impl Serialize) -> [u8; 32] {
    Sha256::digest(canonical(content)).into()
}

fn canonical(content: &impl Serialize) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "the content holds texts, booleans, lists and maps only")]
    serde_json_canonicalizer::to_vec(content).expect("canonical content can be written")
}

#[derive(Serialize)]
struct ContractContent<'c> {
    format: &'static str,
    provider: &'c str,
    interactions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pending: Vec<String>,
}

#[derive(Serialize)]
struct Content<'c> {
    format: &'static str,
    given: Vec<Given<'c>>,
    #[serde(flatten)]
    what: What<'c>,
}

/// The expectation, by the kind of interaction.
#[derive(Serialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "there is only one at a time")]
enum What<'c> {
    Http {
        request: RequestContent<'c>,
        response: ResponseContent<'c>,
        /// The text in the file, if it can't be run.
        #[serde(skip_serializing_if = "Option::is_none")]
        skipped: Option<Typed<&'c Value>>,
    },
    Message {
        message: MessageContent<'c>,
    },
}

#[derive(Serialize)]
struct MessageContent<'c> {
    channel: &'c str,
    key: Option<&'c str>,
    headers: &'c Headers,
    body: Option<BodyContent<'c>>,
    #[serde(rename = "match")]
    rules: RulesContent<'c>,
}

#[derive(Serialize)]
struct Given<'c> {
    name: &'c str,
    params: Typed<&'c Map<String, Value>>,
}

#[derive(Serialize)]
struct RequestContent<'c> {
    method: &'c str,
    path: &'c str,
    query: &'c IndexMap<String, Vec<String>>,
    headers: &'c Headers,
    body: Option<BodyContent<'c>>,
    #[serde(rename = "match")]
    rules: RulesContent<'c>,
    #[serde(rename = "match-query")]
    query_rules: NamedRules<'c>,
    #[serde(rename = "match-path")]
    path_rule: Option<PathRuleContent<'c>>,
}

#[derive(Serialize)]
struct ResponseContent<'c> {
    status: String,
    headers: &'c Headers,
    body: Option<BodyContent<'c>>,
    #[serde(rename = "match")]
    rules: RulesContent<'c>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum BodyContent<'c> {
    Json(Typed<&'c Value>),
    Text(&'c str),
    /// The SHA-256 of the bytes.
    Bytes(String),
    Form(&'c IndexMap<String, Vec<String>>),
    /// The content of a file with `${` in it, which isn't a placeholder there.
    Literal(Box<BodyContent<'c>>),
}

impl<'c> BodyContent<'c> {
    /// Whether the content is in the contract or in a file makes no difference.
    fn of(body: &'c Body) -> Self {
        let content = match &body.content {
            BodyKind::Json(value) => Self::Json(Typed(value)),
            BodyKind::Text(text) => Self::Text(text),
            BodyKind::Form(fields) => Self::Form(fields),
            BodyKind::Bytes(bytes) => Self::Bytes(hex(&Sha256::digest(bytes))),
        };
        let is_literal = body.file.is_some() && body.content.has_placeholder();
        if is_literal { Self::Literal(Box::new(content)) } else { content }
    }
}

#[derive(Serialize)]
struct RulesContent<'c> {
    body: BTreeMap<String, RuleContent<'c>>,
    headers: NamedRules<'c>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pact: Option<PactContent<'c>>,
}

/// The rules of a Pact file, as they are written there.
#[derive(Serialize)]
struct PactContent<'c> {
    version: &'static str,
    #[serde(rename = "media-type")]
    media_type: Option<&'c str>,
    query: Option<&'c str>,
    written: WrittenContent<'c>,
    /// The body that is sent in place of none.
    #[serde(skip_serializing_if = "Option::is_none")]
    sends: Option<&'static str>,
}

struct WrittenContent<'c>(&'c AsWritten);

impl Serialize for WrittenContent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Typed(&self.0.value()).serialize(serializer)
    }
}

impl<'c> RulesContent<'c> {
    fn of(rules: &'c Rules) -> Self {
        let body = rules.body.iter().map(|(path, written)| (path.to_string(), RuleContent::of(&written.rule)));
        Self { body: body.collect(), headers: NamedRules(Some(&rules.headers)), pact: None }
    }

    fn of_pact(rules: &'c PactRules) -> Self {
        let pact = PactContent {
            version: rules.version.number(),
            media_type: rules.media_type.as_deref(),
            query: rules.query_text.as_deref(),
            written: WrittenContent(&rules.written),
            sends: rules.sends_null.then_some("null"),
        };
        Self { body: BTreeMap::new(), headers: NamedRules(None), pact: Some(pact) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum PathRuleContent<'c> {
    Whole(RuleContent<'c>),
    Segments(BTreeMap<usize, RuleContent<'c>>),
}

impl<'c> PathRuleContent<'c> {
    fn of(rule: &'c PathRule) -> Self {
        match rule {
            PathRule::Whole(one) => Self::Whole(RuleContent::of(one)),
            PathRule::Segments(segments) => {
                Self::Segments(segments.iter().map(|(index, one)| (*index, RuleContent::of(one))).collect())
            }
        }
    }
}

/// Rules by name; `None` if the format has no such list.
struct NamedRules<'c>(Option<&'c IndexMap<String, Rule>>);

impl Serialize for NamedRules<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.into_iter().flatten().map(|(name, one)| (name, RuleContent::of(one))))
    }
}

#[derive(Serialize)]
struct RuleContent<'c> {
    matchers: Vec<MatcherContent<'c>>,
    optional: bool,
    #[serde(rename = "or-null")]
    or_null: bool,
}

impl<'c> RuleContent<'c> {
    /// The order of the words makes no difference.
    fn of(rule: &'c Rule) -> Self {
        let mut matchers: Vec<MatcherContent<'c>> = rule.matchers.iter().map(MatcherContent::of).collect();
        if matchers.len() > 1 {
            matchers.sort_by_cached_key(canonical);
        }
        Self { matchers, optional: rule.optional, or_null: rule.or_null }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum MatcherContent<'c> {
    Word(String),
    OneOf {
        #[serde(rename = "one-of")]
        values: Vec<Typed<&'c Value>>,
    },
    Schema {
        schema: Typed<&'c Value>,
        files: BTreeMap<&'c str, Typed<&'c Value>>,
    },
}

impl<'c> MatcherContent<'c> {
    fn of(matcher: &'c Matcher) -> Self {
        match matcher {
            Matcher::OneOf(values) => {
                let mut values: Vec<Typed<&'c Value>> = values.iter().map(Typed).collect();
                values.sort_by_cached_key(canonical);
                Self::OneOf { values }
            }
            Matcher::Schema(rule) => {
                let files = rule.files().iter().map(|(path, file)| (path.as_str(), Typed(file))).collect();
                Self::Schema { schema: Typed(rule.schema()), files }
            }
            // These are written as words, and regular expressions between slashes.
            Matcher::Exact
            | Matcher::Equal
            | Matcher::Any
            | Matcher::Absent
            | Matcher::Type(_)
            | Matcher::Format(_)
            | Matcher::Regex(_)
            | Matcher::Size { .. }
            | Matcher::Unordered
            | Matcher::Contains
            | Matcher::Closed => Self::Word(matcher.to_string()),
        }
    }
}

/// A value of the user's, with the type before its texts and numbers.
struct Typed<T>(T);

impl Serialize for Typed<&Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) => serializer.collect_str(&format_args!("s:{text}")),
            Value::Number(number) => serializer.collect_str(&format_args!("n:{}", Decimal::of(number).canonical())),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Typed)),
            Value::Object(map) => Typed(map).serialize(serializer),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Null => serializer.serialize_unit(),
        }
    }
}

impl Serialize for Typed<&Map<String, Value>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, item)| (key, Typed(item))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::attachments::NoAttachments;
    use crate::formats::read;
    use crate::source::{Limits, SourceFile};

    #[test]
    fn the_canonical_form_is_what_it_was_when_it_was_released() {
        let text = "
contract: 1
consumer: storefront
provider: orders
interactions:
  - name: get an order
    given: [an order exists: { id: 42 }]
    request: GET /orders/42?b=2&a=1
    response:
      status: 2XX
      headers: { Content-Type: application/json }
      body: { id: 42, price: 1.50, note: \"7\", paid: true, none: null }
      match: { id: integer, note: '/[0-9]/ optional', none: [b, 1, null], price: { schema: { minimum: 1 } } }
";
        let source = SourceFile::new("c.yaml", text.to_owned(), Limits::default());
        let contract = read(&source, &NoAttachments).unwrap().contract;
        let canonical = String::from_utf8(canonical(&content(&contract.interactions[0]))).unwrap();
        let expected = [
            r#"{"format":"1","given":[{"name":"an order exists","params":{"id":"n:42"}}],"#,
            r#""request":{"body":null,"headers":{},"match":{"body":{},"headers":{}},"match-path":null,"match-query":{},"#,
            r#""method":"GET","path":"/orders/42","query":{"a":["1"],"b":["2"]}},"#,
            r#""response":{"body":{"json":{"id":"n:42","none":null,"note":"s:7","paid":true,"price":"n:15e-1"}},"#,
            r#""headers":{"content-type":["application/json"]},"match":{"body":{"#,
            r#""id":{"matchers":["integer"],"optional":false,"or-null":false},"#,
            r#""none":{"matchers":[{"one-of":["n:1","s:b",null]}],"optional":false,"or-null":false},"#,
            r#""note":{"matchers":["/[0-9]/"],"optional":true,"or-null":false},"#,
            r#""price":{"matchers":[{"files":{},"schema":{"minimum":"n:1"}}],"optional":false,"or-null":false}},"#,
            r#""headers":{}},"status":"2XX"}}"#,
        ];
        assert_eq!(canonical, expected.concat());
        // As `sha256sum` says.
        let id = interaction_id(&contract.interactions[0]).to_string();
        assert_eq!(id, "d7d52d2eb563464e6e402079b59e32dbc44aa2a4f7549302ce71a3917114ff96");
        let id = contract_id(&contract).to_string();
        assert_eq!(id, "2432fc0fcc844f48f856031b20e5e7f55683a3b9aed7ae6df36096fb42c0bef2");
    }

    #[test]
    fn a_pact_files_rules_and_generators_are_part_of_the_ids_however_they_are_spelled() {
        let ids = |text: &str| {
            let source = SourceFile::new("p.json", text.to_owned(), Limits::default());
            let contract = read(&source, &NoAttachments).unwrap().contract;
            contract.interactions.iter().map(|one| interaction_id(one).to_string()).collect::<Vec<_>>()
        };
        let text = r#"{"consumer": {"name": "shop"}, "provider": {"name": "orders"}, "metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [
{"type": "Synchronous/HTTP", "description": "a", "providerStates": [{"name": "s", "params": {"id": 1.50}}], "request": {"path": "/a", "generators": {"path": {"type": "ProviderState", "expression": "/${id}"}}}, "response": {"body": {"content": {"b": 1, "a": [null]}, "contentType": "application/json"}, "matchingRules": {"body": {"$.b": {"matchers": [{"match": "type", "min": 1}]}, "$.a": {"matchers": [{"match": "null"}]}}}}},
{"type": "Asynchronous/Messages", "description": "m", "contents": {"content": [1.0]}}]}"#;
        let expected = [
            "50c5b25b1a18deb68418f422ce435b94b66e4c53a367dc268cec581592d920f9",
            "a438a542b39834a4cec41a7d27a2ac88e64e42713d7b22dfdc71386eccd932ce",
        ];
        assert_eq!(ids(text), expected);
        assert_eq!(ids(&text.replace(r#""match": "type", "min": 1"#, r#""min": 1.0, "match": "type""#)), expected);
        assert_ne!(ids(&text.replace(r#""min": 1"#, r#""min": 2"#))[0], expected[0]);
        assert_ne!(ids(&text.replace("/${id}", "/b/${id}"))[0], expected[0]);
        assert_ne!(ids(&text.replace("[1.0]", "[2]"))[1], expected[1]);
    }
}
