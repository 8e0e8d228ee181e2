//! `upheld mock` with Pact files: the specification's own cases and provider states, over a socket.
#![cfg(unix)]

use std::fmt::Write as _;
use std::io::Write as _;

use serde_json::{Value, json};

use super::pact_spec::{Case, body, cases, headers, pact_file, query};
use super::support::World;
use super::support::client::send;

/// A world with a Pact file that has these interactions.
fn world(interactions: &Value) -> World {
    let world = World::new();
    let text = json!({
        "consumer": {"name": "storefront"},
        "provider": {"name": "orders"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    });
    world.write("contracts/storefront-orders.json", text.to_string());
    world
}

/// A text as it may stand in a request's path or a header line.
fn on_the_wire(text: &str) -> String {
    text.replace(' ', "%20")
}

#[test]
fn every_request_case_of_the_pact_specification_has_its_verdict_from_the_mock() {
    let Some(cases) = cases("request") else { return };
    let world = World::new();
    for (number, case) in cases.iter().enumerate() {
        let interaction = json!({"description": case.name, "request": case.expected, "response": {"status": 200}});
        let text = pact_file(case.version, &interaction).replace("\"orders\"", &format!("\"case-{number}\""));
        world.write(&format!("pacts/{number}.json"), text);
    }
    let mock = world.wrap(["mock", "./pacts"]);
    let mut failed = String::new();
    // No request has an empty path.
    let can_be_sent = |case: &Case| case.actual["path"].as_str().is_none_or(|path| !path.is_empty());
    let mut sent = 0;
    for (number, case) in cases.iter().enumerate().filter(|(_, case)| can_be_sent(case)) {
        sent += 1;
        let text = |key: &str, default: &str| case.actual[key].as_str().unwrap_or(default).to_owned();
        let mut line = format!("{} {}", text("method", "GET"), on_the_wire(&text("path", "/")));
        if let Some(query) = query(&case.actual).filter(|query| !query.is_empty()) {
            write!(line, "?{}", on_the_wire(&query)).unwrap();
        }
        // A line break inside of a value can't be sent.
        let on_one_line = |value: &str| value.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines = headers(&case.actual);
        let lines: Vec<String> = lines.iter().map(|(name, value)| format!("{name}: {}", on_one_line(value))).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let url = mock.variable(&format!("UPHELD_URL_CASE_{number}"));
        let received = send(url, &line, &lines, &body(&case.actual, case.version));
        let expected = if case.matches { 200 } else { 501 };
        if received.status != expected {
            writeln!(failed, "{}: {line}: {} instead of {expected}: {}", case.name, received.status, received.text())
                .unwrap();
        }
    }
    drop(mock);
    let report = format!(
        "{sent} of {} request cases of the Pact specification were sent to the mock; an empty path can't be sent\n",
        cases.len()
    );
    std::io::stderr().write_all(report.as_bytes()).unwrap();
    assert!(failed.is_empty(), "{failed}");
}

#[test]
fn the_example_is_always_accepted_and_the_value_of_a_state_while_it_is_active() {
    let generator = |expression: &str| json!({"type": "ProviderState", "expression": expression});
    let given = json!([{"name": "an order exists", "params": {"id": "42"}}]);
    let world = world(&json!([
        {
            "description": "in the path",
            "providerStates": given,
            "request": {"method": "GET", "path": "/orders/1", "generators": {"path": generator("/orders/${id}")}},
            "response": {"status": 200, "body": "path"},
        },
        {
            "description": "in the query",
            "providerStates": given,
            "request": {
                "method": "GET", "path": "/search", "query": {"id": ["1"]},
                "generators": {"query": {"id": generator("${id}")}},
            },
            "response": {"status": 200},
        },
        {
            "description": "in a header",
            "providerStates": given,
            "request": {
                "method": "GET", "path": "/header", "headers": {"X-Order": "1"},
                "generators": {"header": {"X-Order": generator("${id}")}},
            },
            "response": {"status": 200},
        },
        {
            "description": "in the body and the path",
            "providerStates": given,
            "request": {
                "method": "PUT", "path": "/items/1", "headers": {"Content-Type": "application/json"}, "body": {"id": "1"},
                "generators": {"body": {"$.id": generator("${id}")}, "path": generator("/items/${id}")},
            },
            "response": {"status": 200},
        },
    ]));
    let mock = world.wrap(["mock"]);
    let json = "Content-Type: application/json";
    let order = |id: &str| format!("X-Order: {id}");
    let of_body = |id: &str| format!(r#"{{"id":"{id}"}}"#);
    let requests = |id: &str| {
        [
            (format!("GET /orders/{id}"), vec![], String::new()),
            (format!("GET /search?id={id}"), vec![], String::new()),
            (String::from("GET /header"), vec![order(id)], String::new()),
            (format!("PUT /items/{id}"), vec![json.to_owned()], of_body(id)),
        ]
    };
    let check = |state: Option<&str>, id: &str, status: u16| {
        for (line, headers, body) in requests(id) {
            let state = state.map(|state| format!("Upheld-State: {state}"));
            let lines: Vec<&str> = headers.iter().chain(&state).map(String::as_str).collect();
            let received = send(mock.url(), &line, &lines, body.as_bytes());
            assert_eq!(received.status, status, "{line} while {state:?}: {}", received.text());
        }
    };
    let (active, seven) = (Some("an order exists"), Some("an order exists: { id: '7' }"));
    for (state, id, status) in [
        (None, "1", 200),
        (active, "1", 200),
        (seven, "1", 200),
        (active, "42", 200),
        (seven, "7", 200),
        (None, "42", 501),
        (None, "7", 501),
        (seven, "42", 501),
        (active, "7", 501),
    ] {
        check(state, id, status);
    }
    // Each place by itself: the test may know one value and not the other.
    let mixed = send(mock.url(), "PUT /items/42", &[json, "Upheld-State: an order exists"], of_body("1").as_bytes());
    assert_eq!(mixed.status, 200, "{}", mixed.text());
    // The nearest interaction and its difference are shown.
    let refused = send(mock.url(), "GET /orders/8", &["Upheld-State: an order exists"], b"").json();
    assert_eq!(refused["nearest"]["interaction"], "in the path");
    assert_eq!(refused["mismatches"][0]["part"], "path", "{refused}");
}

#[test]
fn methods_of_pact_files_have_no_case_and_their_paths_may_lack_the_slash() {
    let world = world(&json!([
        {"description": "a", "request": {"method": "post", "path": "orders/42"}, "response": {"status": 201}},
        {
            "description": "c",
            "request": {
                "method": "GET", "path": "files/1",
                "matchingRules": {"path": {"matchers": [{"match": "regex", "regex": "/files/[0-9]+"}]}},
            },
            "response": {"status": 203},
        },
    ]));
    world.contract("back-office", "orders", "  - { name: own, request: PUT /own, response: { status: 204 } }\n");
    let mock = world.wrap(["mock"]);
    for (line, status) in [
        ("POST /orders/42", 201),
        ("post /orders/42", 201),
        ("Post /orders/42", 201),
        ("PUT /orders/42", 501),
        ("GET /files/7", 203),
        ("PUT /own", 204),
        // In our own contracts, methods have a case, as HTTP has it (RFC 9110, section 9.1).
        ("put /own", 501),
    ] {
        let received = send(mock.url(), line, &[], b"");
        assert_eq!(received.status, status, "{line}: {}", received.text());
    }
}
