//! `upheld mock` as a real process: its responses, its refusals and its exit code.
#![cfg(unix)]

use std::sync::Arc;
use std::thread;

use insta::assert_snapshot;
use serde_json::json;

use super::support::client::send;
use super::support::{World, until};

const ORDERS: &str = "
  - name: get an order
    given:
      - an order exists: { id: 42 }
    request: GET /orders/${id}
    response:
      status: 200
      headers: { content-type: application/json }
      body: { id: '${id}', status: paid, items: [ { qty: 2 } ] }
      match: { status: [paid, open] }
  - name: get an order that is not there
    given: [ no orders ]
    request: GET /orders/42
    response: { status: 404 }
  - name: place an order
    request:
      method: POST
      path: /orders
      headers: { x-kind: gift }
      body: { sku: TEA-1, qty: 1 }
      match: { qty: integer }
    response: { status: 201, headers: { location: /orders/42 } }
  - name: list
    request: GET /orders?limit=2&tag=a&tag=b
    response: { status: 2XX, body-text: none }
";

fn orders() -> World {
    World::with(ORDERS)
}

#[test]
fn each_interaction_serves_its_own_request() {
    let world = orders();
    let mock = world.wrap(["mock"]);
    let received = send(mock.url(), "GET /orders/42", &[], b"");
    assert_eq!((received.status, received.header("content-type")), (200, Some("application/json")));
    assert_eq!(received.json(), json!({"id": 42, "status": "paid", "items": [{"qty": 2}]}));
    let received = send(
        mock.url(),
        "POST /orders",
        &["X-Kind: gift", "Content-Type: application/json"],
        br#"{"qty":7,"sku":"TEA-1"}"#,
    );
    assert_eq!((received.status, received.header("location")), (201, Some("/orders/42")));
    assert_eq!(send(mock.url(), "GET /orders?tag=a&limit=2&tag=b", &[], b"").text(), "none");
    assert_eq!(send(mock.url(), "GET /orders/42", &["Upheld-State: no orders"], b"").status, 404);
    assert_snapshot!(mock.done());
}

#[test]
fn a_request_that_no_interaction_allows_is_explained_and_fails_the_run() {
    let world = orders();
    let mock = world.wrap(["mock"]);
    let received = send(mock.url(), "POST /orders", &["X-Kind: gift"], br#"{"sku":"TEA-2","qty":"1","more":true}"#);
    assert_eq!((received.status, received.header("content-type")), (501, Some("application/problem+json")));
    assert_snapshot!(received.text());
    send(mock.url(), "GET /order/42", &["Authorization: Bearer s3cr3t-t0ken"], b"");
    let output = mock.done();
    assert!(!output.to_string().contains("s3cr3t"), "{output}");
    assert_snapshot!(output);
}

#[test]
fn states_can_change_during_a_run() {
    let world = orders();
    let mock = world.wrap(["mock"]);
    let status = || send(mock.url(), "GET /orders/42", &[], b"").status;
    let post = |body: &str| send(mock.url(), "POST /_upheld/states", &[], body.as_bytes());
    assert_eq!(status(), 200);
    assert_eq!(post(r#"{"state":"no orders","params":{},"action":"setup"}"#).status, 200);
    assert_eq!(status(), 404);
    assert_eq!(send(mock.url(), "GET /_upheld/states", &[], b"").json(), json!([{"state": "no orders", "params": {}}]));
    post(r#"{"state":"no orders","action":"teardown"}"#);
    assert_eq!(status(), 200);
    post(r#"[{"state":"an order exists","params":{"id":7}}]"#);
    assert_eq!(send(mock.url(), "GET /orders/7", &[], b"").json()["id"], 7);
    assert_eq!(send(mock.url(), "DELETE /_upheld/states", &[], b"").json(), json!([]));
    assert_eq!(post("no orders").status, 200);
    assert_eq!(status(), 404);
    assert_eq!(send(mock.url(), "GET /orders/8", &["Upheld-State: an order exists: { id: 8 }"], b"").json()["id"], 8);
    send(mock.url(), "DELETE /_upheld/states", &[], b"");
    for bad in [
        "{",
        "7",
        r#"{"params":{}}"#,
        r#"{"state":"no orders","params":[]}"#,
        r#"{"state":"no orders","action":"x"}"#,
        "no order",
    ] {
        assert_eq!(post(bad).status, 400, "{bad}");
    }
    assert_eq!(send(mock.url(), "GET /_upheld/nothing", &[], b"").status, 404);
    let usage = send(mock.url(), "GET /_upheld/usage", &[], b"").json();
    assert_eq!(usage["interactions"][0], json!({"consumer": "storefront", "interaction": "get an order", "times": 4}));
    assert_eq!(mock.done().code, Some(0));
    let mock = world.wrap(["mock"]);
    let received = send(mock.url(), "GET /orders/42", &["Upheld-State: no ordres"], b"");
    assert_eq!(received.status, 400);
    assert!(received.text().contains("did you mean `no orders`?"), "{received:?}");
    assert_eq!(mock.done().code, Some(1), "a test with an unknown state doesn't test what it should");
}

#[test]
fn unused_interactions_fail_the_run_only_with_all_used() {
    for (more, code) in [(&["mock"][..], 0), (&["mock", "--all-used"], 1)] {
        let world = orders();
        let mock = world.wrap(more.iter().copied());
        send(mock.url(), "GET /orders/42", &[], b"");
        let output = mock.done();
        assert_eq!(output.code, Some(code), "{output}");
        assert!(
            output.stdout.starts_with(
                "unused   storefront → orders  get an order that is not there   contracts/storefront/orders.yaml:"
            ),
            "{output}"
        );
    }
    let world = orders();
    let output = world.wrap(["mock"]).ends_with(3);
    assert_eq!(output.code, Some(3), "the exit code is that of the command");
    assert!(output.stderr.contains("error: the command sent no request to the mock"), "{output}");
}

#[test]
fn pages_of_other_origins_may_send_requests() {
    let world = orders();
    let mock = world.wrap(["mock"]);
    let preflight = [
        "Origin: http://page.example",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: x-kind",
    ];
    let received = send(mock.url(), "OPTIONS /orders", &preflight, b"");
    assert_eq!(received.status, 204);
    for (name, value) in
        [("origin", "http://page.example"), ("methods", "POST"), ("headers", "x-kind"), ("credentials", "true")]
    {
        assert_eq!(received.header(&format!("access-control-allow-{name}")), Some(value));
    }
    let received = send(mock.url(), "GET /orders/42", &preflight[..1], b"");
    assert_eq!(received.header("access-control-allow-origin"), Some("http://page.example"));
    assert_eq!(send(mock.url(), "GET /orders/42", &[], b"").header("access-control-allow-origin"), None);
    let output = mock.done();
    assert_eq!(output.code, Some(0), "{output}");
}

#[test]
fn each_provider_has_its_own_mock_with_all_of_its_contracts() {
    let world = World::new();
    let interaction = |path: &str| {
        format!("  - name: it\n    request: GET /{path}\n    response: {{ status: 200, body: {{ is: {path} }} }}\n")
    };
    world.contract("web", "orders", &interaction("a"));
    world.contract("app", "orders", &interaction("b"));
    world.contract("web", "payments", &interaction("c"));
    let mock = world.wrap(["mock", "--env-var", "payments=UPHELD_URL_MINE"]);
    let orders = mock.variable("UPHELD_URL_ORDERS");
    assert_eq!(send(orders, "GET /a", &[], b"").json()["is"], "a");
    assert_eq!(send(orders, "GET /b", &[], b"").json()["is"], "b");
    assert_eq!(send(mock.variable("UPHELD_URL_MINE"), "GET /c", &[], b"").json()["is"], "c");
    assert_eq!(mock.done().code, Some(0));
    let output = world.upheld(["mock", "--env-var", "X", "--", "true"]);
    assert_snapshot!(output);
    let output = world.upheld(["mock", "nobody", "--", "true"]);
    assert_eq!(output.code, Some(2), "{output}");
}

#[test]
fn without_a_command_it_serves_until_a_signal() {
    let world = orders();
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port().to_string();
    let running = world.start(["mock", "orders", "--port", &port]);
    let url = format!("http://127.0.0.1:{port}");
    until("the mock", || std::net::TcpStream::connect(("127.0.0.1", port.parse().unwrap())).ok());
    send(&url, "GET /orders/42", &[], b"");
    send(&url, "GET /orders/43", &[], b"");
    running.signal("INT");
    assert_snapshot!(running.finish());
}

#[test]
fn a_thousand_concurrent_requests_are_served() {
    let interactions: String = (0..500)
        .map(|n| format!("  - name: order {n}\n    request: GET /orders/{n}\n    response: {{ status: 200, body: {{ id: {n} }} }}\n"))
        .collect();
    let world = World::with(&interactions);
    let mock = world.wrap(["mock"]);
    let url: Arc<str> = Arc::from(mock.url());
    let barrier = Arc::new(std::sync::Barrier::new(1000));
    let clients: Vec<_> = (0..1000)
        .map(|number| {
            let (url, barrier) = (Arc::clone(&url), Arc::clone(&barrier));
            // Small stacks: a thousand of them must fit anywhere.
            let client = move || {
                barrier.wait();
                let id = number % 500;
                let received = send(&url, &format!("GET /orders/{id}"), &[], b"");
                assert_eq!(received.json(), json!({ "id": id }));
            };
            thread::Builder::new().stack_size(256 << 10).spawn(client).unwrap()
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
    let output = mock.done();
    assert_eq!(output.stdout, "500 of 500 interactions used, by 1000 requests\n");
}

#[test]
fn the_contracts_of_this_repository_are_upheld_by_their_own_mock() {
    let contracts = concat!(env!("CARGO_MANIFEST_DIR"), "/contracts");
    for provider in ["orders", "payments"] {
        let world = World::new();
        let mock = world.wrap(["--contracts", contracts, "mock", provider, "--all-used"]);
        let output = world.upheld([
            "--contracts",
            contracts,
            "verify",
            provider,
            "--url",
            mock.url(),
            "--states",
            "POST /_upheld/states",
        ]);
        assert_eq!(output.code, Some(0), "{output}");
        let output = mock.done();
        assert_eq!(output.code, Some(0), "{output}");
    }
}

#[test]
fn a_mock_serves_the_states_and_health_paths_of_the_registry() {
    let world = World::with(ALIKE);
    world.registry("  orders: { states: POST /_states, health: GET /health }\n");
    let mock = world.wrap(["mock", "--all-used"]);
    let output = world.upheld(["verify", "orders", "--url", mock.url()]);
    assert_eq!(output.code, Some(0), "{output}");
    let output = mock.done();
    assert_eq!(output.code, Some(0), "{output}");
}

/// The same request several times: only the states and their parameters tell the interactions apart.
const ALIKE: &str = "
  - name: a paid order
    given: [ { an order exists: { status: paid } } ]
    request: GET /orders/42
    response: { status: 200, body: { status: paid }, match: { status: exact } }
  - name: an open order
    given: [ { an order exists: { status: open } } ]
    request: GET /orders/42
    response: { status: 200, body: { status: open }, match: { status: exact } }
  - name: an open order of two
    given: [ { an order exists: { status: paid } }, { an order exists: { status: open } } ]
    request: GET /orders/42
    response: { status: 300 }
  - name: no order
    request: GET /orders/42
    response: { status: 404 }
  - name: an encoded answer
    request: { method: GET, path: /packed, headers: { accept-encoding: gzip } }
    response: { status: 200, headers: { content-encoding: gzip }, body: { is: packed } }
";

#[test]
fn credentials_are_never_shown() {
    let world = World::with(
        "  - name: mine\n    request: { method: GET, path: /me, headers: { authorization: Bearer example }, query: { api_key: example } }\n    response: { status: 200 }\n",
    );
    let mock = world.wrap(["mock"]);
    let received = send(mock.url(), "GET /me?api_key=s3cr3tkey", &["Authorization: Bearer s3cr3t-t0ken"], b"");
    assert_eq!(received.status, 501);
    assert!(!received.text().contains("s3cr3t"), "{received:?}");
    let output = mock.done();
    assert!(!output.to_string().contains("s3cr3t"), "{output}");
    assert!(output.stderr.contains("header  authorization") && output.stderr.contains("(not shown)"), "{output}");
}

#[test]
fn clients_in_the_command_trust_the_temporary_certificate() {
    let world = World::with("  - name: it\n    request: GET /a\n    response: { status: 200, body-text: it }\n");
    let script = "for name in UPHELD_CA NODE_EXTRA_CA_CERTS SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE; do \
                  eval \"cat \\$$name\" > $name; done; echo $UPHELD_CA > file; echo $UPHELD_URL > url; \
                  echo > .addresses; while [ ! -e .code ]; do [ -e .addresses ] || exit 1; sleep 0.01; done";
    let world = world.variable("SSL_CERT_FILE", "before.pem");
    world.write("before.pem", "trusted before\n");
    let running = world.start(["mock", "--https", "--", "sh", "-c", script]);
    until("the command", || world.path(".addresses").exists().then_some(()));
    let authority = world.read("UPHELD_CA");
    for name in ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        assert!(world.read(name).starts_with(&authority), "{name}");
    }
    assert!(world.read("SSL_CERT_FILE").contains("trusted before"));
    let url = world.read("url").trim().to_owned();
    assert!(url.starts_with("https://localhost:"), "{url}");
    // Any client that trusts the file can verify the mock.
    let verified = {
        let mut command = world.command(["verify", "--url", &url]);
        command.env("SSL_CERT_FILE", world.read("file").trim());
        world.run(command)
    };
    assert_eq!(verified.code, Some(0), "{verified}");
    let untrusting = world.upheld(["verify", "--url", &url]);
    assert_eq!(untrusting.code, Some(5), "{untrusting}");
    world.write(".code", "0");
    let output = running.finish();
    assert_eq!(output.code, Some(0), "{output}");
    assert!(!std::path::Path::new(world.read("file").trim()).exists(), "it is deleted");
}

#[test]
fn large_and_encoded_bodies_are_read_within_limits() {
    let world = orders();
    let mock = world.wrap(["mock", "--max-body", "100"]);
    assert_eq!(send(mock.url(), "POST /orders", &[], &[b'x'; 101]).status, 413);
    let gzipped = {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(br#"{"sku":"TEA-1","qty":1}"#).unwrap();
        encoder.finish().unwrap()
    };
    assert_eq!(send(mock.url(), "POST /orders", &["X-Kind: gift", "Content-Encoding: gzip"], &gzipped).status, 201);
    assert_eq!(send(mock.url(), "POST /orders", &["Content-Encoding: gzip"], b"none").status, 415);
    assert_eq!(mock.done().code, Some(1));
}
