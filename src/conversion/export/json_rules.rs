//! From the expectations of a contract for a JSON body to Pact's rules.
//!
//! Without a rule, Pact compares values. Its rule `type` applies to everything below its place, too, so it is put at
//! the highest place of each part that is compared by type as a whole.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::json_body::{Expectation, JsonBody, Node, Tree};
use super::matchers::{ScalarRule, TYPE};
use crate::contract::WrittenRule;
use crate::conversion::difference::ToPact;
use crate::conversion::place::Part;
use crate::interaction::Path;
use crate::pact::{PactMatcher, PactPath, PactStep, PlacedRule, PlacedRules, RuleList, Variant};

/// The rule that applies to a place from above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cover {
    Nothing,
    Type,
    /// One that also accepts null, which isn't meant for the places below it.
    OrNull,
}

/// The example of a body in a Pact file, and its rules. No example if anything is accepted.
pub(super) fn body(
    example: &Value,
    rules: &IndexMap<Path, WrittenRule>,
    mut body: JsonBody<'_, '_>,
) -> (Option<Value>, PlacedRules) {
    let tree = Tree::of(rules.iter());
    let by_value = body.is_request();
    let node = body.node(example, &[&tree], by_value, &mut Vec::new());
    let mut placed = Vec::new();
    let example = body.place(&node, &mut Vec::new(), Cover::Nothing, &mut placed);
    placed.retain(|rule| !rule.path.0.contains(&PactStep::Key(String::new())));
    (example, PlacedRules(placed))
}

impl Node {
    /// The rule of one matcher at this place, which also accepts null if the place does.
    fn rule(&self, path: &[PactStep], matcher: PactMatcher) -> PlacedRule {
        let mut matchers = vec![matcher];
        let any = self.or_null && matchers != [PactMatcher::Null];
        if any {
            matchers.push(PactMatcher::Null);
        }
        PlacedRule { path: PactPath(path.to_vec()), list: RuleList { any, matchers, keys: Vec::new() } }
    }

    /// Whether a rule from above already says that it is compared by type.
    fn is_covered(&self, cover: Cover) -> bool {
        cover == Cover::Type && !self.or_null
    }

    /// Whether only types are expected here and everywhere below.
    fn is_typed(&self) -> bool {
        let is_typed = match &self.expected {
            Expectation::Scalar(ScalarRule::Type) => true,
            Expectation::Object(fields) => {
                fields.iter().all(|(_, field)| field.expected == Expectation::Anything || field.is_typed())
            }
            Expectation::Each { items, .. } => items.iter().all(Self::is_typed),
            Expectation::Scalar(ScalarRule::Value | ScalarRule::Is(_) | ScalarRule::Anything)
            | Expectation::Exact
            | Expectation::Map(_)
            | Expectation::Sequence(_)
            | Expectation::Contains(_)
            | Expectation::AnyList
            | Expectation::Anything => false,
        };
        is_typed && !self.or_null
    }
}

impl JsonBody<'_, '_> {
    /// Adds the rules of a place to `placed`, and returns its example; `None` if it is left out.
    fn place(
        &mut self,
        node: &Node,
        path: &mut Vec<PactStep>,
        cover: Cover,
        placed: &mut Vec<PlacedRule>,
    ) -> Option<Value> {
        match &node.expected {
            Expectation::Anything if self.is_request() => {
                placed.push(node.rule(path, TYPE));
                Some(node.example.clone())
            }
            Expectation::Anything => None,
            Expectation::AnyList => {
                if !node.is_covered(cover) {
                    placed.push(node.rule(path, TYPE));
                }
                Some(if self.is_request() { node.example.clone() } else { Value::Array(Vec::new()) })
            }
            Expectation::Exact => {
                placed.push(node.rule(path, PactMatcher::Equality));
                Some(node.example.clone())
            }
            Expectation::Scalar(rule) => {
                let matcher = match rule {
                    ScalarRule::Type => (!node.is_covered(cover)).then_some(TYPE),
                    ScalarRule::Value => (cover != Cover::Nothing || node.or_null).then_some(PactMatcher::Equality),
                    ScalarRule::Is(matcher) => Some(matcher.clone()),
                    ScalarRule::Anything => None,
                };
                placed.extend(matcher.map(|matcher| node.rule(path, matcher)));
                Some(node.example.clone())
            }
            Expectation::Object(fields) => Some(self.place_object(node, fields, path, cover, placed)),
            Expectation::Map(fields) => {
                placed.push(node.rule(path, PactMatcher::Values));
                Some(self.place_map(fields, path, placed))
            }
            Expectation::Sequence(items) => Some(self.place_sequence(node, items, path, cover, placed)),
            Expectation::Each { min, max, items, at } => {
                let is_any_size = *min == 0 && max.is_none();
                if !(is_any_size && node.is_covered(cover)) {
                    let min = (!is_any_size).then_some(*min);
                    placed.push(node.rule(path, PactMatcher::Type { min, max: *max }));
                }
                let below = if node.or_null { Cover::OrNull } else { Cover::Type };
                Some(self.place_each(items, at, path, below, placed))
            }
            Expectation::Contains(items) => {
                let mut variants = Vec::new();
                let mut shown = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let mut rules = Vec::new();
                    shown.extend(self.place(item, &mut Vec::new(), Cover::Nothing, &mut rules));
                    variants.push(Variant { index, rules: PlacedRules(rules) });
                }
                placed.push(node.rule(path, PactMatcher::ArrayContains(variants)));
                Some(Value::Array(shown))
            }
        }
    }

    fn place_object(
        &mut self,
        node: &Node,
        fields: &[(String, Node)],
        path: &mut Vec<PactStep>,
        cover: Cover,
        placed: &mut Vec<PlacedRule>,
    ) -> Value {
        let covers = cover != Cover::Type && !fields.is_empty() && node.is_typed();
        if covers || node.or_null {
            placed.push(node.rule(path, TYPE));
        }
        let below = if node.or_null {
            Cover::OrNull
        } else if covers {
            Cover::Type
        } else {
            cover
        };
        let mut shown = Map::new();
        for (key, field) in fields {
            path.push(PactStep::Key(key.clone()));
            if let Some(example) = self.place(field, path, below, placed) {
                shown.insert(key.clone(), example);
            }
            path.pop();
        }
        Value::Object(shown)
    }

    fn place_map(
        &mut self,
        fields: &[(String, Node)],
        path: &mut Vec<PactStep>,
        placed: &mut Vec<PlacedRule>,
    ) -> Value {
        path.push(PactStep::Any);
        let known = placed.len();
        let mut shown = Map::new();
        for (number, (key, field)) in fields.iter().enumerate() {
            // The rules of one key apply to all.
            let mut unused = Vec::new();
            let to = if number == 0 { &mut *placed } else { &mut unused };
            shown.extend(self.place(field, path, Cover::OrNull, to).map(|example| (key.clone(), example)));
        }
        if placed.len() == known && fields.iter().any(|(_, field)| field.example.is_object()) {
            let list = RuleList { any: false, matchers: vec![TYPE], keys: Vec::new() };
            placed.push(PlacedRule { path: PactPath(path.clone()), list });
        }
        path.pop();
        Value::Object(shown)
    }

    fn place_each(
        &mut self,
        items: &[Node],
        own: &[usize],
        path: &mut Vec<PactStep>,
        below: Cover,
        placed: &mut Vec<PlacedRule>,
    ) -> Value {
        let mut shown = Vec::new();
        let mut is_first = true;
        for (index, item) in items.iter().enumerate() {
            let is_own = own.contains(&index);
            path.push(if is_own { PactStep::Index(index) } else { PactStep::AnyIndex });
            // The rules of one element apply to all that have none of their own.
            let mut unused = Vec::new();
            let to = if is_own || is_first { &mut *placed } else { &mut unused };
            shown.extend(self.place(item, path, below, to));
            is_first &= is_own;
            path.pop();
        }
        Value::Array(shown)
    }

    fn place_sequence(
        &mut self,
        node: &Node,
        items: &[Node],
        path: &mut Vec<PactStep>,
        cover: Cover,
        placed: &mut Vec<PlacedRule>,
    ) -> Value {
        if cover != Cover::Nothing || node.or_null {
            // A rule from above applies here, and only a rule for the whole list can still require these elements.
            let is_plain = items.iter().all(|item| matches!(item.expected, Expectation::Scalar(ScalarRule::Value)));
            placed.push(node.rule(path, if is_plain { PactMatcher::Equality } else { TYPE }));
            if is_plain {
                return node.example.clone();
            }
            self.remarks.add(Part::Body, ToPact::ExactList);
            return if self.is_request() { node.example.clone() } else { Value::Array(Vec::new()) };
        }
        let mut shown = Vec::new();
        for (index, item) in items.iter().enumerate() {
            path.push(PactStep::Index(index));
            shown.extend(self.place(item, path, cover, placed));
            path.pop();
        }
        Value::Array(shown)
    }
}
