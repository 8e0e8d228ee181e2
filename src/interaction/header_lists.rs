//! Header names, and which headers are lists.

/// The headers that are comma-separated lists in their RFC's grammar. Others may have commas in their values: dates,
/// cookies, user agents.
const LISTS: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "accept-patch",
    "accept-post",
    "accept-ranges",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-expose-headers",
    "access-control-request-headers",
    "allow",
    "cache-control",
    "connection",
    "content-encoding",
    "content-language",
    "expect",
    "forwarded",
    "if-match",
    "if-none-match",
    "link",
    "pragma",
    "prefer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "via",
    "x-forwarded-for",
];

/// Whether the header of this lower-case name is a comma-separated list.
#[must_use]
pub fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

/// The headers that a message has once at most (RFC 9110 and others). Two different values have no meaning: each reader takes
/// another one.
const SINGLE: &[&str] = &[
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "access-control-max-age",
    "age",
    "authorization",
    "content-disposition",
    "content-length",
    "content-location",
    "content-range",
    "content-type",
    "date",
    "etag",
    "expires",
    "from",
    "host",
    "if-modified-since",
    "if-range",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "range",
    "referer",
    "retry-after",
    "server",
    "strict-transport-security",
    "user-agent",
];

/// Whether a message has the header of this lower-case name once at most, but has it with these different values, which the
/// example hasn't.
#[must_use]
pub fn contradicts_itself(name: &str, values: &[&str], example: &[String]) -> bool {
    SINGLE.contains(&name)
        && values.windows(2).any(|two| two[0] != two[1])
        && example.windows(2).all(|two| two[0] == two[1])
}

/// Whether a text is a token (RFC 9110, section 5.6.2), as header names are.
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}
