//! Faults on purpose: each does on the wire what its name says.
#![cfg(unix)]

use std::io::{ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use super::support::World;
use super::support::client::{connect, parse, raw, send};

const BODY: &str = "0123456789012345678901234567890123456789";

fn world() -> World {
    World::with(&format!(
        "  - name: get\n    request: {{ method: GET, path: /orders/42, match-path: {{ '42': any }} }}\n    response: {{ status: 200, body-text: '{BODY}' }}\n  - name: none\n    request: DELETE /orders/42\n    response: {{ status: 204 }}\n"
    ))
}

/// The bytes and the error that a client gets when it asks for a fault.
fn request_fault(url: &str, fault: &str) -> (Vec<u8>, Option<ErrorKind>) {
    let mut stream = connect(url);
    stream
        .write_all(format!("GET /orders/42 HTTP/1.1\r\nHost: localhost\r\nUpheld-Fault: {fault}\r\n\r\n").as_bytes())
        .unwrap();
    let mut received = Vec::new();
    let error = stream.read_to_end(&mut received).err().map(|error| error.kind());
    (received, error)
}

#[test]
fn a_reset_is_a_reset_before_the_first_byte() {
    let world = world();
    let mock = world.wrap(["mock"]);
    for _ in 0..20 {
        assert_eq!(request_fault(mock.url(), "reset"), (Vec::new(), Some(ErrorKind::ConnectionReset)));
    }
    assert_eq!(mock.done().code, Some(0), "a fault on purpose isn't the consumer's fault");
}

#[test]
fn a_truncated_response_has_the_full_length_and_half_the_body() {
    let world = world();
    let mock = world.wrap(["mock"]);
    let (received, _) = request_fault(mock.url(), "truncated");
    let received = parse(&received);
    assert_eq!((received.status, received.header("content-length")), (200, Some("40")));
    assert_eq!(received.raw, BODY.as_bytes()[..20]);
    let received = send(mock.url(), "DELETE /orders/42", &["upheld-fault: truncated"], b"");
    assert_eq!((received.header("content-length"), received.raw.len()), (Some("1"), 0));
    mock.done();
}

#[test]
fn garbage_is_not_http() {
    let world = world();
    let mock = world.wrap(["mock"]);
    let (received, _) = request_fault(mock.url(), "garbage");
    assert!(!received.is_empty() && !received.windows(4).any(|window| window == b"HTTP"), "{received:?}");
    mock.done();
}

#[test]
fn statuses_come_with_retry_after() {
    let world = world();
    let mock = world.wrap(["mock"]);
    for (fault, status) in [("503", 503), ("429", 429)] {
        let received = send(mock.url(), "GET /orders/42", &[&format!("upheld-fault: {fault}")], b"");
        assert_eq!((received.status, received.header("retry-after")), (status, Some("1")));
    }
    for unknown in ["refused", "gone"] {
        assert_eq!(send(mock.url(), "GET /orders/42", &[&format!("upheld-fault: {unknown}")], b"").status, 400);
    }
    mock.done();
}

#[test]
fn a_slow_response_is_the_right_one_in_pieces() {
    let world = world();
    let mock = world.wrap(["mock"]);
    let mut stream = connect(mock.url());
    let begun = Instant::now();
    stream
        .write_all(
            b"GET /orders/42 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nUpheld-Fault: slow=2100ms\r\n\r\n",
        )
        .unwrap();
    let (mut received, mut reads) = (Vec::new(), 0);
    loop {
        let mut bytes = [0; 1024];
        let length = stream.read(&mut bytes).unwrap();
        if length == 0 {
            break;
        }
        reads += 1;
        received.extend_from_slice(&bytes[..length]);
    }
    assert_eq!(parse(&received).text(), BODY);
    assert!(reads > 5 && begun.elapsed() > Duration::from_secs(2), "{reads} reads in {:?}", begun.elapsed());
    mock.done();
}

#[test]
fn a_timeout_is_silence_and_does_not_delay_the_end() {
    let world = world();
    let mock = world.wrap(["mock"]);
    let mut stream = connect(mock.url());
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream.write_all(b"GET /orders/42 HTTP/1.1\r\nHost: localhost\r\nUpheld-Fault: timeout\r\n\r\n").unwrap();
    let error = stream.read(&mut [0]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    let output = mock.done();
    assert!(output.stdout.contains("by 1 request"), "{output}");
}

#[test]
fn nothing_listens_if_connections_are_refused() {
    let world = world();
    let mock = world.wrap(["mock", "--fault", "refused"]);
    let address = mock.url().strip_prefix("http://").unwrap().to_owned();
    let error = std::net::TcpStream::connect(address).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    let port = mock.url().rsplit(':').next().unwrap().parse::<u16>().unwrap();
    assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_err(), "the port stays reserved");
    mock.done();
    let output = world.upheld(["mock", "--fault", "refused", "--times", "1", "--", "true"]);
    assert_eq!(output.code, Some(2), "{output}");
}

#[test]
fn a_fault_applies_to_the_given_requests_and_as_often_as_given() {
    let world = world();
    let mock = world.wrap(["mock", "--fault", "503", "--on", "GET /orders/*", "--times", "2"]);
    let status = |line: &str| send(mock.url(), line, &[], b"").status;
    assert_eq!(status("DELETE /orders/42"), 204);
    assert_eq!(status("GET /orders/42?more=1"), 501, "a refused request doesn't count");
    assert_eq!(["GET /orders/1", "GET /orders/2", "GET /orders/3"].map(status), [503, 503, 200]);
    assert_eq!(mock.done().code, Some(1));
    for (more, part) in [
        (&["--fault", "rest"][..], "did you mean"),
        (&["--fault", "503", "--on", "orders"], "write a method and a path"),
        (&["--on", "/a"], "--fault"),
    ] {
        let output = world.upheld(["mock"].iter().chain(more).copied());
        assert_eq!(output.code, Some(2), "{output}");
        assert!(output.stderr.contains(part), "{output}");
    }
}

#[test]
fn another_http_client_sees_the_same() {
    let world = world();
    let mock = world.wrap(["mock"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let url = format!("{}/orders/42", mock.url());
    runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(Duration::from_millis(500)).build().unwrap();
        let ask = |fault: &'static str| client.get(&url).header("upheld-fault", fault).send();
        assert!(ask("timeout").await.unwrap_err().is_timeout());
        assert!(ask("slow").await.unwrap().text().await.unwrap_err().is_timeout());
        assert!(ask("reset").await.is_err());
        assert!(ask("garbage").await.is_err());
        assert!(ask("truncated").await.unwrap().text().await.is_err());
        assert_eq!(ask("429").await.unwrap().status(), 429);
    });
    mock.done();
}

#[test]
fn requests_that_no_interaction_allows_are_refused_despite_a_fault() {
    let world = world();
    let mock = world.wrap(["mock", "--fault", "reset"]);
    let received = raw(mock.url(), b"GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(parse(&received).status, 501);
    assert_eq!(mock.done().code, Some(1));
}
