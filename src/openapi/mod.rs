//! Interface descriptions: OpenAPI 3.0 to 3.2 and Swagger 2 (<https://spec.openapis.org>), in JSON or YAML.
//!
//! A text becomes a [`Document`]: its value, with every schema rewritten once to JSON Schema 2020-12 ([`normalize`]) at the
//! place where it was, so that a place in the value is a place in the text. [`operation`] finds the operation that a request
//! asks for, and [`schema`] says what the document allows at one place, one [`Alternative`] at a time.

pub mod codes;
mod document;
mod entry;
mod normalize;
mod operation;
mod read;
mod schema;
mod template;
mod version;

pub use document::Document;
pub use operation::{Location, Media, NoOperation, Operation, Parameter, Responses, Scheme, StatusKey};
pub use read::read;
pub use schema::{Alternative, Bounds, Field, JsonTypes, Kind, Lengths};
pub use version::Version;
