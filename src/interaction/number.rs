//! Numbers by value, computed from their digits: 1 is 1.0 and 10e-1, but 9007199254740993 isn't 9007199254740992.

use serde_json::Number;

/// A decimal number: `digits` × 10^`exponent`, without leading or trailing zeros: each value has one form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// The value of a JSON number.
    #[must_use]
    pub fn of(number: &Number) -> Self {
        Self::parse(number.as_str())
    }

    /// The value of a JSON number's text.
    fn parse(text: &str) -> Self {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // Nobody means an exponent beyond i64, so the two ends of the range represent all of them.
        let written: i64 =
            exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
        let digits = format!("{whole}{fraction}");
        let trimmed = digits.trim_end_matches('0');
        let dropped = digits.len() - trimmed.len();
        let digits = trimmed.trim_start_matches('0');
        if digits.is_empty() {
            return Self { negative: false, digits: String::new(), exponent: 0 };
        }
        let shift = i64::try_from(dropped).unwrap_or(i64::MAX) - i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        Self { negative, digits: digits.to_owned(), exponent: written.saturating_add(shift) }
    }

    /// Whether it has no fraction.
    #[must_use]
    pub const fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The spelling that all equal numbers share: their digits, and the exponent unless it is 0.
    #[must_use]
    pub fn canonical(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        match (self.digits.as_str(), self.exponent) {
            ("", _) => String::from("0"),
            (digits, 0) => format!("{sign}{digits}"),
            (digits, exponent) => format!("{sign}{digits}e{exponent}"),
        }
    }
}

/// Whether two JSON numbers have the same value.
#[must_use]
pub fn same_number(a: &Number, b: &Number) -> bool {
    a.as_str() == b.as_str() || Decimal::of(a) == Decimal::of(b)
}

/// Whether a JSON number has no fraction.
#[must_use]
pub fn is_integer(number: &Number) -> bool {
    // The fast way: almost all integers are written as such.
    number.as_str().bytes().all(|b| b.is_ascii_digit() || b == b'-') || Decimal::of(number).is_integer()
}

/// Whether two values are the same. Numbers are compared by value; the order of an object's keys makes no difference.
#[must_use]
pub fn same_value(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::{Array, Number, Object};
    match (a, b) {
        (Number(a), Number(b)) => same_number(a, b),
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_value(a, b)),
        (Object(a), Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same_value(a, b)))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_compared_by_value_and_not_by_spelling() {
        for (a, b) in [("1", "1.0"), ("10e-1", "1"), ("0", "-0.0"), ("1e2", "100"), ("0.10", "1E-1"), ("1e0", "1")] {
            assert!(same_number(&number(a), &number(b)), "{a} {b}");
        }
        for (a, b) in [
            ("9007199254740993", "9007199254740992"),
            ("123456789012345678901234567890", "123456789012345678901234567891"),
            ("1", "-1"),
            ("0.1", "0.10000000000000000001"),
            ("1e400", "1e401"),
        ] {
            assert!(!same_number(&number(a), &number(b)), "{a} {b}");
        }
    }

    #[test]
    fn an_integer_is_a_number_without_a_fraction() {
        for text in ["1", "1.0", "1e3", "-12.50e1", "0.0"] {
            assert!(is_integer(&number(text)), "{text}");
        }
        for text in ["1.5", "1e-1", "-0.25"] {
            assert!(!is_integer(&number(text)), "{text}");
        }
    }

    proptest! {
        #[test]
        fn floats_compare_as_their_values_do(a in -1e6..1e6f64, b in -1e6..1e6f64) {
            prop_assert_eq!(same_number(&number(&a.to_string()), &number(&b.to_string())), a.partial_cmp(&b).is_some_and(std::cmp::Ordering::is_eq));
            let exponential = format!("{a:e}");
            prop_assert!(same_number(&number(&a.to_string()), &number(&exponential)));
        }
    }
}
