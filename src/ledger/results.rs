//! The results of one version of a provider by interaction.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{Reason, RecordId, TestResult, Verification};
use crate::interaction::InteractionId;

/// The standing of a version with an interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Upheld,
    /// Broken, and why.
    Broken(Vec<Reason>),
    /// Both upheld and broken, and neither supersedes the other; why it was broken.
    Conflicting(Vec<Reason>),
    /// It couldn't be run, and nothing else is known; why.
    Errored(Vec<Reason>),
}

/// The results of one version.
#[derive(Clone, Debug, Default)]
pub struct Results {
    standings: BTreeMap<InteractionId, Standing>,
}

impl Results {
    /// The results according to the verifications of one version. A record that supersedes another voids its results for the
    /// interactions that both have. A break counts until it is superseded, whatever comes later. An interaction that
    /// couldn't be run has no result, so it doesn't supersede anything.
    #[must_use]
    pub fn of(records: &[(RecordId, Verification)]) -> Self {
        let mut void: BTreeSet<(RecordId, InteractionId)> = BTreeSet::new();
        for (own, record) in records {
            let known = record.results.iter().filter(|(_, result)| **result != TestResult::Error);
            for (interaction, _) in known {
                let others = record.supersedes.iter().filter(|other| *other != own);
                void.extend(others.map(|other| (*other, *interaction)));
            }
        }
        let mut standings: BTreeMap<InteractionId, Standing> = BTreeMap::new();
        for (id, record) in records {
            for (interaction, result) in &record.results {
                if void.contains(&(*id, *interaction)) {
                    continue;
                }
                let reasons = record.reasons.get(interaction).cloned().unwrap_or_default();
                let standing = match standings.remove(interaction) {
                    None => Self::first(*result, reasons),
                    Some(before) => Self::combine(before, *result, reasons),
                };
                standings.insert(*interaction, standing);
            }
        }
        Self { standings }
    }

    fn first(result: TestResult, reasons: Vec<Reason>) -> Standing {
        match result {
            TestResult::Upheld => Standing::Upheld,
            TestResult::Broken => Standing::Broken(reasons),
            TestResult::Error => Standing::Errored(reasons),
        }
    }

    /// Adds the result of another record. The kind of standing doesn't depend on the order of records.
    fn combine(before: Standing, result: TestResult, reasons: Vec<Reason>) -> Standing {
        match (before, result) {
            (Standing::Errored(_), TestResult::Upheld) => Standing::Upheld,
            (Standing::Errored(_), TestResult::Broken) => Standing::Broken(reasons),
            (Standing::Upheld, TestResult::Broken) => Standing::Conflicting(reasons),
            (Standing::Broken(known), TestResult::Upheld) => Standing::Conflicting(known),
            (before, _) => before,
        }
    }

    /// The standing with an interaction; `None` if nothing is known.
    #[must_use]
    pub fn standing(&self, interaction: InteractionId) -> Option<&Standing> {
        self.standings.get(&interaction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{Record, Stamp};

    fn record(results: &[(u8, TestResult)], supersedes: &[RecordId], minute: u8) -> (RecordId, Verification) {
        let record = Verification {
            provider: "orders".parse().unwrap(),
            version: "1".parse().unwrap(),
            branch: None,
            results: results.iter().map(|(n, result)| (interaction(*n), *result)).collect(),
            reasons: BTreeMap::new(),
            supersedes: supersedes.iter().copied().collect(),
            stamp: Stamp { at: format!("2026-11-24T10:{minute:02}:00Z"), ..Stamp::default() },
        };
        (Record::Verification(record.clone()).id(), record)
    }

    fn interaction(n: u8) -> InteractionId {
        format!("{n:064x}").parse().unwrap()
    }

    #[test]
    fn a_break_counts_unless_it_is_superseded_for_the_same_interaction() {
        use TestResult::{Broken, Error, Upheld};
        let broken = record(&[(1, Broken), (2, Broken)], &[], 0);
        let upheld = record(&[(1, Upheld)], &[], 1);
        let instead = record(&[(1, Upheld)], &[broken.0], 2);
        let errored = record(&[(1, Error), (3, Error)], &[], 3);
        let both = Results::of(&[broken.clone(), upheld.clone()]);
        assert_eq!(both.standing(interaction(1)), Some(&Standing::Conflicting(vec![])));
        let swapped = Results::of(&[upheld, broken.clone()]);
        assert_eq!(swapped.standing(interaction(1)), Some(&Standing::Conflicting(vec![])));
        let after = Results::of(&[broken, instead.clone()]);
        assert_eq!(after.standing(interaction(1)), Some(&Standing::Upheld));
        assert_eq!(after.standing(interaction(2)), Some(&Standing::Broken(vec![])));
        assert_eq!(after.standing(interaction(3)), None);
        let with_error = Results::of(&[errored.clone(), instead]);
        assert_eq!(with_error.standing(interaction(1)), Some(&Standing::Upheld), "an error isn't a result");
        assert_eq!(with_error.standing(interaction(3)), Some(&Standing::Errored(vec![])));
    }
}
