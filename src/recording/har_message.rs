//! The messages of a HAR file: headers, cookies and bodies, wherever their writers put them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use indexmap::IndexMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::exchange::Capture;
use super::har_address::Address;
use crate::contract::urlencoded;
use crate::matching::{ActualRequest, ActualResponse, header_values};

/// The most bytes that are kept of one body, as `record` has it.
const MOST_BYTES: usize = 1 << 20;

/// Base64 with and without its end.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A whole number, however it is written.
pub(super) fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        // Some writers have `200.0`.
        Value::Number(number) => number.as_str().split('.').next().and_then(|whole| whole.parse().ok()),
        _ => None,
    }
}

pub(super) fn request(method: String, address: Address<'_>, sent: &Value) -> (ActualRequest, Capture) {
    let mut headers = pairs(sent.get("headers"));
    if header_values(&headers, "cookie").next().is_none() {
        let cookies: Vec<String> =
            pairs(sent.get("cookies")).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.push((String::from("cookie"), cookies.join("; ")));
        }
    }
    // What stands before the host is sent so, and is a secret like every other password.
    if let Some(user) = address.user
        && header_values(&headers, "authorization").next().is_none()
    {
        let user: Vec<u8> = percent_decode_str(user).collect();
        headers.push((String::from("authorization"), format!("Basic {}", STANDARD.encode(user))));
    }
    let query = address.query.or_else(|| {
        let asked = pairs(sent.get("queryString"));
        (!asked.is_empty()).then(|| encoded(asked))
    });
    let post = sent.get("postData").filter(|post| post.is_object());
    let media_type = post.and_then(|post| text(post, "mimeType"));
    let has_body = |post: &Value| text(post, "text").is_some() || !pairs(post.get("params")).is_empty();
    with_type(&mut headers, media_type.filter(|_| post.is_some_and(has_body)));
    let (body, capture) = post.map_or_else(|| no_body(sent, "bodySize"), |post| posted(post, &headers));
    (ActualRequest { method, path: address.path, query, headers, body }, capture)
}

pub(super) fn response(status: u16, method: &str, came: &Value) -> (ActualResponse, Capture) {
    let mut headers = pairs(came.get("headers"));
    if header_values(&headers, "set-cookie").next().is_none() {
        let cookies = pairs(came.get("cookies"));
        headers
            .extend(cookies.into_iter().map(|(name, value)| (String::from("set-cookie"), format!("{name}={value}"))));
    }
    let content = came.get("content").unwrap_or(&Value::Null);
    let (body, capture) = match text(content, "text") {
        Some(body) => decoded(body, text(content, "encoding")),
        None if method == "HEAD" || matches!(status, 204 | 205) => (Vec::new(), Capture::Whole),
        None => no_body(content, "size"),
    };
    with_type(&mut headers, text(content, "mimeType").filter(|kind| !body.is_empty() && *kind != "x-unknown"));
    (ActualResponse { status, headers, body }, capture)
}

/// The names and values of a list, without the pseudo headers of HTTP/2.
fn pairs(list: Option<&Value>) -> Vec<(String, String)> {
    let pair = |value: &Value| {
        let name = text(value, "name").filter(|name| !name.is_empty() && !name.starts_with(':'))?;
        let value = text(value, "value").unwrap_or_default();
        Some((name.to_owned(), value.trim().to_owned()))
    };
    let pairs = list.and_then(Value::as_array).into_iter().flatten().filter_map(pair);
    // Chrome writes the lines of a header that came several times as one value.
    pairs
        .flat_map(|(name, value)| {
            value
                .split(['\n', '\r'])
                .filter(|line| !line.is_empty())
                .map(|line| (name.clone(), line.to_owned()))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn with_type(headers: &mut Vec<(String, String)>, media_type: Option<&str>) {
    let known = header_values(headers, "content-type").next().is_some();
    if let Some(media_type) = media_type.filter(|media_type| !known && media_type.contains('/')) {
        headers.push((String::from("content-type"), media_type.to_owned()));
    }
}

fn encoded(pairs: Vec<(String, String)>) -> String {
    let mut fields: IndexMap<String, Vec<String>> = IndexMap::new();
    for (name, value) in pairs {
        fields.entry(name).or_default().push(value);
    }
    urlencoded::write(&fields)
}

/// What stands for a body that is not in the file, by the size that the file gives for it.
fn no_body(message: &Value, size: &str) -> (Vec<u8>, Capture) {
    match message.get(size).and_then(whole) {
        None | Some(0) => (Vec::new(), Capture::Whole),
        Some(_) => (Vec::new(), Capture::Undecodable(String::from("the HAR file does not have it"))),
    }
}

fn posted(post: &Value, headers: &[(String, String)]) -> (Vec<u8>, Capture) {
    let params = pairs(post.get("params"));
    match text(post, "text") {
        Some(body) if !body.is_empty() || params.is_empty() => {
            decoded(body, text(post, "encoding").or_else(|| text(post, "_encoding")))
        }
        _ if params.is_empty() => (Vec::new(), Capture::Whole),
        _ => {
            let kind = header_values(headers, "content-type").next().or_else(|| text(post, "mimeType"));
            if kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/")) {
                let why = String::from("the HAR file has only the names of its parts");
                return (Vec::new(), Capture::Undecodable(why));
            }
            // Browsers have them as they were sent, others as a person would read them.
            let plain = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
            let params = params.iter().map(|(name, value)| (plain(name), plain(value))).collect();
            (encoded(params).into_bytes(), Capture::Whole)
        }
    }
}

fn decoded(body: &str, encoding: Option<&str>) -> (Vec<u8>, Capture) {
    let bytes = if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")) {
        let digits: String = body.chars().filter(|c| !c.is_whitespace()).collect();
        let Ok(bytes) = LENIENT.decode(digits) else {
            let why = String::from("it is said to be base64 in the HAR file, and is none");
            return (Vec::new(), Capture::Undecodable(why));
        };
        bytes
    } else {
        body.as_bytes().to_vec()
    };
    if bytes.len() > MOST_BYTES {
        let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        return (Vec::new(), Capture::TooLarge { bytes });
    }
    (bytes, Capture::Whole)
}
