//! The contract file as it is written. These types are the published format: the JSON Schema that editors use and that
//! every file is validated with is generated from them, and a validated file is read into them.
//!
//! Editors show the doc comments of this file to users.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Number, Value, json};

use super::rule_text::WORDS;
use crate::interaction::number::same_number;
use crate::source::json_value;

/// Everything that one consumer expects from one provider.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Upheld contract")]
pub(super) struct RawContract {
    /// The version of the format: 1.
    #[schemars(with = "Value", extend("const" = 1))]
    #[serde(rename = "contract")]
    pub _contract: de::IgnoredAny,
    /// The service that sends requests.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"))]
    pub consumer: String,
    /// The service that responds.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"))]
    pub provider: String,
    /// A description of the contract, for people.
    #[serde(default)]
    #[schemars(with = "String")]
    pub description: Option<String>,
    /// The expectations: requests, each with the least that the consumer needs from the response.
    #[schemars(length(min = 1))]
    pub interactions: Vec<RawInteraction>,
}

/// A request, exactly as the consumer sends it, and the least that the consumer needs from the response.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Interaction")]
pub(super) struct RawInteraction {
    /// A short name, unique in the file: `get an order`.
    #[schemars(length(max = 200), regex(pattern = r"^\S(.*\S)?$"))]
    pub name: String,
    /// A longer description, for people.
    #[serde(default)]
    #[schemars(with = "String")]
    pub description: Option<String>,
    /// Whether no consumer relies on it yet. If so, a break is shown without failing the run, and the gate ignores it.
    #[serde(default)]
    pub pending: bool,
    /// The provider states: what must be true at the provider before the request, like `an order exists: { id: 42 }`.
    #[serde(default)]
    pub given: Vec<RawState>,
    /// The request that the consumer sends: `GET /orders/42`, or a mapping with `method` and `path`.
    pub request: RawRequest,
    /// The least that the consumer needs from the response.
    pub response: RawResponse,
}

/// A provider state: its name, or its name with parameters.
#[derive(Debug)]
pub(super) struct RawState {
    pub name: String,
    pub params: Map<String, Value>,
}

/// The request that the consumer sends.
#[derive(Debug)]
pub(super) enum RawRequest {
    Line(String),
    Parts(Box<RawRequestParts>),
}

/// The request that the consumer sends, part by part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawRequestParts {
    /// The method, in upper case: `POST`.
    #[schemars(extend("examples" = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))]
    pub method: String,
    /// The path, with or without a query: `/orders?status=paid`.
    pub path: String,
    /// The parameters of the query: a string for each, or a list of strings for a repeated one.
    #[serde(default)]
    pub query: IndexMap<String, Texts>,
    /// The headers that the provider needs.
    #[serde(default)]
    pub headers: IndexMap<String, Texts>,
    /// A JSON body, written as YAML.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value")]
    pub body: Option<Value>,
    /// A body of plain text.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_text: Option<String>,
    /// A file that contains the body, next to the contract or below it.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_file: Option<String>,
    /// A binary body, in base64.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_base64: Option<String>,
    /// The fields of a form (`application/x-www-form-urlencoded`).
    #[serde(default)]
    #[schemars(with = "IndexMap<String, Texts>")]
    pub form: Option<IndexMap<String, Texts>>,
    /// Rules for what may differ in the body, by path: `items[].qty: integer`.
    #[serde(default, rename = "match")]
    pub rules: IndexMap<String, RawRule>,
    /// Rules for what may differ in the headers, by name.
    #[serde(default, rename = "match-headers")]
    pub header_rules: IndexMap<String, RawRule>,
    /// Rules for what may differ in the query, by parameter.
    #[serde(default, rename = "match-query")]
    pub query_rules: IndexMap<String, RawRule>,
    /// Rules for what may differ in the path: one matcher for the whole path, or one for each segment, written as in the
    /// path.
    #[serde(default, rename = "match-path")]
    #[schemars(with = "RawPathRule")]
    pub path_rule: Option<RawPathRule>,
}

/// The least that the consumer needs from the response.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Response")]
pub(super) struct RawResponse {
    /// The status, `200`, or its class, `2XX`.
    pub status: RawStatus,
    /// The headers that the consumer needs.
    #[serde(default)]
    pub headers: IndexMap<String, Texts>,
    /// A JSON body, written as YAML.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Value")]
    pub body: Option<Value>,
    /// A body of plain text.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_text: Option<String>,
    /// A file that contains the body, next to the contract or below it.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_file: Option<String>,
    /// A binary body, in base64.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_base64: Option<String>,
    /// The fields of a form (`application/x-www-form-urlencoded`).
    #[serde(default)]
    #[schemars(with = "IndexMap<String, Texts>")]
    pub form: Option<IndexMap<String, Texts>>,
    /// Rules for the body, by path: `items[].qty: integer`.
    #[serde(default, rename = "match")]
    pub rules: IndexMap<String, RawRule>,
    /// Rules for the headers, by name.
    #[serde(default, rename = "match-headers")]
    pub header_rules: IndexMap<String, RawRule>,
}

/// The keys for a body, of a request or a response. (These repeat the keys, because serde can't refuse unknown keys in a
/// struct with a flattened field.)
#[derive(Debug, Default)]
pub(super) struct RawBody {
    pub json: Option<Value>,
    pub text: Option<String>,
    pub file: Option<String>,
    pub base64: Option<String>,
    pub form: Option<IndexMap<String, Texts>>,
}

/// Moves the keys for a body out of a request or a response.
macro_rules! take_body {
    ($parts:expr) => {
        $crate::contract::raw::RawBody {
            json: $parts.body.take(),
            text: $parts.body_text.take(),
            file: $parts.body_file.take(),
            base64: $parts.body_base64.take(),
            form: $parts.form.take(),
        }
    };
}
pub(super) use take_body;

/// Distinguishes an explicit `null` from a missing key: a JSON body may be `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    json_value::take(deserializer).map(Some)
}

/// One or more texts. Numbers and booleans are taken as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Texts {
    pub values: Vec<String>,
}

/// A status code, or a class of them.
#[derive(Clone, Copy, Debug)]
pub(super) enum RawStatus {
    Code(u16),
    Class(u8),
}

/// A matcher: words like `integer or null`, `/a regular expression/`, a list of allowed values, or a mapping.
#[derive(Clone, Debug)]
pub(super) struct RawRule(pub Value);

/// One matcher for the whole path, or one for each named segment.
#[derive(Debug)]
pub(super) enum RawPathRule {
    Whole(RawRule),
    Segments(IndexMap<String, RawRule>),
}

impl<'de> Deserialize<'de> for RawState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match json_value::take(deserializer)? {
            Value::String(name) => Ok(Self { name, params: Map::new() }),
            Value::Object(map) => {
                let (name, params) = map.into_iter().next().ok_or_else(|| de::Error::custom("an empty state"))?;
                match params {
                    Value::Object(params) => Ok(Self { name, params }),
                    _ => Ok(Self { name, params: Map::new() }),
                }
            }
            _ => Err(de::Error::custom("a state is a name or a mapping")),
        }
    }
}

impl<'de> Deserialize<'de> for RawRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match json_value::take(deserializer)? {
            Value::String(line) => Ok(Self::Line(line)),
            parts => serde_json::from_value(parts).map(|parts| Self::Parts(Box::new(parts))).map_err(de::Error::custom),
        }
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match json_value::take(deserializer)? {
            Value::Array(items) => Self { values: items.into_iter().map(text).collect() },
            one => Self { values: vec![text(one)] },
        })
    }
}

/// The text of a scalar, as JSON writes it.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl<'de> Deserialize<'de> for RawStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let status = match json_value::take(deserializer)? {
            // By value: `200.0` is 200, too. Almost all are written as plain integers.
            Value::Number(number) => {
                let mut codes = 100..=599;
                let plain = number.as_str().parse().ok().filter(|code| codes.contains(code));
                plain.or_else(|| codes.find(|code| same_number(&Number::from(*code), &number))).map(Self::Code)
            }
            Value::String(text) => (1..=5).find(|class| text == format!("{class}XX")).map(Self::Class),
            _ => None,
        };
        status.ok_or_else(|| de::Error::custom("not a status"))
    }
}

impl<'de> Deserialize<'de> for RawRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json_value::take(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawPathRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match json_value::take(deserializer)? {
            Value::Object(map) if !RULE_KEYS.iter().any(|key| map.contains_key(*key)) => {
                Ok(Self::Segments(map.into_iter().map(|(segment, rule)| (segment, RawRule(rule))).collect()))
            }
            rule => Ok(Self::Whole(RawRule(rule))),
        }
    }
}

/// The keys of a matcher that is a mapping.
pub(super) const RULE_KEYS: &[&str] = &["schema", "one-of", "optional", "or-null"];

/// Implements [`JsonSchema`] with an explicit schema, for types that have several forms in YAML.
macro_rules! schema {
    ($type:ty, $name:literal, $generator:ident => $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed($name)
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema!(RawState, "State", _g => json_schema!({
    "description": "A provider state: its name, or its name with parameters, `an order exists: { id: 42 }`.",
    "type": ["string", "object"],
    "minLength": 1,
    "minProperties": 1,
    "maxProperties": 1,
    "propertyNames": { "minLength": 1 },
    "additionalProperties": { "type": ["object", "null"] }
}));

// A request is a line of text, or a mapping of its parts. (Alternatives of different types need no `anyOf`: a keyword
// applies only to values of its own type, and then its errors point at the exact place.)
schema!(RawRequest, "Request", generator => {
    let mut schema = RawRequestParts::json_schema(generator);
    schema.insert(String::from("type"), json!(["string", "object"]));
    schema.insert(
        String::from("description"),
        json!("The request that the consumer sends: `GET /orders/42`, or a mapping with `method` and `path`."),
    );
    schema
});

schema!(Texts, "Texts", _g => json_schema!({
    "description": "A string, or a list of strings.",
    "type": ["string", "number", "boolean", "array"],
    "minItems": 1,
    "items": { "type": ["string", "number", "boolean"] }
}));

schema!(RawStatus, "Status", _g => json_schema!({
    "description": "The status, `200`, or its class, `2XX`.",
    "type": ["integer", "string"],
    "minimum": 100,
    "maximum": 599,
    "pattern": "^[1-5]XX$",
    "examples": [200, 201, 204, 400, 401, 403, 404, 409, 422, "2XX", "4XX"]
}));

schema!(RawRule, "Matcher", _g => matcher_schema(json!(false)));

// A mapping with one of a matcher's keys is a matcher. In any other mapping, the keys are segments.
schema!(RawPathRule, "PathMatcher", generator => {
    let segment = generator.subschema_for::<RawRule>();
    let mut schema = matcher_schema(json!(segment));
    schema.insert(
        String::from("description"),
        json!("One matcher for the whole path, or one for each segment, written as in the path: `\"42\": /[0-9]+/`."),
    );
    schema
});

/// The schema of a matcher; `others` is the schema for other keys than a matcher's.
fn matcher_schema(others: Value) -> Schema {
    let mut schema = json_schema!({
        "description": MATCHER,
        "type": ["string", "array", "object"],
        "minLength": 1,
        "minItems": 1,
        "minProperties": 1,
        "properties": {
            "schema": { "type": ["object", "boolean"], "description": "A JSON Schema (2020-12) that the value must satisfy." },
            "one-of": { "type": "array", "minItems": 1, "description": "The allowed values." },
            "optional": { "type": "boolean", "description": "Whether the key may be missing." },
            "or-null": { "type": "boolean", "description": "Whether null is allowed as well." }
        },
        "examples": WORDS.iter().chain(&["or null", "1+", "0+", "2..5", "/[A-Z]{3}/"]).collect::<Vec<_>>()
    });
    schema.insert(String::from("additionalProperties"), others);
    schema
}

/// The description of a matcher in editors.
const MATCHER: &str = "\
    Words: `exact` (the example's value), `equal` (the same, but other keys are ignored), `any`, `absent`, `string`, \
    `number`, `integer`, `boolean`, `uuid`, `date`, `date-time`, `time`, `email`, `uri`; for lists `1+`, `0+`, `2..5` \
    (the number of elements), `unordered` (the same elements in any order), `contains` (each of these, and maybe \
    others); for mappings `closed` (no other keys); then `optional` (the key may be missing) and `or null`. Or \
    `/a regular expression/` for the whole value. Or a list of allowed values. Or a mapping with `schema` (a JSON \
    Schema) or `one-of`, `optional` and `or-null`.";
