//! A client that sends exactly the bytes that a test wants, and returns the response as it arrives.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::process::DEADLINE;

/// A response as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    pub status: u16,
    /// The lines of the head but the first, with their letters.
    pub headers: Vec<String>,
    /// The bytes behind the head, still in chunks if they came in chunks.
    pub raw: Vec<u8>,
}

impl Came {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.headers.iter().filter_map(|line| line.split_once(':'));
        pairs.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The body, out of its chunks.
    pub fn body(&self) -> Vec<u8> {
        let chunked = self.header("transfer-encoding").is_some_and(|coding| coding == "chunked");
        if chunked { unchunked(&self.raw) } else { self.raw.clone() }
    }

    /// The body as a text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body()).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

fn unchunked(mut raw: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = raw.windows(2).position(|pair| pair == b"\r\n").expect("a chunk's length");
        let length = usize::from_str_radix(std::str::from_utf8(&raw[..end]).unwrap().trim(), 16).unwrap();
        if length == 0 {
            return whole;
        }
        whole.extend_from_slice(&raw[end + 2..end + 2 + length]);
        raw = &raw[end + 4 + length..];
    }
}

/// Connects to an address like `http://127.0.0.1:4711`.
pub fn connect(url: &str) -> TcpStream {
    let stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// Sends these bytes, and reads until the other side closes the connection.
pub fn raw(url: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(url);
    stream.write_all(request).unwrap();
    let mut came = Vec::new();
    // A connection that was broken off has still sent something.
    let _ = stream.read_to_end(&mut came);
    came
}

/// Sends a request on a connection of its own: `GET /orders/42`, headers as lines, and a body.
pub fn send(url: &str, line: &str, headers: &[&str], body: &[u8]) -> Came {
    let mut request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for header in headers {
        request.push_str(&format!("{header}\r\n"));
    }
    if !body.is_empty() {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    let came = raw(url, &[request.as_bytes(), body].concat());
    parse(&came)
}

/// Takes a response apart.
pub fn parse(came: &[u8]) -> Came {
    let end = came.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(came)));
    let head = String::from_utf8_lossy(&came[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    Came { status, headers: lines.map(str::to_owned).collect(), raw: came[end + 4..].to_vec() }
}
