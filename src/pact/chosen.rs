//! Which rule applies to a place: the one with the most specific path.
//!
//! The weights are those of the Pact specification, version 2: each step of a path counts 2 if it names the place and 1 if
//! it is a star, the steps are multiplied, and a longer path wins. A rule whose path ends above the place applies to it,
//! too (it cascades), unless a more specific one does. The specification doesn't say which of two rules of the same weight
//! applies: here it is the later one in the file.

use std::collections::HashMap;
use std::sync::OnceLock;

use smallvec::SmallVec;

use super::matcher::{PactMatcher, PlacedRule, PlacedRules, RuleList};
use super::path::PactStep;
use crate::source::Step;

/// The rules that may apply to a place or below it.
#[derive(Clone, Debug, Default)]
pub struct Chosen<'c> {
    /// Those whose paths lead further down, each with the weight of the steps so far.
    further: SmallVec<[(&'c PlacedRule, usize); 8]>,
    /// The one that applies here, with its weight, and whether its path ends here.
    best: Option<(&'c RuleList, usize, bool)>,
    /// Whether one of those that end here or above compares types.
    typed: bool,
    /// The number of steps so far.
    depth: usize,
    /// Where in `further` the rules for a step are, if there are many.
    index: OnceLock<Index<'c>>,
}

/// From this number of rules on, those for a step are looked up instead of tried one by one, which would be quadratic in a
/// file with a rule for each key.
const MANY: usize = 16;

/// Rules by their next step, as indexes in ascending order.
#[derive(Clone, Debug, Default)]
struct Index<'c> {
    keys: HashMap<&'c str, Vec<usize>>,
    /// Keys that are numbers, which also select an element.
    numbers: HashMap<usize, Vec<usize>>,
    indexes: HashMap<usize, Vec<usize>>,
    stars: Vec<usize>,
}

impl<'c> Index<'c> {
    fn new(further: &[(&'c PlacedRule, usize)], depth: usize) -> Self {
        let mut index = Self::default();
        for (at, (rule, _)) in further.iter().enumerate() {
            match &rule.path.0[depth] {
                PactStep::Key(key) => {
                    index.keys.entry(key).or_default().push(at);
                    if let Ok(number) = key.parse() {
                        index.numbers.entry(number).or_default().push(at);
                    }
                }
                PactStep::Index(number) => index.indexes.entry(*number).or_default().push(at),
                PactStep::Any | PactStep::AnyIndex => index.stars.push(at),
            }
        }
        index
    }

    /// The rules that may select a place, in ascending order.
    fn candidates(&self, step: &Step) -> Vec<usize> {
        let (named, numbered) = match step {
            Step::Key(name) => {
                (self.keys.get(name.as_str()), name.parse().ok().and_then(|number| self.indexes.get(&number)))
            }
            Step::Index(number) => (self.numbers.get(number), self.indexes.get(number)),
        };
        let mut all: Vec<usize> =
            [named, numbered, Some(&self.stars)].into_iter().flatten().flatten().copied().collect();
        all.sort_unstable();
        all
    }
}

/// A rule that applies to a place.
#[derive(Clone, Copy, Debug)]
pub struct Speaking<'c> {
    pub list: &'c RuleList,
    /// Whether its path ends above the place.
    pub cascaded: bool,
}

impl<'c> Chosen<'c> {
    /// All rules of a part, at its root.
    #[must_use]
    pub fn new(rules: &'c PlacedRules) -> Self {
        let mut chosen = Self::default();
        for rule in &rules.0 {
            chosen.take(rule, 2);
        }
        chosen
    }

    fn take(&mut self, rule: &'c PlacedRule, weight: usize) {
        let steps = rule.path.0.len();
        if steps > self.depth {
            self.further.push((rule, weight));
        } else if !rule.list.matchers.is_empty() {
            self.typed |= rule.list.matchers.iter().any(|matcher| matches!(matcher, PactMatcher::Type { .. }));
            let score = weight.saturating_mul(steps + 1);
            if self.best.is_none_or(|(_, best, _)| score >= best) {
                self.best = Some((&rule.list, score, true));
            }
        }
    }

    /// The rules at the place one step further.
    #[must_use]
    pub fn below(&self, step: &Step) -> Self {
        let mut below = Self {
            further: SmallVec::new(),
            best: self.best.map(|(list, score, _)| (list, score, false)),
            typed: self.typed,
            depth: self.depth + 1,
            index: OnceLock::new(),
        };
        let mut follow = |(rule, weight): &(&'c PlacedRule, usize)| {
            let more = rule.path.0[self.depth].weight(step);
            if more > 0 {
                below.take(rule, weight.saturating_mul(more));
            }
        };
        if self.further.len() < MANY {
            self.further.iter().for_each(follow);
        } else {
            let index = self.index.get_or_init(|| Index::new(&self.further, self.depth));
            index.candidates(step).into_iter().for_each(|at| follow(&self.further[at]));
        }
        below
    }

    /// The rule that applies to this place.
    #[must_use]
    pub fn speaking(&self) -> Option<Speaking<'c>> {
        self.best.map(|(list, _, here)| Speaking { list, cascaded: !here })
    }

    /// Whether a rule for this place or above it compares types: then a list may have any number of elements.
    #[must_use]
    pub const fn is_typed(&self) -> bool {
        self.typed
    }

    /// Whether the same rules apply here as at another place of the same depth, and below it.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let rules = |chosen: &Self| {
            chosen.further.iter().map(|(rule, weight)| (std::ptr::from_ref(*rule), *weight)).collect::<Vec<_>>()
        };
        let best = |chosen: &Self| chosen.best.map(|(list, score, here)| (std::ptr::from_ref(list), score, here));
        best(self) == best(other) && self.typed == other.typed && rules(self) == rules(other)
    }

    /// The rule whose path ends here.
    #[must_use]
    pub fn here(&self) -> Option<&'c RuleList> {
        self.best.filter(|(_, _, here)| *here).map(|(list, _, _)| list)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::interaction::Content;
    use crate::pact::read;
    use crate::source::{Limits, SourceFile};

    fn rules(paths: &[&str]) -> PlacedRules {
        let rules: serde_json::Map<String, Value> = paths
            .iter()
            .map(|path| ((*path).to_owned(), json!({"matchers": [{"match": "include", "value": path}]})))
            .collect();
        let file = json!({
            "consumer": {"name": "a"}, "provider": {"name": "b"}, "metadata": {"pactSpecification": {"version": "3.0.0"}},
            "interactions": [{"description": "d", "response": {"body": 1, "matchingRules": {"body": rules}}}]
        });
        let source = SourceFile::new("p.json", file.to_string(), Limits::default());
        let contract = read(&source).unwrap().contract;
        let http = contract.interactions[0].http().unwrap();
        assert!(matches!(http.response.body.as_ref().unwrap().content, Content::Json(_)));
        http.terms.response.body.clone()
    }

    #[test]
    fn the_most_specific_path_applies_and_a_longer_one_before_a_shorter() {
        let key = |key: &str| Step::Key(key.to_owned());
        for (paths, steps, expected) in [
            (&["$", "$.a"][..], &[key("a")][..], Some(("$.a", false))),
            (&["$", "$.a"], &[key("b")], Some(("$", true))),
            (&["$.*", "$.a"], &[key("a")], Some(("$.a", false))),
            (&["$.a[*].b", "$.a[0].b"], &[key("a"), Step::Index(0), key("b")], Some(("$.a[0].b", false))),
            (&["$.a[*].b", "$.a[0].b"], &[key("a"), Step::Index(1), key("b")], Some(("$.a[*].b", false))),
            // 2·2·2·3 = 24 against 2·1·1·1·4 = 8: a specific rule from above applies before stars.
            (&["$.a.b", "$.*.*.*"], &[key("a"), key("b"), key("c")], Some(("$.a.b", true))),
            (&["$.a[*]"], &[key("a"), key("b")], None),
            (&["$.a.b"], &[key("a")], None),
            (&[], &[], None),
        ] {
            let rules = rules(paths);
            let chosen = steps.iter().fold(Chosen::new(&rules), |chosen, step| chosen.below(step));
            let found = chosen.speaking().map(|it| (it.list.keys.last().unwrap().as_str(), it.cascaded));
            assert_eq!(found, expected, "{paths:?} {steps:?}");
        }
    }
}
