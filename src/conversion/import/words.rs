//! Pact's matchers for one scalar in the words of a contract.

use serde_json::{Value, json};

use crate::contract::{Format, JsonType, Matcher, Pattern, Rule};
use crate::conversion::differences::{BOOLEAN, ONE_CASE, OTHER_TYPES, TIME, fits_others};
use crate::conversion::pattern::{ANYTHING, INTEGER, SEMVER, bare, is_literal, literal, of_java, of_regex};
use crate::pact::{PactMatcher, RuleList};

/// What is asked of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// The example's type.
    Type,
    /// The example's value.
    Value,
    /// What a matcher says.
    Is(Matcher),
}

/// Where a scalar stands: headers, parameters, paths and texts have no types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Medium {
    Json,
    Text,
}

/// One of several conditions, while they are put together.
#[derive(Debug)]
enum Word {
    Asked(Asked),
    Null,
    /// It is not empty.
    Filled,
    /// Nothing is asked.
    Nothing,
}

/// What a list of rules asks of a scalar, and whether null is allowed, too. What can't be said goes to `remark`.
pub(super) fn scalar(
    list: &RuleList,
    example: &Value,
    medium: Medium,
    remark: &mut dyn FnMut(String),
) -> (Asked, bool) {
    let words: Vec<Word> = list.matchers.iter().map(|matcher| word(matcher, example, medium, remark)).collect();
    let (asked, or_null) =
        if list.any { one_of(words, example, remark) } else { (all_of(words, example, remark), false) };
    (asked, or_null && !example.is_null())
}

/// The rule of a text, or nothing where it is asked for by its value.
pub(super) fn text(list: &RuleList, example: &str, remark: &mut dyn FnMut(String)) -> Option<Rule> {
    match scalar(list, &json!(example), Medium::Text, remark).0 {
        Asked::Value => None,
        Asked::Type => Some(Rule::of(Matcher::Type(JsonType::String))),
        Asked::Is(matcher) => Some(Rule::of(matcher)),
    }
}

/// The word for an example's type: what a rule says where the type does not go without saying.
pub(super) fn type_word(example: &Value) -> Option<Matcher> {
    Some(match example {
        Value::String(_) => Matcher::Type(JsonType::String),
        Value::Number(_) => Matcher::Type(JsonType::Number),
        Value::Bool(_) => Matcher::Type(JsonType::Boolean),
        Value::Null => Matcher::OneOf(vec![Value::Null]),
        Value::Array(_) | Value::Object(_) => return None,
    })
}

/// One of a type's own: by type where the example is of it.
fn typed(kind: JsonType, fits: bool) -> Word {
    Word::Asked(if fits { Asked::Type } else { Asked::Is(Matcher::Type(kind)) })
}

fn word(matcher: &PactMatcher, example: &Value, medium: Medium, remark: &mut dyn FnMut(String)) -> Word {
    let is_text = example.is_string();
    match matcher {
        PactMatcher::Equality | PactMatcher::Values => Word::Asked(Asked::Value),
        PactMatcher::Type { .. } => Word::Asked(Asked::Type),
        // Without a sign and without a fraction.
        PactMatcher::Integer if medium == Medium::Text => of_text(r"\d+"),
        PactMatcher::Integer => Word::Asked(Asked::Is(Matcher::Type(JsonType::Integer))),
        PactMatcher::Number => typed(JsonType::Number, example.is_number()),
        PactMatcher::Decimal if medium == Medium::Text => typed(JsonType::Number, false),
        PactMatcher::Decimal => {
            remark(String::from("Pact asks for a number with a fraction; the contract takes any number"));
            typed(JsonType::Number, example.is_number())
        }
        PactMatcher::Boolean if is_text && medium == Medium::Json => {
            Word::Asked(Asked::Is(Matcher::OneOf(vec![json!("true"), json!("false"), json!(true), json!(false)])))
        }
        PactMatcher::Boolean => {
            if medium == Medium::Json {
                remark(BOOLEAN.to_owned());
            }
            typed(JsonType::Boolean, example.is_boolean())
        }
        PactMatcher::Null => Word::Null,
        PactMatcher::NotEmpty => {
            if medium == Medium::Json {
                remark(OTHER_TYPES.to_owned());
            }
            Word::Filled
        }
        PactMatcher::Include(part) if part.is_empty() && medium == Medium::Json => Word::Asked(Asked::Is(Matcher::Any)),
        PactMatcher::EachKey(_) | PactMatcher::EachValue(_) => {
            remark(String::from(
                "Pact has a rule for keys or values, and the example has none here; the contract leaves it out",
            ));
            Word::Nothing
        }
        PactMatcher::ArrayContains(_) | PactMatcher::Status(_) => {
            remark(String::from(
                "Pact has a rule here that is for a list or a status; the contract asks for the example's type",
            ));
            Word::Asked(Asked::Type)
        }
        PactMatcher::Unusable(why) => {
            remark(format!(
                "nothing fits this rule of the Pact file ({why}); the contract asks for the example's type"
            ));
            Word::Asked(Asked::Type)
        }
        PactMatcher::ContentType(media_type) => {
            remark(format!("Pact asks that this looks like `{media_type}`; the contract asks for the example's type"));
            Word::Asked(Asked::Type)
        }
        PactMatcher::Regex(regex) if medium == Medium::Json && bare(regex.as_str()) == ANYTHING => {
            Word::Asked(Asked::Is(Matcher::Any))
        }
        _ if !is_text => {
            remark(String::from(
                "Pact has a rule for texts, and the example is none; the contract asks for the example's type",
            ));
            Word::Asked(Asked::Type)
        }
        PactMatcher::Regex(regex) if medium == Medium::Text && bare(regex.as_str()) == INTEGER => {
            Word::Asked(Asked::Is(Matcher::Type(JsonType::Integer)))
        }
        PactMatcher::Regex(regex) if example.as_str().is_some_and(|text| is_literal(regex.as_str(), text)) => {
            Word::Asked(Asked::Value)
        }
        PactMatcher::Regex(regex) => {
            if medium == Medium::Json && fits_others(example, &|text| regex.matches(text)) {
                remark(OTHER_TYPES.to_owned());
            }
            let matcher = of_regex(regex.as_str());
            if matcher == Ok(Matcher::Format(Format::Uuid)) && !regex.matches("0a0A0a0A-0a0A-0a0A-0a0A-0a0A0a0A0a0A") {
                remark(ONE_CASE.to_owned());
            }
            let regex = regex.as_str();
            Word::Asked(matcher.map_or_else(
                |why| {
                    let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    remark(format!("Pact asks for /{regex}/, which can't be used in a contract ({why}); the contract takes any text"));
                    Asked::Type
                },
                Asked::Is,
            ))
        }
        PactMatcher::Include(part) => {
            if medium == Medium::Json {
                remark(OTHER_TYPES.to_owned());
            }
            of_text(&format!(r"[\s\S]*{}[\s\S]*", literal(part)))
        }
        PactMatcher::Semver => of_text(SEMVER),
        PactMatcher::Time(_, pattern) => {
            if medium == Medium::Json && fits_others(example, &|text| pattern.matches(text)) {
                remark(OTHER_TYPES.to_owned());
            }
            let text = pattern.as_str();
            let Some((matcher, less)) = of_java(text) else {
                remark(format!("Pact asks for the format `{text}`; the contract takes any text"));
                return Word::Asked(Asked::Type);
            };
            if less {
                remark(format!(
                    "Pact asks for the format `{text}`; the contract asks for its digits, letters and signs in their places, and takes a day or an hour that there is not"
                ));
            } else {
                remark(TIME.to_owned());
            }
            Word::Asked(Asked::Is(matcher))
        }
    }
}

fn of_text(regex: &str) -> Word {
    Word::Asked(Pattern::new(regex).map_or(Asked::Type, |pattern| Asked::Is(Matcher::Regex(pattern))))
}

/// A text that is not empty; numbers and booleans never are.
fn filled(example: &Value) -> Asked {
    let Word::Asked(filled) = of_text(r"[\s\S]+") else { return Asked::Type };
    if example.is_string() { filled } else { Asked::Type }
}

fn all_of(words: Vec<Word>, example: &Value, remark: &mut dyn FnMut(String)) -> Asked {
    let mut told: Vec<Asked> = Vec::new();
    let (mut value, mut is_filled, mut nothing) = (false, false, true);
    for word in words {
        nothing &= matches!(word, Word::Nothing);
        match word {
            Word::Asked(Asked::Value) => value = true,
            Word::Asked(Asked::Type) | Word::Nothing => {}
            Word::Asked(asked) if told.contains(&asked) => {}
            Word::Asked(asked) => told.push(asked),
            Word::Null => told.push(Asked::Is(Matcher::OneOf(vec![Value::Null]))),
            Word::Filled => is_filled = true,
        }
    }
    if value {
        return Asked::Value;
    }
    if told.len() > 1 {
        remark(String::from("Pact asks for several rules at once; the contract asks for the first"));
    }
    match told.into_iter().next() {
        Some(first) => first,
        None if is_filled => filled(example),
        None if nothing => Asked::Is(Matcher::Any),
        None => Asked::Type,
    }
}

/// One of several is enough.
fn one_of(words: Vec<Word>, example: &Value, remark: &mut dyn FnMut(String)) -> (Asked, bool) {
    let or_null = words.iter().any(|word| matches!(word, Word::Null));
    let mut told: Vec<Asked> = Vec::new();
    for word in words {
        let asked = match word {
            Word::Null => continue,
            Word::Asked(asked) => asked,
            Word::Filled => filled(example),
            Word::Nothing => Asked::Is(Matcher::Any),
        };
        if !told.contains(&asked) {
            told.push(asked);
        }
    }
    let patterns: Option<Vec<&str>> = told
        .iter()
        .map(|asked| match asked {
            Asked::Is(Matcher::Regex(pattern)) => Some(pattern.as_str()),
            _ => None,
        })
        .collect();
    let joined = patterns.filter(|patterns| patterns.len() > 1).and_then(|patterns| {
        let groups: Vec<String> = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect();
        Pattern::new(&groups.join("|")).ok()
    });
    let asked = match (told.as_slice(), joined) {
        ([], _) => return (Asked::Is(Matcher::OneOf(vec![Value::Null])), false),
        ([one], _) => one.clone(),
        (_, Some(pattern)) => Asked::Is(Matcher::Regex(pattern)),
        (several, None) => {
            remark(String::from("Pact takes what fits one of several rules; the contract takes all of that, and more"));
            loosest(several, example)
        }
    };
    (asked, or_null)
}

/// What is no stricter than the loosest of these.
fn loosest(several: &[Asked], example: &Value) -> Asked {
    let kind = |asked: &Asked| match asked {
        Asked::Type | Asked::Value => Some(std::mem::discriminant(example)),
        Asked::Is(Matcher::Type(JsonType::String) | Matcher::Regex(_) | Matcher::Format(_)) => {
            Some(std::mem::discriminant(&json!("")))
        }
        Asked::Is(Matcher::Type(JsonType::Number | JsonType::Integer)) => Some(std::mem::discriminant(&json!(0))),
        Asked::Is(Matcher::Type(JsonType::Boolean)) => Some(std::mem::discriminant(&json!(true))),
        Asked::Is(_) => None,
    };
    let own = Some(std::mem::discriminant(example));
    if several.iter().all(|asked| kind(asked) == own) { Asked::Type } else { Asked::Is(Matcher::Any) }
}
