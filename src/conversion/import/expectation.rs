//! The expectations of a Pact file at each place of a JSON body: a tree that is free of the words of either format.

use serde_json::Value;

use super::scalars::{ScalarRule, type_matcher};
use crate::contract::{Matcher, Rule};
use crate::interaction::Segment;
use crate::interaction::number::same_value;

/// A place of a body, with its expectation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node<'v> {
    pub example: &'v Value,
    pub expected: Expectation<'v>,
    pub or_null: bool,
    /// Whether the key may be missing.
    pub optional: bool,
}

/// The expectation for a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expectation<'v> {
    Scalar(ScalarRule),
    /// Exactly the example, whatever rules there are below it.
    Exact,
    /// These keys.
    Object(Vec<(&'v str, Node<'v>)>),
    /// Any keys, each with a value like this.
    Map(Box<Node<'v>>),
    /// These elements and no others.
    Sequence(Vec<Node<'v>>),
    /// This many elements, all like one; and those with rules of their own, by their index.
    Each {
        min: u64,
        max: Option<u64>,
        each: Box<Node<'v>>,
        at: Vec<(usize, Node<'v>)>,
    },
    /// Each of these, somewhere.
    Contains(Vec<Node<'v>>),
    /// Any list.
    AnyList,
    /// Any value.
    Anything,
}

/// A rule that says explicitly what is compared by type without a rule, if there is one.
pub(super) fn explicit_rule(node: &Node<'_>) -> Option<(Vec<Segment>, Rule)> {
    if let Some(matcher) = type_matcher(node.example) {
        return Some((Vec::new(), Rule::of(matcher)));
    }
    match &node.expected {
        Expectation::Object(fields) => fields.iter().find_map(|(key, field)| {
            let (path, rule) = explicit_rule(field)?;
            Some((std::iter::once(Segment::Key((*key).to_owned())).chain(path).collect(), rule))
        }),
        Expectation::Each { min, max, .. } => Some((Vec::new(), Rule::of(Matcher::Size { min: *min, max: *max }))),
        _ => None,
    }
}

impl Node<'_> {
    /// Whether the same is expected as by the other, with the example's types and values.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.compare(other, true)
    }

    /// Whether the same places have the same rules, whatever the example's values.
    pub(super) fn has_rules_of(&self, other: &Self) -> bool {
        self.compare(other, false)
    }

    /// Whether no value can meet both expectations, as far as that can be determined.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        match (&self.expected, &other.expected) {
            (
                Expectation::Scalar(ScalarRule::Value) | Expectation::Exact,
                Expectation::Scalar(ScalarRule::Value) | Expectation::Exact,
            ) => !same_value(self.example, other.example),
            (Expectation::Scalar(a), Expectation::Scalar(b)) => {
                let other = std::mem::discriminant(self.example) != std::mem::discriminant(other.example);
                other && binds_type(a) && binds_type(b)
            }
            (Expectation::Object(a), Expectation::Object(b)) => {
                a.iter().any(|(key, a)| b.iter().any(|(name, b)| name == key && a.excludes(b)))
            }
            (Expectation::Sequence(a), Expectation::Sequence(b)) => {
                a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a.excludes(b))
            }
            (Expectation::Scalar(ScalarRule::Value), Expectation::Object(_) | Expectation::Sequence(_))
            | (Expectation::Object(_) | Expectation::Sequence(_), Expectation::Scalar(ScalarRule::Value))
            | (Expectation::Object(_), Expectation::Sequence(_))
            | (Expectation::Sequence(_), Expectation::Object(_)) => true,
            _ => false,
        }
    }

    fn compare(&self, other: &Self, examples: bool) -> bool {
        let each = |a: &[Self], b: &[Self]| -> bool {
            (!examples || a.len() == b.len()) && a.iter().zip(b).all(|(a, b)| a.compare(b, examples))
        };
        let same = match (&self.expected, &other.expected) {
            (Expectation::Scalar(a), Expectation::Scalar(b)) => {
                let values = match a {
                    ScalarRule::Value => self.example == other.example,
                    ScalarRule::Type => std::mem::discriminant(self.example) == std::mem::discriminant(other.example),
                    ScalarRule::Is(_) => true,
                };
                a == b && (!examples || values)
            }
            (Expectation::Exact, Expectation::Exact) => !examples || self.example == other.example,
            (Expectation::Object(a), Expectation::Object(b)) => {
                let find = |key: &str| b.iter().find(|(other, _)| *other == key);
                (!examples || a.len() == b.len())
                    && a.iter().all(|(key, node)| match find(key) {
                        Some((_, other)) => node.compare(other, examples),
                        None => !examples,
                    })
            }
            (Expectation::Map(a), Expectation::Map(b)) => a.compare(b, examples),
            (Expectation::Sequence(a), Expectation::Sequence(b))
            | (Expectation::Contains(a), Expectation::Contains(b)) => each(a, b),
            (
                Expectation::Each { min, max, each, at },
                Expectation::Each { min: other_min, max: other_max, each: other_each, at: other_at },
            ) => (min, max) == (other_min, other_max) && at == other_at && each.compare(other_each, examples),
            (Expectation::AnyList, Expectation::AnyList) | (Expectation::Anything, Expectation::Anything) => true,
            // An empty list among others shows nothing.
            (Expectation::AnyList, Expectation::Each { .. }) | (Expectation::Each { .. }, Expectation::AnyList) => {
                !examples
            }
            // Of different kinds: the examples differ, but equally little is expected.
            (a, b) => !examples && a.is_plain() && b.is_plain(),
        };
        same && (self.or_null, self.optional) == (other.or_null, other.optional)
    }
}

/// Whether a value must be of the example's type.
const fn binds_type(rule: &ScalarRule) -> bool {
    matches!(
        rule,
        ScalarRule::Type
            | ScalarRule::Value
            | ScalarRule::Is(Matcher::Type(_) | Matcher::Format(_) | Matcher::Regex(_))
    )
}

impl Expectation<'_> {
    /// Whether only the example's type is expected at this very place.
    const fn is_plain(&self) -> bool {
        matches!(
            self,
            Self::Scalar(ScalarRule::Type) | Self::Object(_) | Self::AnyList | Self::Each { min: 0, max: None, .. }
        )
    }
}
