//! `upheld publish`: what a version expects of whom.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indexmap::IndexMap;

use super::ledger::{Here, StoreArgs, Subject, refused, stamp};
use super::load::Workspace;
use super::step::{PlainReport, Step};
use super::{Exit, Failure, Global, World};
use crate::contract::attachments::RecordedAttachments;
use crate::files::ContractFolder;
use crate::formats::{self, ContractFile, contract_id, join_pact_files};
use crate::interaction::{ContractId, ServiceName};
use crate::ledger::{Book, Refusal, ServiceVersion, StoredContract, publish as publication};
use crate::pact;
use crate::report::{compared, done_markdown};
use crate::source::SourceFile;
use crate::store::{Plan, append};
use crate::words::{and_list, count};

/// Put into the store what a version of a service expects of whom
///
/// All contracts of the folder whose consumer is the service: these and no others. A version that is published keeps
/// what it expects; publishing the same again changes nothing.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct PublishArgs {
    /// The consumer, and its version [default: the commit that is checked out]
    #[arg(value_name = "SERVICE[@VERSION]")]
    subject: Subject,
    /// The branch that the version was built from [default: the one that is checked out]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Publish what can't be verified yet, like the messages of a Pact file, as pending: the gate doesn't ask for it
    #[arg(long)]
    without_skipped: bool,
    /// Publish that the version expects nothing of anybody
    #[arg(long)]
    no_contracts: bool,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: PlainReport,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  upheld publish storefront
      the contracts of storefront at the commit that is checked out
  upheld publish storefront@3.4.1 --branch main
      of a version with a name of its own
  upheld publish orders --no-contracts
      a provider that needs nobody says so, too: what was never published is never taken for nothing";

pub(super) fn publish(global: &Global, args: &PublishArgs, world: &mut World) -> Result<Exit, Failure> {
    let step = Step::one(args.report == PlainReport::Github, "Not published");
    step.run_plain(world, |step, world| published(global, args, step, world))
}

fn published(global: &Global, args: &PublishArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    let service = &args.subject.service;
    let (workspace, contracts) = contracts(global, args, world)?;
    let store = args.store.open(&workspace, world)?;
    let mut here = Here::with_contracts(global, world)?;
    let version = here.version(&args.subject, world)?;
    here.holds(&version, world)?;
    let branch = here.branch(args.branch.as_deref(), world);
    let stamp = stamp(world);
    let message = format!("Publish {version}");
    let added = append(store.as_ref(), args.store.store_timeout, &message, |snapshot| {
        let book = Book::new(snapshot);
        match publication(&book, &version, branch.as_deref(), &contracts, stamp.clone()) {
            Ok(files) => Ok(Plan { value: !files.is_empty(), files }),
            Err(refusal) => Err(Refused { difference: difference(&book, &version, &contracts, &refusal), refusal }),
        }
    });
    let added = added.map_err(Refused::told)?;
    let providers: Vec<&ServiceName> = contracts.iter().map(|stored| &stored.contract.provider).collect();
    let what = match providers.as_slice() {
        [] => String::from("it expects nothing of anybody"),
        some => format!("{} with {}", count(some.len(), "contract"), and_list(some)),
    };
    let word = if added { "published" } else { "unchanged" };
    world.print(&format!("{word}  {}   {what}\n", version.short()))?;
    step.summarize(&done_markdown(word, &format!("{}: {what}", version.short())), world)?;
    if added && branch.is_none() {
        world.say(&format!(
            "note: nobody said which branch {} was built from, so it is on none: --branch NAME says it\n",
            version.short()
        ));
    }
    if !added {
        world.say(&format!("note: {service} had published the same for this version before\n"));
    }
    Ok(Exit::Yes)
}

/// A refusal, and how what was published differs from what is to be.
struct Refused {
    refusal: Refusal,
    difference: Option<String>,
}

impl From<crate::ledger::StoreError> for Refused {
    fn from(error: crate::ledger::StoreError) -> Self {
        Self { refusal: Refusal::Store(error), difference: None }
    }
}

impl Refused {
    fn told(self) -> Failure {
        let failure = refused(self.refusal);
        if self.difference.is_some() { failure.detail(self.difference) } else { failure }
    }
}

/// The contracts that the service is the consumer of, with the files that they name.
fn contracts(
    global: &Global,
    args: &PublishArgs,
    world: &mut World,
) -> Result<(Workspace, Vec<StoredContract>), Failure> {
    let service = &args.subject.service;
    if args.no_contracts {
        let workspace = Workspace::load_if_any(global, world)?.usable()?;
        if let Some(file) = workspace.files.iter().find(|file| file.contract.consumer == *service) {
            return Err(Failure::usage(format!("{service} has a contract here: {}", file.source.name))
                .help("leave --no-contracts out, or take the contract away if it is needed no more"));
        }
        return Ok((workspace, Vec::new()));
    }
    let workspace = Workspace::load_if_any(global, world)?.usable()?;
    let own: Vec<&Arc<ContractFile>> =
        workspace.files.iter().filter(|file| file.contract.consumer == *service).collect();
    if own.is_empty() {
        let known = workspace.files.iter().map(|file| file.contract.consumer.as_str());
        let failure = Failure::usage(format!("there is no contract of the consumer `{service}` here"));
        let failure = match crate::words::did_you_mean(service.as_str(), known) {
            Some(help) => failure.help(help),
            None => failure,
        };
        return Err(failure.help(format!(
            "if {service} really expects nothing of anybody, say so: upheld publish {} --no-contracts",
            args.subject
        )));
    }
    let mut by_provider: IndexMap<&ServiceName, Vec<&ContractFile>> = IndexMap::new();
    for file in own {
        by_provider.entry(&file.contract.provider).or_default().push(file);
    }
    let mut stored = Vec::new();
    for (provider, files) in by_provider {
        let source = whole(service, provider, &files, args, world)?;
        stored.push(with_files(&source, global, world)?);
    }
    Ok((workspace, stored))
}

/// The one text of all that the service expects of a provider.
fn whole(
    service: &ServiceName,
    provider: &ServiceName,
    files: &[&ContractFile],
    args: &PublishArgs,
    world: &mut World,
) -> Result<Arc<SourceFile>, Failure> {
    let not_run: Vec<NotRun<'_>> = files.iter().copied().flat_map(NotRun::of).collect();
    if let (Some(first), false) = (not_run.first(), args.without_skipped) {
        let what = count(not_run.len(), "interaction");
        return Err(Failure::usage(format!(
            "{what} of {service} with {provider} can't be verified, and the gate would never say yes"
        ))
        .detail(Some(format!("{}   {}:{}\n{}", first.name, first.file, first.line, first.why)))
        .help("--without-skipped publishes what can't be verified as pending, so that the gate doesn't ask for it: test that in another way"));
    }
    let told: Vec<&str> = not_run.iter().map(|one| one.name).collect();
    if let [file] = files
        && told.is_empty()
    {
        return Ok(Arc::clone(&file.source));
    }
    let (pacts, own): (Vec<&ContractFile>, Vec<&ContractFile>) =
        files.iter().partition(|file| pact::is_pact(&file.source.text));
    let runs = |file: &&ContractFile| file.contract.interactions.iter().any(|one| one.unrunnable().is_none());
    if let [own] = own.as_slice()
        && !pacts.iter().any(runs)
    {
        // There is no place for them in a contract of our own; those that are pending are asked of nobody anyway.
        let all = pacts.iter().flat_map(|file| &file.contract.interactions).map(|one| one.name.as_str());
        world.say(&format!("note: left out of what {service} expects of {provider}: {}\n", and_list(all)));
        return Ok(Arc::clone(&own.source));
    }
    if !own.is_empty() {
        return Err(Failure::usage(format!("{service} has two contracts with {provider}"))
            .help(format!("put them into one file: contracts/{service}/{provider}.yaml")));
    }
    let text = join_pact_files(&pacts).map_err(|(one, other)| {
        Failure::usage(format!("{service} has two contracts with {provider}"))
            .detail(Some(format!("{one} and {other} are Pact files of different versions")))
            .help("write both with one version; or make one contract of them: upheld import pact")
    })?;
    if !told.is_empty() {
        world.say(&format!("note: published as pending, since it can't be verified: {}\n", and_list(&told)));
    }
    let first = &files[0].source;
    Ok(Arc::new(SourceFile::new(&*first.name, text, first.limits())))
}

/// An interaction that can't be run, and that somebody would be held to.
struct NotRun<'f> {
    name: &'f str,
    file: &'f str,
    line: u32,
    why: &'f str,
}

impl<'f> NotRun<'f> {
    fn of(file: &'f ContractFile) -> impl Iterator<Item = Self> {
        let all = file.contract.interactions.iter().enumerate().filter(|(_, one)| !one.pending);
        all.filter_map(|(index, one)| {
            let line = file.lines.get(index).copied().unwrap_or(1);
            Some(Self { name: &one.name, file: &file.source.name, line, why: one.unrunnable()? })
        })
    }
}

/// A contract with the files that it names, which are noted while it is read once more.
fn with_files(source: &Arc<SourceFile>, global: &Global, world: &World) -> Result<StoredContract, Failure> {
    let path: PathBuf = world.working.join(&*source.name);
    let folder = ContractFolder::of(&path, global.limits());
    let noted = RecordedAttachments::new(&folder);
    let read = formats::read(source, &noted).map_err(|findings| {
        let mut sources = crate::source::Sources::default();
        sources.add(Arc::clone(source));
        Failure::Findings { findings, sources }
    })?;
    Ok(StoredContract { contract: read.contract, text: source.text.clone(), files: noted.into_files() })
}

/// How the contracts that are published for a version differ from those at hand.
fn difference(
    book: &Book<'_>,
    version: &ServiceVersion,
    contracts: &[StoredContract],
    refusal: &Refusal,
) -> Option<String> {
    let Refusal::PublishedOtherwise { before, .. } = refusal else { return None };
    let mut text = String::new();
    let now = |provider: &ServiceName| contracts.iter().find(|stored| stored.contract.provider == *provider);
    for (provider, id) in before {
        match now(provider) {
            None => text.push_str(&format!("{provider}: published with a contract, which is not here\n")),
            Some(stored) if contract_id(&stored.contract) == *id => {}
            Some(stored) => {
                text.push_str(&format!("{provider}:\n"));
                text.push_str(&compared(&published_text(book, version, provider, *id), &stored.text));
            }
        }
    }
    for stored in contracts.iter().filter(|stored| !before.contains_key(&stored.contract.provider)) {
        text.push_str(&format!("{}: published without a contract, and one is here\n", stored.contract.provider));
    }
    Some(text)
}

fn published_text(book: &Book<'_>, version: &ServiceVersion, provider: &ServiceName, id: ContractId) -> String {
    let read = book.contract(provider, &version.service, id);
    read.ok().and_then(Result::ok).map(|file| file.source.text.clone()).unwrap_or_default()
}
