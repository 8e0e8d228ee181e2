//! One Pact matcher against one value.

use serde_json::Value;

use super::content_type;
use crate::interaction::mismatch::{FORMAT, PATTERN, SIZE, TYPE, UNUSABLE, VALUE};
use crate::interaction::number::{Decimal, is_integer};
use crate::interaction::{Expected, Misplaced, NonEmpty, RuleSummary, Unusable, describe};
use crate::pact::matcher::PactMatcher;
use crate::source::Code;

/// An expectation that a value doesn't meet.
#[derive(Debug)]
pub(super) struct Unmet {
    pub code: Code,
    pub expected: Expected,
}

fn unmet<T>(code: Code, expected: Expected) -> Result<T, Unmet> {
    Err(Unmet { code, expected })
}

/// An unmet rule that needs no example to be understood.
pub(super) fn unmet_rule<T>(code: Code, rule: RuleSummary) -> Result<T, Unmet> {
    unmet(code, Expected::rule_alone(rule))
}

/// Checks a JSON value, unless both it and its example are objects, or both are lists.
pub(super) fn check(matcher: &PactMatcher, example: &Value, actual: &Value) -> Result<(), Unmet> {
    let text = || match actual {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match matcher {
        PactMatcher::Equality | PactMatcher::Values => {
            if equal(example, actual) {
                Ok(())
            } else {
                unmet(VALUE, Expected::exactly(example))
            }
        }
        PactMatcher::Type { .. } => {
            if std::mem::discriminant(example) == std::mem::discriminant(actual) {
                Ok(())
            } else {
                unmet(TYPE, Expected::like(&[example]))
            }
        }
        PactMatcher::Integer => match actual {
            Value::Number(number) if is_whole(number) => Ok(()),
            _ => unmet(TYPE, Expected::rule(RuleSummary::Integer, Some(example))),
        },
        PactMatcher::Decimal => match actual {
            Value::Number(number) if !is_whole(number) => Ok(()),
            _ => unmet(TYPE, Expected::rule(RuleSummary::Decimal, Some(example))),
        },
        PactMatcher::Number if actual.is_number() => Ok(()),
        PactMatcher::Number => unmet(TYPE, Expected::rule(RuleSummary::Number, Some(example))),
        PactMatcher::Boolean => match actual {
            Value::Bool(_) => Ok(()),
            Value::String(text) if matches!(text.as_str(), "true" | "false") => Ok(()),
            _ => unmet(TYPE, Expected::rule(RuleSummary::Boolean, Some(example))),
        },
        PactMatcher::Null if actual.is_null() => Ok(()),
        PactMatcher::Null => unmet_rule(TYPE, RuleSummary::Null),
        PactMatcher::NotEmpty => match actual {
            Value::Null => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::Value)),
            Value::String(text) if text.is_empty() => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::Text)),
            Value::Array(items) if items.is_empty() => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::List)),
            Value::Object(object) if object.is_empty() => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::Object)),
            _ => Ok(()),
        },
        PactMatcher::Semver if !actual.is_string() => unmet_rule(TYPE, RuleSummary::SemanticVersion),
        // The places below have rules of their own.
        PactMatcher::ArrayContains(_)
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::Status(_) => Ok(()),
        of_text => check_text_only(of_text, &text()),
    }
}

/// Checks untyped text: a header, a parameter, a path, or text in XML.
pub(super) fn check_text(matcher: &PactMatcher, example: &str, actual: &str) -> Result<(), Unmet> {
    let like = |rule| Expected::rule(rule, Some(&Value::String(example.to_owned())));
    match matcher {
        PactMatcher::Equality | PactMatcher::Values => {
            if example == actual {
                Ok(())
            } else {
                unmet(VALUE, Expected::OneOf(vec![describe::quoted(example)]))
            }
        }
        PactMatcher::Number | PactMatcher::Decimal => {
            if actual.parse::<f64>().is_ok() {
                Ok(())
            } else {
                unmet(TYPE, like(RuleSummary::Number))
            }
        }
        PactMatcher::Integer => {
            if actual.parse::<u64>().is_ok() {
                Ok(())
            } else {
                unmet(TYPE, like(RuleSummary::Integer))
            }
        }
        PactMatcher::Boolean if matches!(actual, "true" | "false") => Ok(()),
        PactMatcher::Boolean => unmet(TYPE, like(RuleSummary::BooleanText)),
        PactMatcher::Null => unmet_rule(TYPE, RuleSummary::Null),
        PactMatcher::NotEmpty if actual.is_empty() => unmet_rule(SIZE, RuleSummary::NotEmpty(NonEmpty::Text)),
        PactMatcher::Type { .. } | PactMatcher::NotEmpty | PactMatcher::EachKey(_) | PactMatcher::EachValue(_) => {
            Ok(())
        }
        PactMatcher::Status(range) if actual.parse().is_ok_and(|status| range.allows(status)) => Ok(()),
        PactMatcher::ArrayContains(_) | PactMatcher::Status(_) => {
            unmet_rule(VALUE, RuleSummary::Misplaced(Misplaced::Text))
        }
        of_text => check_text_only(of_text, actual),
    }
}

/// Checks a text with a matcher that is for texts. All other matchers fit.
fn check_text_only(matcher: &PactMatcher, text: &str) -> Result<(), Unmet> {
    match matcher {
        PactMatcher::Regex(regex) if !regex.matches(text) => {
            unmet_rule(PATTERN, RuleSummary::Pattern(describe::cut(regex.as_str())))
        }
        PactMatcher::Include(part) if !text.contains(part) => {
            unmet_rule(VALUE, RuleSummary::Includes(describe::quoted(part)))
        }
        PactMatcher::Time(kind, pattern) if !pattern.matches(text) => {
            unmet_rule(FORMAT, RuleSummary::Time { word: kind.word(), pattern: pattern.as_str().to_owned() })
        }
        PactMatcher::Semver if semver::Version::parse(text).is_err() => {
            let like = Some(String::from("1.2.3"));
            unmet(FORMAT, Expected::Rule { rule: RuleSummary::SemanticVersion, like })
        }
        PactMatcher::ContentType(media_type) => check_bytes(media_type, text.as_bytes()),
        PactMatcher::Unusable(why) => unmet_rule(UNUSABLE, RuleSummary::Unusable(Unusable::Rule(why.to_string()))),
        PactMatcher::Equality
        | PactMatcher::Type { .. }
        | PactMatcher::Regex(_)
        | PactMatcher::Include(_)
        | PactMatcher::Number
        | PactMatcher::Integer
        | PactMatcher::Decimal
        | PactMatcher::Boolean
        | PactMatcher::Null
        | PactMatcher::Time(..)
        | PactMatcher::Values
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::ArrayContains(_)
        | PactMatcher::NotEmpty
        | PactMatcher::Semver
        | PactMatcher::Status(_) => Ok(()),
    }
}

/// Checks the look of bytes.
pub(super) fn check_bytes(media_type: &str, bytes: &[u8]) -> Result<(), Unmet> {
    match content_type::looks_like(bytes, media_type) {
        Ok(()) => Ok(()),
        Err(found) => unmet_rule(FORMAT, RuleSummary::ContentType { expected: media_type.to_owned(), found }),
    }
}

/// Whether a number is written without a fraction and an exponent: for Pact, 1.0 is a decimal.
fn is_whole(number: &serde_json::Number) -> bool {
    is_integer(number) && !number.to_string().contains(['.', 'e', 'E'])
}

/// Whether two values are the same. For Pact, 1 and 1.0 differ.
pub(super) fn equal(example: &Value, actual: &Value) -> bool {
    match (example, actual) {
        (Value::Number(a), Value::Number(b)) => {
            is_whole(a) == is_whole(b) && Decimal::of(a).canonical() == Decimal::of(b).canonical()
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}
