//! What was seen at each place of several bodies: the values, put together along their keys and elements.

use indexmap::IndexMap;
use serde_json::Value;

use super::looks;
use crate::interaction::number::same_value;

/// The kinds of JSON values, null left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// All values that were seen at one place, and what lies below them.
#[derive(Debug)]
pub(super) struct Seen<'v> {
    /// In the order of the samples, one or more.
    pub values: Vec<&'v Value>,
    pub nulls: usize,
    /// Each kind that was seen, and how often, in the order of [`Kind`].
    pub kinds: Vec<(Kind, usize)>,
    /// By key, in the order in which the keys were first seen; empty where the keys are data.
    pub fields: IndexMap<&'v str, Seen<'v>>,
    /// The values of all keys, where the keys are data.
    pub entries: Option<Box<Seen<'v>>>,
    /// All elements of all lists.
    pub elements: Option<Box<Seen<'v>>>,
    /// How many lists, or mappings whose keys are data, had nothing in them.
    pub empty: usize,
}

impl Kind {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(Self::Boolean),
            Value::Number(_) => Some(Self::Number),
            Value::String(_) => Some(Self::String),
            Value::Array(_) => Some(Self::Array),
            Value::Object(_) => Some(Self::Object),
        }
    }

    /// The name that JSON Schema gives it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

impl<'v> Seen<'v> {
    pub(super) fn new(values: Vec<&'v Value>) -> Self {
        let mut kinds = [Kind::Boolean, Kind::Number, Kind::String, Kind::Array, Kind::Object].map(|kind| (kind, 0));
        let mut nulls = 0;
        for value in &values {
            match Kind::of(value) {
                None => nulls += 1,
                Some(kind) => kinds.iter_mut().filter(|(known, _)| *known == kind).for_each(|(_, number)| *number += 1),
            }
        }
        let kinds = kinds.into_iter().filter(|(_, number)| *number > 0).collect();
        let mut seen = Self { values, nulls, kinds, fields: IndexMap::new(), entries: None, elements: None, empty: 0 };
        seen.look_into_lists();
        seen.look_into_objects();
        seen
    }

    fn look_into_lists(&mut self) {
        let lists = self.values.iter().filter_map(|value| value.as_array());
        let elements: Vec<&Value> = lists.clone().flatten().collect();
        self.empty += lists.filter(|list| list.is_empty()).count();
        if !elements.is_empty() {
            self.elements = Some(Box::new(Self::new(elements)));
        }
    }

    fn look_into_objects(&mut self) {
        let objects: Vec<_> = self.values.iter().filter_map(|value| value.as_object()).collect();
        let mut fields: IndexMap<&str, Vec<&Value>> = IndexMap::new();
        for (key, value) in objects.iter().flat_map(|object| object.iter()) {
            fields.entry(key).or_default().push(value);
        }
        let all = || fields.values().flatten().copied().collect();
        let keys: Vec<&str> = fields.keys().copied().collect();
        if looks::keys_are_names_of_data(&keys) || has_little_in_common(objects.len(), &fields) {
            self.empty += objects.iter().filter(|object| object.is_empty()).count();
            self.entries = Some(Box::new(Self::new(all())));
        } else {
            self.fields = fields.into_iter().map(|(key, values)| (key, Self::new(values))).collect();
        }
    }

    /// How many objects there were.
    pub(super) fn objects(&self) -> usize {
        self.number_of(Kind::Object)
    }

    /// How many values of a kind there were.
    pub(super) fn number_of(&self, kind: Kind) -> usize {
        self.kinds.iter().find(|(known, _)| *known == kind).map_or(0, |(_, number)| *number)
    }

    /// The kind of all values that are not null, where they have one.
    pub(super) fn only_kind(&self) -> Option<Kind> {
        match self.kinds.as_slice() {
            [(kind, _)] => Some(*kind),
            _ => None,
        }
    }

    /// The first value that is not null.
    pub(super) fn first(&self) -> Option<&'v Value> {
        self.values.iter().copied().find(|value| !value.is_null())
    }

    /// Whether all values are the same one.
    pub(super) fn is_one_value(&self) -> bool {
        self.values.windows(2).all(|pair| matches!(pair, [a, b] if same_value(a, b)))
    }

    /// All texts that were seen.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'v str> {
        self.values.iter().filter_map(|value| value.as_str())
    }
}

/// Whether keys are data, as far as objects tell by how little they share: on average a key is in less than half of
/// them, none is in all, and the values are alike.
fn has_little_in_common(objects: usize, fields: &IndexMap<&str, Vec<&Value>>) -> bool {
    let seen: usize = fields.values().map(Vec::len).sum();
    if objects < 2 || fields.len() < 3 || seen * 2 >= objects * fields.len() {
        return false;
    }
    let in_all = fields.values().any(|values| values.len() == objects);
    let mut values = fields.values().flatten();
    let Some(first) = values.next() else { return false };
    !in_all && values.all(|value| is_alike(first, value))
}

/// Whether two values have one kind, and where they are objects, the same keys.
fn is_alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.keys().all(|key| b.contains_key(key)),
        _ => Kind::of(a) == Kind::of(b),
    }
}
