//! Guesses from the look of a text: its format, whether it is an identifier or a word, whether it is likely to change.

use crate::contract::Format;
use crate::matching::has_format;

/// The formats that are recognized, the most specific first.
const FORMATS: [Format; 5] = [Format::Uuid, Format::DateTime, Format::Date, Format::Email, Format::Uri];

/// An identifier in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identifier {
    Number,
    Uuid,
    /// A ULID, or at least 16 hexadecimal digits.
    Opaque,
}

/// The format that all of these texts have, if there is one.
pub(super) fn format(texts: &[&str]) -> Option<Format> {
    FORMATS.into_iter().find(|format| texts.iter().all(|text| has_exact_format(*format, text)))
}

fn has_exact_format(format: Format, text: &str) -> bool {
    // Many other texts have the form of a URI, such as `sku:12`.
    has_format(format, text) && (format != Format::Uri || text.contains("://"))
}

/// The kind of identifier that a segment of a path looks like, if any.
pub(super) fn identifier(segment: &str) -> Option<Identifier> {
    let digits = !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_digit());
    let hex = segment.len() >= 16 && segment.bytes().all(|b| b.is_ascii_hexdigit());
    if digits {
        Some(Identifier::Number)
    } else if has_format(Format::Uuid, segment) {
        Some(Identifier::Uuid)
    } else if hex || is_ulid(segment) {
        Some(Identifier::Opaque)
    } else {
        None
    }
}

/// A ULID: 26 characters of Crockford's base 32, beginning with at most 7 (its specification, "Encoding").
fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.starts_with(|c: char| ('0'..='7').contains(&c))
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b.is_ascii_uppercase() && !matches!(b, b'I' | b'L' | b'O' | b'U')))
}

/// Whether a text is likely to be different the next time that the same request is sent.
pub(super) fn is_volatile(text: &str) -> bool {
    has_format(Format::DateTime, text)
        || matches!(identifier(text), Some(Identifier::Uuid | Identifier::Opaque))
        || is_epoch(text)
}

/// Whether a number looks like a time of these decades: seconds or milliseconds since 1970, from 2001 to 2065.
pub(super) fn is_epoch(number: &str) -> bool {
    matches!(number.split('.').next().map(str::len), Some(10 | 13))
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && number.starts_with(['1', '2'])
}

/// Whether a text is one short word, as the values of an enumeration are.
pub(super) fn is_token(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_alphabetic)
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && text.len() <= 30
}

/// Keys whose values usually come from a short list.
const FEW_VALUES: [&str; 6] = ["status", "type", "state", "kind", "currency", "role"];

/// Whether the values of a key usually come from a short list: `status`, `order_status`, `orderStatus`.
pub(super) fn has_few_values(name: &str) -> bool {
    let lower = name.to_lowercase();
    FEW_VALUES.iter().any(|word| {
        lower.strip_suffix(word).is_some_and(|before| {
            before.is_empty()
                || before.ends_with(['_', '-'])
                || name[before.len()..].starts_with(|c: char| c.is_ascii_uppercase())
        })
    })
}

/// Whether the keys of an object look like data: all of them numbers, UUIDs, dates or locales.
pub(super) fn are_data_keys(keys: &[&str]) -> bool {
    let all = |is: fn(&str) -> bool| keys.iter().all(|key| is(key));
    if keys.is_empty() {
        return false;
    }
    all(|key| matches!(identifier(key), Some(Identifier::Number)))
        || all(|key| has_format(Format::Uuid, key))
        || all(|key| has_format(Format::Date, key))
        || all(is_locale) && (keys.len() > 2 || keys.iter().any(|key| key.len() > 2))
}

/// Whether a key looks like `en`, `en-GB` or `pt_BR`. Many names have two letters, too.
fn is_locale(key: &str) -> bool {
    let (language, region) =
        key.split_once(['-', '_']).map_or((key, None), |(language, region)| (language, Some(region)));
    language.len() == 2
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.is_none_or(|region| region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase()))
        && !["id", "to", "by", "no", "ip", "at", "up", "ok"].contains(&key)
}

/// The singular of a plural: `order` for `orders`.
pub(super) fn singular(plural: &str) -> String {
    let lower = plural.to_lowercase();
    for (ending, instead) in [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")] {
        if let Some(stem) = lower.strip_suffix(ending).filter(|stem| stem.len() > 1) {
            return format!("{stem}{instead}");
        }
    }
    match lower.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_recognized_and_words_and_versions_are_not() {
        for (text, expected) in [
            ("42", Some(Identifier::Number)),
            ("6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11", Some(Identifier::Uuid)),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", Some(Identifier::Opaque)),
            ("507f1f77bcf86cd799439011", Some(Identifier::Opaque)),
            ("v1", None),
            ("orders", None),
            ("deadbeef", None),
            ("", None),
            ("1.5", None),
        ] {
            assert_eq!(identifier(text), expected, "{text}");
        }
    }

    #[test]
    fn a_format_is_one_that_all_texts_have() {
        for (texts, expected) in [
            (&["2026-05-01T09:30:00Z", "2026-05-02T09:30:00+02:00"][..], Some(Format::DateTime)),
            (&["2026-05-01", "2026-05-02"], Some(Format::Date)),
            (&["2026-05-01", "2026-05-01T09:30:00Z"], None),
            (&["https://example.com/a", "http://localhost:80"], Some(Format::Uri)),
            (&["sku:1", "sku:2"], None),
            (&["ada@example.com"], Some(Format::Email)),
            (&["20260501", "20260502"], None),
            (&["1717171717"], None),
        ] {
            assert_eq!(format(texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn times_and_random_identifiers_are_volatile() {
        for text in ["2026-05-01T09:30:00Z", "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11", "1717171717", "1717171717123"] {
            assert!(is_volatile(text), "{text}");
        }
        for text in ["2026-05-01", "42", "paid", "", "9171717171", "01234567890"] {
            assert!(!is_volatile(text), "{text}");
        }
    }

    #[test]
    fn numbers_uuids_dates_and_locales_are_data_keys() {
        for keys in [&["17", "18"][..], &["2026-05-01"], &["en", "de", "fr"], &["en-GB", "de"]] {
            assert!(are_data_keys(keys), "{keys:?}");
        }
        for keys in [&["id", "no"][..], &["id"], &["en", "de"], &["17", "name"], &[], &["to", "by", "at"]] {
            assert!(!are_data_keys(keys), "{keys:?}");
        }
    }

    #[test]
    fn plurals_have_singulars() {
        for (plural, one) in [
            ("orders", "order"),
            ("categories", "category"),
            ("boxes", "box"),
            ("status", "status"),
            ("news", "new"),
            ("addresses", "address"),
            ("me", "me"),
        ] {
            assert_eq!(singular(plural), one, "{plural}");
        }
    }

    #[test]
    fn enumerations_are_recognized_by_their_keys() {
        for name in ["status", "order_status", "orderStatus", "Type"] {
            assert!(has_few_values(name), "{name}");
        }
        for name in ["prototype", "statuses", "estate", "stat"] {
            assert!(!has_few_values(name), "{name}");
        }
    }
}
