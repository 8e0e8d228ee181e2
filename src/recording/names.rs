//! What recorded interactions are called: after their requests and answers, readably, and the same each time.

use std::collections::HashSet;

use super::group::Shape;

/// The name of an interaction that no other has: `GET /orders/{id} → 200`, and more where that is taken.
pub(super) fn name(shape: &Shape, taken: &mut HashSet<String>) -> String {
    let plain = plain(shape);
    let (_, sent) = &shape.sent;
    let with_keys = (!sent.is_empty()).then(|| {
        let keys: Vec<String> =
            sent.iter().map(|key| if key.trim().is_empty() { format!("{key:?}") } else { key.clone() }).collect();
        format!("{plain} for {}", keys.join(", "))
    });
    let with_type = shape.came.1.as_ref().map(|media_type| format!("{plain} as {media_type}"));
    let numbered = (2..).map(|number| format!("{plain} ({number})"));
    let names = std::iter::once(plain.clone()).chain(with_type).chain(with_keys).chain(numbered);
    let mut names = names.map(|name| in_one_line(&name));
    // A name is for people: one that holds a whole body's keys is none.
    let name =
        names.find(|name| name.chars().count() <= LONGEST.max(plain.chars().count() + 10) && !taken.contains(name));
    let name = name.unwrap_or_else(|| in_one_line(&plain));
    taken.insert(name.clone());
    name
}

/// How long a name may get by what tells it from others, in characters.
const LONGEST: usize = 80;

fn plain(shape: &Shape) -> String {
    let mut name = format!("{} {}", shape.method(), shape.template.shown());
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
    let told: Vec<&str> = shape
        .operation
        .iter()
        .filter(|(key, _)| !shape.query.contains(*key))
        .map(|(_, value)| value.as_str())
        .collect();
    if !told.is_empty() {
        name.push_str(&format!(" ({})", told.join(", ")));
    }
    format!("{name} → {}", shape.status)
}

/// A name without what would break it into lines, and without space around it: keys and values can hold anything.
fn in_one_line(name: &str) -> String {
    let name: String = name.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    name.trim().to_owned()
}
