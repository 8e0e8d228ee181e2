//! Bodies of several parts (RFC 2046, section 5.1, and RFC 7578), by Pact's rules: a part is found by its name, a field is
//! compared as a text, and a file as a body of its own, by its type and with the rules below its name. Parts that only
//! came don't count, and their order doesn't either.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{FutureExt as _, stream};
use multer::Multipart;
use multer::bytes::Bytes;
use std::convert::Infallible;

use super::body::{self, Asked};
use super::parameters::one;
use super::walk::Walk;
use crate::interaction::mismatch::{BODY_KIND, HEADER_VALUE, MISSING, UNUSABLE};
use crate::interaction::{
    Actual, ActualBody, Body, Described, Expected, ExpectedBody, Headers, Mismatch, Missing, Path, Segment, Unusable,
    describe,
};
use crate::pact::chosen::Chosen;
use crate::pact::matcher::{PlacedRule, PlacedRules};
use crate::pact::media_type::{MediaKind, MediaType};
use crate::pact::path::{PactPath, PactStep};
use crate::pact::rules::PactRules;
use crate::source::Step;

/// The header that names a part, and is compared by the name alone.
const NAMING: &str = "content-disposition";

/// Headers of the example's parts that need not come.
const MAY_BE_MISSING: [&str; 2] = ["content-type", "content-transfer-encoding"];

/// How many parts are looked at; a body with more is not taken apart.
const MOST_PARTS: usize = 10_000;

/// One part of a body.
struct Part {
    name: String,
    /// Whether it is a file, and not a field of a form.
    is_file: bool,
    headers: Vec<(String, String)>,
    content: Vec<u8>,
}

/// Compares the parts of a body with those of the example; `asked_type` and `came_type` are the headers that tell what
/// stands between the parts.
pub(super) fn compare(
    walk: &mut Walk<'_>,
    asked: &Asked<'_>,
    (example, asked_type): (&[u8], &str),
    (actual, came_type): (&[u8], &str),
) {
    let Some(parts) = parts(example, asked_type) else {
        return walk.note(
            UNUSABLE,
            None,
            Expected::plainly(Described::Unusable(Unusable::Parts)),
            Actual::Body(ActualBody::Any),
        );
    };
    let Some(came) = self::parts(actual, came_type) else {
        return walk.note(BODY_KIND, None, Expected::Body(ExpectedBody::Multipart), Actual::bytes(actual));
    };
    for (index, part) in parts.iter().enumerate() {
        // A part without a name is known by its place.
        let name = if part.name.is_empty() { index.to_string() } else { part.name.clone() };
        let found = if part.name.is_empty() {
            came.get(index).filter(|one| one.name.is_empty())
        } else {
            came.iter().find(|one| one.name == part.name)
        };
        let expected = || Expected::Part { is_file: part.is_file };
        walk.down(Step::Key(name.clone()), |walk| match found {
            None => walk.note(MISSING, None, expected(), Actual::Missing(Missing::Part)),
            Some(one) if one.is_file != part.is_file => {
                walk.note(BODY_KIND, None, expected(), Actual::Part { is_file: one.is_file });
            }
            Some(one) => compare_part(walk, asked, &name, part, one),
        });
    }
}

fn compare_part(walk: &mut Walk<'_>, asked: &Asked<'_>, name: &str, part: &Part, came: &Part) {
    for (header, value) in part.headers.iter().filter(|(header, _)| header != NAMING) {
        let found = came.headers.iter().find(|(other, _)| other == header);
        if found.is_none() && MAY_BE_MISSING.contains(&header.as_str()) {
            continue;
        }
        let expected = || Expected::PartHeader { name: header.clone(), value: describe::quoted(value) };
        match found {
            Some((_, other)) if other == value => {}
            Some((_, other)) => {
                let came = Actual::PartHeader { name: header.clone(), value: describe::quoted(other) };
                walk.note(HEADER_VALUE, None, expected(), came);
            }
            None => walk.note(HEADER_VALUE, None, expected(), Actual::Missing(Missing::Header)),
        }
    }
    if part.is_file {
        let found = file(asked, name, part, came, walk);
        walk.found.extend(found);
    } else {
        let text = |part: &Part| String::from_utf8_lossy(&part.content).into_owned();
        let chosen = Chosen::new(&asked.rules.body).below(&Step::Key(name.to_owned()));
        one(walk, &text(part), &text(came), &chosen);
    }
}

/// What is wrong with a file, as a body with the rules below its name.
fn file(asked: &Asked<'_>, name: &str, part: &Part, came: &Part, walk: &Walk<'_>) -> Vec<Mismatch> {
    let below = |rule: &PlacedRule| match rule.path.0.split_first() {
        Some((PactStep::Key(first), rest)) if first == name => {
            Some(PlacedRule { path: PactPath(rest.to_vec()), list: rule.list.clone() })
        }
        _ => None,
    };
    let rules = PactRules {
        version: asked.rules.version,
        body: PlacedRules(asked.rules.body.0.iter().filter_map(below).collect()),
        ..PactRules::default()
    };
    let headers: Headers = part.headers.iter().map(|(name, value)| (name.clone(), vec![value.clone()])).collect();
    let body = content(part);
    let asked = Asked { body: &body, headers: &headers, rules: &rules, closed: asked.closed };
    let mut found = body::compare(&asked, &came.content, &came.headers, walk.message);
    let above = Path(vec![Segment::Key(name.to_owned())]).to_string();
    for mismatch in &mut found {
        mismatch.path = match mismatch.path.as_str() {
            "$" => above.clone(),
            path if path.starts_with('[') => format!("{above}{path}"),
            path => format!("{above}.{path}"),
        };
    }
    found
}

/// The content of a part as the body that its type says it is.
fn content(part: &Part) -> Body {
    let named = part.headers.iter().find(|(name, _)| name == "content-type");
    let kind = named.and_then(|(_, value)| MediaType::parse(value)).map(|media_type| media_type.kind());
    match (kind, std::str::from_utf8(&part.content)) {
        (Some(MediaKind::Json), Ok(text)) => serde_json::from_str(text).map_or_else(|_| Body::text(text), Body::json),
        (Some(MediaKind::Xml | MediaKind::Form | MediaKind::Text) | None, Ok(text)) => Body::text(text),
        _ => Body::bytes(part.content.as_slice()),
    }
}

/// The parts of a body; nothing where it can't be taken apart.
fn parts(body: &[u8], media_type: &str) -> Option<Vec<Part>> {
    let whole = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(body))]);
    let mut read = Multipart::new(whole, boundary(media_type)?);
    let mut parts = Vec::new();
    // All of it is there, so that there is nothing to wait for.
    while let Some(field) = read.next_field().now_or_never()?.ok()? {
        if parts.len() == MOST_PARTS {
            return None;
        }
        let headers: Vec<(String, String)> = field
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let name = field.name().unwrap_or_default().to_owned();
        let is_named = headers.iter().any(|(name, _)| name == NAMING);
        let is_file = field.file_name().is_some() || !is_named;
        let raw = field.bytes().now_or_never()?.ok()?;
        let encoding = headers.iter().find(|(name, _)| name == "content-transfer-encoding");
        let is_base64 = encoding.is_some_and(|(_, value)| value.eq_ignore_ascii_case("base64"));
        let decoded = is_base64.then(|| BASE64.decode(raw.as_ref()).ok()).flatten();
        parts.push(Part { name, is_file, headers, content: decoded.unwrap_or_else(|| raw.to_vec()) });
    }
    Some(parts)
}

/// What stands between the parts, as it is spelled.
pub(super) fn boundary(media_type: &str) -> Option<String> {
    let parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut boundaries = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    boundaries.next().map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_the_parts_is_taken_as_it_is_spelled() {
        for (media_type, expected) in [
            ("multipart/form-data; boundary=AbC", Some("AbC")),
            ("multipart/form-data; charset=utf-8; Boundary=\"a b\"", Some("a b")),
            ("multipart/form-data", None),
        ] {
            assert_eq!(boundary(media_type).as_deref(), expected, "{media_type}");
        }
    }

    #[test]
    fn a_body_with_more_parts_than_anybody_sends_is_not_taken_apart() {
        let body = |number: usize| "--X\r\nA: b\r\n\r\na\r\n".repeat(number) + "--X--\r\n";
        let read = |number: usize| parts(body(number).as_bytes(), "multipart/mixed; boundary=X");
        assert_eq!(read(MOST_PARTS).map(|parts| parts.len()), Some(MOST_PARTS));
        assert!(read(MOST_PARTS + 1).is_none());
        assert!(parts(b"--X\r\n\r\na", "multipart/mixed; boundary=X").is_none(), "it ends too early");
    }
}
