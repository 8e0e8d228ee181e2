//! HAR 1.2, the format in which browsers and proxies save what they saw: from its text to exchanges.
//!
//! Writers differ in what they leave out and in what they put where, so each member is looked at by itself, and what is
//! missing or of another type counts as not there.

use std::sync::Arc;

use serde_json::Value;

use super::Exchange;
use super::har_address::Address;
use super::har_message::{request, response, whole};
use crate::source::codes::codes;
use crate::source::json::position;
use crate::source::{Finding, Position, SourceFile, Span};

codes! {
    /// The text of a HAR file is not JSON.
    NOT_JSON = "H101";
    /// The text is JSON, and no HAR file.
    NOT_HAR = "H102";
}

/// What a browser loads to show a page, as Chrome and Playwright call it.
const ASSETS: [&str; 8] = ["document", "stylesheet", "image", "media", "font", "script", "texttrack", "manifest"];
/// What a page's own code asks for, as they call it.
const CALLS: [&str; 3] = ["xhr", "fetch", "eventsource"];
/// How a path ends that names a file of a page.
const ASSET_ENDS: [&str; 17] = [
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "woff", "woff2", "ttf",
    "mp4", "wasm",
];

/// One entry of a HAR file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HarEntry {
    /// Where it was sent, as `https://api.example` or `http://127.0.0.1:8080`; empty where that is no server.
    pub origin: String,
    /// Whether it is a part of a page, such as an image, and no call.
    pub is_asset: bool,
    /// The exchange; or what the entry is instead, in words that a number can stand before.
    pub exchange: Result<Exchange, &'static str>,
}

/// Reads a HAR file: its entries in the order in which the requests were sent.
///
/// # Errors
///
/// Why it can't be read. To show the line of the finding is not advisable: it may hold secrets.
pub fn read_har(file: &SourceFile) -> Result<Vec<HarEntry>, Finding> {
    let har: Value = serde_json::from_str(&file.text).map_err(|error| not_json(file, &error))?;
    let entries = har.get("log").and_then(|log| log.get("entries")).and_then(Value::as_array);
    let Some(entries) = entries else {
        let span = Some(Span::at(Position::START));
        return Err(Finding::error(
            NOT_HAR,
            &file.name,
            span,
            "this is no HAR file: it has no list `entries` in `log`",
        )
        .help("save one from the network tab of a browser's developer tools, or from a proxy"));
    };
    let mut read: Vec<(Option<jiff::Timestamp>, HarEntry)> =
        entries.iter().map(|value| (started(value), entry(value))).collect();
    // Some writers order them by their ends.
    if read.iter().all(|(started, _)| started.is_some()) {
        read.sort_by_key(|(started, _)| *started);
    }
    Ok(read.into_iter().map(|(_, entry)| entry).collect())
}

fn not_json(file: &SourceFile, error: &serde_json::Error) -> Finding {
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
    let span = Span::at(position(file, error));
    let finding =
        Finding::error(NOT_JSON, &Arc::clone(&file.name), Some(span), format!("this HAR file is not JSON: {why}"));
    if error.is_eof() { finding.help("it ends too early; save it again") } else { finding }
}

fn started(entry: &Value) -> Option<jiff::Timestamp> {
    entry.get("startedDateTime").and_then(Value::as_str)?.parse().ok()
}

fn entry(entry: &Value) -> HarEntry {
    let sent = entry.get("request").unwrap_or(&Value::Null);
    let came = entry.get("response").unwrap_or(&Value::Null);
    let url = sent.get("url").and_then(Value::as_str).unwrap_or_default();
    let Some(address) = Address::parse(url) else {
        let why = if url.is_empty() { "without an address" } else { "to what is no web server" };
        return HarEntry { origin: String::new(), is_asset: false, exchange: Err(why) };
    };
    let origin = address.origin.clone();
    let is_asset = is_asset(entry, &address.path);
    HarEntry { origin, is_asset, exchange: exchange(entry, sent, came, address) }
}

fn exchange(entry: &Value, sent: &Value, came: &Value, address: Address<'_>) -> Result<Exchange, &'static str> {
    let method = sent.get("method").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
    if method.is_empty() || !method.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_') {
        return Err("without a method");
    }
    let status = came.get("status").and_then(whole).and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
    let cached = ["_fromCache", "_fromDiskCache", "fromCache"]
        .iter()
        .any(|name| entry.get(name).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false))));
    match status {
        _ if method == "CONNECT" => return Err("to a proxy"),
        101 => return Err("that became a WebSocket"),
        304 => return Err("answered from a cache"),
        200..=599 if cached => return Err("answered from a cache"),
        200..=599 => {}
        _ => return Err("without an answer"),
    }
    let (request, request_body) = request(method, address, sent);
    if request.method == "OPTIONS"
        && request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("access-control-request-method"))
    {
        return Err("that a browser sent by itself to ask for permission (CORS)");
    }
    let (response, response_body) = response(status, &request.method, came);
    Ok(Exchange { request, response, request_body, response_body })
}

/// Whether an entry is a part of a page.
fn is_asset(entry: &Value, path: &str) -> bool {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let method = text(entry.get("request").and_then(|request| request.get("method")));
    if !matches!(method.as_str(), "get" | "head") {
        return false;
    }
    let kind = text(entry.get("_resourceType"));
    if ASSETS.contains(&kind.as_str()) || CALLS.contains(&kind.as_str()) {
        return ASSETS.contains(&kind.as_str());
    }
    let content = entry.get("response").and_then(|response| response.get("content"));
    let media_type = text(content.and_then(|content| content.get("mimeType")));
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let of_a_page = ["image/", "font/", "audio/", "video/"].iter().any(|begin| media_type.starts_with(begin))
        || media_type.ends_with("javascript")
        || matches!(media_type, "text/css" | "text/html" | "application/wasm" | "application/manifest+json");
    let end = path.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map_or("", |(_, end)| end);
    let unknown = media_type.is_empty() || media_type == "x-unknown" || media_type == "application/octet-stream";
    of_a_page || unknown && ASSET_ENDS.contains(&end.to_ascii_lowercase().as_str())
}
