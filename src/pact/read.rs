//! From the text of a Pact file to a contract.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::Arc;

use deunicode::deunicode;
use indexmap::IndexMap;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::codes::{PACT_NAME, PACT_NOT_JSON, PACT_RULE, PACT_SHAPE, PACT_SKIPPED, PACT_UNKNOWN};
use super::matcher::Refused;
use super::message::{Notes, request, response};
use super::pattern::Expressions;
use super::rules::PactRules;
use super::terms::Terms;
use super::{Contract, Interaction, PactVersion};
use crate::interaction::{self, Http, Kind, ReadContract, Request, Response, ServiceName, State, Status, Unrunnable};
use crate::source::json::{self, Apart, outline};
use crate::source::{Code, Finding, Findings, Pointer, SourceFile};

/// Whether a text is that of a Pact file, whole or broken: an object of JSON whose consumer or provider is an object, where
/// a contract of our own has names and says `contract`. Its list of interactions may be missing where it is broken off, or
/// has both of the two. The beginning of a text is enough.
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
/// All findings, where at least one of them is an error.
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

/// What to do about a file that a program wrote.
const HELP: &str = "correct it in the test that writes this file";

/// The lists of a Pact file.
pub const LISTS: [&str; 2] = ["interactions", "messages"];

struct Reader<'s> {
    source: &'s SourceFile,
    findings: Findings,
    known: Expressions,
}

/// A kind of expectation that a file may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Http,
    /// Of what kind it is, in words.
    Other(&'static str),
    Unknown,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<(Contract, Vec<u32>)> {
        let read = json::apart(self.source, &LISTS).and_then(|mut file| self.file(&mut file));
        match read {
            Ok(read) => return read,
            Err(json::Fault::Syntax { at, why, is_eof }) => {
                let message = format!("this Pact file is not JSON: {why}");
                let finding = Finding::error(PACT_NOT_JSON, &self.source.name, Some(at), message);
                self.findings.push(if is_eof {
                    finding.help("it ends too early: write it again, or fetch it again")
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
        let mut names: HashSet<String> = HashSet::new();
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
                let what = if key == "messages" { What::Other("a message") } else { kind(&element, version) };
                let mut interaction = self.interaction(element, raw, what, version, &at);
                unique(&mut interaction, &mut names);
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

    /// The version that the file says it follows; where it says nothing, the one that it looks like.
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
                let message = format!("this is a Pact file of version {said}; versions 1 to 4 are read");
                let help = String::from("a newer version of upheld may read it");
                self.error(PACT_SHAPE, &Pointer::root().key("metadata"), &message, Some(help));
                None
            }
        }
    }

    /// The name of the consumer or the provider, as near to the file's as names can be.
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
                let message = format!("`{}` is called {name} here", text.escape_debug());
                let help = "names are also files and words in a shell: letters, digits, `.`, `_` and `-`";
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
        what: What,
        version: PactVersion,
        at: &Pointer,
    ) -> Interaction {
        let name = match element.get("description") {
            Some(Value::String(text)) => in_one_line(text),
            _ => String::new(),
        };
        let name = if name.is_empty() { String::from("an interaction without a description") } else { name };
        let mut skip = None;
        let plugins = element.get("pluginConfiguration").and_then(Value::as_object);
        let configures_plugins = plugins.is_some_and(|plugins| !plugins.is_empty());
        self.known.has_plugins |= configures_plugins;
        let none = || PactRules { version, ..PactRules::default() };
        let mut asked = (Request::default(), none());
        let mut answered = (Response { status: Status::Code(200), headers: IndexMap::new(), body: None }, none());
        match what {
            What::Http => {
                let mut part = |key: &str| match element.remove(key) {
                    Some(Value::Object(part)) => Ok(part),
                    None | Some(Value::Null) => Ok(Map::new()),
                    Some(_) => Err(format!("`{key}` must be an object")),
                };
                let mut notes = Notes { known: std::mem::take(&mut self.known), ..Notes::default() };
                match part("request") {
                    Ok(part) => asked = request(part, version, &mut notes),
                    Err(why) => self.error(PACT_SHAPE, &at.key("request"), &why, None),
                }
                let unable = self.told(&mut notes, &at.key("request"));
                // Of several answers, those of an interaction by HTTP have one.
                match part("response") {
                    Ok(part) => answered = response(part, version, &mut notes),
                    Err(why) => self.error(PACT_SHAPE, &at.key("response"), &why, None),
                }
                skip = unable.or(self.told(&mut notes, &at.key("response")));
                self.known = notes.known;
                if skip.is_none() && configures_plugins {
                    let why = String::from("its content comes from a plugin, and plugins can't be run");
                    skip = Some((at.clone(), why));
                }
            }
            What::Other(kind) => skip = Some((at.clone(), format!("it is {kind}, and only HTTP is verified yet"))),
            What::Unknown => {
                let help = String::from("there are Synchronous/HTTP, Asynchronous/Messages and Synchronous/Messages");
                self.error(PACT_SHAPE, &at.key("type"), "this is no kind of interaction", Some(help));
            }
        }
        if let Some((place, why)) = &skip {
            let message = format!("`{name}` is skipped: {why}");
            let finding = Finding::warning(PACT_SKIPPED, &self.source.name, self.source.place(place), message);
            self.findings.push(finding.help("test it in another way; --without-skipped leaves it out of a run"));
        }
        let comments = element.get("comments").and_then(|comments| comments.get("text")).and_then(Value::as_array);
        let comments: Vec<&str> = comments.into_iter().flatten().filter_map(Value::as_str).collect();
        let ((request, request_rules), (response, response_rules)) = (asked, answered);
        let http = Http { request, response, terms: Terms::new(request_rules, response_rules) };
        let kind = match skip {
            None => Kind::Http(http),
            Some((_, why)) => Kind::Unrunnable(Unrunnable {
                why: Arc::from(why),
                // It was taken apart above, so it is read once more.
                content: serde_json::from_str(raw.get()).unwrap_or_default(),
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

    /// Tells what the reading of a message found, and why the message can't be compared.
    fn told(&mut self, notes: &mut Notes, at: &Pointer) -> Option<(Pointer, String)> {
        for (keys, why) in notes.wrong.drain(..) {
            self.error(PACT_SHAPE, &below(at, &keys), &why, None);
        }
        for fault in notes.faults.drain(..) {
            if let Refused::Broken(why) = fault.refused {
                self.error(PACT_RULE, &below(&at.key("matchingRules"), &fault.keys), &why, None);
            }
        }
        for (keys, why) in notes.unusable.drain(..) {
            let place = self.source.place(&below(&at.key("matchingRules"), &keys));
            let finding =
                Finding::warning(PACT_RULE, &self.source.name, place, format!("nothing can fit this rule: {why}"));
            self.findings.push(finding.help(HELP));
        }
        for unknown in notes.unknown.drain(..) {
            let place = self.source.place(&at.key("generators"));
            self.findings.push(Finding::warning(PACT_UNKNOWN, &self.source.name, place, unknown));
        }
        notes.unable.take().map(|(keys, why)| (below(&at.key("matchingRules"), &keys), why))
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

/// What a file without metadata follows: what it has that others don't.
fn guessed(file: &Apart<'_>) -> PactVersion {
    let mut version = PactVersion::V1_1;
    for raw in file.list("interactions").unwrap_or_default() {
        // What is no JSON, or over a limit, is told when it is read.
        let Ok(element) = serde_json::from_str::<Value>(raw.get()) else { break };
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

fn kind(element: &Map<String, Value>, version: PactVersion) -> What {
    match element.get("type").and_then(Value::as_str).filter(|_| version == PactVersion::V4) {
        None | Some("Synchronous/HTTP") => What::Http,
        Some("Asynchronous/Messages") => What::Other("a message"),
        Some("Synchronous/Messages") => What::Other("a message with answers"),
        Some(_) => What::Unknown,
    }
}

/// A name that a service may have, as near to the text as can be.
fn spelled(text: &str) -> String {
    let mut name = String::new();
    // In the letters that names have: `Bücher` is Bucher, and other scripts by their sound.
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

/// Gives an interaction a name that no other has, and notes it: in Pact files two may have the same description, with other
/// states.
pub fn unique<T, S: BuildHasher>(interaction: &mut interaction::Interaction<T>, names: &mut HashSet<String, S>) {
    let plain = interaction.name.clone();
    let states: Vec<String> = interaction.given.iter().map(|state| in_one_line(&state.name)).collect();
    let with_states = (!states.is_empty()).then(|| format!("{plain} ({})", states.join(", ")));
    let numbered = (2..).map(|number| format!("{plain} ({number})"));
    let mut all = std::iter::once(plain.clone()).chain(with_states).chain(numbered);
    if let Some(name) = all.find(|name| !names.contains(name)) {
        interaction.name = name;
    }
    names.insert(interaction.name.clone());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_in_the_letters_that_they_have() {
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
