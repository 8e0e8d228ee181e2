//! Servers made of a listening socket and a script: the test chooses every byte of a response.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::http::{BaseUrl, HttpClient, HttpOptions};
use crate::interaction::ActualRequest;
use crate::verification::{Provider as _, Reply, RunError};

/// Hands each connection to `serve`, together with its number, from 0 on.
pub(super) async fn server<F, S>(serve: F) -> BaseUrl
where
    F: Fn(TcpStream, usize) -> S + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        for number in 0.. {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(serve(stream, number));
        }
    });
    BaseUrl::parse(&format!("http://{address}")).expect("a base URL")
}

/// Answers every request of every connection with the same bytes, and then closes the connection if `close` is set.
pub(super) async fn answering(answer: impl Into<Vec<u8>>, close: bool) -> BaseUrl {
    let answer = answer.into();
    server(move |mut stream, _| {
        let answer = answer.clone();
        async move {
            while request(&mut stream).await.is_some() {
                if stream.write_all(&answer).await.is_err() || close {
                    return;
                }
            }
        }
    })
    .await
}

/// Reads one request: its head as a text, and as many bytes of body as its content-length says. `None` if the
/// connection ends.
pub(super) async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, body))
}

/// A client with a time limit short enough for tests that wait for it.
pub(super) fn client(base: BaseUrl) -> HttpClient {
    HttpClient::new(base, &HttpOptions { timeout: Duration::from_millis(300), ..HttpOptions::default() })
}

/// A client that has time.
pub(super) fn patient(base: BaseUrl) -> HttpClient {
    client(base).with_timeout(Duration::from_secs(20))
}

/// A request without headers and body.
pub(super) fn plain(method: &str, path: &str) -> ActualRequest {
    ActualRequest { method: method.to_owned(), path: path.to_owned(), ..ActualRequest::default() }
}

/// `GET /` by a client that has time.
pub(super) async fn get(base: BaseUrl) -> Result<Reply, RunError> {
    patient(base).send(&plain("GET", "/"), &|_, _| true).await
}
