//! YAML text → tree of nodes with places, within limits that a hostile file can't get round.
//!
//! The text is read event by event, so that depth, size and aliases are bounded while they are read and not
//! after the damage is done.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span as YamlSpan, Tag};

use super::scalar::{Resolved, ambiguity, resolve_plain};
use super::{Code, Data, Entry, Finding, Node, Position, Scalar, Span, Style};

/// The text is not YAML.
pub const NOT_YAML: Code = Code("Y101");
/// A key stands twice in one mapping.
pub const DUPLICATE_KEY: Code = Code("Y102");
/// The text is larger, deeper or has more values than the limits allow.
pub const OVER_LIMIT: Code = Code("Y103");
/// YAML that has no counterpart in JSON.
pub const NOT_JSON: Code = Code("Y104");
/// A scalar that other YAML readers take for something else.
pub const AMBIGUOUS: Code = Code("Y201");

/// How much a file may ask of its reader.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The size of the text, in bytes.
    pub bytes: usize,
    /// How deep values may be nested.
    pub depth: usize,
    /// How many values the text may hold.
    pub values: usize,
    /// How many values the aliases of the text may stand for, all uses counted.
    pub aliased: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 32 << 20, depth: 100, values: 1_000_000, aliased: 50_000 }
    }
}

/// Reads the one YAML document of `text`.
///
/// # Errors
///
/// All findings, where at least one is an error. The warnings of a text that can be used come with its tree.
pub fn parse_yaml<'t>(
    file: &Arc<str>,
    text: &'t str,
    limits: Limits,
) -> Result<(Node<'t>, Vec<Finding>), Vec<Finding>> {
    if text.len() > limits.bytes {
        return Err(vec![too_large(file, text.len(), limits.bytes)]);
    }
    let mut builder = Builder {
        file,
        limits,
        values: 0,
        aliased: 0,
        findings: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
    };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if builder.take(event, place(span)).is_err() {
                    return Err(builder.findings);
                }
            }
            Err(error) => {
                builder.findings.push(syntax_error(file, text, error.marker(), error.info()));
                return Err(builder.findings);
            }
        }
    }
    let findings = builder.findings;
    match builder.root {
        Some(root) if !findings.iter().any(Finding::is_error) => Ok((root, findings)),
        Some(_) => Err(findings),
        None => Err(vec![
            Finding::error(NOT_YAML, file, Some(Span::at(Position::START)), "the file is empty")
                .help("`upheld init` writes a first contract, ready to edit"),
        ]),
    }
}

/// The finding for a file that is larger than is read.
pub(crate) fn too_large(file: &Arc<str>, bytes: usize, limit: usize) -> Finding {
    Finding::error(OVER_LIMIT, file, None, format!("the file has {bytes} bytes; at most {limit} are read"))
        .help("split the file, or raise the limit with --max-file-size")
}

fn too_deep(file: &Arc<str>, span: Span) -> Finding {
    Finding::error(OVER_LIMIT, file, Some(span), "values are nested too deep here")
        .help("a contract states the least a consumer needs: leave out what it does not read, or raise --max-depth")
}

/// Stops the reading; the finding that says why is already kept.
struct Stop;

struct Builder<'t, 'f> {
    file: &'f Arc<str>,
    limits: Limits,
    values: usize,
    aliased: usize,
    findings: Vec<Finding>,
    /// The sequences and mappings that were begun and not ended, outermost first.
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, (Node<'t>, usize)>,
    root: Option<Node<'t>>,
}

struct Open<'t> {
    start: Span,
    anchor: usize,
    /// The count of values before this one, to know its size when it ends.
    values_before: usize,
    kind: Kind<'t>,
}

enum Kind<'t> {
    Sequence(Vec<Node<'t>>),
    Mapping { entries: Vec<Entry<'t>>, keys: HashSet<Cow<'t, str>>, key: Option<Key<'t>> },
}

struct Key<'t> {
    text: Cow<'t, str>,
    span: Span,
    style: Style,
}

impl<'t> Builder<'t, '_> {
    fn take(&mut self, event: Event<'t>, span: Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), span),
            Event::SequenceStart(anchor, tag) => {
                self.tag(tag.as_deref(), "seq", span);
                self.begin(anchor, span, Kind::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.tag(tag.as_deref(), "map", span);
                self.begin(anchor, span, Kind::Mapping { entries: Vec::new(), keys: HashSet::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::DocumentStart(_) if self.root.is_some() => self.stop(
                Finding::error(NOT_YAML, self.file, Some(span), "a second document begins here")
                    .help("one file holds one document: put the second into a file of its own"),
            ),
            _ => Ok(()),
        }
    }

    fn stop<T>(&mut self, finding: Finding) -> Result<T, Stop> {
        self.findings.push(finding);
        Err(Stop)
    }

    fn count(&mut self, values: usize, span: Span) -> Result<(), Stop> {
        self.values = self.values.saturating_add(values);
        if self.values > self.limits.values {
            let limit = self.limits.values;
            return self.stop(
                Finding::error(OVER_LIMIT, self.file, Some(span), format!("the file holds more than {limit} values"))
                    .help("split the file"),
            );
        }
        Ok(())
    }

    fn begin(&mut self, anchor: usize, span: Span, kind: Kind<'t>) -> Result<(), Stop> {
        self.count(1, span)?;
        if self.open.len() >= self.limits.depth {
            return self.stop(too_deep(self.file, span));
        }
        if let Some(Open { kind: Kind::Mapping { key: None, .. }, .. }) = self.open.last() {
            return self.stop(Finding::error(
                NOT_JSON,
                self.file,
                Some(span),
                "a key must be a text, not a list or a mapping",
            ));
        }
        self.open.push(Open { start: span, anchor, values_before: self.values, kind });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Stop> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let data = match open.kind {
            Kind::Sequence(items) => Data::Sequence(items),
            Kind::Mapping { entries, .. } => Data::Mapping(entries),
        };
        let node = Node { span: Span { start: open.start.start, end: span.start }, data };
        if open.anchor != 0 {
            let size = self.values - open.values_before + 1;
            self.anchors.insert(open.anchor, (node.clone(), size));
        }
        self.add(node, Style::Plain)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return self.stop(Finding::error(
                NOT_YAML,
                self.file,
                Some(span),
                "this alias stands inside the value it names",
            ));
        };
        // Counted before it is copied: a bomb of aliases ends here, with nothing built.
        // What it stands for counts into the size of what holds it, too.
        self.aliased = self.aliased.saturating_add(*size);
        self.values = self.values.saturating_add(*size);
        let limit = self.limits.aliased;
        if self.aliased > limit {
            return self.stop(
                Finding::error(
                    OVER_LIMIT,
                    self.file,
                    Some(span),
                    format!("the file's aliases stand for more than {limit} values"),
                )
                .help("write the values out, or split the file"),
            );
        }
        let node = Node { span, ..node.clone() };
        self.add(node, Style::Plain)
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Stop> {
        self.count(1, span)?;
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let forced_text = tag.is_some() && self.tag(tag, "str", span);
        if style == Style::Plain && !forced_text {
            self.warn_of_other_readers(&text, span);
        }
        let resolved = if style != Style::Plain || forced_text {
            Resolved::String
        } else if let Some(resolved) = resolve_plain(&text) {
            resolved
        } else {
            self.findings.push(
                Finding::error(NOT_JSON, self.file, Some(span), format!("`{text}` has no counterpart in JSON"))
                    .help("quote it, if a text is meant"),
            );
            Resolved::Null
        };
        let node = Node { span, data: Data::Scalar(Scalar { text, style, resolved }) };
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), 1));
        }
        self.add(node, style)
    }

    fn warn_of_other_readers(&mut self, text: &str, span: Span) {
        if let Some(other) = ambiguity(text) {
            self.findings.push(
                Finding::warning(
                    AMBIGUOUS,
                    self.file,
                    Some(span),
                    format!("other YAML readers take `{text}` for {other}"),
                )
                .help(format!("quote it: \"{text}\"")),
            );
        }
    }

    /// Checks a tag; true where it says that the scalar is a text.
    fn tag(&mut self, tag: Option<&Tag>, expected: &str, span: Span) -> bool {
        let Some(tag) = tag else { return false };
        if tag.handle == "tag:yaml.org,2002:" && tag.suffix == expected {
            return true;
        }
        self.findings.push(
            Finding::error(
                NOT_JSON,
                self.file,
                Some(span),
                format!("the tag `{}{}` has no counterpart in JSON", tag.handle, tag.suffix),
            )
            .help("leave the tag out; quote a scalar to make it a text"),
        );
        false
    }

    /// Puts a finished node where it belongs: a key, a value, an element, or the document itself.
    fn add(&mut self, node: Node<'t>, style: Style) -> Result<(), Stop> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.kind {
            Kind::Sequence(items) => items.push(node),
            Kind::Mapping { entries, keys, key } => match key.take() {
                None => match node.data {
                    Data::Scalar(scalar) => *key = Some(Key { text: scalar.text, span: node.span, style }),
                    _ => {
                        return self.stop(Finding::error(
                            NOT_JSON,
                            self.file,
                            Some(node.span),
                            "a key must be a text, not a list or a mapping",
                        ));
                    }
                },
                Some(Key { text, span, style }) => {
                    if keys.insert(text.clone()) {
                        entries.push(Entry { key: text, key_span: span, key_style: style, value: node });
                    } else {
                        let first = entries.iter().find(|entry| entry.key == text).map_or(span, |entry| entry.key_span);
                        self.findings.push(
                            Finding::error(
                                DUPLICATE_KEY,
                                self.file,
                                Some(span),
                                format!("the key `{text}` stands here a second time"),
                            )
                            .help(format!("it stands first in line {}: keep one of the two", first.start.line)),
                        );
                    }
                }
            },
        }
        Ok(())
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
    } else if line.contains(": ") && line.matches(": ").count() > 1 {
        finding.help("a text that holds `: ` must be quoted")
    } else {
        finding
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Pointer;

    fn parse(text: &str) -> Result<(serde_json::Value, Vec<Finding>), Vec<Finding>> {
        parse_yaml(&Arc::from("c.yaml"), text, Limits::default()).map(|(node, findings)| (node.to_json(), findings))
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
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = level - 1;
            let list = vec![format!("*a{before}"); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert_eq!(codes(&bomb), ["Y103"]);
        assert_eq!(codes(&"[".repeat(10_000)), ["Y103"]);
        assert_eq!(codes(&"- ".repeat(10_000)), ["Y103"]);
    }

    #[test]
    fn the_tree_knows_the_place_of_every_key_and_value() {
        let file = Arc::from("c.yaml");
        let (root, _) = parse_yaml(&file, "a:\n  - b: 1\n  - c: two\n", Limits::default()).unwrap();
        let pointer = Pointer::root().key("a").index(1).key("c");
        assert_eq!(root.place(&pointer).start.to_string(), "3:8");
        assert_eq!(root.key_place(&pointer).start.to_string(), "3:5");
        assert_eq!(root.place(&pointer.key("nothing").index(3)).start.to_string(), "3:8");
    }
}
