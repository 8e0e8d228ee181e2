//! One matcher of Pact's against one value.

use serde_json::Value;

use super::content_type;
use crate::interaction::describe;
use crate::interaction::mismatch::{FORMAT, PATTERN, SIZE, TYPE, UNUSABLE, VALUE};
use crate::interaction::number::{Decimal, is_integer};
use crate::pact::matcher::PactMatcher;
use crate::source::Code;

/// What was asked for and did not come.
#[derive(Debug)]
pub(super) struct Wrong {
    pub code: Code,
    /// To follow "expected".
    pub expected: String,
}

fn wrong<T>(code: Code, expected: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { code, expected: expected.into() })
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
                wrong(VALUE, format!("exactly {}", describe::json(example)))
            }
        }
        PactMatcher::Type { .. } => {
            if std::mem::discriminant(example) == std::mem::discriminant(actual) {
                Ok(())
            } else {
                wrong(TYPE, describe::like(&[example]))
            }
        }
        PactMatcher::Integer => match actual {
            Value::Number(number) if is_whole(number) => Ok(()),
            _ => wrong(TYPE, like("an integer", example)),
        },
        PactMatcher::Decimal => match actual {
            Value::Number(number) if !is_whole(number) => Ok(()),
            _ => wrong(TYPE, like("a number with a fraction", example)),
        },
        PactMatcher::Number if actual.is_number() => Ok(()),
        PactMatcher::Number => wrong(TYPE, like("a number", example)),
        PactMatcher::Boolean => match actual {
            Value::Bool(_) => Ok(()),
            Value::String(text) if matches!(text.as_str(), "true" | "false") => Ok(()),
            _ => wrong(TYPE, like("a boolean", example)),
        },
        PactMatcher::Null if actual.is_null() => Ok(()),
        PactMatcher::Null => wrong(TYPE, "null"),
        PactMatcher::NotEmpty => match actual {
            Value::Null => wrong(SIZE, "something that is not empty"),
            Value::String(text) if text.is_empty() => wrong(SIZE, "a text that is not empty"),
            Value::Array(items) if items.is_empty() => wrong(SIZE, "a list that is not empty"),
            Value::Object(object) if object.is_empty() => wrong(SIZE, "an object that is not empty"),
            _ => Ok(()),
        },
        PactMatcher::Semver if !actual.is_string() => wrong(TYPE, "a semantic version"),
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
    let shown = || describe::json(&Value::String(example.to_owned()));
    match matcher {
        PactMatcher::Equality | PactMatcher::Values => {
            if example == actual {
                Ok(())
            } else {
                wrong(VALUE, format!("exactly {}", shown()))
            }
        }
        PactMatcher::Number | PactMatcher::Decimal => {
            if actual.parse::<f64>().is_ok() {
                Ok(())
            } else {
                wrong(TYPE, format!("a number, like {}", shown()))
            }
        }
        PactMatcher::Integer => {
            if actual.parse::<u64>().is_ok() {
                Ok(())
            } else {
                wrong(TYPE, format!("an integer, like {}", shown()))
            }
        }
        PactMatcher::Boolean if matches!(actual, "true" | "false") => Ok(()),
        PactMatcher::Boolean => wrong(TYPE, format!("`true` or `false`, like {}", shown())),
        PactMatcher::Null => wrong(TYPE, "null"),
        PactMatcher::NotEmpty if actual.is_empty() => wrong(SIZE, "a text that is not empty"),
        PactMatcher::Type { .. } | PactMatcher::NotEmpty | PactMatcher::EachKey(_) | PactMatcher::EachValue(_) => {
            Ok(())
        }
        PactMatcher::Status(range) if actual.parse().is_ok_and(|status| range.allows(status)) => Ok(()),
        PactMatcher::ArrayContains(_) | PactMatcher::Status(_) => {
            wrong(VALUE, "what no text can be: the rule is for a list or a status")
        }
        of_text => check_text_only(of_text, actual),
    }
}

/// The matchers that only look at texts.
fn check_text_only(matcher: &PactMatcher, text: &str) -> Result<(), Wrong> {
    match matcher {
        PactMatcher::Regex(regex) if !regex.matches(text) => {
            wrong(PATTERN, format!("a text that matches /{}/", describe::cut(regex.as_str())))
        }
        PactMatcher::Include(part) if !text.contains(part) => {
            wrong(VALUE, format!("a text that holds {}", describe::json(&Value::String(part.clone()))))
        }
        PactMatcher::Time(kind, pattern) if !pattern.matches(text) => {
            wrong(FORMAT, format!("a {} as {}", kind.word(), pattern.as_str()))
        }
        PactMatcher::Semver if semver::Version::parse(text).is_err() => wrong(FORMAT, "a semantic version, like 1.2.3"),
        PactMatcher::ContentType(media_type) => check_bytes(media_type, text.as_bytes()),
        PactMatcher::Unusable(why) => wrong(UNUSABLE, format!("what nothing can be: {why}")),
        _ => Ok(()),
    }
}

/// Checks what bytes look like.
pub(super) fn check_bytes(media_type: &str, bytes: &[u8]) -> Result<(), Wrong> {
    match content_type::looks_like(bytes, media_type) {
        Ok(()) => Ok(()),
        Err(found) => wrong(FORMAT, format!("content of the type {media_type}, not {found}")),
    }
}

fn like(what: &str, example: &Value) -> String {
    match example {
        Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("{what}, like {}", describe::json(example)),
        _ => what.to_owned(),
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
