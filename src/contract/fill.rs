//! An interaction with its placeholders filled: what is really sent, and what is really asked for.

use std::borrow::Cow;
use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};

use super::document::{Body, Headers, Interaction, Request, Response};
use super::pact::Moment;
use super::template::{fill, fill_value, has_placeholder, placeholders};

/// What a value may not hold in a path's segment (RFC 3986, section 3.3): all but the unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Interaction {
    /// Whether filling changes it: it has a placeholder, or a literal `${`, which is written `$${`.
    #[must_use]
    pub fn has_placeholders(&self) -> bool {
        if let Some(pact) = &self.request.rules.pact {
            return pact.generators.need_states();
        }
        let mut found = false;
        let mut visit = |text: &str| found |= has_placeholder(text);
        self.request.each_text(&mut visit);
        self.response.each_text(&mut visit);
        found
    }

    /// The interaction with `values` in the place of its placeholders. One of a Pact file has none: there, generators say
    /// where in the request the values go.
    #[must_use]
    pub fn filled(&self, values: &Map<String, Value>) -> Self {
        if let Some(pact) = &self.request.rules.pact {
            let mut filled = self.clone();
            pact.generators.request(&mut filled.request, &mut |generator, _| generator.from_states(values));
            return filled;
        }
        Self {
            request: Request {
                path: fill(&self.request.path, &encoded(values)),
                query: fill_lists(&self.request.query, values),
                headers: fill_lists(&self.request.headers, values),
                body: self.request.body.as_ref().map(|body| fill_body(body, values)),
                ..self.request.clone()
            },
            response: Response {
                headers: fill_lists(&self.response.headers, values),
                body: self.response.body.as_ref().map(|body| fill_body(body, values)),
                ..self.response.clone()
            },
            ..self.clone()
        }
    }
}

impl Body {
    /// Whether a text of it would be changed by filling. What a file holds is never filled.
    pub(super) fn has_placeholder(&self) -> bool {
        let mut found = false;
        each_body_text(self, &mut |text| found |= has_placeholder(text));
        found
    }

    /// The body with `values` in the place of its placeholders.
    pub(super) fn filled(&self, values: &Map<String, Value>) -> Cow<'_, Self> {
        if self.has_placeholder() { Cow::Owned(fill_body(self, values)) } else { Cow::Borrowed(self) }
    }
}

impl Request {
    /// The request as it is at a moment, with what time and chance put in the place of its example's values; nothing
    /// where it has no such places.
    #[must_use]
    pub fn at(&self, moment: &Moment) -> Option<Self> {
        let pact = self.rules.pact.as_ref().filter(|pact| !pact.generators.is_empty())?;
        let mut made = self.clone();
        pact.generators.request(&mut made, &mut moment.maker());
        Some(made)
    }

    /// The names of all placeholders in it.
    #[must_use]
    pub fn placeholders(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.each_text(&mut |text| placeholders(text, &mut names));
        names
    }

    fn each_text(&self, visit: &mut dyn FnMut(&str)) {
        visit(&self.path);
        self.query.values().flatten().for_each(|text| visit(text));
        each_message_text(&self.headers, self.body.as_ref(), visit);
    }
}

impl Response {
    /// The response as it is at a moment, with what time and chance put in the place of its example's values; nothing
    /// where it has no such places.
    #[must_use]
    pub fn at(&self, moment: &Moment) -> Option<Self> {
        let pact = self.rules.pact.as_ref().filter(|pact| !pact.generators.is_empty())?;
        let mut made = self.clone();
        pact.generators.response(&mut made, &mut moment.maker());
        Some(made)
    }

    /// The names of all placeholders in it.
    #[must_use]
    pub fn placeholders(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.each_text(&mut |text| placeholders(text, &mut names));
        names
    }

    fn each_text(&self, visit: &mut dyn FnMut(&str)) {
        each_message_text(&self.headers, self.body.as_ref(), visit);
    }
}

fn each_message_text(headers: &Headers, body: Option<&Body>, visit: &mut dyn FnMut(&str)) {
    headers.values().flatten().for_each(|text| visit(text));
    if let Some(body) = body {
        each_body_text(body, visit);
    }
}

fn each_body_text(body: &Body, visit: &mut dyn FnMut(&str)) {
    match body {
        Body::Json(value) => each_value_text(value, visit),
        Body::Text(text) => visit(text),
        Body::Form(fields) => fields.values().flatten().for_each(|text| visit(text)),
        // A file is what it is: its bytes are not a template.
        Body::File { .. } | Body::Bytes(_) => {}
    }
}

fn each_value_text(value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| each_value_text(item, visit)),
        Value::Object(object) => object.values().for_each(|item| each_value_text(item, visit)),
        _ => {}
    }
}

/// The values as they stand in a path.
fn encoded(values: &Map<String, Value>) -> Map<String, Value> {
    let encode = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Value::String(utf8_percent_encode(&text, SEGMENT).to_string())
    };
    values.iter().map(|(name, value)| (name.clone(), encode(value))).collect()
}

fn fill_lists(lists: &Headers, values: &Map<String, Value>) -> Headers {
    lists.iter().map(|(name, texts)| (name.clone(), texts.iter().map(|text| fill(text, values)).collect())).collect()
}

fn fill_body(body: &Body, values: &Map<String, Value>) -> Body {
    match body {
        Body::Json(value) => Body::Json(fill_value(value, values)),
        Body::Text(text) => Body::Text(fill(text, values)),
        Body::Form(fields) => Body::Form(fill_lists(fields, values)),
        Body::Bytes(_) | Body::File { .. } => body.clone(),
    }
}
