//! Recognizes secrets by their look, anywhere in a text.

use std::sync::LazyLock;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use regex::Regex;

use super::secret_names::is_secret_name;

/// A kind of secret, and the expression that it matches. If the expression has a group `secret`, that is the secret.
type Shape = (&'static str, &'static str);

/// Shapes that are enough to know a secret. Issuers chose the prefixes so that scanners can find them.
const SHAPES: &[Shape] = &[
    (
        "private key",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|[\s\S]*)",
    ),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_.-]*"),
    ("AWS access key", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("AWS secret key", r#"(?i)secret_?-?access_?-?key["'\s:=\\]{1,8}(?P<secret>[A-Za-z0-9/+]{40})"#),
    ("GitHub token", r"\bgh[opsur]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}"),
    ("GitLab token", r"\bgl(?:pat|dt|rt|ptt|cbt|oas|soat)-[A-Za-z0-9_-]{20,}"),
    ("Slack token", r"\bxox[abeoprs](?:-[A-Za-z0-9]+){2,}|\bxapp-[0-9]-[A-Za-z0-9-]{10,}"),
    ("Slack webhook", r"hooks\.slack\.com/(?:services|workflows)/(?P<secret>[A-Za-z0-9/+]{20,})"),
    ("Stripe key", r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9]{16,}"),
    ("Google API key", r"\bAIza[A-Za-z0-9_-]{30,}"),
    ("Google token", r"\bya29\.[A-Za-z0-9_-]{20,}"),
    ("API key", r"\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{30,}"),
    ("PyPI token", r"\bpypi-[A-Za-z0-9_-]{20,}"),
    ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("Twilio key", r"\b(?:SK|AC)[0-9a-f]{32}\b"),
    ("DigitalOcean token", r"\bdo[opr]_v1_[0-9a-f]{40,}"),
    ("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("Shopify token", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("password in an address", r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"'<>\\]*:(?P<secret>[^\s/@"'<>\\]+)@"#),
];

/// A shape that ordinary words can have, too, and the check that a secret must pass.
type CheckedShape = (Shape, fn(&str) -> bool);

const CHECKED_SHAPES: &[CheckedShape] = &[
    (("bearer token", r"(?i)\bbearer\s+(?P<secret>[A-Za-z0-9._~+/-]{8,}=*)"), is_distinctive),
    (("basic credentials", r"(?i)\bbasic\s+(?P<secret>[A-Za-z0-9+/]{8,}={0,2})"), |text| credentials(text).is_some()),
    (
        (
            "secret",
            r#"(?i)\b(?:password|passwd|pwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?(?P<secret>[^\s"'&,;<>]{8,})"#,
        ),
        is_distinctive,
    ),
];

/// A shape with its compiled expression and its check.
struct CompiledShape {
    kind: &'static str,
    expression: Regex,
    check: fn(&str) -> bool,
}

static COMPILED: LazyLock<Vec<CompiledShape>> = LazyLock::new(|| {
    let all = SHAPES.iter().map(|shape| -> CheckedShape { (*shape, |_| true) });
    // A test notices an expression that doesn't compile.
    all.chain(CHECKED_SHAPES.iter().copied())
        .filter_map(|((kind, text), check)| Some(CompiledShape { kind, expression: Regex::new(text).ok()?, check }))
        .collect()
});

/// An XML element with a text, as SOAP has passwords.
static ELEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"<(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s[^<>]*)?>\s*(?P<secret>[^<>\s][^<>]*?)\s*</").ok()
});

/// A part of a `multipart/form-data` body (RFC 7578): its name, and its content up to the next boundary.
static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)content-disposition:[^\r\n]*\bname="(?P<name>[^"\r\n]+)"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n(?P<secret>(?s:.+?))\r?\n--"#).ok()
});

/// A parameter of a URL anywhere in a text.
static PARAMETER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"[?&](?P<name>[\w.\-]+)=(?P<secret>[^&\s"'<>#\\]+)"#).ok());

/// Base64 with and without padding, since both are common.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// A secret in a text: its kind, and its place in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub kind: &'static str,
    pub at: std::ops::Range<usize>,
}

/// All secrets of a text that are recognized by their look, in order.
pub(super) fn sightings(text: &str) -> Vec<Sighting> {
    let mut found = Vec::new();
    for (sign, expression) in [("</", &ELEMENT), ("name=\"", &PART), ("=", &PARAMETER)] {
        for sighting in find_named(text, sign, expression.as_ref()) {
            let overlaps = |other: &Sighting| other.at.start < sighting.at.end && sighting.at.start < other.at.end;
            if !found.iter().any(overlaps) {
                found.push(sighting);
            }
        }
    }
    for CompiledShape { kind, expression, check } in COMPILED.iter() {
        for captures in expression.captures_iter(text) {
            let Some(secret) = captures.name("secret").or_else(|| captures.get(0)) else { continue };
            let overlaps = found.iter().any(|other| other.at.start < secret.end() && secret.start() < other.at.end);
            if check(secret.as_str()) && !overlaps && !is_fake(secret.as_str()) {
                found.push(Sighting { kind, at: secret.range() });
            }
        }
    }
    found.sort_by_key(|sighting| sighting.at.start);
    found
}

/// The values next to names of secrets. `sign` is a text that all matches of the expression contain.
fn find_named(text: &str, sign: &str, expression: Option<&Regex>) -> Vec<Sighting> {
    let Some(expression) = expression.filter(|_| text.contains(sign)) else { return Vec::new() };
    let secrets = expression.captures_iter(text).filter_map(|captures| {
        let secret = captures.name("secret")?;
        let is_one = is_secret_name(captures.name("name")?.as_str()) && !is_fake(secret.as_str());
        is_one.then(|| Sighting { kind: "secret", at: secret.range() })
    });
    secrets.collect()
}

/// The user name and password in credentials of the scheme `Basic` (RFC 7617).
pub(super) fn credentials(encoded: &str) -> Option<(String, String)> {
    let decoded = GeneralPurpose::new(&alphabet::STANDARD, LENIENT).decode(encoded).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (name, password) = text.split_once(':')?;
    (!text.chars().any(char::is_control)).then(|| (name.to_owned(), password.to_owned()))
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

/// Whether a text only takes the place of a secret: `redacted`, `***`, `${token}`, `<token>`.
pub(super) fn is_fake(text: &str) -> bool {
    let text = text.trim();
    let mut chars = text.chars();
    let first = chars.next();
    text.is_empty()
        || text.contains(super::REDACTED)
        || chars.all(|c| Some(c) == first)
        || text.starts_with("${") && text.ends_with('}')
        || text.starts_with('<') && text.ends_with('>')
        || text.starts_with("{{") && text.ends_with("}}")
        || matches!(text, "null" | "true" | "false" | "undefined" | "none" | "None")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_compiles() {
        assert_eq!(COMPILED.len(), SHAPES.len() + CHECKED_SHAPES.len());
        assert!(ELEMENT.is_some() && PART.is_some() && PARAMETER.is_some());
    }

    // The samples are assembled here so that scanners don't take this file for a leak.
    #[test]
    fn secrets_are_recognized_by_their_look() {
        let many = |text: &str, times: usize| text.repeat(times);
        for (kind, text) in [
            ("JSON web token", String::from("a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl b")),
            ("AWS access key", format!("AKIA{}", many("A1B2", 4))),
            ("AWS secret key", format!("aws_secret_access_key = {}", many("aB3/x", 8))),
            ("GitHub token", format!("ghp_{}", many("a1B2", 9))),
            ("GitLab token", format!("glpat-{}", many("a1B2", 5))),
            ("Slack token", format!("xoxb-{}-{}", many("12", 6), many("aB1", 8))),
            ("Stripe key", format!("sk_live_{}", many("a1", 12))),
            ("Google API key", format!("AIza{}", many("aB1-_", 7))),
            ("API key", format!("sk-proj-{}", many("a1B2", 10))),
            ("npm token", format!("npm_{}", many("a1B2", 9))),
            (
                "private key",
                format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", many("abcd", 9)),
            ),
            ("password in an address", String::from("postgres://ada:hunter2@db.example/orders")),
            ("bearer token", String::from("Authorization: Bearer abc123def456")),
            ("basic credentials", String::from("Basic YWRhOmh1bnRlcjI=")),
            ("secret", String::from("log in with password=hunter2hunter")),
            ("secret", String::from("see /search?q=tea&access_token=LK9tok for more")),
            (
                "secret",
                String::from(
                    "--b\r\nContent-Disposition: form-data; name=\"password\"\r\nContent-Type: text/plain\r\n\r\ntea\r\n--b--",
                ),
            ),
            ("secret", String::from("<w:login><w:Password Type=\"text\"> pw1 </w:Password></w:login>")),
        ] {
            let found = sightings(&text);
            assert_eq!(found.first().map(|sighting| sighting.kind), Some(kind), "{text}");
        }
    }

    #[test]
    fn texts_that_are_not_secrets_are_left_alone() {
        for text in [
            "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11",
            "d41d8cd98f00b204e9800998ecf8427e",
            "2026-05-01T09:30:00Z",
            "W/\"5e1-PqfB/nKTO1bYx\"",
            "https://shop.example/orders/42?page=2",
            "a basic subscription",
            "the bearer of this letter",
            "password: required",
            "Bearer redacted",
            "/search?q=tea&page_token=abc&token=redacted",
            "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nada\r\n--b--",
            "token=${token}",
            "<token/><tokens>12</tokens><password></password><a>password</a>",
            "sk-1",
        ] {
            assert_eq!(sightings(text), [], "{text}");
        }
    }
}
