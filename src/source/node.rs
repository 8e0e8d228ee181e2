//! The source map of a YAML document: a tree of the places in which its keys and values were written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::builder::{FEW, KeyValue, Product};
use super::scalar::Resolved;
use super::{Pointer, Span, Step};

/// The place of a value, and of those below it.
#[derive(Clone, Debug)]
pub struct Node {
    pub span: Span,
    pub data: Data,
}

/// The content of a node.
#[derive(Clone, Debug)]
pub enum Data {
    Scalar,
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

/// A mapping: its entries in the order of the text, each key once, and found by its key in no time.
#[derive(Clone, Debug)]
pub struct Mapping {
    entries: Vec<Entry>,
    /// The number of the entry by its key, and by its key in small letters; made when it is first needed.
    index: OnceLock<HashMap<String, usize>>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Box<str>,
    pub key_span: Span,
    pub value: Node,
}

impl Mapping {
    /// A mapping of entries with keys that differ.
    #[must_use]
    pub const fn new(entries: Vec<Entry>) -> Self {
        Self { entries, index: OnceLock::new() }
    }

    /// The entries in the order of the text.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry with a key, or with one that differs in case only (names of headers have none).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        if self.entries.len() <= FEW {
            let exact = self.entries.iter().find(|entry| &*entry.key == key);
            return exact.or_else(|| self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)));
        }
        let index = self.index.get_or_init(|| {
            let numbered = || self.entries.iter().enumerate();
            let mut index = HashMap::with_capacity(self.entries.len());
            for (number, entry) in numbered() {
                index.entry(entry.key.to_ascii_lowercase()).or_insert(number);
            }
            index.extend(numbered().map(|(number, entry)| (entry.key.to_string(), number)));
            index
        });
        let number = index.get(key).or_else(|| index.get(&key.to_ascii_lowercase()))?;
        self.entries.get(*number)
    }
}

impl<'t> Product<'t> for Node {
    fn scalar(_: Cow<'t, str>, _: Resolved, span: Span) -> Self {
        Self { span, data: Data::Scalar }
    }

    fn sequence(items: Vec<Self>, span: Span) -> Self {
        Self { span, data: Data::Sequence(items) }
    }

    fn mapping(entries: Vec<KeyValue<'t, Self>>, span: Span) -> Self {
        let entries =
            entries.into_iter().map(|KeyValue { key, key_span, value }| Entry { key: Box::from(key), key_span, value });
        Self { span, data: Data::Mapping(Mapping::new(entries.collect())) }
    }

    fn at(self, span: Span) -> Self {
        Self { span, ..self }
    }
}

impl Node {
    /// The entry of a mapping by its key, or by a key that differs in case only (names of headers have none);
    /// nothing for other nodes.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.data {
            Data::Mapping(mapping) => mapping.get(key),
            _ => None,
        }
    }

    /// The node that `pointer` leads to.
    #[must_use]
    pub fn find(&self, pointer: &Pointer) -> Option<&Self> {
        self.steps(&pointer.0)
    }

    fn steps(&self, steps: &[Step]) -> Option<&Self> {
        let mut node = self;
        for step in steps {
            node = match (step, &node.data) {
                (Step::Key(key), _) => &node.entry(key)?.value,
                (Step::Index(index), Data::Sequence(items)) => items.get(*index)?,
                (Step::Index(_), _) => return None,
            };
        }
        Some(node)
    }

    /// The place of the value at `pointer`, or the nearest place above it that exists.
    #[must_use]
    pub fn place(&self, pointer: &Pointer) -> Span {
        let mut steps = pointer.0.as_slice();
        loop {
            if let Some(node) = self.steps(steps) {
                return node.span;
            }
            match steps.split_last() {
                Some((_, above)) => steps = above,
                None => return self.span,
            }
        }
    }

    /// The place of the key that `pointer` ends in; if it ends in an index, the place of the value.
    #[must_use]
    pub fn key_place(&self, pointer: &Pointer) -> Span {
        let Some((last, above)) = pointer.0.split_last() else { return self.span };
        let key = match last {
            Step::Key(key) => key.clone(),
            Step::Index(index) => index.to_string(),
        };
        match self.steps(above).and_then(|parent| parent.entry(&key)) {
            Some(entry) => entry.key_span,
            None => self.place(pointer),
        }
    }
}
