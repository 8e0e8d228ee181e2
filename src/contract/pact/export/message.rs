//! The headers and the body of a message, as Pact tells what a body is: by its content type.

use indexmap::IndexMap;
use serde_json::Value;

use super::texts::{named, of_text};
use super::{Version, ask, body};
use crate::contract::document::{Body, Headers, Rules};
use crate::contract::matcher::Rule;
use crate::contract::pact::{Kind, MediaType, PactPath, PactRules, PlacedRule, PlacedRules};
use crate::contract::path::{Path, Segment};

/// The headers and the body of a message, and the rules of the body.
#[expect(clippy::too_many_arguments, reason = "a message has these parts, and each is written with the others in view")]
pub(super) fn message(
    rules: &Rules,
    own: Option<&Body>,
    filled: Option<&Body>,
    headers: &Headers,
    is_request: bool,
    version: Version,
    pact: &mut PactRules,
    say: &mut dyn FnMut(&str, &str),
) -> (Headers, Option<Body>) {
    let mut headers = headers.clone();
    let (Some(_), Some(filled)) = (own, filled) else { return (headers, None) };
    let content = filled.content();
    let header = headers.get("content-type").and_then(|values| values.first()).and_then(|it| MediaType::parse(it));
    let kind = header.as_ref().map(MediaType::kind);
    let untyped = !headers.contains_key("content-type");
    let mut left_out = |why: &str| say("body", &format!("{why}: the body is left out"));
    match content {
        // A Pact file takes a null for a body that is empty.
        Body::Json(Value::Null) if version == Version::V3 || !is_request => {
            left_out("a body that is null can't be said in a Pact file");
            (headers, None)
        }
        Body::Json(Value::String(_)) if version == Version::V3 && kind.is_some_and(|kind| kind != Kind::Json) => {
            left_out("version 3 tells what a text is by its content type, and it is not JSON's");
            (headers, None)
        }
        Body::Json(value) => {
            let mut remark = |path: &str, why: &str| say(&format!("body {path}"), why);
            let mut walk = ask::Walk { is_request, is_newest: version == Version::V4, remark: &mut remark };
            let (example, placed) = body::body(value, &rules.body, &mut walk);
            pact.body = placed;
            // It is sent with it anyway.
            if is_request {
                headers.entry(String::from("content-type")).or_insert_with(|| vec![String::from("application/json")]);
            }
            (headers, example.map(Body::Json))
        }
        Body::Form(fields) => {
            const FORM: &str = "application/x-www-form-urlencoded";
            match kind {
                Some(Kind::Form) => {}
                None if untyped && is_request => {
                    headers.insert(String::from("content-type"), vec![FORM.to_owned()]);
                }
                None if untyped && version == Version::V4 => pact.media_type = Some(FORM.to_owned()),
                _ => {
                    left_out("a form is told by its content type, and it has another");
                    return (headers, None);
                }
            }
            let field = |path: &Path| match path.0.as_slice() {
                [Segment::Key(name)] => Some(name.clone()),
                _ => None,
            };
            if !is_request && rules.body.keys().any(|path| field(path).is_none()) {
                left_out("a rule for more than a field of a form can't be said in a Pact file");
                return (headers, None);
            }
            for path in rules.body.keys().filter(|path| field(path).is_none()) {
                let why = "this rule can't be said of a form in a Pact file: the value is asked for";
                say(&format!("body {path}"), why);
            }
            let by_name = rules.body.iter().filter_map(|(path, written)| Some((field(path)?, written.thing.clone())));
            let by_name: IndexMap<String, Rule> = by_name.collect();
            pact.body = named(&by_name, fields, "body", say);
            (headers, Some(content.clone()))
        }
        Body::Text(text) if text.is_empty() => (headers, Some(content.clone())),
        Body::Text(text) => {
            let is_json = || serde_json::from_str::<Value>(text).is_ok_and(|it| it.is_object() || it.is_array());
            let looks_other = MediaType::of_content(text.as_bytes()).is_some_and(|found| found.kind() != Kind::Text);
            match (version, kind) {
                (Version::V4, None) if looks_other && untyped => pact.media_type = Some(String::from("text/plain")),
                (_, None) if looks_other => {
                    left_out("what a text is, is told by its content type, and it has none");
                    return (headers, None);
                }
                (Version::V3, Some(Kind::Binary)) => {
                    left_out("version 3 tells what a body is by its content type, and it is that of bytes");
                    return (headers, None);
                }
                (_, Some(Kind::Json)) if !is_json() => {
                    left_out("by its content type it is JSON, and the text is not");
                    return (headers, None);
                }
                (_, Some(Kind::Json)) => {
                    say("body", "by its content type it is JSON, and Pact compares it as JSON and not as a text");
                }
                _ => {}
            }
            if let Some(rule) = rules.body.values().next() {
                let list = of_text(&rule.thing, text, "body", say);
                let placed = list.map(|list| PlacedRule { path: PactPath::default(), list });
                pact.body = PlacedRules(placed.into_iter().collect());
            }
            (headers, Some(content.clone()))
        }
        Body::Bytes(bytes) if bytes.is_empty() => (headers, Some(Body::Text(String::new()))),
        Body::Bytes(_) => match (version, kind) {
            (_, Some(Kind::Binary)) => (headers, Some(content.clone())),
            (Version::V4, None) if untyped => {
                pact.media_type = Some(String::from("application/octet-stream"));
                (headers, Some(content.clone()))
            }
            _ => {
                left_out("bytes are told by their content type, and it has none of theirs");
                (headers, None)
            }
        },
        // What a file holds is never a file again.
        Body::File { .. } => (headers, None),
    }
}
