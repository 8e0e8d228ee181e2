//! Requests go over the wire as they are given, and responses are returned as they arrive.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use super::servers::{answering, get, patient, plain, request, server};
use crate::http::{BaseUrl, ExtraHeader, HttpClient, HttpOptions, codes};
use crate::interaction::ActualRequest;
use crate::verification::{Provider as _, Reply};

/// A server that responds with 204 and keeps the requests that it got, with the number of the connection.
async fn keeping() -> (BaseUrl, Arc<Mutex<Vec<(usize, String, Vec<u8>)>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let base = server(move |mut stream, number| {
        let keep = Arc::clone(&keep);
        async move {
            while let Some((head, body)) = request(&mut stream).await {
                keep.lock().expect("no panic").push((number, head, body));
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            }
        }
    })
    .await;
    (base, kept)
}

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn with_headers(lines: &[&str]) -> HttpOptions {
    let headers = lines.iter().map(|line| ExtraHeader::parse(line).expect("a header")).collect();
    HttpOptions { headers, ..HttpOptions::default() }
}

#[tokio::test]
async fn nothing_is_added_to_a_request_but_the_host() {
    let (base, kept) = keeping().await;
    let client = patient(base.clone());
    client.send(&plain("GET", "/orders/42"), &|_, _| true).await.expect("an answer");
    let host = base.to_string().replace("http://", "");
    assert_eq!(kept.lock().expect("no panic")[0].1, format!("GET /orders/42 HTTP/1.1\r\nhost: {host}\r\n\r\n"));
}

#[tokio::test]
async fn a_request_is_sent_as_given() {
    let (base, kept) = keeping().await;
    let client = HttpClient::new(BaseUrl::parse(&base.join("/api/v1/")).expect("a base URL"), &HttpOptions::default());
    let sent = ActualRequest {
        method: "PATCH".to_owned(),
        path: "/a%2Fb//c;v=1/%2e%2E/'{x}'".to_owned(),
        query: Some("q='a'&q=%20+&empty=&flag&[x]={y}|z".to_owned()),
        headers: headers(&[("X-Twice", "1"), ("x-twice", "2"), ("Accept", "text/plain"), ("x-name", "Zoë")]),
        body: b"\x00\xff{ \"a\" : 1 }\r\n".to_vec(),
    };
    client.send(&sent, &|_, _| true).await.expect("an answer");
    let host = base.to_string().replace("http://", "");
    let (_, head, body) = kept.lock().expect("no panic")[0].clone();
    let expected = format!(
        "PATCH /api/v1/a%2Fb//c;v=1/%2e%2E/'{{x}}'?q='a'&q=%20+&empty=&flag&[x]={{y}}|z HTTP/1.1\r\nx-twice: 1\r\n\
         x-twice: 2\r\naccept: text/plain\r\nx-name: Zoë\r\nhost: {host}\r\ncontent-length: 15\r\n\r\n"
    );
    assert_eq!(head, expected);
    assert_eq!(body, sent.body);
}

#[tokio::test]
async fn the_users_headers_replace_the_requests_own() {
    let (base, kept) = keeping().await;
    let options = with_headers(&["authorization: Bearer real", "X-Extra: a", "x-extra: b", "host: orders.example"]);
    let mut sent = plain("GET", "/");
    sent.headers = headers(&[("Authorization", "Bearer example"), ("x-own", "kept")]);
    HttpClient::new(base, &options).send(&sent, &|_, _| true).await.expect("an answer");
    assert_eq!(
        kept.lock().expect("no panic")[0].1,
        "GET / HTTP/1.1\r\nx-own: kept\r\nauthorization: Bearer real\r\nx-extra: a\r\nx-extra: b\r\n\
         host: orders.example\r\n\r\n"
    );
}

#[tokio::test]
async fn a_client_shows_no_credentials() {
    let options = with_headers(&["authorization: Bearer s3cr3t"]);
    let client = HttpClient::new(BaseUrl::local(1), &options);
    assert!(!format!("{client:?} {options:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn a_request_that_cant_be_sent_is_an_error_and_nothing_is_sent() {
    let (base, kept) = keeping().await;
    let client = patient(base);
    let with = |pairs: &[(&str, &str)]| ActualRequest { headers: headers(pairs), ..plain("POST", "/") };
    for (request, part) in [
        (plain("GE T", "/"), "`GE T` is not an HTTP method"),
        (plain("CONNECT", "/"), "CONNECT"),
        (plain("GET", "orders"), "`orders`"),
        (plain("GET", "/a b"), "`/a b`"),
        (plain("GET", "/a#b"), "`/a#b`"),
        (plain("GET", "/a?b"), "`/a?b`"),
        (with(&[("a b", "c")]), "`a b` isn't a valid header name"),
        (with(&[("a", "b\r\nc: d")]), "the header `a`"),
        (with(&[("content-length", "3")]), "`content-length: 3`, but its body has 0 bytes"),
    ] {
        let error = client.send(&request, &|_, _| true).await.expect_err(part);
        assert_eq!(error.code, codes::UNSENDABLE, "{error:?}");
        assert!(error.message.contains(part), "{error:?}");
    }
    assert!(kept.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn requests_share_one_connection() {
    let (base, kept) = keeping().await;
    let client = patient(base.clone());
    for _ in 0..20 {
        client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer");
        client
            .with_base(BaseUrl::parse(&base.join("/other")).expect("a base URL"))
            .send(&plain("GET", "/"), &|_, _| true)
            .await
            .expect("an answer");
    }
    let kept = kept.lock().expect("no panic");
    assert_eq!(kept.len(), 40);
    assert!(kept.iter().all(|(number, ..)| *number == 0));
}

#[tokio::test]
async fn concurrent_requests_have_a_connection_each() {
    let (base, kept) = keeping().await;
    let client = patient(base);
    let request = plain("GET", "/");
    for _ in 0..3 {
        futures_util::future::join_all((0..5).map(|_| client.send(&request, &|_, _| true))).await;
    }
    let kept = kept.lock().expect("no panic");
    assert_eq!(kept.len(), 15);
    let connections: std::collections::BTreeSet<usize> = kept.iter().map(|(number, ..)| *number).collect();
    assert!((2..=5).contains(&connections.len()), "{connections:?}");
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    // This server closes after each response without saying so.
    let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", true).await;
    let client = patient(base);
    for _ in 0..50 {
        assert_eq!(client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer").response.body, b"ok");
    }
}

#[tokio::test]
async fn a_request_that_may_have_had_an_effect_is_not_sent_twice() {
    // The second request of a connection is read, and the connection closed.
    let kept = Arc::new(Mutex::new(0));
    let keep = Arc::clone(&kept);
    let base = server(move |mut stream, _| {
        let keep = Arc::clone(&keep);
        async move {
            if request(&mut stream).await.is_some() {
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
            }
            if request(&mut stream).await.is_some() {
                *keep.lock().expect("no panic") += 1;
            }
        }
    })
    .await;
    let client = patient(base);
    client.send(&plain("POST", "/"), &|_, _| true).await.expect("an answer");
    assert_eq!(client.send(&plain("POST", "/"), &|_, _| true).await.expect_err("an error").code, codes::CLOSED);
    assert_eq!(*kept.lock().expect("no panic"), 1);
    client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer");
    client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer on a new connection");
    assert_eq!(*kept.lock().expect("no panic"), 2);
}

#[tokio::test]
async fn a_redirect_is_returned_and_not_followed() {
    let redirect = "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 4\r\n\r\nbody";
    let Reply { response, seconds, .. } = get(answering(redirect, false).await).await.expect("an answer");
    assert_eq!(response.status, 302);
    assert_eq!(response.headers, headers(&[("location", "/elsewhere"), ("content-length", "4")]));
    assert_eq!(response.body, b"body");
    assert!((0.0..5.0).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn headers_are_returned_as_sent() {
    let answer =
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-City: Z\xfcrich\r\nX-Name: Zo\xc3\xab\r\nset-cookie: b=2\r\n\r\nto the end";
    let response = get(answering(answer, true).await).await.expect("an answer").response;
    let mut sorted = response.headers.clone();
    sorted.sort();
    let expected = [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-city", "Zürich"), ("x-name", "Zoë")];
    assert_eq!(sorted, headers(&expected));
    assert_eq!(response.body, b"to the end");
}

#[tokio::test]
async fn an_encoded_body_is_decoded_and_the_headers_stay() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, b"{\"id\": 42}").expect("compressed");
    let gzip = gzip.finish().expect("compressed");
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", gzip.len());
    let response = get(answering([head.as_bytes(), &gzip].concat(), false).await).await.expect("an answer").response;
    assert_eq!(response.body, b"{\"id\": 42}");
    assert_eq!(response.headers[0], ("content-encoding".to_owned(), "gzip".to_owned()));
}

#[tokio::test]
async fn a_response_to_head_has_a_length_and_no_body() {
    let base =
        answering("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99999999999\r\n\r\n", false).await;
    let response = patient(base).send(&plain("HEAD", "/"), &|_, _| true).await.expect("an answer").response;
    assert_eq!(response.headers[1].1, "99999999999");
    assert_eq!(response.body, b"");
}

#[tokio::test]
async fn seconds_are_from_the_first_byte_sent_to_the_last_received() {
    let base = server(|mut stream, _| async move {
        request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no").await;
        tokio::time::sleep(Duration::from_millis(120)).await;
        let _ = stream.write_all(b"k").await;
    })
    .await;
    let seconds = get(base).await.expect("an answer").seconds;
    assert!((0.1..3.0).contains(&seconds), "{seconds}");
}
