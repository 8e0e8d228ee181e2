//! Takes the secrets out of exchanges before anything else looks at them.
//!
//! First all secrets of a recording are collected: by the name of the place where they stand, and by their look
//! wherever they stand. Then each of them is replaced: in its own place, and in every other text that holds it, since
//! services repeat what they were sent. Last, a [`Guard`] looks at every text that is to be written or shown.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::Exchange;
use super::guard::{FoundSecret, Guard, REDACTED};
use super::secret_names::{is_secret_name, name_in};
use super::secret_shapes::{credentials, is_fake, is_telling, sightings};
use crate::contract::urlencoded;
use crate::matching::header_values;

/// How deep JSON in texts of JSON is looked into.
const DEEP: usize = 4;

/// Parameters of credentials that say what everybody sees in the request itself, or in the challenge for them (RFC 7616,
/// section 3.4; the last is that of AWS).
const PUBLIC_CREDENTIALS: [&str; 9] =
    ["username", "realm", "uri", "qop", "nc", "algorithm", "userhash", "charset", "SignedHeaders"];

/// Exchanges without secrets.
#[derive(Debug)]
pub struct Redaction {
    pub exchanges: Vec<Exchange>,
    /// What was replaced.
    pub found: Vec<FoundSecret>,
    /// What nothing can stand for: nothing of the recording may then be written.
    pub unplaced: Vec<FoundSecret>,
    pub guard: Guard,
}

/// Takes the secrets out of a recording. `kept_headers` are those that may be written beside those that always are.
#[must_use]
pub fn redact(exchanges: Vec<Exchange>, kept_headers: &[String]) -> Redaction {
    let mut collector = Collector::default();
    for exchange in &exchanges {
        collector.exchange(exchange);
    }
    let guard = Guard::new(&collector.secrets);
    let mut editor = Editor { guard: &guard, of: String::new(), found: BTreeMap::new(), unplaced: BTreeMap::new() };
    let exchanges = exchanges.into_iter().map(|exchange| editor.exchange(exchange, kept_headers)).collect();
    let told = |found: BTreeMap<(String, &'static str), usize>| {
        found.into_iter().map(|((place, kind), times)| FoundSecret { kind, place, times }).collect()
    };
    let (found, unplaced) = (told(editor.found), told(editor.unplaced));
    Redaction { exchanges, found, unplaced, guard }
}

/// A path whose segments that look like secrets are replaced: for what is told of a request that is no exchange.
#[must_use]
pub fn redacted_path(path: &str) -> String {
    let is_secret = |segment: &str| !sightings(&percent_decode_str(segment).decode_utf8_lossy()).is_empty();
    let segments = path.split('/').map(|segment| if is_secret(segment) { REDACTED } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Secrets that can be known wherever they stand.
#[derive(Default)]
struct Collector {
    secrets: BTreeMap<String, FoundSecret>,
}

impl Collector {
    fn note(&mut self, secret: &str, kind: &'static str, place: &str) {
        let secret = secret.trim();
        if is_telling(secret) && !is_fake(secret) {
            self.secrets.entry(secret.to_owned()).or_insert_with(|| FoundSecret {
                kind,
                place: place.to_owned(),
                times: 1,
            });
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        let (request, response) = (&exchange.request, &exchange.response);
        for (headers, place) in [(&request.headers, "request header"), (&response.headers, "response header")] {
            for (name, value) in headers {
                self.header(&name.to_ascii_lowercase(), value, place);
            }
        }
        for (name, value) in pairs(request.query.as_deref().unwrap_or_default()) {
            self.named(&name, &value, "request query");
        }
        for segment in request.path.split('/') {
            self.text(&percent_decode_str(segment).decode_utf8_lossy(), "request path");
        }
        self.body(&request.body, &request.headers, "request body");
        self.body(&response.body, &response.headers, "response body");
    }

    fn header(&mut self, name: &str, value: &str, place: &str) {
        let place = format!("{place} {name}");
        match name {
            "authorization" | "proxy-authorization" => {
                let (scheme, rest) = value.trim().split_once(' ').unwrap_or(("", value));
                self.note(
                    rest,
                    if scheme.eq_ignore_ascii_case("bearer") { "bearer token" } else { "credential" },
                    &place,
                );
                if let Some((_, password)) = credentials(rest.trim()) {
                    self.note(&password, "password", &place);
                }
                for (name, value) in rest.split([',', ' ']).filter_map(|part| part.split_once('=')) {
                    if !PUBLIC_CREDENTIALS.iter().any(|public| public.eq_ignore_ascii_case(name)) {
                        self.note(value.trim_matches('"'), "credential", &place);
                    }
                }
            }
            "cookie" => {
                value
                    .split(';')
                    .filter_map(|pair| pair.split_once('='))
                    .for_each(|(_, value)| self.note(value, "cookie", &place));
            }
            "set-cookie" => {
                if let Some((_, value)) = value.split(';').next().and_then(|pair| pair.split_once('=')) {
                    self.note(value, "cookie", &place);
                }
            }
            _ => self.named(name, value, &place),
        }
    }

    fn named(&mut self, name: &str, value: &str, place: &str) {
        if is_secret_name(name) {
            self.note(value, "secret", place);
        }
        self.text(value, place);
    }

    fn text(&mut self, text: &str, place: &str) {
        for sighting in sightings(text) {
            self.note(&text[sighting.at.clone()], sighting.kind, place);
            if let Some((_, password)) = credentials(&text[sighting.at]) {
                self.note(&password, "password", place);
            }
        }
        if text.contains('%') {
            let decoded = percent_decode_str(text).decode_utf8_lossy();
            if decoded != text {
                for sighting in sightings(&decoded) {
                    self.note(&decoded[sighting.at], sighting.kind, place);
                }
            }
        }
    }

    fn body(&mut self, body: &[u8], headers: &[(String, String)], place: &str) {
        match Form::of(body, headers) {
            Form::Json(value) => self.value(&value, None, place, 0),
            Form::Pairs(text) => pairs(text).for_each(|(name, value)| self.named(&name, &value, place)),
            Form::Text(text) => self.text(text, place),
            Form::Bytes => {}
        }
    }

    fn value(&mut self, value: &Value, name: Option<&str>, place: &str, depth: usize) {
        match value {
            Value::String(text) => {
                if let Some(inner) = nested(text, depth) {
                    self.value(&inner, name, place, depth + 1);
                }
                self.named(name.unwrap_or_default(), text, place);
            }
            Value::Array(items) => items.iter().for_each(|item| self.value(item, name, place, depth)),
            Value::Object(object) => object.iter().for_each(|(key, item)| {
                self.text(key, place);
                self.value(item, Some(name_in(object, key)), place, depth);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A body, as far as secrets are looked for in it.
enum Form<'b> {
    Json(Value),
    Pairs(&'b str),
    Text(&'b str),
    Bytes,
}

impl<'b> Form<'b> {
    fn of(body: &'b [u8], headers: &[(String, String)]) -> Self {
        let Ok(text) = std::str::from_utf8(body) else { return Self::Bytes };
        let is_json = text.trim_start().starts_with(['{', '[', '"']);
        if is_json && let Ok(value) = serde_json::from_str(text) {
            return Self::Json(value);
        }
        let content_type = header_values(headers, "content-type").next().unwrap_or_default().to_ascii_lowercase();
        if content_type.starts_with("application/x-www-form-urlencoded") { Self::Pairs(text) } else { Self::Text(text) }
    }
}

/// The pairs of a query or a form, decoded.
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    urlencoded::read(text)
        .into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
}

/// The JSON that a text is, where it is an object or a list.
fn nested(text: &str, depth: usize) -> Option<Value> {
    if depth >= DEEP || !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str::<Value>(text).ok().filter(|value| value.is_object() || value.is_array())
}

/// Replaces secrets, and notes where.
struct Editor<'g> {
    guard: &'g Guard,
    /// The request that is looked at: `POST /login`.
    of: String,
    found: BTreeMap<(String, &'static str), usize>,
    unplaced: BTreeMap<(String, &'static str), usize>,
}

impl Editor<'_> {
    fn found(&mut self, place: &str, kind: &'static str) {
        let place = if self.of.is_empty() { place.to_owned() } else { format!("{place} of {}", self.of) };
        *self.found.entry((place, kind)).or_default() += 1;
    }

    fn unplaced(&mut self, place: &str, kind: &'static str) {
        *self.unplaced.entry((format!("{place} of {}", self.of), kind)).or_default() += 1;
    }

    fn exchange(&mut self, mut exchange: Exchange, kept_headers: &[String]) -> Exchange {
        let mut in_path = None;
        let path: Vec<String> = exchange
            .request
            .path
            .split('/')
            .map(|segment| {
                let decoded = percent_decode_str(segment).decode_utf8_lossy();
                match self.clean(segment).or_else(|| self.clean(&decoded)) {
                    Some((_, kind)) => {
                        in_path = Some(kind);
                        REDACTED.to_owned()
                    }
                    None => segment.to_owned(),
                }
            })
            .collect();
        exchange.request.path = path.join("/");
        self.of = format!("{} {}", exchange.request.method, exchange.request.path);
        if let Some(kind) = in_path {
            self.found("request path", kind);
        }
        let kept = |name: &str| kept_headers.iter().any(|kept| kept.eq_ignore_ascii_case(name));
        self.headers(&mut exchange.request.headers, "request header", kept);
        self.headers(&mut exchange.response.headers, "response header", kept);
        if let Some(query) = &mut exchange.request.query
            && let Some(clean) = self.pairs(query, "request query")
        {
            *query = clean;
        }
        self.body(&mut exchange.request.body, &exchange.request.headers, "request body");
        self.body(&mut exchange.response.body, &exchange.response.headers, "response body");
        exchange
    }

    /// Headers of credentials say which request they are of only where they might be written.
    fn headers(&mut self, headers: &mut [(String, String)], part: &str, kept: impl Fn(&str) -> bool) {
        for (name, value) in headers {
            let lower = name.to_ascii_lowercase();
            let place = format!("{part} {lower}");
            if is_secret_name(&lower) || lower == "set-cookie" {
                if !is_fake(value) {
                    let of = if kept(&lower) { self.of.clone() } else { String::new() };
                    let before = std::mem::replace(&mut self.of, of);
                    self.found(&place, if lower.ends_with("cookie") { "cookie" } else { "credential" });
                    self.of = before;
                    REDACTED.clone_into(value);
                }
            } else if let Some((clean, kind)) = self.clean(value) {
                self.found(&place, kind);
                *value = clean;
            }
        }
    }

    /// A text without secrets, and the kind of the first of them; nothing where there is none.
    fn clean(&self, text: &str) -> Option<(String, &'static str)> {
        let known = self.guard.replaced(text);
        let looked_at = known.as_ref().map_or(text, |(clean, _)| clean);
        let sightings = sightings(looked_at);
        let Some(first) = sightings.first() else { return known };
        let kind = known.as_ref().map_or(first.kind, |(_, kind)| *kind);
        let mut clean = String::with_capacity(looked_at.len());
        let mut next = 0;
        for sighting in &sightings {
            clean.push_str(&looked_at[next..sighting.at.start]);
            clean.push_str(REDACTED);
            next = sighting.at.end;
        }
        clean.push_str(&looked_at[next..]);
        Some((clean, kind))
    }

    /// The pairs of a query or a form without secrets; nothing where there is none.
    fn pairs(&mut self, text: &str, part: &str) -> Option<String> {
        let mut fields = urlencoded::read(text);
        let mut changed = false;
        for (name, values) in &mut fields {
            let place = format!("{part} {name}");
            if let Some((_, kind)) = self.clean(name) {
                self.unplaced(part, kind);
                continue;
            }
            for value in values {
                let secret = is_secret_name(name) && !is_fake(value);
                let decoded = || percent_decode_str(value).decode_utf8_lossy().into_owned();
                let clean = if secret {
                    Some((REDACTED.to_owned(), "secret"))
                } else {
                    self.clean(value).or_else(|| self.clean(&decoded()))
                };
                if let Some((clean, kind)) = clean {
                    self.found(&place, kind);
                    *value = clean;
                    changed = true;
                }
            }
        }
        changed.then(|| urlencoded::write(&fields))
    }

    fn body(&mut self, body: &mut Vec<u8>, headers: &[(String, String)], part: &str) {
        let clean = match Form::of(body, headers) {
            Form::Json(mut value) => {
                let changed = self.value(&mut value, None, part, "", 0);
                changed.then(|| value.to_string())
            }
            Form::Pairs(text) => self.pairs(text, part),
            Form::Text(text) => self.clean(text).map(|(clean, kind)| {
                self.found(part, kind);
                clean
            }),
            Form::Bytes => {
                if let Some(kind) = self.guard.leak_in(body).map(|found| found.kind) {
                    self.unplaced(part, kind);
                }
                None
            }
        };
        if let Some(clean) = clean {
            *body = clean.into_bytes();
        }
    }

    /// Replaces the secrets of a value; true where there was one.
    fn value(&mut self, value: &mut Value, name: Option<&str>, part: &str, path: &str, depth: usize) -> bool {
        let secret = name.is_some_and(is_secret_name);
        let place = if path.is_empty() { part.to_owned() } else { format!("{part} {path}") };
        match value {
            Value::String(text) => {
                if secret && !is_fake(text) {
                    self.found(&place, "secret");
                    *value = Value::String(REDACTED.to_owned());
                    return true;
                }
                if let Some(mut inner) = nested(text, depth)
                    && self.value(&mut inner, name, part, path, depth + 1)
                {
                    *text = inner.to_string();
                    return true;
                }
                let clean = self.clean(text);
                let Some((clean, kind)) = clean else { return false };
                self.found(&place, kind);
                *value = Value::String(clean);
                true
            }
            Value::Number(number) if secret && number.as_str() != "0" => {
                self.found(&place, "secret");
                *value = Value::from(0);
                true
            }
            Value::Array(items) => {
                let path = format!("{path}[]");
                let changed =
                    items.iter_mut().filter_map(|item| self.value(item, name, part, &path, depth).then_some(()));
                changed.count() > 0
            }
            Value::Object(object) => self.object(object, part, path, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn object(&mut self, object: &mut Map<String, Value>, part: &str, path: &str, depth: usize) -> bool {
        let mut changed = false;
        let value_name = name_in(object, "value").to_owned();
        for (key, item) in object {
            if let Some((_, kind)) = self.clean(key) {
                self.unplaced(part, kind);
                continue;
            }
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let name = if key == "value" { &value_name } else { key };
            changed |= self.value(item, Some(name), part, &path, depth);
        }
        changed
    }
}
