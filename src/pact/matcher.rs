//! Pact's matchers and rules, in all versions of its specification.

use std::sync::Arc;

use super::java_time::{JavaPattern, TimeKind};
use super::path::PactPath;
use super::pattern::PactRegex;
use crate::interaction::StatusClass;

/// One condition on one place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PactMatcher {
    /// The example's value.
    Equality,
    /// The example's type; for a list or a map also its size.
    Type {
        min: Option<u64>,
        max: Option<u64>,
    },
    Regex(PactRegex),
    /// The text contains this one.
    Include(String),
    Number,
    Integer,
    Decimal,
    Boolean,
    Null,
    /// A date, a time or both, in a pattern in Java's notation.
    Time(TimeKind, JavaPattern),
    /// The keys of a map are data.
    Values,
    /// Every key of a map.
    EachKey(Vec<PactMatcher>),
    /// Rules for every value of a map or element of a list, and below it.
    EachValue(PlacedRules),
    /// Each of these elements of the example, somewhere in the list.
    ArrayContains(Vec<Variant>),
    NotEmpty,
    Semver,
    /// The media type that the bytes look like.
    ContentType(String),
    Status(StatusRange),
    /// A matcher that can't be used, and why: nothing can match it.
    Unusable(Arc<str>),
}

/// One element of an `arrayContains`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The index of the example's element.
    pub index: usize,
    /// Its rules, relative to the element.
    pub rules: PlacedRules,
}

/// The accepted status codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusRange {
    Class(StatusClass),
    These(Vec<u16>),
}

/// The conditions on one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleList {
    /// Whether one of the matchers is enough (`"combine": "OR"`), or all must match.
    pub any: bool,
    pub matchers: Vec<PactMatcher>,
    /// The keys that lead to the list in the message's `matchingRules`.
    pub keys: Vec<String>,
}

/// Rules with the paths to their places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedRules(pub Vec<PlacedRule>);

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedRule {
    pub path: PactPath,
    pub list: RuleList,
}

impl PactMatcher {
    /// Whether it also applies below its place, unless another rule does.
    #[must_use]
    pub const fn cascades(&self) -> bool {
        !matches!(self, Self::Values | Self::EachKey(_) | Self::EachValue(_))
    }
}

impl PlacedRules {
    /// Why some of them can't be used, each with its list.
    pub(super) fn unusable(&self) -> impl Iterator<Item = (&RuleList, &str)> {
        self.0.iter().flat_map(|rule| rule.list.unusable().map(|why| (&rule.list, why)))
    }

    /// Whether there are no rules.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl RuleList {
    pub(super) fn unusable(&self) -> impl Iterator<Item = &str> {
        self.matchers.iter().filter_map(|matcher| match matcher {
            PactMatcher::Unusable(why) => Some(&**why),
            _ => None,
        })
    }
}

impl StatusRange {
    /// Whether a status is accepted.
    #[must_use]
    pub fn allows(&self, status: u16) -> bool {
        match self {
            Self::Class(class) => class.contains(status),
            Self::These(codes) => codes.contains(&status),
        }
    }
}
