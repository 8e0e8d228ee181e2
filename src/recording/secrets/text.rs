//! All secrets of a text: by the names beside them, by their shapes, and in texts that are encoded inside of it.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::Regex;

use super::fields::named_values;
use super::markup::marked_up;
use super::names::named;
use super::shapes::{Sighting, base64_text, shaped};
use super::table::columns;
use super::values::REDACTED;

/// How many encodings inside of each other are undone.
const MOST_NESTED: usize = 3;

/// A part of a `multipart/form-data` body (RFC 7578): its name, and its content up to the next boundary.
static PART: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)content-disposition:[^\r\n]*;\s*name="?(?P<name>[^"\r\n;]+)"?[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n(?P<secret>(?s:.+?))\r?\n--"#).ok()
});
/// A piece of a text in percent-encoding, with at least one encoded character.
static PERCENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9._~+*!-]*(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~+*!-]*)+").ok());
/// A piece of a text that can be base64 of a text that is worth a look.
static BASE64: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_-]{16,}={0,2}").ok());

/// All secrets of a text, in order and without overlaps. `is_sent` says that the text is in a request.
pub(super) fn sightings(text: &str, is_sent: bool) -> Vec<Sighting> {
    find(text, is_sent, 0)
}

/// The text without the secrets that can be recognized without knowing any.
pub(in crate::recording) fn redacted_text(text: &str, is_sent: bool) -> String {
    let mut clean = text.to_owned();
    for sighting in sightings(text, is_sent).into_iter().rev() {
        clean.replace_range(sighting.at, REDACTED);
    }
    clean
}

fn find(text: &str, is_sent: bool, depth: usize) -> Vec<Sighting> {
    let mut found = named_values(text, is_sent);
    if text.contains('<') {
        found.extend(marked_up(text, is_sent));
    }
    if text.contains("name=") || text.contains("Name=") {
        found.extend(parts(text, is_sent));
    }
    if text.contains('\n') {
        found.extend(columns(text, is_sent));
    }
    found.extend(shaped(text));
    if depth < MOST_NESTED {
        if text.contains('%') {
            let decode = |piece: &str| percent_decode_str(piece).decode_utf8().ok().map(std::borrow::Cow::into_owned);
            found.extend(encoded(text, PERCENT.as_ref(), decode, is_sent, depth));
        }
        found.extend(encoded(text, BASE64.as_ref(), base64_text, is_sent, depth));
    }
    merge(found)
}

/// The pieces of a text that are a secret once they are decoded.
fn encoded(
    text: &str,
    expression: Option<&Regex>,
    decode: impl Fn(&str) -> Option<String>,
    is_sent: bool,
    depth: usize,
) -> Vec<Sighting> {
    let pieces = expression.into_iter().flat_map(|expression| expression.find_iter(text));
    pieces
        .filter_map(|piece| {
            let decoded = decode(piece.as_str()).filter(|decoded| decoded != piece.as_str())?;
            let kind = find(&decoded, is_sent, depth + 1).first()?.kind;
            Some(Sighting { kind, at: piece.range() })
        })
        .collect()
}

/// The secrets in the parts of a multipart body.
fn parts(text: &str, is_sent: bool) -> Vec<Sighting> {
    let Some(expression) = PART.as_ref() else { return Vec::new() };
    let secrets = expression.captures_iter(text).filter_map(|captures| {
        let (name, secret) = (captures.name("name")?, captures.name("secret")?);
        let named = named(name.as_str());
        named.is_secret(secret.as_str(), is_sent).then(|| Sighting { kind: named.kind(), at: secret.range() })
    });
    secrets.collect()
}

/// The sightings in order, with those that overlap as one.
fn merge(mut found: Vec<Sighting>) -> Vec<Sighting> {
    found.sort_by_key(|sighting| (sighting.at.start, std::cmp::Reverse(sighting.at.end)));
    let mut merged: Vec<Sighting> = Vec::with_capacity(found.len());
    for sighting in found {
        match merged.last_mut() {
            Some(last) if sighting.at.start < last.at.end => last.at.end = last.at.end.max(sighting.at.end),
            _ => merged.push(sighting),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    // The samples are assembled here so that scanners don't take this file for a leak.
    #[test]
    fn secrets_are_recognized_by_their_look() {
        let many = |text: &str, times: usize| text.repeat(times);
        for (kind, text) in [
            ("JSON web token", String::from("a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl b")),
            ("AWS access key", format!("AKIA{}", many("A1B2", 4))),
            ("secret", format!("aws_secret_access_key = {}", many("aB3/x", 8))),
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
            ("secret", String::from("Authorization: Bearer abc123def456")),
            ("basic credentials", String::from("Basic YWRhOmh1bnRlcjI=")),
            ("password", String::from("log in with password=hunter2hunter")),
            ("secret", String::from("see /search?q=tea&access_token=LK9tok for more")),
            (
                "password",
                String::from(
                    "--b\r\nContent-Disposition: form-data; name=\"password\"\r\nContent-Type: text/plain\r\n\r\ntea\r\n--b--",
                ),
            ),
            ("password", String::from("<w:login><w:Password Type=\"text\"> pw1 </w:Password></w:login>")),
        ] {
            let found = sightings(&text, true);
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
            assert_eq!(sightings(text, true), [], "{text}");
        }
    }

    /// Each of these would take minutes if the work grew with the square of the length.
    #[test]
    fn hostile_texts_are_searched_in_time() {
        for piece in [
            "token:",
            "<a ",
            "<a b=",
            "token:{",
            "token:\"",
            "token: \\",
            "<token><![CDATA[",
            "a;b\n",
            "%41%",
            "x=eyJhbGci",
        ] {
            let text = piece.repeat(60_000 / piece.len());
            let _ = sightings(&text, true);
        }
    }
}
