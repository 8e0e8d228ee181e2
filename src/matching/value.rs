//! The walk along a value that came and the shape that was asked for, noting every place where they differ.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::expected;
use super::scalar::{Medium, misfit, same};
use super::shape::{ArrayShape, Closeness, Elements, Field, ObjectShape, Shape};
use crate::contract::{Matcher, Rule};
use crate::interaction::mismatch::{CONTAINS, EMPTY, MISSING, ONE_OF, SIZE, TYPE, UNEXPECTED, VALUE};
use crate::interaction::{Actual, Expected, Missing, Nothing, Unit, describe};
use crate::interaction::{Mismatch, Part, Path, Segment};
use crate::source::{Code, Pointer};
use crate::words::{did_you_mean, nearest};

/// Where a body's example and rules stand in the contract.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub part: Part,
    /// Of the example: `…/response/body`.
    pub example: Pointer,
    /// Of the rules: `…/response/match`.
    pub rules: Pointer,
}

/// One step to the value that is looked at.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// How many mismatches of a body are noted: more than anybody reads, and an end for a large body that is wrong in each
/// of its places.
const MOST_MISMATCHES: usize = 500;

/// The walk: where it is, and what it found.
struct Walk<'a> {
    asked: &'a Asked,
    /// The example as a whole, to point into.
    root: &'a Value,
    medium: Medium,
    at: Vec<Step<'a>>,
    found: Vec<Mismatch>,
    /// Whether all that counts is if a value fits: then nothing is noted, and the first mismatch ends the comparison.
    trying: bool,
    /// Whether a value that is tried does not fit.
    misfit: bool,
}

/// What a mismatch says.
struct Told {
    expected: Expected,
    actual: Actual,
    hint: Option<String>,
}

impl Told {
    const fn new(expected: Expected, actual: Actual) -> Self {
        Self { expected, actual, hint: None }
    }

    fn hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

/// Compares a value with a shape; `root` is the example that the shape was made from.
pub(super) fn compare<'a>(
    shape: &Shape<'a>,
    root: &'a Value,
    actual: &'a Value,
    medium: Medium,
    asked: &'a Asked,
) -> Vec<Mismatch> {
    let mut walk = Walk { asked, root, medium, at: Vec::new(), found: Vec::new(), trying: false, misfit: false };
    walk.value(shape, actual);
    if walk.is_over()
        && let Some(last) = walk.found.last_mut()
    {
        last.hint = Some(format!("the first {MOST_MISMATCHES} mismatches are shown; there may be more"));
    }
    walk.found
}

impl<'a> Walk<'a> {
    /// Whether further mismatches make no difference.
    const fn is_over(&self) -> bool {
        if self.trying { self.misfit } else { self.found.len() >= MOST_MISMATCHES }
    }

    fn value(&mut self, shape: &Shape<'a>, actual: &'a Value) {
        if self.is_over() {
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
                        Told::new(expected::ruled(matcher, rule, example), Actual::value(actual)).hint(misfit.detail)
                    });
                }
            }
            if rule.tells_value()
                && matches!(actual, Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null)
                && !rule.matchers.iter().any(Matcher::is_of_example)
            {
                return;
            }
        }
        if !shape.alternatives.is_empty() {
            if !shape.alternatives.iter().any(|alternative| self.fits(alternative, actual)) {
                self.note(ONE_OF, shape, || Told::new(Expected::Alternative, Actual::value(actual)));
            }
            return;
        }
        match (actual, &shape.object, &shape.array) {
            (Value::Object(object), Some(asked), _) => self.object(shape, asked, object),
            (Value::Array(items), _, Some(asked)) => self.array(shape, asked, items, actual),
            _ => self.scalar(shape, actual),
        }
    }

    /// A value whose example is of another kind, or that is not taken apart.
    fn scalar(&mut self, shape: &Shape<'a>, actual: &'a Value) {
        if shape.examples.is_empty() || shape.mode.closeness == Closeness::Loose {
            return;
        }
        let same_type = |example: &&Value| std::mem::discriminant::<Value>(example) == std::mem::discriminant(actual);
        let same_value = |walk: &Self| shape.examples.iter().any(|example| same(example, actual, walk.medium));
        let by_value = shape.mode.closeness == Closeness::Value;
        let code = if !shape.examples.iter().any(same_type) && !same_value(self) {
            TYPE
        } else if by_value && !same_value(self) {
            VALUE
        } else {
            return;
        };
        self.note(code, shape, || {
            let expected = if by_value { exactly(&shape.examples) } else { Expected::like(&shape.examples) };
            Told::new(expected.or_null(shape.rule().is_some_and(|rule| rule.or_null)), Actual::value(actual))
        });
    }

    fn object(&mut self, shape: &Shape<'a>, asked: &ObjectShape<'a>, object: &'a Map<String, Value>) {
        // In the order of the contract; but where elements of a list differ, an example may have far more keys than any
        // of them.
        if asked.fields.len() <= object.len() * 2 + 100 {
            for (key, field) in &asked.fields {
                self.field(asked, key, field, object);
            }
        } else {
            let known = |key: &String| asked.fields.get_full(key.as_str()).map(|(_, key, _)| *key);
            let here = object.keys().filter_map(known).filter(|key| !asked.fields[key].required);
            for key in asked.required.iter().copied().chain(here) {
                self.field(asked, key, &asked.fields[key], object);
            }
        }
        if asked.any_key.is_some() {
            self.size(shape, object.len(), Unit::Entry);
        }
        if asked.any_key.is_none() && !asked.closed {
            return;
        }
        for (key, value) in object.iter().filter(|(key, _)| !asked.fields.contains_key(key.as_str())) {
            if self.is_over() {
                return;
            }
            self.at.push(Step::Key(key));
            match &asked.any_key {
                Some(any) => self.value(any, value),
                None => self.note(UNEXPECTED, shape, || {
                    let missing = asked.fields.keys().copied().filter(|known| !object.contains_key(*known));
                    Told::new(Expected::Nothing(Nothing::Key), Actual::value(value)).hint(did_you_mean(key, missing))
                }),
            }
            self.at.pop();
        }
    }

    fn field(&mut self, asked: &ObjectShape<'a>, key: &'a str, field: &Field<'a>, object: &'a Map<String, Value>) {
        if self.is_over() {
            return;
        }
        self.at.push(Step::Key(key));
        match object.get(key) {
            None if field.required => self.note(MISSING, &field.shape, || {
                let others = object.keys().map(String::as_str).filter(|other| !asked.fields.contains_key(other));
                let near = nearest(key, others).map(|near| format!("the body has a key like it: `{near}`"));
                Told::new(expected_of(&field.shape), Actual::Missing(Missing::Key)).hint(near)
            }),
            None => {}
            Some(value) if field.absent => {
                self.note(UNEXPECTED, &field.shape, || {
                    let hint =
                        "the contract says that this must be absent; if it does no harm, take that rule out of it";
                    Told::new(Expected::Nothing(Nothing::Key), Actual::value(value)).hint(Some(hint.to_owned()))
                });
            }
            Some(value) => self.value(&field.shape, value),
        }
        self.at.pop();
    }

    fn array(&mut self, shape: &Shape<'a>, asked: &ArrayShape<'a>, items: &'a [Value], actual: &'a Value) {
        match &asked.elements {
            Elements::Each(each) => {
                let fits = self.size(shape, items.len(), Unit::Element);
                for (index, item) in items.iter().enumerate() {
                    self.element(asked.at.get(&index).unwrap_or(each), index, item);
                }
                let beyond = asked.required.range(items.len()..).filter(|_| fits);
                for (index, missing) in beyond.filter_map(|index| asked.at.get_key_value(index)) {
                    self.at.push(Step::Index(*index));
                    self.note(MISSING, missing, || {
                        Told::new(expected_of(missing), Actual::Missing(Missing::Element { length: items.len() }))
                    });
                    self.at.pop();
                }
            }
            Elements::Sequence(sequence) => {
                if sequence.len() != items.len() {
                    self.note(SIZE, shape, || Told::new(exactly_so_many(sequence.len()), Actual::value(actual)));
                }
                for (index, (asked, item)) in sequence.iter().zip(items).enumerate() {
                    self.element(asked, index, item);
                }
            }
            Elements::Unordered(asked) => self.somewhere(shape, asked, items, actual, true),
            Elements::Contains(asked) => self.somewhere(shape, asked, items, actual, false),
        }
    }

    fn element(&mut self, shape: &Shape<'a>, index: usize, item: &'a Value) {
        self.at.push(Step::Index(index));
        self.value(shape, item);
        self.at.pop();
    }

    /// Checks how many elements or entries there are; true where that is right.
    fn size(&mut self, shape: &Shape<'a>, length: usize, unit: Unit) -> bool {
        let got = || Actual::Size { count: length, unit };
        match shape.rule().and_then(Rule::size) {
            Some((min, max)) => {
                let length = u64::try_from(length).unwrap_or(u64::MAX);
                let fits = length >= min && max.is_none_or(|max| length <= max);
                if !fits {
                    self.note(SIZE, shape, || Told::new(Expected::Size { min, max, unit }, got()));
                }
                fits
            }
            None if length == 0 && shape.mode.closeness == Closeness::Type && !shape.examples.is_empty() => {
                let place = self.path();
                self.note(EMPTY, shape, || {
                    let hint = format!(
                        "nothing in it was verified: let the provider state put something there, or write `{place}: 0+`"
                    );
                    Told::new(Expected::Size { min: 1, max: None, unit }, got()).hint(Some(hint))
                });
                false
            }
            None => true,
        }
    }

    /// Whether a value fits, with nothing noted.
    fn fits(&mut self, shape: &Shape<'a>, item: &'a Value) -> bool {
        let outside = (std::mem::replace(&mut self.trying, true), std::mem::replace(&mut self.misfit, false));
        self.value(shape, item);
        let misfit = self.misfit;
        (self.trying, self.misfit) = outside;
        !misfit
    }

    /// Checks that each asked element is somewhere, in an element of its own; and, if `exact`, that there are no others.
    fn somewhere(
        &mut self,
        shape: &Shape<'a>,
        asked: &[Shape<'a>],
        items: &'a [Value],
        actual: &'a Value,
        exact: bool,
    ) {
        self.size(shape, items.len(), Unit::Element);
        if self.trying && (self.misfit || items.len() < asked.len() || exact && items.len() > asked.len()) {
            self.misfit = true;
            return;
        }
        let taken = super::pairing::pair(asked.len(), items.len(), |wanted, index| {
            asked.get(wanted).zip(items.get(index)).is_some_and(|(asked, item)| self.fits(asked, item))
        });
        for (asked, _) in asked.iter().zip(&taken).filter(|(_, place)| place.is_none()) {
            self.note(CONTAINS, shape, || {
                let example = asked.examples.first().map_or_else(String::new, |value| describe::json(value));
                Told::new(Expected::ElementLike(example), Actual::value(actual))
            });
        }
        if exact && items.len() > asked.len() {
            self.note(SIZE, shape, || {
                let taken: HashSet<usize> = taken.iter().flatten().copied().collect();
                let extra = items.iter().enumerate().find(|(index, _)| !taken.contains(index));
                let one = extra.map(|(_, item)| describe::json(item));
                Told::new(Expected::InAnyOrder { count: asked.len() }, Actual::Extra { count: items.len(), one })
            });
        }
    }

    fn note(&mut self, code: Code, shape: &Shape<'a>, tell: impl FnOnce() -> Told) {
        if self.trying {
            self.misfit = true;
        }
        if self.is_over() {
            return;
        }
        let Told { expected, actual, hint } = tell();
        let asked = match shape.rule {
            Some(rule) => self.asked.rules.key(&*rule.key),
            None => self.example_place(),
        };
        self.found.push(Mismatch { code, part: self.asked.part, path: self.path(), expected, actual, asked, hint });
    }

    /// The place that the walk is at, as a path of a contract.
    fn path(&self) -> String {
        let segments = self.at.iter().map(|step| match step {
            Step::Key(key) => Segment::Key((*key).to_owned()),
            Step::Index(index) => Segment::Index(*index),
        });
        Path(segments.collect()).to_string()
    }

    /// Where the example shows what is asked for here: for an element that it doesn't have, in another that does.
    fn example_place(&self) -> Pointer {
        let mut pointer = self.asked.example.clone();
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

/// What is asked for at a place where nothing came.
fn expected_of(shape: &Shape<'_>) -> Expected {
    let example = shape.examples.first().copied();
    match shape
        .rule()
        .and_then(|rule| rule.matchers.iter().find(|matcher| matcher.tells_value()).map(|matcher| (matcher, rule)))
    {
        Some((matcher, rule)) => expected::ruled(matcher, rule, example),
        None if shape.mode.closeness == Closeness::Value => exactly(&shape.examples),
        None => Expected::like(&shape.examples),
    }
}

fn exactly(examples: &[&Value]) -> Expected {
    Expected::one_of(examples.iter().copied())
}

/// Exactly so many elements.
fn exactly_so_many(length: usize) -> Expected {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    Expected::Size { min: length, max: Some(length), unit: Unit::Element }
}
