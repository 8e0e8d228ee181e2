//! From the JSON of a request or response in a Pact file to the model.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::generator::Generators;
use super::media_type::{MediaKind, MediaType};
use super::odd;
use super::pattern::Expressions;
use super::read_matcher::Refused;
use super::rules::{AsWritten, Fault, PactRules};
use super::text::{encoded_path, text_of};
use super::version::PactVersion;
use crate::interaction::{Body, Headers, Request, Response, Status, is_token, urlencoded};
use crate::source::json_value;

/// What was noticed while a message was read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// The file's regular expressions so far.
    pub known: Expressions,
    /// Rules that were refused.
    pub faults: Vec<Fault>,
    /// The keys of rules that nothing can match, and why.
    pub unusable: Vec<(Vec<String>, String)>,
    /// The keys of invalid parts of the message, and the reasons.
    pub wrong: Vec<(Vec<String>, String)>,
    /// Parts that look like misspelt ones.
    pub odd: Vec<odd::Odd>,
    /// Generators that are left out, and why.
    pub unknown: Vec<String>,
    /// The keys of a valid rule that only a plugin could apply, and the reason why the message can't be compared.
    pub unable: Option<(Vec<String>, String)>,
}

/// Reads a request.
pub(super) fn request(mut value: Map<String, Value>, version: PactVersion, notes: &mut Notes) -> (Request, PactRules) {
    odd::keys(&value, odd::REQUEST, &[], &mut notes.odd);
    let mut rules = rules(&mut value, "requestMatchingRules", version, notes);
    let headers = headers(&value, notes);
    rules.sends_null = value.get("body").is_some_and(|body| is_null(body, version)) && is_json(&headers);
    let (body, media_type) = body(value.remove("body"), &headers, version, notes);
    of_body(&mut rules, body.as_ref(), media_type, &headers, notes);
    let path = match value.get("path") {
        None | Some(Value::Null) => "/",
        Some(Value::String(path)) => path,
        Some(_) => {
            notes.wrong.push((vec![String::from("path")], String::from("`path` must be a string")));
            "/"
        }
    };
    let method = match value.get("method") {
        None | Some(Value::Null) => "GET",
        Some(Value::String(method)) if is_token(method) => method,
        Some(_) => {
            notes.wrong.push((vec![String::from("method")], String::from("`method` must be the name of a method")));
            "GET"
        }
    };
    if path.chars().any(char::is_control) {
        notes.wrong.push((vec![String::from("path")], String::from("a path can't have control characters")));
    }
    // Pact's verifier sends whatever is behind a question mark as the query.
    let none = value.get("query").is_none_or(Value::is_null);
    let (path, in_path) = match path.split_once('?') {
        Some((path, query)) if none => (path, Some(Value::String(query.to_owned()))),
        _ => (path, None),
    };
    let (query, raw) = query(in_path.as_ref().or(value.get("query")), notes);
    rules.query_text = raw.filter(|_| version == PactVersion::V1);
    let request = Request { method: method.to_ascii_uppercase(), path: encoded_path(path), query, headers, body };
    (request, rules)
}

/// Reads a response.
pub(super) fn response(
    mut value: Map<String, Value>,
    version: PactVersion,
    notes: &mut Notes,
) -> (Response, PactRules) {
    odd::keys(&value, odd::RESPONSE, &[], &mut notes.odd);
    let mut rules = rules(&mut value, "responseMatchingRules", version, notes);
    let headers = headers(&value, notes);
    let (body, media_type) = body(value.remove("body"), &headers, version, notes);
    of_body(&mut rules, body.as_ref(), media_type, &headers, notes);
    let status = match value.get("status") {
        None | Some(Value::Null) => Some(200),
        Some(Value::String(text)) => text.parse().ok(),
        Some(value) => value.as_u64().and_then(|status| u16::try_from(status).ok()),
    };
    let status = status.unwrap_or_else(|| {
        notes.wrong.push((vec![String::from("status")], String::from("`status` must be a number from 100 to 599")));
        200
    });
    (Response { status: Status::Code(status), headers, body }, rules)
}

/// The rules and generators of a message. Old files have the rules under another key, which counts more.
fn rules(value: &mut Map<String, Value>, old_key: &str, version: PactVersion, notes: &mut Notes) -> PactRules {
    let mut rules = PactRules { version, ..PactRules::default() };
    let mut written = Map::new();
    let new = value.remove("matchingRules");
    match value.remove(old_key).filter(Value::is_object).or(new) {
        None | Some(Value::Null) => {}
        Some(Value::Object(object)) => {
            odd::rules(&object, &mut notes.odd);
            rules.read(&object, &mut notes.known, &mut notes.faults);
            written.insert(String::from("matchingRules"), Value::Object(object));
        }
        Some(_) => {
            notes.wrong.push((vec![String::from("matchingRules")], String::from("`matchingRules` must be an object")));
        }
    }
    if let Some(Value::Object(object)) = value.remove("generators") {
        rules.generators = Generators::read(&object, &mut notes.unknown);
        written.insert(String::from("generators"), Value::Object(object));
    }
    let written = Value::Object(written);
    if has_variants_with_generators(&written) {
        let why = "generators in the variants of an `arrayContains` are left out; the example's values are used";
        notes.unknown.push(why.to_owned());
    }
    rules.written = AsWritten::new(&written);
    notes.unusable.extend(rules.unusable());
    let unknown = |fault: &Fault| match &fault.refused {
        Refused::Plugin(name) => {
            let why = format!("the matcher `{name}` comes from a plugin, and plugins aren't supported");
            Some((fault.keys.clone(), why))
        }
        Refused::Invalid(_) => None,
    };
    notes.unable = notes.faults.iter().find_map(unknown).or(notes.unable.take());
    rules
}

/// Whether there are generators in the variants of an `arrayContains`, which would be applied to whatever elements match.
fn has_variants_with_generators(rules: &Value) -> bool {
    match rules {
        Value::Object(object) => object.iter().any(|(key, value)| {
            let variants = value.as_array().filter(|_| key == "variants");
            let mut generators =
                variants.into_iter().flatten().filter_map(|variant| variant.get("generators")?.as_object());
            generators.any(|generators| !generators.is_empty()) || has_variants_with_generators(value)
        }),
        Value::Array(items) => items.iter().any(has_variants_with_generators),
        _ => false,
    }
}

fn headers(value: &Map<String, Value>, notes: &mut Notes) -> Headers {
    let mut headers = Headers::new();
    let object = match value.get("headers") {
        None | Some(Value::Null) => return headers,
        Some(Value::Object(object)) => object,
        Some(_) => {
            notes.wrong.push((vec![String::from("headers")], String::from("`headers` must be an object")));
            return headers;
        }
    };
    for (name, value) in object {
        // A value over several lines is one value (RFC 9112, section 5.2).
        let unfolded = |value: &Value| text_of(value).lines().map(str::trim).collect::<Vec<_>>().join(" ");
        let texts: Vec<String> = match value {
            Value::Array(values) => values.iter().map(unfolded).collect(),
            one => vec![unfolded(one)],
        };
        let broken = |c: char| c.is_control() && c != '\t';
        if !is_token(name) || texts.iter().any(|text| text.contains(broken)) {
            let keys = vec![String::from("headers"), name.clone()];
            notes.wrong.push((keys, format!("the header `{}` can't be sent", name.escape_debug())));
            continue;
        }
        let values = headers.entry(name.to_ascii_lowercase()).or_default();
        values.extend(texts.iter().map(|text| text.trim().to_owned()));
    }
    headers
}

/// The parameters, and the text if the query is written as one.
fn query(value: Option<&Value>, notes: &mut Notes) -> (IndexMap<String, Vec<String>>, Option<String>) {
    match value {
        None | Some(Value::Null) => (IndexMap::new(), None),
        Some(Value::String(text)) => (urlencoded::read(text.strip_prefix('?').unwrap_or(text)), Some(text.clone())),
        Some(Value::Object(object)) => {
            let values = |value: &Value| match value {
                Value::Array(values) => values.iter().map(text_of).collect(),
                one => vec![text_of(one)],
            };
            (object.iter().map(|(name, value)| (name.clone(), values(value))).collect(), None)
        }
        Some(_) => {
            notes.wrong.push((vec![String::from("query")], String::from("`query` must be a string or an object")));
            (IndexMap::new(), None)
        }
    }
}

/// The body, and the media type that the file names outside the headers. A missing body may be any; one that is null or
/// empty says that there must be none.
fn body(
    written: Option<Value>,
    headers: &Headers,
    version: PactVersion,
    notes: &mut Notes,
) -> (Option<Body>, Option<String>) {
    let header = content_type(headers);
    let Some(written) = written else { return (None, None) };
    if written.is_null() {
        return (Some(Body::empty()), None);
    }
    let (body, named) = match written {
        written if version < PactVersion::V4 => (Some(plain_body(written, header)), None),
        Value::Object(parts) if parts.contains_key("content") || parts.keys().all(|key| is_of_body(key)) => {
            let named = parts.get("contentType").and_then(Value::as_str).filter(|named| *named != "*/*");
            let named = named.map(str::to_owned);
            (body_of_parts(parts, named.as_deref().or(header), notes), named)
        }
        // As in earlier versions: the body itself.
        value => (Some(Body::json(value)), None),
    };
    (body, named)
}

/// Adds the body's media type to the rules and generators of its message.
fn of_body(rules: &mut PactRules, body: Option<&Body>, named: Option<String>, headers: &Headers, notes: &mut Notes) {
    let media_type = body.and_then(|body| MediaType::of_body(body, named.as_deref().or(content_type(headers))));
    rules.generators.take_body(body, media_type.as_ref(), &mut notes.unknown);
    rules.media_type = named;
}

/// The content type in the headers.
fn content_type(headers: &Headers) -> Option<&str> {
    headers.get("content-type").and_then(|values| values.first()).map(String::as_str)
}

/// Whether a body is null, by itself or as the `content` of version 4.
fn is_null(body: &Value, version: PactVersion) -> bool {
    let content = body.get("content").filter(|_| version == PactVersion::V4);
    content.unwrap_or(body).is_null()
}

/// Whether a header says that the body is JSON.
fn is_json(headers: &Headers) -> bool {
    content_type(headers).and_then(MediaType::parse).is_some_and(|media_type| media_type.kind() == MediaKind::Json)
}

/// Whether a body of version 4 has such a key.
fn is_of_body(key: &str) -> bool {
    matches!(key, "content" | "contentType" | "contentTypeHint" | "encoded")
}

/// A body up to version 3: JSON as it is, anything else as a text, bytes in base64.
fn plain_body(written: Value, header: Option<&str>) -> Body {
    let Value::String(text) = written else { return Body::json(written) };
    if text.is_empty() {
        return Body::text(text);
    }
    let media_type = header.and_then(MediaType::parse).or_else(|| MediaType::of_content(text.as_bytes()));
    match media_type.as_ref().map(MediaType::kind) {
        // A JSON string, or a text that contains JSON.
        Some(MediaKind::Json) => match json_value::read(text.as_bytes()) {
            Ok(value @ (Value::String(_) | Value::Object(_))) => Body::json(value),
            _ => Body::json(Value::String(text)),
        },
        Some(MediaKind::Binary | MediaKind::Multipart) => match BASE64.decode(&text) {
            Ok(bytes) => Body::bytes(bytes),
            Err(_) => Body::text(text),
        },
        _ => Body::text(text),
    }
}

/// A body since version 4: `{contentType, encoded, content}`.
fn body_of_parts(mut parts: Map<String, Value>, media_type: Option<&str>, notes: &mut Notes) -> Option<Body> {
    let content = parts.remove("content")?;
    let encoded = match parts.get("encoded") {
        None | Some(Value::Null | Value::Bool(false)) => "",
        Some(Value::String(encoding)) => &encoding.to_ascii_lowercase(),
        Some(_) => "plain",
    };
    let is_json = media_type.and_then(MediaType::parse).map(|media_type| media_type.kind() == MediaKind::Json);
    Some(match (content, encoded) {
        (Value::Null, _) => Body::empty(),
        (Value::String(text), "base64") => match BASE64.decode(text.split_whitespace().collect::<String>()) {
            Ok(bytes) => of_bytes(bytes, media_type),
            Err(error) => {
                let keys = vec![String::from("body"), String::from("content")];
                notes.wrong.push((keys, format!("this isn't valid base64: {error}")));
                return None;
            }
        },
        (Value::String(text), "json") => {
            json_value::read(text.as_bytes()).map_or_else(|_| Body::text(text), Body::json)
        }
        (Value::String(text), _) if text.is_empty() => Body::text(text),
        // In an unknown encoding: the text itself.
        (Value::String(text), "") if is_json == Some(true) => Body::json(Value::String(text)),
        (Value::String(text), _) => of_text(text, media_type),
        (value, _) => Body::json(value),
    })
}

fn of_text(text: String, media_type: Option<&str>) -> Body {
    let media_type = media_type.and_then(MediaType::parse).or_else(|| MediaType::of_content(text.as_bytes()));
    match (media_type.as_ref().map(MediaType::kind), json_value::read(text.as_bytes())) {
        (Some(MediaKind::Json), Ok(value)) => Body::json(value),
        _ => Body::text(text),
    }
}

fn of_bytes(bytes: Vec<u8>, media_type: Option<&str>) -> Body {
    let kind = media_type.and_then(MediaType::parse).map(|media_type| media_type.kind());
    if !matches!(kind, Some(MediaKind::Json | MediaKind::Xml | MediaKind::Form | MediaKind::Text)) {
        return Body::bytes(bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => of_text(text, media_type),
        Err(error) => Body::bytes(error.into_bytes()),
    }
}
