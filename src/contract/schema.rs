//! The published JSON Schema of contract files, made from the types that they are read into.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::raw::RawContract;
use crate::source::conform::Shape;

/// The JSON Schema (2020-12) of a contract file, as `upheld schema` prints it.
#[must_use]
pub fn contract_schema() -> &'static Value {
    shape().schema()
}

/// The same schema, compiled.
pub(super) fn shape() -> &'static Shape {
    static SHAPE: LazyLock<Shape> = LazyLock::new(|| {
        let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<RawContract>();
        let mut schema = schema.to_value();
        tidy(&mut schema);
        #[expect(
            clippy::expect_used,
            reason = "the schema is a constant of the types, and every test of reading compiles it"
        )]
        Shape::new(schema).expect("the schema of our own types compiles")
    });
    &SHAPE
}

/// Makes the generated schema say what a file may hold: an optional key may be left out, but not be `null`, and
/// numbers need no machine formats.
pub fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                let nullable_option =
                    types.len() == 2 && types.last() == Some(&json!("null")) && types[0] != json!("object");
                if nullable_option {
                    let kind = types[0].clone();
                    object.insert(String::from("type"), kind);
                }
            }
            if let Some(Value::Array(options)) = object.get("anyOf")
                && let [meant, null] = options.as_slice()
                && *null == json!({"type": "null"})
                && let Value::Object(meant) = meant.clone()
            {
                object.shift_remove("anyOf");
                object.extend(meant);
            }
            object.shift_remove("format");
            object.shift_remove("default");
            object.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}
