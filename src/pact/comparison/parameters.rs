//! Parameters with names and several values each: those of a query, and the fields of a form.

use indexmap::IndexMap;

use super::value::{Wrong, check_text};
use super::walk::{Walk, combined};
use crate::interaction::mismatch::{MISSING, QUERY_MISSING, QUERY_UNEXPECTED, QUERY_VALUE, SIZE, UNEXPECTED, VALUE};
use crate::interaction::{Actual, Expected, Mismatch, Missing, Nothing, Part, Unit};
use crate::pact::chosen::{Chosen, Speaking};
use crate::pact::matcher::{PactMatcher, PlacedRules};
use crate::source::Step;
use crate::words::did_you_mean;

type Parameters = IndexMap<String, Vec<String>>;

/// Compares parameters: none may be missing, and none may be there beyond those of the example.
pub(super) fn compare(walk: &mut Walk<'_>, example: &Parameters, actual: &Parameters, rules: &PlacedRules) {
    let in_query = walk.part == Part::Query;
    let root = Chosen::new(rules);
    for (name, values) in example {
        let step = Step::Key(name.clone());
        let chosen = root.below(&step);
        walk.down(step, |walk| match actual.get(name) {
            None => {
                let code = if in_query { QUERY_MISSING } else { MISSING };
                walk.note(code, None, expected(values), Actual::Missing(Missing::Parameter));
            }
            Some(came) => compare_values(walk, values, came, &chosen),
        });
    }
    for (name, came) in actual.iter().filter(|(name, _)| !example.contains_key(*name)) {
        let hint = did_you_mean(name, example.keys().filter(|known| !actual.contains_key(*known)).map(String::as_str));
        let code = if in_query { QUERY_UNEXPECTED } else { UNEXPECTED };
        walk.down(Step::Key(name.clone()), |walk| {
            walk.note(code, None, Expected::Nothing(Nothing::Parameter), shown(came));
            if let Some(last) = walk.found.last_mut() {
                last.hint = hint;
            }
        });
    }
    if in_query {
        walk.found.iter_mut().for_each(name_only);
    }
}

/// A parameter is told by its name.
fn name_only(mismatch: &mut Mismatch) {
    if let Some((name, _)) = mismatch.path.split_once('[') {
        mismatch.path = name.to_owned();
    }
    if mismatch.code == VALUE {
        mismatch.code = QUERY_VALUE;
    }
}

fn compare_values(walk: &mut Walk<'_>, example: &[String], actual: &[String], chosen: &Chosen<'_>) {
    let Some(speaking) = chosen.speaking() else {
        if example.len() != actual.len() {
            let length = u64::try_from(example.len()).unwrap_or(u64::MAX);
            let expected = Expected::Size { min: length, max: Some(length), unit: Unit::Value };
            walk.note(SIZE, None, expected, shown(actual));
        }
        for (index, (example, value)) in example.iter().zip(actual).enumerate() {
            one(walk, example, value, &chosen.below(&Step::Index(index)));
        }
        return;
    };
    let results =
        speaking.list.matchers.iter().map(|matcher| all(matcher, example, actual, speaking, chosen)).collect();
    if let Err(wrong) = combined(speaking.list.any, results) {
        walk.wrong(wrong, Some(speaking.list), shown(actual));
    }
}

/// What one matcher says of all values of a parameter: how many there are, and of each that it is like the example's in
/// its place, or like the first.
fn all(
    matcher: &PactMatcher,
    example: &[String],
    actual: &[String],
    speaking: Speaking<'_>,
    chosen: &Chosen<'_>,
) -> Result<(), Wrong> {
    if example.is_empty() {
        return Ok(());
    }
    if let PactMatcher::Type { min, max } = matcher
        && !speaking.cascaded
    {
        let length = u64::try_from(actual.len()).unwrap_or(u64::MAX);
        if min.is_some_and(|min| length < min) || max.is_some_and(|max| length > max) {
            return Err(Wrong {
                code: SIZE,
                expected: Expected::Size { min: min.unwrap_or(0), max: *max, unit: Unit::Value },
            });
        }
    }
    if let PactMatcher::ArrayContains(_) = matcher {
        let missing = example.iter().find(|wanted| !actual.contains(wanted));
        return match missing {
            None => Ok(()),
            Some(wanted) => Err(Wrong { code: VALUE, expected: Expected::ValueAmong(wanted.clone()) }),
        };
    }
    if *matcher == PactMatcher::Equality && example.len() != actual.len() {
        return Err(Wrong { code: VALUE, expected: expected(example) });
    }
    actual.iter().enumerate().try_for_each(|(index, value)| {
        let like = example.get(index).or(example.first()).map_or("", String::as_str);
        let below = chosen.below(&Step::Index(index));
        match (matcher, below.here()) {
            (PactMatcher::EachValue(rules), _) => {
                let below = Chosen::new(rules).below(&Step::Index(index));
                let matchers = below.speaking().map(|it| it.list.matchers.as_slice()).unwrap_or_default();
                matchers.iter().try_for_each(|matcher| check_text(matcher, like, value))
            }
            // A rule for this very value says more.
            (_, Some(list)) => {
                combined(list.any, list.matchers.iter().map(|one| check_text(one, like, value)).collect())
            }
            _ => check_text(matcher, like, value),
        }
    })
}

/// Compares one text.
pub(super) fn one(walk: &mut Walk<'_>, example: &str, actual: &str, chosen: &Chosen<'_>) {
    let rule = chosen.speaking().map(|speaking| speaking.list);
    let result = match rule {
        Some(list) => combined(list.any, list.matchers.iter().map(|it| check_text(it, example, actual)).collect()),
        None => check_text(&PactMatcher::Equality, example, actual),
    };
    if let Err(wrong) = result {
        walk.wrong(wrong, rule, shown(&[actual.to_owned()]));
    }
}

fn expected(values: &[String]) -> Expected {
    Expected::texts(values.iter().map(String::as_str))
}

fn shown(values: &[String]) -> Actual {
    Actual::texts(values.iter().map(String::as_str))
}
