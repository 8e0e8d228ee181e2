//! The world at one moment: every live version and candidate, and why.

use std::collections::BTreeMap;

use super::decision::{Role, Side};
use super::facts::Facts;
use crate::interaction::ServiceName;
use crate::ledger::{ServiceVersion, Version};

/// A moment: the versions in question, and the candidates that went live before.
pub(super) struct Moment<'m> {
    /// The versions whose pairs are judged.
    pub subjects: &'m [ServiceVersion],
    /// Candidates that have already replaced the versions before them.
    pub settled: &'m [ServiceVersion],
    /// The instance that the candidates go to.
    pub instance: Option<&'m ServiceName>,
    /// Whether the subjects are candidates; otherwise they are live.
    pub candidates: bool,
    /// Whether they go back to a place where they were live before.
    pub rollback: bool,
}

/// The roles of the versions of one service.
pub(super) type Versions = BTreeMap<Version, Vec<Role>>;

/// The versions of every service in the world, with their roles.
pub(super) struct World(BTreeMap<ServiceName, Versions>);

impl World {
    /// The world at a moment.
    pub(super) fn at(moment: &Moment<'_>, facts: &Facts<'_>) -> Self {
        let mut world: BTreeMap<ServiceName, Versions> = BTreeMap::new();
        for (service, read) in &facts.world {
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
        Self(world)
    }

    /// Every version in the world.
    pub(super) fn versions(&self) -> Vec<ServiceVersion> {
        let all = self.0.iter().flat_map(|(service, versions)| versions.keys().map(move |version| (service, version)));
        all.map(|(service, version)| ServiceVersion::new(service.clone(), version.clone())).collect()
    }

    /// The versions of a service.
    pub(super) fn versions_of(&self, service: &ServiceName) -> Versions {
        self.0.get(service).cloned().unwrap_or_default()
    }

    /// A version as one side of a pair, which is to be retired.
    pub(super) fn leaving(&self, of: &ServiceVersion) -> Side {
        let mut side = self.side(of);
        side.roles.insert(0, Role::Leaving);
        side
    }

    /// A version as one side of a pair.
    pub(super) fn side(&self, of: &ServiceVersion) -> Side {
        let roles = self.0.get(&of.service).and_then(|versions| versions.get(&of.version)).cloned().unwrap_or_default();
        Side { service: of.service.clone(), version: Some(of.version.clone()), roles }
    }
}

/// A service as one side of a pair, if none of its versions is in question.
pub(super) fn service_side(service: &ServiceName) -> Side {
    Side { service: service.clone(), version: None, roles: Vec::new() }
}
