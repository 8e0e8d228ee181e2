//! Undoes a body's content coding (RFC 9110, section 8.4), within a limit on what comes out of it.

use std::io::{self, Read};

/// Why a body can't be decoded.
#[derive(Debug)]
pub(super) enum DecodeError {
    /// It would be larger than is read.
    TooLarge,
    /// It is not what its coding says, or the coding is not known.
    Bad(String),
}

/// Undoes the codings that the values of `Content-Encoding` name, the last first. At most `limit` bytes come out.
pub(super) fn decode(mut body: Vec<u8>, codings: &[&str], limit: usize) -> Result<Vec<u8>, DecodeError> {
    let codings: Vec<String> =
        codings.iter().flat_map(|value| value.split(',')).map(|coding| coding.trim().to_ascii_lowercase()).collect();
    // An answer without a body (HEAD, 304) names the coding that it would have.
    if body.is_empty() {
        return Ok(body);
    }
    for coding in codings.iter().rev() {
        body = match coding.as_str() {
            "" | "identity" => body,
            "gzip" | "x-gzip" => all(flate2::read::MultiGzDecoder::new(body.as_slice()), limit, coding)?,
            "deflate" => deflate(&body, limit)?,
            "br" => all(brotli_decompressor::Decompressor::new(body.as_slice(), 8 << 10), limit, coding)?,
            "zstd" => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(body.as_slice())
                    .map_err(|error| DecodeError::Bad(format!("zstd: {error}")))?;
                all(decoder, limit, coding)?
            }
            other => return Err(DecodeError::Bad(format!("the coding `{other}` is not known here"))),
        };
    }
    Ok(body)
}

/// `deflate` means zlib's format, and some servers send the bare one.
fn deflate(body: &[u8], limit: usize) -> Result<Vec<u8>, DecodeError> {
    match all(flate2::read::ZlibDecoder::new(body), limit, "deflate") {
        Err(DecodeError::Bad(_)) => all(flate2::read::DeflateDecoder::new(body), limit, "deflate"),
        other => other,
    }
}

fn all(decoder: impl Read, limit: usize, coding: &str) -> Result<Vec<u8>, DecodeError> {
    let mut decoded = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .take(most)
        .read_to_end(&mut decoded)
        .map_err(|error: io::Error| DecodeError::Bad(format!("{coding}: {error}")))?;
    if decoded.len() > limit { Err(DecodeError::TooLarge) } else { Ok(decoded) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn codings_are_undone_in_the_order_they_were_put_on() {
        let body = b"hello".to_vec();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&body).unwrap();
        let zlib = zlib.finish().unwrap();
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(&body).unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(&body[..], ruzstd::encoding::CompressionLevel::Uncompressed);
        assert_eq!(decode(gzip(&body), &["gzip"], 100).unwrap(), body);
        assert_eq!(decode(zlib.clone(), &["deflate"], 100).unwrap(), body);
        assert_eq!(decode(bare.finish().unwrap(), &["Deflate"], 100).unwrap(), body);
        assert_eq!(decode(zstd, &["zstd"], 100).unwrap(), body);
        assert_eq!(decode(gzip(&zlib), &["deflate, gzip"], 100).unwrap(), body);
        assert_eq!(decode(gzip(&zlib), &["deflate", "gzip"], 100).unwrap(), body);
        assert_eq!(decode(body.clone(), &["identity"], 100).unwrap(), body);
        assert_eq!(decode(Vec::new(), &["gzip"], 100).unwrap(), b"");
        // "hello" in brotli, uncompressed meta-block: made with the reference encoder.
        assert_eq!(decode(vec![0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03], &["br"], 100).unwrap(), body);
    }

    #[test]
    fn a_bomb_and_a_lie_are_refused() {
        assert!(matches!(decode(gzip(&vec![0; 10 << 20]), &["gzip"], 1 << 20), Err(DecodeError::TooLarge)));
        assert!(matches!(decode(b"no gzip".to_vec(), &["gzip"], 100), Err(DecodeError::Bad(_))));
        assert!(matches!(decode(b"x".to_vec(), &["compress"], 100), Err(DecodeError::Bad(_))));
    }
}
