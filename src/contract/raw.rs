//! The contract file as it is written. These types are the published format: the JSON Schema that editors use and
//! that every file is checked against is made from them, and a checked file is read into them.
//!
//! The doc comments here are what a person sees in an editor.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value};

/// All that one consumer expects of one provider.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Upheld contract")]
pub(super) struct RawContract {
    /// The version of the format: 1.
    #[schemars(extend("const" = 1))]
    #[serde(rename = "contract")]
    pub _contract: u64,
    /// The service that calls.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"))]
    pub consumer: String,
    /// The service that answers.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"))]
    pub provider: String,
    /// What the contract is about, for people.
    pub description: Option<String>,
    /// The expectations, each a request and the least that the response must be.
    #[schemars(length(min = 1))]
    pub interactions: Vec<RawInteraction>,
}

/// A request, exactly as the consumer sends it, and the least that the consumer needs of the response.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawInteraction {
    /// What this is, in words, unique in the file: `get an order`.
    #[schemars(length(min = 1, max = 200), regex(pattern = r"^\S"))]
    pub name: String,
    /// More words, for people.
    pub description: Option<String>,
    /// What must be true at the provider before: names of provider states, each with parameters if it has any.
    #[serde(default)]
    pub given: Vec<RawState>,
    /// What the consumer sends: `GET /orders/42`, or a mapping with `method` and `path`.
    pub request: RawRequest,
    /// The least that the consumer needs of the answer.
    pub response: RawResponse,
}

/// A provider state: its name, or its name with parameters.
#[derive(Debug)]
pub(super) struct RawState {
    pub name: String,
    pub params: Map<String, Value>,
}

/// What the consumer sends.
#[derive(Debug)]
pub(super) enum RawRequest {
    Line(String),
    Parts(Box<RawRequestParts>),
}

/// What the consumer sends, part by part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Request")]
pub(super) struct RawRequestParts {
    /// The method, in capitals: `POST`.
    pub method: String,
    /// The path, which may have a query: `/orders?status=paid`.
    pub path: String,
    /// The query's parameters: a text, or a list of texts for a repeated one.
    #[serde(default)]
    pub query: IndexMap<String, Texts>,
    /// The headers that the provider needs.
    #[serde(default)]
    pub headers: IndexMap<String, Texts>,
    /// A JSON body, written as YAML.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<Value>")]
    pub body: Option<Value>,
    /// A body of plain text.
    pub body_text: Option<String>,
    /// A file that holds the body, beside or below the contract.
    pub body_file: Option<String>,
    /// A binary body, in base64.
    pub body_base64: Option<String>,
    /// The fields of a form (`application/x-www-form-urlencoded`).
    pub form: Option<IndexMap<String, Texts>>,
    /// What may differ in the body, path by path: `items[].qty: integer`.
    #[serde(default, rename = "match")]
    pub rules: IndexMap<String, RawRule>,
    /// What may differ in headers, by name.
    #[serde(default, rename = "match-headers")]
    pub header_rules: IndexMap<String, RawRule>,
    /// What may differ in the query, by the parameter's name.
    #[serde(default, rename = "match-query")]
    pub query_rules: IndexMap<String, RawRule>,
    /// What may differ in the path: one matcher for the whole, or one for each segment, named as it is written.
    #[serde(rename = "match-path")]
    pub path_rule: Option<RawPathRule>,
}

/// The least that the consumer needs of the answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Response")]
pub(super) struct RawResponse {
    /// The status, `200`, or its class, `2XX`.
    pub status: RawStatus,
    /// The headers that must be there.
    #[serde(default)]
    pub headers: IndexMap<String, Texts>,
    /// A JSON body, written as YAML.
    #[serde(default, deserialize_with = "present")]
    #[schemars(with = "Option<Value>")]
    pub body: Option<Value>,
    /// A body of plain text.
    pub body_text: Option<String>,
    /// A file that holds the body, beside or below the contract.
    pub body_file: Option<String>,
    /// A binary body, in base64.
    pub body_base64: Option<String>,
    /// The fields of a form (`application/x-www-form-urlencoded`).
    pub form: Option<IndexMap<String, Texts>>,
    /// What the body's places must be, path by path: `items[].qty: integer`.
    #[serde(default, rename = "match")]
    pub rules: IndexMap<String, RawRule>,
    /// What the headers must be, by name.
    #[serde(default, rename = "match-headers")]
    pub header_rules: IndexMap<String, RawRule>,
}

/// A body, in one of its kinds, out of a request or a response. (They share the keys and not a type, since serde
/// can't refuse unknown keys of a flattened one.)
#[derive(Debug, Default)]
pub(super) struct RawBody {
    pub json: Option<Value>,
    pub text: Option<String>,
    pub file: Option<String>,
    pub base64: Option<String>,
    pub form: Option<IndexMap<String, Texts>>,
}

/// Takes the body out of a message's parts.
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

/// Keeps a `null` that was written apart from a key that was not: a JSON body may be `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// One text or several; numbers and booleans are taken as they are spelled.
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
        match Value::deserialize(deserializer)? {
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
        match Value::deserialize(deserializer)? {
            Value::String(line) => Ok(Self::Line(line)),
            parts => serde_json::from_value(parts).map(|parts| Self::Parts(Box::new(parts))).map_err(de::Error::custom),
        }
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Array(items) => Self { values: items.into_iter().map(text).collect() },
            one => Self { values: vec![text(one)] },
        })
    }
}

/// The text of a scalar, as it is spelled in JSON.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl<'de> Deserialize<'de> for RawStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let code = || value.as_u64().and_then(|code| u16::try_from(code).ok()).map(Self::Code);
        let class = || value.as_str().and_then(|text| text.bytes().next()).map(|digit| Self::Class(digit - b'0'));
        code().or_else(class).ok_or_else(|| de::Error::custom("no status"))
    }
}

impl<'de> Deserialize<'de> for RawRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawPathRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(map) if !RULE_KEYS.iter().any(|key| map.contains_key(*key)) => {
                Ok(Self::Segments(map.into_iter().map(|(segment, rule)| (segment, RawRule(rule))).collect()))
            }
            rule => Ok(Self::Whole(RawRule(rule))),
        }
    }
}

/// The keys of a matcher that is written as a mapping.
pub(super) const RULE_KEYS: &[&str] = &["schema", "one-of", "optional", "or-null"];

/// Implements [`JsonSchema`] by a schema written out, for types whose YAML form has alternatives.
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
    "anyOf": [
        { "type": "string", "minLength": 1 },
        { "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": { "type": ["object", "null"] } }
    ]
}));

schema!(RawRequest, "RequestOrLine", generator => json_schema!({
    "description": "What the consumer sends: `GET /orders/42`, or a mapping with `method` and `path`.",
    "anyOf": [{ "type": "string" }, generator.subschema_for::<RawRequestParts>()]
}));

schema!(Texts, "Texts", _g => json_schema!({
    "description": "A text, or a list of texts.",
    "anyOf": [
        { "type": ["string", "number", "boolean"] },
        { "type": "array", "minItems": 1, "items": { "type": ["string", "number", "boolean"] } }
    ]
}));

schema!(RawStatus, "Status", _g => json_schema!({
    "description": "The status, `200`, or its class, `2XX`.",
    "anyOf": [
        { "type": "integer", "minimum": 100, "maximum": 599 },
        { "type": "string", "enum": ["1XX", "2XX", "3XX", "4XX", "5XX"] }
    ]
}));

schema!(RawRule, "Matcher", _g => json_schema!({
    "description": "Words: exact, any, absent, string, number, integer, boolean, uuid, date, date-time, time, email, uri, 1+, 0+, 2..5, unordered, contains, closed, then `optional` and `or null`. Or /a regular expression/ for the whole value. Or a list of allowed values. Or a mapping with `schema` (a JSON Schema) or `one-of`.",
    "anyOf": [
        { "type": "string", "minLength": 1 },
        { "type": "array", "minItems": 1 },
        {
            "type": "object",
            "properties": {
                "schema": { "type": ["object", "boolean"], "description": "A JSON Schema (2020-12) that the value must satisfy." },
                "one-of": { "type": "array", "minItems": 1, "description": "The values that are allowed." },
                "optional": { "type": "boolean", "description": "Whether the key may be missing." },
                "or-null": { "type": "boolean", "description": "Whether null is allowed, too." }
            },
            "minProperties": 1,
            "additionalProperties": false
        }
    ]
}));

schema!(RawPathRule, "PathMatcher", generator => {
    let rule = generator.subschema_for::<RawRule>();
    json_schema!({
        "description": "One matcher for the whole path, or one for each segment, named as it is written.",
        "anyOf": [rule, { "type": "object", "minProperties": 1, "additionalProperties": rule }]
    })
});
