//! From the text of a Pact file to a contract.

use std::sync::Arc;

use deunicode::deunicode;
use indexmap::IndexMap;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::codes::{PACT_KEY, PACT_NAME, PACT_NOT_JSON, PACT_RULE, PACT_SHAPE, PACT_SKIPPED, PACT_UNKNOWN};
use super::message::{self, Notes};
use super::odd;
use super::pattern::Expressions;
use super::read_matcher::Refused;
use super::rules::PactRules;
use super::terms::{Contract, Interaction, Terms};
use super::version::PactVersion;
use crate::interaction::{
    self, Http, Kind, Names, ReadContract, Request, Response, ServiceName, State, Status, Unrunnable,
};
use crate::source::json::{self, Apart, outline};
use crate::source::json_value;
use crate::source::{Code, Finding, Findings, Pointer, SourceFile};

/// Whether a text is a Pact file, complete or not: a JSON object whose `consumer` or `provider` is an object. (A contract of
/// our own has names there, and a key `contract`.) The interactions may be missing if the text is cut off, or if it has both
/// of the two. The beginning of a text is enough.
#[must_use]
pub fn is_pact(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('{') {
        return false;
    }
    let outline = outline(text);
    let keys = &outline.keys;
    let has = |key: &str, begins: char| keys.iter().any(|(name, first)| *name == key && *first == begins);
    let is_ours = keys.iter().any(|(name, _)| *name == "contract");
    let holds = has("interactions", '[') || has("messages", '[');
    let (consumer, provider) = (has("consumer", '{'), has("provider", '{'));
    !is_ours && (consumer || provider) && (holds || !outline.is_whole || (consumer && provider))
}

/// Reads a Pact file.
///
/// # Errors
///
/// All findings, if at least one of them is an error.
pub fn read(source: &SourceFile) -> Result<ReadContract<Terms>, Vec<Finding>> {
    let mut reader = Reader { source, findings: Findings::new(&source.name), known: Expressions::default() };
    let read = reader.read();
    let usable = !reader.findings.any_error();
    let findings = reader.findings.into_sorted();
    match read {
        Some((contract, lines)) if usable => Ok(ReadContract { contract, lines, findings }),
        _ => Err(findings),
    }
}

/// The advice for a generated file.
const HELP: &str = "correct it in the test that writes this file";

/// The lists of a Pact file.
pub const LISTS: [&str; 2] = ["interactions", "messages"];

struct Reader<'s> {
    source: &'s SourceFile,
    findings: Findings,
    known: Expressions,
}

/// The type of an interaction in a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InteractionType {
    Http,
    /// Another kind, in words.
    Other(&'static str),
    Unknown,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<(Contract, Vec<u32>)> {
        let read = json::apart(self.source, &LISTS).and_then(|mut file| self.file(&mut file));
        match read {
            Ok(read) => return read,
            Err(json::Fault::Syntax { at, why, is_eof }) => {
                let message = format!("this Pact file isn't valid JSON: {why}");
                let finding = Finding::error(PACT_NOT_JSON, &self.source.name, Some(at), message);
                self.findings.push(if is_eof {
                    finding.help("it is cut off; write it again, or fetch it again")
                } else {
                    finding
                });
            }
            Err(json::Fault::Limit(finding)) => self.findings.push(*finding),
        }
        None
    }

    fn file(&mut self, file: &mut Apart<'_>) -> Result<Option<(Contract, Vec<u32>)>, json::Fault> {
        let Some(version) = self.version(file) else { return Ok(None) };
        let plugins = file.rest.get("metadata").and_then(|metadata| metadata.get("plugins"));
        self.known.has_plugins = plugins.and_then(Value::as_array).is_some_and(|plugins| !plugins.is_empty());
        let consumer = self.party(&file.rest, "consumer");
        let provider = self.party(&file.rest, "provider");
        let mut lists = outline(&self.source.text).lists;
        let mut interactions = Vec::new();
        let mut lines = Vec::new();
        let mut names = Names::default();
        let mut is_missing = true;
        for key in LISTS {
            let Some(elements) = file.list(key) else {
                is_missing &= !file.rest.contains_key(key);
                if !matches!(file.rest.get(key), None | Some(Value::Null)) {
                    self.error(PACT_SHAPE, &Pointer::root().key(key), &format!("`{key}` must be a list"), None);
                }
                continue;
            };
            is_missing = false;
            let found = lists.remove(key).unwrap_or_default();
            for (index, raw) in elements.into_iter().enumerate() {
                if self.findings.is_full() {
                    break;
                }
                let at = Pointer::root().key(key).index(index);
                let Value::Object(element) = file.element(raw)? else {
                    self.error(PACT_SHAPE, &at, "an interaction must be an object", None);
                    continue;
                };
                let kind = if key == "messages" {
                    InteractionType::Other("a message")
                } else {
                    interaction_type(&element, version)
                };
                let mut interaction = self.interaction(element, raw, kind, version, &at);
                name_apart(&mut interaction, &mut names);
                interactions.push(interaction);
                lines.push(found.get(index).copied().unwrap_or(1));
            }
        }
        if is_missing {
            self.error(PACT_SHAPE, &Pointer::root(), "a Pact file must have a list `interactions`", None);
        }
        let (Some(consumer), Some(provider)) = (consumer, provider) else { return Ok(None) };
        Ok(Some((Contract { consumer, provider, description: None, interactions }, lines)))
    }

    /// The version that the file names, or the one that it looks like.
    fn version(&mut self, file: &Apart<'_>) -> Option<PactVersion> {
        let metadata = file.rest.get("metadata").and_then(Value::as_object);
        let said = metadata.and_then(|metadata| {
            let spec = ["pactSpecification", "pact-specification"].into_iter().find_map(|key| metadata.get(key));
            let key = spec.and_then(|spec| spec.get("version"));
            key.or_else(|| metadata.get("pactSpecificationVersion"))
        });
        let said = match said {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Some(guessed(file)),
        };
        let mut numbers = said.trim_start_matches(['v', 'V']).split('.').map(str::parse::<u32>);
        let (major, minor) = (numbers.next(), numbers.next());
        match (major, minor) {
            (Some(Ok(1)), Some(Ok(1))) => Some(PactVersion::V1_1),
            (Some(Ok(0 | 1)), _) => Some(PactVersion::V1),
            (Some(Ok(2)), _) => Some(PactVersion::V2),
            (Some(Ok(3)), _) => Some(PactVersion::V3),
            (Some(Ok(4)), _) => Some(PactVersion::V4),
            _ => {
                let message = format!("this Pact file has version {said}; versions 1 to 4 are supported");
                let help = String::from("a newer version of Upheld may support it");
                self.error(PACT_SHAPE, &Pointer::root().key("metadata"), &message, Some(help));
                None
            }
        }
    }

    /// The name of the consumer or the provider, as close to the file's as names can be.
    fn party(&mut self, file: &Map<String, Value>, key: &str) -> Option<ServiceName> {
        let at = Pointer::root().key(key).key("name");
        let Some(Value::String(text)) = file.get(key).and_then(|party| party.get("name")) else {
            let help = format!("a Pact file has `\"{key}\": {{\"name\": \"…\"}}`");
            self.error(PACT_SHAPE, &Pointer::root().key(key), &format!("the {key} has no name"), Some(help));
            return None;
        };
        if let Ok(name) = ServiceName::new(text) {
            return Some(name);
        }
        let spelled = spelled(text);
        match ServiceName::new(&spelled) {
            Ok(name) => {
                let message = format!("`{}` isn't a valid service name; Upheld uses {name}", text.escape_debug());
                let help =
                    "names have letters, digits, `.`, `_` and `-`, so they can be file names and words in a shell";
                let finding = Finding::warning(PACT_NAME, &self.source.name, self.source.place(&at), message);
                self.findings.push(finding.help(help));
                Some(name)
            }
            Err(error) => {
                self.error(PACT_SHAPE, &at, &error.to_string(), None);
                None
            }
        }
    }

    fn interaction(
        &mut self,
        mut element: Map<String, Value>,
        raw: &RawValue,
        kind: InteractionType,
        version: PactVersion,
        at: &Pointer,
    ) -> Interaction {
        let mut odd = Vec::new();
        odd::keys(&element, odd::INTERACTION, &[], &mut odd);
        self.odd(odd, at);
        let name = match element.get("description") {
            Some(Value::String(text)) => in_one_line(text),
            _ => String::new(),
        };
        let name = if name.is_empty() { String::from("an interaction without a description") } else { name };
        let mut skip;
        let plugins = element.get("pluginConfiguration").and_then(Value::as_object);
        let configures_plugins = plugins.is_some_and(|plugins| !plugins.is_empty());
        self.known.has_plugins |= configures_plugins;
        let no_rules = || PactRules { version, ..PactRules::default() };
        let mut request = (Request::default(), no_rules());
        let mut response = (Response { status: Status::Code(200), headers: IndexMap::new(), body: None }, no_rules());
        match kind {
            InteractionType::Http => {
                let mut part = |key: &str| match element.remove(key) {
                    Some(Value::Object(part)) => Ok(part),
                    None | Some(Value::Null) => Ok(Map::new()),
                    Some(_) => Err(format!("`{key}` must be an object")),
                };
                let mut notes = Notes { known: std::mem::take(&mut self.known), ..Notes::default() };
                match part("request") {
                    Ok(part) => request = message::request(part, version, &mut notes),
                    Err(why) => self.error(PACT_SHAPE, &at.key("request"), &why, None),
                }
                let unable = self.report(&mut notes, &at.key("request"));
                match part("response") {
                    Ok(part) => response = message::response(part, version, &mut notes),
                    Err(why) => self.error(PACT_SHAPE, &at.key("response"), &why, None),
                }
                skip = unable.or(self.report(&mut notes, &at.key("response")));
                self.known = notes.known;
                if skip.is_none() && configures_plugins {
                    let why = String::from("its content comes from a plugin, and plugins aren't supported");
                    skip = Some((at.clone(), why));
                }
            }
            InteractionType::Other(name) => {
                skip = Some((at.clone(), format!("it is {name}, and only HTTP is supported so far")));
            }
            InteractionType::Unknown => {
                let said = element.get("type").map_or_else(String::new, ToString::to_string);
                let why = format!("its type {said} isn't Synchronous/HTTP, and only HTTP is supported so far");
                skip = Some((at.key("type"), why));
            }
        }
        if let Some((place, why)) = &skip {
            let message = format!("`{name}` is skipped: {why}");
            let finding = Finding::warning(PACT_SKIPPED, &self.source.name, self.source.place(place), message);
            self.findings.push(finding.help("test it in another way; --without-skipped leaves it out"));
        }
        let comments = element.get("comments").and_then(|comments| comments.get("text")).and_then(Value::as_array);
        let comments: Vec<&str> = comments.into_iter().flatten().filter_map(Value::as_str).collect();
        let ((request, request_rules), (response, response_rules)) = (request, response);
        let http = Http { request, response, terms: Terms::new(request_rules, response_rules) };
        let kind = match skip {
            None => Kind::Http(http),
            Some((_, why)) => Kind::Unrunnable(Unrunnable {
                why: Arc::from(why),
                // Parts of it were taken out above, so it is read again.
                content: json_value::read(raw.get().as_bytes()).unwrap_or_default(),
                read: http,
            }),
        };
        Interaction {
            name,
            description: (!comments.is_empty()).then(|| comments.join("\n")),
            pending: element.get("pending").and_then(Value::as_bool).unwrap_or_default(),
            given: self.states(element, at),
            kind,
        }
    }

    /// Adds findings for the observations from reading a message, and returns why it can't be compared, if it can't.
    fn report(&mut self, notes: &mut Notes, at: &Pointer) -> Option<(Pointer, String)> {
        for (keys, why) in notes.wrong.drain(..) {
            self.error(PACT_SHAPE, &below(at, &keys), &why, None);
        }
        for fault in notes.faults.drain(..) {
            if let Refused::Invalid(why) = fault.refused {
                self.error(PACT_RULE, &below(&at.key("matchingRules"), &fault.keys), &why, None);
            }
        }
        for (keys, why) in notes.unusable.drain(..) {
            let place = self.source.place(&below(&at.key("matchingRules"), &keys));
            let finding =
                Finding::warning(PACT_RULE, &self.source.name, place, format!("nothing can match this rule: {why}"));
            self.findings.push(finding.help(HELP));
        }
        self.odd(std::mem::take(&mut notes.odd), at);
        for unknown in notes.unknown.drain(..) {
            let place = self.source.place(&at.key("generators"));
            self.findings.push(Finding::warning(PACT_UNKNOWN, &self.source.name, place, unknown));
        }
        notes.unable.take().map(|(keys, why)| (below(&at.key("matchingRules"), &keys), why))
    }

    /// Warns of parts that look like misspelt ones.
    fn odd(&mut self, odd: Vec<odd::Odd>, at: &Pointer) {
        for (keys, why) in odd {
            let place = self.source.place(&below(at, &keys));
            self.findings.push(Finding::warning(PACT_KEY, &self.source.name, place, why).help(HELP));
        }
    }

    fn states(&mut self, mut element: Map<String, Value>, at: &Pointer) -> Vec<State> {
        if let Some(Value::Array(states)) = element.get_mut("providerStates") {
            let mut read = Vec::new();
            for (index, mut state) in std::mem::take(states).into_iter().enumerate() {
                let params = match state.get_mut("params") {
                    Some(Value::Object(params)) => std::mem::take(params),
                    _ => Map::new(),
                };
                if let Some(name) = state.get("name").unwrap_or(&state).as_str() {
                    read.push(State { name: name.to_owned(), params });
                } else {
                    let at = at.key("providerStates").index(index);
                    self.error(PACT_SHAPE, &at, "a provider state must have a `name`", None);
                }
            }
            return read;
        }
        let single =
            ["providerState", "provider_state", "providerStates"].into_iter().find_map(|key| element.remove(key));
        match single {
            Some(Value::String(name)) if !name.is_empty() => vec![State { name, params: Map::new() }],
            _ => Vec::new(),
        }
    }

    fn error(&mut self, code: Code, at: &Pointer, message: &str, help: Option<String>) {
        let help = help.unwrap_or_else(|| String::from(HELP));
        self.findings.push(Finding::error(code, &self.source.name, self.source.place(at), message).help(help));
    }
}

fn below(at: &Pointer, keys: &[String]) -> Pointer {
    keys.iter().fold(at.clone(), |at, key| at.key(key))
}

/// The version of a file that doesn't name one, guessed from keys that only that version has.
fn guessed(file: &Apart<'_>) -> PactVersion {
    let mut version = PactVersion::V1_1;
    for raw in file.list("interactions").unwrap_or_default() {
        // Invalid JSON, or too much of it, is reported when it is read.
        let Ok(element) = json_value::read(raw.get().as_bytes()) else { break };
        let rules = ["request", "response"]
            .iter()
            .filter_map(|part| element.get(part)?.get("matchingRules")?.as_object())
            .flat_map(Map::keys);
        let seen = if element.get("type").is_some() {
            PactVersion::V4
        } else if element.get("providerStates").is_some_and(Value::is_array) {
            PactVersion::V3
        } else {
            let of_key = |key: &String| if key.starts_with('$') { PactVersion::V2 } else { PactVersion::V3 };
            rules.map(of_key).max().unwrap_or_default()
        };
        version = version.max(seen);
    }
    let has_messages = file.list("messages").is_some() || file.rest.contains_key("messages");
    if has_messages { version.max(PactVersion::V3) } else { version }
}

fn interaction_type(element: &Map<String, Value>, version: PactVersion) -> InteractionType {
    match element.get("type").and_then(Value::as_str).filter(|_| version == PactVersion::V4) {
        None | Some("Synchronous/HTTP") => InteractionType::Http,
        Some("Asynchronous/Messages") => InteractionType::Other("a message"),
        Some("Synchronous/Messages") => InteractionType::Other("a message with responses"),
        Some(_) => InteractionType::Unknown,
    }
}

/// A valid service name, as close to the text as possible.
fn spelled(text: &str) -> String {
    let mut name = String::new();
    // In ASCII letters: `Bücher` is Bucher, and other scripts are written as they sound.
    for c in deunicode(text).trim().chars() {
        let keep = c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        match c {
            c if keep && (!name.is_empty() || c.is_ascii_alphanumeric()) => name.push(c),
            _ if name.is_empty() || name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    name.truncate(100);
    name.trim_end_matches('-').to_owned()
}

fn in_one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Gives an interaction a name that isn't in `names` yet, and adds it there: in Pact files several may have the same
/// description, with different states.
pub fn name_apart<T>(interaction: &mut interaction::Interaction<T>, names: &mut Names) {
    let plain = interaction.name.clone();
    let states: Vec<String> = interaction.given.iter().map(|state| in_one_line(&state.name)).collect();
    let with_states = (!states.is_empty()).then(|| format!("{plain} ({})", states.join(", ")));
    interaction.name = names.apart(&plain, with_states, |number| format!("{plain} ({number})"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_with_valid_letters() {
        for (name, expected) in [
            ("Web Shop", "Web-Shop"),
            (" orders/v2 ", "orders-v2"),
            ("Bücher", "Bucher"),
            ("Bächer", "Bacher"),
            ("注文", "Zhu-Wen"),
            ("заказы", "zakazy"),
            ("--a__b.c--", "a__b.c"),
            ("!?", ""),
        ] {
            assert_eq!(spelled(name), expected, "{name}");
        }
    }
}
