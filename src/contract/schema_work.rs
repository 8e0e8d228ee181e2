//! Counts the steps of a JSON Schema: its definitions may refer to each other so that a few lines take years. Each of its
//! subschemas gets a keyword of ours, which the library applies to every value that it holds against the subschema.

use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Value};

use crate::interaction::work;

/// The keyword. No schema is wrong for having it, and none of those that people write does.
pub(super) const KEYWORD: &str = "x-upheld-step";

/// Counts a step for each value, and refuses all values once there were too many: then the validation soon ends.
#[derive(Debug)]
pub(super) struct Step;

impl<'i> Keyword<'i> for Step {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) { Ok(()) } else { Err(ValidationError::custom("it takes too many steps")) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        work::spend(1 + instance.as_str().map_or(0, str::len) / BYTES_PER_STEP)
    }
}

/// How much of a text is looked at in the time of one step.
const BYTES_PER_STEP: usize = 64;

/// The schema with the keyword in each of its subschemas. It stands in the last part of an `allOf`, which is checked before
/// all other keywords that hold the same value against further subschemas.
pub(super) fn counting(schema: &Value) -> Value {
    let Value::Object(keywords) = schema else { return schema.clone() };
    let mut marked: Map<String, Value> = keywords
        .iter()
        .map(|(keyword, value)| {
            let value = match (keyword.as_str(), value) {
                // These hold values.
                ("const" | "enum" | "default" | "examples", value) => value.clone(),
                // The keys of these are names.
                (
                    "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies",
                    Value::Object(named),
                ) => Value::Object(named.iter().map(|(name, schema)| (name.clone(), counting(schema))).collect()),
                // Even under an unknown keyword, as a reference may lead there.
                (_, Value::Array(items)) => Value::Array(items.iter().map(counting).collect()),
                (_, value) => counting(value),
            };
            (keyword.clone(), value)
        })
        .collect();
    let step = serde_json::json!({ KEYWORD: true });
    match marked.get_mut("allOf") {
        Some(Value::Array(all)) => all.push(step),
        // It isn't a schema, and the library says so.
        Some(_) => {}
        None => {
            marked.insert(String::from("allOf"), Value::Array(vec![step]));
        }
    }
    Value::Object(marked)
}
