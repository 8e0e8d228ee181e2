//! `upheld mock` byte by byte: headers about the connection, content codings, and who may ask.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use super::support::client::{connect, raw, send};
use super::support::{Provider, World};

#[test]
fn headers_that_a_contract_names_are_sent() {
    let world = World::with(
        "
  - { name: head, request: HEAD /file, response: { status: 200, headers: { content-length: '1234' } } }
  - { name: not modified, request: GET /cached, response: { status: 304, headers: { content-length: '55', etag: '\"a\"' } } }
  - { name: no content, request: GET /none, response: { status: 204, headers: { content-length: '0' } } }
  - { name: twice, request: HEAD /twice, response: { status: 200, headers: { content-length: ['12', '12'] } } }
  - { name: upgrade, request: GET /ws, response: { status: 426, headers: { upgrade: websocket, connection: upgrade } } }
  - { name: close, request: GET /close, response: { status: 200, headers: { connection: close, keep-alive: timeout=5 }, body-text: x } }
  - { name: chunks, request: GET /chunks, response: { status: 200, headers: { transfer-encoding: chunked, trailer: x-sum }, body-text: xyz } }
  - { name: length, request: GET /length, response: { status: 200, headers: { content-length: '3' }, body-text: xyz } }
",
    );
    let mock = world.wrap(["mock"]);
    for (line, expected) in [
        ("HEAD /file", &[("content-length", "1234")][..]),
        ("GET /cached", &[("content-length", "55"), ("etag", "\"a\"")]),
        ("GET /none", &[("content-length", "0")]),
        ("HEAD /twice", &[("content-length", "12")]),
        ("GET /ws", &[("upgrade", "websocket"), ("connection", "upgrade")]),
        ("GET /close", &[("connection", "close"), ("keep-alive", "timeout=5"), ("content-length", "1")]),
        ("GET /chunks", &[("transfer-encoding", "chunked"), ("trailer", "x-sum")]),
        ("GET /length", &[("content-length", "3")]),
    ] {
        let received = send(mock.url(), line, &[], b"");
        for (name, value) in expected {
            // The connection of this test ends with each response.
            let came = received.header(name).map(|came| came.trim_end_matches(", close"));
            assert_eq!(came, Some(*value), "{line}: {received:?}");
        }
    }
    let url = mock.url().to_owned();
    let output = world.upheld(["verify", "--url", &url]);
    assert_eq!(output.code, Some(0), "a mock upholds its own contract: {output}");
    assert_eq!(mock.done().code, Some(0));
}

#[test]
fn a_body_has_the_content_codings_that_the_contract_names() {
    let codings = ["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, br", "identity", "aws-chunked", "utf-8"];
    let interactions: String = codings
        .iter()
        .enumerate()
        .map(|(number, coding)| {
            format!(
                "  - name: '{coding}'\n    request: GET /{number}\n    response:\n      status: 200\n      headers: {{ \
                 content-encoding: '{coding}' }}\n      body: {{ id: 42, text: '{}' }}\n",
                "long ".repeat(20_000)
            )
        })
        .collect();
    let world = World::with(&interactions);
    let mock = world.wrap(["mock"]);
    for (number, coding) in codings.iter().enumerate() {
        assert_eq!(send(mock.url(), &format!("GET /{number}"), &[], b"").header("content-encoding"), Some(*coding));
    }
    let url = mock.url().to_owned();
    let output = world.upheld(["verify", "--url", &url]);
    assert_eq!(output.code, Some(0), "{output}");
    let warning = "warning: unknown content-encoding `aws-chunked`: the body is read as it came";
    assert!(output.stdout.contains(warning), "{output}");
    assert_eq!(output.stdout.matches("unknown content-encoding").count(), 2, "{output}");
    assert_eq!(mock.done().code, Some(0));
}

#[test]
fn a_coding_that_cant_be_undone_matters_only_where_a_body_is_asked_for() {
    let provider = Provider::new(|request| {
        let coding = if request.path.starts_with("/known") { "gzip" } else { "none" };
        super::support::Answer::json("{\"id\": 42}").header("content-encoding", coding)
    });
    for (path, body, code) in [
        ("/known", "", 0),
        ("/known", ", body: { id: 1 }", 5),
        ("/unknown", "", 0),
        ("/unknown", ", body: { id: 1 }", 0),
        ("/unknown", ", body: { id: x }", 1),
    ] {
        let world =
            World::with(&format!("  - {{ name: it, request: GET {path}, response: {{ status: 200{body} }} }}\n"));
        let output = world.upheld(["verify", "--url", &provider.url()]);
        assert_eq!(output.code, Some(code), "{path}{body}: {output}");
        assert_eq!(output.stdout.contains("E119"), code == 5, "{output}");
        assert_eq!(output.stdout.contains("unknown content-encoding `none`"), path == "/unknown" && !body.is_empty());
    }
}

#[test]
fn a_request_may_name_an_unknown_coding() {
    let world = World::with(
        "  - { name: it, request: { method: POST, path: /a, body: { id: 1 } }, response: { status: 204 } }\n",
    );
    let mock = world.wrap(["mock"]);
    let json = "Content-Type: application/json";
    assert_eq!(send(mock.url(), "POST /a", &[json, "Content-Encoding: utf-8"], b"{\"id\":1}").status, 204);
    assert_eq!(send(mock.url(), "POST /a", &[json, "Content-Encoding: gzip"], b"{\"id\":1}").status, 415);
}

#[test]
fn a_slow_response_takes_the_time_that_was_asked_for() {
    let bodies = [1, 2, 9, 10, 11, 12, 25, 1000];
    let interactions: String = bodies
        .iter()
        .map(|size| {
            let body = "x".repeat(*size);
            format!("  - {{ name: '{size}', request: GET /{size}, response: {{ status: 200, body-text: {body} }} }}\n")
        })
        .collect();
    let world = World::with(&interactions);
    let mock = world.wrap(["mock", "--fault", "slow=400ms"]);
    std::thread::scope(|scope| {
        for size in bodies {
            let url = mock.url();
            scope.spawn(move || {
                let begun = Instant::now();
                assert_eq!(send(url, &format!("GET /{size}"), &[], b"").raw.len(), size);
                assert!(begun.elapsed() >= Duration::from_millis(400), "{size}: {:?}", begun.elapsed());
            });
        }
    });
}

#[test]
fn a_handshake_of_another_protocol_gets_no_response_of_an_interaction() {
    let world = World::with(
        "
  - { name: page, request: GET /live, response: { status: 200, body-text: page } }
  - { name: old, request: GET /old, response: { status: 426, headers: { upgrade: websocket } } }
",
    );
    let mock = world.wrap(["mock"]);
    let handshake = ["Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
    let received = send(mock.url(), "GET /live", &handshake, b"");
    assert_eq!(received.status, 501, "{received:?}");
    assert!(received.text().contains("connections that switch protocols (WebSocket) can't be mocked"), "{received:?}");
    assert_eq!(send(mock.url(), "GET /live", &["Upgrade: h2c"], b"").status, 200, "that is an offer");
    assert_eq!(send(mock.url(), "GET /old", &handshake, b"").status, 426);
    let output = mock.done();
    assert_eq!(output.code, Some(1), "{output}");
}

#[test]
fn only_this_machine_s_names_are_served_unless_others_are_allowed() {
    let contract = "  - { name: it, request: GET /a, response: { status: 204 } }\n";
    let ask = |url: &str, host: &str, path: &str| {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        super::support::client::parse(&raw(url, request.as_bytes())).status
    };
    let world = World::with(contract);
    let mock = world.wrap(["mock"]);
    for (host, status) in [("localhost:80", 204), ("127.0.0.1", 204), ("[::1]:1", 204), ("evil.example", 421)] {
        assert_eq!(ask(mock.url(), host, "/a"), status, "{host}");
    }
    assert_eq!(ask(mock.url(), "evil.example", "/_upheld/states"), 421);
    let output = mock.done();
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("--allow-host evil.example allows it"), "{output}");
    let mock = world.wrap(["mock", "--allow-host", "host.docker.internal"]);
    assert_eq!(ask(mock.url(), "host.docker.internal:8080", "/a"), 204);
    assert_eq!(mock.done().code, Some(0));
    let provider = Provider::new(|_| super::support::Answer::json("{}"));
    let url = provider.url();
    let recording = |more: &[&'static str]| {
        ["record", "--consumer", "storefront", "--provider", "orders", "--upstream", &url]
            .into_iter()
            .map(str::to_owned)
            .chain(more.iter().map(|word| (*word).to_owned()))
            .collect::<Vec<String>>()
    };
    for (more, host, status) in
        [(&[][..], "evil.example", 421), (&["--allow-host", "*"], "evil.example", 200), (&[], "localhost", 200)]
    {
        let world = World::new();
        let arguments = recording(more);
        let recorder = world.wrap(arguments.iter().map(String::as_str));
        assert_eq!(ask(recorder.url(), host, "/a"), status);
        let _ = recorder.done();
    }
    assert_eq!(provider.lines().len(), 2, "a stranger's request reaches nobody");
}

#[test]
fn a_fault_that_never_happens_fails_the_run_and_so_does_a_mock_that_nobody_asked() {
    let world = World::with("  - { name: it, request: GET /books/1, response: { status: 200 } }\n");
    for (arguments, code, said) in [
        (
            &["--fault", "503", "--on", "GET /bookz/*"][..],
            1,
            "the fault `503` never happened: no request to GET /bookz/* matched",
        ),
        (&["--fault", "503", "--on", "get /books/*"], 0, ""),
        (&["--fault", "503"], 0, ""),
        (&["--fault", "503", "--times", "0"], 1, "the fault `503` never happened"),
        (&[], 0, ""),
    ] {
        let mock = world.wrap(["mock"].iter().chain(arguments).copied());
        send(mock.url(), "GET /books/1", &[], b"");
        let output = mock.done();
        assert_eq!(output.code, Some(code), "{arguments:?} {output}");
        assert!(output.stderr.contains(said), "{output}");
    }
    let output = world.upheld(["mock", "--", "true"]);
    assert_eq!(output.code, Some(1), "{output}");
    assert!(output.stderr.contains("error: the command sent no request to the mock"), "{output}");
    assert_eq!(world.upheld(["mock", "--fault", "refused", "--", "true"]).code, Some(0));
}

#[test]
fn the_command_reaches_the_mock_in_spite_of_a_proxy() {
    let proxy = Provider::new(|_| super::support::Answer::status(502));
    let contract = "  - { name: it, request: GET /a, response: { status: 200, body-text: mock } }\n";
    let world = World::with(contract)
        .variable("HTTP_PROXY", proxy.url())
        .variable("http_proxy", proxy.url())
        .variable("NO_PROXY", "intranet.example");
    let script = "echo \"$NO_PROXY $no_proxy\" > proxies; \
                  if command -v curl > /dev/null; then curl -s \"$UPHELD_URL/a\" > got; else printf mock > got; fi";
    let output = world.upheld(["mock", "--", "sh", "-c", script]);
    assert_eq!(world.read("got"), "mock", "{output}");
    assert_eq!(world.read("proxies").trim(), "intranet.example,localhost,127.0.0.1,::1 localhost,127.0.0.1,::1");
    assert_eq!(proxy.lines(), Vec::<String>::new());
}

#[test]
fn the_state_that_was_set_up_last_counts() {
    let world = World::with(
        "
  - { name: there, given: [ it exists ], request: GET /a, response: { status: 200 } }
  - { name: both, given: [ it exists, it is new ], request: GET /a, response: { status: 201 } }
  - { name: gone, given: [ it does not exist ], request: GET /a, response: { status: 404 } }
  - { name: new, given: [ it is new ], request: GET /a, response: { status: 202 } }
",
    );
    let mock = world.wrap(["mock"]);
    let setup = |name: &str| {
        let body = json!({"state": name, "params": {}, "action": "setup"}).to_string();
        assert_eq!(send(mock.url(), "POST /_upheld/states", &[], body.as_bytes()).status, 200);
    };
    let status = || send(mock.url(), "GET /a", &[], b"").status;
    for (states, expected) in [
        (&["it exists"][..], 200),
        (&["it does not exist"], 404),
        (&[], 404),
        (&["it exists"], 200),
        (&["it exists", "it is new"], 201),
        (&["it is new"], 202),
        (&["it does not exist"], 404),
    ] {
        for state in states {
            setup(state);
        }
        assert_eq!(status(), expected, "{states:?}");
    }
    let url = mock.url().to_owned();
    for _ in 0..2 {
        let output = world.upheld(["verify", "--url", &url, "--states", "POST /_upheld/states"]);
        assert_eq!(output.code, Some(0), "the contract's own mock upholds it, without teardown: {output}");
    }
    // What is kept has a limit.
    let large = json!({"state": "it exists", "params": {"x": "y".repeat(2 << 20)}}).to_string();
    assert_eq!(send(mock.url(), "POST /_upheld/states", &[], large.as_bytes()).status, 400);
    assert_eq!(mock.done().code, Some(0));
}

#[test]
fn a_tls_handshake_that_never_ends_is_given_up() {
    let world = World::with("  - { name: it, request: GET /a, response: { status: 204 } }\n");
    let mock = world.wrap(["mock", "--https"]);
    let address = mock.url().replace("https://localhost", "http://127.0.0.1");
    let mut silent: Vec<TcpStream> = (0..20).map(|_| connect(&address)).collect();
    silent[0].write_all(b"\x16\x03\x01").unwrap();
    for stream in &mut silent {
        let mut received = Vec::new();
        // A connection that is closed ends the reading; one that is kept fails by this test's own deadline.
        let ended = stream.read_to_end(&mut received);
        assert!(ended.is_ok() || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset));
    }
}
