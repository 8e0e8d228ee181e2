//! Headers, by Pact's rules: names have no case, white space around commas makes no difference, and a media type may have
//! more parameters than the example.

use super::value::{Unmet, check_text};
use super::walk::{Comparison, combine};
use crate::interaction::mismatch::{HEADER_MISSING, HEADER_VALUE};
use crate::interaction::{
    Actual, Expected, Headers, Mismatch, Missing, Part, contradicts_itself, describe, header_values,
};
use crate::pact::chosen::Chosen;
use crate::pact::matcher::{PactMatcher, PlacedRules, RuleList, Variant};
use crate::pact::rules::PactRules;
use crate::source::{Pointer, Step};

/// The headers that are compared value by value. All others are compared as one text. (This is Pact's list, which is
/// shorter than that of the RFCs.)
const LISTS: [&str; 12] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-expose-headers",
    "access-control-request-headers",
    "allow",
    "cache-control",
    "if-match",
    "if-none-match",
    "vary",
];

/// The headers whose values have parameters.
const WITH_PARAMETERS: [&str; 2] = ["accept", "content-type"];

/// Compares headers. Headers that the example doesn't have are ignored.
pub(super) fn compare(asked: &Headers, rules: &PactRules, actual: &[(String, String)], at: &Pointer) -> Vec<Mismatch> {
    let mut comparison = Comparison::new(at, Part::Header, &["headers"], false);
    let root = Chosen::new(&rules.headers);
    for (name, values) in asked {
        let step = Step::Key(name.clone());
        let chosen = root.below(&step);
        let came: Vec<&str> = header_values(actual, name).map(str::trim).collect();
        comparison.down(step, |comparison| {
            if came.is_empty() {
                let expected = Expected::texts(values.iter().map(String::as_str));
                comparison.note(HEADER_MISSING, None, expected, Actual::Missing(Missing::Header));
            } else {
                compare_values(comparison, name, values, &came, &chosen);
            }
        });
    }
    for mismatch in &mut comparison.found {
        // The place of a header is its name, whatever is wrong inside.
        if mismatch.code != HEADER_MISSING {
            mismatch.code = HEADER_VALUE;
        }
        mismatch.path = mismatch.path.trim_matches('"').to_owned();
    }
    comparison.found
}

fn compare_values(comparison: &mut Comparison<'_>, name: &str, asked: &[String], came: &[&str], chosen: &Chosen<'_>) {
    let whole_asked = asked.join(", ");
    let whole_came = came.join(", ");
    let rule = chosen.speaking().map(|speaking| speaking.list);
    if contradicts_itself(name, came, asked) {
        let expected = Expected::texts(asked.iter().map(String::as_str));
        return comparison.note(HEADER_VALUE, None, expected, Actual::texts(came.iter().copied()));
    }
    let elements = |values: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        let split = |value: &str| -> Vec<String> {
            if LISTS.contains(&name) {
                value.split(',').map(|part| part.trim().to_owned()).collect()
            } else {
                vec![value.to_owned()]
            }
        };
        values.flat_map(split).collect()
    };
    let asked_elements = elements(&mut asked.iter().map(String::as_str));
    let came_elements = elements(&mut came.iter().copied());
    if let Some(list) = rule {
        // It is enough if the values fit either joined or one by one, because proxies join and split them.
        let check = |matcher: &PactMatcher| -> Result<(), Unmet> {
            if let PactMatcher::ArrayContains(variants) = matcher {
                return contains(variants, &asked_elements, &came_elements);
            }
            check_text(matcher, &whole_asked, &whole_came).or_else(|unmet| {
                if came_elements.len() < 2 {
                    return Err(unmet);
                }
                came_elements.iter().enumerate().try_for_each(|(index, value)| {
                    let example = asked_elements.get(index).or(asked_elements.first()).map_or("", String::as_str);
                    check_text(matcher, example, value)
                })
            })
        };
        if let Err(unmet) = combine(list.any, list.matchers.iter().map(check).collect()) {
            comparison.unmet(unmet, rule, Actual::texts(came.iter().copied()));
        }
        return;
    }
    let fits = if asked_elements.len() == came_elements.len() {
        asked_elements.iter().zip(&came_elements).enumerate().all(|(index, (asked, came))| {
            match chosen.below(&Step::Index(index)).speaking() {
                Some(speaking) => {
                    let results = speaking.list.matchers.iter().map(|it| check_text(it, asked, came)).collect();
                    combine(speaking.list.any, results).is_ok()
                }
                None if WITH_PARAMETERS.contains(&name) => same_with_parameters(asked, came),
                None => without_spaces(asked) == without_spaces(came),
            }
        })
    } else {
        without_spaces(&whole_asked) == without_spaces(&whole_came)
    };
    if !fits {
        let expected = Expected::texts(asked.iter().map(String::as_str));
        comparison.note(HEADER_VALUE, None, expected, Actual::texts(came.iter().copied()));
    }
}

/// Checks that each of the example's values is among the actual ones.
fn contains(variants: &[Variant], asked: &[String], came: &[String]) -> Result<(), Unmet> {
    let every: Vec<(usize, Option<&RuleList>)> = if variants.is_empty() {
        (0..asked.len()).map(|index| (index, None)).collect()
    } else {
        variants.iter().map(|variant| (variant.index, at_root(&variant.rules))).collect()
    };
    for (index, list) in every {
        let Some(wanted) = asked.get(index) else {
            let expected = Expected::ElementNumber { index, of: asked.len() };
            return Err(Unmet { code: HEADER_VALUE, expected });
        };
        let fits = |value: &String| match list {
            Some(list) => {
                let results = list.matchers.iter().map(|it| check_text(it, wanted, value)).collect();
                combine(list.any, results).is_ok()
            }
            None => wanted == value,
        };
        if !came.iter().any(fits) {
            return Err(Unmet { code: HEADER_VALUE, expected: Expected::ElementLike(describe::quoted(wanted)) });
        }
    }
    Ok(())
}

/// The rule for the element itself.
fn at_root(rules: &PlacedRules) -> Option<&RuleList> {
    rules.0.iter().find(|rule| rule.path.0.is_empty()).map(|rule| &rule.list)
}

/// A value without white space around its commas.
fn without_spaces(value: &str) -> String {
    value.split(',').map(str::trim).collect::<Vec<_>>().join(",")
}

/// Whether a value is the example's, with all of its parameters, and maybe more.
fn same_with_parameters(asked: &str, came: &str) -> bool {
    let parts = |text: &str| -> (String, Vec<(String, String)>) {
        let mut parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        let value = parts.next().unwrap_or_default().to_owned();
        let parameters = parts.filter_map(|part| part.split_once('='));
        let parameters = parameters.map(|(name, value)| {
            (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_ascii_lowercase())
        });
        (value, parameters.collect())
    };
    let ((asked, wanted), (came, found)) = (parts(asked), parts(came));
    // In Pact, the value is case-sensitive, and the parameters aren't.
    asked == came && wanted.iter().all(|parameter| found.contains(parameter))
}
