//! Paths of Pact's matching rules (`$.items[*].id`, `$['a b'].*`), and how specific they are.

use std::fmt;

use serde_json::Value;

use crate::source::Step as Place;

/// A path from the root of a body to some of its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PactPath(pub Vec<PactStep>);

/// One step of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PactStep {
    /// `.name` or `['name']`
    Key(String),
    /// `[0]`
    Index(usize),
    /// `.*`: any key or index.
    Any,
    /// `[*]`: any index.
    AnyIndex,
}

/// How many steps a path may have: more than the depth of any value.
const MOST_STEPS: usize = 200;

impl PactPath {
    /// Reads a path. Without a `$`, it begins with its first key.
    ///
    /// # Errors
    ///
    /// If the path is invalid, with the reason as a sentence without a full stop.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut rest = match text.strip_prefix('$') {
            Some(rest) => rest,
            None if text.is_empty() => return Ok(Self::default()),
            None => {
                let (step, rest) = name(text)?;
                steps.push(step);
                rest
            }
        };
        while !rest.is_empty() {
            if steps.len() == MOST_STEPS {
                return Err(format!("a path has at most {MOST_STEPS} steps"));
            }
            let (step, after) = if let Some(inside) = rest.strip_prefix('[') {
                brackets(inside)?
            } else if let Some(after) = rest.strip_prefix('.') {
                name(after)?
            } else {
                return Err(format!("`.` or `[` is missing before `{rest}`"));
            };
            steps.push(step);
            rest = after;
        }
        Ok(Self(steps))
    }

    /// Whether it leads to a place of a value. `steps` is how many places may still be tried: when none is left, it does.
    #[must_use]
    pub fn leads_into(&self, value: &Value, steps: &mut usize) -> bool {
        fn go(path: &[PactStep], value: &Value, steps: &mut usize) -> bool {
            let Some((step, rest)) = path.split_first() else { return true };
            *steps = steps.saturating_sub(1);
            if *steps == 0 {
                return true;
            }
            match (step, value) {
                (PactStep::Key(key), Value::Object(object)) => {
                    object.get(key).is_some_and(|item| go(rest, item, steps))
                }
                (PactStep::Index(index), Value::Array(items)) => {
                    items.get(*index).is_some_and(|item| go(rest, item, steps))
                }
                (_, Value::Object(object)) => {
                    object.iter().any(|(key, item)| step.weight(&Place::Key(key.clone())) > 0 && go(rest, item, steps))
                }
                (_, Value::Array(items)) => items
                    .iter()
                    .enumerate()
                    .any(|(index, item)| step.weight(&Place::Index(index)) > 0 && go(rest, item, steps)),
                _ => false,
            }
        }
        go(&self.0, value, steps)
    }

    /// Its first key: the header or parameter that a rule is for.
    #[must_use]
    pub fn first_key(&self) -> Option<&str> {
        self.0.iter().find_map(|step| match step {
            PactStep::Key(key) => Some(key.as_str()),
            _ => None,
        })
    }
}

impl PactStep {
    /// How specifically a step selects a place: 2 by its name, 1 by a star, 0 not at all (Pact specification, version 2,
    /// "Matcher path expressions").
    #[must_use]
    pub fn weight(&self, place: &Place) -> usize {
        let weight = |fits: bool, weight| if fits { weight } else { 0 };
        match (self, place) {
            (Self::Any, _) | (Self::AnyIndex, Place::Index(_)) => 1,
            (Self::Key(key), Place::Key(name)) => weight(key == name, 2),
            (Self::Index(index), Place::Index(at)) => weight(index == at, 2),
            // Whether a number is a key or an index depends on the value.
            (Self::Key(key), Place::Index(at)) => weight(key.parse() == Ok(*at), 2),
            (Self::Index(index), Place::Key(name)) => weight(name.parse() == Ok(*index), 2),
            (Self::AnyIndex, Place::Key(name)) => weight(name.parse::<usize>().is_ok(), 1),
        }
    }
}

/// `name` or `*`, up to the next `.` or `[`.
fn name(text: &str) -> Result<(PactStep, &str), String> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match name {
        "" => Err(String::from("a name is missing")),
        "*" => Ok((PactStep::Any, rest)),
        name => Ok((PactStep::Key(name.to_owned()), rest)),
    }
}

/// The step behind a `[`, up to its `]`.
fn brackets(inside: &str) -> Result<(PactStep, &str), String> {
    if let Some(quote @ ('\'' | '"')) = inside.chars().next() {
        let mut key = String::new();
        let mut chars = inside[1..].char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some((_, escaped)) if escaped == quote || escaped == '\\' => key.push(escaped),
                    Some((_, other)) => key.extend(['\\', other]),
                    None => break,
                },
                c if c == quote => {
                    return match inside[at + 2..].strip_prefix(']') {
                        Some(rest) if !key.is_empty() => Ok((PactStep::Key(key), rest)),
                        Some(_) => Err(String::from("a name is missing")),
                        None => Err(String::from("`[` has no `]`")),
                    };
                }
                c => key.push(c),
            }
        }
        return Err(String::from("a quote is not closed"));
    }
    let (index, rest) = inside.split_once(']').ok_or("`[` has no `]`")?;
    match index {
        "*" => Ok((PactStep::AnyIndex, rest)),
        number => match number.parse() {
            Ok(number) => Ok((PactStep::Index(number), rest)),
            Err(_) => Err(format!("`[{number}]` isn't an index")),
        },
    }
}

impl fmt::Display for PactPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                PactStep::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                PactStep::Key(key) => write!(f, "['{}']", key.replace('\\', "\\\\").replace('\'', "\\'"))?,
                PactStep::Index(index) => write!(f, "[{index}]")?,
                PactStep::Any => f.write_str(".*")?,
                PactStep::AnyIndex => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

/// Whether every reader of Pact files accepts a key behind a `.`.
fn is_plain(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_read_in_each_of_their_spellings() {
        for (text, canonical) in [
            ("$", "$"),
            ("", "$"),
            ("$.a", "$.a"),
            ("a.b", "$.a.b"),
            ("$['a'].b", "$.a.b"),
            ("$[\"a b\"]", "$['a b']"),
            ("$.a[*].b", "$.a[*].b"),
            ("$.a.*", "$.a.*"),
            ("$[0]", "$[0]"),
            ("$['it\\'s']", "$['it\\'s']"),
            ("$.ns:a.@id", "$['ns:a']['@id']"),
            ("$.a-b.#text", "$['a-b']['#text']"),
        ] {
            assert_eq!(PactPath::parse(text).unwrap().to_string(), canonical, "{text}");
        }
    }

    #[test]
    fn broken_paths_say_what_is_wrong() {
        for (text, part) in [
            ("$a", "missing before `a`"),
            ("$.", "a name is missing"),
            ("$..a", "a name is missing"),
            ("$[", "no `]`"),
            ("$['a", "not closed"),
            ("$['a'", "no `]`"),
            ("$['']", "a name is missing"),
            ("$[x]", "isn't an index"),
        ] {
            let error = PactPath::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn a_written_path_reads_as_itself(steps in prop::collection::vec(prop_oneof![
            ".{1,4}".prop_map(PactStep::Key),
            (0..9usize).prop_map(PactStep::Index),
            Just(PactStep::Any),
            Just(PactStep::AnyIndex),
        ], 0..5)) {
            let path = PactPath(steps);
            prop_assert_eq!(PactPath::parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,30}") {
            let _ = PactPath::parse(&text);
        }
    }
}
