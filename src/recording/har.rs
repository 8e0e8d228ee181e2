//! HAR 1.2, the format in which browsers and proxies save traffic: from its text to exchanges.
//!
//! Writers leave out different members and put them in different places, so each member is read on its own, and a member
//! of the wrong type counts as missing.

use std::sync::Arc;

use serde_json::Value;

use super::Exchange;
use super::har_address::Address;
use super::har_message::{request, response, whole};
use crate::source::codes::OVER_LIMIT;
use crate::source::codes::codes;
use crate::source::json::position;
use crate::source::json_value::{self, Unread};
use crate::source::{Finding, Position, SourceFile, Span};

codes! {
    /// The HAR file isn't valid JSON.
    NOT_JSON = "H101" => "Save it again; it may have been cut short.";
    /// The JSON file isn't a HAR file: it has no list `entries` in `log`.
    NOT_HAR = "H102" => "Save one from the network tab of a browser's developer tools, or from a proxy.";
}

/// The resources of a page, as Chrome and Playwright name them.
const ASSETS: [&str; 8] = ["document", "stylesheet", "image", "media", "font", "script", "texttrack", "manifest"];
/// The requests of a page's own code, as they name them.
const CALLS: [&str; 3] = ["xhr", "fetch", "eventsource"];
/// The extensions of a page's files.
const ASSET_ENDS: [&str; 17] = [
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "woff", "woff2", "ttf",
    "mp4", "wasm",
];

/// One entry of a HAR file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HarEntry {
    /// The server that it was sent to, as `https://api.example` or `http://127.0.0.1:8080`; empty if that isn't a web
    /// server.
    pub origin: String,
    /// Whether it loads a part of a page, such as an image.
    pub is_asset: bool,
    /// The exchange, or why it can't be used.
    pub exchange: Result<Exchange, UnusableEntry>,
}

/// Why an entry is not an exchange with a provider. The texts follow a number of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum UnusableEntry {
    #[error("served from a cache")]
    FromCache,
    #[error("by the browser for CORS permission")]
    Preflight,
    #[error("upgraded to a WebSocket")]
    WebSocket,
    #[error("to a proxy")]
    ToProxy,
    #[error("to something other than a web server")]
    NotWeb,
    #[error("without a method")]
    NoMethod,
    #[error("without an address")]
    NoAddress,
    #[error("without a response")]
    NoResponse,
}

/// Reads a HAR file: its entries in the order in which the requests were sent.
///
/// # Errors
///
/// Why it can't be read. Don't show the line of the finding: it may contain secrets.
pub fn read_har(file: &SourceFile) -> Result<Vec<HarEntry>, Finding> {
    let most = file.limits().values;
    let har =
        json_value::read_within(file.text.as_bytes(), most).map(|read| read.value).map_err(|unread| match unread {
            Unread::Syntax(error) | Unread::TooDeep(error) => not_json(file, &error),
            Unread::TooMany(_) => {
                Finding::error(OVER_LIMIT, &file.name, None, format!("the file contains more than {most} values"))
                    .help("save fewer requests, or raise the limit with --max-values")
            }
        })?;
    let entries = har.get("log").and_then(|log| log.get("entries")).and_then(Value::as_array);
    let Some(entries) = entries else {
        let span = Some(Span::at(Position::START));
        return Err(Finding::error(
            NOT_HAR,
            &file.name,
            span,
            "this isn't a HAR file: it has no list `entries` in `log`",
        )
        .help("save one from the network tab of a browser's developer tools, or from a proxy"));
    };
    let mut read: Vec<(Option<jiff::Timestamp>, HarEntry)> =
        entries.iter().map(|value| (started(value), entry(value))).collect();
    // Some writers order them by the time of the response.
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
        Finding::error(NOT_JSON, &Arc::clone(&file.name), Some(span), format!("this HAR file isn't valid JSON: {why}"));
    if error.is_eof() { finding.help("it ends too early: save it again") } else { finding }
}

fn started(entry: &Value) -> Option<jiff::Timestamp> {
    entry.get("startedDateTime").and_then(Value::as_str)?.parse().ok()
}

fn entry(entry: &Value) -> HarEntry {
    let sent = entry.get("request").unwrap_or(&Value::Null);
    let received = entry.get("response").unwrap_or(&Value::Null);
    let url = sent.get("url").and_then(Value::as_str).unwrap_or_default();
    let Some(address) = Address::parse(url) else {
        let why = if url.is_empty() { UnusableEntry::NoAddress } else { UnusableEntry::NotWeb };
        return HarEntry { origin: String::new(), is_asset: false, exchange: Err(why) };
    };
    let origin = address.origin.clone();
    let is_asset = is_asset(entry, &address.path);
    HarEntry { origin, is_asset, exchange: exchange(entry, sent, received, address) }
}

fn exchange(entry: &Value, sent: &Value, received: &Value, address: Address<'_>) -> Result<Exchange, UnusableEntry> {
    let method = sent.get("method").and_then(Value::as_str).unwrap_or_default().to_ascii_uppercase();
    if method.is_empty() || !method.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-' || b == b'_') {
        return Err(UnusableEntry::NoMethod);
    }
    let status = received.get("status").and_then(whole).and_then(|status| u16::try_from(status).ok()).unwrap_or(0);
    let cached = ["_fromCache", "_fromDiskCache", "fromCache"]
        .iter()
        .any(|name| entry.get(name).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false))));
    match status {
        _ if method == "CONNECT" => return Err(UnusableEntry::ToProxy),
        101 => return Err(UnusableEntry::WebSocket),
        304 => return Err(UnusableEntry::FromCache),
        200..=599 if cached => return Err(UnusableEntry::FromCache),
        200..=599 => {}
        _ => return Err(UnusableEntry::NoResponse),
    }
    let (request, request_body) = request(method, address, sent);
    if request.method == "OPTIONS"
        && request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("access-control-request-method"))
    {
        return Err(UnusableEntry::Preflight);
    }
    let (response, response_body) = response(status, &request.method, received);
    Ok(Exchange { request, response, request_body, response_body })
}

/// Whether an entry loads a part of a page.
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
