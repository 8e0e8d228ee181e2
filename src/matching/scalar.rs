//! One matcher against one value: types, formats, regular expressions, allowed values and schemas.

use fluent_uri::Uri;
use serde_json::Value;

use crate::contract::{Format, JsonType, Matcher};
use crate::interaction::mismatch::{FORMAT, ONE_OF, PATTERN, SCHEMA, TYPE};
use crate::interaction::number::{is_integer, same_value};
use crate::source::Code;
use crate::source::json_value;

/// The medium of a value. Headers, queries, paths and forms have texts only: there, `integer` means a text that reads
/// as an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    Json,
    Text,
}

/// Why a value doesn't fit a matcher.
pub(super) struct Misfit {
    pub code: Code,
    /// The exact problem, if the code doesn't say it.
    pub detail: Option<String>,
}

/// Checks a value against a matcher that one value alone decides. All other matchers, for sizes, order, keys or the
/// example, fit here; [`super::shape`] and [`super::value`] apply them.
pub(super) fn misfit(matcher: &Matcher, actual: &Value, medium: Medium) -> Option<Misfit> {
    let code = match matcher {
        Matcher::Type(kind) => (!has_type(*kind, actual, medium)).then_some(TYPE),
        Matcher::Format(format) => match actual.as_str() {
            None => Some(TYPE),
            Some(text) => (!has_format(*format, text)).then_some(FORMAT),
        },
        Matcher::Regex(pattern) => match actual.as_str() {
            None => Some(TYPE),
            Some(text) => (!pattern.matches(text)).then_some(PATTERN),
        },
        Matcher::OneOf(values) => (!values.iter().any(|value| same(value, actual, medium))).then_some(ONE_OF),
        Matcher::Schema(schema) => {
            return schema.check(actual).map(|(at, why)| {
                let place = if at.is_empty() { String::new() } else { format!(" at {at}") };
                Misfit { code: SCHEMA, detail: Some(format!("{why}{place}")) }
            });
        }
        Matcher::Exact
        | Matcher::Equal
        | Matcher::Any
        | Matcher::Absent
        | Matcher::Size { .. }
        | Matcher::Unordered
        | Matcher::Contains
        | Matcher::Closed => None,
    };
    code.map(|code| Misfit { code, detail: None })
}

/// Whether a value is the wanted one. In a text, `42` is the number, too.
pub(super) fn same(wanted: &Value, actual: &Value, medium: Medium) -> bool {
    same_value(wanted, actual)
        || (medium == Medium::Text
            && !wanted.is_string()
            && actual
                .as_str()
                .and_then(|text| json_value::read(text.as_bytes()).ok())
                .is_some_and(|value| same_value(wanted, &value)))
}

fn has_type(kind: JsonType, actual: &Value, medium: Medium) -> bool {
    if medium == Medium::Text {
        let Some(text) = actual.as_str() else { return false };
        return match kind {
            JsonType::String => true,
            JsonType::Boolean => matches!(text, "true" | "false"),
            JsonType::Number | JsonType::Integer => {
                text.parse::<serde_json::Number>().is_ok_and(|number| kind == JsonType::Number || is_integer(&number))
            }
        };
    }
    match (kind, actual) {
        (JsonType::String, Value::String(_))
        | (JsonType::Boolean, Value::Bool(_))
        | (JsonType::Number, Value::Number(_)) => true,
        (JsonType::Integer, Value::Number(number)) => is_integer(number),
        _ => false,
    }
}

/// Whether a text has a format, as the format's RFC defines it.
#[must_use]
pub fn has_format(format: Format, text: &str) -> bool {
    match format {
        // RFC 9562, section 4: 36 characters. The library reads other spellings, too.
        Format::Uuid => text.len() == 36 && uuid::Uuid::try_parse(text).is_ok(),
        Format::Date => is_date(text),
        Format::DateTime => is_date_time(text),
        Format::Time => is_time(text),
        Format::Email => is_email(text),
        Format::Uri => Uri::parse(text).is_ok(),
    }
}

/// Whether a text is a `full-date` (RFC 3339, section 5.6) that exists.
fn is_date(text: &str) -> bool {
    text.len() == 10 && text.as_bytes().get(4) == Some(&b'-') && text.parse::<jiff::civil::Date>().is_ok()
}

/// Whether a text is a `date-time` with an offset (RFC 3339, section 5.6). A note there allows a space in place of the
/// `T`; it is refused here, because most readers refuse it.
fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let Some(offset) = time.find(['Z', 'z', '+', '-']) else { return false };
    is_date(date) && is_partial_time(&time[..offset]) && is_offset(&time[offset..])
}

/// Whether a text is a `full-time` or a `partial-time` (RFC 3339, section 5.6).
fn is_time(text: &str) -> bool {
    let end = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    is_partial_time(&text[..end]) && (end == text.len() || is_offset(&text[end..]))
}

fn is_partial_time(text: &str) -> bool {
    let (time, fraction) = text.split_once('.').map_or((text, None), |(time, fraction)| (time, Some(fraction)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return false };
    let at_most =
        |part: &str, most: u8| part.len() == 2 && digits(part) && part.parse::<u8>().is_ok_and(|number| number <= most);
    // 60 is a leap second.
    at_most(hour, 23) && at_most(minute, 59) && at_most(second, 60) && fraction.is_none_or(digits)
}

fn is_offset(text: &str) -> bool {
    if matches!(text, "Z" | "z") {
        return true;
    }
    let Some((hour, minute)) = text.get(1..).and_then(|rest| rest.split_once(':')) else { return false };
    let at_most = |part: &str, most: u8| {
        part.len() == 2
            && part.bytes().all(|b| b.is_ascii_digit())
            && part.parse::<u8>().is_ok_and(|number| number <= most)
    };
    text.starts_with(['+', '-']) && at_most(hour, 23) && at_most(minute, 59)
}

/// Whether a text is a mailbox (RFC 5321, section 4.1.2). Quoted local parts and address literals are refused, as in
/// HTML's `email` input, because services in practice refuse them, too.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c));
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    local.len() <= 64 && domain.len() <= 255 && local.split('.').all(atom) && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_as_their_rfcs_define_them() {
        use Format::{Date, DateTime, Email, Time, Uri, Uuid};
        for (format, good, bad) in [
            (
                Uuid,
                &["6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11", "6F1C6F2E-8A53-4D0C-9D5F-0A3F1F6A2B11"][..],
                &["6f1c6f2e8a534d0c9d5f0a3f1f6a2b11", "{6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11}", "x", ""][..],
            ),
            (
                Date,
                &["2026-05-01", "2024-02-29"],
                &["2026-02-29", "2026-5-1", "20260501", "2026-05-01T00:00:00Z", "2026-W18-5"],
            ),
            (
                DateTime,
                &["2026-05-01T09:30:00Z", "2026-05-01t09:30:00.123456789+02:00", "2016-12-31T23:59:60Z"],
                &[
                    "2026-05-01T09:30:00",
                    "2026-05-01 09:30:00Z",
                    "2026-05-01T24:00:00Z",
                    "2026-05-01T09:30Z",
                    "2026-05-01T09:30:00+2",
                    "today",
                ],
            ),
            (
                Time,
                &["09:30:00", "09:30:00.5Z", "23:59:60-01:30"],
                &["9:30:00", "09:30", "25:00:00", "09:30:00.", "09:30:00+"],
            ),
            (
                Email,
                &["ada@example.com", "a.b+c@sub.example.org", "é@exämple.de"],
                &["ada", "@example.com", "a@", "a b@example.com", "a@-x.com", "a..b@x.org"],
            ),
            (
                Uri,
                &["https://example.com/a?b=c#d", "urn:isbn:0451450523", "mailto:ada@example.com"],
                &["/relative", "example.com", "http://a b", ""],
            ),
        ] {
            for text in good {
                assert!(has_format(format, text), "{} {text}", format.word());
            }
            for text in bad {
                assert!(!has_format(format, text), "{} {text}", format.word());
            }
        }
    }

    #[test]
    fn each_part_of_a_mailbox_has_its_own_limits() {
        let (local, label) = ("l".repeat(64), "d".repeat(63));
        let domain = [label.as_str(); 3].join(".") + "." + &"d".repeat(62);
        for good in [format!("{local}@x.org"), format!("a@{label}.org"), format!("a@{domain}"), "a@x".into()] {
            assert!(is_email(&good), "{good}");
        }
        for bad in [
            format!("{local}l@x.org"),
            format!("a@{label}d.org"),
            format!("a@{domain}.d"),
            "@x.org".into(),
            ".a@x.org".into(),
            "a(b@x.org".into(),
            "a@x..org".into(),
            "a@x_y.org".into(),
            "a@-x.org".into(),
            "a@x-.org".into(),
            "a@x.org.".into(),
        ] {
            assert!(!is_email(&bad), "{bad}");
        }
    }
}
