//! From the bodies of a Pact file to those of a contract, with their rules.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::json_body::expectations;
use super::rules::{self, Comparison};
use super::texts::{escaped, named_rules, text_rule};
use crate::contract::{JsonType, Matcher, Rule, WrittenRule};
use crate::conversion::difference::{FromPact, MultipartAs};
use crate::conversion::place::{NamedTexts, Part, Side};
use crate::conversion::remark::Remarks;
use crate::interaction::template::{escape, escape_value};
use crate::interaction::{Body, Content, Headers, Path, Segment, urlencoded};
use crate::pact::{Chosen, MediaKind, MediaType, PactMatcher, PactRules};

/// The rules of a body by their paths.
pub(super) type BodyRules = IndexMap<Path, WrittenRule>;

/// The body and its rules.
pub(super) fn body(
    body: &Body,
    headers: &Headers,
    pact: &PactRules,
    remarks: &mut Remarks<'_>,
) -> (Option<Body>, BodyRules) {
    let header = headers.get("content-type").and_then(|values| values.first()).map(String::as_str);
    let media_type = pact.media_type.as_deref().or(header).and_then(MediaType::parse);
    let reader = BodyReader { pact, media_type, is_request: remarks.side == Side::Request, remarks };
    match &body.content {
        Content::Json(value) => reader.json(value),
        Content::Text(text) => reader.text(text),
        Content::Bytes(bytes) => reader.bytes(bytes),
        // A Pact file writes a form as a text.
        Content::Form(_) => (Some(body.clone()), BodyRules::new()),
    }
}

/// A body that is being read.
struct BodyReader<'p, 'r, 'm> {
    pact: &'p PactRules,
    /// The media type that the file names.
    media_type: Option<MediaType>,
    is_request: bool,
    remarks: &'r mut Remarks<'m>,
}

impl BodyReader<'_, '_, '_> {
    fn is_multipart(&self) -> bool {
        self.media_type.as_ref().is_some_and(|media_type| media_type.kind() == MediaKind::Multipart)
    }

    fn json(self, value: &Value) -> (Option<Body>, BodyRules) {
        let node = expectations(value, &Chosen::new(&self.pact.body), self.remarks);
        let comparison = if self.is_request { Comparison::ByValue } else { Comparison::ByType };
        (Some(Body::json(escape_value(value))), written(rules::rules(&node, comparison)))
    }

    fn text(self, text: &str) -> (Option<Body>, BodyRules) {
        if text.is_empty() {
            // A request without a body in its contract accepts none anyway.
            return ((!self.is_request).then(Body::empty), BodyRules::new());
        }
        if self.is_multipart() {
            return self.any_text(text, FromPact::Multipart(MultipartAs::AnyText));
        }
        let media_type = self.media_type.clone().or_else(|| MediaType::of_content(text.as_bytes()));
        match media_type.map(|media_type| media_type.kind()) {
            Some(MediaKind::Form) => self.form(text),
            Some(MediaKind::Xml) => self.any_text(text, FromPact::Xml),
            Some(MediaKind::Json | MediaKind::Multipart | MediaKind::Text | MediaKind::Binary) | None => {
                let chosen = Chosen::new(&self.pact.body);
                let rule = chosen.speaking().and_then(|it| text_rule(it.list, text, &Part::Body, self.remarks));
                (Some(Body::text(escape(text))), rule_for_all(rule))
            }
        }
    }

    /// A text in the place of something that a contract can't compare as Pact does.
    fn any_text(self, text: &str, difference: FromPact) -> (Option<Body>, BodyRules) {
        self.remarks.add(Part::Body, difference);
        let rule = Rule::of(Matcher::Type(JsonType::String));
        (Some(Body::text(escape(text))), rule_for_all(Some(rule)))
    }

    fn form(self, text: &str) -> (Option<Body>, BodyRules) {
        let fields = urlencoded::read(text);
        let by_name = named_rules(&fields, &self.pact.body, NamedTexts::Form, self.remarks);
        // Pact accepts no other fields, in a response either.
        let closed = (!self.is_request).then(|| (Vec::new(), Rule::of(Matcher::Closed)));
        let by_name = by_name.into_iter().map(|(name, rule)| (vec![Segment::Key(name)], rule));
        (Some(Body::form(escaped(&fields))), written(closed.into_iter().chain(by_name).collect()))
    }

    fn bytes(self, bytes: &Arc<[u8]>) -> (Option<Body>, BodyRules) {
        let chosen = Chosen::new(&self.pact.body);
        let ruled = chosen.speaking().filter(|it| it.list.matchers != [PactMatcher::Equality]);
        let (rule, difference) = match ruled {
            _ if self.is_multipart() => {
                let instead = if self.is_request { MultipartAs::ExactBytes } else { MultipartAs::Nothing };
                (None, FromPact::Multipart(instead))
            }
            Some(it) if self.is_request => (Some(it.list), FromPact::ExactBytes),
            Some(it) => (Some(it.list), FromPact::BytesLeftOut),
            None => return (Some(Body::bytes(Arc::clone(bytes))), BodyRules::new()),
        };
        self.remarks.add_at(Part::Body, rule, difference);
        (self.is_request.then(|| Body::bytes(Arc::clone(bytes))), BodyRules::new())
    }
}

/// One rule for the body as a whole.
fn rule_for_all(rule: Option<Rule>) -> BodyRules {
    written(rule.map(|rule| (Vec::new(), rule)).into_iter().collect())
}

fn written(rules: rules::Rules) -> BodyRules {
    let written = rules.into_iter().map(|(path, rule)| {
        let path = Path(path);
        let key = path.to_string();
        (path, WrittenRule { rule, key })
    });
    written.collect()
}
