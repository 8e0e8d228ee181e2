//! Quotations in any syntax, also inside of each other: `"a"`, `\"a\"`, `'a'`, `"""a"""`, `&quot;a&quot;`.

use std::ops::Range;

/// The signs that open and close a quotation, the longest first.
const QUOTES: [&str; 8] = ["\"\"\"", "&quot;", "&#34;", "&#39;", "\\u0022", "\"", "'", "`"];

/// A quotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// The text between the quotes.
    pub value: Range<usize>,
    /// The byte after the closing quote.
    pub end: usize,
}

/// The quotation that begins in byte `at`, if one does there. Without a closing quote, it goes on to the end of the text.
pub(super) fn quoted_at(text: &str, at: usize) -> Option<Quoted> {
    let rest = text.get(at..)?;
    let bare = rest.trim_start_matches('\\');
    // Each level of quotation escapes the quotes of the level below.
    let level = rest.len() - bare.len();
    let (quote, level) = match QUOTES.iter().find(|quote| bare.starts_with(**quote)) {
        Some(quote) => (*quote, level),
        None => (*QUOTES.iter().find(|quote| rest.starts_with(**quote))?, 0),
    };
    let start = at + level + quote.len();
    let mut from = start;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(quote)) {
        let end = from + found;
        let escapes = text[start..end].len() - text[start..end].trim_end_matches('\\').len();
        if (level == 0 && escapes.is_multiple_of(2)) || (level > 0 && escapes == level) {
            let value = start..end - if level > 0 { level } else { 0 };
            return Some(Quoted { value, end: end + quote.len() });
        }
        from = end + quote.len();
    }
    Some(Quoted { value: start..text.len(), end: text.len() })
}

/// Where a name ends, if the text before `end` ends with it and with a quote: `"name"`, `name]`.
pub(super) fn quoted_name_before(text: &str, end: usize) -> usize {
    let before = text.get(..end).unwrap_or_default();
    let bare = QUOTES.iter().find_map(|quote| before.strip_suffix(quote)).unwrap_or(before);
    bare.trim_end_matches('\\').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_ends_with_the_quote_that_opened_it() {
        for (text, value) in [
            (r#""a" b"#, "a"),
            (r#""a\"b" c"#, r#"a\"b"#),
            (r#""a\\" b"#, r"a\\"),
            (r#"\"a\" b"#, "a"),
            (r#"\\\"a\\\" b"#, "a"),
            ("'it' b", "it"),
            ("\"\"\"a \"b\" c\"\"\"", "a \"b\" c"),
            ("&quot;a&quot;", "a"),
            (r"\u0022a\u0022", "a"),
            ("\"open", "open"),
            ("\"\" b", ""),
        ] {
            let quoted = quoted_at(text, 0).unwrap();
            assert_eq!(&text[quoted.value], value, "{text}");
        }
        assert_eq!(quoted_at("a", 0), None);
        assert_eq!(quoted_at(r"\a", 0), None);
    }
}
