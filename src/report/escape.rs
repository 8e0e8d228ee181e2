//! Makes foreign text safe to show: names, values, responses and error pages can contain anything, and reports are read
//! by terminals and build systems that obey what they read.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How many characters of a value are shown.
pub(super) const VALUE_CHARS: usize = 200;
/// How many characters of a sentence are shown.
const SENTENCE_CHARS: usize = 1_000;

/// One line of foreign text, cut to [`VALUE_CHARS`] and with nothing in it that a terminal obeys.
pub(super) fn shown(text: &str) -> String {
    printable(&cut(text, VALUE_CHARS)).into_owned()
}

/// One of our own sentences, which may quote others: cut at [`SENTENCE_CHARS`].
pub(super) fn shown_sentence(text: &str) -> String {
    printable(&cut(text, SENTENCE_CHARS)).into_owned()
}

/// Foreign text that begins a line, already safe to show. GitHub takes a line that begins with `::` for a command, even
/// after blanks.
pub(super) fn opening(text: String) -> String {
    if text.trim_start().starts_with("::") { text.replacen("::", ":\\u003a", 1) } else { text }
}

/// A text of several lines that quotes others, with nothing in it that a build system takes for a command.
#[must_use]
pub fn defused_lines(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| {
            let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
            opening(printable(line).into_owned()) + end
        })
        .collect()
}

/// Keeps the beginning and the end of a text that is longer than `chars` characters, with `…` between them: the
/// end of a described value says what kind of value it is.
pub(super) fn cut(text: &str, chars: usize) -> Cow<'_, str> {
    // A text of that many bytes has at most that many characters; most are, and need not be counted.
    if text.len() <= chars || text.chars().nth(chars).is_none() {
        return Cow::Borrowed(text);
    }
    let tail = (chars / 5).max(1);
    let head = chars.saturating_sub(tail + 1);
    let head_end = text.char_indices().nth(head).map_or(text.len(), |(at, _)| at);
    let tail_start = text.char_indices().rev().nth(tail - 1).map_or(0, |(at, _)| at);
    Cow::Owned(format!("{}…{}", &text[..head_end], &text[tail_start..]))
}

/// Writes invisible and obeyed characters out, as JSON writes them: control characters, escape sequences, characters
/// without a shape, those that change the direction of writing, and the beginnings of build systems' own commands. The
/// result is one line.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unfit) && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unfit(c) && u32::from(c) <= 0xffff => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c if is_unfit(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(defused(out))
}

/// The lines of a foreign text, each made printable and shortened, and the number of lines that were left out.
pub(super) fn shown_lines(text: &str, most: usize) -> (Vec<String>, usize) {
    let text = text.trim_end();
    let lines: Vec<String> = text.lines().take(most).map(|line| shown_sentence(&line.replace('\t', "    "))).collect();
    let left_out = text.lines().skip(most).count();
    (lines, left_out)
}

/// Whether a character is invisible, moves the text around it, or is obeyed by a terminal.
pub(super) fn is_unfit(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Takes the force from the commands that build systems look for anywhere in a line: `##[…]` (GitHub, Azure),
/// `##vso[…]` (Azure) and `##teamcity[…]`. The second `#` is written as JSON may write it, so the text of a JSON
/// document can be treated like this too.
pub(super) fn defused(text: String) -> String {
    if !text.contains("##") {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text.as_str();
    while let Some(at) = rest.find("##") {
        let after = &rest[at + 2..];
        let opens = after.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with('[');
        out.push_str(&rest[..=at]);
        if opens {
            out.push_str("\\u0023");
            rest = after;
        } else {
            // The second one may be the first of the next pair.
            rest = &rest[at + 1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_characters_are_written_out() {
        for (text, expected) in [
            ("plain", "plain"),
            ("é 漢 🎉", "é 漢 🎉"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred\u{1b}[0m", "\\u001b[31mred\\u001b[0m"),
            ("\u{9b}31m", "\\u009b31m"),
            ("\u{7f}\0", "\\u007f\\u0000"),
            ("abc\u{202e}cba", "abc\\u202ecba"),
            ("zero\u{200b}width", "zero\\u200bwidth"),
            ("10\u{a0}000", "10\\u00a0000"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("\u{2028}", "\\u2028"),
        ] {
            assert_eq!(printable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn commands_of_build_systems_lose_their_force() {
        for (text, expected) in [
            ("##[error]forged", "#\\u0023[error]forged"),
            ("x ##vso[task.setvariable]y", "x #\\u0023vso[task.setvariable]y"),
            ("##teamcity[buildStatus]", "#\\u0023teamcity[buildStatus]"),
            ("###[error]", "##\\u0023[error]"),
            ("## A heading", "## A heading"),
            ("####", "####"),
            ("#[test]", "#[test]"),
        ] {
            assert_eq!(printable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_does_not_begin_with_a_command() {
        for (text, expected) in [
            ("::error::x", ":\\u003aerror::x"),
            ("  ::add-mask::x", "  :\\u003aadd-mask::x"),
            ("a ::error::x", "a ::error::x"),
            (":::", ":\\u003a:"),
        ] {
            assert_eq!(opening(text.to_owned()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("0123456789", 10), "0123456789");
        assert_eq!(cut("0123456789x", 10), "0123456…9x");
        assert_eq!(cut("漢字漢字漢字漢字漢字漢", 10), "漢字漢字漢字漢…字漢");
    }

    #[test]
    fn lines_beyond_the_limit_are_counted() {
        assert_eq!(shown_lines("a\r\n\tb\nc\n\n", 2), (vec!["a".to_owned(), "    b".to_owned()], 1));
        assert_eq!(shown_lines("", 2), (vec![], 0));
    }

    proptest! {
        #[test]
        fn no_unsafe_character_is_left_and_no_text_exceeds_its_limit(text in "(?s).{0,300}", chars in 5_usize..250) {
            prop_assert!(!printable(&text).chars().any(is_unfit));
            prop_assert!(!printable(&text).contains("##["));
            prop_assert!(cut(&text, chars).chars().count() <= chars);
        }
    }
}
