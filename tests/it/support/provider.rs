//! Providers in the test's own process: sockets of the loopback interface, with a thread for each connection.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::process::DEADLINE;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `GET /orders/42`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Reads the next request of a connection; nothing at its end.
    fn read(reader: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let mut words = line.split_whitespace().map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
        reader.read_exact(&mut body).ok()?;
        Some(Self { method, path, headers, body: String::from_utf8(body).unwrap() })
    }
}

/// A response.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    after: Duration,
}

impl Answer {
    /// A response without a body.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), after: Duration::ZERO }
    }

    /// A JSON body, with status 200.
    pub fn json(body: impl Into<String>) -> Self {
        Self::status(200).header("content-type", "application/json").body(body.into())
    }

    /// A plain text, with a status.
    pub fn text(status: u16, body: &str) -> Self {
        Self::status(status).header("content-type", "text/plain; charset=utf-8").body(body)
    }

    /// The same response with a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same response with a body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The same response, sent after some time.
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    fn bytes(&self, head_only: bool) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Whatever\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        let mut bytes = head.into_bytes();
        if !head_only {
            bytes.extend(&self.body);
        }
        bytes
    }
}

/// A provider that responds as a function says, and remembers its requests.
pub struct Provider {
    address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<Request>>,
    connections: Arc<AtomicUsize>,
    /// How many requests are under way, and the most there ever were.
    flight: Mutex<(usize, usize)>,
    changed: Condvar,
}

impl Provider {
    /// A provider whose responses are chosen by `answer`.
    pub fn new(answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        Self::crowded(0, answer)
    }

    /// The same; it sends no response until this many requests are under way.
    pub fn crowded(crowd: usize, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Seen::default());
        let (witness, connections) = (Arc::clone(&seen), Arc::clone(&seen.connections));
        let address = listen(connections, move |request, stream| {
            witness.requests.lock().unwrap().push(request.clone());
            witness.enter(crowd);
            let answer = answer(&request);
            thread::sleep(answer.after);
            witness.leave();
            stream.write_all(&answer.bytes(request.method == "HEAD")).is_ok()
        });
        Self { address, seen }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that it got, in their order.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// The first lines of the requests that it got, in their order.
    pub fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// The most requests that were under way at once.
    pub fn most_at_once(&self) -> usize {
        self.seen.flight.lock().unwrap().1
    }
}

impl Seen {
    fn enter(&self, crowd: usize) {
        let mut flight = self.flight.lock().unwrap();
        flight.0 += 1;
        flight.1 = flight.1.max(flight.0);
        self.changed.notify_all();
        drop(self.changed.wait_timeout_while(flight, DEADLINE, |flight| flight.1 < crowd).unwrap());
    }

    fn leave(&self) {
        self.flight.lock().unwrap().0 -= 1;
    }
}

/// A server that does with a connection whatever it likes.
pub struct Socket {
    address: SocketAddr,
}

impl Socket {
    /// A server that passes each request to `answer` with its connection, and reads the next one of that connection if
    /// `answer` returns true.
    pub fn new(answer: impl Fn(&Request, &mut TcpStream) -> bool + Send + Sync + 'static) -> Self {
        Self { address: listen(Arc::default(), move |request, stream| answer(&request, stream)) }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn listen(
    connections: Arc<AtomicUsize>,
    answer: impl Fn(Request, &mut TcpStream) -> bool + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            connections.fetch_add(1, Ordering::SeqCst);
            let answer = Arc::clone(&answer);
            thread::spawn(move || {
                stream.set_nodelay(true).unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                while let Some(request) = Request::read(&mut reader) {
                    if !answer(request, &mut stream) {
                        return;
                    }
                }
            });
        }
    });
    address
}
