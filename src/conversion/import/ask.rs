//! What a Pact file asks of each place of a JSON body, found in a walk along the example: a tree, free of the words of
//! either format.

use serde_json::{Map, Value};

use super::emit::said_anyway;
use super::words::{self, Asked, Medium};
use crate::contract::Matcher;
use crate::conversion::remark::Remarks;
use crate::interaction::{Path, Segment};
use crate::pact::{Chosen, PactMatcher, RuleList, Speaking};
use crate::source::Step;

/// What is asked of one place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node<'v> {
    pub example: &'v Value,
    pub ask: Ask<'v>,
    pub or_null: bool,
    /// Whether the key may be missing.
    pub optional: bool,
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask<'v> {
    Scalar(Asked),
    /// The example and all of it, whatever is said of what is below.
    Exact,
    /// These keys.
    Object(Vec<(&'v str, Node<'v>)>),
    /// Any keys, each with such a value.
    Map(Box<Node<'v>>),
    /// These elements and no others.
    Sequence(Vec<Node<'v>>),
    /// So many elements, each of a kind; those with rules of their own by their index.
    Each {
        min: u64,
        max: Option<u64>,
        each: Box<Node<'v>>,
        at: Vec<(usize, Node<'v>)>,
    },
    /// Each of these somewhere.
    Contains(Vec<Node<'v>>),
    /// A list of whatever.
    AnyList,
    /// Whatever.
    Anything,
}

/// An index that no rule names.
const ANOTHER: usize = usize::MAX;

/// The walk along an example.
pub(super) struct Walk<'r, 'm> {
    pub remarks: &'r mut Remarks<'m>,
    pub at: Vec<Segment>,
}

impl Walk<'_, '_> {
    fn say(&mut self, rule: Option<&RuleList>, why: &str) {
        let path = if self.at.is_empty() { String::new() } else { Path(self.at.clone()).to_string() };
        self.remarks.say(&format!("body {path}"), rule, why);
    }

    /// Remarks on a rule that asks for null, and nothing else, where the example is a list or an object.
    fn no_null(&mut self, list: &RuleList, asks: bool) {
        if asks && !list.any {
            self.say(Some(list), "Pact asks for null here, which no list and no object is; the contract leaves it out");
        }
    }

    /// What is asked of a value and of all that is below it.
    pub(super) fn node<'v>(&mut self, example: &'v Value, chosen: &Chosen<'_>) -> Node<'v> {
        let speaking = chosen.speaking();
        let or_null = chosen.here().is_some_and(|list| list.any && list.matchers.contains(&PactMatcher::Null));
        if or_null && !matches!(example, Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) {
            let why = "the rule allows null, and Pact refuses it for a list or an object all the same; the contract allows it";
            self.say(chosen.here(), why);
        }
        let node = |ask, or_null| Node { example, ask, or_null, optional: false };
        match example {
            Value::Object(object) => node(self.object(object, chosen, speaking), or_null),
            Value::Array(items) => node(self.list(items, chosen, speaking), or_null),
            scalar => {
                let (asked, or_null) = match speaking {
                    None => (Asked::Value, false),
                    Some(Speaking { list, cascaded }) => {
                        let mut told = Vec::new();
                        let asked = words::scalar(list, scalar, Medium::Json, &mut |why| told.push(why));
                        // That was told where the rule is.
                        let is_of_keys = |one: &PactMatcher| matches!(one, PactMatcher::EachKey(_));
                        told.retain(|_| !(cascaded && list.matchers.iter().any(is_of_keys)));
                        for why in &told {
                            self.say(Some(list), why);
                        }
                        asked
                    }
                };
                node(Ask::Scalar(asked), or_null)
            }
        }
    }

    fn below<'v>(&mut self, segment: Segment, example: &'v Value, chosen: &Chosen<'_>) -> Node<'v> {
        self.at.push(segment);
        let node = self.node(example, chosen);
        self.at.pop();
        node
    }

    fn fields<'v>(&mut self, object: &'v Map<String, Value>, chosen: &Chosen<'_>) -> Vec<(&'v str, Node<'v>)> {
        let fields = object.iter().map(|(key, value)| {
            let chosen = chosen.below(&Step::Key(key.clone()));
            (key.as_str(), self.below(Segment::Key(key.clone()), value, &chosen))
        });
        fields.collect()
    }

    fn object<'v, 'c>(
        &mut self,
        object: &'v Map<String, Value>,
        chosen: &Chosen<'c>,
        speaking: Option<Speaking<'c>>,
    ) -> Ask<'v> {
        let Some(Speaking { list, cascaded }) = speaking else { return Ask::Object(self.fields(object, chosen)) };
        let matchers: Vec<&PactMatcher> = list.matchers.iter().filter(|one| **one != PactMatcher::Null).collect();
        if list.any && matchers.len() > 1 {
            self.say(Some(list), "Pact takes what fits one of several rules; the contract takes anything here");
            return Ask::Anything;
        }
        self.no_null(list, list.matchers.len() > matchers.len());
        let mut map = None;
        let (mut exact, mut keys_are_data) = (false, false);
        for matcher in matchers {
            match matcher {
                PactMatcher::EachValue(rules) if !cascaded => map = Some(Chosen::new(rules)),
                PactMatcher::Values if !cascaded => map = Some(chosen.clone()),
                PactMatcher::EachKey(_) if !cascaded => {
                    keys_are_data = true;
                    self.say(Some(list), "Pact has a rule for the keys themselves; the contract takes any keys");
                }
                PactMatcher::Equality => exact = true,
                PactMatcher::Type { min, max } if !cascaded && (min.is_some() || max.is_some()) => {
                    self.say(Some(list), "Pact asks for a number of keys; the contract takes any number");
                }
                PactMatcher::NotEmpty if object.is_empty() => {
                    self.say(
                        Some(list),
                        "Pact asks for an object that is not empty; the contract takes an empty one, as the example is",
                    );
                }
                PactMatcher::Integer
                | PactMatcher::Decimal
                | PactMatcher::Number
                | PactMatcher::Boolean
                | PactMatcher::Include(_)
                | PactMatcher::Time(..)
                | PactMatcher::Semver
                | PactMatcher::ContentType(_)
                | PactMatcher::Status(_) => {
                    self.say(Some(list), "Pact has a rule here that no object fits; the contract leaves it out");
                }
                _ => {}
            }
        }
        if exact {
            return Ask::Exact;
        }
        if let Some(rules) = map {
            if let Some(first) = object.values().next() {
                return self.map(object, first, &rules, list);
            }
            self.say(
                Some(list),
                "Pact has a rule for the values of this object, and the example has none; the contract takes anything here",
            );
            return Ask::Anything;
        }
        let mut fields = self.fields(object, chosen);
        let says_nothing = |node: &Node<'_>| node.ask == Ask::Scalar(Asked::Is(Matcher::Any));
        if keys_are_data && !fields.is_empty() && fields.iter().all(|(_, field)| says_nothing(field)) {
            return Ask::Map(Box::new(fields.swap_remove(0).1));
        }
        if keys_are_data {
            for (_, node) in &mut fields {
                node.optional = true;
            }
        }
        Ask::Object(fields)
    }

    fn map<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        first: &'v Value,
        rules: &Chosen<'_>,
        list: &RuleList,
    ) -> Ask<'v> {
        // A name that no rule has.
        let any = self.below(Segment::AnyKey, first, &rules.below(&Step::Key(String::from("\0"))));
        let mut told = Vec::new();
        self.quiet(&mut told, first, &rules.below(&Step::Key(String::from("\0"))));
        let (mut alike, mut ruled) = (true, true);
        for (key, value) in object {
            let mut quiet = Vec::new();
            let node = self.quiet(&mut quiet, value, &rules.below(&Step::Key(key.clone())));
            alike &= node.is_like(&any);
            ruled &= node.rules_as(&any) && !has_news(&quiet, &told);
        }
        if matches!(any.ask, Ask::Object(_)) && said_anyway(&any).is_none() {
            self.say(Some(list), "Pact compares the values with the example, which shows nothing that a rule could be for; the contract takes any values");
        }
        if !ruled {
            self.say(
                Some(list),
                "Pact has rules for single keys here; the contract asks of every key what goes for all of them",
            );
        } else if !alike {
            self.say(Some(list), "the example's values differ, and Pact compares each with that of its key, or with the first; the contract takes what is like any of them");
        }
        Ask::Map(Box::new(any))
    }

    /// A node whose remarks are not made, since they are made elsewhere.
    fn quiet<'v>(
        &mut self,
        found: &mut Vec<crate::conversion::remark::Remark>,
        example: &'v Value,
        chosen: &Chosen<'_>,
    ) -> Node<'v> {
        let message = self.remarks.message.clone();
        let mut remarks = Remarks { interaction: 0, message, side: "", found };
        Walk { remarks: &mut remarks, at: Vec::new() }.node(example, chosen)
    }

    fn list<'v, 'c>(&mut self, items: &'v [Value], chosen: &Chosen<'c>, speaking: Option<Speaking<'c>>) -> Ask<'v> {
        let Some(Speaking { list, cascaded }) = speaking else {
            let items = items.iter().enumerate();
            return Ask::Sequence(
                items
                    .map(|(index, item)| self.below(Segment::Index(index), item, &chosen.below(&Step::Index(index))))
                    .collect(),
            );
        };
        if items.is_empty() {
            return Ask::AnyList;
        }
        let matchers: Vec<&PactMatcher> = list.matchers.iter().filter(|one| **one != PactMatcher::Null).collect();
        if list.any && matchers.len() > 1 {
            self.say(Some(list), "Pact takes what fits one of several rules; the contract takes anything here");
            return Ask::Anything;
        }
        self.no_null(list, list.matchers.len() > matchers.len());
        let (mut least, mut most) = (0, None::<u64>);
        let mut rules = chosen.clone();
        for matcher in matchers {
            match matcher {
                PactMatcher::ArrayContains(variants) => {
                    let variants: Vec<(usize, Chosen<'_>)> = if variants.is_empty() {
                        (0..items.len()).map(|index| (index, Chosen::default())).collect()
                    } else {
                        variants.iter().map(|variant| (variant.index, Chosen::new(&variant.rules))).collect()
                    };
                    let mut shown: Vec<usize> = variants.iter().map(|(index, _)| *index).collect();
                    shown.sort_unstable();
                    if !shown.into_iter().eq(0..items.len()) {
                        self.say(
                            Some(list),
                            "Pact asks for some of the example's elements only; the contract takes anything here",
                        );
                        return Ask::Anything;
                    }
                    let mut nodes: Vec<(usize, Node<'v>)> = variants
                        .iter()
                        .map(|(index, rules)| (*index, self.below(Segment::Index(*index), &items[*index], rules)))
                        .collect();
                    nodes.sort_by_key(|(index, _)| *index);
                    let nodes: Vec<Node<'v>> = nodes.into_iter().map(|(_, node)| node).collect();
                    if nodes.iter().enumerate().any(|(at, one)| nodes[..at].iter().any(|other| !one.differs(other))) {
                        self.say(
                            Some(list),
                            "Pact takes one element for several of these; the contract asks for one of its own for each",
                        );
                    }
                    return Ask::Contains(nodes);
                }
                PactMatcher::EachValue(each) if !cascaded => rules = Chosen::new(each),
                PactMatcher::Equality => return Ask::Exact,
                PactMatcher::NotEmpty => least = least.max(1),
                PactMatcher::Type { min, max } if !cascaded => {
                    least = least.max(min.unwrap_or(0));
                    most = max.map(|max| most.map_or(max, |most| most.min(max))).or(most);
                }
                _ => {}
            }
        }
        if most.is_some_and(|most| most < least) {
            self.say(Some(list), "Pact asks for a size that no list has; the contract takes anything here");
            return Ask::Anything;
        }
        self.each(items, &rules, list, (least, most))
    }

    fn each<'v>(
        &mut self,
        items: &'v [Value],
        rules: &Chosen<'_>,
        list: &RuleList,
        (mut min, mut max): (u64, Option<u64>),
    ) -> Ask<'v> {
        let Some(first) = items.first() else { return Ask::AnyList };
        let each = self.below(Segment::Each, first, &rules.below(&Step::Index(ANOTHER)));
        let mut told = Vec::new();
        self.quiet(&mut told, first, &rules.below(&Step::Index(ANOTHER)));
        let mut at = Vec::new();
        let mut alike = true;
        for (index, item) in items.iter().enumerate() {
            let mut quiet = Vec::new();
            let node = self.quiet(&mut quiet, item, &rules.below(&Step::Index(index)));
            alike &= node.is_like(&each);
            let own = !node.rules_as(&each);
            if own || has_news(&quiet, &told) {
                // Once more, for its remarks.
                let node = self.below(Segment::Index(index), item, &rules.below(&Step::Index(index)));
                if own {
                    at.push((index, node));
                }
            }
        }
        if let Some((last, _)) = at.last() {
            let needed = u64::try_from(*last).unwrap_or(u64::MAX).saturating_add(1);
            (min, max) = (min.max(needed), max.map(|max| max.max(needed)));
            self.say(Some(list), "an element has rules of its own, and Pact takes a list that is too short for it; the contract asks that it is there");
        } else if !alike {
            self.say(Some(list), "the example's elements differ, and Pact compares each with the one in its place, or with the first; the contract takes what is like any of them");
        }
        Ask::Each { min, max, each: Box::new(each), at }
    }
}

/// Whether remarks say what others don't.
fn has_news(remarks: &[crate::conversion::remark::Remark], known: &[crate::conversion::remark::Remark]) -> bool {
    remarks.iter().any(|new| !known.iter().any(|known| known.why == new.why))
}
