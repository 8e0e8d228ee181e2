//! What a document allows at one place: its schemas with references followed, `allOf` merged, and one [`Alternative`] for
//! each branch of `oneOf` and `anyOf`.
//!
//! An alternative allows everything that the schema allows, and maybe more: keywords that it doesn't know (`not`, `if`,
//! `uniqueItems`, ...) are left out. So what holds for all that an alternative allows holds for the schema, too. Whether
//! *one* value is allowed is for a validator to say.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use super::document::{Document, below};

/// The types of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// A set of types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonTypes(u8);

impl Kind {
    /// Every type.
    pub const ALL: [Self; 6] = [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];

    /// The type of a value.
    #[must_use]
    pub const fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }

    fn read(word: &str) -> Option<Self> {
        match word {
            "null" => Some(Self::Null),
            "boolean" => Some(Self::Boolean),
            "number" | "integer" => Some(Self::Number),
            "string" => Some(Self::String),
            "array" => Some(Self::Array),
            "object" => Some(Self::Object),
            _ => None,
        }
    }
}

impl JsonTypes {
    const ALL: Self = Self(0b11_1111);

    /// Whether a type is in the set.
    #[must_use]
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    fn of(kinds: impl Iterator<Item = Kind>) -> Self {
        Self(kinds.fold(0, |set, kind| set | 1 << kind as u8))
    }
}

/// One way to meet a schema: objects of keywords, all of which apply.
#[derive(Clone, Debug, Default)]
pub struct Alternative<'d> {
    atoms: Vec<Atom<'d>>,
    /// Properties whose value says which branch this is (`discriminator`).
    marks: Vec<(&'d str, String)>,
}

#[derive(Clone, Debug)]
struct Atom<'d> {
    at: String,
    keywords: &'d Map<String, Value>,
}

/// How many alternatives a place may have.
const MOST_ALTERNATIVES: usize = 100;
/// How many references may lead to each other.
const MOST_HOPS: usize = 40;

/// The smallest and the largest number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Whether there is no fraction.
    pub integer: bool,
    pub least: Option<(Number, bool)>,
    pub most: Option<(Number, bool)>,
    pub multiple_of: Option<Number>,
}

/// The smallest and the largest length, in characters or elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    pub least: u64,
    pub most: Option<u64>,
}

/// What is declared of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// It can't be there.
    Never,
    /// Nothing is said about it, nor about other properties.
    Undeclared,
    /// Nothing is said about it, and others are allowed in so many words.
    Open,
    /// These schemas apply, all of them.
    Declared { schemas: Vec<String>, required: bool },
}

impl Document {
    /// What the schemas at these places, all of which apply, allow. Empty if they allow nothing, `None` if there are too
    /// many ways to meet them.
    #[must_use]
    pub fn alternatives(&self, schemas: &[String]) -> Option<Vec<Alternative<'_>>> {
        let mut all = vec![Alternative::default()];
        for at in schemas {
            all = product(&all, &self.expand(at, 0)?)?;
        }
        Some(all)
    }

    fn expand(&self, at: &str, hops: usize) -> Option<Vec<Alternative<'_>>> {
        if hops > MOST_HOPS {
            // A schema that refers to itself without anything between says nothing.
            return Some(vec![Alternative::default()]);
        }
        let keywords = match self.value(at) {
            Some(Value::Object(keywords)) => keywords,
            Some(Value::Bool(false)) => return Some(Vec::new()),
            _ => return Some(vec![Alternative::default()]),
        };
        let mut all = match keywords.get("$ref").and_then(Value::as_str).and_then(Self::target) {
            Some(target) => self.expand(&target, hops + 1)?,
            None => vec![Alternative::default()],
        };
        let here = Alternative { atoms: vec![Atom { at: at.to_owned(), keywords }], marks: Vec::new() };
        all = product(&all, &[here])?;
        let branches = |key: &str| -> Vec<String> {
            let length = keywords.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            (0..length).map(|index| format!("{}/{index}", below(at, key))).collect()
        };
        for branch in branches("allOf") {
            all = product(&all, &self.expand(&branch, hops + 1)?)?;
        }
        for key in ["anyOf", "oneOf"] {
            if !keywords.get(key).is_some_and(Value::is_array) {
                continue;
            }
            let mut either = Vec::new();
            for branch in branches(key) {
                let mut ways = self.expand(&branch, hops + 1)?;
                if let Some((property, mark)) = self.mark(keywords, &branch) {
                    for way in &mut ways {
                        way.marks.push((property, mark.clone()));
                    }
                }
                either.extend(ways);
                if either.len() > MOST_ALTERNATIVES {
                    return None;
                }
            }
            all = product(&all, &either)?;
        }
        Some(all)
    }

    /// The property and the value that tell this branch from others (OpenAPI 3.1, section 4.8.25).
    fn mark<'d>(&'d self, keywords: &'d Map<String, Value>, branch: &str) -> Option<(&'d str, String)> {
        let discriminator = keywords.get("discriminator")?;
        let property = discriminator.get("propertyName")?.as_str()?;
        let reference = self.value(branch)?.get("$ref")?.as_str()?;
        let name = reference.rsplit('/').next().unwrap_or(reference);
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        let mut mapped =
            mapping.into_iter().flatten().filter(|(_, to)| to.as_str().is_some_and(|to| to == reference || to == name));
        match (mapped.next(), mapped.next()) {
            (Some((value, _)), None) => Some((property, value.clone())),
            // Several values stand for one branch.
            (Some(_), Some(_)) => None,
            (None, _) => Some((property, name.to_owned())),
        }
    }
}

/// Each of the one with each of the other.
fn product<'d>(some: &[Alternative<'d>], others: &[Alternative<'d>]) -> Option<Vec<Alternative<'d>>> {
    if some.len() * others.len() > MOST_ALTERNATIVES {
        return None;
    }
    let both = some.iter().flat_map(|one| {
        others.iter().map(|other| Alternative {
            atoms: one.atoms.iter().chain(&other.atoms).cloned().collect(),
            marks: one.marks.iter().chain(&other.marks).cloned().collect(),
        })
    });
    Some(both.collect())
}

impl Alternative<'_> {
    fn values<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s Value> {
        self.atoms.iter().filter_map(move |atom| atom.keywords.get(key))
    }

    fn numbers<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s Number> {
        self.values(key).filter_map(|value| if let Value::Number(number) = value { Some(number) } else { None })
    }

    /// Where the keywords are, the first of them.
    #[must_use]
    pub fn at(&self) -> Option<&str> {
        // A branch says more than what it is a branch of.
        self.atoms
            .iter()
            .find(|atom| atom.keywords.keys().any(|key| key != "$ref"))
            .or(self.atoms.first())
            .map(|it| &*it.at)
    }

    /// The types of the values.
    #[must_use]
    pub fn types(&self) -> JsonTypes {
        let mut all = JsonTypes::ALL;
        for value in self.values("type") {
            let set = match value {
                Value::String(word) => JsonTypes::of(Kind::read(word).into_iter()),
                Value::Array(words) => JsonTypes::of(words.iter().filter_map(|word| Kind::read(word.as_str()?))),
                _ => JsonTypes::ALL,
            };
            all = JsonTypes(all.0 & set.0);
        }
        match self.finite() {
            Some(values) => JsonTypes(all.0 & JsonTypes::of(values.iter().map(Kind::of)).0),
            None => all,
        }
    }

    /// Whether no keyword says anything of the values' type.
    #[must_use]
    pub fn is_unspecified(&self) -> bool {
        self.types() == JsonTypes::ALL && self.finite().is_none()
    }

    /// The values, if the schema lists them (`enum`, `const`).
    #[must_use]
    pub fn finite(&self) -> Option<Vec<Value>> {
        let mut found: Option<Vec<Value>> = None;
        for atom in &self.atoms {
            let lists = [
                atom.keywords.get("enum").and_then(Value::as_array).cloned(),
                atom.keywords.get("const").map(|value| vec![value.clone()]),
            ];
            for list in lists.into_iter().flatten() {
                found = Some(match found {
                    Some(mut known) => {
                        known.retain(|value| list.contains(value));
                        known
                    }
                    None => list,
                });
            }
        }
        found
    }

    /// The values that the document shows as examples or defaults. They may break their schema.
    pub fn shown(&self) -> impl Iterator<Item = &Value> {
        let listed = self.values("examples").filter_map(Value::as_array).flatten();
        self.values("example").chain(listed).chain(self.values("default"))
    }

    /// What its numbers may be.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let integer = self.values("type").any(|kind| match kind {
            Value::String(word) => word == "integer",
            Value::Array(words) => words.iter().any(|it| it == "integer") && !words.iter().any(|it| it == "number"),
            _ => false,
        });
        let float = |number: &Number| number.as_f64().unwrap_or(f64::NAN);
        let mut bounds =
            Bounds { integer, multiple_of: self.numbers("multipleOf").next().cloned(), ..Bounds::default() };
        for (key, exclusive) in [("minimum", false), ("exclusiveMinimum", true)] {
            for number in self.numbers(key) {
                let tighter = bounds.least.as_ref().is_none_or(|(known, open)| {
                    float(number) > float(known) || (float(number) >= float(known) && exclusive && !open)
                });
                if tighter {
                    bounds.least = Some((number.clone(), exclusive));
                }
            }
        }
        for (key, exclusive) in [("maximum", false), ("exclusiveMaximum", true)] {
            for number in self.numbers(key) {
                let tighter = bounds.most.as_ref().is_none_or(|(known, open)| {
                    float(number) < float(known) || (float(number) <= float(known) && exclusive && !open)
                });
                if tighter {
                    bounds.most = Some((number.clone(), exclusive));
                }
            }
        }
        bounds
    }

    fn lengths_of(&self, least: &str, most: &str) -> Lengths {
        // A limit may be written as 1.0.
        let whole = |number: &Number| number.as_u64().or_else(|| number.to_string().strip_suffix(".0")?.parse().ok());
        Lengths {
            least: self.numbers(least).filter_map(whole).max().unwrap_or(0),
            most: self.numbers(most).filter_map(whole).min(),
        }
    }

    /// How long its texts may be, in characters.
    #[must_use]
    pub fn lengths(&self) -> Lengths {
        self.lengths_of("minLength", "maxLength")
    }

    /// How many elements its lists may have.
    #[must_use]
    pub fn sizes(&self) -> Lengths {
        self.lengths_of("minItems", "maxItems")
    }

    /// How many properties its objects may have.
    #[must_use]
    pub fn entries(&self) -> Lengths {
        self.lengths_of("minProperties", "maxProperties")
    }

    /// The expressions that its texts contain.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.values("pattern").filter_map(Value::as_str)
    }

    /// The formats that its texts have.
    pub fn formats(&self) -> impl Iterator<Item = &str> {
        self.values("format").filter_map(Value::as_str)
    }

    /// The value that tells this branch from others, if `name` is the property that holds it.
    #[must_use]
    pub fn mark(&self, name: &str) -> Option<&str> {
        self.marks.iter().find(|(property, _)| *property == name).map(|(_, value)| value.as_str())
    }

    /// Every declared property.
    #[must_use]
    pub fn properties(&self) -> BTreeSet<&str> {
        self.values("properties").filter_map(Value::as_object).flat_map(Map::keys).map(String::as_str).collect()
    }

    /// Whether a property must be there.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        self.values("required").filter_map(Value::as_array).flatten().any(|it| it == name)
    }

    /// Whether it requires any property.
    #[must_use]
    pub fn requires_some(&self) -> bool {
        self.values("required").filter_map(Value::as_array).any(|names| !names.is_empty())
    }

    /// What is declared of a property.
    #[must_use]
    pub fn field(&self, name: &str) -> Field {
        let mut schemas = Vec::new();
        let mut open = false;
        let mut described = false;
        for Atom { at, keywords } in &self.atoms {
            let has = |key: &str| keywords.get(key).and_then(Value::as_object);
            let declared = has("properties").is_some_and(|properties| properties.contains_key(name));
            if declared {
                schemas.push(below(&below(at, "properties"), name));
            }
            let mut by_pattern = false;
            for pattern in has("patternProperties").into_iter().flat_map(Map::keys) {
                match regex::Regex::new(pattern).map(|regex| regex.is_match(name)) {
                    Ok(true) => {
                        by_pattern = true;
                        schemas.push(below(&below(at, "patternProperties"), pattern));
                    }
                    Ok(false) => {}
                    // An expression of another dialect may fit, and may not.
                    Err(_) => {
                        by_pattern = true;
                        open = true;
                    }
                }
            }
            described |= keywords.contains_key("properties") || keywords.contains_key("patternProperties");
            match keywords.get("additionalProperties") {
                Some(Value::Bool(false)) if !declared && !by_pattern => return Field::Never,
                Some(Value::Bool(true)) => open = true,
                Some(Value::Object(_)) if !declared && !by_pattern => {
                    open = true;
                    schemas.push(below(at, "additionalProperties"));
                }
                _ => {}
            }
        }
        if !schemas.is_empty() {
            Field::Declared { schemas, required: self.requires(name) }
        } else if open || !described || self.requires(name) {
            // An object without any properties is free to have all.
            Field::Open
        } else {
            Field::Undeclared
        }
    }

    /// The schemas of the properties that aren't declared by name.
    #[must_use]
    pub fn other_properties(&self) -> Vec<String> {
        let of = |atom: &Atom<'_>| {
            atom.keywords
                .get("additionalProperties")
                .is_some_and(Value::is_object)
                .then(|| below(&atom.at, "additionalProperties"))
        };
        self.atoms.iter().filter_map(of).collect()
    }

    /// The schemas of the element at an index, or of all that have none of their own.
    #[must_use]
    pub fn element(&self, index: Option<usize>) -> Vec<String> {
        let mut found = Vec::new();
        for Atom { at, keywords } in &self.atoms {
            let first = keywords.get("prefixItems").and_then(Value::as_array).map_or(0, Vec::len);
            match index {
                Some(index) if index < first => found.push(format!("{}/{index}", below(at, "prefixItems"))),
                _ if keywords.contains_key("items") => found.push(below(at, "items")),
                _ => {}
            }
        }
        found
    }
}
