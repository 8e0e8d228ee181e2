//! The permissions that browsers ask a server for before they show a page the response of another origin (WHATWG Fetch,
//! section 3.3).

use hyper::Method;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};

/// Whether a request only asks whether another one would be allowed.
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(ORIGIN) && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Allows everything that a preflight requests.
pub(super) fn allow_preflight(asked: &HeaderMap, answer: &mut HeaderMap) {
    allow(asked, answer);
    let copies = [
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
    ];
    for (from, to) in copies {
        if let Some(value) = asked.get(from) {
            answer.insert(to, value.clone());
        }
    }
    // Tests change the mock under the browser's feet.
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("0"));
}

/// Lets a page of the asking origin see a response, and all its headers, unless the response itself says who may.
pub(super) fn allow(asked: &HeaderMap, answer: &mut HeaderMap) {
    let Some(origin) = asked.get(ORIGIN).filter(|_| !answer.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN)) else { return };
    let names: Vec<&str> = answer.keys().map(hyper::header::HeaderName::as_str).collect();
    if let Ok(names) = HeaderValue::try_from(names.join(", "))
        && !names.is_empty()
    {
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
    }
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    answer.append(VARY, HeaderValue::from_static("origin"));
}
