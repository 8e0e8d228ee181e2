//! Guesses from the look of a value: whether it replaces a secret, whether it is random, whether it is a word.

use crate::contract::Format;
use crate::matching::has_format;

/// The text that replaces a secret.
pub const REDACTED: &str = crate::interaction::REDACTED;

/// The identifier that replaces a secret UUID in a path: services refuse any other text there.
pub(super) const NO_UUID: &str = "00000000-0000-4000-8000-000000000000";

/// Whether a text only takes the place of a secret: `redacted`, `***`, `${token}`, `<token>`.
pub(super) fn is_fake(text: &str) -> bool {
    let text = text.trim();
    let mut chars = text.chars();
    let first = chars.next();
    text.is_empty()
        || text.contains(REDACTED)
        || text == NO_UUID
        || chars.all(|c| Some(c) == first)
        || text.starts_with("${") && text.ends_with('}')
        || text.starts_with('<') && text.ends_with('>')
        || text.starts_with("{{") && text.ends_with("}}")
        || matches!(text, "null" | "true" | "false" | "undefined" | "none" | "None" | "nil" | "[]" | "{}")
}

/// Whether a text is distinctive enough to be the secret wherever it occurs: long, and not a word or a date.
pub(super) fn is_distinctive(text: &str) -> bool {
    let has = |is: fn(&char) -> bool| text.chars().any(|c| is(&c));
    let letters = has(|c| c.is_alphabetic());
    let digits = has(char::is_ascii_digit);
    let mixed = has(|c| c.is_uppercase()) && has(|c| c.is_lowercase());
    let length = text.chars().count();
    (length >= 8 && letters && digits) || (length >= 12 && mixed) || length >= 20
}

/// Whether a text looks random, as tokens do, and isn't a UUID, a hash, or words and numbers with dashes between them.
pub(super) fn is_opaque(text: &str) -> bool {
    is_random(text, 16)
}

/// The same for a text of at least so many characters.
pub(super) fn is_random(text: &str, least: usize) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.~+=".contains(&b);
    let is_word = |part: &str| {
        part.bytes().all(|b| b.is_ascii_digit())
            || part.bytes().all(|b| b.is_ascii_lowercase())
            || part.bytes().all(|b| b.is_ascii_uppercase())
            || part.starts_with(|c: char| c.is_ascii_uppercase())
                && part.bytes().skip(1).all(|b| b.is_ascii_lowercase())
    };
    text.len() >= least
        && text.bytes().all(allowed)
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
        && !text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && !has_format(Format::DateTime, text)
        && !text.split(['-', '_', '.']).all(is_word)
}

/// Whether a text is a UUID or at least 16 hexadecimal digits.
pub(super) fn is_hexadecimal_id(text: &str) -> bool {
    has_format(Format::Uuid, text) || text.len() >= 16 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

pub(super) fn has_digits_only(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Words that say something about a secret, in fields with its name and in sentences.
const PLAIN: &[&str] = &[
    "active",
    "inactive",
    "any",
    "ask",
    "basic",
    "bearer",
    "boolean",
    "cannot",
    "changed",
    "checked",
    "disabled",
    "empty",
    "enabled",
    "expired",
    "field",
    "forgot",
    "forgotten",
    "has",
    "hidden",
    "id",
    "identity",
    "include",
    "incorrect",
    "int",
    "integer",
    "invalid",
    "is",
    "lax",
    "login",
    "match",
    "max",
    "min",
    "missing",
    "mismatch",
    "must",
    "needs",
    "never",
    "no",
    "not",
    "number",
    "object",
    "off",
    "ok",
    "on",
    "omit",
    "optional",
    "pending",
    "query",
    "request",
    "required",
    "response",
    "revoked",
    "same-origin",
    "session",
    "should",
    "strict",
    "string",
    "too",
    "unauthorized",
    "unknown",
    "unset",
    "valid",
    "was",
    "weak",
    "wrong",
    "yes",
    "your",
];

/// Whether a text is a word about a secret, as the value of a field with its name.
pub(super) fn is_plain_word(text: &str) -> bool {
    let word = text.trim_end_matches(['!', '.', ',', ';', '?']).to_ascii_lowercase();
    PLAIN.contains(&word.as_str())
}

/// Whether a text is a sentence about a secret: "must have at least 8 characters".
pub(super) fn is_about_secret(text: &str) -> bool {
    // A scheme with a credential isn't a sentence.
    let is_scheme = |word: &str| ["bearer", "basic"].contains(&word.to_ascii_lowercase().as_str());
    text.split_whitespace().next().is_some_and(|word| is_plain_word(word) && !(text.contains(' ') && is_scheme(word)))
        || text.contains(' ')
            && text.split_whitespace().any(|word| ["must", "should", "cannot", "required"].contains(&word))
}

/// Words that people use as passwords in tests, and that mean something else elsewhere.
const COMMON: &[&str] = &[
    "admin",
    "administrator",
    "changeme",
    "customer",
    "default",
    "example",
    "guest",
    "hello",
    "letmein",
    "login",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "qwerty",
    "secret",
    "string",
    "test",
    "testing",
    "token",
    "user",
    "username",
    "welcome",
];

/// Whether a password that is only a word is rare enough to be the password in every text with that word.
pub(super) fn is_rare_word(text: &str) -> bool {
    let length = text.chars().count();
    length >= 6
        && !text.contains(char::is_whitespace)
        && !has_digits_only(text)
        && !COMMON.contains(&text.to_lowercase().as_str())
}

/// Whether a short secret is rare enough to be the same one wherever its exchange has it: `883201`, but not a year.
pub(super) fn is_code(text: &str) -> bool {
    text.chars().count() >= 6 && text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_texts_are_opaque_and_names_and_identifiers_are_not() {
        for text in ["Zk72pQ8vLr4Tn9Xw", "p4th-res3t-token-77", "v2.local.Qk3rT9xY", "a1b2c3d4e5f6g7h8"] {
            assert!(is_opaque(text), "{text}");
        }
        for text in [
            "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11",
            "d41d8cd98f00b204e9800998ecf8427e",
            "2026-05-01T09:30:00Z",
            "spring-sale-2026-for-all",
            "Annual-Report-2026.pdf",
            "short1",
            "with space and 1 digit",
        ] {
            assert!(!is_opaque(text), "{text}");
        }
    }

    #[test]
    fn words_about_a_secret_are_not_one() {
        for text in ["required", "must have 8 characters", "Too short", "expired."] {
            assert!(is_about_secret(text), "{text}");
        }
        assert!(!is_about_secret("correct horse battery staple"));
    }

    #[test]
    fn placeholders_are_fake() {
        for text in ["redacted", "****", "${token}", "<token>", "{{token}}", "", "null"] {
            assert!(is_fake(text), "{text}");
        }
        for text in ["$ecret", "a", "$2b$10$abc"] {
            assert_eq!(is_fake(text), text == "a", "{text}");
        }
    }
}
