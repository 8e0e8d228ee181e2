//! The parts that drafts of requests and responses share: headers, and escaped texts.

use crate::contract::{JsonType, Matcher, Rule, Rules, WrittenRule};
use crate::interaction::template::escape;
use crate::interaction::{Headers, Path};

/// Writes a header that all samples have, with the rule that its values need.
pub(super) fn write_header(
    headers: &mut Headers,
    rules: &mut Rules,
    name: &str,
    values: &[Vec<String>],
    rule: impl Fn(&[Vec<String>]) -> Option<Rule>,
) {
    let Some(first) = values.first().filter(|_| values.iter().all(|values| !values.is_empty())) else { return };
    headers.insert(name.to_owned(), escape_all(first));
    if let Some(rule) = rule(values) {
        rules.headers.insert(name.to_owned(), rule);
    }
}

/// The rule that allows any text in the place of a body that is a text.
pub(super) fn any_text() -> (Path, WrittenRule) {
    let path = Path::default();
    let key = path.to_string();
    (path, WrittenRule { rule: Rule::of(Matcher::Type(JsonType::String)), key })
}

/// The rule that allows any bytes in the place of a body that isn't text.
pub(super) fn any_bytes() -> (Path, WrittenRule) {
    let path = Path::default();
    let key = path.to_string();
    (path, WrittenRule { rule: Rule::of(Matcher::Any), key })
}

pub(super) fn escape_all(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| escape(text)).collect()
}

/// Whether all of these are equal.
pub(super) fn all_equal<T: PartialEq>(values: &[T]) -> bool {
    values.windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}
