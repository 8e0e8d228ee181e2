//! The terms of our own format: the rules under `match`, `match-headers`, `match-query` and `match-path`.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::matcher::Rule;
use crate::interaction::{self, Http, Path};

/// A contract in our own format.
pub type Contract = interaction::Contract<Terms>;
/// An interaction in our own format.
pub type Interaction = interaction::Interaction<Terms>;

/// The rules of one interaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    pub request: RequestRules,
    pub response: Rules,
}

impl Http<Terms> {
    /// The request and response with `values` in place of their placeholders.
    #[must_use]
    pub fn filled(&self, values: &Map<String, Value>) -> Self {
        Self { request: self.request.filled(values), response: self.response.filled(values), terms: self.terms.clone() }
    }
}

/// The rules of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestRules {
    pub message: Rules,
    /// By the parameter's name.
    pub query: IndexMap<String, Rule>,
    pub path: Option<PathRule>,
}

/// The rules of a message's headers and body.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// By path into the body, in the contract's order.
    pub body: IndexMap<Path, WrittenRule>,
    /// By lower-case header name.
    pub headers: IndexMap<String, Rule>,
}

/// A rule and the key that it is written under, which findings and mismatches point at. A path has several spellings.
#[derive(Clone, Debug)]
pub struct WrittenRule {
    pub rule: Rule,
    pub key: String,
}

/// The spelling of the key makes no difference.
impl PartialEq for WrittenRule {
    fn eq(&self, other: &Self) -> bool {
        self.rule == other.rule
    }
}

/// How a request's path may differ: as a whole, or in some of its segments.
#[derive(Clone, Debug, PartialEq)]
pub enum PathRule {
    Whole(Rule),
    /// By the index of the segment: `42` in `/orders/42` has the index 2, because the empty text before the first `/` has
    /// the index 0. (Filling placeholders changes a segment's text, but not its index.)
    Segments(BTreeMap<usize, Rule>),
}
