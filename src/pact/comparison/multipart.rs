//! Multipart bodies (RFC 2046, section 5.1, and RFC 7578), by Pact's rules: a part is found by its name, a field is
//! compared as a text, and a file as a body of its own, by its type and with the rules below its name. Further parts are
//! ignored, and the order makes no difference.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{FutureExt as _, stream};
use multer::Multipart;
use multer::bytes::Bytes;
use std::convert::Infallible;

use super::body::{self, BodyExample};
use super::parameters::compare_text;
use super::walk::Comparison;
use crate::interaction::mismatch::{BODY_KIND, HEADER_VALUE, MISSING, UNUSABLE};
use crate::interaction::{
    Actual, ActualBody, Body, Expected, ExpectedBody, Headers, Mismatch, Missing, Path, RuleSummary, Segment, Unusable,
    describe,
};
use crate::pact::chosen::Chosen;
use crate::pact::matcher::{PlacedRule, PlacedRules};
use crate::pact::media_type::{MediaKind, MediaType};
use crate::pact::path::{PactPath, PactStep};
use crate::pact::rules::PactRules;
use crate::source::Step;
use crate::source::json_value;

/// The header that names a part. Only the name is compared.
const NAMING: &str = "content-disposition";

/// Headers of the example's parts that may be missing.
const MAY_BE_MISSING: [&str; 2] = ["content-type", "content-transfer-encoding"];

/// How many parts a body may have. One with more is treated as broken.
const MOST_PARTS: usize = 10_000;

/// One part of a body.
struct Part {
    name: String,
    /// Whether it is a file, and not a field of a form.
    is_file: bool,
    headers: Vec<(String, String)>,
    content: Vec<u8>,
}

/// Compares the parts of a body with those of the example; `asked_type` and `came_type` are the content types, which have
/// the boundaries.
pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    asked: &BodyExample<'_>,
    (example, asked_type): (&[u8], &str),
    (actual, came_type): (&[u8], &str),
) {
    let Some(parts) = parts(example, asked_type) else {
        return comparison.note(
            UNUSABLE,
            None,
            Expected::rule_alone(RuleSummary::Unusable(Unusable::Parts)),
            Actual::Body(ActualBody::Any),
        );
    };
    let Some(came) = self::parts(actual, came_type) else {
        return comparison.note(BODY_KIND, None, Expected::Body(ExpectedBody::Multipart), Actual::bytes(actual));
    };
    for (index, part) in parts.iter().enumerate() {
        // A part without a name is identified by its index.
        let name = if part.name.is_empty() { index.to_string() } else { part.name.clone() };
        let found = if part.name.is_empty() {
            came.get(index).filter(|one| one.name.is_empty())
        } else {
            came.iter().find(|one| one.name == part.name)
        };
        let expected = || Expected::Part { is_file: part.is_file };
        comparison.down(Step::Key(name.clone()), |comparison| match found {
            None => comparison.note(MISSING, None, expected(), Actual::Missing(Missing::Part)),
            Some(one) if one.is_file != part.is_file => {
                comparison.note(BODY_KIND, None, expected(), Actual::Part { is_file: one.is_file });
            }
            Some(one) => compare_part(comparison, asked, &name, part, one),
        });
    }
}

fn compare_part(comparison: &mut Comparison<'_>, asked: &BodyExample<'_>, name: &str, part: &Part, came: &Part) {
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
                comparison.note(HEADER_VALUE, None, expected(), came);
            }
            None => comparison.note(HEADER_VALUE, None, expected(), Actual::Missing(Missing::Header)),
        }
    }
    if part.is_file {
        let found = file(asked, name, part, came, comparison);
        comparison.found.extend(found);
    } else {
        let text = |part: &Part| String::from_utf8_lossy(&part.content).into_owned();
        let chosen = Chosen::new(&asked.rules.body).below(&Step::Key(name.to_owned()));
        compare_text(comparison, &text(part), &text(came), &chosen);
    }
}

/// Compares a file as a body of its own, with the rules below its name.
fn file(asked: &BodyExample<'_>, name: &str, part: &Part, came: &Part, comparison: &Comparison<'_>) -> Vec<Mismatch> {
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
    let asked = BodyExample { body: &body, headers: &headers, rules: &rules, closed: asked.closed };
    let mut found = body::compare(&asked, &came.content, &came.headers, comparison.message);
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

/// The content of a part, as a body of the kind that the part's type says.
fn content(part: &Part) -> Body {
    let named = part.headers.iter().find(|(name, _)| name == "content-type");
    let kind = named.and_then(|(_, value)| MediaType::parse(value)).map(|media_type| media_type.kind());
    match (kind, std::str::from_utf8(&part.content)) {
        (Some(MediaKind::Json), Ok(text)) => {
            json_value::read(text.as_bytes()).map_or_else(|_| Body::text(text), Body::json)
        }
        (Some(MediaKind::Xml | MediaKind::Form | MediaKind::Text) | None, Ok(text)) => Body::text(text),
        _ => Body::bytes(part.content.as_slice()),
    }
}

/// The parts of a body; `None` if it can't be split.
fn parts(body: &[u8], media_type: &str) -> Option<Vec<Part>> {
    let whole = stream::iter([Ok::<_, Infallible>(Bytes::copy_from_slice(body))]);
    let mut read = Multipart::new(whole, boundary(media_type)?);
    let mut parts = Vec::new();
    // The whole body is in memory, so there is nothing to wait for.
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

/// The boundary between the parts, with its upper and lower case.
pub(super) fn boundary(media_type: &str) -> Option<String> {
    let parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut boundaries = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    boundaries.next().map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_keeps_its_upper_and_lower_case() {
        for (media_type, expected) in [
            ("multipart/form-data; boundary=AbC", Some("AbC")),
            ("multipart/form-data; charset=utf-8; Boundary=\"a b\"", Some("a b")),
            ("multipart/form-data", None),
        ] {
            assert_eq!(boundary(media_type).as_deref(), expected, "{media_type}");
        }
    }

    #[test]
    fn a_body_with_too_many_parts_is_not_split() {
        let body = |number: usize| "--X\r\nA: b\r\n\r\na\r\n".repeat(number) + "--X--\r\n";
        let read = |number: usize| parts(body(number).as_bytes(), "multipart/mixed; boundary=X");
        assert_eq!(read(MOST_PARTS).map(|parts| parts.len()), Some(MOST_PARTS));
        assert!(read(MOST_PARTS + 1).is_none());
        assert!(parts(b"--X\r\n\r\na", "multipart/mixed; boundary=X").is_none(), "it ends too early");
    }
}
