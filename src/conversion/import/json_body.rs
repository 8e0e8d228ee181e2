//! From the rules of a JSON body in a Pact file to the expectation at each place of its example.

use serde_json::{Map, Value};

use super::expectation::{Expectation, Node, explicit_rule};
use super::scalars::{self, Medium, ScalarRule};
use crate::contract::Matcher;
use crate::conversion::difference::FromPact;
use crate::conversion::place::Part;
use crate::conversion::remark::{Remark, Remarks};
use crate::interaction::{Path, Segment};
use crate::pact::{Chosen, PactMatcher, RuleList, Speaking, Variant};
use crate::source::Step;

/// An index that no rule names.
const ANOTHER_INDEX: usize = usize::MAX;

/// A key that no rule names.
const ANOTHER_KEY: &str = "\0";

/// How many places of one body are visited again, because the first element of a list has rules of its own. In nested lists
/// they, and the contract's rules, would double with each level.
const MOST_REPEATED: u32 = 1_000;

/// The expectation at each place of an example.
pub(super) fn expectations<'v>(example: &'v Value, rules: &Chosen<'_>, remarks: &mut Remarks<'_>) -> Node<'v> {
    let mut reader = JsonReader { remarks, at: Vec::new(), repeats: false, repeated: 0 };
    let before = reader.remarks.found.len();
    let node = reader.node(example, rules);
    if reader.repeated <= MOST_REPEATED {
        return node;
    }
    // What was found on the way is about places that no longer have rules.
    reader.remarks.found.truncate(before);
    reader.remark(None, FromPact::TooMuch);
    anything(example)
}

/// The expectation where nothing is expected.
const fn anything(example: &Value) -> Node<'_> {
    Node { example, expected: Expectation::Anything, or_null: false, optional: false }
}

/// Walks along an example.
struct JsonReader<'r, 'm> {
    remarks: &'r mut Remarks<'m>,
    /// The current place of the walk.
    at: Vec<Segment>,
    /// Whether the current value was visited before.
    repeats: bool,
    repeated: u32,
}

impl JsonReader<'_, '_> {
    fn remark(&mut self, rule: Option<&RuleList>, difference: FromPact) {
        let path = if self.at.is_empty() { String::new() } else { Path(self.at.clone()).to_string() };
        self.remarks.add_at(Part::in_body(path), rule, difference);
    }

    /// The expectation for a value and everything below it.
    fn node<'v>(&mut self, example: &'v Value, chosen: &Chosen<'_>) -> Node<'v> {
        self.repeated += u32::from(self.repeats);
        if self.repeated > MOST_REPEATED {
            return anything(example);
        }
        let speaking = chosen.speaking();
        let allows_null = chosen.here().is_some_and(|list| list.any && list.matchers.contains(&PactMatcher::Null));
        if allows_null && (example.is_object() || example.is_array()) {
            self.remark(chosen.here(), FromPact::NullAllowed);
        }
        let (expected, or_null) = match example {
            Value::Object(object) => (self.object(object, chosen, speaking), allows_null),
            Value::Array(items) => (self.list(items, chosen, speaking), allows_null),
            scalar => {
                let (rule, or_null) = self.scalar(scalar, speaking);
                (Expectation::Scalar(rule), or_null)
            }
        };
        Node { example, expected, or_null, optional: false }
    }

    fn scalar(&mut self, example: &Value, speaking: Option<Speaking<'_>>) -> (ScalarRule, bool) {
        let Some(Speaking { list, cascaded }) = speaking else { return (ScalarRule::Value, false) };
        let mut differences = Vec::new();
        let rule = scalars::scalar(list, example, Medium::Json, &mut |difference| differences.push(difference));
        // A rule for keys already has its remark, at its own place.
        let is_for_keys = list.matchers.iter().any(|one| matches!(one, PactMatcher::EachKey(_)));
        if !(cascaded && is_for_keys) {
            for difference in differences {
                self.remark(Some(list), difference);
            }
        }
        rule
    }

    fn below<'v>(&mut self, segment: Segment, example: &'v Value, chosen: &Chosen<'_>) -> Node<'v> {
        self.at.push(segment);
        let node = self.node(example, chosen);
        self.at.pop();
        node
    }

    /// A node whose remarks go nowhere but to the caller. Whatever is done with them, each value is walked only once, or the
    /// work would grow exponentially with the depth.
    fn apart<'v>(&mut self, segment: Segment, example: &'v Value, chosen: &Chosen<'_>) -> (Node<'v>, Vec<Remark>) {
        let outside = std::mem::take(self.remarks.found);
        let node = self.below(segment, example, chosen);
        let found = std::mem::replace(self.remarks.found, outside);
        (node, found)
    }

    /// Adds remarks that were kept apart.
    fn keep(&mut self, found: &[Remark]) {
        for remark in found {
            self.remarks.push(remark.clone());
        }
    }

    fn fields<'v>(&mut self, object: &'v Map<String, Value>, chosen: &Chosen<'_>) -> Vec<(&'v str, Node<'v>)> {
        let fields = object.iter().map(|(key, value)| {
            let chosen = chosen.below(&Step::Key(key.clone()));
            (key.as_str(), self.below(Segment::Key(key.clone()), value, &chosen))
        });
        fields.collect()
    }

    /// The matchers that can apply to a list or an object: all but null.
    fn structural<'c>(&mut self, list: &'c RuleList) -> Vec<&'c PactMatcher> {
        let matchers: Vec<&PactMatcher> = list.matchers.iter().filter(|one| **one != PactMatcher::Null).collect();
        let asks_for_null = list.matchers.len() > matchers.len();
        let is_choice = list.any && matchers.len() > 1;
        if is_choice {
            self.remark(Some(list), FromPact::AnyOfSeveral);
        } else if asks_for_null && !list.any {
            self.remark(Some(list), FromPact::OnlyNull);
        }
        matchers
    }

    fn object<'v, 'c>(
        &mut self,
        object: &'v Map<String, Value>,
        chosen: &Chosen<'c>,
        speaking: Option<Speaking<'c>>,
    ) -> Expectation<'v> {
        let Some(Speaking { list, cascaded }) = speaking else {
            return Expectation::Object(self.fields(object, chosen));
        };
        let matchers = self.structural(list);
        if list.any && matchers.len() > 1 {
            return Expectation::Anything;
        }
        let mut values = None;
        let (mut is_exact, mut keys_are_data) = (false, false);
        for matcher in matchers {
            match matcher {
                PactMatcher::EachValue(rules) if !cascaded => values = Some(Chosen::new(rules)),
                PactMatcher::Values if !cascaded => values = Some(chosen.clone()),
                PactMatcher::EachKey(_) if !cascaded => {
                    keys_are_data = true;
                    self.remark(Some(list), FromPact::KeyRule);
                }
                PactMatcher::Equality => is_exact = true,
                PactMatcher::Type { min, max } if !cascaded && (min.is_some() || max.is_some()) => {
                    self.remark(Some(list), FromPact::NumberOfKeys);
                }
                PactMatcher::NotEmpty if object.is_empty() => self.remark(Some(list), FromPact::EmptyObject),
                PactMatcher::Integer
                | PactMatcher::Decimal
                | PactMatcher::Number
                | PactMatcher::Boolean
                | PactMatcher::Include(_)
                | PactMatcher::Time(..)
                | PactMatcher::Semver
                | PactMatcher::ContentType(_)
                | PactMatcher::Status(_) => self.remark(Some(list), FromPact::NoObjectFits),
                PactMatcher::EachValue(_)
                | PactMatcher::Values
                | PactMatcher::EachKey(_)
                | PactMatcher::Type { .. }
                | PactMatcher::NotEmpty
                | PactMatcher::Regex(_)
                | PactMatcher::Null
                | PactMatcher::ArrayContains(_)
                | PactMatcher::Unusable(_) => {}
            }
        }
        if is_exact {
            return Expectation::Exact;
        }
        if let Some(rules) = values {
            if let Some(first) = object.values().next() {
                return self.map(object, first, &rules, list);
            }
            self.remark(Some(list), FromPact::NoValuesShown);
            return Expectation::Anything;
        }
        let mut fields = self.fields(object, chosen);
        if keys_are_data {
            let is_anything = |node: &Node<'_>| node.expected == Expectation::Scalar(ScalarRule::Is(Matcher::Any));
            if !fields.is_empty() && fields.iter().all(|(_, field)| is_anything(field)) {
                return Expectation::Map(Box::new(fields.swap_remove(0).1));
            }
            for (_, node) in &mut fields {
                node.optional = true;
            }
        }
        Expectation::Object(fields)
    }

    fn map<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        first: &'v Value,
        rules: &Chosen<'_>,
        list: &RuleList,
    ) -> Expectation<'v> {
        let of_any = rules.below(&Step::Key(ANOTHER_KEY.to_owned()));
        let (any, known) = self.apart(Segment::AnyKey, first, &of_any);
        self.keep(&known);
        let (mut are_alike, mut have_same_rules) = (true, true);
        for (index, (key, value)) in object.iter().enumerate() {
            let of_key = rules.below(&Step::Key(key.clone()));
            if index == 0 && of_key.is_same(&of_any) {
                continue;
            }
            let outside = self.repeats;
            self.repeats |= index == 0;
            let (node, found) = self.apart(Segment::Key(key.clone()), value, &of_key);
            self.repeats = outside;
            are_alike &= node.is_like(&any);
            have_same_rules &= node.has_rules_of(&any) && !has_new_differences(&found, &known);
        }
        if matches!(any.expected, Expectation::Object(_)) && explicit_rule(&any).is_none() {
            self.remark(Some(list), FromPact::NothingToCompare);
        }
        if !have_same_rules {
            self.remark(Some(list), FromPact::RulesForKeys);
        } else if !are_alike {
            self.remark(Some(list), FromPact::DifferentValues);
        }
        Expectation::Map(Box::new(any))
    }

    fn list<'v, 'c>(
        &mut self,
        items: &'v [Value],
        chosen: &Chosen<'c>,
        speaking: Option<Speaking<'c>>,
    ) -> Expectation<'v> {
        let Some(Speaking { list, cascaded }) = speaking else {
            let items = items.iter().enumerate();
            let nodes =
                items.map(|(index, item)| self.below(Segment::Index(index), item, &chosen.below(&Step::Index(index))));
            return Expectation::Sequence(nodes.collect());
        };
        if items.is_empty() {
            return Expectation::AnyList;
        }
        let matchers = self.structural(list);
        if list.any && matchers.len() > 1 {
            return Expectation::Anything;
        }
        let (mut least, mut most) = (0, None::<u64>);
        let mut rules = chosen.clone();
        for matcher in matchers {
            match matcher {
                PactMatcher::ArrayContains(variants) => return self.contains(items, variants, list),
                PactMatcher::EachValue(each) if !cascaded => rules = Chosen::new(each),
                PactMatcher::Equality => return Expectation::Exact,
                PactMatcher::NotEmpty => least = least.max(1),
                PactMatcher::Type { min, max } if !cascaded => {
                    least = least.max(min.unwrap_or(0));
                    most = max.map(|max| most.map_or(max, |most| most.min(max))).or(most);
                }
                PactMatcher::EachValue(_)
                | PactMatcher::Type { .. }
                | PactMatcher::Regex(_)
                | PactMatcher::Include(_)
                | PactMatcher::Number
                | PactMatcher::Integer
                | PactMatcher::Decimal
                | PactMatcher::Boolean
                | PactMatcher::Null
                | PactMatcher::Time(..)
                | PactMatcher::Values
                | PactMatcher::EachKey(_)
                | PactMatcher::Semver
                | PactMatcher::ContentType(_)
                | PactMatcher::Status(_)
                | PactMatcher::Unusable(_) => {}
            }
        }
        if most.is_some_and(|most| most < least) {
            self.remark(Some(list), FromPact::ImpossibleSize);
            return Expectation::Anything;
        }
        self.each(items, &rules, list, (least, most))
    }

    fn contains<'v>(&mut self, items: &'v [Value], variants: &[Variant], list: &RuleList) -> Expectation<'v> {
        let variants: Vec<(usize, Chosen<'_>)> = if variants.is_empty() {
            (0..items.len()).map(|index| (index, Chosen::default())).collect()
        } else {
            variants.iter().map(|variant| (variant.index, Chosen::new(&variant.rules))).collect()
        };
        let mut shown: Vec<usize> = variants.iter().map(|(index, _)| *index).collect();
        shown.sort_unstable();
        if !shown.into_iter().eq(0..items.len()) {
            self.remark(Some(list), FromPact::SomeElements);
            return Expectation::Anything;
        }
        let nodes =
            variants.iter().map(|(index, rules)| (*index, self.below(Segment::Index(*index), &items[*index], rules)));
        let mut nodes: Vec<(usize, Node<'v>)> = nodes.collect();
        nodes.sort_by_key(|(index, _)| *index);
        let nodes: Vec<Node<'v>> = nodes.into_iter().map(|(_, node)| node).collect();
        if nodes.iter().enumerate().any(|(at, one)| nodes[..at].iter().any(|other| !one.excludes(other))) {
            self.remark(Some(list), FromPact::SharedElement);
        }
        Expectation::Contains(nodes)
    }

    fn each<'v>(
        &mut self,
        items: &'v [Value],
        rules: &Chosen<'_>,
        list: &RuleList,
        (mut min, mut max): (u64, Option<u64>),
    ) -> Expectation<'v> {
        let Some(first) = items.first() else { return Expectation::AnyList };
        let of_any = rules.below(&Step::Index(ANOTHER_INDEX));
        let (each, known) = self.apart(Segment::Each, first, &of_any);
        self.keep(&known);
        let mut at = Vec::new();
        let mut are_alike = true;
        for (index, item) in items.iter().enumerate() {
            let of_index = rules.below(&Step::Index(index));
            if index == 0 && of_index.is_same(&of_any) {
                continue;
            }
            let outside = self.repeats;
            self.repeats |= index == 0;
            let (node, found) = self.apart(Segment::Index(index), item, &of_index);
            self.repeats = outside;
            are_alike &= node.is_like(&each);
            let has_own_rules = !node.has_rules_of(&each);
            if has_own_rules || has_new_differences(&found, &known) {
                self.keep(&found);
            }
            if has_own_rules {
                at.push((index, node));
            }
        }
        if let Some((last, _)) = at.last() {
            let needed = u64::try_from(*last).unwrap_or(u64::MAX).saturating_add(1);
            (min, max) = (min.max(needed), max.map(|max| max.max(needed)));
            self.remark(Some(list), FromPact::ElementRequired);
        } else if !are_alike {
            self.remark(Some(list), FromPact::DifferentElements);
        }
        Expectation::Each { min, max, each: Box::new(each), at }
    }
}

/// Whether there are differences that others don't have.
fn has_new_differences(remarks: &[Remark], known: &[Remark]) -> bool {
    remarks.iter().any(|new| !known.iter().any(|known| known.difference == new.difference))
}
