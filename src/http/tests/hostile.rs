//! Servers that respond badly: each fault is recognized, quickly, and reported with its cause.

use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::servers::{answering, client, get, patient, plain, request, server};
use crate::http::{HttpClient, HttpOptions, codes};
use crate::verification::{Provider as _, RunError};

/// Gets `/`, which must fail, and fail soon.
async fn failing(client: HttpClient) -> RunError {
    let begun = Instant::now();
    let error = match client.send(&plain("GET", "/"), &|_, _| true).await {
        Err(error) => error,
        Ok(reply) => reply.unread.expect("an error"),
    };
    assert!(begun.elapsed() < Duration::from_secs(5), "{error:?}");
    assert!(!error.help.is_empty(), "{error:?}");
    error
}

#[tokio::test]
async fn a_server_that_never_responds_is_a_timeout() {
    let base = server(|mut stream, _| async move {
        request(&mut stream).await;
        // Waits for the client to go.
        let _ = stream.read_u8().await;
    })
    .await;
    let error = failing(client(base)).await;
    assert_eq!((error.code, error.message.as_str()), (codes::RESPONSE_TIMEOUT, "no response within 300 ms"));
}

#[tokio::test]
async fn a_response_that_drips_is_a_timeout() {
    let base = server(|mut stream, _| async move {
        request(&mut stream).await;
        let mut dripping = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n").await;
        while dripping.is_ok() {
            dripping = stream.write_all(b".").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let error = failing(client(base)).await;
    assert_eq!(error.code, codes::BODY_TIMEOUT);
    assert!(error.message.starts_with("the response wasn't complete after 300 ms: "), "{error:?}");
    assert!(error.message.ends_with(" of 100 bytes had arrived"), "{error:?}");
}

#[tokio::test]
async fn headers_without_an_end_are_cut_off() {
    let base = server(|mut stream, _| async move {
        request(&mut stream).await;
        let mut endless = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while endless.is_ok() {
            endless = stream.write_all(b"x-more: and more\r\n").await;
        }
    })
    .await;
    assert_eq!(failing(patient(base)).await.code, codes::NOT_HTTP);
}

#[tokio::test]
async fn a_reset_connection_is_distinguished_from_a_closed_one() {
    let reset = server(|mut stream, _| async move {
        request(&mut stream).await;
        stream.set_zero_linger().expect("a reset at the end");
    })
    .await;
    let error = failing(patient(reset)).await;
    assert_eq!(error.code, codes::CLOSED);
    assert!(error.message.starts_with("the connection failed before a response arrived: "), "{error:?}");
    assert!(error.message.to_lowercase().contains("reset"), "{error:?}");

    let closed = answering("", true).await;
    let error = failing(patient(closed)).await;
    assert_eq!(error.code, codes::CLOSED);
    assert_eq!(error.message, "the connection was closed before a response arrived");
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let base = server(|mut stream, _| async move {
        request(&mut stream).await;
        let mut endless = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
        let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
        while endless.is_ok() {
            endless = stream.write_all(&chunk).await;
        }
    })
    .await;
    let error = failing(patient(base)).await;
    assert_eq!((error.code, error.message.as_str()), (codes::TOO_LARGE, "the response body is larger than 32 MiB"));
}

#[tokio::test]
async fn a_length_over_the_limit_is_refused_before_the_body_is_read() {
    let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", false).await;
    assert_eq!(failing(patient(base)).await.code, codes::TOO_LARGE);
}

#[tokio::test]
async fn a_compressed_body_that_becomes_too_large_is_cut_off() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 64 * 1024 * 1024), &mut bomb).expect("compressed");
    let bomb = bomb.finish().expect("compressed");
    assert!(bomb.len() < 100_000);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let base = answering([head.as_bytes(), &bomb].concat(), false).await;
    let error = failing(patient(base)).await;
    assert_eq!(error.code, codes::TOO_LARGE);
    assert_eq!(error.message, "the response body is larger than 32 MiB once decoded");
}

#[tokio::test]
async fn the_limit_on_the_body_can_be_set() {
    let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world", false).await;
    let limited = |max_body| HttpClient::new(base.clone(), &HttpOptions { max_body, ..HttpOptions::default() });
    let reply = limited(11).send(&plain("GET", "/"), &|_, _| true).await.expect("an answer");
    assert_eq!(reply.response.body, b"hello world");
    assert_eq!(failing(limited(10)).await.message, "the response body is larger than 10 bytes");
}

#[tokio::test]
async fn a_content_length_that_promises_too_much_is_an_error() {
    let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789", true).await;
    let error = failing(patient(base)).await;
    assert_eq!(error.code, codes::CUT_SHORT);
    assert_eq!(error.message, "the response body ends too early: 10 of 100 bytes arrived");
}

#[tokio::test]
async fn a_content_length_that_promises_too_little_is_an_error() {
    let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{\"a\": \"é\"}", false).await;
    let error = failing(patient(base)).await;
    assert_eq!(error.code, codes::SURPLUS);
    assert_eq!(error.message, "the response goes on after the 5 bytes that its content-length declares");
}

#[tokio::test]
async fn contradictory_content_lengths_are_invalid_http() {
    let base = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc", false).await;
    assert_eq!(failing(patient(base)).await.code, codes::NOT_HTTP);
}

#[tokio::test]
async fn a_response_that_isnt_http_is_reported() {
    for garbage in [
        "220 mail.example ESMTP\r\n",
        "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}(\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/0.9 200\r\n\r\n",
    ] {
        let error = failing(patient(answering(garbage, true).await)).await;
        assert_eq!(error.code, codes::NOT_HTTP, "{garbage:?}: {error:?}");
        assert!(error.help[0].contains("https://"), "{error:?}");
    }
}

#[tokio::test]
async fn a_chunk_without_a_valid_size_is_an_error() {
    for chunk in ["zz\r\nabc\r\n0\r\n\r\n", "ffffffffffffffffff\r\nabc", "3\r\nabcdef\r\n0\r\n\r\n"] {
        let answer = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}");
        let error = failing(patient(answering(answer, true).await)).await;
        assert_eq!(error.code, codes::BAD_FRAMING, "{chunk:?}: {error:?}");
    }
}

#[tokio::test]
async fn chunks_without_an_end_are_an_error() {
    let answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
    let error = failing(patient(answering(answer, true).await)).await;
    assert_eq!(error.code, codes::CUT_SHORT);
    assert_eq!(error.message, "the response body ends too early: 3 bytes arrived");
}

#[tokio::test]
async fn a_wrong_content_encoding_is_an_error() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}";
    let error = failing(patient(answering(answer, false).await)).await;
    assert_eq!(error.code, codes::CODING);
    assert!(error.message.contains("the body is not valid gzip"), "{error:?}");
    let answer = "HTTP/1.1 200 OK\r\ncontent-encoding: rot13\r\ncontent-length: 2\r\n\r\n{}";
    let reply = get(answering(answer, false).await).await.expect("an answer");
    assert_eq!(
        (reply.response.body.as_slice(), reply.unknown_codings.as_slice()),
        (&b"{}"[..], &["rot13".to_owned()][..])
    );
}

#[tokio::test]
async fn endless_informational_responses_are_an_error() {
    let base = server(|mut stream, _| async move {
        request(&mut stream).await;
        let mut endless = Ok(());
        while endless.is_ok() {
            endless = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await;
            tokio::task::yield_now().await;
        }
    })
    .await;
    let error = failing(patient(base)).await;
    assert_eq!(error.code, codes::CLOSED);
    assert!(error.message.ends_with("more than 100 interim responses (1xx) came, but no final one"), "{error:?}");
}

#[tokio::test]
async fn a_large_response_is_read_completely() {
    let body = format!("[{}0]", "1234567890,".repeat(1_000_000));
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    let reply = get(answering(head + &body, false).await).await.expect("an answer");
    assert!(reply.response.body == body.as_bytes());
}

#[tokio::test]
async fn a_response_after_a_broken_one_is_read() {
    // The first connection is broken in the middle of a response: nothing of it may reach the second.
    let base = server(|mut stream, number| async move {
        while request(&mut stream).await.is_some() {
            let answer = match number {
                0 => "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong and more",
                _ => "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nright",
            };
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    })
    .await;
    let client = patient(base);
    assert_eq!(client.send(&plain("GET", "/"), &|_, _| true).await.expect_err("an error").code, codes::SURPLUS);
    assert_eq!(client.send(&plain("GET", "/"), &|_, _| true).await.expect("an answer").response.body, b"right");
}
