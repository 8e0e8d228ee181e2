//! Compares messages with a Pact file, by the Pact specification of the file's version.
//!
//! The semantics are Pact's and not ours: an example without a rule is compared by value, `type` cascades to everything
//! below it, and the most exact path decides which rule applies. If the specification and its public test cases leave
//! something open, Pact's own verifier is the model.

mod body;
mod content_type;
mod headers;
mod json;
mod multipart;
mod parameters;
mod value;
mod walk;
mod xml;

use percent_encoding::percent_decode_str;

use self::value::check_text;
use self::walk::{Comparison, combine};
pub(super) use self::xml::unused_in_xml;
use super::encode;
use super::matcher::{PactMatcher, RuleList, StatusRange};
use super::rules::PactRules;
use crate::interaction::mismatch::{METHOD, PATH, QUERY_VALUE, STATUS};
use crate::interaction::{
    Actual, ActualRequest, ActualResponse, Expected, Mismatch, Part, Request, Response, RuleSummary, Status, describe,
    urlencoded, work,
};
use crate::source::Pointer;

/// Every mismatch of a request; `at` is the request's place in the Pact file.
#[must_use]
pub fn match_request(asked: &Request, rules: &PactRules, actual: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
    work::limited(at, || of_request(asked, rules, actual, at))
}

fn of_request(asked: &Request, rules: &PactRules, actual: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if !asked.method.eq_ignore_ascii_case(&actual.method) {
        let expected = Expected::Plain(asked.method.clone());
        found.push(Mismatch::of_part(METHOD, Part::Method, expected, Actual::plain(&actual.method), at.key("method")));
    }
    found.extend(path(asked, rules, &actual.path, at));
    found.extend(query(asked, rules, actual.query.as_deref().unwrap_or_default(), at));
    found.extend(headers::compare(&asked.headers, rules, &actual.headers, at));
    if let Some(body) = &asked.body {
        let asked = body::BodyExample { body, headers: &asked.headers, rules, closed: true };
        found.extend(body::compare(&asked, &actual.body, &actual.headers, at));
    }
    found
}

/// Every mismatch of a response; `at` is the response's place in the Pact file.
#[must_use]
pub fn match_response(asked: &Response, rules: &PactRules, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    work::limited(at, || of_response(asked, rules, actual, at))
}

fn of_response(asked: &Response, rules: &PactRules, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    found.extend(status(asked.status, rules.status.as_ref(), actual, at));
    found.extend(headers::compare(&asked.headers, rules, &actual.headers, at));
    // If the status is wrong, the body isn't compared but shown: it belongs to another kind of response.
    if let (Some(body), true) = (&asked.body, found.iter().all(|mismatch| mismatch.part != Part::Status)) {
        let asked = body::BodyExample { body, headers: &asked.headers, rules, closed: false };
        found.extend(body::compare(&asked, &actual.body, &actual.headers, at));
    }
    found
}

fn path(asked: &Request, rules: &PactRules, actual: &str, at: &Pointer) -> Option<Mismatch> {
    let example = encode::path(&asked.path);
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (result, place) = match &rules.path {
        Some(list) => {
            // The expression may be for the encoded path or for the decoded one.
            let check = |matcher: &PactMatcher| {
                check_text(matcher, &example, actual)
                    .or_else(|unmet| check_text(matcher, &decoded(&example), &decoded(actual)).map_err(|_| unmet))
            };
            (combine(list.any, list.matchers.iter().map(check).collect()), rule_place(list, at))
        }
        None if decoded(&example) == decoded(actual) => return None,
        None => {
            let expected = Expected::Plain(asked.path.clone());
            return Some(Mismatch::of_part(PATH, Part::Path, expected, Actual::plain(actual), at.key("path")));
        }
    };
    let came = || Actual::plain(actual);
    result.err().map(|unmet| Mismatch::of_part(PATH, Part::Path, unmet.expected, came(), place))
}

fn rule_place(list: &RuleList, at: &Pointer) -> Pointer {
    list.keys.iter().fold(at.key("matchingRules"), |at, key| at.key(key))
}

fn query(asked: &Request, rules: &PactRules, actual: &str, at: &Pointer) -> Vec<Mismatch> {
    if let Some(text) = &rules.query_text {
        // In version 1, a query is one text.
        let same = text == actual || decoded_parameters(text) == decoded_parameters(actual);
        let differs = || {
            let (expected, actual) = (Expected::texts([text.as_str()]), Actual::texts([actual]));
            Mismatch::of_part(QUERY_VALUE, Part::Query, expected, actual, at.key("query"))
        };
        return if same { Vec::new() } else { vec![differs()] };
    }
    let mut comparison = Comparison::new(at, Part::Query, &["query"], true);
    parameters::compare(&mut comparison, &asked.query, &urlencoded::read(actual), &rules.query);
    comparison.found
}

/// The parameters of a query, decoded and in their order.
fn decoded_parameters(query: &str) -> Vec<String> {
    query.split('&').map(|part| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned()).collect()
}

fn status(asked: Status, rule: Option<&RuleList>, actual: &ActualResponse, at: &Pointer) -> Option<Mismatch> {
    let code = match asked {
        Status::Code(code) => code.to_string(),
        Status::Class(_) => asked.to_string(),
    };
    let (expected, place) = match rule {
        Some(list) => {
            let came = actual.status.to_string();
            let check = |matcher: &PactMatcher| match matcher {
                PactMatcher::Status(range) if range.allows(actual.status) => Ok(()),
                PactMatcher::Status(range) => Err(value::Unmet { code: STATUS, expected: expected_status(range) }),
                other => check_text(other, &code, &came),
            };
            match combine(list.any, list.matchers.iter().map(check).collect()) {
                Ok(()) => return None,
                Err(unmet) => (unmet.expected, rule_place(list, at)),
            }
        }
        None if asked.allows(actual.status) => return None,
        None => (Expected::Plain(code), at.key("status")),
    };
    let came = Actual::Plain(actual.status.to_string());
    let mismatch = Mismatch::of_part(STATUS, Part::Status, expected, came, place);
    Some(mismatch.with_hint(describe::body_hint(&actual.body)))
}

fn expected_status(range: &StatusRange) -> Expected {
    Expected::rule_alone(match range {
        StatusRange::Class(class) => RuleSummary::StatusClass(*class),
        StatusRange::These(codes) => RuleSummary::Statuses(codes.clone()),
    })
}
