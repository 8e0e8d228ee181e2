//! The text of a file, kept to show its lines in findings.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::yaml::map_yaml;
use super::{Limits, Node, Pointer, Position, Span};

/// How many characters are between two that are found at once.
const STRIDE: usize = 1024;
/// How many characters of a line are kept on either side of a place.
const AROUND: usize = 200;

/// Where a line begins.
#[derive(Clone, Copy, Debug)]
struct Start {
    /// In bytes.
    byte: usize,
    /// In characters.
    character: usize,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// How many characters of the line are before it.
    pub skipped: usize,
    pub text: String,
}

/// A file's name and text, with a source map that is made when it is first needed.
#[derive(Debug)]
pub struct SourceFile {
    pub name: Arc<str>,
    pub text: String,
    limits: Limits,
    map: OnceLock<Option<Node>>,
    /// Where each line begins.
    lines: OnceLock<Vec<Start>>,
    /// Where every [`STRIDE`]th character begins, in bytes: a line of many megabytes is not counted through for each place.
    strides: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// Keeps a text under the name that the user knows it by.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: String, limits: Limits) -> Self {
        Self { name: name.into(), text, limits, map: OnceLock::new(), lines: OnceLock::new(), strides: OnceLock::new() }
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
        let Some((start, end)) = self.ends(number) else { return "" };
        &self.text[start.byte..end]
    }

    /// What surrounds a place of a line: enough for a person to recognize it, and never a line of many megabytes.
    #[must_use]
    pub fn excerpt(&self, place: Position) -> Excerpt {
        let none = || Excerpt { skipped: 0, text: String::new() };
        let Some((start, end)) = self.ends(place.line) else { return none() };
        let column = usize::try_from(place.column.saturating_sub(1)).unwrap_or(usize::MAX);
        let skipped = column.saturating_sub(AROUND);
        let first = self.byte_of(start.character.saturating_add(skipped)).min(end);
        let text = self.text[first..end].chars().take(column - skipped + AROUND).collect();
        Excerpt { skipped, text }
    }

    /// Where a line begins, and where it ends, in bytes.
    fn ends(&self, number: u32) -> Option<(Start, usize)> {
        let starts = self.lines.get_or_init(|| {
            let mut next = Start { byte: 0, character: 0 };
            let mut starts = vec![next];
            for (end, _) in self.text.match_indices('\n') {
                next.character += self.text[next.byte..=end].chars().count();
                next.byte = end + 1;
                starts.push(next);
            }
            starts
        });
        let index = usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX);
        let start = starts.get(index)?;
        let end = starts.get(index + 1).map_or(self.text.len(), |next| next.byte - 1);
        let end = if self.text[start.byte..end].ends_with('\r') { end - 1 } else { end };
        Some((*start, end))
    }

    /// Where the character with this number begins, in bytes.
    fn byte_of(&self, character: usize) -> usize {
        let strides =
            self.strides.get_or_init(|| self.text.char_indices().step_by(STRIDE).map(|(byte, _)| byte).collect());
        let Some(from) = strides.get(character / STRIDE) else { return self.text.len() };
        let rest = self.text[*from..].char_indices().nth(character % STRIDE);
        rest.map_or(self.text.len(), |(byte, _)| from + byte)
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

    #[test]
    fn an_excerpt_surrounds_its_place_in_lines_of_any_length() {
        let long: String = ('a'..='z').chain(['é', '漢', '😀']).cycle().take(5_000).collect();
        let text = format!("é\n{long}\r\nlast");
        let file = SourceFile::new("c.yaml", text, Limits::default());
        for column in [1, 2, 200, 201, 202, 1023, 1024, 1025, 2048, 4_999, 5_000, 5_001, 9_000] {
            let Excerpt { skipped, text } = file.excerpt(Position { line: 2, column });
            let column = column as usize - 1;
            assert_eq!(skipped, column.saturating_sub(200));
            assert_eq!(text, long.chars().skip(skipped).take(column - skipped + 200).collect::<String>(), "{column}");
        }
        let at = |line, column| file.excerpt(Position { line, column }).text;
        assert_eq!(
            (at(1, 1), at(3, 2), at(3, 500), at(4, 1)),
            ("é".into(), "last".into(), String::new(), String::new())
        );
    }
}
