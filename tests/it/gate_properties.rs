//! Properties of every small world: the gate decides as the naive one does, and nothing that is broken, added, missing or
//! unreadable opens it.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use sha2::{Digest as _, Sha256};
use upheld::gate::{Decision, Plan, Question, State};
use upheld::ledger::{
    Arrival, Book, Departure, NewFile, RecordId, Refusal, TestResult, arrive, layout, publish, verification,
};

use crate::gate_naive::{At, Facts, Happening, Run, What};
use crate::ledger_memory::Files;
use crate::ledger_world::{World, contract_of, name, of, stamp_of, verified};
use crate::strategies::cases;

const SERVICES: [&str; 4] = ["a", "b", "c", "d"];
const PATHS: [&str; 3] = ["x", "y", "z"];

/// Facts, and the candidates.
#[derive(Clone, Debug)]
struct Case {
    facts: Facts,
    candidates: Vec<At>,
    instance: bool,
}

fn text(at: At) -> String {
    format!("{}@{}", SERVICES[at.0], at.1)
}

fn paths(mask: u8) -> Vec<&'static str> {
    (0..3).filter(|path| mask & (1 << path) != 0).map(|path| PATHS[path]).collect()
}

/// The expectations of a version for the services.
fn expects(services: usize, own: usize) -> impl Strategy<Value = Vec<(usize, u8)>> {
    let one = |provider: usize| {
        let often = if provider == own { 1 } else { 4 };
        prop_oneof![6 => Just(None), often => (1_u8..8).prop_map(move |mask| Some((provider, mask)))]
    };
    (0..services).map(one).collect::<Vec<_>>().prop_map(|all| all.into_iter().flatten().collect())
}

/// The publications of a version: usually one, sometimes none, sometimes two.
fn published(services: usize, at: At) -> impl Strategy<Value = Vec<(At, Vec<(usize, u8)>)>> {
    let times = prop_oneof![1 => Just(0_usize), 16 => Just(1), 1 => Just(2)];
    let all = times.prop_flat_map(move |times| vec(expects(services, at.0), times));
    all.prop_map(move |all| all.into_iter().map(|expects| (at, expects)).collect())
}

/// Runs of a version; later ones may supersede earlier ones. Most pairs are compatible, or the gate would never open.
fn runs(at: At) -> impl Strategy<Value = Vec<Run>> {
    use TestResult::{Broken, Error, Upheld};
    let result = prop_oneof![
        24 => Just(Some(Upheld)), 2 => Just(None), 2 => Just(Some(Broken)), 1 => Just(Some(Error))
    ];
    let one = ([result.clone(), result.clone(), result], vec(prop::bool::weighted(0.4), 2));
    vec(one, 0..=3).prop_map(move |all| {
        let run = |(number, (results, instead)): (usize, ([Option<TestResult>; 3], Vec<bool>))| Run {
            of: at,
            results,
            instead_of: (0..number).filter(|before| instead.get(*before) == Some(&true)).collect(),
        };
        all.into_iter().enumerate().map(run).collect()
    })
}

fn happening(versions: Vec<At>) -> impl Strategy<Value = Happening> {
    use What::{Done, Released, Started, SupportEnded, Undeployed};
    let what = prop_oneof![
        8 => Just(Done), 2 => Just(Started), 2 => Just(Released), 1 => Just(Undeployed), 1 => Just(SupportEnded)
    ];
    let of = prop::sample::select(versions);
    (of, what, prop::bool::weighted(0.2), prop::bool::weighted(0.1)).prop_map(|(of, what, instance, blind)| Happening {
        of,
        what,
        instance,
        blind,
    })
}

/// Worlds of two to four services with up to three versions each, and up to three candidates.
fn case() -> impl Strategy<Value = Case> {
    vec(1_usize..=3, 2..=4).prop_flat_map(|counts| {
        let services = counts.len();
        let versions: Vec<At> = counts
            .iter()
            .enumerate()
            .flat_map(|(service, count)| (1..=*count).map(move |own| (service, own)))
            .collect();
        let publications: Vec<_> = versions.iter().map(|at| published(services, *at)).collect();
        let all_runs: Vec<_> = versions.iter().map(|at| runs(*at)).collect();
        let candidates = subsequence((0..services).collect::<Vec<_>>(), 1..=services.min(3)).prop_shuffle();
        let not_onboarded = vec(prop::bool::weighted(0.05), services);
        let picks = vec(any::<Index>(), services);
        let live = vec(happening(versions), 0..=6);
        (publications, all_runs, live, not_onboarded, candidates, picks, prop::bool::weighted(0.2)).prop_map(
            move |(publications, all_runs, happenings, not_onboarded, candidates, picks, instance)| {
                let mut runs: Vec<Run> = Vec::new();
                for of_version in all_runs {
                    let first = runs.len();
                    runs.extend(of_version.into_iter().map(|run| Run {
                        instead_of: run.instead_of.into_iter().map(|number| first + number).collect(),
                        ..run
                    }));
                }
                let facts = Facts {
                    publications: publications.into_iter().flatten().collect(),
                    runs,
                    happenings,
                    not_onboarded: (0..services).filter(|service| not_onboarded[*service]).collect(),
                };
                let version = |service: &usize| (*service, 1 + picks[*service].index(counts[*service]));
                Case { facts, candidates: candidates.iter().map(version).collect(), instance }
            },
        )
    })
}

/// The same facts as real records, the first of them written in this minute.
fn world_of(facts: &Facts, first_minute: i64) -> World {
    let mut world = World::new(&SERVICES.join(" "));
    for service in &facts.not_onboarded {
        world.declare(SERVICES[*service], "not-onboarded-until: 2030-01-31\n");
    }
    let empty = world.store.view();
    let blank = Book::new(&empty);
    let mut minute = first_minute;
    let mut stamp = || {
        minute += 1;
        stamp_of(minute)
    };
    let mut files: Vec<NewFile> = Vec::new();
    for (at, expects) in &facts.publications {
        let contract =
            |(provider, mask): &(usize, u8)| contract_of(SERVICES[at.0], SERVICES[*provider], &paths(*mask).join(" "));
        let contracts: Vec<_> = expects.iter().map(contract).collect();
        // Each is written by somebody who didn't see the others.
        files.extend(publish(&blank, &of(&text(*at)), None, &contracts, stamp()).unwrap());
    }
    let mut ids: Vec<RecordId> = Vec::new();
    for run in &facts.runs {
        let mut record = verified(&text(run.of), &words(run.results), stamp());
        record.supersedes = run.instead_of.iter().map(|number| ids[*number]).collect();
        let written = verification(&blank, record, false).unwrap();
        ids.push(layout::record_name(written[0].path.rsplit('/').next().unwrap()).unwrap().1);
        files.extend(written);
    }
    world.store.meddle(|all| all.extend(files.into_iter().map(|file| (file.path, file.bytes))));
    for Happening { of: at, what, instance, blind } in &facts.happenings {
        let (version, instance, stamp) = (of(&text(*at)), instance.then_some("eu"), stamp());
        let target = world.target(instance);
        let arrival = match what {
            What::Started => Arrival::Started { until: String::from("2026-11-24T12:00:00Z") },
            What::Done => Arrival::Done,
            What::Released => Arrival::Released,
            What::Undeployed | What::SupportEnded => {
                let departure = if *what == What::Undeployed { Departure::Undeployed } else { Departure::SupportEnded };
                match world.try_depart(&text(*at), None, departure) {
                    Ok(()) | Err(Refusal::NotLive { .. }) => continue,
                    Err(refusal) => panic!("{refusal:?}"),
                }
            }
        };
        let written = if *blind {
            arrive(&blank, &version, &target, arrival, true, None, stamp)
        } else {
            world.asked(|book| arrive(book, &version, &target, arrival, true, None, stamp))
        };
        world.land(&written.unwrap());
    }
    world
}

/// Results in the form that `World` takes.
fn words(results: [Option<TestResult>; 3]) -> String {
    let word = |(path, result): (&str, Option<TestResult>)| match result {
        None => String::new(),
        Some(TestResult::Upheld) => format!("{path} "),
        Some(TestResult::Broken) => format!("!{path} "),
        Some(TestResult::Error) => format!("?{path} "),
    };
    PATHS.into_iter().zip(results).map(word).collect()
}

impl Case {
    fn world(&self) -> World {
        world_of(&self.facts, 0)
    }

    fn question(&self, world: &World, plan: Plan) -> Question {
        let candidates: Vec<String> = self.candidates.iter().map(|at| text(*at)).collect();
        let instance = self.instance.then(|| name("eu"));
        Question { plan, instance, ..world.question(&candidates.join(" ")) }
    }

    fn ask(&self, world: &World, plan: Plan) -> Decision {
        world.answer(&self.question(world, plan)).0
    }

    /// Every plan for the candidates.
    fn plans(&self) -> Vec<Plan> {
        let order = self.candidates.iter().map(|at| name(SERVICES[at.0])).collect();
        vec![Plan::Any, Plan::Order(order), Plan::Atomic]
    }

    fn is_allowed(&self, world: &World) -> Vec<bool> {
        self.plans().into_iter().map(|plan| self.ask(world, plan).allow).collect()
    }
}

/// Whether the gate may open if a file is gone: a deployment, a verification with a break, one of two different publications,
/// or a publication of an exempt service.
fn may_open_if_gone(case: &Case, path: &str, bytes: &[u8]) -> bool {
    match path.split('/').next().unwrap() {
        layout::DEPLOYMENTS => true,
        layout::VERIFICATIONS => String::from_utf8_lossy(bytes).contains("\"broken\""),
        layout::PUBLICATIONS => case.facts.publications.iter().any(|(at, _)| {
            let is_of = path.contains(&format!("/{}/", SERVICES[at.0])) && path.contains(&format!("/{}.", at.1));
            let times = case.facts.publications.iter().filter(|(other, _)| other == at).count();
            is_of && (times > 1 || case.facts.not_onboarded.contains(&at.0))
        }),
        _ => false,
    }
}

/// What may happen to a file.
#[derive(Clone, Debug)]
enum Damage {
    /// One byte of it is another.
    Byte(Index),
    /// Its end is missing.
    Cut(Index),
    /// It is empty, as after a crash.
    Empty,
    /// A newer program has written it anew, under a name that is right.
    Newer,
    /// The same content in another form, under a name that is right.
    Spelt,
    Gone,
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => any::<Index>().prop_map(Damage::Byte),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => Just(Damage::Empty),
        2 => Just(Damage::Newer),
        1 => Just(Damage::Spelt),
        2 => Just(Damage::Gone),
    ]
}

impl Damage {
    fn apply(&self, files: &mut Files, path: &str) {
        // An earlier damage may have taken it away.
        let Some(bytes) = files.remove(path) else { return };
        let bytes = match self {
            Self::Byte(at) if !bytes.is_empty() => {
                let mut bytes = bytes;
                let at = at.index(bytes.len());
                bytes[at] ^= 1;
                bytes
            }
            Self::Cut(at) => bytes[..at.index(bytes.len() + 1)].to_vec(),
            Self::Byte(_) | Self::Empty => Vec::new(),
            Self::Newer | Self::Spelt if std::path::Path::new(path).extension().is_some_and(|end| end == "json") => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let text = if matches!(self, Self::Newer) {
                    String::from(r#"{"format":2,"needs":"0.9.0"}"#)
                } else {
                    text.replacen('{', "{ ", 1)
                };
                let id: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
                let (folder, name) = path.rsplit_once('/').unwrap();
                let stem = name.strip_suffix(".json").unwrap();
                let version = stem.rsplit_once('.').map(|(version, _)| format!("{version}.")).unwrap_or_default();
                files.insert(format!("{folder}/{version}{id}.json"), text.into_bytes());
                return;
            }
            Self::Newer | Self::Spelt => bytes,
            Self::Gone => return,
        };
        files.insert(path.to_owned(), bytes);
    }
}

/// No plan that was denied is allowed now.
fn none_opened(before: &[bool], after: &[bool]) -> bool {
    before.iter().zip(after).all(|(before, after)| *before || !*after)
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn the_gate_says_what_a_naive_one_does(case in case()) {
        let world = case.world();
        let Case { facts, candidates, instance } = &case;
        let [any, ordered, at_once] = case.plans().try_into().unwrap();
        let expected = facts.in_order(candidates, *instance);
        let ordered = case.ask(&world, ordered);
        prop_assert_eq!((ordered.allow, ordered.state), (expected == State::Compatible, expected));
        let expected = facts.at_once(candidates, *instance);
        let at_once = case.ask(&world, at_once);
        prop_assert_eq!((at_once.allow, at_once.state), (expected == State::Compatible, expected));
        let all = facts.in_every_order(candidates, *instance);
        let best = all.iter().map(|(_, state)| *state).max().unwrap();
        let any = case.ask(&world, any);
        prop_assert_eq!((any.allow, any.state), (best == State::Compatible, best));
        let order: Vec<String> = any.order.iter().map(ToString::to_string).collect();
        if order.is_empty() {
            prop_assert!(all.iter().all(|(_, state)| *state == best) || best != State::Compatible, "any order will do");
        } else {
            let is_it = |(one, state): &(Vec<At>, State)| {
                *state == best && one.iter().map(|at| text(*at)).collect::<Vec<_>>() == order
            };
            prop_assert!(all.iter().any(is_it), "the order {:?} is as good as said", order);
        }
    }
}

/// A stranger with a record of a finished deployment, whose view of the store is lost.
fn beside_a_stranger() -> (World, String) {
    let mut world = World::new("a e f");
    world.publish("a@1", &[]);
    world.publish("e@1", &[("f", "x")]);
    world.try_arrive("e@1", None, Arrival::Done, false, Some("incompatible")).unwrap();
    world.store.has_no_history = true;
    let path = world.store.below("deployments/production/e").remove(0);
    (world, path)
}

#[test]
fn no_byte_of_a_stranger_s_deployment_closes_the_gate() {
    let (world, path) = beside_a_stranger();
    assert!(world.gate("a@1").0.allow);
    for at in 0..world.store.files()[&path].len() {
        let (world, path) = beside_a_stranger();
        world.store.meddle(|all| all.get_mut(&path).unwrap()[at] ^= 1);
        let answer = world.gate("a@1");
        assert!(answer.0.allow, "byte {at}: {:?}", answer.0.rows);
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_broken_result_never_opens_the_gate(case in case(), of in any::<Index>(), path in 0_usize..3) {
        let mut world = case.world();
        let before = case.is_allowed(&world);
        let run = text(case.candidates[of.index(case.candidates.len())]);
        let live: Vec<String> = case.facts.happenings.iter().map(|one| text(one.of)).collect();
        for version in std::iter::once(run).chain(live) {
            world.verify(&version, &format!("!{}", PATHS[path]));
            let after = case.is_allowed(&world);
            prop_assert!(none_opened(&before, &after), "{version}: {before:?} {after:?}");
        }
    }

    /// Except if a candidate needs the consumer itself, which wasn't there before.
    #[test]
    fn a_live_version_of_a_consumer_never_opens_its_provider_s_gate(
        case in case(), expects in vec((0_usize..4, 1_u8..8), 0..3), service in 0_usize..4, published in any::<bool>()
    ) {
        let expected_of_it = |(at, expects): &(At, Vec<(usize, u8)>)| {
            case.candidates.contains(at) && expects.iter().any(|(provider, _)| *provider == service)
        };
        prop_assume!(!case.facts.publications.iter().any(expected_of_it));
        let mut world = case.world();
        let before = case.is_allowed(&world);
        let version = text((service, 9));
        if published {
            let mut seen = BTreeSet::new();
            let expects: Vec<(&str, String)> = expects.iter().filter(|(provider, _)| seen.insert(*provider))
                .map(|(provider, mask)| (SERVICES[*provider], paths(*mask).join(" "))).collect();
            let expects: Vec<(&str, &str)> = expects.iter().map(|(provider, paths)| (*provider, paths.as_str())).collect();
            world.publish(&version, &expects);
        }
        world.try_arrive(&version, None, Arrival::Released, true, None).unwrap();
        let after = case.is_allowed(&world);
        prop_assert!(none_opened(&before, &after), "{before:?} {after:?}");
    }

    /// Except a deployment, a verification with a break, one of two different publications, and a publication of an exempt
    /// service.
    #[test]
    fn a_record_that_is_gone_never_opens_the_gate(case in case(), picks in vec(any::<Index>(), 5)) {
        let world = case.world();
        let before = case.is_allowed(&world);
        let may_open = |(path, bytes): &(String, Vec<u8>)| may_open_if_gone(&case, path, bytes);
        let files: Vec<(String, Vec<u8>)> = world.store.files().into_iter().filter(|file| !may_open(file)).collect();
        for (path, bytes) in picks.iter().map(|pick| pick.get(&files)) {
            world.store.meddle(|all| drop(all.remove(path)));
            let after = case.is_allowed(&world);
            prop_assert!(none_opened(&before, &after), "{path}: {before:?} {after:?}");
            world.store.meddle(|all| drop(all.insert(path.clone(), bytes.clone())));
        }
    }

    /// Except a deployment of a service that is unrelated to the candidates according to all publications.
    #[test]
    fn a_record_that_can_t_be_read_never_opens_the_gate(case in case(), picks in vec(any::<Index>(), 5), at in any::<Index>()) {
        let world = case.world();
        let before = case.is_allowed(&world);
        let asked: BTreeSet<usize> = case.candidates.iter().map(|at| at.0).collect();
        let is_related = |service: usize| {
            let expects = |expects: &[(usize, u8)], one: &dyn Fn(usize) -> bool| expects.iter().any(|(to, _)| one(*to));
            let mut own = case.facts.publications.iter().filter(|(of, _)| of.0 == service).peekable();
            asked.contains(&service)
                || own.peek().is_none()
                || own.any(|(_, needs)| expects(needs, &|to| asked.contains(&to)))
                || case.facts.publications.iter().any(|(of, needs)| {
                    case.candidates.contains(of) && expects(needs, &|to| to == service)
                })
        };
        let is_meant = |(path, _): &(String, Vec<u8>)| {
            let of = |name: &&str| path.starts_with(&format!("deployments/production/{name}/"));
            SERVICES.iter().position(of).is_none_or(is_related)
        };
        let files: Vec<(String, Vec<u8>)> = world.store.files().into_iter().filter(is_meant).collect();
        for (path, bytes) in picks.iter().map(|pick| pick.get(&files)) {
            let mut changed = bytes.clone();
            changed[at.index(bytes.len())] ^= 1;
            world.store.meddle(|all| drop(all.insert(path.clone(), changed)));
            let after = case.is_allowed(&world);
            prop_assert!(none_opened(&before, &after), "{path}: {before:?} {after:?}");
            world.store.meddle(|all| drop(all.insert(path.clone(), bytes.clone())));
        }
    }

    /// The first law: several kinds of damage at once.
    #[test]
    fn no_damage_opens_the_gate(case in case(), damages in vec((any::<Index>(), damage()), 1..=4)) {
        let world = case.world();
        let before = case.is_allowed(&world);
        let files: Vec<(String, Vec<u8>)> = world.store.files().into_iter().filter(|(path, _)| path.contains('/')).collect();
        for (pick, damage) in &damages {
            let (path, bytes) = pick.get(&files);
            // Only the store's history tells of these that they were ever there.
            if matches!(damage, Damage::Gone) && may_open_if_gone(&case, path, bytes) {
                continue;
            }
            world.store.meddle(|all| damage.apply(all, path));
            let after = case.is_allowed(&world);
            prop_assert!(none_opened(&before, &after), "{damage:?} of {path}: {before:?} {after:?}");
        }
    }

    /// The second law: whatever becomes of a service that no candidate needs and that needs none, as long as its records are
    /// intact. And a deployment of it that isn't intact is still known by its name.
    #[test]
    fn a_stranger_never_closes_the_gate(
        case in case(), steps in vec((0_usize..6, 1_usize..4, 0_u8..8), 1..8), pick in any::<Index>(), at in any::<Index>()
    ) {
        let mut world = case.world();
        world.declare("e", "");
        world.declare("f", "");
        let before = case.is_allowed(&world);
        for (step, version, mask) in steps {
            let version = format!("e@{version}");
            let needs = paths(mask).join(" ");
            let needs: Vec<(&str, &str)> = if mask == 0 { Vec::new() } else { vec![("f", needs.as_str())] };
            // A version that was published otherwise keeps its first publication.
            let _ = world.try_publish(&version, &needs);
            let arrival = match step {
                0 => Arrival::Started { until: String::from("2026-11-24T12:00:00Z") },
                1 | 2 => Arrival::Done,
                3 => Arrival::Released,
                4 => {
                    world.verify(&version, "!x ?y z");
                    continue;
                }
                _ => {
                    let _ = world.try_depart(&version, None, Departure::Undeployed);
                    continue;
                }
            };
            world.try_arrive(&version, None, arrival, false, Some("incompatible")).unwrap();
            prop_assert_eq!(&case.is_allowed(&world), &before);
        }
        let deployments = world.store.below("deployments/production/e");
        if !deployments.is_empty() {
            let path = pick.get(&deployments).clone();
            let text = String::from_utf8(world.store.files()[&path].clone()).unwrap();
            // Of a roll-out that is damaged, the view on which it was decided may be lost, too.
            if !text.contains("started") {
                world.store.has_no_history = true;
                world.store.meddle(|all| Damage::Byte(at).apply(all, &path));
                prop_assert_eq!(&case.is_allowed(&world), &before, "{}", path);
            }
        }
    }

    #[test]
    fn neither_the_order_of_records_nor_their_names_make_a_difference(
        case in case(), minute in 1_i64..1000, order in any::<prop::sample::Selector>()
    ) {
        let world = case.world();
        let of_rows = |decision: &Decision| {
            let rows = decision.rows.iter().map(|row| {
                let side = |side: &Option<upheld::gate::Side>| side.as_ref().map(upheld::gate::Side::short);
                (row.code, row.state(), side(&row.consumer), side(&row.provider))
            });
            (decision.allow, decision.state, decision.order.clone(), rows.collect::<Vec<_>>())
        };
        // Other times give the records other names, so they are read in another order.
        let later = world_of(&case.facts, minute);
        // The files come one by one, so an incomplete world is cached in between.
        let mut shuffled = World::new("");
        shuffled.store.knows_contents = true;
        shuffled.store.has_no_history = true;
        let mut files: Vec<(String, Vec<u8>)> = world.store.files().into_iter().collect();
        while !files.is_empty() {
            let (path, bytes) = files.remove(order.select(0..files.len()));
            shuffled.store.meddle(|all| drop(all.insert(path, bytes)));
            if files.len().is_multiple_of(8) {
                case.ask(&shuffled, Plan::Any);
            }
        }
        for plan in case.plans() {
            let first = case.ask(&world, plan.clone());
            prop_assert_eq!(of_rows(&first), of_rows(&case.ask(&later, plan.clone())));
            let second = Decision { store: first.store.clone(), ..case.ask(&shuffled, plan) };
            prop_assert_eq!(first, second);
        }
    }
}
