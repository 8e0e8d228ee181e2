//! `upheld store`: creates a store, and checks every file of one.

use std::collections::BTreeSet;

use clap::{Args, Subcommand, ValueEnum};

use super::ledger::{StoreArgs, open_store, refused, unusable};
use super::load::Workspace;
use super::step::Step;
use super::{Exit, Failure, Global, World};
use crate::git::Environment;
use crate::interaction::ServiceName;
use crate::ledger::{
    Book, NewFile, Refusal, Snapshot, environment_text, layout, lint, lint_changes, service_text, store_text,
};
use crate::registry::Registry;
use crate::report::{Palette, findings};
use crate::source::Sources;
use crate::store::{Plan, append};
use crate::words::count;

/// Create a store, or check every file in one
#[derive(Debug, Args)]
pub(super) struct StoreCommand {
    #[command(subcommand)]
    command: Which,
}

#[derive(Debug, Subcommand)]
enum Which {
    Init(InitArgs),
    Lint(LintArgs),
    Trust(TrustArgs),
}

/// Create a store, or declare more services and environments in one
///
/// Declares the services and environments of upheld.yaml and those given here. Existing files are never changed.
#[derive(Debug, Args)]
struct InitArgs {
    /// A service to declare, in addition to those of upheld.yaml
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    service: Vec<ServiceName>,
    /// An environment to declare [default: those with addresses in upheld.yaml, except `local`; `production` if a new
    /// store would have none]
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    environment: Vec<ServiceName>,
    #[command(flatten)]
    store: StoreArgs,
}

/// Check every file of a store
///
/// Checks that every file's name matches its content, that every file is where it belongs, and that everything it refers
/// to exists and is declared. With --base, also checks that a change only adds files. Exits with 2 if something is wrong.
#[derive(Debug, Args)]
#[command(after_long_help = LINT_EXAMPLES)]
struct LintArgs {
    /// Also check that nothing was deleted or changed since this commit
    #[arg(long, value_name = "COMMIT")]
    base: Option<String>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: StoreReport,
    #[command(flatten)]
    store: StoreArgs,
}

const LINT_EXAMPLES: &str = "\
Examples:
  upheld store lint
      check the store of this workspace
  upheld store lint --store . --base origin/main --report github
      check a change in a checkout of the shared repository, as its required CI check";

/// Accept the present history of a shared repository
///
/// If a history was rewritten, records may be lost, and every gate on this machine denies until somebody has checked it
/// and runs this command.
#[derive(Debug, Args)]
struct TrustArgs {
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StoreReport {
    /// For people
    Human,
    /// For programs
    Json,
    /// Annotations for GitHub Actions
    Github,
}

pub(super) fn store(global: &Global, command: &StoreCommand, world: &mut World) -> Result<Exit, Failure> {
    match &command.command {
        Which::Init(args) => init(global, args, world),
        Which::Lint(args) => {
            let step = Step::one(args.report == StoreReport::Github, "The store can't be trusted");
            step.run(world, |step, world| check(global, args, step, world))
        }
        Which::Trust(args) => trust(global, args, world),
    }
}

fn init(global: &Global, args: &InitArgs, world: &mut World) -> Result<Exit, Failure> {
    let workspace = Workspace::registry_alone(global, world)?.usable()?;
    let (spec, base) = args.store.spec(&workspace, world)?;
    let store = crate::store::create(&spec, &base, &Environment::of_process()).map_err(unusable)?;
    let registry = workspace.registry.as_ref();
    let message = "Declare services and environments";
    let added = append(store.as_ref(), args.store.store_timeout, message, |snapshot| {
        let files = missing_declarations(snapshot, args, registry)?;
        let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
        Ok::<_, Refusal>(Plan { files, value: paths })
    })
    .map_err(refused)?;
    for path in &added {
        world.print(&format!("wrote  {path}\n"))?;
    }
    let name = store.name();
    if added.is_empty() {
        world.print(&format!("kept   {name}, which already has all of them\n"))?;
    } else {
        // An empty repository doesn't say which branch its HEAD names, so the address may mean another branch later.
        let branch = store.unnamed_branch().map(|branch| format!(" (its branch {branch})")).unwrap_or_default();
        world.print(&format!("next   with the store {name}{branch}: upheld publish SERVICE@VERSION\n"))?;
    }
    Ok(Exit::Yes)
}

/// The declarations that the store lacks.
fn missing_declarations(
    snapshot: &dyn Snapshot,
    args: &InitArgs,
    registry: Option<&Registry>,
) -> Result<Vec<NewFile>, Refusal> {
    let book = Book::new(snapshot);
    let mut files = Vec::new();
    let is_new = !book.has(layout::STORE)?;
    if is_new {
        files.push(NewFile::new(layout::STORE, store_text()));
    }
    let mut environments = args.environment.clone();
    if let Some(registry) = registry {
        let urls = registry.services.values().flat_map(|service| service.url.keys());
        environments.extend(urls.filter(|name| *name != "local").filter_map(|name| ServiceName::new(name).ok()));
    }
    if environments.is_empty() && is_new {
        environments.extend(ServiceName::new("production").ok());
    }
    environments.sort();
    environments.dedup();
    let declared = book.environments()?;
    one_spelling(&declared, &environments)?;
    for name in environments.iter().filter(|name| !declared.contains(*name)) {
        files.push(NewFile::new(layout::environment(name), environment_text()));
    }
    let owners = |name: &ServiceName| {
        let service = registry.and_then(|registry| registry.services.get(name));
        service.map(|service| service.owners.clone()).unwrap_or_default()
    };
    let mut services = args.service.clone();
    services.extend(registry.into_iter().flat_map(|registry| registry.services.keys().cloned()));
    services.sort();
    services.dedup();
    // A former name that is declared again would be another service.
    let names = book.names()?;
    services.retain(|name| names.current(name) == name);
    let declared = book.services()?;
    one_spelling(&declared, &services)?;
    for name in services.iter().filter(|name| !declared.contains(*name)) {
        files.push(NewFile::new(layout::service(name), service_text(&owners(name))));
    }
    Ok(files)
}

/// Checks that no two names differ by case alone: where file names ignore case, they would be one.
fn one_spelling(declared: &BTreeSet<ServiceName>, new: &[ServiceName]) -> Result<(), Refusal> {
    for (number, name) in new.iter().enumerate() {
        let is_same = |other: &&ServiceName| *other != name && other.as_str().eq_ignore_ascii_case(name.as_str());
        if let Some(other) = declared.iter().chain(&new[..number]).find(is_same) {
            return Err(Refusal::OneSpelling { name: name.clone(), other: other.clone() });
        }
    }
    Ok(())
}

fn check(global: &Global, args: &LintArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    let (workspace, store) = open_store(global, &args.store, world)?;
    let snapshot = store.snapshot().map_err(unusable)?;
    let linted = lint(snapshot.as_ref()).map_err(unusable)?;
    let mut found = linted.findings;
    if args.base.as_ref().is_some_and(String::is_empty) {
        return Err(
            Failure::usage("--base is empty").help("name the commit where the change begins, or leave out --base")
        );
    }
    // For a new branch, build systems name a commit of zeros.
    let base = args.base.as_ref().filter(|base| base.bytes().any(|byte| byte != b'0'));
    if args.base.is_some() && base.is_none() {
        world.say("note: --base is a commit of zeros, so the store isn't compared with an earlier one\n");
    }
    if let Some(base) = base {
        let (spec, folder) = args.store.spec(&workspace, world)?;
        let before = crate::store::base(&spec, &folder, base, &Environment::of_process()).map_err(unusable)?;
        found.extend(lint_changes(before.as_ref(), snapshot.as_ref()).map_err(unusable)?);
    }
    let text = match args.report {
        StoreReport::Human => findings::text(&found, &Sources::default(), &world.out_palette()),
        StoreReport::Json => {
            findings::json("store lint", &found).map_err(|error| Failure::could_not_run(error.to_string()))?
        }
        StoreReport::Github => findings::github(&found),
    };
    world.print(&text)?;
    let trusted = format!(
        "{}, {}, {} and {} can be trusted\n",
        count(linted.contracts, "contract"),
        count(linted.publications, "publication"),
        count(linted.verifications, "verification"),
        count(linted.deployments, "deployment record")
    );
    if args.report == StoreReport::Human && found.is_empty() {
        world.print(&trusted)?;
    }
    let exit = if found.is_empty() { Exit::Yes } else { Exit::Usage };
    let summary =
        if found.is_empty() { trusted } else { findings::text(&found, &Sources::default(), &Palette::default()) };
    step.found(&found, &summary, exit, world)
}

fn trust(global: &Global, args: &TrustArgs, world: &mut World) -> Result<Exit, Failure> {
    let workspace = Workspace::registry_alone(global, world)?.usable()?;
    let (spec, _) = args.store.spec(&workspace, world)?;
    let name = crate::store::trust(&spec, &Environment::of_process()).map_err(unusable)?;
    world.print(&format!("trusted  the present history of {name}\n"))?;
    Ok(Exit::Yes)
}
