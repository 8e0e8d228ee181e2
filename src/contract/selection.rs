//! What the rules of a message select in its example, found in one walk for all of them.

use std::collections::HashSet;

use serde_json::Value;

use super::matcher::{Matcher, Rule};
use super::path_tree::PathTree;
use crate::interaction::{Path, Segment};

/// How many places all rules of a message may select together. A file within its limits can hold a hundred thousand
/// rules that each select a hundred thousand places.
const MOST_SELECTED: usize = 2_000_000;

/// How many places without a rule are named.
const MOST_MISSING: usize = 500;

/// What one rule selects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selected {
    /// How many places; of a rule for an absent key, how many objects that the key could be in.
    pub places: usize,
    pub all_arrays: bool,
    pub all_objects: bool,
    /// Whether the example shows the key that must be absent.
    pub shown: bool,
}

/// What all rules select, in their order, and what none of them speaks of.
#[derive(Debug)]
pub(super) struct Selection {
    pub rules: Vec<Selected>,
    /// The first place of each kind where there is a null or an empty list and no rule: its path, the path that a rule
    /// for it has, and what is there.
    pub missing: Vec<(Path, Path, &'static str)>,
    /// Whether there were too many places to look at all of them.
    pub too_many: bool,
}

/// A rule as it is known so far: one that could not be read still speaks of its places.
pub(super) type Known<'r> = (&'r Path, Option<&'r Rule>);

/// What stands at the end of a path.
#[derive(Debug, Default)]
struct Station<'r> {
    rule: Option<usize>,
    /// The keys that must be absent here, and the numbers of their rules.
    absent: Vec<(&'r str, usize)>,
}

struct Walk<'r> {
    rules: &'r [Known<'r>],
    selection: Selection,
    visits: usize,
    path: Vec<Segment>,
    /// Whether nulls and empty lists need a rule.
    needs_rules: bool,
    named: HashSet<Path>,
}

/// Walks along an example with rules that have different paths; `needs_rules` says whether nulls and empty lists in it
/// must have one.
pub(super) fn select(example: &Value, rules: &[Known<'_>], needs_rules: bool) -> Selection {
    let nothing = Selected { places: 0, all_arrays: true, all_objects: true, shown: false };
    let selection = Selection { rules: vec![nothing; rules.len()], missing: Vec::new(), too_many: false };
    let mut walk = Walk { rules, selection, visits: 0, path: Vec::new(), needs_rules, named: HashSet::new() };
    let mut tree: PathTree<'_, Station<'_>> = PathTree::default();
    for (number, (path, rule)) in rules.iter().enumerate() {
        match (rule, path.0.split_last()) {
            (Some(rule), Some((Segment::Key(key), parent))) if rule.has(&Matcher::Absent) => {
                tree.at(parent).get_or_insert_default().absent.push((key, number));
            }
            _ => tree.at(&path.0).get_or_insert_default().rule = Some(number),
        }
    }
    walk.value(example, &[&tree], false);
    walk.selection
}

impl<'r> Walk<'r> {
    fn value(&mut self, value: &Value, trees: &[&PathTree<'r, Station<'r>>], covered: bool) {
        self.visits += trees.len();
        if self.visits > MOST_SELECTED {
            self.selection.too_many = true;
            return;
        }
        let (mut spoken_of, mut covers) = (covered, covered);
        for station in trees.iter().filter_map(|tree| tree.here.as_ref()) {
            self.note(value, station);
            if let Some(number) = station.rule {
                let rule = self.rules.get(number).and_then(|(_, rule)| *rule);
                spoken_of |= rule.is_none_or(|rule| !rule.matchers.is_empty() || rule.or_null);
                covers |= rule.is_none_or(|rule| rule.matchers.iter().any(speaks_for_all_below));
            }
        }
        let looking = self.needs_rules && !covers && self.selection.missing.len() < MOST_MISSING;
        match value {
            Value::Null if looking && !spoken_of => self.missing("null"),
            Value::Array(items) if items.is_empty() && looking && !spoken_of => self.missing("an empty list"),
            Value::Array(items) if looking || goes_on(trees) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Segment::Index(index));
                    self.value(item, &PathTree::below_index(trees, index), covers);
                    self.path.pop();
                }
            }
            Value::Object(object) if looking || goes_on(trees) => {
                for (key, item) in object {
                    self.path.push(Segment::Key(key.clone()));
                    self.value(item, &PathTree::below_key(trees, key), covers);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, value: &Value, station: &Station<'_>) {
        if let Some(selected) = station.rule.and_then(|number| self.selection.rules.get_mut(number)) {
            selected.places += 1;
            selected.all_arrays &= value.is_array();
            selected.all_objects &= value.is_object();
        }
        let Some(object) = value.as_object() else { return };
        for (key, number) in &station.absent {
            if let Some(selected) = self.selection.rules.get_mut(*number) {
                selected.places += 1;
                selected.shown |= object.contains_key(*key);
            }
        }
    }

    /// Notes a place that no rule speaks of, once for all elements of a list.
    fn missing(&mut self, what: &'static str) {
        let each = |segment: &Segment| match segment {
            Segment::Index(_) => Segment::Each,
            other => other.clone(),
        };
        let rule_path = Path(self.path.iter().map(each).collect());
        if self.named.insert(rule_path.clone()) {
            self.selection.missing.push((Path(self.path.clone()), rule_path, what));
        }
    }
}

/// Whether any path leads further.
fn goes_on<T>(trees: &[&PathTree<'_, T>]) -> bool {
    !trees.is_empty()
}

/// A matcher that says what the whole value is, so that a null below it tells what is meant.
const fn speaks_for_all_below(matcher: &Matcher) -> bool {
    matches!(
        matcher,
        Matcher::Exact
            | Matcher::Equal
            | Matcher::Any
            | Matcher::Unordered
            | Matcher::Contains
            | Matcher::Schema(_)
            | Matcher::OneOf(_)
    )
}
