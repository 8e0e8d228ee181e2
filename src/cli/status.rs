//! `upheld status`: what is live, and how every pair stands.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use super::ledger::{StoreArgs, opened, refused, today, unusable};
use super::{Exit, Failure, Global, World};
use crate::contract::ServiceName;
use crate::gate::{Status, status as read};
use crate::ledger::{Book, NameKind, Refusal};
use crate::report::{status_human, status_json};

/// Show what is live, and how every pair of it stands
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Environments [default: all that the store declares]
    #[arg(long = "env", value_name = "ENV", value_parser = ServiceName::new)]
    environments: Vec<ServiceName>,
    /// Show compatible pairs one by one, too
    #[arg(long)]
    all: bool,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: StatusReport,
    /// Print the versions of this service that are live, one a line and nothing else: for a loop over them
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
    let (_, store) = opened(global, &args.store, world)?;
    let snapshot = store.snapshot().map_err(unusable)?;
    let book = Book::new(snapshot.as_ref());
    let known = book.environments().map_err(unusable)?;
    if let Some(name) = args.environments.iter().find(|name| !known.contains(*name)) {
        return Err(refused(Refusal::Undeclared { kind: NameKind::Environment, name: name.clone(), known }));
    }
    let asked: Vec<&ServiceName> =
        if args.environments.is_empty() { known.iter().collect() } else { args.environments.iter().collect() };
    if let Some(service) = &args.versions {
        return versions(service, &asked, &book, world);
    }
    let day = today();
    let all: Result<Vec<Status>, _> = asked.into_iter().map(|environment| read(environment, day, &book)).collect();
    let all = all.map_err(unusable)?;
    let text = match args.report {
        StatusReport::Human => status_human(&all, args.all, &world.out_palette()),
        StatusReport::Json => status_json(&all).map_err(|error| Failure::could_not_run(error.to_string()))?,
    };
    world.print(&text)?;
    Ok(Exit::Yes)
}

/// The versions of a service that are live, each once.
fn versions(
    service: &ServiceName,
    environments: &[&ServiceName],
    book: &Book<'_>,
    world: &mut World,
) -> Result<Exit, Failure> {
    let known = book.services().map_err(unusable)?;
    if !known.contains(service) {
        return Err(refused(Refusal::Undeclared { kind: NameKind::Service, name: service.clone(), known }));
    }
    let mut versions = BTreeSet::new();
    for environment in environments {
        let read = book.live(environment, service).map_err(unusable)?;
        if !read.doubts.is_empty() {
            // A list in which one may be missing must not pass for a whole one.
            return Err(refused(Refusal::Doubtful(read.doubts)));
        }
        versions.extend(read.value.into_iter().map(|live| live.version));
    }
    let text: String = versions.iter().map(|version| format!("{version}\n")).collect();
    world.print(&text)?;
    Ok(Exit::Yes)
}
