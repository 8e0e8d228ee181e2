//! Looks for an order in which several candidates can go live one after another.

use super::check::Check;
use super::decision::Row;
use super::question::Question;
use super::rows::{join, sort, worst};
use super::state::State;
use super::world::Moment;
use crate::interaction::ServiceName;
use crate::ledger::{ServiceVersion, StoreError};

/// The rows of one candidate that goes live after others.
fn step(
    check: &mut Check<'_, '_>,
    question: &Question,
    settled: &[ServiceVersion],
    next: &ServiceVersion,
) -> Result<Vec<Row>, StoreError> {
    check.rows(&Moment {
        subjects: std::slice::from_ref(next),
        settled,
        instance: question.instance.as_ref(),
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
        join(&mut rows, step(check, question, &order[..number], next)?);
    }
    sort(&mut rows);
    Ok(rows)
}

/// The rows of each candidate when it goes live, depending on the candidates before it. A row is about one other
/// service at most, so an order is fully described by which of each two candidates goes first.
struct Steps {
    /// For each candidate, the worst of its rows that are about no other candidate.
    alone: Vec<State>,
    /// For each candidate and each other one, the worst row between them while the other isn't live yet.
    before: Vec<Vec<State>>,
    /// The same once the other is live.
    after: Vec<Vec<State>>,
}

impl Steps {
    fn of(check: &mut Check<'_, '_>, question: &Question) -> Result<Self, StoreError> {
        let all = &question.candidates;
        let mut steps = Self { alone: Vec::new(), before: Vec::new(), after: Vec::new() };
        for next in all {
            let first = step(check, question, &[], next)?;
            let others = || all.iter().filter(|other| *other != next);
            let is_alone = |row: &&Row| !others().any(|other| is_about(row, &other.service));
            steps.alone.push(worst(first.iter().filter(is_alone)));
            let with = |rows: &[Row], other: &ServiceVersion| {
                worst(rows.iter().filter(|row| other != next && is_about(row, &other.service)))
            };
            steps.before.push(all.iter().map(|other| with(&first, other)).collect());
            let mut after = Vec::new();
            for other in all {
                let rows =
                    if other == next { Vec::new() } else { step(check, question, std::slice::from_ref(other), next)? };
                after.push(with(&rows, other));
            }
            steps.after.push(after);
        }
        Ok(steps)
    }

    /// Whether one may go before another without a row that is worse than `least`.
    fn may_precede(&self, one: usize, other: usize, least: State) -> bool {
        self.before[one][other] >= least && self.after[other][one] >= least
    }

    /// An order without a row that is worse than `least`. It follows the question's order as far as possible.
    fn order(&self, least: State) -> Option<Vec<usize>> {
        if self.alone.iter().any(|state| *state < least) {
            return None;
        }
        let mut left: Vec<usize> = (0..self.alone.len()).collect();
        let mut order = Vec::new();
        while !left.is_empty() {
            let can_go = |one: &usize| left.iter().all(|other| one == other || self.may_precede(*one, *other, least));
            let at = left.iter().position(can_go)?;
            order.push(left.remove(at));
        }
        Some(order)
    }
}

/// The order whose worst row is as good as possible, if that is better than `worst`.
pub(super) fn search(
    check: &mut Check<'_, '_>,
    question: &Question,
    worst: State,
) -> Result<Option<Vec<ServiceVersion>>, StoreError> {
    let steps = Steps::of(check, question)?;
    let better = [State::Compatible, State::Unverified, State::MissingProvider, State::Unknown];
    let found = better.into_iter().filter(|least| *least > worst).find_map(|least| steps.order(least));
    Ok(found.map(|order| order.into_iter().map(|at| question.candidates[at].clone()).collect()))
}

fn is_about(row: &Row, service: &ServiceName) -> bool {
    [&row.consumer, &row.provider].into_iter().flatten().any(|side| side.service == *service)
}
