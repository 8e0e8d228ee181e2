//! The text of a file, kept to show its lines in findings.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::yaml::map_yaml;
use super::{Limits, Node, Pointer, Span};

/// A file's name and text, with a source map that is made when it is first needed.
#[derive(Debug)]
pub struct SourceFile {
    pub name: Arc<str>,
    pub text: String,
    limits: Limits,
    map: OnceLock<Option<Node>>,
    /// The offset of each line, in bytes.
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// Keeps a text under the name that the user knows it by.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: String, limits: Limits) -> Self {
        Self { name: name.into(), text, limits, map: OnceLock::new(), lines: OnceLock::new() }
    }

    /// The limits that the file is read with.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The line with this number, counted from 1, without its end; empty past the end of the text.
    ///
    /// The lines are found once, on the first call, so showing many of them takes no time.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        let starts = self
            .lines
            .get_or_init(|| std::iter::once(0).chain(self.text.match_indices('\n').map(|(end, _)| end + 1)).collect());
        let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        let Some(start) = starts.get(index) else { return "" };
        let end = starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let line = &self.text[*start..end];
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The place of the value at `pointer`. The source map is built once, on the first call: most runs have nothing to
    /// point at.
    pub fn place(&self, pointer: &Pointer) -> Option<Span> {
        self.map().map(|root| root.place(pointer))
    }

    /// The place of the key that `pointer` ends in.
    pub fn key_place(&self, pointer: &Pointer) -> Option<Span> {
        self.map().map(|root| root.key_place(pointer))
    }

    fn map(&self) -> Option<&Node> {
        let map = self.map.get_or_init(|| map_yaml(&self.name, &self.text, self.limits));
        map.as_ref()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_by_their_number() {
        for text in ["", "one", "one\n", "one\r\ntwo\n\nfour", "\n\n"] {
            let file = SourceFile::new("c.yaml", text.to_owned(), Limits::default());
            for number in 1..8 {
                let expected = text.lines().nth(number as usize - 1).unwrap_or_default();
                assert_eq!(file.line(number), expected, "line {number} of {text:?}");
            }
        }
    }
}
