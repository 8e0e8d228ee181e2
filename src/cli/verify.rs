//! `upheld verify`: providers against the contracts of their consumers.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::arguments::{is_path, time};
use super::from_store::{FromStore, Once};
use super::ledger::{Here, StoreArgs, Subject, refused, unusable};
use super::load::{Workspace, contracts_folder};
use super::provider::{ProviderArgs, reach};
use super::reports::{ReportArg, Reports};
use super::results::{Destination, Results, ResultsArgs};
use super::selection::{SelectionArgs, select};
use super::step::Step;
use super::verify_run::{Job, Run, say_faults};
use super::{Exit, Failure, Global, World};
use crate::clock;
use crate::formats::ContractFile;
use crate::http::{BaseUrl, ExtraHeader, ExtraHeaderError, HttpOptions, Proxies};
use crate::interaction::{InteractionId, Moment, ServiceName};
use crate::ledger::{Book, ServiceVersion, SideBranch, Store, full_version};
use crate::report::Progress;
use crate::verification::{Parallel, Plan, Scrubber, Summary};
use crate::words::count;

/// Check providers against the contracts of their consumers
///
/// Starts or reaches each provider, sends it every request in its contracts, and compares the responses. Without a
/// provider's name, every provider with contracts is verified.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct VerifyArgs {
    /// Providers by name, and contract files or folders [default: all]
    #[arg(value_name = "PROVIDER|CONTRACT")]
    targets: Vec<String>,
    #[command(flatten)]
    provider: ProviderArgs,
    #[command(flatten)]
    selection: SelectionArgs,
    /// Only what this version of a consumer has published in the store, even if it is neither live nor on a main branch
    #[arg(long = "for", value_name = "CONSUMER@VERSION", value_parser = consumer_version, help_heading = "Selection")]
    versions: Vec<ServiceVersion>,
    /// How many requests may be in flight at once
    #[arg(long, value_name = "N", default_value_t = 16, env = "UPHELD_JOBS", hide_env_values = true, value_parser = clap::value_parser!(u16).range(1..), help_heading = "Requests")]
    jobs: u16,
    /// How long a response may take, to its last byte
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time, env = "UPHELD_TIMEOUT", hide_env_values = true, help_heading = "Requests")]
    timeout: Duration,
    /// The largest response body to read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 32 << 20, env = "UPHELD_MAX_BODY", hide_env_values = true, help_heading = "Requests")]
    max_body: usize,
    /// A header to add to every request, never shown in a report: 'Authorization: Bearer …'
    #[arg(long, value_name = "NAME: VALUE", value_parser = header, help_heading = "Requests")]
    header: Vec<HeaderArg>,
    #[command(flatten)]
    results: ResultsArgs,
    #[command(flatten)]
    store: StoreArgs,
    /// A report in addition to the human one: json, junit, markdown, comment or github, to standard output or =FILE
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "Output")]
    report: Vec<ReportArg>,
    /// Show only what isn't upheld
    #[arg(short, long, help_heading = "Output")]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  upheld verify
      every provider that has contracts, each started or reached as contracts/upheld.yaml says
  upheld verify orders --url http://127.0.0.1:8080
      one provider that is already running
  upheld verify orders --env staging --header \"Authorization: Bearer $TOKEN\"
      all its instances in an environment
  upheld verify orders contracts/storefront --only 'get an order'
      one interaction, while you work on it
  upheld verify --report junit=report.xml --report github
      with reports for a build
  upheld verify orders --publish --for storefront@8f2c1
      for one version of a consumer, such as an older one that is to be deployed again
  upheld verify orders --publish
      in the provider's build: also against what live consumers need, publishing the results for the gate";

/// Reads a version of a consumer.
fn consumer_version(text: &str) -> Result<ServiceVersion, String> {
    let Subject { service, version } = text.parse()?;
    let version = version.ok_or_else(|| format!("name the version, too: {service}@VERSION"))?;
    Ok(ServiceVersion::new(service, version))
}

/// A header, or why it is invalid. clap shows arguments that it can't parse, and a header must not be shown, so this
/// parser accepts everything.
type HeaderArg = Result<ExtraHeader, ExtraHeaderError>;

#[expect(clippy::unnecessary_wraps, reason = "clap wants a result, and this parser never fails")]
fn header(text: &str) -> Result<HeaderArg, Infallible> {
    Ok(ExtraHeader::parse(text))
}

pub(super) fn verify(global: &Global, args: &VerifyArgs, world: &mut World) -> Result<Exit, Failure> {
    Step::of(&args.report, "Contracts: not verified")
        .run(world, |step, world| verify_and_report(global, args, step, world))
}

fn verify_and_report(global: &Global, args: &VerifyArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    // Before anything is read, so the report of an earlier run can't be taken for this one's.
    let reports = Reports::open(&args.report, args.quiet, world)?;
    let headers: Result<Vec<_>, _> = args.header.iter().cloned().collect();
    let headers = headers.map_err(|why| Failure::usage(format!("--header: {why}")))?;
    let options =
        HttpOptions { timeout: args.timeout, max_body: args.max_body, headers, proxies: Proxies::from_environment() };
    let verification = match prepare(global, args, &options, world) {
        Ok(verification) => verification,
        Err(failure) => {
            say_faults(&reports.instead_of_a_run(&failure, world), world);
            return Err(failure);
        }
    };
    let run = Run {
        reports,
        progress: if world.err_is_terminal && !args.quiet { Progress::on_stderr() } else { Progress::hidden() },
        // Header values must never be shown; addresses with passwords are refused.
        scrubber: Scrubber::new(options.headers.iter().map(|header| header.value().expose())),
        summary: Summary::default(),
        jobs: usize::from(args.jobs),
        instance: None,
        failed: false,
        last_words: Vec::new(),
        pending: verification.pending,
        needed_by: verification.needed_by,
        results: Results::default(),
    };
    run.complete(&verification.jobs, verification.destination.as_ref(), step, world)
}

/// A verification that is ready to run.
struct Verification {
    jobs: Vec<Job>,
    /// The interactions that nobody live needs yet.
    pending: BTreeSet<(ServiceName, InteractionId)>,
    /// The versions that need an interaction from the store, by the contract's path there.
    needed_by: BTreeMap<Arc<str>, Vec<String>>,
    /// The version and the store of the results, if they are published.
    destination: Option<Destination>,
}

/// Reads, selects and checks what to verify; nothing is started or sent yet.
fn prepare(
    global: &Global,
    args: &VerifyArgs,
    options: &HttpOptions,
    world: &mut World,
) -> Result<Verification, Failure> {
    let (paths, names): (Vec<&String>, Vec<&String>) = args.targets.iter().partition(|target| is_path(target));
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    // The user may have meant a folder of that name; a provider's own folder must not hide the provider.
    let meant = |failure: Failure, world: &World| match names.iter().find(|name| world.working.join(name).exists()) {
        Some(name) => failure.help(format!("for the contracts in `{name}`, write ./{name}")),
        None => failure,
    };
    if !args.versions.is_empty() && !paths.is_empty() {
        return Err(Failure::usage("--for takes the contracts from the store, so no files can be named")
            .help("leave out the files, or leave out --for"));
    }
    let from_store_only = args.results.publish || !args.versions.is_empty();
    if contracts_folder(global, world)?.is_none() && paths.is_empty() && !from_store_only {
        no_path_is_meant(&names, &args.store, &Workspace::registry_alone(global, world)?, world)?;
    }
    let (mut workspace, mut store) = load(global, args, &paths, &names, world)?;
    let mut from_store = FromStore::default();
    if let (Some(store), true) = (&store, paths.is_empty()) {
        if args.versions.is_empty() {
            let providers = providers(&workspace, &names, args)?;
            let environment = args.provider.env.as_deref();
            from_store = FromStore::add(store.as_ref(), &providers, environment, &mut workspace, world)?;
            check_expectations(&workspace, &from_store, &providers, &names, args.results.publish)?;
        } else {
            let providers = named_providers(&names)?;
            from_store =
                FromStore::only(store.as_ref(), &providers, &args.versions, args.results.publish, &mut workspace)?;
        }
    }
    if !workspace.findings.is_empty() && !args.quiet {
        let warnings = count(workspace.findings.len(), "warning");
        world.say(&format!("note: {warnings} about the contracts: see `upheld lint`\n"));
    }
    let left_out = args.selection.left_out(&workspace, &names);
    if left_out > 0 && !args.quiet {
        world
            .say(&format!("note: left out: {} that can't be run; see `upheld lint`\n", count(left_out, "interaction")));
    }
    let selected = select(&workspace, &names, &args.selection).map_err(|failure| meant(failure, world))?;
    if selected.len() > 1 && (!args.provider.url.is_empty() || args.provider.start.is_some()) {
        let all: Vec<String> = selected.iter().map(|(name, _)| name.to_string()).collect();
        return Err(Failure::usage(format!(
            "--url (UPHELD_URL) and --start are for one provider, but there are contracts with {}",
            crate::words::and_list(&all)
        ))
        .help(format!("choose one: upheld verify {}", all[0])));
    }
    let mut jobs: Vec<Job> = Vec::new();
    let provider = selected.first().map(|(name, _)| name.clone());
    for (name, files) in selected {
        let parallel = if workspace.service(&name).is_some_and(|service| service.parallel) {
            Parallel::All
        } else {
            Parallel::Safe
        };
        let reach = Arc::new(reach(&name, &args.provider, options, &workspace, world)?);
        let instances = reach.instances();
        let of_several = instances.len() > 1;
        for instance in instances {
            let mut once = Once::new(&from_store);
            let plan = Plan::new(files.clone(), parallel, |file: &ContractFile, index| {
                args.selection.takes(&file.contract.interactions[index]) && once.takes(file, index)
            });
            let plan = plan.at(moment()).tearing_all_down(args.provider.teardown);
            jobs.push(Job { reach: Arc::clone(&reach), instance, of_several, plan });
        }
    }
    let destination = match (store.take(), provider) {
        (Some(store), Some(provider)) if args.results.publish => {
            // A provider that runs elsewhere may be any version, and results need to name theirs. Only an address on
            // this machine that was given on the command line is taken for the version that is checked out here.
            let from_variable = (world.variable)("UPHELD_URL").is_some_and(|url| args.provider.url == [url]);
            let by_hand = !args.provider.url.is_empty() && !from_variable;
            let elsewhere = |base: &BaseUrl| !(by_hand && base.is_local());
            if let Some(base) = jobs.iter().filter_map(|job| job.instance.as_ref()).find(|base| elsewhere(base))
                && args.results.version.is_none()
            {
                let message = format!("the service at {base} may be any version of {provider}");
                return Err(Failure::usage(message).help("say which version it is: --version VERSION"));
            }
            let is_started = jobs.iter().any(|job| job.instance.is_none());
            Some(destination(global, args, store, &provider, is_started, world)?)
        }
        _ => None,
    };
    let (pending, needed_by) = (from_store.pending().clone(), from_store.needed_by().clone());
    Ok(Verification { jobs, pending, needed_by, destination })
}

/// Checks that no provider name is also a folder or a file, if neither the store nor the registry knows any providers.
fn no_path_is_meant(names: &[&String], store: &StoreArgs, registry: &Workspace, world: &World) -> Result<(), Failure> {
    let path = names.iter().find(|name| world.working.join(name).exists());
    match path {
        Some(name) if !store.is_there(registry) => {
            let what = if world.working.join(name).is_dir() { "folder" } else { "file" };
            Err(Failure::usage(format!("no provider `{name}`; to use the {what}, write ./{name}"))
                .help("providers come from the contracts in a folder `contracts`, and there is no such folder here or in a parent folder; --contracts DIR names one elsewhere"))
        }
        _ => Ok(()),
    }
}

/// Reads the contracts of the folder, and opens the store if it is needed: to publish the results, for the live
/// versions of an environment, or because no contract here expects anything from the named providers.
fn load(
    global: &Global,
    args: &VerifyArgs,
    paths: &[PathBuf],
    names: &[&String],
    world: &World,
) -> Result<(Workspace, Option<Box<dyn Store>>), Failure> {
    let registry = Workspace::registry_alone(global, world)?;
    if !args.versions.is_empty() {
        let store = args.store.open(&registry, world)?;
        return Ok((registry.usable()?, Some(store)));
    }
    if !args.results.publish && (!paths.is_empty() || !args.store.is_there(&registry)) {
        return Ok((Workspace::load(global, paths, world)?.usable()?, None));
    }
    let workspace = match paths {
        [] => Workspace::load_if_any(global, world)?.usable()?,
        paths => Workspace::load(global, paths, world)?.usable()?,
    };
    let is_here = |name: &str| workspace.files.iter().any(|file| file.contract.provider.as_str() == name);
    let lacking = if names.is_empty() { workspace.files.is_empty() } else { names.iter().any(|name| !is_here(name)) };
    let store = if args.results.publish || args.provider.env.is_some() || lacking {
        Some(args.store.open(&workspace, world)?)
    } else {
        None
    };
    Ok((workspace, store))
}

/// The providers to verify: those that were named, or all that the registry or a contract knows.
fn providers(workspace: &Workspace, names: &[&String], args: &VerifyArgs) -> Result<BTreeSet<ServiceName>, Failure> {
    if !names.is_empty() {
        return named_providers(names);
    }
    let of_files = workspace.files.iter().map(|file| file.contract.provider.clone());
    let of_registry = workspace.registry.iter().flat_map(|registry| registry.services.iter());
    // Without a way to reach it, a service of the registry is only somebody's consumer.
    let reached = of_registry.filter(|(_, service)| {
        args.provider.start.is_some()
            || !args.provider.url.is_empty()
            || service.start.is_some()
            || !service.url.is_empty()
    });
    Ok(of_files.chain(reached.map(|(name, _)| name.clone())).collect())
}

/// The providers that were named.
fn named_providers(names: &[&String]) -> Result<BTreeSet<ServiceName>, Failure> {
    let named = names.iter().map(|name| ServiceName::new(name));
    named.collect::<Result<_, _>>().map_err(|error| Failure::usage(error.to_string()))
}

/// The time and the chance of this run.
fn moment() -> Moment {
    let now = clock::now().to_zoned_datetime(jiff::tz::TimeZone::UTC);
    Moment { now, seed: fastrand::u64(..), mock: None }
}

/// Checks that some contract expects something from each named provider, or from any.
fn check_expectations(
    workspace: &Workspace,
    from_store: &FromStore,
    providers: &BTreeSet<ServiceName>,
    names: &[&String],
    publish: bool,
) -> Result<(), Failure> {
    let alone = |name: &&ServiceName| !workspace.files.iter().any(|file| file.contract.provider == **name);
    let nobody_s: Vec<&ServiceName> = providers.iter().filter(alone).collect();
    if nobody_s.is_empty() || (names.is_empty() && nobody_s.len() < providers.len()) {
        return Ok(());
    }
    let all = crate::words::and_list(&nobody_s);
    if publish && nobody_s.len() == providers.len() {
        // A build that always publishes its results has nothing to publish.
        let failure = Failure::nothing_to_do(format!("nothing to verify: no contract expects anything from {all}"));
        return Err(with_side_branches(failure, from_store));
    }
    let failure = Failure::usage(format!("nothing to verify: no contract expects anything from {all}")).help(
        "there is no such contract here, nor in the store for a live version or the newest version of a main branch",
    );
    Err(with_side_branches(failure, from_store).help("until there is one, the gate needs no results"))
}

/// How many branches are named.
const BRANCHES: usize = 5;

/// Names the branches that have contracts, though nobody is verified against them.
fn with_side_branches(mut failure: Failure, from_store: &FromStore) -> Failure {
    for (provider, SideBranch { consumer, branch }) in from_store.side_branches.iter().take(BRANCHES) {
        let service = &consumer.service;
        let from = branch.as_ref().map_or_else(|| String::from("no branch"), |branch| format!("`{branch}`"));
        failure = failure.help(format!(
            "{service} has published contracts with {provider} from {from}, which isn't its main branch; to verify its \
             newest: upheld verify {provider} --for {consumer}"
        ));
        if let Some(branch) = branch {
            failure = failure.help(format!(
                "if `{branch}` is its main branch, write `main-branch: {branch}` into the store's services/{service}.yaml"
            ));
        }
    }
    failure
}

/// The store for the results, and the version that they belong to: of a provider that is started here, the one that is
/// checked out.
fn destination(
    global: &Global,
    args: &VerifyArgs,
    store: Box<dyn Store>,
    provider: &ServiceName,
    is_started: bool,
    world: &World,
) -> Result<Destination, Failure> {
    let mut here = Here::with_contracts(global, world)?;
    let subject = Subject { service: provider.clone(), version: args.results.version.clone() };
    let mut version = here.version_or(&subject, "--version VERSION", world)?;
    version = here.full(version, world);
    if version.version.may_be_abbreviated() {
        let snapshot = store.snapshot().map_err(unusable)?;
        version = full_version(&Book::new(snapshot.as_ref()), &version).map_err(refused)?;
    }
    if is_started {
        here.holds(&version, world)?;
    }
    Ok(Destination {
        store,
        args: args.store.clone(),
        version: version.version,
        branch: here.branch(args.results.branch.as_deref(), world),
        supersede: args.results.supersede,
    })
}
