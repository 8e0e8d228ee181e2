//! Replaces the secrets of texts, and lists every replacement with its place.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use super::guard::{FoundSecret, Guard, KnownSecret, KnownSecrets};
use super::shapes::base64_text;
use super::text::sightings;
use super::values::{REDACTED, is_code, is_distinctive, is_fake, is_rare_word};
use crate::interaction::basic_credentials;
use crate::recording::place::{Place, Side};

/// Secrets by place, request and kind, with the number of messages that they were in.
pub(super) type Places = BTreeMap<(Place, Option<String>, &'static str), usize>;

/// How sure it is that a text is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Certainty {
    Sure,
    /// It is a cookie whose name says nothing.
    Doubtful,
}

/// Replaces secrets, and notes where.
pub(super) struct Editor<'g> {
    pub guard: &'g Guard,
    /// The secrets that were found, by their texts.
    pub known: KnownSecrets,
    /// The number of the exchange that is being edited, and its request: `POST /login`.
    pub exchange: usize,
    pub request: String,
    /// Whether a parameter or field `code` in it is a secret: it is a step of a login.
    pub is_login: bool,
    pub found: Places,
    pub unplaced: Places,
}

impl<'g> Editor<'g> {
    pub(super) fn new(guard: &'g Guard) -> Self {
        Self {
            guard,
            known: KnownSecrets::default(),
            exchange: 0,
            request: String::new(),
            is_login: false,
            found: Places::new(),
            unplaced: Places::new(),
        }
    }

    pub(super) fn note_found(&mut self, place: Place, kind: &'static str) {
        *self.found.entry((place, Some(self.request.clone()), kind)).or_default() += 1;
    }

    pub(super) fn note_unplaced(&mut self, place: Place, kind: &'static str) {
        *self.unplaced.entry((place, Some(self.request.clone()), kind)).or_default() += 1;
    }

    /// Remembers a secret to find it elsewhere, and its parts: `Bearer abc` also as `abc`, credentials also as their
    /// password, and texts that are encoded in it.
    pub(super) fn know(&mut self, secret: &str, kind: &'static str, place: &Place, certainty: Certainty) {
        let secret = secret.trim();
        self.know_exactly(secret, kind, place, certainty);
        if secret.contains('\\')
            && let Ok(plain) = serde_json::from_str::<String>(&format!("\"{secret}\""))
        {
            self.know_exactly(&plain, kind, place, certainty);
        }
        let rest = secret.split_once(' ').filter(|(scheme, _)| is_scheme(scheme)).map_or(secret, |(_, rest)| rest);
        if rest != secret {
            self.know_exactly(rest, kind, place, certainty);
        }
        if let Some((_, password)) = basic_credentials(rest) {
            self.know_exactly(&password, "password", place, certainty);
        }
        let percent = percent_decode_str(secret).decode_utf8_lossy();
        for decoded in [Some(percent.into_owned()).filter(|decoded| decoded != secret), base64_text(secret)] {
            for sighting in decoded.iter().flat_map(|decoded| sightings(decoded, place.side == Side::Request)) {
                let inner = decoded.as_deref().and_then(|decoded| decoded.get(sighting.at)).unwrap_or_default();
                self.know_exactly(inner, sighting.kind, place, certainty);
            }
        }
    }

    fn know_exactly(&mut self, secret: &str, kind: &'static str, place: &Place, certainty: Certainty) {
        let secret = secret.trim();
        if is_fake(secret) {
            return;
        }
        let known = || KnownSecret {
            found: FoundSecret { kind, place: place.clone(), request: None, times: 1 },
            exchange: self.exchange,
            is_doubtful: certainty == Certainty::Doubtful,
        };
        let list = if is_distinctive(secret) {
            &mut self.known.anywhere
        } else if kind == "password" && is_rare_word(secret) {
            &mut self.known.words
        } else {
            if is_code(secret) {
                self.known.codes.insert((self.exchange, secret.to_owned()));
            }
            return;
        };
        let known = known();
        let entry = list.entry(secret.to_owned()).or_insert_with(|| known.clone());
        if entry.is_doubtful && !known.is_doubtful {
            *entry = known;
        }
    }

    /// The text without secrets, and the kind of the first one; `None` if it contains no secret.
    pub(super) fn clean(&mut self, text: &str, place: &Place) -> Option<(String, &'static str)> {
        let known = self.guard.replace_in(self.exchange, text);
        let text = known.as_ref().map_or(text, |(clean, _)| clean);
        let sightings = sightings(text, place.side == Side::Request);
        let Some(first) = sightings.first() else { return known };
        let kind = known.as_ref().map_or(first.kind, |(_, kind)| *kind);
        let mut clean = String::with_capacity(text.len());
        let mut next = 0;
        for sighting in &sightings {
            self.know(&text[sighting.at.clone()], sighting.kind, place, Certainty::Sure);
            clean.push_str(&text[next..sighting.at.start]);
            clean.push_str(REDACTED);
            next = sighting.at.end;
        }
        clean.push_str(&text[next..]);
        Some((clean, kind))
    }
}

/// Whether a word is a scheme of credentials (RFC 9110, section 11.1, and those of some services).
fn is_scheme(word: &str) -> bool {
    ["basic", "bearer", "token", "apikey", "ssws", "hmac", "negotiate", "genie-key", "sso-key", "dpop"]
        .contains(&word.trim_end_matches(':').to_ascii_lowercase().as_str())
}
