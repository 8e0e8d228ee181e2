//! `application/x-www-form-urlencoded`, as in queries and forms (WHATWG URL, section 5).

use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The characters to encode: all but RFC 3986's unreserved ones, and those that are harmless in a query and common in
/// filters (`/`, `:`, `,`, `@`).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b',')
    .remove(b'@');

/// Reads fields, each with its values in order. Bytes that aren't UTF-8 become `�`.
#[must_use]
pub fn read(text: &str) -> IndexMap<String, Vec<String>> {
    let mut fields: IndexMap<String, Vec<String>> = IndexMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        fields.entry(decode(name)).or_default().push(decode(value));
    }
    fields
}

/// Writes fields. A space becomes `%20`, which every reader understands.
#[must_use]
pub fn write(fields: &IndexMap<String, Vec<String>>) -> String {
    let pairs = fields
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| format!("{}={}", encode(name), encode(value))));
    pairs.collect::<Vec<_>>().join("&")
}

/// Encodes a name or a value.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// Decodes a name or a value.
#[must_use]
pub fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn repeated_names_in_a_query_keep_their_order() {
        let fields = read("b=1&a=x+y&b=%32&flag&&c=%C3%A9");
        assert_eq!(fields["b"], ["1", "2"]);
        assert_eq!(fields["a"], ["x y"]);
        assert_eq!(fields["flag"], [""]);
        assert_eq!(fields["c"], ["é"]);
    }

    proptest! {
        #[test]
        fn written_fields_are_read_back_unchanged(fields in prop::collection::vec((".{1,5}", prop::collection::vec(".{0,5}", 1..3)), 0..4)) {
            let fields: IndexMap<String, Vec<String>> = fields.into_iter().collect();
            prop_assert_eq!(read(&write(&fields)), fields);
        }
    }
}
