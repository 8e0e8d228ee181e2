//! All values that several bodies have at each place, merged by key and by element.

use indexmap::IndexMap;
use serde_json::Value;

use super::looks;
use crate::interaction::number::same_value;

/// The kinds of JSON values, null left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JsonKind {
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// All values that were seen at one place, and those below them.
#[derive(Debug)]
pub(super) struct Seen<'v> {
    /// In the order of the samples, one or more.
    pub values: Vec<&'v Value>,
    pub nulls: usize,
    /// Each kind that was seen, and how often, in the order of [`JsonKind`].
    pub kinds: Vec<(JsonKind, usize)>,
    /// By key, in the order in which the keys were first seen; empty if the keys are data.
    pub fields: IndexMap<&'v str, Seen<'v>>,
    /// The values of all keys, if the keys are data.
    pub entries: Option<Box<Seen<'v>>>,
    /// All elements of all lists.
    pub elements: Option<Box<Seen<'v>>>,
    /// How many lists, or maps whose keys are data, were empty.
    pub empty: usize,
}

impl JsonKind {
    pub(super) fn of(value: &Value) -> Option<Self> {
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
    #[must_use]
    pub const fn name(self) -> &'static str {
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
        let mut kinds = [JsonKind::Boolean, JsonKind::Number, JsonKind::String, JsonKind::Array, JsonKind::Object]
            .map(|kind| (kind, 0));
        let mut nulls = 0;
        for value in &values {
            match JsonKind::of(value) {
                None => nulls += 1,
                Some(kind) => kinds.iter_mut().filter(|(known, _)| *known == kind).for_each(|(_, number)| *number += 1),
            }
        }
        let kinds = kinds.into_iter().filter(|(_, number)| *number > 0).collect();
        let mut seen = Self { values, nulls, kinds, fields: IndexMap::new(), entries: None, elements: None, empty: 0 };
        seen.collect_elements();
        seen.collect_fields();
        seen
    }

    fn collect_elements(&mut self) {
        let lists = self.values.iter().filter_map(|value| value.as_array());
        let elements: Vec<&Value> = lists.clone().flatten().collect();
        self.empty += lists.filter(|list| list.is_empty()).count();
        if !elements.is_empty() {
            self.elements = Some(Box::new(Self::new(elements)));
        }
    }

    fn collect_fields(&mut self) {
        let objects: Vec<_> = self.values.iter().filter_map(|value| value.as_object()).collect();
        let mut fields: IndexMap<&str, Vec<&Value>> = IndexMap::new();
        for (key, value) in objects.iter().flat_map(|object| object.iter()) {
            fields.entry(key).or_default().push(value);
        }
        let all = || fields.values().flatten().copied().collect();
        let keys: Vec<&str> = fields.keys().copied().collect();
        if looks::are_data_keys(&keys) || share_few_keys(objects.len(), &fields) {
            self.empty += objects.iter().filter(|object| object.is_empty()).count();
            self.entries = Some(Box::new(Self::new(all())));
        } else {
            self.fields = fields.into_iter().map(|(key, values)| (key, Self::new(values))).collect();
        }
    }

    /// How many objects there were.
    pub(super) fn objects(&self) -> usize {
        self.number_of(JsonKind::Object)
    }

    /// How many values of a kind there were.
    pub(super) fn number_of(&self, kind: JsonKind) -> usize {
        self.kinds.iter().find(|(known, _)| *known == kind).map_or(0, |(_, number)| *number)
    }

    /// The kind of all values that aren't null, if it is the same.
    pub(super) fn only_kind(&self) -> Option<JsonKind> {
        match self.kinds.as_slice() {
            [(kind, _)] => Some(*kind),
            _ => None,
        }
    }

    /// The first value that isn't null.
    pub(super) fn first(&self) -> Option<&'v Value> {
        self.values.iter().copied().find(|value| !value.is_null())
    }

    /// Whether all values are the same.
    pub(super) fn is_one_value(&self) -> bool {
        self.values.windows(2).all(|pair| matches!(pair, [a, b] if same_value(a, b)))
    }

    /// All texts that were seen.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'v str> {
        self.values.iter().filter_map(|value| value.as_str())
    }
}

/// Whether the objects share so few keys that these must be data: on average a key is in less than half of the objects,
/// no key is in all of them, and the values are alike.
fn share_few_keys(objects: usize, fields: &IndexMap<&str, Vec<&Value>>) -> bool {
    let seen: usize = fields.values().map(Vec::len).sum();
    if objects < 2 || fields.len() < 3 || seen * 2 >= objects * fields.len() {
        return false;
    }
    let in_all = fields.values().any(|values| values.len() == objects);
    let mut values = fields.values().flatten();
    let Some(first) = values.next() else { return false };
    !in_all && values.all(|value| are_alike(first, value))
}

/// Whether two values have the same kind and, if they are objects, the same keys.
fn are_alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.keys().all(|key| b.contains_key(key)),
        _ => JsonKind::of(a) == JsonKind::of(b),
    }
}
