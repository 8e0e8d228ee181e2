//! Names of recorded interactions: readable, derived from request and response, and the same each time.

use std::collections::HashSet;

use super::group::Shape;
use crate::interaction::first_unused;

/// The most characters of a name, unless its shortest form is longer.
const LONGEST: usize = 80;

/// A unique name for an interaction: `GET /orders/{id} → 200`, or a longer one if that is taken.
pub(super) fn unique_name(shape: &Shape, taken: &mut HashSet<String>) -> String {
    let plain = plain_name(shape);
    let (_, keys) = &shape.request_body;
    let with_keys = (!keys.is_empty()).then(|| {
        let keys: Vec<String> =
            keys.iter().map(|key| if key.trim().is_empty() { format!("{key:?}") } else { key.clone() }).collect();
        format!("{plain} for {}", keys.join(", "))
    });
    let with_type = shape.response_body.1.as_ref().map(|media_type| format!("{plain} as {media_type}"));
    let numbered = (2..).map(|number| format!("{plain} ({number})"));
    let names = std::iter::once(plain.clone()).chain(with_type).chain(with_keys).chain(numbered);
    // Names are for people, who don't want to read all keys of a body.
    let longest = LONGEST.max(plain.chars().count() + 10);
    let names = names.map(|name| in_one_line(&name)).filter(|name| name.chars().count() <= longest);
    first_unused(names, taken).unwrap_or_else(|| in_one_line(&plain))
}

fn plain_name(shape: &Shape) -> String {
    let mut name = format!("{} {}", shape.method(), shape.template);
    let query: Vec<String> = shape
        .query
        .iter()
        .map(|parameter| match shape.operation.get(parameter) {
            Some(value) => format!("{parameter}={value}"),
            None => parameter.clone(),
        })
        .collect();
    if !query.is_empty() {
        name.push('?');
        name.push_str(&query.join("&"));
    }
    let others: Vec<&str> = shape
        .operation
        .iter()
        .filter(|(key, _)| !shape.query.contains(*key))
        .map(|(_, value)| value.as_str())
        .collect();
    if !others.is_empty() {
        name.push_str(&format!(" ({})", others.join(", ")));
    }
    format!("{name} → {}", shape.status)
}

/// A name on one line and without space around it: keys and values can contain anything.
fn in_one_line(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    name.trim().to_owned()
}
