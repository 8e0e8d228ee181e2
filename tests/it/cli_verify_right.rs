//! Verification through the binary, where HTTP leaves room for misunderstanding: headers that appear twice or over several
//! lines, charsets, content codings, and headers of the user beside those of the contract.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use super::support::{Answer, Provider, Socket, World};

fn verify(interactions: &str, response: &Answer) -> super::support::CommandOutput {
    let world = World::with(interactions);
    let response = response.clone();
    let provider = Provider::new(move |_| response.clone());
    world.upheld(["verify", "--url", &provider.url()])
}

#[test]
fn a_header_that_can_only_be_single_must_not_contradict_itself() {
    for (name, value, other) in [
        ("content-type", "application/json", "text/html"),
        ("location", "/orders/1", "/orders/2"),
        ("etag", "\"a\"", "\"b\""),
    ] {
        let quoted = format!("'{value}'");
        let contract = format!(
            "  - name: get\n    request: GET /\n    response:\n      status: 200\n      headers: {{ {name}: {quoted} }}\n"
        );
        let ruled = format!("{contract}      match-headers: {{ {name}: string }}\n");
        let once = Answer::status(200).header(name, value);
        for contract in [&contract, &ruled] {
            assert_eq!(verify(contract, &once).code, Some(0), "{name}");
            assert_eq!(verify(contract, &once.clone().header(name, value)).code, Some(0), "{name}");
            let output = verify(contract, &once.clone().header(name, other));
            assert_eq!(output.code, Some(1), "{name}: {}", output.stdout);
        }
    }
    // Others may be added on the way.
    let contract =
        "  - name: get\n    request: GET /\n    response:\n      status: 200\n      headers: { x-cache: miss }\n";
    assert_eq!(verify(contract, &Answer::status(200).header("x-cache", "hit").header("x-cache", "miss")).code, Some(0));
}

#[test]
fn a_header_over_several_lines_is_one_value() {
    let world = World::with(
        "  - name: get\n    request: GET /\n    response:\n      status: 200\n      headers: { x-note: one two }\n",
    );
    let provider = Socket::new(|_, stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx-note: one\r\n two\r\ncontent-length: 0\r\n\r\n").unwrap();
        true
    });
    let output = world.upheld(["verify", "--url", &provider.url()]);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
}

/// A provider for one request, whose response is sent as it is, and the bytes of the request's body.
fn once(response: &'static [u8], body_length: usize) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let handle = thread::spawn(move || {
        loop {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
            let body = loop {
                let head = request.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4);
                if let Some(head) = head.filter(|head| request.len() >= head + body_length) {
                    break request.split_off(head);
                }
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break Vec::new(),
                    Ok(length) => request.extend(&buffer[..length]),
                }
            };
            // The first connection only tries whether there is somebody.
            if !body.is_empty() {
                stream.write_all(response).unwrap();
                return body;
            }
        }
    });
    (url, handle)
}

#[test]
fn a_text_is_compared_and_sent_in_its_charset() {
    let world = World::with(
        "  - name: get\n    request:\n      method: POST\n      path: /\n      headers: { content-type: text/plain; charset=iso-8859-1 }\n      body-text: José\n    response:\n      status: 200\n      body-text: José\n      match: { $: exact }\n",
    );
    let latin: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=iso-8859-1\r\ncontent-length: 4\r\n\r\nJos\xe9";
    let utf: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=iso-8859-1\r\ncontent-length: 5\r\n\r\nJos\xc3\xa9";
    for (response, code) in [(latin, 0), (utf, 1)] {
        let (url, request) = once(response, 4);
        let output = world.upheld(["verify", "--url", &url]);
        assert_eq!(output.code, Some(code), "{}{}", output.stdout, output.stderr);
        assert_eq!(request.join().unwrap(), b"Jos\xe9");
    }
    let json = "  - name: get\n    request: GET /\n    response:\n      status: 200\n      body: { name: José }\n      match: { name: exact }\n";
    for (body, code) in
        [(&b"{\"name\":\"Jos\xe9\"}"[..], 0), ("{\"name\":\"José\"}".as_bytes(), 0), (b"{\"name\":\"Jos\xe8\"}", 1)]
    {
        let response = Answer::status(200).header("content-type", "application/json; charset=iso-8859-1").body(body);
        assert_eq!(verify(json, &response).code, Some(code));
    }
}

#[test]
fn a_request_has_the_content_coding_that_its_header_names() {
    let world = World::with(
        "  - name: get\n    request:\n      method: POST\n      path: /\n      headers: { content-encoding: gzip }\n      body: { a: 1 }\n    response: { status: 200 }\n",
    );
    let (url, request) = once(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 20);
    let output = world.upheld(["verify", "--url", &url]);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
    // How gzip begins.
    assert!(request.join().unwrap().starts_with(&[0x1f, 0x8b]));
}

#[test]
fn what_a_contract_says_about_a_header_wins() {
    let world = World::with(
        "  - name: without credentials\n    request:\n      method: GET\n      path: /none\n      match-headers: { authorization: absent }\n    response: { status: 401 }\n  \
         - name: with its own\n    request:\n      method: GET\n      path: /own\n      headers: { authorization: Bearer wrong }\n    response: { status: 401 }\n  \
         - name: with any\n    request:\n      method: GET\n      path: /any\n      headers: { authorization: Bearer example }\n      match-headers: { authorization: '/Bearer .+/' }\n    response: { status: 200 }\n  \
         - name: with those of a recording\n    request:\n      method: GET\n      path: /recorded\n      headers: { authorization: Bearer redacted }\n    response: { status: 200 }\n  \
         - name: unmentioned\n    request: GET /unmentioned\n    response: { status: 200 }\n",
    );
    let provider = Provider::new(|request| {
        let is_right = request.header("authorization") == Some("Bearer right");
        Answer::status(if is_right { 200 } else { 401 })
    });
    let output = world.upheld(["verify", "--url", &provider.url(), "--header", "Authorization: Bearer right"]);
    assert_eq!(output.code, Some(0), "{}{}", output.stdout, output.stderr);
}

#[test]
fn a_method_that_usually_has_a_body_says_that_it_has_none() {
    let world = World::with("  - name: post\n    request: POST /\n    response: { status: 200 }\n");
    let provider = Provider::new(|_| Answer::status(200));
    assert_eq!(world.upheld(["verify", "--url", &provider.url()]).code, Some(0));
    assert_eq!(provider.requests()[0].header("content-length"), Some("0"));
}

#[test]
fn advice_about_an_empty_list_and_a_renamed_key_can_be_followed() {
    let contract = "  - name: get\n    request: GET /\n    response:\n      status: 200\n      body: { data: [{ id: 1, tags: [a] }] }\n";
    let response = Answer::json(r#"{"data": [{"id": 1, "tags": ["a"]}, {"id": 2, "tags": []}]}"#);
    let output = verify(contract, &response);
    assert_eq!(output.code, Some(1));
    assert!(output.stdout.contains("write `data[].tags: 0+`"), "{}", output.stdout);
    let followed = format!("{contract}      match: {{ 'data[].tags': 0+ }}\n");
    assert_eq!(verify(&followed, &response).code, Some(0));
    let output = verify(contract, &Answer::json(r#"{"data": [{"number": 1, "tags": ["a"]}]}"#));
    assert!(output.stdout.contains("a key that isn't in the contract: `number`"), "{}", output.stdout);
    let output = verify("  - name: get\n    request: GET /\n    response: { status: 404 }\n", &Answer::status(410));
    assert!(!output.stdout.contains("provider state"), "{}", output.stdout);
}
