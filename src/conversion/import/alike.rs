//! Whether two places are asked for the same, or for what no value can be at once.

use super::ask::{Ask, Node};
use super::words::Asked;
use crate::contract::Matcher;
use crate::interaction::number::same_value;

impl Node<'_> {
    /// Whether the same is asked as by the other, with the example's types and values.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.compare(other, true)
    }

    /// Whether the same rules stand for the same places, whatever the example's values.
    pub(super) fn rules_as(&self, other: &Self) -> bool {
        self.compare(other, false)
    }

    /// Whether no value is as both ask, as far as that can be told.
    pub(super) fn differs(&self, other: &Self) -> bool {
        match (&self.ask, &other.ask) {
            (Ask::Scalar(Asked::Value) | Ask::Exact, Ask::Scalar(Asked::Value) | Ask::Exact) => {
                !same_value(self.example, other.example)
            }
            (Ask::Scalar(a), Ask::Scalar(b)) => {
                let other = std::mem::discriminant(self.example) != std::mem::discriminant(other.example);
                other && binds_type(a) && binds_type(b)
            }
            (Ask::Object(a), Ask::Object(b)) => {
                a.iter().any(|(key, a)| b.iter().any(|(name, b)| name == key && a.differs(b)))
            }
            (Ask::Sequence(a), Ask::Sequence(b)) => a.len() != b.len() || a.iter().zip(b).any(|(a, b)| a.differs(b)),
            (Ask::Scalar(Asked::Value), Ask::Object(_) | Ask::Sequence(_))
            | (Ask::Object(_) | Ask::Sequence(_), Ask::Scalar(Asked::Value))
            | (Ask::Object(_), Ask::Sequence(_))
            | (Ask::Sequence(_), Ask::Object(_)) => true,
            _ => false,
        }
    }

    fn compare(&self, other: &Self, examples: bool) -> bool {
        let each = |a: &[Self], b: &[Self]| -> bool {
            (!examples || a.len() == b.len()) && a.iter().zip(b).all(|(a, b)| a.compare(b, examples))
        };
        let same = match (&self.ask, &other.ask) {
            (Ask::Scalar(a), Ask::Scalar(b)) => {
                let values = match a {
                    Asked::Value => self.example == other.example,
                    Asked::Type => std::mem::discriminant(self.example) == std::mem::discriminant(other.example),
                    Asked::Is(_) => true,
                };
                a == b && (!examples || values)
            }
            (Ask::Exact, Ask::Exact) => !examples || self.example == other.example,
            (Ask::Object(a), Ask::Object(b)) => {
                let find = |key: &str| b.iter().find(|(other, _)| *other == key);
                (!examples || a.len() == b.len())
                    && a.iter().all(|(key, node)| match find(key) {
                        Some((_, other)) => node.compare(other, examples),
                        None => !examples,
                    })
            }
            (Ask::Map(a), Ask::Map(b)) => a.compare(b, examples),
            (Ask::Sequence(a), Ask::Sequence(b)) | (Ask::Contains(a), Ask::Contains(b)) => each(a, b),
            (
                Ask::Each { min, max, each, at },
                Ask::Each { min: other_min, max: other_max, each: other_each, at: other_at },
            ) => (min, max) == (other_min, other_max) && at == other_at && each.compare(other_each, examples),
            (Ask::AnyList, Ask::AnyList) | (Ask::Anything, Ask::Anything) => true,
            // An empty list among others says nothing.
            (Ask::AnyList, Ask::Each { .. }) | (Ask::Each { .. }, Ask::AnyList) => !examples,
            // Of another kind: the example differs, and what is asked for is as much.
            (a, b) => !examples && a.is_plain() && b.is_plain(),
        };
        same && (self.or_null, self.optional) == (other.or_null, other.optional)
    }
}

/// Whether a value must be of the example's type.
const fn binds_type(asked: &Asked) -> bool {
    matches!(asked, Asked::Type | Asked::Value | Asked::Is(Matcher::Type(_) | Matcher::Format(_) | Matcher::Regex(_)))
}

impl Ask<'_> {
    /// Whether nothing but the example's type is asked for at this very place.
    const fn is_plain(&self) -> bool {
        matches!(
            self,
            Self::Scalar(Asked::Type) | Self::Object(_) | Self::AnyList | Self::Each { min: 0, max: None, .. }
        )
    }
}
