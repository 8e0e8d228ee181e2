//! Removes the secrets from exchanges before anything else looks at them.
//!
//! First, all secrets of a recording are collected: by the name of their place, and by their look anywhere. Then each
//! of them is replaced in its own place and in every other text, since services repeat what they were sent. Last, a
//! [`Guard`] checks every text before it is written or shown.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::Exchange;
use super::guard::{FoundSecret, Guard, REDACTED};
use super::place::{Place, Side};
use super::secret_names::{is_secret_name, name_in};
use super::secret_shapes::{credentials, is_distinctive, is_fake, sightings};
use crate::interaction::{Part, header_values, urlencoded};

/// How many levels of JSON inside of JSON texts are searched.
const MOST_NESTED: usize = 4;

/// Parameters of credentials that aren't secret: they are in the request anyway, or in the challenge (RFC 7616, section
/// 3.4; the last one is AWS's).
const PUBLIC_CREDENTIALS: [&str; 9] =
    ["username", "realm", "uri", "qop", "nc", "algorithm", "userhash", "charset", "SignedHeaders"];

/// Exchanges without secrets.
#[derive(Debug)]
pub struct Redaction {
    pub exchanges: Vec<Exchange>,
    /// The secrets that were replaced.
    pub found: Vec<FoundSecret>,
    /// Secrets that can't be replaced, such as those in keys. If there is one, nothing of the recording may be written.
    pub unplaced: Vec<FoundSecret>,
    pub guard: Guard,
}

/// Removes the secrets from a recording. `kept_headers` are headers that may be written in addition to the usual ones.
#[must_use]
pub fn redact(exchanges: Vec<Exchange>, kept_headers: &[String]) -> Redaction {
    let mut collector = Collector::default();
    for exchange in &exchanges {
        collector.collect_exchange(exchange);
    }
    let guard = Guard::new(&collector.secrets);
    let mut editor = Editor { guard: &guard, request: String::new(), found: Places::new(), unplaced: Places::new() };
    let exchanges = exchanges.into_iter().map(|exchange| editor.edit_exchange(exchange, kept_headers)).collect();
    let listed = |places: Places| {
        let secret = |((place, request, kind), times)| FoundSecret { kind, place, request, times };
        places.into_iter().map(secret).collect()
    };
    let (found, unplaced) = (listed(editor.found), listed(editor.unplaced));
    Redaction { exchanges, found, unplaced, guard }
}

/// A path with all segments replaced that look like secrets: for messages about requests without a response.
#[must_use]
pub fn redacted_path(path: &str) -> String {
    let is_secret = |segment: &str| !sightings(&percent_decode_str(segment).decode_utf8_lossy()).is_empty();
    let segments = path.split('/').map(|segment| if is_secret(segment) { REDACTED } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Collects the secrets that are recognizable anywhere.
#[derive(Default)]
struct Collector {
    secrets: BTreeMap<String, FoundSecret>,
}

impl Collector {
    fn note(&mut self, secret: &str, kind: &'static str, place: &Place) {
        let secret = secret.trim();
        if is_distinctive(secret) && !is_fake(secret) {
            self.secrets.entry(secret.to_owned()).or_insert_with(|| FoundSecret {
                kind,
                place: place.clone(),
                request: None,
                times: 1,
            });
        }
    }

    fn collect_exchange(&mut self, exchange: &Exchange) {
        let (request, response) = (&exchange.request, &exchange.response);
        for (headers, side) in [(&request.headers, Side::Request), (&response.headers, Side::Response)] {
            for (name, value) in headers {
                let name = name.to_ascii_lowercase();
                self.collect_header(&name, value, &Place::new(side, Part::Header, &*name));
            }
        }
        let query = Place::of_part(Side::Request, Part::Query);
        for (name, value) in pairs(request.query.as_deref().unwrap_or_default()) {
            self.collect_named(&name, &value, &query);
        }
        let path = Place::of_part(Side::Request, Part::Path);
        for segment in request.path.split('/') {
            self.collect_text(&percent_decode_str(segment).decode_utf8_lossy(), &path);
        }
        self.collect_body(&request.body, &request.headers, &Place::of_part(Side::Request, Part::Body));
        self.collect_body(&response.body, &response.headers, &Place::of_part(Side::Response, Part::Body));
    }

    fn collect_header(&mut self, name: &str, value: &str, place: &Place) {
        match name {
            "authorization" | "proxy-authorization" => {
                let (scheme, rest) = value.trim().split_once(' ').unwrap_or(("", value));
                self.note(
                    rest,
                    if scheme.eq_ignore_ascii_case("bearer") { "bearer token" } else { "credential" },
                    place,
                );
                if let Some((_, password)) = credentials(rest.trim()) {
                    self.note(&password, "password", place);
                }
                for (name, value) in rest.split([',', ' ']).filter_map(|part| part.split_once('=')) {
                    if !PUBLIC_CREDENTIALS.iter().any(|public| public.eq_ignore_ascii_case(name)) {
                        self.note(value.trim_matches('"'), "credential", place);
                    }
                }
            }
            "cookie" => {
                value
                    .split(';')
                    .filter_map(|pair| pair.split_once('='))
                    .for_each(|(_, value)| self.note(value, "cookie", place));
            }
            "set-cookie" => {
                if let Some((_, value)) = value.split(';').next().and_then(|pair| pair.split_once('=')) {
                    self.note(value, "cookie", place);
                }
            }
            _ => self.collect_named(name, value, place),
        }
    }

    /// A value with its name.
    fn collect_named(&mut self, name: &str, value: &str, place: &Place) {
        if is_secret_name(name) {
            self.note(value, "secret", place);
        }
        self.collect_text(value, place);
    }

    fn collect_text(&mut self, text: &str, place: &Place) {
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

    fn collect_body(&mut self, body: &[u8], headers: &[(String, String)], place: &Place) {
        match SearchedBody::of(body, headers) {
            SearchedBody::Json(value) => self.collect_value(&value, None, place, 0),
            SearchedBody::Pairs(text) => pairs(text).for_each(|(name, value)| self.collect_named(&name, &value, place)),
            SearchedBody::Text(text) => self.collect_text(text, place),
            SearchedBody::Bytes => {}
        }
    }

    fn collect_value(&mut self, value: &Value, name: Option<&str>, place: &Place, depth: usize) {
        match value {
            Value::String(text) => {
                if let Some(inner) = nested(text, depth) {
                    self.collect_value(&inner, name, place, depth + 1);
                }
                self.collect_named(name.unwrap_or_default(), text, place);
            }
            Value::Array(items) => items.iter().for_each(|item| self.collect_value(item, name, place, depth)),
            Value::Object(object) => object.iter().for_each(|(key, item)| {
                self.collect_text(key, place);
                self.collect_value(item, Some(name_in(object, key)), place, depth);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// A body in the form in which it is searched for secrets.
enum SearchedBody<'b> {
    Json(Value),
    Pairs(&'b str),
    Text(&'b str),
    Bytes,
}

impl<'b> SearchedBody<'b> {
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

/// The value of a text that is an object or a list in JSON.
fn nested(text: &str, depth: usize) -> Option<Value> {
    if depth >= MOST_NESTED || !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str::<Value>(text).ok().filter(|value| value.is_object() || value.is_array())
}

/// Secrets by place, request and kind, with the number of messages that they were in.
type Places = BTreeMap<(Place, Option<String>, &'static str), usize>;

/// Replaces secrets, and notes where.
struct Editor<'g> {
    guard: &'g Guard,
    /// The request of the exchange that is being edited: `POST /login`.
    request: String,
    found: Places,
    unplaced: Places,
}

impl Editor<'_> {
    fn note_found(&mut self, place: Place, kind: &'static str) {
        *self.found.entry((place, Some(self.request.clone()), kind)).or_default() += 1;
    }

    fn note_unplaced(&mut self, place: Place, kind: &'static str) {
        *self.unplaced.entry((place, Some(self.request.clone()), kind)).or_default() += 1;
    }

    fn edit_exchange(&mut self, mut exchange: Exchange, kept_headers: &[String]) -> Exchange {
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
        self.request = format!("{} {}", exchange.request.method, exchange.request.path);
        if let Some(kind) = in_path {
            self.note_found(Place::of_part(Side::Request, Part::Path), kind);
        }
        let kept = |name: &str| kept_headers.iter().any(|kept| kept.eq_ignore_ascii_case(name));
        self.edit_headers(&mut exchange.request.headers, Side::Request, kept);
        self.edit_headers(&mut exchange.response.headers, Side::Response, kept);
        if let Some(query) = &mut exchange.request.query
            && let Some(clean) = self.edit_pairs(query, Side::Request, Part::Query)
        {
            *query = clean;
        }
        self.edit_body(&mut exchange.request.body, &exchange.request.headers, Side::Request);
        self.edit_body(&mut exchange.response.body, &exchange.response.headers, Side::Response);
        exchange
    }

    /// Credentials are noted without their request, unless their header might be written.
    fn edit_headers(&mut self, headers: &mut [(String, String)], side: Side, kept: impl Fn(&str) -> bool) {
        for (name, value) in headers {
            let lower = name.to_ascii_lowercase();
            let place = Place::new(side, Part::Header, &*lower);
            if is_secret_name(&lower) || lower == "set-cookie" {
                if !is_fake(value) {
                    let request = kept(&lower).then(|| self.request.clone());
                    let kind = if lower.ends_with("cookie") { "cookie" } else { "credential" };
                    *self.found.entry((place, request, kind)).or_default() += 1;
                    REDACTED.clone_into(value);
                }
            } else if let Some((clean, kind)) = self.clean(value) {
                self.note_found(place, kind);
                *value = clean;
            }
        }
    }

    /// The text without secrets, and the kind of the first one; `None` if it contains no secret.
    fn clean(&self, text: &str) -> Option<(String, &'static str)> {
        let known = self.guard.replace(text);
        let text = known.as_ref().map_or(text, |(clean, _)| clean);
        let sightings = sightings(text);
        let Some(first) = sightings.first() else { return known };
        let kind = known.as_ref().map_or(first.kind, |(_, kind)| *kind);
        let mut clean = String::with_capacity(text.len());
        let mut next = 0;
        for sighting in &sightings {
            clean.push_str(&text[next..sighting.at.start]);
            clean.push_str(REDACTED);
            next = sighting.at.end;
        }
        clean.push_str(&text[next..]);
        Some((clean, kind))
    }

    /// The pairs of a query or a form without secrets; `None` if they contain no secret.
    fn edit_pairs(&mut self, text: &str, side: Side, part: Part) -> Option<String> {
        let mut fields = urlencoded::read(text);
        let mut changed = false;
        for (name, values) in &mut fields {
            if let Some((_, kind)) = self.clean(name) {
                self.note_unplaced(Place::of_part(side, part), kind);
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
                    self.note_found(Place::new(side, part, &**name), kind);
                    *value = clean;
                    changed = true;
                }
            }
        }
        changed.then(|| urlencoded::write(&fields))
    }

    fn edit_body(&mut self, body: &mut Vec<u8>, headers: &[(String, String)], side: Side) {
        let clean = match SearchedBody::of(body, headers) {
            SearchedBody::Json(mut value) => {
                let changed = self.edit_value(&mut value, None, side, "", 0);
                changed.then(|| value.to_string())
            }
            SearchedBody::Pairs(text) => self.edit_pairs(text, side, Part::Body),
            SearchedBody::Text(text) => self.clean(text).map(|(clean, kind)| {
                self.note_found(Place::of_part(side, Part::Body), kind);
                clean
            }),
            SearchedBody::Bytes => {
                if let Some(kind) = self.guard.find_in(body).map(|found| found.kind) {
                    self.note_unplaced(Place::of_part(side, Part::Body), kind);
                }
                None
            }
        };
        if let Some(clean) = clean {
            *body = clean.into_bytes();
        }
    }

    /// Replaces the secrets of a value; true if there was one.
    fn edit_value(&mut self, value: &mut Value, name: Option<&str>, side: Side, path: &str, depth: usize) -> bool {
        let secret = name.is_some_and(is_secret_name);
        let place = Place::new(side, Part::Body, path);
        match value {
            Value::String(text) => {
                if secret && !is_fake(text) {
                    self.note_found(place, "secret");
                    *value = Value::String(REDACTED.to_owned());
                    return true;
                }
                if let Some(mut inner) = nested(text, depth)
                    && self.edit_value(&mut inner, name, side, path, depth + 1)
                {
                    *text = inner.to_string();
                    return true;
                }
                let clean = self.clean(text);
                let Some((clean, kind)) = clean else { return false };
                self.note_found(place, kind);
                *value = Value::String(clean);
                true
            }
            Value::Number(number) if secret && number.as_str() != "0" => {
                self.note_found(place, "secret");
                *value = Value::from(0);
                true
            }
            Value::Array(items) => {
                let path = format!("{path}[]");
                let changed =
                    items.iter_mut().filter_map(|item| self.edit_value(item, name, side, &path, depth).then_some(()));
                changed.count() > 0
            }
            Value::Object(object) => self.edit_object(object, side, path, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn edit_object(&mut self, object: &mut Map<String, Value>, side: Side, path: &str, depth: usize) -> bool {
        let mut changed = false;
        let value_name = name_in(object, "value").to_owned();
        for (key, item) in object {
            if let Some((_, kind)) = self.clean(key) {
                self.note_unplaced(Place::of_part(side, Part::Body), kind);
                continue;
            }
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let name = if key == "value" { &value_name } else { key };
            changed |= self.edit_value(item, Some(name), side, &path, depth);
        }
        changed
    }
}
