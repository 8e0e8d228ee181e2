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

/// Reads a length of time: a number and its unit, `500ms`, `30s`, `2m`, `1h`.
///
/// # Errors
///
/// If the text is not a duration, with the reason as a sentence without a full stop.
pub fn read_duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text.trim()[digits.len()..];
    let wrong = || format!("`{text}` isn't a length of time");
    let number: f64 = digits.trim().parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" | "sec" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return Err(wrong()),
    };
    // A day is longer than anything here waits for, and far from overflowing a clock.
    if !(0.001..=86_400.0).contains(&seconds) {
        return Err(format!("`{text}` is not between a millisecond and a day"));
    }
    Ok(Duration::from_secs_f64(seconds))
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

    #[test]
    fn a_length_of_time_is_a_number_and_its_unit() {
        assert_eq!(read_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(read_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(read_duration("2m"), Ok(Duration::from_mins(2)));
        for text in ["", "5", "s", "-1s", "0s", "1e99h", "NaNs", "5 parsecs"] {
            assert!(read_duration(text).is_err(), "{text}");
        }
    }
}
