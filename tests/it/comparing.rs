//! Contracts against OpenAPI documents: what a document covers, what it doesn't guarantee, and what breaks.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use serde_json::{Map, Value, json};
use upheld::comparing::{Compared, Gap, Verdict, compare};
use upheld::interaction::ActualResponse;
use upheld::matching::match_response;
use upheld::openapi::{self, Document};
use upheld::source::{Limits, Pointer, SourceFile};

use crate::reading::{Files, contract, own, read_with};
use crate::strategies::cases;

/// A document whose one operation responds with a value of this schema.
fn document(schema: &Value, components: &Value) -> Document {
    let text = json!({
        "openapi": "3.1.0",
        "info": { "title": "orders", "version": "1" },
        "paths": { "/x": { "get": { "responses": { "200": {
            "description": "",
            "content": { "application/json": { "schema": schema } },
        } } } } },
        "components": { "schemas": components },
    });
    read(&text.to_string())
}

fn read(text: &str) -> Document {
    let source = Arc::new(SourceFile::new("openapi.yaml", text.to_owned(), Limits::default()));
    openapi::read(&source).unwrap_or_else(|findings| panic!("{findings:#?}"))
}

/// The comparison of the one interaction that needs a body like this.
fn needs(document: &Document, body: &str, rules: &str) -> Compared {
    let text = format!(
        "contract: 1\nconsumer: web\nprovider: orders\ninteractions:\n  - name: get\n    request: GET /x\n    response:\n      \
         status: 200\n      body: {body}\n{}",
        if rules.is_empty() { String::new() } else { format!("      match: {rules}\n") }
    );
    let mut found = compare(&own(&contract(&text)), document).interactions;
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn verdict_and_witness(schema: &Value, body: &str, rules: &str) -> (Verdict, Option<String>) {
    let compared = needs(&document(schema, &json!({})), body, rules);
    let worst = compared.verdict();
    let witness = compared.gaps.iter().find(|gap| gap.verdict == worst).and_then(Gap::shown_witness);
    (worst, witness)
}

#[test]
fn a_value_is_covered_not_guaranteed_or_breaks_by_its_rules_and_not_by_its_example() {
    use Verdict::{Breaks, Covered, NeedsState, NotGuaranteed, Undecided};
    let object = |schema: Value| json!({ "type": "object", "properties": { "a": schema }, "required": ["a"] });
    let optional = |schema: Value| json!({ "type": "object", "properties": { "a": schema } });
    let mut wrong = Vec::new();
    for (schema, body, rules, verdict, witness) in [
        // The type of the example.
        (object(json!({ "type": "string" })), "{ a: x }", "", Covered, None),
        (object(json!({ "type": "integer" })), "{ a: x }", "", Breaks, None),
        (optional(json!({ "type": "integer" })), "{ a: x }", "", Breaks, None),
        (optional(json!({ "type": "string" })), "{ a: x }", "", NotGuaranteed, None),
        (optional(json!({ "type": "string" })), "{ a: x }", "{ a: optional }", Covered, None),
        (optional(json!({ "type": "integer" })), "{ a: x }", "{ a: optional }", NotGuaranteed, Some("1")),
        (object(json!({ "type": ["string", "null"] })), "{ a: x }", "", NotGuaranteed, Some("null")),
        (object(json!({ "type": ["string", "null"] })), "{ a: x }", "{ a: string or null }", Covered, None),
        (object(json!({ "type": "string", "nullable": true })), "{ a: x }", "", NotGuaranteed, Some("null")),
        (
            object(json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] })),
            "{ a: x }",
            "",
            NotGuaranteed,
            Some("null"),
        ),
        (object(json!({})), "{ a: x }", "", NotGuaranteed, None),
        (object(json!({})), "{ a: x }", "{ a: any }", Covered, None),
        (object(json!(false)), "{ a: x }", "", Breaks, None),
        // Undeclared.
        (json!({ "type": "object", "properties": { "b": {} } }), "{ a: x }", "", Breaks, None),
        (json!({ "type": "object", "properties": { "b": {} } }), "{ a: x }", "{ a: optional }", Covered, None),
        (
            json!({ "type": "object", "properties": { "b": {} }, "additionalProperties": true }),
            "{ a: x }",
            "",
            NotGuaranteed,
            None,
        ),
        (
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            "{ a: x }",
            "",
            NotGuaranteed,
            None,
        ),
        (json!({ "type": "object", "additionalProperties": { "type": "integer" } }), "{ a: x }", "", Breaks, None),
        (json!({ "type": "object", "properties": {}, "additionalProperties": false }), "{ a: x }", "", Breaks, None),
        // Numbers.
        (object(json!({ "type": "number" })), "{ a: 1 }", "{ a: integer }", NotGuaranteed, Some("0.5")),
        (object(json!({ "type": "integer" })), "{ a: 1 }", "{ a: integer }", Covered, None),
        (object(json!({ "type": "integer" })), "{ a: 1 }", "{ a: number }", Covered, None),
        (object(json!({ "type": "integer", "minimum": 3, "maximum": 3 })), "{ a: 1 }", "{ a: [1, 2] }", Breaks, None),
        (object(json!({ "type": "integer" })), "{ a: 1 }", "{ a: [1, 2] }", NotGuaranteed, Some("0")),
        // Lists of values.
        (
            object(json!({ "enum": ["paid", "open", "void"] })),
            "{ a: paid }",
            "{ a: [paid, open] }",
            NotGuaranteed,
            Some("\"void\""),
        ),
        (object(json!({ "enum": ["paid", "open"] })), "{ a: paid }", "{ a: [paid, open] }", Covered, None),
        (object(json!({ "enum": ["void"] })), "{ a: paid }", "{ a: [paid, open] }", Breaks, None),
        (object(json!({ "enum": ["void"] })), "{ a: paid }", "", Covered, None),
        (object(json!({ "const": "paid" })), "{ a: paid }", "{ a: equal }", Covered, None),
        (object(json!({ "enum": ["paid", null] })), "{ a: paid }", "", NotGuaranteed, Some("null")),
        // Formats.
        (
            object(json!({ "type": "string", "format": "uuid" })),
            "{ a: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11 }",
            "{ a: uuid }",
            Covered,
            None,
        ),
        (
            object(json!({ "type": "string" })),
            "{ a: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11 }",
            "{ a: uuid }",
            NotGuaranteed,
            Some("\"\""),
        ),
        (
            object(json!({ "type": "string", "format": "date" })),
            "{ a: 6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11 }",
            "{ a: uuid }",
            Breaks,
            None,
        ),
        (
            object(json!({ "type": "string", "format": "date-time" })),
            "{ a: '2026-05-01' }",
            "{ a: date }",
            Breaks,
            None,
        ),
        (
            object(json!({ "type": "string", "enum": ["2026-05-01", "today"] })),
            "{ a: '2026-05-01' }",
            "{ a: date }",
            NotGuaranteed,
            Some("\"today\""),
        ),
        // Expressions.
        (object(json!({ "type": "string", "pattern": "^[a-c]+$" })), "{ a: abc }", "{ a: '/[a-z]+/' }", Covered, None),
        (
            object(json!({ "type": "string", "pattern": "^[a-z]+$" })),
            "{ a: abc }",
            "{ a: '/[a-c]+/' }",
            NotGuaranteed,
            Some("\"d\""),
        ),
        (object(json!({ "type": "string", "pattern": "^[0-9]+$" })), "{ a: abc }", "{ a: '/[a-c]+/' }", Breaks, None),
        (object(json!({ "type": "string", "minLength": 1 })), "{ a: x }", r"{ a: '/[\s\S]+/' }", Covered, None),
        (object(json!({ "type": "string" })), "{ a: x }", r"{ a: '/.+/' }", NotGuaranteed, Some("\"\"")),
        (object(json!({ "type": "string", "maxLength": 3 })), "{ a: xxxx }", r"{ a: '/.{4}/' }", Breaks, None),
        (
            object(json!({ "type": "string", "pattern": "^(?!x).*$" })),
            "{ a: y }",
            r"{ a: '/[^x]*/' }",
            NotGuaranteed,
            Some("\"text\""),
        ),
        // Sizes.
        (json!({ "type": "array", "items": { "type": "string" } }), "[x]", "", NeedsState, None),
        (json!({ "type": "array", "items": { "type": "string" } }), "[x]", "{ $: 0+ }", Covered, None),
        (json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }), "[x]", "", Covered, None),
        (json!({ "type": "array", "items": { "type": "string" }, "maxItems": 1 }), "[x, y]", "{ $: 2+ }", Breaks, None),
        (json!({ "type": "array", "items": { "type": "integer" } }), "[x]", "", Breaks, None),
        (json!({ "type": "array", "items": { "type": "integer" } }), "[x]", "{ $: 0+ }", NotGuaranteed, None),
        // Absent and closed.
        (optional(json!({})), "{ b: 1 }", "{ a: absent }", Breaks, None),
        (object(json!({ "type": "string" })), "{ a: x }", "{ $: closed }", Covered, None),
        (
            json!({ "type": "object", "properties": { "a": { "type": "string" }, "b": {} }, "required": ["a", "b"] }),
            "{ a: x }",
            "{ $: closed }",
            Breaks,
            None,
        ),
        // Schemas of the contract.
        (
            object(json!({ "type": "integer", "minimum": 5 })),
            "{ a: 7 }",
            "{ a: { schema: { minimum: 6 } } }",
            NotGuaranteed,
            Some("5"),
        ),
        (
            object(json!({ "type": "integer", "minimum": 5 })),
            "{ a: 7 }",
            "{ a: { schema: { minimum: 1 } } }",
            Undecided,
            None,
        ),
    ] {
        let found = verdict_and_witness(&schema, body, rules);
        let expected = (verdict, witness.map(str::to_owned));
        if found != expected {
            wrong.push(format!("{schema} {body} {rules}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A schema of one value.
fn leaf() -> impl Strategy<Value = Value> {
    select(vec![
        json!({ "type": "string" }),
        json!({ "type": "string", "minLength": 1, "maxLength": 3 }),
        json!({ "type": "string", "pattern": "^[a-c]+$" }),
        json!({ "type": "string", "format": "uuid" }),
        json!({ "type": "string", "format": "date" }),
        json!({ "type": ["string", "null"] }),
        json!({ "enum": ["paid", "open", "void"] }),
        json!({ "enum": ["paid", 1, null] }),
        json!({ "const": "paid" }),
        json!({ "type": "integer" }),
        json!({ "type": "integer", "minimum": 1, "maximum": 3 }),
        json!({ "type": "number" }),
        json!({ "type": "number", "exclusiveMinimum": 0 }),
        json!({ "type": ["integer", "boolean"] }),
        json!({ "type": "boolean" }),
        json!({ "type": "null" }),
    ])
}

fn schema() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 16, 3, |inner| {
        let object = (vec((select(vec!["a", "b", "c"]), inner.clone(), any::<bool>()), 0..3), 0..4_u8);
        prop_oneof![
            3 => object.prop_map(|(fields, additional)| {
                let required: BTreeSet<&str> = fields.iter().filter(|(_, _, required)| *required).map(|(name, ..)| *name).collect();
                let properties: Map<String, Value> =
                    fields.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())).collect();
                let mut schema = json!({ "type": "object", "properties": properties, "required": required });
                match additional {
                    0 => schema["additionalProperties"] = json!(false),
                    1 => schema["additionalProperties"] = json!({ "type": "string" }),
                    _ => {}
                }
                schema
            }),
            1 => (inner.clone(), 0..3_u8, option_of(0..3_u8)).prop_map(|(items, least, more)| {
                let mut schema = json!({ "type": "array", "items": items, "minItems": least });
                if let Some(more) = more {
                    schema["maxItems"] = json!(least + more);
                }
                schema
            }),
            1 => vec(inner.clone(), 1..3).prop_map(|either| json!({ "anyOf": either })),
            1 => vec(inner, 1..3).prop_map(|all| json!({ "allOf": all })),
        ]
    })
}

fn option_of<S: Strategy>(inner: S) -> impl Strategy<Value = Option<S::Value>> {
    proptest::option::of(inner)
}

/// Something like an instance of a schema, by choices that run out. Undeclared properties are never sent.
fn instance(schema: &Value, choices: &mut impl Iterator<Item = u8>) -> Value {
    let mut choose = |from: usize| usize::from(choices.next().unwrap_or(0)) % from.max(1);
    if let Some(values) = schema["enum"].as_array() {
        return values[choose(values.len())].clone();
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(branches) = schema[key].as_array() {
            let branch = branches[choose(branches.len())].clone();
            return instance(&branch, choices);
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut merged = json!({});
        for part in all {
            let value = instance(part, choices);
            match (merged.as_object_mut(), value) {
                (Some(merged), Value::Object(value)) => merged.extend(value),
                (_, value) => merged = value,
            }
        }
        return merged;
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[choose(kinds.len())].as_str().unwrap_or("null").to_owned(),
        kind => kind.as_str().unwrap_or("null").to_owned(),
    };
    match kind.as_str() {
        "string" => {
            let texts = ["", "a", "abc", "abcd", "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11", "2026-05-01", "paid", "x y"];
            json!(texts[choose(texts.len())])
        }
        "integer" => json!([0, 1, 2, 3, -7][choose(5)]),
        "number" => json!([0.5, 1.0, 2.0, -1.5, 100.0][choose(5)]),
        "boolean" => json!(choose(2) == 0),
        "array" => {
            let least = usize::try_from(schema["minItems"].as_u64().unwrap_or(0)).unwrap();
            let length = least + choose(3);
            (0..length).map(|_| instance(&schema["items"], choices)).collect()
        }
        "object" => {
            let mut object = Map::new();
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let required = schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
                let there = choices.next().unwrap_or(0).is_multiple_of(2);
                if required || there {
                    object.insert(name.clone(), instance(property, choices));
                }
            }
            Value::Object(object)
        }
        _ => Value::Null,
    }
}

/// Every place of a value, as the path of a rule.
fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(if at.is_empty() { String::from("$") } else { at.to_owned() });
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                paths(value, &if at.is_empty() { key.clone() } else { format!("{at}.{key}") }, found);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                paths(first, &format!("{at}[]"), found);
            }
        }
        _ => {}
    }
}

const MATCHERS: &[&str] = &[
    "any",
    "string",
    "integer",
    "number",
    "boolean",
    "uuid",
    "date",
    "/[a-z]+/",
    "/[a-c]*/",
    "[paid, open]",
    "[1, 2, 3]",
    "optional",
    "or null",
    "string or null",
    "integer optional",
    "equal",
    "exact",
    "0+",
    "1+",
    "2..3",
    "unordered",
    "contains",
    "closed",
];

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_checker_never_contradicts_the_matcher(
        schema in schema(),
        base in vec(any::<u8>(), 30),
        other in proptest::option::weighted(0.3, leaf()),
        rules in vec((any::<prop::sample::Index>(), select(MATCHERS)), 0..3),
        draws in vec(vec(any::<u8>(), 30), 20),
    ) {
        let example = instance(other.as_ref().unwrap_or(&schema), &mut base.into_iter());
        let mut places = Vec::new();
        paths(&example, "", &mut places);
        let rules: Map<String, Value> = rules.into_iter().map(|(index, matcher)| {
            let matcher = serde_json::from_str(matcher).unwrap_or_else(|_| json!(matcher));
            (index.get(&places).clone(), matcher)
        }).collect();
        let text = json!({
            "contract": 1, "consumer": "web", "provider": "orders",
            "interactions": [{ "name": "get", "request": "GET /x", "response": { "status": 200, "body": example, "match": rules } }],
        }).to_string();
        let Ok(read) = read_with(&text, &Files::new()) else { return Ok(()) };
        let contract = own(&read.contract);
        prop_assume!(upheld::matching::own_mismatches(&contract).is_empty());
        let document = document(&schema, &json!({}));
        let compared = compare(&contract, &document).interactions.remove(0);
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let http = contract.interactions[0].http().unwrap();
        for draw in draws {
            let value = instance(&schema, &mut draw.into_iter());
            if !validator.is_valid(&value) {
                continue;
            }
            let response = ActualResponse {
                status: 200,
                headers: vec![(String::from("content-type"), String::from("application/json"))],
                body: value.to_string().into_bytes(),
            };
            let fits = match_response(&http.response, &http.terms.response, &response, &Pointer::root()).is_empty();
            let verdict = compared.verdict();
            prop_assert!(fits || verdict != Verdict::Covered, "{verdict}, but {value} breaks {text}\n{schema}");
            prop_assert!(!fits || verdict != Verdict::Breaks, "{verdict}, but {value} fits {text}\n{schema}\n{:#?}", compared.gaps);
        }
    }
}
