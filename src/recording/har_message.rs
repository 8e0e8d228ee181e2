//! The messages of a HAR file: headers, cookies and bodies, wherever the writer of the file put them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use indexmap::IndexMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::exchange::Capture;
use super::har::{Address, whole};
use crate::interaction::{ActualRequest, ActualResponse, header_values, urlencoded};

/// The most bytes that are kept of one body: the default of `record`.
const MOST_BYTES: usize = 1 << 20;

/// Base64 with and without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(super) fn request(method: String, address: Address<'_>, sent: &Value) -> (ActualRequest, Capture) {
    let mut headers = pairs(sent.get("headers"));
    if header_values(&headers, "cookie").next().is_none() {
        let cookies: Vec<String> =
            pairs(sent.get("cookies")).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            headers.push((String::from("cookie"), cookies.join("; ")));
        }
    }
    // Clients send user and password from an address in this header, and it is redacted like any other.
    if let Some(user) = address.user
        && header_values(&headers, "authorization").next().is_none()
    {
        let user: Vec<u8> = percent_decode_str(user).collect();
        headers.push((String::from("authorization"), format!("Basic {}", STANDARD.encode(user))));
    }
    let query = address.query.or_else(|| {
        let parameters = pairs(sent.get("queryString"));
        (!parameters.is_empty()).then(|| encode_form(parameters))
    });
    let post = sent.get("postData").filter(|post| post.is_object());
    let media_type = post.and_then(|post| text(post, "mimeType"));
    let has_body = |post: &Value| text(post, "text").is_some() || !pairs(post.get("params")).is_empty();
    add_content_type(&mut headers, media_type.filter(|_| post.is_some_and(has_body)));
    let (body, capture) = post.map_or_else(|| no_body(sent, "bodySize"), |post| posted_body(post, &headers));
    (ActualRequest { method, path: address.path, query, headers, body }, capture)
}

pub(super) fn response(status: u16, method: &str, received: &Value) -> (ActualResponse, Capture) {
    let mut headers = pairs(received.get("headers"));
    if header_values(&headers, "set-cookie").next().is_none() {
        let cookies = pairs(received.get("cookies"));
        headers
            .extend(cookies.into_iter().map(|(name, value)| (String::from("set-cookie"), format!("{name}={value}"))));
    }
    let content = received.get("content").unwrap_or(&Value::Null);
    let (body, capture) = match text(content, "text") {
        Some(body) => decode_body(body, text(content, "encoding")),
        None if method == "HEAD" || matches!(status, 204 | 205) => (Vec::new(), Capture::Whole),
        None => no_body(content, "size"),
    };
    add_content_type(&mut headers, text(content, "mimeType").filter(|kind| !body.is_empty() && *kind != "x-unknown"));
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
    // Chrome joins the lines of a repeated header into one value.
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

fn add_content_type(headers: &mut Vec<(String, String)>, media_type: Option<&str>) {
    let known = header_values(headers, "content-type").next().is_some();
    if let Some(media_type) = media_type.filter(|media_type| !known && media_type.contains('/')) {
        headers.push((String::from("content-type"), media_type.to_owned()));
    }
}

fn encode_form(pairs: Vec<(String, String)>) -> String {
    let mut fields: IndexMap<String, Vec<String>> = IndexMap::new();
    for (name, value) in pairs {
        fields.entry(name).or_default().push(value);
    }
    urlencoded::write(&fields)
}

/// A body whose text isn't in the file: it was empty unless the file gives a size for it.
fn no_body(message: &Value, size: &str) -> (Vec<u8>, Capture) {
    match message.get(size).and_then(whole) {
        None | Some(0) => (Vec::new(), Capture::Whole),
        Some(_) => (Vec::new(), Capture::Undecodable(String::from("the HAR file doesn't contain it"))),
    }
}

fn posted_body(post: &Value, headers: &[(String, String)]) -> (Vec<u8>, Capture) {
    let params = pairs(post.get("params"));
    match text(post, "text") {
        Some(body) if !body.is_empty() || params.is_empty() => {
            decode_body(body, text(post, "encoding").or_else(|| text(post, "_encoding")))
        }
        _ if params.is_empty() => (Vec::new(), Capture::Whole),
        _ => {
            let kind = header_values(headers, "content-type").next().or_else(|| text(post, "mimeType"));
            if kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/")) {
                let why = String::from("the HAR file lists only the names of its parts");
                return (Vec::new(), Capture::Undecodable(why));
            }
            // Browsers write them as they were sent, other tools decoded.
            let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
            let params = params.iter().map(|(name, value)| (decode(name), decode(value))).collect();
            (encode_form(params).into_bytes(), Capture::Whole)
        }
    }
}

fn decode_body(body: &str, encoding: Option<&str>) -> (Vec<u8>, Capture) {
    let bytes = if encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64")) {
        let digits: String = body.chars().filter(|c| !c.is_whitespace()).collect();
        let Ok(bytes) = LENIENT.decode(digits) else {
            let why = String::from("the HAR file says that it is base64, but it isn't valid base64");
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
