//! Finds facts worth knowing that don't affect the decision.

use std::collections::BTreeSet;

use super::check::Check;
use super::code::GateCode;
use super::decision::{Role, Row, Side};
use super::notice::Notice;
use super::pair::judge;
use super::question::{Plan, Question};
use super::rows::worst;
use super::state::State;
use super::world::Moment;
use crate::interaction::ServiceName;
use crate::ledger::{Event, Live, Published, ServiceVersion, StoreError, Target};

/// The result of the check.
pub(super) struct Checked<'r> {
    pub rows: &'r [Row],
    /// Whether no order works, but going live at once does.
    pub only_at_once: bool,
}

pub(super) fn notices(
    check: &mut Check<'_, '_>,
    question: &Question,
    checked: &Checked<'_>,
) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    notices.extend(checked.only_at_once.then_some(Notice::OnlyAtOnce));
    let retire = question.plan == Plan::Retire;
    let gone = if retire { not_live_to_retire(check, question) } else { Vec::new() };
    // A version that isn't live at all says enough.
    let nothing = checked.rows.is_empty() && gone.len() < question.candidates.len();
    notices.extend(nothing.then_some(Notice::NothingToCheck { retire }));
    notices.extend(gone);
    let sides = checked.rows.iter().flat_map(|row| [&row.consumer, &row.provider]).flatten();
    let mut services: BTreeSet<ServiceName> = sides.map(|side| side.service.clone()).collect();
    services.extend(question.candidates.iter().map(|one| one.service.clone()));
    for service in &services {
        for live in check.facts.live(service).to_vec() {
            notices.extend(open_rollout(service, &live, question));
            notices.extend(against_the_gate(check, service, &live)?);
        }
    }
    notices.extend(broken_elsewhere(check, question, checked.rows)?);
    if !retire {
        notices.extend(not_live(check, question)?);
    }
    notices.extend(untrusted_elsewhere(check, checked.rows));
    Ok(notices)
}

/// A roll-out without an end, of a version that isn't a candidate.
fn open_rollout(service: &ServiceName, live: &Live, question: &Question) -> Option<Notice> {
    let rollout = ServiceVersion::new(service.clone(), live.version.clone());
    if live.event != Event::Started || question.candidates.contains(&rollout) {
        return None;
    }
    let place = Target { environment: question.environment.clone(), instance: live.instance.clone() };
    Some(Notice::OpenRollout { rollout, since: live.at.clone(), until: live.until.clone(), place })
}

/// A version that went live against the gate, and that still isn't compatible with everything that is live.
fn against_the_gate(
    check: &mut Check<'_, '_>,
    service: &ServiceName,
    live: &Live,
) -> Result<Option<Notice>, StoreError> {
    let Some(gate) = live.gate.clone() else { return Ok(None) };
    let version = ServiceVersion::new(service.clone(), live.version.clone());
    let rows = check.rows(&Moment {
        subjects: std::slice::from_ref(&version),
        settled: &[],
        instance: None,
        candidates: true,
        rollback: false,
    })?;
    Ok((worst(&rows) != State::Compatible).then(|| Notice::AgainstTheGate { version, since: live.at.clone(), gate }))
}

/// Candidates that are to be retired, and aren't live.
fn not_live_to_retire(check: &Check<'_, '_>, question: &Question) -> Vec<Notice> {
    let is_live = |one: &ServiceVersion| check.facts.live(&one.service).iter().any(|live| live.version == one.version);
    let gone = question.candidates.iter().filter(|one| !is_live(one)).cloned();
    gone.map(|version| Notice::NotLiveToRetire { version, environment: question.environment.clone() }).collect()
}

/// Pairs that are broken between the live providers of the candidates and the providers of these: not the candidates'
/// fault, but who relies on them may want to know.
fn broken_elsewhere(check: &mut Check<'_, '_>, question: &Question, rows: &[Row]) -> Result<Vec<Notice>, StoreError> {
    let is_candidate = |side: &Side| side.roles.contains(&Role::Candidate);
    let needed: BTreeSet<ServiceVersion> = rows
        .iter()
        .filter(|row| row.consumer.as_ref().is_some_and(is_candidate))
        .filter_map(|row| row.provider.as_ref())
        .filter(|side| !is_candidate(side))
        .filter_map(|side| Some(ServiceVersion::new(side.service.clone(), side.version.clone()?)))
        .collect();
    let mut notices = Vec::new();
    for consumer in needed {
        let Some(Published::As(expected)) = check.facts.published(&consumer)?.value.clone() else { continue };
        for (provider, id) in expected {
            if question.candidates.iter().any(|one| one.service == provider) {
                continue;
            }
            let versions: BTreeSet<_> = check.facts.live(&provider).iter().map(|live| live.version.clone()).collect();
            for version in versions {
                let provider = ServiceVersion::new(provider.clone(), version);
                if judge(check.facts, &consumer, &provider, id)?.code.state() == State::Incompatible {
                    let (consumer, environment) = (consumer.clone(), question.environment.clone());
                    notices.push(Notice::BrokenElsewhere { provider, consumer, environment });
                }
            }
        }
    }
    Ok(notices)
}

/// Consumers that have contracts with a candidate and aren't live.
fn not_live(check: &mut Check<'_, '_>, question: &Question) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    let is_candidate = |name: &ServiceName| question.candidates.iter().any(|one| one.service == *name);
    for candidate in &question.candidates {
        let mut consumers: Vec<ServiceName> = check
            .facts
            .consumers_ever(&candidate.service)?
            .iter()
            .filter(|name| !is_candidate(name))
            .cloned()
            .collect();
        consumers.retain(|name| check.facts.live(name).is_empty() && check.facts.doubts(name).is_empty());
        let mut in_use = Vec::new();
        for name in consumers {
            if !check.facts.declared(&name)?.is_retired(question.day) {
                in_use.push(name);
            }
        }
        let consumers = in_use;
        if !consumers.is_empty() {
            let (provider, environment) = (candidate.service.clone(), question.environment.clone());
            notices.push(Notice::NotLive { consumers, provider, environment });
        }
    }
    Ok(notices)
}

/// Files that can't be trusted and that no row is about: the candidates don't depend on them.
fn untrusted_elsewhere(check: &Check<'_, '_>, rows: &[Row]) -> Vec<Notice> {
    let rows = rows.iter().filter(|row| row.code == GateCode::Untrusted);
    let in_rows: BTreeSet<&ServiceName> =
        rows.flat_map(|row| [&row.consumer, &row.provider]).flatten().map(|side| &side.service).collect();
    let elsewhere = check.facts.world.iter().filter(|(service, _)| !in_rows.contains(service));
    elsewhere.flat_map(|(_, read)| &read.doubts).cloned().map(Notice::UntrustedElsewhere).collect()
}
