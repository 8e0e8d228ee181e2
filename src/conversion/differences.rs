//! Where the two formats differ in general, for every message that has such a thing: told once for a file, at the first
//! place, with the number of the others.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::pattern::literal;
use super::remark::Remark;
use crate::interaction::{is_json, is_list};

/// `application/json; charset=utf-8`, on the way from Pact.
pub(super) const CHARSET: &str = "Pact asks for the charset, too; the contract doesn't, since JSON has only one";
/// A list, or several lines of one header, on the way from Pact.
pub(super) const LIST: &str = "Pact asks for these values in this order and for no others; the contract asks that each of them is \
                               there, in any order";
/// A header with commas that is no list.
pub(super) const COMMAS: &str =
    "Pact passes over white space beside commas; the contract asks for the text as it is here";
/// A body of which no header says what it is.
pub(super) const UNTYPED: &str = "no header here asks for a content type, and Pact asks all the same that the one that \
                                  comes fits the body; the contract takes any";
/// A request of which the Pact file says nothing of a body.
pub(super) const NO_BODY: &str = "the Pact file says nothing of a body, and Pact takes any; the contract asks for none";
/// A parameter or a field with a rule.
pub(super) const REPEATED: &str =
    "Pact takes this parameter any number of times; the contract as often as the example has it";
/// A rule for a text that the JSON of another value may fit.
pub(super) const OTHER_TYPES: &str = "Pact holds this rule against the JSON of any value, so that 5 may fit where \"5\" \
                                      does; the contract asks for the example's type, too";
/// An expression for a UUID.
pub(super) const ONE_CASE: &str = "Pact asks for a UUID in letters of one case; the contract takes both, beside each other, too (RFC 9562, section 4)";
/// `boolean`.
pub(super) const BOOLEAN: &str = "Pact also takes the texts \"true\" and \"false\"; the contract only booleans";
/// Dates and times that have a word of their own in a contract.
pub(super) const TIME: &str = "Pact reads dates and times as Java does: 2026-5-1 is a date, and a fraction of a second is \
                               there if the format says so; the contract asks for those of RFC 3339, with two digits and any fraction";

/// A list, or several lines of one header, on the way to Pact.
pub(super) const ANY_LIST: &str = "the contract asks that each of these values is there, in any order and beside others; \
                                   Pact can't be told so, and takes any value";
/// A header with commas that is no list.
pub(super) const ANY_COMMAS: &str =
    "the contract asks for the text as it is here; Pact passes over white space beside commas";
/// An expression that the JSON of another value may fit.
pub(super) const ANY_TYPE: &str = "the contract asks for a text; Pact holds the rule against the JSON of any value, so that \
                                   5 may fit where \"5\" does";
/// Formats with a word of their own in a contract.
pub(super) const ANY_FORMAT: &str = "the contract asks for a format as its RFC has it; Pact for its signs in their places, so \
                                     that 25:00:00 is a time to it, and 2026-5-1 a date";
/// XML.
pub(super) const ANY_XML: &str = "the contract asks for this very text; Pact compares XML element by element, and passes over white space and more elements";

/// All of them.
const COMMON: [&str; 15] = [
    ONE_CASE,
    CHARSET,
    LIST,
    COMMAS,
    UNTYPED,
    NO_BODY,
    REPEATED,
    OTHER_TYPES,
    BOOLEAN,
    TIME,
    ANY_LIST,
    ANY_COMMAS,
    ANY_TYPE,
    ANY_FORMAT,
    ANY_XML,
];

/// Headers whose value is a date, in which a comma has a space behind it, or it is none (RFC 9110, section 5.6.7).
const DATES: [&str; 6] =
    ["date", "expires", "if-modified-since", "if-unmodified-since", "last-modified", "retry-after"];

/// Whether white space beside commas may be told apart in a header's values.
pub(super) fn has_commas(name: &str, values: &[String]) -> bool {
    values.iter().any(|value| value.contains(',')) && !DATES.contains(&name)
}

/// Whether a content type is of JSON, with a charset.
pub(super) fn has_charset(name: &str, values: &[String]) -> bool {
    let has = |value: &String| is_json(value) && value.to_ascii_lowercase().contains("charset");
    name == "content-type" && values.iter().any(has)
}

/// The expression for a content type with any parameters, where a contract asks for none of those of the example: it has
/// none, or it is JSON and has a charset.
pub(super) fn with_any_parameters(name: &str, values: &[String]) -> Option<String> {
    let [value] = values else { return None };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let is_charset = |parameter: &str| parameter.trim_start().to_ascii_lowercase().starts_with("charset=");
    let counts_none = parameters.is_empty() || is_json(value) && parameters.split(';').all(is_charset);
    (name == "content-type" && counts_none).then(|| format!(r"{}(\s*;.*)?", literal(essence.trim())))
}

/// Whether a header may come with other values, or in another order, and be the same to a contract.
pub(super) fn has_others(name: &str, values: &[String]) -> bool {
    is_list(name) || name == "set-cookie" || values.len() > 1
}

/// Whether a rule for texts is also met by the JSON of another value, as far as that can be tried.
pub(super) fn fits_others(example: &Value, fits: &dyn Fn(&str) -> bool) -> bool {
    let numbers = ["1", "2", "5", "9"].into_iter().flat_map(|digit| (1..=20).map(|length| digit.repeat(length)));
    let others = ["null", "true", "false", "0", "10", "-1", "1.5", "10.50", "123", "2026", "20260501"];
    let inside = [json!([example]), json!({ "a": example })];
    others.into_iter().any(fits)
        || numbers.into_iter().any(|number| fits(&number))
        || inside.iter().any(|value| fits(&value.to_string()))
}

/// Remarks with what is common told once for requests and once for responses.
pub(super) fn told_once(remarks: Vec<Remark>) -> Vec<Remark> {
    let mut told: Vec<Remark> = Vec::with_capacity(remarks.len());
    let mut first: HashMap<(bool, &str), usize> = HashMap::new();
    for remark in remarks {
        let Some(common) = COMMON.into_iter().find(|common| **common == *remark.why) else {
            told.push(remark);
            continue;
        };
        let known = *first.entry((remark.place.starts_with("request"), common)).or_insert(told.len());
        match told.get_mut(known) {
            Some(known) => known.more += 1,
            None => told.push(remark),
        }
    }
    told
}
