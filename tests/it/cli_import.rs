//! `upheld import har` as a real process: a browser's file becomes a contract.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::support::World;

const CONTRACT: &str = "contracts/web/orders.yaml";

/// An entry as browsers write them.
fn entry(line: &str, status: u16, media_type: &str, text: &str) -> Value {
    let (method, url) = line.split_once(' ').unwrap();
    json!({
        "startedDateTime": "2026-11-24T10:00:00.000Z",
        "request": { "method": method, "url": url, "headers": [
            { "name": ":authority", "value": "x" },
            { "name": "Accept", "value": "application/json" },
            { "name": "Authorization", "value": "Bearer b3arer-t0ken-of-ada" },
        ] },
        "response": {
            "status": status,
            "headers": [{ "name": "Content-Type", "value": media_type }, { "name": "Date", "value": "today" }],
            "content": { "mimeType": media_type, "text": text, "size": text.len() },
        },
    })
}

fn har(entries: &[Value]) -> String {
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

fn session() -> Vec<Value> {
    let mut encoded = entry("GET https://api.example/v1/orders/2", 200, "application/json", "eyJpZCI6MiwicWl0eSI6MX0=");
    encoded["response"]["content"]["encoding"] = json!("base64");
    let mut posted = entry("POST https://api.example/v1/orders", 201, "application/json", r#"{"id":3}"#);
    posted["request"]["postData"] =
        json!({ "mimeType": "application/json", "text": r#"{"sku":"TEA-1","password":"json-passw0rd-5432"}"# });
    let mut form = entry(
        "POST https://api.example/v1/token",
        200,
        "application/json",
        r#"{"access_token":"a-t0ken-that-was-given"}"#,
    );
    form["request"]["postData"] =
        json!({ "mimeType": "application/x-www-form-urlencoded", "params": [{ "name": "grant", "value": "code" }] });
    let mut preflight = entry("OPTIONS https://api.example/v1/orders", 204, "", "");
    preflight["request"]["headers"] = json!([{ "name": "Access-Control-Request-Method", "value": "POST" }]);
    vec![
        entry(
            "GET https://api.example/v1/orders/1?api_key=query-api-k3y-12345",
            200,
            "application/json",
            r#"{"id":1,"qty":2}"#,
        ),
        encoded,
        posted,
        form,
        preflight,
        entry("GET https://api.example/v1/blocked", 0, "", ""),
        entry("GET https://api.example/logo.png", 200, "image/png", ""),
        entry("GET https://shop.example/", 200, "text/html", "<p>"),
        entry("GET data:text/plain,x", 200, "text/plain", "x"),
    ]
}

#[test]
fn the_calls_of_a_session_become_a_contract() {
    let world = World::new();
    world.write("session.har", har(&session()));
    let arguments = [
        "import",
        "har",
        "session.har",
        "--consumer",
        "web",
        "--provider",
        "orders",
        "--url",
        "https://api.example/v1",
    ];
    let output = world.upheld(arguments);
    assert_snapshot!(output);
    let text = world.read(CONTRACT);
    assert_snapshot!(text);
    for secret in ["b3arer-t0ken", "json-passw0rd", "query-api-k3y", "a-t0ken-that"] {
        assert!(!text.contains(secret) && !output.to_string().contains(secret), "{secret}");
    }
    let output = world.upheld(["lint"]);
    assert_eq!(output.code, Some(0), "{output}");
    let output = world.upheld(arguments);
    assert!(output.stdout.contains("no change to"), "{output}");
    assert_eq!(world.read(CONTRACT), text);
}

#[test]
fn without_a_provider_the_hosts_are_listed() {
    let world = World::new();
    world.write("session.har", har(&session()));
    assert_snapshot!(world.upheld(["import", "har", "session.har", "--consumer", "web"]));
    assert!(!world.path("contracts").exists());
    world.write("one.har", har(&session()[..1]));
    let output = world.upheld(["import", "har", "one.har", "--consumer", "web", "--provider", "orders"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read(CONTRACT).contains("path: /v1/orders/1"));
}

#[test]
fn invalid_har_files_are_reported_with_the_place_but_without_their_lines() {
    let world = World::new();
    for (name, text) in [
        ("cut.har", "{\n  \"log\": {\"token\": \"b3arer-t0ken-of-ada\","),
        ("list.har", "[1]"),
        ("empty.har", "{\"log\":{\"entries\":[]}}"),
    ] {
        world.write(name, text);
        let output = world.upheld(["import", "har", name, "--consumer", "web", "--provider", "orders"]);
        assert!(!output.to_string().contains("b3arer"), "{output}");
        assert_snapshot!(name, output);
    }
    let output = world.upheld(["import", "har", "none.har", "--consumer", "web"]);
    assert_eq!(output.code, Some(2), "{output}");
    let deep = format!("{{\"log\":{{\"entries\":{}{}}}}}", "[".repeat(5000), "]".repeat(5000));
    world.write("deep.har", deep);
    let output = world.upheld(["import", "har", "deep.har", "--consumer", "web", "--provider", "orders"]);
    assert_eq!(output.code, Some(2), "{output}");
}

#[test]
fn entries_with_missing_members_or_wrong_types_are_left_out() {
    let world = World::new();
    let entries = vec![
        json!(null),
        json!({}),
        json!({ "request": 1, "response": [] }),
        json!({ "request": { "url": "https://api.example/a", "method": 7 }, "response": { "status": "200" } }),
        json!({ "request": { "url": "https://api.example/b", "method": "get", "headers": "x" }, "response": { "status": 200.0, "content": { "size": 99 } } }),
        entry("GET https://api.example/c", 304, "application/json", ""),
    ];
    world.write("odd.har", har(&entries));
    assert_snapshot!(world.upheld([
        "import",
        "har",
        "odd.har",
        "--consumer",
        "web",
        "--provider",
        "orders",
        "--url",
        "https://api.example"
    ]));
}
