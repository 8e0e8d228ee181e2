//! The published JSON Schema of contract files, made from the types that they are read into.

use std::sync::LazyLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;

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
        // What a missing key stands for is told in its description; `default: null` would be written by editors.
        let without_defaults = RecursiveTransform(|schema: &mut Schema| {
            schema.remove("default");
        });
        let settings = SchemaSettings::draft2020_12().with_transform(without_defaults);
        let schema = settings.into_generator().into_root_schema_for::<RawContract>();
        #[expect(
            clippy::expect_used,
            reason = "the schema is a constant of the types, and every test of reading compiles it"
        )]
        Shape::new(schema.to_value()).expect("the schema of our own types compiles")
    });
    &SHAPE
}
