//! Answers the question.

use std::collections::BTreeSet;

use super::cause::{Cause, Fact, NextStep};
use super::check::Check;
use super::code::GateCode;
use super::decision::{Decision, Row, Side};
use super::facts::Facts;
use super::notices::{Checked, notices};
use super::order::{rows_of, search};
use super::question::{Plan, Question};
use super::retire::rows_without;
use super::rows::{sort, worst};
use super::state::State;
use super::world::{Moment, service_side};
use crate::interaction::ServiceName;
use crate::ledger::{
    Book, Doubt, DoubtfulDeployment, DoubtfulRollout, Event, NameKind, ServiceVersion, StoreError, Target, layout,
};
use crate::words::nearest;

/// How many names are listed.
const LISTED: usize = 10;

/// Decides from the records of the book.
///
/// # Errors
///
/// If the store can't be read: then there is no decision, and so no "yes".
pub fn decide(question: &Question, book: &Book<'_>) -> Result<Decision, StoreError> {
    let mut rows = preconditions(question, book)?;
    if !rows.is_empty() {
        sort(&mut rows);
        return Ok(decision(question, book, rows, Vec::new()));
    }
    let mut facts = Facts::new(book, &question.environment, question.day)?;
    let lost = lost_rollouts(&facts)?;
    let mut check = Check::new(&mut facts);
    let (mut rows, order, only_at_once) = match &question.plan {
        Plan::Atomic => (rows_at_once(&mut check, question)?, Vec::new(), false),
        Plan::Order(names) => {
            let order = candidates_in_order(question, names);
            (rows_of(&mut check, question, &order)?, order, false)
        }
        Plan::Any => rows_in_any_order(&mut check, question)?,
        Plan::Retire => (rows_without(&mut check, question)?, Vec::new(), false),
    };
    // Whatever the order is, there is something else to be done first.
    let order = if lost.is_empty() { order } else { Vec::new() };
    rows.extend(lost);
    // Services that are exempt from publishing pass without a check. A pair may be over in the order that was found.
    let is_unchecked = rows.iter().all(|row| row.code == GateCode::NotOnboarded) && !check.has_judged();
    if question.require_pairs && is_unchecked {
        let (candidates, environment) = (question.candidates.clone(), question.environment.clone());
        let next = NextStep::AllowNone { candidates, environment };
        rows.push(fact(GateCode::NoPairs, None, vec![Fact::NoPairs], [next]));
    }
    sort(&mut rows);
    let notices = notices(&mut check, question, &Checked { rows: &rows, only_at_once })?;
    Ok(Decision { notices, ..decision(question, book, rows, order) })
}

fn decision(question: &Question, book: &Book<'_>, rows: Vec<Row>, order: Vec<ServiceVersion>) -> Decision {
    let state = worst(&rows);
    Decision {
        allow: state == State::Compatible,
        state,
        environment: question.environment.clone(),
        candidates: question.candidates.clone(),
        retire: question.plan == Plan::Retire,
        store: book.id().to_owned(),
        order,
        rows,
        notices: Vec::new(),
    }
}

/// The facts that make every other question pointless: a store that can't be trusted as a whole, or undeclared names.
fn preconditions(question: &Question, book: &Book<'_>) -> Result<Vec<Row>, StoreError> {
    if let Some(row) = rewritten(book) {
        // Whatever is missing may have been there, so nothing else is worth saying before somebody has looked.
        return Ok(vec![row]);
    }
    let mut rows: Vec<Row> = book.policy()?.doubts.into_iter().map(untrusted).collect();
    if !book.has(layout::STORE)? {
        // Everything else follows from that.
        return Ok(rows);
    }
    match book.environment(&question.environment)? {
        Some(read) => rows.extend(read.doubts.into_iter().map(untrusted)),
        None => rows.push(undeclared(NameKind::Environment, &question.environment, &book.environments()?, None)),
    }
    let services = book.services()?;
    for candidate in question.candidates.iter().filter(|one| !services.contains(&one.service)) {
        rows.push(undeclared(NameKind::Service, &candidate.service, &services, Some(side(candidate))));
    }
    if question.plan != Plan::Retire {
        rows.extend(retired(question, book)?);
    }
    Ok(rows)
}

/// Candidates whose services are no longer in use.
fn retired(question: &Question, book: &Book<'_>) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for candidate in &question.candidates {
        let service = &candidate.service;
        let declared = book.service(service)?.map(|read| read.value).unwrap_or_default();
        if let Some(since) = declared.retired.filter(|_| declared.is_retired(question.day)) {
            let facts = vec![Fact::Retired { service: service.clone(), since }];
            rows.push(fact(GateCode::Retired, Some(side(candidate)), facts, [NextStep::UseAgain(service.clone())]));
        }
    }
    Ok(rows)
}

/// That the store's history was rewritten, or that records were deleted.
pub(super) fn rewritten(book: &Book<'_>) -> Option<Row> {
    let how = book.rewritten()?;
    Some(fact(GateCode::Rewritten, None, vec![Fact::Rewritten(how)], [NextStep::TrustStore]))
}

fn untrusted(doubt: Doubt) -> Row {
    fact(GateCode::Untrusted, None, vec![Fact::Doubtful(doubt.clone())], [NextStep::Repair(doubt)])
}

fn undeclared(kind: NameKind, name: &ServiceName, known: &BTreeSet<ServiceName>, consumer: Option<Side>) -> Row {
    let similar = nearest(name.as_str(), known.iter().map(ServiceName::as_str));
    let hint = match similar.and_then(|similar| known.iter().find(|name| name.as_str() == similar)) {
        Some(similar) => Fact::SimilarName(similar.clone()),
        None if known.is_empty() => Fact::NothingDeclared(kind),
        None => Fact::Declared {
            names: known.iter().take(LISTED).cloned().collect(),
            more: known.len().saturating_sub(LISTED),
        },
    };
    let facts = vec![Fact::Undeclared { kind, name: name.clone() }, hint];
    fact(GateCode::Undeclared, consumer, facts, [NextStep::Declare { kind, name: name.clone() }])
}

/// A row about a fact, not a pair.
fn fact(code: GateCode, consumer: Option<Side>, facts: Vec<Fact>, next: impl IntoIterator<Item = NextStep>) -> Row {
    let causes = facts.into_iter().map(Cause::from).collect();
    Row {
        code,
        consumer,
        provider: None,
        interactions: 0,
        causes,
        owners: Vec::new(),
        next: next.into_iter().collect(),
    }
}

fn side(of: &ServiceVersion) -> Side {
    Side { service: of.service.clone(), version: Some(of.version.clone()), roles: Vec::new() }
}

/// Roll-outs that began on a view of the store that the present one didn't grow from.
fn lost_rollouts(facts: &Facts<'_>) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for (service, read) in &facts.world {
        for DoubtfulDeployment { doubt, rollout, .. } in &read.value.doubtful {
            let is_lost = match rollout {
                DoubtfulRollout::No => false,
                DoubtfulRollout::On(view) => !facts.book.grew_from(view)?,
                DoubtfulRollout::OnUnknown => true,
            };
            if is_lost {
                rows.push(Row { consumer: Some(service_side(service)), ..untrusted(doubt.clone()) });
            }
        }
        for live in &read.value.live {
            let Some(seen) = live.seen.as_ref().filter(|_| live.event == Event::Started) else { continue };
            if facts.book.grew_from(seen)? {
                continue;
            }
            let rollout = ServiceVersion::new(service.clone(), live.version.clone());
            let since = Fact::RewrittenSince { rollout: rollout.clone(), view: seen.clone() };
            let consumer = Some(side(&rollout));
            let place = Target { environment: facts.environment.clone(), instance: live.instance.clone() };
            let next = [
                NextStep::EndRollout { rollout: rollout.clone(), place: place.clone() },
                NextStep::GiveUpRollout { rollout, place },
            ];
            rows.push(fact(GateCode::Rewritten, consumer, vec![since], next));
        }
    }
    Ok(rows)
}

/// The rows if all candidates go live at the same moment, each replacing the version before.
fn rows_at_once(check: &mut Check<'_, '_>, question: &Question) -> Result<Vec<Row>, StoreError> {
    check.rows(&Moment { settled: &question.candidates, ..first_moment(question) })
}

/// The moment in which the candidates go live, with everything before them still there.
fn first_moment(question: &Question) -> Moment<'_> {
    Moment {
        subjects: &question.candidates,
        settled: &[],
        instance: question.instance.as_ref(),
        candidates: true,
        rollback: question.rollback,
    }
}

/// The rows of every order if all of them work; else of an order that works, if there is one; else of the order that
/// lacks least, so the rows ask for steps that can still help; else, if no order is better than another, of everything
/// that stands in the way of any. With the order, and whether only going live at once works.
fn rows_in_any_order(
    check: &mut Check<'_, '_>,
    question: &Question,
) -> Result<(Vec<Row>, Vec<ServiceVersion>, bool), StoreError> {
    let rows = check.rows(&first_moment(question))?;
    let state = worst(&rows);
    if state == State::Compatible || question.candidates.len() < 2 {
        return Ok((rows, Vec::new(), false));
    }
    let (rows, order) = match search(check, question, state)? {
        Some(order) => (rows_of(check, question, &order)?, order),
        None => (rows, Vec::new()),
    };
    let only_at_once = worst(&rows) != State::Compatible && worst(&rows_at_once(check, question)?) == State::Compatible;
    Ok((rows, order, only_at_once))
}

/// The candidates in the order of these names.
fn candidates_in_order(question: &Question, names: &[ServiceName]) -> Vec<ServiceVersion> {
    let of = |name: &ServiceName| question.candidates.iter().find(|one| one.service == *name).cloned();
    let mut order: Vec<ServiceVersion> = names.iter().filter_map(of).collect();
    // Candidates that the order leaves out come last, so all are checked.
    order.extend(question.candidates.iter().filter(|one| !names.contains(&one.service)).cloned());
    order
}
