//! What a text looks like: a format, an identifier, a word; and what is likely to be another one the next time.

use crate::contract::Format;
use crate::matching::has_format;

/// The formats that are recognised, the most telling first.
const FORMATS: [Format; 5] = [Format::Uuid, Format::DateTime, Format::Date, Format::Email, Format::Uri];

/// What one segment of a path looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Identifier {
    Number,
    Uuid,
    /// A ULID, or at least 16 hexadecimal digits.
    Opaque,
}

/// The format that all of these texts have, if they have one.
pub(super) fn format(texts: &[&str]) -> Option<Format> {
    FORMATS.into_iter().find(|format| texts.iter().all(|text| is(*format, text)))
}

fn is(format: Format, text: &str) -> bool {
    // Much that is no address has the form of one, such as `sku:12`.
    has_format(format, text) && (format != Format::Uri || text.contains("://"))
}

/// What a segment of a path looks like, if it looks like an identifier.
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

/// Whether a text is likely to be another one the next time that the same request is sent.
pub(super) fn is_volatile(text: &str) -> bool {
    has_format(Format::DateTime, text)
        || matches!(identifier(text), Some(Identifier::Uuid | Identifier::Opaque))
        || is_epoch(text)
}

/// Whether a number is a moment of these decades: seconds or milliseconds since 1970, from 2001 to 2065.
pub(super) fn is_epoch(number: &str) -> bool {
    matches!(number.split('.').next().map(str::len), Some(10 | 13))
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && number.starts_with(['1', '2'])
}

/// A short text of one word, as the values of an enumeration are.
pub(super) fn is_token(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_alphabetic)
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && text.len() <= 30
}

/// Names whose values are usually one of a few.
const FEW_VALUES: [&str; 6] = ["status", "type", "state", "kind", "currency", "role"];

/// Whether the values of a key of this name are usually one of a few: `status`, `order_status`, `orderStatus`.
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

/// Whether the keys of an object are data by their look: all of them numbers, uuids, days or locales.
pub(super) fn keys_are_names_of_data(keys: &[&str]) -> bool {
    let all = |is: fn(&str) -> bool| keys.iter().all(|key| is(key));
    if keys.is_empty() {
        return false;
    }
    all(|key| matches!(identifier(key), Some(Identifier::Number)))
        || all(|key| has_format(Format::Uuid, key))
        || all(|key| has_format(Format::Date, key))
        || all(is_locale) && (keys.len() > 2 || keys.iter().any(|key| key.len() > 2))
}

/// `en`, `en-GB`, `pt_BR`; two letters alone are also many a name's.
fn is_locale(key: &str) -> bool {
    let (language, region) =
        key.split_once(['-', '_']).map_or((key, None), |(language, region)| (language, Some(region)));
    language.len() == 2
        && language.bytes().all(|b| b.is_ascii_lowercase())
        && region.is_none_or(|region| region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase()))
        && !["id", "to", "by", "no", "ip", "at", "up", "ok"].contains(&key)
}

/// One of the things that a plural names: `order` of `orders`.
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
    fn identifiers_are_told_from_words_and_versions() {
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
    fn a_format_is_that_of_all_texts() {
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
    fn what_changes_by_itself_is_known_by_its_look() {
        for text in ["2026-05-01T09:30:00Z", "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11", "1717171717", "1717171717123"] {
            assert!(is_volatile(text), "{text}");
        }
        for text in ["2026-05-01", "42", "paid", "", "9171717171", "01234567890"] {
            assert!(!is_volatile(text), "{text}");
        }
    }

    #[test]
    fn keys_that_are_data_are_numbers_uuids_days_or_locales() {
        for keys in [&["17", "18"][..], &["2026-05-01"], &["en", "de", "fr"], &["en-GB", "de"]] {
            assert!(keys_are_names_of_data(keys), "{keys:?}");
        }
        for keys in [&["id", "no"][..], &["id"], &["en", "de"], &["17", "name"], &[], &["to", "by", "at"]] {
            assert!(!keys_are_names_of_data(keys), "{keys:?}");
        }
    }

    #[test]
    fn one_of_many_has_its_own_word() {
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
    fn names_of_enumerations() {
        for name in ["status", "order_status", "orderStatus", "Type"] {
            assert!(has_few_values(name), "{name}");
        }
        for name in ["prototype", "statuses", "estate", "stat"] {
            assert!(!has_few_values(name), "{name}");
        }
    }
}
