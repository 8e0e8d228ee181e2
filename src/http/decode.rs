//! Undoes content codings (RFC 9110, section 8.4). The output is bounded: a small response can't become a large one.

use std::io::{self, Read};

use brotli_decompressor::Decompressor;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use hyper::header::{CONTENT_ENCODING, HeaderMap};
use ruzstd::decoding::StreamingDecoder;

/// How many codings may lie over each other. One is usual, two are seen.
const MAX_CODINGS: usize = 4;
/// How much of a brotli stream is read at once, in bytes.
const BROTLI_BUFFER: usize = 4096;

/// A body without its content codings.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub body: Vec<u8>,
    /// The codings that aren't known. Servers name things there that are none (`utf-8`, `none`, `aws-chunked`), so they
    /// are taken to change nothing.
    pub unknown: Vec<String>,
}

/// Why a body can't be decoded.
#[derive(Debug)]
pub(super) enum DecodeError {
    /// The decoded body is larger than the limit.
    TooLarge,
    /// It can't be undone, in words.
    Undecodable(String),
}

/// The body without its content codings, which are undone in the reverse of the order in which the headers name
/// them. An empty body has none.
pub(super) fn decode(headers: &HeaderMap, body: Vec<u8>, max: usize) -> Result<Decoded, DecodeError> {
    if body.is_empty() {
        return Ok(Decoded::default());
    }
    let codings = codings(headers);
    if codings.len() > MAX_CODINGS {
        let names = codings.join(", ");
        return Err(DecodeError::Undecodable(format!("it names more codings than Upheld decodes: {names}")));
    }
    let mut decoded = Decoded { body, unknown: Vec::new() };
    for coding in codings.into_iter().rev() {
        match undo(&coding, &decoded.body, max) {
            Some(undone) => decoded.body = undone?,
            None => decoded.unknown.push(coding),
        }
    }
    Ok(decoded)
}

/// The names of the codings in lower case, without those that change nothing.
pub(super) fn codings(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let names = values.flat_map(|value| {
        let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        text.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()
    });
    names.filter(|name| !name.is_empty() && name != "identity").collect()
}

/// The body without a coding; nothing if the coding isn't known.
fn undo(coding: &str, body: &[u8], max: usize) -> Option<Result<Vec<u8>, DecodeError>> {
    Some(match coding {
        "gzip" | "x-gzip" => bounded(coding, MultiGzDecoder::new(body), max),
        // RFC 9110 means the zlib format by `deflate`; some servers send the bare stream.
        "deflate" if is_zlib(body) => bounded(coding, ZlibDecoder::new(body), max),
        "deflate" => bounded(coding, DeflateDecoder::new(body), max),
        "br" => bounded(coding, Decompressor::new(body, BROTLI_BUFFER), max),
        "zstd" => zstd(body, max),
        _ => return None,
    })
}

/// Whether a stream begins with a zlib header (RFC 1950, section 2.2).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [method, flags, ..] if method & 0x0f == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0)
}

/// Reads to the end, or to one byte past the limit.
fn bounded(coding: &str, decoder: impl Read, max: usize) -> Result<Vec<u8>, DecodeError> {
    let mut plain = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(limit).read_to_end(&mut plain).map_err(|error| undecodable(coding, &error))?;
    if plain.len() > max { Err(DecodeError::TooLarge) } else { Ok(plain) }
}

/// A zstd body is a row of frames (RFC 8878, section 3).
fn zstd(body: &[u8], max: usize) -> Result<Vec<u8>, DecodeError> {
    let mut plain = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        if let Some(after) = skippable(rest) {
            rest = after;
            continue;
        }
        let decoder = StreamingDecoder::new(&mut rest)
            .map_err(|error| undecodable("zstd", &io::Error::new(io::ErrorKind::InvalidData, error.to_string())))?;
        plain.extend(bounded("zstd", decoder, max - plain.len())?);
    }
    Ok(plain)
}

/// The rest after a skippable frame, if a complete one begins here.
fn skippable(body: &[u8]) -> Option<&[u8]> {
    let (magic, rest) = body.split_first_chunk::<4>()?;
    if u32::from_le_bytes(*magic) & 0xffff_fff0 != 0x184d_2a50 {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<4>()?;
    rest.get(usize::try_from(u32::from_le_bytes(*length)).ok()?..)
}

fn undecodable(coding: &str, error: &io::Error) -> DecodeError {
    let cause = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
        _ => error.to_string(),
    };
    DecodeError::Undecodable(format!("the body is not valid {coding}: {cause}"))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use hyper::header::HeaderValue;

    use super::*;

    const TEXT: &[u8] = br#"{"id": 42, "status": "paid", "status_before": "open"}"#;
    /// [`TEXT`], compressed by the reference programs.
    const BROTLI: &str = "1b3400689c07b62df2ede263110c0d5b46a8f416a1f9dadb2c3264694aa72f4040192720abd50107c42fd0aa36a97b\
         47026124b123f004";
    const ZSTD: &str = "28b52ffd04688d0100c2420a11b06b0ca767d96bb06d4f529a4e9f607215f1b44b9dfa3275b68c0d22ebd4db73c4b513\
         0491ba41c301005731c7b0489a49";

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<char> = hex.trim().chars().collect();
        digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hex")).collect()
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).and_then(|()| encoder.finish()).expect("gzip")
    }

    fn zlib(body: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).and_then(|()| encoder.finish()).expect("zlib")
    }

    fn raw(body: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(body).and_then(|()| encoder.finish()).expect("deflate")
    }

    fn decoded(codings: &[&'static str], body: Vec<u8>, max: usize) -> Result<Vec<u8>, DecodeError> {
        let mut headers = HeaderMap::new();
        for coding in codings {
            headers.append(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        decode(&headers, body, max).map(|decoded| decoded.body)
    }

    fn why(result: Result<Vec<u8>, DecodeError>) -> String {
        match result {
            Err(DecodeError::Undecodable(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_known_coding_is_undone() {
        for (codings, body) in [
            (&["gzip"][..], gzip(TEXT)),
            (&["X-GZIP"], gzip(TEXT)),
            (&["deflate"], zlib(TEXT)),
            (&["deflate"], raw(TEXT)),
            (&["br"], bytes(BROTLI)),
            (&["zstd"], bytes(ZSTD)),
            (&["identity"], TEXT.to_vec()),
            (&[], TEXT.to_vec()),
            (&["deflate, gzip"], gzip(&zlib(TEXT))),
            (&["deflate", "identity , gzip"], gzip(&zlib(TEXT))),
        ] {
            assert_eq!(decoded(codings, body, 1000).expect("decoded"), TEXT, "{codings:?}");
        }
    }

    #[test]
    fn members_and_frames_in_a_row_are_all_read() {
        let twice = [TEXT, TEXT].concat();
        assert_eq!(decoded(&["gzip"], [gzip(TEXT), gzip(TEXT)].concat(), 1000).expect("decoded"), twice);
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9].to_vec();
        let frames = [skipped, bytes(ZSTD), bytes(ZSTD)].concat();
        assert_eq!(decoded(&["zstd"], frames, 1000).expect("decoded"), twice);
    }

    #[test]
    fn the_limit_applies_to_the_decoded_size() {
        let zeros = vec![0; 1_000_000];
        for (coding, body) in [("gzip", gzip(&zeros)), ("deflate", zlib(&zeros)), ("deflate", raw(&zeros))] {
            assert!(body.len() < 10_000);
            assert!(matches!(decoded(&[coding], body.clone(), 999_999), Err(DecodeError::TooLarge)), "{coding}");
            assert_eq!(decoded(&[coding], body, 1_000_000).expect("decoded").len(), 1_000_000);
        }
        assert!(matches!(decoded(&["br"], bytes(BROTLI), 10), Err(DecodeError::TooLarge)));
        assert!(matches!(decoded(&["zstd"], bytes(ZSTD), 10), Err(DecodeError::TooLarge)));
        // The limit applies to the second of two codings as well.
        assert!(matches!(decoded(&["gzip, gzip"], gzip(&gzip(&zeros)), 100_000), Err(DecodeError::TooLarge)));
    }

    #[test]
    fn a_truncated_or_garbled_body_is_an_error_that_names_the_coding() {
        for (coding, body) in
            [("gzip", gzip(TEXT)), ("deflate", zlib(TEXT)), ("br", bytes(BROTLI)), ("zstd", bytes(ZSTD))]
        {
            let half = body[..body.len() / 2].to_vec();
            let cause = why(decoded(&[coding], half, 1000));
            assert!(cause.starts_with(&format!("the body is not valid {coding}: ")), "{cause}");
            let cause = why(decoded(&[coding], b"{\"plain\": \"JSON\"}".to_vec(), 1000));
            assert!(cause.contains(coding), "{cause}");
        }
    }

    #[test]
    fn an_unknown_coding_changes_nothing_and_too_many_are_refused() {
        for coding in ["utf-8", "none", "aws-chunked", "compress", "gzip, UTF-8"] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
            let body = if coding.starts_with("gzip") { gzip(TEXT) } else { TEXT.to_vec() };
            let decoded = decode(&headers, body, 1000).expect("decoded");
            assert_eq!(decoded.body, TEXT, "{coding}");
            assert_eq!(decoded.unknown, [coding.rsplit(' ').next().expect("a name").to_ascii_lowercase()]);
        }
        let many = why(decoded(&["gzip, gzip, gzip", "gzip, gzip"], TEXT.to_vec(), 1000));
        assert!(many.contains("more codings"), "{many}");
    }

    #[test]
    fn an_empty_body_has_no_coding() {
        assert_eq!(decoded(&["gzip"], Vec::new(), 10).expect("empty"), b"");
    }
}
