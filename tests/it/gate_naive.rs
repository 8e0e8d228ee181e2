//! A second gate for the property tests: plain facts instead of records, and every order, live version and run tried one by
//! one. It shares only the names of states with the real one.

use std::collections::{HashMap, HashSet};

use upheld::gate::State;
use upheld::ledger::TestResult;

/// A version: the number of the service and its own.
pub type At = (usize, usize);

/// All facts in a plain form.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The expectations of a version: the paths of each service, as bits.
    pub publications: Vec<(At, Vec<(usize, u8)>)>,
    pub runs: Vec<Run>,
    pub happenings: Vec<Happening>,
    /// The services whose versions may be live unpublished.
    pub not_onboarded: Vec<usize>,
}

/// One run of a provider's version: the result of each of the three paths, and the runs that it supersedes.
#[derive(Clone, Debug)]
pub struct Run {
    pub of: At,
    pub results: [Option<TestResult>; 3],
    pub instead_of: Vec<usize>,
}

/// Something that happened to a version.
#[derive(Clone, Debug)]
pub struct Happening {
    pub of: At,
    pub what: What,
    /// On one of two instances.
    pub instance: bool,
    /// Whether its writer didn't see earlier events.
    pub blind: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Started,
    Done,
    Released,
    Undeployed,
    SupportEnded,
}

impl Facts {
    /// The versions that are live in the end, how, and on which instance.
    fn live(&self) -> Vec<(At, What, bool)> {
        let mut live: Vec<(usize, (At, What, bool))> = Vec::new();
        // What was deployed when each roll-out began.
        let mut seen: HashMap<usize, HashSet<usize>> = HashMap::new();
        for (id, Happening { of, what, instance, blind }) in self.happenings.iter().enumerate() {
            let rollouts: Vec<&HashSet<usize>> = live
                .iter()
                .filter(|(_, one)| *one == (*of, What::Started, *instance))
                .map(|(id, _)| &seen[id])
                .collect();
            // The end of a roll-out doesn't replace what came after its beginning.
            let is_known = |id: &usize| rollouts.is_empty() || rollouts.iter().any(|seen| seen.contains(id));
            let ends = |id: &usize, (at, how, on): &(At, What, bool)| match what {
                What::Started | What::Released => at == of && how == what && on == instance,
                What::Done => replaced(*of, *instance, &(*at, *how, *on)) && (at == of || is_known(id)),
                What::Undeployed => at == of && *how != What::Released,
                What::SupportEnded => at == of && *how == What::Released,
            };
            let is_arrival = matches!(what, What::Started | What::Done | What::Released);
            let (ended, left): (Vec<_>, Vec<_>) =
                live.iter().copied().partition(|(id, one)| !(*blind && is_arrival) && ends(id, one));
            if *what == What::Done {
                // A version that is deployed again is the same deployment.
                let same: Vec<usize> = ended.iter().filter(|(_, one)| one.0 == *of).map(|(id, _)| *id).collect();
                for seen in seen.values_mut().filter(|seen| same.iter().any(|id| seen.contains(id))) {
                    seen.insert(id);
                }
            }
            if *what == What::Started {
                let deployed = live
                    .iter()
                    .filter(|(_, one)| !*blind && one.0.0 == of.0 && one.1 == What::Done && one.2 == *instance);
                seen.insert(id, deployed.map(|(id, _)| *id).collect());
            }
            live = left;
            if is_arrival {
                live.push((id, (*of, *what, *instance)));
            }
        }
        live.into_iter().map(|(_, one)| one).collect()
    }

    /// The expectations of a version; `None` if they are unknown.
    fn expects(&self, of: At) -> Option<&Vec<(usize, u8)>> {
        let mut all = self.publications.iter().filter(|(at, _)| *at == of).map(|(_, expects)| expects);
        let first = all.next()?;
        all.all(|other| other == first).then_some(first)
    }

    /// Whether any version of a service ever expected something of the same service.
    fn needs_itself(&self, service: usize) -> bool {
        let own = self.publications.iter().filter(|(at, _)| at.0 == service);
        own.flat_map(|(_, expects)| expects).any(|(to, _)| *to == service)
    }

    fn is_unpublished(&self, of: At) -> bool {
        !self.publications.iter().any(|(at, _)| *at == of)
    }

    /// The state of one path with a version.
    fn path(&self, of: At, path: usize) -> State {
        let is_void = |number: usize| {
            self.runs.iter().any(|run| {
                run.instead_of.contains(&number)
                    && matches!(run.results[path], Some(TestResult::Upheld | TestResult::Broken))
            })
        };
        let runs = self.runs.iter().enumerate().filter(|(number, run)| run.of == of && !is_void(*number));
        let results: Vec<TestResult> = runs.filter_map(|(_, run)| run.results[path]).collect();
        if results.contains(&TestResult::Broken) {
            State::Incompatible
        } else if results.contains(&TestResult::Upheld) {
            State::Compatible
        } else {
            State::Unverified
        }
    }

    fn pair(&self, provider: At, paths: u8) -> State {
        let asked = (0..3).filter(|path| paths & (1 << path) != 0);
        asked.map(|path| self.path(provider, path)).min().unwrap_or(State::Compatible)
    }

    /// The state of one version in a world that it is part of.
    fn stands(&self, own: At, world: &[At], settled: &[At]) -> State {
        // A roll-out may be given up, so nobody can rely on it.
        let lasts = |service: usize| {
            let live = self.live();
            let live =
                live.iter().filter(|(at, how, _)| at.0 == service && *how != What::Started && world.contains(at));
            service == own.0 || settled.iter().any(|at| at.0 == service) || live.count() > 0
        };
        let mut worst = State::Compatible;
        match self.expects(own) {
            None => worst = State::Unknown,
            Some(expects) => {
                for (service, paths) in expects {
                    let there: Vec<&At> = world.iter().filter(|at| at.0 == *service).collect();
                    if !lasts(*service) {
                        worst = worst.min(State::MissingProvider);
                    }
                    for provider in there {
                        worst = worst.min(self.pair(*provider, *paths));
                    }
                }
            }
        }
        for consumer in world {
            match self.expects(*consumer) {
                Some(expects) => {
                    for (_, paths) in expects.iter().filter(|(service, _)| *service == own.0) {
                        worst = worst.min(self.pair(own, *paths));
                    }
                }
                None if consumer.0 == own.0 && !self.needs_itself(own.0) => {}
                None if self.is_unpublished(*consumer) && self.not_onboarded.contains(&consumer.0) => {}
                None => worst = worst.min(State::Unknown),
            }
        }
        worst
    }

    /// The world after some candidates have replaced the versions before them, and with one more.
    fn world(&self, settled: &[At], next: &[At], instance: bool) -> Vec<At> {
        let is_gone = |one: &(At, What, bool)| settled.iter().any(|new| replaced(*new, instance, one));
        let live = self.live();
        let left = live.iter().filter(|one| !is_gone(one)).map(|one| one.0);
        left.chain(settled.iter().copied()).chain(next.iter().copied()).collect()
    }

    /// The candidates one after another.
    pub fn in_order(&self, order: &[At], instance: bool) -> State {
        let step =
            |at: usize| self.stands(order[at], &self.world(&order[..at], &order[at..=at], instance), &order[..at]);
        (0..order.len()).map(step).min().unwrap_or(State::Compatible)
    }

    /// All candidates at the same moment.
    pub fn at_once(&self, candidates: &[At], instance: bool) -> State {
        let world = self.world(candidates, &[], instance);
        candidates.iter().map(|one| self.stands(*one, &world, candidates)).min().unwrap_or(State::Compatible)
    }

    /// Every order with its result.
    pub fn in_every_order(&self, candidates: &[At], instance: bool) -> Vec<(Vec<At>, State)> {
        let with_state = |order: Vec<At>| (self.in_order(&order, instance), order);
        orders(candidates).into_iter().map(with_state).map(|(state, order)| (order, state)).collect()
    }
}

/// Whether deploying a version to an instance ends this.
fn replaced(new: At, instance: bool, (at, how, on): &(At, What, bool)) -> bool {
    at.0 == new.0 && *on == instance && (*how == What::Done || *how == What::Started && *at == new)
}

fn orders(of: &[At]) -> Vec<Vec<At>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in of {
        let rest: Vec<At> = of.iter().filter(|one| *one != first).copied().collect();
        all.extend(orders(&rest).into_iter().map(|order| [vec![*first], order].concat()));
    }
    all
}
