//! Header values that one of the two formats compares more loosely than the other, whatever rules there are.

use super::pattern::literal;
use crate::interaction::{is_json, is_list};

/// Headers whose value is a date, in which every comma is followed by a space (RFC 9110, section 5.6.7).
const DATES: [&str; 6] =
    ["date", "expires", "if-modified-since", "if-unmodified-since", "last-modified", "retry-after"];

/// Whether white space around commas may make a difference in a header's values.
pub(super) fn has_commas(name: &str, values: &[String]) -> bool {
    values.iter().any(|value| value.contains(',')) && !DATES.contains(&name)
}

/// Whether a header is the content type of JSON, with a charset.
pub(super) fn has_charset(name: &str, values: &[String]) -> bool {
    let has = |value: &String| is_json(value) && value.to_ascii_lowercase().contains("charset");
    name == "content-type" && values.iter().any(has)
}

/// The expression for a content type with any parameters, if a contract requires none: its example has none, or it is JSON
/// with a charset.
pub(super) fn with_any_parameters(name: &str, values: &[String]) -> Option<String> {
    let [value] = values else { return None };
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let is_charset = |parameter: &str| parameter.trim_start().to_ascii_lowercase().starts_with("charset=");
    let counts_none = parameters.is_empty() || is_json(value) && parameters.split(';').all(is_charset);
    (name == "content-type" && counts_none).then(|| format!(r"{}(\s*;.*)?", literal(essence.trim())))
}

/// Whether a contract accepts other values in a header, or another order of them.
pub(super) fn has_others(name: &str, values: &[String]) -> bool {
    is_list(name) || name == "set-cookie" || values.len() > 1
}
