//! The published schema: editors use it, and every contract in this repository is valid.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use upheld::contract::contract_schema;
use upheld::formats::read;
use upheld::source::{Limits, SourceFile};

use crate::reading::{Files, checked, lines};

/// The paths of all contracts in the repository.
fn contracts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with("upheld.yaml") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_contract_in_this_repository_is_free_of_findings() {
    let contracts = contracts();
    assert!(contracts.len() >= 2);
    for path in contracts {
        let source = SourceFile::new(path.to_string_lossy(), fs::read_to_string(&path).unwrap(), Limits::default());
        let read = read(&source, &Files::new()).unwrap_or_else(|found| panic!("{}: {}", path.display(), lines(&found)));
        let findings = checked(source, read);
        assert!(findings.is_empty(), "{}: {}", path.display(), lines(&findings));
    }
}

#[test]
fn every_matcher_is_in_the_schema() {
    let matcher = &contract_schema()["$defs"]["Matcher"];
    let description = matcher["description"].as_str().unwrap();
    for word in [
        "exact",
        "equal",
        "any",
        "absent",
        "string",
        "number",
        "integer",
        "boolean",
        "uuid",
        "date",
        "date-time",
        "time",
        "email",
        "uri",
        "1+",
        "0+",
        "2..5",
        "unordered",
        "contains",
        "closed",
        "optional",
        "or null",
        "schema",
        "one-of",
    ] {
        assert!(description.contains(&format!("`{word}`")), "`{word}` is not described");
    }
    assert!(description.contains("regular expression") && description.contains("list of allowed values"));
}

/// Visits every schema inside the schema, with its path.
fn each<'s>(schema: &'s Value, at: &str, visit: &mut dyn FnMut(&str, &'s Value)) {
    visit(at, schema);
    for keyword in ["properties", "$defs"] {
        for (name, below) in schema[keyword].as_object().into_iter().flatten() {
            each(below, &format!("{at}/{keyword}/{name}"), visit);
        }
    }
    for keyword in ["items", "additionalProperties", "propertyNames"] {
        if schema[keyword].is_object() {
            each(&schema[keyword], &format!("{at}/{keyword}"), visit);
        }
    }
}

#[test]
fn everything_is_described_for_editors_and_nothing_shows_the_programs_inside() {
    let schema = contract_schema();
    jsonschema::draft202012::meta::validate(schema).unwrap();
    let (mut defined, mut used) = (BTreeSet::new(), BTreeSet::new());
    each(schema, "", &mut |at, schema| {
        if matches!(at.rsplit('/').nth(1), Some("properties" | "$defs")) {
            assert!(schema["description"].is_string(), "{at} has no description");
        }
        // Only a state without parameters may have nothing after its colon.
        let types = schema.get("type").map(Value::to_string).unwrap_or_default();
        assert!(!types.contains("null") || at.ends_with("State/additionalProperties"), "{at}: {types}");
        for noise in ["default", "format", "anyOf", "oneOf"] {
            assert!(schema.get(noise).is_none(), "{at} has `{noise}`");
        }
        defined.extend(
            at.strip_prefix("/$defs/").filter(|name| !name.contains('/')).map(|name| format!("#/$defs/{name}")),
        );
        used.extend(schema["$ref"].as_str().map(str::to_owned));
    });
    assert_eq!(defined, used);
    assert!(!schema.to_string().contains("Raw"), "names of types are the program's own");
}
