//! Makes content codings (RFC 9110, section 8.4): the other direction of [`super::decode`].

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use hyper::header::HeaderMap;

use super::decode::codings;

/// The most bytes in one block of brotli or zstd: fewer than either allows.
const BLOCK: usize = 1 << 15;

/// The body in the content codings that the headers name, in their order. An empty body has none, and an unknown coding
/// changes nothing, as when a body is decoded.
pub(super) fn encode(headers: &HeaderMap, body: Vec<u8>) -> Vec<u8> {
    if body.is_empty() {
        return body;
    }
    codings(headers).iter().fold(body, |body, coding| match coding.as_str() {
        "gzip" | "x-gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).and_then(|()| encoder.finish()).unwrap_or(body)
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&body).and_then(|()| encoder.finish()).unwrap_or(body)
        }
        "br" => brotli(&body),
        "zstd" => zstd(&body),
        _ => body,
    })
}

/// A brotli stream whose blocks aren't compressed (RFC 7932, section 9).
fn brotli(body: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(body.len() + 64);
    for (number, block) in body.chunks(BLOCK).enumerate() {
        // From the lowest bit on: for the first block the window's size (16 bits of window are the bit 0); not the last;
        // 4 nibbles of length; the length less one; uncompressed.
        let length = u32::try_from(block.len() - 1).unwrap_or_default();
        let header = length << 3 | 1 << 19;
        let header = if number == 0 { header << 1 } else { header };
        made.extend_from_slice(&header.to_le_bytes()[..3]);
        made.extend_from_slice(block);
    }
    // The last block, which is empty.
    made.push(0b11);
    made
}

/// A zstd frame whose blocks aren't compressed (RFC 8878, section 3.1.1).
fn zstd(body: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(body.len() + 64);
    made.extend_from_slice(&[0x28, 0xb5, 0x2f, 0xfd]);
    // One segment, so that the window is as large as the content, whose size follows in 8 bytes.
    made.push(0b1110_0000);
    made.extend_from_slice(&u64::try_from(body.len()).unwrap_or_default().to_le_bytes());
    let blocks = body.len().div_ceil(BLOCK);
    for (number, block) in body.chunks(BLOCK).enumerate() {
        let is_last = u32::from(number + 1 == blocks);
        let header = u32::try_from(block.len()).unwrap_or_default() << 3 | is_last;
        made.extend_from_slice(&header.to_le_bytes()[..3]);
        made.extend_from_slice(block);
    }
    made
}

#[cfg(test)]
mod tests {
    use hyper::header::{CONTENT_ENCODING, HeaderValue};

    use super::super::decode::decode;
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_again() {
        for size in [1, 2, 255, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7] {
            let body: Vec<u8> = (0..=255).cycle().take(size).collect();
            for coding in
                ["gzip", "X-Gzip", "deflate", "br", "zstd", "gzip, br", "identity", "aws-chunked", "zstd, utf-8"]
            {
                let mut headers = HeaderMap::new();
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
                let made = encode(&headers, body.clone());
                assert_eq!(decode(&headers, made, 2 * size + 1000).expect(coding).body, body, "{coding} {size}");
            }
        }
    }
}
