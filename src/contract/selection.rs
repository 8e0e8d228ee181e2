//! The places that a message's rules select in its example, found in one pass for all rules.

use std::collections::HashSet;

use serde_json::Value;

use super::matcher::{Matcher, Rule};
use super::path_tree::PathTree;
use crate::interaction::{Path, Segment};

/// How many places all rules of a message may select together. A file within its limits can have a hundred thousand
/// rules that select a hundred thousand places each.
const MOST_SELECTED: usize = 2_000_000;

/// How many places without a rule are reported.
const MOST_MISSING: usize = 500;

/// The places that one rule selects.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selected {
    /// How many places; for a rule about an absent key, how many objects could have that key.
    pub places: usize,
    pub all_arrays: bool,
    pub all_objects: bool,
    /// Whether the example has the key that must be absent.
    pub shown: bool,
}

/// A value in an example that doesn't say what the consumer needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unclear {
    Null,
    EmptyList,
}

/// A place with an unclear value, and without a rule.
#[derive(Debug)]
pub(super) struct MissingRule {
    pub place: Path,
    /// The path that a rule for the place would have.
    pub rule_path: Path,
    pub value: Unclear,
}

/// The places that all rules select, in the order of the rules, and the places that need a rule and have none.
#[derive(Debug)]
pub(super) struct Selection {
    pub rules: Vec<Selected>,
    /// The first place for each rule that is missing.
    pub missing: Vec<MissingRule>,
    /// Whether there were too many places to visit all of them.
    pub too_many: bool,
}

/// A rule with its path; `None` if the rule can't be read. It still counts as a rule for its places.
pub(super) type KnownRule<'r> = (&'r Path, Option<&'r Rule>);

/// The rules whose paths end at one node of the tree, by their indexes.
#[derive(Debug, Default)]
struct RulesHere<'r> {
    rule: Option<usize>,
    /// The keys that must be absent here, with their rules.
    absent: Vec<(&'r str, usize)>,
}

/// One pass through an example.
struct Selector<'r> {
    rules: &'r [KnownRule<'r>],
    selection: Selection,
    visits: usize,
    path: Vec<Segment>,
    /// Whether nulls and empty lists need a rule.
    needs_rules: bool,
    /// The paths of the missing rules that were found.
    reported: HashSet<Path>,
}

/// Finds the places that each rule selects. The paths of the rules must differ. `needs_rules` says whether nulls and empty
/// lists need a rule.
pub(super) fn select(example: &Value, rules: &[KnownRule<'_>], needs_rules: bool) -> Selection {
    let nothing = Selected { places: 0, all_arrays: true, all_objects: true, shown: false };
    let selection = Selection { rules: vec![nothing; rules.len()], missing: Vec::new(), too_many: false };
    let mut selector =
        Selector { rules, selection, visits: 0, path: Vec::new(), needs_rules, reported: HashSet::new() };
    let mut tree: PathTree<'_, RulesHere<'_>> = PathTree::default();
    for (number, (path, rule)) in rules.iter().enumerate() {
        match (rule, path.0.split_last()) {
            (Some(rule), Some((Segment::Key(key), parent))) if rule.has(&Matcher::Absent) => {
                tree.at(parent).get_or_insert_default().absent.push((key, number));
            }
            _ => tree.at(&path.0).get_or_insert_default().rule = Some(number),
        }
    }
    selector.visit(example, &[&tree], false);
    selector.selection
}

impl<'r> Selector<'r> {
    /// Visits a value. `is_covered` says whether a rule above decides about everything here.
    fn visit(&mut self, value: &Value, trees: &[&PathTree<'r, RulesHere<'r>>], is_covered: bool) {
        self.visits += trees.len();
        if self.visits > MOST_SELECTED {
            self.selection.too_many = true;
            return;
        }
        let (mut has_rule, mut covers) = (is_covered, is_covered);
        for here in trees.iter().filter_map(|tree| tree.here.as_ref()) {
            self.note(value, here);
            if let Some(number) = here.rule {
                let rule = self.rules.get(number).and_then(|(_, rule)| *rule);
                has_rule |= rule.is_none_or(|rule| !rule.matchers.is_empty() || rule.or_null);
                covers |= rule.is_none_or(|rule| rule.matchers.iter().any(Matcher::covers_descendants));
            }
        }
        let looking = self.needs_rules && !covers && self.selection.missing.len() < MOST_MISSING;
        let goes_on = looking || !trees.is_empty();
        match value {
            Value::Null if looking && !has_rule => self.missing_rule(Unclear::Null),
            Value::Array(items) if items.is_empty() && looking && !has_rule => self.missing_rule(Unclear::EmptyList),
            Value::Array(items) if goes_on => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Segment::Index(index));
                    self.visit(item, &PathTree::below_index(trees, index), covers);
                    self.path.pop();
                }
            }
            Value::Object(object) if goes_on => {
                for (key, item) in object {
                    self.path.push(Segment::Key(key.clone()));
                    self.visit(item, &PathTree::below_key(trees, key), covers);
                    self.path.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            }
        }
    }

    /// Counts a value as selected by the rules that end here.
    fn note(&mut self, value: &Value, here: &RulesHere<'_>) {
        if let Some(selected) = here.rule.and_then(|number| self.selection.rules.get_mut(number)) {
            selected.places += 1;
            selected.all_arrays &= value.is_array();
            selected.all_objects &= value.is_object();
        }
        let Some(object) = value.as_object() else { return };
        for (key, number) in &here.absent {
            if let Some(selected) = self.selection.rules.get_mut(*number) {
                selected.places += 1;
                selected.shown |= object.contains_key(*key);
            }
        }
    }

    /// Notes that this place has no rule, once for all elements of a list.
    fn missing_rule(&mut self, value: Unclear) {
        let each = |segment: &Segment| match segment {
            Segment::Index(_) | Segment::Each => Segment::Each,
            Segment::Key(key) => Segment::Key(key.clone()),
            Segment::AnyKey => Segment::AnyKey,
        };
        let rule_path = Path(self.path.iter().map(each).collect());
        if self.reported.insert(rule_path.clone()) {
            self.selection.missing.push(MissingRule { place: Path(self.path.clone()), rule_path, value });
        }
    }
}
