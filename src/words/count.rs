//! A number with its noun: `1 interaction`, `2 interactions`.

use std::fmt;

/// A number and the singular of the noun that it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    number: usize,
    singular: &'static str,
}

/// Counts `singular`: displays as `1 interaction` or `2 interactions`.
#[must_use]
pub const fn count(number: usize, singular: &'static str) -> Count {
    Count { number, singular }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.number == 1 {
            return write!(f, "1 {}", self.singular);
        }
        // English as far as Upheld's own nouns need it: entry → entries, match → matches, mismatch → mismatches.
        if let Some(stem) = self.singular.strip_suffix("ry") {
            return write!(f, "{} {stem}ries", self.number);
        }
        write!(f, "{} {}", self.number, self.singular)?;
        f.write_str(if self.singular.ends_with("ch") || self.singular.ends_with('s') { "es" } else { "s" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_everything_else_is_plural() {
        assert_eq!(count(0, "interaction").to_string(), "0 interactions");
        assert_eq!(count(1, "interaction").to_string(), "1 interaction");
        assert_eq!(count(2, "mismatch").to_string(), "2 mismatches");
        assert_eq!(count(2, "entry").to_string(), "2 entries");
    }
}
