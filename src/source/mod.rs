//! Positions in texts, the source map of a YAML text, and findings.
//!
//! One reader turns a YAML text into its JSON value or, when a finding needs a place, into the source map (path → line,
//! column). So value and place never come from two readers that disagree.

mod builder;
pub mod codes;
pub mod conform;
mod file;
mod finding;
pub mod json;
pub mod json_value;
mod limits;
mod node;
mod pointer;
mod scalar;
mod span;
mod yaml;

pub use codes::{Code, Explanation};
pub use file::{Excerpt, SourceFile, Sources};
pub use finding::{Finding, Findings, MOST_FINDINGS, Place, Severity, sort_findings};
pub use limits::Limits;
pub use node::{Data, Entry, Mapping, Node};
pub use pointer::{Pointer, Step};
pub use scalar::{Resolved, ambiguity, resolve_plain};
pub use span::{Position, Span};
pub use yaml::{Survey, parse_yaml, survey_yaml};
