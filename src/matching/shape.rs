//! An example and its rules, combined once into their requirements for a value. So a comparison takes time in
//! proportion to the actual value, and not to its product with the example.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};
use smallvec::{SmallVec, smallvec};

use crate::contract::{Matcher, PathTree, Rule, WrittenRule};
use crate::interaction::work;

/// How many steps the shape of one place takes.
const STEPS: usize = 8;

/// How closely values are compared if no rule covers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closeness {
    /// Only by their rules.
    Loose,
    /// By the example's types and keys.
    Type,
    /// By the example's values.
    Value,
}

/// How a place is compared with its example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    pub closeness: Closeness,
    /// Whether keys that aren't in the example are refused.
    pub closed: bool,
}

impl Mode {
    /// For responses: the least that the consumer needs.
    pub const LEAST: Self = Self { closeness: Closeness::Type, closed: false };
    /// For requests: exactly the values that the consumer sends.
    pub const EXACT: Self = Self { closeness: Closeness::Value, closed: true };
}

/// The rules of a body by their paths.
pub type RuleTree<'c> = PathTree<'c, &'c WrittenRule>;

/// The subtrees with the rules for a value, the most specific first.
type Subtrees<'s, 'c> = &'s [&'s RuleTree<'c>];
/// The values that an example has at one place: usually one, but several if the elements of a list were combined.
type Examples<'c> = SmallVec<[&'c Value; 1]>;

/// The requirements for one value.
#[derive(Debug)]
pub struct Shape<'c> {
    pub rule: Option<&'c WrittenRule>,
    pub mode: Mode,
    /// The values that the example has here.
    pub examples: Examples<'c>,
    pub object: Option<ObjectShape<'c>>,
    pub array: Option<ArrayShape<'c>>,
    /// One shape for each example, if the value must equal one of several objects or lists. (Examples that are compared by
    /// type can be combined into one shape; those that are compared by value can't.)
    pub alternatives: Vec<Shape<'c>>,
}

/// The requirements for an object.
#[derive(Debug)]
pub struct ObjectShape<'c> {
    pub fields: IndexMap<&'c str, Field<'c>>,
    /// The names of the required fields.
    pub required: Vec<&'c str>,
    /// The requirements for every other value, if the object's keys are data.
    pub any_key: Option<Box<Shape<'c>>>,
    pub closed: bool,
}

/// The requirements for one key of an object.
#[derive(Debug)]
pub struct Field<'c> {
    pub shape: Shape<'c>,
    pub required: bool,
    pub absent: bool,
}

/// The requirements for an array.
#[derive(Debug)]
pub struct ArrayShape<'c> {
    pub elements: Elements<'c>,
    /// The elements that have rules for their own index, if all others have the same shape.
    pub at: BTreeMap<usize, Shape<'c>>,
    /// The indexes among them that must exist, because all of the example's arrays have them.
    pub required: BTreeSet<usize>,
}

/// The requirements for an array's elements.
#[derive(Debug)]
pub enum Elements<'c> {
    /// Each fits the example's elements combined, or equals one of them if values are compared.
    Each(Box<Shape<'c>>),
    /// Exactly these, in this order.
    Sequence(Vec<Shape<'c>>),
    /// Exactly these, in any order.
    Unordered(Vec<Shape<'c>>),
    /// Each of these, at any index, and maybe others.
    Contains(Vec<Shape<'c>>),
}

impl<'c> Shape<'c> {
    /// Combines an example and its rules.
    #[must_use]
    pub fn new(example: &'c Value, rules: &RuleTree<'c>, mode: Mode) -> Self {
        Self::of(smallvec![example], &[rules], mode)
    }

    fn of(examples: Examples<'c>, trees: Subtrees<'_, 'c>, outer: Mode) -> Self {
        // Rules for an index and for every index lead to an element in two ways, which doubles with each level. Whoever set
        // the limit says so; the rest of the shape is never looked at.
        if !work::spend(STEPS + trees.len()) {
            return Self { rule: None, mode: outer, examples, object: None, array: None, alternatives: Vec::new() };
        }
        let rule = trees.iter().find_map(|tree| tree.here);
        let mode = rule.map_or(outer, |written| mode_below(&written.rule, outer));
        let has_places = |example: &&Value| example.is_object() || example.is_array();
        if mode.closeness == Closeness::Value && examples.len() > 1 && examples.iter().any(has_places) {
            let alternatives = examples.iter().map(|example| Self::of(smallvec![*example], trees, outer)).collect();
            return Self { rule, mode, examples, object: None, array: None, alternatives };
        }
        let objects: SmallVec<[&'c Map<String, Value>; 1]> =
            examples.iter().filter_map(|example| example.as_object()).collect();
        let arrays: SmallVec<[&'c Vec<Value>; 1]> = examples.iter().filter_map(|example| example.as_array()).collect();
        let closed = mode.closed || rule.is_some_and(|written| written.rule.has(&Matcher::Closed));
        let object = (!objects.is_empty()).then(|| ObjectShape::of(&objects, trees, mode, closed));
        let array = (!arrays.is_empty()).then(|| ArrayShape::of(&arrays, trees, rule.map(|it| &it.rule), mode));
        Self { rule, mode, examples, object, array, alternatives: Vec::new() }
    }

    /// The rule, without the key that it is written under.
    #[must_use]
    pub fn rule(&self) -> Option<&'c Rule> {
        self.rule.map(|written| &written.rule)
    }
}

/// How the places at and below a rule are compared.
fn mode_below(rule: &Rule, mode: Mode) -> Mode {
    let mut below = mode;
    for matcher in &rule.matchers {
        match matcher {
            Matcher::Exact => below = Mode::EXACT,
            // By value, but whether other keys are ignored doesn't change.
            Matcher::Equal | Matcher::Unordered | Matcher::Contains => below.closeness = Closeness::Value,
            // These judge the whole value: below them, only places with rules of their own are compared.
            Matcher::Any | Matcher::OneOf(_) | Matcher::Schema(_) => {
                below = Mode { closeness: Closeness::Loose, closed: false }
            }
            // These say nothing about the places below.
            Matcher::Absent
            | Matcher::Type(_)
            | Matcher::Format(_)
            | Matcher::Regex(_)
            | Matcher::Size { .. }
            | Matcher::Closed => {}
        }
    }
    below
}

impl<'c> ObjectShape<'c> {
    fn of(objects: &[&'c Map<String, Value>], trees: Subtrees<'_, 'c>, mode: Mode, closed: bool) -> Self {
        let mut examples: IndexMap<&'c str, Examples<'c>> =
            IndexMap::with_capacity(objects.first().map_or(0, |object| object.len()));
        for object in objects {
            for (key, value) in *object {
                examples.entry(key).or_default().push(value);
            }
        }
        let any_key_trees: Vec<&RuleTree<'c>> = trees.iter().filter_map(|tree| tree.any_key()).collect();
        let is_map = !any_key_trees.is_empty();
        let has_rule = |key: &str| trees.iter().any(|tree| tree.key(key).is_some());
        let any_key = is_map.then(|| {
            let others = examples.iter().filter(|(key, _)| !has_rule(key));
            let values = others.flat_map(|(_, values)| values.iter().copied()).collect();
            Box::new(Shape::of(values, &any_key_trees, mode))
        });
        let mut fields = IndexMap::with_capacity(examples.len());
        for (key, values) in examples {
            // In a map, keys are data unless a rule names them.
            if is_map && !has_rule(key) {
                continue;
            }
            let everywhere = values.len() == objects.len();
            let shape = Shape::of(values, &PathTree::below_key(trees, key), mode);
            let optional = shape.rule().is_some_and(|rule| rule.optional);
            let loose = mode.closeness == Closeness::Loose && shape.rule.is_none();
            fields.insert(key, Field { shape, required: everywhere && !optional && !loose, absent: false });
        }
        for tree in trees {
            for (key, tree) in tree.keys() {
                let absent = tree.here.is_some_and(|written| written.rule.has(&Matcher::Absent));
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
    fn of(arrays: &[&'c Vec<Value>], trees: Subtrees<'_, 'c>, rule: Option<&'c Rule>, mode: Mode) -> Self {
        let each: Vec<&RuleTree<'c>> = trees.iter().filter_map(|tree| tree.each()).collect();
        let at_index = |index| PathTree::below_index(trees, index);
        // There are several arrays only if they were combined by their types.
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
            for index in trees.iter().flat_map(|tree| tree.indexes()) {
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
