//! Recognizes secrets by the name of their header, parameter, field or key, in any case.

use serde_json::{Map, Value};

/// Last words of names of secrets, with or without words before them: `dbPassword`, `refresh_token`.
const LAST: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "pwd",
    "pw",
    "sig",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "jwt",
    "apikey",
    "pin",
    "otp",
    "totp",
    "cvv",
    "cvc",
    "csrf",
    "xsrf",
    "credential",
    "credentials",
    "authorization",
    "cookie",
    "session",
    "sessionid",
    "sid",
    "jsessionid",
    "phpsessid",
    "signature",
    "ssn",
    "pan",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "authtoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "clientsecret",
    "bearer",
];

/// Last two words of names of secrets.
const LAST_TWO: &[[&str; 2]] = &[
    ["api", "key"],
    ["access", "key"],
    ["private", "key"],
    ["secret", "key"],
    ["auth", "key"],
    ["signing", "key"],
    ["encryption", "key"],
    ["subscription", "key"],
    ["master", "key"],
    ["account", "key"],
    ["session", "id"],
    ["session", "key"],
    ["card", "number"],
    ["credit", "card"],
    ["security", "code"],
    ["recovery", "code"],
    ["auth", "code"],
    ["functions", "key"],
    ["host", "key"],
];

/// Words before `token` that make it a position in a list.
const CURSORS: &[&str] =
    &["page", "next", "prev", "previous", "continuation", "pagination", "cursor", "sync", "resume"];

/// Whether a value with this name is likely to be a secret. Only the last words count, so `token_type`,
/// `passwordChangedAt` and `max_tokens` aren't secrets.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    let before = words.len().checked_sub(2).and_then(|at| words.get(at)).map(String::as_str);
    if last == "token" && before.is_some_and(|word| CURSORS.contains(&word)) {
        return false;
    }
    // `session` is often just an object, but `x-session` a secret; both are hidden.
    LAST.contains(&last.as_str())
        || before.is_some_and(|before| LAST_TWO.contains(&[before, last.as_str()]))
        || words.ends_with(&[String::from("access"), String::from("key"), String::from("id")])
}

/// The name of the value under a key: the key, or for `value` the name next to it, as lists of fields have it:
/// `{"name": "password", "value": "…"}`.
pub(super) fn name_in<'o>(object: &'o Map<String, Value>, key: &'o str) -> &'o str {
    let named = || ["name", "key", "field"].iter().find_map(|name| object.get(*name).and_then(Value::as_str));
    if key == "value" { named().unwrap_or(key) } else { key }
}

/// The words of a name in lower case: the same for `dbPassword`, `DB_PASSWORD` and `db-password`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = name.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next_is_small = chars.peek().is_some_and(|next| next.is_lowercase());
        let begins = c.is_uppercase()
            && (before.is_lowercase() || before.is_ascii_digit() || before.is_uppercase() && next_is_small);
        if (begins || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_recognized_in_any_case() {
        for name in [
            "password",
            "Password",
            "userPassword",
            "DB_PASSWORD",
            "new-password",
            "pwd",
            "passwd",
            "pin",
            "secret",
            "client_secret",
            "clientSecret",
            "token",
            "access_token",
            "refreshToken",
            "id_token",
            "X-Auth-Token",
            "api_key",
            "apikey",
            "apiKey",
            "API-Key",
            "x-api-key",
            "x-goog-api-key",
            "xi-api-key",
            "private_key",
            "aws_access_key_id",
            "aws_secret_access_key",
            "sessionId",
            "session",
            "sid",
            "JSESSIONID",
            "csrf",
            "csrf_token",
            "otp",
            "cvv",
            "card_number",
            "cardNumber",
            "Ocp-Apim-Subscription-Key",
            "X-Amz-Signature",
            "X-Amz-Security-Token",
            "authorization",
            "Cookie",
            "jwt",
            "HTTPToken",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn names_that_only_sound_like_secrets_are_not_taken_for_them() {
        for name in [
            "token_type",
            "tokenType",
            "expires_in",
            "max_tokens",
            "tokens",
            "token_count",
            "next_page_token",
            "nextToken",
            "continuationToken",
            "public_key",
            "key",
            "keyboard",
            "author",
            "authors",
            "password_changed_at",
            "passwordPolicy",
            "secretary",
            "pinned",
            "spin",
            "company",
            "pan_card_type",
            "session_count",
            "id",
            "name",
            "status",
            "monkey",
            "sort_key",
            "partition_key",
            "expand",
            "",
            "-",
            "description",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
