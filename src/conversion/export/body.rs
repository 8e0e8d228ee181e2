//! The rules of a JSON body of a contract as Pact's.
//!
//! Pact asks for values where no rule speaks, and `type` goes for all that is below its place: so it is put at the highest
//! place of what is by type as a whole.

use serde_json::{Map, Value};

use super::ask::{Ask, Node, Tree, Walk};
use super::matchers::{Scalar, TYPE};
use crate::contract::WrittenRule;
use crate::interaction::Path;
use crate::pact::{PactMatcher, PactPath, PactStep, PlacedRule, PlacedRules, RuleList, Variant};

/// Which rule goes for a place from above.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cover {
    Nothing,
    Type,
    /// One that lets null in, too, which is not for what is below its place.
    OrNull,
}

/// A body for a Pact file: nothing where anything is allowed.
pub(super) fn body(
    example: &Value,
    rules: &indexmap::IndexMap<Path, WrittenRule>,
    walk: &mut Walk<'_>,
) -> (Option<Value>, PlacedRules) {
    let tree = Tree::of(rules.iter());
    let by_value = walk.is_request;
    let node = walk.node(example, &[&tree], by_value, &mut Vec::new());
    let mut placed = Vec::new();
    let example = walk.emit(&node, &mut Vec::new(), Cover::Nothing, &mut placed);
    placed.retain(|rule| !rule.path.0.contains(&PactStep::Key(String::new())));
    (example, PlacedRules(placed))
}

impl Walk<'_> {
    /// Puts the rules of a place into `placed`, and gives its example; nothing where it is left out.
    fn emit(
        &mut self,
        node: &Node,
        path: &mut Vec<PactStep>,
        cover: Cover,
        placed: &mut Vec<PlacedRule>,
    ) -> Option<Value> {
        let example = node.example.clone();
        let put = |path: &[PactStep], matcher: PactMatcher, placed: &mut Vec<PlacedRule>| {
            let mut matchers = vec![matcher];
            let any = node.or_null && matchers != [PactMatcher::Null];
            if any {
                matchers.push(PactMatcher::Null);
            }
            placed
                .push(PlacedRule { path: PactPath(path.to_vec()), list: RuleList { any, matchers, keys: Vec::new() } });
        };
        let inside = if node.or_null { Cover::OrNull } else { Cover::Type };
        match &node.ask {
            Ask::Anything if self.is_request => {
                put(path, TYPE, placed);
                Some(example)
            }
            Ask::Anything => None,
            Ask::AnyList if self.is_request => {
                if cover != Cover::Type || node.or_null {
                    put(path, TYPE, placed);
                }
                Some(example)
            }
            Ask::AnyList => {
                if cover != Cover::Type || node.or_null {
                    put(path, TYPE, placed);
                }
                Some(Value::Array(Vec::new()))
            }
            Ask::Exact => {
                put(path, PactMatcher::Equality, placed);
                Some(example)
            }
            Ask::Scalar(asked) => {
                let matcher = match asked {
                    Scalar::Type => (cover != Cover::Type || node.or_null).then_some(TYPE),
                    Scalar::Value => (cover != Cover::Nothing || node.or_null).then_some(PactMatcher::Equality),
                    Scalar::Is(matcher) => Some(matcher.clone()),
                    Scalar::Anything => None,
                };
                if let Some(matcher) = matcher {
                    put(path, matcher, placed);
                }
                Some(example)
            }
            Ask::Object(fields) => {
                let covers = cover != Cover::Type && !fields.is_empty() && is_typed(node);
                if covers || node.or_null {
                    put(path, TYPE, placed);
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
                    if let Some(example) = self.emit(field, path, below, placed) {
                        shown.insert(key.clone(), example);
                    }
                    path.pop();
                }
                Some(Value::Object(shown))
            }
            Ask::Map(fields) => {
                put(path, PactMatcher::Values, placed);
                path.push(PactStep::Any);
                // What goes for one key goes for all.
                let rules = placed.len();
                let mut shown = Map::new();
                for (number, (key, field)) in fields.iter().enumerate() {
                    let mut quiet = Vec::new();
                    let to = if number == 0 { &mut *placed } else { &mut quiet };
                    shown.extend(self.emit(field, path, Cover::OrNull, to).map(|example| (key.clone(), example)));
                }
                if placed.len() == rules && fields.iter().any(|(_, field)| field.example.is_object()) {
                    let list = RuleList { any: false, matchers: vec![TYPE], keys: Vec::new() };
                    placed.push(PlacedRule { path: PactPath(path.clone()), list });
                }
                path.pop();
                Some(Value::Object(shown))
            }
            Ask::Sequence(items) => Some(self.sequence(node, items, path, cover, placed)),
            Ask::Each { min, max, items, at } => {
                let said = cover == Cover::Type && !node.or_null && *min == 0 && max.is_none();
                if !said {
                    let min = (*min > 0 || max.is_some()).then_some(*min);
                    put(path, PactMatcher::Type { min, max: *max }, placed);
                }
                let mut shown = Vec::new();
                let mut first = true;
                for (index, item) in items.iter().enumerate() {
                    let own = at.contains(&index);
                    path.push(if own { PactStep::Index(index) } else { PactStep::AnyIndex });
                    let mut quiet = Vec::new();
                    let to = if own || first { &mut *placed } else { &mut quiet };
                    shown.extend(self.emit(item, path, inside, to));
                    first &= own;
                    path.pop();
                }
                Some(Value::Array(shown))
            }
            Ask::Contains(items) => {
                let mut variants = Vec::new();
                let mut shown = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let mut rules = Vec::new();
                    shown.extend(self.emit(item, &mut Vec::new(), Cover::Nothing, &mut rules));
                    variants.push(Variant { index, rules: PlacedRules(rules) });
                }
                put(path, PactMatcher::ArrayContains(variants), placed);
                Some(Value::Array(shown))
            }
        }
    }

    fn sequence(
        &mut self,
        node: &Node,
        items: &[Node],
        path: &mut Vec<PactStep>,
        cover: Cover,
        placed: &mut Vec<PlacedRule>,
    ) -> Value {
        if cover != Cover::Nothing || node.or_null {
            // A rule from above speaks here, and only one for the whole list says that it is these elements.
            let plain = items.iter().all(|item| matches!(item.ask, Ask::Scalar(Scalar::Value)));
            let mut matchers = vec![if plain { PactMatcher::Equality } else { TYPE }];
            if node.or_null {
                matchers.push(PactMatcher::Null);
            }
            placed.push(PlacedRule {
                path: PactPath(path.clone()),
                list: RuleList { any: node.or_null, matchers, keys: Vec::new() },
            });
            if plain {
                return node.example.clone();
            }
            let why = "the contract asks for these elements and no others; Pact can't be told so below a rule, and takes any list";
            (self.remark)("", why);
            return if self.is_request { node.example.clone() } else { Value::Array(Vec::new()) };
        }
        let mut shown = Vec::new();
        for (index, item) in items.iter().enumerate() {
            path.push(PactStep::Index(index));
            let mut rules = Vec::new();
            shown.extend(self.emit(item, path, cover, &mut rules));
            placed.extend(rules);
            path.pop();
        }
        Value::Array(shown)
    }
}

/// Whether nothing but types is asked of a place and of all below it.
fn is_typed(node: &Node) -> bool {
    !node.or_null
        && match &node.ask {
            Ask::Scalar(Scalar::Type) => true,
            Ask::Object(fields) => fields.iter().all(|(_, field)| field.ask == Ask::Anything || is_typed(field)),
            Ask::Each { items, .. } => items.iter().all(is_typed),
            _ => false,
        }
}
