//! `upheld record` as a real process: the traffic that it passes on, the contract that it writes, and its exit code.
#![cfg(unix)]

use std::io::{Read as _, Write as _};

use insta::assert_snapshot;

use super::support::client::{self, parse, send};
use super::support::{Answer, Provider, Socket, World, until};

const CONTRACT: &str = "contracts/storefront/orders.yaml";

/// The arguments to record orders at this URL.
fn record_orders(url: &str) -> Vec<&str> {
    vec!["record", "--consumer", "storefront", "--provider", "orders", "--upstream", url]
}

#[test]
fn a_recording_is_a_contract_that_its_provider_upholds() {
    let provider = Provider::new(|request| match request.line().as_str() {
        "GET /orders/1" => Answer::json(r#"{"id":"6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11","status":"paid","note":null}"#),
        "GET /orders/2" => Answer::json(r#"{"id":"0b5a3a5c-1f0e-4f5e-8f0a-6f2b8f2f9a01","status":"open","note":"x"}"#),
        "POST /orders" => Answer::status(201).header("location", "/orders/3"),
        _ => Answer::status(404),
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    for line in ["GET /orders/1", "GET /orders/2", "GET /orders/404"] {
        send(recording.url(), line, &["Accept: application/json"], b"");
    }
    send(recording.url(), "POST /orders", &["Content-Type: application/json"], br#"{"sku":"TEA-1"}"#);
    assert_snapshot!(recording.done());
    assert_snapshot!(world.read(CONTRACT));
    let output = world.upheld(["lint"]);
    assert_eq!(output.code, Some(0), "{output}");
    let output = world.upheld(["verify", "--url", &url]);
    assert_eq!(output.code, Some(0), "{output}");
}

#[test]
fn differences_are_shown_and_fail_the_run_until_update() {
    let world = World::with(
        "  - name: an order\n    request: GET /orders/1\n    response: { status: 200, body: { qty: 1 } }  # mine\n",
    );
    let before = world.read(CONTRACT);
    let provider = Provider::new(|_| Answer::json(r#"{"qty":"1"}"#));
    let url = provider.url();
    let record = |more: &[&'static str]| {
        let recording = world.wrap([&record_orders(&url)[..], more].concat());
        send(recording.url(), "GET /orders/1", &[], b"");
        recording.done()
    };
    assert_snapshot!(record(&[]));
    assert_eq!(world.read(CONTRACT), before);
    assert_snapshot!(record(&["--update"]));
    assert_snapshot!(world.read(CONTRACT));
    assert_eq!(record(&[]).code, Some(0));
}

#[test]
fn a_failing_command_sets_the_exit_code_and_nothing_is_written_without_keep_failed() {
    let provider = Provider::new(|_| Answer::json("{}"));
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    send(recording.url(), "GET /a", &[], b"");
    assert_snapshot!(recording.ends_with(7));
    assert!(!world.path("contracts").exists());
    let recording = world.wrap([&record_orders(&url)[..], &["--keep-failed"]].concat());
    send(recording.url(), "GET /a", &[], b"");
    assert_eq!(recording.ends_with(7).code, Some(7));
    assert!(world.path(CONTRACT).exists());
}

#[test]
fn the_output_of_the_command_passes_through_and_a_command_that_cannot_start_is_an_error() {
    let provider = Provider::new(|_| Answer::json("{}"));
    let (world, url) = (World::new(), provider.url());
    let run = |command: &[&'static str]| world.upheld([&record_orders(&url)[..], &["--"], command].concat());
    let output = run(&["sh", "-c", "echo out; echo err >&2; exit 3"]);
    assert_eq!((output.stdout.as_str(), output.code), ("out\n", Some(3)));
    assert!(output.stderr.starts_with("err\n"), "{output}");
    assert_eq!(run(&["sh", "-c", "kill -9 $$"]).code, Some(137));
    assert_snapshot!(run(&["no-such-command"]));
    assert_snapshot!(run(&["true"]));
}

#[test]
fn several_providers_are_recorded_each_into_its_own_contract() {
    let (orders, payments) = (Provider::new(|_| Answer::json("{}")), Provider::new(|_| Answer::json("[]")));
    let world = World::new();
    let upstreams = [format!("orders={}", orders.url()), format!("pay-ments={}", payments.url())];
    let arguments = ["record", "--consumer", "web", "--upstream", &upstreams[0], "--upstream", &upstreams[1]];
    let recording = world.wrap(arguments.into_iter().chain(["--env-var", "pay-ments=UPHELD_URL_MINE"]));
    assert_eq!(recording.url(), recording.variable("UPHELD_URL_ORDERS"));
    assert_eq!(recording.variable("UPHELD_URL_MINE"), recording.variable("UPHELD_URL_PAY_MENTS"));
    send(recording.url(), "GET /orders", &[], b"");
    send(recording.variable("UPHELD_URL_MINE"), "GET /payments", &[], b"");
    assert_snapshot!(recording.done());
    assert!(world.path("contracts/web/orders.yaml").exists() && world.path("contracts/web/pay-ments.yaml").exists());
}

#[test]
fn the_consumer_gets_exactly_the_response_of_the_provider() {
    // Each with its head and body as on the wire.
    let responses: [&[u8]; 7] = [
        b"HTTP/1.1 200 Fine\r\nX-Case: a\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nx-low: b\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nETag: \"x\"\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
        b"HTTP/1.1 299 Odd\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\n\x00\xff\x01\xfe",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 1\r\n\r\nx",
    ];
    let provider = Socket::new(move |request, stream| {
        let number: usize = request.path.trim_start_matches('/').parse().unwrap();
        stream.write_all(responses[number]).unwrap();
        true
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    for (number, response) in responses.iter().enumerate() {
        let (sent, mut came) = (parse(response), send(recording.url(), &format!("GET /{number}"), &[], b""));
        // The client of this test sent it.
        came.headers.retain(|line| !line.eq_ignore_ascii_case("connection: close"));
        assert_eq!(came.header("transfer-encoding"), sent.header("transfer-encoding"));
        assert_eq!(came.body(), sent.body(), "{number}");
        let own = |line: &String| !line.to_ascii_lowercase().starts_with("transfer-encoding");
        came.headers.retain(own);
        let mut expected = sent.headers.clone();
        expected.retain(own);
        assert_eq!((came.status, &came.headers), (sent.status, &expected), "{number}");
    }
    assert_eq!(recording.done().code, Some(0));
}

#[test]
fn the_provider_gets_the_request_of_the_consumer() {
    let provider = Provider::new(|_| Answer::status(204));
    let (world, url) = (World::new(), provider.url() + "/api");
    let recording = world.wrap(record_orders(&url));
    let headers =
        ["X-A: 1", "X-A: 2", "Connection: close, x-hop", "X-Hop: 1", "TE: trailers", "Accept-Encoding: gzip, snappy"];
    send(recording.url(), "PUT /orders/4%202?b=1&a=%20", &headers, b"body");
    assert_eq!(recording.done().code, Some(0));
    let got = provider.requests().remove(0);
    assert_eq!((got.line().as_str(), got.body.as_str()), ("PUT /api/orders/4%202?b=1&a=%20", "body"));
    let host = provider.url().strip_prefix("http://").unwrap().to_owned();
    let expected = [
        ("x-a", "1"),
        ("x-a", "2"),
        ("accept-encoding", "gzip"),
        ("content-length", "4"),
        ("host", &host),
        // For the recorder's own connection, since it passes trailers on.
        ("te", "trailers"),
        ("connection", "te"),
    ];
    for (name, value) in expected {
        assert!(got.headers.contains(&(name.to_owned(), value.to_owned())), "{name}: {got:?}");
    }
    assert_eq!(got.headers.len(), expected.len(), "{got:?}");
    assert!(world.read(CONTRACT).contains("path: /orders/4%202\n"), "the path is the consumer's");
}

#[test]
fn events_arrive_one_by_one_and_those_that_were_seen_are_recorded() {
    let provider = Socket::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n").unwrap();
        // The stream never ends, so the consumer must leave.
        let mut byte = [0];
        let _ = stream.read(&mut byte);
        false
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    let mut stream = client::connect(recording.url());
    stream.write_all(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut came = Vec::new();
    while !came.windows(7).any(|window| window == b"data: 1") {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).unwrap();
        assert!(length > 0);
        came.extend_from_slice(&bytes[..length]);
    }
    drop(stream);
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read(CONTRACT).contains("data: 1"), "{output}");
}

#[test]
fn a_provider_that_is_down_or_breaks_off_is_reported_to_the_consumer_and_not_recorded() {
    let provider = Socket::new(|request, stream| {
        match request.path.as_str() {
            "/cut" => stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").unwrap(),
            "/whole" => stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap(),
            _ => {}
        }
        request.path == "/whole"
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    let came = send(recording.url(), "GET /none?token=abcdefgh12345678", &[], b"");
    assert_eq!((came.status, came.header("content-type")), (502, Some("application/problem+json")));
    assert_eq!(came.json()["from"], "upheld");
    assert_eq!(send(recording.url(), "GET /cut", &[], b"").raw, b"half");
    send(recording.url(), "GET /whole", &[], b"");
    assert_snapshot!(recording.done());
    let dead = "http://127.0.0.1:1";
    let recording = world.wrap(record_orders(dead));
    assert_eq!(send(recording.url(), "GET /a", &[], b"").status, 502);
    assert_snapshot!(recording.done());
    let recording = world.wrap(record_orders(dead));
    let secret = format!("ghp_{}", "a1B2".repeat(9));
    assert_eq!(send(recording.url(), &format!("GET /{secret}/a"), &[], b"").status, 502);
    let output = recording.ends_with(1);
    let note = "note: not recorded: GET /redacted/a: nothing listens at 127.0.0.1:1: connection refused\n";
    assert!(output.stderr.contains(note) && !output.to_string().contains(&secret), "{output}");
}

#[test]
fn without_a_command_it_records_until_a_signal() {
    let provider = Provider::new(|_| Answer::json("{}"));
    let (world, url) = (World::new(), provider.url());
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port().to_string();
    for signal in ["INT", "TERM"] {
        let running = world.start([&record_orders(&url)[..], &["--port", &port]].concat());
        let address = format!("127.0.0.1:{port}");
        until("the recorder", || std::net::TcpStream::connect(&address).ok());
        send(&format!("http://{address}"), "GET /a", &[], b"");
        running.signal(signal);
        assert_snapshot!(format!("until_{signal}"), running.finish());
    }
}

#[test]
fn a_killed_recorder_leaves_the_contract_as_it_was() {
    let world = World::with("  - name: it\n    request: GET /a\n    response: { status: 200 }\n");
    let before = world.read(CONTRACT);
    let provider = Provider::new(|_| Answer::json("{}"));
    let url = provider.url();
    let recording = world.wrap(record_orders(&url));
    send(recording.url(), "GET /b", &[], b"");
    recording.running.signal("KILL");
    assert_eq!(recording.done().code, None);
    assert_eq!(world.read(CONTRACT), before);
}

#[test]
fn a_recorder_killed_at_any_time_leaves_the_old_contract_or_the_new_one() {
    let old = "contract: 1\nconsumer: storefront\nprovider: orders\ninteractions:\n  - name: it\n    request: GET /b\n    response: { status: 200 }\n";
    let provider = Provider::new(|_| Answer::json(format!("[{}]", ["{\"a\":1}"; 200].join(","))));
    let (world, url) = (World::new(), provider.url());
    let record = || {
        world.write(CONTRACT, old);
        let recording = world.wrap(record_orders(&url));
        (0..20).for_each(|number| drop(send(recording.url(), &format!("GET /a{}/b", "x".repeat(number)), &[], b"")));
        recording
    };
    let recording = record();
    std::fs::hard_link(world.path(CONTRACT), world.path("old.yaml")).unwrap();
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    let new = world.read(CONTRACT);
    assert_ne!(new, old);
    assert_eq!(world.read("old.yaml"), old, "the old file is replaced by a new one and never written to");
    // From the end of the command on, in steps of half a millisecond: before, during and after the write.
    for step in 0..24u64 {
        let recording = record();
        recording.let_go(0);
        std::thread::sleep(std::time::Duration::from_micros(500 * step));
        recording.running.signal("KILL");
        recording.running.finish();
        let left = world.read(CONTRACT);
        assert!(left == old || left == new, "step {step}: {left}");
    }
}

#[test]
fn a_large_body_passes_through_and_is_not_kept() {
    const LENGTH: usize = 64 << 20;
    let provider = Socket::new(|request, stream| {
        if request.path == "/large" {
            stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n").as_bytes()).unwrap();
            let piece = vec![b'x'; 1 << 20];
            (0..LENGTH >> 20).for_each(|_| stream.write_all(&piece).unwrap());
        }
        true
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    let came = send(recording.url(), "GET /large", &[], b"");
    assert_eq!(came.raw.len(), LENGTH);
    let output = recording.done();
    assert!(output.stdout.contains("the body is too large to be recorded (67108864 bytes)"), "{output}");
    assert!(world.read(CONTRACT).len() < 1000);
}

#[test]
fn a_contract_that_cannot_be_read_or_extended_is_left_alone() {
    let provider = Provider::new(|_| Answer::json("{}"));
    let (world, url) = (World::new(), provider.url());
    for text in [
        "contract: 1\nconsumer: storefront\n",
        "{contract: 1, consumer: storefront, provider: orders, interactions: [{name: a, request: GET /b, response: {status: 200}}]}",
        "contract: 1\nconsumer: web\nprovider: orders\ninteractions:\n  - name: a\n    request: GET /b\n    response: { status: 200 }\n",
    ] {
        world.write(CONTRACT, text);
        // Problems that are visible before the recording are reported before the command runs.
        let output = if text.starts_with('{') {
            let recording = world.wrap(record_orders(&url));
            send(recording.url(), "GET /a", &[], b"");
            recording.done()
        } else {
            world.upheld([&record_orders(&url)[..], &["--", "touch", "was-run"]].concat())
        };
        assert!(!world.path("was-run").exists());
        assert_eq!(output.code, Some(2), "{output}");
        assert_eq!(world.read(CONTRACT), text);
    }
}
