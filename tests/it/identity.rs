//! Identity: interactions that are verified in the same way have the same id, and all others have different ones.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use upheld::contract::{self, Matcher, PathRule, Rule, write};
use upheld::formats::{Contract, Interaction, Terms, contract_id, interaction_id};
use upheld::interaction::{Body, Content, Headers, Http, State, Status};
use upheld::source::{Limits, parse_yaml};

use crate::reading::{HEAD, contract, either, files, http, http_mut, interaction, own, read_with, text_of};
use crate::strategies;

fn id(interaction: &Interaction) -> String {
    interaction_id(interaction).to_string()
}

fn only(text: &str) -> Interaction {
    contract(text).interactions.remove(0)
}

/// Texts that differ in every way that makes no difference.
const SPELLINGS: &[&str] = &[
    "  - name: get an order
    given: [an order exists: { id: 42, tags: [a, b] }]
    request: GET /orders/42?page=1&tag=a&tag=b
    response:
      status: 200
      headers: { content-type: application/json, vary: [accept, origin] }
      body: { id: 42, price: 1.5, list: [{ a.b: 1 }] }
      match: { id: integer, price: [1.5, 2], \"list[].\\\"a.b\\\"\": number optional or null }
",
    "  # A comment, another name, a description, other orders of keys, blocks, and a mapping for the request.
  - response:
      match:
        'list[].\"a.b\"': number   or null optional
        $.price: { one-of: [2.0, 15e-1] }
        id: integer
      body:
        list:
          - \"a.b\": 1.0
        price: 1.50
        id: 0x2A
      headers:
        Vary: [accept, origin]
        Content-Type: \"application/json\"
      status: 200.0
    name: fetch it
    description: more words
    request:
      path: /orders/42
      method: \"GET\"
      query: { tag: [a, b], page: 1 }
      headers: {}
      match: {}
    given:
      - an order exists:
          tags:
            - a
            - b
          id: 42.0
",
    "  - {\"name\": \"n\", \"given\": [{\"an order exists\": {\"id\": 42, \"tags\": [\"a\", \"b\"]}}], \"request\": \"GET /orders/42?tag=a&page=1&tag=b\",
     \"response\": {\"status\": 200, \"headers\": {\"CONTENT-TYPE\": \"application/json\", \"vary\": [\"accept\", \"origin\"]},
     \"body\": {\"price\": 1.5, \"id\": 42, \"list\": [{\"a.b\": 10e-1}]},
     \"match\": {\"list[].\\\"a.b\\\"\": \"number optional or null\", \"\\\"price\\\"\": [2, 1.5], \"id\": \"integer\"}}}
",
];

#[test]
fn spelling_order_names_and_comments_make_no_difference() {
    let ids: BTreeSet<String> = SPELLINGS.iter().map(|text| id(&only(&format!("{HEAD}{text}")))).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[test]
fn an_alias_is_the_same_as_the_value_that_it_names() {
    let one = text_of("method: GET\npath: /", "status: 200\nbody: { a: &x { b: 1 }, c: *x }");
    let other = text_of("method: GET\npath: /", "status: 200\nbody: { a: { b: 1 }, c: { b: 1 } }");
    assert_eq!(id(&only(&one)), id(&only(&other)));
}

/// A change of one part of an interaction.
type Change = Box<dyn Fn(&mut contract::Interaction)>;

/// Every change of one part that is verified.
fn changes() -> Vec<(&'static str, Change)> {
    fn change(f: impl Fn(&mut contract::Interaction) + 'static) -> Change {
        Box::new(f)
    }
    fn message(f: impl Fn(&mut Http<contract::Terms>) + 'static) -> Change {
        Box::new(move |interaction| f(http_mut(interaction)))
    }
    fn rule(matcher: Matcher) -> Rule {
        Rule::of(matcher)
    }
    fn body_rule(http: &mut Http<contract::Terms>) -> &mut Rule {
        &mut http.terms.response.body[0].rule
    }
    fn json_body(http: &mut Http<contract::Terms>) -> &mut Value {
        let Some(Body { content: Content::Json(value), .. }) = &mut http.response.body else { panic!("a JSON body") };
        value
    }
    vec![
        ("another state", change(|i| i.given[0].name.push('x'))),
        ("another parameter", change(|i| drop(i.given[0].params.insert(String::from("id"), json!(43))))),
        ("a parameter of another type", change(|i| drop(i.given[0].params.insert(String::from("id"), json!("42"))))),
        ("no state", change(|i| i.given.clear())),
        ("one more state", change(|i| i.given.push(State { name: String::from("x"), params: Map::new() }))),
        (
            "the states in another order",
            change(|i| i.given.insert(0, State { name: String::from("y"), params: Map::new() })),
        ),
        ("another method", message(|i| i.request.method = String::from("POST"))),
        ("another path", message(|i| i.request.path.push('3'))),
        ("a slash at the end", message(|i| i.request.path.push('/'))),
        ("another parameter of the query", message(|i| drop(i.request.query.insert(String::from("x"), vec![])))),
        ("another value in the query", message(|i| i.request.query[0][0].push('x'))),
        ("the values of the query in another order", message(|i| i.request.query["tag"].reverse())),
        ("a header in the request", message(|i| drop(i.request.headers.insert(String::from("x"), vec![])))),
        ("a body in the request", message(|i| i.request.body = Some(Body::json(json!(1))))),
        ("a body of null in the request", message(|i| i.request.body = Some(Body::json(json!(null))))),
        ("a text in the request", message(|i| i.request.body = Some(Body::text("1")))),
        ("bytes in the request", message(|i| i.request.body = Some(Body::bytes(&b"1"[..])))),
        ("a form in the request", message(|i| i.request.body = Some(Body::form(Headers::new())))),
        (
            "a rule for a header of the request",
            message(|i| drop(i.terms.request.message.headers.insert(String::from("x"), rule(Matcher::Any)))),
        ),
        (
            "a rule for the query",
            message(|i| drop(i.terms.request.query.insert(String::from("page"), rule(Matcher::Any)))),
        ),
        ("a rule for the path", message(|i| i.terms.request.path = Some(PathRule::Whole(rule(Matcher::Any))))),
        (
            "a rule for a segment",
            message(|i| i.terms.request.path = Some(PathRule::Segments([(2, rule(Matcher::Any))].into()))),
        ),
        (
            "a rule for another segment",
            message(|i| i.terms.request.path = Some(PathRule::Segments([(1, rule(Matcher::Any))].into()))),
        ),
        ("another status", message(|i| i.response.status = Status::Code(201))),
        ("a class of statuses", message(|i| i.response.status = Status::Class(2))),
        ("another header in the response", message(|i| i.response.headers["content-type"][0].push('x'))),
        ("no header in the response", message(|i| i.response.headers.clear())),
        ("no body", message(|i| i.response.body = None)),
        ("another number", message(|i| json_body(i)["id"] = json!(43))),
        ("another type", message(|i| json_body(i)["id"] = json!("42"))),
        ("another key", message(|i| json_body(i)["x"] = json!(42))),
        ("elements in another order", message(|i| json_body(i)["list"] = json!([{"a.b": 1}, {}]))),
        ("elements in this order", message(|i| json_body(i)["list"] = json!([{}, {"a.b": 1}]))),
        ("null for a value", message(|i| json_body(i)["id"] = json!(null))),
        ("a large number", message(|i| json_body(i)["id"] = json!(9_007_199_254_740_992_u64))),
        ("a large number and one", message(|i| json_body(i)["id"] = json!(9_007_199_254_740_993_u64))),
        ("the text of a number's canonical form", message(|i| json_body(i)["id"] = json!("n:42"))),
        ("no rules", message(|i| i.terms.response.body.clear())),
        ("another rule", message(|i| *body_rule(i) = rule(Matcher::Any))),
        ("an optional rule", message(|i| body_rule(i).optional = true)),
        ("a rule with null", message(|i| body_rule(i).or_null = true)),
        ("a size", message(|i| *body_rule(i) = rule(Matcher::Size { min: 1, max: None }))),
        ("a size with an end", message(|i| *body_rule(i) = rule(Matcher::Size { min: 1, max: Some(1) }))),
        ("one of texts", message(|i| *body_rule(i) = rule(Matcher::OneOf(vec![json!("1"), json!("2")])))),
        ("one of numbers", message(|i| *body_rule(i) = rule(Matcher::OneOf(vec![json!(1), json!(2)])))),
        (
            "a rule for a header of the response",
            message(|i| drop(i.terms.response.headers.insert(String::from("vary"), rule(Matcher::Any)))),
        ),
    ]
}

#[test]
fn every_change_that_matters_changes_the_id() {
    let before = own(&contract(&format!("{HEAD}{}", SPELLINGS[0]))).interactions.remove(0);
    let id = |own: &contract::Interaction| id(&own.clone().map(Terms::from));
    let mut seen = BTreeSet::from([id(&before)]);
    for (what, change) in changes() {
        let mut after = before.clone();
        change(&mut after);
        assert!(seen.insert(id(&after)), "{what} is not told apart");
    }
}

#[test]
fn different_rules_have_different_ids() {
    let mut seen = BTreeSet::new();
    for rule in [
        "exact",
        "any",
        "string",
        "optional",
        "or null",
        "optional or null",
        "string optional",
        "string or null",
        "/a|b/",
        "/b|a/",
        "[a, b]",
        "[a]",
        "[a, null]",
        "{ schema: { type: string } }",
        "{ schema: { minLength: 1 } }",
        "{ schema: true }",
    ] {
        let it = interaction("method: GET\npath: /", &format!("status: 200\nbody: {{ x: a }}\nmatch: {{ x: {rule} }}"));
        assert!(seen.insert(id(&it)), "{rule}");
    }
    // The same rule for another place has another id, too.
    let it = interaction("method: GET\npath: /", "status: 200\nbody: { x: a }\nmatch: { $: any }");
    assert!(seen.insert(id(&it)));
}

#[test]
fn a_body_in_a_file_has_the_same_id_unless_it_would_be_filled() {
    let beside = files([("a.json", r#"{"a": "x"}"#), ("b.json", r#"{"a": "${id}"}"#), ("c.json", r#"{"a": "y"}"#)]);
    let with = |body: &str| {
        let text = text_of("method: POST\npath: /", &format!("status: 200\n{body}"));
        let text = text.replacen("request:", "given: [it exists: { id: 1 }]\n    request:", 1);
        id(&read_with(&text, &beside).unwrap().contract.interactions[0])
    };
    assert_eq!(with("body: { a: x }"), with("body-file: a.json"));
    assert_ne!(with("body-file: a.json"), with("body-file: c.json"));
    assert_ne!(with("body: { a: \"${id}\" }"), with("body-file: b.json"));
}

#[test]
fn the_files_of_a_schema_are_part_of_the_id() {
    let with = |file: &str| {
        let text = text_of("method: GET\npath: /", "status: 200\nbody: 1\nmatch: { $: { schema: { $ref: a.json } } }");
        id(&read_with(&text, &files([("a.json", file)])).unwrap().contract.interactions[0])
    };
    assert_eq!(with(r#"{"type": "integer", "minimum": 1}"#), with(r#"{ "minimum": 1.0, "type": "integer" }"#));
    assert_ne!(with(r#"{"minimum": 1}"#), with(r#"{"minimum": 2}"#));
}

#[test]
fn a_contracts_id_depends_on_its_provider_and_its_interactions_in_any_order() {
    let both = |first: &str, second: &str| {
        format!(
            "{HEAD}  - {{ name: a, request: {first}, response: {{ status: 200 }} }}\n  - {{ name: b, request: {second}, response: {{ status: 200 }} }}\n"
        )
    };
    let id = |text: &str| contract_id(&contract(text));
    let text = both("GET /a", "GET /b");
    assert_eq!(id(&text), id(&both("GET /b", "GET /a")));
    assert_eq!(id(&text), id(&text.replace("storefront", "another")));
    assert_ne!(id(&text), id(&text.replace("orders", "another")));
    assert_ne!(id(&text), id(&both("GET /a", "GET /c")));
}

/// A document with the keys of its mappings in reverse order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect())
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(strategies::cases(100))]

    #[test]
    fn block_style_and_the_order_of_keys_make_no_difference((contract, files) in strategies::contract()) {
        let text = write(&contract);
        let (root, _) = parse_yaml(&"c.yaml".into(), &text, Limits::default()).unwrap();
        // JSON is YAML, too.
        let json = reversed(&root).to_string();
        let again = read_with(&json, &files).map(|read| read.contract);
        let again = again.map_err(|findings| TestCaseError::fail(crate::reading::lines(&findings)))?;
        let ids = |contract: &Contract| contract.interactions.iter().map(id).collect::<Vec<_>>();
        prop_assert_eq!(ids(&again), ids(&either(&contract)), "\n{}", text);
    }

    #[test]
    fn different_interactions_have_different_ids((one, _) in strategies::contract(), (other, _) in strategies::contract()) {
        let (one, other) = (either(&one), either(&other));
        let (one, other) = (&one.interactions[0], &other.interactions[0]);
        let same = one.given == other.given && http(one) == http(other);
        prop_assert_eq!(id(one) == id(other), same);
    }
}
