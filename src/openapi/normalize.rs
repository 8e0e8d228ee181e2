//! Rewrites the schemas of a document to JSON Schema 2020-12, each at its place.
//!
//! OpenAPI 3.0 and Swagger 2 have dialects of their own: `nullable`, boolean `exclusiveMinimum`, `$ref` without siblings,
//! `type: file`. <https://spec.openapis.org/oas/v3.0.4.html#schema-object>

use serde_json::{Map, Value, json};

use super::version::Version;

/// Whether the value of this key is data of the document's author, and no part of the description.
pub(super) fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum" | "const") || key.starts_with("x-")
}

/// Whether the keys below this key are names, so that none of them is a keyword.
pub(super) fn has_names(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "patternProperties"
            | "$defs"
            | "definitions"
            | "dependentSchemas"
            | "schemas"
            | "responses"
            | "parameters"
            | "requestBodies"
            | "headers"
            | "securitySchemes"
            | "securityDefinitions"
            | "pathItems"
            | "paths"
            | "content"
            | "mapping"
            | "encoding"
            | "callbacks"
            | "links"
            | "scopes"
            | "variables"
    )
}

/// Normalizes every schema of a document.
pub(super) fn normalize(root: &mut Value, version: Version) {
    walk(root, version, false);
}

/// The document was read with a limit on its depth, so this ends.
fn walk(value: &mut Value, version: Version, names: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, version, false)),
        Value::Object(object) => {
            for (key, item) in object.iter_mut() {
                if names || !is_data(key) {
                    walk(item, version, !names && has_names(key));
                }
            }
            if !names {
                rewrite(object, version);
            }
        }
        _ => {}
    }
}

/// Rewrites one object, which is a schema if it has the keywords of one.
fn rewrite(object: &mut Map<String, Value>, version: Version) {
    if version != Version::V31 {
        if let Some(Value::String(_)) = object.get("$ref") {
            object.retain(|key, _| key == "$ref");
            return;
        }
        bound(object, "minimum", "exclusiveMinimum");
        bound(object, "maximum", "exclusiveMaximum");
        if object.get("type").is_some_and(|it| it == "file") {
            object.remove("type");
        }
    }
    // 3.1 has no `nullable`, but documents that were converted keep it.
    let nullable = ["nullable", "x-nullable"].iter().any(|key| object.get(*key).is_some_and(|it| *it == true));
    if nullable {
        allow_null(object);
    }
}

/// `exclusiveMinimum: true` beside `minimum` becomes one number.
fn bound(object: &mut Map<String, Value>, key: &str, exclusive: &str) {
    match object.get(exclusive) {
        Some(Value::Bool(true)) => {
            if let Some(limit) = object.remove(key) {
                object.insert(exclusive.to_owned(), limit);
            } else {
                object.remove(exclusive);
            }
        }
        Some(Value::Bool(false)) => {
            object.remove(exclusive);
        }
        _ => {}
    }
}

/// Adds null to what a schema allows. Generators write `nullable` beside `allOf`, `$ref` and `enum`, too, and mean it.
fn allow_null(object: &mut Map<String, Value>) {
    object.remove("nullable");
    object.remove("x-nullable");
    if let Some(Value::Array(values)) = object.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match object.get_mut("type") {
        Some(Value::Array(types)) if !types.iter().any(|it| it == "null") => types.push(json!("null")),
        Some(kind @ Value::String(_)) => *kind = json!([kind.take(), "null"]),
        _ => {}
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(branches)) = object.get_mut(key) {
            branches.push(json!({ "type": "null" }));
        }
    }
    for key in ["allOf", "$ref"] {
        if let Some(all) = object.remove(key) {
            // The place of what is below moves by two steps; `Document::place` then shows the schema that it is in.
            let either = json!([{ key: all }, { "type": "null" }]);
            object.insert(String::from(if object.contains_key("anyOf") { "oneOf" } else { "anyOf" }), either);
        }
    }
}
