//! The provider's own address in its messages: in `location` and `link`, and in bodies. It belongs to one machine and one
//! run, and leads past whoever stands in for the provider. So a contract has [`STAND_IN`] in its place, and whoever sends
//! a message puts the address there under which the other side knows the sender.

use std::ops::Range;

use regex::bytes::{Captures, Regex};

use super::exchange::Exchange;

/// The address of the provider, wherever it runs. No name below `invalid` is ever resolved (RFC 6761, section 6.4).
pub const STAND_IN: &str = "http://provider.invalid";

/// The address of another provider, by its name.
#[must_use]
pub fn stand_in_of(provider: &str) -> String {
    STAND_IN.replace("provider", &format!("{provider}.provider"))
}

/// The headers of a response that lead its client on.
pub const LEADING_HEADERS: [&str; 4] = ["location", "content-location", "link", "refresh"];

/// The names of this machine. A server at one of them may call itself by another.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// An address of a server: its scheme, host and port, and the path that all of its paths begin with.
#[derive(Clone, Debug)]
pub struct Origin {
    pattern: Regex,
    /// The path that all others begin with, without a slash at its end.
    prefix: String,
}

impl Origin {
    /// The address `http://127.0.0.1:8080/api`, in all of its spellings. Nothing if it isn't one.
    #[must_use]
    pub fn new(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.rsplit('@').next()?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()) => {
                (host, Some(port))
            }
            _ => (authority, None),
        };
        if host.is_empty() {
            return None;
        }
        let hosts: Vec<String> = if LOOPBACK.contains(&host.to_ascii_lowercase().as_str()) {
            LOOPBACK.iter().map(|host| regex::escape(host)).collect()
        } else {
            vec![regex::escape(host)]
        };
        let default = if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
        // A proxy that ends TLS may make a provider believe that it is reached by http.
        let port = match port.filter(|port| *port != default) {
            Some(port) => format!("(?:(?::|%3A){port})"),
            None => String::from("(?:(?::|%3A)(?:80|443))?"),
        };
        let prefix = prefix.trim_end_matches('/');
        let below = regex::escape(prefix).replace('/', r"(?:/|\\/|%2F)");
        let text = format!(
            r"(?i-u)(?:(?P<scheme>https?|wss?)(?P<colon>:|%3A))?(?P<slashes>//|\\/\\/|%2F%2F)(?:{})(?P<port>{port})(?P<prefix>{below})?",
            hosts.join("|")
        );
        Some(Self { pattern: Regex::new(&text).ok()?, prefix: prefix.to_owned() })
    }

    /// Whether the address is in a message.
    #[must_use]
    pub fn is_in(&self, bytes: &[u8]) -> bool {
        self.pattern.captures_iter(bytes).any(|found| is_whole(bytes, &found))
    }

    /// The bytes with another address, such as [`STAND_IN`], in the place of this one; nothing if this one isn't there.
    #[must_use]
    pub fn replace(&self, bytes: &[u8], by: &str) -> Option<Vec<u8>> {
        let (scheme, rest) = by.split_once("://")?;
        let mut made = Vec::new();
        let mut done = 0;
        for found in self.pattern.captures_iter(bytes).filter(|found| is_whole(bytes, found)) {
            let Some(whole) = found.get(0) else { continue };
            made.extend_from_slice(&bytes[done..whole.start()]);
            let text =
                |name: &str| found.name(name).map_or("", |part| std::str::from_utf8(part.as_bytes()).unwrap_or(""));
            let slashes = text("slashes");
            let is_encoded = slashes.starts_with('%');
            if found.name("scheme").is_some() {
                let of_sockets = text("scheme").to_ascii_lowercase().starts_with("ws");
                let scheme = if of_sockets { scheme.replace("http", "ws") } else { scheme.to_owned() };
                made.extend_from_slice(scheme.as_bytes());
                made.extend_from_slice(text("colon").as_bytes());
            }
            made.extend_from_slice(slashes.as_bytes());
            let rest = if is_encoded {
                rest.replace(':', "%3A").replace('/', "%2F")
            } else if slashes.contains('\\') {
                rest.replace('/', "\\/")
            } else {
                rest.to_owned()
            };
            made.extend_from_slice(rest.as_bytes());
            done = kept_from(bytes, &found).unwrap_or(whole.end());
        }
        if done == 0 {
            return None;
        }
        made.extend_from_slice(&bytes[done..]);
        Some(made)
    }

    /// The text with another address in the place of this one; nothing if this one isn't there.
    #[must_use]
    pub fn replace_text(&self, text: &str, by: &str) -> Option<String> {
        self.replace(text.as_bytes(), by).and_then(|made| String::from_utf8(made).ok())
    }

    /// The value of one of [`LEADING_HEADERS`] with another address in the place of this one, and without the prefix of a
    /// path that has none before it.
    #[must_use]
    pub fn replace_leading(&self, value: &str, by: &str) -> String {
        let value = self.replace_text(value, by).unwrap_or_else(|| value.to_owned());
        if self.prefix.is_empty() {
            return value;
        }
        let is_below = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', '#', '>']);
        let path = value.trim_start_matches('<');
        match path.strip_prefix(&self.prefix) {
            Some(rest) if is_below(rest) => {
                let slash = if rest.starts_with('/') { "" } else { "/" };
                format!("{}{slash}{rest}", &value[..value.len() - path.len()])
            }
            _ => value,
        }
    }

    /// The provider's exchange with [`STAND_IN`] in the place of its address.
    #[must_use]
    pub fn stand_in(&self, mut exchange: Exchange) -> Exchange {
        for (_, value) in leading(&mut exchange) {
            *value = self.replace_leading(value, STAND_IN);
        }
        self.replace_in_response(exchange, STAND_IN)
    }

    /// The exchange with another address in the place of this one in the response.
    #[must_use]
    pub fn replace_in_response(&self, mut exchange: Exchange, by: &str) -> Exchange {
        for (_, value) in &mut exchange.response.headers {
            if let Some(changed) = self.replace_text(value, by) {
                *value = changed;
            }
        }
        if let Some(body) = self.replace(&exchange.response.body, by) {
            exchange.response.body = body;
        }
        exchange
    }
}

/// The headers of a response that lead its client on.
fn leading(exchange: &mut Exchange) -> impl Iterator<Item = &mut (String, String)> {
    let is_leading = |name: &str| LEADING_HEADERS.iter().any(|leading| name.eq_ignore_ascii_case(leading));
    exchange.response.headers.iter_mut().filter(move |(name, _)| is_leading(name))
}

/// Where the text goes on behind a replaced address: before its prefix if that is only the beginning of a longer word.
fn kept_from(bytes: &[u8], found: &Captures<'_>) -> Option<usize> {
    let prefix = found.name("prefix")?;
    let is_word = bytes.get(prefix.end()).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte));
    Some(if is_word { prefix.start() } else { prefix.end() })
}

/// Whether what was found is the address itself, and not the beginning or the end of a longer one.
fn is_whole(bytes: &[u8], found: &Captures<'_>) -> bool {
    let Some(whole) = found.get(0) else { return false };
    let before = whole.start().checked_sub(1).and_then(|at| bytes.get(at));
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric();
    // Without a scheme, it is an address only where a text begins.
    let begins = match found.name("scheme") {
        Some(_) => !before.is_some_and(|byte| is_word(byte) || *byte == b'+'),
        None => before.is_none_or(|byte| b"\"'<=( \n\t".contains(byte)),
    };
    let Range { end, .. } = found
        .name("prefix")
        .filter(|prefix| !prefix.is_empty())
        .map_or(whole.range(), |prefix| whole.start()..prefix.start());
    let after = |more: usize| bytes.get(end + more);
    let goes_on = match after(0) {
        Some(b'@' | b'-' | b'_') => true,
        Some(b'.') => after(1).is_some_and(is_word),
        Some(b':') => after(1).is_some_and(u8::is_ascii_digit),
        Some(b'%') => matches!((after(1), after(2)), (Some(b'3'), Some(b'A' | b'a'))),
        Some(byte) => is_word(byte),
        None => false,
    };
    begins && !goes_on
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_replaced_in_all_of_its_spellings() {
        for (url, text, expected) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/a?b=c", "http://provider.invalid/a?b=c"),
            ("http://127.0.0.1:8080", "x http://LocalHost:8080.", "x http://provider.invalid."),
            ("http://localhost:8080", "https://[::1]:8080/a", "http://provider.invalid/a"),
            (
                "http://localhost:8080",
                r#"{"a":"http:\/\/localhost:8080\/b"}"#,
                r#"{"a":"http:\/\/provider.invalid\/b"}"#,
            ),
            ("http://localhost:8080", "?u=http%3A%2F%2Flocalhost%3A8080%2Fa", "?u=http%3A%2F%2Fprovider.invalid%2Fa"),
            ("http://localhost:8080", "ws://localhost:8080/live", "ws://provider.invalid/live"),
            ("http://localhost:8080", "//localhost:8080/a", "//provider.invalid/a"),
            (
                "https://api.example",
                "https://api.example:443/a http://API.example",
                "http://provider.invalid/a http://provider.invalid",
            ),
            ("https://api.example:443", "<https://api.example/a>", "<http://provider.invalid/a>"),
            ("http://api.example/v1/", "http://api.example/v1/a", "http://provider.invalid/a"),
            ("http://api.example/v1", "http://api.example/v1?a", "http://provider.invalid?a"),
            ("http://api.example/v1", "http://api.example/v12", "http://provider.invalid/v12"),
            ("http://api.example/v1", "http://api.example/x", "http://provider.invalid/x"),
        ] {
            let origin = Origin::new(url).unwrap();
            assert_eq!(origin.replace_text(text, STAND_IN).as_deref(), Some(expected), "{url} {text}");
            assert!(origin.is_in(text.as_bytes()));
        }
    }

    #[test]
    fn other_addresses_stay() {
        for (url, text) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:80801/a"),
            ("http://127.0.0.1:8080", "http://127.0.0.1/a"),
            ("http://127.0.0.1:8080", "http://127.0.0.2:8080/a"),
            ("https://api.example", "https://api.example.com/a"),
            ("https://api.example", "https://api.example:8443/a"),
            ("https://api.example", "https://my.api.example/a"),
            ("https://api.example", "https://api.example@evil.example"),
            ("https://api.example", "mail@api.example"),
            ("https://api.example", "a//api.example"),
            ("https://api.example", "x+https://api.example"),
        ] {
            let origin = Origin::new(url).unwrap();
            assert_eq!(origin.replace_text(text, STAND_IN), None, "{url} {text}");
            assert!(!origin.is_in(text.as_bytes()));
        }
        assert!(Origin::new("no address").is_none());
    }

    #[test]
    fn a_header_that_leads_on_loses_the_prefix() {
        let origin = Origin::new("http://api.example/v1").unwrap();
        for (value, expected) in [
            ("/v1/orders/2", "/orders/2"),
            ("/v1", "/"),
            ("/v12", "/v12"),
            ("</v1/orders?page=2>; rel=\"next\"", "</orders?page=2>; rel=\"next\""),
            ("http://api.example/v1/orders", "http://127.0.0.1:9/orders"),
            ("https://other.example/v1/a", "https://other.example/v1/a"),
        ] {
            assert_eq!(origin.replace_leading(value, "http://127.0.0.1:9"), expected);
        }
    }
}
