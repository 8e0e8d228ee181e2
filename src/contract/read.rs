//! From a contract's text to its model, with all findings at once.
//!
//! Parts of a file that have the wrong shape are replaced by stand-ins ([`super::repair`]), so the rest of the file is
//! checked as well. The contract itself is returned only if there are no errors.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::attachments::Attachments;
use super::codes::{BAD_NAME, DUPLICATE_NAME, FOREIGN_JSON, NEWER_FORMAT, UNKNOWN_PLACEHOLDER};
use super::raw::{RawContract, RawInteraction, RawState};
use super::reader::Reader;
use super::repair::repair;
use super::schema::shape;
use super::terms::{Contract, Interaction, Terms};
use crate::interaction::{Http, Kind, MOST_INSERTED, ReadContract, ServiceName, State, params, pointer};
use crate::source::codes::OVER_LIMIT;
use crate::source::conform::{Fault, WRONG_TYPE};
use crate::source::{Finding, Pointer, Position, SourceFile, Span, Step, Survey, survey_yaml};
use crate::words::did_you_mean;

/// Reads a contract file. The files that it refers to are read through `attachments`.
///
/// # Errors
///
/// All findings, if at least one of them is an error.
pub fn read(source: &SourceFile, attachments: &dyn Attachments) -> Result<ReadContract<Terms>, Vec<Finding>> {
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
    // No other places are kept. For the few that findings point at, the source map is made on demand.
    let lines = lists.remove("interactions").unwrap_or_default();
    if let Some(version) = value.get("contract").and_then(Value::as_u64).filter(|version| *version > 1) {
        return Err(vec![newer_format(source, version)]);
    }
    let mut faults = shape().faults(source, &value);
    // Below, `ServiceName` gives a better reason why a name is invalid.
    faults.retain(|fault| !is_bad_name(fault, &value));
    repair(&mut value, &faults);
    let mistaken = findings.error_places();
    let faults = faults.into_iter().flat_map(|fault| fault.findings);
    findings.extend(faults.filter(|fault| fault.span.is_none_or(|span| !mistaken.contains(&span.start))));
    let mut reader = Reader::new(source, attachments, mistaken, findings);
    let read = match serde_json::from_value::<RawContract>(value) {
        Ok(raw) => reader.contract(raw, &lines),
        Err(error) => {
            // The shape is wrong in a way that can't be repaired. This must be an error even if no fault was found.
            if !reader.findings.any_error() {
                reader.findings.push(Finding::error(WRONG_TYPE, file, None, error.to_string()));
            }
            None
        }
    };
    let usable = !reader.findings.any_error();
    let findings = reader.findings.into_sorted();
    match read {
        Some(contract) if usable => Ok(ReadContract { contract, lines, findings }),
        _ => Err(findings),
    }
}

/// Whether a file is JSON of another kind: it has none of a contract's top-level keys.
fn is_foreign(source: &SourceFile, value: &Value) -> bool {
    let is_json = source.text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    // An empty file may be a contract that somebody begins to write.
    let is_empty = value.as_object().is_some_and(Map::is_empty);
    is_json
        && !is_empty
        && ["contract", "consumer", "provider", "interactions"].iter().all(|key| value.get(key).is_none())
}

fn newer_format(source: &SourceFile, version: u64) -> Finding {
    let at = source.place(&Pointer::root().key("contract"));
    let message = format!("this contract has format {version}, but this version of Upheld reads only format 1");
    Finding::error(NEWER_FORMAT, &source.name, at, message).help("install a newer version of Upheld")
}

/// Whether a fault is a text that isn't a service's name.
fn is_bad_name(fault: &Fault, value: &Value) -> bool {
    let [Step::Key(key)] = fault.at.0.as_slice() else { return false };
    matches!(key.as_str(), "consumer" | "provider") && value.get(key).is_some_and(Value::is_string)
}

impl Reader<'_> {
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
            let at = pointer(index);
            if let Some(first) = seen.insert(raw.name.clone(), index) {
                let line = lines.get(first).copied().unwrap_or(1);
                let (file, name) = (&self.source.name, |at: &Pointer| self.source.place(&at.key("name")));
                let message = format!("another interaction is named `{}`, in line {line}", raw.name);
                let finding = Finding::error(DUPLICATE_NAME, file, name(&at), message)
                    .place(file, name(&pointer(first)), "already used here")
                    .help("give each interaction its own name: reports and --only use it to identify them");
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
        let ((request, request_rules), (response, response_rules)) = (request?, response?);
        let terms = Terms { request: request_rules, response: response_rules };
        let http = Http { request, response, terms };
        self.placeholders(&http, at);
        let inserted = http.request.inserted(&self.params).saturating_add(http.response.inserted(&self.params));
        let before = self.inserted;
        self.inserted = before.saturating_add(inserted);
        if before <= MOST_INSERTED && self.inserted > MOST_INSERTED {
            let message = format!("the values for placeholders come to more than {} MiB", MOST_INSERTED >> 20);
            let help = "put shorter values under `given`, or use them in fewer places";
            self.error(OVER_LIMIT, at, message, Some(help.to_owned()));
        }
        Some(Interaction {
            name: raw.name,
            description: raw.description,
            given,
            pending: raw.pending,
            kind: Kind::Http(http),
        })
    }

    /// Every `${name}` needs a value in the contract, because a mock has no state handler that could return one.
    fn placeholders(&mut self, http: &Http<Terms>, at: &Pointer) {
        for (part, names) in [("request", http.request.placeholders()), ("response", http.response.placeholders())] {
            for name in names.iter().filter(|name| !self.params.contains_key(*name)).collect::<Vec<_>>() {
                let help = did_you_mean(name, self.params.keys().map(String::as_str)).unwrap_or_else(|| {
                    format!("add `{name}` with an example value to a provider state's parameters under `given`, or write `$${{` for a literal `${{`")
                });
                self.error(UNKNOWN_PLACEHOLDER, &at.key(part), format!("`${{{name}}}` has no value"), Some(help));
            }
        }
    }
}
