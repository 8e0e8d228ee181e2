//! The registry as it is written; its JSON Schema is made from these types.

use std::sync::LazyLock;

use indexmap::IndexMap;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::source::conform::Shape;
use crate::source::json_value;

/// The services of a workspace, and the store for what is known about them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "Upheld registry")]
pub(super) struct RawRegistry {
    /// The version of the format: 1.
    #[serde(rename = "upheld")]
    #[schemars(with = "Value", extend("const" = 1))]
    pub _upheld: serde::de::IgnoredAny,
    /// Where publications, verifications and deployments are kept: a folder, or the address of a git repository.
    #[serde(default)]
    #[schemars(with = "String")]
    pub store: Option<String>,
    /// The services by name.
    #[serde(default)]
    pub services: IndexMap<String, RawService>,
}

/// One service: how it is started and reached, how its states are set up, and who owns it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Service")]
pub(super) struct RawService {
    /// The command that starts it, run by the shell in the folder above `contracts`. It must listen on the port
    /// `${PORT}`, which is also in its environment.
    #[serde(default)]
    #[schemars(with = "String")]
    pub start: Option<String>,
    /// How long it may take to become healthy: `60s`, `2m`.
    #[serde(default)]
    #[schemars(with = "String")]
    pub start_timeout: Option<String>,
    /// The request that returns 2XX once it is ready: `GET /health`. Without it, accepting a connection is enough.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^GET /\S*$"))]
    pub health: Option<String>,
    /// How its provider states are set up: `POST /_states` (or a URL to POST to), a command, or `none` if it is always
    /// in all of them.
    #[serde(default)]
    #[schemars(with = "String")]
    pub states: Option<String>,
    /// Its addresses by environment, one or several instances each: `{ staging: "https://orders.staging.example" }`.
    #[serde(default)]
    pub url: IndexMap<String, Urls>,
    /// Who owns it.
    #[serde(default)]
    pub owners: Vec<String>,
    /// `all` if all its interactions may run at once, since it keeps states apart; `safe`, the default, if only those
    /// without states may.
    #[serde(default)]
    #[schemars(with = "RawParallel")]
    pub parallel: Option<RawParallel>,
}

/// Which interactions may run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Parallel")]
pub(super) enum RawParallel {
    Safe,
    All,
}

/// One address, or one for each instance.
#[derive(Debug)]
pub(super) struct Urls(pub Vec<String>);

impl<'de> Deserialize<'de> for Urls {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match json_value::take(deserializer)? {
            Value::Array(items) => items.into_iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            one => one.as_str().map(str::to_owned).into_iter().collect(),
        }))
    }
}

impl JsonSchema for Urls {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Urls".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An address, or a list with one for each instance.",
            "anyOf": [{ "type": "string" }, { "type": "array", "minItems": 1, "items": { "type": "string" } }]
        })
    }
}

/// The JSON Schema (2020-12) of a registry, as `upheld schema registry` prints it.
#[must_use]
pub fn registry_schema() -> &'static Value {
    shape().schema()
}

pub(super) fn shape() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| {
        let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<RawRegistry>();
        #[expect(
            clippy::expect_used,
            reason = "the schema is a constant of the types, and every test of reading compiles it"
        )]
        Shape::new(schema.to_value()).expect("the schema of our own types compiles")
    });
    &SHAPE
}
