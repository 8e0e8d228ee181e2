//! A text that was read, kept so that what is said about it later can show its lines.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{Limits, Node, Pointer, Span, parse_yaml};

/// A file's name and text, with the source map over it made when it is first asked for.
#[derive(Debug)]
pub struct SourceFile {
    pub name: Arc<str>,
    pub text: String,
    limits: Limits,
    map: OnceLock<Option<Node<'static>>>,
}

impl SourceFile {
    /// Keeps a text under the name that the user knows it by.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: String, limits: Limits) -> Self {
        Self { name: name.into(), text, limits, map: OnceLock::new() }
    }

    /// The limits that the file is read with.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The line with this number, counted from 1, without its end; empty past the end of the text.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        self.text.lines().nth(number.saturating_sub(1) as usize).unwrap_or_default()
    }

    /// Where the value at `pointer` is written. The source map is built once, on the first call: most runs
    /// have nothing to point at.
    pub fn place(&self, pointer: &Pointer) -> Option<Span> {
        let map = self
            .map
            .get_or_init(|| parse_yaml(&self.name, &self.text, self.limits).ok().map(|(root, _)| root.into_owned()));
        map.as_ref().map(|root| root.place(pointer))
    }
}

/// The files of a run by their names.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeMap<Arc<str>, Arc<SourceFile>>);

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, file: Arc<SourceFile>) {
        self.0.insert(Arc::clone(&file.name), file);
    }

    /// The file of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&SourceFile> {
        self.0.get(name).map(AsRef::as_ref)
    }
}
