//! How long a verification takes, compared with the necessary part of it: the same requests sent by a plain loop.
//!
//! `cargo bench --bench verify` prints a table for contracts of 100, 1,000 and 5,000 interactions with JSON bodies of
//! about 1 KB and rules on their fields, against a trivial provider on loopback, each through the release binary:
//!
//! - *send + match*: the run itself, as the binary's JSON report has it, as a ratio to a plain loop (one reqwest
//!   client, keep-alive, the same concurrency, every body parsed), the two measured in turns;
//! - *whole process*: from its start to its end, reading the contracts included, and its peak memory;
//! - *reading*: contract text to model, in MB/s; *matching*: one body against its contract, in µs.
//!
//! And against a provider that takes 20 ms for each answer, how the time falls with `--jobs`.
//!
//! If `PACT_VERIFIER` names the program of Pact's own verifier (`cargo install pact_verifier_cli`), both verify a Pact
//! file of 1,000 interactions, one after the other, with the same provider.

#![expect(
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a program for people to run, with its output for them"
)]

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::response::IntoResponse as _;
use futures_util::StreamExt as _;
use upheld::contract::attachments::NoAttachments;
use upheld::formats::{match_response, read};
use upheld::interaction::{ActualResponse, pointer};
use upheld::source::{Limits, SourceFile};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many requests are under way at once, in the loop and in the binary.
const CONCURRENCY: usize = 16;
/// How often each measurement is repeated; the best is kept, since all noise is delay.
const REPEATS: usize = 5;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--provider") {
        return provider(arguments.get(at + 1).and_then(|text| text.parse().ok()).unwrap_or(0));
    }
    let folder = tempfile::tempdir()?;
    let quick = Provider::start(0)?;
    println!("| interactions | contract | plain loop | send + match | ratio | whole process | peak memory |");
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    for number in [100, 1_000, 5_000] {
        table_row(number, folder.path(), &quick.url)?;
    }
    reading_and_matching()?;
    slow_provider(folder.path())?;
    if let Some(verifier) = std::env::var_os("PACT_VERIFIER") {
        return beside_pact(&verifier, folder.path(), &quick.url);
    }
    println!("\nPact's verifier: skipped, PACT_VERIFIER does not name it");
    Ok(())
}

fn table_row(number: usize, folder: &Path, url: &str) -> Result<()> {
    let text = contract(number);
    let path = folder.join(format!("contract-{number}.yaml"));
    std::fs::write(&path, &text)?;
    let mut best = Measured { plain: f64::MAX, run: f64::MAX, whole: f64::MAX, peak_kib: 0 };
    for _ in 0..REPEATS {
        best.plain = best.plain.min(plain_loop(url, number)?);
        let run = upheld(&path, url, CONCURRENCY)?;
        best.run = best.run.min(run.run);
        best.whole = best.whole.min(run.whole);
        best.peak_kib = best.peak_kib.max(run.peak_kib);
    }
    println!(
        "| {number} | {:.1} MB | {:.0} ms | {:.0} ms | {:.2} | {:.0} ms | {} MB |",
        megabytes(text.len()),
        best.plain * 1e3,
        best.run * 1e3,
        best.run / best.plain,
        best.whole * 1e3,
        best.peak_kib / 1024,
    );
    Ok(())
}

struct Measured {
    plain: f64,
    run: f64,
    whole: f64,
    peak_kib: u64,
}

/// Runs the binary on a contract, and reads what its own report says of the time.
fn upheld(contract: &Path, url: &str, jobs: usize) -> Result<Measured> {
    let report = contract.with_extension("report.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_upheld"));
    command
        .args(["verify", "--quiet", "--jobs", &jobs.to_string(), "--url", url])
        .arg(format!("--report=json={}", report.display()))
        .arg(contract)
        .current_dir(contract.parent().unwrap_or(Path::new(".")));
    let (whole, peak_kib) = timed(&mut command)?;
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(report)?)?;
    let run = report["seconds"].as_f64().ok_or("the report has no seconds")?;
    Ok(Measured { plain: f64::MAX, run, whole, peak_kib })
}

/// Runs a program that must succeed. Returns its time in seconds, and the most memory that it had in KiB.
fn timed(command: &mut Command) -> Result<(f64, u64)> {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_memory(child.id()).unwrap_or(0).max(peak_kib);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let seconds = started.elapsed().as_secs_f64();
    if status.success() { Ok((seconds, peak_kib)) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// The most memory that a process has had so far, in KiB (Linux only).
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Sends the same requests as a verification and parses every body, and nothing else.
fn plain_loop(url: &str, number: usize) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let started = Instant::now();
        let requests = futures_util::stream::iter(0..number).map(|item| {
            let request = client.get(format!("{url}/items/{item}"));
            async move {
                let body = request.send().await?.bytes().await?;
                let value: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                Ok::<bool, reqwest::Error>(value.is_object())
            }
        });
        let answers: Vec<_> = requests.buffer_unordered(CONCURRENCY).collect().await;
        let seconds = started.elapsed().as_secs_f64();
        let all = answers.into_iter().collect::<std::result::Result<Vec<bool>, _>>()?;
        if all.iter().all(|is_object| *is_object) { Ok(seconds) } else { Err("an answer was no object".into()) }
    })
}

fn reading_and_matching() -> Result<()> {
    let text = contract(5_000);
    let bytes = text.len();
    let source = SourceFile::new("contract.yaml", text, Limits::default());
    let mut reading = f64::MAX;
    let mut matching = f64::MAX;
    for _ in 0..REPEATS {
        let started = Instant::now();
        let contract = read(&source, &NoAttachments).map_err(|findings| format!("{findings:?}"))?.contract;
        reading = reading.min(started.elapsed().as_secs_f64());
        let answer = ActualResponse {
            status: 200,
            headers: vec![(String::from("content-type"), String::from("application/json"))],
            body: body().into_bytes(),
        };
        let started = Instant::now();
        for (index, interaction) in contract.interactions.iter().enumerate() {
            let http = interaction.http().ok_or("not HTTP")?;
            let found = match_response(http, &answer, &pointer(index));
            if !found.is_empty() {
                return Err(format!("{found:?}").into());
            }
        }
        matching = matching.min(started.elapsed().as_secs_f64() / contract.interactions.len() as f64);
    }
    println!("\nreading: {:.0} MB/s; matching one body: {:.1} µs", megabytes(bytes) / reading, matching * 1e6);
    Ok(())
}

fn slow_provider(folder: &Path) -> Result<()> {
    let slow = Provider::start(20)?;
    let path = folder.join("contract-100.yaml");
    println!("\n| jobs | 100 interactions, 20 ms per answer |\n|---:|---:|");
    for jobs in [1, 4, 16, 64] {
        println!("| {jobs} | {:.0} ms |", upheld(&path, &slow.url, jobs)?.run * 1e3);
    }
    Ok(())
}

/// The same Pact file through Upheld and through Pact's own verifier, in turns.
fn beside_pact(verifier: &std::ffi::OsStr, folder: &Path, url: &str) -> Result<()> {
    let number = 1_000;
    let file = folder.join("bench-things.json");
    std::fs::write(&file, pact(number))?;
    let port = url.rsplit_once(':').ok_or("the provider has no port")?.1;
    let (mut ours, mut theirs) = ((f64::MAX, 0), (f64::MAX, 0));
    for _ in 0..3 {
        let run = upheld(&file, url, CONCURRENCY)?;
        ours = (ours.0.min(run.whole), ours.1.max(run.peak_kib));
        let mut pact = Command::new(verifier);
        pact.arg("-f").arg(&file).args(["--hostname", "127.0.0.1", "-p", port, "-n", "things"]);
        pact.env("PACT_DO_NOT_TRACK", "true");
        let (seconds, peak_kib) = timed(&mut pact)?;
        theirs = (theirs.0.min(seconds), theirs.1.max(peak_kib));
    }
    println!("\n| a Pact file of {number} interactions | whole process | peak memory |\n|---|---:|---:|");
    println!("| Upheld | {:.0} ms | {} MB |", ours.0 * 1e3, ours.1 / 1024);
    println!("| Pact's verifier | {:.0} ms | {} MB |", theirs.0 * 1e3, theirs.1 / 1024);
    println!("ratio: {:.0}", theirs.0 / ours.0);
    Ok(())
}

/// A Pact file of version 3, with rules on the fields of the body.
fn pact(number: usize) -> String {
    let body: serde_json::Value = serde_json::from_str(&body()).unwrap_or_default();
    let matcher = |matcher: serde_json::Value| serde_json::json!({"combine": "AND", "matchers": [matcher]});
    let by_type = || matcher(serde_json::json!({"match": "type"}));
    let mut rules = serde_json::Map::new();
    for key in body.as_object().into_iter().flatten().map(|(key, _)| key) {
        rules.insert(format!("$.{key}"), by_type());
    }
    rules.insert(String::from("$.variants"), matcher(serde_json::json!({"match": "type", "min": 1})));
    for key in ["sku", "stock", "price", "label"] {
        rules.insert(format!("$.variants[*].{key}"), by_type());
    }
    for key in ["street", "zip", "city", "country"] {
        rules.insert(format!("$.supplier.address.{key}"), by_type());
    }
    let interactions: Vec<serde_json::Value> = (0..number)
        .map(|item| {
            serde_json::json!({
                "description": format!("a request for thing {item}"),
                "request": {"method": "GET", "path": format!("/items/{item}")},
                "response": {
                    "status": 200,
                    "headers": {"Content-Type": "application/json"},
                    "body": body,
                    "matchingRules": {"body": rules},
                }
            })
        })
        .collect();
    serde_json::json!({
        "consumer": {"name": "bench"},
        "provider": {"name": "things"},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    })
    .to_string()
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// A provider in a process of its own, ended when it is dropped.
struct Provider {
    child: Child,
    url: String,
}

impl Provider {
    fn start(delay_ms: u64) -> Result<Self> {
        use std::io::{BufRead as _, BufReader};
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--provider", &delay_ms.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut url)?;
        Ok(Self { child, url: url.trim().to_owned() })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers every request with the same body, after a delay.
fn provider(delay_ms: u64) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        let body: Arc<str> = Arc::from(body());
        let app = Router::new().fallback(move || {
            let body = Arc::clone(&body);
            async move {
                if delay_ms > 0 {
                    tokio::time::sleep(Duration::from_millis(delay_ms)).await;
                }
                ([("content-type", "application/json")], body.to_string()).into_response()
            }
        });
        axum::serve(listener, app).await?;
        Ok(())
    })
}

/// A JSON body of about 1 KB.
fn body() -> String {
    let variants: Vec<serde_json::Value> = (0..5)
        .map(|number| serde_json::json!({"sku": format!("TEA-{number}"), "stock": 10 + number, "price": 12.5, "label": "a label of some length"}))
        .collect();
    serde_json::json!({
        "id": "6f1c6f2e-8a53-4d0c-9d5f-0a3f1f6a2b11",
        "name": "A thing with a name",
        "status": "paid",
        "placed_at": "2026-05-01T09:30:00Z",
        "total": 99.5,
        "active": true,
        "supplier": {"name": "Supplier", "address": {"street": "Street 1", "zip": "12345", "city": "Town", "country": "XX"}},
        "variants": variants,
        "tags": ["red", "green", "blue"],
        "note": "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore."
    })
    .to_string()
}

/// A contract of `number` interactions, each with its own request, and with rules on the fields of the body.
fn contract(number: usize) -> String {
    let body: serde_json::Value = serde_json::from_str(&body()).unwrap_or_default();
    let mut text = String::from("contract: 1\nconsumer: bench\nprovider: things\ninteractions:\n");
    for item in 0..number {
        let _ = write!(
            text,
            "  - name: get thing {item}\n    request: GET /items/{item}\n    response:\n      status: 200\n      headers: {{ content-type: application/json }}\n      body:\n"
        );
        block(&body, 8, &mut text);
        text.push_str(
            "      match:\n        id: uuid\n        status: [paid, open]\n        placed_at: date-time\n        total: number\n        variants: 1+\n        variants[].sku: /TEA-[0-9]+/\n        variants[].stock: integer\n        tags: 1..10\n",
        );
    }
    text
}

/// Writes a value as a YAML block, as people write it.
fn block(value: &serde_json::Value, indent: usize, text: &mut String) {
    let margin = " ".repeat(indent);
    match value {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                match value {
                    serde_json::Value::Object(_) => {
                        let _ = writeln!(text, "{margin}{key}:");
                        block(value, indent + 2, text);
                    }
                    serde_json::Value::Array(items) => {
                        let _ = writeln!(text, "{margin}{key}:");
                        for item in items {
                            let _ = writeln!(text, "{margin}  - {item}");
                        }
                    }
                    scalar => {
                        let _ = writeln!(text, "{margin}{key}: {scalar}");
                    }
                }
            }
        }
        scalar => {
            let _ = writeln!(text, "{margin}{scalar}");
        }
    }
}
