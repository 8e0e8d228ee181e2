//! Writing contracts: a written contract is read back unchanged, in the same bytes, and means the same to other readers.

use proptest::prelude::*;
use serde_json::Value;
use upheld::contract::{Contract, read, write};
use upheld::formats::contract_id;
use upheld::matching::check_examples;
use upheld::source::{Limits, SourceFile, parse_yaml};

use crate::reading::{Files, HEAD, contract, either, lines, own, read_with};
use crate::strategies;

fn read_back(text: &str, files: &Files) -> Contract {
    own(&read_with(text, files).unwrap_or_else(|findings| panic!("{}\n{text}", lines(&findings))).contract)
}

/// A value of the YAML library as JSON. It has no numbers beyond 64 bits, so they are compared as floats.
fn as_json(value: &serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Null => Value::Null,
        serde_yaml::Value::Bool(value) => Value::Bool(*value),
        serde_yaml::Value::Number(number) => Value::String(format!("float {:e}", number.as_f64().unwrap())),
        serde_yaml::Value::String(text) => Value::String(format!("text {text}")),
        serde_yaml::Value::Sequence(items) => items.iter().map(as_json).collect(),
        serde_yaml::Value::Mapping(map) => {
            map.iter().map(|(key, value)| (key.as_str().expect("a key is a text").to_owned(), as_json(value))).collect()
        }
        serde_yaml::Value::Tagged(tagged) => panic!("a tag: {tagged:?}"),
    }
}

/// A JSON value in the same form.
fn comparable(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::String(format!("float {:e}", number.as_f64().unwrap())),
        Value::String(text) => Value::String(format!("text {text}")),
        Value::Array(items) => items.iter().map(comparable).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), comparable(value))).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(strategies::cases(150))]

    #[test]
    fn a_written_contract_is_read_back_and_written_again_unchanged((contract, files) in strategies::contract()) {
        let text = write(&contract);
        let again = read_back(&text, &files);
        prop_assert_eq!(&again, &contract, "\n{}", text);
        prop_assert_eq!(contract_id(&either(&again)), contract_id(&either(&contract)));
        prop_assert_eq!(write(&again), text);
    }

    #[test]
    fn a_written_contract_has_no_findings_and_its_examples_uphold_it((contract, files) in strategies::contract()) {
        let source = SourceFile::new("c.yaml", write(&contract), Limits::default());
        let read = read(&source, &files).unwrap();
        let mut findings = check_examples(&source, &read.contract);
        findings.extend(read.findings);
        prop_assert!(findings.is_empty(), "{}\n{}", lines(&findings), source.text);
    }

    #[test]
    fn a_written_contract_means_the_same_to_another_yaml_reader((contract, _) in strategies::contract()) {
        let text = write(&contract);
        // It can't read integers beyond 64 bits.
        prop_assume!(!text.contains("123456789012345678901234567890"));
        let theirs: serde_yaml::Value = serde_yaml::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        let (ours, _) = parse_yaml(&"c.yaml".into(), &text, Limits::default()).unwrap();
        prop_assert_eq!(as_json(&theirs), comparable(&ours), "\n{}", text);
    }
}

#[test]
fn a_contract_is_written_as_a_person_would() {
    let text = "# yaml-language-server: $schema=../contract.schema.json
contract: 1
consumer: storefront
provider: orders
description: What the shop needs
interactions:
  - name: get an order
    given:
      - an order exists: { id: 42 }
      - the shop is open
    request: GET /orders/42?full=yes
    response:
      status: 200
      headers:
        content-type: application/json
      body:
        id: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11
        status: paid
        placed_at: \"2026-05-01T09:30:00Z\"
        note: |
          two
          lines
        tags: [a, \"no\"]
        items:
          - { sku: TEA-1, qty: 2 }
      match:
        id: uuid
        status: [paid, open]
        placed_at: date-time
        note:
          one-of: [a, b]
          optional: true
        items: 1+
        items[].qty: integer or null

  - name: place an order
    request:
      method: POST
      path: /orders
      body:
        items: []
    response:
      status: 2XX
";
    let text_without_first_conflict = text.replace("note: |\n          two\n          lines\n", "note: a\n");
    assert_eq!(write(&own(&contract(&text_without_first_conflict))), text_without_first_conflict);
}

#[test]
fn a_long_key_and_a_long_text_are_read_back() {
    let text = format!(
        "{HEAD}  - name: it\n    request: GET /\n    response:\n      status: 200\n      body:\n        ? {}\n        : {}\n",
        "k".repeat(3000),
        "long ".repeat(3000)
    );
    let before = own(&contract(&text));
    let written = write(&before);
    assert_eq!(read_back(&written, &Files::new()), before);
    assert!(serde_yaml::from_str::<serde_yaml::Value>(&written).is_ok());
}
