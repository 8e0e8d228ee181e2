//! The recorder as a proxy, byte by byte and connection by connection: the real program with raw sockets on both sides.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::support::client::{self, connect, raw, send};
use super::support::{Answer, DEADLINE, Provider, Socket, World, until};

const CONTRACT: &str = "contracts/storefront/orders.yaml";
/// `{"id": 42, "status": "paid", "status_before": "open"}`, compressed by the reference programs.
const BROTLI: &str = "1b3400689c07b62df2ede263110c0d5b46a8f416a1f9dadb2c3264694aa72f4040192720abd50107c42fd0aa36a97b\
     47026124b123f004";
const ZSTD: &str = "28b52ffd04688d0100c2420a11b06b0ca767d96bb06d4f529a4e9f607215f1b44b9dfa3275b68c0d22ebd4db73c4b513\
     0491ba41c301005731c7b0489a49";

/// The arguments to record orders at this URL.
fn record_orders(url: &str) -> Vec<&str> {
    vec!["record", "--consumer", "storefront", "--provider", "orders", "--upstream", url]
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap()).collect()
}

/// The first line, the headers and the body of a message, without the header `connection`.
fn parts(message: &[u8]) -> (String, Vec<String>, Vec<u8>) {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head: String = message[..end].iter().map(|byte| char::from(*byte)).collect();
    let mut lines = head.split("\r\n").map(str::to_owned);
    let first = lines.next().unwrap();
    let lines = lines.filter(|line| !line.to_ascii_lowercase().starts_with("connection:")).collect();
    (first, lines, message[end + 4..].to_vec())
}

/// A provider for one connection: reads until `is_whole`, sends the response, and returns the bytes that it got.
fn once(response: &'static [u8], is_whole: impl Fn(&[u8]) -> bool + Send + 'static) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut got = Vec::new();
        while !is_whole(&got) {
            let mut piece = [0; 4096];
            match stream.read(&mut piece) {
                Ok(length) if length > 0 => got.extend_from_slice(&piece[..length]),
                _ => break,
            }
        }
        stream.write_all(response).unwrap();
        let _ = sender.send(got);
    });
    (url, receiver)
}

/// Reads until the text contains `mark`.
fn read_until(stream: &mut TcpStream, mark: &str) -> String {
    let mut received = String::new();
    while !received.contains(mark) {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).unwrap();
        assert!(length > 0, "the end came before `{mark}`: {received}");
        received.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
    received
}

#[test]
fn a_response_is_the_same_with_and_without_the_recorder() {
    let json = br#"{"id": 42, "status": "paid", "status_before": "open"}"#;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(json).unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(json).unwrap();
    let coded = |coding: &str, body: Vec<u8>| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        [head.into_bytes(), body].concat()
    };
    let binary: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let plain = |text: &str| text.as_bytes().to_vec();
    let responses: Vec<(&str, Vec<u8>)> = vec![
        ("GET /gzip", coded("gzip", gzip.finish().unwrap())),
        ("GET /deflate", coded("deflate", zlib.finish().unwrap())),
        ("GET /brotli", coded("br", bytes(BROTLI))),
        ("GET /zstd", coded("zstd", bytes(ZSTD))),
        ("GET /garbled", coded("gzip", b"no gzip".to_vec())),
        ("GET /binary", [b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n".to_vec(), binary].concat()),
        ("HEAD /length", plain("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")),
        ("HEAD /nothing", plain("HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n")),
        ("GET /204", plain("HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n")),
        ("GET /304", plain("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nVary: a\r\n\r\n")),
        ("GET /reason", plain("HTTP/1.1 404 Gone Fishing\r\nContent-Length: 0\r\n\r\n")),
        ("GET /no-reason", plain("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n")),
        ("GET /own", plain("HTTP/1.1 799 Own\r\nContent-Length: 0\r\n\r\n")),
        ("GET /chunks", plain("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n")),
        ("GET /no-chunk", plain("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
        (
            "GET /headers",
            plain(
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nset-cookie: b=2\r\nX-lowUP: a, b\r\nWARNING: x\r\n\
                 X-Empty: \r\nX-Latin: caf\u{e9}\r\nDate: then\r\nServer: own/1\r\nContent-Length: 0\r\n\r\n",
            ),
        ),
    ];
    let table = responses.clone();
    let provider = Socket::new(move |request, stream| {
        let (_, response) = table.iter().find(|(line, _)| *line == request.line()).unwrap();
        stream.write_all(response).unwrap();
        false
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    for (line, _) in &responses {
        let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let (direct, through) = (raw(&url, request.as_bytes()), raw(recording.url(), request.as_bytes()));
        assert_eq!(parts(&through), parts(&direct), "{line}");
    }
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    let contract = world.read(CONTRACT);
    assert_eq!(contract.matches("status_before: open").count(), 4, "each coding is undone: {contract}");
}

#[test]
fn a_request_reaches_the_provider_as_it_was_sent() {
    let whole_at = |mark: &'static [u8]| move |got: &[u8]| got.ends_with(mark);
    let chunks = "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    for (request, end) in [
        ("POST /none HTTP/1.1\r\nX-CasE: 1\r\nHost: localhost\r\nx-low: 2\r\n\r\n".to_owned(), &b"\r\n\r\n"[..]),
        ("POST /zero HTTP/1.1\r\nhost: localhost\r\nContent-Length: 0\r\n\r\n".to_owned(), b"\r\n\r\n"),
        ("GET /with HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody".to_owned(), b"body"),
        (format!("POST /chunks HTTP/1.1\r\nHost: localhost\r\n{chunks}"), b"0\r\n\r\n"),
        (format!("GET /chunks HTTP/1.1\r\nHost: localhost\r\n{chunks}"), b"0\r\n\r\n"),
        ("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(), b"\r\n\r\n"),
        ("GET //a//b/../c%2F%20?q=%zz&q=+&?/# HTTP/1.1\r\nHost: localhost\r\n\r\n".replace('#', ""), b"\r\n\r\n"),
        ("BREW /pot HTTP/1.1\r\nHost: localhost\r\nX-Two: 1\r\nX-two: 2\r\nX-Empty:\r\n\r\n".to_owned(), b"\r\n\r\n"),
    ] {
        let (url, got) = once(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", whole_at(end));
        let world = World::new();
        let recording = world.wrap(record_orders(&url));
        let mut stream = connect(recording.url());
        stream.write_all(request.as_bytes()).unwrap();
        read_until(&mut stream, "ok");
        let got = got.recv_timeout(DEADLINE).unwrap();
        let (mut expected, got) = (parts(request.as_bytes()), parts(&got));
        let address = url.strip_prefix("http://").unwrap();
        expected.1.iter_mut().filter(|line| line.eq_ignore_ascii_case("host: localhost")).for_each(|line| {
            line.replace_range(6.., address);
        });
        assert_eq!((&got.0, &got.1), (&expected.0, &expected.1));
        // Chunks may be joined on the way.
        let body = |body: &[u8]| String::from_utf8_lossy(body).replace("3\r\nabc\r\n2\r\nde\r\n", "5\r\nabcde\r\n");
        assert_eq!(body(&got.2), body(&expected.2), "{request}");
        drop(stream);
        assert_eq!(recording.done().code, Some(0));
    }
}

#[test]
fn trailers_are_passed_on_in_both_directions() {
    let (url, got) = once(
        b"HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n",
        |got| got.ends_with(b"X-Sum: 9\r\n\r\n") || got.ends_with(b"x-sum: 9\r\n\r\n") || got.ends_with(b"0\r\n\r\n"),
    );
    let world = World::new();
    let recording = world.wrap(record_orders(&url));
    let request = "POST /a HTTP/1.1\r\nHost: localhost\r\nTE: trailers\r\nConnection: TE, close\r\nTrailer: X-Sum\r\n\
                   Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 9\r\n\r\n";
    let received = String::from_utf8(raw(recording.url(), request.as_bytes())).unwrap().to_lowercase();
    let got = String::from_utf8(got.recv_timeout(DEADLINE).unwrap()).unwrap().to_lowercase();
    assert!(received.ends_with("0\r\nx-sum: 7\r\n\r\n"), "{received}");
    assert!(got.ends_with("0\r\nx-sum: 9\r\n\r\n") && got.contains("\r\nte: trailers\r\n"), "{got}");
    assert_eq!(recording.done().code, Some(0));
}

#[test]
fn clients_with_http_1_0_and_with_expect_continue_are_served() {
    let provider = Provider::new(|request| match request.method.as_str() {
        "PUT" => Answer::text(200, &request.body).header("x-expect", request.header("expect").unwrap_or("none")),
        _ => Answer::text(200, "hello"),
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    let received = String::from_utf8(raw(recording.url(), b"GET /old HTTP/1.0\r\n\r\n")).unwrap();
    assert!(received.starts_with("HTTP/1.0 200 ") && received.ends_with("\r\n\r\nhello"), "{received}");
    let mut stream = connect(recording.url());
    stream
        .write_all(b"PUT /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        .unwrap();
    read_until(&mut stream, "HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"body").unwrap();
    let received = read_until(&mut stream, "\r\n\r\nbody");
    assert!(received.contains("x-expect: none"), "{received}");
    let output = recording.done();
    assert_eq!((output.code, provider.lines()), (Some(0), vec!["GET /old".to_owned(), "PUT /a".to_owned()]));
}

#[test]
fn a_response_that_ends_with_its_connection_is_passed_on() {
    let (url, _got) =
        once(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end", |got| got.ends_with(b"\r\n\r\n"));
    let world = World::new();
    let recording = world.wrap(record_orders(&url));
    assert_eq!(send(recording.url(), "GET /a", &[], b"").text(), "to the end");
    assert_eq!(recording.done().code, Some(0));
    assert!(world.read(CONTRACT).contains("to the end"));
}

#[test]
fn pieces_pass_in_both_directions_at_the_same_time() {
    // Each side sends a piece only after the previous one of the other side has arrived.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let provider = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_until(&mut stream, "ping 1");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
        for number in 1..=3 {
            stream.write_all(format!("6\r\npong {number}\r\n").as_bytes()).unwrap();
            if number < 3 {
                read_until(&mut stream, &format!("ping {}", number + 1));
            }
        }
        read_until(&mut stream, "0\r\n\r\n");
        stream.write_all(b"0\r\n\r\n").unwrap();
    });
    let world = World::new();
    let recording = world.wrap(record_orders(&url));
    let mut stream = connect(recording.url());
    stream.write_all(b"POST /talk HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
    for number in 1..=3 {
        stream.write_all(format!("6\r\nping {number}\r\n").as_bytes()).unwrap();
        read_until(&mut stream, &format!("pong {number}"));
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    read_until(&mut stream, "0\r\n\r\n");
    provider.join().unwrap();
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read(CONTRACT).contains("pong 1pong 2pong 3"));
}

#[test]
fn the_provider_notices_that_the_consumer_left() {
    let (left, gone) = channel();
    let left = std::sync::Mutex::new(left);
    let provider = Socket::new(move |request, stream| {
        if request.path == "/events" {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n").unwrap();
        }
        let mut byte = [0];
        let end = matches!(stream.read(&mut byte), Ok(0) | Err(_));
        left.lock().unwrap().send((request.path.clone(), end)).unwrap();
        false
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    for (path, mark) in [("/events", "data: 1"), ("/silence", "")] {
        let mut stream = connect(recording.url());
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
        read_until(&mut stream, mark);
        thread::sleep(Duration::from_millis(if mark.is_empty() { 200 } else { 0 }));
        drop(stream);
        // The recorder still runs.
        assert_eq!(gone.recv_timeout(DEADLINE).unwrap(), (path.to_owned(), true));
    }
    let output = recording.done();
    assert!(output.stdout.contains("GET /silence: it was abandoned before a response came"), "{output}");
    assert!(world.read(CONTRACT).contains("data: 1"), "{output}");
}

#[test]
fn a_slow_upload_is_not_a_slow_response() {
    let (url, got) = once(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", |got| got.ends_with(b"the end"));
    let world = World::new();
    let recording = world.wrap([&record_orders(&url)[..], &["--timeout", "200ms"]].concat());
    let mut stream = connect(recording.url());
    stream.write_all(b"PUT /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\n").unwrap();
    for piece in ["slow", " to ", "the end"] {
        thread::sleep(Duration::from_millis(350));
        stream.write_all(piece.as_bytes()).unwrap();
    }
    read_until(&mut stream, "200 OK");
    assert!(got.recv_timeout(DEADLINE).unwrap().ends_with(b"slow to the end"));
    assert_eq!(recording.done().code, Some(0));
}

#[test]
fn a_provider_that_does_not_respond_in_time_is_a_gateway_timeout() {
    // It never reads, so neither a small request nor a large one gets a response.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let world = World::new();
    let recording = world.wrap([&record_orders(&url)[..], &["--timeout", "200ms"]].concat());
    let received = send(recording.url(), "GET /a", &[], b"");
    assert_eq!((received.status, &received.json()["detail"]), (504, &"no response within 200 ms".into()));
    let mut stream = connect(recording.url());
    stream
        .write_all(b"PUT /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 67108864\r\n\r\n")
        .unwrap();
    let mut reader = stream.try_clone().unwrap();
    let sending = thread::spawn(move || (0..64).try_for_each(|_| stream.write_all(&vec![b'x'; 1 << 20])));
    read_until(&mut reader, "504 Gateway Timeout");
    drop(reader);
    let _ = sending.join().unwrap();
    let output = recording.done();
    assert_eq!(output.code, Some(5));
    assert!(output.stderr.contains("GET /a: no response within 200 ms"), "{output}");
}

#[test]
fn a_response_before_the_end_of_the_request_is_recorded() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let provider = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_until(&mut stream, "\r\n\r\n");
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno").unwrap();
        read_until(&mut stream, "late");
    });
    let world = World::new();
    let recording = world.wrap(record_orders(&url));
    let mut stream = connect(recording.url());
    stream.write_all(b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n").unwrap();
    read_until(&mut stream, "\r\n\r\nno");
    stream.write_all(b"late").unwrap();
    provider.join().unwrap();
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    assert!(world.read(CONTRACT).contains("status: 401"), "{output}");
}

#[test]
fn requests_that_cannot_be_passed_on_get_a_problem() {
    let provider = Socket::new(|request, stream| {
        stream
            .write_all(match request.path.as_str() {
                "/101" => b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
                "/garbage" => b"SSH-2.0-OpenSSH_9.6\r\n",
                _ => b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            })
            .unwrap();
        false
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    for (line, headers, status, detail) in [
        ("GET /ws", &["Upgrade: websocket", "Connection: upgrade"][..], 501, "switch protocols"),
        ("GET http://other.example/a", &[], 400, "isn't a general proxy"),
        ("GET /101", &[], 502, "switch protocols"),
        ("GET /garbage", &[], 502, "isn't an HTTP/1.1 response"),
    ] {
        let received = send(recording.url(), line, headers, b"");
        assert_eq!(
            (received.status, received.header("content-type")),
            (status, Some("application/problem+json")),
            "{line}"
        );
        assert_eq!((&received.json()["from"], &received.json()["status"]), (&"upheld".into(), &status.into()));
        assert!(received.json()["detail"].as_str().unwrap().contains(detail), "{received:?}");
    }
    // The offer of another protocol is declined.
    let h2c = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
    assert_eq!(send(recording.url(), "GET /h2c", &h2c, b"").status, 200);
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(output.stdout.matches("not recorded:").count(), 4, "{output}");

    let recording = world.wrap(record_orders("http://no-such-host.invalid"));
    let received = send(recording.url(), "GET /a", &[], b"");
    assert!(received.status == 502 && received.text().contains("can't be resolved"), "{received:?}");
    assert_eq!(recording.done().code, Some(5));
}

#[test]
fn connections_are_reused_and_a_closed_one_loses_no_request() {
    let provider = Provider::new(|_| Answer::json("{}"));
    // It promises to keep connections open, but closes each after one response.
    let closing = Socket::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        false
    });
    let world = World::new();
    for (url, connections) in [(provider.url(), Some(&provider)), (closing.url(), None)] {
        let recording = world.wrap(record_orders(&url));
        let mut stream = connect(recording.url());
        for number in 0..100 {
            stream.write_all(format!("GET /{number} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).unwrap();
            let received = read_until(&mut stream, "\r\n\r\n{}");
            assert!(received.starts_with("HTTP/1.1 200 "), "{received}");
        }
        drop(stream);
        if let Some(provider) = connections {
            assert!(provider.connections() < 20, "{} connections for 100 requests", provider.connections());
        }
        let output = recording.done();
        assert_eq!(output.code, Some(0), "{output}");
        assert!(output.stdout.contains("100 requests"), "{output}");
        // The second provider gets a new contract.
        std::fs::remove_dir_all(world.path("contracts")).unwrap();
    }
}

#[test]
fn concurrent_requests_are_recorded_in_the_order_of_arrival() {
    // The response to the first one waits until all are there, and comes last.
    let provider = Provider::crowded(100, |request| {
        Answer::json("{}").after(Duration::from_millis(if request.path == "/first" { 100 } else { 0 }))
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    let at = recording.url();
    thread::scope(|scope| {
        scope.spawn(move || assert_eq!(send(at, "GET /first", &[], b"").status, 200));
        until("the first request", || (provider.lines().len() == 1).then_some(()));
        for number in 1..100 {
            scope.spawn(move || assert_eq!(send(at, &format!("GET /then?n={number}"), &[], b"").status, 200));
        }
    });
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    let contract = world.read(CONTRACT);
    assert!(contract.find("/first").unwrap() < contract.find("/then").unwrap(), "{contract}");
}

#[test]
fn large_bodies_pass_in_both_directions_within_a_bounded_memory() {
    const LENGTH: usize = 256 << 20;
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let provider = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = read_until(&mut stream, "\r\n\r\n");
        let body = head.split_off(head.find("\r\n\r\n").unwrap() + 4);
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
        let mut rest = stream.try_clone().unwrap().take((LENGTH - body.len()) as u64);
        let reading = thread::spawn(move || std::io::copy(&mut rest, &mut std::io::sink()).unwrap());
        for _ in 0..LENGTH >> 20 {
            let chunk = [&b"100000\r\n"[..], &vec![b'y'; 1 << 20], b"\r\n"].concat();
            stream.write_all(&chunk).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
        reading.join().unwrap()
    });
    let world = World::new();
    let recording = world.wrap(record_orders(&url));
    let mut stream = connect(recording.url());
    let head =
        format!("POST /copy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {LENGTH}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let sending =
        thread::spawn(move || (0..LENGTH >> 20).for_each(|_| writer.write_all(&vec![b'x'; 1 << 20]).unwrap()));
    let received = std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    sending.join().unwrap();
    provider.join().unwrap();
    assert!(received > LENGTH as u64, "{received}");
    if cfg!(target_os = "linux") {
        let peak = recording.running.peak_memory();
        // About a quarter of one body is usual, and a busy machine needs a little more.
        assert!(peak < LENGTH / 2, "{peak} bytes at most");
    }
    let output = recording.done();
    assert_eq!(output.code, Some(0), "{output}");
    assert!(
        output.stdout.contains("its request can't be written: the body is too large to be recorded (268435456 bytes)"),
        "{output}"
    );
}

#[test]
fn an_endless_stream_ends_with_the_recording_and_its_events_are_kept() {
    let provider = Socket::new(|_, stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n\r\ndata: 1\n\n")
            .unwrap();
        let mut byte = [0];
        let _ = stream.read(&mut byte);
        false
    });
    let (world, url) = (World::new(), provider.url());
    let recording = world.wrap(record_orders(&url));
    let mut stream = client::connect(recording.url());
    stream.write_all(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    read_until(&mut stream, "data: 1");
    // The consumer is still there.
    assert_eq!(recording.done().code, Some(0));
    assert!(world.read(CONTRACT).contains("data: 1"));
    drop(stream);
}
