//! Compares an actual request with exactly the one that the consumer sends according to its contract.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::scalar::{Medium, misfit};
use super::shape::Mode;
use super::{body, expected, headers};
use crate::contract::{Matcher, PathRule, RequestRules, Rule};
use crate::interaction::mismatch::{METHOD, PATH, QUERY_MISSING, QUERY_UNEXPECTED, QUERY_VALUE, UNEXPECTED};
use crate::interaction::{
    Actual, ActualBody, ActualRequest, Expected, Headers, Mismatch, Missing, Nothing, Part, Request, Unit, urlencoded,
    work,
};
use crate::source::{Code, Pointer};
use crate::words::did_you_mean;

/// Every mismatch of a request; `at` is the request's place in the contract.
#[must_use]
pub fn match_request(wanted: &Request, rules: &RequestRules, actual: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
    work::limited(at, || mismatches(wanted, rules, actual, at))
}

/// Whether the method, the path or the names of the parameters, read from the query, show that this isn't the wanted request.
/// It takes no more than a glance, for those who have thousands of interactions to choose from; a request that isn't ruled
/// out may still have mismatches.
#[must_use]
pub fn rules_out(wanted: &Request, rules: &RequestRules, method: &str, path: &str, query: &Headers) -> bool {
    let is_needed = |name: &String| !rules.query.get(name).is_some_and(|rule| rule.optional);
    wanted.method != method
        || query.keys().any(|name| !wanted.query.contains_key(name))
        || wanted.query.keys().any(|name| is_needed(name) && !query.contains_key(name))
        || rules_out_path(&wanted.path, rules.path.as_ref(), path)
}

fn rules_out_path(wanted: &str, rule: Option<&PathRule>, actual: &str) -> bool {
    // One segment has many encoded forms.
    if wanted.contains('%') || actual.contains('%') {
        return false;
    }
    let rules = match rule {
        Some(PathRule::Whole(_)) => return false,
        Some(PathRule::Segments(rules)) => Some(rules),
        None => None,
    };
    let has_rule = |index: usize| rules.is_some_and(|rules| rules.contains_key(&index));
    let segments = || wanted.split('/').zip(actual.split('/')).enumerate();
    wanted.matches('/').count() != actual.matches('/').count()
        || segments().any(|(index, (wanted, actual))| wanted != actual && !has_rule(index))
}

fn mismatches(wanted: &Request, rules: &RequestRules, actual: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if wanted.method != actual.method {
        let method = Expected::Plain(wanted.method.clone());
        found.push(Mismatch::of_part(METHOD, Part::Method, method, Actual::plain(&actual.method), at.key("method")));
    }
    found.extend(path_mismatch(&wanted.path, rules.path.as_ref(), &actual.path, at));
    found.extend(query_mismatches(wanted, rules, actual.query.as_deref().unwrap_or_default(), at));
    found.extend(headers::compare(&wanted.headers, &rules.message, &actual.headers, at));
    match &wanted.body {
        Some(body) => {
            found.extend(body::compare_body(body, &rules.message, (&actual.headers, &actual.body), Mode::EXACT, at));
        }
        None if actual.body.is_empty() => {}
        None => {
            let (nothing, body) = (Nothing::Body, ActualBody::Unexpected { length: actual.body.len() });
            let (expected, actual) = (Expected::Nothing(nothing), Actual::Body(body));
            found.push(Mismatch::of_part(UNEXPECTED, Part::Body, expected, actual, at.clone()).at("$"));
        }
    }
    found
}

fn path_mismatch(wanted: &str, rule: Option<&PathRule>, actual: &str, at: &Pointer) -> Option<Mismatch> {
    let (expected, key) = match rule {
        Some(PathRule::Whole(rule)) => (text_misfit(rule, std::slice::from_ref(&wanted), actual), "match-path"),
        Some(PathRule::Segments(rules)) => (segment_misfit(wanted, |index| rules.get(&index), actual), "match-path"),
        None => (segment_misfit(wanted, |_| None, actual), "path"),
    };
    expected.map(|expected| Mismatch::of_part(PATH, Part::Path, expected, Actual::plain(actual), at.key(key)))
}

/// The expectation for a path, if one of its segments doesn't fit. Segments are compared in their decoded form;
/// `rule_at` has the rules by the segments' indexes.
fn segment_misfit<'r>(wanted: &str, rule_at: impl Fn(usize) -> Option<&'r Rule>, actual: &str) -> Option<Expected> {
    let segments = |path: &str| -> Vec<String> {
        path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
    };
    let the_path = || Expected::Plain(wanted.to_owned());
    let (wanted_segments, actual_segments) = (segments(wanted), segments(actual));
    if wanted_segments.len() != actual_segments.len() {
        return Some(the_path());
    }
    let mut pairs = wanted_segments.iter().zip(&actual_segments).enumerate();
    pairs.find_map(|(index, (segment, actual))| match rule_at(index) {
        Some(rule) => text_misfit(rule, std::slice::from_ref(segment), actual).map(|expected| Expected::Segment {
            path: wanted.to_owned(),
            segment: segment.clone(),
            expected: Box::new(expected),
        }),
        None => (segment != actual).then(the_path),
    })
}

fn query_mismatches(wanted: &Request, rules: &RequestRules, query: &str, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut note = |code: Code, name: &str, expected: Expected, actual: Actual, expectation: Pointer, hint| {
        let mismatch = Mismatch::of_part(code, Part::Query, expected, actual, expectation);
        found.push(mismatch.at(name).with_hint(hint));
    };
    let actual = urlencoded::read(query);
    for (name, examples) in &wanted.query {
        let rule = rules.query.get(name);
        let expectation = at.key(if rule.is_some() { "match-query" } else { "query" }).key(name);
        let Some(values) = actual.get(name) else {
            if !rule.is_some_and(|rule| rule.optional) {
                let missing = Actual::Missing(Missing::Parameter);
                note(QUERY_MISSING, name, expected_texts(examples), missing, expectation, None);
            }
            continue;
        };
        let misfit = match rule {
            Some(rule) => values_misfit(rule, examples, values),
            None => (examples != values).then(|| expected_texts(examples)),
        };
        if let Some(expected) = misfit {
            note(QUERY_VALUE, name, expected, actual_texts(values), expectation, None);
        }
    }
    for (name, values) in actual.iter().filter(|(name, _)| !wanted.query.contains_key(*name)) {
        let missing = wanted.query.keys().filter(|known| !actual.contains_key(*known));
        let hint = did_you_mean(name, missing.map(String::as_str));
        let nothing = Expected::Nothing(Nothing::Parameter);
        note(QUERY_UNEXPECTED, name, nothing, actual_texts(values), at.key("query"), hint);
    }
    found
}

fn expected_texts(values: &[String]) -> Expected {
    Expected::texts(values.iter().map(String::as_str))
}

fn actual_texts(values: &[String]) -> Actual {
    Actual::texts(values.iter().map(String::as_str))
}

/// The expectation of a rule that a parameter's values don't meet.
fn values_misfit(rule: &Rule, examples: &[String], actual: &[String]) -> Option<Expected> {
    count_misfit(rule, examples, actual)
        .or_else(|| actual.iter().find_map(|value| text_misfit(rule, examples, value)))
        .or_else(|| example_misfit(rule, examples, actual))
}

/// How many values a rule expects, if the number is wrong: as many as the example has, unless the rule says otherwise.
fn count_misfit(rule: &Rule, examples: &[String], actual: &[String]) -> Option<Expected> {
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

/// The example's values, if a rule demands them and the actual values are others.
fn example_misfit(rule: &Rule, examples: &[String], actual: &[String]) -> Option<Expected> {
    let sorted = |values: &[String]| {
        let mut values = values.to_vec();
        values.sort();
        values
    };
    let fits = if rule.own_value_matcher().is_some() {
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

/// The expectation of a rule that a text doesn't meet.
fn text_misfit(rule: &Rule, examples: &[impl AsRef<str>], actual: &str) -> Option<Expected> {
    let value = Value::String(actual.to_owned());
    let example = examples.first().map(|example| Value::String(example.as_ref().to_owned()));
    rule.matchers.iter().find_map(|matcher| {
        let fits = if matcher.wants_example() {
            examples.iter().any(|example| example.as_ref() == actual)
        } else {
            misfit(matcher, &value, Medium::Text).is_none()
        };
        (!fits).then(|| expected::of_matcher(matcher, example.as_ref()))
    })
}
