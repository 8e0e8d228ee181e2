//! Pact's matchers for one scalar as matchers of a contract.

use serde_json::{Value, json};

use crate::contract::{Format, JsonType, Matcher, Pattern, Rule};
use crate::conversion::difference::FromPact;
use crate::conversion::pattern::{
    ANYTHING, INTEGER, SEMVER, bare, fits_other_types, is_literal, literal, of_java, of_regex,
};
use crate::pact::{JavaPattern, PactMatcher, PactRegex, RuleList};

/// The requirement for a scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ScalarRule {
    /// Of the example's type.
    Type,
    /// The example's value.
    Value,
    /// A matcher's requirement.
    Is(Matcher),
}

/// The medium of a scalar: headers, parameters, paths and texts have no types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    Json,
    Text,
}

/// The condition of one matcher, before those of a list are combined.
#[derive(Debug)]
enum Condition {
    Scalar(ScalarRule),
    Null,
    NotEmpty,
    /// Nothing that a contract could express.
    Unsaid,
}

/// Receives the differences between a rule and its counterpart.
type Remark<'r> = &'r mut dyn FnMut(FromPact);

/// The requirement of a list of rules for a scalar, and whether it also accepts null.
pub(super) fn scalar(list: &RuleList, example: &Value, medium: Medium, remark: Remark<'_>) -> (ScalarRule, bool) {
    let conditions: Vec<Condition> =
        list.matchers.iter().map(|matcher| condition(matcher, example, medium, remark)).collect();
    let (rule, or_null) =
        if list.any { one_of(conditions, example, remark) } else { (all_of(conditions, example, remark), false) };
    (rule, or_null && !example.is_null())
}

/// The rule of a text; `None` if it must be the example's.
pub(super) fn text(list: &RuleList, example: &str, remark: Remark<'_>) -> Option<Rule> {
    match scalar(list, &json!(example), Medium::Text, remark).0 {
        ScalarRule::Value => None,
        ScalarRule::Type => Some(Rule::of(Matcher::Type(JsonType::String))),
        ScalarRule::Is(matcher) => Some(Rule::of(matcher)),
    }
}

/// The matcher for an example's type, for places that aren't compared by type anyway.
pub(super) fn type_matcher(example: &Value) -> Option<Matcher> {
    Some(match example {
        Value::String(_) => Matcher::Type(JsonType::String),
        Value::Number(_) => Matcher::Type(JsonType::Number),
        Value::Bool(_) => Matcher::Type(JsonType::Boolean),
        Value::Null => Matcher::OneOf(vec![Value::Null]),
        Value::Array(_) | Value::Object(_) => return None,
    })
}

const fn by_type() -> Condition {
    Condition::Scalar(ScalarRule::Type)
}

const fn is(matcher: Matcher) -> Condition {
    Condition::Scalar(ScalarRule::Is(matcher))
}

/// A type: the example's, if that is the same.
const fn of_type(kind: JsonType, is_the_examples: bool) -> Condition {
    if is_the_examples { by_type() } else { is(Matcher::Type(kind)) }
}

fn condition(matcher: &PactMatcher, example: &Value, medium: Medium, remark: Remark<'_>) -> Condition {
    let is_json = medium == Medium::Json;
    match matcher {
        PactMatcher::Equality | PactMatcher::Values => Condition::Scalar(ScalarRule::Value),
        PactMatcher::Type { .. } => by_type(),
        PactMatcher::Null => Condition::Null,
        PactMatcher::Integer if is_json => is(Matcher::Type(JsonType::Integer)),
        // Without a sign and without a fraction.
        PactMatcher::Integer => of_expression(r"\d+"),
        PactMatcher::Number => of_type(JsonType::Number, example.is_number()),
        PactMatcher::Decimal => {
            if is_json {
                remark(FromPact::Decimal);
            }
            of_type(JsonType::Number, is_json && example.is_number())
        }
        PactMatcher::Boolean if is_json && example.is_string() => {
            is(Matcher::OneOf(vec![json!("true"), json!("false"), json!(true), json!(false)]))
        }
        PactMatcher::Boolean => {
            if is_json {
                remark(FromPact::Boolean);
            }
            of_type(JsonType::Boolean, example.is_boolean())
        }
        PactMatcher::NotEmpty => {
            if is_json {
                remark(FromPact::AnyJsonType);
            }
            Condition::NotEmpty
        }
        PactMatcher::EachKey(_) | PactMatcher::EachValue(_) => {
            remark(FromPact::RuleForKeysOrValues);
            Condition::Unsaid
        }
        PactMatcher::ArrayContains(_) | PactMatcher::Status(_) => {
            remark(FromPact::RuleForListOrStatus);
            by_type()
        }
        PactMatcher::Unusable(why) => {
            remark(FromPact::Unusable(why.clone()));
            by_type()
        }
        PactMatcher::ContentType(media_type) => {
            remark(FromPact::LooksLike(media_type.clone()));
            by_type()
        }
        PactMatcher::Include(part) if is_json && part.is_empty() => is(Matcher::Any),
        PactMatcher::Regex(regex) if is_json && bare(regex.as_str()) == ANYTHING => is(Matcher::Any),
        // All others are for texts.
        PactMatcher::Include(_) | PactMatcher::Regex(_) | PactMatcher::Semver | PactMatcher::Time(..)
            if !example.is_string() =>
        {
            remark(FromPact::RuleForTexts);
            by_type()
        }
        PactMatcher::Include(part) => {
            if is_json {
                remark(FromPact::AnyJsonType);
            }
            of_expression(&format!(r"[\s\S]*{}[\s\S]*", literal(part)))
        }
        PactMatcher::Regex(regex) => expression(regex, example, medium, remark),
        PactMatcher::Semver => of_expression(SEMVER),
        PactMatcher::Time(_, pattern) => time(pattern, example, medium, remark),
    }
}

fn expression(regex: &PactRegex, example: &Value, medium: Medium, remark: Remark<'_>) -> Condition {
    if medium == Medium::Text && bare(regex.as_str()) == INTEGER {
        return is(Matcher::Type(JsonType::Integer));
    }
    if example.as_str().is_some_and(|text| is_literal(regex.as_str(), text)) {
        return Condition::Scalar(ScalarRule::Value);
    }
    if medium == Medium::Json && fits_other_types(example, &|text| regex.matches(text)) {
        remark(FromPact::AnyJsonType);
    }
    match of_regex(regex.as_str()) {
        Ok(matcher) => {
            let is_uuid = matcher == Matcher::Format(Format::Uuid);
            if is_uuid && !regex.matches("0a0A0a0A-0a0A-0a0A-0a0A-0a0A0a0A0a0A") {
                remark(FromPact::UuidCase);
            }
            is(matcher)
        }
        Err(why) => {
            remark(FromPact::Expression { expression: regex.as_str().to_owned(), why });
            by_type()
        }
    }
}

fn time(pattern: &JavaPattern, example: &Value, medium: Medium, remark: Remark<'_>) -> Condition {
    if medium == Medium::Json && fits_other_types(example, &|text| pattern.matches(text)) {
        remark(FromPact::AnyJsonType);
    }
    let text = pattern.as_str();
    let Some((matcher, is_looser)) = of_java(text) else {
        remark(FromPact::Format(text.to_owned()));
        return by_type();
    };
    remark(if is_looser { FromPact::LooseFormat(text.to_owned()) } else { FromPact::JavaTime });
    is(matcher)
}

fn of_expression(regex: &str) -> Condition {
    Pattern::new(regex).map_or_else(|_| by_type(), |pattern| is(Matcher::Regex(pattern)))
}

/// A text that isn't empty; numbers and booleans never are.
fn not_empty(example: &Value) -> ScalarRule {
    match of_expression(r"[\s\S]+") {
        Condition::Scalar(rule) if example.is_string() => rule,
        _ => ScalarRule::Type,
    }
}

fn all_of(conditions: Vec<Condition>, example: &Value, remark: Remark<'_>) -> ScalarRule {
    let mut rules: Vec<ScalarRule> = Vec::new();
    let (mut value, mut is_not_empty, mut is_unsaid) = (false, false, true);
    for condition in conditions {
        is_unsaid &= matches!(condition, Condition::Unsaid);
        match condition {
            Condition::Scalar(ScalarRule::Value) => value = true,
            Condition::Scalar(ScalarRule::Type) | Condition::Unsaid => {}
            Condition::Scalar(rule) if rules.contains(&rule) => {}
            Condition::Scalar(rule) => rules.push(rule),
            Condition::Null => rules.push(ScalarRule::Is(Matcher::OneOf(vec![Value::Null]))),
            Condition::NotEmpty => is_not_empty = true,
        }
    }
    if value {
        return ScalarRule::Value;
    }
    if rules.len() > 1 {
        remark(FromPact::FirstRule);
    }
    match rules.into_iter().next() {
        Some(first) => first,
        None if is_not_empty => not_empty(example),
        None if is_unsaid => ScalarRule::Is(Matcher::Any),
        None => ScalarRule::Type,
    }
}

/// One of several is enough; and whether null is one of them.
fn one_of(conditions: Vec<Condition>, example: &Value, remark: Remark<'_>) -> (ScalarRule, bool) {
    let or_null = conditions.iter().any(|condition| matches!(condition, Condition::Null));
    let mut rules: Vec<ScalarRule> = Vec::new();
    for condition in conditions {
        let rule = match condition {
            Condition::Null => continue,
            Condition::Scalar(rule) => rule,
            Condition::NotEmpty => not_empty(example),
            Condition::Unsaid => ScalarRule::Is(Matcher::Any),
        };
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    let patterns: Option<Vec<&str>> = rules
        .iter()
        .map(|rule| match rule {
            ScalarRule::Is(Matcher::Regex(pattern)) => Some(pattern.as_str()),
            _ => None,
        })
        .collect();
    let joined = patterns.filter(|patterns| patterns.len() > 1).and_then(|patterns| {
        let groups: Vec<String> = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect();
        Pattern::new(&groups.join("|")).ok()
    });
    let rule = match (rules.as_slice(), joined) {
        ([], _) => return (ScalarRule::Is(Matcher::OneOf(vec![Value::Null])), false),
        ([one], _) => one.clone(),
        (_, Some(pattern)) => ScalarRule::Is(Matcher::Regex(pattern)),
        (several, None) => {
            remark(FromPact::OneOfSeveral);
            loosest(several, example)
        }
    };
    (rule, or_null)
}

/// A rule that is no stricter than the loosest of these.
fn loosest(several: &[ScalarRule], example: &Value) -> ScalarRule {
    let kind = |rule: &ScalarRule| match rule {
        ScalarRule::Type | ScalarRule::Value => Some(std::mem::discriminant(example)),
        ScalarRule::Is(Matcher::Type(JsonType::String) | Matcher::Regex(_) | Matcher::Format(_)) => {
            Some(std::mem::discriminant(&json!("")))
        }
        ScalarRule::Is(Matcher::Type(JsonType::Number | JsonType::Integer)) => Some(std::mem::discriminant(&json!(0))),
        ScalarRule::Is(Matcher::Type(JsonType::Boolean)) => Some(std::mem::discriminant(&json!(true))),
        ScalarRule::Is(_) => None,
    };
    let own = Some(std::mem::discriminant(example));
    if several.iter().all(|rule| kind(rule) == own) { ScalarRule::Type } else { ScalarRule::Is(Matcher::Any) }
}
