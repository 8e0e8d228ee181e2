//! Bodies, by Pact's rules: finds out the kind of a body, and compares it accordingly.

use std::borrow::Cow;

use super::multipart;
use super::parameters::compare as compare_parameters;
use super::value::{check_bytes, check_text};
use super::walk::{Comparison, combine};
use crate::interaction::mismatch::{BODY_KIND, UNEXPECTED, VALUE};
use crate::interaction::{
    Actual, ActualBody, Body, Content, Expected, ExpectedBody, Headers, Mismatch, Nothing, Part, charset, describe,
    encode, note_duplicate, parse, urlencoded,
};
use crate::pact::chosen::Chosen;
use crate::pact::matcher::PactMatcher;
use crate::pact::media_type::{MediaKind, MediaType};
use crate::pact::rules::PactRules;
use crate::pact::version::PactVersion;
use crate::source::Pointer;
use crate::source::json_value::Read;

/// The example of a body, with everything that says how to compare it.
pub(super) struct BodyExample<'a> {
    pub body: &'a Body,
    pub headers: &'a Headers,
    pub rules: &'a PactRules,
    /// Whether anything that isn't in the example is refused, as in a request.
    pub closed: bool,
}

/// Compares a body; `came` are the actual message's headers.
pub(super) fn compare(
    asked: &BodyExample<'_>,
    actual: &[u8],
    came: &[(String, String)],
    at: &Pointer,
) -> Vec<Mismatch> {
    let example_keys: &[&str] = if asked.rules.version == PactVersion::V4 { &["body", "content"] } else { &["body"] };
    let mut comparison = Comparison::new(at, Part::Body, example_keys, asked.closed);
    if asked.body.is_empty() {
        if !actual.is_empty() {
            let came = ActualBody::Unexpected { length: actual.len() };
            comparison.note(UNEXPECTED, None, Expected::Nothing(Nothing::Body), Actual::Body(came));
        }
        return comparison.found;
    }
    if actual.is_empty() {
        comparison.note(BODY_KIND, None, Expected::Body(ExpectedBody::Any), Actual::Body(ActualBody::Empty));
        return comparison.found;
    }
    let is_json = matches!(asked.body.content, Content::Json(_));
    let actual = &*match &asked.body.content {
        Content::Json(_) | Content::Text(_) | Content::Form(_) => charset::decoded(actual, came, is_json),
        Content::Bytes(_) => Cow::Borrowed(actual),
    };
    let bytes = encode::body(asked.body);
    let header = asked.headers.get("content-type").and_then(|values| values.first()).map(String::as_str);
    // In version 4, the file itself names the type of the body, which counts more than the header.
    let named = asked.rules.media_type.as_deref().or(header);
    let expected = MediaType::of_body(asked.body, named);
    let came_type = crate::interaction::header_values(came, "content-type").next();
    let came = came_type.and_then(MediaType::parse);
    let came = came.or_else(|| MediaType::of_content(actual));
    if let (Some(expected), Some(came)) = (&expected, &came)
        && !unknown(expected)
        && !unknown(came)
        && !expected.allows(came)
        && !allowed_by_header(asked.rules, came)
    {
        let expected = Expected::Body(ExpectedBody::OfType(expected.essence.clone()));
        comparison.note(BODY_KIND, None, expected, Actual::Body(ActualBody::OfType(came.essence.clone())));
        return comparison.found;
    }
    let kind = expected.as_ref().map_or(MediaKind::Text, MediaType::kind);
    match (&asked.body.content, kind) {
        (Content::Json(example), _) => match parse(actual) {
            Ok(Read { value, duplicate, .. }) => {
                comparison.json(example, &value, &Chosen::new(&asked.rules.body));
                note_duplicate(&mut comparison.found, duplicate.as_deref());
            }
            Err((code, why)) => {
                comparison.note(code, None, Expected::Body(ExpectedBody::Json), Actual::bytes(actual));
                if let Some(last) = comparison.found.last_mut() {
                    last.hint = Some(why);
                }
            }
        },
        // A rule for the content type compares the body as a whole.
        (Content::Text(_), _) if by_content_type(asked.rules) => {
            compare_whole(&mut comparison, asked.rules, &bytes, actual);
        }
        (Content::Text(example), MediaKind::Xml) => match std::str::from_utf8(actual) {
            Ok(text) => comparison.xml(example, text.trim_start_matches('\u{feff}'), &asked.rules.body),
            Err(_) => comparison.note(BODY_KIND, None, Expected::Body(ExpectedBody::XmlText), Actual::bytes(actual)),
        },
        (Content::Text(example), MediaKind::Form) => {
            let example = urlencoded::read(example);
            let actual = urlencoded::read(&String::from_utf8_lossy(actual));
            compare_parameters(&mut comparison, &example, &actual, &asked.rules.body);
        }
        (Content::Text(_) | Content::Bytes(_) | Content::Form(_), MediaKind::Multipart) => {
            // The boundary may be in the header alone.
            let with_boundary = [named, header].into_iter().flatten().find(|one| multipart::boundary(one).is_some());
            let (example, actual) =
                ((&*bytes, with_boundary.unwrap_or_default()), (actual, came_type.unwrap_or_default()));
            multipart::compare(&mut comparison, asked, example, actual);
        }
        (Content::Text(_) | Content::Bytes(_) | Content::Form(_), _) => {
            compare_whole(&mut comparison, asked.rules, &bytes, actual);
        }
    }
    comparison.found
}

/// Whether the rule for the whole body is about the look of its bytes.
fn by_content_type(rules: &PactRules) -> bool {
    let chosen = Chosen::new(&rules.body);
    chosen.here().is_some_and(|list| list.matchers.iter().any(|one| matches!(one, PactMatcher::ContentType(_))))
}

/// Compares a body as a whole.
fn compare_whole(comparison: &mut Comparison<'_>, rules: &PactRules, example: &[u8], actual: &[u8]) {
    let Some(speaking) = Chosen::new(&rules.body).speaking() else {
        if example != actual {
            let expected = match std::str::from_utf8(example) {
                Ok(text) => Expected::OneOf(vec![describe::quoted(text)]),
                Err(_) => Expected::Body(ExpectedBody::Opaque { length: example.len() }),
            };
            comparison.note(VALUE, None, expected, Actual::bytes(actual));
        }
        return;
    };
    let list = speaking.list;
    let check = |matcher: &PactMatcher| match matcher {
        PactMatcher::ContentType(media_type) => check_bytes(media_type, actual),
        PactMatcher::Equality if example == actual => Ok(()),
        other => check_text(other, &String::from_utf8_lossy(example), &String::from_utf8_lossy(actual)),
    };
    if let Err(unmet) = combine(list.any, list.matchers.iter().map(check).collect()) {
        comparison.unmet(unmet, Some(list), Actual::bytes(actual));
    }
}

/// Whether a rule for the header allows another type than the example's.
fn allowed_by_header(rules: &PactRules, came: &MediaType) -> bool {
    let chosen = Chosen::new(&rules.headers).below(&crate::source::Step::Key(String::from("content-type")));
    chosen.speaking().is_some_and(|speaking| {
        let mut text = came.essence.clone();
        for (name, value) in &came.parameters {
            text.push_str(&format!(";{name}={value}"));
        }
        let fits = |matcher: &PactMatcher| {
            check_text(matcher, &text, &text).is_ok() || check_text(matcher, &text, &came.essence).is_ok()
        };
        if speaking.list.any {
            speaking.list.matchers.iter().any(fits)
        } else {
            speaking.list.matchers.iter().all(fits)
        }
    })
}

fn unknown(media_type: &MediaType) -> bool {
    media_type.essence.starts_with('*') || media_type.essence.ends_with('*')
}
