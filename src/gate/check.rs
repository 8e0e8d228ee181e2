//! Judges every pair that some versions take part in.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::cause::{Cause, Fact, NextStep};
use super::code::GateCode;
use super::decision::{Role, Row, Side};
use super::facts::Facts;
use super::pair::{Judgement, judge};
use super::rows::{add, sort};
use super::state::State;
use super::world::{Moment, Versions, World, service_side};
use crate::interaction::{ContractId, ServiceName};
use crate::ledger::{Doubt, Event, NameKind, Published, ServiceVersion, StoreError, Target, Version, newest_first};
use crate::words::nearest;

/// How many doubts a row names, and how many versions it suggests.
pub(super) const LISTED: usize = 5;

/// Judges the pairs of several moments, each pair once.
pub(super) struct Check<'f, 'b> {
    pub facts: &'f mut Facts<'b>,
    judged: BTreeMap<(ServiceVersion, ServiceVersion, ContractId), Judgement>,
}

impl<'f, 'b> Check<'f, 'b> {
    pub(super) const fn new(facts: &'f mut Facts<'b>) -> Self {
        Self { facts, judged: BTreeMap::new() }
    }

    /// Whether any pair was judged, in whatever moment.
    pub(super) fn has_judged(&self) -> bool {
        !self.judged.is_empty()
    }

    /// Every row of a moment, the worst first.
    pub(super) fn rows(&mut self, moment: &Moment<'_>) -> Result<Vec<Row>, StoreError> {
        let mut check = self.at(moment);
        for subject in moment.subjects {
            check.as_consumer(subject)?;
            // If everything that is live is a subject, each pair is judged from its consumer's side.
            if moment.candidates {
                check.as_provider(subject)?;
            }
        }
        let mut rows = check.rows;
        sort(&mut rows);
        Ok(rows)
    }

    /// The check of a moment.
    pub(super) fn at<'c>(&'c mut self, moment: &'c Moment<'c>) -> MomentCheck<'c, 'f, 'b> {
        let world = World::at(moment, self.facts);
        MomentCheck { check: self, moment, world, rows: Vec::new() }
    }

    pub(super) fn judge(
        &mut self,
        consumer: &ServiceVersion,
        provider: &ServiceVersion,
        id: ContractId,
    ) -> Result<Judgement, StoreError> {
        let key = (consumer.clone(), provider.clone(), id);
        if let Some(known) = self.judged.get(&key) {
            return Ok(known.clone());
        }
        let judgement = judge(self.facts, consumer, provider, id)?;
        self.judged.insert(key, judgement.clone());
        Ok(judgement)
    }
}

/// From when to when a version was live; it may still be.
type Span = (Timestamp, Option<Timestamp>);

/// The check of one moment.
pub(super) struct MomentCheck<'c, 'f, 'b> {
    pub check: &'c mut Check<'f, 'b>,
    pub moment: &'c Moment<'c>,
    pub world: World,
    pub rows: Vec<Row>,
}

impl MomentCheck<'_, '_, '_> {
    /// Judges a subject against the providers that it expects something of.
    fn as_consumer(&mut self, subject: &ServiceVersion) -> Result<(), StoreError> {
        let own = self.world.side(subject);
        let read = self.check.facts.published(subject)?.clone();
        if !read.doubts.is_empty() {
            return self.doubtful(Some(own), None, &read.doubts, &subject.service);
        }
        let expected = match read.value {
            Some(Published::As(expected)) => expected,
            Some(Published::Conflicting) => return self.published_twice(subject, None),
            // A live version may be exempt from publishing, a candidate never is.
            None if !self.moment.candidates && self.check.facts.is_not_onboarded(&subject.service)? => return Ok(()),
            None => return self.not_published(subject, None),
        };
        for (provider, id) in expected {
            if !self.check.facts.services.contains(&provider) {
                let fact = Fact::ExpectsUndeclared { consumer: subject.clone(), provider: provider.clone() };
                let next = NextStep::Declare { kind: NameKind::Service, name: provider.clone() };
                let sides = (Some(own.clone()), Some(service_side(&provider)));
                self.add(GateCode::Undeclared, sides, vec![fact], &subject.service, Some(next))?;
                continue;
            }
            let doubts = self.check.facts.doubts_of_what_is_live(&provider);
            if !doubts.is_empty() {
                self.doubtful(Some(own.clone()), Some(service_side(&provider)), &doubts, &provider)?;
            }
            let versions = self.world.versions_of(&provider);
            // A roll-out may be live and may be given up: it can break others, but nobody can rely on it yet.
            let is_there = |roles: &Vec<Role>| {
                roles.iter().any(|role| matches!(role, Role::Live { event: Event::Done | Event::Released, .. }))
            };
            let settled = self.moment.settled.iter().any(|one| one.service == provider);
            if provider != subject.service && !settled && !versions.values().any(is_there) {
                self.missing_provider(subject, (&provider, id), &versions)?;
            }
            for version in versions.into_keys() {
                self.pair(subject, &ServiceVersion::new(provider.clone(), version), id)?;
            }
        }
        Ok(())
    }

    /// Judges a subject against the consumers that expect something of it.
    fn as_provider(&mut self, subject: &ServiceVersion) -> Result<(), StoreError> {
        self.doubtful_consumers(subject)?;
        for consumer in self.world.versions() {
            // Another subject is checked as a consumer itself.
            if consumer == *subject || !self.moment.subjects.contains(&consumer) {
                self.consumer_of(subject, &consumer)?;
            }
        }
        Ok(())
    }

    /// Adds a row for each service with unreadable records that may need a version.
    pub(super) fn doubtful_consumers(&mut self, subject: &ServiceVersion) -> Result<(), StoreError> {
        let in_doubt = self.check.facts.world.iter().filter(|(_, read)| !read.doubts.is_empty());
        let services: Vec<ServiceName> = in_doubt.map(|(service, _)| service.clone()).collect();
        for service in services {
            let versions = self.world.versions_of(&service);
            let is_live = |role: &Role| *role != Role::Candidate;
            let there = |version: &Version| versions.get(version).is_some_and(|roles| roles.iter().any(is_live));
            let doubts = self.check.facts.doubts_about_need(&service, &subject.service, there)?;
            if !doubts.is_empty() {
                self.doubtful(Some(service_side(&service)), Some(self.world.side(subject)), &doubts, &service)?;
            }
        }
        Ok(())
    }

    /// Judges a subject against one version that may be a consumer of it.
    fn consumer_of(&mut self, subject: &ServiceVersion, consumer: &ServiceVersion) -> Result<(), StoreError> {
        let service = &consumer.service;
        let read = self.check.facts.published(consumer)?.clone();
        match read.value {
            // Doubts about a live consumer have a row by now, and those about a candidate get theirs as a consumer.
            _ if !read.doubts.is_empty() => Ok(()),
            Some(Published::As(expected)) => match expected.get(&subject.service) {
                Some(id) => self.pair(consumer, subject, *id),
                None => Ok(()),
            },
            // An old version of the subject's own service doesn't matter to the new one, unless the service is a consumer
            // of itself.
            _ if *service == subject.service
                && (consumer == subject || !self.check.facts.consumers_ever(service)?.contains(service)) =>
            {
                Ok(())
            }
            Some(Published::Conflicting) => self.published_twice(consumer, Some(self.world.side(subject))),
            None if self.check.facts.is_not_onboarded(service)? => self.not_onboarded(consumer, subject),
            None => self.not_published(consumer, Some(self.world.side(subject))),
        }
    }

    fn pair(&mut self, consumer: &ServiceVersion, provider: &ServiceVersion, id: ContractId) -> Result<(), StoreError> {
        let mut judgement = self.check.judge(consumer, provider, id)?;
        if judgement.code.state() == State::Unverified
            && self.moment.rollback
            && self.was_live_beside(consumer, provider)?
        {
            judgement.code = GateCode::Rollback;
            judgement.causes.push(Fact::LiveTogetherBefore.into());
            judgement.next.clear();
        }
        let Judgement { code, interactions, causes, turn, next } = judgement;
        let owners = self.check.facts.owners_for(code, &turn, &consumer.service)?;
        let (consumer, provider) = (Some(self.world.side(consumer)), Some(self.world.side(provider)));
        add(&mut self.rows, Row { code, consumer, provider, interactions, causes, owners, next });
        Ok(())
    }

    /// Whether a subject was live before, at a time when the other side was live, too. This is the only question that
    /// relies on the times of records, so it needs an option, and the row mentions it.
    fn was_live_beside(&self, consumer: &ServiceVersion, provider: &ServiceVersion) -> Result<bool, StoreError> {
        let (Some(one), Some(other)) = (self.spans(consumer)?, self.spans(provider)?) else { return Ok(false) };
        // Records have times to the second: what began in the second in which the other ended may have come after it.
        let meets = |one: &Span, other: &Span| {
            let before = |begin: Timestamp, end: Option<Timestamp>| end.is_none_or(|end| begin < end);
            before(one.0, other.1) && before(other.0, one.1)
        };
        Ok(one.iter().any(|span| other.iter().any(|other| meets(span, other))))
    }

    /// When a version was live in the past and, unless it is a subject, is live now. `None` if a record of its service is in
    /// doubt.
    fn spans(&self, of: &ServiceVersion) -> Result<Option<Vec<Span>>, StoreError> {
        let is_subject = self.moment.subjects.contains(of);
        let facts = &self.check.facts;
        let history = facts.book.history(&facts.environment, &of.service)?;
        if !history.doubts.is_empty() {
            return Ok(None);
        }
        let time = |at: &str| at.parse::<Timestamp>().ok();
        let was = history.value.iter().filter(|(_, record)| {
            // A version that was known to break another when it went live is nothing to go back to.
            let was_broken = record.gate.as_deref().and_then(State::named) == Some(State::Incompatible);
            let is_there = match record.event {
                Event::Done | Event::Released => true,
                Event::Started => !is_subject,
                Event::Aborted | Event::Undeployed | Event::SupportEnded => false,
            };
            record.version == of.version && is_there && !(is_subject && was_broken)
        });
        let spans = was.filter_map(|(id, record)| {
            let over = history.value.iter().filter(|(_, record)| record.replaces.contains(id));
            let end = over.filter_map(|(_, record)| time(&record.stamp.at)).min();
            // Where a subject is live now is no place to go back to.
            Some((time(&record.stamp.at)?, end)).filter(|_| end.is_some() || !is_subject)
        });
        Ok(Some(spans.collect()))
    }

    pub(super) fn doubtful(
        &mut self,
        consumer: Option<Side>,
        provider: Option<Side>,
        doubts: &[Doubt],
        turn: &ServiceName,
    ) -> Result<(), StoreError> {
        let facts = doubts.iter().take(LISTED).cloned().map(Fact::Doubtful).collect();
        let next = doubts.first().cloned().map(NextStep::Repair);
        self.add(GateCode::Untrusted, (consumer, provider), facts, turn, next)
    }

    pub(super) fn published_twice(
        &mut self,
        consumer: &ServiceVersion,
        provider: Option<Side>,
    ) -> Result<(), StoreError> {
        let facts = vec![Fact::PublishedTwice(consumer.clone())];
        let next = NextStep::PublishNew(consumer.service.clone());
        let sides = (Some(self.world.side(consumer)), provider);
        self.add(GateCode::PublishedTwice, sides, facts, &consumer.service, Some(next))
    }

    pub(super) fn not_published(
        &mut self,
        consumer: &ServiceVersion,
        provider: Option<Side>,
    ) -> Result<(), StoreError> {
        let side = self.world.side(consumer);
        let is_live = side.roles.iter().any(|role| *role != Role::Candidate);
        let mut facts = vec![Fact::NotPublished(consumer.clone())];
        let mut next = vec![self.publish(consumer)?];
        if is_live {
            next.push(NextStep::Exempt(consumer.service.clone()));
        } else {
            let known = self.check.facts.book.versions(&consumer.service)?;
            facts.extend(suggestions(consumer, &known));
        }
        self.add(GateCode::NotPublished, (Some(side), provider), facts, &consumer.service, next)
    }

    /// That a version is published: without contracts, if the newest one of its service has none.
    fn publish(&mut self, version: &ServiceVersion) -> Result<NextStep, StoreError> {
        let newest = newest_first(self.check.facts.book, &version.service)?.into_iter().next();
        let none = match newest {
            Some(newest) => {
                let newest = ServiceVersion::new(version.service.clone(), newest);
                let read = &self.check.facts.published(&newest)?.value;
                matches!(read, Some(Published::As(expected)) if expected.is_empty())
            }
            None => false,
        };
        let version = version.clone();
        Ok(NextStep::Publish { version, none })
    }

    pub(super) fn not_onboarded(
        &mut self,
        consumer: &ServiceVersion,
        provider: &ServiceVersion,
    ) -> Result<(), StoreError> {
        let until = self.check.facts.declared(&consumer.service)?.not_onboarded_until;
        let facts = vec![Fact::NotOnboarded { consumer: consumer.clone(), until }];
        let sides = (Some(self.world.side(consumer)), Some(self.world.side(provider)));
        self.add(GateCode::NotOnboarded, sides, facts, &consumer.service, None)
    }

    /// That a version of a provider goes live which a consumer can rely on: the newest one that was published and isn't a
    /// subject, one that is compatible before one that isn't verified, if there is one. That of a retired provider can't.
    pub(super) fn deploy_first(
        &mut self,
        consumer: &ServiceVersion,
        provider: &ServiceName,
        id: ContractId,
    ) -> Result<NextStep, StoreError> {
        /// How many versions are judged.
        const NEWEST: usize = 20;
        let day = self.check.facts.day;
        if self.check.facts.declared(provider)?.is_retired(day) {
            return Ok(NextStep::UseAgain(provider.clone()));
        }
        let mut unverified = None;
        let mut compatible = None;
        for version in newest_first(self.check.facts.book, provider)?.into_iter().take(NEWEST) {
            let of = ServiceVersion::new(provider.clone(), version.clone());
            if self.moment.subjects.contains(&of) {
                continue;
            }
            match self.check.judge(consumer, &of, id)?.code.state() {
                State::Compatible => {
                    compatible = Some(version);
                    break;
                }
                State::Unverified => unverified = unverified.or(Some(version)),
                State::Incompatible | State::Unknown | State::MissingProvider => {}
            }
        }
        let environment = self.check.facts.environment.clone();
        Ok(NextStep::DeployFirst { provider: provider.clone(), version: compatible.or(unverified), environment })
    }

    fn missing_provider(
        &mut self,
        subject: &ServiceVersion,
        (provider, id): (&ServiceName, ContractId),
        versions: &Versions,
    ) -> Result<(), StoreError> {
        let consumer = self.world.side(subject);
        let environment = self.check.facts.environment.clone();
        let of = |version: &Version| ServiceVersion::new(provider.clone(), version.clone());
        let rolling_out = versions.iter().find(|(_, roles)| roles.iter().any(|role| *role != Role::Candidate));
        let on = |role: &Role| match role {
            Role::Live { instance, .. } => instance.clone(),
            Role::Candidate | Role::Leaving => None,
        };
        let instance = rolling_out.and_then(|(_, roles)| roles.iter().find_map(on));
        let (fact, next) = match (rolling_out, versions.first_key_value()) {
            (Some((version, _)), _) => (
                Fact::StillRollingOut { provider: of(version), environment: environment.clone() },
                NextStep::FinishRollout { provider: of(version), place: Target { environment, instance } },
            ),
            (None, Some((version, _))) => {
                let mut next = self.deploy_first(subject, provider, id)?;
                if let Some(own) = consumer.version.clone() {
                    let consumer = ServiceVersion::new(consumer.service.clone(), own);
                    let environment = environment.clone();
                    next = NextStep::OrderFirst { provider: of(version), consumer, environment };
                }
                (Fact::NotLiveBefore { candidate: of(version), environment }, next)
            }
            (None, None) => (
                Fact::NotLive { provider: provider.clone(), environment: environment.clone() },
                self.deploy_first(subject, provider, id)?,
            ),
        };
        let day = self.check.facts.day;
        let declared = self.check.facts.declared(provider)?;
        let retired = declared.retired.filter(|_| declared.is_retired(day));
        let retired = retired.map(|since| Fact::Retired { service: provider.clone(), since });
        let facts = std::iter::once(fact).chain(retired).collect();
        let sides = (Some(consumer), Some(service_side(provider)));
        self.add(GateCode::MissingProvider, sides, facts, provider, Some(next))
    }

    pub(super) fn add(
        &mut self,
        code: GateCode,
        (consumer, provider): (Option<Side>, Option<Side>),
        facts: Vec<Fact>,
        turn: &ServiceName,
        next: impl IntoIterator<Item = NextStep>,
    ) -> Result<(), StoreError> {
        let owners = self.check.facts.owners(turn)?;
        let (causes, next) = (facts.into_iter().map(Cause::from).collect(), next.into_iter().collect());
        add(&mut self.rows, Row { code, consumer, provider, interactions: 0, causes, owners, next });
        Ok(())
    }
}

/// Which published version may have been meant by one that isn't published.
pub(super) fn suggestions(named: &ServiceVersion, known: &BTreeSet<Version>) -> Vec<Fact> {
    let ServiceVersion { service, version } = named;
    if known.is_empty() {
        return vec![Fact::NothingPublished(service.clone())];
    }
    let similar = || nearest(version.as_str(), known.iter().map(Version::as_str))?.parse().ok();
    let meant = similar();
    let meant = meant.map(|version| Fact::SimilarVersion(ServiceVersion::new(service.clone(), version)));
    let shared = |other: &Version| {
        let pairs = other.as_str().bytes().zip(version.as_str().bytes());
        pairs.take_while(|(one, other)| one == other).count()
    };
    let mut nearest_first: Vec<&Version> = known.iter().collect();
    nearest_first.sort_by_key(|other| Reverse(shared(other)));
    let versions = nearest_first.into_iter().take(LISTED).cloned().collect();
    meant.into_iter().chain([Fact::Published { service: service.clone(), versions }]).collect()
}
