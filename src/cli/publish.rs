//! `upheld publish`: the contracts of a version with its providers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indexmap::IndexMap;

use super::ledger::{Here, StoreArgs, Subject, one_of_each, refused, stamp};
use super::load::Workspace;
use super::step::{PlainReport, Step};
use super::{Exit, Failure, Global, World};
use crate::contract::attachments::RecordedAttachments;
use crate::files::ContractFolder;
use crate::formats::{self, ContractFile, contract_id, join_pact_files};
use crate::interaction::{ContractId, ServiceName};
use crate::ledger::{
    Book, Refusal, ServiceVersion, StoreError, StoredContract, branch_name, full_version, heads, main_branch,
    publish as publication,
};
use crate::pact;
use crate::report::{compared, done_markdown};
use crate::source::SourceFile;
use crate::store::{Plan, append};
use crate::words::{and_list, count};

/// Publish the contracts of services' versions to the store
///
/// Publishes all contracts in the folder whose consumer is one of the services, together. What a published version expects
/// can't change; publishing the same again does nothing.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct PublishArgs {
    /// The consumers with their versions [default version: the checked-out commit]
    #[arg(value_name = "SERVICE[@VERSION]", required = true)]
    subjects: Vec<Subject>,
    /// The branch that the versions were built from [default: the checked-out one]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Publish interactions that can't be verified yet, such as messages of a Pact file, as pending: the gate ignores them
    #[arg(long)]
    without_skipped: bool,
    /// Publish that these of the services expect nothing from others [default: all of them]
    #[arg(long, value_name = "SERVICE,…", num_args = 0.., require_equals = true, value_delimiter = ',', value_parser = ServiceName::new)]
    no_contracts: Option<Vec<ServiceName>>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: PlainReport,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  upheld publish storefront
      publish the contracts of storefront at the checked-out commit
  upheld publish storefront@3.4.1 --branch main
      publish a version with its own name
  upheld publish storefront orders --no-contracts=orders
      publish the versions of several services in one commit
  upheld publish orders --no-contracts
      publish that a provider needs no other service, which the gate doesn't assume on its own";

pub(super) fn publish(global: &Global, args: &PublishArgs, world: &mut World) -> Result<Exit, Failure> {
    let step = Step::one(args.report == PlainReport::Github, "Not published");
    step.run_plain(world, |step, world| publish_contracts(global, args, step, world))
}

fn publish_contracts(global: &Global, args: &PublishArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    let (workspace, contracts) = contracts_to_publish(global, args, world)?;
    let store = args.store.open(&workspace, world)?;
    let mut here = Here::with_contracts(global, world)?;
    let named: Vec<ServiceVersion> =
        here.versions(&args.subjects, world)?.into_iter().map(|one| here.full(one, world)).collect();
    one_of_each(&named)?;
    for version in &named {
        here.holds(version, world)?;
    }
    let branch = here.branch(args.branch.as_deref(), world);
    let stamp = stamp(world);
    let message = format!("Publish {}", and_list(&named));
    let published = append(store.as_ref(), args.store.store_timeout, &message, |snapshot| {
        let book = Book::new(snapshot);
        let mut all = Plan { files: Vec::new(), value: Vec::new() };
        for named in &named {
            let refused = |refusal| Refused { refusal, difference: None };
            let version = full_version(&book, named).map_err(refused)?;
            let contracts = contracts.get(&version.service).map_or(&[][..], Vec::as_slice);
            let files = publication(&book, &version, branch.as_deref(), contracts, stamp.clone())
                .map_err(|refusal| Refused { difference: difference(&book, &version, contracts, &refusal), refusal })?;
            let elsewhere = not_on_main(&book, &version.service, branch.as_deref())?;
            all.value.push(Published { version, added: !files.is_empty(), main_branch: elsewhere });
            all.files.extend(files);
        }
        Ok(all)
    });
    for one in published.map_err(Refused::into_failure)? {
        let contracts = contracts.get(&one.version.service).map_or(&[][..], Vec::as_slice);
        one.report(contracts, branch.as_deref(), step, world)?;
    }
    Ok(Exit::Yes)
}

/// A version that was published now or before.
struct Published {
    version: ServiceVersion,
    added: bool,
    /// Its service's main branch, if no version of that was ever published.
    main_branch: Option<String>,
}

impl Published {
    fn report(
        &self,
        contracts: &[StoredContract],
        branch: Option<&str>,
        step: &Step,
        world: &mut World,
    ) -> Result<(), Failure> {
        let Self { version, added, main_branch } = self;
        let service = &version.service;
        let providers: Vec<&ServiceName> = contracts.iter().map(|stored| &stored.contract.provider).collect();
        let what = match providers.as_slice() {
            [] => String::from("it expects nothing from other services"),
            some => format!("{} with {}", count(some.len(), "contract"), and_list(some)),
        };
        let word = if *added { "published" } else { "unchanged" };
        world.print(&format!("{word}  {}   {what}\n", version.short()))?;
        step.summarize(&done_markdown(word, &format!("{}: {what}", version.short()), None), world)?;
        if *added && branch.is_none() {
            world.say(&format!(
                "note: {} has no branch, because it is unknown which one it was built from; name it with --branch\n",
                version.short()
            ));
        }
        if !added {
            world.say(&format!("note: the same contracts were already published for this version of {service}\n"));
        }
        if let (Some(main), Some(branch)) = (main_branch, branch) {
            let (branch, version) = (branch_name(branch), version.short());
            let until = match contracts {
                [] => format!("{version} was built from `{branch}`"),
                _ => format!("until {version}, built from `{branch}`, is live, no provider is verified against it"),
            };
            world.say(&format!(
                "note: nothing was published from `{main}`, the main branch of {service}; {until}\n\
                 note: if `{branch}` is the main branch, write `main-branch: {branch}` into the store's \
                 services/{service}.yaml\n",
            ));
        }
        Ok(())
    }
}

/// The main branch of a service, if this isn't it and nothing was ever published from it.
fn not_on_main(book: &Book<'_>, service: &ServiceName, branch: Option<&str>) -> Result<Option<String>, StoreError> {
    let main = main_branch(book, service)?;
    if branch.is_none_or(|branch| branch_name(branch) == main) {
        return Ok(None);
    }
    Ok(heads(&book.publications(service)?.value, &main).is_empty().then_some(main))
}

/// A refusal, and how the contracts differ from those that are published.
struct Refused {
    refusal: Refusal,
    difference: Option<String>,
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self { refusal: Refusal::Store(error), difference: None }
    }
}

impl Refused {
    fn into_failure(self) -> Failure {
        let failure = refused(self.refusal);
        if self.difference.is_some() { failure.detail(self.difference) } else { failure }
    }
}

/// The contracts of each service as a consumer, with the files that they refer to.
fn contracts_to_publish(
    global: &Global,
    args: &PublishArgs,
    world: &mut World,
) -> Result<(Workspace, BTreeMap<ServiceName, Vec<StoredContract>>), Failure> {
    let workspace = Workspace::load_if_any(global, world)?.usable()?;
    let without = args.no_contracts.as_deref().unwrap_or_default();
    let is_subject = |name: &&ServiceName| args.subjects.iter().any(|subject| subject.service == **name);
    if let Some(name) = without.iter().find(|name| !is_subject(name)) {
        return Err(Failure::usage(format!("--no-contracts names {name}, which isn't published here"))
            .help(format!("name it as a service, too: upheld publish {name} --no-contracts")));
    }
    let mut all = BTreeMap::new();
    for subject in &args.subjects {
        let has_none = args.no_contracts.is_some() && (without.is_empty() || without.contains(&subject.service));
        let contracts = contracts_of(subject, has_none, &workspace, global, args, world)?;
        all.insert(subject.service.clone(), contracts);
    }
    Ok((workspace, all))
}

/// The contracts of one service, which may have been said to have none.
fn contracts_of(
    subject: &Subject,
    has_none: bool,
    workspace: &Workspace,
    global: &Global,
    args: &PublishArgs,
    world: &mut World,
) -> Result<Vec<StoredContract>, Failure> {
    let service = &subject.service;
    let own: Vec<&Arc<ContractFile>> =
        workspace.files.iter().filter(|file| file.contract.consumer == *service).collect();
    if has_none {
        return match own.first() {
            Some(file) => Err(Failure::usage(format!("{service} has a contract here: {}", file.source.name))
                .help("leave out --no-contracts, or delete the contract if it is no longer needed")),
            None => Ok(Vec::new()),
        };
    }
    if own.is_empty() {
        let known = workspace.files.iter().map(|file| file.contract.consumer.as_str());
        let failure = Failure::usage(format!("no contract here has the consumer `{service}`"));
        let failure = match crate::words::did_you_mean(service.as_str(), known) {
            Some(help) => failure.help(help),
            None => failure,
        };
        return Err(failure.help(format!(
            "if {service} expects nothing from other services: upheld publish {subject} --no-contracts"
        )));
    }
    let mut by_provider: IndexMap<&ServiceName, Vec<&ContractFile>> = IndexMap::new();
    for file in own {
        by_provider.entry(&file.contract.provider).or_default().push(file);
    }
    let mut stored = Vec::new();
    for (provider, files) in by_provider {
        let source = single_text(service, provider, &files, args, world)?;
        stored.push(with_files(&source, global, world)?);
    }
    Ok(stored)
}

/// One text with everything that the service expects of a provider.
fn single_text(
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
            "{what} of {service} with {provider} can't be verified, so the gate would never allow a deployment"
        ))
        .detail(Some(format!("{}   {}:{}\n{}", first.name, first.file, first.line, first.why)))
        .help("publish what can't be verified as pending with --without-skipped: the gate then ignores it; test it in another way"));
    }
    let skipped: Vec<&str> = not_run.iter().map(|one| one.name).collect();
    if let [file] = files
        && skipped.is_empty()
    {
        return Ok(Arc::clone(&file.source));
    }
    let (pacts, own): (Vec<&ContractFile>, Vec<&ContractFile>) =
        files.iter().partition(|file| pact::is_pact(&file.source.text));
    let runs = |file: &&ContractFile| file.contract.interactions.iter().any(|one| one.unrunnable().is_none());
    if let [own] = own.as_slice()
        && !pacts.iter().any(runs)
    {
        // A contract of our own has no place for them, and pending interactions are never checked anyway.
        let all = pacts.iter().flat_map(|file| &file.contract.interactions).map(|one| one.name.as_str());
        world.say(&format!("note: left out of the contract of {service} with {provider}: {}\n", and_list(all)));
        return Ok(Arc::clone(&own.source));
    }
    if !own.is_empty() {
        return Err(Failure::usage(format!("{service} has two contracts with {provider}"))
            .help(format!("merge them into one file: contracts/{service}/{provider}.yaml")));
    }
    let text = join_pact_files(&pacts).map_err(|(one, other)| {
        Failure::usage(format!("{service} has two contracts with {provider}"))
            .detail(Some(format!("{one} and {other} are Pact files of different specification versions")))
            .help("write both with the same version, or convert them into one contract: upheld import pact")
    })?;
    if !skipped.is_empty() {
        world.say(&format!("note: published as pending, because it can't be verified: {}\n", and_list(&skipped)));
    }
    let first = &files[0].source;
    Ok(Arc::new(SourceFile::new(&*first.name, text, first.limits())))
}

/// An interaction that can't be run and isn't pending.
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

/// A contract with the files that it refers to, which reading it again collects.
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

/// How the published contracts of a version differ from those at hand.
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
            None => {
                text.push_str(&format!("{provider}: the published version has a contract, but there is none here\n"));
            }
            Some(stored) if contract_id(&stored.contract) == *id => {}
            Some(stored) => {
                text.push_str(&format!("{provider}:\n"));
                text.push_str(&compared(&published_text(book, version, provider, *id), &stored.text));
            }
        }
    }
    for stored in contracts.iter().filter(|stored| !before.contains_key(&stored.contract.provider)) {
        text.push_str(&format!(
            "{}: the published version has no contract, but there is one here\n",
            stored.contract.provider
        ));
    }
    Some(text)
}

fn published_text(book: &Book<'_>, version: &ServiceVersion, provider: &ServiceName, id: ContractId) -> String {
    let read = book.contract(provider, &version.service, id);
    read.ok().and_then(Result::ok).map(|file| file.source.text.clone()).unwrap_or_default()
}
