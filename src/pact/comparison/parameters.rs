//! Named parameters with one or more values each: those of a query, and the fields of a form.

use indexmap::IndexMap;

use super::value::{Unmet, check_text};
use super::walk::{Comparison, combine};
use crate::interaction::mismatch::{MISSING, QUERY_MISSING, QUERY_UNEXPECTED, QUERY_VALUE, SIZE, UNEXPECTED, VALUE};
use crate::interaction::{Actual, Expected, Mismatch, Missing, Nothing, Part, Unit};
use crate::pact::chosen::{Chosen, Speaking};
use crate::pact::matcher::{PactMatcher, PlacedRules};
use crate::source::Step;
use crate::words::did_you_mean;

type Parameters = IndexMap<String, Vec<String>>;

/// Compares parameters. None may be missing, and the example must have all of them.
pub(super) fn compare(comparison: &mut Comparison<'_>, example: &Parameters, actual: &Parameters, rules: &PlacedRules) {
    let in_query = comparison.part == Part::Query;
    let root = Chosen::new(rules);
    for (name, values) in example {
        let step = Step::Key(name.clone());
        let chosen = root.below(&step);
        comparison.down(step, |comparison| match actual.get(name) {
            None => {
                let code = if in_query { QUERY_MISSING } else { MISSING };
                comparison.note(code, None, expected(values), Actual::Missing(Missing::Parameter));
            }
            Some(came) => compare_values(comparison, values, came, &chosen),
        });
    }
    for (name, came) in actual.iter().filter(|(name, _)| !example.contains_key(*name)) {
        let hint = did_you_mean(name, example.keys().filter(|known| !actual.contains_key(*known)).map(String::as_str));
        let code = if in_query { QUERY_UNEXPECTED } else { UNEXPECTED };
        comparison.down(Step::Key(name.clone()), |comparison| {
            comparison.note(code, None, Expected::Nothing(Nothing::Parameter), shown(came));
            if let Some(last) = comparison.found.last_mut() {
                last.hint = hint;
            }
        });
    }
    if in_query {
        comparison.found.iter_mut().for_each(name_only);
    }
}

/// Makes the place of a mismatch the name of its parameter.
fn name_only(mismatch: &mut Mismatch) {
    if let Some((name, _)) = mismatch.path.split_once('[') {
        mismatch.path = name.to_owned();
    }
    if mismatch.code == VALUE {
        mismatch.code = QUERY_VALUE;
    }
}

fn compare_values(comparison: &mut Comparison<'_>, example: &[String], actual: &[String], chosen: &Chosen<'_>) {
    let Some(speaking) = chosen.speaking() else {
        if example.len() != actual.len() {
            let length = u64::try_from(example.len()).unwrap_or(u64::MAX);
            let expected = Expected::Size { min: length, max: Some(length), unit: Unit::Value };
            comparison.note(SIZE, None, expected, shown(actual));
        }
        for (index, (example, value)) in example.iter().zip(actual).enumerate() {
            compare_text(comparison, example, value, &chosen.below(&Step::Index(index)));
        }
        return;
    };
    let results =
        speaking.list.matchers.iter().map(|matcher| check_values(matcher, example, actual, speaking, chosen)).collect();
    if let Err(unmet) = combine(speaking.list.any, results) {
        comparison.unmet(unmet, Some(speaking.list), shown(actual));
    }
}

/// Checks all values of a parameter with one matcher: their number, and each of them against the example's value at the
/// same index, or against the first.
fn check_values(
    matcher: &PactMatcher,
    example: &[String],
    actual: &[String],
    speaking: Speaking<'_>,
    chosen: &Chosen<'_>,
) -> Result<(), Unmet> {
    if example.is_empty() {
        return Ok(());
    }
    if let PactMatcher::Type { min, max } = matcher
        && !speaking.cascaded
    {
        let length = u64::try_from(actual.len()).unwrap_or(u64::MAX);
        if min.is_some_and(|min| length < min) || max.is_some_and(|max| length > max) {
            return Err(Unmet {
                code: SIZE,
                expected: Expected::Size { min: min.unwrap_or(0), max: *max, unit: Unit::Value },
            });
        }
    }
    if let PactMatcher::ArrayContains(_) = matcher {
        let missing = example.iter().find(|wanted| !actual.contains(wanted));
        return match missing {
            None => Ok(()),
            Some(wanted) => Err(Unmet { code: VALUE, expected: Expected::ValueAmong(wanted.clone()) }),
        };
    }
    if *matcher == PactMatcher::Equality && example.len() != actual.len() {
        return Err(Unmet { code: VALUE, expected: expected(example) });
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
            // A rule for this very value is more specific.
            (_, Some(list)) => combine(list.any, list.matchers.iter().map(|it| check_text(it, like, value)).collect()),
            _ => check_text(matcher, like, value),
        }
    })
}

/// Compares one text.
pub(super) fn compare_text(comparison: &mut Comparison<'_>, example: &str, actual: &str, chosen: &Chosen<'_>) {
    let rule = chosen.speaking().map(|speaking| speaking.list);
    let result = match rule {
        Some(list) => combine(list.any, list.matchers.iter().map(|it| check_text(it, example, actual)).collect()),
        None => check_text(&PactMatcher::Equality, example, actual),
    };
    if let Err(unmet) = result {
        comparison.unmet(unmet, rule, shown(&[actual.to_owned()]));
    }
}

fn expected(values: &[String]) -> Expected {
    Expected::texts(values.iter().map(String::as_str))
}

fn shown(values: &[String]) -> Actual {
    Actual::texts(values.iter().map(String::as_str))
}
