//! What an example and its rules ask of a value, put together once, so that the comparison takes time in proportion
//! to the value that came and not to its product with the example.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};
use smallvec::{SmallVec, smallvec};

use crate::contract::{Matcher, PathTree, Rule, Written};

/// How closely values are compared where no rule says what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closeness {
    /// Only what rules say.
    Loose,
    /// The example's types, and its keys.
    Type,
    /// The example's values.
    Value,
}

/// How a place is compared with its example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    pub closeness: Closeness,
    /// Whether keys that are not in the example are refused.
    pub closed: bool,
}

impl Mode {
    /// The least that a consumer needs of a response.
    pub(super) const LEAST: Self = Self { closeness: Closeness::Type, closed: false };
    /// Exactly what a consumer sends.
    pub(super) const EXACT: Self = Self { closeness: Closeness::Value, closed: true };
}

/// The rules of a body by their paths.
pub(super) type RuleTree<'c> = PathTree<'c, &'c Written<Rule>>;

/// Where the rules stand that speak of a value, the most specific first.
type Speakers<'s, 'c> = &'s [&'s RuleTree<'c>];
/// The values that an example has at one place: one, but where elements of a list were put together.
type Examples<'c> = SmallVec<[&'c Value; 1]>;

/// What is asked of one value.
#[derive(Debug)]
pub(super) struct Shape<'c> {
    pub rule: Option<&'c Written<Rule>>,
    pub mode: Mode,
    /// The values that the example has here; several where elements of a list were put together.
    pub examples: Examples<'c>,
    pub object: Option<ObjectShape<'c>>,
    pub array: Option<ArrayShape<'c>>,
    /// One shape for each example, where a value must be as one of several objects or lists is. (By their types, they
    /// can be put together; by their values, each stands for itself.)
    pub alternatives: Vec<Shape<'c>>,
}

/// What is asked of an object.
#[derive(Debug)]
pub(super) struct ObjectShape<'c> {
    pub fields: IndexMap<&'c str, Field<'c>>,
    /// The fields that must be there.
    pub required: Vec<&'c str>,
    /// What every other value must be, where the keys are data.
    pub any_key: Option<Box<Shape<'c>>>,
    pub closed: bool,
}

/// What is asked of one key of an object.
#[derive(Debug)]
pub(super) struct Field<'c> {
    pub shape: Shape<'c>,
    pub required: bool,
    pub absent: bool,
}

/// What is asked of an array.
#[derive(Debug)]
pub(super) struct ArrayShape<'c> {
    pub elements: Elements<'c>,
    /// Elements with a rule for their index, where all others are alike.
    pub at: BTreeMap<usize, Shape<'c>>,
    /// Those of them that there must be: each of the example's arrays has them.
    pub required: BTreeSet<usize>,
}

/// What is asked of an array's elements.
#[derive(Debug)]
pub(super) enum Elements<'c> {
    /// Each is like all of the example's put together, or by their values like one of them.
    Each(Box<Shape<'c>>),
    /// These, in this order, and no others.
    Sequence(Vec<Shape<'c>>),
    /// These, in any order, and no others.
    Unordered(Vec<Shape<'c>>),
    /// Each of these somewhere.
    Contains(Vec<Shape<'c>>),
}

impl<'c> Shape<'c> {
    /// What an example and its rules ask for.
    pub(super) fn new(example: &'c Value, rules: &RuleTree<'c>, mode: Mode) -> Self {
        Self::of(smallvec![example], &[rules], mode)
    }

    fn of(examples: Examples<'c>, speakers: Speakers<'_, 'c>, outer: Mode) -> Self {
        let rule = speakers.iter().find_map(|speaker| speaker.here);
        let mode = rule.map_or(outer, |rule| mode_below(&rule.thing, outer));
        let taken_apart = |example: &&Value| example.is_object() || example.is_array();
        if mode.closeness == Closeness::Value && examples.len() > 1 && examples.iter().any(taken_apart) {
            let alternatives = examples.iter().map(|example| Self::of(smallvec![*example], speakers, outer)).collect();
            return Self { rule, mode, examples, object: None, array: None, alternatives };
        }
        let objects: SmallVec<[&'c Map<String, Value>; 1]> =
            examples.iter().filter_map(|example| example.as_object()).collect();
        let arrays: SmallVec<[&'c Vec<Value>; 1]> = examples.iter().filter_map(|example| example.as_array()).collect();
        let closed = mode.closed || rule.is_some_and(|rule| rule.thing.has(&Matcher::Closed));
        let object = (!objects.is_empty()).then(|| ObjectShape::of(&objects, speakers, mode, closed));
        let array = (!arrays.is_empty()).then(|| ArrayShape::of(&arrays, speakers, rule.map(|rule| &rule.thing), mode));
        Self { rule, mode, examples, object, array, alternatives: Vec::new() }
    }

    /// The rule without its spelling.
    pub(super) fn rule(&self) -> Option<&'c Rule> {
        self.rule.map(|written| &written.thing)
    }
}

/// How the places below a rule are compared.
fn mode_below(rule: &Rule, mode: Mode) -> Mode {
    let mut below = mode;
    for matcher in &rule.matchers {
        match matcher {
            Matcher::Exact => below = Mode::EXACT,
            // The same values, or the same elements and so the same values; other keys are still ignored where they were.
            Matcher::Equal | Matcher::Unordered | Matcher::Contains => below.closeness = Closeness::Value,
            // These say themselves what the value is: of what lies below, only what has a rule of its own is compared.
            Matcher::Any | Matcher::OneOf(_) | Matcher::Schema(_) => {
                below = Mode { closeness: Closeness::Loose, closed: false }
            }
            _ => {}
        }
    }
    below
}

impl<'c> ObjectShape<'c> {
    fn of(objects: &[&'c Map<String, Value>], speakers: Speakers<'_, 'c>, mode: Mode, closed: bool) -> Self {
        let mut examples: IndexMap<&'c str, Examples<'c>> =
            IndexMap::with_capacity(objects.first().map_or(0, |object| object.len()));
        for object in objects {
            for (key, value) in *object {
                examples.entry(key).or_default().push(value);
            }
        }
        let any: Vec<&RuleTree<'c>> = speakers.iter().filter_map(|speaker| speaker.any_key()).collect();
        let is_map = !any.is_empty();
        let ruled = |key: &str| speakers.iter().any(|speaker| speaker.key(key).is_some());
        let any_key = is_map.then(|| {
            let values =
                examples.iter().filter(|(key, _)| !ruled(key)).flat_map(|(_, values)| values.iter().copied()).collect();
            Box::new(Shape::of(values, &any, mode))
        });
        let mut fields = IndexMap::with_capacity(examples.len());
        for (key, values) in examples {
            // In a map, only the keys that a rule names are more than data.
            if is_map && !ruled(key) {
                continue;
            }
            let everywhere = values.len() == objects.len();
            let shape = Shape::of(values, &PathTree::below_key(speakers, key), mode);
            let optional = shape.rule().is_some_and(|rule| rule.optional);
            let loose = mode.closeness == Closeness::Loose && shape.rule.is_none();
            fields.insert(key, Field { shape, required: everywhere && !optional && !loose, absent: false });
        }
        for speaker in speakers {
            for (key, tree) in speaker.keys() {
                let absent = tree.here.is_some_and(|rule| rule.thing.has(&Matcher::Absent));
                if absent && !fields.contains_key(key) {
                    let shape = Shape::of(SmallVec::new(), &[tree], mode);
                    fields.insert(key, Field { shape, required: false, absent: true });
                }
            }
        }
        let required = fields.iter().filter(|(_, field)| field.required).map(|(key, _)| *key).collect();
        Self { fields, required, any_key, closed }
    }
}

impl<'c> ArrayShape<'c> {
    fn of(arrays: &[&'c Vec<Value>], speakers: Speakers<'_, 'c>, rule: Option<&'c Rule>, mode: Mode) -> Self {
        let each: Vec<&RuleTree<'c>> = speakers.iter().filter_map(|speaker| speaker.each()).collect();
        let at_index = |index| PathTree::below_index(speakers, index);
        // Several arrays meet here only where they are put together by their types.
        let one_by_one = || -> Vec<Shape<'c>> {
            arrays
                .iter()
                .flat_map(|array| array.iter().enumerate())
                .map(|(index, item)| Shape::of(smallvec![item], &at_index(index), mode))
                .collect()
        };
        let has = |matcher| rule.is_some_and(|rule| rule.has(matcher));
        let elements = if has(&Matcher::Unordered) {
            Elements::Unordered(one_by_one())
        } else if has(&Matcher::Contains) {
            Elements::Contains(one_by_one())
        } else if mode.closeness == Closeness::Value && rule.is_none_or(|rule| rule.size().is_none()) {
            Elements::Sequence(one_by_one())
        } else {
            let all = arrays.iter().flat_map(|array| array.iter()).collect();
            Elements::Each(Box::new(Shape::of(all, &each, mode)))
        };
        let (mut at, mut required) = (BTreeMap::new(), BTreeSet::new());
        if matches!(elements, Elements::Each(_)) {
            for index in speakers.iter().flat_map(|speaker| speaker.indexes()) {
                let examples: Examples<'c> = arrays.iter().filter_map(|array| array.get(index)).collect();
                if examples.len() == arrays.len() {
                    required.insert(index);
                }
                at.insert(index, Shape::of(examples, &at_index(index), mode));
            }
        }
        Self { elements, at, required }
    }
}
