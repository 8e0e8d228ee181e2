//! `upheld deployed`, `upheld undeployed`, `upheld released`: record which versions are live where.

use clap::Args;

use super::ledger::{Here, StoreArgs, Subject, live_text, open_store, refused, stamp, today};
use super::step::{PlainReport, Step};
use super::{Exit, Failure, Global, World};
use crate::gate::{Plan as Order, Question, State, decide};
use crate::interaction::ServiceName;
use crate::ledger::{
    Arrival, Book, Departure, Event, Live, NewFile, Record, RecordId, Refusal, ServiceVersion, Target, arrive, depart,
    parse,
};
use crate::report::done_markdown;
use crate::store::{Plan, append};
use crate::words::and_list;

/// Record that a version is live in an environment
///
/// The version replaces what was deployed there before and ends its own roll-out. Released versions stay live. A
/// deployment is a fact: it is recorded whatever the gate decides, and marked if the gate doesn't allow it.
#[derive(Debug, Args)]
pub(super) struct DeployedArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Record it even if the version was never published
    #[arg(long)]
    fact: bool,
}

/// Record that a version is no longer live in an environment
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

/// Record that a version was released to users alongside earlier versions
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
    /// The service and its version [default version: the checked-out commit]
    #[arg(value_name = "SERVICE[@VERSION]")]
    subject: Subject,
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

/// The outcome of the recording.
struct Recorded {
    /// The gate's decision about it, unless it is a yes.
    gate: Option<State>,
    /// The versions that are replaced or ended.
    over: Vec<String>,
    event: Option<Event>,
}

fn run(global: &Global, args: &PlaceArgs, change: Change, world: &mut World) -> Result<Exit, Failure> {
    let step = Step::one(args.report == PlainReport::Github, "Not recorded");
    step.run_plain(world, |step, world| record(global, args, change, step, world))
}

fn record(global: &Global, args: &PlaceArgs, change: Change, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    let (_, store) = open_store(global, &args.store, world)?;
    let version = Here::default().version(&args.subject, world)?;
    let target = Target { environment: args.to.clone(), instance: args.instance.clone() };
    let stamp = stamp(world);
    let word = match change {
        Change::Deployed { .. } => "Deployed",
        Change::Released { .. } => "Released",
        Change::Gone { departure: Departure::Undeployed, .. } => "Undeployed",
        Change::Gone { departure: Departure::GivenUp, .. } => "Given up:",
        Change::Gone { departure: Departure::SupportEnded, .. } => "Support ended:",
    };
    let message = format!("{word} {version} in {}", args.to);
    let recorded = append(store.as_ref(), args.store.store_timeout, &message, |snapshot| {
        let book = Book::new(snapshot);
        let (files, gate) = match change {
            Change::Gone { departure, all } => (depart(&book, &version, &target, departure, all, stamp.clone())?, None),
            Change::Deployed { fact } => arrive_past_the_gate(&book, &version, &target, Arrival::Done, fact, &stamp)?,
            Change::Released { fact } => {
                arrive_past_the_gate(&book, &version, &target, Arrival::Released, fact, &stamp)?
            }
        };
        let live = book.live(&target.environment, &version.service)?.value;
        let written = read_back(&files);
        let replaced = |id: RecordId| written.as_ref().is_some_and(|(_, replaces)| replaces.contains(&id));
        // A version that goes live ends its own roll-out, but doesn't replace itself.
        let is_other = |one: &Live| matches!(change, Change::Gone { .. }) || one.version != version.version;
        let ended = live.iter().filter(|one| replaced(one.record) && is_other(one));
        let over = ended.map(|one| live_text(&version.service, one)).collect();
        let event = written.map(|(event, _)| event);
        Ok::<_, Refusal>(Plan { files, value: Recorded { gate, over, event } })
    })
    .map_err(refused)?;
    report(&recorded, &version, args, step, world)
}

/// The record of a version that goes live, with the decision that the gate would have made.
fn arrive_past_the_gate(
    book: &Book<'_>,
    version: &ServiceVersion,
    target: &Target,
    arrival: Arrival,
    fact: bool,
    stamp: &crate::ledger::Stamp,
) -> Result<(Vec<NewFile>, Option<State>), Refusal> {
    let question = Question {
        environment: target.environment.clone(),
        candidates: vec![version.clone()],
        plan: Order::Any,
        instance: target.instance.clone(),
        require_pairs: false,
        rollback: false,
        day: today(),
    };
    let decision = decide(&question, book)?;
    let gate = (!decision.allow).then_some(decision.state);
    let word = gate.map(|state| state.word().to_owned());
    Ok((arrive(book, version, target, arrival, fact, word, stamp.clone())?, gate))
}

/// The event of a new record, and the records that it replaces.
fn read_back(files: &[NewFile]) -> Option<(Event, std::collections::BTreeSet<RecordId>)> {
    let file = files.last()?;
    let (_, id) = crate::ledger::layout::record_name(file.path.rsplit('/').next()?)?;
    match parse(&file.bytes, id) {
        Ok(Record::Deployment(deployment)) => Some((deployment.event, deployment.replaces)),
        _ => None,
    }
}

fn report(
    recorded: &Recorded,
    version: &ServiceVersion,
    args: &PlaceArgs,
    step: &Step,
    world: &mut World,
) -> Result<Exit, Failure> {
    let on = args.instance.as_ref().map(|instance| format!(" on {instance}")).unwrap_or_default();
    let (word, of) = match recorded.event {
        None => {
            let what = format!("{} is live in {}{on}", version.short(), args.to);
            world.print(&format!("unchanged  {what}\n"))?;
            return step.summarize(&done_markdown("unchanged", &what, None), world).map(|()| Exit::Yes);
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
        world.say(&format!(
            "note: recorded, although the gate doesn't allow it ({}); see: upheld gate {version} --to {}\n",
            state.word(),
            args.to
        ));
    }
    Ok(Exit::Yes)
}
