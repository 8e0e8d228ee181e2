//! Contracts, responses and files that are made to keep the program busy, to fill its memory or to mislead it: each ends
//! soon, with a clear word.
#![cfg(unix)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::client::send;
use super::support::{Answer, CommandOutput, Provider, Socket, World};

/// The words that another library would take for a number, and for more JSON.
const MAGIC: [&str; 2] = [r#"{"$serde_json::private::Number":"2"}"#, r#"{"$serde_json::private::RawValue":"2"}"#];

/// Long enough for a slow machine, and far too short for what is asked for.
const SOON: Duration = Duration::from_secs(30);

/// A contract with one interaction, `GET /`, and what its response is.
fn expecting(response: &str) -> World {
    World::with(&format!("  - name: hostile\n    request: GET /\n    response:\n      status: 200\n{response}"))
}

/// Verifies with a provider that always responds with this body.
fn verify(world: &World, media_type: &'static str, body: impl Into<Vec<u8>>) -> CommandOutput {
    let body = body.into();
    let provider = Provider::new(move |_| Answer::status(200).header("content-type", media_type).body(body.clone()));
    let begun = Instant::now();
    let output = world.upheld(["verify", "--url", &provider.url()]);
    assert!(begun.elapsed() < SOON, "{:?}: {output}", begun.elapsed());
    output
}

fn verify_json(world: &World, body: impl Into<Vec<u8>>) -> CommandOutput {
    verify(world, "application/json", body)
}

#[test]
fn an_object_in_a_response_is_never_taken_for_a_number_or_for_more_json() {
    let world = expecting("      body: { id: 2 }\n");
    for magic in MAGIC {
        let output = verify_json(&world, format!(r#"{{"id":{magic}}}"#));
        assert_eq!(output.code, Some(1), "{output}");
        assert!(output.stdout.contains("got an object"), "{output}");
    }
    // Nor is it a way around the depth that is read.
    let deep = format!("{}1{}", "[".repeat(2000), "]".repeat(2000));
    let output = verify_json(&world, format!(r#"{{"id":2,"x":{{"$serde_json::private::RawValue":"{deep}"}}}}"#));
    assert_eq!(output.code, Some(0), "{output}");
    // And who expects such an object gets what was asked for.
    let world = expecting(&format!("      body: {}\n      match: {{ $: exact }}\n", MAGIC[0]));
    assert_eq!(verify_json(&world, MAGIC[0]).code, Some(0));
    assert_eq!(verify_json(&world, "2").code, Some(1));
}

#[test]
fn a_key_that_is_in_an_object_twice_is_mentioned_where_something_differs() {
    let world = expecting("      body: { a: { id: 1 } }\n");
    let output = verify_json(&world, r#"{"a":{"id":1,"id":"2"}}"#);
    assert!(output.code == Some(1) && output.stdout.contains("has the key \"id\" twice"), "{output}");
}

#[test]
fn an_object_in_a_request_to_the_mock_is_never_taken_for_a_number() {
    let world = World::with(
        "  - name: place\n    request: { method: POST, path: /, body: { qty: 2 } }\n    response: { status: 201 }\n",
    );
    let mock = world.wrap(["mock", "orders"]);
    let status = |body: &str| send(mock.url(), "POST /", &["Content-Type: application/json"], body.as_bytes()).status;
    assert_eq!(status(r#"{"qty":2}"#), 201);
    for magic in MAGIC {
        assert_ne!(status(&format!(r#"{{"qty":{magic}}}"#)), 201);
    }
    mock.done();
}

#[test]
fn a_state_handler_s_values_are_read_or_the_interaction_is_not_run() {
    let world = World::with(
        "  - name: one\n    given: [ { an order: { id: 1 } } ]\n    request: GET /${id}\n    response: { status: 200, body: { id: \"${id}\" } }\n",
    );
    let run = |body: &'static str, media_type: &'static str| {
        let provider = Provider::new(move |request| match request.path.as_str() {
            "/_states" => Answer::status(200).header("content-type", media_type).body(body),
            path => Answer::json(format!(r#"{{"id":"{path}"}}"#)),
        });
        let output = world.upheld(["verify", "--url", &provider.url(), "--states", "POST /_states"]);
        let asked = provider.lines().into_iter().find(|line| line.starts_with("GET"));
        (output, asked)
    };
    for (body, media_type, path) in [
        ("\u{feff}{\"id\": 7}", "application/json", "GET /7"),
        ("{\"id\": 7}", "text/plain", "GET /7"),
        ("done", "text/plain", "GET /1"),
        ("", "application/json", "GET /1"),
    ] {
        let (output, asked) = run(body, media_type);
        assert_eq!(asked.as_deref(), Some(path), "{body}: {output}");
    }
    for (body, media_type) in
        [("{\"id\": 7", "text/plain"), ("{id: 7}", "application/json"), ("done", "application/json")]
    {
        let (output, asked) = run(body, media_type);
        assert_eq!((output.code, asked), (Some(5), None), "{body}: {output}");
        assert!(output.stdout.contains("E202") && output.stdout.contains("as one JSON object"), "{output}");
    }
    // A command likewise.
    let provider = Provider::new(|_| Answer::json(r#"{"id":7}"#));
    let output = world.upheld(["verify", "--url", &provider.url(), "--states", "echo '{\"id\": 7'"]);
    assert!(output.code == Some(5) && output.stdout.contains("E214"), "{output}");
}

#[test]
fn a_response_of_millions_of_small_values_is_given_up_while_it_is_read() {
    let world = expecting("      body: [ 1 ]\n");
    let output = verify_json(&world, format!("[{}1]", "1,".repeat(2_000_000)));
    assert_eq!(output.code, Some(1), "{output}");
    assert!(output.stdout.contains("it holds more than 1500000 values"), "{output}");
}

/// A Pact file with one interaction and these rules for its body.
fn pact(content_type: &str, body: &Value, rules: &Value) -> World {
    let world = World::new();
    let pact = json!({
        "consumer": {"name": "storefront"}, "provider": {"name": "orders"},
        "interactions": [{
            "description": "hostile",
            "request": {"method": "GET", "path": "/"},
            "response": {
                "status": 200, "headers": {"content-type": content_type}, "body": body,
                "matchingRules": {"body": rules},
            },
        }],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    });
    world.write("contracts/pact.json", pact.to_string());
    world
}

#[test]
fn a_pact_file_can_not_ask_for_more_work_either() {
    // An expression that backtracks on each of many texts.
    let rules = json!({
        "$": {"matchers": [{"match": "type"}]},
        "$[*]": {"matchers": [{"match": "regex", "regex": "(?=x)(x+x+)+y"}]},
    });
    let texts = format!("[{}]", vec!["\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""; 5_000].join(","));
    let output = verify_json(&pact("application/json", &json!(["xxy"]), &rules), texts);
    assert_eq!(output.code, Some(1), "{output}");
    // An element with more attributes than can be compared with each other.
    let world = pact("application/xml", &json!("<a b='1'/>"), &json!({}));
    let mut attributes = String::from("<a");
    for number in 0..100_000 {
        let _ = write!(attributes, " b{number}='1'");
    }
    let output = verify(&world, "application/xml", attributes + "/>");
    assert!(output.code == Some(1) && output.stdout.contains("20 million steps"), "{output}");
    assert!(output.stdout.contains("takes more") && output.stdout.len() < 5000, "{output}");
    assert!(world.upheld(["explain", "M215"]).stdout.contains("work"));
    // An expression of a few lines that is compiled to one of gigabytes.
    let mut groups = String::new();
    for level in 0..30 {
        let next = level + 1;
        let _ = write!(groups, "(?<a{level}>x\\g<a{next}>\\g<a{next}>)?");
    }
    groups.push_str("(?<a30>x)?");
    let world =
        pact("application/json", &json!("x"), &json!({"$": {"matchers": [{"match": "regex", "regex": groups}]}}));
    let begun = Instant::now();
    let output = verify_json(&world, "\"x\"");
    assert!(begun.elapsed() < SOON && output.code != Some(0), "{output}");
}

#[test]
fn the_values_of_placeholders_are_limited_where_they_are_put_in() {
    let places = vec!["${a}"; 20_000].join(" ");
    let contract = |value: &str| {
        World::with(&format!(
            "  - name: many\n    given: [ {{ a state: {{ a: \"{value}\" }} }} ]\n    request: GET /\n    response: {{ status: 200, body: {{ text: \"{places}\" }} }}\n"
        ))
    };
    let output = contract(&"x".repeat(100_000)).upheld(["lint"]);
    assert_eq!(output.code, Some(2), "{output}");
    assert!(output.to_string().contains("come to more than 32 MiB"), "{output}");
    // And where a state handler returns one.
    let provider = Provider::new(|request| match request.path.as_str() {
        "/_states" => Answer::json(format!(r#"{{"a":"{}"}}"#, "x".repeat(100_000))),
        _ => Answer::json("{}"),
    });
    let output = contract("x").upheld(["verify", "--url", &provider.url(), "--states", "POST /_states"]);
    assert_eq!(output.code, Some(5), "{output}");
    assert!(output.stdout.contains("E404") && output.stdout.len() < 5000, "{output}");
}

/// A minified Pact file is one line, and each of its failures is in that line.
#[cfg(target_os = "linux")]
#[test]
fn a_thousand_failures_in_one_long_line_take_little_memory() {
    let world = World::new();
    let interactions: Vec<Value> = (0..1000)
        .map(|number| {
            json!({
                "description": format!("get {number} {}", "é".repeat(300)),
                "request": {"method": "GET", "path": format!("/{number}")},
                "response": {"status": 200},
            })
        })
        .collect();
    let pact = json!({
        "consumer": {"name": "storefront"}, "provider": {"name": "orders"}, "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    });
    world.write("contracts/pact.json", pact.to_string());
    // Holds the last request until the memory was looked at.
    let (asked, last) = std::sync::mpsc::channel();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (asked, wait) = (std::sync::Mutex::new(asked), std::sync::Mutex::new(wait));
    let provider = Socket::new(move |request, stream| {
        if request.path == "/999" {
            asked.lock().unwrap().send(()).unwrap();
            let _ = wait.lock().unwrap().recv();
        }
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").is_ok()
    });
    let url = provider.url();
    let running = world.start(["verify", "--url", &url, "--report", "json=out.json", "--timeout", "60s"]);
    last.recv_timeout(Duration::from_mins(1)).expect("the last request");
    let peak = running.peak_memory();
    go.send(()).unwrap();
    let output = running.finish();
    assert_eq!(output.code, Some(1));
    // The whole line for each of them would be 600 MB.
    assert!(peak < 200 << 20, "{} MB", peak >> 20);
    let report: Value = serde_json::from_str(&world.read("out.json")).unwrap();
    assert_eq!(report["summary"]["broken"], 1000);
}

#[test]
fn pipes_and_devices_beside_contracts_are_passed_over_with_a_word() {
    let world = expecting("      body: { id: 2 }\n");
    assert!(Command::new("mkfifo").arg(world.path("contracts/pipe.json")).status().unwrap().success());
    std::os::unix::fs::symlink("pipe.json", world.path("contracts/link.json")).unwrap();
    let output = world.upheld(["lint"]);
    assert_eq!(output.code, Some(0), "{output}");
    for name in ["contracts/link.json", "contracts/pipe.json"] {
        assert!(output.to_string().contains(name), "{output}");
    }
    assert!(output.to_string().contains("is a pipe or a device and is ignored"), "{output}");
    let output = world.upheld(["lint", "contracts/pipe.json"]);
    assert!(output.code == Some(2) && output.to_string().contains("it is not a file"), "{output}");
}

#[test]
fn a_link_in_the_folder_of_contracts_shows_nothing_of_a_file_elsewhere() {
    let (world, elsewhere) = (expecting("      body: { id: 2 }\n"), World::new());
    elsewhere.write("key", "- SECRET: a: b\n");
    elsewhere.write("orders.yaml", world.read("contracts/storefront/orders.yaml").replace("storefront", "till"));
    for (from, to) in [
        (elsewhere.path("key"), "contracts/key.yaml"),
        (elsewhere.path("key"), "contracts/upheld.yaml"),
        (elsewhere.path("key"), "contracts/key.json"),
        (elsewhere.path("orders.yaml"), "contracts/till/orders.yaml"),
    ] {
        std::fs::create_dir_all(world.path(to).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(from, world.path(to)).unwrap();
        let output = world.upheld(["lint"]);
        assert_eq!(output.code, Some(2), "{to}: {output}");
        assert!(output.to_string().contains("F104") && !output.to_string().contains("SECRET"), "{to}: {output}");
        std::fs::remove_file(world.path(to)).unwrap();
    }
    // Within the project, and where somebody names it, a link is a file.
    world.write("shared/till.yaml", elsewhere.read("orders.yaml"));
    std::os::unix::fs::symlink(world.path("shared/till.yaml"), world.path("contracts/till/orders.yaml")).unwrap();
    let output = world.upheld(["lint"]);
    assert_eq!(output.code, Some(0), "{output}");
    let named = elsewhere.path("orders.yaml");
    assert!(!world.upheld(["lint", named.to_str().unwrap()]).to_string().contains("F104"));
}

#[test]
fn recordings_into_one_contract_at_once_lose_nothing() {
    let world = World::new();
    let har = |path: &str| {
        json!({"log": {"version": "1.2", "entries": [{
            "startedDateTime": "2026-11-30T10:00:00Z",
            "request": {"method": "GET", "url": format!("http://orders.test/{path}"), "headers": []},
            "response": {"status": 200, "headers": [{"name": "content-type", "value": "application/json"}],
                "content": {"mimeType": "application/json", "text": "{\"id\":1}"}},
        }]}})
    };
    let names: Vec<String> =
        (0..8).map(|number| format!("thing-{}", ["a", "b", "c", "d", "e", "f", "g", "h"][number])).collect();
    for name in &names {
        world.write(&format!("{name}.har"), har(name).to_string());
    }
    let running: Vec<_> = names
        .iter()
        .map(|name| {
            let file = format!("{name}.har");
            world.start(["import", "har", &file, "--consumer", "storefront", "--provider", "orders"])
        })
        .collect();
    for one in running {
        let output = one.finish();
        assert_eq!(output.code, Some(0), "{output}");
    }
    let contract = world.read("contracts/storefront/orders.yaml");
    for name in &names {
        assert!(contract.contains(&format!("/{name}")), "{name}: {contract}");
    }
}
