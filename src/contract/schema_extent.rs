//! How large a JSON Schema is once its references are replaced by what they refer to. A few lines in which each definition
//! refers to the next one twice would take any time to explain.

use std::collections::BTreeMap;

use serde_json::Value;

use super::attachments::resolve;

/// How many subschemas are counted; whatever has more counts as endless.
const MOST_NODES: usize = 100_000;
/// How many subschemas are looked at to say why a value is wrong.
const MOST_LOOKS: usize = 1_000_000;

/// The size of a schema with its references replaced, but for those that lead back to where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    nodes: usize,
    /// The references that lead back.
    returns: usize,
}

impl Extent {
    /// Measures a schema; `files` are those that it refers to, by their paths from the contract's folder.
    ///
    /// # Errors
    ///
    /// Why it can't be used: one of its references leads to itself.
    pub(super) fn of(schema: &Value, files: &BTreeMap<String, Value>) -> Result<Self, String> {
        let mut walk = Walk { root: schema, files, open: Vec::new(), extent: Self::default() };
        walk.schema(schema, "", true)?;
        Ok(walk.extent)
    }

    /// Whether it can be said in a short time why a value is wrong: for that, no alternative is left out.
    pub(super) fn is_explained_soon(self, value: &Value) -> bool {
        let depth = u32::try_from(depth(value)).unwrap_or(u32::MAX);
        self.nodes.saturating_mul(self.returns.max(1).saturating_pow(depth)) <= MOST_LOOKS
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(object) => 1 + object.values().map(depth).max().unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// A walk along a schema and its references.
struct Walk<'s> {
    root: &'s Value,
    files: &'s BTreeMap<String, Value>,
    /// The subschemas that the walk is inside of, and whether each is for a part of the value of the one before.
    open: Vec<(&'s Value, bool)>,
    extent: Extent,
}

impl<'s> Walk<'s> {
    /// Walks along a schema in a file; the empty path is the contract's own. `is_part` tells that it is for a part of the
    /// value that the schema around it is for.
    fn schema(&mut self, schema: &'s Value, file: &str, is_part: bool) -> Result<(), String> {
        let Value::Object(keywords) = schema else { return Ok(()) };
        if let Some(at) = self.open.iter().rposition(|(open, _)| std::ptr::eq(*open, schema)) {
            if !is_part && self.open.iter().skip(at + 1).all(|(_, is_part)| !is_part) {
                return Err(String::from("one of its references leads to itself"));
            }
            self.extent.returns += 1;
            return Ok(());
        }
        self.extent.nodes = self.extent.nodes.saturating_add(1);
        if self.extent.nodes > MOST_NODES {
            self.extent.nodes = usize::MAX - 1;
            return Ok(());
        }
        self.open.push((schema, is_part));
        for (keyword, value) in keywords {
            match (keyword.as_str(), value) {
                ("$ref" | "$dynamicRef", Value::String(reference)) => {
                    if let Some((target, file)) = self.target(reference, file) {
                        self.schema(target, &file, false)?;
                    }
                }
                ("const" | "enum" | "default" | "examples" | "$defs" | "definitions", _) => {}
                ("properties" | "patternProperties", Value::Object(named)) => {
                    named.values().try_for_each(|schema| self.schema(schema, file, true))?;
                }
                ("dependentSchemas" | "dependencies", Value::Object(named)) => {
                    named.values().try_for_each(|schema| self.schema(schema, file, false))?;
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    schemas.iter().try_for_each(|schema| self.schema(schema, file, false))?;
                }
                ("not" | "if" | "then" | "else", schema) => self.schema(schema, file, false)?,
                (_, Value::Array(schemas)) => schemas.iter().try_for_each(|schema| self.schema(schema, file, true))?,
                (_, schema) => self.schema(schema, file, true)?,
            }
        }
        self.open.pop();
        Ok(())
    }

    /// What a reference in a file leads to, and the file that it is in.
    fn target(&self, reference: &str, file: &str) -> Option<(&'s Value, String)> {
        let (path, place) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match path {
            "" => file.to_owned(),
            path => resolve(file.rsplit_once('/').map_or("", |(folder, _)| folder), path).ok()?,
        };
        let document = if file.is_empty() { self.root } else { self.files.get(&file)? };
        let decoded = percent_encoding::percent_decode_str(place).decode_utf8_lossy();
        let target = if decoded.is_empty() || decoded.starts_with('/') {
            document.pointer(&decoded)?
        } else {
            anchored(document, &decoded)?
        };
        Some((target, file))
    }
}

/// The subschema with an anchor.
fn anchored<'s>(value: &'s Value, name: &str) -> Option<&'s Value> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| anchored(item, name)),
        Value::Object(object) => {
            let has = |keyword: &str| object.get(keyword).and_then(Value::as_str) == Some(name);
            if has("$anchor") || has("$dynamicAnchor") {
                return Some(value);
            }
            object.values().find_map(|item| anchored(item, name))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Definitions that each refer to the next one twice.
    fn doubling(levels: usize, reference: impl Fn(usize) -> String) -> Value {
        let definitions = (0..levels).map(|level| {
            let next = json!({"$ref": reference(level + 1)});
            (format!("d{level}"), json!({"$anchor": format!("d{level}"), "anyOf": [next, {"properties": {"a": next}}]}))
        });
        let mut definitions: serde_json::Map<String, Value> = definitions.collect();
        definitions.insert(format!("d{levels}"), json!({"$anchor": format!("d{levels}"), "type": "integer"}));
        json!({"$ref": reference(0), "$defs": definitions})
    }

    #[test]
    fn references_that_double_and_double_again_are_not_followed_to_their_ends() {
        let none = BTreeMap::new();
        for reference in [|level: usize| format!("#/$defs/d{level}"), |level: usize| format!("#d{level}")] {
            let is_short =
                |levels| Extent::of(&doubling(levels, reference), &none).unwrap().is_explained_soon(&json!(1));
            assert!(is_short(5) && !is_short(40));
        }
        let files = BTreeMap::from([(String::from("a/b.json"), doubling(40, |level| format!("#/$defs/d{level}")))]);
        let extent = Extent::of(&json!({"items": {"$ref": "a/b.json"}}), &files).unwrap();
        assert!(!extent.is_explained_soon(&json!([1])));
    }

    #[test]
    fn a_schema_may_refer_to_itself_for_a_part_of_the_value_only() {
        let none = BTreeMap::new();
        let tree = json!({"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}});
        let extent = Extent::of(&tree, &none).unwrap();
        assert_eq!(extent, Extent { nodes: 3, returns: 2 });
        assert!(extent.is_explained_soon(&json!({"left": {"left": 1}})));
        let deep = (0..50).fold(json!(1), |inner, _| json!({"left": inner}));
        assert!(!extent.is_explained_soon(&deep));
        for circle in
            [json!({"allOf": [{"$ref": "#"}]}), json!({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})]
        {
            assert!(Extent::of(&circle, &none).is_err(), "{circle}");
        }
    }
}
