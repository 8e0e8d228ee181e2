//! Where a thing was written: positions, the source map of a YAML text, and findings about it.
//!
//! A YAML text is parsed once into a tree of [`Node`]s that keep their places. The tree is the source map
//! (path → line, column) and also what the JSON value of the text is built from, so that the place of a thing
//! and its meaning can't come from two readers that disagree.

mod builder;
pub mod codes;
pub mod conform;
mod file;
mod finding;
mod node;
mod pointer;
mod scalar;
mod span;
mod yaml;

pub use file::{SourceFile, Sources};
pub use finding::{Code, Finding, Findings, MOST_FINDINGS, Severity, sort_findings};
pub use node::{Data, Entry, Mapping, Node, Scalar};
pub use pointer::{Pointer, Step};
pub use scalar::{Resolved, ambiguity, resolve_plain};
pub use span::{Position, Span};
pub use yaml::{Limits, parse_yaml, survey_yaml};
