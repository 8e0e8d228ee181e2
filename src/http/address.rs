//! Where a provider is: an address of `http` or `https`, perhaps with a path before all paths.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use reqwest::Url;

/// A provider's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an address: {why}")]
pub struct AddressError {
    text: String,
    why: String,
}

impl BaseUrl {
    /// Reads an address, like `http://127.0.0.1:8080` or `https://api.example/orders`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let wrong = |why: &str| AddressError { text: without_user(text), why: why.to_owned() };
        if !text.contains("://") {
            // `localhost:8080` would be an address of the scheme `localhost`.
            let like = if text.is_empty() { String::from("127.0.0.1:8080") } else { without_user(text) };
            return Err(wrong(&format!("write it with its scheme, like `http://{like}`")));
        }
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(wrong("it must begin with `http://` or `https://`"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it must end with its path: leave out `?…` and `#…`"));
        }
        Ok(Self(url))
    }

    /// The address on the loopback interface at a port.
    #[must_use]
    pub fn loopback(port: u16) -> Self {
        let text = format!("http://127.0.0.1:{port}");
        #[expect(clippy::expect_used, reason = "the text is an address whatever the port")]
        Self(Url::parse(&text).expect("a loopback address is an address"))
    }

    /// Whether the connection is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address of a path and a query below this one; a whole address stays as it is.
    ///
    /// # Errors
    ///
    /// What is wrong with the path.
    pub fn join(&self, target: &str) -> Result<Url, AddressError> {
        let text = if target.contains("://") {
            target.to_owned()
        } else {
            format!("{}{target}", self.0.as_str().trim_end_matches('/'))
        };
        Url::parse(&text).map_err(|error| AddressError { text, why: error.to_string() })
    }

    /// Host and port, to connect to.
    #[must_use]
    pub fn host_and_port(&self) -> (String, u16) {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        (host, self.0.port_or_known_default().unwrap_or(80))
    }

    /// Takes user and password out of an address, and says what value of `Authorization` they stand for.
    pub(super) fn taken_from(url: &mut Url) -> Option<String> {
        if url.username().is_empty() && url.password().is_none() {
            return None;
        }
        let value = Self(url.clone()).authorization()?;
        // Neither fails: the address has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Some(value)
    }

    /// The value of `Authorization` that user and password in the address stand for (RFC 7617), where they do.
    #[must_use]
    pub fn authorization(&self) -> Option<String> {
        let decoded = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        if self.0.username().is_empty() && self.0.password().is_none() {
            return None;
        }
        let mut pair = decoded(self.0.username());
        pair.push(b':');
        pair.extend(decoded(self.0.password().unwrap_or_default()));
        Some(format!("Basic {}", BASE64_STANDARD.encode(pair)))
    }

    /// All that must never be shown of the address: the password as it is written and as it is, and what is sent of it.
    #[must_use]
    pub fn credentials(&self) -> Vec<String> {
        let password = self.0.password();
        let decoded =
            password.map(|text| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned());
        password.map(str::to_owned).into_iter().chain(decoded).chain(self.authorization()).collect()
    }
}

/// A text that may be an address, without the user and the password in it.
fn without_user(text: &str) -> String {
    let (scheme, rest) = text.split_at(text.find("://").map_or(0, |at| at + 3));
    let authority = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority].rfind('@') {
        Some(at) => format!("{scheme}…{}", &rest[at..]),
        None => text.to_owned(),
    }
}

impl fmt::Display for BaseUrl {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        // Neither fails: the address has a host.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        f.write_str(shown.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_joined_with_paths() {
        let base = BaseUrl::parse("https://u:secret@api.example:8443/orders/").unwrap();
        assert_eq!(base.to_string(), "https://api.example:8443/orders");
        assert_eq!(base.authorization().as_deref(), Some("Basic dTpzZWNyZXQ="));
        assert_eq!(BaseUrl::parse("http://a").unwrap().authorization(), None);
        assert_eq!(base.join("/42?a=%20b").unwrap().path(), "/orders/42");
        assert_eq!(base.join("/a%2Fb").unwrap().path(), "/orders/a%2Fb");
        assert_eq!(base.host_and_port(), (String::from("api.example"), 8443));
        assert_eq!(BaseUrl::parse("http://[::1]:80").unwrap().host_and_port(), (String::from("::1"), 80));
        for (text, part) in [
            ("127.0.0.1:8080", "with its scheme"),
            ("ftp://example.org", "must begin with `http://`"),
            ("http://", "empty host"),
            ("http://a?b", "leave out"),
        ] {
            let error = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
