//! JSON that others wrote is read in one place, which takes an object for an object whatever its keys are.

use super::support::imports::sources;

/// What reads JSON with the library's own idea of a value.
const READERS: [&str; 6] = [
    "serde_json::from_str",
    "serde_json::from_slice",
    "serde_json::from_value",
    "serde_json::from_reader",
    "Value::deserialize",
    "serde_json::Deserializer",
];

/// The files that may: they read into types of their own, in which nothing is an arbitrary value.
const TYPED: [&str; 11] = [
    "src/contract/raw.rs",
    "src/contract/read.rs",
    "src/files/mod.rs",
    "src/ledger/declared.rs",
    "src/ledger/record.rs",
    "src/ledger/renamed.rs",
    "src/ledger/world.rs",
    "src/pact/data_type.rs",
    "src/recording/secrets/editor.rs",
    "src/registry/read.rs",
    "src/source/json.rs",
];

#[test]
fn values_of_others_are_read_in_one_place() {
    let others = sources().into_iter().filter(|(file, _)| {
        file != "src/source/json_value.rs" && !file.contains("/tests") && !TYPED.contains(&file.as_str())
    });
    let faults: Vec<String> = others
        .flat_map(|(file, text)| {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            let found = READERS.into_iter().filter(move |reader| code.contains(reader));
            found.map(move |reader| format!("{file}: {reader}: use `source::json_value`")).collect::<Vec<_>>()
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
