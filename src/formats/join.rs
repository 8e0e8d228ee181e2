//! Joins the Pact files of one pair into a single file, as they are published.

use serde_json::{Map, Value, json};

use super::terms::{ContractFile, Interaction, Terms};
use crate::pact::{LISTS, PactVersion};
use crate::source::json::text;
use crate::source::json_value;

/// One text with the interactions of several Pact files of one pair, in their order. Interactions that can't be run become
/// pending: they stay visible, but nobody has to uphold them.
///
/// # Errors
///
/// The names of two files that can't be joined, because they follow different versions of the specification.
pub fn join_pact_files(files: &[&ContractFile]) -> Result<String, (String, String)> {
    let runs = |file: &&&ContractFile| file.contract.interactions.iter().any(|one| one.unrunnable().is_none());
    // Interactions that can't be run mean the same in all versions, so the version of the others counts.
    let Some(first) = files.iter().find(runs).or(files.first()) else { return Ok(String::new()) };
    if let Some(other) = files.iter().filter(runs).find(|file| version(file) != version(first)) {
        return Err((first.source.name.to_string(), other.source.name.to_string()));
    }
    let is_newest = version(first) == PactVersion::V4;
    let mut joined = json_of(first);
    let mut lists: [Vec<Value>; 2] = [Vec::new(), Vec::new()];
    for file in files {
        let mut json = json_of(file);
        let mut interactions = file.contract.interactions.iter();
        for (index, key) in LISTS.into_iter().enumerate() {
            let Some(Value::Array(list)) = json.remove(key) else { continue };
            for mut element in list {
                // The reader takes them in this same order.
                let is_unrunnable = interactions.next().is_some_and(|interaction| interaction.unrunnable().is_some());
                if let Value::Object(element) = &mut element
                    && is_unrunnable
                {
                    element.insert(String::from("pending"), json!(true));
                    if is_newest {
                        element.entry("type").or_insert_with(|| json!("Asynchronous/Messages"));
                    }
                }
                let list = match is_unrunnable {
                    true if is_newest => 0,
                    true => 1,
                    false => index,
                };
                lists[list].push(element);
            }
        }
    }
    for (key, list) in LISTS.into_iter().zip(lists) {
        joined.shift_remove(key);
        if !list.is_empty() {
            joined.insert(key.to_owned(), Value::Array(list));
        }
    }
    Ok(format!("{:#}\n", Value::Object(joined)))
}

/// The JSON of a file. It was read before, so it is valid and within the limits.
fn json_of(file: &ContractFile) -> Map<String, Value> {
    match json_value::read_within(text(&file.source).as_bytes(), usize::MAX).map(|read| read.value) {
        Ok(Value::Object(object)) => object,
        Ok(_) | Err(_) => Map::new(),
    }
}

/// The version of the specification that gives a file's rules their meaning.
fn version(file: &ContractFile) -> PactVersion {
    match file.contract.interactions.first().map(Interaction::terms) {
        Some(Terms::Pact(terms)) => terms.request.version,
        Some(Terms::Own(_)) | None => PactVersion::default(),
    }
}
