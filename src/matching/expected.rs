//! The expectation of a matcher, for the people who read a mismatch.

use serde_json::Value;

use crate::contract::{JsonType, Matcher, Rule};
use crate::interaction::describe::cut;
use crate::interaction::{Expected, RuleSummary, Unit};

/// The expectation of a matcher, with the example if that helps: `an integer, like 2`.
pub(super) fn of_matcher(matcher: &Matcher, example: Option<&Value>) -> Expected {
    let summary = match matcher {
        Matcher::Exact | Matcher::Equal => return example.map_or(Expected::Example, Expected::exactly),
        Matcher::OneOf(values) => return Expected::one_of(values),
        Matcher::Size { min, max } => return Expected::Size { min: *min, max: *max, unit: Unit::Element },
        Matcher::Any => RuleSummary::Anything,
        Matcher::Absent => RuleSummary::Absent,
        Matcher::Type(JsonType::String) => RuleSummary::String,
        Matcher::Type(JsonType::Number) => RuleSummary::Number,
        Matcher::Type(JsonType::Integer) => RuleSummary::Integer,
        Matcher::Type(JsonType::Boolean) => RuleSummary::Boolean,
        Matcher::Format(format) => RuleSummary::Format(format.word()),
        Matcher::Regex(pattern) => RuleSummary::Pattern(cut(pattern.as_str())),
        Matcher::Unordered => RuleSummary::Unordered,
        Matcher::Contains => RuleSummary::Contains,
        Matcher::Closed => RuleSummary::Closed,
        Matcher::Schema(_) => RuleSummary::Schema,
    };
    Expected::rule(summary, example)
}

/// The expectation of a matcher in its rule, which may allow null as well.
pub(super) fn of_rule(matcher: &Matcher, rule: &Rule, example: Option<&Value>) -> Expected {
    of_matcher(matcher, example).or_null(rule.or_null)
}
