//! Reads requests and responses: line, query, headers and body, each of them checked.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use indexmap::IndexMap;
use percent_encoding::NON_ALPHANUMERIC;

use super::attachments::{AttachmentError, resolve};
use super::codes::{BAD_BASE64, BAD_FILE, BAD_HEADER, BAD_METHOD, BAD_PATH, SEVERAL_BODIES};
use super::raw::{RawBody, RawRequest, RawRequestParts, RawResponse, RawStatus, Texts, take_body};
use super::reader::Reader;
use super::terms::{RequestRules, Rules};
use crate::interaction::template::literals;
use crate::interaction::{Body, Content, Headers, Request, Response, Status, is_json, is_token, urlencoded};
use crate::source::Pointer;
use crate::source::json_value;
use crate::words::{did_you_mean, shorten};

/// The methods that a contract can have: those of RFC 9110, PATCH (RFC 5789), QUERY, and `WebDAV`'s (RFC 4918).
const METHODS: &[&str] = &[
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "QUERY",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "REPORT",
    "SEARCH",
    "UNLOCK",
];

/// Headers that belong to the connection and not to the message (RFC 9110, section 7.6.1). The HTTP client sets them.
pub(crate) const CONNECTION_HEADERS: &[&str] =
    &["connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"];

impl Reader<'_> {
    pub(super) fn request(&mut self, raw: RawRequest, at: &Pointer) -> Option<(Request, RequestRules)> {
        match raw {
            RawRequest::Line(line) => {
                let (method, target) = self.line(&line, at)?;
                let mut request = Request::default();
                let method = self.method(method, at);
                let target = self.target(target, at, &mut request);
                request.method = method?;
                target.then_some((request, RequestRules::default()))
            }
            RawRequest::Parts(parts) => self.request_parts(*parts, at),
        }
    }

    fn request_parts(&mut self, mut raw: RawRequestParts, at: &Pointer) -> Option<(Request, RequestRules)> {
        let mut request = Request::default();
        let method = self.method(&raw.method, &at.key("method"));
        let target = self.target(&raw.path, &at.key("path"), &mut request);
        for (name, texts) in raw.query {
            request.query.entry(name).or_default().extend(texts.values);
        }
        request.headers = self.headers(raw.headers, &at.key("headers"), true);
        request.body = self.body(take_body!(raw), &request.headers, at)?;
        let rules = RequestRules {
            message: Rules {
                body: self.body_rules(raw.rules, request.body.as_ref(), false, &at.key("match")),
                headers: self.name_rules(raw.header_rules, &request.headers, true, &at.key("match-headers")),
            },
            query: self.name_rules(raw.query_rules, &request.query, false, &at.key("match-query")),
            path: self.path_rule(raw.path_rule, &request.path, &at.key("match-path")),
        };
        request.method = method?;
        target.then_some((request, rules))
    }

    pub(super) fn response(&mut self, mut raw: RawResponse, at: &Pointer) -> Option<(Response, Rules)> {
        let status = match raw.status {
            RawStatus::Code(code) => Status::Code(code),
            RawStatus::Class(class) => Status::Class(class),
        };
        let headers = self.headers(raw.headers, &at.key("headers"), false);
        let body = self.body(take_body!(raw), &headers, at)?;
        let rules = Rules {
            body: self.body_rules(raw.rules, body.as_ref(), true, &at.key("match")),
            headers: self.name_rules(raw.header_rules, &headers, true, &at.key("match-headers")),
        };
        Some((Response { status, headers, body }, rules))
    }

    /// Splits a line like `GET /orders/42`.
    fn line<'l>(&mut self, line: &'l str, at: &Pointer) -> Option<(&'l str, &'l str)> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [method, target] => return Some((method, target)),
            [method, target, "HTTP/1.0" | "HTTP/1.1" | "HTTP/2"] => {
                self.error(
                    BAD_PATH,
                    at,
                    "a request line has no HTTP version",
                    Some(format!("write `{method} {target}`")),
                );
            }
            [only] if only.starts_with('/') => {
                self.error(BAD_METHOD, at, "the method is missing", Some(format!("write `GET {only}`")));
            }
            [only] => self.error(BAD_PATH, at, "the path is missing", Some(format!("write `{only} /…`"))),
            _ => {
                let help = "write a space in a path as `%20`, or the query under `query:`, which needs no encoding";
                let message = format!("{} isn't a method and a path", excerpt(line));
                self.error(BAD_PATH, at, message, Some(help.to_owned()));
            }
        }
        None
    }

    fn method(&mut self, method: &str, at: &Pointer) -> Option<String> {
        if METHODS.contains(&method) {
            return Some(method.to_owned());
        }
        let help = did_you_mean(method, METHODS.iter().copied())
            .unwrap_or_else(|| format!("use one of {}", METHODS.join(", ")));
        self.error(BAD_METHOD, at, format!("{} isn't an HTTP method", excerpt(method)), Some(help));
        None
    }

    /// Checks a path with or without a query, puts both into the request, and returns whether they are valid.
    fn target(&mut self, target: &str, at: &Pointer, request: &mut Request) -> bool {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if let Some((message, help)) = target_fault(target, path) {
            self.error(BAD_PATH, at, message, Some(help));
            return false;
        }
        path.clone_into(&mut request.path);
        request.query = urlencoded::read(query);
        true
    }

    /// Reads headers. Faulty ones are kept: their rules need something to select.
    fn headers(&mut self, raw: IndexMap<String, Texts>, at: &Pointer, request: bool) -> Headers {
        let mut headers = Headers::with_capacity(raw.len());
        for (name, texts) in raw {
            if self.is_full() {
                break;
            }
            let at = at.key(&name);
            let lower = name.to_ascii_lowercase();
            if !is_token(&name) {
                let help = "use letters, digits and `-`; the value follows the colon";
                let message = format!("{} isn't a header name", excerpt(&name));
                self.key_error(BAD_HEADER, &at, message, Some(help.to_owned()));
            } else if request && CONNECTION_HEADERS.contains(&lower.as_str()) {
                let message = format!("`{name}` belongs to the connection and is set when the request is sent");
                self.key_error(BAD_HEADER, &at, message, Some(String::from("remove it")));
            } else if texts.values.iter().any(|value| value.chars().any(|c| c.is_control() && c != '\t')) {
                let message = format!("the value of `{name}` has a control character or a line break");
                self.error(BAD_HEADER, &at, message, None);
            } else if headers.contains_key(&lower) {
                let message = format!("the header `{name}` occurs twice: upper and lower case make no difference");
                self.key_error(BAD_HEADER, &at, message, Some(String::from("write several values as a list")));
            }
            headers.insert(lower, texts.values.iter().map(|value| value.trim().to_owned()).collect());
        }
        headers
    }

    /// The body, if there is one; `None` if it is faulty.
    #[expect(clippy::option_option, reason = "no body isn't the same as a body that can't be read")]
    fn body(&mut self, raw: RawBody, headers: &Headers, at: &Pointer) -> Option<Option<Body>> {
        let kinds = [
            ("body", raw.json.is_some()),
            ("body-text", raw.text.is_some()),
            ("body-file", raw.file.is_some()),
            ("body-base64", raw.base64.is_some()),
            ("form", raw.form.is_some()),
        ];
        let written: Vec<&str> = kinds.iter().filter(|(_, is)| *is).map(|(key, _)| *key).collect();
        if let [first, second, ..] = written.as_slice() {
            self.key_error(
                SEVERAL_BODIES,
                &at.key(*second),
                format!("`{first}` and `{second}` can't be combined: a message has one body"),
                Some(String::from("keep one of the two")),
            );
        }
        let body = if let Some(value) = raw.json {
            Body::json(value)
        } else if let Some(text) = raw.text {
            Body::text(text)
        } else if let Some(path) = raw.file {
            self.body_file(path, headers, &at.key("body-file"))?
        } else if let Some(text) = raw.base64 {
            let compact: String = text.split_whitespace().collect();
            match BASE64.decode(compact) {
                Ok(bytes) => Body::bytes(bytes),
                Err(error) => {
                    self.error(BAD_BASE64, &at.key("body-base64"), format!("this isn't base64: {error}"), None);
                    return None;
                }
            }
        } else if let Some(fields) = raw.form {
            Body::form(fields.into_iter().map(|(name, texts)| (name, texts.values)).collect())
        } else {
            return Some(None);
        };
        Some(Some(body))
    }

    /// Reads the file of a body: as JSON if its name or the message's content type says so, or else as text if it is
    /// UTF-8.
    fn body_file(&mut self, path: String, headers: &Headers, at: &Pointer) -> Option<Body> {
        let bytes = match resolve("", &path).and_then(|path| self.attachments.load(&path)) {
            Ok(bytes) => bytes,
            Err(AttachmentError(why)) => {
                let help = "put it into the contract's folder, and write its path from there";
                self.error(BAD_FILE, at, format!("the file `{path}` can't be read: {why}"), Some(help.to_owned()));
                return None;
            }
        };
        let media_type = headers.get("content-type").and_then(|values| values.first()).map_or("", String::as_str);
        let json_name = path.rsplit('.').next().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let content = if json_name || is_json(media_type) {
            match json_value::read(&bytes) {
                Ok(value) => Content::Json(value),
                Err(error) => {
                    self.error(BAD_FILE, at, format!("the file `{path}` isn't JSON: {error}"), None);
                    return None;
                }
            }
        } else {
            match String::from_utf8(bytes) {
                Ok(text) => Content::Text(text),
                Err(error) => Content::Bytes(Arc::from(error.into_bytes())),
            }
        };
        Some(Body { content, file: Some(path) })
    }
}

/// Why a path with or without a query can't be sent, and what to do about it.
fn target_fault(target: &str, path: &str) -> Option<(String, String)> {
    let bad = target.chars().find(|c| !c.is_ascii_graphic() || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`'));
    let fault = |message: &str, help: &str| Some((message.to_owned(), help.to_owned()));
    if target.contains("://") && !target.starts_with('/') {
        fault(
            "a request has a path, not a URL",
            "remove `https://…`; the provider's address comes from --url or upheld.yaml",
        )
    } else if !path.starts_with('/') {
        Some((
            format!("the path {} doesn't begin with `/`", excerpt(path)),
            format!("write {}", excerpt(&format!("/{path}"))),
        ))
    } else if path.starts_with("//") {
        fault("`//` at the beginning of a path is read as a host name", "begin it with a single `/`")
    } else if target.contains('#') {
        fault("a fragment (`#…`) is never sent", "remove it, or write `%23` for a literal `#`")
    } else if let Some(bad) = bad {
        let encoded = percent_encoding::utf8_percent_encode(bad.encode_utf8(&mut [0; 4]), NON_ALPHANUMERIC).to_string();
        Some((
            format!("`{}` isn't allowed in a path", bad.escape_default()),
            format!("write it percent-encoded: `{encoded}`"),
        ))
    } else if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        fault(
            "a path with `.` or `..` is resolved before it is sent",
            "write the resolved path (RFC 3986, section 5.2.4)",
        )
    } else if literals(path).any(|text| text.contains(['{', '}'])) {
        fault(
            "`{` and `}` aren't allowed in a path",
            "write `${id}` for a provider state's parameter, or `%7B` and `%7D` for literal braces",
        )
    } else if path.split('%').skip(1).any(|rest| !rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count().eq(&2)) {
        fault("`%` in a path needs two hexadecimal digits after it", "write `%25` for a literal `%`")
    } else {
        None
    }
}

/// A text in backticks, cut if it is long.
fn excerpt(text: &str) -> String {
    format!("`{}`", shorten(text, 60))
}
