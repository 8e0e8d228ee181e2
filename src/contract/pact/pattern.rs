//! Regular expressions of Pact files, which were written for the engines of other languages.

use std::collections::HashMap;
use std::sync::Arc;

use fancy_regex::{Regex, RegexBuilder};

/// A regular expression of a Pact file. Those of other languages come with things that no engine of linear time has:
/// what looks around and refers back is tried for so many steps and no longer.
#[derive(Clone, Debug)]
pub struct PactRegex {
    text: Arc<str>,
    regex: Arc<Regex>,
}

/// How many steps back an expression may take on one text, and how long it may be in bytes.
const MOST_STEPS: usize = 100_000;
const MOST_BYTES: usize = 20_000;

impl PactRegex {
    /// Compiles an expression, which then has to match a whole text, as Pact's verifier has it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        Self::within(LARGE_MEMORY, text)
    }

    /// Compiles an expression that may take so many bytes of memory.
    fn within(memory: usize, text: &str) -> Result<Self, String> {
        if text.len() > MOST_BYTES {
            return Err(format!("a regular expression may have {MOST_BYTES} bytes"));
        }
        // Other languages write the end of a text with letters that mean nothing here, or something else.
        let spelled = text.replace(r"\Z", r"\z");
        let compile = |text: &str| {
            let mut builder = RegexBuilder::new(text);
            builder.backtrack_limit(MOST_STEPS).delegate_size_limit(memory).delegate_dfa_size_limit(1 << 20);
            builder.build()
        };
        // Alone first, so that `a)|(b` does not slip through the group.
        compile(&spelled).map_err(|error| error.to_string())?;
        let regex = compile(&format!(r"\A(?:{spelled})\z"))
            .or_else(|_| compile(&format!("\\A(?:{spelled}\n)\\z")))
            .map_err(|error| error.to_string())?;
        Ok(Self { text: Arc::from(text), regex: Arc::new(regex) })
    }

    /// Whether the whole text matches; one that takes too many steps does not.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text).unwrap_or(false)
    }

    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for PactRegex {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// How much memory an expression takes at most, of almost all that people write, in bytes; and how much one may take at
/// all.
const COMMON_MEMORY: usize = 256 << 10;
const LARGE_MEMORY: usize = 10 << 20;
/// How many expressions of a file may take more than most do, and how many there may be.
const MOST_LARGE: usize = 20;
const MOST_EXPRESSIONS: usize = 5000;

/// The regular expressions of a file: what stands there often is compiled once, and all of them together take no more
/// memory than there is.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    known: HashMap<String, Result<PactRegex, String>>,
    large: usize,
}

impl Expressions {
    pub(super) fn compiled(&mut self, text: &str) -> Result<PactRegex, String> {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        if self.known.len() >= MOST_EXPRESSIONS {
            return Err(format!("a file has at most {MOST_EXPRESSIONS} different regular expressions"));
        }
        let mut compiled = PactRegex::within(COMMON_MEMORY, text);
        if compiled.is_err() && self.large < MOST_LARGE {
            // Too large, or broken: the second try tells.
            self.large += 1;
            compiled = PactRegex::new(text);
        }
        let compiled = compiled.map_err(|why| format!("this regular expression can't be used: {why}"));
        self.known.insert(text.to_owned(), compiled.clone());
        compiled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_expressions_match_whole_texts_and_may_look_around() {
        for (regex, text, fits) in [
            ("paid|open", "open", true),
            ("paid|open", "unpaid", false),
            (r"\d+", "12a", false),
            ("^a.*z$", "abz", true),
            (r"^(?!x)\w+$", "abc", true),
            (r"^(?!x)\w+$", "xbc", false),
            (r"(a)\1", "aa", true),
            (r"\d\Z", "1", true),
            ("(?x) a # an a", "a", true),
        ] {
            assert_eq!(PactRegex::new(regex).unwrap().matches(text), fits, "{regex} {text}");
        }
        assert!(PactRegex::new("a)|(b").is_err());
        let bomb = PactRegex::new(r"^(a+)+\1$").unwrap();
        assert!(!bomb.matches(&format!("{}b", "a".repeat(200))));
    }
}
