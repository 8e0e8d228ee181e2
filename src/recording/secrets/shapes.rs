//! Recognizes secrets by their look, anywhere in a text.

use std::ops::Range;
use std::sync::LazyLock;

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use regex::{Regex, RegexSet};

use super::issuers::{MORE_SHAPES, Shape, common_shapes};
use super::values::{is_distinctive, is_fake, is_hexadecimal_id, is_random};
use crate::interaction::basic_credentials;

/// Forms that don't depend on who issued the secret.
const SHAPES: &[Shape] = &[
    (
        "private key",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|[\s\S]*)",
    ),
    // Signed and encrypted ones have three and five parts (RFC 7515, RFC 7516).
    (
        "JSON web token",
        r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_.-]*|\beyJ[A-Za-z0-9_-]{8,}\.\.[A-Za-z0-9_.-]{16,}",
    ),
    ("password in an address", r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"'<>\\]*:(?P<secret>[^\s/@"'<>\\]+)@"#),
];

/// A shape that ordinary texts can have, too, and the check that a secret must pass.
type CheckedShape = (Shape, fn(&str) -> bool);

const CHECKED_SHAPES: &[CheckedShape] = &[
    (("bearer token", r"(?i)\bbearer\s+(?P<secret>[A-Za-z0-9._~+/-]{8,}=*)"), is_distinctive),
    (("basic credentials", r"(?i)\bbasic\s+(?P<secret>[A-Za-z0-9+/]{8,}={0,2})"), |text| {
        basic_credentials(text).is_some()
    }),
    (
        (
            "API token",
            r"(?i)\b(?:ssws|apikey|genie-?key|sso-key|zoho-oauthtoken)\s+(?P<secret>[A-Za-z0-9._~:+/-]{16,}=*)",
        ),
        is_distinctive,
    ),
    // A prefix with a word for a secret, from any issuer.
    (
        (
            "API key",
            r"(?i)\b(?:[a-z0-9]{1,16}[_-]){0,3}(?:sk|rk|pat|api|apikey|key|secret|sec|tok|tkn|token|pwd|live|prod)[_-](?P<secret>[A-Za-z0-9]{20,})\b",
        ),
        has_letters_and_digits,
    ),
    // 64 bytes in base64, as Azure's keys. Checksums of that size say so before.
    (("key", r"(?:^|[^A-Za-z0-9+/=-])(?P<secret>[A-Za-z0-9+/]{86}==)"), has_letters_and_digits),
    (("token in a link", LINK), |text| is_random(text, 8) || is_hexadecimal_id(text) || is_long(text)),
    (
        (
            "card number",
            r"\b(?P<secret>(?:[2-6][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}))\b",
        ),
        is_card_number,
    ),
    (("IBAN", r"\b(?P<secret>[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b"), is_iban),
];

/// The segment after these words in the path of an address is a secret for one person.
const LINK: &str = r"(?i)/(?:(?:password-?|account-?|email-?)?(?:reset|recover|recovery|verify|verification|confirm|confirmation|activate|activation)(?:-?(?:password|account|email))?|forgot-?password|magic-?links?|invites?|invitations?|unsubscribe|tokens?|access-?tokens?|api-?keys?|one-?time|otp|unlock|impersonate)/(?P<secret>[A-Za-z0-9_.~=%-]{8,})";

fn has_letters_and_digits(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Whether a text is too long to be a word, and has no separators.
fn is_long(text: &str) -> bool {
    text.len() >= 24 && text.bytes().all(|b| b.is_ascii_alphanumeric()) && !text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text with 15 or 16 digits is the number of a payment card: its last digit is right (ISO/IEC 7812-1, annex B).
pub(super) fn is_card_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    let begin = digits.iter().take(2).fold(0, |number, digit| number * 10 + digit);
    let issued = matches!(begin, 22..=27 | 34..=37 | 40..=49 | 51..=55 | 60 | 62 | 64 | 65);
    issued && sum.is_multiple_of(10) && digits.iter().skip(1).any(|digit| Some(digit) != digits.first())
}

/// Whether a text is an IBAN: its check digits are right (ISO 13616-1).
fn is_iban(text: &str) -> bool {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    let Some((begin, rest)) = text.split_at_checked(4).filter(|_| (15..=34).contains(&text.len())) else {
        return false;
    };
    let remainder =
        rest.chars().chain(begin.chars()).filter_map(|c| c.to_digit(36)).fold(0, |remainder, value| {
            (if value > 9 { remainder * 100 + value } else { remainder * 10 + value }) % 97
        });
    remainder == 1
}

/// A shape with its compiled expression and its check.
struct CompiledShape {
    kind: &'static str,
    expression: Regex,
    check: fn(&str) -> bool,
}

/// All shapes, and an expression that finds out at once which of them a text can have.
struct CompiledShapes {
    shapes: Vec<CompiledShape>,
    any: Option<RegexSet>,
}

static COMPILED: LazyLock<CompiledShapes> = LazyLock::new(|| {
    let all = SHAPES.iter().chain(MORE_SHAPES).copied().chain(common_shapes());
    // A test notices an expression that doesn't compile.
    let shapes: Vec<CompiledShape> = all
        .map(|shape| -> CheckedShape { (shape, |_| true) })
        .chain(CHECKED_SHAPES.iter().copied())
        .filter_map(|((kind, text), check)| {
            // All of them begin and end with ASCII, and with the limits of words in ASCII they are searched for quickly in
            // texts that have other characters.
            let expression = Regex::new(&text.replace(r"\b", r"(?-u:\b)")).ok()?;
            Some(CompiledShape { kind, expression, check })
        })
        .collect();
    let any = RegexSet::new(shapes.iter().map(|shape| shape.expression.as_str())).ok();
    CompiledShapes { shapes, any }
});

/// The shortest text that can have one of the shapes.
const SHORTEST: usize = 10;

/// Base64 with and without padding, since both are common.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);

/// The text that is encoded as base64, in either alphabet, if it is one.
pub(super) fn base64_text(encoded: &str) -> Option<String> {
    let alphabet = if encoded.contains(['-', '_']) { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    let decoded = GeneralPurpose::new(alphabet, LENIENT).decode(encoded).ok()?;
    String::from_utf8(decoded).ok().filter(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()))
}

/// A secret in a text: its kind, and its place in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    pub kind: &'static str,
    pub at: Range<usize>,
}

/// The secrets of a text that are recognized by their shape, in no particular order.
pub(super) fn shaped(text: &str) -> Vec<Sighting> {
    let mut found = Vec::new();
    let Some(any) = COMPILED.any.as_ref().filter(|_| text.len() >= SHORTEST) else { return found };
    for index in any.matches(text) {
        let Some(CompiledShape { kind, expression, check }) = COMPILED.shapes.get(index) else { continue };
        for captures in expression.captures_iter(text) {
            let Some(secret) = captures.name("secret").or_else(|| captures.get(0)) else { continue };
            if check(secret.as_str()) && !is_fake(secret.as_str()) {
                found.push(Sighting { kind, at: secret.range() });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_compiles() {
        let number = SHAPES.len() + MORE_SHAPES.len() + common_shapes().count() + CHECKED_SHAPES.len();
        assert_eq!(COMPILED.shapes.len(), number);
        assert!(COMPILED.any.is_some());
        assert!(common_shapes().count() > 30, "the rules of secretshape");
    }

    #[test]
    fn card_numbers_and_ibans_are_checked_by_their_digits() {
        for text in ["4242424242424242", "4242 4242 4242 4242", "378282246310005", "5555-5555-5555-4444"] {
            assert!(is_card_number(text), "{text}");
        }
        for text in ["4242424242424241", "1234567812345670", "0000000000000000"] {
            assert!(!is_card_number(text), "{text}");
        }
        assert!(is_iban("DE89 3704 0044 0532 0130 00") && is_iban("GB82WEST12345698765432"));
        assert!(!is_iban("DE89 3704 0044 0532 0130 01"));
    }
}
