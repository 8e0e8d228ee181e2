//! Replaces the secrets of paths: tokens in links, session ids in parameters (`;jsessionid=…`), and all known secrets.

use percent_encoding::percent_decode_str;

use super::names::named;
use super::text::sightings;
use super::values::{NO_UUID, REDACTED};
use crate::contract::Format;
use crate::matching::has_format;

/// How many segments before a secret may say that it is one.
const CONTEXT: usize = 3;

/// A path with all segments replaced that hold secrets, as far as they can be recognized without knowing any.
#[must_use]
pub fn redacted_path(path: &str) -> String {
    clean_path(path, &mut |_| None, &mut |_, _| {}).unwrap_or_else(|| path.to_owned())
}

/// The path without secrets; `None` if it contains none. `known` is the kind of secret in a text, if it contains
/// a known one; `note` gets each secret with its kind.
pub(super) fn clean_path(
    path: &str,
    known: &mut dyn FnMut(&str) -> Option<&'static str>,
    note: &mut dyn FnMut(&str, &'static str),
) -> Option<String> {
    let (mut changed, mut before) = (false, Vec::new());
    let mut clean = Vec::new();
    for segment in path.split('/') {
        let mut pieces = segment.split(';');
        let first = pieces.next().unwrap_or_default();
        let mut edit = |text: &str, kind: Option<&'static str>| match kind {
            Some(kind) => {
                note(text, kind);
                changed = true;
                if has_format(Format::Uuid, text) { NO_UUID.to_owned() } else { REDACTED.to_owned() }
            }
            None => text.to_owned(),
        };
        let decoded = percent_decode_str(first).decode_utf8_lossy().into_owned();
        let kind = known(first).or_else(|| known(&decoded)).or_else(|| kind_of(&before, &decoded));
        let mut edited = edit(if kind.is_some() { &decoded } else { first }, kind);
        for parameter in pieces {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let decoded = percent_decode_str(value).decode_utf8_lossy().into_owned();
            let by_name = named(name).is_secret(&decoded, true).then_some("session");
            let kind = by_name.or_else(|| known(&decoded)).or_else(|| kind_of(&[], &decoded));
            edited.push(';');
            edited.push_str(name);
            if parameter.contains('=') {
                edited.push('=');
                edited.push_str(&edit(if kind.is_some() { &decoded } else { value }, kind));
            }
        }
        clean.push(edited);
        before.push(first);
    }
    changed.then(|| clean.join("/"))
}

/// The kind of secret in a segment, if there is one. The segments before it may say what it is for: `/reset/…`.
fn kind_of(before: &[&str], segment: &str) -> Option<&'static str> {
    let before = before.get(before.len().saturating_sub(CONTEXT)..).unwrap_or_default().join("/");
    let text = format!("/{before}/{segment}");
    let begin = text.len() - segment.len();
    sightings(&text, true).into_iter().find(|sighting| sighting.at.end > begin).map(|sighting| sighting.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_paths_are_replaced() {
        for (path, expected) in [
            ("/reset/Zk72pQ8vLr4Tn9Xw", "/reset/redacted"),
            ("/users/1/verify-email/a7Kq29Lm", "/users/1/verify-email/redacted"),
            (
                "/password-reset/6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11/form",
                "/password-reset/00000000-0000-4000-8000-000000000000/form",
            ),
            ("/orders;jsessionid=AB12CD/1;v=2", "/orders;jsessionid=redacted/1;v=2"),
            ("/u/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "/u/redacted"),
            ("/token=abc123def456", "/redacted"),
            ("/services/T0ABCDEF/B0ABCDEF/aB3dE5gH7jK9mN1pQ2rS", "/services/T0ABCDEF/B0ABCDEF/redacted"),
        ] {
            assert_eq!(redacted_path(path), expected, "{path}");
        }
        for path in [
            "/orders/6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11",
            "/commits/9701a88f3d0c9d5f0a3f1f6a2b11aa00bb11cc22",
            "/reset/password",
            "/verify/email",
            "/tokens/42",
            "/a//b/",
            "/files/Annual-Report-2026.pdf",
            "/%C3%A9",
        ] {
            assert_eq!(redacted_path(path), path);
        }
    }
}
