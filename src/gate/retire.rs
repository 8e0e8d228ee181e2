//! Judges what would remain if some live versions went away: every live consumer needs another live version of its provider
//! that it is compatible with.

use std::collections::BTreeSet;

use super::cause::{Cause, Fact, NextStep};
use super::check::{Check, LISTED, MomentCheck, suggestions};
use super::code::GateCode;
use super::decision::Row;
use super::pair::Judgement;
use super::question::Question;
use super::rows::{add, sort};
use super::state::State;
use super::world::Moment;
use crate::interaction::{ContractId, ServiceName};
use crate::ledger::{Event, Live, Published, ServiceVersion, StoreError, Target, Version};

/// The rows if the candidates are retired.
pub(super) fn rows_without(check: &mut Check<'_, '_>, question: &Question) -> Result<Vec<Row>, StoreError> {
    let moment = Moment {
        subjects: &question.candidates,
        settled: &[],
        instance: question.instance.as_ref(),
        candidates: false,
        rollback: false,
    };
    let mut check = check.at(&moment);
    for leaving in &question.candidates {
        check.without(leaving)?;
    }
    let mut rows = check.rows;
    sort(&mut rows);
    Ok(rows)
}

impl MomentCheck<'_, '_, '_> {
    /// Judges what remains for the consumers of a version that goes away.
    fn without(&mut self, leaving: &ServiceVersion) -> Result<(), StoreError> {
        let doubts = self.check.facts.doubts_of_what_is_live(&leaving.service);
        if !doubts.is_empty() {
            let side = self.world.leaving(leaving);
            self.doubtful(None, Some(side), &doubts, &leaving.service)?;
        }
        let is_it = |live: &Live| live.version == leaving.version;
        let live = self.check.facts.live(&leaving.service);
        if !live.iter().any(is_it) {
            // The name of a version that nobody ever published is a mistake.
            let known = self.check.facts.published(leaving)?.value.is_some();
            return if known { Ok(()) } else { self.unknown(leaving) };
        }
        if live.iter().any(|live| is_it(live) && !self.leaves(&leaving.service, live)) {
            return Ok(());
        }
        self.doubtful_consumers(leaving)?;
        for consumer in self.world.versions() {
            if self.remains(&consumer) {
                self.consumer_without(&consumer, leaving)?;
            }
        }
        Ok(())
    }

    /// A version that nobody ever published is to go away: what is live may be meant.
    fn unknown(&mut self, leaving: &ServiceVersion) -> Result<(), StoreError> {
        let environment = self.check.facts.environment.clone();
        let live: BTreeSet<Version> =
            self.check.facts.live(&leaving.service).iter().map(|live| live.version.clone()).collect();
        let next = live.into_iter().take(LISTED).map(|version| NextStep::RetireLive {
            version: ServiceVersion::new(leaving.service.clone(), version),
            environment: environment.clone(),
        });
        let next: Vec<NextStep> = next.collect();
        let known = self.check.facts.book.versions(&leaving.service)?;
        let facts = std::iter::once(Fact::NotPublished(leaving.clone())).chain(suggestions(leaving, &known)).collect();
        let side = self.world.leaving(leaving);
        self.add(GateCode::NotPublished, (Some(side), None), facts, &leaving.service, next)
    }

    /// Whether what makes a version live goes away.
    fn leaves(&self, service: &ServiceName, live: &Live) -> bool {
        let is_named = self.moment.subjects.iter().any(|one| one.service == *service && one.version == live.version);
        is_named && self.moment.instance.is_none_or(|instance| live.instance.as_ref() == Some(instance))
    }

    /// Whether a version stays live.
    fn remains(&self, version: &ServiceVersion) -> bool {
        let live = self.check.facts.live(&version.service).iter();
        live.filter(|live| live.version == version.version).any(|live| !self.leaves(&version.service, live))
    }

    /// Judges what remains for one version that may be a consumer.
    fn consumer_without(&mut self, consumer: &ServiceVersion, leaving: &ServiceVersion) -> Result<(), StoreError> {
        let read = self.check.facts.published(consumer)?.clone();
        let provider = Some(self.world.leaving(leaving));
        match read.value {
            // It has a row for its doubts by now.
            _ if !read.doubts.is_empty() => Ok(()),
            Some(Published::As(expected)) => match expected.get(&leaving.service) {
                Some(id) => self.remaining_pair(consumer, leaving, *id),
                None => Ok(()),
            },
            // An old version of the same service doesn't matter, unless the service is a consumer of itself.
            _ if consumer.service == leaving.service
                && !self.check.facts.consumers_ever(&leaving.service)?.contains(&leaving.service) =>
            {
                Ok(())
            }
            Some(Published::Conflicting) => self.published_twice(consumer, provider),
            None if self.check.facts.is_not_onboarded(&consumer.service)? => self.not_onboarded(consumer, leaving),
            None => self.not_published(consumer, provider),
        }
    }

    /// Judges a consumer with the best of the versions that remain.
    fn remaining_pair(
        &mut self,
        consumer: &ServiceVersion,
        leaving: &ServiceVersion,
        id: ContractId,
    ) -> Result<(), StoreError> {
        let service = &leaving.service;
        let all: Vec<Live> =
            self.check.facts.live(service).iter().filter(|live| !self.leaves(service, live)).cloned().collect();
        let mut best: Option<(ServiceVersion, Judgement)> = None;
        // A roll-out may be given up, so nobody can rely on it.
        for live in all.iter().filter(|live| live.event != Event::Started) {
            let provider = ServiceVersion::new(service.clone(), live.version.clone());
            let judgement = self.check.judge(consumer, &provider, id)?;
            if best.as_ref().is_none_or(|(_, best)| judgement.code.state() > best.code.state()) {
                best = Some((provider, judgement));
            }
        }
        let environment = self.check.facts.environment.clone();
        let consumer_side = Some(self.world.side(consumer));
        let Some((provider, judgement)) = best else {
            let fact = Fact::NoOtherVersion { leaving: leaving.clone(), environment: environment.clone() };
            let next = match all.first() {
                Some(rolling_out) => {
                    let provider = ServiceVersion::new(service.clone(), rolling_out.version.clone());
                    let place = Target { environment, instance: rolling_out.instance.clone() };
                    vec![NextStep::FinishRollout { provider, place }]
                }
                None => vec![
                    self.deploy_first(consumer, service, id)?,
                    NextStep::RetireFirst { consumer: consumer.clone(), environment },
                ],
            };
            let sides = (consumer_side, Some(self.world.leaving(leaving)));
            return self.add(GateCode::StillNeeded, sides, vec![fact], service, next);
        };
        let Judgement { code, interactions, mut causes, turn, next } = judgement;
        if code.state() != State::Compatible {
            causes.push(Cause::from(Fact::WouldRemain { leaving: leaving.clone(), provider: provider.clone() }));
        }
        let owners = self.check.facts.owners_for(code, &turn, &consumer.service)?;
        let provider = Some(self.world.side(&provider));
        add(&mut self.rows, Row { code, consumer: consumer_side, provider, interactions, causes, owners, next });
        Ok(())
    }
}
