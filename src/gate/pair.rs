//! One consumer's version, one provider's version, one contract between them: how do they stand?

use std::collections::{BTreeMap, BTreeSet};

use super::code::{self, GateCode};
use super::decision::{Because, State};
use super::facts::Facts;
use crate::formats::ContractFile;
use crate::interaction::{ContractId, InteractionId, ServiceName};
use crate::ledger::{Doubt, DoubtKind, Results, ServiceVersion, Standing, StoreError, Version, layout};
use crate::words::{and_list, count};

/// How a pair stands, and what clears it.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub code: GateCode,
    pub state: State,
    pub interactions: usize,
    pub reasons: Vec<Because>,
    /// Whose turn it is.
    pub turn: ServiceName,
    pub next: Vec<String>,
}

/// How many names and versions are listed.
const LISTED: usize = 5;

/// Judges a pair by the results of exactly this version of the provider.
pub(super) fn judge(
    facts: &mut Facts<'_>,
    consumer: &ServiceVersion,
    provider: &ServiceVersion,
    id: ContractId,
) -> Result<Judged, StoreError> {
    let contract = match facts.contract(&provider.service, &consumer.service, id)? {
        Ok(contract) => contract,
        Err(doubt) => {
            return Ok(Judged {
                code: code::UNTRUSTED,
                state: State::Unknown,
                interactions: 0,
                reasons: vec![Because::Told(doubt.to_string())],
                turn: consumer.service.clone(),
                next: vec![repair(&doubt)],
            });
        }
    };
    let read = facts.results(provider)?;
    let names = names(&contract);
    let pending = pending(&contract, &names);
    let judged = |code, state, reasons, turn: &ServiceName, next| Judged {
        code,
        state,
        interactions: names.len(),
        reasons,
        turn: turn.clone(),
        next,
    };
    let (mut broken, conflicting) = broken(&read.value, &names);
    if !broken.is_empty() {
        broken.extend(conflicting);
        let next = format!(
            "{}: give what {} asks for; or agree the change with {}, which then changes its contract",
            provider.service, consumer.service, consumer.service
        );
        return Ok(judged(code::BROKEN, State::Incompatible, broken, &provider.service, vec![next]));
    }
    if !conflicting.is_empty() {
        let next = format!(
            "find out why the results differ; then, in a checkout of {}: {} --supersede",
            provider.short(),
            verify(provider)
        );
        return Ok(judged(code::CONFLICTING, State::Incompatible, conflicting, &provider.service, vec![next]));
    }
    if let Some(first) = read.doubts.first() {
        let reasons = read.doubts.iter().take(LISTED).map(|doubt| Because::Told(doubt.to_string())).collect();
        return Ok(judged(code::UNTRUSTED, State::Unknown, reasons, &provider.service, vec![repair(first)]));
    }
    let missing: Vec<(InteractionId, &str)> = names
        .iter()
        .filter(|(id, _)| !matches!(read.value.standing(*id), Some(Standing::Upheld)))
        .map(|(id, name)| (*id, *name))
        .collect();
    if missing.is_empty() {
        return Ok(judged(code::COMPATIBLE, State::Compatible, pending, &provider.service, Vec::new()));
    }
    let reasons_not_to = not_run(&contract);
    let (not_run, missing): (Vec<_>, Vec<_>) = missing.into_iter().partition(|(id, _)| reasons_not_to.contains_key(id));
    let verify = format!("in a checkout of {}: {}", provider.short(), verify(provider));
    if not_run.is_empty() {
        let (code, reasons) = unverified(facts, provider, &read.value, &missing, names.len())?;
        return Ok(judged(code, State::Unverified, reasons, &provider.service, vec![verify]));
    }
    let told = |(id, name): &(InteractionId, &str)| {
        let why = reasons_not_to.get(id).copied().unwrap_or_default();
        Because::Told(format!("{name}: it can't be run, since {why}"))
    };
    let mut reasons: Vec<Because> = not_run.iter().take(LISTED).map(told).collect();
    if not_run.len() > LISTED {
        reasons.push(Because::Told(format!(
            "and {} that can't be run",
            count(not_run.len() - LISTED, "more interaction")
        )));
    }
    let mut next = vec![format!(
        "{}: publish a new version with what can't be run as pending: upheld publish {}@… --without-skipped",
        consumer.service, consumer.service
    )];
    if !missing.is_empty() {
        reasons.extend(unverified(facts, provider, &read.value, &missing, names.len())?.1);
        next.push(verify);
    }
    Ok(judged(code::UNVERIFIABLE, State::Unknown, reasons, &consumer.service, next))
}

/// The interactions that can't be run, and why.
fn not_run(contract: &ContractFile) -> BTreeMap<InteractionId, &str> {
    let all = contract.ids.iter().zip(&contract.contract.interactions);
    all.filter_map(|(id, interaction)| Some((*id, interaction.unrunnable()?))).collect()
}

/// The command that brings about results for a version.
pub(super) fn verify(provider: &ServiceVersion) -> String {
    format!("upheld verify {} --publish --version {}", provider.service, provider.version)
}

/// What to do about a file that can't be trusted.
pub(super) fn repair(doubt: &Doubt) -> String {
    let path = &doubt.path;
    match &doubt.kind {
        DoubtKind::Missing if doubt.path == layout::STORE => {
            return String::from("make a store there: upheld store init");
        }
        DoubtKind::Newer { needs: Some(needs) } => return format!("upgrade to upheld >= {needs}"),
        DoubtKind::Newer { needs: None } => return String::from("upgrade upheld to its newest version"),
        _ => {}
    }
    format!("look at {path}: `upheld store lint` says what is wrong, and the store's history has it as it was")
}

/// The interactions that a contract asks for now, those that are the same once, with the name of the first.
fn names(contract: &ContractFile) -> Vec<(InteractionId, &str)> {
    let mut seen = BTreeSet::new();
    let all = contract.ids.iter().zip(&contract.contract.interactions).filter(|(_, interaction)| !interaction.pending);
    all.filter(|(id, _)| seen.insert(**id)).map(|(id, interaction)| (*id, interaction.name.as_str())).collect()
}

/// What a contract does not ask for yet, since it says itself that it is pending.
fn pending(contract: &ContractFile, names: &[(InteractionId, &str)]) -> Vec<Because> {
    let all = contract.ids.iter().zip(&contract.contract.interactions).filter(|(_, interaction)| interaction.pending);
    let pending = all.filter(|(id, _)| !names.iter().any(|(asked, _)| asked == *id));
    let names: Vec<&str> = pending.map(|(_, interaction)| interaction.name.as_str()).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let more = names.len().saturating_sub(LISTED);
    let rest = (more > 0).then(|| format!("{more} more"));
    let shown = names.iter().take(LISTED).map(|name| (*name).to_owned()).chain(rest);
    vec![Because::Told(format!("not asked for, since the contract says that it is pending: {}", and_list(shown)))]
}

/// What is broken, and what is both broken and upheld.
fn broken(results: &Results, names: &[(InteractionId, &str)]) -> (Vec<Because>, Vec<Because>) {
    let mut broken = Vec::new();
    let mut conflicting = Vec::new();
    for (id, name) in names {
        let (into, said) = match results.standing(*id) {
            Some(Standing::Broken(said)) => (&mut broken, said),
            Some(Standing::Conflicting(said)) => (&mut conflicting, said),
            _ => continue,
        };
        into.push(Because::Interaction { name: (*name).to_owned(), id: *id, said: said.clone() });
    }
    if !conflicting.is_empty() {
        let text = "conflicting results (flaky): the same version both upheld and broke it";
        conflicting.push(Because::Told(String::from(text)));
    }
    (broken, conflicting)
}

/// Why there is no result for some interactions.
fn unverified(
    facts: &mut Facts<'_>,
    provider: &ServiceVersion,
    results: &Results,
    missing: &[(InteractionId, &str)],
    of: usize,
) -> Result<(GateCode, Vec<Because>), StoreError> {
    let mut reasons = Vec::new();
    let mut silent = Vec::new();
    for (id, name) in missing {
        match results.standing(*id) {
            Some(Standing::Errored(said)) => {
                reasons.push(Because::Interaction { name: (*name).to_owned(), id: *id, said: said.clone() });
            }
            _ => silent.push((*id, *name)),
        }
    }
    if silent.is_empty() {
        return Ok((code::ERRORED, reasons));
    }
    let names: Vec<String> = silent.iter().map(|(_, name)| (*name).to_owned()).collect();
    reasons.insert(0, Because::NoResult { names, of });
    let elsewhere = verified_by(facts, provider, &silent)?;
    let code = if missing.len() < of || silent.len() < missing.len() {
        code::PARTIAL
    } else if elsewhere.is_empty() {
        code::NEVER_VERIFIED
    } else {
        code::OTHER_VERSION
    };
    reasons.push(Because::Told(match elsewhere.as_slice() {
        [] => format!("never verified: no version of {} has a result", provider.service),
        all => {
            let shown: Vec<String> =
                all.iter().rev().take(LISTED).map(|one| format!("{}@{}", provider.service, one.short())).collect();
            let more = all.len().saturating_sub(LISTED);
            let rest = (more > 0).then(|| count(more, "more version").to_string());
            format!("last verified by {}", and_list(shown.into_iter().chain(rest)))
        }
    }));
    Ok((code, reasons))
}

/// The other versions of the provider that have a result for one of these interactions, the latest last.
fn verified_by(
    facts: &mut Facts<'_>,
    provider: &ServiceVersion,
    missing: &[(InteractionId, &str)],
) -> Result<Vec<Version>, StoreError> {
    let all = facts.verifications(&provider.service)?;
    let mut known: Vec<(&str, &Version)> = all
        .iter()
        .map(|(_, record)| record)
        .filter(|record| record.version != provider.version)
        .filter(|record| missing.iter().any(|(id, _)| record.results.contains_key(id)))
        .map(|record| (record.stamp.at.as_str(), &record.version))
        .collect();
    known.sort();
    let mut versions: Vec<Version> = Vec::new();
    for (_, version) in known {
        versions.retain(|one| one != version);
        versions.push(version.clone());
    }
    Ok(versions)
}
