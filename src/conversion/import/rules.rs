//! From the expectation at each place to the fewest rules that express it.
//!
//! Places without a rule are compared in one of two ways: by type, in a response, or by value, in a request and below
//! `equal` in a response. For each place both are tried, and the one with fewer rules is taken.

use std::collections::HashSet;

use serde_json::Value;

use super::expectation::{Expectation, Node, explicit_rule};
use super::scalars::{ScalarRule, type_matcher};
use crate::contract::{Matcher, Rule};
use crate::interaction::{Path, Segment};

/// How places without a rule are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    ByType,
    ByValue,
}

/// Rules with the paths to their places, relative to the place at hand.
pub(super) type Rules = Vec<(Vec<Segment>, Rule)>;

/// The rules that express the expectation at a place, in each of the two ways.
struct Both {
    by_type: Rules,
    by_value: Rules,
}

/// The rules that express the expectations for a body.
pub(super) fn rules(node: &Node<'_>, comparison: Comparison) -> Rules {
    let both = both(node);
    match comparison {
        Comparison::ByType => both.by_type,
        Comparison::ByValue => both.by_value,
    }
}

fn both(node: &Node<'_>) -> Both {
    let modified = |matchers: Vec<Matcher>| Rule { matchers, optional: node.optional, or_null: node.or_null };
    let own = |matchers: Vec<Matcher>| -> Rules {
        let rule = modified(matchers);
        if rule == Rule::default() { Vec::new() } else { vec![(Vec::new(), rule)] }
    };
    let alike = |matchers: Vec<Matcher>| Both { by_type: own(matchers.clone()), by_value: own(matchers) };
    match &node.expected {
        Expectation::Scalar(rule) => scalar(node, rule, &own),
        Expectation::Exact => Both {
            by_type: own(vec![Matcher::Exact]),
            // It is explicit about other keys, whatever the places around it say of theirs.
            by_value: own(vec![Matcher::Exact]),
        },
        Expectation::AnyList => alike(vec![Matcher::Size { min: 0, max: None }]),
        Expectation::Anything => alike(vec![Matcher::Any]),
        Expectation::Object(fields) => {
            let (mut by_type, mut by_value) = (own(Vec::new()), own(Vec::new()));
            let mut below_equal = own(vec![Matcher::Equal]);
            for (key, field) in fields {
                let Both { by_type: typed, by_value: valued } = both(field);
                let segment = Segment::Key((*key).to_owned());
                below_equal.extend(under(&segment, valued.clone()));
                by_type.extend(under(&segment, typed));
                by_value.extend(under(&segment, valued));
            }
            fewer(by_type, below_equal, by_value)
        }
        Expectation::Map(any) => map(any, &own),
        Expectation::Sequence(items) => {
            let valued = merged(items, &items.iter().map(|item| both(item).by_value).collect::<Vec<_>>());
            let matcher = if items.is_empty() { Matcher::Exact } else { Matcher::Equal };
            let mut by_type = own(vec![matcher]);
            by_type.extend(valued.clone());
            let mut by_value = own(Vec::new());
            by_value.extend(valued);
            Both { by_type, by_value }
        }
        Expectation::Contains(items) => {
            let mut rules = own(vec![Matcher::Contains]);
            rules.extend(merged(items, &items.iter().map(|item| both(item).by_value).collect::<Vec<_>>()));
            Both { by_type: rules.clone(), by_value: rules }
        }
        Expectation::Each { min, max, each, at } => {
            let size = Matcher::Size { min: *min, max: *max };
            let is_default = *min == 1 && max.is_none();
            let mut by_type = own(if is_default { Vec::new() } else { vec![size.clone()] });
            let mut below_equal = own(vec![size.clone(), Matcher::Equal]);
            let mut by_value = own(vec![size]);
            let Both { by_type: typed, by_value: valued } = both(each);
            // Once for both ways, or the work would double with each level.
            let (mut at_typed, mut at_valued) = (Vec::new(), Vec::new());
            for (index, node) in at {
                let Both { by_type, by_value } = both(node);
                at_typed.push((*index, node, by_type));
                at_valued.push((*index, node, by_value));
            }
            by_type.extend(of_each(&typed, at_typed));
            let valued = of_each(&valued, at_valued);
            below_equal.extend(valued.clone());
            by_value.extend(valued);
            fewer(by_type, below_equal, by_value)
        }
    }
}

fn scalar(node: &Node<'_>, rule: &ScalarRule, own: &dyn Fn(Vec<Matcher>) -> Rules) -> Both {
    let typed = || own(type_matcher(node.example).into_iter().collect());
    let null = node.example.is_null();
    match rule {
        ScalarRule::Is(matcher) => Both { by_type: own(vec![matcher.clone()]), by_value: own(vec![matcher.clone()]) },
        // One null is the other.
        ScalarRule::Type | ScalarRule::Value if null => Both { by_type: typed(), by_value: own(Vec::new()) },
        ScalarRule::Value => Both { by_type: own(vec![Matcher::Exact]), by_value: own(Vec::new()) },
        ScalarRule::Type if node.or_null => Both { by_type: typed(), by_value: typed() },
        ScalarRule::Type => Both { by_type: own(Vec::new()), by_value: typed() },
    }
}

/// Below `equal`, if that takes fewer rules.
fn fewer(by_type: Rules, below_equal: Rules, by_value: Rules) -> Both {
    Both { by_type: if below_equal.len() < by_type.len() { below_equal } else { by_type }, by_value }
}

fn under(segment: &Segment, rules: Rules) -> Rules {
    let below = |(path, rule): (Vec<Segment>, Rule)| {
        let path = std::iter::once(segment.clone()).chain(path).collect();
        (path, rule)
    };
    rules.into_iter().map(below).collect()
}

/// The rules of a map. At least one leads through its keys, which is what marks them as data.
fn map(any: &Node<'_>, own: &dyn Fn(Vec<Matcher>) -> Rules) -> Both {
    let with = |rules: Rules, otherwise: (Vec<Segment>, Rule)| {
        let mut all = own(vec![Matcher::Size { min: 0, max: None }]);
        all.extend(under(&Segment::AnyKey, if rules.is_empty() { vec![otherwise] } else { rules }));
        all
    };
    let Both { by_type, by_value } = both(any);
    let explicit = explicit_rule(any).unwrap_or_else(|| (Vec::new(), Rule::of(Matcher::Any)));
    Both { by_type: with(by_type, explicit), by_value: with(by_value, (Vec::new(), Rule::of(Matcher::Equal))) }
}

/// The longest list whose elements are all compared with each other; in a longer one only the first is.
const MOST_COMPARED: usize = 300;

/// The rules of elements with an expectation each: one for all, if it applies to every element that has the place.
fn merged(items: &[Node<'_>], rules: &[Rules]) -> Rules {
    let mut all: Rules = Vec::new();
    let mut of_each: HashSet<(&[Segment], String)> = HashSet::new();
    for (index, of_item) in rules.iter().enumerate() {
        for (path, rule) in of_item {
            if of_each.contains(&(path.as_slice(), rule.to_string())) {
                continue;
            }
            let place = Path(path.clone());
            let compared = index == 0 || items.len() <= MOST_COMPARED;
            let everywhere = compared
                && items.iter().zip(rules).all(|(item, others)| {
                    place.select(item.example).is_empty()
                        || others.iter().any(|(other, it)| other == path && it == rule)
                });
            if everywhere {
                of_each.insert((path.as_slice(), rule.to_string()));
            }
            let segment = if everywhere { Segment::Each } else { Segment::Index(index) };
            all.push((std::iter::once(segment).chain(path.iter().cloned()).collect(), rule.clone()));
        }
    }
    all
}

/// The rules for all elements of a list, and for those with rules of their own.
fn of_each(each: &Rules, at: Vec<(usize, &Node<'_>, Rules)>) -> Rules {
    let mut all = under(&Segment::Each, each.clone());
    for (index, node, own) in at {
        // Rules that hold for the others, but not for this one.
        let loosened =
            each.iter().filter(|(path, _)| !own.iter().any(|(other, _)| other == path)).filter_map(|(path, _)| {
                let place = Path(path.clone());
                let example: &Value = place.select(node.example).into_iter().next()?;
                let matcher = type_matcher(example).unwrap_or(Matcher::Any);
                Some((path.clone(), Rule::of(matcher)))
            });
        let loosened: Rules = loosened.collect();
        let own: Rules = own.into_iter().filter(|rule| !each.contains(rule)).chain(loosened).collect();
        all.extend(under(&Segment::Index(index), own));
    }
    all
}
