//! YAML text → JSON value, or → the places in it, within limits that a hostile file can't get round.
//!
//! The text is read event by event, so depth, size and aliases are bounded while they are read and not after the damage
//! is done. Only text that isn't YAML, or that is over a limit, ends the reading: every other problem is noted, and a
//! stand-in replaces the value.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Marker, Parser, Span as YamlSpan};
use serde_json::Value;

use super::builder::{Builder, Built, KeyValue, Product};
use super::codes::NOT_YAML;
use super::limits::{Limits, too_deep, too_large};
use super::scalar::Resolved;
use super::{Finding, Findings, Node, Position, Span};

/// The value of a text, and the findings about it.
#[derive(Debug)]
pub struct Survey {
    /// The JSON value, if the text is YAML and within the limits. If the findings contain errors, it isn't what the
    /// author meant: of duplicate keys it has the first, and stand-ins for everything that JSON can't express.
    pub value: Option<Value>,
    /// The lines in which the elements of the lists at the document's top begin, by the list's key.
    pub lists: HashMap<String, Vec<u32>>,
    pub findings: Findings,
}

/// Reads the one YAML document of `text` as far as possible, whatever is wrong with it, so its meaning can be checked
/// in the same run.
#[must_use]
pub fn survey_yaml(file: &Arc<str>, text: &str, limits: Limits) -> Survey {
    let Built { root, lists, findings } = build(file, text, limits);
    Survey { value: root, lists, findings }
}

/// Reads the one YAML document of `text`, which must have no errors at all.
///
/// # Errors
///
/// All findings, at least one of which is an error. The warnings of a text that can be used come with its value.
pub fn parse_yaml(file: &Arc<str>, text: &str, limits: Limits) -> Result<(Value, Vec<Finding>), Vec<Finding>> {
    let Survey { value, findings, .. } = survey_yaml(file, text, limits);
    match value {
        Some(value) if !findings.any_error() => Ok((value, findings.into_sorted())),
        _ => Err(findings.into_sorted()),
    }
}

/// The places of the keys and values of `text`, as far as it can be read.
pub(super) fn map_yaml(file: &Arc<str>, text: &str, limits: Limits) -> Option<Node> {
    build(file, text, limits).root
}

fn build<'t, P: Product<'t>>(file: &Arc<str>, text: &'t str, limits: Limits) -> Built<P> {
    let mut findings = Findings::new(file);
    if text.len() > limits.bytes {
        findings.push(too_large(file, text.len(), limits.bytes));
        return Built { root: None, lists: HashMap::new(), findings };
    }
    let mut builder = Builder::new(file, limits, findings);
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if builder.take(event, place(span)).is_err() {
                    break;
                }
            }
            Err(error) => {
                builder.fail(syntax_error(file, text, error.marker(), error.info()));
                break;
            }
        }
    }
    builder.finish()
}

impl<'t> Product<'t> for Value {
    fn scalar(text: Cow<'t, str>, resolved: Resolved, _: Span) -> Self {
        match resolved {
            Resolved::Null => Self::Null,
            Resolved::Bool(value) => Self::Bool(value),
            Resolved::Number(number) => Self::Number(number),
            Resolved::String => Self::String(text.into_owned()),
        }
    }

    fn sequence(items: Vec<Self>, _: Span) -> Self {
        Self::Array(items)
    }

    fn mapping(entries: Vec<KeyValue<'t, Self>>, _: Span) -> Self {
        Self::Object(entries.into_iter().map(|entry| (entry.key.into_owned(), entry.value)).collect())
    }

    fn at(self, _: Span) -> Self {
        self
    }
}

fn place(span: YamlSpan) -> Span {
    Span { start: position(&span.start), end: position(&span.end) }
}

fn position(marker: &Marker) -> Position {
    Position {
        line: u32::try_from(marker.line()).unwrap_or(u32::MAX),
        column: u32::try_from(marker.col()).unwrap_or(u32::MAX).saturating_add(1),
    }
}

fn syntax_error(file: &Arc<str>, text: &str, marker: &Marker, info: &str) -> Finding {
    let at = position(marker);
    if info.contains("recursion limit") {
        return too_deep(file, Span::at(at));
    }
    let line = text.lines().nth(at.line.saturating_sub(1) as usize).unwrap_or_default();
    let finding = Finding::error(NOT_YAML, file, Some(Span::at(at)), format!("this is not YAML: {info}"));
    if line.trim_start_matches(' ').starts_with('\t') {
        finding.help("YAML indents with spaces: replace the tab")
    } else if info.contains("flow") {
        finding
            .help("inside `{…}` or `[…]`, quote any value that contains `,`, `[`, `]`, `{` or `}`: \"/[0-9]+/\", \"/orders/${id}\"")
    } else if line.matches(": ").count() > 1 {
        finding.help("text that contains `: ` must be quoted")
    } else {
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Pointer;
    use crate::source::codes::DUPLICATE_KEY;

    fn parse(text: &str) -> Result<(serde_json::Value, Vec<Finding>), Vec<Finding>> {
        parse_yaml(&Arc::from("c.yaml"), text, Limits::default())
    }

    fn codes(text: &str) -> Vec<&'static str> {
        match parse(text) {
            Ok((_, findings)) | Err(findings) => findings.into_iter().map(|finding| finding.code.0).collect(),
        }
    }

    #[test]
    fn a_document_becomes_the_json_it_stands_for() {
        let (value, findings) = parse("a: 1\nb: [x, \"2\", null]\nc: { d: 9007199254740993 }\n42: y1\n").unwrap();
        assert_eq!(value.to_string(), r#"{"a":1,"b":["x","2",null],"c":{"d":9007199254740993},"42":"y1"}"#);
        assert!(findings.is_empty());
    }

    #[test]
    fn an_alias_is_what_it_names() {
        let (value, _) = parse("a: &x { b: 1 }\nc: *x\n").unwrap();
        assert_eq!(value.to_string(), r#"{"a":{"b":1},"c":{"b":1}}"#);
    }

    #[test]
    fn every_duplicate_key_is_found_with_the_line_of_the_first() {
        let findings = parse("a: 1\nb: 2\na: 3\nb: 4\n").unwrap_err();
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[0].code, DUPLICATE_KEY);
        assert_eq!(findings[0].span.unwrap().start.to_string(), "3:1");
        assert!(findings[0].help[0].contains("line 1"));
    }

    #[test]
    fn texts_that_are_not_one_json_document_are_refused() {
        for (text, code) in [
            ("", "Y101"),
            ("a: 1\n---\nb: 2\n", "Y101"),
            ("a: b: c\n", "Y101"),
            ("a:\n\tb: 1\n", "Y101"),
            ("a: .inf\n", "Y104"),
            ("a: !secret x\n", "Y104"),
            ("? [a]\n: b\n", "Y104"),
        ] {
            assert!(codes(text).contains(&code), "{text:?}: {:?}", codes(text));
        }
    }

    #[test]
    fn a_bomb_of_aliases_and_a_deep_nest_end_in_a_finding() {
        let line =
            |level: usize| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
        let bomb = String::from("a0: &a0 [x, x, x]\n") + &(1..12).map(line).collect::<String>();
        assert_eq!(codes(&bomb), ["Y103"]);
        assert_eq!(codes(&"[".repeat(10_000)), ["Y103"]);
        assert_eq!(codes(&"- ".repeat(10_000)), ["Y103"]);
    }

    #[test]
    fn the_tree_knows_the_place_of_every_key_and_value() {
        let file = Arc::from("c.yaml");
        let root = map_yaml(&file, "a:\n  - b: 1\n  - c: two\n", Limits::default()).unwrap();
        let pointer = Pointer::root().key("a").index(1).key("c");
        assert_eq!(root.place(&pointer).start.to_string(), "3:8");
        assert_eq!(root.key_place(&pointer).start.to_string(), "3:5");
        assert_eq!(root.place(&pointer.key("nothing").index(3)).start.to_string(), "3:8");
    }
}
