//! Checks a document against its published JSON Schema: every fault at once, each with its place and a help line.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::Location;
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

pub use super::codes::{MISSING_KEY, NOT_ALLOWED, UNKNOWN_KEY, WRONG_TYPE};
use super::{Code, Finding, MOST_FINDINGS, Pointer, SourceFile, Step};
use crate::words::{did_you_mean, or_list, quoted};

/// A JSON Schema, compiled, with its text kept for "did you mean".
#[derive(Debug)]
pub struct Shape {
    schema: Value,
    validator: Validator,
}

/// One fault in a document's shape.
#[derive(Debug)]
pub struct Fault {
    /// The value that is at fault; for unknown and missing keys the mapping.
    pub at: Pointer,
    /// Keys of the mapping that the format does not have.
    pub unknown: Vec<String>,
    pub findings: Vec<Finding>,
}

impl Shape {
    /// Compiles a schema of our own.
    ///
    /// # Errors
    ///
    /// If the schema is invalid.
    pub fn new(mut schema: Value) -> Result<Self, String> {
        // A default is an internal value, not one that a file may contain.
        without_defaults(&mut schema);
        let validator = jsonschema::draft202012::new(&schema).map_err(|error| error.to_string())?;
        Ok(Self { schema, validator })
    }

    /// The schema as it is published.
    #[must_use]
    pub const fn schema(&self) -> &Value {
        &self.schema
    }

    /// All faults of a document, given as its text and its value; if there are very many, as many as are shown.
    #[must_use]
    pub fn faults(&self, source: &SourceFile, value: &Value) -> Vec<Fault> {
        // Almost every document has none, and this is the fast way to know.
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        for error in self.validator.iter_errors(value).take(MOST_FINDINGS) {
            self.fault(source, value, &error, &mut faults);
        }
        faults
    }

    fn fault(&self, source: &SourceFile, root: &Value, error: &ValidationError<'_>, faults: &mut Vec<Fault>) {
        let at = pointer(error.instance_path(), root);
        match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                // The alternatives differ in their type: the one whose type fits is the one that was meant.
                let meant =
                    context.iter().find(|branch| !branch.iter().any(|e| type_at(e, error.instance_path()).is_some()));
                if let Some(branch) = meant {
                    for error in branch {
                        self.fault(source, root, error, faults);
                    }
                    return;
                }
            }
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let findings = self.unknown_keys(source, &at, unexpected, error);
                faults.push(Fault { at, unknown: unexpected.clone(), findings });
                return;
            }
            _ => {}
        }
        let (code, message, help) = self.refusal(&subject(&at), error);
        let finding = Finding::error(code, &source.name, source.place(&at), message).maybe_help(help);
        faults.push(Fault { at, unknown: Vec::new(), findings: vec![finding] });
    }

    fn unknown_keys(
        &self,
        source: &SourceFile,
        at: &Pointer,
        unknown: &[String],
        error: &ValidationError<'_>,
    ) -> Vec<Finding> {
        let known = self.known_keys(error.schema_path());
        let findings = unknown.iter().take(MOST_FINDINGS).map(|key| {
            let help = did_you_mean(key, known.iter().map(String::as_str))
                .unwrap_or_else(|| format!("known keys: {}", or_list(quoted(&known))));
            let place = source.key_place(&at.key(key));
            Finding::error(UNKNOWN_KEY, &source.name, place, format!("unknown key {}", cut(key))).help(help)
        });
        findings.collect()
    }

    /// The schema's complaint about the value called `name`, and the next step.
    fn refusal(&self, name: &str, error: &ValidationError<'_>) -> (Code, String, Option<String>) {
        let found = error.instance();
        let (message, help) = match error.kind() {
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                let types = context.iter().flatten().filter_map(|e| type_at(e, error.instance_path()));
                let types = or_list(unique(types.flat_map(names).collect()));
                return (WRONG_TYPE, format!("{name} must be {types}, not {}", type_name(found)), None);
            }
            ValidationErrorKind::Type { kind } => {
                let types = or_list(unique(names(kind)));
                let help = quote_hint(kind, found).or_else(|| self.description(error.schema_path()));
                return (WRONG_TYPE, format!("{name} must be {types}, not {}", type_name(found)), help);
            }
            ValidationErrorKind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                return (MISSING_KEY, format!("{name} has no `{key}`"), Some(format!("add `{key}:`")));
            }
            ValidationErrorKind::Enum { options } => {
                let allowed: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
                let help = found.as_str().and_then(|text| did_you_mean(text, allowed.iter().map(String::as_str)));
                (format!("{name} must be {}, not {}", or_list(quoted(&allowed)), shown(found)), help)
            }
            ValidationErrorKind::Constant { expected_value } => {
                (format!("{name} must be {}, not {}", plain(expected_value), shown(found)), None)
            }
            ValidationErrorKind::MinItems { .. }
            | ValidationErrorKind::MinProperties { .. }
            | ValidationErrorKind::MinLength { .. } => (format!("{name} must not be empty"), None),
            ValidationErrorKind::MaxProperties { limit } => {
                let help = String::from("write a list element for each");
                (format!("{name} must have at most {limit} keys"), Some(help))
            }
            ValidationErrorKind::Minimum { limit } => {
                (format!("{name} must be at least {limit}, not {}", shown(found)), None)
            }
            ValidationErrorKind::Maximum { limit } => {
                (format!("{name} must be at most {limit}, not {}", shown(found)), None)
            }
            ValidationErrorKind::MaxLength { limit } => (format!("{name} must have at most {limit} characters"), None),
            ValidationErrorKind::Pattern { pattern } => {
                let help = unquoted(found)
                    .or_else(|| self.description(error.schema_path()))
                    .unwrap_or_else(|| format!("it must match the regular expression {pattern}"));
                (format!("{name} must not be {}", shown(found)), Some(help))
            }
            ValidationErrorKind::PropertyNames { .. } => {
                (format!("{name} has a key that isn't allowed"), self.description(error.schema_path()))
            }
            _ => (format!("{name}: {error}"), None),
        };
        (NOT_ALLOWED, message, help)
    }

    /// The keyword next to the one that an error came from.
    fn beside(&self, schema_path: &Location, keyword: &str) -> Option<&Value> {
        let place = schema_path.as_str().rsplit_once('/').map_or("", |(parent, _)| parent);
        self.schema.pointer(&format!("{place}/{keyword}"))
    }

    /// The keys that the schema knows next to the `additionalProperties` that refused one.
    fn known_keys(&self, schema_path: &Location) -> Vec<String> {
        let properties = self.beside(schema_path, "properties").and_then(Value::as_object);
        properties.map(|keys| keys.keys().cloned().collect()).unwrap_or_default()
    }

    /// The schema's description of a value, if it is a short sentence.
    fn description(&self, schema_path: &Location) -> Option<String> {
        let text = self.beside(schema_path, "description")?.as_str()?.trim_end_matches('.').replace('\n', " ");
        // Editors show it as a sentence of its own; here it follows `help:`.
        let mut rest = text.chars();
        let first: String = rest.by_ref().take(1).flat_map(char::to_lowercase).collect();
        (text.len() <= 160).then(|| first + rest.as_str())
    }
}

/// Removes the defaults from a schema. (Our schemas have no key named `default`.)
fn without_defaults(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.shift_remove("default");
            object.values_mut().for_each(without_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(without_defaults),
        _ => {}
    }
}

/// Advises to drop the quotes if a text should be a number.
fn unquoted(found: &Value) -> Option<String> {
    let text = found.as_str()?;
    text.parse::<serde_json::Number>().is_ok().then(|| format!("write it without quotes: {text}"))
}

/// The type that an error requires at exactly this place.
fn type_at<'e>(error: &'e ValidationError<'_>, place: &Location) -> Option<&'e TypeKind> {
    match error.kind() {
        ValidationErrorKind::Type { kind } if error.instance_path() == place => Some(kind),
        _ => None,
    }
}

/// The steps of a JSON Pointer. Its text doesn't tell an index from a key that is a number, and the document does.
fn pointer(location: &Location, root: &Value) -> Pointer {
    let mut value = Some(root);
    let steps = location.as_str().split('/').skip(1).map(|step| {
        let text = step.replace("~1", "/").replace("~0", "~");
        let items = value.and_then(Value::as_array);
        if let Some((items, index)) = items.zip(text.parse().ok()) {
            value = items.get(index);
            Step::Index(index)
        } else {
            value = value.and_then(|value| value.get(&text));
            Step::Key(text)
        }
    });
    Pointer(steps.collect())
}

/// The value's name in a sentence: its key, or its number in a list.
fn subject(at: &Pointer) -> String {
    match at.0.as_slice() {
        [] => String::from("the file"),
        [.., Step::Key(key)] => cut(key),
        [.., Step::Key(list), Step::Index(index)] => format!("element {} of {}", index + 1, cut(list)),
        [.., Step::Index(index)] => format!("element {}", index + 1),
    }
}

fn names(kind: &TypeKind) -> Vec<&'static str> {
    let name = |kind| match kind {
        JsonType::Null => "empty",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    };
    match kind {
        TypeKind::Single(kind) => vec![name(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().map(name).collect(),
    }
}

/// The type of a value in a YAML author's words.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// Advises quotes if a number or boolean should be a text.
fn quote_hint(kind: &TypeKind, found: &Value) -> Option<String> {
    let text_wanted = match kind {
        TypeKind::Single(kind) => *kind == JsonType::String,
        TypeKind::Multiple(kinds) => kinds.contains(JsonType::String),
    };
    (text_wanted && (found.is_number() || found.is_boolean())).then(|| format!("quote it: \"{found}\""))
}

fn unique(mut names: Vec<&str>) -> Vec<&str> {
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    names
}

/// A text in a sentence, cut if it is long.
fn cut(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { format!("`{cut}…`") } else { format!("`{text}`") }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A value in a sentence, cut if it is long.
fn shown(value: &Value) -> String {
    cut(&plain(value))
}
