//! Where a provider is: an address of `http` or `https`, perhaps with a path before all paths.

use std::fmt;

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
        let wrong = |why: &str| AddressError { text: text.to_owned(), why: why.to_owned() };
        let text = text.trim();
        if !text.contains("://") {
            // `localhost:8080` would be an address of the scheme `localhost`.
            let like = if text.is_empty() { "127.0.0.1:8080" } else { text };
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

    /// The password in the address, which must never be shown.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.0.password()
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
