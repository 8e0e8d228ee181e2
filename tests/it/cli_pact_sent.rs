//! What is sent for the requests of a Pact file: the same as by Pact's own verifier, which these answers were taken from.

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
fn a_body_of_null_is_sent_as_that_text_where_a_header_says_json() {
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

#[test]
#[cfg(unix)]
fn a_mock_asks_for_no_body_where_a_verification_sends_null() {
    let null = json!({"headers": {"Content-Type": "application/json"}, "body": null});
    let world = file("3.0.0", &[request("a", &null)]);
    let mock = world.wrap(["mock", "pacts/shop-orders.json"]);
    let json = ["Content-Type: application/json"];
    assert_eq!(send(mock.url(), "POST /a", &json, b"").status, 200);
    assert_eq!(send(mock.url(), "POST /a", &json, b"null").status, 501);
    mock.ends_with(1);
}
