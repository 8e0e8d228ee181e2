//! A token for a store behind a web address, as build systems give one to a build: it comes in a variable, and goes to
//! that server and to no other, by git's environment alone. It is on no command line and in no file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::address::Address;
use super::environment::Environment;
use super::error::GitError;
use crate::ledger::STORE_TOKEN;

/// The user's name beside a token. GitHub wants this one, and others take any.
const USER: &str = "x-access-token";

impl Environment {
    /// The same environment for a store at an address, with the token where there is one and the server is one that may
    /// have it: over TLS, or on this very machine. An address with a password of its own needs none.
    ///
    /// # Errors
    ///
    /// That the token can't be one.
    pub fn with_token(&self, address: &Address) -> Result<Self, GitError> {
        let Some(token) = self.variable(STORE_TOKEN) else { return Ok(self.clone()) };
        let token = token.trim();
        // A line break would be a header of its own.
        if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
            return Err(GitError::new(format!("{STORE_TOKEN} holds a blank or a character that no token has"))
                .help("give it the token alone, on one line"));
        }
        let Some(server) = address.server().filter(|_| address.secrets().is_empty()) else { return Ok(self.clone()) };
        let key = format!("http.{server}/.extraHeader");
        let header = format!("Authorization: Basic {}", encoded(token));
        // What somebody configured before for this server would be a second header of the kind: the empty one ends it.
        Ok(self.with_setting(&key, "").with_setting(&key, &header))
    }

    /// What of the token must never be shown.
    #[must_use]
    pub fn token_secrets(&self) -> Vec<String> {
        let token = self.variable(STORE_TOKEN).unwrap_or_default();
        let token = token.trim();
        if token.is_empty() { Vec::new() } else { vec![encoded(token), token.to_owned()] }
    }

    /// The same environment with one more setting of git's, behind all others.
    fn with_setting(&self, key: &str, value: &str) -> Self {
        let count = self.variable("GIT_CONFIG_COUNT").and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
        self.clone()
            .with(format!("GIT_CONFIG_KEY_{count}"), key)
            .with(format!("GIT_CONFIG_VALUE_{count}"), value)
            .with("GIT_CONFIG_COUNT", (count + 1).to_string())
    }
}

fn encoded(token: &str) -> String {
    BASE64.encode(format!("{USER}:{token}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settings that git gets for a store there, a line each.
    fn settings(environment: &Environment, address: &str) -> Result<String, GitError> {
        let address = Address::parse(address).unwrap().unwrap();
        let environment = Environment::of(environment.with_token(&address)?.cleaned());
        assert_eq!(environment.variable(STORE_TOKEN), None);
        let count = environment.variable("GIT_CONFIG_COUNT").unwrap_or_default().parse().unwrap_or(0);
        let setting = |index: i32| {
            let part = |part| environment.variable(&format!("GIT_CONFIG_{part}_{index}")).unwrap_or_default();
            format!("{}={}\n", part("KEY"), part("VALUE"))
        };
        Ok((0..count).map(setting).collect())
    }

    #[test]
    fn a_token_goes_to_the_server_of_the_store_and_nowhere_else() {
        let environment = Environment::of([(STORE_TOKEN, "s3cret")]);
        insta::assert_snapshot!(settings(&environment, "git+https://ann@example.com:8443/a.git#main").unwrap(), @"");
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
    fn settings_that_are_there_stay() {
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
    fn what_would_be_a_header_of_its_own_is_refused_and_not_shown() {
        for token in ["s3cret\nX-Evil: 1", "s3cret s3cret", "s3cr\u{e9}t", "s3cret\r\nx"] {
            let error = settings(&Environment::of([(STORE_TOKEN, token)]), "https://example.com/a").unwrap_err();
            assert!(!format!("{error:?}").contains("s3cr"), "{error:?}");
        }
    }
}
