//! The cost of a recorder for those behind it: a large body that streams through it, and many small requests.
//!
//! `cargo bench --bench record` prints a table of the same work done directly and through the release binary: a body of
//! 1 GB down and up, with the most memory that the recorder had, and small requests per second, one after the other on
//! one connection and many at once.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a program for people to run, with its output for them"
)]

use std::error::Error;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get, put};
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The large body, in bytes.
const LARGE: usize = 1 << 30;
/// How much of it is sent at once.
const PIECE: usize = 64 << 10;
/// How many small requests are sent.
const SMALL: usize = 10_000;
/// How many requests are under way at once in the concurrent runs.
const CONCURRENCY: usize = 16;
/// How often each measurement is repeated; the best is kept, since all noise is delay.
const REPEATS: usize = 3;

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == "--provider") {
        return provider();
    }
    let folder = tempfile::tempdir()?;
    let provider = Running::start(Command::new(std::env::current_exe()?).arg("--provider").stdout(Stdio::piped()))?;
    let recorder = Running::start(
        Command::new(env!("CARGO_BIN_EXE_upheld"))
            .args(["record", "--consumer", "bench", "--provider", "things", "--upstream", &provider.url])
            .current_dir(folder.path())
            .stderr(Stdio::piped()),
    )?;
    println!("| | directly | recorded | ratio |");
    println!("|---|---:|---:|---:|");
    seconds("1 GB down", &provider, &recorder, download)?;
    seconds("1 GB up", &provider, &recorder, upload)?;
    let peak = peak_memory(recorder.child.id()).unwrap_or(0);
    per_second("small requests, one by one", &provider, &recorder, |url| small(url, 1))?;
    per_second("small requests, 16 at once", &provider, &recorder, |url| small(url, CONCURRENCY))?;
    println!(
        "\nthe recorder's peak memory: {} MB with the large bodies, {} MB with all requests recorded",
        peak / 1024,
        peak_memory(recorder.child.id()).unwrap_or(0) / 1024
    );
    Ok(())
}

fn seconds(what: &str, provider: &Running, recorder: &Running, run: impl Fn(&str) -> Result<f64>) -> Result<()> {
    let (direct, recorded) = both(provider, recorder, run)?;
    println!("| {what} | {direct:.2} s | {recorded:.2} s | {:.2} |", recorded / direct);
    Ok(())
}

fn per_second(what: &str, provider: &Running, recorder: &Running, run: impl Fn(&str) -> Result<f64>) -> Result<()> {
    let (direct, recorded) = both(provider, recorder, run)?;
    let rate = |seconds: f64| SMALL as f64 / seconds;
    println!("| {what} | {:.0}/s | {:.0}/s | {:.2} |", rate(direct), rate(recorded), recorded / direct);
    Ok(())
}

/// The best times, directly and recorded, measured in turns.
fn both(provider: &Running, recorder: &Running, run: impl Fn(&str) -> Result<f64>) -> Result<(f64, f64)> {
    let (mut direct, mut recorded) = (f64::MAX, f64::MAX);
    for _ in 0..REPEATS {
        direct = direct.min(run(&provider.url)?);
        recorded = recorded.min(run(&recorder.url)?);
    }
    Ok((direct, recorded))
}

fn connect(url: &str) -> Result<TcpStream> {
    Ok(TcpStream::connect(url.strip_prefix("http://").ok_or("not an address")?)?)
}

fn download(url: &str) -> Result<f64> {
    let started = Instant::now();
    let mut stream = connect(url)?;
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")?;
    let mut piece = vec![0; PIECE];
    let mut came = 0;
    loop {
        match stream.read(&mut piece)? {
            0 => break,
            length => came += length,
        }
    }
    if came < LARGE { Err(format!("only {came} bytes came").into()) } else { Ok(started.elapsed().as_secs_f64()) }
}

fn upload(url: &str) -> Result<f64> {
    let started = Instant::now();
    let mut stream = connect(url)?;
    write!(stream, "PUT /large HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: {LARGE}\r\n\r\n")?;
    let piece = vec![b'x'; PIECE];
    for _ in 0..LARGE / PIECE {
        stream.write_all(&piece)?;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.ends_with(&LARGE.to_string()) { Ok(started.elapsed().as_secs_f64()) } else { Err(answer.into()) }
}

/// Sends the small requests, so many at once.
fn small(url: &str, concurrency: usize) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let started = Instant::now();
        let requests = futures_util::stream::iter(0..SMALL).map(|_| {
            let request = client.get(format!("{url}/small"));
            async move { Ok::<usize, reqwest::Error>(request.send().await?.error_for_status()?.bytes().await?.len()) }
        });
        let answers: Vec<_> = requests.buffer_unordered(concurrency).collect().await;
        answers.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(started.elapsed().as_secs_f64())
    })
}

/// The most memory that a process has had so far, in KiB (Linux only).
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// A process that prints its address on its first line. Dropping this stops it.
struct Running {
    child: Child,
    url: String,
    /// Kept open: the process must be able to write more.
    _rest: Box<dyn Read>,
}

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.spawn()?;
        let output: Box<dyn Read> = match (child.stdout.take(), child.stderr.take()) {
            (Some(stdout), _) => Box::new(stdout),
            (None, Some(stderr)) => Box::new(stderr),
            (None, None) => return Err("no output".into()),
        };
        let (mut output, mut line) = (BufReader::new(output), String::new());
        output.read_line(&mut line)?;
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).ok_or("no address")?.to_owned();
        Ok(Self { child, url, _rest: Box::new(output) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a large body, takes one, and answers small requests.
fn provider() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let piece = Bytes::from(vec![b'x'; PIECE]);
        let large = get(move || async move {
            let pieces =
                futures_util::stream::iter((0..LARGE / PIECE).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
            Body::from_stream(pieces)
        });
        let large = large.merge(put(|mut body: Body| async move {
            let mut came = 0;
            while let Some(Ok(frame)) = body.frame().await {
                came += frame.data_ref().map_or(0, Bytes::len);
            }
            came.to_string()
        }));
        let small = get(|| async { ([("content-type", "application/json")], r#"{"id":42,"status":"paid"}"#) });
        axum::serve(listener, Router::new().route("/large", large).route("/small", small)).await?;
        Ok(())
    })
}
