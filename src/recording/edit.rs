//! Changes to the text of a contract, by whole lines: all other lines stay byte for byte.

use std::ops::Range;

use crate::contract::Terms;
use crate::interaction::{ContractFile, pointer};

/// A text with changes that are applied together.
pub(super) struct Edit<'t> {
    text: &'t str,
    /// The lines with their line ends.
    lines: Vec<&'t str>,
    changes: Vec<(Range<usize>, String)>,
}

/// The place of an interaction in a text.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Its lines, counted from 0: from its dash to its last line that isn't empty or a comment.
    pub lines: Range<usize>,
    /// The indentation of its dash.
    pub indent: usize,
}

impl<'t> Edit<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, lines: text.split_inclusive('\n').collect(), changes: Vec::new() }
    }

    /// The place of interaction `index`; `None` unless it is an element of a block list.
    pub(super) fn block(&self, file: &ContractFile<Terms>, index: usize) -> Option<Block> {
        let line = usize::try_from(*file.lines.get(index)?).ok()?.checked_sub(1)?;
        let indent = indent(self.lines.get(line)?);
        let dashed = self.lines.get(line)?.get(indent..)?.starts_with("- ");
        dashed.then(|| Block { lines: line..self.end(line, indent), indent })
    }

    /// The place of a key of an interaction (`request`, `response`) with its value.
    pub(super) fn part(&self, file: &ContractFile<Terms>, index: usize, key: &str) -> Option<Block> {
        let place = file.source.key_place(&pointer(index).key(key))?;
        let line = usize::try_from(place.start.line).ok()?.checked_sub(1)?;
        let indent = indent(self.lines.get(line)?);
        let alone = self.lines.get(line)?.get(indent..)?.starts_with(key);
        alone.then(|| Block { lines: line..self.end(line, indent), indent })
    }

    /// The line after the block that begins in `line` at this indentation. Lines that are indented deeper belong to it;
    /// empty lines and comments after the last of them don't.
    fn end(&self, line: usize, indented: usize) -> usize {
        let mut end = line + 1;
        for (number, text) in self.lines.iter().enumerate().skip(line + 1) {
            let trimmed = text.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') && indent(text) <= indented {
                continue;
            }
            if indent(text) <= indented {
                break;
            }
            end = number + 1;
        }
        end
    }

    /// The text of these lines.
    pub(super) fn text_of(&self, lines: &Range<usize>) -> String {
        self.lines.get(lines.clone()).unwrap_or_default().concat()
    }

    pub(super) fn replace(&mut self, lines: Range<usize>, text: String) {
        self.changes.push((lines, text));
    }

    /// Removes an interaction, the comments right above it, and the empty lines before those.
    pub(super) fn remove(&mut self, block: &Block) {
        let line = |number: usize| self.lines.get(number).map_or("", |line| line.trim());
        let mut start = block.lines.start;
        while start > 0 && line(start - 1).starts_with('#') {
            start -= 1;
        }
        while start > 0 && line(start - 1).is_empty() {
            start -= 1;
        }
        self.changes.push((start..block.lines.end, String::new()));
    }

    /// Adds interactions before line `at`, each after an empty line.
    pub(super) fn add(&mut self, at: usize, texts: &[String]) {
        let texts: String = texts.iter().flat_map(|text| ["\n", text]).collect();
        self.changes.push((at..at, texts));
    }

    /// The text with all changes.
    pub(super) fn apply(mut self) -> String {
        let changes = std::mem::take(&mut self.changes);
        self.apply_within(&(0..self.lines.len()), changes)
    }

    /// The text of these lines, with changes that lie inside of them.
    pub(super) fn apply_within(&self, lines: &Range<usize>, mut changes: Vec<(Range<usize>, String)>) -> String {
        // An addition before a line comes before a change of the line itself.
        changes.sort_by_key(|(lines, _)| (lines.start, lines.end));
        let windows = self.text.contains("\r\n");
        let mut made = String::new();
        let mut next = lines.start;
        for (changed, text) in changes {
            made.push_str(&self.text_of(&(next..changed.start)));
            if !made.is_empty() && !made.ends_with('\n') && !text.is_empty() {
                made.push('\n');
            }
            made.push_str(&if windows { text.replace('\n', "\r\n") } else { text });
            next = next.max(changed.end);
        }
        made.push_str(&self.text_of(&(next..lines.end)));
        made
    }
}

/// The number of spaces before a line.
pub(super) fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}
