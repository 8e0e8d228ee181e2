//! A property of every Pact file, however broken: it gives findings or a contract, and never a panic.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use upheld::contract::attachments::NoAttachments;
use upheld::formats::{check, file, match_request, match_response, read};
use upheld::interaction::encode::response as example_response;
use upheld::interaction::{ActualRequest, ActualResponse, Http, Kind, Moment};
use upheld::pact::is_pact;
use upheld::source::{Limits, Pointer, SourceFile};

use super::reading::{filled, http};
use super::strategies::cases;

/// Files of each version, with something of every feature.
fn files() -> Vec<Value> {
    let matchers = json!({
        "$": {"matchers": [{"match": "type"}]},
        "$.id": {"combine": "OR", "matchers": [{"match": "integer"}, {"match": "null"}]},
        "$.items": {"matchers": [{"match": "type", "min": 1, "max": 3}]},
        "$.items[*].sku": {"matchers": [{"match": "regex", "regex": "^(?!X)[A-Z]+-\\d+$"}]},
        "$.items[0]['the note']": {"matchers": [{"match": "include", "value": "tea"}]},
        "$.stock": {"matchers": [
            {"match": "eachKey", "rules": [{"match": "regex", "regex": "[a-z]+"}]},
            {"match": "eachValue", "rules": [{"match": "number"}]}
        ]},
        "$.tags": {"matchers": [{"match": "arrayContains", "variants": [
            {"index": 0, "rules": {"$.a": {"matchers": [{"match": "decimal"}]}}}, {"index": 1}
        ]}]},
        "$.at": {"matchers": [{"match": "datetime", "format": "yyyy-MM-dd'T'HH:mm:ssXXX"}]},
        "$.day": {"matchers": [{"match": "date"}, {"match": "notEmpty"}]},
        "$.version": {"matchers": [{"match": "semver"}]},
        "$.map.*": {"matchers": [{"match": "values"}, {"match": "boolean"}]}
    });
    let body = json!({
        "id": 1, "items": [{"sku": "TEA-1", "the note": "tea"}], "stock": {"a": 1, "b": 2},
        "tags": [{"a": 1.5}, {"b": true}], "at": "2026-05-01T09:30:00Z", "day": "2026-05-01", "version": "1.2.3",
        "map": {"x": true}, "none": null
    });
    let generators = json!({
        "path": {"type": "ProviderState", "expression": "/a/${id}"},
        "body": {
            "$.id": {"type": "RandomInt", "min": 1, "max": 9}, "$.day": {"type": "Date", "expression": "+1 day"},
            "$.items[*].sku": {"type": "Uuid"}, "$.version": {"type": "RandomHexadecimal", "digits": 8}
        },
        "header": {"X-A": {"type": "RandomString", "size": 5}},
        "query": {"q": {"type": "ProviderState", "expression": "q"}}
    });
    let v3 = json!({
        "consumer": {"name": "shop"}, "provider": {"name": "orders"},
        "interactions": [{
            "description": "one",
            "providerStates": [{"name": "there", "params": {"id": 1}}],
            "request": {
                "method": "POST", "path": "/a/1", "query": {"q": ["1", "2"]}, "headers": {"X-A": "1, 2"}, "body": body,
                "matchingRules": {
                    "body": matchers, "path": {"matchers": [{"match": "regex", "regex": "/a/\\d+"}]},
                    "query": {"q": {"matchers": [{"match": "integer"}]}}, "header": {"X-A": {"matchers": [{"match": "type"}]}}
                },
                "generators": generators
            },
            "response": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": body,
                "matchingRules": {"body": matchers, "status": {"matchers": [{"match": "statusCode", "status": "success"}]}},
                "generators": generators}
        }],
        "metadata": {"pactSpecification": {"version": "3.0.0"}}
    });
    let mut v4 = v3.clone();
    v4["metadata"]["pactSpecification"]["version"] = json!("4.0");
    for part in ["request", "response"] {
        let content = v4["interactions"][0][part]["body"].take();
        v4["interactions"][0][part]["body"] =
            json!({"content": content, "contentType": "application/json", "encoded": false});
    }
    let xml = "<?xml version=\"1.0\"?><a xmlns=\"urn:a\" id=\"1\"><b>text</b><b/><c/></a>";
    let v2 = json!({
        "consumer": {"name": "shop"}, "provider": {"name": "orders"},
        "interactions": [
            {"description": "xml", "provider_state": "there",
             "request": {"method": "get", "path": "/x", "query": "a=1&b=2&a=3"},
             "response": {"status": 200, "headers": {"Content-Type": "text/xml"}, "body": xml, "matchingRules": {
                "$.body['urn:a:a']": {"min": 1}, "$.body['urn:a:a']['urn:a:b'][*]['#text']": {"match": "regex", "regex": "\\w*"},
                "$.headers.Content-Type": {"regex": ".*xml"}}}},
            {"description": "form", "request": {"method": "POST", "path": "/f", "body": "a=1&b=2&a=2",
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                "matchingRules": {"$.body.a": {"match": "type"}, "$.query.z": {"match": "type"}}},
             "response": {"status": 204, "body": ""}},
            {"description": "bytes", "request": {"path": "/b"}, "response": {"body": "iVBORw0KGgo=",
                "headers": {"Content-Type": "image/png"}, "matchingRules": {"$.body": {"match": "contentType", "value": "image/png"}}}}
        ],
        "metadata": {"pact-specification": {"version": "2.0.0"}}
    });
    vec![v2, v3, v4]
}

/// A value of the wrong kind.
fn odd() -> impl Strategy<Value = Value> {
    let text = select(
        &[
            "",
            "$",
            "$.",
            "regex",
            "type",
            "(",
            "${id}",
            "${",
            "now + 1 day",
            "yyyy'",
            "\u{0}",
            "é\u{1f600}",
            "-1",
            "a,b",
            "/",
            "<a>",
            "{}",
        ][..],
    );
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        Just(json!(1e300)),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[[[{"a": []}]]]])),
        text.prop_map(|text| json!(text)),
        ".{0,8}".prop_map(|text| json!(text)),
    ]
}

/// A change at one place: another value, no value, or another key.
#[derive(Clone, Debug)]
struct Change {
    place: Index,
    odd: Value,
    key: Option<String>,
    gone: bool,
}

fn change() -> impl Strategy<Value = Change> {
    let key = option::weighted(
        0.2,
        select(&["match", "matchers", "body", "$.a[*]", "status", "x", "min", "rules", "content", "type"][..]),
    );
    (any::<Index>(), odd(), key, prop::bool::weighted(0.3)).prop_map(|(place, odd, key, gone)| Change {
        place,
        odd,
        key: key.map(str::to_owned),
        gone,
    })
}

fn changed(value: &mut Value, change: &Change) {
    fn places(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(places).sum::<usize>(),
            Value::Object(object) => object.values().map(places).sum(),
            _ => 0,
        }
    }
    fn go(value: &mut Value, at: &mut usize, change: &Change) {
        if *at == 0 {
            *value = change.odd.clone();
        }
        match value {
            Value::Array(items) => {
                for index in 0..items.len() {
                    *at = at.wrapping_sub(1);
                    if *at == 0 && change.gone {
                        items.remove(index);
                        return;
                    }
                    go(&mut items[index], at, change);
                    if *at > usize::MAX / 2 {
                        return;
                    }
                }
            }
            Value::Object(object) => {
                for key in object.keys().cloned().collect::<Vec<_>>() {
                    *at = at.wrapping_sub(1);
                    if *at == 0 && (change.gone || change.key.is_some()) {
                        let moved = object.shift_remove(&key);
                        if let (Some(to), Some(moved)) = (&change.key, moved) {
                            object.insert(to.clone(), moved);
                        }
                        return;
                    }
                    go(&mut object[&key], at, change);
                    if *at > usize::MAX / 2 {
                        return;
                    }
                }
            }
            _ => {}
        }
    }
    let mut at = change.place.index(places(value));
    go(value, &mut at, change);
}

/// Does everything with a file that any command does.
fn use_everywhere(text: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let source = Arc::new(SourceFile::new("p.json", text.to_owned(), Limits::default()));
    prop_assert!(is_pact(text) || read(&source, &NoAttachments).is_err(), "{text}");
    let read = match read(&source, &NoAttachments) {
        Ok(read) => read,
        Err(findings) => {
            prop_assert!(findings.iter().any(upheld::source::Finding::is_error), "refused for no reason: {text}");
            return Ok(());
        }
    };
    let file = file(source, read);
    let _ = check(&file);
    let at = Pointer::root();
    for interaction in &file.contract.interactions {
        let http = match &interaction.kind {
            Kind::Http(http) => http,
            Kind::Unrunnable(unrunnable) => &unrunnable.read,
            Kind::Message(_) => panic!("messages aren't read yet"),
        };
        let filled = http.filled(&interaction.params());
        let request = filled.request_at(&Moment::default()).unwrap_or_else(|| filled.request.clone());
        let sent = Http { request, ..filled.clone() }.consumer_request();
        let made = filled.response_at(&Moment::default()).unwrap_or_else(|| filled.response.clone());
        let came = example_response(&made);
        let _ = match_request(&filled, &sent, &at);
        let _ = match_response(&filled, &came, &at);
        let other = ActualResponse { body: bytes.to_vec(), ..came };
        let _ = match_response(&filled, &other, &at);
        let _ = match_request(&filled, &ActualRequest { body: bytes.to_vec(), ..sent }, &at);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_pact_file_with_wrong_values_is_read_or_gives_findings(
        file in select(files()),
        changes in vec(change(), 1..6),
        bytes in prop_oneof![vec(any::<u8>(), 0..40), odd().prop_map(|value| value.to_string().into_bytes())],
    ) {
        let mut file = file;
        for change in &changes {
            changed(&mut file, change);
        }
        use_everywhere(&file.to_string(), &bytes)?;
    }

    #[test]
    fn a_truncated_or_corrupt_pact_file_gives_findings(
        file in select(files()),
        end in any::<Index>(),
        places in vec((any::<Index>(), select(&[b'"', b'{', b'}', b'[', b']', b',', b':', b'\\', b'0', b' ', 0u8][..])), 0..4),
        cut in any::<bool>(),
    ) {
        let mut text = file.to_string().into_bytes();
        for (place, byte) in places {
            let at = place.index(text.len());
            text[at] = byte;
        }
        if cut {
            text.truncate(end.index(text.len()));
        }
        use_everywhere(&String::from_utf8_lossy(&text), b"{}")?;
    }
}

#[test]
fn the_unchanged_files_can_be_used() {
    for file in files() {
        let source = SourceFile::new("p.json", file.to_string(), Limits::default());
        let read = read(&source, &NoAttachments).unwrap_or_else(|found| panic!("{}", super::reading::lines(&found)));
        for interaction in &read.contract.interactions {
            assert!(interaction.unrunnable().is_none(), "{:?}", interaction.unrunnable());
            let filled = filled(interaction);
            let found = match_response(&filled, &example_response(&filled.response), &Pointer::root());
            assert!(found.is_empty(), "{found:#?}");
        }
    }
}

#[test]
fn malicious_xml_bodies_are_survived() {
    let file = files().remove(0);
    let source = SourceFile::new("p.json", file.to_string(), Limits::default());
    let read = read(&source, &NoAttachments).unwrap();
    let asked = http(&read.contract.interactions[0]);
    let deep = format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000));
    let wide = format!("<a>{}</a>", "<b/>".repeat(300_000));
    let bomb = "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;&x;&x;\">]><a>&y;&y;&y;</a>";
    for body in [deep.as_str(), &wide, bomb, "<a", "", "<a></b>", "<a xmlns:x=''/>"] {
        let came = ActualResponse {
            status: 200,
            headers: vec![(String::from("Content-Type"), String::from("text/xml"))],
            body: body.as_bytes().to_vec(),
        };
        assert!(!match_response(asked, &came, &Pointer::root()).is_empty(), "{}", &body[..body.len().min(40)]);
    }
}

#[test]
fn elements_nested_too_deep_to_be_compared_dont_match() {
    let nested = |inner: &str| format!("{}{inner}{}", "<a>".repeat(200), "</a>".repeat(200));
    let mut file = files().remove(0);
    file["interactions"][0]["response"] = json!({"headers": {"Content-Type": "text/xml"}, "body": nested("x")});
    let source = SourceFile::new("p.json", file.to_string(), Limits::default());
    let read = read(&source, &NoAttachments).unwrap();
    let asked = http(&read.contract.interactions[0]);
    let headers = vec![(String::from("Content-Type"), String::from("text/xml"))];
    let came = ActualResponse { status: 200, headers, body: nested("y").into_bytes() };
    let found = match_response(asked, &came, &Pointer::root());
    assert!(found.iter().any(|mismatch| mismatch.code.0 == "M213"), "{found:#?}");
}
