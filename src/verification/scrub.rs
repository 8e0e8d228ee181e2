//! Keeps credentials out of all output about a run: a provider may echo its requests.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::event::{Event, Finished};
use crate::interaction::basic_credentials;

/// The characters that are not encoded in an address (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The sign at the place where a text was cut.
const CUT: &str = "…";
/// The characters that may come between the cut and the rest: the end of a quotation, or of a line.
const CUT_OFF: &[char] = &['"', '`', '\\', '\n', ' '];

/// The replacement for a credential.
pub const REDACTED: &str = "[redacted]";

/// The shortest text that is taken for a credential, or for a piece of one: replacing shorter ones would damage half of
/// every text.
const SHORTEST: usize = 4;
/// The shortest value of a `name=value` that is taken for a credential. (In `charset=utf-8`, it isn't one.)
const SHORTEST_VALUE: usize = 6;

/// The texts that must not be shown.
#[derive(Clone, Default)]
pub struct Scrubber {
    /// In every form that they may have.
    secrets: Vec<String>,
    /// Those of them that are looked for in pieces. One with spaces would take ordinary words with it, and its own
    /// parts are looked for, too.
    breakable: Vec<String>,
}

impl Scrubber {
    /// Scrubs these values, the parts of them that follow a scheme or a name (`Bearer abc` and also `abc`), and their
    /// forms in JSON and addresses. Values of fewer than four characters are left.
    pub fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let parts: Vec<Cow<'_, str>> =
            values.into_iter().flat_map(parts).filter(|part| part.len() >= SHORTEST).collect();
        let mut secrets: Vec<String> = parts.iter().flat_map(|part| forms(part)).collect();
        // The longest first, so no part of one stays.
        secrets.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        secrets.dedup();
        let whole = parts.iter().filter(|part| !part.contains(char::is_whitespace));
        let breakable = whole.flat_map(|part| forms(part)).collect();
        Self { secrets, breakable }
    }

    /// A text without the credentials, and without the rest of one that was cut.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let text = self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED));
        if self.secrets.is_empty() || !text.contains(CUT) {
            return text;
        }
        let last = text.matches(CUT).count();
        let pieces = text.split(CUT).enumerate().map(|(index, piece)| {
            let piece = if index > 0 { self.without_end(piece) } else { piece.to_owned() };
            if index < last { self.without_beginning(&piece) } else { piece }
        });
        pieces.collect::<Vec<_>>().join(CUT)
    }

    /// A text without the beginning of a credential that it was cut in.
    fn without_beginning(&self, piece: &str) -> String {
        let text = piece.trim_end_matches(CUT_OFF);
        let beginnings = self.breakable.iter().flat_map(|secret| {
            secret.char_indices().map(|(at, _)| at).filter(|at| *at >= SHORTEST && text.ends_with(&secret[..*at]))
        });
        match beginnings.max() {
            Some(length) => format!("{}{REDACTED}{}", &text[..text.len() - length], &piece[text.len()..]),
            None => piece.to_owned(),
        }
    }

    /// A text without the end of a credential that it was cut in.
    fn without_end(&self, piece: &str) -> String {
        let text = piece.trim_start_matches(CUT_OFF);
        let ends = self.breakable.iter().flat_map(|secret| {
            let lengths = secret.char_indices().map(|(at, _)| secret.len() - at);
            lengths.filter(|length| *length >= SHORTEST && text.starts_with(&secret[secret.len() - length..]))
        });
        match ends.max() {
            Some(length) => format!("{}{REDACTED}{}", &piece[..piece.len() - text.len()], &text[length..]),
            None => piece.to_owned(),
        }
    }

    /// An event without the credentials.
    #[must_use]
    pub fn event(&self, event: Event) -> Event {
        match event {
            Event::Finished(mut finished) if !self.secrets.is_empty() => {
                self.finished(&mut finished);
                Event::Finished(finished)
            }
            other => other,
        }
    }

    fn finished(&self, finished: &mut Finished) {
        let scrub = |text: &mut String| *text = self.text(text);
        scrub(&mut finished.request);
        for shown in &mut finished.mismatches {
            let mismatch = &mut shown.mismatch;
            scrub(&mut mismatch.path);
            mismatch.expected.each_text(&mut |text| scrub(text));
            mismatch.actual.each_text(&mut |text| scrub(text));
            mismatch.hint.as_mut().map(scrub);
        }
        if let Some(error) = &mut finished.error {
            scrub(&mut error.message);
            error.detail.as_mut().map(scrub);
            error.help.iter_mut().for_each(scrub);
        }
        if let Some(bodies) = &mut finished.bodies {
            scrub(&mut bodies.expected);
            scrub(&mut bodies.actual);
        }
    }
}

/// A value, the part after its scheme, the values of its parameters, and the user name and password of Basic credentials,
/// which a provider may echo decoded.
fn parts(value: &str) -> Vec<Cow<'_, str>> {
    let words = value.split([' ', '\t', ',', ';']).skip(1);
    let parameters = value
        .split([' ', '\t', ',', ';'])
        .filter_map(|word| word.split_once('='))
        .map(|(_, value)| value.trim_matches('"'))
        .filter(|value| value.len() >= SHORTEST_VALUE);
    let decoded = value.split([' ', '\t']).filter_map(basic_credentials);
    let decoded = decoded.flat_map(|(name, password)| [format!("{name}:{password}"), password]).map(Cow::Owned);
    std::iter::once(value).chain(words).chain(parameters).map(Cow::Borrowed).chain(decoded).collect()
}

/// A text as it is, as in a JSON string, and as in an address.
fn forms(text: &str) -> [String; 3] {
    let json = serde_json::Value::from(text).to_string();
    let encoded = utf8_percent_encode(text, ENCODED).to_string();
    [text.to_owned(), json[1..json.len() - 1].to_owned(), encoded]
}

impl std::fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scrubber({})", crate::words::count(self.secrets.len(), "secret"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_and_its_part_behind_the_scheme_are_scrubbed() {
        let scrubber = Scrubber::new(["Bearer s3cr3t-token", "abc"]);
        assert_eq!(scrubber.text("you sent Bearer s3cr3t-token"), "you sent [redacted]");
        assert_eq!(scrubber.text("token s3cr3t-token, abc"), "token [redacted], abc");
        assert!(!format!("{scrubber:?}").contains("s3cr3t"));
    }

    #[test]
    fn it_is_scrubbed_in_the_forms_that_json_and_addresses_give_it() {
        let scrubber = Scrubber::new(["Basic s3c\"r/3t=="]);
        for text in ["s3c\"r/3t==", r#"s3c\"r/3t=="#, "s3c%22r%2F3t%3D%3D"] {
            assert_eq!(scrubber.text(&format!("<{text}>")), "<[redacted]>");
        }
        let cookie = Scrubber::new(["session=abcdef; theme=dark"]);
        assert_eq!(cookie.text("session abcdef has a dark theme"), "session [redacted] has a dark theme");
    }

    #[test]
    fn the_password_in_basic_credentials_is_scrubbed_where_it_is_decoded() {
        // eve:pa ss&w0rd
        let scrubber = Scrubber::new(["Basic ZXZlOnBhIHNzJncwcmQ="]);
        for text in ["pa ss&w0rd", "pa%20ss%26w0rd", "eve:pa ss&w0rd"] {
            assert_eq!(scrubber.text(&format!("<{text}>")), "<[redacted]>");
        }
        assert_eq!(scrubber.text("eve"), "eve", "the user name isn't a secret");
    }

    #[test]
    fn the_rest_of_a_cut_credential_is_scrubbed_too() {
        let scrubber = Scrubber::new(["Bearer s3cr3t-token"]);
        for (text, scrubbed) in [
            ("you sent s3cr3t…", "you sent [redacted]…"),
            (r#"got "s3cr3t-to"…"#, r#"got "[redacted]"…"#),
            ("you sent s3cr3t-to\n… (9 bytes in all)", "you sent [redacted]\n… (9 bytes in all)"),
            ("…3t-token came", "…[redacted] came"),
            ("a Bearer…", "a Bearer…"),
            ("s3c…ken", "s3c…ken"),
        ] {
            assert_eq!(scrubber.text(text), scrubbed);
        }
    }
}
