//! The question, answered.

use super::check::{Check, Moment, sort};
use super::code;
use super::decision::{Because, Decision, Row, Side, State};
use super::facts::Facts;
use super::notices::{Noticed, notices};
use super::order::{rows_of, search, worst};
use super::pair::repair;
use super::question::{Plan, Question};
use crate::interaction::ServiceName;
use crate::ledger::{Book, Event, ServiceVersion, StoreError, layout};
use crate::words::{and_list, did_you_mean};

/// How many names are listed.
const LISTED: usize = 10;

/// Answers a question from what the book says.
///
/// # Errors
///
/// Why the store can't be read: then there is no answer, which is no "yes".
pub fn decide(question: &Question, book: &Book<'_>) -> Result<Decision, StoreError> {
    let mut rows = ground(question, book)?;
    if !rows.is_empty() {
        sort(&mut rows);
        return Ok(decision(question, book, rows, Vec::new()));
    }
    let mut facts = Facts::new(book, &question.environment, question.day)?;
    let lost = lost(&facts)?;
    let mut check = Check::new(&mut facts);
    let (mut rows, order, only_at_once) = match &question.plan {
        Plan::Atomic => (at_once(&mut check, question)?, Vec::new(), false),
        Plan::Order(names) => {
            let order = ordered(question, names);
            (rows_of(&mut check, question, &order)?, order, false)
        }
        Plan::Any => any_order(&mut check, question)?,
    };
    rows.extend(lost);
    // Who need not have published yet was let through, and not checked.
    if question.require_pairs && rows.iter().all(|row| row.code == code::NOT_ONBOARDED) {
        rows.push(Row {
            reasons: vec![Because::Told(String::from("there is no pair to check, and --require-pairs asks for one"))],
            ..fact(code::NO_PAIRS, None, "publish what the version expects, or leave --require-pairs out")
        });
    }
    sort(&mut rows);
    let noticed = Noticed { rows: &rows, only_at_once };
    let notices = notices(&mut check, question, &noticed)?;
    Ok(Decision { notices, ..decision(question, book, rows, order) })
}

fn decision(question: &Question, book: &Book<'_>, rows: Vec<Row>, order: Vec<ServiceVersion>) -> Decision {
    let state = worst(&rows);
    Decision {
        allow: state == State::Compatible,
        state,
        environment: question.environment.clone(),
        candidates: question.candidates.clone(),
        store: book.id().to_owned(),
        order,
        rows,
        notices: Vec::new(),
    }
}

/// What makes every other question idle: a store that can't be trusted as a whole, names that nobody declared.
fn ground(question: &Question, book: &Book<'_>) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    let mut untrusted = |doubts: Vec<crate::ledger::Doubt>| {
        for doubt in doubts {
            let row = fact(code::UNTRUSTED, None, &repair(&doubt));
            rows.push(Row { reasons: vec![Because::Told(doubt.to_string())], ..row });
        }
    };
    if let Some(row) = rewritten(book) {
        // What is missing now may have been there: nothing else is worth a word before somebody has looked.
        return Ok(vec![row]);
    }
    untrusted(book.policy()?.doubts);
    if !book.has(layout::STORE)? {
        // All else follows from it.
        return Ok(rows);
    }
    let environment = book.environment(&question.environment)?;
    let declared = environment.is_some();
    untrusted(environment.map(|read| read.doubts).unwrap_or_default());
    if !declared {
        let known = book.environments()?;
        rows.push(undeclared("environment", &question.environment, &known, None));
    }
    let services = book.services()?;
    for candidate in question.candidates.iter().filter(|one| !services.contains(&one.service)) {
        let side = Side { service: candidate.service.clone(), version: Some(candidate.version.clone()), roles: vec![] };
        rows.push(undeclared("service", &candidate.service, &services, Some(side)));
    }
    Ok(rows)
}

/// That the store's history was rewritten, or that records were taken away.
pub(super) fn rewritten(book: &Book<'_>) -> Option<Row> {
    let how = book.rewritten()?;
    let next = "find out who did it and why; then accept what is there: upheld store trust";
    Some(Row { reasons: vec![Because::Told(how)], ..fact(code::REWRITTEN, None, next) })
}

fn undeclared(
    kind: &str,
    name: &ServiceName,
    known: &std::collections::BTreeSet<ServiceName>,
    consumer: Option<Side>,
) -> Row {
    let mut reasons = vec![Because::Told(format!("the store declares no {kind} `{name}`"))];
    match did_you_mean(name.as_str(), known.iter().map(ServiceName::as_str)) {
        Some(help) => reasons.push(Because::Told(help)),
        None if known.is_empty() => reasons.push(Because::Told(format!("it declares no {kind} at all"))),
        None => {
            let mut shown: Vec<String> = known.iter().take(LISTED).map(ToString::to_string).collect();
            shown.extend((known.len() > LISTED).then(|| format!("{} more", known.len() - LISTED)));
            reasons.push(Because::Told(format!("declared: {}", and_list(shown))));
        }
    }
    let next = format!("declare it, if it is meant: upheld store init --{kind} {name}");
    Row { reasons, ..fact(code::UNDECLARED, consumer, &next) }
}

/// A row about a fact and no pair.
fn fact(code: super::GateCode, consumer: Option<Side>, next: &str) -> Row {
    Row {
        code,
        state: State::Unknown,
        consumer,
        provider: None,
        interactions: 0,
        reasons: Vec::new(),
        owners: Vec::new(),
        next: vec![next.to_owned()],
    }
}

/// Roll-outs that were begun on a view of the store which the present one did not grow from.
fn lost(facts: &Facts<'_>) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for (service, read) in &facts.world {
        for live in &read.value.live {
            let Some(seen) = live.seen.as_ref().filter(|_| live.event == Event::Started) else { continue };
            if facts.book.grew_from(seen)? {
                continue;
            }
            let side = Side { service: service.clone(), version: Some(live.version.clone()), roles: Vec::new() };
            let text = format!(
                "the store's history was rewritten since the roll-out of {}: it no longer holds {}",
                side.short(),
                seen.get(..12).unwrap_or(seen)
            );
            let environment = &facts.environment;
            let next = format!(
                "find out who did it and why; then end the roll-out: upheld deployed {service}@{} --to {environment}, or \
                 upheld undeployed … --rollout",
                live.version
            );
            rows.push(Row { reasons: vec![Because::Told(text)], ..fact(code::REWRITTEN, Some(side), &next) });
        }
    }
    Ok(rows)
}

/// All candidates in one moment, each in the place of what was there.
fn at_once(check: &mut Check<'_, '_>, question: &Question) -> Result<Vec<Row>, StoreError> {
    check.rows(&Moment {
        subjects: &question.candidates,
        settled: &question.candidates,
        instance: question.instance.as_ref(),
        candidates: true,
        rollback: question.rollback,
    })
}

/// Every order, if all of them hold; else one that does, if there is one; else the one that lacks least, so that what is
/// asked for is what can still help; else, where one order is as bad as another, all that stands in the way of any.
fn any_order(
    check: &mut Check<'_, '_>,
    question: &Question,
) -> Result<(Vec<Row>, Vec<ServiceVersion>, bool), StoreError> {
    let rows = check.rows(&Moment {
        subjects: &question.candidates,
        settled: &[],
        instance: question.instance.as_ref(),
        candidates: true,
        rollback: question.rollback,
    })?;
    let state = worst(&rows);
    if state == State::Compatible || question.candidates.len() < 2 {
        return Ok((rows, Vec::new(), false));
    }
    let order = search(check, question, state)?;
    let (rows, order) = match order {
        Some(order) => (rows_of(check, question, &order)?, order),
        None => (rows, Vec::new()),
    };
    let only_at_once = worst(&rows) != State::Compatible && worst(&at_once(check, question)?) == State::Compatible;
    Ok((rows, order, only_at_once))
}

/// The candidates in the order of these names.
fn ordered(question: &Question, names: &[ServiceName]) -> Vec<ServiceVersion> {
    let of = |name: &ServiceName| question.candidates.iter().find(|one| one.service == *name).cloned();
    let mut order: Vec<ServiceVersion> = names.iter().filter_map(of).collect();
    // A candidate that was forgotten comes last: none goes unchecked.
    order.extend(question.candidates.iter().filter(|one| !names.contains(&one.service)).cloned());
    order
}
