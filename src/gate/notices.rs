//! What is worth knowing beside the answer, and decides nothing.

use std::collections::BTreeSet;

use super::check::Check;
use super::code;
use super::decision::{Notice, Role, Row, Side, State};
use super::pair::judge;
use super::question::Question;
use crate::interaction::ServiceName;
use crate::ledger::{Event, Live, Published, ServiceVersion, StoreError};
use crate::words::and_list;

/// What the notices are about.
pub(super) struct Noticed<'r> {
    pub rows: &'r [Row],
    /// Whether no order holds, and all at once do.
    pub only_at_once: bool,
}

pub(super) fn notices(
    check: &mut Check<'_, '_>,
    question: &Question,
    noticed: &Noticed<'_>,
) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    if noticed.only_at_once {
        notices.push(Notice {
            code: code::ONLY_AT_ONCE,
            text: String::from("no order of these versions holds, but all of them at once do"),
            next: Some(String::from("if they really go live in the same moment: --atomic")),
        });
    }
    if noticed.rows.is_empty() {
        let text =
            String::from("nothing to check: the version expects nothing, and nobody live expects anything of it");
        notices.push(Notice { code: code::NOTHING_TO_CHECK, text, next: None });
    }
    let sides = || noticed.rows.iter().flat_map(|row| [&row.consumer, &row.provider]).flatten();
    let mut services: BTreeSet<ServiceName> = sides().map(|side| side.service.clone()).collect();
    services.extend(question.candidates.iter().map(|one| one.service.clone()));
    for service in &services {
        for live in check.facts.live(service) {
            notices.extend(rollout(service, live, question));
            notices.extend(against_the_gate(service, live));
        }
    }
    notices.extend(elsewhere(check, question, noticed.rows)?);
    notices.extend(not_live(check, question)?);
    notices.extend(untrusted(check, noticed.rows));
    Ok(notices)
}

/// A roll-out whose end nobody told, of another version than those that are asked about.
fn rollout(service: &ServiceName, live: &Live, question: &Question) -> Option<Notice> {
    let of = ServiceVersion::new(service.clone(), live.version.clone());
    if live.event != Event::Started || question.candidates.contains(&of) {
        return None;
    }
    let environment = &question.environment;
    let until = live.until.as_ref().map(|until| format!(" and was to be done by {until}")).unwrap_or_default();
    Some(Notice {
        code: code::OPEN_ROLLOUT,
        text: format!(
            "a roll-out of {} began at {}{until}; until its end is told, that version and the one before it both count \
             as live",
            of.short(),
            live.at
        ),
        next: Some(format!(
            "tell how it ended: upheld deployed {of} --to {environment}, or upheld undeployed {of} --to {environment} --rollout"
        )),
    })
}

fn against_the_gate(service: &ServiceName, live: &Live) -> Option<Notice> {
    let said = live.gate.as_ref()?;
    Some(Notice {
        code: code::AGAINST_THE_GATE,
        text: format!(
            "{} went live at {} though the gate said {said}",
            ServiceVersion::new(service.clone(), live.version.clone()).short(),
            live.at
        ),
        next: None,
    })
}

/// What is broken between the live providers of the candidates and the providers of these: no fault of the candidates,
/// and worth knowing by who relies on it.
fn elsewhere(check: &mut Check<'_, '_>, question: &Question, rows: &[Row]) -> Result<Vec<Notice>, StoreError> {
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
                let judged = judge(check.facts, &consumer, &provider, id)?;
                if judged.state == State::Incompatible {
                    notices.push(Notice {
                        code: code::BROKEN_ELSEWHERE,
                        text: format!(
                            "{} breaks {}, both live in {}: not a matter of this question",
                            provider.short(),
                            consumer.short(),
                            question.environment
                        ),
                        next: Some(format!("upheld status --env {}", question.environment)),
                    });
                }
            }
        }
    }
    Ok(notices)
}

/// Consumers that have contracts with a candidate, and are not live.
fn not_live(check: &mut Check<'_, '_>, question: &Question) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    for candidate in &question.candidates {
        let ever = check.facts.consumers_ever(&candidate.service)?.clone();
        let is_candidate = |name: &ServiceName| question.candidates.iter().any(|one| one.service == *name);
        let absent: Vec<&ServiceName> = ever
            .iter()
            .filter(|name| {
                check.facts.live(name).is_empty() && check.facts.doubts(name).is_empty() && !is_candidate(name)
            })
            .collect();
        if !absent.is_empty() {
            let (names, environment) = (and_list(&absent), &question.environment);
            let verb = if absent.len() == 1 { "is" } else { "are" };
            notices.push(Notice {
                code: code::NOT_LIVE,
                text: format!(
                    "{names} {verb} not live in {environment}, and not asked about, though there are contracts with {}",
                    candidate.service
                ),
                next: None,
            });
        }
    }
    Ok(notices)
}

/// Files that can't be trusted, and that no row is about: the candidates have nothing to do with them.
fn untrusted(check: &Check<'_, '_>, rows: &[Row]) -> Vec<Notice> {
    let rows = rows.iter().filter(|row| row.code == code::UNTRUSTED);
    let told: BTreeSet<&ServiceName> =
        rows.flat_map(|row| [&row.consumer, &row.provider]).flatten().map(|side| &side.service).collect();
    let doubtful = check.facts.world.iter().filter(|(service, _)| !told.contains(service));
    doubtful
        .flat_map(|(_, read)| &read.doubts)
        .map(|doubt| Notice {
            code: code::UNTRUSTED_ELSEWHERE,
            text: doubt.to_string(),
            next: Some(String::from("upheld store lint")),
        })
        .collect()
}
