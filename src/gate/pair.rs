//! Judges one pair: one consumer's version, one provider's version, and the contract between them.

use std::collections::{BTreeMap, BTreeSet};

use super::cause::{Cause, Fact, NextStep};
use super::code::GateCode;
use super::facts::Facts;
use crate::formats::ContractFile;
use crate::interaction::{ContractId, InteractionId, ServiceName};
use crate::ledger::{Doubt, Results, ServiceVersion, Standing, StoreError, Version};

/// The state of a pair, and the steps that clear it.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub code: GateCode,
    /// The number of interactions that are checked.
    pub interactions: usize,
    pub causes: Vec<Cause>,
    /// The service whose turn it is.
    pub turn: ServiceName,
    pub next: Vec<NextStep>,
}

/// How many names and versions are listed.
const LISTED: usize = 5;

/// Judges a pair by the results of exactly this version of the provider.
pub(super) fn judge(
    facts: &mut Facts<'_>,
    consumer: &ServiceVersion,
    provider: &ServiceVersion,
    id: ContractId,
) -> Result<Judgement, StoreError> {
    let contract = match facts.contract(&provider.service, &consumer.service, id)? {
        Ok(contract) => contract,
        Err(doubt) => return Ok(untrusted(&[doubt], 0, &consumer.service)),
    };
    let read = facts.results(provider)?;
    let names = checked(&contract);
    let named_alone = if is_upheld(&read.value, &names) { None } else { facts.named_alone(consumer)? };
    let judgement = |code, causes, turn: &ServiceName, next| Judgement {
        code,
        interactions: names.len(),
        causes,
        turn: turn.clone(),
        next,
    };
    let (mut broken, conflicting) = broken(&read.value, &names);
    if !broken.is_empty() {
        broken.extend(conflicting);
        let next = NextStep::FixOrAgree { provider: provider.service.clone(), consumer: consumer.service.clone() };
        return Ok(judgement(GateCode::Broken, broken, &provider.service, vec![next]));
    }
    if !conflicting.is_empty() {
        let next = vec![NextStep::VerifyAgain { provider: provider.clone(), consumer: named_alone }];
        return Ok(judgement(GateCode::Conflicting, conflicting, &provider.service, next));
    }
    if !read.doubts.is_empty() {
        return Ok(untrusted(&read.doubts, names.len(), &provider.service));
    }
    let without_result = names.iter().filter(|(id, _)| !matches!(read.value.standing(*id), Some(Standing::Upheld)));
    let unrunnable = unrunnable(&contract);
    let (skipped, missing): (Vec<Named<'_>>, Vec<Named<'_>>) =
        without_result.partition(|(id, _)| unrunnable.contains_key(id));
    if skipped.is_empty() && missing.is_empty() {
        return Ok(judgement(GateCode::Compatible, pending(&contract, &names), &provider.service, Vec::new()));
    }
    let verify = NextStep::Verify { provider: provider.clone(), consumer: named_alone };
    if skipped.is_empty() {
        let (code, causes) = unverified(facts, provider, &read.value, &missing, names.len())?;
        return Ok(judgement(code, causes, &provider.service, vec![verify]));
    }
    let mut causes: Vec<Cause> = skipped
        .iter()
        .take(LISTED)
        .map(|(id, name)| Fact::Unrunnable {
            name: (*name).to_owned(),
            why: unrunnable.get(id).copied().unwrap_or_default().to_owned(),
        })
        .map(Cause::from)
        .collect();
    if skipped.len() > LISTED {
        causes.push(Fact::MoreUnrunnable(skipped.len() - LISTED).into());
    }
    let mut next = vec![NextStep::PublishAsPending { consumer: consumer.service.clone() }];
    if !missing.is_empty() {
        causes.extend(unverified(facts, provider, &read.value, &missing, names.len())?.1);
        next.push(verify);
    }
    Ok(judgement(GateCode::Unverifiable, causes, &consumer.service, next))
}

/// Whether all of these interactions are upheld.
fn is_upheld(results: &Results, names: &[Named<'_>]) -> bool {
    names.iter().all(|(id, _)| matches!(results.standing(*id), Some(Standing::Upheld)))
}

/// An interaction's id and name.
type Named<'c> = (InteractionId, &'c str);

fn untrusted(doubts: &[Doubt], interactions: usize, turn: &ServiceName) -> Judgement {
    Judgement {
        code: GateCode::Untrusted,
        interactions,
        causes: doubts.iter().take(LISTED).cloned().map(|doubt| Fact::Doubtful(doubt).into()).collect(),
        turn: turn.clone(),
        next: doubts.first().cloned().map(NextStep::Repair).into_iter().collect(),
    }
}

/// The interactions that can't be run, and why.
fn unrunnable(contract: &ContractFile) -> BTreeMap<InteractionId, &str> {
    let all = contract.ids.iter().zip(&contract.contract.interactions);
    all.filter_map(|(id, interaction)| Some((*id, interaction.unrunnable()?))).collect()
}

/// The interactions that aren't pending, equal ones once with the first one's name.
fn checked(contract: &ContractFile) -> Vec<Named<'_>> {
    let mut seen = BTreeSet::new();
    let all = contract.ids.iter().zip(&contract.contract.interactions).filter(|(_, interaction)| !interaction.pending);
    all.filter(|(id, _)| seen.insert(**id)).map(|(id, interaction)| (*id, interaction.name.as_str())).collect()
}

/// The interactions that the contract marks as pending.
fn pending(contract: &ContractFile, checked: &[Named<'_>]) -> Vec<Cause> {
    let all = contract.ids.iter().zip(&contract.contract.interactions).filter(|(_, interaction)| interaction.pending);
    let pending = all.filter(|(id, _)| !checked.iter().any(|(other, _)| other == *id));
    let mut names: Vec<String> = pending.map(|(_, interaction)| interaction.name.clone()).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    vec![Fact::Pending { names, more }.into()]
}

/// The interactions that are broken, and those that are both broken and upheld.
fn broken(results: &Results, names: &[Named<'_>]) -> (Vec<Cause>, Vec<Cause>) {
    let mut broken = Vec::new();
    let mut conflicting = Vec::new();
    for (id, name) in names {
        let (into, reasons) = match results.standing(*id) {
            Some(Standing::Broken(reasons)) => (&mut broken, reasons),
            Some(Standing::Conflicting(reasons)) => (&mut conflicting, reasons),
            _ => continue,
        };
        into.push(Cause::Interaction { name: (*name).to_owned(), id: *id, reasons: reasons.clone() });
    }
    if !conflicting.is_empty() {
        conflicting.push(Fact::Flaky.into());
    }
    (broken, conflicting)
}

/// Why some interactions have no result.
fn unverified(
    facts: &mut Facts<'_>,
    provider: &ServiceVersion,
    results: &Results,
    missing: &[Named<'_>],
    of: usize,
) -> Result<(GateCode, Vec<Cause>), StoreError> {
    let mut causes = Vec::new();
    let mut silent = Vec::new();
    for (id, name) in missing {
        match results.standing(*id) {
            Some(Standing::Errored(reasons)) => {
                causes.push(Cause::Interaction { name: (*name).to_owned(), id: *id, reasons: reasons.clone() });
            }
            _ => silent.push((*id, *name)),
        }
    }
    if silent.is_empty() {
        return Ok((GateCode::Errored, causes));
    }
    let names: Vec<String> = silent.iter().map(|(_, name)| (*name).to_owned()).collect();
    causes.insert(0, Cause::NoResult { names, of });
    let elsewhere = verified_by(facts, provider, &silent)?;
    let code = if missing.len() < of || silent.len() < missing.len() {
        GateCode::Partial
    } else if elsewhere.is_empty() {
        GateCode::NeverVerified
    } else {
        GateCode::OtherVersion
    };
    let fact = if elsewhere.is_empty() {
        Fact::NeverVerified { provider: provider.service.clone() }
    } else {
        let latest = elsewhere.iter().rev().take(LISTED);
        Fact::VerifiedBy {
            versions: latest.map(|version| ServiceVersion::new(provider.service.clone(), version.clone())).collect(),
            more: elsewhere.len().saturating_sub(LISTED),
        }
    };
    causes.push(fact.into());
    Ok((code, causes))
}

/// The other versions of the provider that have a result for one of these interactions, the latest last.
fn verified_by(
    facts: &mut Facts<'_>,
    provider: &ServiceVersion,
    missing: &[Named<'_>],
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
