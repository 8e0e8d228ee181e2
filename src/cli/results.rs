//! `upheld verify --publish`: puts the results of a verification into the store.

use std::collections::BTreeMap;

use clap::Args;

use super::ledger::{StoreArgs, refused, stamp};
use super::{Failure, World};
use crate::interaction::{InteractionId, ServiceName};
use crate::ledger::{Book, Reason, Refusal, Store, TestResult, Verification, Version, verification};
use crate::store::{Plan, append};
use crate::verification::{Finished, Outcome};
use crate::words::{and_list, count};

/// Whether the results go into the store, and which version they belong to.
#[derive(Debug, Args)]
pub(super) struct ResultsArgs {
    /// Put the results into the store for the gate, and also verify what the consumers' live versions and main branches
    /// have published there
    #[arg(long, help_heading = "Store")]
    pub publish: bool,
    /// The version that the results belong to [default: the checked-out commit]
    #[arg(long, value_name = "VERSION", requires = "publish", help_heading = "Store")]
    pub version: Option<Version>,
    /// The branch that the version was built from [default: the checked-out one]
    #[arg(long, value_name = "NAME", requires = "publish", help_heading = "Store")]
    pub branch: Option<String>,
    /// Replace earlier results of this version for the same interactions
    #[arg(long, requires = "publish", help_heading = "Store")]
    pub supersede: bool,
}

/// How many reasons are kept for one interaction.
const REASONS: usize = 5;
/// How many characters are kept of each text of a reason.
const TEXT: usize = 300;

/// The results of a run by provider and interaction.
#[derive(Debug, Default)]
pub(super) struct Results {
    of: BTreeMap<ServiceName, BTreeMap<InteractionId, (TestResult, Vec<Reason>)>>,
}

/// The version that the results belong to, and the store that gets them.
pub(super) struct Destination {
    pub store: Box<dyn Store>,
    pub args: StoreArgs,
    pub version: Version,
    pub branch: Option<String>,
    pub supersede: bool,
}

impl Results {
    /// Adds the result of an interaction. If there are several (one provider at two addresses, or one interaction of two
    /// consumers), the worst counts.
    pub(super) fn add(&mut self, finished: &Finished) {
        let result = match finished.outcome {
            Outcome::Upheld => TestResult::Upheld,
            Outcome::Broken => TestResult::Broken,
            Outcome::Error => TestResult::Error,
            Outcome::Skipped => return,
        };
        let Ok(id) = finished.id.parse::<InteractionId>() else { return };
        let rank = |result: TestResult| match result {
            TestResult::Broken => 0,
            TestResult::Error => 1,
            TestResult::Upheld => 2,
        };
        let known = self.of.entry(finished.provider.clone()).or_default();
        if known.get(&id).is_none_or(|(before, _)| rank(result) < rank(*before)) {
            known.insert(id, (result, reasons(finished)));
        }
    }

    /// Puts the results into the store, and reports that.
    pub(super) fn publish(self, to: &Destination, world: &mut World) -> Result<(), Failure> {
        let stamp = stamp(world);
        let records: Vec<Verification> = self
            .of
            .into_iter()
            .map(|(provider, results)| Verification {
                provider,
                version: to.version.clone(),
                branch: to.branch.clone(),
                reasons: results
                    .iter()
                    .filter(|(_, (_, reasons))| !reasons.is_empty())
                    .map(|(id, (_, reasons))| (*id, reasons.clone()))
                    .collect(),
                results: results.iter().map(|(id, (result, _))| (*id, *result)).collect(),
                supersedes: std::collections::BTreeSet::new(),
                stamp: stamp.clone(),
            })
            .collect();
        if records.is_empty() {
            return Ok(());
        }
        let names = and_list(records.iter().map(|record| format!("{}@{}", record.provider, record.version)));
        append(to.store.as_ref(), to.args.store_timeout, &format!("Verify {names}"), |snapshot| {
            let book = Book::new(snapshot);
            let mut files = Vec::new();
            for record in &records {
                files.extend(verification(&book, record.clone(), to.supersede)?);
            }
            Ok::<_, Refusal>(Plan { files, value: () })
        })
        .map_err(refused)?;
        for record in &records {
            let of = format!("{}@{}", record.provider, record.version.short());
            let results = count(record.results.len(), "result");
            world.say(&format!("published  {results} for {of}\n"));
        }
        Ok(())
    }
}

fn reasons(finished: &Finished) -> Vec<Reason> {
    let cut = |text: &str| match text.char_indices().nth(TEXT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    };
    if let Some(error) = &finished.error {
        let message = cut(&error.message);
        return vec![Reason { code: error.code.0.to_owned(), message, ..Reason::default() }];
    }
    let mismatches = finished.mismatches.iter().take(REASONS).map(|shown| &shown.mismatch);
    mismatches
        .map(|mismatch| Reason {
            code: mismatch.code.0.to_owned(),
            place: mismatch.place(),
            expected: cut(&mismatch.expected.to_string()),
            actual: cut(&mismatch.actual.to_string()),
            message: String::new(),
        })
        .collect()
}
