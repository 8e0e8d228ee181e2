//! Properties of every conversion between Pact files and contracts: without a remark, the results agree; no conversion
//! refuses its own example; and converting there and back gives the same contract.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use upheld::contract::attachments::NoAttachments;
use upheld::contract::{Contract, JsonType, Matcher, Rules, read, write};
use upheld::conversion::export::{Version, export};
use upheld::conversion::import::{Converted, import};
use upheld::conversion::{LeftOutOfPact, Side, ToPact};
use upheld::formats::{self, Interaction, Terms, match_request, match_response};
use upheld::interaction::encode::response as example_response;
use upheld::interaction::{ActualRequest, ActualResponse, Body, Content, Headers, Http, Path, Segment, ServiceName};
use upheld::pact::MediaType;
use upheld::source::{Limits, Pointer, SourceFile};

use crate::pact_spec::{contract as read_pact, pact_file};
use crate::reading::{either, filled, http, lines};
use crate::strategies::{self, cases};

/// A contract of our own from one that was read from a Pact file, as the command makes it.
pub fn imported(pact: &formats::Contract) -> Converted {
    import(&pact.to_pact().unwrap())
}

pub fn read_own(text: &str) -> Contract {
    let source = SourceFile::new("c.yaml", text.to_owned(), Limits::default());
    let read = read(&source, &NoAttachments);
    read.unwrap_or_else(|findings| panic!("{}\n{text}", lines(&findings))).contract
}

/// Values of a few kinds, with whole numbers, and lists whose elements are mostly alike.
fn example() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        4 => select(&["a", "b", "paid", ""][..]).prop_map(|text| json!(text)),
        3 => (0..3).prop_map(|number| json!(number)),
        2 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ];
    scalar.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            2 => (inner.clone(), 0..3usize).prop_map(|(item, times)| Value::Array(vec![item; times])),
            1 => vec(inner.clone(), 0..3).prop_map(Value::Array),
            4 => vec((select(&["a", "b", "c", "d"][..]), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

/// A matcher that a place may have, including those for lists and objects.
fn matcher(value: &Value, choice: usize) -> Value {
    let mut fitting = vec![json!([{"match": "type"}]), json!([{"match": "type"}]), json!([{"match": "equality"}])];
    match value {
        Value::String(text) => {
            fitting.push(json!([{"match": "regex", "regex": format!("{text}|zz")}]));
            // Not what JSON itself is written with.
            if text == "paid" {
                fitting.push(json!([{"match": "include", "value": "aid"}]));
            }
        }
        Value::Number(_) => fitting.extend([json!([{"match": "integer"}]), json!([{"match": "number"}])]),
        Value::Null => fitting.push(json!([{"match": "null"}])),
        Value::Array(items) => {
            let length = items.len();
            fitting.extend([
                json!([{"match": "type", "min": 0}]),
                json!([{"match": "type", "min": length}]),
                json!([{"match": "type", "min": length.min(1), "max": length + 1}]),
                json!([{"match": "eachValue", "rules": [{"match": "type"}]}]),
            ]);
            if items.iter().enumerate().all(|(index, item)| !items[..index].contains(item)) {
                let variants: Vec<Value> = (0..length).map(|index| json!({"index": index, "rules": {}})).collect();
                fitting.push(json!([{"match": "arrayContains", "variants": variants}]));
            }
        }
        Value::Object(_) => fitting.extend([
            json!([{"match": "values"}]),
            json!([{"match": "eachKey", "rules": [{"match": "regex", "regex": "[a-z]"}]}]),
            json!([{"match": "eachKey", "rules": [{"match": "type"}]}, {"match": "eachValue", "rules": [{"match": "type"}]}]),
        ]),
        Value::Bool(_) => {}
    }
    fitting.swap_remove(choice % fitting.len())
}

fn pact_path(path: &Path) -> String {
    let segments = path.0.iter().map(|segment| match segment {
        Segment::Key(key) => format!(".{key}"),
        Segment::AnyKey => String::from(".*"),
        Segment::Each => String::from("[*]"),
        Segment::Index(index) => format!("[{index}]"),
    });
    format!("${}", segments.collect::<String>())
}

/// The rules of a body.
fn rules(example: &Value) -> impl Strategy<Value = Value> + use<> {
    let (paths, example) = (strategies::paths(example), example.clone());
    vec((any::<Index>(), any::<usize>(), prop::bool::weighted(0.15)), 0..5).prop_map(move |picks| {
        let rules = picks.into_iter().map(|(pick, choice, or_null)| {
            let path = pick.get(&paths);
            let value = path.select(&example).first().copied().cloned().unwrap_or_default();
            let mut matchers = matcher(&value, choice);
            let or_null = or_null && !value.is_object() && !value.is_array();
            if or_null {
                matchers.as_array_mut().unwrap().push(json!({"match": "null"}));
            }
            (pact_path(path), json!({"combine": if or_null { "OR" } else { "AND" }, "matchers": matchers}))
        });
        Value::Object(rules.collect())
    })
}

/// A body like another, with a few changes.
fn changed(example: &Value) -> impl Strategy<Value = Value> + use<> {
    let change = prop_oneof![
        3 => select(vec![json!(null), json!(true), json!(7), json!("zz"), json!("Z-9"), json!([]), json!({}), json!(["a"])]).prop_map(Some),
        1 => Just(None),
    ];
    let example = example.clone();
    vec((any::<Index>(), change, 0..4u8), 0..3).prop_map(move |changes| {
        let mut value = example.clone();
        for (pick, new, kind) in changes {
            let mut places = Vec::new();
            pointers(&value, &mut String::new(), &mut places);
            let place = value.pointer_mut(pick.get(places.as_slice()).as_str()).unwrap();
            match (place, new, kind) {
                (Value::Array(items), _, 0 | 1) => items.extend(items.first().cloned()),
                (Value::Array(items), _, 2) => drop(items.pop()),
                (Value::Object(object), Some(new), 0 | 1) => drop(object.insert(String::from("other"), new)),
                (Value::Object(object), None, _) => {
                    let first = object.keys().next().cloned();
                    first.and_then(|key| object.shift_remove(&key));
                }
                (place, Some(new), _) => *place = new,
                _ => {}
            }
        }
        value
    })
}

fn pointers(value: &Value, at: &mut String, found: &mut Vec<String>) {
    found.push(at.clone());
    let mut below = |key: &str, item: &Value| {
        let length = at.len();
        at.push('/');
        at.push_str(&key.replace('~', "~0").replace('/', "~1"));
        pointers(item, at, found);
        at.truncate(length);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, item)| below(key, item)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| below(&index.to_string(), item)),
        _ => {}
    }
}

fn json_headers() -> Vec<(String, String)> {
    vec![(String::from("content-type"), String::from("application/json"))]
}

fn response_with(body: &Value) -> ActualResponse {
    ActualResponse { status: 200, headers: json_headers(), body: body.to_string().into_bytes() }
}

fn request_with(body: &Value) -> ActualRequest {
    ActualRequest {
        method: String::from("POST"),
        path: String::from("/"),
        query: None,
        headers: json_headers(),
        body: body.to_string().into_bytes(),
    }
}

/// A Pact file whose request and response have this body with these rules.
fn file(body: &Value, rules: &Value) -> String {
    let content = json!({"contentType": "application/json", "encoded": false, "content": body});
    let headers = json!({"content-type": ["application/json"]});
    pact_file(
        "4.0",
        &json!({
            "type": "Synchronous/HTTP",
            "description": "it",
            "request": {"method": "POST", "path": "/", "headers": headers, "body": content, "matchingRules": {"body": rules}},
            "response": {"status": 200, "headers": headers, "body": content, "matchingRules": {"body": rules}},
        }),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 300, ..cases(150) })]

    #[test]
    fn an_imported_contract_agrees_with_its_pact_file(
        (example, rules, actuals) in example().prop_flat_map(|example| {
            let rules = rules(&example);
            let actuals = vec(changed(&example), 1..4);
            (Just(example), rules, actuals)
        })
    ) {
        let text = file(&example, &rules);
        let pact = read_pact(&text);
        let converted = imported(&pact);
        let own_text = write(&converted.contract);
        let contract = either(&converted.contract);
        for (side, actual) in actuals.iter().flat_map(|actual| [(Side::Request, actual), (Side::Response, actual)]) {
            let Some(own) = contract.interactions.first() else { continue };
            let of_side = |it: &Interaction| match side {
                Side::Request => match_request(http(it), &request_with(actual), &Pointer::root()),
                Side::Response => match_response(http(it), &response_with(actual), &Pointer::root()),
            };
            let (of_pact, of_own) = (of_side(&pact.interactions[0]), of_side(own));
            // A file that refuses its own example has no clear meaning.
            let own_response = match_response(http(&pact.interactions[0]), &response_with(&example), &Pointer::root());
            let own_request = match_request(http(&pact.interactions[0]), &request_with(&example), &Pointer::root());
            if !own_response.is_empty() || !own_request.is_empty() {
                continue;
            }
            let remarked = converted.remarks.iter().any(|remark| remark.place.side.is_none_or(|it| it == side));
            if !remarked {
                prop_assert_eq!(of_pact.is_empty(), of_own.is_empty(), "{:?} {}\n{}\n{}\n{:#?}\n{:#?}", side, actual, text, own_text, of_pact, of_own);
            }
        }
    }

    #[test]
    fn an_imported_contract_is_the_same_after_export_and_import(
        (example, rules) in example().prop_flat_map(|example| { let rules = rules(&example); (Just(example), rules) })
    ) {
        let pact = read_pact(&file(&example, &rules));
        let converted = imported(&pact);
        prop_assume!(!converted.contract.interactions.is_empty());
        let text = write(&converted.contract);
        let exported = export(&read_own(&text), Version::V4);
        // A difference with a remark may also be one that a Pact file can't express.
        if !exported.remarks.is_empty() {
            prop_assert!(!converted.remarks.is_empty(), "{:#?}\n{text}", exported.remarks);
            return Ok(());
        }
        let again = imported(&read_pact(&exported.text));
        prop_assert_eq!(write(&again.contract), text, "{}", exported.text);
    }

    #[test]
    fn an_exported_contract_accepts_its_own_example_and_agrees_without_a_remark(
        (it, version, bodies) in (strategies::interaction(), select(vec![Version::V3, Version::V4])).prop_flat_map(|(it, version)| {
            let bodies = match http(&it).filled(&it.params()).response.body {
                Some(Body { content: Content::Json(body), file: None }) => vec(changed(&body), 0..3).boxed(),
                _ => Just(Vec::new()).boxed(),
            };
            (Just(it), Just(version), bodies)
        })
    ) {
        // The content type gives the kind of a body, if there is one that can be read.
        let is_clear = |headers: &Headers| headers.get("content-type").is_none_or(|it| MediaType::parse(&it[0]).is_some());
        let optional = |rules: &Rules| rules.headers.get("content-type").is_some_and(|rule| rule.optional);
        let Http { request, response, terms } = http(&it);
        prop_assume!(!optional(&terms.response) && is_clear(&request.headers) && is_clear(&response.headers));
        let service = |name: &str| ServiceName::new(name).unwrap();
        let contract = Contract { consumer: service("a"), provider: service("b"), description: None, interactions: vec![it.clone()] };
        let exported = export(&contract, version);
        if it.pending && version == Version::V3 {
            prop_assert!(exported.remarks.iter().any(|remark| remark.difference == ToPact::LeftOut(LeftOutOfPact::Pending).into()), "{exported:?}");
            return Ok(());
        }
        let pact = read_pact(&exported.text);
        let read = http(&pact.interactions[0]);
        let filled = filled(&it.clone().map(Terms::from));
        let mut own = example_response(&filled.response);
        own.headers = typed(own.headers, filled.response.body.as_ref());
        let found = match_response(read, &own, &Pointer::root());
        prop_assert!(found.is_empty(), "{found:#?}\n{}\n{:?}", exported.text, (response, &terms.response));
        let mut sent = filled.consumer_request();
        sent.headers = typed(sent.headers, filled.request.body.as_ref());
        let found = match_request(read, &sent, &Pointer::root());
        prop_assert!(found.is_empty(), "{found:#?}\n{}\n{:?}", exported.text, (request, &terms.request));
        let remarked = exported.remarks.iter().any(|remark| remark.place.side == Some(Side::Response));
        for body in bodies {
            let actual = ActualResponse { body: body.to_string().into_bytes(), ..own.clone() };
            let (of_own, of_pact) = (
                match_response(&filled, &actual, &Pointer::root()),
                match_response(read, &actual, &Pointer::root()),
            );
            if of_own.is_empty() || !remarked && !loose(&terms.response) {
                prop_assert_eq!(of_own.is_empty(), of_pact.is_empty(), "{}\n{:?}\n{}\n{:#?}\n{:#?}", body, filled.response, exported.text, of_own, of_pact);
            }
        }
    }
}

/// Headers with a content type: without one, Pact guesses it from the body.
fn typed(mut headers: Vec<(String, String)>, body: Option<&Body>) -> Vec<(String, String)> {
    let media_type = match body.map(|body| &body.content) {
        Some(Content::Json(_)) => "application/json",
        Some(Content::Form(_)) => "application/x-www-form-urlencoded",
        Some(Content::Bytes(_)) => "application/octet-stream",
        Some(Content::Text(_)) => "text/plain",
        None => return headers,
    };
    if !headers.iter().any(|(name, _)| name == "content-type") {
        headers.push((String::from("content-type"), media_type.to_owned()));
    }
    headers
}

/// Whether a rule is for texts, which Pact also applies to other values, or for a number, which Pact distinguishes from its
/// other spellings.
fn loose(rules: &Rules) -> bool {
    let text =
        |matcher: &Matcher| matches!(matcher, Matcher::Regex(_) | Matcher::OneOf(_) | Matcher::Type(JsonType::Boolean));
    rules.body.values().any(|rule| rule.rule.matchers.iter().any(text))
}
