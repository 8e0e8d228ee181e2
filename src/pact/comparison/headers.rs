//! Headers, by Pact's rules: names have no case, white space around commas does not count, and a media type may have
//! more parameters than the example.

use super::value::{Wrong, check_text};
use super::walk::{Walk, combined};
use crate::interaction::mismatch::{HEADER_MISSING, HEADER_VALUE};
use crate::interaction::{Actual, Expected, Headers, Mismatch, Missing, Part, header_values};
use crate::pact::chosen::Chosen;
use crate::pact::matcher::PactMatcher;
use crate::pact::rules::PactRules;
use crate::source::{Pointer, Step};

/// The headers that are compared value by value where a message has several; others are one text each.
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

/// Compares headers; those that the example doesn't have are ignored.
pub(super) fn compare(asked: &Headers, rules: &PactRules, actual: &[(String, String)], at: &Pointer) -> Vec<Mismatch> {
    let mut walk = Walk::new(at, Part::Header, &["headers"], false);
    let root = Chosen::new(&rules.headers);
    for (name, values) in asked {
        let step = Step::Key(name.clone());
        let chosen = root.below(&step);
        let came: Vec<&str> = header_values(actual, name).map(str::trim).collect();
        walk.down(step, |walk| {
            if came.is_empty() {
                let expected = Expected::texts(values.iter().map(String::as_str));
                walk.note(HEADER_MISSING, None, expected, Actual::Missing(Missing::Header));
            } else {
                one(walk, name, values, &came, &chosen);
            }
        });
    }
    for mismatch in &mut walk.found {
        // A header is told by its name, whatever it holds.
        if mismatch.code != HEADER_MISSING {
            mismatch.code = HEADER_VALUE;
        }
        mismatch.path = mismatch.path.trim_matches('"').to_owned();
    }
    walk.found
}

fn one(walk: &mut Walk<'_>, name: &str, asked: &[String], came: &[&str], chosen: &Chosen<'_>) {
    let whole_asked = asked.join(", ");
    let whole_came = came.join(", ");
    let rule = chosen.speaking().map(|speaking| speaking.list);
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
        // One of the two readings must fit: what one proxy joins, another one keeps apart.
        let check = |matcher: &PactMatcher| -> Result<(), Wrong> {
            check_text(matcher, &whole_asked, &whole_came).or_else(|wrong| {
                if came_elements.len() < 2 {
                    return Err(wrong);
                }
                came_elements.iter().enumerate().try_for_each(|(index, value)| {
                    let example = asked_elements.get(index).or(asked_elements.first()).map_or("", String::as_str);
                    check_text(matcher, example, value)
                })
            })
        };
        if let Err(wrong) = combined(list.any, list.matchers.iter().map(check).collect()) {
            walk.wrong(wrong, rule, Actual::texts(came.iter().copied()));
        }
        return;
    }
    let fits = if asked_elements.len() == came_elements.len() {
        asked_elements.iter().zip(&came_elements).enumerate().all(|(index, (asked, came))| {
            match chosen.below(&Step::Index(index)).speaking() {
                Some(speaking) => {
                    let results = speaking.list.matchers.iter().map(|it| check_text(it, asked, came)).collect();
                    combined(speaking.list.any, results).is_ok()
                }
                None if WITH_PARAMETERS.contains(&name) => same_with_parameters(asked, came),
                None => normal(asked) == normal(came),
            }
        })
    } else {
        normal(&whole_asked) == normal(&whole_came)
    };
    if !fits {
        let expected = Expected::texts(asked.iter().map(String::as_str));
        walk.note(HEADER_VALUE, None, expected, Actual::texts(came.iter().copied()));
    }
}

/// A value without the white space around its commas.
fn normal(value: &str) -> String {
    value.split(',').map(str::trim).collect::<Vec<_>>().join(",")
}

/// Whether a value is the one asked for, with all of its parameters, and maybe more.
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
    // Pact compares the value with its case, and the parameters without.
    asked == came && wanted.iter().all(|parameter| found.contains(parameter))
}
