//! The expectations of a contract at each place of a JSON body, as far as a Pact file can express them.

use serde_json::{Map, Value};

use super::matchers::{ScalarRule, scalar};
use crate::contract::{Matcher, PathTree, Rule, WrittenRule};
use crate::conversion::difference::ToPact;
use crate::conversion::pattern::fits_other_types;
use crate::conversion::place::{Part, Side};
use crate::conversion::remark::Remarks;
use crate::interaction::number::same_value;
use crate::interaction::{Path, Segment};
use crate::pact::PactMatcher;

pub(super) type Tree<'r> = PathTree<'r, &'r WrittenRule>;

/// A place with its expectation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub example: Value,
    pub expected: Expectation,
    pub or_null: bool,
}

/// The expectation for a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expectation {
    Scalar(ScalarRule),
    /// Exactly the example.
    Exact,
    /// These keys.
    Object(Vec<(String, Node)>),
    /// Any keys; those of the example are all alike.
    Map(Vec<(String, Node)>),
    /// These elements and no others.
    Sequence(Vec<Node>),
    /// This many elements, all alike except for those in `at`, which have rules of their own, by index.
    Each {
        min: u64,
        max: Option<u64>,
        items: Vec<Node>,
        at: Vec<usize>,
    },
    /// Each of these, somewhere.
    Contains(Vec<Node>),
    AnyList,
    /// Anything, which Pact can't express: the key is left out, if there is one.
    Anything,
}

/// A JSON body on its way to a Pact file.
pub(super) struct JsonBody<'r, 'm> {
    /// Whether version 4 is written.
    pub is_newest: bool,
    pub remarks: &'r mut Remarks<'m>,
}

/// The rule of a place.
fn rule_of<'r>(trees: &[&Tree<'r>]) -> Option<&'r Rule> {
    trees.iter().find_map(|tree| tree.here).map(|written| &written.rule)
}

impl JsonBody<'_, '_> {
    /// Whether it is a request's: no key of one may be left out, since it is sent as it is.
    pub(super) fn is_request(&self) -> bool {
        self.remarks.side == Side::Request
    }

    fn remark(&mut self, at: &[Segment], difference: ToPact) {
        let path = if at.is_empty() { String::new() } else { Path(at.to_vec()).to_string() };
        self.remarks.add(Part::in_body(path), difference);
    }

    /// The expectation for a value and everything below it. `trees` are the rules that may apply here, and `by_value`
    /// says how places without a rule are compared.
    pub(super) fn node(&mut self, example: &Value, trees: &[&Tree<'_>], by_value: bool, at: &mut Vec<Segment>) -> Node {
        let rule = rule_of(trees);
        let has = |matcher: &Matcher| rule.is_some_and(|rule| rule.has(matcher));
        if has(&Matcher::Closed) && !self.is_request() {
            self.remark(at, ToPact::OtherKeys);
        }
        let or_null = rule.is_some_and(|rule| rule.or_null);
        let no_rule = Rule::default();
        let default = if by_value { ScalarRule::Value } else { ScalarRule::Type };
        let mut differences = Vec::new();
        let scalar_rule = scalar(rule.unwrap_or(&no_rule), example, default, &mut |one| differences.push(one));
        for difference in differences {
            self.remark(at, difference);
        }
        let expected = match example {
            Value::Object(_) | Value::Array(_) => self.structure(example, rule, &scalar_rule, trees, by_value, at),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                if let ScalarRule::Is(PactMatcher::Regex(regex)) = &scalar_rule
                    && !has(&Matcher::Any)
                    && fits_other_types(example, &|text| regex.matches(text))
                {
                    self.remark(at, ToPact::AnyJsonType);
                }
                match scalar_rule {
                    ScalarRule::Anything => Expectation::Anything,
                    rule => Expectation::Scalar(rule),
                }
            }
        };
        Node { example: example.clone(), expected, or_null }
    }

    /// The expectation for a list or an object.
    fn structure(
        &mut self,
        example: &Value,
        rule: Option<&Rule>,
        scalar_rule: &ScalarRule,
        trees: &[&Tree<'_>],
        by_value: bool,
        at: &mut Vec<Segment>,
    ) -> Expectation {
        let has = |matcher: &Matcher| rule.is_some_and(|rule| rule.has(matcher));
        if rule.is_some_and(Rule::determines_value) && !has(&Matcher::Exact) && !has(&Matcher::Equal) {
            if *scalar_rule != ScalarRule::Anything {
                self.remark(at, ToPact::NoRuleForStructure);
            }
            return Expectation::Anything;
        }
        // To Pact, a list or an object is never null, whatever rules it has.
        if rule.is_some_and(|rule| rule.or_null) {
            self.remark(at, ToPact::NullStructure);
            return Expectation::Anything;
        }
        let by_value = by_value || has(&Matcher::Exact) || has(&Matcher::Equal);
        let is_empty_list = example.as_array().is_some_and(Vec::is_empty);
        if has(&Matcher::Exact) && !is_empty_list {
            let mut has_rules_below = false;
            for tree in trees {
                tree.visit(example, &mut |_, place| has_rules_below |= !std::ptr::eq(place, example));
            }
            if !has_rules_below {
                return Expectation::Exact;
            }
            if !self.is_request() {
                self.remark(at, ToPact::OtherKeysBesideRules);
            }
        }
        match example {
            Value::Object(object) => self.object(object, trees, by_value, at),
            Value::Array(items) => self.list(items, rule.unwrap_or(&Rule::default()), trees, by_value, at),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Expectation::Anything,
        }
    }

    fn object(
        &mut self,
        object: &Map<String, Value>,
        trees: &[&Tree<'_>],
        by_value: bool,
        at: &mut Vec<Segment>,
    ) -> Expectation {
        let mut fields = Vec::new();
        for (key, value) in object {
            at.push(Segment::Key(key.clone()));
            let field = self.field(key, value, &PathTree::below_key(trees, key), by_value, at);
            at.pop();
            fields.push((key.clone(), field));
        }
        for (key, tree) in trees.iter().flat_map(|tree| tree.keys()) {
            if tree.here.is_some_and(|rule| rule.rule.has(&Matcher::Absent)) {
                at.push(Segment::Key(key.to_owned()));
                self.remark(at, ToPact::AbsentKey);
                at.pop();
            }
        }
        let is_map = trees.iter().any(|tree| tree.any_key().is_some());
        if !is_map {
            return Expectation::Object(fields);
        }
        let has_rules_for_keys = trees.iter().any(|tree| tree.keys().next().is_some());
        let are_alike = fields.iter().all(|(_, field)| fields.first().is_some_and(|(_, first)| alike(first, field)));
        let any_is_lost = fields.iter().any(|(_, field)| field.expected == Expectation::Anything);
        if has_rules_for_keys || !are_alike || fields.is_empty() || any_is_lost {
            self.remark(at, ToPact::RulesForKeys);
            return Expectation::Anything;
        }
        if rule_of(trees).and_then(Rule::size) != Some((0, None)) {
            self.remark(at, ToPact::NumberOfEntries);
        }
        Expectation::Map(fields)
    }

    fn field(&mut self, key: &str, value: &Value, trees: &[&Tree<'_>], by_value: bool, at: &mut Vec<Segment>) -> Node {
        let mut field = self.node(value, trees, by_value, at);
        if rule_of(trees).is_some_and(|rule| rule.optional) {
            if self.is_request() {
                self.remark(at, ToPact::OptionalSentKey);
            } else {
                self.remark(at, ToPact::OptionalKey);
                field.expected = Expectation::Anything;
            }
        }
        // No path of a Pact file leads to a key without a name.
        if key.is_empty() {
            self.remark(at, ToPact::UnnamedKey);
            field.expected =
                if self.is_request() { Expectation::Scalar(ScalarRule::Value) } else { Expectation::Anything };
            field.or_null = false;
        }
        field
    }

    fn elements(&mut self, items: &[Value], trees: &[&Tree<'_>], by_value: bool, at: &mut Vec<Segment>) -> Vec<Node> {
        let node = |(index, item): (usize, &Value)| {
            at.push(Segment::Index(index));
            let node = self.node(item, &PathTree::below_index(trees, index), by_value, at);
            at.pop();
            node
        };
        items.iter().enumerate().map(node).collect()
    }

    fn list(
        &mut self,
        items: &[Value],
        rule: &Rule,
        trees: &[&Tree<'_>],
        by_value: bool,
        at: &mut Vec<Segment>,
    ) -> Expectation {
        if rule.has(&Matcher::Unordered) || rule.has(&Matcher::Contains) {
            return self.contains(items, rule, trees, at);
        }
        if by_value && rule.size().is_none() {
            let items = self.elements(items, trees, true, at);
            if items.iter().any(|item| item.expected == Expectation::Anything) {
                self.remark(at, ToPact::AnyElement);
                return Expectation::AnyList;
            }
            return Expectation::Sequence(items);
        }
        if items.is_empty() {
            if rule.size() != Some((0, None)) {
                self.remark(at, ToPact::SizeOfEmptyList);
            }
            return Expectation::AnyList;
        }
        self.each(items, rule, trees, by_value, at)
    }

    fn contains(&mut self, items: &[Value], rule: &Rule, trees: &[&Tree<'_>], at: &mut Vec<Segment>) -> Expectation {
        if !self.is_newest {
            self.remark(at, ToPact::NewerList);
            return Expectation::AnyList;
        }
        if rule.has(&Matcher::Unordered) || rule.size().is_some() {
            self.remark(at, ToPact::OrderOrSize);
        }
        let items = self.elements(items, trees, true, at);
        if items.is_empty() || items.iter().any(|item| item.expected == Expectation::Anything) {
            self.remark(at, ToPact::AnyList);
            return Expectation::AnyList;
        }
        let mut pairs =
            items.iter().enumerate().flat_map(|(at, one)| items[..at].iter().map(move |other| (one, other)));
        if pairs.any(|(one, other)| !exclude(one, other)) {
            self.remark(at, ToPact::SharedElement);
        }
        Expectation::Contains(items)
    }

    fn each(
        &mut self,
        items: &[Value],
        rule: &Rule,
        trees: &[&Tree<'_>],
        by_value: bool,
        at: &mut Vec<Segment>,
    ) -> Expectation {
        let (min, max) = rule.size().unwrap_or((1, None));
        let nodes = self.elements(items, trees, by_value, at);
        let own: Vec<usize> = trees.iter().flat_map(|tree| tree.indexes()).collect();
        let mut others = nodes.iter().enumerate().filter(|(index, _)| !own.contains(index)).map(|(_, node)| node);
        let are_alike = others.next().is_none_or(|first| others.all(|node| alike(first, node)));
        if !are_alike || nodes.iter().any(|node| node.expected == Expectation::Anything) {
            self.remark(at, ToPact::KindsOfElements);
            return Expectation::AnyList;
        }
        if !own.is_empty() {
            self.remark(at, ToPact::ElementRequired);
            if by_value || trees.iter().any(|tree| tree.each().is_some()) {
                self.remark(at, ToPact::RulesForElements);
                return Expectation::AnyList;
            }
        }
        Expectation::Each { min, max, items: nodes, at: own }
    }
}

/// Whether no value can meet both expectations, as far as that can be determined.
fn exclude(a: &Node, b: &Node) -> bool {
    match (&a.expected, &b.expected) {
        (
            Expectation::Scalar(ScalarRule::Value) | Expectation::Exact,
            Expectation::Scalar(ScalarRule::Value) | Expectation::Exact,
        ) => !same_value(&a.example, &b.example),
        (Expectation::Scalar(one), Expectation::Scalar(other)) => {
            let binds =
                |rule| matches!(rule, &ScalarRule::Type | &ScalarRule::Value | &ScalarRule::Is(PactMatcher::Integer));
            binds(one) && binds(other) && std::mem::discriminant(&a.example) != std::mem::discriminant(&b.example)
        }
        (Expectation::Object(one), Expectation::Object(other)) => {
            one.iter().any(|(key, a)| other.iter().any(|(name, b)| name == key && exclude(a, b)))
        }
        (Expectation::Sequence(one), Expectation::Sequence(other)) => {
            one.len() != other.len() || one.iter().zip(other).any(|(a, b)| exclude(a, b))
        }
        (Expectation::Scalar(ScalarRule::Value), Expectation::Object(_) | Expectation::Sequence(_))
        | (Expectation::Object(_) | Expectation::Sequence(_), Expectation::Scalar(ScalarRule::Value))
        | (Expectation::Object(_), Expectation::Sequence(_))
        | (Expectation::Sequence(_), Expectation::Object(_)) => true,
        _ => false,
    }
}

/// Whether the same is expected at two places, with the types and values of their examples.
fn alike(a: &Node, b: &Node) -> bool {
    let each = |a: &[Node], b: &[Node]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b));
    let named = |a: &[(String, Node)], b: &[(String, Node)]| {
        a.len() == b.len() && a.iter().all(|(key, a)| b.iter().any(|(other, b)| other == key && alike(a, b)))
    };
    let same = match (&a.expected, &b.expected) {
        (Expectation::Scalar(one), Expectation::Scalar(other)) => {
            let example = match one {
                ScalarRule::Value => a.example == b.example,
                ScalarRule::Type => std::mem::discriminant(&a.example) == std::mem::discriminant(&b.example),
                _ => true,
            };
            one == other && example
        }
        (Expectation::Exact, Expectation::Exact) => a.example == b.example,
        (Expectation::Object(one), Expectation::Object(other)) => named(one, other),
        (Expectation::Map(one), Expectation::Map(other)) => match (one.first(), other.first()) {
            (Some((_, one)), Some((_, other))) => alike(one, other),
            _ => one.len() == other.len(),
        },
        (Expectation::Sequence(one), Expectation::Sequence(other))
        | (Expectation::Contains(one), Expectation::Contains(other)) => each(one, other),
        (
            Expectation::Each { min, max, items, at },
            Expectation::Each { min: min2, max: max2, items: items2, at: at2 },
        ) => {
            let firsts = match (items.first(), items2.first()) {
                (Some(one), Some(other)) => alike(one, other),
                _ => true,
            };
            (min, max, at) == (min2, max2, at2) && firsts
        }
        (Expectation::AnyList, Expectation::AnyList) | (Expectation::Anything, Expectation::Anything) => true,
        _ => false,
    };
    same && a.or_null == b.or_null
}
