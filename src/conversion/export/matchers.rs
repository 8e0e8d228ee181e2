//! From the matchers of a contract to Pact's, for scalars and texts.

use serde_json::Value;

use crate::contract::{Format, JsonType, Matcher, Rule};
use crate::conversion::dialect::to_ruby;
use crate::conversion::difference::ToPact;
use crate::conversion::pattern::{ANYTHING, DATE_TIME, EMAIL, TIME, URI, UUID, literal};
use crate::pact::{JavaPattern, PactMatcher, PactRegex, TimeKind};

/// Pact's requirement for a scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ScalarRule {
    /// Of the example's type.
    Type,
    /// The example's value.
    Value,
    /// A matcher's requirement.
    Is(PactMatcher),
    /// Anything: Pact has no matcher for it.
    Anything,
}

pub(super) const TYPE: PactMatcher = PactMatcher::Type { min: None, max: None };

/// Pact's counterpart of a scalar's rule: `default` if the rule doesn't determine the value.
pub(super) fn scalar(rule: &Rule, example: &Value, default: ScalarRule, remark: &mut dyn FnMut(ToPact)) -> ScalarRule {
    let Some(matcher) = rule.matchers.iter().find(|matcher| matcher.determines_value()) else { return default };
    match matcher {
        Matcher::Exact | Matcher::Equal => ScalarRule::Value,
        Matcher::Type(JsonType::Integer) => ScalarRule::Is(PactMatcher::Integer),
        Matcher::Type(_) => ScalarRule::Type,
        Matcher::Format(Format::Uuid) => of_regex(UUID),
        Matcher::Format(format) => {
            remark(ToPact::Format);
            match format {
                Format::Date => match JavaPattern::new(TimeKind::Date.default_format()) {
                    Ok(pattern) => ScalarRule::Is(PactMatcher::Time(TimeKind::Date, pattern)),
                    Err(_) => ScalarRule::Type,
                },
                Format::DateTime => of_regex(DATE_TIME),
                Format::Time => of_regex(TIME),
                Format::Email => of_regex(EMAIL),
                Format::Uri | Format::Uuid => of_regex(URI),
            }
        }
        Matcher::Regex(pattern) => {
            if let Some(ScalarRule::Is(matcher)) = to_ruby(pattern.as_str()).map(|text| of_regex(&text)) {
                ScalarRule::Is(matcher)
            } else {
                let text = pattern.as_str();
                remark(ToPact::Expression(text.to_owned()));
                ScalarRule::Type
            }
        }
        Matcher::OneOf(values) => one_of(values, example, remark),
        Matcher::Schema(_) => {
            remark(ToPact::Schema);
            ScalarRule::Anything
        }
        // Pact has no matcher for it, but an expression can match the JSON of every scalar.
        Matcher::Any if is_scalar(example) => of_regex(ANYTHING),
        Matcher::Any => {
            remark(ToPact::Anything);
            ScalarRule::Anything
        }
        // An absent key has no value, and the others don't say what theirs must be.
        Matcher::Absent | Matcher::Size { .. } | Matcher::Unordered | Matcher::Contains | Matcher::Closed => default,
    }
}

const fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn one_of(values: &[Value], example: &Value, remark: &mut dyn FnMut(ToPact)) -> ScalarRule {
    if values == [Value::Null] {
        return ScalarRule::Is(PactMatcher::Null);
    }
    if let [one] = values
        && one == example
    {
        return ScalarRule::Value;
    }
    let texts: Option<Vec<String>> = values.iter().map(|value| value.as_str().map(literal)).collect();
    if let Some(texts) = texts {
        return of_regex(&texts.join("|"));
    }
    let like = |value: &Value| std::mem::discriminant(value) == std::mem::discriminant(example);
    if values.iter().all(like) {
        remark(ToPact::ValuesOfType);
        ScalarRule::Type
    } else {
        remark(ToPact::ValuesOfAnyType);
        ScalarRule::Anything
    }
}

/// A regular expression for a whole text, anchored for readers that search for a part of one.
pub(super) fn of_regex(text: &str) -> ScalarRule {
    PactRegex::new(&anchored(text)).map_or(ScalarRule::Type, |regex| ScalarRule::Is(PactMatcher::Regex(regex)))
}

/// An expression with anchors at its ends.
pub(super) fn anchored(text: &str) -> String {
    if text.contains('|') || text.starts_with("(?") { format!("^(?:{text})$") } else { format!("^{text}$") }
}
