//! What a matcher expects, for the people who read of a mismatch.

use serde_json::Value;

use crate::contract::{JsonType, Matcher, Rule};
use crate::interaction::describe::cut;
use crate::interaction::{Described, Expected, Unit};

/// What a matcher expects, with the example where that helps: `an integer, like 2`.
pub(super) fn matcher(matcher: &Matcher, example: Option<&Value>) -> Expected {
    let described = match matcher {
        Matcher::Exact | Matcher::Equal => return example.map_or(Expected::Example, Expected::exactly),
        Matcher::OneOf(values) => return Expected::one_of(values),
        Matcher::Size { min, max } => return Expected::Size { min: *min, max: *max, unit: Unit::Element },
        Matcher::Any => Described::Anything,
        Matcher::Absent => Described::Absent,
        Matcher::Type(JsonType::String) => Described::String,
        Matcher::Type(JsonType::Number) => Described::Number,
        Matcher::Type(JsonType::Integer) => Described::Integer,
        Matcher::Type(JsonType::Boolean) => Described::Boolean,
        Matcher::Format(format) => Described::Format(format.word()),
        Matcher::Regex(pattern) => Described::Pattern(cut(pattern.as_str())),
        Matcher::Unordered => Described::Unordered,
        Matcher::Contains => Described::Contains,
        Matcher::Closed => Described::Closed,
        Matcher::Schema(_) => Described::Schema,
    };
    Expected::ruled(described, example)
}

/// The same, with `or null` where the rule says so.
pub(super) fn ruled(one: &Matcher, rule: &Rule, example: Option<&Value>) -> Expected {
    matcher(one, example).or_null(rule.or_null)
}
