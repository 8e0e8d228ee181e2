//! Pact files as they are published: all that a consumer expects of a provider in one file.

use serde_json::{Map, Value, json};

use super::ContractFile;
use super::terms::Terms;
use crate::interaction::Kind;
use crate::pact::{LISTS, PactVersion};
use crate::source::json::text;

/// One text with the interactions of several Pact files of one pair, in their order. What can't be run is pending in it:
/// everybody sees it, and nobody is held to it.
///
/// # Errors
///
/// The names of two files that don't go together: their rules have the meanings of different versions of the
/// specification.
pub fn joined(files: &[&ContractFile]) -> Result<String, (String, String)> {
    let runs = |file: &&&ContractFile| file.contract.interactions.iter().any(|one| one.unrunnable().is_none());
    // What can't be run is the same in all versions, and goes with those that can.
    let Some(first) = files.iter().find(runs).or(files.first()) else { return Ok(String::new()) };
    if let Some(other) = files.iter().filter(runs).find(|file| version(file) != version(first)) {
        return Err((first.source.name.to_string(), other.source.name.to_string()));
    }
    let is_newest = version(first) == PactVersion::V4;
    let mut whole = read(first);
    let mut lists: [Vec<Value>; 2] = [Vec::new(), Vec::new()];
    for file in files {
        let mut from = read(file);
        let mut interactions = file.contract.interactions.iter();
        for (index, key) in LISTS.into_iter().enumerate() {
            let Some(Value::Array(list)) = from.remove(key) else { continue };
            for mut element in list {
                // The reader takes them in this very order.
                let is_skipped = interactions.next().is_some_and(|interaction| interaction.unrunnable().is_some());
                if let Value::Object(element) = &mut element
                    && is_skipped
                {
                    element.insert(String::from("pending"), json!(true));
                    if is_newest {
                        element.entry("type").or_insert_with(|| json!("Asynchronous/Messages"));
                    }
                }
                let to = match is_skipped {
                    true if is_newest => 0,
                    true => 1,
                    false => index,
                };
                lists[to].push(element);
            }
        }
    }
    for (key, list) in LISTS.into_iter().zip(lists) {
        whole.shift_remove(key);
        if !list.is_empty() {
            whole.insert(key.to_owned(), Value::Array(list));
        }
    }
    Ok(format!("{:#}\n", Value::Object(whole)))
}

/// A file's JSON, which was read before, within its limits.
fn read(file: &ContractFile) -> Map<String, Value> {
    serde_json::from_str(text(&file.source)).unwrap_or_default()
}

/// The version whose meanings a file's rules have.
fn version(file: &ContractFile) -> PactVersion {
    let terms = file.contract.interactions.first().map(|first| match &first.kind {
        Kind::Http(http) => &http.terms,
        Kind::Message(message) => &message.terms,
        Kind::Unrunnable(unrunnable) => &unrunnable.read.terms,
    });
    match terms {
        Some(Terms::Pact(terms)) => terms.request.version,
        Some(Terms::Own(_)) | None => PactVersion::default(),
    }
}
