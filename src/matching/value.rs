//! Compares an actual value with the shape that it must have, and notes every place where they differ.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::expected;
use super::pairing::pair;
use super::scalar::{Medium, misfit, same};
use super::shape::{ArrayShape, Closeness, Elements, Field, ObjectShape, Shape};
use crate::contract::{Matcher, Rule};
use crate::interaction::mismatch::{CONTAINS, EMPTY, MISSING, ONE_OF, SIZE, TYPE, UNEXPECTED, VALUE};
use crate::interaction::{Actual, Expected, Mismatch, Missing, Nothing, Part, Path, Segment, Unit, describe, work};
use crate::source::{Code, Pointer};
use crate::words::{did_you_mean, nearest};

/// The places of a body's example and rules in the contract.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub part: Part,
    /// Of the example: `…/response/body`.
    pub example: Pointer,
    /// Of the rules: `…/response/match`.
    pub rules: Pointer,
}

/// One step on the path to a value.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// How many mismatches of a body are noted: more than people read, and a limit for a large body that is wrong
/// everywhere.
const MOST_MISMATCHES: usize = 500;

/// How much of a text, and how many allowed values, are looked at in the time of one step.
const BYTES_PER_STEP: usize = 64;
const VALUES_PER_STEP: usize = 8;

/// A comparison: its position, and the mismatches so far.
struct Comparison<'a> {
    places: &'a Places,
    /// The whole example, to point into.
    root: &'a Value,
    medium: Medium,
    at: Vec<Step<'a>>,
    found: Vec<Mismatch>,
    /// Whether it only tries whether a value fits: then nothing is noted, and the first mismatch ends it.
    trying: bool,
    /// Whether the value that it tries doesn't fit.
    misfit: bool,
}

/// The difference at one place.
struct Difference {
    expected: Expected,
    actual: Actual,
    hint: Option<String>,
}

impl Difference {
    const fn new(expected: Expected, actual: Actual) -> Self {
        Self { expected, actual, hint: None }
    }

    fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

/// Compares a value with a shape; `root` is the example that the shape was made from.
pub(super) fn compare<'a, 'c: 'a>(
    shape: &Shape<'c>,
    root: &'a Value,
    actual: &'a Value,
    medium: Medium,
    places: &'a Places,
) -> Vec<Mismatch> {
    let mut comparison =
        Comparison { places, root, medium, at: Vec::new(), found: Vec::new(), trying: false, misfit: false };
    comparison.value(shape, actual);
    if comparison.is_over()
        && let Some(last) = comparison.found.last_mut()
    {
        last.hint = Some(format!("only the first {MOST_MISMATCHES} mismatches are shown; there may be more"));
    }
    comparison.found
}

impl<'a, 'c: 'a> Comparison<'a> {
    /// Whether further mismatches make no difference.
    fn is_over(&self) -> bool {
        if self.trying && self.misfit || work::is_spent() {
            return true;
        }
        !self.trying && self.found.len() >= MOST_MISMATCHES
    }

    fn value(&mut self, shape: &Shape<'c>, actual: &'a Value) {
        if self.is_over() || !work::spend(steps(shape, actual)) {
            return;
        }
        if let Some(rule) = shape.rule() {
            if (rule.or_null && actual.is_null())
                || rule.has(&Matcher::Any) && shape.object.is_none() && shape.array.is_none()
            {
                return;
            }
            for matcher in &rule.matchers {
                if let Some(misfit) = misfit(matcher, actual, self.medium) {
                    let example = shape.examples.first().copied();
                    return self.note(misfit.code, shape, || {
                        let expected = expected::of_rule(matcher, rule, example);
                        Difference::new(expected, Actual::value(actual)).with_hint(misfit.detail)
                    });
                }
            }
            if rule.determines_value()
                && matches!(actual, Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null)
                && !rule.wants_example()
            {
                return;
            }
        }
        if !shape.alternatives.is_empty() {
            if !shape.alternatives.iter().any(|alternative| self.fits(alternative, actual)) {
                self.note(ONE_OF, shape, || Difference::new(Expected::Alternative, Actual::value(actual)));
            }
            return;
        }
        match (actual, &shape.object, &shape.array) {
            (Value::Object(object), Some(wanted), _) => self.object(shape, wanted, object),
            (Value::Array(items), _, Some(wanted)) => self.array(shape, wanted, items, actual),
            _ => self.scalar(shape, actual),
        }
    }

    /// Compares a scalar, or a value of another type than the example.
    fn scalar(&mut self, shape: &Shape<'c>, actual: &'a Value) {
        if shape.examples.is_empty() || shape.mode.closeness == Closeness::Loose {
            return;
        }
        let same_type = |example: &Value| std::mem::discriminant(example) == std::mem::discriminant(actual);
        let medium = self.medium;
        let same_value = || any_example(shape, |example| same(example, actual, medium));
        let by_value = shape.mode.closeness == Closeness::Value;
        let code = if !any_example(shape, same_type) && !same_value() {
            TYPE
        } else if by_value && !same_value() {
            VALUE
        } else {
            return;
        };
        self.note(code, shape, || {
            let expected = if by_value { exactly(&shape.examples) } else { Expected::like(&shape.examples) };
            Difference::new(expected.or_null(shape.rule().is_some_and(|rule| rule.or_null)), Actual::value(actual))
        });
    }

    fn object(&mut self, shape: &Shape<'c>, wanted: &ObjectShape<'c>, object: &'a Map<String, Value>) {
        // In the order of the contract. But if a list's elements differ from each other, the example combines the keys of
        // all, which may be far more than one element has.
        if wanted.fields.len() <= object.len() * 2 + 100 {
            for (key, field) in &wanted.fields {
                self.field(wanted, key, field, object);
            }
        } else {
            let known = |key: &String| wanted.fields.get_full(key.as_str()).map(|(_, key, _)| *key);
            let here = object.keys().filter_map(known).filter(|key| !wanted.fields[key].required);
            for key in wanted.required.iter().copied().chain(here) {
                self.field(wanted, key, &wanted.fields[key], object);
            }
        }
        if wanted.any_key.is_some() {
            self.size(shape, object.len(), Unit::Entry);
        }
        if wanted.any_key.is_none() && !wanted.closed {
            return;
        }
        for (key, value) in object.iter().filter(|(key, _)| !wanted.fields.contains_key(key.as_str())) {
            if self.is_over() {
                return;
            }
            self.at.push(Step::Key(key));
            match &wanted.any_key {
                Some(any) => self.value(any, value),
                None => self.note(UNEXPECTED, shape, || {
                    let missing = wanted.fields.keys().copied().filter(|known| !object.contains_key(*known));
                    Difference::new(Expected::Nothing(Nothing::Key), Actual::value(value))
                        .with_hint(did_you_mean(key, missing))
                }),
            }
            self.at.pop();
        }
    }

    fn field(&mut self, wanted: &ObjectShape<'c>, key: &'a str, field: &Field<'c>, object: &'a Map<String, Value>) {
        if self.is_over() || !work::spend(1) {
            return;
        }
        self.at.push(Step::Key(key));
        match object.get(key) {
            None if field.required => self.note(MISSING, &field.shape, || {
                let others = object.keys().map(String::as_str).filter(|other| !wanted.fields.contains_key(other));
                let near = nearest(key, others.clone()).map(|near| format!("the body has a similar key: `{near}`"));
                let missing =
                    wanted.fields.iter().filter(|(name, field)| field.required && !object.contains_key(**name));
                let hint = near.or_else(|| match (missing.count(), others.collect::<Vec<_>>().as_slice()) {
                    (1, [new]) => Some(format!("the body has a key that isn't in the contract: `{new}`")),
                    _ => None,
                });
                Difference::new(expected_of(&field.shape), Actual::Missing(Missing::Key)).with_hint(hint)
            }),
            None => {}
            Some(value) if field.absent => {
                self.note(UNEXPECTED, &field.shape, || {
                    let hint = "the contract requires that it is absent; if it does no harm, remove that rule";
                    Difference::new(Expected::Nothing(Nothing::Key), Actual::value(value))
                        .with_hint(Some(hint.to_owned()))
                });
            }
            Some(value) => self.value(&field.shape, value),
        }
        self.at.pop();
    }

    fn array(&mut self, shape: &Shape<'c>, wanted: &ArrayShape<'c>, items: &'a [Value], actual: &'a Value) {
        match &wanted.elements {
            Elements::Each(each) => {
                let fits = self.size(shape, items.len(), Unit::Element);
                for (index, item) in items.iter().enumerate() {
                    self.element(wanted.at.get(&index).unwrap_or(each), index, item);
                }
                let beyond = wanted.required.range(items.len()..).filter(|_| fits);
                for (index, missing) in beyond.filter_map(|index| wanted.at.get_key_value(index)) {
                    self.at.push(Step::Index(*index));
                    self.note(MISSING, missing, || {
                        Difference::new(expected_of(missing), Actual::Missing(Missing::Element { length: items.len() }))
                    });
                    self.at.pop();
                }
            }
            Elements::Sequence(sequence) => {
                if sequence.len() != items.len() {
                    self.note(SIZE, shape, || Difference::new(exactly_elements(sequence.len()), Actual::value(actual)));
                }
                for (index, (wanted, item)) in sequence.iter().zip(items).enumerate() {
                    self.element(wanted, index, item);
                }
            }
            Elements::Unordered(wanted) => self.in_any_order(shape, wanted, items, actual, true),
            Elements::Contains(wanted) => self.in_any_order(shape, wanted, items, actual, false),
        }
    }

    fn element(&mut self, shape: &Shape<'c>, index: usize, item: &'a Value) {
        self.at.push(Step::Index(index));
        self.value(shape, item);
        self.at.pop();
    }

    /// Checks the number of elements or entries, and returns whether it is right.
    fn size(&mut self, shape: &Shape<'c>, length: usize, unit: Unit) -> bool {
        let got = || Actual::Size { count: length, unit };
        match shape.rule().and_then(Rule::size) {
            Some((min, max)) => {
                let length = u64::try_from(length).unwrap_or(u64::MAX);
                let fits = length >= min && max.is_none_or(|max| length <= max);
                if !fits {
                    self.note(SIZE, shape, || Difference::new(Expected::Size { min, max, unit }, got()));
                }
                fits
            }
            None if length == 0 && shape.mode.closeness == Closeness::Type && !shape.examples.is_empty() => {
                let place = self.rule_path();
                self.note(EMPTY, shape, || {
                    let hint =
                        format!("nothing in it was verified: make the provider state fill it, or write `{place}: 0+`");
                    Difference::new(Expected::Size { min: 1, max: None, unit }, got()).with_hint(Some(hint))
                });
                false
            }
            None => true,
        }
    }

    /// Whether a value fits. Nothing is noted.
    fn fits(&mut self, shape: &Shape<'c>, item: &'a Value) -> bool {
        let outside = (std::mem::replace(&mut self.trying, true), std::mem::replace(&mut self.misfit, false));
        self.value(shape, item);
        let misfit = self.misfit;
        (self.trying, self.misfit) = outside;
        !misfit
    }

    /// Checks that each wanted element has an actual one of its own, in any order; and, if `exact`, that there are no others.
    fn in_any_order(
        &mut self,
        shape: &Shape<'c>,
        wanted: &[Shape<'c>],
        items: &'a [Value],
        actual: &'a Value,
        exact: bool,
    ) {
        self.size(shape, items.len(), Unit::Element);
        if self.trying && (self.misfit || items.len() < wanted.len() || exact && items.len() > wanted.len()) {
            self.misfit = true;
            return;
        }
        let taken = pair(wanted.len(), items.len(), |number, index| {
            wanted.get(number).zip(items.get(index)).is_some_and(|(wanted, item)| self.fits(wanted, item))
        });
        for (missing, _) in wanted.iter().zip(&taken).filter(|(_, index)| index.is_none()) {
            self.note(CONTAINS, shape, || {
                let example = missing.examples.first().map_or_else(String::new, |value| describe::json(value));
                Difference::new(Expected::ElementLike(example), Actual::value(actual))
            });
        }
        if exact && items.len() > wanted.len() {
            self.note(SIZE, shape, || {
                let taken: HashSet<usize> = taken.iter().flatten().copied().collect();
                let extra = items.iter().enumerate().find(|(index, _)| !taken.contains(index));
                let one = extra.map(|(_, item)| describe::json(item));
                Difference::new(Expected::InAnyOrder { count: wanted.len() }, Actual::Extra { count: items.len(), one })
            });
        }
    }

    /// Notes a mismatch at this place, unless the comparison only tries whether a value fits.
    fn note(&mut self, code: Code, shape: &Shape<'c>, difference: impl FnOnce() -> Difference) {
        if self.trying {
            self.misfit = true;
        }
        if self.is_over() {
            return;
        }
        let Difference { expected, actual, hint } = difference();
        let expectation = match shape.rule {
            Some(rule) => self.places.rules.key(&*rule.key),
            None => self.example_place(),
        };
        let part = self.places.part;
        self.found.push(Mismatch { code, part, path: self.path(), expected, actual, expectation, hint });
    }

    /// The current place, as a contract writes it.
    fn path(&self) -> String {
        let segments = self.at.iter().map(|step| match step {
            Step::Key(key) => Segment::Key((*key).to_owned()),
            Step::Index(index) => Segment::Index(*index),
        });
        Path(segments.collect()).to_string()
    }

    /// The current place, as a rule leads to it: for every element of a list, and for keys that the example doesn't have.
    fn rule_path(&self) -> Path {
        let mut example = Some(self.root);
        let segments = self.at.iter().map(|step| {
            let (segment, next) = match (step, example) {
                (Step::Key(key), Some(Value::Object(object))) => match object.get(*key) {
                    Some(value) => (Segment::Key((*key).to_owned()), Some(value)),
                    None => (Segment::AnyKey, object.values().next()),
                },
                (Step::Key(key), _) => (Segment::Key((*key).to_owned()), None),
                (Step::Index(index), items) => {
                    let items = items.and_then(Value::as_array);
                    (Segment::Each, items.and_then(|items| items.get(*index).or(items.first())))
                }
            };
            example = next;
            segment
        });
        Path(segments.collect())
    }

    /// Where the example shows this place. If it has no such element, another one that has the place serves instead.
    fn example_place(&self) -> Pointer {
        let mut pointer = self.places.example.clone();
        let mut value = self.root;
        for (number, step) in self.at.iter().enumerate() {
            let next = match (step, value) {
                (Step::Key(key), Value::Object(object)) => object.get(*key).map(|next| (pointer.key(*key), next)),
                (Step::Index(index), Value::Array(items)) => {
                    let following = self.at.get(number + 1);
                    let shows = |item: &Value| match following {
                        Some(Step::Key(key)) => item.get(*key).is_some(),
                        _ => true,
                    };
                    let found = items
                        .get(*index)
                        .filter(|item| shows(item))
                        .map(|_| *index)
                        .or_else(|| items.iter().position(shows));
                    found.and_then(|index| items.get(index).map(|next| (pointer.index(index), next)))
                }
                _ => None,
            };
            let Some((at, next)) = next else { break };
            pointer = at;
            value = next;
        }
        pointer
    }
}

/// Whether one of the examples passes a test. Mostly the first one does.
fn any_example<'a>(shape: &Shape<'a>, test: impl Fn(&'a Value) -> bool) -> bool {
    let mut examples = shape.examples.iter().enumerate();
    examples.any(|(index, example)| (index % VALUES_PER_STEP != 7 || work::spend(1)) && test(example))
}

/// How many steps it takes to look at a value: more where it is one of many values, or a long text for a rule.
fn steps(shape: &Shape<'_>, actual: &Value) -> usize {
    let of_text = actual.as_str().map_or(0, str::len) / BYTES_PER_STEP;
    let matchers = shape.rule().map_or(&[][..], |rule| rule.matchers.as_slice());
    let of_rule: usize = matchers
        .iter()
        .map(|matcher| match matcher {
            Matcher::OneOf(values) => values.len() / VALUES_PER_STEP,
            // They read the whole text.
            Matcher::Format(_) | Matcher::Regex(_) => of_text,
            _ => 0,
        })
        .sum();
    1 + of_rule
}

/// The expectation at a place where the value is missing.
pub(super) fn expected_of(shape: &Shape<'_>) -> Expected {
    let example = shape.examples.first().copied();
    let decisive = shape.rule().and_then(|rule| Some((rule.value_matcher()?, rule)));
    match decisive {
        Some((matcher, rule)) => expected::of_rule(matcher, rule, example),
        None if shape.mode.closeness == Closeness::Value => exactly(&shape.examples),
        None => Expected::like(&shape.examples),
    }
}

fn exactly(examples: &[&Value]) -> Expected {
    Expected::one_of(examples.iter().copied())
}

/// An array of exactly this many elements.
fn exactly_elements(length: usize) -> Expected {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    Expected::Size { min: length, max: Some(length), unit: Unit::Element }
}
