//! The last check of every text before it is written or shown: it must not contain a secret of the recording, however
//! that is spelled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::values::REDACTED;
use crate::interaction::{Part, urlencoded};
use crate::recording::place::{Place, Side};

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

/// A secret that is known by its text.
#[derive(Clone, Debug)]
pub(super) struct KnownSecret {
    pub found: FoundSecret,
    /// The number of the exchange that it was found in.
    pub exchange: usize,
    /// It may be no secret at all: a cookie whose name says nothing.
    pub is_doubtful: bool,
}

/// The secrets of a recording by their texts.
#[derive(Debug, Default)]
pub(super) struct KnownSecrets {
    /// Those that are distinctive enough to be found anywhere.
    pub anywhere: BTreeMap<String, KnownSecret>,
    /// Passwords that are only a word: they are found only as a whole word.
    pub words: BTreeMap<String, KnownSecret>,
    /// Short ones, such as the code in a text message, with the number of their exchange: they are found only there, as a
    /// whole word.
    pub codes: BTreeSet<(usize, String)>,
}

/// Finds the secrets of a recording in texts: plain, and encoded as in URLs, base64, JSON and XML.
#[derive(Default)]
pub struct Guard {
    search: Option<AhoCorasick>,
    /// The secret of each pattern of `search`.
    secrets: Vec<KnownSecret>,
    words: Option<AhoCorasick>,
    /// The kind of each pattern of `words`.
    word_kinds: Vec<&'static str>,
    /// Short secrets by the numbers of their exchanges.
    codes: BTreeSet<(usize, String)>,
}

impl Guard {
    pub(super) fn new(known: &KnownSecrets) -> Self {
        let mut patterns: BTreeMap<String, KnownSecret> = BTreeMap::new();
        for (secret, found) in &known.anywhere {
            for spelling in spellings(secret) {
                patterns.entry(spelling).or_insert_with(|| found.clone());
            }
        }
        let search = |patterns: &mut dyn Iterator<Item = &String>| {
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()
        };
        Self {
            search: search(&mut patterns.keys()).filter(|_| !patterns.is_empty()),
            secrets: patterns.values().cloned().collect(),
            words: search(&mut known.words.keys()).filter(|_| !known.words.is_empty()),
            word_kinds: known.words.values().map(|word| word.found.kind).collect(),
            codes: known.codes.clone(),
        }
    }

    /// Says where each secret was found, once the requests can be shown: `lines` has one for each exchange.
    pub(super) fn name_requests(&mut self, lines: &[String]) {
        for secret in &mut self.secrets {
            secret.found.request = lines.get(secret.exchange).cloned();
        }
    }

    /// The first secret in a text. Passwords that are only a word don't count: they may be there by chance.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&FoundSecret> {
        let found = self.search.as_ref()?.find(text)?;
        self.secrets.get(found.pattern().as_usize()).map(|secret| &secret.found)
    }

    /// The text with all secrets replaced, for output.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        self.replace(text).map_or_else(|| text.to_owned(), |(clean, _)| clean)
    }

    /// The text with all secrets replaced, and the kind of the first one; `None` if it contains no secret.
    pub(super) fn replace(&self, text: &str) -> Option<(String, &'static str)> {
        let mut kind = None;
        let mut clean = text.to_owned();
        if let Some(search) = &self.search
            && let Some(first) = search.find(text)
        {
            kind = self.secrets.get(first.pattern().as_usize()).map(|secret| secret.found.kind);
            clean.clear();
            search.replace_all_with(text, &mut clean, |_, _, clean| {
                clean.push_str(REDACTED);
                true
            });
        }
        if let Some(words) = &self.words
            && words.is_match(&clean)
        {
            let text = std::mem::take(&mut clean);
            words.replace_all_with(&text, &mut clean, |found, word, clean| {
                let alone = is_alone(&text, found.range());
                if alone {
                    kind = kind.or(self.word_kinds.get(found.pattern().as_usize()).copied());
                }
                clean.push_str(if alone { REDACTED } else { word });
                true
            });
        }
        kind.map(|kind| (clean, kind))
    }
}

impl Guard {
    /// The same for a text of one exchange, in which its short secrets count, too.
    pub(super) fn replace_in(&self, exchange: usize, text: &str) -> Option<(String, &'static str)> {
        let mut replaced = self.replace(text);
        for (_, code) in self.codes.range((exchange, String::new())..(exchange + 1, String::new())) {
            let before = replaced.as_ref().map_or(text, |(clean, _)| clean);
            let mut clean = String::new();
            let mut next = 0;
            for (at, found) in before.match_indices(code.as_str()) {
                if is_alone(before, at..at + found.len()) {
                    clean.push_str(&before[next..at]);
                    clean.push_str(REDACTED);
                    next = at + found.len();
                }
            }
            if next > 0 {
                clean.push_str(&before[next..]);
                replaced = Some((clean, replaced.map_or("secret", |(_, kind)| kind)));
            }
        }
        replaced
    }
}

/// Whether a part of a text is a whole word.
fn is_alone(text: &str, at: Range<usize>) -> bool {
    !text[..at.start].ends_with(char::is_alphanumeric) && !text[at.end..].starts_with(char::is_alphanumeric)
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

/// The characters that browsers don't encode in a part of an address (`encodeURIComponent`).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// All spellings that a secret may have in a text.
fn spellings(secret: &str) -> BTreeSet<String> {
    let json = Value::String(secret.to_owned()).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let form = urlencoded::encode(secret);
    let markup = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    BTreeSet::from([
        secret.to_owned(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(secret, COMPONENT).to_string(),
        with_small_digits(&form),
        form.replace("%20", "+"),
        form,
        json.replace('/', "\\/"),
        json,
        markup.replace('"', "&quot;"),
        markup,
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ])
}

/// A text in percent-encoding with lower-case digits, as some programs write them.
fn with_small_digits(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (digits, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        format!("{text}%{}{rest}", digits.to_ascii_lowercase())
    })
}
