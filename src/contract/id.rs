//! Identity: what an interaction and a contract are, free of names, key order, comments and spelling.
//!
//! An interaction's id is the SHA-256 of its canonical content in canonical JSON (RFC 8785). Values of the user's
//! are put in with their type in front of them (`s:` for texts, `n:` for numbers), since RFC 8785 has no numbers past
//! 2^53 and an id must tell 9007199254740993 from 9007199254740992 and from "9007199254740993".

use std::fmt;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::document::{Body, Contract, Interaction, PathRule, Rules};
use super::matcher::{Matcher, Rule};
use super::number::Decimal;

/// The version of the canonical form. It is part of every id, and a text like all the rest of it: there are no numbers
/// in the canonical form, so that no writer of it can spell one otherwise.
const FORMAT: &str = "1";

/// The identity of an interaction: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InteractionId([u8; 32]);

/// The identity of a contract: 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContractId([u8; 32]);

/// The id of an interaction: the same for all that is verified in the same way.
#[must_use]
pub fn interaction_id(interaction: &Interaction) -> InteractionId {
    InteractionId(hash(&content(interaction)))
}

/// What an interaction's id is made of.
fn content(interaction: &Interaction) -> Value {
    let given: Vec<Value> =
        interaction.given.iter().map(|state| json!({"name": state.name, "params": object(&state.params)})).collect();
    let request = &interaction.request;
    let response = &interaction.response;
    json!({
        "format": FORMAT,
        "given": given,
        "request": {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": request.headers,
            "body": request.body.as_ref().map(body),
            "match": rules(&request.rules),
            "match-query": named_rules(&request.query_rules),
            "match-path": request.path_rule.as_ref().map(|rule| match rule {
                PathRule::Whole(one) => json!({"whole": self::rule(one)}),
                PathRule::Segments(segments) => {
                    json!({"segments": segments.iter().map(|(index, one)| (index.to_string(), self::rule(one))).collect::<Map<_, _>>()})
                }
            }),
        },
        "response": {
            "status": response.status.to_string(),
            "headers": response.headers,
            "body": response.body.as_ref().map(body),
            "match": rules(&response.rules),
        },
    })
}

/// The id of a contract: of its provider and what is expected of it, whatever the order.
#[must_use]
pub fn contract_id(contract: &Contract) -> ContractId {
    let mut ids: Vec<String> =
        contract.interactions.iter().map(|interaction| interaction_id(interaction).to_string()).collect();
    ids.sort();
    ContractId(hash(&json!({"format": FORMAT, "provider": contract.provider.as_str(), "interactions": ids})))
}

fn hash(content: &Value) -> [u8; 32] {
    Sha256::digest(canonical(content)).into()
}

fn canonical(content: &Value) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "the content holds texts, booleans, lists and maps only")]
    serde_json_canonicalizer::to_vec(content).expect("canonical content can be written")
}

fn body(body: &Body) -> Value {
    match body {
        Body::Json(json) => json!({"json": value(json)}),
        Body::Text(text) => json!({"text": text}),
        Body::Bytes(bytes) => json!({"bytes": hex(&Sha256::digest(bytes))}),
        Body::Form(fields) => json!({"form": fields}),
        // Where the bytes lie is spelling: what they are counts. But `${` in a file is no placeholder.
        Body::File { content, .. } if content.has_placeholder() => json!({"literal": self::body(content)}),
        Body::File { content, .. } => self::body(content),
    }
}

fn rules(rules: &Rules) -> Value {
    let body: Map<String, Value> =
        rules.body.iter().map(|(path, written)| (path.to_string(), rule(&written.thing))).collect();
    json!({"body": body, "headers": named_rules(&rules.headers)})
}

fn named_rules(rules: &IndexMap<String, Rule>) -> Value {
    Value::Object(rules.iter().map(|(name, one)| (name.clone(), rule(one))).collect())
}

fn rule(rule: &Rule) -> Value {
    let mut matchers: Vec<Value> = rule.matchers.iter().map(matcher).collect();
    matchers.sort_by_key(canonical);
    json!({"matchers": matchers, "optional": rule.optional, "or-null": rule.or_null})
}

fn matcher(matcher: &Matcher) -> Value {
    match matcher {
        Matcher::OneOf(values) => {
            let mut values: Vec<Value> = values.iter().map(value).collect();
            values.sort_by_key(canonical);
            json!({"one-of": values})
        }
        Matcher::Schema(schema) => {
            let files: Map<String, Value> =
                schema.files().iter().map(|(path, file)| (path.clone(), value(file))).collect();
            json!({"schema": value(schema.schema()), "files": files})
        }
        // All others are words of their own, and a regular expression stands between slashes.
        word => json!(word.to_string()),
    }
}

/// A value of the user's, with types in front of texts and numbers.
fn value(of: &Value) -> Value {
    match of {
        Value::String(text) => Value::String(format!("s:{text}")),
        Value::Number(number) => Value::String(format!("n:{}", Decimal::of(number).canonical())),
        Value::Array(items) => Value::Array(items.iter().map(value).collect()),
        Value::Object(map) => object(map),
        other => other.clone(),
    }
}

fn object(map: &Map<String, Value>) -> Value {
    Value::Object(map.iter().map(|(key, item)| (key.clone(), value(item))).collect())
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

macro_rules! shown_in_hex {
    ($($type:ty),+) => {
        $(
            impl fmt::Display for $type {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&hex(&self.0))
                }
            }

            impl fmt::Debug for $type {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }
        )+
    };
}

shown_in_hex!(InteractionId, ContractId);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::attachments::NoAttachments;
    use crate::contract::read;
    use crate::source::{Limits, SourceFile};

    #[test]
    fn the_canonical_form_is_what_it_was_when_it_was_released() {
        let text = "
contract: 1
consumer: storefront
provider: orders
interactions:
  - name: get an order
    given: [an order exists: { id: 42 }]
    request: GET /orders/42?b=2&a=1
    response:
      status: 2XX
      headers: { Content-Type: application/json }
      body: { id: 42, price: 1.50, note: \"7\", paid: true, none: null }
      match: { id: integer, note: '/[0-9]/ optional', none: [b, 1, null], price: { schema: { minimum: 1 } } }
";
        let source = SourceFile::new("c.yaml", text.to_owned(), Limits::default());
        let contract = read(&source, &NoAttachments).unwrap().contract;
        let canonical = String::from_utf8(canonical(&content(&contract.interactions[0]))).unwrap();
        let expected = [
            r#"{"format":"1","given":[{"name":"an order exists","params":{"id":"n:42"}}],"#,
            r#""request":{"body":null,"headers":{},"match":{"body":{},"headers":{}},"match-path":null,"match-query":{},"#,
            r#""method":"GET","path":"/orders/42","query":{"a":["1"],"b":["2"]}},"#,
            r#""response":{"body":{"json":{"id":"n:42","none":null,"note":"s:7","paid":true,"price":"n:15e-1"}},"#,
            r#""headers":{"content-type":["application/json"]},"match":{"body":{"#,
            r#""id":{"matchers":["integer"],"optional":false,"or-null":false},"#,
            r#""none":{"matchers":[{"one-of":["n:1","s:b",null]}],"optional":false,"or-null":false},"#,
            r#""note":{"matchers":["/[0-9]/"],"optional":true,"or-null":false},"#,
            r#""price":{"matchers":[{"files":{},"schema":{"minimum":"n:1"}}],"optional":false,"or-null":false}},"#,
            r#""headers":{}},"status":"2XX"}}"#,
        ];
        assert_eq!(canonical, expected.concat());
        // As `sha256sum` says.
        let id = interaction_id(&contract.interactions[0]).to_string();
        assert_eq!(id, "d7d52d2eb563464e6e402079b59e32dbc44aa2a4f7549302ce71a3917114ff96");
        let id = contract_id(&contract).to_string();
        assert_eq!(id, "2432fc0fcc844f48f856031b20e5e7f55683a3b9aed7ae6df36096fb42c0bef2");
    }
}
