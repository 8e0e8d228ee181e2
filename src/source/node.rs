//! A YAML document as a tree whose nodes know where they were written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::scalar::Resolved;
use super::{Pointer, Span, Step};

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node<'t> {
    pub span: Span,
    pub data: Data<'t>,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Data<'t> {
    Scalar(Scalar<'t>),
    Sequence(Vec<Node<'t>>),
    Mapping(Mapping<'t>),
}

/// A scalar: its text, and what YAML 1.2's core schema makes of it.
#[derive(Clone, Debug)]
pub struct Scalar<'t> {
    pub text: Cow<'t, str>,
    pub resolved: Resolved,
}

/// A mapping: its entries in the order of the text, each key once, and found by its key in no time.
#[derive(Clone, Debug)]
pub struct Mapping<'t> {
    entries: Vec<Entry<'t>>,
    /// The number of the entry by its key, and by its key in small letters; made when it is first needed.
    index: OnceLock<HashMap<String, usize>>,
}

/// Up to how many entries looking at each is as fast as an index.
pub(super) const FEW: usize = 16;

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry<'t> {
    pub key: Cow<'t, str>,
    pub key_span: Span,
    pub value: Node<'t>,
}

impl<'t> Mapping<'t> {
    /// A mapping of entries with keys that differ.
    #[must_use]
    pub const fn new(entries: Vec<Entry<'t>>) -> Self {
        Self { entries, index: OnceLock::new() }
    }

    /// The entries in the order of the text.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'t>] {
        &self.entries
    }

    /// The entry with a key, or with one that differs in case only (names of headers have none).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry<'t>> {
        if self.entries.len() <= FEW {
            let exact = self.entries.iter().find(|entry| entry.key == key);
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

impl<'t> Node<'t> {
    /// The JSON value that this node stands for. The tree is taken apart on the way, so that a large document is
    /// never there twice.
    #[must_use]
    pub fn into_json(self) -> Value {
        match self.data {
            Data::Scalar(scalar) => match scalar.resolved {
                Resolved::Null => Value::Null,
                Resolved::Bool(value) => Value::Bool(value),
                Resolved::Number(number) => Value::Number(number),
                Resolved::String => Value::String(scalar.text.into_owned()),
            },
            Data::Sequence(items) => Value::Array(items.into_iter().map(Node::into_json).collect()),
            Data::Mapping(mapping) => {
                let entries = mapping.entries.into_iter();
                Value::Object(entries.map(|entry| (entry.key.into_owned(), entry.value.into_json())).collect())
            }
        }
    }

    /// The same tree, free of the text it was read from.
    #[must_use]
    pub fn into_owned(self) -> Node<'static> {
        let data = match self.data {
            Data::Scalar(scalar) => {
                Data::Scalar(Scalar { text: Cow::Owned(scalar.text.into_owned()), resolved: scalar.resolved })
            }
            Data::Sequence(items) => Data::Sequence(items.into_iter().map(Node::into_owned).collect()),
            Data::Mapping(mapping) => {
                let entries = mapping.entries.into_iter().map(|entry| Entry {
                    key: Cow::Owned(entry.key.into_owned()),
                    key_span: entry.key_span,
                    value: entry.value.into_owned(),
                });
                Data::Mapping(Mapping::new(entries.collect()))
            }
        };
        Node { span: self.span, data }
    }

    /// The entry of a mapping by its key, or by a key that differs in case only (names of headers have none);
    /// nothing for other nodes.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry<'t>> {
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

    /// Where the thing at `pointer` is written, or the nearest place above it that is.
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

    /// Where the key that `pointer` ends in is written; the place of the value where it ends in an index.
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
