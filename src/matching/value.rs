//! The walk along a value that came and the shape that was asked for, noting every place where they differ.

use serde_json::{Map, Value};

use super::describe;
use super::mismatch::{EMPTY, MISSING, Mismatch, ONE_OF, Part, SIZE, TYPE, UNEXPECTED, VALUE};
use super::scalar::{Medium, misfit, same};
use super::shape::{ArrayShape, Closeness, Elements, ObjectShape, Shape};
use crate::contract::{Matcher, Path, Segment};
use crate::source::{Code, Pointer};
use crate::words::{count, did_you_mean};

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

/// The walk: where it is, and what it found.
pub(super) struct Walk<'a> {
    asked: &'a Asked,
    /// The example as a whole, to point into.
    root: &'a Value,
    medium: Medium,
    at: Vec<Step<'a>>,
    found: Vec<Mismatch>,
}

/// Compares a value with a shape; `root` is the example that the shape was made from.
pub(super) fn compare<'a>(
    shape: &Shape<'a>,
    root: &'a Value,
    actual: &'a Value,
    medium: Medium,
    asked: &'a Asked,
) -> Vec<Mismatch> {
    let mut walk = Walk { asked, root, medium, at: Vec::new(), found: Vec::new() };
    walk.value(shape, actual);
    walk.found
}

impl<'a> Walk<'a> {
    fn value(&mut self, shape: &Shape<'a>, actual: &'a Value) {
        if let Some(rule) = shape.rule() {
            if (rule.or_null && actual.is_null())
                || rule.has(&Matcher::Any) && shape.object.is_none() && shape.array.is_none()
            {
                return;
            }
            for matcher in &rule.matchers {
                if let Some(misfit) = misfit(matcher, actual, self.medium) {
                    let example = shape.examples.first().copied();
                    let expected = describe::ruled(matcher, rule, example);
                    self.note(misfit.code, shape, expected, describe::actual(actual), misfit.detail);
                    return;
                }
            }
            if rule.tells_value()
                && matches!(actual, Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Null)
                && !rule.has(&Matcher::Exact)
            {
                return;
            }
        }
        match actual {
            Value::Object(object) if shape.object.is_some() => {
                if let Some(asked) = &shape.object {
                    self.object(shape, asked, object, actual);
                }
            }
            Value::Array(items) if shape.array.is_some() => {
                if let Some(asked) = &shape.array {
                    self.array(shape, asked, items, actual);
                }
            }
            _ => self.scalar(shape, actual),
        }
    }

    /// A value whose example is of another kind, or that is not taken apart.
    fn scalar(&mut self, shape: &Shape<'a>, actual: &'a Value) {
        if shape.examples.is_empty() || shape.mode.closeness == Closeness::Loose {
            return;
        }
        let same_type = |example: &&Value| std::mem::discriminant::<Value>(example) == std::mem::discriminant(actual);
        if !shape.examples.iter().any(|example| same_type(example) || same(example, actual, self.medium)) {
            let or_null = if shape.rule().is_some_and(|rule| rule.or_null) { ", or null" } else { "" };
            let expected = match shape.mode.closeness {
                Closeness::Value => exactly(&shape.examples),
                _ => describe::like(&shape.examples),
            };
            return self.note(TYPE, shape, format!("{expected}{or_null}"), describe::actual(actual), None);
        }
        if shape.mode.closeness == Closeness::Value
            && !shape.examples.iter().any(|example| same(example, actual, self.medium))
        {
            self.note(VALUE, shape, exactly(&shape.examples), describe::actual(actual), None);
        }
    }

    fn object(
        &mut self,
        shape: &Shape<'a>,
        asked: &ObjectShape<'a>,
        object: &'a Map<String, Value>,
        actual: &'a Value,
    ) {
        for (key, field) in &asked.fields {
            let Some(value) = object.get(*key) else {
                if field.required {
                    let near = did_you_mean(
                        key,
                        object.keys().filter(|other| !asked.fields.contains_key(other.as_str())).map(String::as_str),
                    );
                    let hint = near.map(|near| format!("the answer has a key like it: {near}"));
                    self.at.push(Step::Key(key));
                    let expected = expected_of(&field.shape);
                    self.note(MISSING, &field.shape, expected, String::from("nothing: the key is missing"), hint);
                    self.at.pop();
                }
                continue;
            };
            self.at.push(Step::Key(key));
            if field.absent {
                self.note(UNEXPECTED, &field.shape, String::from("no such key"), describe::actual(value), None);
            } else {
                self.value(&field.shape, value);
            }
            self.at.pop();
        }
        if let Some(any) = &asked.any_key {
            self.size(shape, object.len(), actual);
            for (key, value) in object.iter().filter(|(key, _)| !asked.fields.contains_key(key.as_str())) {
                self.at.push(Step::Key(key));
                self.value(any, value);
                self.at.pop();
            }
        } else if asked.closed {
            for (key, value) in object.iter().filter(|(key, _)| !asked.fields.contains_key(key.as_str())) {
                let near = did_you_mean(key, asked.fields.keys().copied().filter(|known| !object.contains_key(*known)));
                self.at.push(Step::Key(key));
                self.note(UNEXPECTED, shape, String::from("no such key"), describe::actual(value), near);
                self.at.pop();
            }
        }
    }

    fn array(&mut self, shape: &Shape<'a>, asked: &ArrayShape<'a>, items: &'a [Value], actual: &'a Value) {
        match &asked.elements {
            Elements::Each(each) => {
                let fits = self.size(shape, items.len(), actual);
                for (index, item) in items.iter().enumerate() {
                    self.at.push(Step::Index(index));
                    self.value(asked.at.get(&index).unwrap_or(each), item);
                    self.at.pop();
                }
                let beyond = asked.at.iter().filter(|(index, _)| **index >= items.len() && fits);
                for (index, missing) in beyond {
                    self.at.push(Step::Index(*index));
                    self.note(
                        MISSING,
                        missing,
                        expected_of(missing),
                        format!("nothing: the array has {}", count(items.len(), "element")),
                        None,
                    );
                    self.at.pop();
                }
            }
            Elements::OneOf(alternatives) => {
                self.size(shape, items.len(), actual);
                for (index, item) in items.iter().enumerate() {
                    self.at.push(Step::Index(index));
                    self.one_of(shape, alternatives, item);
                    self.at.pop();
                }
            }
            Elements::Sequence(sequence) => {
                if sequence.len() != items.len() {
                    let expected = format!("exactly {}", count(sequence.len(), "element"));
                    self.note(SIZE, shape, expected, describe::actual(actual), None);
                }
                for (index, (asked, item)) in sequence.iter().zip(items).enumerate() {
                    self.at.push(Step::Index(index));
                    self.value(asked, item);
                    self.at.pop();
                }
            }
            asked_elements @ (Elements::Unordered(asked) | Elements::Contains(asked)) => {
                let exact = matches!(asked_elements, Elements::Unordered(_));
                self.somewhere(shape, asked, items, actual, exact);
            }
        }
    }

    /// Checks how many elements there are; true where that is right.
    fn size(&mut self, shape: &Shape<'a>, length: usize, actual: &Value) -> bool {
        let sizes = shape.rule().and_then(crate::contract::Rule::size);
        let got = || if length == 0 { describe::actual(actual) } else { count(length, "element").to_string() };
        match sizes {
            Some((min, max)) => {
                let length = u64::try_from(length).unwrap_or(u64::MAX);
                let fits = length >= min && max.is_none_or(|max| length <= max);
                if !fits {
                    self.note(SIZE, shape, describe::matcher(&Matcher::Size { min, max }, None), got(), None);
                }
                fits
            }
            None if length == 0 && shape.mode.closeness == Closeness::Type && !shape.examples.is_empty() => {
                let place = self.path();
                let hint = format!(
                    "nothing in it was verified: let the provider state put something there, or write `{place}: 0+`"
                );
                self.note(EMPTY, shape, String::from("at least 1 element"), got(), Some(hint));
                false
            }
            None => true,
        }
    }

    /// Checks that an element is one of several; what is noted is how it differs from the nearest.
    fn one_of(&mut self, shape: &Shape<'a>, alternatives: &[Shape<'a>], item: &'a Value) {
        let mut nearest: Option<Vec<Mismatch>> = None;
        for alternative in alternatives {
            let found = self.try_value(alternative, item);
            if found.is_empty() {
                return;
            }
            if nearest.as_ref().is_none_or(|nearest| found.len() < nearest.len()) {
                nearest = Some(found);
            }
        }
        match nearest {
            Some(found) if alternatives.len() == 1 => self.found.extend(found),
            Some(_) => {
                self.note(ONE_OF, shape, String::from("one of the example's elements"), describe::actual(item), None)
            }
            // An empty example says nothing about elements.
            None => {}
        }
    }

    fn try_value(&mut self, shape: &Shape<'a>, item: &'a Value) -> Vec<Mismatch> {
        let before = std::mem::take(&mut self.found);
        self.value(shape, item);
        std::mem::replace(&mut self.found, before)
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
        self.size(shape, items.len(), actual);
        let taken = super::pairing::pair(asked.len(), items.len(), |wanted, index| {
            self.try_value(&asked[wanted], &items[index]).is_empty()
        });
        for (wanted, place) in taken.iter().enumerate() {
            if place.is_none() {
                let example = asked[wanted].examples.first().copied().unwrap_or(&Value::Null);
                let expected = format!("an element like {}", describe::json(example));
                self.note(super::mismatch::CONTAINS, shape, expected, describe::actual(actual), None);
            }
        }
        if exact && items.len() > asked.len() {
            let extra = (0..items.len()).find(|index| !taken.contains(&Some(*index)));
            let got = extra
                .and_then(|index| items.get(index))
                .map_or_else(String::new, |item| format!(", one of them {}", describe::json(item)));
            let expected = format!("exactly {}, in any order", count(asked.len(), "element"));
            self.note(SIZE, shape, expected, format!("{}{got}", count(items.len(), "element")), None);
        }
    }

    fn note(&mut self, code: Code, shape: &Shape<'a>, expected: String, actual: String, hint: Option<String>) {
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
fn expected_of(shape: &Shape<'_>) -> String {
    let example = shape.examples.first().copied();
    match shape
        .rule()
        .and_then(|rule| rule.matchers.iter().find(|matcher| matcher.tells_value()).map(|matcher| (matcher, rule)))
    {
        Some((matcher, rule)) => describe::ruled(matcher, rule, example),
        None if shape.mode.closeness == Closeness::Value => exactly(&shape.examples),
        None => describe::like(&shape.examples),
    }
}

fn exactly(examples: &[&Value]) -> String {
    match examples {
        [only] => format!("exactly {}", describe::json(only)),
        several => format!("one of {}", crate::words::or_list(several.iter().map(|value| describe::json(value)))),
    }
}
