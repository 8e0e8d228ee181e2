//! How to log in to a store at a web address: by the address's own user and password, or by a token, as build systems
//! provide it in a variable. Both go only to that server, and only through git's environment: they never appear on a command
//! line or in a file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::address::{Address, Login};
use super::environment::Environment;
use super::error::GitError;
use crate::ledger::STORE_TOKEN;

/// The user name for a token. GitHub requires this one, and others accept any.
const USER: &str = "x-access-token";

impl Environment {
    /// The same environment for a store at an address, with what the address says about who logs in there or, if it says
    /// nothing, with the token. The token goes only to a server to which nobody else can listen: over TLS, or on this
    /// machine.
    ///
    /// # Errors
    ///
    /// That the token isn't valid.
    pub fn for_address(&self, address: &Address) -> Result<Self, GitError> {
        let token = self.token()?;
        Ok(match (address.login(), token, address.server()) {
            (Some((Login { user, password: Some(password) }, server)), ..) => self.with_header(&server, user, password),
            // The password comes from a credential helper.
            (Some((Login { user, password: None }, server)), ..) => {
                self.with_setting(&format!("credential.{server}.username"), user)
            }
            (None, Some(token), Some(server)) => self.with_header(&server, USER, &token),
            (None, ..) => self.clone(),
        })
    }

    fn token(&self) -> Result<Option<String>, GitError> {
        let Some(token) = self.variable(STORE_TOKEN) else { return Ok(None) };
        let token = token.trim();
        // A line break would begin another header.
        if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
            return Err(GitError::new(format!(
                "{STORE_TOKEN} contains whitespace or another character that tokens don't have"
            ))
            .help("set it to the token alone, on one line"));
        }
        Ok(Some(token.to_owned()))
    }

    fn with_header(&self, server: &str, user: &str, password: &str) -> Self {
        let key = format!("http.{server}/.extraHeader");
        // The empty value removes headers that were configured for this server before.
        self.with_setting(&key, "").with_setting(&key, &format!("Authorization: Basic {}", encoded(user, password)))
    }

    /// The forms of the token that must never be shown.
    #[must_use]
    pub fn token_secrets(&self) -> Vec<String> {
        let token = self.variable(STORE_TOKEN).unwrap_or_default();
        let token = token.trim();
        if token.is_empty() { Vec::new() } else { vec![encoded(USER, token), token.to_owned()] }
    }

    /// The same environment with one more setting of git after all others.
    fn with_setting(&self, key: &str, value: &str) -> Self {
        let count = self.variable("GIT_CONFIG_COUNT").and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
        self.clone()
            .with(format!("GIT_CONFIG_KEY_{count}"), key)
            .with(format!("GIT_CONFIG_VALUE_{count}"), value)
            .with("GIT_CONFIG_COUNT", (count + 1).to_string())
    }
}

fn encoded(user: &str, password: &str) -> String {
    BASE64.encode(format!("{user}:{password}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings for git with a store at an address, one per line.
    fn settings(environment: &Environment, address: &str) -> Result<String, GitError> {
        let address = Address::parse(address).unwrap().unwrap();
        let environment = Environment::of(environment.for_address(&address)?.cleaned());
        assert_eq!(environment.variable(STORE_TOKEN), None);
        let count = environment.variable("GIT_CONFIG_COUNT").unwrap_or_default().parse().unwrap_or(0);
        let setting = |index: i32| {
            let part = |part| environment.variable(&format!("GIT_CONFIG_{part}_{index}")).unwrap_or_default();
            format!("{}={}\n", part("KEY"), part("VALUE"))
        };
        Ok((0..count).map(setting).collect())
    }

    #[test]
    fn a_token_only_goes_to_the_server_of_the_store() {
        let environment = Environment::of([(STORE_TOKEN, "s3cret")]);
        insta::assert_snapshot!(settings(&environment, "git+https://ann:pw@example.com:8443/a.git#main").unwrap(), @"
        http.https://example.com:8443/.extraHeader=
        http.https://example.com:8443/.extraHeader=Authorization: Basic YW5uOnB3
        ");
        insta::assert_snapshot!(settings(&Environment::default(), "https://ann@example.com/a").unwrap(), @"credential.https://example.com.username=ann");
        insta::assert_snapshot!(settings(&environment, "https://example.com:8443/a.git#main").unwrap(), @"
        http.https://example.com:8443/.extraHeader=
        http.https://example.com:8443/.extraHeader=Authorization: Basic eC1hY2Nlc3MtdG9rZW46czNjcmV0
        ");
        for elsewhere in ["git+ssh://git@example.com/a", "git+file:///srv/a", "http://example.com/a", "git@h:a"] {
            assert_eq!(settings(&environment, elsewhere).unwrap(), "", "{elsewhere}");
        }
        assert!(settings(&environment, "http://127.0.0.1:80/a").unwrap().starts_with("http.http://127.0.0.1:80/."));
        assert_eq!(settings(&Environment::default(), "https://example.com/a").unwrap(), "");
        assert_eq!(environment.token_secrets(), ["eC1hY2Nlc3MtdG9rZW46czNjcmV0", "s3cret"]);
    }

    #[test]
    fn existing_settings_are_kept() {
        let environment = Environment::of([
            (STORE_TOKEN, "s3cret\n"),
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "http.proxy"),
            ("GIT_CONFIG_VALUE_0", "http://127.0.0.1:1"),
        ]);
        let settings = settings(&environment, "https://example.com/a").unwrap();
        assert!(settings.starts_with("http.proxy=http://127.0.0.1:1\nhttp.https://example.com/"), "{settings}");
        assert_eq!(settings.lines().count(), 3);
    }

    #[test]
    fn a_token_that_would_begin_another_header_is_refused_and_not_shown() {
        for token in ["s3cret\nX-Evil: 1", "s3cret s3cret", "s3cr\u{e9}t", "s3cret\r\nx"] {
            let error = settings(&Environment::of([(STORE_TOKEN, token)]), "https://example.com/a").unwrap_err();
            assert!(!format!("{error:?}").contains("s3cr"), "{error:?}");
        }
    }
}
