//! `upheld deployed`, `upheld undeployed`, `upheld released`: record which versions are live where.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::ledger::{Here, StoreArgs, Subject, live_text, one_of_each, open_store, refused, stamp, today};
use super::step::{PlainReport, Step};
use super::{Exit, Failure, Global, World};
use crate::gate::{Plan as Order, Question, State, decide};
use crate::interaction::ServiceName;
use crate::ledger::{
    Arrival, Book, Departure, Event, Live, NewFile, Record, RecordId, Refusal, ServiceVersion, Stamp, Target, arrive,
    depart, full_version, parse,
};
use crate::report::done_markdown;
use crate::store::{Plan, append};
use crate::words::and_list;

/// Record that versions are live in an environment
///
/// A version replaces what was deployed there before and ends its own roll-out. Released versions stay live. A deployment
/// is a fact: it is recorded whatever the gate decides, and marked if the gate doesn't allow it. Versions that went live at
/// the same moment belong into one command.
#[derive(Debug, Args)]
pub(super) struct DeployedArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Record it even if the version was never published
    #[arg(long)]
    fact: bool,
}

/// Record that versions are no longer live in an environment
///
/// `upheld gate --retire` says beforehand whether live consumers still need them.
///
/// Released versions stay live until `upheld released SERVICE@VERSION --support-ended`. --from is the same as --to.
#[derive(Debug, Args)]
pub(super) struct UndeployedArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Only its roll-out was given up: what was live before stays live
    #[arg(long)]
    rollout: bool,
    /// It is gone from all instances, along with its roll-outs
    #[arg(long, conflicts_with_all = ["rollout", "instance"])]
    all: bool,
}

/// Record that versions were released to users alongside earlier ones
///
/// For versions that the next one doesn't replace, such as those of a mobile app: each is live until its support ends.
#[derive(Debug, Args)]
pub(super) struct ReleasedArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// The version is no longer supported
    #[arg(long)]
    support_ended: bool,
    /// Record it even if the version was never published
    #[arg(long, conflicts_with = "support_ended")]
    fact: bool,
}

/// The version and the place.
#[derive(Debug, Args)]
struct PlaceArgs {
    /// Services with their versions, which are recorded together [default version: the checked-out commit]
    #[arg(value_name = "SERVICE[@VERSION]", required = true)]
    subjects: Vec<Subject>,
    /// The environment
    #[arg(long, alias = "from", value_name = "ENV", env = "UPHELD_TO", hide_env_values = true, value_parser = ServiceName::new)]
    to: ServiceName,
    /// The instance, if the service has several permanent ones in the environment
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    instance: Option<ServiceName>,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: PlainReport,
    #[command(flatten)]
    store: StoreArgs,
}

/// The event to record.
#[derive(Clone, Copy)]
enum Change {
    Deployed { fact: bool },
    Released { fact: bool },
    Gone { departure: Departure, all: bool },
}

pub(super) fn deployed(global: &Global, args: &DeployedArgs, world: &mut World) -> Result<Exit, Failure> {
    run(global, &args.place, Change::Deployed { fact: args.fact }, world)
}

pub(super) fn undeployed(global: &Global, args: &UndeployedArgs, world: &mut World) -> Result<Exit, Failure> {
    let departure = if args.rollout { Departure::GivenUp } else { Departure::Undeployed };
    run(global, &args.place, Change::Gone { departure, all: args.all }, world)
}

pub(super) fn released(global: &Global, args: &ReleasedArgs, world: &mut World) -> Result<Exit, Failure> {
    let change = if args.support_ended {
        Change::Gone { departure: Departure::SupportEnded, all: false }
    } else {
        Change::Released { fact: args.fact }
    };
    run(global, &args.place, change, world)
}

/// The outcome of the recording for one version.
struct Recorded {
    version: ServiceVersion,
    /// The gate's decision about it, unless it is a yes.
    gate: Option<State>,
    /// The versions that are replaced or ended.
    over: Vec<String>,
    /// The versions that were deployed since its roll-out began, which it doesn't replace.
    beside: Vec<ServiceVersion>,
    event: Option<Event>,
}

fn run(global: &Global, args: &PlaceArgs, change: Change, world: &mut World) -> Result<Exit, Failure> {
    let step = Step::one(args.report == PlainReport::Github, "Not recorded");
    step.run_plain(world, |step, world| record(global, args, change, step, world))
}

fn record(global: &Global, args: &PlaceArgs, change: Change, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    let (_, store) = open_store(global, &args.store, world)?;
    let named = Here::default().versions(&args.subjects, world)?;
    if matches!(change, Change::Deployed { .. }) {
        one_of_each(&named)?;
    }
    let target = Target { environment: args.to.clone(), instance: args.instance.clone() };
    let stamp = stamp(world);
    let word = match change {
        Change::Deployed { .. } => "Deployed",
        Change::Released { .. } => "Released",
        Change::Gone { departure: Departure::Undeployed, .. } => "Undeployed",
        Change::Gone { departure: Departure::GivenUp, .. } => "Given up:",
        Change::Gone { departure: Departure::SupportEnded, .. } => "Support ended:",
    };
    let message = format!("{word} {} in {}", and_list(&named), args.to);
    let recorded = append(store.as_ref(), args.store.store_timeout, &message, |snapshot| {
        let book = Book::new(snapshot);
        let versions: Vec<ServiceVersion> =
            named.iter().map(|one| full_version(&book, one)).collect::<Result<_, Refusal>>()?;
        let gate = gate_says(&book, &versions, &target, change)?;
        let mut all = Plan { files: Vec::new(), value: Vec::new() };
        for version in versions {
            let state = gate.get(&version).copied();
            let files = files(&book, &version, &target, change, state, stamp.clone())?;
            all.value.push(recorded(&book, version, &target, change, state, &files)?);
            all.files.extend(files);
        }
        Ok::<_, Refusal>(all)
    })
    .map_err(refused)?;
    for one in &recorded {
        report(one, args, change, step, world)?;
    }
    Ok(Exit::Yes)
}

/// The record of one version.
fn files(
    book: &Book<'_>,
    version: &ServiceVersion,
    target: &Target,
    change: Change,
    gate: Option<State>,
    stamp: Stamp,
) -> Result<Vec<NewFile>, Refusal> {
    let gate = gate.map(|state| state.word().to_owned());
    match change {
        Change::Gone { departure, all } => depart(book, version, target, departure, all, gate, stamp),
        Change::Deployed { fact } => arrive(book, version, target, Arrival::Done, fact, gate, stamp),
        Change::Released { fact } => arrive(book, version, target, Arrival::Released, fact, gate, stamp),
    }
}

/// What the gate says of versions that go live or go away together: the state of each that it doesn't allow.
fn gate_says(
    book: &Book<'_>,
    versions: &[ServiceVersion],
    target: &Target,
    change: Change,
) -> Result<BTreeMap<ServiceVersion, State>, Refusal> {
    let plan = match change {
        // Nobody can rely on a roll-out, so it can be given up at any time.
        Change::Gone { departure: Departure::GivenUp, .. } => return Ok(BTreeMap::new()),
        Change::Gone { departure, .. } => {
            let gone = gone_for_good(book, versions, target, departure)?;
            return states(book, &gone, &[], target, Order::Retire);
        }
        Change::Deployed { .. } if versions.len() > 1 => Order::Atomic,
        Change::Deployed { .. } | Change::Released { .. } => Order::Any,
    };
    let says = states(book, versions, &[], target, plan)?;
    if says.is_empty() || !matches!(change, Change::Deployed { .. }) {
        return Ok(says);
    }
    // The others of a set that the gate allowed as a whole are still on their way.
    let rest = rest_of_set(book, versions, target)?;
    if rest.is_empty() { Ok(says) } else { states(book, versions, &rest, target, Order::Atomic) }
}

/// The versions that aren't live any more afterwards: one that was both deployed and released may stay.
fn gone_for_good(
    book: &Book<'_>,
    versions: &[ServiceVersion],
    target: &Target,
    departure: Departure,
) -> Result<Vec<ServiceVersion>, Refusal> {
    let mut gone = Vec::new();
    for version in versions {
        let live = book.live(&target.environment, &version.service)?.value;
        let stays = |one: &Live| one.version == version.version && !departure.ends(one.event);
        if !live.iter().any(stays) {
            gone.push(version.clone());
        }
    }
    Ok(gone)
}

/// The state of each version that the gate doesn't allow, if these go live or go away together with some others.
fn states(
    book: &Book<'_>,
    versions: &[ServiceVersion],
    others: &[ServiceVersion],
    target: &Target,
    plan: Order,
) -> Result<BTreeMap<ServiceVersion, State>, Refusal> {
    let question = Question {
        environment: target.environment.clone(),
        candidates: [versions, others].concat(),
        plan,
        instance: target.instance.clone(),
        require_pairs: false,
        rollback: false,
        day: today(),
    };
    let decision = decide(&question, book)?;
    let mut states = BTreeMap::new();
    for row in decision.blocking() {
        let is_about = |version: &&ServiceVersion| {
            let mut sides = [&row.consumer, &row.provider].into_iter().flatten();
            sides.any(|side| side.service == version.service && side.version.as_ref() == Some(&version.version))
        };
        let is_about_others = others.iter().any(|other| is_about(&other));
        let mut about: Vec<&ServiceVersion> = versions.iter().filter(is_about).collect();
        if about.is_empty() && !is_about_others {
            about = versions.iter().collect();
        }
        for version in about {
            let state = states.entry(version.clone()).or_insert_with(|| row.state());
            *state = row.state().min(*state);
        }
    }
    Ok(states)
}

/// The versions whose roll-outs were reserved together with those of these versions, and haven't ended.
fn rest_of_set(book: &Book<'_>, versions: &[ServiceVersion], target: &Target) -> Result<Vec<ServiceVersion>, Refusal> {
    let world = book.world(&target.environment)?;
    let rolling_out = || {
        let all = world.iter().flat_map(|(service, read)| read.value.live.iter().map(move |live| (service, live)));
        all.filter(|(_, live)| live.event == Event::Started && live.instance == target.instance)
    };
    let of = |service: &ServiceName, live: &Live| ServiceVersion::new(service.clone(), live.version.clone());
    // A set is decided on one view of the store.
    let views: BTreeSet<&String> = rolling_out()
        .filter(|(service, live)| versions.contains(&of(service, live)))
        .filter_map(|(_, live)| live.seen.as_ref())
        .collect();
    let rest = rolling_out().filter(|(service, live)| {
        let is_new = versions.iter().all(|version| version.service != **service);
        is_new && live.seen.as_ref().is_some_and(|seen| views.contains(seen))
    });
    Ok(rest.map(|(service, live)| of(service, live)).collect())
}

/// What a version's record does to what is live.
fn recorded(
    book: &Book<'_>,
    version: ServiceVersion,
    target: &Target,
    change: Change,
    gate: Option<State>,
    files: &[NewFile],
) -> Result<Recorded, Refusal> {
    let live = book.live(&target.environment, &version.service)?.value;
    let written = read_back(files);
    let replaced = |id: RecordId| written.as_ref().is_some_and(|(_, replaces)| replaces.contains(&id));
    // A version that goes live ends its own roll-out, but doesn't replace itself.
    let is_other = |one: &Live| matches!(change, Change::Gone { .. }) || one.version != version.version;
    let ended = live.iter().filter(|one| replaced(one.record) && is_other(one));
    let over = ended.map(|one| live_text(&version.service, one)).collect();
    let is_beside = |one: &&Live| {
        let deployed = one.event == Event::Done && one.instance == target.instance && one.version != version.version;
        matches!(change, Change::Deployed { .. }) && deployed && !files.is_empty() && !replaced(one.record)
    };
    let beside = live.iter().filter(is_beside);
    let beside = beside.map(|one| ServiceVersion::new(version.service.clone(), one.version.clone())).collect();
    let event = written.map(|(event, _)| event);
    Ok(Recorded { version, gate, over, beside, event })
}

/// The event of a new record, and the records that it replaces.
fn read_back(files: &[NewFile]) -> Option<(Event, BTreeSet<RecordId>)> {
    let file = files.last()?;
    let (_, id) = crate::ledger::layout::record_name(file.path.rsplit('/').next()?)?;
    match parse(&file.bytes, id) {
        Ok(Record::Deployment(deployment)) => Some((deployment.event, deployment.replaces)),
        _ => None,
    }
}

fn report(
    recorded: &Recorded,
    args: &PlaceArgs,
    change: Change,
    step: &Step,
    world: &mut World,
) -> Result<(), Failure> {
    let version = &recorded.version;
    let on = args.instance.as_ref().map(|instance| format!(" on {instance}")).unwrap_or_default();
    let (word, of) = match recorded.event {
        None => {
            let what = format!("{} is live in {}{on}", version.short(), args.to);
            world.print(&format!("unchanged  {what}\n"))?;
            return step.summarize(&done_markdown("unchanged", &what, None), world);
        }
        Some(event) if event.makes_live() => ("live", "replacing"),
        Some(_) => ("over", "ending"),
    };
    let over = (!recorded.over.is_empty()).then(|| format!("{of} {}", and_list(&recorded.over)));
    let what = format!("{} in {}{on}", version.short(), args.to);
    let column = over.as_ref().map(|over| format!("   {over}")).unwrap_or_default();
    world.print(&format!("{word}  {what}{column}\n"))?;
    step.summarize(&done_markdown(word, &what, over.as_deref()), world)?;
    if let Some(state) = recorded.gate {
        let why = match change {
            Change::Deployed { .. } | Change::Released { .. } => {
                format!("the gate doesn't allow it ({}); see: upheld gate {version} --to {}", state.word(), args.to)
            }
            Change::Gone { .. } => format!(
                "live versions still need {} ({}); see: upheld status --env {}",
                version.short(),
                state.word(),
                args.to
            ),
        };
        world.say(&format!("note: recorded, although {why}\n"));
    }
    for other in &recorded.beside {
        world.say(&format!(
            "note: {} was deployed after the roll-out of {} began, so both count as live; if it is gone: upheld undeployed \
             {other} --to {}{}\n",
            other.short(),
            version.short(),
            args.to,
            args.instance.as_ref().map(|name| format!(" --instance {name}")).unwrap_or_default()
        ));
    }
    Ok(())
}
