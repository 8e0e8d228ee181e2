//! Paths as a tree of their steps, so one pass through a body meets all of them.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::interaction::{Path, Segment};

/// A tree of paths, with a value at the end of each.
#[derive(Debug)]
pub struct PathTree<'p, T> {
    /// The value of the path that ends here.
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
    /// The value at the end of a path, which is empty at first.
    pub fn at(&mut self, steps: &'p [Segment]) -> &mut Option<T> {
        let tree = steps.iter().fold(self, |tree, segment| match segment {
            Segment::Key(key) => tree.keys.entry(key).or_default(),
            Segment::AnyKey => tree.any_key.get_or_insert_default(),
            Segment::Each => tree.each.get_or_insert_default(),
            Segment::Index(index) => tree.indexes.entry(*index).or_default(),
        });
        &mut tree.here
    }

    /// The tree of these paths with their values.
    pub fn of(values: impl IntoIterator<Item = (&'p Path, T)>) -> Self {
        let mut root = Self::default();
        for (path, value) in values {
            *root.at(&path.0) = Some(value);
        }
        root
    }

    /// The paths that continue with this key.
    #[must_use]
    pub fn key(&self, key: &str) -> Option<&Self> {
        self.keys.get(key)
    }

    /// The keys that paths continue with.
    pub fn keys(&self) -> impl Iterator<Item = (&'p str, &Self)> {
        self.keys.iter().map(|(key, tree)| (*key, tree))
    }

    /// The paths that continue with `.*`.
    #[must_use]
    pub fn any_key(&self) -> Option<&Self> {
        self.any_key.as_deref()
    }

    /// The paths that continue with `[]`.
    #[must_use]
    pub fn each(&self) -> Option<&Self> {
        self.each.as_deref()
    }

    /// The indexes that paths continue with.
    pub fn indexes(&self) -> impl Iterator<Item = usize> {
        self.indexes.keys().copied()
    }

    /// All paths that match a key of an object, the most specific first.
    #[must_use]
    pub fn below_key<'s>(trees: &[&'s Self], key: &str) -> Vec<&'s Self> {
        let exact = trees.iter().filter_map(|tree| tree.keys.get(key));
        exact.chain(trees.iter().filter_map(|tree| tree.any_key())).collect()
    }

    /// All paths that match an index of an array, the most specific first.
    #[must_use]
    pub fn below_index<'s>(trees: &[&'s Self], index: usize) -> Vec<&'s Self> {
        let exact = trees.iter().filter_map(|tree| tree.indexes.get(&index));
        exact.chain(trees.iter().filter_map(|tree| tree.each())).collect()
    }

    /// Calls `visit` with the value of each path, once for each place in `body` that the path selects.
    pub fn visit<'v>(&self, body: &'v Value, visit: &mut dyn FnMut(&T, &'v Value)) {
        fn go<'v, T>(trees: &[&PathTree<'_, T>], place: &'v Value, visit: &mut dyn FnMut(&T, &'v Value)) {
            trees.iter().filter_map(|tree| tree.here.as_ref()).for_each(|value| visit(value, place));
            match place {
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
        go(&[self], body, visit);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_pass_meets_all_places_that_each_path_selects() {
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
