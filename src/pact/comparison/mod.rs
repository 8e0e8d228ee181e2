//! Messages against what a Pact file asks of them, by the Pact specification of its version.
//!
//! The semantics are Pact's and not ours: an example without a rule is asked for by its values, `type` cascades to all
//! that is below it, the most exact path decides which rule speaks. Where the specification and its public test cases
//! leave something open, what Pact's own verifier answers is followed.

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
use self::walk::{Walk, combined};
use super::matcher::{PactMatcher, RuleList, StatusRange};
use super::rules::PactRules;
use crate::interaction::mismatch::{METHOD, PATH, QUERY_VALUE, STATUS};
use crate::interaction::{
    Actual, ActualRequest, ActualResponse, Described, Expected, Mismatch, Part, Request, Response, Status, describe,
    urlencoded,
};
use crate::source::Pointer;

/// Every mismatch of a request; `at` is the request's place in the Pact file.
#[must_use]
pub fn match_request(asked: &Request, rules: &PactRules, actual: &ActualRequest, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if !asked.method.eq_ignore_ascii_case(&actual.method) {
        let expected = Expected::Plain(asked.method.clone());
        found.push(Mismatch::of_part(METHOD, Part::Method, expected, Actual::plain(&actual.method), at.key("method")));
    }
    found.extend(path(asked, rules, &actual.path, at));
    found.extend(query(asked, rules, actual.query.as_deref().unwrap_or_default(), at));
    found.extend(headers::compare(&asked.headers, rules, &actual.headers, at));
    if let Some(body) = &asked.body {
        let asked = body::Asked { body, headers: &asked.headers, rules, closed: true };
        found.extend(body::compare(&asked, &actual.body, &actual.headers, at));
    }
    found
}

/// Every mismatch of a response; `at` is the response's place in the Pact file.
#[must_use]
pub fn match_response(asked: &Response, rules: &PactRules, actual: &ActualResponse, at: &Pointer) -> Vec<Mismatch> {
    let mut found = Vec::new();
    found.extend(status(asked.status, rules.status.as_ref(), actual, at));
    found.extend(headers::compare(&asked.headers, rules, &actual.headers, at));
    // Another status is another kind of answer: its body is shown, not compared.
    if let (Some(body), true) = (&asked.body, found.iter().all(|mismatch| mismatch.part != Part::Status)) {
        let asked = body::Asked { body, headers: &asked.headers, rules, closed: false };
        found.extend(body::compare(&asked, &actual.body, &actual.headers, at));
    }
    found
}

fn path(asked: &Request, rules: &PactRules, actual: &str, at: &Pointer) -> Option<Mismatch> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (result, place) = match &rules.path {
        Some(list) => {
            // The expression may be for the path as it is sent, or as it is meant.
            let check = |matcher: &PactMatcher| {
                check_text(matcher, &asked.path, actual)
                    .or_else(|wrong| check_text(matcher, &decoded(&asked.path), &decoded(actual)).map_err(|_| wrong))
            };
            (combined(list.any, list.matchers.iter().map(check).collect()), rule_place(list, at))
        }
        None if decoded(&asked.path) == decoded(actual) => return None,
        None => {
            let expected = Expected::Plain(asked.path.clone());
            return Some(Mismatch::of_part(PATH, Part::Path, expected, Actual::plain(actual), at.key("path")));
        }
    };
    let came = || Actual::plain(actual);
    result.err().map(|wrong| Mismatch::of_part(PATH, Part::Path, wrong.expected, came(), place))
}

fn rule_place(list: &RuleList, at: &Pointer) -> Pointer {
    list.keys.iter().fold(at.key("matchingRules"), |at, key| at.key(key))
}

fn query(asked: &Request, rules: &PactRules, actual: &str, at: &Pointer) -> Vec<Mismatch> {
    if let Some(text) = &rules.query_text {
        // Version 1 knows a query as one text.
        let same = text == actual || urlencoded_text(text) == urlencoded_text(actual);
        let differs = || {
            let (expected, actual) = (Expected::texts([text.as_str()]), Actual::texts([actual]));
            Mismatch::of_part(QUERY_VALUE, Part::Query, expected, actual, at.key("query"))
        };
        return if same { Vec::new() } else { vec![differs()] };
    }
    let mut walk = Walk::new(at, Part::Query, &["query"], true);
    parameters::compare(&mut walk, &asked.query, &urlencoded::read(actual), &rules.query);
    walk.found
}

/// The parameters of a query in their order, however they are encoded.
fn urlencoded_text(query: &str) -> Vec<String> {
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
                PactMatcher::Status(range) => Err(value::Wrong { code: STATUS, expected: described(range) }),
                other => check_text(other, &code, &came),
            };
            match combined(list.any, list.matchers.iter().map(check).collect()) {
                Ok(()) => return None,
                Err(wrong) => (wrong.expected, rule_place(list, at)),
            }
        }
        None if asked.allows(actual.status) => return None,
        None => (Expected::Plain(code), at.key("status")),
    };
    let came = Actual::Plain(actual.status.to_string());
    let wrong = Mismatch::of_part(STATUS, Part::Status, expected, came, place);
    Some(wrong.with_hint(describe::body_shown(&actual.body)))
}

fn described(range: &StatusRange) -> Expected {
    Expected::plainly(match range {
        StatusRange::Between(_, _, name) => Described::StatusClass(name),
        StatusRange::These(codes) => Described::Statuses(codes.clone()),
    })
}
