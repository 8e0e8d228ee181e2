//! Recognizes secrets by the name of their header, parameter, field, key or element, in any case.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use super::values::{has_digits_only, is_fake, is_opaque, is_plain_word};
use super::vocabulary::{
    ABOUT_FIRST, ABOUT_LAST, BESIDE, CURSORS, ENDINGS, INSIDE, LAST, NO_PAIRS, PAIRS, PASSWORDS, SECRETS, has,
};

/// The meaning of a name for its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Nothing.
    Plain,
    /// It is a password, whatever it looks like.
    Password,
    /// It is a secret, unless it is only a word about one, such as `expired`.
    Secret,
    /// There are several. (A number under such a name is how many.)
    Secrets,
    /// It is a secret if it looks like one: `key`, `auth`.
    Opaque,
    /// `code`: a secret if it looks like one, or like the code in a text message.
    Code,
}

/// Whether a value with this name is likely to be a secret: `dbPassword`, `refresh_token`, `password_confirmation`, but
/// not `token_type`, `passwordChangedAt` and `max_tokens`.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    matches!(named(name), Named::Password | Named::Secret | Named::Secrets)
}

/// Whether the keys that lead to a value make a secret of it.
pub(in crate::recording) fn is_secret_place<'k>(keys: impl Iterator<Item = &'k str>) -> bool {
    keys.fold(Named::Plain, Named::inside) != Named::Plain
}

/// The meaning of a name for its value.
pub(super) fn named(name: &str) -> Named {
    let words = words(name);
    let singular: Vec<&str> = words.iter().map(|word| singular(word)).collect();
    let (Some(last), Some(first)) = (singular.last().copied(), singular.first().copied()) else { return Named::Plain };
    let before = singular.len().checked_sub(2).and_then(|at| singular.get(at)).copied().unwrap_or_default();
    let is_plural = words.last().is_some_and(|word| word.as_str() != last);
    let secret = if is_plural { Named::Secrets } else { Named::Secret };
    let is_glued = |first: &str, second: &str| {
        last.strip_suffix(second).is_some_and(|start| start.ends_with(first)) && !has(NO_PAIRS, last)
    };
    let is_pair = PAIRS.iter().any(|(second, firsts)| {
        *second == last && has(firsts, before) || firsts.split(' ').any(|first| is_glued(first, second))
    });
    if is_pair || singular.ends_with(&["access", "key", "id"]) {
        return secret;
    }
    let about = singular.len() > 1 && (has(ABOUT_FIRST, first) || has(ABOUT_LAST, last));
    let cursor = last.strip_suffix("token").is_some_and(|start| {
        let word = if start.is_empty() { before } else { start };
        has(CURSORS, word)
    });
    if about || cursor {
        return Named::Plain;
    }
    let is_password = singular.ends_with(&["pass", "word"]);
    let any = |list: &str| singular.iter().any(|word| has(list, word));
    let holds = |part: &str| singular.iter().any(|word| word.contains(part));
    if is_password || any(PASSWORDS) || INSIDE.split(' ').take(4).any(holds) {
        return Named::Password;
    }
    let ends = |word: &&str| ENDINGS.split(' ').any(|ending| word.ends_with(ending));
    if any(SECRETS) || INSIDE.split(' ').any(holds) || singular.iter().any(ends) {
        return secret;
    }
    match last {
        "pass" | "pw" => Named::Password,
        last if has(LAST, last) || last.ends_with("cookie") => secret,
        "key" | "auth" | "authentication" if singular.len() == 1 => Named::Opaque,
        "code" if singular.len() == 1 => Named::Code,
        _ => Named::Plain,
    }
}

/// How many digits the codes in text messages and authenticators have. Codes of errors and banks have fewer or more.
const CODE_DIGITS: RangeInclusive<usize> = 6..=8;

impl Named {
    /// Whether a text with this name is a secret. `is_sent` says that it is in a request.
    pub(super) fn is_secret(self, text: &str, is_sent: bool) -> bool {
        let text = text.trim();
        if is_fake(text) {
            return false;
        }
        let digits = has_digits_only(text);
        match self {
            Self::Plain => false,
            Self::Password => true,
            Self::Secret => !is_plain_word(text),
            Self::Secrets => !digits && !is_plain_word(text),
            Self::Opaque => is_opaque(text),
            Self::Code => is_opaque(text) || is_sent && digits && CODE_DIGITS.contains(&text.len()),
        }
    }

    /// Whether a number with this name is a secret. One or two digits tell nothing.
    pub(super) fn is_secret_number(self, number: &str, is_sent: bool) -> bool {
        let digits = has_digits_only(number) && number.len() > 2;
        match self {
            Self::Plain | Self::Secrets | Self::Opaque => false,
            Self::Password | Self::Secret => digits,
            Self::Code => is_sent && digits && CODE_DIGITS.contains(&number.len()),
        }
    }

    /// The meaning of an object's key if the name of the object has this meaning: every value in an object that is named
    /// like a secret is one, except under the usual keys beside a secret.
    pub(super) fn inside(self, key: &str) -> Self {
        let own = named(key);
        let is_beside = || {
            let words = words(key);
            words.last().is_some_and(|last| has(BESIDE, singular(last)))
        };
        match (own, self) {
            (Self::Plain, Self::Password | Self::Secret | Self::Secrets) if !is_beside() => self,
            (own, _) => own,
        }
    }

    /// Its name in reports.
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Plain | Self::Secret | Self::Secrets | Self::Opaque | Self::Code => "secret",
        }
    }
}

/// The keys for the name of a value, and for the value, in lists of fields: `{"name": "password", "value": "…"}`.
const NAME_KEYS: [&str; 8] = ["name", "key", "field", "id", "header", "param", "k", "path"];
const VALUE_KEYS: [&str; 6] = ["value", "val", "v", "content", "text", "string"];

/// The name of the value under a key: the key, or in a list of fields the name next to it.
pub(super) fn name_in<'o>(object: &'o Map<String, Value>, key: &'o str) -> &'o str {
    let named = || NAME_KEYS.iter().find_map(|name| object.get(*name).and_then(Value::as_str));
    if VALUE_KEYS.contains(&key) { named().unwrap_or(key) } else { key }
}

/// A word without the digits and the `s` at its end: `token` for `tokens` and `token2`.
fn singular(word: &str) -> &str {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let word = if bare.chars().count() > 2 { bare } else { word };
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
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
    fn the_value_decides_where_the_name_is_not_enough() {
        for (name, text, expected) in [
            ("code", "EUR", false),
            ("code", "not_found", false),
            ("code", "493817", true),
            ("code", "SplxlOBeZQQYbYS6WxSbIA1", true),
            ("tokens", "12", false),
            ("tokens", "ab12", true),
            ("token", "expired", false),
            ("session", "active", false),
            ("password", "expired", true),
            ("pass", "true", false),
            ("key", "uploads/2026/picture.png", false),
            ("key", "d41d8cd98f00b204e9800998ecf8427e", false),
            ("key", "Zk72pQ8vLr4Tn9Xw", true),
        ] {
            assert_eq!(named(name).is_secret(text, true), expected, "{name}: {text}");
        }
        for (name, number, expected) in
            [("pin", "4711", true), ("pin", "7", false), ("tokens", "1200", false), ("code", "404", false)]
        {
            assert_eq!(named(name).is_secret_number(number, true), expected, "{name}: {number}");
        }
        assert!(!named("code").is_secret("493817", false), "an error code");
    }

    #[test]
    fn an_object_that_is_named_like_a_secret_lends_its_name_to_what_is_in_it() {
        for (outer, key, expected) in [
            ("password", "value", Named::Password),
            ("credentials", "user", Named::Plain),
            ("credentials", "x", Named::Secrets),
            ("token", "type", Named::Plain),
            ("token", "expires_in", Named::Plain),
            ("credit_card", "number", Named::Secret),
            ("credit_card", "exp_month", Named::Plain),
            ("order", "number", Named::Plain),
        ] {
            assert_eq!(named(outer).inside(key), expected, "{outer}.{key}");
        }
    }

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
            "password1",
            "pass",
            "password_confirmation",
            "passwordConfirmation",
            "newpassword",
            "password_hash",
            "hashedPassword",
            "otpCode",
            "pinCode",
            "pincode",
            "verification_code",
            "two_factor_code",
            "code_verifier",
            "tokens",
            "api_keys",
            "recovery_codes",
            "user[password]",
            "AccountKey",
            "appsecret",
            "sessid",
            "secret_id",
            "seedPhrase",
            "otpcode",
            "x-securityanswer",
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
            "code",
            "country_code",
            "statusCode",
            "product_code",
            "has_password",
            "password_strength",
            "prompt_tokens_used",
            "cookie_consent",
            "tokenAddress",
            "passenger",
            "compass",
            "timecode",
            "turkey",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
