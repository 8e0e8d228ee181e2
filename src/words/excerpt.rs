//! Parts of long foreign texts: the beginning of a response, the end of a program's output.

use std::borrow::Cow;

use super::count;

/// A text for the middle of a sentence: its first `most` characters, followed by `…` if there are more.
#[must_use]
pub fn shorten(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The first `bytes` bytes as a text; if that isn't everything, a last line says how much there was. Bytes that aren't
/// UTF-8 become `�`.
#[must_use]
pub fn beginning(text: &[u8], bytes: usize) -> String {
    if text.len() <= bytes {
        return String::from_utf8_lossy(text).into_owned();
    }
    let mut end = bytes;
    // A character that the cut goes through is left out.
    while end > 0 && is_continuation(text[end]) {
        end -= 1;
    }
    let shown = String::from_utf8_lossy(&text[..end]);
    format!("{}\n… ({} in all)", shown.trim_end(), count(text.len(), "byte"))
}

/// The last `bytes` bytes as a text, beginning with a whole line if there is one; if that isn't everything, the first
/// line is `…`. Bytes that aren't UTF-8 become `�`.
#[must_use]
pub fn ending(text: &[u8], bytes: usize) -> String {
    if text.len() <= bytes {
        return String::from_utf8_lossy(text).into_owned();
    }
    let mut shown = &text[text.len() - bytes..];
    while let [first, rest @ ..] = shown
        && is_continuation(*first)
    {
        shown = rest;
    }
    if let Some(at) = shown.iter().position(|byte| *byte == b'\n')
        && at + 1 < shown.len()
    {
        shown = &shown[at + 1..];
    }
    format!("…\n{}", String::from_utf8_lossy(shown))
}

/// Whether a byte is inside a UTF-8 character and not its first.
const fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_shown_whole() {
        assert_eq!(beginning(b"abc", 3), "abc");
        assert_eq!(ending(b"abc", 3), "abc");
        assert_eq!(shorten("aéb", 3), "aéb");
    }

    #[test]
    fn a_long_text_is_cut_between_characters_and_says_so() {
        assert_eq!(shorten("aéb", 2), "aé…");
        assert_eq!(beginning("aéé".as_bytes(), 4), "aé\n… (5 bytes in all)");
        assert_eq!(ending("ééa".as_bytes(), 4), "…\néa");
        assert_eq!(ending(b"first line\nlast line", 12), "…\nlast line");
        assert_eq!(ending(b"0123456789\n", 4), "…\n789\n");
    }
}
