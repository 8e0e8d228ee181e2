//! Lengths of time as a person writes them: `300 ms`, `30 s`, `1.5 s`.

use std::fmt;
use std::time::Duration;

/// A length of time that displays itself: below a second in milliseconds, from there in seconds with at most one
/// digit behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown(Duration);

/// Shows a length of time.
#[must_use]
pub const fn duration(duration: Duration) -> Shown {
    Shown(duration)
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        if milliseconds < 1000 {
            return write!(f, "{milliseconds} ms");
        }
        match ((milliseconds + 50) / 1000, (milliseconds + 50) % 1000 / 100) {
            (seconds, 0) => write!(f, "{seconds} s"),
            (seconds, tenths) => write!(f, "{seconds}.{tenths} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_no_more_digits_than_a_reader_needs() {
        for (milliseconds, expected) in [(0, "0 ms"), (300, "300 ms"), (1000, "1 s"), (1549, "1.5 s"), (30_000, "30 s")]
        {
            assert_eq!(duration(Duration::from_millis(milliseconds)).to_string(), expected);
        }
    }
}
