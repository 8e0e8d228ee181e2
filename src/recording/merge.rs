//! Rewrites a part of a contract and keeps every piece of the old text that still means the same: comments, order and
//! spelling.

use std::sync::Arc;

use serde_json::Value;

use super::edit::indent;
use super::text::SUGGEST;
use crate::source::{Limits, parse_yaml};

/// The new text, with all pieces that mean the same as in the old one kept byte for byte, and with the old comments
/// before the lines that they belong to. Suggestions are dropped, because they were about the old text.
pub(super) fn merge_texts(old: &str, new: &str) -> String {
    let is_suggestion = |line: &&str| line.trim_start().starts_with(SUGGEST);
    let old: String = old.split_inclusive('\n').filter(|line| !is_suggestion(line)).collect();
    let merged = merge_mappings(&old, new).filter(|merged| mean_the_same(merged, new));
    merged.unwrap_or_else(|| with_comments_of(&old, new))
}

/// A key and its value as they are written.
struct MappingEntry<'t> {
    key: &'t str,
    /// The comments before it.
    comments: String,
    text: String,
}

/// Merges two mappings: the old entries that the new one has too, in the old order, then the new entries. An entry that
/// means the same stays as it was.
fn merge_mappings(old: &str, new: &str) -> Option<String> {
    if mean_the_same(old, new) {
        return Some(old.to_owned());
    }
    let (old, new) = (entries(old)?, entries(new)?);
    let find = |key: &str| new.iter().find(|entry| entry.key == key);
    let mut lines: Vec<(&str, String)> = Vec::new();
    // Comments of removed entries.
    let mut homeless = String::new();
    for entry in &old {
        match find(entry.key) {
            Some(new) => {
                let text = merge_entries(entry, new);
                lines.push((entry.key, std::mem::take(&mut homeless) + &entry.comments + &text));
            }
            None => homeless.push_str(&entry.comments),
        }
    }
    if let Some((_, last)) = lines.last_mut() {
        last.push_str(&homeless);
    }
    let mut before = 0;
    for entry in &new {
        if let Some(at) = lines.iter().position(|(key, _)| *key == entry.key) {
            before = at + 1;
        } else {
            lines.insert(before, (entry.key, entry.comments.clone() + &entry.text));
            before += 1;
        }
    }
    Some(lines.into_iter().map(|(_, text)| text).collect())
}

/// The text for the new entry in the place of the old one.
fn merge_entries(old: &MappingEntry<'_>, new: &MappingEntry<'_>) -> String {
    if mean_the_same(&old.text, &new.text) {
        return old.text.clone();
    }
    let split = |text: &str| text.split_once('\n').map(|(head, below)| (format!("{head}\n"), below.to_owned()));
    if let (Some((head, below)), Some((new_head, new_below))) = (split(&old.text), split(&new.text))
        && has_no_value(&head)
        && has_no_value(&new_head)
        && let Some(below) = merge_mappings(&below, &new_below)
    {
        return head + &below;
    }
    let text = with_comments_of(&old.text, &new.text);
    with_trailing_comment(old.text.lines().next().unwrap_or_default(), &text)
}

/// Whether the line of a key has no value next to the key.
fn has_no_value(head: &str) -> bool {
    matches!(parse_json(head), Some(Value::Object(object)) if object.values().all(Value::is_null))
}

/// Moves the comment at the end of the old line to the end of the text's first line.
fn with_trailing_comment(old: &str, text: &str) -> String {
    let comment = old.match_indices(" #").map(|(at, _)| at).find(|at| {
        let (head, rest) = old.split_at(*at);
        // ` #` may also be inside of a text, or of a mapping that continues.
        parse_json(head).is_some_and(|head| parse_json(old).is_none_or(|whole| whole == head)) && !rest.is_empty()
    });
    let (Some(comment), Some((first, rest))) = (comment, text.split_once('\n')) else { return text.to_owned() };
    let spaces = old.len() - old[comment..].len() - old[..comment].trim_end().len();
    let commented = format!("{first}{}{}\n{rest}", " ".repeat(spaces), &old[comment..]);
    if mean_the_same(&commented, text) { commented } else { text.to_owned() }
}

fn mean_the_same(one: &str, other: &str) -> bool {
    parse_json(one).is_some_and(|one| parse_json(other).is_some_and(|other| one == other))
}

fn parse_json(text: &str) -> Option<Value> {
    parse_yaml(&Arc::from(""), text, Limits::default()).ok().map(|(value, _)| value)
}

/// The entries of a block mapping; nothing if the text isn't one.
fn entries(text: &str) -> Option<Vec<MappingEntry<'_>>> {
    let is_comment = |line: &str| line.trim_start().starts_with('#');
    let first = text.lines().find(|line| !line.trim().is_empty() && !is_comment(line))?;
    let depth = indent(first);
    let mut entries: Vec<MappingEntry<'_>> = Vec::new();
    // Empty lines and comments that may belong to the entry before or after them.
    let mut open = String::new();
    for line in text.split_inclusive('\n') {
        let is_open = line.trim().is_empty() || is_comment(line) && indent(line) <= depth;
        match entries.last_mut() {
            _ if is_open => open.push_str(line),
            Some(entry) if indent(line) > depth => {
                entry.text.push_str(&std::mem::take(&mut open));
                entry.text.push_str(line);
            }
            _ if indent(line) == depth && !line.trim_start().starts_with("- ") => {
                entries.push(MappingEntry {
                    key: key(line),
                    comments: std::mem::take(&mut open),
                    text: line.to_owned(),
                });
            }
            _ => return None,
        }
    }
    entries.last_mut()?.text.push_str(&open);
    let mut keys: Vec<&str> = entries.iter().map(|entry| entry.key).collect();
    keys.sort_unstable();
    keys.windows(2).all(|pair| matches!(pair, [a, b] if a != b)).then_some(entries)
}

fn key(line: &str) -> &str {
    line.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default()
}

/// The new text with the comment lines of the old one. Each goes before the line with the same key as before, or else
/// after the previous comment.
fn with_comments_of(old: &str, new: &str) -> String {
    let place = |line: &str| (indent(line), key(line).to_owned());
    let looks_like_comment = |line: &str| line.trim_start().starts_with('#');
    // Lines of a block scalar may look like comments, too.
    let bare: String = old.split_inclusive('\n').filter(|line| !looks_like_comment(line)).collect();
    let are_comments = parse_json(old).is_none_or(|old| parse_json(&bare).is_some_and(|bare| bare == old));
    let is_comment = |line: &str| are_comments && looks_like_comment(line);
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let mut lines: Vec<&str> = new.split_inclusive('\n').collect();
    let mut from = 0;
    for (number, comment) in old.iter().enumerate().filter(|(_, line)| is_comment(line)) {
        let next = old.iter().skip(number + 1).find(|line| !is_comment(line) && !line.trim().is_empty());
        let found = next.and_then(|next| lines.iter().skip(from).position(|line| place(line) == place(next)));
        from += found.unwrap_or(0);
        lines.insert(from, comment);
        from += 1;
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_means_the_same_stays_as_it_is_written() {
        for (old, new, expected) in [
            // Order, spelling and comments at the ends of lines stay.
            (
                "r:\n  match: { a: uuid } # ours\n  status:   200 # ok\n  # why\n  body: { a: 1, b: 'x' }   # in short\n",
                "r:\n  status: 200\n  body:\n    a: 2\n    b: x\n  match:\n    a: uuid\n",
                "r:\n  match: { a: uuid } # ours\n  status:   200 # ok\n  # why\n  body:   # in short\n    a: 2\n    b: x\n",
            ),
            // Below a key that stays, only the differences are written; a new key follows the one before it in the new text.
            (
                "r:\n  body: # all\n    # first\n    b: 'x'\n    a: 1 # one\n",
                "r:\n  body:\n    a: 2\n    b: x\n    c: 3\n",
                "r:\n  body: # all\n    # first\n    b: 'x'\n    c: 3\n    a: 2 # one\n",
            ),
            // The comment of a removed key stays.
            ("r:\n  # gone\n  a: 1\n  b: 2\n", "r:\n  b: 3\n", "r:\n  # gone\n  b: 3\n"),
            ("r:\n  b: 2\n  # gone\n  a: 1\n", "r:\n  b: 2\n", "r:\n  b: 2\n  # gone\n"),
            // A text may look like a comment.
            ("r:\n  a: 'x #1'\n", "r:\n  a: y\n", "r:\n  a: y\n"),
            ("r:\n  a: |\n    x\n    # no comment\n", "r:\n  a: y\n", "r:\n  a: y\n"),
            // Lists are written as a whole.
            ("r:\n  a:\n  - 1 # one\n  - 2\n", "r:\n  a: [1]\n", "r:\n  a: [1]\n"),
            ("r: GET /a # short\n", "r:\n  method: GET\n  path: /a\n", "r: # short\n  method: GET\n  path: /a\n"),
            ("r:\n  a: 1\n  # suggest: a: integer\n", "r:\n  a: x\n", "r:\n  a: x\n"),
        ] {
            let merged = merge_texts(old, new);
            assert_eq!(merged, expected);
            assert!(mean_the_same(&merged, new));
        }
    }
}
