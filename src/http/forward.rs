//! Which headers of a message are passed on. What belongs to one connection and not to the message (RFC 9110, section
//! 7.6.1) is each connection's own.

use hyper::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, EXPECT, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING, UPGRADE,
};

use super::header::header_text;
use crate::recording::{LEADING_HEADERS, Origin};

/// The codings that can be decoded, and the words for none and any.
const DECODABLE: [&str; 8] = ["gzip", "x-gzip", "deflate", "br", "zstd", "identity", "", "*"];

/// The headers of a request as the provider gets them, in their order. `host` is still the consumer's.
pub(super) fn of_request(headers: &HeaderMap) -> HeaderMap {
    // This proxy answers the expectation itself: the provider gets the body right after the head.
    let mut kept = end_to_end(headers, &[EXPECT, PROXY_AUTHORIZATION]);
    if let Some(accepted) = decodable(headers) {
        kept.insert(ACCEPT_ENCODING, accepted);
    }
    if items(headers, &TE).any(|item| item.eq_ignore_ascii_case("trailers")) {
        // Trailers are passed on, so this is true for both connections.
        kept.insert(TE, HeaderValue::from_static("trailers"));
        kept.insert(CONNECTION, HeaderValue::from_static("te"));
    }
    kept
}

/// The headers of a response as the consumer gets them, in their order.
pub(super) fn of_response(headers: &HeaderMap) -> HeaderMap {
    end_to_end(headers, &[PROXY_AUTHENTICATE])
}

/// Puts another address in the place of the provider's in the headers that lead a client on.
pub(super) fn lead_back(headers: &mut HeaderMap, origin: &Origin, by: &str) {
    let leading = headers.iter_mut().filter(|(name, _)| LEADING_HEADERS.contains(&name.as_str()));
    for (_, value) in leading {
        if let Ok(text) = value.to_str()
            && let Ok(led) = HeaderValue::try_from(origin.replace_leading(text, by))
        {
            *value = led;
        }
    }
}

/// The headers that belong to the message, but for some more.
///
/// Two ways to say where the body ends become one (RFC 9112, section 6.3): chunks come before a length, and a length that
/// is repeated is one.
fn end_to_end(headers: &HeaderMap, but: &[HeaderName]) -> HeaderMap {
    let named: Vec<String> = items(headers, &CONNECTION).map(|name| name.to_ascii_lowercase()).collect();
    let is_chunked = items(headers, &TRANSFER_ENCODING).any(|coding| coding.eq_ignore_ascii_case("chunked"));
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let is_of_connection = [CONNECTION, TE, UPGRADE].contains(name)
            || matches!(name.as_str(), "keep-alive" | "proxy-connection")
            || named.iter().any(|named| named == name.as_str());
        // Only the chunks are the connection's: another transfer coding is passed on as it is, and its name with it.
        let is_other_length = *name == CONTENT_LENGTH && (is_chunked || kept.contains_key(CONTENT_LENGTH));
        let is_framing = *name == TRANSFER_ENCODING && !header_text(value).to_ascii_lowercase().contains("chunked");
        if !is_of_connection && !is_framing && !is_other_length && !but.contains(name) {
            kept.append(name, if *name == CONTENT_LENGTH { one_length(value) } else { value.clone() });
        }
    }
    kept
}

/// A length that is listed several times in one line, once.
fn one_length(value: &HeaderValue) -> HeaderValue {
    let text = header_text(value);
    let first = text.split(',').next().map(str::trim).unwrap_or_default();
    let is_repeated = text.contains(',') && text.split(',').all(|one| one.trim() == first);
    HeaderValue::try_from(first).ok().filter(|_| is_repeated).unwrap_or_else(|| value.clone())
}

/// Those codings which the consumer accepts and the recorder can decode. Empty if it accepts nothing else.
fn decodable(headers: &HeaderMap) -> Option<HeaderValue> {
    let all: Vec<String> = items(headers, &ACCEPT_ENCODING).collect();
    let is_known = |coding: &&String| {
        let name = coding.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        DECODABLE.contains(&name.as_str())
    };
    let known: Vec<&str> = all.iter().filter(is_known).map(String::as_str).collect();
    if known.len() == all.len() {
        return None;
    }
    HeaderValue::try_from(if known.is_empty() { String::from("identity") } else { known.join(", ") }).ok()
}

/// The items of a header that is a list.
fn items(headers: &HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> {
    headers
        .get_all(name)
        .iter()
        .flat_map(|value| header_text(value).split(',').map(|item| item.trim().to_owned()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn pairs(headers: &HeaderMap) -> Vec<(&str, &str)> {
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("a text"))).collect()
    }

    #[test]
    fn hop_by_hop_headers_are_not_passed_on() {
        let all = headers(&[
            ("a", "1"),
            ("connection", "keep-alive, X-Mine"),
            ("keep-alive", "timeout=5"),
            ("x-mine", "1"),
            ("upgrade", "h2c"),
            ("te", "gzip"),
            ("proxy-connection", "keep-alive"),
            ("expect", "100-continue"),
            ("transfer-encoding", "chunked"),
            ("trailer", "x-sum"),
            ("b", "2"),
        ]);
        let kept = [("a", "1"), ("transfer-encoding", "chunked"), ("trailer", "x-sum"), ("b", "2")];
        assert_eq!(pairs(&of_request(&all)), kept);
        let kept = [("a", "1"), ("expect", "100-continue"), kept[1], kept[2], kept[3]];
        assert_eq!(pairs(&of_response(&all)), kept);
    }

    #[test]
    fn a_message_has_one_length() {
        for (lines, kept) in [
            (&[("content-length", "5"), ("content-length", "5")][..], &[("content-length", "5")][..]),
            (&[("content-length", "5, 5")], &[("content-length", "5")]),
            (&[("content-length", "5"), ("transfer-encoding", "chunked")], &[("transfer-encoding", "chunked")]),
            (&[("transfer-encoding", "Chunked"), ("content-length", "5")], &[("transfer-encoding", "Chunked")]),
        ] {
            assert_eq!(pairs(&of_response(&headers(lines))), kept, "{lines:?}");
            assert_eq!(pairs(&of_request(&headers(lines))), kept, "{lines:?}");
        }
    }

    #[test]
    fn trailers_are_requested_if_the_consumer_requests_them() {
        let kept = of_request(&headers(&[("te", "gzip, trailers")]));
        assert_eq!(pairs(&kept), [("te", "trailers"), ("connection", "te")]);
    }

    #[test]
    fn only_codings_that_can_be_undone_are_accepted() {
        for (accepted, kept) in [
            ("gzip, deflate, br, zstd", "gzip, deflate, br, zstd"),
            ("GZIP;q=0.5,  snappy, br", "GZIP;q=0.5, br"),
            ("dcb, dcz", "identity"),
            ("*;q=0.1", "*;q=0.1"),
            ("", ""),
        ] {
            assert_eq!(pairs(&of_request(&headers(&[("accept-encoding", accepted)]))), [("accept-encoding", kept)]);
        }
        assert!(of_request(&headers(&[])).is_empty());
    }
}
