//! The headers and the body of a message. In Pact, the content type decides how a body is read.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::json_body::JsonBody;
use super::json_rules;
use super::matchers::TYPE;
use super::texts::{any_type, list, media_type_rule, named, text_rule};
use super::version::Version;
use crate::contract::{Matcher, Rule, Rules};
use crate::conversion::difference::{NoBody, ToPact};
use crate::conversion::place::{NamedTexts, Part, Side};
use crate::conversion::remark::Remarks;
use crate::interaction::{Body, Content, Headers, Path, Segment};
use crate::pact::{MediaKind, MediaType, PactPath, PactRules, PlacedRule, PlacedRules};
use crate::source::json_value;

const FORM: &str = "application/x-www-form-urlencoded";

/// A message of a contract on its way to a Pact file.
pub(super) struct Message<'m, 'r> {
    pub rules: &'m Rules,
    pub headers: &'m Headers,
    pub version: Version,
    pub pact: &'m mut PactRules,
    pub remarks: &'m mut Remarks<'r>,
}

impl Message<'_, '_> {
    /// The headers and the body of the message in a Pact file. The body's rules go to `pact`.
    pub(super) fn convert(mut self, filled: Option<&Body>) -> (Headers, Option<Body>) {
        let mut headers = self.headers.clone();
        let Some(filled) = filled else { return (headers, None) };
        let body = match &filled.content {
            Content::Json(value) => self.json(value),
            Content::Form(fields) => self.form(fields),
            Content::Text(text) if text.is_empty() => Some(Body::empty()),
            Content::Text(text) => self.text(text),
            Content::Bytes(bytes) if bytes.is_empty() => Some(Body::empty()),
            Content::Bytes(_) if !self.rules.body.is_empty() => self.leave_out(NoBody::AnyBytes),
            Content::Bytes(bytes) => self.bytes(bytes),
        };
        let is_filled = body.as_ref().is_some_and(|body| !body.is_empty());
        if is_filled && !self.has_type() {
            // Pact's verifier doesn't send the content type that a contract implies.
            let implied = filled.content.implied_type().filter(|_| self.is_request());
            headers.extend(implied.map(|implied| (String::from("content-type"), vec![implied.to_owned()])));
            // Without a rule, Pact compares the actual type with this one, or with its guess from the body.
            self.pact.headers.0.push(any_type());
        }
        (headers, body)
    }

    fn remark(&mut self, difference: ToPact) {
        self.remarks.add(Part::Body, difference);
    }

    fn leave_out(&mut self, why: NoBody) -> Option<Body> {
        self.remark(ToPact::NoBody(why));
        None
    }

    fn is_request(&self) -> bool {
        self.remarks.side == Side::Request
    }

    /// The kind of body according to the content type, if that can be read.
    fn kind(&self) -> Option<MediaKind> {
        let header = self.headers.get("content-type").and_then(|values| values.first());
        header.and_then(|header| MediaType::parse(header)).map(|media_type| media_type.kind())
    }

    fn has_type(&self) -> bool {
        self.headers.contains_key("content-type")
    }

    fn json(&mut self, value: &Value) -> Option<Body> {
        let is_other = self.kind().is_some_and(|kind| kind != MediaKind::Json);
        // A null in a Pact file is an empty body.
        if value.is_null() && (self.version == Version::V3 || !self.is_request()) {
            return self.leave_out(NoBody::Null);
        }
        if value.is_string() && self.version == Version::V3 && is_other {
            return self.leave_out(NoBody::JsonString);
        }
        if is_other && !self.is_request() {
            return self.leave_out(NoBody::NotJson);
        }
        if is_other {
            self.remark(ToPact::JsonOfOtherType);
        }
        let body = JsonBody { is_newest: self.version == Version::V4, remarks: &mut *self.remarks };
        let (example, placed) = json_rules::body(value, &self.rules.body, body);
        self.pact.body = placed;
        example.map(Body::json)
    }

    fn form(&mut self, fields: &IndexMap<String, Vec<String>>) -> Option<Body> {
        match self.kind() {
            Some(MediaKind::Form) => {}
            None if !self.has_type() && self.is_request() => {}
            None if !self.has_type() && self.version == Version::V4 => self.pact.media_type = Some(FORM.to_owned()),
            _ => return self.leave_out(NoBody::NotForm),
        }
        let rules = &self.rules.body;
        let closes = |path: &Path, rule: &Rule| path.0.is_empty() && *rule == Rule::of(Matcher::Closed);
        let is_closed = rules.iter().any(|(path, written)| closes(path, &written.rule));
        if !self.is_request() && !is_closed {
            return self.leave_out(NoBody::MoreFields);
        }
        let (mut by_name, mut others) = (IndexMap::new(), Vec::new());
        for (path, written) in rules.iter().filter(|(path, written)| !closes(path, &written.rule)) {
            match path.0.as_slice() {
                [Segment::Key(name)] if self.is_request() || !written.rule.optional => {
                    by_name.insert(name.clone(), written.rule.clone());
                }
                _ => others.push(path),
            }
        }
        if !others.is_empty() && !self.is_request() {
            return self.leave_out(NoBody::FormRule);
        }
        for path in others {
            self.remarks.add(Part::InBody(path.to_string()), ToPact::FieldRule);
        }
        self.pact.body = named(&by_name, fields, NamedTexts::Form, self.remarks);
        Some(Body::form(fields.clone()))
    }

    fn text(&mut self, text: &str) -> Option<Body> {
        let kind = self.kind();
        let rule = self.rules.body.values().next().map(|written| &written.rule);
        let looks_other = MediaType::of_content(text.as_bytes()).is_some_and(|found| found.kind() != MediaKind::Text);
        match kind {
            None if looks_other && !self.has_type() && self.version == Version::V4 => {
                self.pact.media_type = Some(String::from("text/plain"));
            }
            None if looks_other => return self.leave_out(NoBody::UntypedText),
            Some(MediaKind::Binary) if self.version == Version::V3 => return self.leave_out(NoBody::BinaryText),
            Some(kind @ (MediaKind::Json | MediaKind::Xml | MediaKind::Form | MediaKind::Multipart)) => {
                if !self.can_be_text() {
                    return self.parse(text, kind, rule);
                }
                self.pact.media_type = Some(String::from("text/plain"));
            }
            None | Some(MediaKind::Binary | MediaKind::Text) => {}
        }
        if let Some(rule) = rule {
            let list = text_rule(rule, text, &Part::Body, self.remarks);
            let placed = list.map(|list| PlacedRule { path: PactPath::default(), list });
            self.pact.body = PlacedRules(placed.into_iter().collect());
        }
        Some(Body::text(text))
    }

    /// Whether a Pact file can mark the body as text, whatever the header says: since version 4, if a rule for the content
    /// type accepts the header's.
    fn can_be_text(&mut self) -> bool {
        let name = "content-type";
        let has_rule = self.pact.headers.0.iter().any(|rule| rule.path.first_key() == Some(name));
        if self.version == Version::V3 || has_rule {
            return self.version == Version::V4;
        }
        let rule = self.headers.get(name).and_then(|values| media_type_rule(name, values));
        let has_rule = rule.is_some();
        self.pact.headers.0.extend(rule);
        has_rule
    }

    /// A text that Pact parses.
    fn parse(&mut self, text: &str, kind: MediaKind, rule: Option<&Rule>) -> Option<Body> {
        let is_loose = rule
            .is_some_and(|rule| rule.determines_value() && !rule.has(&Matcher::Exact) && !rule.has(&Matcher::Equal));
        let can_be_parsed = match kind {
            MediaKind::Multipart if self.is_request() && self.version == Version::V4 && !is_loose => {
                return Some(Body::bytes(text.as_bytes()));
            }
            MediaKind::Multipart => return self.leave_out(NoBody::Parts),
            MediaKind::Json => json_value::read(text.as_bytes()).is_ok_and(|it| it.is_object() || it.is_array()),
            MediaKind::Xml => roxmltree::Document::parse(text).is_ok(),
            MediaKind::Form | MediaKind::Text | MediaKind::Binary => true,
        };
        if !can_be_parsed {
            return self.leave_out(NoBody::Unreadable);
        }
        if is_loose && !self.is_request() {
            return self.leave_out(NoBody::ParsedText);
        }
        if is_loose {
            self.remark(ToPact::ParsedTextRule);
            let rule = PlacedRule { path: PactPath::default(), list: list(TYPE) };
            self.pact.body = PlacedRules(vec![rule]);
        } else {
            self.remark(if kind == MediaKind::Xml { ToPact::ParsedXml } else { ToPact::ParsedText });
        }
        Some(Body::text(text))
    }

    fn bytes(&mut self, bytes: &Arc<[u8]>) -> Option<Body> {
        match (self.version, self.kind()) {
            (_, Some(MediaKind::Binary)) => Some(Body::bytes(Arc::clone(bytes))),
            (Version::V4, None) if !self.has_type() => {
                self.pact.media_type = Some(String::from("application/octet-stream"));
                Some(Body::bytes(Arc::clone(bytes)))
            }
            (Version::V4, Some(MediaKind::Multipart)) if self.is_request() => Some(Body::bytes(Arc::clone(bytes))),
            // Compressed, or in another charset: version 4 can say that they are bytes, whatever the header says.
            (Version::V4, Some(_)) if self.is_request() && self.can_be_text() => {
                self.pact.media_type = Some(String::from("application/octet-stream"));
                Some(Body::bytes(Arc::clone(bytes)))
            }
            _ => self.leave_out(NoBody::NotBytes),
        }
    }
}
