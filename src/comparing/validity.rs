//! Whether a document allows one value, by a validator for JSON Schema.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Registry, RegistryBuilder, Validator};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::openapi::Document;

/// The validators of a document's schemas, each made once.
#[derive(Debug)]
pub(super) struct Validity<'d> {
    registry: Option<Registry<'d>>,
    made: RefCell<HashMap<Vec<String>, Option<Rc<Validator>>>>,
}

/// The name that the document has for the validator. Nothing is ever read from it.
const DOCUMENT: &str = "upheld:///document";

impl<'d> Validity<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        let root: &Value = document.root();
        let registry = Registry::new().draft(Draft::Draft202012).add(DOCUMENT, root).and_then(RegistryBuilder::prepare);
        Self { registry: registry.ok(), made: RefCell::default() }
    }

    /// Whether the schemas at these places all allow a value; `None` if they can't be used as schemas.
    pub(super) fn allows(&self, schemas: &[String], value: &Value) -> Option<bool> {
        Some(self.validator(schemas)?.is_valid(value))
    }

    /// Why the schemas at these places don't allow a value: the places in it and the reasons.
    pub(super) fn errors(&self, schemas: &[String], value: &Value) -> Option<Vec<Refusal>> {
        let validator = self.validator(schemas)?;
        let refusals = validator.iter_errors(value).take(20).map(|error| Refusal {
            at: error.instance_path().to_string(),
            missing: match error.kind() {
                ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
                _ => None,
            },
            why: error.masked_with("the value").to_string(),
        });
        Some(refusals.collect())
    }

    fn validator(&self, schemas: &[String]) -> Option<Rc<Validator>> {
        if let Some(known) = self.made.borrow().get(schemas) {
            return known.clone();
        }
        let made = self.make(schemas).map(Rc::new);
        self.made.borrow_mut().insert(schemas.to_vec(), made.clone());
        made
    }

    fn make(&self, schemas: &[String]) -> Option<Validator> {
        let registry = self.registry.as_ref()?;
        let reference = |at: &String| {
            let fragment: Vec<String> =
                at.split('/').map(|step| utf8_percent_encode(step, NON_ALPHANUMERIC).to_string()).collect();
            json!({ "$ref": format!("{DOCUMENT}#{}", fragment.join("/")) })
        };
        let schema = json!({ "allOf": schemas.iter().map(reference).collect::<Vec<_>>() });
        let schema = if schemas.is_empty() { json!({}) } else { schema };
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(registry)
            // Documents use look-around, which needs the engine that goes back and forth, within a limit.
            .with_pattern_options(
                PatternOptions::fancy_regex().backtrack_limit(100_000).size_limit(1 << 20).dfa_size_limit(1 << 20),
            )
            .should_validate_formats(true)
            .build(&schema)
            .ok()
    }
}

/// One reason why a value isn't allowed.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// The place in the value, as a JSON Pointer.
    pub at: String,
    /// The property whose absence is the reason.
    pub missing: Option<String>,
    pub why: String,
}
