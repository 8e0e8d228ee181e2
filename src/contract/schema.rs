//! The published JSON Schema of contract files, made from the types that they are read into.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
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
        let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<RawContract>();
        #[expect(
            clippy::expect_used,
            reason = "the schema is a constant of the types, and every test of reading compiles it"
        )]
        Shape::new(schema.to_value()).expect("the schema of our own types compiles")
    });
    &SHAPE
}
