//! Builds a YAML document event by event, and checks the limits at each.
//!
//! The caller chooses the result: the JSON value of the text, or a tree of its places. So a large document is never in
//! memory in both forms, and the places are looked up only when a finding needs them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, ScalarStyle, Tag};

use super::codes::{AMBIGUOUS, DUPLICATE_KEY, NOT_JSON, NOT_YAML, OVER_LIMIT};
use super::limits::{Limits, too_deep};
use super::scalar::{Resolved, ambiguity, resolve_plain};
use super::{Finding, Findings, Position, Span};

/// Up to how many keys of a mapping comparing with each is as fast as an index.
pub(super) const FEW: usize = 16;

/// Stops the reading; the finding that says why is already kept.
pub(super) struct Stop;

/// The result that a text's values are built into.
pub(super) trait Product<'t>: Clone {
    fn scalar(text: Cow<'t, str>, resolved: Resolved, span: Span) -> Self;
    fn sequence(items: Vec<Self>, span: Span) -> Self;
    /// Of entries whose keys differ.
    fn mapping(entries: Vec<KeyValue<'t, Self>>, span: Span) -> Self;
    /// The same at another place: an alias's.
    fn at(self, span: Span) -> Self;
}

/// A key and its value.
pub(super) struct KeyValue<'t, P> {
    pub key: Cow<'t, str>,
    pub key_span: Span,
    pub value: P,
}

/// The document, as far as it could be read, and the findings.
pub(super) struct Built<P> {
    pub root: Option<P>,
    /// The lines in which the elements of the lists at the document's top begin, by the list's key.
    pub lists: HashMap<String, Vec<u32>>,
    pub findings: Findings,
}

/// The values that were read so far.
pub(super) struct Builder<'t, 'f, P> {
    file: &'f Arc<str>,
    limits: Limits,
    values: usize,
    aliased: usize,
    findings: Findings,
    /// The sequences and mappings that were begun and not ended, outermost first.
    open: Vec<Open<'t, P>>,
    anchors: HashMap<usize, Anchored<'t, P>>,
    root: Option<P>,
    lists: HashMap<String, Vec<u32>>,
    /// Whether the tree can't be used: the text ended too early.
    failed: bool,
}

/// A value with an anchor, to be copied to its aliases.
#[derive(Clone)]
struct Anchored<'t, P> {
    value: P,
    /// Its text, if it is a scalar and so can be a key.
    text: Option<Cow<'t, str>>,
    extent: Extent,
}

/// How much a value is: it and all below it, and how many levels they make.
#[derive(Clone, Copy)]
struct Extent {
    values: usize,
    levels: usize,
}

struct Open<'t, P> {
    start: Position,
    anchor: usize,
    extent: Extent,
    kind: Kind<'t, P>,
}

enum Kind<'t, P> {
    Sequence(Vec<P>),
    Mapping {
        entries: Vec<KeyValue<'t, P>>,
        /// The first place of each key.
        keys: HashMap<Cow<'t, str>, Span>,
        key: Option<Key<'t>>,
    },
}

/// A key that waits for its value.
enum Key<'t> {
    Text(Cow<'t, str>, Span),
    /// One that JSON can't have: its value is left out.
    Impossible,
}

impl<'t, 'f, P: Product<'t>> Builder<'t, 'f, P> {
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
            lists: HashMap::new(),
            failed: false,
        }
    }

    /// The usable part, and the findings.
    pub(super) fn finish(mut self) -> Built<P> {
        if self.root.is_none() && !self.failed {
            self.findings.push(
                Finding::error(NOT_YAML, self.file, Some(Span::at(Position::START)), "the file is empty")
                    .help("`upheld init` writes a first contract, ready to edit"),
            );
        }
        Built { root: self.root.filter(|_| !self.failed), lists: self.lists, findings: self.findings }
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
                    "a file contains one document: put the second one into its own file",
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
            return Err(self.over_limit(
                span,
                format!("the file contains more than {limit} values"),
                "split the file, or raise the limit with --max-values",
            ));
        }
        Ok(())
    }

    fn begin(&mut self, anchor: usize, span: Span, kind: Kind<'t, P>) -> Result<(), Stop> {
        self.count(span)?;
        if self.open.len() >= self.limits.depth {
            return Err(self.stop(too_deep(self.file, span)));
        }
        self.open.push(Open { start: span.start, anchor, extent: Extent { values: 1, levels: 1 }, kind });
        Ok(())
    }

    fn end(&mut self, span: Span) -> Result<(), Stop> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let span = Span { start: open.start, end: span.start };
        let value = match open.kind {
            // A large document consists of many small lists, whose spare capacity would double its size.
            Kind::Sequence(mut items) => {
                items.shrink_to_fit();
                P::sequence(items, span)
            }
            Kind::Mapping { entries, .. } => P::mapping(entries, span),
        };
        self.keep_and_add(open.anchor, Anchored { value, text: None, extent: open.extent }, span)
    }

    /// Puts a finished value in its place, and keeps it if it has an anchor.
    fn keep_and_add(&mut self, anchor: usize, value: Anchored<'t, P>, span: Span) -> Result<(), Stop> {
        if anchor != 0 {
            self.anchor(anchor, &value, span)?;
        }
        self.add(value, span);
        Ok(())
    }

    /// Keeps a value that has an anchor. Kept values are counted: anchors inside of anchors would be kept again and
    /// again.
    fn anchor(&mut self, anchor: usize, value: &Anchored<'t, P>, span: Span) -> Result<(), Stop> {
        self.count_aliased(value.extent, span)?;
        self.anchors.insert(anchor, value.clone());
        Ok(())
    }

    fn count_aliased(&mut self, extent: Extent, span: Span) -> Result<(), Stop> {
        self.aliased = self.aliased.saturating_add(extent.values);
        let limit = self.limits.aliased;
        if self.aliased > limit {
            let message = format!("the file's anchors and aliases stand for more than {limit} values");
            return Err(self.over_limit(span, message, "write the values out, or split the file"));
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Stop> {
        let Some(extent) = self.anchors.get(&anchor).map(|anchored| anchored.extent) else {
            let message = "this alias is inside the value that it refers to";
            self.error(NOT_YAML, span, message, "write the value out: JSON values can't be infinite");
            let value = P::scalar(Cow::Borrowed(""), Resolved::String, span);
            self.add(Anchored { value, text: Some(Cow::Borrowed("")), extent: Extent { values: 1, levels: 0 } }, span);
            return Ok(());
        };
        // Counted before it is copied: a bomb of aliases ends here, with nothing built.
        self.count_aliased(extent, span)?;
        if self.open.len() + extent.levels > self.limits.depth {
            return Err(self.stop(too_deep(self.file, span)));
        }
        if let Some(Anchored { value, text, extent }) = self.anchors.get(&anchor).cloned() {
            self.add(Anchored { value: value.at(span), text, extent }, span);
        }
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
                self.error(NOT_JSON, span, message, "quote it if it is meant as text");
                Resolved::String
            })
        };
        // The text is needed again only if it may be a key.
        let key = (anchor != 0 || self.awaits_key()).then(|| text.clone());
        let value = P::scalar(text, resolved, span);
        self.keep_and_add(anchor, Anchored { value, text: key, extent: Extent { values: 1, levels: 0 } }, span)
    }

    /// Whether the next value is a key.
    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { kind: Kind::Mapping { key: None, .. }, .. }))
    }

    fn warn_of_other_readers(&mut self, text: &str, span: Span) {
        if let Some(other) = ambiguity(text) {
            let message = format!("other YAML readers read `{text}` as {other}");
            let finding = Finding::warning(AMBIGUOUS, self.file, Some(span), message);
            self.findings.push(finding.help(format!("quote it: \"{text}\"")));
        }
    }

    /// Checks a tag; true if it says that the scalar is a text.
    fn tag(&mut self, tag: Option<&Tag>, expected: &str, span: Span) -> bool {
        let Some(tag) = tag else { return false };
        if tag.handle == "tag:yaml.org,2002:" && tag.suffix == expected {
            return true;
        }
        let message = format!("the tag `{}{}` has no counterpart in JSON", tag.handle, tag.suffix);
        self.error(NOT_JSON, span, message, "leave out the tag; quote a scalar to make it text");
        false
    }

    /// Puts a finished value in its place: it is a key, a value, an element, or the document itself.
    fn add(&mut self, Anchored { value, text, extent }: Anchored<'t, P>, span: Span) {
        self.note_line(span);
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return;
        };
        open.extent.values = open.extent.values.saturating_add(extent.values);
        open.extent.levels = open.extent.levels.max(extent.levels + 1);
        let (entries, keys, key) = match &mut open.kind {
            Kind::Sequence(items) => return items.push(value),
            Kind::Mapping { entries, keys, key } => (entries, keys, key),
        };
        match key.take() {
            None => {
                if let Some(text) = text {
                    *key = Some(Key::Text(text, span));
                } else {
                    *key = Some(Key::Impossible);
                    let message = "a key must be text, not a list or a mapping";
                    self.error(NOT_JSON, span, message, "text that begins with `[` or `{` must be quoted");
                }
            }
            Some(Key::Impossible) => {}
            Some(Key::Text(text, span)) => {
                let first = if entries.len() <= FEW {
                    entries.iter().find(|entry| entry.key == text).map(|entry| entry.key_span)
                } else {
                    if keys.is_empty() {
                        keys.extend(entries.iter().map(|entry| (entry.key.clone(), entry.key_span)));
                    }
                    keys.insert(text.clone(), span)
                };
                if let Some(first) = first {
                    // Of three, the third points at the first, too.
                    keys.entry(text.clone()).and_modify(|place| *place = first);
                    let message = format!("the key `{text}` is used twice");
                    let help = format!("it is first used in line {}: keep one of the two", first.start.line);
                    let finding = Finding::error(DUPLICATE_KEY, self.file, Some(span), message);
                    self.findings.push(finding.place(self.file, Some(first), "first used here").help(help));
                } else {
                    entries.push(KeyValue { key: text, key_span: span, value });
                }
            }
        }
    }

    /// Notes the line of an element of a list at the document's top.
    fn note_line(&mut self, span: Span) {
        if let [
            Open { kind: Kind::Mapping { key: Some(Key::Text(list, _)), .. }, .. },
            Open { kind: Kind::Sequence(_), .. },
        ] = self.open.as_slice()
        {
            if let Some(lines) = self.lists.get_mut(&**list) {
                lines.push(span.start.line);
            } else {
                self.lists.insert(list.to_string(), vec![span.start.line]);
            }
        }
    }
}
