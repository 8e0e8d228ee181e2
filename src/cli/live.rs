//! `upheld deployed`, `upheld undeployed`, `upheld released`: what is live where.

use clap::Args;

use super::ledger::{Here, StoreArgs, Subject, opened, refused, stamp, today, told};
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

/// Write down that a version is live in an environment
///
/// It takes the place of what was deployed there before, and ends its own roll-out. Versions that were released stay.
/// A deployment is a fact: it is written down whatever the gate would say, and flagged where that is not yes.
#[derive(Debug, Args)]
pub(super) struct DeployedArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Write it down though the version was never published
    #[arg(long)]
    fact: bool,
}

/// Write down that a version is no longer live in an environment
///
/// Versions that were released stay: their support ends with `upheld released SERVICE@VERSION --support-ended`. Instead of
/// --to, --from can be written.
#[derive(Debug, Args)]
pub(super) struct UndeployedArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Only its roll-out was given up: what was live before stays so
    #[arg(long)]
    rollout: bool,
    /// It is gone from all instances, and so are its roll-outs
    #[arg(long, conflicts_with_all = ["rollout", "instance"])]
    all: bool,
}

/// Write down that a version is out with its users, beside those before it
///
/// For what is not replaced by the next version, like a mobile app: it is live until its support ends.
#[derive(Debug, Args)]
pub(super) struct ReleasedArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// The version need not be served any more
    #[arg(long)]
    support_ended: bool,
    /// Write it down though the version was never published
    #[arg(long, conflicts_with = "support_ended")]
    fact: bool,
}

/// Which version, and where.
#[derive(Debug, Args)]
struct PlaceArgs {
    /// The service, and its version [default: the commit that is checked out]
    #[arg(value_name = "SERVICE[@VERSION]")]
    subject: Subject,
    /// The environment
    #[arg(long, alias = "from", value_name = "ENV", env = "UPHELD_TO", hide_env_values = true, value_parser = ServiceName::new)]
    to: ServiceName,
    /// The instance that is meant, where the service has several lasting ones in the environment
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    instance: Option<ServiceName>,
    /// The form of the result
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    report: PlainReport,
    #[command(flatten)]
    store: StoreArgs,
}

/// What is written down.
#[derive(Clone, Copy)]
enum Change {
    Deployed { fact: bool },
    Released { fact: bool },
    Gone { departure: Departure, all: bool },
}

pub(super) fn deployed(global: &Global, args: &DeployedArgs, world: &mut World) -> Result<Exit, Failure> {
    change(global, &args.place, Change::Deployed { fact: args.fact }, world)
}

pub(super) fn undeployed(global: &Global, args: &UndeployedArgs, world: &mut World) -> Result<Exit, Failure> {
    let departure = if args.rollout { Departure::GivenUp } else { Departure::Undeployed };
    change(global, &args.place, Change::Gone { departure, all: args.all }, world)
}

pub(super) fn released(global: &Global, args: &ReleasedArgs, world: &mut World) -> Result<Exit, Failure> {
    let change_to = if args.support_ended {
        Change::Gone { departure: Departure::SupportEnded, all: false }
    } else {
        Change::Released { fact: args.fact }
    };
    change(global, &args.place, change_to, world)
}

/// What came of it.
struct Done {
    /// What the gate would have said, where that is not yes.
    gate: Option<State>,
    /// What it takes the place of, or ends.
    over: Vec<String>,
    event: Option<Event>,
}

fn change(global: &Global, args: &PlaceArgs, change: Change, world: &mut World) -> Result<Exit, Failure> {
    let step = Step::one(args.report == PlainReport::Github, "Not written down");
    step.run_plain(world, |step, world| written_down(global, args, change, step, world))
}

fn written_down(
    global: &Global,
    args: &PlaceArgs,
    change: Change,
    step: &Step,
    world: &mut World,
) -> Result<Exit, Failure> {
    let (_, store) = opened(global, &args.store, world)?;
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
    let done = append(store.as_ref(), args.store.store_timeout, &message, |snapshot| {
        let book = Book::new(snapshot);
        let (files, gate) = match change {
            Change::Gone { departure, all } => (depart(&book, &version, &target, departure, all, stamp.clone())?, None),
            Change::Deployed { fact } => arrived(&book, &version, &target, Arrival::Done, fact, &stamp)?,
            Change::Released { fact } => arrived(&book, &version, &target, Arrival::Released, fact, &stamp)?,
        };
        let live = book.live(&target.environment, &version.service)?.value;
        let written = written(&files);
        let replaced = |id: RecordId| written.as_ref().is_some_and(|(_, replaces)| replaces.contains(&id));
        // A version that arrives ends its own roll-out, and takes no place of its own.
        let is_other = |one: &Live| matches!(change, Change::Gone { .. }) || one.version != version.version;
        let ended = live.iter().filter(|one| replaced(one.record) && is_other(one));
        let over = ended.map(|one| told(&version.service, one)).collect();
        let event = written.map(|(event, _)| event);
        Ok::<_, Refusal>(Plan { files, value: Done { gate, over, event } })
    })
    .map_err(refused)?;
    say(&done, &version, args, step, world)
}

/// A version that arrives, with what the gate would have said.
fn arrived(
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
    let said = gate.map(|state| state.word().to_owned());
    Ok((arrive(book, version, target, arrival, fact, said, stamp.clone())?, gate))
}

/// What a new record says of itself.
fn written(files: &[NewFile]) -> Option<(Event, std::collections::BTreeSet<RecordId>)> {
    let file = files.last()?;
    let (_, id) = crate::ledger::layout::record_name(file.path.rsplit('/').next()?)?;
    match parse(&file.bytes, id) {
        Ok(Record::Deployment(deployment)) => Some((deployment.event, deployment.replaces)),
        _ => None,
    }
}

fn say(
    done: &Done,
    version: &ServiceVersion,
    args: &PlaceArgs,
    step: &Step,
    world: &mut World,
) -> Result<Exit, Failure> {
    let on = args.instance.as_ref().map(|instance| format!(" on {instance}")).unwrap_or_default();
    let (word, of) = match done.event {
        None => {
            let what = format!("{} is live in {}{on}", version.short(), args.to);
            world.print(&format!("unchanged  {what}\n"))?;
            return step.summarize(&done_markdown("unchanged", &what), world).map(|()| Exit::Yes);
        }
        Some(event) if event.makes_live() => ("live", "in the place of"),
        Some(_) => ("over", "that ends"),
    };
    let over = if done.over.is_empty() { String::new() } else { format!("   {of} {}", and_list(&done.over)) };
    let what = format!("{} in {}{on}{over}", version.short(), args.to);
    world.print(&format!("{word}  {what}\n"))?;
    step.summarize(&done_markdown(word, &what), world)?;
    if let Some(state) = done.gate {
        world.say(&format!(
            "note: the gate does not let it through: {}. It was written down as a fact; see: upheld gate {version} --to {}\n",
            state.word(),
            args.to
        ));
    }
    Ok(Exit::Yes)
}
