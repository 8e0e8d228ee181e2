//! Where a thing was written: positions, the source map of a YAML text, and findings about it.
//!
//! One reader makes of a YAML text either the JSON value that it stands for or, when somebody is to be told of a place,
//! the source map (path → line, column). So a place and a meaning can't come from two readers that disagree.

mod builder;
pub mod codes;
pub mod conform;
mod file;
mod finding;
pub mod json;
mod limits;
mod node;
mod pointer;
mod scalar;
mod span;
mod yaml;

pub use codes::Code;
pub use file::{SourceFile, Sources};
pub use finding::{Finding, Findings, MOST_FINDINGS, Place, Severity, sort_findings};
pub use limits::Limits;
pub use node::{Data, Entry, Mapping, Node};
pub use pointer::{Pointer, Step};
pub use scalar::{Resolved, ambiguity, resolve_plain};
pub use span::{Position, Span};
pub use yaml::{Survey, parse_yaml, survey_yaml};
