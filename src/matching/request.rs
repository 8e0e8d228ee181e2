//! A request that came against exactly what a contract says the consumer sends.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::scalar::{Medium, misfit};
use super::shape::Mode;
use super::{body, expected, headers};
use crate::contract::{Matcher, PathRule, RequestRules, Rule};
use crate::interaction::mismatch::{METHOD, PATH, QUERY_MISSING, QUERY_UNEXPECTED, QUERY_VALUE, UNEXPECTED};
use crate::interaction::{Actual, ActualBody, Expected, Missing, Nothing, Unit};
use crate::interaction::{ActualRequest, Mismatch, Part, Request, urlencoded};
use crate::source::{Code, Pointer};
use crate::words::did_you_mean;

/// Every mismatch of a request; `at` is the request's place in the contract.
#[must_use]
pub fn match_request(asked: &Request, rules: &RequestRules, actual: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if asked.method != actual.method {
        let expected = Expected::Plain(asked.method.clone());
        found.push(mismatch(METHOD, Part::Method, "", expected, Actual::plain(&actual.method), at.key("method")));
    }
    found.extend(path(asked, rules.path.as_ref(), &actual.path, at));
    found.extend(query(asked, rules, actual.query.as_deref().unwrap_or_default(), at));
    found.extend(headers::compare(&asked.headers, &rules.message, &actual.headers, at));
    match &asked.body {
        Some(body) => found.extend(body::compare_body(body, &rules.message, &actual.body, Mode::EXACT, at)),
        None if actual.body.is_empty() => {}
        None => {
            let got = Actual::Body(ActualBody::Unexpected { length: actual.body.len() });
            found.push(mismatch(UNEXPECTED, Part::Body, "$", Expected::Nothing(Nothing::Body), got, at.clone()));
        }
    }
    found
}

fn mismatch(code: Code, part: Part, path: &str, expected: Expected, actual: Actual, asked: Pointer) -> Mismatch {
    Mismatch::of_part(code, part, expected, actual, asked).at(path)
}

fn path(asked: &Request, rule: Option<&PathRule>, actual: &str, at: &Pointer) -> Option<Mismatch> {
    let place = at.key(if rule.is_some() { "match-path" } else { "path" });
    let wrong =
        |expected: Expected| Some(mismatch(PATH, Part::Path, "", expected, Actual::plain(actual), place.clone()));
    let the_path = || Expected::Plain(asked.path.clone());
    let segments = |path: &str| -> Vec<String> {
        path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
    };
    match rule {
        Some(PathRule::Whole(rule)) => match first_misfit(rule, std::slice::from_ref(&asked.path), actual) {
            Some(expected) => wrong(expected),
            None => None,
        },
        Some(PathRule::Segments(_)) | None => {
            let (wanted, came) = (segments(&asked.path), segments(actual));
            if wanted.len() != came.len() {
                return wrong(the_path());
            }
            for (index, (wanted, came)) in wanted.iter().zip(&came).enumerate() {
                let segment_rule = match rule {
                    Some(PathRule::Segments(rules)) => rules.get(&index),
                    _ => None,
                };
                match segment_rule {
                    Some(rule) => {
                        if let Some(expected) = first_misfit(rule, std::slice::from_ref(wanted), came) {
                            return wrong(Expected::Segment {
                                path: asked.path.clone(),
                                segment: wanted.clone(),
                                expected: Box::new(expected),
                            });
                        }
                    }
                    None if wanted != came => return wrong(the_path()),
                    None => {}
                }
            }
            None
        }
    }
}

fn query(asked: &Request, rules: &RequestRules, actual: &str, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let came = urlencoded::read(actual);
    for (name, values) in &asked.query {
        let rule = rules.query.get(name);
        let place = match rule {
            Some(_) => at.key("match-query").key(name),
            None => at.key("query").key(name),
        };
        let Some(actual) = came.get(name) else {
            if !rule.is_some_and(|rule| rule.optional) {
                found.push(mismatch(
                    QUERY_MISSING,
                    Part::Query,
                    name,
                    expected_texts(values),
                    Actual::Missing(Missing::Parameter),
                    place,
                ));
            }
            continue;
        };
        let expected = match rule {
            Some(rule) => ruled(rule, values, actual),
            None => (values != actual).then(|| expected_texts(values)),
        };
        if let Some(expected) = expected {
            found.push(mismatch(QUERY_VALUE, Part::Query, name, expected, shown(actual), place));
        }
    }
    for (name, actual) in came.iter().filter(|(name, _)| !asked.query.contains_key(*name)) {
        let hint =
            did_you_mean(name, asked.query.keys().filter(|known| !came.contains_key(*known)).map(String::as_str));
        let mut extra = mismatch(
            QUERY_UNEXPECTED,
            Part::Query,
            name,
            Expected::Nothing(Nothing::Parameter),
            shown(actual),
            at.key("query"),
        );
        extra.hint = hint;
        found.push(extra);
    }
    found
}

fn expected_texts(values: &[String]) -> Expected {
    Expected::texts(values.iter().map(String::as_str))
}

fn shown(values: &[String]) -> Actual {
    Actual::texts(values.iter().map(String::as_str))
}

/// What a rule asks of a parameter, if the values that came are not so.
fn ruled(rule: &Rule, examples: &[String], actual: &[String]) -> Option<Expected> {
    number(rule, examples, actual)
        .or_else(|| actual.iter().find_map(|value| first_misfit(rule, examples, value)))
        .or_else(|| together(rule, examples, actual))
}

/// What a rule asks of how many values there are, if that is not so: as many as the example has, unless it says
/// otherwise.
fn number(rule: &Rule, examples: &[String], actual: &[String]) -> Option<Expected> {
    let length = |values: &[String]| u64::try_from(values.len()).unwrap_or(u64::MAX);
    let (min, max) = match rule.size() {
        Some(size) => size,
        None if rule.has(&Matcher::Any) => return None,
        None if rule.has(&Matcher::Contains) => (length(examples), None),
        None => (length(examples), Some(length(examples))),
    };
    let fits = length(actual) >= min && max.is_none_or(|max| length(actual) <= max);
    (!fits).then_some(Expected::Size { min, max, unit: Unit::Value })
}

/// What a rule asks of all values together, where it asks for the example's.
fn together(rule: &Rule, examples: &[String], actual: &[String]) -> Option<Expected> {
    let told = rule.matchers.iter().any(|matcher| matcher.tells_value() && !matcher.is_of_example());
    let sorted = |values: &[String]| {
        let mut values = values.to_vec();
        values.sort();
        values
    };
    let fits = if told {
        true
    } else if rule.has(&Matcher::Unordered) {
        sorted(examples) == sorted(actual)
    } else if rule.has(&Matcher::Contains) {
        examples.iter().all(|example| actual.contains(example))
    } else if rule.size().is_some() {
        actual.iter().all(|value| examples.contains(value))
    } else {
        examples == actual
    };
    (!fits).then(|| expected_texts(examples))
}

/// What a rule asks of one text, if it is not so.
fn first_misfit(rule: &Rule, examples: &[String], actual: &str) -> Option<Expected> {
    let value = Value::String(actual.to_owned());
    let example = examples.first().map(|example| Value::String(example.clone()));
    rule.matchers.iter().find_map(|matcher| {
        let misfits = match matcher {
            Matcher::Exact | Matcher::Equal => !examples.iter().any(|example| example == actual),
            other => misfit(other, &value, Medium::Text).is_some(),
        };
        misfits.then(|| expected::matcher(matcher, example.as_ref()))
    })
}
