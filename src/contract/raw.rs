//! The contract file as it is written. These types are the published format: the JSON Schema that editors use and
//! that every file is checked against is made from them, and a checked file is read into them.
//!
//! The doc comments here are what a person sees in an editor.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Number, Value, json};

use super::number::same_number;
use super::rule_text::WORDS;

/// All that one consumer expects of one provider.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Upheld contract")]
pub(super) struct RawContract {
    /// The version of the format: 1.
    #[schemars(with = "Value", extend("const" = 1))]
    #[serde(rename = "contract")]
    pub _contract: de::IgnoredAny,
    /// The service that calls.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"))]
    pub consumer: String,
    /// The service that answers.
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"))]
    pub provider: String,
    /// What the contract is about, for people.
    #[serde(default)]
    #[schemars(with = "String")]
    pub description: Option<String>,
    /// The expectations, each a request and the least that the response must be.
    #[schemars(length(min = 1))]
    pub interactions: Vec<RawInteraction>,
}

/// A request, exactly as the consumer sends it, and the least that the consumer needs of the response.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Interaction")]
pub(super) struct RawInteraction {
    /// What this is, in words in one line, unique in the file: `get an order`.
    #[schemars(length(max = 200), regex(pattern = r"^\S(.*\S)?$"))]
    pub name: String,
    /// More words, for people.
    #[serde(default)]
    #[schemars(with = "String")]
    pub description: Option<String>,
    /// That nobody relies on it yet: a break is shown and fails nothing, and the gate doesn't ask for it.
    #[serde(default)]
    pub pending: bool,
    /// What must be true at the provider before: provider states, like `an order exists: { id: 42 }`.
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
pub(super) struct RawRequestParts {
    /// The method, in capitals: `POST`.
    #[schemars(extend("examples" = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]))]
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
    #[schemars(with = "Value")]
    pub body: Option<Value>,
    /// A body of plain text.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_text: Option<String>,
    /// A file that holds the body, beside or below the contract.
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
    #[serde(default, rename = "match-path")]
    #[schemars(with = "RawPathRule")]
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
    #[schemars(with = "Value")]
    pub body: Option<Value>,
    /// A body of plain text.
    #[serde(default)]
    #[schemars(with = "String")]
    pub body_text: Option<String>,
    /// A file that holds the body, beside or below the contract.
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
        let status = match Value::deserialize(deserializer)? {
            // However the number is spelled: `200.0` is 200, too. Almost all are spelled as plain integers.
            Value::Number(number) => {
                let mut codes = 100..=599;
                let plain = number.as_str().parse().ok().filter(|code| codes.contains(code));
                plain.or_else(|| codes.find(|code| same_number(&Number::from(*code), &number))).map(Self::Code)
            }
            Value::String(text) => (1..=5).find(|class| text == format!("{class}XX")).map(Self::Class),
            _ => None,
        };
        status.ok_or_else(|| de::Error::custom("no status"))
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
    "type": ["string", "object"],
    "minLength": 1,
    "minProperties": 1,
    "maxProperties": 1,
    "propertyNames": { "minLength": 1 },
    "additionalProperties": { "type": ["object", "null"] }
}));

// A request line is a text beside the mapping that the parts are. (Alternatives that differ in their type need no
// `anyOf`: a keyword speaks of values of its own type only, and its error names the place itself.)
schema!(RawRequest, "Request", generator => {
    let mut schema = RawRequestParts::json_schema(generator);
    schema.insert(String::from("type"), json!(["string", "object"]));
    schema.insert(
        String::from("description"),
        json!("What the consumer sends: `GET /orders/42`, or a mapping with `method` and `path`."),
    );
    schema
});

schema!(Texts, "Texts", _g => json_schema!({
    "description": "A text, or a list of texts.",
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

// Each of the keys that are a matcher's own says that the mapping is one, and every other is a segment.
schema!(RawPathRule, "PathMatcher", generator => {
    let segment = generator.subschema_for::<RawRule>();
    let mut schema = matcher_schema(json!(segment));
    schema.insert(
        String::from("description"),
        json!("One matcher for the whole path, or one for each segment, named as it is written: `\"42\": /[0-9]+/`."),
    );
    schema
});

/// The schema of a matcher, where a mapping's other keys are as `others` says.
fn matcher_schema(others: Value) -> Schema {
    let mut schema = json_schema!({
        "description": MATCHER,
        "type": ["string", "array", "object"],
        "minLength": 1,
        "minItems": 1,
        "minProperties": 1,
        "properties": {
            "schema": { "type": ["object", "boolean"], "description": "A JSON Schema (2020-12) that the value must satisfy." },
            "one-of": { "type": "array", "minItems": 1, "description": "The values that are allowed." },
            "optional": { "type": "boolean", "description": "Whether the key may be missing." },
            "or-null": { "type": "boolean", "description": "Whether null is allowed, too." }
        },
        "examples": WORDS.iter().chain(&["or null", "1+", "0+", "2..5", "/[A-Z]{3}/"]).collect::<Vec<_>>()
    });
    schema.insert(String::from("additionalProperties"), others);
    schema
}

/// What an editor says of a matcher.
const MATCHER: &str = "\
    Words: `exact` (the example's value), `equal` (the same, but other keys are ignored), `any`, `absent`, `string`, `number`, `integer`, `boolean`, `uuid`, `date`, \
    `date-time`, `time`, `email`, `uri`; for lists `1+`, `0+`, `2..5` (how many elements), `unordered` (the same \
    elements in any order), `contains` (each of these and others); for mappings `closed` (no other keys); then \
    `optional` (the key may be missing) and `or null`. Or `/a regular expression/` for the whole value. Or a list of \
    allowed values. Or a mapping with `schema` (a JSON Schema) or `one-of`, `optional` and `or-null`.";
