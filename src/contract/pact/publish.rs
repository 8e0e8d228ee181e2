//! A Pact file as it is published: all that a consumer expects of a provider in one file, and nothing that can't be run
//! where that is to be left out.

use serde_json::{Map, Value};

use super::read::LISTS;
use crate::contract::ContractFile;

/// One text with the interactions of several Pact files of one pair, in their order; without those that can't be run if
/// these are to be left out. Nothing where no interaction is left.
///
/// # Errors
///
/// The names of two files that don't go together, since they follow other versions of the specification.
pub fn joined(files: &[&ContractFile], without_skipped: bool) -> Result<Option<String>, (String, String)> {
    let mut whole: Option<(Map<String, Value>, &ContractFile)> = None;
    for file in files {
        // It was read before, within its limits.
        let text = file.source.text.trim_start_matches('\u{feff}');
        let Ok(mut read) = serde_json::from_str::<Map<String, Value>>(text) else { continue };
        let mut skipped = file.contract.interactions.iter().map(|interaction| interaction.skipped.is_some());
        let mut kept = 0;
        for key in LISTS {
            if let Some(Value::Array(list)) = read.get_mut(key) {
                // The reader takes them in this very order.
                list.retain(|_| !(skipped.next().unwrap_or_default() && without_skipped));
                kept += list.len();
                if list.is_empty() && key != LISTS[0] {
                    read.shift_remove(key);
                }
            }
        }
        if kept == 0 {
            continue;
        }
        let Some((whole, first)) = &mut whole else {
            whole = Some((read, file));
            continue;
        };
        if version(whole) != version(&read) {
            return Err((first.source.name.to_string(), file.source.name.to_string()));
        }
        for key in LISTS {
            let Some(Value::Array(more)) = read.remove(key) else { continue };
            match whole.get_mut(key) {
                Some(Value::Array(list)) => list.extend(more),
                _ => drop(whole.insert(key.to_owned(), Value::Array(more))),
            }
        }
    }
    Ok(whole.map(|(whole, _)| format!("{:#}\n", Value::Object(whole))))
}

fn version(file: &Map<String, Value>) -> Option<&Value> {
    let metadata = file.get("metadata")?;
    let said = metadata.get("pactSpecification").or_else(|| metadata.get("pact-specification"));
    said.or_else(|| metadata.get("pactSpecificationVersion"))
}
