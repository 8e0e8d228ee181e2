//! From a contract's text to its model, with every finding at once.
//!
//! A file with a fault in its shape is repaired with stand-ins where the fault is, so that the rest of it is still
//! checked for what it means; the contract itself is given out only where there was no error.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::attachments::Attachments;
use super::codes::{BAD_NAME, DUPLICATE_NAME, FOREIGN_JSON, NEWER_FORMAT, SAME_PLACE, UNKNOWN_PLACEHOLDER};
use super::document::{Contract, Interaction};
use super::raw::{RawContract, RawInteraction, RawState};
use super::rule_text::RuleReader;
use super::schema::shape;
use super::state::params;
use super::{InteractionId, ServiceName, State, interaction_id, pact};
use crate::source::conform::{Fault, WRONG_TYPE};
use crate::source::{Code, Finding, Findings, Pointer, Position, SourceFile, Span, Step, Survey, survey_yaml};
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

/// Reads a contract file, ours or Pact's, as its content says; the files that it names are read through `attachments`.
///
/// # Errors
///
/// All findings, where at least one of them is an error.
pub fn read(source: &SourceFile, attachments: &dyn Attachments) -> Result<ReadContract, Vec<Finding>> {
    if pact::is_pact(&source.text) {
        return pact::read(source);
    }
    let file = &source.name;
    let Survey { value, mut lists, mut findings } = survey_yaml(file, &source.text, source.limits());
    let Some(mut value) = value else { return Err(findings.into_sorted()) };
    if is_foreign(source, &value) {
        let start = Span::at(Position { line: 1, column: 1 });
        return Err(vec![
            Finding::error(FOREIGN_JSON, file, Some(start), "this is neither a contract nor a Pact file")
                .help("a Pact file has `consumer` and `provider`, each with a `name`, and `interactions`"),
        ]);
    }
    // All that is kept of the places: for the few others that somebody is told of, the source map is made.
    let lines = lists.remove("interactions").unwrap_or_default();
    if let Some(version) = value.get("contract").and_then(Value::as_u64).filter(|version| *version > 1) {
        return Err(vec![newer_format(source, version)]);
    }
    let mut faults = shape().faults(source, &value);
    // What a name may be is told better by the name itself, below.
    faults.retain(|fault| !is_bad_name(fault, &value));
    repair(&mut value, &faults);
    let mistaken = findings.error_places();
    let faults = faults.into_iter().flat_map(|fault| fault.findings);
    findings.extend(faults.filter(|fault| fault.span.is_none_or(|span| !mistaken.contains(&span.start))));
    let mut reader =
        Reader { source, mistaken, attachments, rules: RuleReader::new(attachments), params: Map::new(), findings };
    let read = match serde_json::from_value::<RawContract>(value) {
        Ok(raw) => reader.contract(raw, &lines),
        Err(error) => {
            // The shape was wrong in a way that no stand-in helps; say so even if no fault was found.
            if !reader.findings.any_error() {
                reader.findings.push(Finding::error(WRONG_TYPE, file, None, error.to_string()));
            }
            None
        }
    };
    let usable = !reader.findings.any_error();
    let findings = reader.findings.into_sorted();
    match read {
        Some(contract) if usable => {
            let ids = contract.interactions.iter().map(interaction_id).collect();
            Ok(ReadContract { contract, lines, ids, findings })
        }
        _ => Err(findings),
    }
}

/// Whether a file is somebody else's JSON: it says nothing that one of ours says at its top.
fn is_foreign(source: &SourceFile, value: &Value) -> bool {
    let is_json = source.text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    // One that is empty may become a contract.
    let is_empty = value.as_object().is_some_and(Map::is_empty);
    is_json
        && !is_empty
        && ["contract", "consumer", "provider", "interactions"].iter().all(|key| value.get(key).is_none())
}

fn newer_format(source: &SourceFile, version: u64) -> Finding {
    let at = source.place(&Pointer::root().key("contract"));
    let message = format!("this is a contract of format {version}; this program reads format 1");
    Finding::error(NEWER_FORMAT, &source.name, at, message).help("install a newer version of upheld")
}

/// Whether a fault is a text that is no name of a service.
fn is_bad_name(fault: &Fault, value: &Value) -> bool {
    let [Step::Key(key)] = fault.at.0.as_slice() else { return false };
    matches!(key.as_str(), "consumer" | "provider") && value.get(key).is_some_and(Value::is_string)
}

/// What the reading of one file goes through: its places, its files, and what was found so far.
pub(super) struct Reader<'a> {
    source: &'a SourceFile,
    /// Where the YAML is not what it should be: what is read there is a stand-in.
    mistaken: HashSet<Position>,
    pub(super) attachments: &'a dyn Attachments,
    pub(super) rules: RuleReader<'a>,
    /// The parameters of the provider states of the interaction that is being read.
    pub(super) params: Map<String, Value>,
    findings: Findings,
}

impl Reader<'_> {
    /// Whether there are so many errors that further ones would not be shown.
    pub(super) const fn is_full(&self) -> bool {
        self.findings.is_full()
    }

    /// Reports an error at a value.
    pub(super) fn error(&mut self, code: Code, at: &Pointer, message: impl Into<String>, help: Option<String>) {
        self.report(code, self.source.place(at), message, help);
    }

    /// Reports an error at a key.
    pub(super) fn key_error(&mut self, code: Code, at: &Pointer, message: impl Into<String>, help: Option<String>) {
        self.report(code, self.source.key_place(at), message, help);
    }

    fn report(&mut self, code: Code, span: Option<Span>, message: impl Into<String>, help: Option<String>) {
        self.push(Finding::error(code, &self.source.name, span, message).maybe_help(help));
    }

    /// Reports a second rule for the same place as the one whose key is at `first`.
    pub(super) fn same_place(&mut self, at: &Pointer, first: &Pointer, message: impl Into<String>) {
        let file = &self.source.name;
        let finding = Finding::error(SAME_PLACE, file, self.source.key_place(at), message);
        self.push(finding.place(file, self.source.key_place(first), "the first rule").help("keep one of the two"));
    }

    fn push(&mut self, finding: Finding) {
        if !finding.span.is_some_and(|span| self.mistaken.contains(&span.start)) {
            self.findings.push(finding);
        }
    }

    fn contract(&mut self, raw: RawContract, lines: &[u32]) -> Option<Contract> {
        let root = Pointer::root();
        let consumer = self.name(&raw.consumer, &root.key("consumer"));
        let provider = self.name(&raw.provider, &root.key("provider"));
        let mut seen: HashMap<String, usize> = HashMap::with_capacity(raw.interactions.len());
        let mut interactions = Vec::with_capacity(raw.interactions.len());
        for (index, raw) in raw.interactions.into_iter().enumerate() {
            if self.is_full() {
                break;
            }
            let at = Interaction::pointer(index);
            if let Some(first) = seen.insert(raw.name.clone(), index) {
                let line = lines.get(first).copied().unwrap_or(1);
                let (file, name) = (&self.source.name, |at: &Pointer| self.source.place(&at.key("name")));
                let message = format!("another interaction is named `{}`, in line {line}", raw.name);
                let finding = Finding::error(DUPLICATE_NAME, file, name(&at), message)
                    .place(file, name(&Interaction::pointer(first)), "already used here")
                    .help("give each interaction a name of its own: reports and --only tell them apart by it");
                self.push(finding);
            }
            interactions.extend(self.interaction(raw, &at));
        }
        Some(Contract { consumer: consumer?, provider: provider?, description: raw.description, interactions })
    }

    fn name(&mut self, text: &str, at: &Pointer) -> Option<ServiceName> {
        ServiceName::new(text).map_err(|error| self.error(BAD_NAME, at, error.to_string(), None)).ok()
    }

    fn interaction(&mut self, raw: RawInteraction, at: &Pointer) -> Option<Interaction> {
        let given = raw.given.into_iter().map(|RawState { name, params }| State { name, params }).collect::<Vec<_>>();
        self.params = params(&given);
        let request = self.request(raw.request, &at.key("request"));
        let response = self.response(raw.response, &at.key("response"));
        let interaction = Interaction {
            name: raw.name,
            description: raw.description,
            given,
            request: request?,
            response: response?,
            pending: raw.pending,
            skipped: None,
        };
        self.placeholders(&interaction, at);
        Some(interaction)
    }

    /// Every `${name}` must have a value where nothing was returned by a state handler: a mock has none.
    fn placeholders(&mut self, interaction: &Interaction, at: &Pointer) {
        for (part, names) in
            [("request", interaction.request.placeholders()), ("response", interaction.response.placeholders())]
        {
            for name in names.iter().filter(|name| !self.params.contains_key(*name)).collect::<Vec<_>>() {
                let help = did_you_mean(name, self.params.keys().map(String::as_str)).unwrap_or_else(|| {
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
        if fault.unknown.is_empty() {
            put_right(value, &fault.at.0);
        } else if let Some(Value::Object(object)) = at_mut(value, &fault.at.0) {
            let unknown: HashSet<&String> = fault.unknown.iter().collect();
            object.retain(|key, _| !unknown.contains(key));
            if object.is_empty() {
                put_right(value, &fault.at.0);
            }
        }
    }
    fill_required(value);
}

/// Puts a stand-in where something is at fault, or takes it out where it may be missing. A stand-in is such that
/// nothing else is found because of it.
fn put_right(value: &mut Value, steps: &[Step]) {
    let keys: Vec<&str> =
        steps.iter().map(|step| if let Step::Key(key) = step { key.as_str() } else { "[]" }).collect();
    let (length, stand_in) = match keys.as_slice() {
        // A mapping in which keys are missing gets them below.
        [] | ["interactions", "[]"] | ["interactions", "[]", "request" | "response"]
            if at_mut(value, steps).is_some_and(|found| found.is_object()) =>
        {
            return;
        }
        ["interactions", "[]"] => (2, Some(json!({}))),
        ["interactions", "[]", "given", "[]", ..] => (4, Some(json!("?"))),
        ["interactions", "[]", _, "match" | "match-headers" | "match-query", _, ..] => (5, Some(json!("any"))),
        ["interactions", "[]", _, "match-path", ..] => (4, Some(json!("any"))),
        ["interactions", "[]", _, "headers" | "query" | "form", _, ..] => (5, Some(json!("?"))),
        ["interactions", "[]", _, "body-text" | "body-file" | "body-base64" | "form"] => {
            // Its rules would lead nowhere.
            if let Some(Value::Object(message)) = at_mut(value, &steps[..3]) {
                message.shift_remove("match");
            }
            (4, None)
        }
        _ => (steps.len(), None),
    };
    let Some((last, above)) = steps[..length].split_last() else { return };
    match (at_mut(value, above), last, stand_in) {
        (Some(Value::Object(object)), Step::Key(key), Some(stand_in)) => {
            object.insert(key.clone(), stand_in);
        }
        (Some(Value::Object(object)), Step::Key(key), None) => {
            object.shift_remove(key);
        }
        (Some(Value::Array(items)), Step::Index(index), Some(stand_in)) => {
            if let Some(item) = items.get_mut(*index) {
                *item = stand_in;
            }
        }
        _ => {}
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
        (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
        _ => None,
    })
}
