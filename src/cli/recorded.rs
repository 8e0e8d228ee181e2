//! What `record` and `import` end with: from exchanges to contract files, and what is reported about it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::load::folder_to_write;
use super::{Exit, Failure, Global, World};
use crate::contract::{self, ContractFile, ServiceName, contract_schema};
use crate::files::{self, ContractFolder};
use crate::recording::{
    self, Entry, Exchange, FoundSecret, Guard, Options, Recorded, Redaction, Standing, Take, redact,
};
use crate::report;
use crate::source::Sources;
use crate::words::{and_list, count};

/// The recorded exchanges of one provider.
#[derive(Debug)]
pub(super) struct Taken {
    pub provider: ServiceName,
    /// In the order in which the requests came.
    pub exchanges: Vec<Exchange>,
    /// Why requests led to no exchange, one sentence each: no response came, or it broke off.
    pub lost: Vec<String>,
}

/// How a recording becomes a contract.
#[derive(Debug, Args)]
pub(super) struct KeepArgs {
    /// The service that calls
    #[arg(long, value_name = "NAME", env = "UPHELD_CONSUMER", hide_env_values = true, value_parser = ServiceName::new)]
    pub consumer: ServiceName,
    /// Update interactions that differ from the recording
    #[arg(long, help_heading = "Contract")]
    pub update: bool,
    /// Remove interactions that weren't seen
    #[arg(long, help_heading = "Contract")]
    pub prune: bool,
    /// A further header to record, in requests and responses
    #[arg(long, value_name = "NAME", help_heading = "Contract")]
    pub keep_header: Vec<String>,
    /// A query parameter or body field whose values tell interactions apart
    #[arg(long, value_name = "NAME", help_heading = "Contract")]
    pub distinct: Vec<String>,
}

/// The contract of one provider: where it lies, what is there, and what came of the recording.
struct Page {
    provider: ServiceName,
    path: PathBuf,
    shown: String,
    exchanges: usize,
    lost: Vec<String>,
    found: Vec<FoundSecret>,
    recorded: Recorded,
    guard: Guard,
}

/// Writes or extends the contract of each provider, and reports what became of the exchanges. Nothing is written unless
/// all of the contracts can be.
pub(super) fn keep(taken: Vec<Taken>, args: &KeepArgs, global: &Global, world: &mut World) -> Result<Exit, Failure> {
    let folder = folder_to_write(global, world)?;
    let mut pages = Vec::new();
    for taken in taken {
        pages.push(page(taken, &folder, args, global, world)?);
    }
    // One provider may respond with a secret that was sent to another.
    for text in pages.iter().filter_map(|page| page.recorded.text.as_deref()) {
        if let Some(secret) = pages.iter().find_map(|page| page.guard.leak(text)) {
            return Err(leaked(secret));
        }
    }
    // Reported before anything is written: if it can't be reported, nothing must happen silently.
    for page in &pages {
        tell(page, args, world)?;
    }
    for page in &pages {
        if let Some(text) = &page.recorded.text {
            files::replace(&page.path, text).map_err(|error| {
                Failure::could_not_run(format!("{} can't be written: {}", page.shown, files::why(&error)))
            })?;
        }
    }
    if pages.iter().any(|page| page.recorded.text.is_some()) {
        write_schema(&folder);
    }
    let differs = |standing: &Standing| matches!(standing, Standing::Differs(change) if !change.made);
    let any_differs = pages.iter().flat_map(|page| &page.recorded.interactions).any(|entry| differs(&entry.standing));
    Ok(if any_differs { Exit::No } else { Exit::Yes })
}

/// What a recording comes to, with its secrets taken out; nothing is written yet.
fn page(taken: Taken, folder: &Path, args: &KeepArgs, global: &Global, world: &World) -> Result<Page, Failure> {
    let Taken { provider, exchanges, lost } = taken;
    let (path, shown) = place(&provider, folder, args, world);
    let number = exchanges.len();
    let Redaction { exchanges, found, unplaced, guard } = redact(exchanges, &args.keep_header);
    if !unplaced.is_empty() {
        let places = and_list(unplaced.iter().map(|secret| format!("a {} in the {}", secret.kind, secret.place)));
        return Err(Failure::could_not_run(format!("nothing was written: there is {places}, which can't be replaced"))
            .help(
                "leave that request out of the recording, or run the consumer against a service without real secrets",
            ));
    }
    let existing = existing(&path, &shown, &provider, args, global)?;
    let options = Options {
        update: args.update,
        prune: args.prune,
        keep_headers: args.keep_header.clone(),
        distinct: args.distinct.clone(),
    };
    let take = Take {
        consumer: &args.consumer,
        provider: &provider,
        exchanges: &exchanges,
        existing: existing.as_ref(),
        options: &options,
    };
    let recorded = recording::record(&take, &ContractFolder::of(&path, global.limits())).map_err(|why| {
        Failure::usage(format!("{shown} can't be extended: {why}")).help("move it away and record it again")
    })?;
    Ok(Page { provider, path, shown, exchanges: number, lost, found, recorded, guard })
}

fn leaked(secret: &FoundSecret) -> Failure {
    Failure::could_not_run(format!(
        "nothing was written: it would have contained a {} of the {}",
        secret.kind, secret.place
    ))
    .help("leave that request out of the recording, or run the consumer against a service without real secrets")
}

/// Whether the contracts that are there can be extended, as far as that can be told before anything was recorded.
pub(super) fn check(providers: &[ServiceName], args: &KeepArgs, global: &Global, world: &World) -> Result<(), Failure> {
    let folder = folder_to_write(global, world)?;
    for provider in providers {
        let (path, shown) = place(provider, &folder, args, world);
        existing(&path, &shown, provider, args, global)?;
    }
    Ok(())
}

/// Where a contract lies, and how that is shown.
fn place(provider: &ServiceName, folder: &Path, args: &KeepArgs, world: &World) -> (PathBuf, String) {
    let path = folder.join(args.consumer.as_str()).join(format!("{provider}.yaml"));
    let shown = files::shown(&path, &world.working);
    (path, shown)
}

/// The existing contract, if any. One that can't be read is left as it is.
fn existing(
    path: &Path,
    shown: &str,
    provider: &ServiceName,
    args: &KeepArgs,
    global: &Global,
) -> Result<Option<ContractFile>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let findings = |findings, sources| Failure::Findings { findings, sources };
    let source = files::read_source(path, shown.to_owned(), global.limits())
        .map_err(|finding| findings(vec![finding], Sources::default()))?;
    let source = Arc::new(source);
    let read = contract::read(&source, &ContractFolder::of(path, global.limits())).map_err(|found| {
        let mut sources = Sources::default();
        sources.add(Arc::clone(&source));
        findings(found, sources)
    })?;
    let file = ContractFile::new(source, read);
    if file.contract.is_pact() {
        return Err(Failure::usage(format!("{shown} is a Pact file, and recordings can't be added to one"))
            .help(format!("turn it into a contract first: upheld import pact {shown}")));
    }
    fits(&file, &args.consumer, provider, shown)?;
    Ok(Some(file))
}

fn fits(file: &ContractFile, consumer: &ServiceName, provider: &ServiceName, shown: &str) -> Result<(), Failure> {
    let contract = &file.contract;
    if contract.consumer == *consumer && contract.provider == *provider {
        return Ok(());
    }
    let names = format!("{} with {}", contract.consumer, contract.provider);
    Err(Failure::usage(format!("{shown} is the contract of {names}, not of {consumer} with {provider}"))
        .help("move it to the path that its names call for, or correct them"))
}

fn tell(page: &Page, args: &KeepArgs, world: &mut World) -> Result<(), Failure> {
    let Page { provider, shown, recorded, .. } = page;
    let palette = world.out_palette();
    let mut text = report::recorded(recorded, &palette);
    for lost in &page.lost {
        text.push_str(&report::note(&format!("not recorded: {lost}"), "", &palette));
    }
    text.push_str(&report::secrets(&page.found, &palette));
    let is_new = |entry: &Entry| matches!(entry.standing, Standing::New);
    if let Some(header) = page.found.iter().find_map(FoundSecret::request_header)
        && recorded.interactions.iter().any(is_new)
    {
        let note = format!(
            "the contract holds no credentials: if {provider} asks for some, verify it with --header '{header}: …'"
        );
        text.push_str(&report::note(&note, "", &palette));
    }
    let standing = |is: fn(&Standing) -> bool| recorded.interactions.iter().filter(|entry| is(&entry.standing)).count();
    let numbers = [
        (recorded.interactions.iter().filter(|entry| is_new(entry)).count(), "new"),
        (standing(|standing| matches!(standing, Standing::Same)), "as before"),
        (standing(|standing| matches!(standing, Standing::Differs(change) if change.made)), "updated"),
        (standing(|standing| matches!(standing, Standing::Differs(change) if !change.made)), "different"),
        (standing(|standing| matches!(standing, Standing::Unseen { removed: true })), "removed"),
        (standing(|standing| matches!(standing, Standing::Unseen { removed: false })), "unseen"),
    ];
    let numbers: Vec<String> =
        numbers.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    let requests = count(page.exchanges, "request");
    let interactions = if numbers.is_empty() { String::from("no interaction") } else { numbers.join(", ") };
    let fate = if recorded.text.is_some() { "written to" } else { "unchanged in" };
    let consumer = &args.consumer;
    let file = if page.path.exists() || recorded.text.is_some() {
        format!("{fate} {shown}")
    } else {
        String::from("nothing written")
    };
    text.push_str(&format!("{consumer} → {provider}  {requests}: {interactions}; {file}\n"));
    if standing(|standing| matches!(standing, Standing::Differs(change) if !change.made)) > 0 {
        text.push_str("--update adopts what differs\n");
    }
    if standing(|standing| matches!(standing, Standing::Unseen { removed: false })) > 0 {
        text.push_str("--prune removes what wasn't seen\n");
    }
    if let Some(secret) = page.guard.leak(&text) {
        return Err(leaked(secret));
    }
    world.print(&text)
}

/// The schema that the first line of a contract names, so that editors know the format. What is there is left alone,
/// and a contract is as good without.
pub(super) fn write_schema(folder: &Path) {
    let _ = files::create(&folder.join("contract.schema.json"), format!("{:#}\n", contract_schema()));
}
