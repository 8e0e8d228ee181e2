//! What a contract asks of each place of a JSON body, as far as a Pact file can say it.

use serde_json::{Map, Value};

use super::matchers::{Scalar, scalar};
use crate::contract::{Matcher, PathTree, Rule, WrittenRule};
use crate::conversion::differences::{ANY_TYPE, fits_others};
use crate::interaction::number::same_value;
use crate::interaction::{Path, Segment};
use crate::pact::PactMatcher;

pub(super) type Tree<'r> = PathTree<'r, &'r WrittenRule>;

/// A place with what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub example: Value,
    pub ask: Ask,
    pub or_null: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    Scalar(Scalar),
    /// The whole of it, as it is.
    Exact,
    Object(Vec<(String, Node)>),
    Map(Vec<(String, Node)>),
    Sequence(Vec<Node>),
    Each {
        min: u64,
        max: Option<u64>,
        items: Vec<Node>,
        at: Vec<usize>,
    },
    Contains(Vec<Node>),
    AnyList,
    /// Pact can't be told so little: the key is left out, where there is one.
    Anything,
}

/// The walk along a body.
pub(super) struct Walk<'r> {
    /// Whether keys may be left out of the example: of a response, since a request is sent as it is.
    pub is_request: bool,
    /// Whether version 4 is written.
    pub is_newest: bool,
    pub remark: &'r mut dyn FnMut(&str, &str),
}

impl Walk<'_> {
    fn say(&mut self, at: &[Segment], why: &str) {
        let path = if at.is_empty() { String::new() } else { Path(at.to_vec()).to_string() };
        (self.remark)(&path, why);
    }

    pub(super) fn node(&mut self, example: &Value, speakers: &[&Tree<'_>], outer: bool, at: &mut Vec<Segment>) -> Node {
        let rule = speakers.iter().find_map(|speaker| speaker.here).map(|written| &written.rule);
        let has = |matcher: &Matcher| rule.is_some_and(|rule| rule.has(matcher));
        let or_null = rule.is_some_and(|rule| rule.or_null);
        let node = |ask| Node { example: example.clone(), ask, or_null };
        if has(&Matcher::Closed) && !self.is_request {
            self.say(at, "the contract refuses other keys; Pact ignores them");
        }
        let is_scalar = !example.is_object() && !example.is_array();
        let none = Rule::default();
        let unsaid = if outer { Scalar::Value } else { Scalar::Type };
        let mut whys = Vec::new();
        let told = scalar(rule.unwrap_or(&none), example, unsaid.clone(), &mut |why| whys.push(why));
        for why in &whys {
            self.say(at, why);
        }
        if let Scalar::Is(PactMatcher::Regex(regex)) = &told
            && is_scalar
            && !has(&Matcher::Any)
            && fits_others(example, &|text| regex.matches(text))
        {
            self.say(at, ANY_TYPE);
        }
        if is_scalar {
            return node(match told {
                Scalar::Anything => Ask::Anything,
                told => Ask::Scalar(told),
            });
        }
        let says = rule.is_some_and(Rule::determines_value);
        if says && !has(&Matcher::Exact) && !has(&Matcher::Equal) {
            if !matches!(told, Scalar::Anything) {
                self.say(
                    at,
                    "the contract has a rule here that Pact doesn't have for a list or an object; Pact takes anything",
                );
            }
            return node(Ask::Anything);
        }
        // To Pact, a list or an object is never null, whatever rules it has.
        if or_null {
            self.say(at, "the contract takes a null, and Pact never does for a list or an object; Pact takes anything");
            return node(Ask::Anything);
        }
        let by_value = outer || has(&Matcher::Exact) || has(&Matcher::Equal);
        // Rules that lead to places below this one.
        let mut goes_on = false;
        for speaker in speakers {
            speaker.visit(example, &mut |_, place| goes_on |= !std::ptr::eq(place, example));
        }
        let is_empty_list = example.as_array().is_some_and(Vec::is_empty);
        if has(&Matcher::Exact) && !is_empty_list {
            if !goes_on {
                return node(Ask::Exact);
            }
            if !self.is_request {
                self.say(at, "the contract refuses other keys; Pact ignores them where there are rules for some");
            }
        }
        match example {
            Value::Object(object) => node(self.object(object, speakers, by_value, at)),
            Value::Array(items) => node(self.list(items, rule.unwrap_or(&none), speakers, by_value, at)),
            _ => node(Ask::Anything),
        }
    }

    fn object(
        &mut self,
        object: &Map<String, Value>,
        speakers: &[&Tree<'_>],
        by_value: bool,
        at: &mut Vec<Segment>,
    ) -> Ask {
        let is_map = speakers.iter().any(|speaker| speaker.any_key().is_some());
        let mut fields = Vec::new();
        for (key, value) in object {
            let below = PathTree::below_key(speakers, key);
            at.push(Segment::Key(key.clone()));
            let mut field = self.node(value, &below, by_value, at);
            let rule = below.iter().find_map(|speaker| speaker.here).map(|written| &written.rule);
            if rule.is_some_and(|rule| rule.optional) {
                self.say(
                    at,
                    if self.is_request {
                        "the contract lets it be missing; Pact asks that it is there"
                    } else {
                        "the contract lets it be missing; Pact can't be told so, and the key is left out"
                    },
                );
                if !self.is_request {
                    field.ask = Ask::Anything;
                }
            }
            // No path of a Pact file leads to a key without a name.
            if key.is_empty() {
                self.say(at, "the contract has a rule for a key without a name; Pact has no path to it");
                field.ask = if self.is_request { Ask::Scalar(Scalar::Value) } else { Ask::Anything };
                field.or_null = false;
            }
            at.pop();
            fields.push((key.clone(), field));
        }
        for (key, tree) in speakers.iter().flat_map(|speaker| speaker.keys()) {
            if tree.here.is_some_and(|rule| rule.rule.has(&Matcher::Absent)) {
                at.push(Segment::Key(key.to_owned()));
                self.say(at, "the contract refuses this key; Pact ignores it");
                at.pop();
            }
        }
        if !is_map {
            return Ask::Object(fields);
        }
        let rule = speakers.iter().find_map(|speaker| speaker.here).map(|written| &written.rule);
        let named = speakers.iter().any(|speaker| speaker.keys().next().is_some());
        let like_first = fields.iter().all(|(_, field)| fields.first().is_some_and(|(_, first)| alike(first, field)));
        let size = rule.and_then(Rule::size);
        if named || !like_first || fields.is_empty() || fields.iter().any(|(_, field)| field.ask == Ask::Anything) {
            self.say(
                at,
                "the contract has rules for single keys of a map, or values of several kinds; Pact takes anything",
            );
            return Ask::Anything;
        }
        if size != Some((0, None)) {
            self.say(at, "the contract asks for a number of entries; Pact takes any number");
        }
        Ask::Map(fields)
    }

    fn list(
        &mut self,
        items: &[Value],
        rule: &Rule,
        speakers: &[&Tree<'_>],
        by_value: bool,
        at: &mut Vec<Segment>,
    ) -> Ask {
        let any_order = rule.has(&Matcher::Unordered);
        let one_by_one = |walk: &mut Self, at: &mut Vec<Segment>, by_value| -> Vec<Node> {
            let node = |(index, item): (usize, &Value)| {
                at.push(Segment::Index(index));
                let node = walk.node(item, &PathTree::below_index(speakers, index), by_value, at);
                at.pop();
                node
            };
            items.iter().enumerate().map(node).collect()
        };
        if any_order || rule.has(&Matcher::Contains) {
            let size = rule.size().is_some();
            if !self.is_newest {
                self.say(at, "the contract says `unordered` or `contains`; version 3 has neither, and takes any list");
                return Ask::AnyList;
            }
            if any_order || size {
                self.say(
                    at,
                    "the contract says `unordered`, or how many elements there are; Pact asks only that each of these is somewhere",
                );
            }
            let items = one_by_one(self, at, true);
            if items.is_empty() || items.iter().any(|item| item.ask == Ask::Anything) {
                self.say(at, "Pact takes any list");
                return Ask::AnyList;
            }
            let pairs =
                items.iter().enumerate().flat_map(|(at, one)| items[..at].iter().map(move |other| (one, other)));
            if pairs.into_iter().any(|(one, other)| !differ(one, other)) {
                self.say(
                    at,
                    "the contract asks for an element of its own for each of these; Pact takes one for several",
                );
            }
            return Ask::Contains(items);
        }
        if by_value && rule.size().is_none() {
            let items = one_by_one(self, at, true);
            if items.iter().any(|item| item.ask == Ask::Anything) {
                self.say(at, "the contract takes anything as an element; Pact can't be told so, and takes any list");
                return Ask::AnyList;
            }
            return Ask::Sequence(items);
        }
        if items.is_empty() {
            if rule.size() != Some((0, None)) {
                self.say(
                    at,
                    "the contract asks for a size of a list that is empty in the example; Pact takes any list",
                );
            }
            return Ask::AnyList;
        }
        let (min, max) = rule.size().unwrap_or((1, None));
        let nodes = one_by_one(self, at, by_value);
        let at_indexes: Vec<usize> = speakers.iter().flat_map(|speaker| speaker.indexes()).collect();
        let first = nodes.iter().enumerate().find(|(index, _)| !at_indexes.contains(index)).map(|(_, node)| node);
        let same = nodes
            .iter()
            .enumerate()
            .all(|(index, node)| at_indexes.contains(&index) || first.is_none_or(|first| alike(first, node)));
        if !same || nodes.iter().any(|node| node.ask == Ask::Anything) {
            self.say(at, "the contract shows elements of several kinds; Pact takes any list");
            return Ask::AnyList;
        }
        if !at_indexes.is_empty() {
            self.say(
                at,
                "the contract asks that an element is there since it has a rule of its own; Pact takes a shorter list",
            );
            let in_each = speakers.iter().any(|speaker| speaker.each().is_some());
            if in_each || by_value {
                self.say(at, "the contract has rules for single elements beside those for all; Pact takes any list");
                return Ask::AnyList;
            }
        }
        Ask::Each { min, max, items: nodes, at: at_indexes }
    }
}

/// Whether no value is as both of two places ask, as far as that can be told.
fn differ(a: &Node, b: &Node) -> bool {
    match (&a.ask, &b.ask) {
        (Ask::Scalar(Scalar::Value) | Ask::Exact, Ask::Scalar(Scalar::Value) | Ask::Exact) => {
            !same_value(&a.example, &b.example)
        }
        (Ask::Scalar(one), Ask::Scalar(other)) => {
            let binds = |asked| matches!(asked, &Scalar::Type | &Scalar::Value | &Scalar::Is(PactMatcher::Integer));
            binds(one) && binds(other) && std::mem::discriminant(&a.example) != std::mem::discriminant(&b.example)
        }
        (Ask::Object(one), Ask::Object(other)) => {
            one.iter().any(|(key, a)| other.iter().any(|(name, b)| name == key && differ(a, b)))
        }
        (Ask::Sequence(one), Ask::Sequence(other)) => {
            one.len() != other.len() || one.iter().zip(other).any(|(a, b)| differ(a, b))
        }
        (Ask::Scalar(Scalar::Value), Ask::Object(_) | Ask::Sequence(_))
        | (Ask::Object(_) | Ask::Sequence(_), Ask::Scalar(Scalar::Value))
        | (Ask::Object(_), Ask::Sequence(_))
        | (Ask::Sequence(_), Ask::Object(_)) => true,
        _ => false,
    }
}

/// Whether the same is asked of two places, with the types and values of their examples.
fn alike(a: &Node, b: &Node) -> bool {
    let each = |a: &[Node], b: &[Node]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b));
    let named = |a: &[(String, Node)], b: &[(String, Node)]| {
        a.len() == b.len() && a.iter().all(|(key, a)| b.iter().any(|(other, b)| other == key && alike(a, b)))
    };
    let same = match (&a.ask, &b.ask) {
        (Ask::Scalar(one), Ask::Scalar(other)) => {
            let example = match one {
                Scalar::Value => a.example == b.example,
                Scalar::Type => std::mem::discriminant(&a.example) == std::mem::discriminant(&b.example),
                _ => true,
            };
            one == other && example
        }
        (Ask::Exact, Ask::Exact) => a.example == b.example,
        (Ask::Object(one), Ask::Object(other)) => named(one, other),
        (Ask::Map(one), Ask::Map(other)) => match (one.first(), other.first()) {
            (Some((_, one)), Some((_, other))) => alike(one, other),
            _ => one.len() == other.len(),
        },
        (Ask::Sequence(one), Ask::Sequence(other)) | (Ask::Contains(one), Ask::Contains(other)) => each(one, other),
        (Ask::Each { min, max, items, at }, Ask::Each { min: min2, max: max2, items: items2, at: at2 }) => {
            let firsts = match (items.first(), items2.first()) {
                (Some(one), Some(other)) => alike(one, other),
                _ => true,
            };
            (min, max, at) == (min2, max2, at2) && firsts
        }
        (Ask::AnyList, Ask::AnyList) | (Ask::Anything, Ask::Anything) => true,
        _ => false,
    };
    same && a.or_null == b.or_null
}
