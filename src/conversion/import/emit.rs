//! From what is asked of each place to the fewest rules that say it.
//!
//! There are two ways to compare: by type, which goes without saying in a response, and by value, which does in a
//! request, and in a response below `equal`. For each place both are tried, and the one with fewer rules is taken.

use std::collections::HashSet;

use serde_json::Value;

use super::ask::{Ask, Node};
use super::words::{Asked, type_word};
use crate::contract::{Matcher, Rule};
use crate::interaction::{Path, Segment};

/// How places are compared where no rule speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Type,
    Value,
}

/// Rules with the ways to their places from the place that is looked at.
pub(super) type Rules = Vec<(Vec<Segment>, Rule)>;

/// The rules that say of a place what is asked, in each of the two ways.
struct Both {
    by_type: Rules,
    by_value: Rules,
}

/// The rules that say what is asked of a body.
pub(super) fn rules(node: &Node<'_>, way: Way) -> Rules {
    let both = both(node);
    match way {
        Way::Type => both.by_type,
        Way::Value => both.by_value,
    }
}

fn both(node: &Node<'_>) -> Both {
    let modified = |matchers: Vec<Matcher>| Rule { matchers, optional: node.optional, or_null: node.or_null };
    let own = |matchers: Vec<Matcher>| -> Rules {
        let rule = modified(matchers);
        if rule == Rule::default() { Vec::new() } else { vec![(Vec::new(), rule)] }
    };
    let alike = |matchers: Vec<Matcher>| Both { by_type: own(matchers.clone()), by_value: own(matchers) };
    match &node.ask {
        Ask::Scalar(asked) => scalar(node, asked, &own),
        Ask::Exact => Both {
            by_type: own(vec![Matcher::Exact]),
            // Other keys may be ignored there, or not: it says so itself.
            by_value: own(vec![Matcher::Exact]),
        },
        Ask::AnyList => alike(vec![Matcher::Size { min: 0, max: None }]),
        Ask::Anything => alike(vec![Matcher::Any]),
        Ask::Object(fields) => {
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
        Ask::Map(any) => map(any, &own),
        Ask::Sequence(items) => {
            let valued = merged(items, &items.iter().map(|item| both(item).by_value).collect::<Vec<_>>());
            let matcher = if items.is_empty() { Matcher::Exact } else { Matcher::Equal };
            let mut by_type = own(vec![matcher]);
            by_type.extend(valued.clone());
            let mut by_value = own(Vec::new());
            by_value.extend(valued);
            Both { by_type, by_value }
        }
        Ask::Contains(items) => {
            let mut rules = own(vec![Matcher::Contains]);
            rules.extend(merged(items, &items.iter().map(|item| both(item).by_value).collect::<Vec<_>>()));
            Both { by_type: rules.clone(), by_value: rules }
        }
        Ask::Each { min, max, each, at } => {
            let size = Matcher::Size { min: *min, max: *max };
            let unsaid = *min == 1 && max.is_none();
            let mut by_type = own(if unsaid { Vec::new() } else { vec![size.clone()] });
            let mut below_equal = own(vec![size.clone(), Matcher::Equal]);
            let mut by_value = own(vec![size]);
            let Both { by_type: typed, by_value: valued } = both(each);
            by_type.extend(of_each(&typed, at, |both| both.by_type));
            let valued = of_each(&valued, at, |both| both.by_value);
            below_equal.extend(valued.clone());
            by_value.extend(valued);
            fewer(by_type, below_equal, by_value)
        }
    }
}

fn scalar(node: &Node<'_>, asked: &Asked, own: &dyn Fn(Vec<Matcher>) -> Rules) -> Both {
    let typed = || own(type_word(node.example).into_iter().collect());
    let null = node.example.is_null();
    match asked {
        Asked::Is(matcher) => Both { by_type: own(vec![matcher.clone()]), by_value: own(vec![matcher.clone()]) },
        // One null is the other.
        Asked::Type | Asked::Value if null => Both { by_type: typed(), by_value: own(Vec::new()) },
        Asked::Value => Both { by_type: own(vec![Matcher::Exact]), by_value: own(Vec::new()) },
        Asked::Type if node.or_null => Both { by_type: typed(), by_value: typed() },
        Asked::Type => Both { by_type: own(Vec::new()), by_value: typed() },
    }
}

/// Below `equal` where that takes fewer rules.
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

/// The rules of a map, of which one at least leads through its keys: that is what says that they are data.
fn map(any: &Node<'_>, own: &dyn Fn(Vec<Matcher>) -> Rules) -> Both {
    let with = |rules: Rules, otherwise: (Vec<Segment>, Rule)| {
        let mut all = own(vec![Matcher::Size { min: 0, max: None }]);
        all.extend(under(&Segment::AnyKey, if rules.is_empty() { vec![otherwise] } else { rules }));
        all
    };
    let Both { by_type, by_value } = both(any);
    let said = said_anyway(any).unwrap_or_else(|| (Vec::new(), Rule::of(Matcher::Any)));
    Both { by_type: with(by_type, said), by_value: with(by_value, (Vec::new(), Rule::of(Matcher::Equal))) }
}

/// A rule that says what goes without saying by type, if there is one.
pub(super) fn said_anyway(node: &Node<'_>) -> Option<(Vec<Segment>, Rule)> {
    if let Some(word) = type_word(node.example) {
        return Some((Vec::new(), Rule::of(word)));
    }
    match &node.ask {
        Ask::Object(fields) => fields.iter().find_map(|(key, field)| {
            let (path, rule) = said_anyway(field)?;
            Some((std::iter::once(Segment::Key((*key).to_owned())).chain(path).collect(), rule))
        }),
        Ask::Each { min, max, .. } => Some((Vec::new(), Rule::of(Matcher::Size { min: *min, max: *max }))),
        _ => None,
    }
}

/// How many elements are compared with each other at most: of a longer list, those of the first are looked for.
const MOST_COMPARED: usize = 300;

/// Rules for the elements of a list that stand each for itself: said once where they go for every element that has the
/// place.
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

/// The rules of each element of a list, and those of elements with rules of their own.
fn of_each(each: &Rules, at: &[(usize, Node<'_>)], take: fn(Both) -> Rules) -> Rules {
    let mut all = under(&Segment::Each, each.clone());
    for (index, node) in at {
        let own = take(both(node));
        // What goes for the others and not for this one.
        let loosened =
            each.iter().filter(|(path, _)| !own.iter().any(|(other, _)| other == path)).filter_map(|(path, _)| {
                let place = Path(path.clone());
                let example: &Value = place.select(node.example).into_iter().next()?;
                let word = type_word(example).unwrap_or(Matcher::Any);
                Some((path.clone(), Rule::of(word)))
            });
        let loosened: Rules = loosened.collect();
        let own: Rules = own.into_iter().filter(|entry| !each.contains(entry)).chain(loosened).collect();
        all.extend(under(&Segment::Index(*index), own));
    }
    all
}
