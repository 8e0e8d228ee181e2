//! Matchers of a contract in Pact's words, for scalars and texts.

use serde_json::Value;

use crate::contract::{Format, JsonType, Matcher, Rule};
use crate::conversion::dialect::of_ruby;
use crate::conversion::differences::ANY_FORMAT;
use crate::conversion::pattern::{ANYTHING, DATE_TIME, EMAIL, TIME, URI, UUID, literal};
use crate::pact::{JavaPattern, PactMatcher, PactRegex, TimeKind};

/// What is asked of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    Type,
    Value,
    Is(PactMatcher),
    /// Nothing that Pact could ask for.
    Anything,
}

pub(super) const TYPE: PactMatcher = PactMatcher::Type { min: None, max: None };

/// What the rule of a scalar says to Pact, whose value is asked for where it says nothing of it (or its type, as
/// `unsaid` says); what can't be said goes to `remark`.
pub(super) fn scalar(rule: &Rule, example: &Value, unsaid: Scalar, remark: &mut dyn FnMut(String)) -> Scalar {
    let Some(matcher) = rule.matchers.iter().find(|matcher| matcher.determines_value()) else { return unsaid };
    match matcher {
        Matcher::Exact | Matcher::Equal => Scalar::Value,
        Matcher::Type(JsonType::Integer) => Scalar::Is(PactMatcher::Integer),
        Matcher::Type(_) => Scalar::Type,
        Matcher::Format(Format::Uuid) => of_regex(UUID),
        Matcher::Format(format) => {
            remark(ANY_FORMAT.to_owned());
            match format {
                Format::Date => match JavaPattern::new(TimeKind::Date.default_format()) {
                    Ok(pattern) => Scalar::Is(PactMatcher::Time(TimeKind::Date, pattern)),
                    Err(_) => Scalar::Type,
                },
                Format::DateTime => of_regex(DATE_TIME),
                Format::Time => of_regex(TIME),
                Format::Email => of_regex(EMAIL),
                Format::Uri | Format::Uuid => of_regex(URI),
            }
        }
        Matcher::Regex(pattern) => {
            if let Some(Scalar::Is(matcher)) = of_ruby(pattern.as_str()).map(|text| of_regex(&text)) {
                Scalar::Is(matcher)
            } else {
                let text = pattern.as_str();
                remark(format!(
                    "the contract asks for /{text}/, which no other tool reads as it does; Pact takes any text"
                ));
                Scalar::Type
            }
        }
        Matcher::OneOf(values) => one_of(values, example, remark),
        Matcher::Schema(_) => {
            remark(String::from("the contract has a JSON Schema here; Pact has none, and takes anything"));
            Scalar::Anything
        }
        // Pact has no word for it: an expression that fits what every scalar is written as.
        Matcher::Any if is_scalar(example) => of_regex(ANYTHING),
        Matcher::Any => {
            remark(String::from(
                "the contract takes anything here, where the example is a list or an object; Pact can't be told so",
            ));
            Scalar::Anything
        }
        _ => unsaid,
    }
}

const fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

fn one_of(values: &[Value], example: &Value, remark: &mut dyn FnMut(String)) -> Scalar {
    if values == [Value::Null] {
        return Scalar::Is(PactMatcher::Null);
    }
    if let [one] = values
        && one == example
    {
        return Scalar::Value;
    }
    let texts: Option<Vec<String>> = values.iter().map(|value| value.as_str().map(literal)).collect();
    if let Some(texts) = texts {
        return of_regex(&texts.join("|"));
    }
    let like = |value: &Value| std::mem::discriminant(value) == std::mem::discriminant(example);
    if values.iter().all(like) {
        remark(String::from(
            "the contract lists the values that may come; Pact can only list texts, and takes any value of their type",
        ));
        Scalar::Type
    } else {
        remark(String::from(
            "the contract lists the values that may come; Pact can only list texts, and takes anything",
        ));
        Scalar::Anything
    }
}

/// A regular expression for a whole text, for readers that look for a part of one, too.
pub(super) fn of_regex(text: &str) -> Scalar {
    PactRegex::new(&anchored(text)).map_or(Scalar::Type, |regex| Scalar::Is(PactMatcher::Regex(regex)))
}

/// An expression with anchors at its ends.
pub(super) fn anchored(text: &str) -> String {
    if text.contains('|') || text.starts_with("(?") { format!("^(?:{text})$") } else { format!("^{text}$") }
}
