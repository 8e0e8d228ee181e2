//! A provider's address: scheme, host, port, and the prefix of its paths.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;

/// A checked base URL, such as `https://orders.example/api`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    scheme: Scheme,
    /// As in the URL: an IPv6 address is in brackets.
    host: String,
    port: u16,
    /// Empty, or a path with a leading `/` and no trailing one.
    prefix: String,
}

/// How a provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// Why a text is not a base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{shown}` is not a base URL: {reason}")]
pub struct BaseUrlError {
    /// The text without anything that may be a password.
    shown: String,
    reason: String,
}

impl BaseUrl {
    /// Checks and keeps a URL of the form `http(s)://host[:port][/prefix]`.
    ///
    /// # Errors
    ///
    /// Says which part is wrong: no or another scheme, no host, a port out of range, credentials (which belong
    /// into a header), a query or a fragment. A password in the URL is not shown.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        let fail = |reason: &str| BaseUrlError { shown: without_credentials(text), reason: reason.to_owned() };
        let Some((scheme, rest)) = text.split_once("://") else {
            if text.is_empty() {
                return Err(fail("it is empty; write one like `http://127.0.0.1:8080`"));
            }
            return Err(fail(&format!("it has no scheme; write `http://{}`", without_credentials(text))));
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(fail("its scheme must be `http` or `https`")),
        };
        if rest.contains('#') {
            return Err(fail("a fragment (`#…`) is never sent; leave it out"));
        }
        if rest.contains('?') {
            return Err(fail("it has a query, but the contract's requests bring their own; leave it out"));
        }
        if rest.split('/').next().is_some_and(|authority| authority.contains('@')) {
            return Err(fail("it contains credentials; leave them out and send `--header 'Authorization: …'`"));
        }
        if rest.is_empty() || rest.starts_with('/') {
            return Err(fail("it has no host"));
        }
        let uri: Uri = text.parse().map_err(|error| fail(&format!("{error}")))?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| fail("it has no host"))?.to_owned();
        // `Uri` takes a port that is out of range for none at all, so it is read from the text.
        let authority = uri.authority().map_or("", hyper::http::uri::Authority::as_str);
        let port = match authority.get(host.len()..).and_then(|rest| rest.strip_prefix(':')) {
            None | Some("") => scheme.default_port(),
            Some(digits) => match digits.parse() {
                Ok(0) | Err(_) => return Err(fail("its port must be from 1 to 65535")),
                Ok(port) => port,
            },
        };
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { scheme, host, port, prefix })
    }

    /// The base URL of a service that was started on this machine: `http://localhost:PORT`. By name and not by
    /// number, since some servers listen on `::1` only, others on `127.0.0.1` only.
    #[must_use]
    pub fn local(port: u16) -> Self {
        Self { scheme: Scheme::Http, host: "localhost".to_owned(), port, prefix: String::new() }
    }

    /// Whether the host is this machine, which is never reached through a proxy.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let host = self.bare_host().trim_end_matches('.').to_ascii_lowercase();
        host == "localhost"
            || host.ends_with(".localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address.is_unspecified())
    }

    /// The URL of a path on this base; `path` begins with `/` or is empty, and may have a query.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.to_string().trim_end_matches('/'))
    }

    pub(super) const fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// The host without the brackets of an IPv6 address, as resolvers and certificates have it.
    pub(super) fn bare_host(&self) -> &str {
        self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(&self.host)
    }

    /// `host:port`, without the port if it is the scheme's default: the value of `host` (RFC 9110, section 7.2).
    pub(super) fn authority(&self) -> String {
        if self.port == self.scheme.default_port() { self.host.clone() } else { self.host_and_port() }
    }

    /// `host:port`, always with the port, as CONNECT and error messages have it.
    pub(super) fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }
}

impl Scheme {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.word(), self.authority(), self.prefix)
    }
}

impl std::str::FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The text with `…` in place of everything before an `@` in its authority.
fn without_credentials(text: &str) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find(['/', '?', '#']).map_or(text.len(), |at| start + at);
    match text[start..end].rfind('@') {
        Some(at) => format!("{}…{}", &text[..start], &text[start + at..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_shown_as_it_was_meant() {
        for (text, shown) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("HTTPS://orders.example", "https://orders.example"),
            ("https://orders.example:443/api/", "https://orders.example/api"),
            (" http://[::1]:9000/a/b ", "http://[::1]:9000/a/b"),
            ("https://orders.example:80", "https://orders.example:80"),
            ("http://h:", "http://h"),
        ] {
            assert_eq!(BaseUrl::parse(text).expect(text).to_string(), shown);
        }
        assert_eq!(
            BaseUrl::parse("http://h/api/").expect("a base URL").join("/_states?x=1"),
            "http://h/api/_states?x=1"
        );
    }

    #[test]
    fn an_invalid_base_url_is_refused_with_the_reason() {
        for (text, reason) in [
            ("localhost:8080", "it has no scheme; write `http://localhost:8080`"),
            ("ftp://h", "its scheme must be `http` or `https`"),
            ("http://", "it has no host"),
            ("http:///api", "it has no host"),
            ("http://:80", "it has no host"),
            ("http://h:0", "its port must be from 1 to 65535"),
            ("http://h:99999", "its port must be from 1 to 65535"),
            ("http://h/?a=1", "it has a query"),
            ("http://h/#a", "a fragment"),
            ("http://a b/", "invalid"),
        ] {
            let error = BaseUrl::parse(text).expect_err(text).to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_shown() {
        let error = BaseUrl::parse("https://ann:s3cr3t@h/api").expect_err("credentials").to_string();
        assert!(error.starts_with("`https://…@h/api` is not a base URL: it contains credentials"), "{error}");
        assert!(!error.contains("s3cr3t"));
        let error = BaseUrl::parse("ann:s3cr3t@h").expect_err("no scheme").to_string();
        assert!(!error.contains("s3cr3t"), "{error}");
    }

    #[test]
    fn all_names_of_this_machine_count_as_local() {
        for (text, local) in [
            ("http://localhost", true),
            ("http://LOCALHOST.:1", true),
            ("http://api.localhost", true),
            ("http://127.8.9.1", true),
            ("http://[::1]:80", true),
            ("http://0.0.0.0:80", true),
            ("http://localhost.example", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(BaseUrl::parse(text).expect(text).is_local(), local, "{text}");
        }
        assert!(BaseUrl::local(1).is_local());
    }
}
