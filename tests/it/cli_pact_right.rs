//! Pact files through the binary: what is sent, what is upheld, and that neither takes longer for a file that was made to
//! take long.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::support::{Answer, Provider, World};

/// A world with one Pact file.
fn file(version: &str, interactions: &Value) -> World {
    let world = World::new();
    let file = json!({
        "consumer": {"name": "shop"},
        "provider": {"name": "orders"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": version}},
    });
    world.write("pacts/shop-orders.json", file.to_string());
    world
}

/// The exit code of a verification against a response.
fn verdict(world: &World, response: &Answer) -> Option<i32> {
    let response = response.clone();
    let provider = Provider::new(move |_| response.clone());
    world.upheld(["verify", "pacts/", "--url", &provider.url()]).code
}

#[test]
fn values_of_states_are_percent_encoded_in_a_path() {
    for (example, expression, value, expected) in [
        ("/users/1", "/users/${name}", json!("José"), "/users/Jos%C3%A9"),
        ("/users/1", "/users/${name}", json!("John Doe"), "/users/John%20Doe"),
        ("/users/1", "/users/${name}", json!("a?b#c"), "/users/a%3Fb%23c"),
        ("/users/1", "/users/${name}/x", json!("a/b"), "/users/a%2Fb/x"),
        ("/users/1", "/users/${name}", json!("100%"), "/users/100%25"),
        ("/users/1", "/users/${name}", json!("%41"), "/users/%2541"),
        ("/users/1", "/users/${name}", json!(42), "/users/42"),
        // The example shows that the value has several segments.
        ("/files/a/b", "/files/${name}", json!("c d/e"), "/files/c%20d/e"),
        ("/v1/users", "${name}/users", json!("/v2"), "/v2/users"),
        // The whole path, with a query.
        ("/users/1", "${name}", json!("/users/J Doe?page=2"), "/users/J%20Doe?page=2"),
        ("/users/1", "name", json!("/users/é"), "/users/%C3%A9"),
    ] {
        let world = file(
            "3.0.0",
            &json!([{
                "description": "d",
                "providerStates": [{"name": "s", "params": {"name": value}}],
                "request": {
                    "method": "GET", "path": example,
                    "generators": {"path": {"type": "ProviderState", "expression": expression}},
                },
                "response": {"status": 200},
            }]),
        );
        let provider = Provider::new(|_| Answer::status(200));
        let output = world.upheld(["verify", "pacts/", "--url", &provider.url(), "--states", "none"]);
        assert_eq!(output.code, Some(0), "{expression}: {}{}", output.stdout, output.stderr);
        assert_eq!(provider.lines(), [format!("GET {expected}")], "{expression} with {value}");
    }
}

/// Expressions, with a text that they are for and one that they aren't.
const EXPRESSIONS: &[(&str, &str, &str)] = &[
    ("[^ --]+", "ab", "a+b"),
    ("[a~~b&&c]+", "a~&c", "d"),
    (r"[\w-\.]+", "a-.", "a b"),
    (r"[\s-,]+", " -", "a"),
    (r"\Qa.b\E", "a.b", "axb"),
    ("[a-z&&[^b]]+", "ac", "ab"),
];

#[test]
fn expressions_mean_what_their_authors_meant() {
    for (expression, fits, other) in EXPRESSIONS {
        let pact = file(
            "3.0.0",
            &json!([{
                "description": "d",
                "request": {"method": "GET", "path": "/"},
                "response": {
                    "status": 200, "body": {"a": fits},
                    "matchingRules": {"body": {"$.a": {"matchers": [{"match": "regex", "regex": expression}]}}},
                },
            }]),
        );
        let own = World::with(&format!(
            "  - name: get\n    request: GET /\n    response:\n      status: 200\n      body: {{ a: {} }}\n      match: {{ a: {} }}\n",
            json!(fits),
            json!(format!("/{expression}/"))
        ));
        for (text, code) in [(fits, 0), (other, 1)] {
            let response = Answer::json(json!({"a": text}).to_string());
            assert_eq!(verdict(&pact, &response), Some(code), "{expression} {text} in a Pact file");
            let provider = Provider::new(move |_| response.clone());
            let output = own.upheld(["verify", "--url", &provider.url()]);
            assert_eq!(output.code, Some(code), "{expression} {text}: {}{}", output.stdout, output.stderr);
        }
    }
}

/// A value in so many lists.
fn nested(depth: usize, inner: &Value, of: impl Fn(Value) -> Value) -> Value {
    (0..depth).fold(inner.clone(), |value, _| of(value))
}

#[test]
fn lists_in_lists_take_linear_time() {
    let both = json!({"matchers": [{"match": "type"}, {"match": "type", "min": 1}]});
    let at = |path: &str| json!({ path: both });
    let each_level: Map<String, Value> = (0..60)
        .flat_map(|depth| {
            let (first, every) = ("[0]".repeat(depth), "[*]".repeat(depth));
            [(format!("${first}"), both.clone()), (format!("${every}[0]"), both.clone())]
        })
        .collect();
    let values: Map<String, Value> = (0..60)
        .map(|depth| {
            (format!("${}", ".*".repeat(depth)), json!({"matchers": [{"match": "values"}, {"match": "type"}]}))
        })
        .collect();
    for (name, body, rules) in [
        ("lists", nested(80, &json!(1), |value| json!([value])), at("$")),
        ("pairs", nested(80, &json!(1), |value| json!([1, value])), at("$")),
        ("objects", nested(80, &json!(1), |value| json!({"a": value, "b": 1})), at("$")),
        ("rules for indexes", nested(60, &json!(1), |value| json!([value])), Value::Object(each_level)),
        ("values", nested(60, &json!(1), |value| json!({"a": value})), Value::Object(values)),
    ] {
        let world = file(
            "3.0.0",
            &json!([{
                "description": "d",
                "request": {"method": "GET", "path": "/"},
                "response": {"status": 200, "body": body, "matchingRules": {"body": rules}},
            }]),
        );
        let begun = Instant::now();
        let output = world.upheld(["import", "pact", "pacts/shop-orders.json"]);
        assert_eq!(output.code, Some(0), "{name}: {}", output.stderr);
        assert_eq!(verdict(&world, &Answer::json(body.to_string())), Some(0), "{name}");
        assert_eq!(verdict(&world, &Answer::json("[[[[[{}]]]]]")), Some(1), "{name}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{name} took {:?}", begun.elapsed());
    }
}

#[test]
fn many_rules_and_equal_descriptions_take_linear_time() {
    let count = 10_000;
    let keys = || (0..count).map(|number| format!("k{number}"));
    let body: Value = keys().map(|key| (key, json!(1))).collect::<Map<_, _>>().into();
    let rules: Value =
        keys().map(|key| (format!("$.{key}"), json!({"matchers": [{"match": "type"}]}))).collect::<Map<_, _>>().into();
    let response = json!({"status": 200, "body": body, "matchingRules": {"body": rules}});
    let rules =
        file("3.0.0", &json!([{"description": "d", "request": {"method": "GET", "path": "/"}, "response": response}]));
    let same = (0..count).map(|number| {
        json!({
            "description": "the same", "request": {"method": "GET", "path": format!("/{number}")},
            "response": {"status": 200},
        })
    });
    let names = file("3.0.0", &same.collect());
    let begun = Instant::now();
    for world in [&rules, &names] {
        assert_eq!(world.upheld(["lint", "pacts/"]).code, Some(0));
        assert_eq!(world.upheld(["import", "pact", "pacts/shop-orders.json"]).code, Some(0));
    }
    assert_eq!(verdict(&rules, &Answer::json(body.to_string())), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(30), "it took {:?}", begun.elapsed());
}

#[test]
fn a_header_holds_what_an_array_contains() {
    let world = file(
        "4.0",
        &json!([{
            "description": "d", "type": "Synchronous/HTTP",
            "request": {"method": "GET", "path": "/"},
            "response": {
                "status": 200, "headers": {"X-Powered-By": ["PHP"]},
                "matchingRules": {"header": {"X-Powered-By": {"matchers": [{
                    "match": "arrayContains",
                    "variants": [{"index": 0, "rules": {"$": {"matchers": [{"match": "equality"}]}}}],
                }]}}},
            },
        }]),
    );
    let with = |values: &[&str]| values.iter().fold(Answer::status(200), |it, value| it.header("X-Powered-By", *value));
    assert_eq!(verdict(&world, &with(&["ASP", "PHP"])), Some(0));
    assert_eq!(verdict(&world, &with(&["ASP", "Rust"])), Some(1));
}

#[test]
fn old_keys_and_generators_are_read() {
    let world = file(
        "2.0.0",
        &json!([{
            "description": "d",
            "request": {"method": "GET", "path": "/"},
            "response": {
                "status": 200, "body": {"id": 1}, "responseMatchingRules": {"$.body.id": {"match": "type"}},
            },
        }]),
    );
    assert_eq!(verdict(&world, &Answer::json(r#"{"id": 2}"#)), Some(0));
    assert_eq!(verdict(&world, &Answer::json(r#"{"id": "2"}"#)), Some(1));

    let world = file(
        "3.0.0",
        &json!([{
            "description": "d",
            "request": {
                "method": "POST", "path": "/", "headers": {"Content-Type": "application/json"},
                "body": {"code": "", "at": "", "items": [1]},
                "generators": {"body": {
                    "$.code": {"type": "Regex", "regex": "[A-Z]{3}-\\d{2}"}, "$.at": {"type": "DateTime"},
                }},
                "matchingRules": {"body": {"$.items": {"matchers": [{"match": "type", "min": 3}]}}},
            },
            "response": {"status": 200},
        }]),
    );
    let provider = Provider::new(|_| Answer::status(200));
    assert_eq!(world.upheld(["verify", "pacts/", "--url", &provider.url()]).code, Some(0));
    let body = provider.requests()[0].json();
    let code = body["code"].as_str().unwrap();
    assert!(code.len() == 6 && code[..3].chars().all(|c| c.is_ascii_uppercase()), "{code}");
    let at = body["at"].as_str().unwrap();
    assert!(at.contains('.') && at.len() == "2026-05-01T09:30:00.123+0000".len(), "{at}");
    assert_eq!(body["items"], json!([1, 1, 1]));
}

#[test]
fn an_export_holds_bodies_of_bytes_and_counts_what_it_writes() {
    let world = World::with(
        "  - name: upload\n    request:\n      method: POST\n      path: /\n      headers: { content-type: multipart/form-data; boundary=x }\n      \
         body-base64: LS14LS0=\n    response: { status: 200 }\n  \
         - name: compressed\n    request:\n      method: POST\n      path: /c\n      headers: { content-type: application/json, content-encoding: gzip }\n      \
         body-base64: H4sIAAAAAAAAA6tWqlayqgUAoM2P0gcAAAA=\n    response: { status: 200 }\n",
    );
    let output = world.upheld(["export", "pact"]);
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(!output.stdout.contains("left out"), "{}", output.stdout);
    let written: Value = serde_json::from_str(&world.read("pacts/storefront-orders.json")).unwrap();
    for (index, content) in [(0, "LS14LS0="), (1, "H4sIAAAAAAAAA6tWqlayqgUAoM2P0gcAAAA=")] {
        assert_eq!(written["interactions"][index]["request"]["body"]["content"], content);
    }

    let world = World::with("  - name: get\n    pending: true\n    request: GET /\n    response: { status: 200 }\n");
    let output = world.upheld(["export", "pact", "--pact-version", "3"]);
    assert!(output.stdout.contains("0 interactions"), "{}", output.stdout);
}

/// The messages of `lint`, with the exit code.
fn linted(interactions: &Value) -> (Option<i32>, String) {
    let output = file("3.0.0", interactions).upheld(["lint", "pacts/"]);
    (output.code, format!("{}{}", output.stdout, output.stderr))
}

#[test]
fn lint_tells_of_parts_without_effect() {
    let response = |parts: &Value| {
        let mut response = json!({"status": 200});
        response.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        json!([{"description": "d", "request": {"method": "GET", "path": "/"}, "response": response}])
    };
    let rules = |rules: &Value| response(&json!({"body": {"a": 1}, "matchingRules": {"body": {"$.a": rules}}}));
    let kind = json!([{"match": "type"}]);
    for (interactions, message) in [
        (
            json!([{"description": "d", "request": {"method": "GET"}, "respons": {"status": 200}}]),
            "did you mean `response`?",
        ),
        (response(&json!({"bdy": 1})), "did you mean `body`?"),
        (response(&json!({"matchingRule": {}})), "did you mean `matchingRules`?"),
        (rules(&json!({"combine": "XOR", "matchers": kind})), "`combine` is AND or OR; \"XOR\" is read as AND"),
        (rules(&json!({"combine": "AND", "matchers": []})), "its list of matchers is empty"),
        (rules(&json!({"matchers": [{"match": "type", "mim": 1}]})), "did you mean `min`?"),
        (response(&json!({"status": 204, "body": {"a": 1}})), "a 204 response never has a body"),
        (
            response(
                &json!({"body": {"a": [1]}, "matchingRules": {"body": {"$.a": {"matchers": [{"match": "type", "min": 3}]}}}}),
            ),
            "the example doesn't fit its own rules",
        ),
        (
            response(&json!({
                "headers": {"Content-Type": "application/xml"}, "body": "<n:a xmlns:n='u'/>",
                "matchingRules": {"body": {"$['n:a']": {"matchers": kind}}},
            })),
            "leads to nothing in the example",
        ),
    ] {
        let (code, found) = linted(&interactions);
        assert_eq!(code, Some(0), "{found}");
        assert!(found.contains(message), "{message}: {found}");
    }
    assert!(!linted(&json!([])).1.contains("its path says otherwise"));
}

#[test]
fn lint_tells_of_a_request_that_stands_twice() {
    let one = |name: &str, state: &str, status: u16| {
        json!({
            "description": name, "providerState": state,
            "request": {"method": "GET", "path": "/orders/1"}, "response": {"status": status},
        })
    };
    let (code, found) = linted(&json!([one("it exists", "", 200), one("it is gone", "", 404)]));
    assert_eq!(code, Some(0), "{found}");
    assert!(
        found.contains("`it is gone` has the same request as `it exists`, and neither has a provider state"),
        "{found}"
    );
    assert!(found.contains("P207"), "{found}");
    let (_, found) = linted(&json!([one("it exists", "an order", 200), one("it is gone", "none", 404)]));
    assert!(!found.contains("P207"), "{found}");
}

#[test]
fn an_unknown_type_of_interaction_is_skipped_and_the_others_run() {
    let world = file(
        "4.0",
        &json!([
            {"description": "new", "type": "Streaming/HTTP"},
            {
                "description": "old", "type": "Synchronous/HTTP", "request": {"method": "GET", "path": "/"},
                "response": {"status": 200},
            },
        ]),
    );
    let provider = Provider::new(|_| Answer::status(200));
    let output = world.upheld(["verify", "pacts/", "--url", &provider.url(), "--without-skipped"]);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
    assert_eq!(provider.lines(), ["GET /"]);
}
