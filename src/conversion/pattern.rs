//! From the regular expressions and formats of time in a Pact file to those of a contract.

use serde_json::{Value, json};

use super::dialect::to_ruby;
use crate::contract::{Format, Matcher, Pattern};
use crate::pact::spelled;

/// Common regular expressions for formats that a contract has a word for. (UUIDs may have capital letters: RFC 9562.)
const KNOWN: &[(&str, Format)] = &[
    (UUID, Format::Uuid),
    ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Format::Uuid),
    ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", Format::Uuid),
    ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", Format::Uuid),
    ("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", Format::Uuid),
    (DATE_TIME, Format::DateTime),
    (TIME, Format::Time),
    (EMAIL, Format::Email),
    (URI, Format::Uri),
];

/// Expressions for formats in a Pact file, none of them stricter than the format.
pub(crate) const UUID: &str = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
pub(crate) const DATE_TIME: &str = r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})";
pub(crate) const TIME: &str = r"\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?";
pub(crate) const EMAIL: &str = r"[^@\s]+@[^@\s]+";
pub(crate) const URI: &str = r"[A-Za-z][A-Za-z0-9+.-]*:\S*";

/// The expression for a whole number in a text: JSON's, without a fraction.
pub(crate) const INTEGER: &str = r"-?(0|[1-9][0-9]*)(\.0+)?([eE][+-]?[0-9]+)?";

/// The expression that matches every scalar: Pact's verifier applies expressions to the JSON of a value.
pub(crate) const ANYTHING: &str = r"[\s\S]*";

/// A semantic version, as its specification (2.0.0) has it.
pub(super) const SEMVER: &str = r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?";

/// The matcher for a regular expression of a Pact file, or why it can't be used in a contract.
pub(super) fn of_regex(text: &str) -> Result<Matcher, String> {
    let bare = bare(text);
    if let Some((_, format)) = KNOWN.iter().find(|(known, _)| *known == bare) {
        return Ok(Matcher::Format(*format));
    }
    let own = from_ruby(&bare);
    // As it would come back from an exported file.
    let common = to_ruby(&own).unwrap_or(own);
    Pattern::new(&common).map(Matcher::Regex).map_err(|why| {
        // The last line of several has the reason; those before it show the expression.
        why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
    })
}

/// Translates an expression from Ruby's dialect, which Pact's verifier uses, into a contract's: with its own options,
/// with `\h` for a hexadecimal digit, and with `\<` for the sign itself.
fn from_ruby(text: &str) -> String {
    let text = spelled(text);
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut in_class) = (text.as_str(), false);
    while let Some(c) = rest.chars().next() {
        let (taken, written) = match (c, rest.get(1..2)) {
            ('\\', Some(sign @ ("<" | ">"))) => (2, sign.to_owned()),
            ('\\', Some("h")) if in_class => (2, String::from("0-9a-fA-F")),
            ('\\', Some("h")) => (2, String::from("[0-9a-fA-F]")),
            ('\\', Some("H")) if !in_class => (2, String::from("[^0-9a-fA-F]")),
            ('\\', _) => {
                let length = rest.chars().take(2).map(char::len_utf8).sum();
                (length, rest[..length].to_owned())
            }
            ('[', _) => {
                in_class = true;
                (1, String::from("["))
            }
            (']', _) => {
                in_class = false;
                (1, String::from("]"))
            }
            (other, _) => (other.len_utf8(), other.to_string()),
        };
        out.push_str(&written);
        rest = &rest[taken..];
    }
    out
}

/// The expression for a literal text, with only the necessary backslashes.
pub(crate) fn literal(text: &str) -> String {
    regex::escape(text).replace(r"\-", "-")
}

/// Whether an expression is just the text itself.
pub(super) fn is_literal(expression: &str, text: &str) -> bool {
    let bare = bare(expression);
    bare == regex::escape(text)
        || bare == literal(text)
        || bare == text && !text.contains(|c: char| !c.is_alphanumeric() && !"/-_ ".contains(c))
}

/// The matchers for the segments of a path that aren't literal, by their indexes; `None` if the expression can't be split
/// into segments.
pub(super) fn segments(expression: &str, path: &str) -> Option<Vec<(usize, Matcher)>> {
    let bare = bare(expression);
    let (written, segments): (Vec<&str>, Vec<&str>) = (bare.split('/').collect(), path.split('/').collect());
    if written.len() != segments.len() {
        return None;
    }
    let mut found = Vec::new();
    for (index, (one, segment)) in written.into_iter().zip(&segments).enumerate() {
        if is_literal(one, segment) {
            continue;
        }
        // The expression must be independent of others and match no slash, and the segment must be unique.
        let wide = ["(", "|", ".", "[^", r"\S", r"\D", r"\W", r"\P", r"\p", r"\x", r"\u", "\\["]
            .iter()
            .any(|part| one.contains(part));
        if wide || one.is_empty() || segments.iter().filter(|other| *other == segment).count() > 1 {
            return None;
        }
        found.push((index, of_regex(one).ok()?));
    }
    (!found.is_empty()).then_some(found)
}

/// An expression without redundant parts: anchors at its ends, since it is for a whole text; a group around all of it; and
/// backslashes before slashes.
pub(crate) fn bare(text: &str) -> String {
    let mut bare = without_escaped_slashes(&text.replace(r"\Z", "$"));
    loop {
        let shorter = shorter(&bare);
        if shorter.len() == bare.len() {
            return bare;
        }
        bare = shorter.to_owned();
    }
}

fn shorter(text: &str) -> &str {
    let inside = text.strip_prefix('^').unwrap_or(text);
    let backslashes = inside.strip_suffix('$').map(|rest| rest.len() - rest.trim_end_matches('\\').len());
    // In verbose mode it may be in a comment.
    let end = matches!(backslashes, Some(number) if number % 2 == 0) && !inside.contains("(?x");
    let inside = if end { &inside[..inside.len() - 1] } else { inside };
    // Captures aren't used.
    let group = inside.strip_prefix("(?:").or_else(|| inside.strip_prefix('(').filter(|rest| !rest.starts_with('?')));
    match group.and_then(|rest| rest.strip_suffix(')')) {
        Some(group) if is_closed(group) => group,
        _ => inside,
    }
}

/// Whether the brackets in a part of an expression are balanced.
fn is_closed(text: &str) -> bool {
    let (mut depth, mut in_class, mut chars) = (0_usize, false, text.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => {}
        }
    }
    depth == 0 && !text.ends_with('\\')
}

fn without_escaped_slashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.as_str().chars().next()) {
            ('\\', Some('/')) => {}
            ('\\', Some(next)) => {
                out.extend([c, next]);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// Java's patterns that have a format in contracts for (almost) all of their texts.
const ISO: &[(&str, Format)] = &[
    ("yyyy-MM-dd", Format::Date),
    ("uuuu-MM-dd", Format::Date),
    ("HH:mm:ss", Format::Time),
    ("HH:mm:ss.SSS", Format::Time),
    ("HH:mm:ssXXX", Format::Time),
    ("yyyy-MM-dd'T'HH:mm:ssXXX", Format::DateTime),
    ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Format::DateTime),
    ("yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", Format::DateTime),
    ("yyyy-MM-dd'T'HH:mm:ss'Z'", Format::DateTime),
    ("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Format::DateTime),
];

/// The matcher for one of Java's patterns, and whether it is looser; `None` if there is nothing similar.
pub(super) fn of_java(pattern: &str) -> Option<(Matcher, bool)> {
    if let Some((_, format)) = ISO.iter().find(|(iso, _)| *iso == pattern) {
        return Some((Matcher::Format(*format), false));
    }
    Some((Matcher::Regex(Pattern::new(&java_regex(pattern)?).ok()?), true))
}

/// A regular expression for the digits and letters of one of Java's patterns.
fn java_regex(pattern: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = pattern;
    let mut optional = 0_usize;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            if let Some(after) = rest.strip_prefix("''") {
                out.push('\'');
                rest = after;
                continue;
            }
            let (quoted, after) = rest[1..].split_once('\'')?;
            out.push_str(&literal(quoted));
            rest = after;
            continue;
        }
        let length = rest.len() - rest.trim_start_matches(first).len();
        let number = length / first.len_utf8();
        rest = &rest[length..];
        match first {
            'M' | 'L' | 'E' | 'e' | 'c' | 'Q' | 'q' if number > 2 => out.push_str(r"[\p{L}.]+"),
            'E' | 'G' | 'a' | 'B' => out.push_str(r"[\p{L}. ]+"),
            // The number of digits is as flexible as in Pact: `MM` also matches `7`.
            'M' | 'L' | 'd' | 'H' | 'h' | 'k' | 'K' | 'm' | 's' | 'w' | 'W' | 'F' | 'e' | 'c' | 'Q' | 'q' => {
                out.push_str(r"\d{1,2}");
            }
            'y' | 'u' | 'Y' | 'S' | 'n' | 'N' | 'A' | 'D' => out.push_str(r"\d+"),
            'X' => out.push_str(match number {
                1 => r"(Z|[+-]\d{2}(\d{2})?)",
                2 => r"(Z|[+-]\d{4})",
                _ => r"(Z|[+-]\d{2}:\d{2}(:\d{2})?)",
            }),
            'Z' if number < 4 => out.push_str(r"[+-]\d{2}:?\d{2}"),
            'x' => out.push_str(r"[+-]\d{2}:?(\d{2})?"),
            'z' | 'Z' | 'V' | 'v' | 'O' => out.push_str(r"\S.*"),
            letter if letter.is_ascii_alphabetic() => return None,
            '[' => {
                optional += number;
                out.push_str(&"(".repeat(number));
            }
            ']' => {
                optional = optional.checked_sub(number)?;
                out.push_str(&")?".repeat(number));
            }
            sign => out.push_str(&literal(&sign.to_string().repeat(number))),
        }
    }
    Some(out + &")?".repeat(optional))
}

/// Whether a rule for texts also matches the JSON of a value of another type, as far as that can be tried.
pub(super) fn fits_other_types(example: &Value, fits: &dyn Fn(&str) -> bool) -> bool {
    let numbers = ["1", "2", "5", "9"].into_iter().flat_map(|digit| (1..=20).map(|length| digit.repeat(length)));
    let others = ["null", "true", "false", "0", "10", "-1", "1.5", "10.50", "123", "2026", "20260501"];
    let inside = [json!([example]), json!({ "a": example })];
    others.into_iter().any(fits)
        || numbers.into_iter().any(|number| fits(&number))
        || inside.iter().any(|value| fits(&value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_lose_redundant_parts() {
        for (text, shown) in [
            (r"^\d+$", r"\d+"),
            ("^(?:paid|open)$", "paid|open"),
            ("^(paid|open)$", "paid|open"),
            ("(a)|(b)", "(a)|(b)"),
            ("paid|open", "paid|open"),
            (r"^\/orders\/\d+$", r"/orders/\d+"),
            (r"cost\$", r"cost\$"),
            (r"a\\$", r"a\\"),
            ("(?:a)|(?:b)", "(?:a)|(?:b)"),
            ("", ""),
        ] {
            assert_eq!(bare(text), shown, "{text}");
            assert_eq!(bare(&bare(text)), shown, "{text}");
        }
        assert_eq!(of_regex(&format!("^{UUID}$")), Ok(Matcher::Format(Format::Uuid)));
        assert_eq!(
            of_regex("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$").unwrap(),
            Matcher::Format(Format::Uuid)
        );
        assert!(of_regex("(?!a)b").is_err());
        for (text, written) in [
            ("(?m)a.b", "(?s)a.b"),
            ("(?mi:a.)b", "(?si:a.)b"),
            ("(?-m)a", "(?-s)a"),
            (r"\<a\>", "<a>"),
            (r"\h{8}-[\h_]\H", "[0-9a-fA-F]{8}-[0-9a-fA-F_][^0-9a-fA-F]"),
            (r"\\h[\](?m)]é\d", r"\\h[\](?m)]é\d"),
            ("(?<m>a)(?:m)", "(?<m>a)(?:m)"),
        ] {
            assert_eq!(from_ruby(text), written, "{text}");
            assert!(Pattern::new(written).is_ok(), "{written}");
        }
    }

    #[test]
    fn patterns_of_java_become_formats_or_expressions() {
        let fits = |pattern: &str, text: &str| match of_java(pattern).unwrap().0 {
            Matcher::Regex(regex) => regex.matches(text),
            _ => panic!("{pattern} is a format"),
        };
        assert_eq!(of_java("yyyy-MM-dd"), Some((Matcher::Format(Format::Date), false)));
        assert!(
            fits("dd.MM.yyyy", "01.05.2026") && fits("dd.MM.yyyy", "1.5.2026") && !fits("dd.MM.yyyy", "01x05x2026")
        );
        assert!(fits("EEE, d MMM yyyy HH:mm:ss Z", "Fri, 1 May 2026 09:30:00 +0000"));
        assert!(fits("yyyy-MM-dd'T'HH:mm:ss", "2026-05-01T09:30:00"));
        let optional = "HH:mm[:ss[.SSS]]";
        assert!(["09:30", "09:30:00", "09:30:00.5"].into_iter().all(|text| fits(optional, text)));
        assert!(["09", "09:30:", "09:30.5"].into_iter().all(|text| !fits(optional, text)));
        assert!(fits("yyyy[-MM", "2026") && fits("yyyy[-MM", "2026-05"));
        assert_eq!(of_java("yyyy]"), None);
    }
}
