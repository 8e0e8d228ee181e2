//! The live versions in an environment, and the state of every pair.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::check::Check;
use super::decide::rewritten;
use super::decision::Row;
use super::facts::Facts;
use super::world::Moment;
use crate::interaction::ServiceName;
use crate::ledger::{Book, Doubt, Live, ServiceVersion, StoreError};

/// The present state of an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub environment: ServiceName,
    /// The view of the store that it was read from.
    pub store: String,
    /// The live versions of each service.
    pub live: BTreeMap<ServiceName, Vec<Live>>,
    /// Every pair, the worst first.
    pub rows: Vec<Row>,
    /// Files that can't be trusted.
    pub doubts: Vec<Doubt>,
}

/// The state of an environment on a day.
///
/// # Errors
///
/// Why the store can't be read.
pub fn status(environment: &ServiceName, day: Date, book: &Book<'_>) -> Result<Status, StoreError> {
    let mut facts = Facts::new(book, environment, day)?;
    let world = facts.world.iter().filter(|(_, read)| !read.value.live.is_empty());
    let live: BTreeMap<ServiceName, Vec<Live>> =
        world.map(|(service, read)| (service.clone(), read.value.live.clone())).collect();
    let mut doubts = book.policy()?.doubts;
    doubts.extend(facts.world.values().flat_map(|read| read.doubts.clone()));
    let mut subjects: Vec<ServiceVersion> = live
        .iter()
        .flat_map(|(service, live)| live.iter().map(|one| ServiceVersion::new(service.clone(), one.version.clone())))
        .collect();
    subjects.sort();
    subjects.dedup();
    let mut rows = Check::new(&mut facts).rows(&Moment {
        subjects: &subjects,
        settled: &[],
        instance: None,
        candidates: false,
        rollback: false,
    })?;
    rows.splice(0..0, rewritten(book));
    Ok(Status { environment: environment.clone(), store: book.id().to_owned(), live, rows, doubts })
}
