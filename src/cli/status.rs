//! `upheld status`: the live versions, and the state of every pair.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use super::ledger::{StoreArgs, open_store, refused, today, unusable};
use super::{Exit, Failure, Global, World};
use crate::gate::{Status, status as read};
use crate::interaction::ServiceName;
use crate::ledger::{Book, NameKind, Refusal};
use crate::report::{status_human, status_json};

/// Show what is live, and the state of every pair
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// An environment; can be repeated [default: all that the store declares]
    #[arg(long = "env", value_name = "ENV", value_parser = ServiceName::new)]
    environments: Vec<ServiceName>,
    /// Also show every compatible pair
    #[arg(long)]
    all: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: StatusReport,
    /// Print only the live versions of this service, one per line, for scripts
    #[arg(long, value_name = "SERVICE", value_parser = ServiceName::new, conflicts_with_all = ["all", "report"])]
    versions: Option<ServiceName>,
    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StatusReport {
    /// For people
    Human,
    /// For programs
    Json,
}

pub(super) fn status(global: &Global, args: &StatusArgs, world: &mut World) -> Result<Exit, Failure> {
    let (_, store) = open_store(global, &args.store, world)?;
    let snapshot = store.snapshot().map_err(unusable)?;
    let book = Book::new(snapshot.as_ref());
    let known = book.environments().map_err(unusable)?;
    if let Some(name) = args.environments.iter().find(|name| !known.contains(*name)) {
        return Err(refused(Refusal::Undeclared { kind: NameKind::Environment, name: name.clone(), known }));
    }
    let environments: Vec<&ServiceName> =
        if args.environments.is_empty() { known.iter().collect() } else { args.environments.iter().collect() };
    if let Some(service) = &args.versions {
        return print_versions(service, &environments, &book, world);
    }
    let day = today();
    let all: Result<Vec<Status>, _> =
        environments.into_iter().map(|environment| read(environment, day, &book)).collect();
    let all = all.map_err(unusable)?;
    let text = match args.report {
        StatusReport::Human => status_human(&all, args.all, &world.out_palette()),
        StatusReport::Json => status_json(&all).map_err(|error| Failure::could_not_run(error.to_string()))?,
    };
    world.print(&text)?;
    Ok(Exit::Yes)
}

/// Prints the live versions of a service, each once.
fn print_versions(
    service: &ServiceName,
    environments: &[&ServiceName],
    book: &Book<'_>,
    world: &mut World,
) -> Result<Exit, Failure> {
    let known = book.services().map_err(unusable)?;
    let service = book.names().map_err(unusable)?.current(service);
    if !known.contains(service) {
        return Err(refused(Refusal::Undeclared { kind: NameKind::Service, name: service.clone(), known }));
    }
    let mut versions = BTreeSet::new();
    for environment in environments {
        let read = book.live(environment, service).map_err(unusable)?;
        if !read.doubts.is_empty() {
            // A list that may be incomplete must not pass for a complete one.
            return Err(refused(Refusal::Doubtful(read.doubts)));
        }
        versions.extend(read.value.into_iter().map(|live| live.version));
    }
    let text: String = versions.iter().map(|version| format!("{version}\n")).collect();
    world.print(&text)?;
    Ok(Exit::Yes)
}
