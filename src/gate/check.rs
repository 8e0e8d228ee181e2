//! The world at one moment, and every pair in it that some versions take part in.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::code;
use super::decision::{Because, Role, Row, Side, State};
use super::facts::Facts;
use super::pair::{Judged, judge, repair};
use crate::interaction::{ContractId, ServiceName};
use crate::ledger::{Doubt, Event, Live, Published, ServiceVersion, StoreError, Version, abbreviated};
use crate::words::{and_list, did_you_mean};

/// A moment: what is asked about, and what has happened to the candidates before.
pub(super) struct Moment<'m> {
    /// The versions whose pairs are judged.
    pub subjects: &'m [ServiceVersion],
    /// Candidates that have taken the place of what was there before.
    pub settled: &'m [ServiceVersion],
    /// Where candidates go to.
    pub instance: Option<&'m ServiceName>,
    /// Whether the subjects are asked about, and not live already.
    pub candidates: bool,
    /// Whether they go back to where they were live before.
    pub rollback: bool,
}

/// Every version in the world with the reasons why it is part of it.
type World = BTreeMap<ServiceName, BTreeMap<Version, Vec<Role>>>;

/// Judges pairs, each once, over several moments.
pub(super) struct Check<'f, 'b> {
    pub facts: &'f mut Facts<'b>,
    judged: BTreeMap<(ServiceVersion, ServiceVersion, ContractId), Judged>,
}

impl<'f, 'b> Check<'f, 'b> {
    pub(super) const fn new(facts: &'f mut Facts<'b>) -> Self {
        Self { facts, judged: BTreeMap::new() }
    }

    /// Every row of a moment, the worst first.
    pub(super) fn rows(&mut self, moment: &Moment<'_>) -> Result<Vec<Row>, StoreError> {
        let world = self.world(moment);
        let mut rows = Vec::new();
        for subject in moment.subjects {
            self.as_consumer(subject, moment, &world, &mut rows)?;
            // Where all that is live is a subject, every pair was met from its consumer's side.
            if moment.candidates {
                self.as_provider(subject, moment, &world, &mut rows)?;
            }
        }
        sort(&mut rows);
        Ok(rows)
    }

    fn world(&self, moment: &Moment<'_>) -> World {
        let mut world = World::new();
        for (service, read) in &self.facts.world {
            let settled = moment.settled.iter().find(|one| one.service == *service);
            for live in &read.value.live {
                if settled.is_some_and(|new| live.ends_with(&new.version, moment.instance)) {
                    continue;
                }
                let role = Role::Live { event: live.event, since: live.at.clone(), instance: live.instance.clone() };
                world.entry(service.clone()).or_default().entry(live.version.clone()).or_default().push(role);
            }
        }
        let subjects = moment.subjects.iter().filter(|_| moment.candidates);
        for one in moment.settled.iter().chain(subjects) {
            let roles = world.entry(one.service.clone()).or_default().entry(one.version.clone()).or_default();
            if !roles.contains(&Role::Candidate) {
                roles.insert(0, Role::Candidate);
            }
        }
        world
    }

    /// What a subject needs of others.
    fn as_consumer(
        &mut self,
        subject: &ServiceVersion,
        moment: &Moment<'_>,
        world: &World,
        rows: &mut Vec<Row>,
    ) -> Result<(), StoreError> {
        let own = side(subject, world);
        let read = self.facts.published(subject)?.clone();
        if !read.doubts.is_empty() {
            return self.doubtful(rows, Some(own), None, &read.doubts, &subject.service);
        }
        let expected = match read.value {
            Some(Published::As(expected)) => expected,
            Some(Published::Conflicting) => return self.published_twice(rows, own, None),
            // A live version may need not have published yet; one that is asked about has to.
            None if !moment.candidates && self.facts.is_not_onboarded(&subject.service)? => return Ok(()),
            None => return self.not_published(rows, own, None, subject),
        };
        for (provider, id) in expected {
            if !self.facts.services.contains(&provider) {
                let text = format!("{} expects something of {provider}, which the store does not declare", own.short());
                let next = format!("declare it: upheld store init --service {provider}");
                self.push(
                    rows,
                    (code::UNDECLARED, State::Unknown),
                    (Some(own.clone()), Some(named(&provider))),
                    vec![Because::Told(text)],
                    &subject.service,
                    next,
                )?;
                continue;
            }
            let doubts = self.facts.doubts_of_what_is_live(&provider);
            if !doubts.is_empty() {
                self.doubtful(rows, Some(own.clone()), Some(named(&provider)), &doubts, &provider)?;
            }
            let empty = BTreeMap::new();
            let versions = world.get(&provider).unwrap_or(&empty);
            // A roll-out may be live, and may be given up: it can break others, and nobody can rely on it yet.
            let is_there = |roles: &Vec<Role>| {
                roles.iter().any(|role| matches!(role, Role::Live { event: Event::Done | Event::Released, .. }))
            };
            let settled = moment.settled.iter().any(|one| one.service == provider);
            if provider != subject.service && !settled && !versions.values().any(is_there) {
                self.missing_provider(rows, own.clone(), &provider, versions)?;
            }
            for version in versions.keys() {
                let other = ServiceVersion::new(provider.clone(), version.clone());
                self.pair(rows, subject, &other, id, moment, world)?;
            }
        }
        Ok(())
    }

    /// What others need of a subject.
    fn as_provider(
        &mut self,
        subject: &ServiceVersion,
        moment: &Moment<'_>,
        world: &World,
        rows: &mut Vec<Row>,
    ) -> Result<(), StoreError> {
        let all = self.facts.world.iter();
        let in_doubt: Vec<ServiceName> =
            all.filter(|(_, read)| !read.doubts.is_empty()).map(|(service, _)| service.clone()).collect();
        for service in in_doubt {
            if self.facts.may_need(&service, &subject.service)? {
                let doubts = self.facts.doubts(&service).to_vec();
                let sides = (Some(named(&service)), Some(side(subject, world)));
                self.doubtful(rows, sides.0, sides.1, &doubts, &service)?;
            }
        }
        for (service, versions) in world {
            for version in versions.keys() {
                let other = ServiceVersion::new(service.clone(), version.clone());
                if moment.subjects.contains(&other) && other != *subject {
                    // It is asked about itself, as a consumer.
                    continue;
                }
                let read = self.facts.published(&other)?.clone();
                let consumer = side(&other, world);
                match read.value {
                    // What is doubtful of what is live was told above, and of a candidate where it is the consumer.
                    _ if !read.doubts.is_empty() => {}
                    Some(Published::As(expected)) => {
                        if let Some(id) = expected.get(&subject.service) {
                            self.pair(rows, &other, subject, *id, moment, world)?;
                        }
                    }
                    // An old version of the subject's own service has no part in what the new one gives to others, unless
                    // the service is a consumer of itself.
                    _ if *service == subject.service
                        && (other == *subject || !self.facts.consumers_ever(service)?.contains(service)) => {}
                    Some(Published::Conflicting) => {
                        self.published_twice(rows, consumer, Some(side(subject, world)))?;
                    }
                    None if self.facts.is_not_onboarded(service)? => {
                        self.not_onboarded(rows, consumer, side(subject, world))?;
                    }
                    None => self.not_published(rows, consumer, Some(side(subject, world)), &other)?,
                }
            }
        }
        Ok(())
    }

    fn pair(
        &mut self,
        rows: &mut Vec<Row>,
        consumer: &ServiceVersion,
        provider: &ServiceVersion,
        id: ContractId,
        moment: &Moment<'_>,
        world: &World,
    ) -> Result<(), StoreError> {
        let key = (consumer.clone(), provider.clone(), id);
        let judged = if let Some(known) = self.judged.get(&key) {
            known.clone()
        } else {
            let judged = judge(self.facts, consumer, provider, id)?;
            self.judged.insert(key, judged.clone());
            judged
        };
        let Judged { mut code, mut state, interactions, mut reasons, turn, mut next } = judged;
        if state == State::Unverified && moment.rollback && self.was_live_beside(consumer, provider, moment)? {
            (code, state) = (code::ROLLBACK, State::Compatible);
            let text = "results are missing, but these two versions were live together before";
            reasons.push(Because::Told(String::from(text)));
            next.clear();
        }
        let owners = self.facts.owners(&turn)?;
        add(
            rows,
            Row {
                code,
                state,
                consumer: Some(side(consumer, world)),
                provider: Some(side(provider, world)),
                interactions,
                reasons,
                owners,
                next,
            },
        );
        Ok(())
    }

    /// Whether a subject was live before, at a time when the other side was, too. The only question that rests on the
    /// times of records: it has to be asked for, and is told of.
    fn was_live_beside(
        &self,
        consumer: &ServiceVersion,
        provider: &ServiceVersion,
        moment: &Moment<'_>,
    ) -> Result<bool, StoreError> {
        let (back, other) =
            if moment.subjects.contains(provider) { (provider, consumer) } else { (consumer, provider) };
        if moment.subjects.contains(other) {
            return Ok(false);
        }
        let history = self.facts.book.history(&self.facts.environment, &back.service)?;
        if !history.doubts.is_empty() {
            return Ok(false);
        }
        let time = |at: &str| at.parse::<Timestamp>().ok();
        let was = history.value.iter().filter(|(_, record)| {
            // What was known to break somebody when it went live is no place to go back to.
            let was_broken = record.gate.as_deref() == Some(State::Incompatible.word());
            record.version == back.version && matches!(record.event, Event::Done | Event::Released) && !was_broken
        });
        let ends = was.filter_map(|(id, _)| {
            let over = history.value.iter().filter(|(_, record)| record.replaces.contains(id));
            over.filter_map(|(_, record)| time(&record.stamp.at)).min()
        });
        let Some(end) = ends.max() else { return Ok(false) };
        // Times are told to the second: what began in the very one in which the other ended may have come after it.
        let there = |live: &&Live| live.version == other.version && time(&live.at).is_some_and(|since| since < end);
        Ok(self.facts.live(&other.service).iter().any(|live| there(&live)))
    }

    fn doubtful(
        &mut self,
        rows: &mut Vec<Row>,
        consumer: Option<Side>,
        provider: Option<Side>,
        doubts: &[Doubt],
        turn: &ServiceName,
    ) -> Result<(), StoreError> {
        let reasons = doubts.iter().take(5).map(|doubt| Because::Told(doubt.to_string())).collect();
        let next = doubts.first().map(repair).unwrap_or_default();
        self.push(rows, (code::UNTRUSTED, State::Unknown), (consumer, provider), reasons, turn, next)
    }

    fn published_twice(
        &mut self,
        rows: &mut Vec<Row>,
        consumer: Side,
        provider: Option<Side>,
    ) -> Result<(), StoreError> {
        let text = format!("{} was published twice, with other content", consumer.short());
        let next = format!("publish a new version of {}; what one version expects can't change", consumer.service);
        let turn = consumer.service.clone();
        let what = (code::PUBLISHED_TWICE, State::Unknown);
        self.push(rows, what, (Some(consumer), provider), vec![Because::Told(text)], &turn, next)
    }

    fn not_published(
        &mut self,
        rows: &mut Vec<Row>,
        consumer: Side,
        provider: Option<Side>,
        version: &ServiceVersion,
    ) -> Result<(), StoreError> {
        let mut reasons = vec![Because::Told(format!("{version} was never published: what it needs is not known"))];
        let live = consumer.roles.iter().any(|role| *role != Role::Candidate);
        let next = if live {
            format!(
                "publish it: upheld publish {version}; or let services/{}.yaml say `not-onboarded-until: DATE`",
                version.service
            )
        } else {
            format!("publish it: upheld publish {version}")
        };
        if !live {
            let known = self.facts.book.versions(&version.service)?;
            let names = || known.iter().map(Version::as_str);
            let longer =
                abbreviated(&version.version, &known).map(|whole| format!("did you mean {}@{whole}?", version.service));
            let meant = longer.or_else(|| did_you_mean(version.version.as_str(), names()));
            reasons.extend(meant.map(Because::Told));
            if known.is_empty() {
                reasons.push(Because::Told(format!("no version of {} was ever published", version.service)));
            } else {
                let shown: Vec<&str> = nearest_first(version.version.as_str(), &known);
                reasons.push(Because::Told(format!("published of {} are {}", version.service, and_list(shown))));
            }
        }
        let what = (code::NOT_PUBLISHED, State::Unknown);
        self.push(rows, what, (Some(consumer), provider), reasons, &version.service, next)
    }

    fn not_onboarded(&mut self, rows: &mut Vec<Row>, consumer: Side, provider: Side) -> Result<(), StoreError> {
        let service = consumer.service.clone();
        let until = self.facts.declared(&service)?.not_onboarded_until;
        let until = until.map(|day| day.to_string()).unwrap_or_default();
        let text = format!("{} has published nothing, and need not until {until}", consumer.short());
        let what = (code::NOT_ONBOARDED, State::Compatible);
        self.push(rows, what, (Some(consumer), Some(provider)), vec![Because::Told(text)], &service, String::new())
    }

    fn missing_provider(
        &mut self,
        rows: &mut Vec<Row>,
        consumer: Side,
        provider: &ServiceName,
        versions: &BTreeMap<Version, Vec<Role>>,
    ) -> Result<(), StoreError> {
        let environment = self.facts.environment.clone();
        let rolling = versions.iter().find(|(_, roles)| roles.iter().any(|role| *role != Role::Candidate));
        let (text, next) = match rolling.or_else(|| versions.first_key_value()) {
            Some((version, roles)) if roles.iter().any(|role| *role != Role::Candidate) => (
                format!("{provider}@{} is still rolling out in {environment}, and may be given up", version.short()),
                format!("wait until it is live: upheld deployed {provider}@{version} --to {environment}"),
            ),
            Some((version, _)) => (
                format!("nothing of {provider} is live in {environment} before {provider}@{}", version.short()),
                format!("let {provider} go live first: --order {provider},{}", consumer.service),
            ),
            None => (
                format!("nothing of {provider} is live in {environment}"),
                format!("let a version of {provider} go live first: upheld gate {provider}@… --to {environment}"),
            ),
        };
        let what = (code::MISSING_PROVIDER, State::MissingProvider);
        self.push(rows, what, (Some(consumer), Some(named(provider))), vec![Because::Told(text)], provider, next)
    }

    fn push(
        &mut self,
        rows: &mut Vec<Row>,
        (code, state): (super::GateCode, State),
        (consumer, provider): (Option<Side>, Option<Side>),
        reasons: Vec<Because>,
        turn: &ServiceName,
        next: String,
    ) -> Result<(), StoreError> {
        let owners = self.facts.owners(turn)?;
        let next = if next.is_empty() { Vec::new() } else { vec![next] };
        add(rows, Row { code, state, consumer, provider, interactions: 0, reasons, owners, next });
        Ok(())
    }
}

/// Adds a row that is not there yet.
fn add(rows: &mut Vec<Row>, row: Row) {
    let same = |other: &Row| {
        let sides = |row: &Row| {
            let of = |side: &Option<Side>| side.as_ref().map(|side| (side.service.clone(), side.version.clone()));
            (of(&row.consumer), of(&row.provider))
        };
        other.code == row.code && sides(other) == sides(&row)
    };
    if !rows.iter().any(same) {
        rows.push(row);
    }
}

/// The worst first; among their like by their code and names.
pub(super) fn sort(rows: &mut [Row]) {
    rows.sort_by(|one, other| {
        let key = |row: &Row| (row.state, row.code, row.consumer.clone(), row.provider.clone());
        key(one).cmp(&key(other))
    });
}

/// Puts rows of several moments together.
pub(super) fn join(all: &mut Vec<Row>, more: Vec<Row>) {
    for row in more {
        add(all, row);
    }
}

fn side(of: &ServiceVersion, world: &World) -> Side {
    let roles = world.get(&of.service).and_then(|versions| versions.get(&of.version)).cloned().unwrap_or_default();
    Side { service: of.service.clone(), version: Some(of.version.clone()), roles }
}

fn named(service: &ServiceName) -> Side {
    Side { service: service.clone(), version: None, roles: Vec::new() }
}

/// Some of the known versions, those first that begin like the one that was typed.
fn nearest_first<'v>(typed: &str, known: &'v std::collections::BTreeSet<Version>) -> Vec<&'v str> {
    let alike = |version: &str| version.bytes().zip(typed.bytes()).take_while(|(one, other)| one == other).count();
    let mut names: Vec<&str> = known.iter().map(Version::as_str).collect();
    names.sort_by_key(|name| std::cmp::Reverse(alike(name)));
    names.truncate(5);
    names
}
