//! Recognizes the type of bytes by how they begin, for the matcher `contentType`.

use crate::pact::media_type::MediaType;

/// Checks that bytes look like a media type.
///
/// Of texts, only XML, HTML and JSON can be recognized, so any other text fits every type of text.
///
/// # Errors
///
/// The type that the bytes look like instead.
pub(super) fn looks_like(bytes: &[u8], media_type: &str) -> Result<(), String> {
    let expected = MediaType::parse(media_type).map_or_else(|| media_type.to_owned(), |found| found.essence);
    let is_xml = |essence: &str| essence.ends_with("/xml");
    let same = |found: &str| found == expected || is_xml(found) && is_xml(&expected);
    match infer::get(bytes).map(|found| found.mime_type()) {
        Some(found) if same(found) => return Ok(()),
        // The library takes every short XML element for HTML, so its findings about texts don't count.
        Some(found) if !found.starts_with("text/") => return Err(found.to_owned()),
        _ => {}
    }
    match MediaType::of_content(bytes) {
        None if expected == "application/octet-stream" => Ok(()),
        None => Err(String::from("bytes of no known type")),
        Some(found) => {
            // Every text is plain text, and a plain text may be of any kind of text.
            let plain = expected == "text/plain" || found.essence == "text/plain" && expected.starts_with("text/");
            if same(&found.essence) || plain { Ok(()) } else { Err(found.essence) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_recognized_by_how_they_begin() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (bytes, media_type, fits) in [
            (&png[..], "image/png", true),
            (png, "image/jpeg", false),
            (b"%PDF-1.7", "application/pdf", true),
            (b"some text", "text/plain", true),
            (b"some text", "application/json", false),
            (b"{\"a\": 1}", "application/json", true),
            (b"{\"a\": 1}", "text/plain", true),
            (b"<?xml version=\"1.0\"?><a/>", "text/xml", true),
            (b"<a><b>1</b></a>", "application/xml", true),
            (b"<html><body/></html>", "text/html", true),
            (b"a,b\n1,2", "text/csv", true),
            (b"\xff\xfe\x00\x01", "text/plain", false),
        ] {
            assert_eq!(looks_like(bytes, media_type).is_ok(), fits, "{media_type}: {}", bytes.escape_ascii());
        }
    }
}
