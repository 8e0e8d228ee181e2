//! Paths as a tree along their steps, so that one walk along a body meets all of them.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::interaction::{Path, Segment};

/// Paths that begin alike, each with a thing at its end.
#[derive(Debug)]
pub struct PathTree<'p, T> {
    /// What stands for the place that leads here.
    pub here: Option<T>,
    keys: HashMap<&'p str, Self>,
    any_key: Option<Box<Self>>,
    each: Option<Box<Self>>,
    indexes: BTreeMap<usize, Self>,
}

impl<T> Default for PathTree<'_, T> {
    fn default() -> Self {
        Self { here: None, keys: HashMap::new(), any_key: None, each: None, indexes: BTreeMap::new() }
    }
}

impl<'p, T> PathTree<'p, T> {
    /// What stands, or will stand, for the place that these steps lead to.
    pub fn at(&mut self, steps: &'p [Segment]) -> &mut Option<T> {
        let tree = steps.iter().fold(self, |tree, segment| match segment {
            Segment::Key(key) => tree.keys.entry(key).or_default(),
            Segment::AnyKey => tree.any_key.get_or_insert_default(),
            Segment::Each => tree.each.get_or_insert_default(),
            Segment::Index(index) => tree.indexes.entry(*index).or_default(),
        });
        &mut tree.here
    }

    /// The tree of things with their paths.
    pub fn of(things: impl IntoIterator<Item = (&'p Path, T)>) -> Self {
        let mut root = Self::default();
        for (path, thing) in things {
            *root.at(&path.0) = Some(thing);
        }
        root
    }

    /// The paths that go on with this very key.
    #[must_use]
    pub fn key(&self, key: &str) -> Option<&Self> {
        self.keys.get(key)
    }

    /// The keys that paths go on with.
    pub fn keys(&self) -> impl Iterator<Item = (&'p str, &Self)> {
        self.keys.iter().map(|(key, tree)| (*key, tree))
    }

    /// The paths that go on with `.*`.
    #[must_use]
    pub fn any_key(&self) -> Option<&Self> {
        self.any_key.as_deref()
    }

    /// The paths that go on with `[]`.
    #[must_use]
    pub fn each(&self) -> Option<&Self> {
        self.each.as_deref()
    }

    /// The indexes that paths go on with.
    pub fn indexes(&self) -> impl Iterator<Item = usize> {
        self.indexes.keys().copied()
    }

    /// All paths that lead to a key of an object, the most specific first.
    #[must_use]
    pub fn below_key<'s>(trees: &[&'s Self], key: &str) -> Vec<&'s Self> {
        let exact = trees.iter().filter_map(|tree| tree.keys.get(key));
        exact.chain(trees.iter().filter_map(|tree| tree.any_key())).collect()
    }

    /// All paths that lead to an element of an array, the most specific first.
    #[must_use]
    pub fn below_index<'s>(trees: &[&'s Self], index: usize) -> Vec<&'s Self> {
        let exact = trees.iter().filter_map(|tree| tree.indexes.get(&index));
        exact.chain(trees.iter().filter_map(|tree| tree.each())).collect()
    }

    /// Calls `visit` with each thing and each of the places in `value` that its path leads to.
    pub fn visit<'v>(&self, value: &'v Value, visit: &mut dyn FnMut(&T, &'v Value)) {
        fn go<'v, T>(trees: &[&PathTree<'_, T>], value: &'v Value, visit: &mut dyn FnMut(&T, &'v Value)) {
            trees.iter().filter_map(|tree| tree.here.as_ref()).for_each(|thing| visit(thing, value));
            match value {
                _ if trees.is_empty() => {}
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .for_each(|(index, item)| go(&PathTree::below_index(trees, index), item, visit)),
                Value::Object(object) => {
                    object.iter().for_each(|(key, item)| go(&PathTree::below_key(trees, key), item, visit));
                }
                _ => {}
            }
        }
        go(&[self], value, visit);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_walk_meets_what_each_path_selects() {
        let value = json!({"items": [{"qty": 1}, {"qty": 2}, 3], "stock": {"a": 1, "b": [2]}});
        let texts = ["$", "items[]", "items[].qty", "items[1].qty", "stock.*", "*.b", "stock.b[0]", "nothing[]"];
        let paths = texts.map(|text| Path::parse(text).unwrap());
        let tree = PathTree::of(paths.iter().enumerate().map(|(number, path)| (path, number)));
        let mut found = vec![Vec::new(); paths.len()];
        tree.visit(&value, &mut |number: &usize, place| found[*number].push(place));
        for ((text, path), found) in texts.iter().zip(&paths).zip(&found) {
            assert_eq!(*found, path.select(&value), "{text}");
        }
    }
}
