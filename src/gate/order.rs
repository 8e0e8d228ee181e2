//! An order in which several candidates can go live one after the other.

use std::collections::BTreeSet;

use super::check::{Check, Moment};
use super::decision::{Row, State};
use super::question::Question;
use crate::ledger::{ServiceVersion, StoreError};

/// How many sets of versions are looked at: more than any order of a dozen candidates needs.
const MOST: usize = 5_000;

/// The rows of one candidate that goes live after others.
pub(super) fn step(
    check: &mut Check<'_, '_>,
    question: &Question,
    settled: &[ServiceVersion],
    next: &ServiceVersion,
) -> Result<Vec<Row>, StoreError> {
    check.rows(&Moment {
        subjects: std::slice::from_ref(next),
        settled,
        instance: question.instance.as_ref(),
        subjects_are_there: true,
        candidates: true,
        rollback: question.rollback,
    })
}

/// The rows of a whole order, step by step.
pub(super) fn rows_of(
    check: &mut Check<'_, '_>,
    question: &Question,
    order: &[ServiceVersion],
) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for (number, next) in order.iter().enumerate() {
        super::check::join(&mut rows, step(check, question, &order[..number], next)?);
    }
    super::check::sort(&mut rows);
    Ok(rows)
}

/// Looks for an order in which every step is compatible. Which versions went before decides, and not in which order they
/// did: so each set of them is looked at once.
pub(super) fn search(
    check: &mut Check<'_, '_>,
    question: &Question,
) -> Result<Option<Vec<ServiceVersion>>, StoreError> {
    let mut dead = BTreeSet::new();
    let mut order = Vec::new();
    Ok(extend(check, question, &mut order, &mut dead)?.then_some(order))
}

fn extend(
    check: &mut Check<'_, '_>,
    question: &Question,
    order: &mut Vec<ServiceVersion>,
    dead: &mut BTreeSet<BTreeSet<ServiceVersion>>,
) -> Result<bool, StoreError> {
    if order.len() == question.candidates.len() {
        return Ok(true);
    }
    let before: BTreeSet<ServiceVersion> = order.iter().cloned().collect();
    if dead.len() >= MOST || dead.contains(&before) {
        return Ok(false);
    }
    for next in &question.candidates {
        if before.contains(next) {
            continue;
        }
        let rows = step(check, question, order, next)?;
        if rows.iter().all(|row| row.state == State::Compatible) {
            order.push(next.clone());
            if extend(check, question, order, dead)? {
                return Ok(true);
            }
            order.pop();
        }
    }
    dead.insert(before);
    Ok(false)
}
