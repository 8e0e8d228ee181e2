//! The codes of findings about interface descriptions. A code never changes its meaning once it was released.

use crate::source::codes::codes;

codes! {
    /// The file isn't an OpenAPI or Swagger document.
    NOT_OPENAPI = "D101" => "Name a document that begins with `openapi: 3.0.x`, `3.1.x` or `3.2.x`, or with `swagger: \"2.0\"`.";
    /// The document has a version that this version of upheld doesn't read.
    VERSION = "D102" => "Use OpenAPI 3.0, 3.1 or 3.2, or Swagger 2; or install a newer version of upheld.";
    /// A reference points to nothing, or outside of the document.
    BAD_REFERENCE = "D103" => "Correct the `$ref`, or bundle the document into one file.";
    /// A value of the document has the wrong type.
    WRONG_TYPE = "D104" => "Write a value of the type that the message names.";
}
