//! The cost of a gate: its time by the size of the store, and by the pairs that it checks.
//!
//! `cargo bench --bench gate` makes git stores of 1,000, 10,000 and 100,000 records (the largest two with 1,000
//! services and 5,000 live pairs), and asks the release binary about one service: with nothing fetched yet, with the
//! copy that an earlier run has left, and beside a plain `git clone` and `git fetch` of the same repository, which is
//! the minimum for any decision.

#![expect(clippy::print_stdout, reason = "a program for people to run, with its output for them")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use upheld::contract::attachments::NoAttachments;
use upheld::formats::{contract_id, file, read};
use upheld::interaction::{ContractId, InteractionId, ServiceName};
use upheld::ledger::{
    By, Deployment, Event, Publication, Record, RecordId, Stamp, TestResult, Verification, environment_text, layout,
    service_text, store_text,
};
use upheld::source::{Limits, SourceFile};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many providers each service needs.
const NEEDS: usize = 5;
/// How many interactions each contract has.
const INTERACTIONS: usize = 4;
/// How often each measurement is repeated; the best is kept, since all noise is delay.
const REPEATS: usize = 5;

fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    println!(
        "| records | services | pairs live | repository | first gate | plain clone | gate | plain fetch | ratio |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (records, services) in [(1_000, 100), (10_000, 1_000), (100_000, 1_000)] {
        let store = Store::make(folder.path(), records, services)?;
        store.measure("s7@1", services)?;
        if records == 100_000 {
            println!("\nBy the pairs that are checked, in the largest of them:\n");
            println!("| pairs checked | gate |");
            println!("|---:|---:|");
            for (candidate, pairs) in [("s7@1", 2 * NEEDS), ("hub@1", 250)] {
                let (seconds, checked) = store.gate(candidate)?;
                assert_eq!(checked, pairs);
                println!("| {checked} | {:.0} ms |", seconds * 1e3);
            }
        }
    }
    Ok(())
}

/// A shared repository, and the folder of one who asks.
struct Store {
    folder: PathBuf,
    remote: PathBuf,
    records: usize,
}

/// The parts of a commit.
struct Import {
    stream: Vec<u8>,
    files: usize,
    records: usize,
}

impl Import {
    fn commit(&mut self, files: &[(String, Vec<u8>)]) {
        let mut head =
            String::from("commit refs/heads/main\ncommitter bench <bench@localhost> 1700000000 +0000\ndata 1\n.\n");
        for (path, bytes) in files {
            let _ = write!(head, "M 100644 inline {path}\ndata {}\n", bytes.len());
            self.stream.extend(head.as_bytes());
            self.stream.extend(bytes);
            self.stream.push(b'\n');
            head.clear();
        }
        self.files += files.len();
    }

    fn record(&mut self, files: &mut Vec<(String, Vec<u8>)>, record: &Record) -> RecordId {
        let (bytes, id) = record.bytes();
        files.push((layout::record(record, id), bytes));
        self.records += 1;
        id
    }
}

impl Store {
    fn make(folder: &Path, records: usize, services: usize) -> Result<Self> {
        let folder = folder.join(records.to_string());
        let remote = folder.join("remote.git");
        fs::create_dir_all(&folder)?;
        git(&folder, &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"], None)?;
        let mut import = Import { stream: Vec::new(), files: 0, records: 0 };
        world(&mut import, records, services)?;
        git(&remote, &["fast-import", "--quiet", "--done"], Some(&[import.stream.as_slice(), b"done\n"].concat()))?;
        // As a host keeps it.
        git(&remote, &["repack", "-a", "-d", "-q"], None)?;
        Ok(Self { folder, remote, records: import.records })
    }

    fn address(&self) -> String {
        format!("git+file://{}", self.remote.display())
    }

    /// Asks about a candidate: how long it took, and how many pairs were checked.
    fn gate(&self, candidate: &str) -> Result<(f64, usize)> {
        let mut best = f64::MAX;
        let mut checked = 0;
        for _ in 0..REPEATS {
            let (seconds, pairs) = self.ask(candidate)?;
            best = best.min(seconds);
            checked = pairs;
        }
        Ok((best, checked))
    }

    fn ask(&self, candidate: &str) -> Result<(f64, usize)> {
        let started = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_upheld"))
            .args(["gate", candidate, "--to", "production", "--report", "json", "--store", &self.address()])
            .current_dir(&self.folder)
            .env("UPHELD_CACHE", self.folder.join("cache"))
            .output()?;
        let seconds = started.elapsed().as_secs_f64();
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        assert_eq!(answer["decision"], "allow", "{answer:#}");
        Ok((seconds, answer["pairs"].as_array().map_or(0, Vec::len)))
    }

    fn measure(&self, candidate: &str, services: usize) -> Result<()> {
        let (first, _) = self.ask(candidate)?;
        let (warm, checked) = self.gate(candidate)?;
        assert_eq!(checked, 2 * NEEDS);
        let copy = self.folder.join("copy.git");
        let started = Instant::now();
        // By the protocol, and not by links to the files of the other.
        let address = format!("file://{}", self.remote.display());
        git(&self.folder, &["clone", "--quiet", "--bare", &address, "copy.git"], None)?;
        let cloned = started.elapsed().as_secs_f64();
        let mut plain = f64::MAX;
        for _ in 0..REPEATS {
            let started = Instant::now();
            git(&copy, &["fetch", "--quiet", &address, "+main:refs/seen"], None)?;
            plain = plain.min(started.elapsed().as_secs_f64());
        }
        let size = folder_size(&self.remote.join("objects/pack"))?;
        println!(
            "| {} | {services} | {} | {} MB | {:.2} s | {:.2} s | {:.0} ms | {:.0} ms | {:.1} |",
            self.records,
            services * NEEDS,
            size / 1_000_000,
            first,
            cloned,
            warm * 1e3,
            plain * 1e3,
            warm / plain
        );
        Ok(())
    }
}

/// A world in which every service needs the next few, and one that a quarter of them needs; and what happened before.
fn world(import: &mut Import, records: usize, services: usize) -> Result<()> {
    let mut declared = vec![
        (layout::STORE.to_owned(), store_text().into_bytes()),
        (layout::environment(&"production".parse()?), environment_text().into_bytes()),
        (layout::service(&"hub".parse()?), service_text(&[]).into_bytes()),
    ];
    for number in 0..services {
        declared.push((layout::service(&format!("s{number}").parse()?), service_text(&[]).into_bytes()));
    }
    import.commit(&declared);
    let mut needed: BTreeMap<String, BTreeSet<InteractionId>> = BTreeMap::new();
    for number in 0..services {
        let consumer = format!("s{number}");
        let mut providers: Vec<String> = (1..=NEEDS).map(|step| format!("s{}", (number + step) % services)).collect();
        if number % 4 == 0 && number / 4 < 250 {
            providers[NEEDS - 1] = String::from("hub");
        }
        let mut files = Vec::new();
        let mut contracts = BTreeMap::new();
        for provider in providers {
            let (id, interactions) = contract(&consumer, &provider, &mut files)?;
            needed.entry(provider.clone()).or_default().extend(interactions);
            contracts.insert(provider.parse()?, id);
        }
        live(import, &mut files, &consumer, contracts)?;
        import.commit(&files);
    }
    let mut files = Vec::new();
    live(import, &mut files, "hub", BTreeMap::new())?;
    import.commit(&files);
    for (provider, interactions) in &needed {
        let mut files = Vec::new();
        let results = interactions.iter().map(|id| (*id, TestResult::Upheld)).collect();
        verified(import, &mut files, provider, "1", results, 0)?;
        import.commit(&files);
    }
    // Versions that came and went: a verification of each, and a deployment that was replaced.
    let mut past = 0;
    while import.records < records {
        past += 1;
        let service = format!("s{}", past % services);
        let version = format!("old{}", past / services);
        let mut files = Vec::new();
        let results = needed[&service].iter().map(|id| (*id, TestResult::Upheld)).collect();
        verified(import, &mut files, &service, &version, results, past)?;
        let started = deployed(import, &mut files, &service, &version, Event::Started, BTreeSet::new(), past)?;
        deployed(import, &mut files, &service, &version, Event::Aborted, BTreeSet::from([started]), past)?;
        import.commit(&files);
    }
    Ok(())
}

fn contract(
    consumer: &str,
    provider: &str,
    files: &mut Vec<(String, Vec<u8>)>,
) -> Result<(ContractId, Vec<InteractionId>)> {
    let mut text = format!("contract: 1\nconsumer: {consumer}\nprovider: {provider}\ninteractions:\n");
    for number in 0..INTERACTIONS {
        let _ = write!(
            text,
            "  - name: {consumer} reads thing {number}\n    request: GET /{consumer}/things/{number}\n    response:\n      \
             status: 200\n      body: {{ id: {number}, name: a thing, tags: [red], price: {{ amount: 12.5, currency: EUR }} \
             }}\n      match: {{ id: integer, tags: 0+ }}\n"
        );
    }
    let source = Arc::new(SourceFile::new("bench", text.clone(), Limits::default()));
    let read = read(&source, &NoAttachments).map_err(|findings| format!("{findings:?}"))?;
    let file = file(source, read);
    let id = contract_id(&file.contract);
    files.push((layout::contract(&provider.parse()?, &consumer.parse()?, id), text.into_bytes()));
    Ok((id, file.ids))
}

fn live(
    import: &mut Import,
    files: &mut Vec<(String, Vec<u8>)>,
    service: &str,
    contracts: BTreeMap<ServiceName, ContractId>,
) -> Result<()> {
    let publication = Publication {
        service: service.parse()?,
        version: "1".parse()?,
        branch: Some(String::from("main")),
        contracts,
        replaces: BTreeSet::new(),
        stamp: stamp(0),
    };
    import.record(files, &Record::Publication(publication));
    deployed(import, files, service, "1", Event::Done, BTreeSet::new(), 0).map(drop)
}

fn verified(
    import: &mut Import,
    files: &mut Vec<(String, Vec<u8>)>,
    provider: &str,
    version: &str,
    results: BTreeMap<InteractionId, TestResult>,
    number: usize,
) -> Result<()> {
    let verification = Verification {
        provider: provider.parse()?,
        version: version.parse()?,
        branch: Some(String::from("main")),
        results,
        reasons: BTreeMap::new(),
        supersedes: BTreeSet::new(),
        stamp: stamp(number),
    };
    import.record(files, &Record::Verification(verification));
    Ok(())
}

fn deployed(
    import: &mut Import,
    files: &mut Vec<(String, Vec<u8>)>,
    service: &str,
    version: &str,
    event: Event,
    replaces: BTreeSet<RecordId>,
    number: usize,
) -> Result<RecordId> {
    let deployment = Deployment {
        environment: "production".parse()?,
        service: service.parse()?,
        version: version.parse()?,
        event,
        instance: None,
        replaces,
        before: BTreeSet::new(),
        gate: None,
        until: None,
        seen: None,
        stamp: stamp(number),
    };
    Ok(import.record(files, &Record::Deployment(deployment)))
}

fn stamp(number: usize) -> Stamp {
    let (hour, minute) = (number / 60 % 24, number % 60);
    let (month, day) = (number / 1440 % 12 + 1, number % 28 + 1);
    Stamp { at: format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00Z"), by: By::default() }
}

fn git(folder: &Path, arguments: &[&str], input: Option<&[u8]>) -> Result<()> {
    use std::io::Write as _;
    let mut child = Command::new("git").args(arguments).current_dir(folder).stdin(Stdio::piped()).spawn()?;
    if let (Some(mut stdin), Some(bytes)) = (child.stdin.take(), input) {
        stdin.write_all(bytes)?;
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("git {arguments:?} ended with {status}").into()) }
}

fn folder_size(folder: &Path) -> Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        size += entry?.metadata()?.len();
    }
    Ok(size)
}
