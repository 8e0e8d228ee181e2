//! The meaning of a plain scalar in YAML 1.2's core schema (section 10.3.2), and the cases in which other readers
//! disagree.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Number;

/// The value of a scalar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    Null,
    Bool(bool),
    /// The number with the digits that were written, as JSON spells them.
    Number(Number),
    /// The text itself.
    String,
}

/// Resolves a plain scalar by the core schema; `None` for `.inf` and `.nan`, which JSON can't say.
#[must_use]
pub fn resolve_plain(text: &str) -> Option<Resolved> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "true" | "True" | "TRUE" => Resolved::Bool(true),
        "false" | "False" | "FALSE" => Resolved::Bool(false),
        _ if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => Resolved::String,
        _ => {
            let unsigned = text.trim_start_matches(['-', '+']);
            if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
                return None;
            }
            number(text).map_or(Resolved::String, Resolved::Number)
        }
    })
}

/// Reads a number of the core schema and spells it as JSON does.
fn number(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x") {
        return u128::from_str_radix(digits, 16).ok().and_then(Number::from_u128);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return u128::from_str_radix(digits, 8).ok().and_then(Number::from_u128);
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let exponent_digits = exponent.get(1..).unwrap_or("").trim_start_matches(['-', '+']);
    let valid = digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && digits(exponent_digits)
        && (exponent.is_empty() || !exponent_digits.is_empty())
        && exponent.get(1..).is_none_or(|signed| signed.len() <= exponent_digits.len() + 1);
    if !valid {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let mut json = String::with_capacity(text.len() + 1);
    json.push_str(sign);
    json.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        json.push('.');
        json.push_str(fraction);
    }
    json.push_str(exponent);
    json.parse().ok()
}

/// Why other YAML readers may read a plain scalar differently; `None` if all agree.
///
/// Other readers means those of YAML 1.1 (`PyYAML`, Ruby's Psych, Go's older libraries, `SnakeYAML`).
#[must_use]
pub fn ambiguity(text: &str) -> Option<&'static str> {
    static LEADING_ZERO: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-+]?0[0-9]+$"));
    static SIXTIES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?$"));
    static GROUPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-+]?[0-9][0-9_,]*(\.[0-9_,]*)?$"));
    static DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?$"));
    static OTHER_BASE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[-+]?0[box][0-9a-fA-F_]+$"));
    // To YAML 1.1, a number with an exponent has a point, and the exponent a sign.
    static EXPONENT: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^[-+]?([0-9]+[eE][-+]?[0-9]+|[0-9]*\.[0-9]*[eE][0-9]+)$"));
    // The cheap tests come first: almost every scalar of a contract ends here.
    let first = text.bytes().next()?;
    if first.is_ascii_alphabetic() {
        let lower = (text.len() <= 3).then(|| text.to_ascii_lowercase());
        return matches!(lower.as_deref(), Some("y" | "n" | "yes" | "no" | "on" | "off")).then_some("a boolean");
    }
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
        return match text {
            "=" => Some("a special value"),
            "<<" => Some("a merge key"),
            _ => None,
        };
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && (first != b'0' || text.len() == 1) {
        return None;
    }
    if LEADING_ZERO.is_match(text) {
        Some("an octal number")
    } else if SIXTIES.is_match(text) {
        Some("a number in base 60")
    } else if text.contains(['_', ',']) && GROUPED.is_match(text) {
        Some("a number")
    } else if DATE.is_match(text) {
        Some("a date")
    } else if OTHER_BASE.is_match(text) {
        match resolve_plain(text) {
            // The old spelling of YAML 1.1 is `017`, and it has none with `0o`.
            Some(Resolved::Number(_)) => text.starts_with("0o").then_some("text"),
            _ => Some("a number"),
        }
    } else if EXPONENT.is_match(text) {
        Some("text")
    } else {
        None
    }
}

fn pattern(text: &str) -> Regex {
    #[expect(clippy::expect_used, reason = "the patterns are constants above, and a test runs each")]
    Regex::new(text).expect("a constant pattern compiles")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_resolve_by_the_core_schema() {
        let number = |text: &str| Some(Resolved::Number(text.parse().unwrap()));
        for (text, expected) in [
            ("", Some(Resolved::Null)),
            ("~", Some(Resolved::Null)),
            ("True", Some(Resolved::Bool(true))),
            ("no", Some(Resolved::String)),
            ("0123", number("123")),
            ("+1", number("1")),
            ("0x1F", number("31")),
            ("0o17", number("15")),
            (".5", number("0.5")),
            ("1.", number("1")),
            ("-1.50e+3", number("-1.50e+3")),
            ("9007199254740993", number("9007199254740993")),
            ("12:30", Some(Resolved::String)),
            ("1_000", Some(Resolved::String)),
            ("1.2.3", Some(Resolved::String)),
            ("-", Some(Resolved::String)),
            (".", Some(Resolved::String)),
            ("1e", Some(Resolved::String)),
            ("1e+-5", Some(Resolved::String)),
            (".inf", None),
            ("-.INF", None),
            (".nan", None),
        ] {
            assert_eq!(resolve_plain(text), expected, "{text}");
        }
    }

    #[test]
    fn scalars_that_other_readers_take_differently_are_named() {
        for text in [
            "no",
            "Yes",
            "on",
            "y",
            "0123",
            "12:30",
            "1_000",
            "1,000",
            "1.5_0",
            "2026-05-01",
            "0b101",
            "0o17",
            "-0x1F",
            "0x1_F",
            "1e3",
            "1e+3",
            "1.5e3",
            ".5e3",
            "<<",
            "=",
        ] {
            assert!(ambiguity(text).is_some(), "{text}");
        }
        for text in [
            "paid",
            "0",
            "42",
            "-7",
            "1.5",
            "true",
            "null",
            "1.5e+3",
            "0x1F",
            ".5",
            "-",
            "12:75x",
            "nobody",
            "/orders/1",
        ] {
            assert_eq!(ambiguity(text), None, "{text}");
        }
    }
}
