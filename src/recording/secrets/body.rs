//! The form in which a body is searched for secrets.

use serde_json::Value;

use crate::interaction::header_values;
use crate::source::json_value;

/// The mark at the beginning of some texts in Unicode.
const MARK: char = '\u{feff}';

/// A body that can be searched.
#[derive(Debug)]
pub(super) struct Searchable {
    pub form: Form,
    encoding: Encoding,
}

/// The form of a body.
#[derive(Debug)]
pub(super) enum Form {
    Json(Value),
    /// The fields of a form.
    Pairs(String),
    Text(String),
}

/// How a body becomes text, and text a body again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16 {
        is_little: bool,
    },
    /// Each byte is a character: texts in Latin-1 and its relatives, and bodies with parts that are no text. All names and
    /// nearly all secrets are ASCII, which is the same in all of these.
    Bytes,
}

impl Searchable {
    /// The body as it is searched; nothing if it can't be searched: it isn't text, and no picture, sound or font.
    pub(super) fn read(body: &[u8], headers: &[(String, String)]) -> Option<Self> {
        let content_type = header_values(headers, "content-type").next().unwrap_or_default().to_ascii_lowercase();
        let encoding = encoding(body, &content_type)?;
        let text = encoding.decode(body)?;
        let bare = text.trim_start_matches(MARK);
        let form = if bare.trim_start().starts_with(['{', '[', '"'])
            && let Ok(value) = json_value::read(bare.as_bytes())
        {
            Form::Json(value)
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            Form::Pairs(text)
        } else {
            Form::Text(text)
        };
        Some(Self { form, encoding })
    }

    /// The bytes of a new text in the encoding of this body. It begins with a mark if the old body does.
    pub(super) fn write(&self, text: &str, body: &[u8]) -> Vec<u8> {
        let had_mark = self.encoding.decode(body).is_some_and(|old| old.starts_with(MARK));
        let mark = if had_mark && !text.starts_with(MARK) { String::from(MARK) } else { String::new() };
        let text = mark + text;
        match self.encoding {
            Encoding::Utf8 => text.into_bytes(),
            Encoding::Utf16 { is_little } => text
                .encode_utf16()
                .flat_map(|unit| if is_little { unit.to_le_bytes() } else { unit.to_be_bytes() })
                .collect(),
            Encoding::Bytes => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect(),
        }
    }
}

impl Encoding {
    fn decode(self, body: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => std::str::from_utf8(body).ok().map(str::to_owned),
            Self::Utf16 { is_little } => {
                let (units, _) = body.as_chunks::<2>();
                let unit =
                    |bytes: &[u8; 2]| if is_little { u16::from_le_bytes(*bytes) } else { u16::from_be_bytes(*bytes) };
                let text = char::decode_utf16(units.iter().map(unit)).collect::<Result<String, _>>().ok()?;
                (body.len().is_multiple_of(2) && is_text(text.chars())).then_some(text)
            }
            Self::Bytes => Some(body.iter().map(|byte| char::from(*byte)).collect()),
        }
    }
}

/// How a body can be read as text.
fn encoding(body: &[u8], content_type: &str) -> Option<Encoding> {
    if let Some(is_little) = utf16(body, content_type) {
        return Some(Encoding::Utf16 { is_little });
    }
    if content_type.starts_with("multipart/") {
        let are_searchable = parts(body, content_type).into_iter().all(|part| is_plain(part) || is_media(part));
        let encoding = if std::str::from_utf8(body).is_ok() { Encoding::Utf8 } else { Encoding::Bytes };
        return are_searchable.then_some(encoding);
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return is_text(text.chars()).then_some(Encoding::Utf8);
    }
    let declared = content_type.contains("charset=") && !content_type.contains("utf-8");
    let is_declared_text =
        declared && body.iter().all(|byte| *byte >= 0x80 || is_text([char::from(*byte)].into_iter()));
    (is_declared_text || is_plain(body) || is_media(body)).then_some(Encoding::Bytes)
}

/// Whether bytes are text in UTF-8, or in Latin-1 with no other special characters than letters. Binary formats such as
/// CBOR have other bytes between their texts.
fn is_plain(bytes: &[u8]) -> bool {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return is_text(text.chars());
    }
    let special = bytes.iter().filter(|byte| **byte >= 0x80).count();
    let are_letters = bytes.iter().all(|byte| *byte < 0x80 || *byte >= 0xc0);
    are_letters && is_text(bytes.iter().copied().map(char::from)) && special * 3 <= bytes.len()
}

/// Whether characters are a text: there are no control characters but those that structure texts.
fn is_text(mut chars: impl Iterator<Item = char>) -> bool {
    chars.all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}' | '\u{85}'))
}

/// Whether bytes are a picture, sound, film or font by their first bytes. They have no fields with secrets, and any text
/// in them is rarely compressed.
fn is_media(bytes: &[u8]) -> bool {
    use infer::MatcherType::{Audio, Font, Image, Video};
    infer::get(bytes).is_some_and(|kind| matches!(kind.matcher_type(), Audio | Font | Image | Video))
}

/// Whether a body is text in UTF-16, and if so whether the low byte comes first: by its mark, its declaration, or the
/// zeros in it.
fn utf16(body: &[u8], content_type: &str) -> Option<bool> {
    match body {
        [0xff, 0xfe, ..] => return Some(true),
        [0xfe, 0xff, ..] => return Some(false),
        _ => {}
    }
    if content_type.contains("charset=utf-16") {
        return Some(!content_type.contains("utf-16be"));
    }
    let zeros = |rest: usize| body.iter().skip(rest).step_by(2).filter(|byte| **byte == 0).count();
    let half = body.len() / 2;
    if half < 2 || !body.len().is_multiple_of(2) {
        return None;
    }
    match (zeros(0) * 10 >= half * 9, zeros(1) * 10 >= half * 9) {
        (false, true) => Some(true),
        (true, false) => Some(false),
        (true, true) | (false, false) => None,
    }
}

/// The contents of the parts of a multipart body (RFC 2046, section 5.1); the whole body if it can't be split.
fn parts<'b>(body: &'b [u8], content_type: &str) -> Vec<&'b [u8]> {
    let boundary = content_type.split("boundary=").nth(1).map(|rest| rest.split(';').next().unwrap_or_default().trim());
    // The header is in lower case here, the body isn't.
    let line = |at: usize| {
        let boundary = boundary.map(|boundary| boundary.trim_matches('"')).filter(|boundary| !boundary.is_empty())?;
        let begin = body.get(at..at + 2 + boundary.len())?;
        (begin.starts_with(b"--") && begin[2..].eq_ignore_ascii_case(boundary.as_bytes())).then_some(2 + boundary.len())
    };
    let starts = std::iter::once(0).chain(memchr(body, b'\n').map(|at| at + 1));
    let lines: Vec<(usize, usize)> = starts.filter_map(|at| Some((at, at + line(at)?))).collect();
    if lines.is_empty() {
        return vec![body];
    }
    let ends = lines.iter().skip(1).map(|(start, _)| *start).chain([body.len()]);
    let parts = lines.iter().zip(ends).filter_map(|((_, start), end)| body.get(*start..end));
    parts.map(content).collect()
}

/// The content of a part: the bytes after the empty line, without the line break before the next boundary.
fn content(part: &[u8]) -> &[u8] {
    let start = part.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
    let start = start.or_else(|| part.windows(2).position(|window| window == b"\n\n").map(|at| at + 2));
    let content = part.get(start.unwrap_or(0)..).unwrap_or_default();
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    content.strip_suffix(b"\r").unwrap_or(content)
}

/// Where a byte occurs.
fn memchr(body: &[u8], wanted: u8) -> impl Iterator<Item = usize> {
    body.iter().enumerate().filter(move |(_, byte)| **byte == wanted).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8], content_type: &str) -> Option<Searchable> {
        Searchable::read(body, &[(String::from("content-type"), content_type.to_owned())])
    }

    #[test]
    fn texts_in_every_encoding_can_be_searched_and_other_bytes_cannot() {
        let little: Vec<u8> = "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}a=1".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let form = |part: &[u8]| {
            [b"--B\r\ncontent-disposition: form-data; name=\"f\"\r\n\r\n", part, b"\r\n--B--\r\n"].concat()
        };
        for (body, content_type, expected) in [
            (b"a=1".to_vec(), "text/plain", true),
            (b"caf\xe9=1, and more".to_vec(), "text/plain", true),
            (b"\x83e\x83\x93=1".to_vec(), "text/plain; charset=shift_jis", true),
            (b"\x83e\x83\x93=1".to_vec(), "text/plain", false),
            (b"\xa1\x68password\x61x".to_vec(), "application/x-www-form-urlencoded", false),
            (little, "application/json", true),
            (big, "text/plain", true),
            (png.to_vec(), "image/png", true),
            (form(png), "multipart/form-data; boundary=B", true),
            (form(b"text"), "multipart/form-data; boundary=\"B\"", true),
            (form(b"PK\x03\x04\x00\x00"), "multipart/form-data; boundary=B", false),
            (b"\x81\xa8password\xa1x".to_vec(), "application/msgpack", false),
            (b"\x0a\x05hello".to_vec(), "application/x-protobuf", false),
            (b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), "application/gzip", false),
        ] {
            assert_eq!(read(&body, content_type).is_some(), expected, "{content_type} {body:?}");
            if let Some(searchable) = read(&body, content_type)
                && let Form::Text(text) = &searchable.form
            {
                assert_eq!(searchable.write(text, &body), body, "{content_type}");
            }
        }
    }

    #[test]
    fn json_behind_a_mark_is_json_and_keeps_the_mark() {
        let body = "\u{feff}{\"a\":1}".as_bytes();
        let searchable = read(body, "application/json").unwrap();
        assert!(matches!(searchable.form, Form::Json(_)));
        assert_eq!(searchable.write("{}", body), "\u{feff}{}".as_bytes());
    }
}
