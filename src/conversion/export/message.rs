//! The headers and the body of a message, as Pact tells what a body is: by its content type.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::matchers::TYPE;
use super::texts::{any_type, list, media_type_rule, named, of_text};
use super::{Version, ask, body};
use crate::contract::{Matcher, Rule, Rules};
use crate::conversion::differences::ANY_XML;
use crate::interaction::{Body, Content, Headers, Path, Segment};
use crate::pact::{MediaKind, MediaType, PactPath, PactRules, PlacedRule, PlacedRules};

const FORM: &str = "application/x-www-form-urlencoded";

/// A message of a contract on its way to a Pact file.
pub(super) struct Message<'m> {
    pub rules: &'m Rules,
    pub headers: &'m Headers,
    pub is_request: bool,
    pub version: Version,
    pub pact: &'m mut PactRules,
    pub say: &'m mut dyn FnMut(&str, &str),
}

impl Message<'_> {
    /// The headers and the body of the message, and the rules of the body.
    pub(super) fn written(mut self, filled: Option<&Body>) -> (Headers, Option<Body>) {
        let mut headers = self.headers.clone();
        let Some(filled) = filled else { return (headers, None) };
        let body = match &filled.content {
            Content::Json(value) => self.json(value),
            Content::Form(fields) => self.form(fields),
            Content::Text(text) if text.is_empty() => Some(Body::empty()),
            Content::Text(text) => self.text(text),
            Content::Bytes(bytes) if bytes.is_empty() => Some(Body::empty()),
            Content::Bytes(bytes) => self.bytes(bytes),
        };
        let is_filled = body.as_ref().is_some_and(|body| !body.is_empty());
        if is_filled && !headers.contains_key("content-type") {
            // Pact's verifier sends none that goes without saying here.
            let implied = filled.content.implied_type().filter(|_| self.is_request);
            headers.extend(implied.map(|implied| (String::from("content-type"), vec![implied.to_owned()])));
            // Without a rule, what comes is held to it, or to what the body looks like.
            self.pact.headers.0.push(any_type());
        }
        (headers, body)
    }

    fn left_out(&mut self, why: &str) -> Option<Body> {
        (self.say)("body", &format!("{why}; it is left out"));
        None
    }

    /// What the content type says, where there is one that can be read.
    fn kind(&self) -> Option<MediaKind> {
        let header = self.headers.get("content-type").and_then(|values| values.first());
        header.and_then(|header| MediaType::parse(header)).map(|media_type| media_type.kind())
    }

    fn has_type(&self) -> bool {
        self.headers.contains_key("content-type")
    }

    fn json(&mut self, value: &Value) -> Option<Body> {
        let kind = self.kind();
        let is_other = kind.is_some_and(|kind| kind != MediaKind::Json);
        // A Pact file takes a null for a body that is empty.
        if value.is_null() && (self.version == Version::V3 || !self.is_request) {
            return self.left_out("the contract has a body that is null; to Pact there would be none");
        }
        if value.is_string() && self.version == Version::V3 && is_other {
            return self
                .left_out("the contract has a text of JSON; version 3 would tell by the content type that it is none");
        }
        if is_other && !self.is_request {
            return self
                .left_out("the contract has a body of JSON; Pact would tell by the content type that it is none");
        }
        let say = &mut *self.say;
        let mut remark = |path: &str, why: &str| say(&format!("body {path}"), why);
        if is_other {
            remark("", "the contract compares the body as JSON; Pact tells by the content type that it is none");
        }
        let mut walk =
            ask::Walk { is_request: self.is_request, is_newest: self.version == Version::V4, remark: &mut remark };
        let (example, placed) = body::body(value, &self.rules.body, &mut walk);
        self.pact.body = placed;
        example.map(Body::json)
    }

    fn form(&mut self, fields: &IndexMap<String, Vec<String>>) -> Option<Body> {
        match self.kind() {
            Some(MediaKind::Form) => {}
            None if !self.has_type() && self.is_request => {}
            None if !self.has_type() && self.version == Version::V4 => self.pact.media_type = Some(FORM.to_owned()),
            _ => return self.left_out("the contract has a form; Pact would tell by the content type that it is none"),
        }
        let rules = &self.rules.body;
        let closed = |path: &Path, rule: &Rule| path.0.is_empty() && *rule == Rule::of(Matcher::Closed);
        let is_closed = rules.iter().any(|(path, written)| closed(path, &written.rule));
        if !self.is_request && !is_closed {
            return self.left_out("the contract takes more fields than these; Pact would refuse them");
        }
        let (mut by_name, mut others) = (IndexMap::new(), Vec::new());
        for (path, written) in rules.iter().filter(|(path, written)| !closed(path, &written.rule)) {
            match path.0.as_slice() {
                [Segment::Key(name)] if self.is_request || !written.rule.optional => {
                    by_name.insert(name.clone(), written.rule.clone());
                }
                _ => others.push(path),
            }
        }
        if !others.is_empty() && !self.is_request {
            return self.left_out("the contract has a rule for this form that Pact doesn't have");
        }
        for path in others {
            let why = "the contract has a rule here that Pact doesn't have; Pact asks for the value";
            (self.say)(&format!("body {path}"), why);
        }
        self.pact.body = named(&by_name, fields, "body", self.say);
        Some(Body::form(fields.clone()))
    }

    fn text(&mut self, text: &str) -> Option<Body> {
        let kind = self.kind();
        let rule = self.rules.body.values().next().map(|written| &written.rule);
        let ruled =
            rule.filter(|rule| rule.determines_value() && !rule.has(&Matcher::Exact) && !rule.has(&Matcher::Equal));
        let looks_other = MediaType::of_content(text.as_bytes()).is_some_and(|found| found.kind() != MediaKind::Text);
        match kind {
            None if looks_other && !self.has_type() && self.version == Version::V4 => {
                self.pact.media_type = Some(String::from("text/plain"));
            }
            None if looks_other => {
                return self.left_out(
                    "the contract has a text without a content type; Pact would tell by its looks what it is",
                );
            }
            Some(MediaKind::Binary) if self.version == Version::V3 => {
                return self
                    .left_out("the contract has a text; version 3 would tell by the content type that it is bytes");
            }
            Some(MediaKind::Json | MediaKind::Xml | MediaKind::Form | MediaKind::Multipart) if self.can_be_text() => {
                self.pact.media_type = Some(String::from("text/plain"));
            }
            Some(MediaKind::Json | MediaKind::Xml | MediaKind::Form | MediaKind::Multipart) => {
                return self.structured(text, kind, ruled);
            }
            _ => {}
        }
        if let Some(rule) = rule {
            let list = of_text(rule, text, "body", self.say);
            let placed = list.map(|list| PlacedRule { path: PactPath::default(), list });
            self.pact.body = PlacedRules(placed.into_iter().collect());
        }
        Some(Body::text(text))
    }

    /// Whether Pact can be told that the body is a text, whatever the header says: since version 4, and where a rule for the
    /// content type lets come what the header says.
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

    /// A text that Pact takes apart.
    fn structured(&mut self, text: &str, kind: Option<MediaKind>, ruled: Option<&Rule>) -> Option<Body> {
        let is_read = match kind {
            Some(MediaKind::Json) => {
                serde_json::from_str::<Value>(text).is_ok_and(|it| it.is_object() || it.is_array())
            }
            Some(MediaKind::Xml) => roxmltree::Document::parse(text).is_ok(),
            _ => true,
        };
        if kind == Some(MediaKind::Multipart) {
            return self.left_out("the contract compares this body as one text; Pact would compare it part by part");
        }
        if !is_read {
            return self.left_out("the contract has a text; Pact would take it apart by its content type, and can't");
        }
        if ruled.is_some() && !self.is_request {
            return self.left_out(
                "the contract has a rule for the text as a whole; Pact would take it apart by its content type",
            );
        }
        if ruled.is_some() {
            (self.say)(
                "body",
                "the contract has a rule for the text as a whole; Pact takes it apart, and asks for the types in it",
            );
            let rule = PlacedRule { path: PactPath::default(), list: list(TYPE) };
            self.pact.body = PlacedRules(vec![rule]);
        } else if kind == Some(MediaKind::Xml) {
            (self.say)("body", ANY_XML);
        } else {
            (self.say)("body", "the contract asks for this very text; Pact takes it apart by its content type");
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
            _ => self
                .left_out("the contract has bytes; Pact would tell by the content type that they are something else"),
        }
    }
}
