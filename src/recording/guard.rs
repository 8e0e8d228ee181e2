//! The last check of every text before it is written or shown: it must not contain a secret of the recording, however
//! that is spelled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::place::{Place, Side};
use crate::interaction::{Part, urlencoded};

/// The text that stands for a secret.
pub const REDACTED: &str = crate::interaction::REDACTED;

/// A secret that was found, without its text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundSecret {
    /// `bearer token`, `password`.
    pub kind: &'static str,
    pub place: Place,
    /// The request whose exchange it was in: `POST /login`. Nothing for credentials, which many requests share.
    pub request: Option<String>,
    /// The number of messages that it was in.
    pub times: usize,
}

impl FoundSecret {
    /// The header of a request that the secret was in, if it was in one.
    #[must_use]
    pub fn request_header(&self) -> Option<&str> {
        self.place.is_in(Side::Request, Part::Header).then_some(self.place.inside.as_str())
    }

    /// The place of the secret: `request body password of POST /login`.
    #[must_use]
    pub fn location(&self) -> String {
        match &self.request {
            Some(request) => format!("{} of {request}", self.place),
            None => self.place.to_string(),
        }
    }
}

/// Finds the secrets of a recording in texts: plain, and encoded as in URLs, base64 and JSON.
pub struct Guard {
    search: Option<AhoCorasick>,
    /// The secret of each pattern of `search`.
    secrets: Vec<FoundSecret>,
}

impl Guard {
    pub(super) fn new(found: &BTreeMap<String, FoundSecret>) -> Self {
        let mut patterns: BTreeMap<String, FoundSecret> = BTreeMap::new();
        for (secret, found) in found {
            for spelling in spellings(secret) {
                patterns.entry(spelling).or_insert_with(|| found.clone());
            }
        }
        let secrets: Vec<FoundSecret> = patterns.values().cloned().collect();
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns.keys());
        Self { search: search.ok().filter(|_| !patterns.is_empty()), secrets }
    }

    /// The first secret in a text.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&FoundSecret> {
        self.find_in(text.as_bytes())
    }

    pub(super) fn find_in(&self, bytes: &[u8]) -> Option<&FoundSecret> {
        let found = self.search.as_ref()?.find(bytes)?;
        self.secrets.get(found.pattern().as_usize())
    }

    /// The text with all secrets replaced, and the kind of the first one; `None` if it contains no secret.
    pub(super) fn replace(&self, text: &str) -> Option<(String, &'static str)> {
        let search = self.search.as_ref()?;
        let first = search.find(text)?;
        let kind = self.secrets.get(first.pattern().as_usize())?.kind;
        let mut clean = String::with_capacity(text.len());
        search.replace_all_with(text, &mut clean, |_, _, clean| {
            clean.push_str(REDACTED);
            true
        });
        Some((clean, kind))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

/// All spellings that a secret may have in a text.
fn spellings(secret: &str) -> BTreeSet<String> {
    let json = Value::String(secret.to_owned()).to_string();
    BTreeSet::from([
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        urlencoded::write(&[(String::new(), vec![secret.to_owned()])].into_iter().collect()).split_off(1),
        json[1..json.len() - 1].to_owned(),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ])
}
