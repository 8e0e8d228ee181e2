//! Headers against a contract (RFC 9110, section 5): names have no case, media types may have more parameters, and only
//! headers that are defined as lists are split at commas.

use serde_json::Value;

use super::expected;
use super::scalar::{Medium, misfit};
use crate::contract::{Matcher, Rule, Rules};
use crate::interaction::mismatch::{HEADER_MISSING, HEADER_VALUE, SIZE, UNEXPECTED};
use crate::interaction::{
    Actual, Expected, Headers, Mismatch, Missing, Nothing, Part, Unit, contradicts_itself, header_values, is_json,
    is_list,
};
use crate::source::{Code, Pointer};

/// The lists whose elements are case-sensitive: methods, entity tags and addresses.
const CASE_SENSITIVE: &[&str] =
    &["access-control-allow-methods", "access-control-request-method", "allow", "if-match", "if-none-match", "link"];

/// The headers whose value is a media type.
const MEDIA_TYPES: &[&str] = &["content-type"];

/// Compares headers; `at` is the request or the response in the contract. Headers that the contract doesn't name are
/// ignored.
pub(super) fn compare(wanted: &Headers, rules: &Rules, actual: &[(String, String)], at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut note = |code: Code, name: &str, expected: Expected, actual: Actual, expectation: Pointer| {
        found.push(Mismatch::of_part(code, Part::Header, expected, actual, expectation).at(name));
    };
    for (name, examples) in wanted {
        let rule = rules.headers.get(name);
        let expectation = at.key(if rule.is_some() { "match-headers" } else { "headers" }).key(name);
        let values: Vec<&str> = header_values(actual, name).map(str::trim).collect();
        if values.is_empty() {
            if !rule.is_some_and(|rule| rule.optional) {
                let missing = Actual::Missing(Missing::Header);
                note(HEADER_MISSING, name, expected_value(rule, examples), missing, expectation);
            }
            continue;
        }
        let misfit = match rule {
            _ if contradicts_itself(name, &values, examples) => Some((HEADER_VALUE, expected_value(rule, examples))),
            Some(rule) => rule_misfit(name, rule, examples, &values),
            None => example_misfit(name, examples, &values).map(|expected| (HEADER_VALUE, expected)),
        };
        if let Some((code, expected)) = misfit {
            note(code, name, expected, Actual::texts(values), expectation);
        }
    }
    for (name, _) in rules.headers.iter().filter(|(_, rule)| rule.has(&Matcher::Absent)) {
        let values: Vec<&str> = header_values(actual, name).collect();
        if !values.is_empty() {
            let expectation = at.key("match-headers").key(name);
            note(UNEXPECTED, name, Expected::Nothing(Nothing::Header), Actual::texts(values), expectation);
        }
    }
    found
}

/// The expectation for a header: a value for its rule, or the example.
fn expected_value(rule: Option<&Rule>, examples: &[String]) -> Expected {
    let example = examples.first().map(|value| Value::String(value.clone()));
    match rule.and_then(Rule::own_value_matcher) {
        Some(matcher) => expected::of_matcher(matcher, example.as_ref()),
        None => Expected::texts(examples.iter().map(String::as_str)),
    }
}

/// The expectation of a rule that none of a header's values meets. One is enough, since proxies may add others. A rule
/// that doesn't determine the value leaves it to the example.
fn rule_misfit(name: &str, rule: &Rule, examples: &[String], actual: &[&str]) -> Option<(Code, Expected)> {
    let elements: Vec<&str> = actual.iter().flat_map(|value| elements_of(name, value)).collect();
    if let Some((min, max)) = rule.size() {
        let length = u64::try_from(elements.len()).unwrap_or(u64::MAX);
        if length < min || max.is_some_and(|max| length > max) {
            return Some((SIZE, Expected::Size { min, max, unit: Unit::Value }));
        }
    }
    let Some(matcher) = rule.own_value_matcher() else {
        let wanted = examples.iter().flat_map(|value| elements_of(name, value)).count();
        let has_others = rule.has(&Matcher::Unordered) && elements.len() != wanted;
        let misfit = example_misfit(name, examples, actual);
        let misfit = misfit.or_else(|| has_others.then(|| expected_value(None, examples)));
        return misfit.map(|expected| (HEADER_VALUE, expected));
    };
    // A list may also match as the one text that it is on the wire.
    let whole = actual.join(", ");
    let fits = |text: &str| misfit(matcher, &Value::String(text.to_owned()), Medium::Text).is_none();
    let any_fits = elements.iter().any(|element| fits(element)) || fits(&whole);
    (!any_fits).then(|| (HEADER_VALUE, expected_value(Some(rule), examples)))
}

/// The example, if one of its values is missing among the actual ones.
fn example_misfit(name: &str, examples: &[String], actual: &[&str]) -> Option<Expected> {
    let fits = if MEDIA_TYPES.contains(&name) {
        examples.iter().all(|wanted| actual.iter().any(|actual| same_media_type(wanted, actual)))
    } else if is_list(name) {
        let elements: Vec<&str> = actual.iter().flat_map(|value| split_list(value)).collect();
        let same = |wanted: &str, actual: &str| {
            if CASE_SENSITIVE.contains(&name) {
                wanted == actual
            } else {
                without_spaces(wanted).eq_ignore_ascii_case(&without_spaces(actual))
            }
        };
        let mut wanted = examples.iter().flat_map(|value| split_list(value));
        wanted.all(|wanted| elements.iter().any(|element| same(wanted, element)))
    } else {
        examples.iter().all(|wanted| actual.contains(&wanted.as_str()))
    };
    (!fits).then(|| expected_value(None, examples))
}

/// An element without the white space around its parameters, which has no meaning (RFC 9110, section 5.6.6).
fn without_spaces(element: &str) -> String {
    element.split(';').map(str::trim).collect::<Vec<_>>().join(";")
}

/// The elements of one header line: those of a list, or else the value itself.
fn elements_of<'v>(name: &str, value: &'v str) -> Vec<&'v str> {
    if is_list(name) { split_list(value) } else { vec![value] }
}

/// Splits a list at its commas, except those in quotes and in a link's `<…>`. Empty elements are left out (RFC 9110,
/// section 5.6.1; RFC 8288, section 3).
fn split_list(value: &str) -> Vec<&str> {
    let mut elements = Vec::new();
    let (mut start, mut quoted, mut escaped, mut address) = (0, false, false, false);
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if !address => quoted = !quoted,
            '<' if !quoted && value[start..at].trim().is_empty() => address = true,
            '>' => address = false,
            ',' if !quoted && !address => {
                elements.push(value[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    elements.push(value[start..].trim());
    elements.retain(|element| !element.is_empty());
    elements
}

/// Whether a media type is the wanted one. Further parameters (`; charset=utf-8`) don't count, and neither does a charset
/// of JSON, which has none (RFC 8259, section 11).
fn same_media_type(wanted: &str, actual: &str) -> bool {
    let parts = |text: &str| -> (String, Vec<(String, String)>) {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let parameters = parts.filter_map(|part| part.split_once('=')).map(|(name, value)| {
            (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_ascii_lowercase())
        });
        (essence, parameters.collect())
    };
    let (wanted, wanted_parameters) = parts(wanted);
    let (actual, actual_parameters) = parts(actual);
    let counts = |parameter: &&(String, String)| parameter.0 != "charset" || !is_json(&wanted);
    wanted == actual && wanted_parameters.iter().filter(counts).all(|parameter| actual_parameters.contains(parameter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_compared_as_their_rfcs_define_them() {
        for (name, example, actual, fits) in [
            ("content-type", "application/json", "Application/JSON; charset=utf-8", true),
            ("content-type", "text/html; charset=utf-8", "text/html;charset=\"UTF-8\"", true),
            ("content-type", "text/html; charset=utf-8", "text/html", false),
            ("content-type", "application/json; charset=utf-8", "application/json", true),
            ("content-type", "application/json; version=2", "application/json", false),
            ("content-type", "application/json", "application/problem+json", false),
            ("cache-control", "no-store", "max-age=0, no-store", true),
            ("allow", "GET,POST", "POST, GET, HEAD", true),
            ("allow", "get", "GET", false),
            ("accept", "text/html;level=1", "text/plain, text/html; level=1", true),
            ("vary", "accept", "Origin", false),
            ("vary", "accept", "Accept, Origin", true),
            ("etag", "\"a,b\"", "\"a,b\"", true),
            ("location", "/orders/1", "/orders/1", true),
            ("location", "/orders/1", "/orders/2", false),
            ("date", "Mon, 23 Nov 2026 10:00:00 GMT", "Tue, 23 Nov 2026 10:00:00 GMT", false),
            ("link", "</a,b>; rel=\"x,y\"", "<https://example.com>, </a,b>; rel=\"x,y\"", true),
            ("link", "</a,b>; rel=\"x,y\"", "</a>, <b>; rel=\"x,y\"", false),
        ] {
            let misfit = example_misfit(name, &[example.to_owned()], &[actual]);
            assert_eq!(misfit.is_none(), fits, "{name}: {example} / {actual}");
        }
        assert_eq!(split_list("a, \"b,\\\"c\", , d"), ["a", "\"b,\\\"c\"", "d"]);
    }
}
