//! Paths into a body, as written in `match`: `items[].qty`, `stock.*`, `"a.b"`, `$` for the body itself.

use std::fmt;

use serde_json::Value;

/// A path from the root of a body to one or more of its places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<Segment>);

/// How many steps a path may have: more than any value that is read has levels.
const MOST_STEPS: usize = 200;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// `.name`
    Key(String),
    /// `.*`: the value of every key.
    AnyKey,
    /// `[]`: every element.
    Each,
    /// `[0]`: the element at an index.
    Index(usize),
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// Why the text isn't a path, without a full stop.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(String::from("it's empty; `$` is the body itself"));
        }
        let mut segments = Vec::new();
        let mut rest = match text.strip_prefix('$') {
            Some(rest) if rest.is_empty() || rest.starts_with(['.', '[']) => rest,
            _ => text,
        };
        let mut first = rest.len() == text.len();
        while !rest.is_empty() {
            if segments.len() == MOST_STEPS {
                return Err(format!("a path has at most {MOST_STEPS} steps"));
            }
            let (segment, after) = if let Some(inside) = rest.strip_prefix('[') {
                brackets(inside)?
            } else {
                let key = match rest.strip_prefix('.') {
                    Some(key) => key,
                    None if first => rest,
                    None => return Err(format!("`.` or `[` is missing before `{rest}`")),
                };
                key_segment(key)?
            };
            segments.push(segment);
            rest = after;
            first = false;
        }
        Ok(Self(segments))
    }

    /// The values in `example` that the path selects.
    #[must_use]
    pub fn select<'v>(&self, example: &'v Value) -> Vec<&'v Value> {
        let mut selected = vec![example];
        for segment in &self.0 {
            selected = selected.into_iter().flat_map(|value| step(value, segment)).collect();
        }
        selected
    }

    /// How many of the path's steps can be followed in `example`, and the first value that they lead to.
    #[must_use]
    pub fn reach<'v>(&self, example: &'v Value) -> (usize, &'v Value) {
        fn go<'v>(value: &'v Value, steps: &[Segment], at: usize, best: &mut (usize, &'v Value)) {
            if at > best.0 {
                *best = (at, value);
            }
            if let Some((segment, rest)) = steps.split_first() {
                for below in step(value, segment) {
                    go(below, rest, at + 1, best);
                    if best.0 == at + steps.len() {
                        return;
                    }
                }
            }
        }
        let mut best = (0, example);
        go(example, &self.0, 0, &mut best);
        best
    }
}

fn step<'v>(value: &'v Value, segment: &Segment) -> Vec<&'v Value> {
    match (segment, value) {
        (Segment::Key(key), Value::Object(object)) => object.get(key).into_iter().collect(),
        (Segment::AnyKey, Value::Object(object)) => object.values().collect(),
        (Segment::Each, Value::Array(items)) => items.iter().collect(),
        (Segment::Index(index), Value::Array(items)) => items.get(*index).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn brackets(inside: &str) -> Result<(Segment, &str), String> {
    let (index, after) = inside.split_once(']').ok_or("`[` has no `]`")?;
    if index.is_empty() {
        return Ok((Segment::Each, after));
    }
    match index.parse() {
        Ok(index) => Ok((Segment::Index(index), after)),
        Err(_) if index == "*" => Err(String::from("every element is written `[]`, not `[*]`")),
        Err(_) => Err(format!("`[{index}]` isn't an index; write `[]` for every element, `[0]` for the first")),
    }
}

fn key_segment(text: &str) -> Result<(Segment, &str), String> {
    if let Some(quoted) = text.strip_prefix('"') {
        let mut key = String::new();
        let mut chars = quoted.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => return Ok((Segment::Key(key), &quoted[at + 1..])),
                '\\' => match chars.next() {
                    Some((_, escaped @ ('"' | '\\'))) => key.push(escaped),
                    _ => return Err(String::from("in quotes, `\\` may only precede `\"` or `\\`")),
                },
                c => key.push(c),
            }
        }
        return Err(String::from("a quote isn't closed"));
    }
    let end = text.find(['.', '[', ']', '"']).unwrap_or(text.len());
    let (key, after) = text.split_at(end);
    match key {
        "" => Err(String::from("a name is missing")),
        _ if after.starts_with([']', '"']) => Err(format!("a name with `{}` needs quotes: `\"…\"`", &after[..1])),
        "*" => Ok((Segment::AnyKey, after)),
        key => Ok((Segment::Key(key.to_owned()), after)),
    }
}

/// Writes one key of a path, in quotes if it needs them.
fn write_key(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    let plain = !key.is_empty() && key != "*" && !key.starts_with('$') && !key.contains(['.', '[', ']', '"', '\\']);
    if plain { f.write_str(key) } else { write!(f, "\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\"")) }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("$");
        }
        for (index, segment) in self.0.iter().enumerate() {
            let dot = if index > 0 { "." } else { "" };
            match segment {
                Segment::Each => f.write_str("[]")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => {
                    f.write_str(dot)?;
                    write_key(f, key)?;
                }
                Segment::AnyKey => write!(f, "{dot}*")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_spelling_of_a_path_is_written_in_the_same_way() {
        for (text, canonical) in [
            ("$", "$"),
            ("id", "id"),
            ("$.id", "id"),
            ("items[].qty", "items[].qty"),
            ("[].id", "[].id"),
            ("$[0].id", "[0].id"),
            ("stock.*", "stock.*"),
            ("\"a.b\".c", "\"a.b\".c"),
            ("\"id\"", "id"),
            ("\"*\"", "\"*\""),
            ("$ref", "\"$ref\""),
            ("a b", "a b"),
        ] {
            assert_eq!(Path::parse(text).unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn a_broken_path_is_refused_with_the_reason() {
        for (text, part) in [
            ("", "`$` is the body itself"),
            ("items[*].id", "not `[*]`"),
            ("items[x]", "isn't an index"),
            ("items[", "no `]`"),
            ("a..b", "a name is missing"),
            ("items[]qty", "missing before `qty`"),
            ("\"a", "isn't closed"),
            ("a]", "needs quotes"),
            ("a.", "a name is missing"),
        ] {
            let error = Path::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn a_path_selects_every_place_that_it_leads_to() {
        let body = json!({"items": [{"qty": 1}, {"qty": 2}, {}], "stock": {"a": 1, "b": 2}});
        let select = |text: &str| Path::parse(text).unwrap().select(&body).len();
        assert_eq!(select("items[].qty"), 2);
        assert_eq!(select("items[1].qty"), 1);
        assert_eq!(select("stock.*"), 2);
        assert_eq!(select("nothing"), 0);
        assert_eq!(select("$"), 1);
    }

    proptest! {
        #[test]
        fn a_written_path_reads_as_itself(keys in prop::collection::vec(prop_oneof![
            ".{0,4}".prop_map(Segment::Key),
            Just(Segment::AnyKey),
            Just(Segment::Each),
            (0..9usize).prop_map(Segment::Index),
        ], 0..5)) {
            let path = Path(keys);
            prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
        }
    }
}
