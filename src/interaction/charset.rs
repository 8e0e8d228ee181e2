//! The charset of a text, as its content type names it: texts are compared, sent and mocked in it.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::wire::header_values;

/// The charset that headers name, if it isn't UTF-8 and is one that the Encoding Standard knows.
fn charset(headers: &[(String, String)]) -> Option<&'static Encoding> {
    let media_type = header_values(headers, "content-type").next()?;
    let label = media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })?;
    // Its standard takes it for the little-endian one; without a mark, RFC 2781 has the other.
    let encoding =
        if label.eq_ignore_ascii_case("utf-16") { Some(UTF_16BE) } else { Encoding::for_label(label.as_bytes()) };
    encoding.filter(|encoding| *encoding != UTF_8)
}

/// A text's bytes in UTF-8. They stay as they are if their headers name no other charset, or aren't true. JSON is UTF-8 (RFC
/// 8259, section 8.1), so JSON that can be read as such is taken for it whatever its headers say.
#[must_use]
pub fn decoded<'b>(bytes: &'b [u8], headers: &[(String, String)], is_json: bool) -> Cow<'b, [u8]> {
    let Some(charset) = charset(headers) else { return Cow::Borrowed(bytes) };
    let is_wide = [UTF_16LE, UTF_16BE].contains(&charset);
    if is_json && !is_wide && std::str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    let (text, _, has_errors) = charset.decode(bytes);
    if has_errors { Cow::Borrowed(bytes) } else { Cow::Owned(text.into_owned().into_bytes()) }
}

/// A text's bytes, from UTF-8, in the charset that its headers name. One that the charset can't express stays as it is.
#[must_use]
pub fn encoded(bytes: Vec<u8>, headers: &[(String, String)]) -> Vec<u8> {
    let Some(charset) = charset(headers) else { return bytes };
    let Ok(text) = std::str::from_utf8(&bytes) else { return bytes };
    let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    if charset == UTF_16BE {
        return wide(u16::to_be_bytes);
    }
    if charset == UTF_16LE {
        return wide(u16::to_le_bytes);
    }
    let (encoded, _, is_lossy) = charset.encode(text);
    if is_lossy { bytes } else { encoded.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_and_written_in_its_charset() {
        for (media_type, text, bytes) in [
            ("text/plain; charset=iso-8859-1", "José", &b"Jos\xe9"[..]),
            ("text/plain; charset=\"ISO-8859-1\"", "é", b"\xe9"),
            ("text/plain;charset=UTF-16", "aé", b"\0a\0\xe9"),
            ("text/plain;charset=utf-16le", "aé", b"a\0\xe9\0"),
            ("text/plain; charset=utf-8", "é", "é".as_bytes()),
            ("text/plain", "é", "é".as_bytes()),
            ("text/plain; charset=klingon", "é", "é".as_bytes()),
            // Not in it.
            ("text/plain; charset=iso-8859-1", "日", "日".as_bytes()),
        ] {
            let headers = [(String::from("Content-Type"), media_type.to_owned())];
            assert_eq!(encoded(text.as_bytes().to_vec(), &headers), bytes, "{media_type}");
            if text != "日" {
                assert_eq!(decoded(bytes, &headers, false), text.as_bytes(), "{media_type}");
            }
        }
        let latin = [(String::from("content-type"), String::from("application/json; charset=iso-8859-1"))];
        assert_eq!(decoded("\"é\"".as_bytes(), &latin, true), "\"é\"".as_bytes());
        assert_eq!(decoded(b"\"\xe9\"", &latin, true), "\"é\"".as_bytes());
        assert_eq!(decoded("é".as_bytes(), &latin, false), "Ã©".as_bytes());
    }
}
