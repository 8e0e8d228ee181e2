//! Headers against what a contract says of them (RFC 9110, section 5): names have no case, media types may have
//! more parameters, and only headers that are lists by their definition are split at commas.

use serde_json::Value;

use super::expected;
use super::scalar::{Medium, misfit};
use crate::contract::{Matcher, Rule, Rules};
use crate::interaction::mismatch::{HEADER_MISSING, HEADER_VALUE, SIZE, UNEXPECTED};
use crate::interaction::{Actual, Expected, Missing, Nothing, Unit};
use crate::interaction::{Headers, Mismatch, Part, header_values, is_json, is_list};
use crate::source::{Code, Pointer};

/// The lists whose elements differ by case: methods, entity tags and addresses.
const WITH_CASE: &[&str] =
    &["access-control-allow-methods", "access-control-request-method", "allow", "if-match", "if-none-match", "link"];

/// The headers whose value is a media type.
const MEDIA_TYPES: &[&str] = &["content-type"];

/// Compares headers; `at` is the request or the response in the contract. Headers that the contract doesn't name are
/// ignored.
pub(super) fn compare(asked: &Headers, rules: &Rules, actual: &[(String, String)], at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    for (name, values) in asked {
        let rule = rules.headers.get(name);
        let place = match rule {
            Some(_) => at.key("match-headers").key(name),
            None => at.key("headers").key(name),
        };
        let came: Vec<&str> = header_values(actual, name).map(str::trim).collect();
        if came.is_empty() {
            if !rule.is_some_and(|rule| rule.optional) {
                found.push(mismatch(
                    HEADER_MISSING,
                    name,
                    expected(rule, values),
                    Actual::Missing(Missing::Header),
                    place,
                ));
            }
            continue;
        }
        let fault = match rule {
            Some(rule) => ruled(name, rule, values, &came),
            None => same(name, values, &came).err().map(|expected| (HEADER_VALUE, expected)),
        };
        if let Some((code, expected)) = fault {
            found.push(mismatch(code, name, expected, shown(&came), place));
        }
    }
    for (name, _) in rules.headers.iter().filter(|(_, rule)| rule.has(&Matcher::Absent)) {
        let came: Vec<&str> = header_values(actual, name).collect();
        if !came.is_empty() {
            let place = at.key("match-headers").key(name);
            found.push(mismatch(UNEXPECTED, name, Expected::Nothing(Nothing::Header), shown(&came), place));
        }
    }
    found
}

fn mismatch(code: Code, name: &str, expected: Expected, actual: Actual, asked: Pointer) -> Mismatch {
    Mismatch::of_part(code, Part::Header, expected, actual, asked).at(name)
}

fn shown(values: &[&str]) -> Actual {
    Actual::texts(values.iter().copied())
}

fn expected(rule: Option<&Rule>, values: &[String]) -> Expected {
    let example = values.first().map(|value| Value::String(value.clone()));
    let told =
        rule.and_then(|rule| rule.matchers.iter().find(|matcher| matcher.tells_value() && !matcher.is_of_example()));
    match told {
        Some(matcher) => expected::matcher(matcher, example.as_ref()),
        None => Expected::texts(values.iter().map(String::as_str)),
    }
}

/// A header with a rule: one of its values must be as the rule says, since others may be added on the way. A rule that
/// says nothing of the value leaves it to be the example's.
fn ruled(name: &str, rule: &Rule, examples: &[String], came: &[&str]) -> Option<(Code, Expected)> {
    let elements: Vec<&str> = came.iter().flat_map(|value| elements_of(name, value)).collect();
    if let Some((min, max)) = rule.size() {
        let length = u64::try_from(elements.len()).unwrap_or(u64::MAX);
        if length < min || max.is_some_and(|max| length > max) {
            return Some((SIZE, Expected::Size { min, max, unit: Unit::Value }));
        }
    }
    let told = rule.matchers.iter().find(|matcher| matcher.tells_value() && !matcher.is_of_example());
    let Some(matcher) = told else {
        let asked: Vec<&str> = examples.iter().flat_map(|value| elements_of(name, value)).collect();
        let others = rule.has(&Matcher::Unordered) && elements.len() != asked.len();
        let differs = same(name, examples, came).err();
        return differs.or_else(|| others.then(|| expected(None, examples))).map(|expected| (HEADER_VALUE, expected));
    };
    // A list is also taken as the one text that it is on the wire.
    let whole = came.join(", ");
    let fits = |text: &str| misfit(matcher, &Value::String(text.to_owned()), Medium::Text).is_none();
    let any_fits = elements.iter().any(|element| fits(element)) || fits(&whole);
    (!any_fits).then(|| (HEADER_VALUE, expected(Some(rule), examples)))
}

/// Whether the values that came hold each of those asked for; if not, what was asked for.
fn same(name: &str, asked: &[String], came: &[&str]) -> Result<(), Expected> {
    let fits = if MEDIA_TYPES.contains(&name) {
        asked.iter().all(|asked| came.iter().any(|came| same_media_type(asked, came)))
    } else if is_list(name) {
        let came: Vec<&str> = came.iter().flat_map(|value| split(value)).collect();
        let same = |asked: &str, came: &str| {
            if WITH_CASE.contains(&name) {
                came == asked
            } else {
                closed_up(came).eq_ignore_ascii_case(&closed_up(asked))
            }
        };
        asked.iter().flat_map(|value| split(value)).all(|asked| came.iter().any(|came| same(asked, came)))
    } else {
        asked.iter().all(|asked| came.contains(&asked.as_str()))
    };
    if fits { Ok(()) } else { Err(expected(None, asked)) }
}

/// An element without the white space around its parameters, which says nothing (RFC 9110, section 5.6.6).
fn closed_up(element: &str) -> String {
    element.split(';').map(str::trim).collect::<Vec<_>>().join(";")
}

/// The elements of one header line: of a list several, else the value itself.
fn elements_of<'v>(name: &str, value: &'v str) -> Vec<&'v str> {
    if is_list(name) { split(value) } else { vec![value] }
}

/// The elements of a list: at commas outside of quotes and of a link's `<…>`, empty ones left out (RFC 9110, section
/// 5.6.1; RFC 8288, section 3).
fn split(value: &str) -> Vec<&str> {
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

/// Whether a media type is the one asked for: parameters that weren't asked for (`; charset=utf-8`) don't count, and
/// neither does a charset of JSON, which has none (RFC 8259, section 11).
fn same_media_type(asked: &str, came: &str) -> bool {
    let parts = |text: &str| -> (String, Vec<(String, String)>) {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let parameters = parts.filter_map(|part| part.split_once('=')).map(|(name, value)| {
            (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_ascii_lowercase())
        });
        (essence, parameters.collect())
    };
    let (asked, asked_parameters) = parts(asked);
    let (came, came_parameters) = parts(came);
    let counts = |parameter: &&(String, String)| parameter.0 != "charset" || !is_json(&asked);
    asked == came && asked_parameters.iter().filter(counts).all(|parameter| came_parameters.contains(parameter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_compared_as_their_rfcs_define_them() {
        for (name, asked, came, fits) in [
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
            assert_eq!(same(name, &[asked.to_owned()], &[came]).is_ok(), fits, "{name}: {asked} / {came}");
        }
        assert_eq!(split("a, \"b,\\\"c\", , d"), ["a", "\"b,\\\"c\"", "d"]);
    }
}
