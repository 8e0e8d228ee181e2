//! One matcher of Pact's against one value.

use serde_json::Value;

use super::content_type;
use crate::interaction::mismatch::{FORMAT, PATTERN, SIZE, TYPE, UNUSABLE, VALUE};
use crate::interaction::number::{Decimal, is_integer};
use crate::interaction::{Described, Expected, Filled, Unusable, WrongPlace, describe};
use crate::pact::matcher::PactMatcher;
use crate::source::Code;

/// What was asked for and did not come.
#[derive(Debug)]
pub(super) struct Wrong {
    pub code: Code,
    pub expected: Expected,
}

fn wrong<T>(code: Code, expected: Expected) -> Result<T, Wrong> {
    Err(Wrong { code, expected })
}

/// What a rule describes, where no example helps.
pub(super) fn described<T>(code: Code, rule: Described) -> Result<T, Wrong> {
    wrong(code, Expected::plainly(rule))
}

/// Checks a JSON value that is no object or list, or whose example is none.
pub(super) fn check(matcher: &PactMatcher, example: &Value, actual: &Value) -> Result<(), Wrong> {
    let text = || match actual {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match matcher {
        PactMatcher::Equality | PactMatcher::Values => {
            if equal(example, actual) {
                Ok(())
            } else {
                wrong(VALUE, Expected::exactly(example))
            }
        }
        PactMatcher::Type { .. } => {
            if std::mem::discriminant(example) == std::mem::discriminant(actual) {
                Ok(())
            } else {
                wrong(TYPE, Expected::like(&[example]))
            }
        }
        PactMatcher::Integer => match actual {
            Value::Number(number) if is_whole(number) => Ok(()),
            _ => wrong(TYPE, Expected::ruled(Described::Integer, Some(example))),
        },
        PactMatcher::Decimal => match actual {
            Value::Number(number) if !is_whole(number) => Ok(()),
            _ => wrong(TYPE, Expected::ruled(Described::Decimal, Some(example))),
        },
        PactMatcher::Number if actual.is_number() => Ok(()),
        PactMatcher::Number => wrong(TYPE, Expected::ruled(Described::Number, Some(example))),
        PactMatcher::Boolean => match actual {
            Value::Bool(_) => Ok(()),
            Value::String(text) if matches!(text.as_str(), "true" | "false") => Ok(()),
            _ => wrong(TYPE, Expected::ruled(Described::Boolean, Some(example))),
        },
        PactMatcher::Null if actual.is_null() => Ok(()),
        PactMatcher::Null => described(TYPE, Described::Null),
        PactMatcher::NotEmpty => match actual {
            Value::Null => described(SIZE, Described::NotEmpty(Filled::Value)),
            Value::String(text) if text.is_empty() => described(SIZE, Described::NotEmpty(Filled::Text)),
            Value::Array(items) if items.is_empty() => described(SIZE, Described::NotEmpty(Filled::List)),
            Value::Object(object) if object.is_empty() => described(SIZE, Described::NotEmpty(Filled::Object)),
            _ => Ok(()),
        },
        PactMatcher::Semver if !actual.is_string() => described(TYPE, Described::SemanticVersion),
        // What is below a list of variants, or of keys and values, has rules of its own.
        PactMatcher::ArrayContains(_)
        | PactMatcher::EachKey(_)
        | PactMatcher::EachValue(_)
        | PactMatcher::Status(_) => Ok(()),
        of_text => check_text_only(of_text, &text()),
    }
}

/// Checks a text that has no type: a header, a parameter, a path, a text of XML.
pub(super) fn check_text(matcher: &PactMatcher, example: &str, actual: &str) -> Result<(), Wrong> {
    let like = |rule| Expected::ruled(rule, Some(&Value::String(example.to_owned())));
    match matcher {
        PactMatcher::Equality | PactMatcher::Values => {
            if example == actual {
                Ok(())
            } else {
                wrong(VALUE, Expected::OneOf(vec![describe::quoted(example)]))
            }
        }
        PactMatcher::Number | PactMatcher::Decimal => {
            if actual.parse::<f64>().is_ok() {
                Ok(())
            } else {
                wrong(TYPE, like(Described::Number))
            }
        }
        PactMatcher::Integer => {
            if actual.parse::<u64>().is_ok() {
                Ok(())
            } else {
                wrong(TYPE, like(Described::Integer))
            }
        }
        PactMatcher::Boolean if matches!(actual, "true" | "false") => Ok(()),
        PactMatcher::Boolean => wrong(TYPE, like(Described::BooleanText)),
        PactMatcher::Null => described(TYPE, Described::Null),
        PactMatcher::NotEmpty if actual.is_empty() => described(SIZE, Described::NotEmpty(Filled::Text)),
        PactMatcher::Type { .. } | PactMatcher::NotEmpty | PactMatcher::EachKey(_) | PactMatcher::EachValue(_) => {
            Ok(())
        }
        PactMatcher::Status(range) if actual.parse().is_ok_and(|status| range.allows(status)) => Ok(()),
        PactMatcher::ArrayContains(_) | PactMatcher::Status(_) => {
            described(VALUE, Described::WrongPlace(WrongPlace::Text))
        }
        of_text => check_text_only(of_text, actual),
    }
}

/// The matchers that only look at texts.
fn check_text_only(matcher: &PactMatcher, text: &str) -> Result<(), Wrong> {
    match matcher {
        PactMatcher::Regex(regex) if !regex.matches(text) => {
            described(PATTERN, Described::Pattern(describe::cut(regex.as_str())))
        }
        PactMatcher::Include(part) if !text.contains(part) => {
            described(VALUE, Described::Holds(describe::quoted(part)))
        }
        PactMatcher::Time(kind, pattern) if !pattern.matches(text) => {
            described(FORMAT, Described::Time { word: kind.word(), pattern: pattern.as_str().to_owned() })
        }
        PactMatcher::Semver if semver::Version::parse(text).is_err() => {
            let like = Some(String::from("1.2.3"));
            wrong(FORMAT, Expected::Ruled { rule: Described::SemanticVersion, like })
        }
        PactMatcher::ContentType(media_type) => check_bytes(media_type, text.as_bytes()),
        PactMatcher::Unusable(why) => described(UNUSABLE, Described::Unusable(Unusable::Rule(why.to_string()))),
        _ => Ok(()),
    }
}

/// Checks what bytes look like.
pub(super) fn check_bytes(media_type: &str, bytes: &[u8]) -> Result<(), Wrong> {
    match content_type::looks_like(bytes, media_type) {
        Ok(()) => Ok(()),
        Err(found) => described(FORMAT, Described::ContentType { expected: media_type.to_owned(), found }),
    }
}

/// Whether a number is written without a fraction and an exponent: 1.0 is a decimal in Pact's eyes.
fn is_whole(number: &serde_json::Number) -> bool {
    is_integer(number) && !number.to_string().contains(['.', 'e', 'E'])
}

/// Whether two values are the same, 1 and 1.0 told apart.
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
