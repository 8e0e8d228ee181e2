//! The cost of a start: the size of the release binary, and the time of its quickest commands.
//!
//! `cargo bench --bench startup` starts the release binary many times with commands that need no network, in turns with a
//! program that does nothing (this one) and with `git --version`, which most builds start a hundred times.

#![expect(clippy::print_stdout, reason = "a program for people to run, with its output for them")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How often each program is started; the best is kept, since all noise is delay.
const STARTS: usize = 200;
/// The smallest contract.
const CONTRACT: &str = "\
contract: 1
consumer: storefront
provider: orders
interactions:
  - name: get an order
    request: GET /orders/42
    response: { status: 200, body: { status: paid }, match: { status: [paid, open] } }
";
/// The argument with which this program does nothing.
const NOTHING: &str = "--nothing";

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == NOTHING) {
        return Ok(());
    }
    let upheld = env!("CARGO_BIN_EXE_upheld");
    println!("{upheld}: {:.1} MB\n", megabytes(fs::metadata(upheld)?.len()));
    let folder = tempfile::tempdir()?;
    fs::create_dir_all(folder.path().join("contracts/storefront"))?;
    fs::write(folder.path().join("contracts/storefront/orders.yaml"), CONTRACT)?;
    let this = std::env::current_exe()?;
    let this = this.to_str().ok_or("the path of this program is no text")?;
    let commands = [
        ("a program that does nothing", this, vec![NOTHING]),
        ("git --version", "git", vec!["--version"]),
        ("upheld --version", upheld, vec!["--version"]),
        ("upheld --help", upheld, vec!["--help"]),
        ("upheld explain G101", upheld, vec!["explain", "G101"]),
        ("upheld lint, of one contract", upheld, vec!["lint"]),
    ];
    let mut best = vec![f64::MAX; commands.len()];
    for _ in 0..STARTS {
        for ((_, program, arguments), best) in commands.iter().zip(&mut best) {
            *best = best.min(start(program, arguments, folder.path())?);
        }
    }
    println!("| | time | beside git |");
    println!("|---|---:|---:|");
    for ((name, ..), seconds) in commands.iter().zip(&best) {
        println!("| {name} | {:.1} ms | {:.1} |", seconds * 1e3, seconds / best[1]);
    }
    Ok(())
}

/// How long a program takes from its start to its end.
fn start(program: &str, arguments: &[&str], folder: &Path) -> Result<f64> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let status = command.status()?;
    let seconds = started.elapsed().as_secs_f64();
    if status.success() { Ok(seconds) } else { Err(format!("{program} {arguments:?} ended with {status}").into()) }
}

#[expect(clippy::cast_precision_loss, reason = "a size for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
