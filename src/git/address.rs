//! The address of a repository and its branch: distinguished from a folder's name, checked, and shown without passwords.

use std::sync::LazyLock;

use regex::Regex;

use crate::words::or_list;

/// The protocols that git may use.
const SCHEMES: &[&str] = &["ssh", "https", "http", "file", "git"];

/// The address of a repository, and its branch.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: String,
    branch: Option<String>,
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
        let fail = |why: &str| Err(AddressError(format!("`{}` isn't the address of a store: {why}", redact(text))));
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
        if let Some(branch) = branch.filter(|branch| !is_branch(branch)) {
            return fail(&format!("`{branch}` isn't a valid branch name"));
        }
        // Git or ssh would take such an address or host for an option.
        if url.starts_with('-') || host(url).starts_with('-') {
            return fail("the address or its host begins with `-`");
        }
        Ok(Some(Self { url: url.to_owned(), branch: branch.map(str::to_owned) }))
    }

    /// The address for git, with its password. It must not be shown.
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
        let branch = self.branch.as_ref().map(|branch| format!("#{branch}")).unwrap_or_default();
        redact(&self.url) + &branch
    }

    /// The web server of the address, as `https://host:port`, if nobody else can read the traffic: over TLS, or on this
    /// machine.
    pub(super) fn server(&self) -> Option<String> {
        let (scheme, _) = self.url.split_once("://")?;
        let host = host(&self.url);
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let is_private = match scheme {
            "https" => true,
            "http" => matches!(name, "localhost" | "127.0.0.1" | "[::1]"),
            _ => false,
        };
        is_private.then(|| format!("{scheme}://{host}"))
    }

    /// The address without anything that differs from user to user.
    #[must_use]
    pub fn key(&self) -> String {
        redact(&self.url)
    }

    /// Texts that must never be shown.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let user = user(&self.url).unwrap_or_default();
        let secret = match user.split_once(':') {
            Some((_, password)) => password,
            None if self.url.starts_with("http") => user,
            None => "",
        };
        let decoded = percent_encoding::percent_decode_str(secret).decode_utf8_lossy().into_owned();
        let mut secrets = vec![secret.to_owned(), decoded];
        secrets.retain(|secret| !secret.is_empty());
        secrets.dedup();
        secrets
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.redacted())
    }
}

/// Replaces the passwords of all addresses in a text. The user name of a web address counts as one, because it may be a
/// token.
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

fn authority(url: &str) -> &str {
    match url.split_once("://") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default(),
        None => url.split(':').next().unwrap_or_default(),
    }
}

fn user(url: &str) -> Option<&str> {
    authority(url).rsplit_once('@').map(|(user, _)| user)
}

fn host(url: &str) -> &str {
    let authority = authority(url);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
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
    fn a_password_is_never_shown() {
        for (text, expected) in [
            ("https://ann:s3cret@example.com/a", "https://***@example.com/a"),
            ("https://s3cret@example.com/a#x", "https://***@example.com/a#x"),
            ("https://ann:s3@cret@example.com/a", "https://***@example.com/a"),
            ("ssh://git:s3cret@example.com/a", "ssh://git:***@example.com/a"),
            ("ssh://git@example.com/a", "ssh://git@example.com/a"),
            ("https://example.com/a?token=s3cret", "https://example.com/a?***"),
            ("git@example.com:a", "git@example.com:a"),
        ] {
            let address = Address::parse(text).unwrap().unwrap();
            assert_eq!(address.redacted(), expected);
            assert!(!format!("{address:?}").contains("cret"));
        }
        let refused = Address::parse("https://ann:s3cret@example.com/a#-x").unwrap_err();
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
        let address = Address::parse("https://ann:s%20cret@example.com/a").unwrap().unwrap();
        assert_eq!(address.secrets(), ["s%20cret", "s cret"]);
    }
}
