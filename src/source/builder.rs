//! The tree of a YAML text, put together event by event, with the limits held at each.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, ScalarStyle, Tag};

use super::codes::{AMBIGUOUS, DUPLICATE_KEY, NOT_JSON, NOT_YAML, OVER_LIMIT};
use super::node::FEW;
use super::scalar::{Resolved, ambiguity, resolve_plain};
use super::yaml::too_deep;
use super::{Data, Entry, Finding, Findings, Limits, Mapping, Node, Position, Scalar, Span};

/// What `serde_json` takes a number apart into, to keep its digits: an object with this key would become a number.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Stops the reading; the finding that says why is already kept.
pub(super) struct Stop;

/// What was read so far.
pub(super) struct Builder<'t, 'f> {
    file: &'f Arc<str>,
    limits: Limits,
    values: usize,
    aliased: usize,
    findings: Findings,
    /// The sequences and mappings that were begun and not ended, outermost first.
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, Anchored<'t>>,
    root: Option<Node<'t>>,
    /// Whether the tree can't be used: the text ended too early.
    failed: bool,
}

/// A value with an anchor, to be put where its aliases stand.
struct Anchored<'t> {
    node: Node<'t>,
    extent: Extent,
}

/// How much a value is: it and all below it, and how many levels they make.
#[derive(Clone, Copy)]
struct Extent {
    values: usize,
    levels: usize,
}

struct Open<'t> {
    start: Position,
    anchor: usize,
    extent: Extent,
    kind: Kind<'t>,
}

enum Kind<'t> {
    Sequence(Vec<Node<'t>>),
    Mapping {
        entries: Vec<Entry<'t>>,
        /// Where each key stands first.
        keys: HashMap<Cow<'t, str>, Position>,
        key: Option<Key<'t>>,
    },
}

/// A key that waits for its value.
enum Key<'t> {
    Text(Cow<'t, str>, Span),
    /// One that JSON can't have: its value is left out.
    Impossible,
}

impl<'t, 'f> Builder<'t, 'f> {
    pub(super) fn new(file: &'f Arc<str>, limits: Limits, findings: Findings) -> Self {
        let limits = Limits { depth: limits.depth.min(Limits::MOST_DEPTH), ..limits };
        Self {
            file,
            limits,
            values: 0,
            aliased: 0,
            findings,
            open: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            failed: false,
        }
    }

    /// The tree, if there is one that can be used, and what was found.
    pub(super) fn finish(mut self) -> (Option<Node<'t>>, Findings) {
        if self.root.is_none() && !self.failed {
            self.findings.push(
                Finding::error(NOT_YAML, self.file, Some(Span::at(Position::START)), "the file is empty")
                    .help("`upheld init` writes a first contract, ready to edit"),
            );
        }
        (self.root.filter(|_| !self.failed), self.findings)
    }

    /// Notes why the text can't be read to its end.
    pub(super) fn fail(&mut self, finding: Finding) {
        self.failed = true;
        self.findings.push(finding);
    }

    pub(super) fn take(&mut self, event: Event<'t>, span: Span) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), span),
            Event::SequenceStart(anchor, tag) => {
                self.tag(tag.as_deref(), "seq", span);
                self.begin(anchor, span, Kind::Sequence(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.tag(tag.as_deref(), "map", span);
                self.begin(anchor, span, Kind::Mapping { entries: Vec::new(), keys: HashMap::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::DocumentStart(_) if self.root.is_some() => {
                self.error(
                    NOT_YAML,
                    span,
                    "a second document begins here",
                    "one file holds one document: put the second into a file of its own",
                );
                // The first can be read, and the second is not looked at.
                Err(Stop)
            }
            _ => Ok(()),
        }
    }

    fn error(&mut self, code: super::Code, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding::error(code, self.file, Some(span), message).help(help));
    }

    fn stop(&mut self, finding: Finding) -> Stop {
        self.fail(finding);
        Stop
    }

    fn over_limit(&mut self, span: Span, message: String, help: &str) -> Stop {
        self.stop(Finding::error(OVER_LIMIT, self.file, Some(span), message).help(help))
    }

    /// Counts a value of the text.
    fn count(&mut self, span: Span) -> Result<(), Stop> {
        self.values += 1;
        let limit = self.limits.values;
        if self.values > limit {
            return Err(self.over_limit(span, format!("the file holds more than {limit} values"), "split the file"));
        }
        Ok(())
    }

    fn begin(&mut self, anchor: usize, span: Span, kind: Kind<'t>) -> Result<(), Stop> {
        self.count(span)?;
        if self.open.len() >= self.limits.depth {
            return Err(self.stop(too_deep(self.file, span)));
        }
        self.open.push(Open { start: span.start, anchor, extent: Extent { values: 1, levels: 1 }, kind });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Stop> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let data = match open.kind {
            // A large document is many small lists: what each has room for beyond its elements would double it.
            Kind::Sequence(mut items) => {
                items.shrink_to_fit();
                Data::Sequence(items)
            }
            Kind::Mapping { mut entries, .. } => {
                entries.shrink_to_fit();
                Data::Mapping(Mapping::new(entries))
            }
        };
        let node = Node { span: Span { start: open.start, end: span.start }, data };
        self.anchor(open.anchor, &node, open.extent)?;
        self.add(node, open.extent);
        Ok(())
    }

    /// Keeps a value that has an anchor. What is kept is counted: anchors inside of anchors would be kept again and
    /// again.
    fn anchor(&mut self, anchor: usize, node: &Node<'t>, extent: Extent) -> Result<(), Stop> {
        if anchor == 0 {
            return Ok(());
        }
        self.aliased = self.aliased.saturating_add(extent.values);
        let limit = self.limits.aliased;
        if self.aliased > limit {
            let message = format!("the file's anchors and aliases stand for more than {limit} values");
            return Err(self.over_limit(node.span, message, "write the values out, or split the file"));
        }
        self.anchors.insert(anchor, Anchored { node: node.clone(), extent });
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let Some(Anchored { node, extent }) = self.anchors.get(&anchor) else {
            let message = "this alias stands inside the value it names";
            self.error(NOT_YAML, span, message, "write the value out: JSON has no values without an end");
            self.add(stand_in(span), Extent { values: 1, levels: 0 });
            return Ok(());
        };
        let extent = *extent;
        // Counted before it is copied: a bomb of aliases ends here, with nothing built.
        self.aliased = self.aliased.saturating_add(extent.values);
        let limit = self.limits.aliased;
        if self.aliased > limit {
            let message = format!("the file's anchors and aliases stand for more than {limit} values");
            return Err(self.over_limit(span, message, "write the values out, or split the file"));
        }
        if self.open.len() + extent.levels > self.limits.depth {
            return Err(self.stop(too_deep(self.file, span)));
        }
        let node = Node { span, ..node.clone() };
        self.add(node, extent);
        Ok(())
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), Stop> {
        self.count(span)?;
        let forced_text = self.tag(tag, "str", span);
        let resolved = if style != ScalarStyle::Plain || forced_text {
            Resolved::String
        } else {
            self.warn_of_other_readers(&text, span);
            resolve_plain(&text).unwrap_or_else(|| {
                let message = format!("`{text}` has no counterpart in JSON");
                self.error(NOT_JSON, span, message, "quote it, if a text is meant");
                Resolved::String
            })
        };
        let node = Node { span, data: Data::Scalar(Scalar { text, resolved }) };
        let extent = Extent { values: 1, levels: 0 };
        self.anchor(anchor, &node, extent)?;
        self.add(node, extent);
        Ok(())
    }

    fn warn_of_other_readers(&mut self, text: &str, span: Span) {
        if let Some(other) = ambiguity(text) {
            let message = format!("other YAML readers take `{text}` for {other}");
            let finding = Finding::warning(AMBIGUOUS, self.file, Some(span), message);
            self.findings.push(finding.help(format!("quote it: \"{text}\"")));
        }
    }

    /// Checks a tag; true where it says that the scalar is a text.
    fn tag(&mut self, tag: Option<&Tag>, expected: &str, span: Span) -> bool {
        let Some(tag) = tag else { return false };
        if tag.handle == "tag:yaml.org,2002:" && tag.suffix == expected {
            return true;
        }
        let message = format!("the tag `{}{}` has no counterpart in JSON", tag.handle, tag.suffix);
        self.error(NOT_JSON, span, message, "leave the tag out; quote a scalar to make it a text");
        false
    }

    /// Puts a finished node where it belongs: a key, a value, an element, or the document itself.
    fn add(&mut self, node: Node<'t>, extent: Extent) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        open.extent.values = open.extent.values.saturating_add(extent.values);
        open.extent.levels = open.extent.levels.max(extent.levels + 1);
        let (entries, keys, key) = match &mut open.kind {
            Kind::Sequence(items) => return items.push(node),
            Kind::Mapping { entries, keys, key } => (entries, keys, key),
        };
        match key.take() {
            None => {
                let span = node.span;
                if let Data::Scalar(scalar) = node.data {
                    if scalar.text == NUMBER_KEY {
                        *key = Some(Key::Impossible);
                        let message = format!("the key `{NUMBER_KEY}` has a meaning of its own to JSON's readers");
                        self.error(NOT_JSON, span, message, "use another name");
                    } else {
                        *key = Some(Key::Text(scalar.text, span));
                    }
                } else {
                    *key = Some(Key::Impossible);
                    let message = "a key must be a text, not a list or a mapping";
                    self.error(NOT_JSON, span, message, "a text that begins with `[` or `{` must be quoted");
                }
            }
            Some(Key::Impossible) => {}
            Some(Key::Text(text, span)) => {
                let first = if entries.len() <= FEW {
                    entries.iter().find(|entry| entry.key == text).map(|entry| entry.key_span.start)
                } else {
                    if keys.is_empty() {
                        keys.extend(entries.iter().map(|entry| (entry.key.clone(), entry.key_span.start)));
                    }
                    keys.insert(text.clone(), span.start)
                };
                if let Some(first) = first {
                    // Of three, the third is told of the first, too.
                    keys.entry(text.clone()).and_modify(|place| *place = first);
                    let help = format!("it stands first in line {}: keep one of the two", first.line);
                    let message = format!("the key `{text}` stands here a second time");
                    self.error(DUPLICATE_KEY, span, message, help);
                } else {
                    entries.push(Entry { key: text, key_span: span, value: node });
                }
            }
        }
    }
}

/// What stands where a value was that JSON can't have.
fn stand_in<'t>(span: Span) -> Node<'t> {
    Node { span, data: Data::Scalar(Scalar { text: Cow::Borrowed(""), resolved: Resolved::String }) }
}
