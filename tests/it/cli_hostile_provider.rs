//! Misbehaving providers: each breaks only the interaction that meets it, with a clear error.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use insta::assert_snapshot;

use crate::support::{CommandOutput, Request, Socket, World};

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{\"id\": 1}";

/// Verifies two interactions. `hostile` responds to the first.
fn verify(hostile: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> CommandOutput {
    verify_with(hostile, &[])
}

fn verify_with(hostile: impl Fn(&mut TcpStream) + Send + Sync + 'static, arguments: &[&str]) -> CommandOutput {
    let world = World::with(
        "
  - name: get from a bad day
    request: GET /bad
    response: { status: 200, body: { id: 1 } }
  - name: get from a good day
    request: GET /good
    response: { status: 200, body: { id: 1 } }
",
    );
    let provider = Socket::new(move |request: &Request, stream| {
        if request.path == "/good" {
            return stream.write_all(FINE).is_ok();
        }
        hostile(stream);
        false
    });
    let url = provider.url();
    world.upheld(["verify", "--timeout", "1s", "--url", &url].into_iter().chain(arguments.iter().copied()))
}

/// Responds with these bytes, and closes the connection.
fn bytes(bytes: &'static [u8]) -> CommandOutput {
    verify(move |stream| drop(stream.write_all(bytes)))
}

#[test]
fn it_takes_the_request_and_never_responds() {
    assert_snapshot!(verify(|_| sleep(Duration::from_secs(5))), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E111: no response within 1 s
            help: the provider took the request but didn't respond: check its log
            help: `--timeout` gives it more time

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn it_responds_one_byte_at_a_time() {
    let drip = |stream: &mut TcpStream| {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
        let _ = stream.write_all(head);
        while stream.write_all(b" ").is_ok() {
            sleep(Duration::from_millis(20));
        }
    };
    assert_snapshot!(verify(drip), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E112: the response wasn't complete after 1 s: <some> of 1000 bytes had arrived
            help: the provider started to respond but didn't finish: check its log; does it stream endlessly?
            help: `--timeout` gives it more time

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn it_sends_its_headers_one_byte_at_a_time() {
    let drip = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-");
        while stream.write_all(b"a").is_ok() {
            sleep(Duration::from_millis(20));
        }
    };
    assert_snapshot!(verify(drip), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E111: no response within 1 s
            help: the provider took the request but didn't respond: check its log
            help: `--timeout` gives it more time

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn it_hangs_up() {
    assert_snapshot!(bytes(b""), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E113: the connection was closed before a response arrived
            help: the provider may have crashed on this request: check its log

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn its_body_never_ends() {
    let endless = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = [b"10000\r\n".as_slice(), &vec![b'x'; 0x1_0000], b"\r\n"].concat();
        while stream.write_all(&chunk).is_ok() {}
    };
    assert_snapshot!(verify_with(endless, &["--max-body", "1000000", "--timeout", "10s"]), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E118: the response body is larger than 1000000 bytes
            help: request less in the interaction, such as one page of a list; `--max-body` allows more

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn its_body_is_shorter_than_its_content_length() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\": 1}"), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E114: the response body ends too early: 9 of 100 bytes arrived
            help: the provider may have crashed while responding, or its content-length is wrong: check its log

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn its_body_is_longer_than_its_content_length() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{\"id\": 1}"), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E115: the response goes on after the 8 bytes that its content-length declares
            help: the provider counts characters instead of bytes, or responds twice: clients cut such a response off

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn it_sends_two_content_lengths() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\ncontent-length: 8\r\n\r\n{\"id\": 1}"), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E116: this isn't an HTTP/1.1 response: invalid content-length parsed
            help: is 127.0.0.1:<port> the provider's port? If it uses TLS, write `https://` in its URL

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn a_chunk_has_another_length_than_it_says() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n"), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E117: the response body can't be read: Invalid chunk size line: missing size digit
            help: the provider, or a proxy in front of it, doesn't frame its responses as HTTP/1.1 requires

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn its_text_is_not_utf_8() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"id\": \"\xff\xfe\"}"), @r#"
    broken  storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad → 200

            body  $   expected a JSON body
                      got `{"id": "��"}`
               7 │   response: { status: 200, body: { id: 1 } }
                 │                                  ╰── required here
            note: the actual body can't be read as JSON: invalid unicode code point at line 1 column 9
            help: orders sends a body that begins like JSON but isn't valid: check how it is written, and the length that is declared.

    upheld  storefront → orders  get from a good day

    BROKEN  2 interactions: 1 broken, 1 upheld in <time>
    [exit code 1]
    "#);
}

#[test]
fn its_json_isnt_json() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\": 1,}"), @r#"
    broken  storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad → 200

            body  $   expected a JSON body
                      got `{"id": 1,}`
               7 │   response: { status: 200, body: { id: 1 } }
                 │                                  ╰── required here
            note: the actual body can't be read as JSON: trailing comma at line 1 column 10
            help: orders sends a body that begins like JSON but isn't valid: check how it is written, and the length that is declared.

    upheld  storefront → orders  get from a good day

    BROKEN  2 interactions: 1 broken, 1 upheld in <time>
    [exit code 1]
    "#);
}

#[test]
fn it_responds_with_an_empty_body() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), @"
    broken  storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad → 200

            body  $   expected a JSON body
                      got an empty body
               7 │   response: { status: 200, body: { id: 1 } }
                 │                                  ╰── required here
            help: orders sends no body. If that is intended, storefront must agree: change its contract and publish it.

    upheld  storefront → orders  get from a good day

    BROKEN  2 interactions: 1 broken, 1 upheld in <time>
    [exit code 1]
    ");
}

#[test]
fn it_doesnt_speak_http() {
    assert_snapshot!(bytes(b"220 mail.example ESMTP ready\r\n"), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E116: this isn't an HTTP/1.1 response: invalid HTTP version parsed
            help: is 127.0.0.1:<port> the provider's port? If it uses TLS, write `https://` in its URL

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
    assert_snapshot!(bytes(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E116: this isn't an HTTP/1.1 response: invalid HTTP version parsed
            help: is 127.0.0.1:<port> the provider's port? If it uses TLS, write `https://` in its URL

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn its_headers_never_end() {
    let endless = |stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"x-more: and more and more and more and more\r\n").is_ok() {}
    };
    assert_snapshot!(verify_with(endless, &["--timeout", "10s"]), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E116: this isn't an HTTP/1.1 response: message head is too large
            help: is 127.0.0.1:<port> the provider's port? If it uses TLS, write `https://` in its URL

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn it_declares_a_compression_that_its_body_doesnt_have() {
    assert_snapshot!(bytes(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 9\r\n\r\n{\"id\": 1}"), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E119: the response (200 OK) can't be decoded as its content-encoding says: the body is not valid gzip: it ends too early
            help: the provider must use the encoding that it names, and only one that the request accepts

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn a_large_body_is_read_whole() {
    let large = |stream: &mut TcpStream| {
        let item = br#"{"sku": "TEA-1", "qty": 2, "note": "a note of some length"},"#;
        let mut body = br#"{"id": 1, "items": ["#.to_vec();
        while body.len() < 10_000_000 {
            body.extend(item);
        }
        body.extend(b"{}]}");
        let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes());
        let _ = stream.write_all(&body);
    };
    assert_snapshot!(verify_with(large, &["--timeout", "30s"]), @"
    upheld  storefront → orders  get from a bad day
    upheld  storefront → orders  get from a good day

    UPHELD  2 interactions in <time>
    [exit code 0]
    ");
}

#[test]
fn it_sends_100_continue_without_end() {
    let endless = |stream: &mut TcpStream| while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {};
    assert_snapshot!(verify(endless), @"
    error   storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad

            E113: the connection failed before a response arrived: more than 100 interim responses (1xx) came, but no final one
            help: the provider may have crashed on this request: check its log

    upheld  storefront → orders  get from a good day

    ERROR   2 interactions: 1 error, 1 upheld in <time>
    [exit code 5]
    ");
}

#[test]
fn its_texts_cant_control_a_terminal_or_a_build_system() {
    let bad = |stream: &mut TcpStream| {
        let body = "{\"id\": \"\\u001b[2J\\n::error::gotcha ##[error] ##vso[x] \u{202e}\"}";
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        let _ = stream.write_all((head + body).as_bytes());
    };
    assert_snapshot!(verify(bad), @r#"
    broken  storefront → orders  get from a bad day        contracts/storefront/orders.yaml:5
            GET /bad → 200

            body  id   expected a number, like 1
                       got "\u001b[2J\n::error::gotcha #\u0023[error] #\u0023vso[x] \u202e", a string
               7 │   response: { status: 200, body: { id: 1 } }
                 │                                        ╰── required here
            help: orders sends text here. If that is intended, storefront must agree: change its contract and publish it.

    upheld  storefront → orders  get from a good day

    BROKEN  2 interactions: 1 broken, 1 upheld in <time>
    [exit code 1]
    "#);
}
