//! What a contract of our own asks of a message beyond its example: the rules under `match` and its siblings.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::matcher::Rule;
use crate::interaction::{Http, Path};

/// The rules of one interaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    pub request: RequestRules,
    pub response: Rules,
}

impl Http<Terms> {
    /// The request and response with `values` in the place of their placeholders.
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
    /// By path into the body, in the contract's order. The key of the file is kept for pointing at it.
    pub body: IndexMap<Path, Written<Rule>>,
    /// By header name in small letters.
    pub headers: IndexMap<String, Rule>,
}

/// A thing and the key that it was written under, which may be spelled otherwise than what it means.
#[derive(Clone, Debug)]
pub struct Written<T> {
    pub thing: T,
    pub key: String,
}

/// Spelling doesn't count.
impl<T: PartialEq> PartialEq for Written<T> {
    fn eq(&self, other: &Self) -> bool {
        self.thing == other.thing
    }
}

/// How a path may differ: as a whole, or in some of its segments.
#[derive(Clone, Debug, PartialEq)]
pub enum PathRule {
    Whole(Rule),
    /// By the number of the segment: `42` in `/orders/42` is segment 2, since what stands before the first `/` is
    /// segment 0. (A segment's text changes when its placeholders are filled, and its number does not.)
    Segments(BTreeMap<usize, Rule>),
}
