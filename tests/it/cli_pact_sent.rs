//! The requests that are sent for a Pact file: the same as by Pact's own verifier, which these results were taken from.

use insta::assert_snapshot;
use serde_json::{Value, json};

#[cfg(unix)]
use super::support::client::send;
use super::support::{Answer, Provider, World};

/// A request by POST to `/name`, with parts of its own.
fn request(name: &str, parts: &Value) -> Value {
    let mut request = json!({"method": "POST", "path": format!("/{name}")});
    request.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    json!({"description": name, "request": request, "response": {"status": 200}})
}

fn file(version: &str, interactions: &[Value]) -> World {
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

/// The requests of a verification, each as `/path body`.
fn sent(world: &World) -> Vec<String> {
    let provider = Provider::new(|_| Answer::status(200));
    let output = world.upheld(["verify", "pacts/", "--url", &provider.url(), "--states", "none"]);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
    let mut sent: Vec<String> = provider.requests().iter().map(|it| format!("{} {}", it.path, it.body)).collect();
    sent.sort();
    sent
}

#[test]
fn a_body_of_null_is_sent_as_text_if_a_header_says_json() {
    let of = |media_type: &str, body: Value| json!({"headers": {"Content-Type": media_type}, "body": body});
    for version in ["2.0.0", "3.0.0"] {
        let world = file(
            version,
            &[
                request("a", &of("application/json", Value::Null)),
                request("b", &of("application/problem+json; charset=utf-8", Value::Null)),
                request("c", &of("text/plain", Value::Null)),
                request("d", &of("application/json", json!(""))),
                request("e", &json!({"body": null})),
                request("f", &json!({"headers": {"Content-Type": "application/json"}})),
            ],
        );
        assert_eq!(sent(&world), ["/a null", "/b null", "/c ", "/d ", "/e ", "/f "], "version {version}");
    }
    let world = file(
        "4.0",
        &[
            request("a", &of("application/json", Value::Null)),
            request("b", &of("application/json", json!({"content": null}))),
            request("c", &of("text/plain", json!({"content": null, "contentType": "application/json"}))),
            request("d", &of("application/json", json!({"content": ""}))),
            request("e", &json!({"body": {"content": null, "contentType": "application/json"}})),
            request("f", &of("application/json", json!({}))),
        ],
    );
    assert_eq!(sent(&world), ["/a null", "/b null", "/c ", "/d ", "/e ", "/f "]);
}

/// A request with a body, generators for it, and a state whose parameters they take.
fn made(name: &str, media_type: &str, body: &str, generators: &[(&str, &str)]) -> Value {
    let generators = generators
        .iter()
        .map(|(path, expression)| ((*path).to_owned(), json!({"type": "ProviderState", "expression": expression})));
    let generators: serde_json::Map<String, Value> = generators.collect();
    let mut made = request(
        name,
        &json!({"headers": {"Content-Type": media_type}, "body": body, "generators": {"body": generators}}),
    );
    made["providerStates"] = json!([{"name": "s", "params": {"id": 42, "text": "a&b <c>", "none": null}}]);
    made
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn generators_make_the_values_of_forms_and_of_xml() {
    let world = file(
        "3.0.0",
        &[
            made("a", FORM, "a=1&b=2&a=3", &[("$.a", "${id}")]),
            made("b", FORM, "a=1&b=2&a=3", &[("$.a[1]", "x${text}"), ("$.b", "${none}")]),
            made(
                "c",
                "application/xml",
                "<o n='1'><id>1</id><id>2</id></o>",
                &[("$.o.id.#text", "${id}"), ("$.o.@n", "${text}")],
            ),
            made(
                "d",
                "application/soap+xml; charset=utf-8",
                "<s:o xmlns:s='u'><s:id/></s:o>",
                &[("$['s:o']['s:id']['#text']", "${id}")],
            ),
        ],
    );
    assert_snapshot!(sent(&world).join("\n"), @"
    /a a=42&b=2&a=3
    /b a=1&b=&a=xa%26b%20%3Cc%3E
    /c <o n='a&amp;b &lt;c&gt;'><id>42</id><id>42</id></o>
    /d <s:o xmlns:s='u'><s:id>42</s:id></s:o>
    ");
    assert_snapshot!(world.upheld(["lint", "pacts"]), @"
    1 contract, 4 interactions: no problems found
    [exit code 0]
    ");
}

#[test]
fn a_generator_nearer_to_the_root_makes_the_places_of_the_others() {
    let mut made = made("a", "application/json", r#"{"c": {"d": 0}}"#, &[("$.c.d", "${id}"), ("$.c", "${object}")]);
    made["providerStates"][0]["params"]["object"] = json!({"d": 1});
    assert_eq!(sent(&file("3.0.0", &[made])), [r#"/a {"c":{"d":42}}"#]);
}

#[test]
fn null_is_nothing_in_a_text_and_itself_in_json() {
    let mut query = made("a", "application/json", "{\"a\": 1, \"b\": 2}", &[("$.a", "${none}"), ("$.b", "x${none}y")]);
    query["request"]["query"] = json!({"q": ["1"]});
    query["request"]["generators"]["query"] = json!({"q": {"type": "ProviderState", "expression": "none"}});
    query["request"]["generators"]["path"] = json!({"type": "ProviderState", "expression": "/a${none}/${id}"});
    assert_eq!(sent(&file("3.0.0", &[query])), [r#"/a/42?q= {"a":null,"b":"xy"}"#]);
}

#[test]
fn parts_that_generators_cannot_make_are_reported() {
    let mut variants = request("d", &json!({"body": [1]}));
    variants["request"]["matchingRules"] = json!({"body": {"$": {"matchers": [{"match": "arrayContains", "variants": [
        {"index": 0, "rules": {}, "generators": {"$": {"type": "RandomInt"}}}
    ]}]}}});
    let world = file(
        "3.0.0",
        &[
            made("a", FORM, "a=1", &[("$.b", "${id}"), ("$.a[1]", "${id}")]),
            made("b", "application/xml", "<a>1</a>", &[("$.a", "${id}"), ("$.a.b.#text", "${id}")]),
            made("c", "text/plain", "a text", &[("$", "${id}")]),
            variants,
            made("e", "application/json", "{\"a\": [1]}", &[("$.a[1]", "${id}"), ("$.a[0]", "${id}")]),
        ],
    );
    assert_snapshot!(sent(&world).join("\n"), @r#"
    /a a=1
    /b <a>1</a>
    /c a text
    /d [1]
    /e {"a":[42]}
    "#);
    assert_snapshot!(world.upheld(["lint", "pacts"]), @r#"
    warning[P202]: `$.a[1]` leads to nothing in the example, so its generator has no effect
      ╭▸ pacts/shop-orders.json:1:221
      │
    1 │ …=1","generators":{"body":{"$.b":{"type":"ProviderState","expression":"${id}"},"$.a[1]":{"type":"ProviderState","ex…
      ╰╴                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    warning[P202]: `$.b` leads to nothing in the example, so its generator has no effect
      ╭▸ pacts/shop-orders.json:1:221
      │
    1 │ …=1","generators":{"body":{"$.b":{"type":"ProviderState","expression":"${id}"},"$.a[1]":{"type":"ProviderState","ex…
      ╰╴                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    warning[P202]: `$.a.b['#text']` leads to no text or attribute in the example, so its generator has no effect
      ╭▸ pacts/shop-orders.json:1:581
      │
    1 │ …a>","generators":{"body":{"$.a":{"type":"ProviderState","expression":"${id}"},"$.a.b.#text":{"type":"ProviderState…
      ╰╴                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    warning[P202]: `$.a` leads to no text or attribute in the example, so its generator has no effect
      ╭▸ pacts/shop-orders.json:1:581
      │
    1 │ …a>","generators":{"body":{"$.a":{"type":"ProviderState","expression":"${id}"},"$.a.b.#text":{"type":"ProviderState…
      ╰╴                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    warning[P202]: the body's generators have no effect: only JSON, XML and forms can have generators
      ╭▸ pacts/shop-orders.json:1:939
      │
    1 │ …ody":"a text","generators":{"body":{"$":{"type":"ProviderState","expression":"${id}"}}}},"response":{"status":200}…
      ╰╴                            ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    warning[P202]: generators in the variants of an `arrayContains` are left out; the example's values are used
      ╭▸ pacts/shop-orders.json:1:1137
      │
    1 │ …n":"d","request":{"method":"POST","path":"/d","body":[1],"matchingRules":{"body":{"$":{"matchers":[{"match":"array…
      ╰╴                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    warning[P202]: `$.a[1]` leads to nothing in the example, so its generator has no effect
      ╭▸ pacts/shop-orders.json:1:1492
      │
    1 │ …]}","generators":{"body":{"$.a[1]":{"type":"ProviderState","expression":"${id}"},"$.a[0]":{"type":"ProviderState",…
      ╰╴                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

    7 warnings in 1 file
    1 contract, 5 interactions: no errors
    [exit code 0]
    "#);
}

#[test]
#[cfg(unix)]
fn a_mock_requires_no_body_if_a_verification_sends_null() {
    let null = json!({"headers": {"Content-Type": "application/json"}, "body": null});
    let world = file("3.0.0", &[request("a", &null)]);
    let mock = world.wrap(["mock", "pacts/shop-orders.json"]);
    let json = ["Content-Type: application/json"];
    assert_eq!(send(mock.url(), "POST /a", &json, b"").status, 200);
    assert_eq!(send(mock.url(), "POST /a", &json, b"null").status, 501);
    mock.ends_with(1);
}
