//! The address of a repository and its branch: distinguished from a folder's name, checked, and shown without passwords.

use std::sync::LazyLock;

use regex::Regex;

use crate::words::or_list;

/// The protocols that git may use.
const SCHEMES: &[&str] = &["ssh", "https", "http", "file", "git"];

/// The address of a repository, and its branch.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// The address for git: without a password, and for a web address without a user.
    url: String,
    branch: Option<String>,
    /// Who logs in at a web address.
    login: Option<Login>,
    /// The address for people.
    shown: String,
    secrets: Vec<String>,
}

/// The user of a web address, and the password if there is one, as they are behind their percent-encoding.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: Option<String>,
}

/// Why a text isn't an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(String);

impl Address {
    /// Reads `git+ssh://…`, `https://…` or `git@host:path`, with an optional `#branch` after it; `None` if the text is the
    /// name of a folder.
    ///
    /// # Errors
    ///
    /// If the address is invalid. The error doesn't contain its password.
    pub fn parse(text: &str) -> Result<Option<Self>, AddressError> {
        let fail = |why: &str| Err(AddressError(format!("`{}` isn't the address of a store: {why}", redacted(text))));
        let (marked, rest) = text.strip_prefix("git+").map_or((false, text), |rest| (true, rest));
        if rest.chars().any(char::is_control) {
            return fail("it contains a control character");
        }
        if is_helper(rest) {
            return fail("git's remote helper programs aren't allowed for a store");
        }
        let is_git = match rest.split_once("://") {
            Some((scheme, _)) if SCHEMES.contains(&scheme) => true,
            Some(_) if is_scheme(rest) => {
                let known = or_list(SCHEMES.iter().map(|scheme| format!("`git+{scheme}://`")));
                return fail(&format!("it must begin with {known}"));
            }
            _ if marked => {
                if !is_short_form(rest) {
                    return fail("after `git+`, write an address like `ssh://host/path` or `file:///path`");
                }
                true
            }
            _ => is_short_form(rest) && rest.split(':').next().is_some_and(|host| host.contains('@')),
        };
        if !is_git {
            return Ok(None);
        }
        let (url, branch) = match rest.rsplit_once('#') {
            Some((url, branch)) => (url, Some(branch.strip_prefix("refs/heads/").unwrap_or(branch))),
            None => (rest, None),
        };
        let parts = Parts::of(url);
        // What stands before such an `@` may be a password with a character that ends it.
        let late = |text: &str| text.contains('@');
        // The form `user@host:path` has no place for a password at all.
        let is_misplaced = match parts.scheme {
            "" => parts.user.is_none() && late(parts.path),
            _ => parts.is_web() && (late(parts.path) || branch.is_some_and(late)),
        };
        if is_misplaced || !parts.has_valid_port() {
            return fail(
                "its user and password end at the first `/`, `?` or `#`; in a password, write %2F, %3F and %23 for them, \
                 and elsewhere %40 for `@`",
            );
        }
        if parts.is_web() && parts.path.contains('?') {
            return fail("git can't use an address with a query");
        }
        if branch.is_some_and(|branch| !is_branch(branch)) {
            return fail("what follows `#` isn't a valid branch name");
        }
        // Git or ssh would take such an address or host for an option.
        if url.starts_with('-') || parts.host.starts_with('-') {
            return fail("the address or its host begins with `-`");
        }
        Ok(Some(Self::of(&parts, branch)))
    }

    fn of(parts: &Parts<'_>, branch: Option<&str>) -> Self {
        let Parts { scheme, user, password, host, path } = *parts;
        let branch_text = branch.map(|branch| format!("#{branch}")).unwrap_or_default();
        let with = |user: &str| {
            let at = if user.is_empty() { "" } else { "@" };
            format!("{scheme}{user}{at}{host}{path}")
        };
        let hidden = match (user, password) {
            (None, _) => String::new(),
            // A web address's user may be a token.
            (Some(_), _) if parts.is_web() => String::from("***"),
            (Some(user), Some(_)) => format!("{user}:***"),
            (Some(user), None) => user.to_owned(),
        };
        let login =
            user.filter(|_| parts.is_web()).map(|user| Login { user: decoded(user), password: password.map(decoded) });
        // Ssh takes no password from an address, so git needs none there.
        let url = with(user.filter(|_| login.is_none()).unwrap_or_default());
        let of_web = user.filter(|_| parts.is_web());
        let mut secrets: Vec<String> =
            [of_web, password].into_iter().flatten().flat_map(|text| [text.to_owned(), decoded(text)]).collect();
        secrets.retain(|secret| !secret.is_empty());
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self { url, branch: branch.map(str::to_owned), login, shown: with(&hidden) + &branch_text, secrets }
    }

    /// The address for git, without its password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The branch, if the address names one.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.branch.as_deref()
    }

    /// The address for people, without a password.
    #[must_use]
    pub fn redacted(&self) -> String {
        self.shown.clone()
    }

    /// Who logs in at a web address, and the server, as `https://host:port`.
    pub(super) fn login(&self) -> Option<(&Login, String)> {
        let parts = Parts::of(&self.url);
        Some((self.login.as_ref()?, format!("{}{}", parts.scheme, parts.host)))
    }

    /// The web server of the address, as `https://host:port`, if nobody else can read the traffic: over TLS, or on this
    /// machine.
    pub(super) fn server(&self) -> Option<String> {
        let Parts { scheme, host, .. } = Parts::of(&self.url);
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let is_private = match scheme {
            "https://" => true,
            "http://" => matches!(name, "localhost" | "127.0.0.1" | "[::1]"),
            _ => false,
        };
        is_private.then(|| format!("{scheme}{host}"))
    }

    /// Whether a token for the store would be sent to the address: to a web server, unless the address says who logs in.
    #[must_use]
    pub fn takes_token(&self) -> bool {
        self.login.is_none() && self.server().is_some()
    }

    /// The host, if the address leads to another machine.
    #[must_use]
    pub fn remote_host(&self) -> Option<&str> {
        let Parts { scheme, host, .. } = Parts::of(&self.url);
        (scheme != "file://").then_some(host)
    }

    /// The address without anything that differs from user to user.
    #[must_use]
    pub fn key(&self) -> String {
        self.url.clone()
    }

    /// Texts that must never be shown.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.secrets.clone()
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.redacted())
    }
}

/// The parts of an address, as RFC 3986 (section 3) and scp divide it.
#[derive(Clone, Copy)]
struct Parts<'t> {
    /// `https://`; empty for the form `user@host:path`.
    scheme: &'t str,
    user: Option<&'t str>,
    password: Option<&'t str>,
    /// With its port.
    host: &'t str,
    /// Everything from the `/` or `:` after the host on.
    path: &'t str,
}

impl<'t> Parts<'t> {
    fn of(url: &'t str) -> Self {
        let start = url.find("://").map_or(0, |at| at + 3);
        let (scheme, rest) = url.split_at(start);
        let ends = |c: char| if scheme.is_empty() { c == ':' } else { matches!(c, '/' | '?' | '#') };
        let (authority, path) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        let (login, host) = authority.rsplit_once('@').map_or((None, authority), |(login, host)| (Some(login), host));
        let (user, password) = match login.and_then(|login| login.split_once(':')) {
            Some((user, password)) => (Some(user), Some(password)),
            None => (login, None),
        };
        Self { scheme, user, password, host, path }
    }

    fn is_web(&self) -> bool {
        matches!(self.scheme, "http://" | "https://")
    }

    /// Whether the host is followed by a number, if by anything.
    fn has_valid_port(&self) -> bool {
        let after = self.host.rsplit_once(']').map_or(self.host, |(_, after)| after);
        let port = after.split_once(':').map_or("", |(_, port)| port);
        self.scheme.is_empty() || port.bytes().all(|byte| byte.is_ascii_digit())
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A text that somebody took for an address, without anything that may be a password: that ends at an `@`, wherever it
/// may begin.
#[must_use]
pub fn redacted(text: &str) -> String {
    let start = text.find("://").map_or_else(|| if text.starts_with("git+") { 4 } else { 0 }, |at| at + 3);
    let (scheme, rest) = text.split_at(start);
    let is_file = scheme.ends_with("file://");
    let (login, rest) = match rest.rsplit_once('@') {
        Some((login, rest)) if !is_file && (scheme.contains("http") || login.contains(':')) => (login, rest),
        _ => return without_query(scheme, rest, ""),
    };
    // `git@host:a/b@c` has no password.
    if !scheme.contains("://") && login.split(':').next().is_some_and(|user| user.contains('@')) {
        return text.to_owned();
    }
    without_query(scheme, rest, if login.is_empty() { "" } else { "***@" })
}

fn without_query(scheme: &str, rest: &str, login: &str) -> String {
    match rest.split_once('?').filter(|_| scheme.contains("http")) {
        Some((path, query)) => {
            let branch = query.split_once('#').map(|(_, branch)| format!("#{branch}")).unwrap_or_default();
            format!("{scheme}{login}{path}?***{branch}")
        }
        None => format!("{scheme}{login}{rest}"),
    }
}

/// Replaces the passwords of all addresses in a message of git's. The user name of a web address counts as one, because it
/// may be a token.
#[must_use]
pub(super) fn redact(text: &str) -> String {
    static PATTERNS: LazyLock<[Option<Regex>; 3]> = LazyLock::new(|| {
        [
            r"(?i)(https?://)[^/\s'@]*(?:@[^/\s'@]*)*@",
            r"(://[^/\s':@]*):[^/\s']*@",
            r"(?i)(https?://[^\s'?#]*\?)[^\s'#]+",
        ]
        .map(|pattern| Regex::new(pattern).ok())
    });
    let replacements = ["$1***@", "$1:***@", "$1***"];
    PATTERNS
        .iter()
        .flatten()
        .zip(replacements)
        .fold(text.to_owned(), |text, (pattern, replacement)| pattern.replace_all(&text, replacement).into_owned())
}

/// `helper::address`.
fn is_helper(text: &str) -> bool {
    let name = text.split("::").next().unwrap_or_default();
    name.len() < text.len() && !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c))
}

fn is_scheme(text: &str) -> bool {
    let scheme = text.split("://").next().unwrap_or_default();
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Whether a text is `host:path` or `user@host:path`, as git and scp read it.
fn is_short_form(text: &str) -> bool {
    text.split_once(':').is_some_and(|(host, path)| {
        let drive = cfg!(windows) && host.len() == 1;
        !host.is_empty() && !host.contains(['/', '\\']) && !path.is_empty() && !drive
    })
}

/// Whether a text is a valid branch name (git-check-ref-format).
fn is_branch(name: &str) -> bool {
    let part = |part: &str| {
        let lock = part.len() >= 5 && part.as_bytes()[part.len() - 5..].eq_ignore_ascii_case(b".lock");
        !part.is_empty() && !part.starts_with('.') && !lock
    };
    !name.starts_with('-')
        && !name.ends_with('.')
        && name != "@"
        && name != "HEAD"
        && name.len() <= 200
        && !name.contains("..")
        && !name.contains("@{")
        && !name.chars().any(|c| c.is_control() || " ~^:?*[\\".contains(c))
        && name.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match Address::parse(text) {
            Ok(None) => String::from("a folder"),
            Ok(Some(address)) => format!("{} {}", address.url(), address.branch().unwrap_or("-")),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_address_is_distinguished_from_a_folder() {
        for (text, expected) in [
            ("git+ssh://git@example.com/a/b.git", "ssh://git@example.com/a/b.git -"),
            ("git+https://example.com/a#ledger", "https://example.com/a ledger"),
            ("git+file:///srv/a.git#refs/heads/x/y", "file:///srv/a.git x/y"),
            ("git@example.com:a/b.git", "git@example.com:a/b.git -"),
            ("git+example.com:a/b.git", "example.com:a/b.git -"),
            ("git://example.com/a", "git://example.com/a -"),
            (".upheld/store", "a folder"),
            ("/srv/store#1", "a folder"),
            ("store:1", "a folder"),
            ("./git@host:path", "a folder"),
            ("..", "a folder"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_that_could_run_a_program_are_refused() {
        for text in [
            "ext::sh -c evil",
            "git+ext::sh -c evil",
            "fd::17",
            "ssh://-oProxyCommand=evil/a",
            "git+ssh://git@-oProxyCommand=evil/a",
            "git+-oProxyCommand=evil:a",
            "git+--upload-pack=evil",
            "https://example.com/a#--force",
            "https://example.com/a#a..b",
            "https://example.com/a#a:b",
            "https://example.com/a#.lock",
            "https://example.com/a#",
            "ftp://example.com/a",
            "git+/srv/a.git",
            "https://example.com/a\nb",
        ] {
            assert!(read(text).contains("isn't the address of a store: "), "{text}: {}", read(text));
        }
    }

    #[test]
    fn a_password_is_neither_shown_nor_left_in_the_address_for_git() {
        for (text, shown, url) in [
            ("https://ann:s3cret@example.com/a", "https://***@example.com/a", "https://example.com/a"),
            ("https://s3cret@example.com/a#x", "https://***@example.com/a#x", "https://example.com/a"),
            ("https://ann:s3@cret@example.com/a", "https://***@example.com/a", "https://example.com/a"),
            ("https://ann:s3'cret@example.com/a", "https://***@example.com/a", "https://example.com/a"),
            ("https://ann:s3 cret@example.com/a", "https://***@example.com/a", "https://example.com/a"),
            ("https://ann:s3\"cret@example.com:8443/a", "https://***@example.com:8443/a", "https://example.com:8443/a"),
            ("https://ann:@[::1]:80/a", "https://***@[::1]:80/a", "https://[::1]:80/a"),
            ("ssh://git:s3cret@example.com/a", "ssh://git:***@example.com/a", "ssh://git@example.com/a"),
            ("ssh://git@example.com/a", "ssh://git@example.com/a", "ssh://git@example.com/a"),
            ("ssh://git@example.com:22/a@b", "ssh://git@example.com:22/a@b", "ssh://git@example.com:22/a@b"),
            ("file:///a@b", "file:///a@b", "file:///a@b"),
            ("git@example.com:a", "git@example.com:a", "git@example.com:a"),
        ] {
            let address = Address::parse(text).unwrap().unwrap();
            assert_eq!((address.redacted().as_str(), address.url()), (shown, url));
            assert!(!format!("{address:?}").contains("cret"));
        }
        let address = Address::parse("https://ann:s%20cret@example.com/a").unwrap().unwrap();
        assert_eq!(address.secrets(), ["s%20cret", "s cret", "ann"]);
    }

    #[test]
    fn a_password_that_ends_where_it_should_not_is_refused_and_not_shown() {
        for text in [
            "https://ann:s3/cret@example.com/a",
            "https://ann:12/cret@example.com/a",
            "https://s3/cret@example.com/a",
            "https://ann:s3?cret@example.com/a",
            "https://ann:s3#cret@example.com/a",
            "https://s3#cret@example.com/a",
            "ssh://git:s3/cret@example.com/a",
            "https://ann:s3cret@example.com/a#-x",
            "https://example.com/a?token=s3cret",
            "htps://ann:s3cret@example.com/a",
            "git+ann:s3cret@example.com/a",
            "git+/ann:s3cret@example.com/a",
            "https://ann:s3\ncret@example.com/a",
        ] {
            match Address::parse(text) {
                Err(refused) => assert!(!refused.to_string().contains("cret"), "{refused}"),
                Ok(read) => assert!(!read.unwrap().redacted().contains("cret"), "{text}"),
            }
        }
        // What isn't taken for an address may still be a misspelt one.
        for (text, shown) in [
            ("https//ann:s3cret@example.com/a", "***@example.com/a"),
            ("ann:s3cret@example.com:a", "***@example.com:a"),
            ("git@example.com:a@b", "git@example.com:a@b"),
            ("./stores/orders@2", "./stores/orders@2"),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }
}
