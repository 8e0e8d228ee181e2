//! A part of a contract that is written anew, with all of the old text that still says the same: a person's comments,
//! order and spelling.

use std::sync::Arc;

use serde_json::Value;

use crate::source::{Limits, parse_yaml};

/// A text in the place of an old one: what means the same as before is as it was, byte for byte, and comments stay
/// before what they stood before. Suggestions go: they were about what is no more.
pub(super) fn with_what_is_kept(old: &str, new: &str) -> String {
    let is_suggestion = |line: &&str| line.trim_start().starts_with("# suggest: ");
    let old: String = old.split_inclusive('\n').filter(|line| !is_suggestion(line)).collect();
    let merged = merged(&old, new).filter(|merged| mean_the_same(merged, new));
    merged.unwrap_or_else(|| with_comments_of(&old, new))
}

/// A key with its value as they are written, the comments before them included.
struct Entry<'t> {
    key: &'t str,
    comments: String,
    text: String,
}

/// The entries of two mappings: those of the old one in its order where the new one has them too, each as it was where
/// it says the same.
fn merged(old: &str, new: &str) -> Option<String> {
    if mean_the_same(old, new) {
        return Some(old.to_owned());
    }
    let (old, new) = (entries(old)?, entries(new)?);
    let find = |key: &str| new.iter().find(|entry| entry.key == key);
    let mut lines: Vec<(&str, String)> = Vec::new();
    let mut homeless = String::new();
    for entry in &old {
        match find(entry.key) {
            Some(new) => lines.push((entry.key, std::mem::take(&mut homeless) + &entry.comments + &one(entry, new))),
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

/// An entry in the place of an old one with its key.
fn one(old: &Entry<'_>, new: &Entry<'_>) -> String {
    if mean_the_same(&old.text, &new.text) {
        return old.text.clone();
    }
    let split = |text: &str| text.split_once('\n').map(|(head, below)| (format!("{head}\n"), below.to_owned()));
    if let (Some((head, below)), Some((new_head, new_below))) = (split(&old.text), split(&new.text))
        && says_nothing(&head)
        && says_nothing(&new_head)
        && let Some(below) = merged(&below, &new_below)
    {
        return head + &below;
    }
    let text = with_comments_of(&old.text, &new.text);
    with_end_of_line(old.text.lines().next().unwrap_or_default(), &text)
}

/// Whether the line of a key has no value beside it.
fn says_nothing(head: &str) -> bool {
    matches!(parsed(head), Some(Value::Object(object)) if object.values().all(Value::is_null))
}

/// A text with the comment at the end of an old line at the end of its first line.
fn with_end_of_line(old: &str, text: &str) -> String {
    let comment = old.match_indices(" #").map(|(at, _)| at).find(|at| {
        let (head, rest) = old.split_at(*at);
        // What looks so may stand in a text, or in a mapping that goes on.
        parsed(head).is_some_and(|head| parsed(old).is_none_or(|whole| whole == head)) && !rest.is_empty()
    });
    let (Some(comment), Some((first, rest))) = (comment, text.split_once('\n')) else { return text.to_owned() };
    let spaces = old.len() - old[comment..].len() - old[..comment].trim_end().len();
    let commented = format!("{first}{}{}\n{rest}", " ".repeat(spaces), &old[comment..]);
    if mean_the_same(&commented, text) { commented } else { text.to_owned() }
}

fn mean_the_same(one: &str, other: &str) -> bool {
    parsed(one).is_some_and(|one| parsed(other).is_some_and(|other| one == other))
}

fn parsed(text: &str) -> Option<Value> {
    parse_yaml(&Arc::from(""), text, Limits::default()).ok().map(|(value, _)| value)
}

/// The entries of a block mapping; nothing where it is none.
fn entries(text: &str) -> Option<Vec<Entry<'_>>> {
    let is_comment = |line: &str| line.trim_start().starts_with('#');
    let first = text.lines().find(|line| !line.trim().is_empty() && !is_comment(line))?;
    let depth = indent(first);
    let mut entries: Vec<Entry<'_>> = Vec::new();
    // Empty lines and comments of which it is not known yet where they belong.
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
                entries.push(Entry { key: key(line), comments: std::mem::take(&mut open), text: line.to_owned() });
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

/// A text with an old one's lines that are comments: each before the line with the key that it stood before, or else
/// where the one before it came to stand.
fn with_comments_of(old: &str, new: &str) -> String {
    let place = |line: &str| (indent(line), key(line).to_owned());
    let looks_so = |line: &str| line.trim_start().starts_with('#');
    // Lines of a longer text may look so, too.
    let bare: String = old.split_inclusive('\n').filter(|line| !looks_so(line)).collect();
    let are_comments = parsed(old).is_none_or(|old| parsed(&bare).is_some_and(|bare| bare == old));
    let is_comment = |line: &str| are_comments && looks_so(line);
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

fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_the_same_stays_as_it_is_written() {
        for (old, new, expected) in [
            // Order, spelling and comments at the ends of lines.
            (
                "r:\n  match: { a: uuid } # ours\n  status:   200 # ok\n  # why\n  body: { a: 1, b: 'x' }   # in short\n",
                "r:\n  status: 200\n  body:\n    a: 2\n    b: x\n  match:\n    a: uuid\n",
                "r:\n  match: { a: uuid } # ours\n  status:   200 # ok\n  # why\n  body:   # in short\n    a: 2\n    b: x\n",
            ),
            // Below what stays, only what differs is written; what is new stands behind what it was seen behind.
            (
                "r:\n  body: # all\n    # first\n    b: 'x'\n    a: 1 # one\n",
                "r:\n  body:\n    a: 2\n    b: x\n    c: 3\n",
                "r:\n  body: # all\n    # first\n    b: 'x'\n    c: 3\n    a: 2 # one\n",
            ),
            // The comment of what is gone is not.
            ("r:\n  # gone\n  a: 1\n  b: 2\n", "r:\n  b: 3\n", "r:\n  # gone\n  b: 3\n"),
            ("r:\n  b: 2\n  # gone\n  a: 1\n", "r:\n  b: 2\n", "r:\n  b: 2\n  # gone\n"),
            // What looks like a comment may be a text.
            ("r:\n  a: 'x #1'\n", "r:\n  a: y\n", "r:\n  a: y\n"),
            ("r:\n  a: |\n    x\n    # no comment\n", "r:\n  a: y\n", "r:\n  a: y\n"),
            // Lists are written as a whole.
            ("r:\n  a:\n  - 1 # one\n  - 2\n", "r:\n  a: [1]\n", "r:\n  a: [1]\n"),
            ("r: GET /a # short\n", "r:\n  method: GET\n  path: /a\n", "r: # short\n  method: GET\n  path: /a\n"),
            ("r:\n  a: 1\n  # suggest: a: integer\n", "r:\n  a: x\n", "r:\n  a: x\n"),
        ] {
            let kept = with_what_is_kept(old, new);
            assert_eq!(kept, expected);
            assert!(mean_the_same(&kept, new));
        }
    }
}
