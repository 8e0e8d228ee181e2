//! The published JSON Schema of contract files, generated from the types that they are read into.

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
        // Descriptions explain missing keys. Editors would insert `default: null` into contracts.
        let without_defaults = RecursiveTransform(|schema: &mut Schema| {
            schema.remove("default");
        });
        let settings = SchemaSettings::draft2020_12().with_transform(without_defaults);
        let schema = settings.into_generator().into_root_schema_for::<RawContract>();
        #[expect(
            clippy::expect_used,
            reason = "the schema depends on the types alone, and every test that reads a contract compiles it"
        )]
        Shape::new(schema.to_value()).expect("the schema of our own types compiles")
    });
    &SHAPE
}
