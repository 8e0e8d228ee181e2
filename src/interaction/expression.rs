//! Regular expressions as their authors mean them, in the syntax of our engine.
//!
//! Almost every engine reads `--`, `~~` and `&&` in a class as characters, a hyphen beside `\w` as a hyphen, `\Q…\E` as a
//! quotation and `\cA` as a control character. Ours has operations on sets instead, or refuses them. What is written here
//! means the same in both. Only `&&[`, which nobody writes for anything else, stays an intersection.

use std::borrow::Cow;

/// An expression of a contract in the syntax of our engine.
#[must_use]
pub fn common(text: &str) -> Cow<'_, str> {
    if !text.contains(['[', '\\']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut classes = Classes { is_verbose: false, ..Classes::default() };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let plain = |length: usize| (Cow::Borrowed(rest.get(..length).unwrap_or(rest)), length);
        let (written, taken) = match first {
            '\\' => match escape(rest) {
                Some((written, taken)) => (Cow::Owned(written), taken),
                None => match rest.get(1..2) {
                    Some("Z") => (Cow::Borrowed(r"\z"), 2),
                    Some(sign @ ("<" | ">")) => (Cow::Borrowed(sign), 2),
                    _ => plain(1 + rest[1..].chars().next().map_or(0, char::len_utf8)),
                },
            },
            '[' => match classes.class(rest) {
                Some((written, taken)) => (Cow::Owned(written), taken),
                None => plain(1),
            },
            '#' if classes.is_verbose => plain(rest.find('\n').unwrap_or(rest.len())),
            '(' => {
                classes.is_verbose |= turns_verbose_on(rest);
                plain(1)
            }
            other => plain(other.len_utf8()),
        };
        out.push_str(&written);
        rest = &rest[taken..];
    }
    Cow::Owned(out)
}

/// Whether a group begins with options, and white space is ignored from here on.
fn turns_verbose_on(text: &str) -> bool {
    let Some(options) = text.strip_prefix("(?") else { return false };
    let on = options.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    on.contains('x') && options[on.len()..].starts_with([':', ')', '-'])
}

/// What stands for characters in most engines and for nothing in ours: `\Q…\E` and `\cA`, and its length.
#[must_use]
pub fn escape(text: &str) -> Option<(String, usize)> {
    if let Some(quoted) = text.strip_prefix(r"\Q") {
        let (quoted, end) = quoted.split_once(r"\E").map_or((quoted, 0), |(quoted, _)| (quoted, 2));
        let escaped = quoted.chars().map(|c| if c == ' ' { String::from(r"\x20") } else { literal(c) });
        return Some((escaped.collect(), 2 + quoted.len() + end));
    }
    let letter = text.strip_prefix(r"\c")?.chars().next().filter(char::is_ascii_alphabetic)?;
    Some((format!(r"\x{:02X}", u32::from(letter.to_ascii_uppercase()) ^ 0x40), 3))
}

/// A character that stands for itself, in a class and outside.
fn literal(c: char) -> String {
    regex_syntax::escape(c.encode_utf8(&mut [0; 4]))
}

/// The classes of one expression.
#[derive(Debug, Default)]
pub struct Classes {
    /// Whether our engine ignores white space in classes, which others don't.
    is_verbose: bool,
    /// Whether brackets in a class are characters, because one of them has no end otherwise.
    are_brackets_characters: bool,
}

/// A member of a class.
struct Member<'t> {
    written: Cow<'t, str>,
    /// How much of the text it takes.
    taken: usize,
    /// Whether it is one character, which may begin or end a range.
    is_character: bool,
}

impl Classes {
    /// The class at the beginning of a text, and its length; `None` if it has no end.
    pub fn class(&mut self, text: &str) -> Option<(String, usize)> {
        if !self.are_brackets_characters {
            if let Some(read) = self.members(text, 0) {
                return Some(read);
            }
            self.are_brackets_characters = true;
        }
        self.members(text, 0)
    }

    fn members(&self, text: &str, depth: usize) -> Option<(String, usize)> {
        let start = if text.starts_with("[^") { 2 } else { 1 };
        let mut out = text.get(..start)?.to_owned();
        let mut at = start;
        // A bracket that comes first is a character.
        if text[at..].starts_with(']') {
            out.push(']');
            at += 1;
        }
        loop {
            let rest = &text[at..];
            if rest.starts_with(']') {
                out.push(']');
                return Some((out, at + 1));
            }
            if rest.starts_with("&&[") && !self.are_brackets_characters {
                out.push_str("&&");
                at += 2;
                continue;
            }
            let first = self.member(rest, depth)?;
            let behind = &rest[first.taken..];
            let end = behind.strip_prefix('-').filter(|end| !end.is_empty() && !end.starts_with([']', '[']));
            let end = match end {
                Some(end) => Some(self.member(end, depth)?),
                None => None,
            };
            match end {
                // `[z--]` is no range in any engine.
                Some(end)
                    if first.is_character
                        && end.is_character
                        && !(end.written == "-" && first.written.len() == 1 && *first.written > *"-") =>
                {
                    out.extend([&*in_range(&first.written), "-", &*in_range(&end.written)]);
                    at += first.taken + 1 + end.taken;
                }
                _ => {
                    let is_end = behind.starts_with(']');
                    let is_lonely = first.written == "-" && (is_end || at == start) && !behind.starts_with('-');
                    let is_double =
                        |sign: &str| first.written == sign && (behind.starts_with(sign) || out.ends_with(sign));
                    if first.written == "-" && !is_lonely || is_double("&") || is_double("~") {
                        out.push('\\');
                    }
                    out.push_str(&first.written);
                    at += first.taken;
                    // The hyphen beside `\w` is read next, and isn't the beginning of a range.
                    if end.is_some() {
                        out.push_str(r"\-");
                        at += 1;
                    }
                }
            }
        }
    }

    fn member<'t>(&self, text: &'t str, depth: usize) -> Option<Member<'t>> {
        let member = |taken: usize, is_character| {
            let written = Cow::Borrowed(text.get(..taken)?);
            Some(Member { written, taken, is_character })
        };
        let first = text.chars().next()?;
        match first {
            '\\' => {
                if let Some((written, taken)) = escape(text) {
                    let is_character = text.starts_with(r"\c");
                    return Some(Member { written: Cow::Owned(written), taken, is_character });
                }
                let next = text[1..].chars().next()?;
                let braced = |from: usize| text[from..].find('}').map(|end| from + end + 1);
                match next {
                    'b' => Some(Member { written: Cow::Borrowed(r"\x08"), taken: 2, is_character: true }),
                    '<' | '>' => Some(Member { written: Cow::Borrowed(&text[1..2]), taken: 2, is_character: true }),
                    'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' => member(2, false),
                    'p' | 'P' if text[2..].starts_with('{') => member(braced(2)?, false),
                    'p' | 'P' => member(2 + text[2..].chars().next()?.len_utf8(), false),
                    'x' | 'u' | 'U' if text[2..].starts_with('{') => member(braced(2)?, true),
                    'x' | 'u' | 'U' => {
                        let most = match next {
                            'x' => 2,
                            'u' => 4,
                            _ => 8,
                        };
                        let digits = text[2..].bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
                        member(2 + digits, true)
                    }
                    other => member(1 + other.len_utf8(), true),
                }
            }
            '[' => {
                // `[:alpha:]`
                let named =
                    text.strip_prefix("[:").and_then(|inside| inside.find(":]").map(|end| (&inside[..end], end)));
                if let Some((name, end)) = named
                    && name.bytes().all(|c| c.is_ascii_alphabetic() || c == b'^')
                {
                    return member(2 + end + 2, false);
                }
                if self.are_brackets_characters {
                    return Some(Member { written: Cow::Borrowed(r"\["), taken: 1, is_character: true });
                }
                if depth == MOST_NESTED {
                    return None;
                }
                let (written, taken) = self.members(text, depth + 1)?;
                Some(Member { written: Cow::Owned(written), taken, is_character: false })
            }
            ' ' | '#' if self.is_verbose => {
                let written = if first == ' ' { r"\x20" } else { r"\#" };
                Some(Member { written: Cow::Borrowed(written), taken: 1, is_character: true })
            }
            other => member(other.len_utf8(), true),
        }
    }
}

/// How deep classes may be nested.
const MOST_NESTED: usize = 50;

/// A character as the beginning or the end of a range, where it is never an operator.
fn in_range(written: &str) -> Cow<'_, str> {
    if matches!(written, "-" | "&" | "~" | "^") { Cow::Owned(format!(r"\{written}")) } else { Cow::Borrowed(written) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_expression_that_every_engine_reads_alike_keeps_its_spelling() {
        for text in [
            "",
            "[a-z]",
            "[-a]+[a-]",
            r"[\w.-]+@[^@\s]",
            "[^a]",
            "[[:alpha:]_]",
            "[a[bc]]",
            "[a-z&&[^aeiou]]",
            r"\[a--b\]",
            r"[a&~b]",
            r"\x41[\x41-\x{5A}\u0041]",
            r"[\p{L}\pN]",
            "é[é-ü]",
        ] {
            assert_eq!(common(text), text);
        }
    }

    #[test]
    fn an_expression_means_what_its_author_meant() {
        for (text, fits, others) in [
            ("[^ --]+", "ab.", "+"),
            ("[+--]", ",", "."),
            ("[--/]", ".", "0"),
            ("[a--]", "a", "b"),
            ("[a~~b]+", "a~b", "c"),
            ("[a&&b]+", "a&b", "c"),
            ("[a&&&&b]+", "a&b", "c"),
            ("[a-z&&[^b]]", "a", "b"),
            (r"[\w-\.]+", "a-.b", "+"),
            (r"[\s-,]+", " -,", "+"),
            (r"[a-\d]+", "a-1", "b"),
            ("[a-c-e]+", "b-e", "d"),
            (r"\Qa.b\E+", "a.bb", "axb"),
            (r"\Qa.b", "a.b", "axb"),
            (r"[\Q^-]\E]+", "^-]", "a"),
            (r"\cA[\cB-\cD]", "\u{1}\u{3}", "cA"),
            (r"[^[\]]+", "ab", "["),
            (r"[[(]x", "(x", "x"),
            (r"\<a\>", "<a>", "a"),
            (r"a\Z", "a", "b"),
            (r"[\b]", "\u{8}", "b"),
            ("(?x) [ #] # [", "#", "a"),
            ("(?x) [ #]+ # [", " #", "a"),
            ("[]a]+", "]a", "b"),
            (r"[\]\-\[]+", "]-[", r"\"),
        ] {
            let end = if text.starts_with("(?x)") { "\n" } else { "" };
            let regex = regex::Regex::new(&format!("\\A(?:{}{end})\\z", common(text)));
            let regex = regex.unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(regex.is_match(fits), "{text} as {}: {fits:?}", common(text));
            assert!(!regex.is_match(others), "{text} as {}: {others:?}", common(text));
        }
    }

    proptest! {
        #[test]
        fn a_common_expression_is_its_own_and_any_text_has_one(text in r"([\[\]^&~-]|\\[QEcdwb\-]|[a-c ]){0,12}|.{0,20}") {
            let once = common(&text).into_owned();
            if regex_syntax::parse(&once).is_ok() {
                prop_assert_eq!(regex_syntax::parse(&common(&once)), regex_syntax::parse(&once), "{} {}", text, once);
            }
        }
    }
}
