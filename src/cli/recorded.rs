//! The last step of `record` and `import har`: from exchanges to contract files and a report.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::load::folder_to_write;
use super::{Exit, Failure, Global, World};
use crate::contract::{Terms, contract_schema};
use crate::files::{self, ContractFolder};
use crate::interaction::{ContractFile, ServiceName};
use crate::recording::{
    self, Exchange, FoundSecret, Guard, Options, Origin, Outcome, RecordedContract, RecordedInteraction, Recording,
    Redaction, STAND_IN, redact, redacted_path, stand_in_of,
};
use crate::source::Sources;
use crate::words::{and_list, count, duration};
use crate::{formats, report};

/// How long another recording may take to write its contracts.
const PATIENCE: Duration = Duration::from_mins(1);

/// The traffic with one provider.
#[derive(Debug)]
pub(super) struct Traffic {
    pub provider: ServiceName,
    /// In the order of the requests.
    pub exchanges: Vec<Exchange>,
    /// The requests without a complete response, a sentence each.
    pub lost: Vec<String>,
    /// The provider's own address, which isn't for the contract.
    pub origin: Option<Origin>,
}

/// How traffic becomes a contract.
#[derive(Debug, Args)]
pub(super) struct KeepArgs {
    /// The service that calls
    #[arg(long, value_name = "NAME", env = "UPHELD_CONSUMER", hide_env_values = true, value_parser = ServiceName::new)]
    pub consumer: ServiceName,
    /// Change the interactions that differ from the recording
    #[arg(long, help_heading = "Contract")]
    pub update: bool,
    /// Remove interactions that weren't seen
    #[arg(long, help_heading = "Contract")]
    pub prune: bool,
    /// A header to record in addition to the usual ones, in requests and responses
    #[arg(long, value_name = "NAME", help_heading = "Contract")]
    pub keep_header: Vec<String>,
    /// A query parameter or body field whose values tell interactions apart
    #[arg(long, value_name = "NAME", help_heading = "Contract")]
    pub distinct: Vec<String>,
}

/// A recorded contract with one provider, ready to be written.
struct PreparedContract {
    provider: ServiceName,
    path: PathBuf,
    /// The path as it is shown.
    shown: String,
    /// The number of exchanges.
    exchanges: usize,
    lost: Vec<String>,
    /// The requests whose responses have the provider's own address in their bodies.
    own_address: Vec<String>,
    found: Vec<FoundSecret>,
    recorded: RecordedContract,
    guard: Guard,
    /// The text of the existing contract; empty if there is none.
    old: String,
}

/// Writes or extends the contract with each provider, and reports it. If one of them can't be, nothing is
/// written.
pub(super) fn write_contracts(
    traffic: Vec<Traffic>,
    args: &KeepArgs,
    global: &Global,
    world: &mut World,
) -> Result<Exit, Failure> {
    let folder = folder_to_write(global, world)?;
    // From the reading of a contract to its writing: another recording may be about to extend the same one.
    let _lock = files::lock_folder(folder.parent().unwrap_or(&folder), PATIENCE).ok_or_else(|| {
        Failure::could_not_run(format!(
            "nothing written: another process has been writing contracts for {}",
            duration(PATIENCE)
        ))
        .help("if an `upheld` process hangs, end it")
    })?;
    let mut contracts = Vec::new();
    let origins: Vec<(ServiceName, Origin)> =
        traffic.iter().filter_map(|traffic| Some((traffic.provider.clone(), traffic.origin.clone()?))).collect();
    for traffic in traffic {
        let traffic = with_stand_ins(traffic, &origins);
        contracts.push(prepare_contract(traffic, &folder, args, global, world)?);
    }
    // A secret that was sent to one provider may be in the response of another.
    for text in contracts.iter().filter_map(PreparedContract::new_lines) {
        if let Some(secret) = contracts.iter().find_map(|contract| contract.guard.find(&text)) {
            return Err(leaked(secret));
        }
    }
    // The report comes first: if it can't be printed, nothing is written.
    for contract in &contracts {
        // It also shows lines of the existing contract, where a person may have written a secret.
        let text = report_of(contract, args, world);
        let text = contracts.iter().fold(text, |text, contract| contract.guard.clean(&text));
        world.print(&text)?;
    }
    for contract in &contracts {
        if let Some(text) = &contract.recorded.text {
            files::replace(&contract.path, text).map_err(|error| {
                Failure::could_not_run(format!("can't write {}: {}", contract.shown, files::why(&error)))
            })?;
        }
    }
    if contracts.iter().any(|contract| contract.recorded.text.is_some()) {
        write_schema(&folder);
    }
    let differs = contracts.iter().any(|contract| contract.count(is_different) > 0);
    Ok(if differs { Exit::No } else { Exit::Yes })
}

fn is_different(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Differs(change) if !change.made)
}

fn is_unseen(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unseen { removed: false })
}

impl PreparedContract {
    /// The lines that would be written and aren't in the contract yet. What a person wrote about a secret stays there.
    fn new_lines(&self) -> Option<String> {
        let old: HashSet<&str> = self.old.lines().collect();
        let new = self.recorded.text.as_ref()?.lines().filter(|line| !old.contains(line));
        Some(new.collect::<Vec<_>>().join("\n"))
    }

    /// The number of interactions with such an outcome.
    fn count(&self, is: fn(&Outcome) -> bool) -> usize {
        self.recorded.interactions.iter().filter(|recorded| is(&recorded.outcome)).count()
    }
}

/// The traffic with stand-ins for the addresses of the other providers in its responses.
fn with_stand_ins(mut traffic: Traffic, origins: &[(ServiceName, Origin)]) -> Traffic {
    for (name, origin) in origins.iter().filter(|(name, _)| *name != traffic.provider) {
        let by = stand_in_of(name.as_str());
        let exchanges = traffic.exchanges.into_iter();
        traffic.exchanges = exchanges.map(|exchange| origin.replace_in_response(exchange, &by)).collect();
    }
    traffic
}

/// Makes a contract from traffic after removing the secrets. Nothing is written yet.
fn prepare_contract(
    traffic: Traffic,
    folder: &Path,
    args: &KeepArgs,
    global: &Global,
    world: &World,
) -> Result<PreparedContract, Failure> {
    let Traffic { provider, mut exchanges, lost, origin } = traffic;
    let mut own_address = Vec::new();
    if let Some(origin) = &origin {
        let holding = exchanges.iter().filter(|exchange| origin.is_in(&exchange.response.body));
        let lines =
            holding.map(|exchange| format!("{} {}", exchange.request.method, redacted_path(&exchange.request.path)));
        own_address = lines.collect::<BTreeSet<String>>().into_iter().collect();
        exchanges = exchanges.into_iter().map(|exchange| origin.stand_in(exchange)).collect();
    }
    let (path, shown) = contract_path(&provider, folder, args, world);
    let number = exchanges.len();
    let originals = exchanges;
    let Redaction { exchanges, found, unplaced, guard } = redact(&originals, &args.keep_header);
    if !unplaced.is_empty() {
        let places = unplaced.iter().map(|secret| format!("a {} in the {}", secret.kind, secret.location()));
        let places = and_list(places);
        return Err(
            Failure::could_not_run(format!("nothing was written: can't replace {places}")).help(WITHOUT_SECRETS)
        );
    }
    let existing = read_existing(&path, &shown, &provider, args, global)?;
    let options = Options {
        update: args.update,
        prune: args.prune,
        keep_headers: args.keep_header.clone(),
        distinct: args.distinct.clone(),
    };
    let recording = Recording {
        consumer: &args.consumer,
        provider: &provider,
        exchanges: &exchanges,
        originals: &originals,
        existing: existing.as_ref(),
        options: &options,
    };
    let recorded = recording::record(&recording, &ContractFolder::of(&path, global.limits()))
        .map_err(|why| Failure::usage(format!("can't extend {shown}: {why}")).help("move it away and record again"))?;
    let old = existing.map_or_else(String::new, |file| file.source.text.clone());
    let exchanges = number;
    Ok(PreparedContract { provider, path, shown, exchanges, lost, own_address, found, recorded, guard, old })
}

/// The most requests that are named if their responses contain the provider's address.
const OWN_ADDRESS: usize = 3;

const WITHOUT_SECRETS: &str =
    "leave that request out of the recording, or record against a service without real secrets";

fn leaked(secret: &FoundSecret) -> Failure {
    Failure::could_not_run(format!(
        "nothing was written: it would contain a {} from the {}",
        secret.kind,
        secret.location()
    ))
    .help(WITHOUT_SECRETS)
}

/// Checks whether the existing contracts can be extended, as far as that is possible before the recording.
pub(super) fn check_existing(
    providers: &[ServiceName],
    args: &KeepArgs,
    global: &Global,
    world: &World,
) -> Result<(), Failure> {
    let folder = folder_to_write(global, world)?;
    for provider in providers {
        let (path, shown) = contract_path(provider, &folder, args, world);
        read_existing(&path, &shown, provider, args, global)?;
    }
    Ok(())
}

/// The path of a contract, and how it is shown.
fn contract_path(provider: &ServiceName, folder: &Path, args: &KeepArgs, world: &World) -> (PathBuf, String) {
    let path = folder.join(args.consumer.as_str()).join(format!("{provider}.yaml"));
    let shown = files::shown(&path, &world.working);
    (path, shown)
}

/// Reads the existing contract, if there is one.
fn read_existing(
    path: &Path,
    shown: &str,
    provider: &ServiceName,
    args: &KeepArgs,
    global: &Global,
) -> Result<Option<ContractFile<Terms>>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let findings = |findings, sources| Failure::Findings { findings, sources };
    let source = files::read_source(path, shown.to_owned(), global.limits())
        .map_err(|finding| findings(vec![finding], Sources::default()))?;
    let source = Arc::new(source);
    let read = formats::read(&source, &ContractFolder::of(path, global.limits())).map_err(|found| {
        let mut sources = Sources::default();
        sources.add(Arc::clone(&source));
        findings(found, sources)
    })?;
    let file = formats::file(source, read);
    let Some(contract) = file.contract.to_own() else {
        return Err(Failure::usage(format!("can't add to {shown}: it is a Pact file"))
            .help(format!("convert it first: upheld import pact {shown}")));
    };
    let file = ContractFile { source: file.source, contract, lines: file.lines, ids: file.ids };
    check_names(&file, &args.consumer, provider, shown)?;
    Ok(Some(file))
}

/// Checks that a contract is between these services.
fn check_names(
    file: &ContractFile<Terms>,
    consumer: &ServiceName,
    provider: &ServiceName,
    shown: &str,
) -> Result<(), Failure> {
    let contract = &file.contract;
    if contract.consumer == *consumer && contract.provider == *provider {
        return Ok(());
    }
    let names = format!("{} with {}", contract.consumer, contract.provider);
    Err(Failure::usage(format!("{shown} is the contract of {names}, not of {consumer} with {provider}"))
        .help("move it to the folder of its consumer and provider, or correct their names in it"))
}

fn report_of(contract: &PreparedContract, args: &KeepArgs, world: &World) -> String {
    let PreparedContract { provider, shown, recorded, .. } = contract;
    let palette = world.out_palette();
    let mut text = report::recorded_contract(recorded, &palette);
    for lost in &contract.lost {
        text.push_str(&report::note(&format!("not recorded: {lost}"), "", &palette));
    }
    if !contract.own_address.is_empty() {
        let first = contract.own_address.iter().take(OWN_ADDRESS).cloned();
        let more = contract.own_address.len().saturating_sub(OWN_ADDRESS);
        let requests = and_list(first.chain((more > 0).then(|| format!("{more} more"))));
        let note = format!(
            "the response to {requests} contains the address of {provider}, which leads a client past the recorder; the \
             contract has {STAND_IN} there, and the mock its own address"
        );
        text.push_str(&report::note(&note, "", &palette));
    }
    text.push_str(&report::secrets(&contract.found, &palette));
    let is_new = |recorded: &RecordedInteraction| matches!(recorded.outcome, Outcome::New);
    if let Some(header) = contract.found.iter().find_map(FoundSecret::request_header)
        && recorded.interactions.iter().any(is_new)
    {
        let note = format!(
            "the contract contains no credentials: if {provider} requires some, verify it with --header '{header}: …'"
        );
        text.push_str(&report::note(&note, "", &palette));
    }
    let numbers = [
        (contract.count(|outcome| matches!(outcome, Outcome::New)), "new"),
        (contract.count(|outcome| matches!(outcome, Outcome::Same)), "as before"),
        (contract.count(|outcome| matches!(outcome, Outcome::Differs(change) if change.made)), "updated"),
        (contract.count(is_different), "different"),
        (contract.count(|outcome| matches!(outcome, Outcome::Unseen { removed: true })), "removed"),
        (contract.count(is_unseen), "unseen"),
    ];
    let numbers: Vec<String> =
        numbers.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    let requests = count(contract.exchanges, "request");
    let interactions = if numbers.is_empty() { String::from("no interactions") } else { numbers.join(", ") };
    let result = if recorded.text.is_some() { "written to" } else { "no change to" };
    let consumer = &args.consumer;
    let file = if contract.path.exists() || recorded.text.is_some() {
        format!("{result} {shown}")
    } else {
        String::from("nothing was written")
    };
    text.push_str(&format!("{consumer} → {provider}  {requests}: {interactions}; {file}\n"));
    if contract.count(is_different) > 0 {
        text.push_str("--update changes the interactions that differ\n");
    }
    if contract.count(is_unseen) > 0 {
        text.push_str("--prune removes the interactions that were not seen\n");
    }
    text
}

/// Writes the schema that the first line of a contract names, for editors. An existing file stays as it is, and a failure
/// doesn't matter: a contract works without.
pub(super) fn write_schema(folder: &Path) {
    let _ = files::create(&folder.join("contract.schema.json"), format!("{:#}\n", contract_schema()));
}
