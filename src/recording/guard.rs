//! The last look at what is to be written or shown: whether a secret of the recording is in it, however it is spelled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::contract::urlencoded;

/// The text that stands for a secret.
pub const REDACTED: &str = "redacted";

/// A secret that was found, without the secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundSecret {
    /// `bearer token`, `password`.
    pub kind: &'static str,
    /// `request body password of POST /login`.
    pub place: String,
    /// In how many messages.
    pub times: usize,
}

impl FoundSecret {
    /// The header of a request that the secret stood in, if it was in one.
    #[must_use]
    pub fn request_header(&self) -> Option<&str> {
        self.place.strip_prefix("request header ")?.split(' ').next()
    }
}

/// Finds the secrets of a recording in texts: as they are, and as they are encoded in addresses, in base64 and in JSON.
pub struct Guard {
    search: Option<AhoCorasick>,
    /// The secret that each pattern is a spelling of.
    of_pattern: Vec<FoundSecret>,
}

impl Guard {
    pub(super) fn new(secrets: &BTreeMap<String, FoundSecret>) -> Self {
        let mut patterns: BTreeMap<String, FoundSecret> = BTreeMap::new();
        for (secret, found) in secrets {
            for spelling in spellings(secret) {
                patterns.entry(spelling).or_insert_with(|| found.clone());
            }
        }
        let of_pattern: Vec<FoundSecret> = patterns.values().cloned().collect();
        let search = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns.keys());
        Self { search: search.ok().filter(|_| !patterns.is_empty()), of_pattern }
    }

    /// The first secret in a text.
    #[must_use]
    pub fn leak(&self, text: &str) -> Option<&FoundSecret> {
        self.leak_in(text.as_bytes())
    }

    pub(super) fn leak_in(&self, bytes: &[u8]) -> Option<&FoundSecret> {
        let found = self.search.as_ref()?.find(bytes)?;
        self.of_pattern.get(found.pattern().as_usize())
    }

    /// The text with each secret in it replaced; nothing where there is none.
    pub(super) fn replaced(&self, text: &str) -> Option<(String, &'static str)> {
        let search = self.search.as_ref()?;
        let first = search.find(text)?;
        let kind = self.of_pattern.get(first.pattern().as_usize())?.kind;
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

/// How a secret may be spelled in a text.
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
