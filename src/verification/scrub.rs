//! Keeps credentials out of everything that is told of a run: a provider may echo what it was sent.

use super::event::{Event, Finished};

/// What stands in the place of a credential.
pub const REDACTED: &str = "[redacted]";

/// The texts that must not be shown.
#[derive(Clone, Default)]
pub struct Scrubber(Vec<String>);

impl Scrubber {
    /// Scrubs these values, and the parts of them that follow a scheme (`Bearer abc` and also `abc`). What is shorter
    /// than four characters is left: it would take half of every text with it.
    pub fn new<'v>(values: impl IntoIterator<Item = &'v str>) -> Self {
        let mut secrets: Vec<String> = values
            .into_iter()
            .flat_map(|value| std::iter::once(value).chain(value.split_whitespace().skip(1)))
            .filter(|secret| secret.len() >= 4)
            .map(str::to_owned)
            .collect();
        // The longest first, so that no part of one stays.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self(secrets)
    }

    /// A text without the credentials.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED))
    }

    /// An event without the credentials.
    #[must_use]
    pub fn event(&self, event: Event) -> Event {
        match event {
            Event::Finished(mut finished) if !self.0.is_empty() => {
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
            for text in [&mut mismatch.path, &mut mismatch.expected, &mut mismatch.actual]
                .into_iter()
                .chain(mismatch.hint.as_mut())
            {
                scrub(text);
            }
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

impl std::fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scrubber({})", crate::words::count(self.0.len(), "secret"))
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
}
