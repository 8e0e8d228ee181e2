//! Pact's matchers and rules: what a Pact file asks of a place, in all versions of its specification.

use std::sync::Arc;

use super::java_time::{JavaPattern, TimeKind};
use super::path::PactPath;
use super::pattern::PactRegex;

/// One condition on one place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PactMatcher {
    /// The example's value.
    Equality,
    /// The example's type; of a list or a map also how many there must be.
    Type {
        min: Option<u64>,
        max: Option<u64>,
    },
    Regex(PactRegex),
    /// The text holds this one.
    Include(String),
    Number,
    Integer,
    Decimal,
    Boolean,
    Null,
    /// A date, a time or both, in a pattern of Java's.
    Time(TimeKind, JavaPattern),
    /// The keys of a map are data.
    Values,
    /// Every key of a map.
    EachKey(Vec<PactMatcher>),
    /// Every value of a map or element of a list: rules from there on.
    EachValue(PlacedRules),
    /// Each of these elements of the example is somewhere.
    ArrayContains(Vec<Variant>),
    NotEmpty,
    Semver,
    /// What the bytes look like, as a media type.
    ContentType(String),
    Status(StatusRange),
    /// A regular expression or a pattern of time that can't be used, and why: nothing fits it.
    Unusable(Arc<str>),
}

/// One element of an `arrayContains`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Which of the example's elements it is.
    pub index: usize,
    /// What is asked of it, from its own root on.
    pub rules: PlacedRules,
}

/// The status codes that are allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusRange {
    /// From the first to the last, and what the range is called.
    Between(u16, u16, &'static str),
    These(Vec<u16>),
}

/// The conditions on one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleList {
    /// Whether one of the matchers is enough (`"combine": "OR"`); else all must hold.
    pub any: bool,
    pub matchers: Vec<PactMatcher>,
    /// Where the list stands, below the message's `matchingRules`.
    pub keys: Vec<String>,
}

/// Rules with the places that they are for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlacedRules(pub Vec<PlacedRule>);

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedRule {
    pub path: PactPath,
    pub list: RuleList,
}

impl PactMatcher {
    /// Whether it is for what is below its place, too, where nothing there says otherwise.
    #[must_use]
    pub const fn cascades(&self) -> bool {
        !matches!(self, Self::Values | Self::EachKey(_) | Self::EachValue(_))
    }
}

impl PlacedRules {
    /// What can't be used of them, each with the place of its list.
    pub(super) fn unusable(&self) -> impl Iterator<Item = (&RuleList, &str)> {
        self.0.iter().flat_map(|rule| rule.list.unusable().map(|why| (&rule.list, why)))
    }

    /// Whether there are none.
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
    /// Whether a status is one of these.
    #[must_use]
    pub fn allows(&self, status: u16) -> bool {
        match self {
            Self::Between(first, last, _) => (*first..=*last).contains(&status),
            Self::These(codes) => codes.contains(&status),
        }
    }
}
