//! What there is to say about a recorded interaction: what was concluded and why, and what only its author can know.

use crate::contract::Rule;
use crate::interaction::Path;

/// One conclusion, suggestion or warning about one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    /// The part and the place in it: `response body items[].qty`.
    pub place: String,
    pub what: What,
    /// What it rests on: `null in 1 of 3`.
    pub why: String,
}

/// What is remarked.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// The contract has this rule.
    Written(Rule),
    /// The contract could have this rule for a place of the response's body; it stands there as a comment.
    SuggestedRule(Path, Rule),
    /// The interaction could be so, in the words of a contract; it stands there as a comment.
    Suggested(String),
    /// Something was left out, or could not be seen.
    Warned,
}

impl Remark {
    pub(super) fn new(place: impl Into<String>, what: What, why: impl Into<String>) -> Self {
        Self { place: place.into(), what, why: why.into() }
    }
}
