//! Examples that fit their own rules: a list with fewer elements than its rule asks for repeats its last one, and a text that
//! doesn't match its expression becomes one that does. A mock would break its own contract otherwise.

use serde_json::Value;

use super::chosen::Chosen;
use super::matcher::{PactMatcher, PlacedRules};
use super::sample::sample;
use crate::source::Step;

/// How many elements a list gets at most. With more, it stays as it is.
const MOST_ELEMENTS: u64 = 1000;

/// The example with what its rules ask for; `None` if it has that.
pub(super) fn completed(example: &Value, rules: &PlacedRules, chance: &mut fastrand::Rng) -> Option<Value> {
    let has_use =
        |matcher: &PactMatcher| matches!(matcher, PactMatcher::Type { min: Some(2..), .. } | PactMatcher::Regex(_));
    if !rules.0.iter().any(|rule| rule.list.matchers.iter().any(has_use)) {
        return None;
    }
    let mut made = example.clone();
    let mut left = MOST_ELEMENTS;
    complete(&mut made, &Chosen::new(rules), chance, &mut left).then_some(made)
}

/// Completes a value, and returns whether that changed it. `left` is how many elements may still be added.
fn complete(value: &mut Value, chosen: &Chosen<'_>, chance: &mut fastrand::Rng, left: &mut u64) -> bool {
    let rule = chosen.speaking().filter(|speaking| !speaking.list.any);
    match value {
        Value::Array(items) => {
            let mut changed = false;
            for (index, item) in items.iter_mut().enumerate() {
                changed |= complete(item, &chosen.below(&Step::Index(index)), chance, left);
            }
            let matchers = rule.filter(|rule| !rule.cascaded).map_or(&[][..], |rule| &rule.list.matchers);
            let least = matchers.iter().filter_map(|matcher| match matcher {
                PactMatcher::Type { min, .. } => *min,
                _ => None,
            });
            let missing = least.max().unwrap_or(0).saturating_sub(u64::try_from(items.len()).unwrap_or(u64::MAX));
            if let Some(last) = items.last().cloned()
                && missing > 0
                && missing <= *left
            {
                *left -= missing;
                items.extend((0..missing).map(|_| last.clone()));
                changed = true;
            }
            changed
        }
        Value::Object(object) => object.iter_mut().fold(false, |changed, (key, item)| {
            complete(item, &chosen.below(&Step::Key(key.clone())), chance, left) | changed
        }),
        Value::String(text) => {
            let matchers = rule.map_or(&[][..], |rule| &rule.list.matchers);
            let made = matchers.iter().find_map(|matcher| match matcher {
                PactMatcher::Regex(regex) if !regex.matches(text) => sample(regex.as_str(), chance),
                _ => None,
            });
            made.map(|made| *text = made).is_some()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
