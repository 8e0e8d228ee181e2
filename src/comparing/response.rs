//! The response that a contract needs beside those that an operation declares.

use super::gap::{Cause, Gap, Verdict};
use super::validity::Validity;
use super::walk::Walk;
use crate::contract::{Rules, body_key};
use crate::interaction::{Body, Content, Expected, Part, Response, Status, is_json};
use crate::matching::{Mode, RuleTree, Shape};
use crate::openapi::{Document, Media, Operation, StatusKey};
use crate::source::Pointer;

/// What a response is compared with.
pub(super) struct Side<'a, 'd> {
    pub document: &'d Document,
    pub validity: &'a Validity<'d>,
    pub operation: &'a Operation<'d>,
    /// Whether the contract names provider states.
    pub has_state: bool,
}

/// Every gap of a response; `at` is its place in the contract.
pub(super) fn gaps(side: &Side<'_, '_>, response: &Response, rules: &Rules, at: &Pointer) -> Vec<Gap> {
    let operation = side.operation;
    let declared = operation.responses();
    let meant = meant(response.status, &declared);
    if meant.is_empty() {
        let names = declared.iter().map(|(key, _)| name(*key)).collect();
        let cause = Cause::Status { wanted: response.status.to_string(), declared: names };
        let gap = part(Verdict::Breaks, Part::Status, cause, at.key("status"), Some(operation.at));
        return vec![gap];
    }
    // Each of the declared ones may come, if the contract asks for a class of statuses.
    let alone = meant.len() == 1;
    let mut found: Vec<Gap> = Vec::new();
    let mut broken = 0;
    for place in &meant {
        let mut here = headers(operation, response, rules, place, at);
        if let Some(body) = &response.body {
            here.extend(self::body(side, body, rules, place, at));
        }
        broken += usize::from(here.iter().any(|gap| gap.verdict == Verdict::Breaks));
        found.extend(here);
    }
    if !alone && broken < meant.len() {
        found = found.into_iter().map(|gap| gap.at_most(Verdict::NotGuaranteed)).collect();
    }
    found
}

/// The places of the declared responses that a status stands for: the most specific declaration counts.
fn meant(status: Status, declared: &[(StatusKey, String)]) -> Vec<String> {
    let place = |wanted: StatusKey| declared.iter().find(|(key, _)| *key == wanted).map(|(_, at)| at.clone());
    let of_class = |digit: u8| place(StatusKey::Class(digit)).or_else(|| place(StatusKey::Default));
    match status {
        Status::Code(code) => {
            let digit = u8::try_from(code / 100).unwrap_or(0);
            place(StatusKey::Code(code)).or_else(|| of_class(digit)).into_iter().collect()
        }
        Status::Class(digit) => {
            let codes = declared
                .iter()
                .filter(|(key, _)| matches!(key, StatusKey::Code(code) if code / 100 == u16::from(digit)));
            let codes: Vec<String> = codes.map(|(_, at)| at.clone()).collect();
            // With codes of the class, `default` is for the others.
            if codes.is_empty() {
                of_class(digit).into_iter().collect()
            } else {
                codes.into_iter().chain(place(StatusKey::Class(digit))).collect()
            }
        }
    }
}

fn name(key: StatusKey) -> String {
    match key {
        StatusKey::Code(code) => code.to_string(),
        StatusKey::Class(digit) => format!("{digit}XX"),
        StatusKey::Default => String::from("default"),
    }
}

fn headers(operation: &Operation<'_>, response: &Response, rules: &Rules, place: &str, at: &Pointer) -> Vec<Gap> {
    let declared = operation.response_headers(place);
    let names =
        response.headers.keys().chain(rules.headers.keys().filter(|name| !response.headers.contains_key(*name)));
    let mut found = Vec::new();
    for name in names.filter(|name| *name != "content-type") {
        let rule = rules.headers.get(name);
        let expectation = at.key(if rule.is_some() { "match-headers" } else { "headers" }).key(name.as_str());
        let header = declared.iter().find(|header| header.name == *name);
        let is_optional = rule.is_some_and(|rule| rule.optional || rule.has(&crate::contract::Matcher::Absent));
        let (verdict, cause, document) = match header {
            None if is_optional => continue,
            None => (Verdict::NotGuaranteed, Cause::Undeclared { near: None }, place.to_owned()),
            Some(header) if !header.required && !is_optional => {
                (Verdict::NotGuaranteed, Cause::Optional, header.at.clone())
            }
            Some(header) => (Verdict::Undecided, Cause::NotCompared, header.at.clone()),
        };
        found.push(part(verdict, Part::Header, cause, expectation, Some(&document)).with_path(name));
    }
    found
}

fn body(side: &Side<'_, '_>, body: &Body, rules: &Rules, place: &str, at: &Pointer) -> Vec<Gap> {
    let key = body_key(body);
    let Side { document, validity, operation, has_state } = side;
    let media = operation.response_body(place);
    if body.is_empty() {
        return Vec::new();
    }
    if media.is_empty() {
        return vec![part(Verdict::Breaks, Part::Body, Cause::NoBody, at.key(key), Some(place)).with_path("$")];
    }
    let declared = || Cause::ContentType { declared: media.iter().map(|media| media.range.clone()).collect() };
    let Content::Json(example) = &body.content else {
        let fitting = media.iter().any(|media| !is_json(&media.range));
        let (verdict, cause) =
            if fitting { (Verdict::Undecided, Cause::NotCompared) } else { (Verdict::Breaks, declared()) };
        return vec![part(verdict, Part::Body, cause, at.key(key), Some(place)).with_path("$")];
    };
    let Some(json) = json_media(&media) else {
        return vec![part(Verdict::Breaks, Part::Body, declared(), at.key(key), Some(place)).with_path("$")];
    };
    let tree = RuleTree::of(rules.body.iter());
    let shape = Shape::new(example, &tree, Mode::LEAST);
    let schemas: Vec<String> = json.schema.iter().cloned().collect();
    Walk::new(document, validity, *has_state, at.key(key), at.key("match")).place(&shape, &schemas)
}

/// The representation that JSON is sent in.
pub(super) fn json_media(media: &[Media]) -> Option<&Media> {
    let exact = media.iter().find(|media| is_json(&media.range));
    exact.or_else(|| media.iter().find(|media| matches!(media.range.as_str(), "*/*" | "application/*")))
}

/// A gap of a whole part.
pub(super) fn part(verdict: Verdict, part: Part, cause: Cause, expectation: Pointer, document: Option<&str>) -> Gap {
    Gap {
        verdict,
        is_request: false,
        part,
        path: String::new(),
        cause,
        wanted: None::<Expected>,
        witness: None,
        expectation,
        document: document.map(str::to_owned),
    }
}

impl Gap {
    /// The same gap, at a place inside the part.
    #[must_use]
    pub(super) fn with_path(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }
}
