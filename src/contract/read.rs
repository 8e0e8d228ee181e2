//! From a contract's text to its model, with every finding at once.
//!
//! A file with a fault in its shape is repaired with stand-ins where the fault is, so that the rest of it is still
//! checked for what it means; the contract itself is given out only where there was no error.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::attachments::Attachments;
use super::codes::{BAD_NAME, DUPLICATE_NAME, NEWER_FORMAT, UNKNOWN_PLACEHOLDER};
use super::document::{Contract, Interaction};
use super::matcher::Patterns;
use super::raw::{RawContract, RawInteraction, RawState};
use super::schema::shape;
use super::{InteractionId, ServiceName, State, interaction_id};
use crate::source::conform::{Fault, WRONG_TYPE};
use crate::source::{Code, Finding, Node, Pointer, SourceFile, Span, Step, parse_yaml, sort_findings};
use crate::words::did_you_mean;

/// A contract that can be used, and what else there is to say about its file.
#[derive(Debug)]
pub struct ReadContract {
    pub contract: Contract,
    /// The line in which each interaction begins, in their order, counted from 1.
    pub lines: Vec<u32>,
    /// The id of each interaction, in their order.
    pub ids: Vec<InteractionId>,
    /// Warnings only.
    pub findings: Vec<Finding>,
}

/// Reads a contract file; the files that it names are read through `attachments`.
///
/// # Errors
///
/// All findings, where at least one of them is an error.
pub fn read(source: &SourceFile, attachments: &dyn Attachments) -> Result<ReadContract, Vec<Finding>> {
    let file = &source.name;
    let (root, warnings) = parse_yaml(file, &source.text, source.limits())?;
    let mut value = root.to_json();
    if let Some(version) = value.get("contract").and_then(Value::as_u64).filter(|version| *version > 1) {
        let at = root.place(&Pointer::root().key("contract"));
        return Err(vec![
            Finding::error(
                NEWER_FORMAT,
                file,
                Some(at),
                format!("this is a contract of format {version}; this program reads format 1"),
            )
            .help("install a newer version of upheld"),
        ]);
    }
    let faults = shape().faults(file, &root, &value);
    repair(&mut value, &faults);
    let findings = warnings.into_iter().chain(faults.into_iter().flat_map(|fault| fault.findings)).collect();
    let mut reader =
        Reader { file: Arc::clone(file), root: &root, attachments, patterns: Patterns::default(), findings };
    let raw = serde_json::from_value::<RawContract>(value);
    let read = match raw {
        Ok(raw) => reader.contract(raw),
        Err(error) => {
            // The shape was wrong in a way that no stand-in helps; say so even if no fault was found.
            if !reader.findings.iter().any(Finding::is_error) {
                reader.findings.push(Finding::error(WRONG_TYPE, file, None, error.to_string()));
            }
            None
        }
    };
    let mut findings = reader.findings;
    sort_findings(&mut findings);
    match read {
        Some((contract, lines)) if !findings.iter().any(Finding::is_error) => {
            let ids = contract.interactions.iter().map(interaction_id).collect();
            Ok(ReadContract { contract, lines, ids, findings })
        }
        _ => Err(findings),
    }
}

/// What the reading of one file goes through: its places, its files, and what was found so far.
pub(super) struct Reader<'a> {
    file: Arc<str>,
    root: &'a Node<'a>,
    pub(super) attachments: &'a dyn Attachments,
    pub(super) patterns: Patterns,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    /// Reports an error at a value.
    pub(super) fn error(&mut self, code: Code, at: &Pointer, message: impl Into<String>, help: Option<String>) {
        self.report(code, self.root.place(at), message, help);
    }

    /// Reports an error at a key.
    pub(super) fn key_error(&mut self, code: Code, at: &Pointer, message: impl Into<String>, help: Option<String>) {
        self.report(code, self.root.key_place(at), message, help);
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: Option<String>) {
        self.findings.push(Finding::error(code, &self.file, Some(span), message).maybe_help(help));
    }

    fn contract(&mut self, raw: RawContract) -> Option<(Contract, Vec<u32>)> {
        let root = Pointer::root();
        let consumer = self.name(&raw.consumer, &root.key("consumer"));
        let provider = self.name(&raw.provider, &root.key("provider"));
        let mut seen: HashMap<String, u32> = HashMap::with_capacity(raw.interactions.len());
        let mut lines = Vec::with_capacity(raw.interactions.len());
        let mut interactions = Vec::with_capacity(raw.interactions.len());
        for (index, raw) in raw.interactions.into_iter().enumerate() {
            let at = Interaction::pointer(index);
            let line = self.root.place(&at).start.line;
            lines.push(line);
            if let Some(first) = seen.insert(raw.name.clone(), line) {
                self.error(
                    DUPLICATE_NAME,
                    &at.key("name"),
                    format!("another interaction is named `{}`, in line {first}", raw.name),
                    Some(String::from(
                        "give each interaction a name of its own: reports and --only tell them apart by it",
                    )),
                );
            }
            interactions.extend(self.interaction(raw, &at));
        }
        let contract =
            Contract { consumer: consumer?, provider: provider?, description: raw.description, interactions };
        Some((contract, lines))
    }

    fn name(&mut self, text: &str, at: &Pointer) -> Option<ServiceName> {
        ServiceName::new(text).map_err(|error| self.error(BAD_NAME, at, error.to_string(), None)).ok()
    }

    fn interaction(&mut self, raw: RawInteraction, at: &Pointer) -> Option<Interaction> {
        let given = raw.given.into_iter().map(|RawState { name, params }| State { name, params }).collect();
        let request = self.request(raw.request, &at.key("request"));
        let response = self.response(raw.response, &at.key("response"));
        let interaction =
            Interaction { name: raw.name, description: raw.description, given, request: request?, response: response? };
        self.placeholders(&interaction, at);
        Some(interaction)
    }

    /// Every `${name}` must have a value where nothing was returned by a state handler: a mock has none.
    fn placeholders(&mut self, interaction: &Interaction, at: &Pointer) {
        let params = interaction.params();
        for (part, names) in
            [("request", interaction.request.placeholders()), ("response", interaction.response.placeholders())]
        {
            for name in names.iter().filter(|name| !params.contains_key(*name)) {
                let help = did_you_mean(name, params.keys().map(String::as_str)).unwrap_or_else(|| {
                    format!("add `{name}` to the parameters of a provider state under `given`: its value there is the example; a literal `${{` is written `$${{`")
                });
                self.error(
                    UNKNOWN_PLACEHOLDER,
                    &at.key(part),
                    format!("nothing gives `${{{name}}}` a value"),
                    Some(help),
                );
            }
        }
    }
}

/// Takes faulty places out of a document, with stand-ins where something must be, so that reading can go on.
fn repair(value: &mut Value, faults: &[Fault]) {
    for fault in faults {
        for key in &fault.unknown {
            if let Some(Value::Object(object)) = at_mut(value, &fault.at.0) {
                object.shift_remove(key);
            }
        }
    }
    for fault in faults.iter().filter(|fault| fault.unknown.is_empty()) {
        replace(value, &fault.at.0);
    }
    fill_required(value);
}

/// Puts a stand-in where something must be, and removes what may be left out.
fn replace(value: &mut Value, steps: &[Step]) {
    // A mapping in which a key is missing stays; the key is filled in afterwards.
    let keeps = matches!(at_mut(value, steps), Some(Value::Object(_))) && is_required_mapping(steps);
    let Some((last, above)) = steps.split_last() else { return };
    if keeps {
        return;
    }
    match (at_mut(value, above), last) {
        (Some(Value::Object(object)), Step::Key(key)) => {
            object.shift_remove(key);
        }
        (Some(Value::Array(items)), Step::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                *item = if steps.len() == 2 { json!({}) } else { json!("?") };
            }
        }
        _ => {}
    }
}

/// The document, an interaction, its request or its response.
fn is_required_mapping(steps: &[Step]) -> bool {
    match steps {
        [] | [Step::Key(_), Step::Index(_)] => true,
        [Step::Key(_), Step::Index(_), Step::Key(part)] => part == "request" || part == "response",
        _ => false,
    }
}

/// Fills in what must be there.
fn fill_required(value: &mut Value) {
    let fill = |value: &mut Value, key: &str, stand_in: Value| {
        if let Value::Object(object) = value {
            object.entry(key).or_insert(stand_in);
        }
    };
    fill(value, "contract", json!(1));
    fill(value, "consumer", json!("unknown"));
    fill(value, "provider", json!("unknown"));
    fill(value, "interactions", json!([]));
    let Some(Value::Array(interactions)) = value.get_mut("interactions") else { return };
    for (index, interaction) in interactions.iter_mut().enumerate() {
        fill(interaction, "name", json!(format!("interaction {}", index + 1)));
        fill(interaction, "request", json!("GET /"));
        fill(interaction, "response", json!({}));
        if let Some(request) = interaction.get_mut("request") {
            fill(request, "method", json!("GET"));
            fill(request, "path", json!("/"));
        }
        if let Some(response) = interaction.get_mut("response") {
            fill(response, "status", json!(200));
        }
    }
}

fn at_mut<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match (value, step) {
        (Value::Object(object), Step::Key(key)) => object.get_mut(key),
        (Value::Object(object), Step::Index(key)) => object.get_mut(&key.to_string()),
        (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
        _ => None,
    })
}
