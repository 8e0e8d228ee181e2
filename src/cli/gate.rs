//! `upheld gate`: may these versions go live there?

use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::civil::Date;

use super::arguments::time;
use super::decision_reports::DecisionReports;
use super::ledger::{Here, StoreArgs, Subject, at, now, one_of_each, open_store, refused, stamp, today, unusable};
use super::reports::ReportArg;
use super::step::{Step, StepOutputs};
use super::{Exit, Failure, Global, World};
use crate::gate::{Decision, Plan as Order, Question, State, decide};
use crate::interaction::ServiceName;
use crate::ledger::{Arrival, Book, NewFile, Refusal, ServiceVersion, Snapshot, Store, Target, arrive, full_version};
use crate::store::{Plan, append};
use crate::words::{and_list, quoted};

/// Check whether versions may go live in an environment, or be retired there
///
/// Looks at what is live there, including roll-outs under way, and at the given versions. Every pair of a consumer and a
/// provider that involves one of the given versions must be compatible: exactly this version of the provider upholds
/// every interaction of the contract. Anything unknown counts as a no.
///
/// With --retire, checks whether live versions may go away: each live consumer must be compatible with another live version.
#[derive(Debug, Args)]
#[command(visible_alias = "can-i-deploy", after_long_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct GateArgs {
    /// Services with their versions [default version: the checked-out commit]
    #[arg(value_name = "SERVICE[@VERSION]", required = true)]
    subjects: Vec<Subject>,
    /// The environment
    #[arg(long, value_name = "ENV", env = "UPHELD_TO", hide_env_values = true, value_parser = ServiceName::new)]
    to: ServiceName,
    /// The order in which the services go live, if there are several
    #[arg(long, value_name = "SERVICE,…", value_delimiter = ',', value_parser = ServiceName::new, conflicts_with = "atomic", help_heading = "Question")]
    order: Vec<ServiceName>,
    /// All versions go live at the same moment, each replacing the one that was there
    #[arg(long, help_heading = "Question")]
    atomic: bool,
    /// Check whether the versions, which are live, may go away
    #[arg(long, conflicts_with_all = ["order", "atomic", "rollback", "reserve"], help_heading = "Question")]
    retire: bool,
    /// The instance, if the services have several permanent ones in the environment
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new, help_heading = "Question")]
    instance: Option<ServiceName>,
    /// The versions go back to where they were live before: results may be missing for pairs that were live together then
    #[arg(long, help_heading = "Question")]
    rollback: bool,
    /// Deny if there is nothing to check
    #[arg(long, help_heading = "Question")]
    require_pairs: bool,
    /// Use the store as it was at this commit
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["reserve", "wait", "max_age"], help_heading = "Question")]
    at: Option<String>,
    /// The day to decide for, because services can be exempt from publishing until a given day [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Question")]
    on: Option<Date>,
    /// If allowed, record that the roll-out begins, so the next gate takes it into account. `upheld deployed` ends it
    #[arg(long, conflicts_with = "dry_run", help_heading = "Roll-out")]
    reserve: bool,
    /// How long the roll-out may take before it is reported as overdue
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = time, requires = "reserve", help_heading = "Roll-out")]
    reserve_for: Duration,
    /// How long to wait for missing results; a definite no ends the wait
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Roll-out")]
    wait: Option<Duration>,
    /// Show the decision but exit with 0 whatever it is
    #[arg(long, help_heading = "Roll-out")]
    dry_run: bool,
    /// Refuse to decide if nothing was written to the store for longer than this, as with a stale mirror
    #[arg(long, value_name = "TIME", value_parser = age, help_heading = "Store")]
    max_age: Option<Duration>,
    /// Also show every compatible pair
    #[arg(long, help_heading = "Output")]
    all: bool,
    /// A report in addition to the human one: json, junit, markdown, comment or github, to standard output or =FILE
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "Output")]
    report: Vec<ReportArg>,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  upheld gate orders --to production
      check the checked-out commit
  upheld gate orders@8f2c1 storefront@77ab0 --to production
      check two versions that belong together; prints the order if it matters
  upheld gate orders@8f2c1 --to production --wait 10m --reserve
      wait for missing results, and begin the roll-out if allowed
  upheld gate --retire orders@8f2c1 --to production
      check whether a live version may go away
  upheld gate orders@8f2c1 --to production --at 41d9e07
      repeat an earlier decision

Exit codes:
  0  allow
  1  deny: a pair is incompatible
  3  deny: results are missing; a verification, or waiting for one, can help
  4  deny: a fact is missing or can't be trusted; waiting can't help
  5  no decision: the store could not be reached";

/// Reads a day.
fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| String::from("write a date like 2027-01-31"))
}

/// Reads an age: a duration, or a number of days.
fn age(text: &str) -> Result<Duration, String> {
    let days = text.strip_suffix('d').and_then(|number| number.trim().parse::<u64>().ok());
    match days {
        Some(days @ 1..=3_650) => Ok(Duration::from_secs(days * 86_400)),
        Some(_) => Err(String::from("write a number of days from 1d to 3650d")),
        None => time(text),
    }
}

/// The first and the longest pause between two reads of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));

pub(super) fn gate(global: &Global, args: &GateArgs, world: &mut World) -> Result<Exit, Failure> {
    Step::of(&args.report, "Gate: deny").run(world, |step, world| decide_and_report(global, args, step, world))
}

fn decide_and_report(global: &Global, args: &GateArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    // Before everything else, so no report of an earlier run is left that says yes, whatever happens.
    let names: Vec<String> = args.subjects.iter().map(ToString::to_string).collect();
    let mut reports = DecisionReports::open(&args.report, args.to.as_str(), &names, world)?;
    let question = question(args, world)?;
    let (_, store) = open_store(global, &args.store, world)?;
    let timed = match &args.at {
        Some(id) => {
            let snapshot = store.snapshot_at(id).map_err(unusable)?;
            // The age changes from run to run, but the decision must not.
            Timed { age: None, ..decide_on(snapshot.as_ref(), &question).map_err(refused)? }
        }
        None => decide_and_wait(args, &question, store.as_ref(), world)?,
    };
    if args.is_too_old(&timed) {
        let age = crate::words::duration(timed.age.unwrap_or_default());
        return Err(Failure::could_not_run(format!(
            "the store was last written to {age} ago, which is more than --max-age allows"
        ))
        .help("if this is a mirror, check that it is still updated; otherwise allow more with --max-age"));
    }
    let Timed { decision, age } = timed;
    let exit = if args.dry_run { Exit::Yes } else { Exit::from(decision.state) };
    let exit = reports.finish(&decision, exit, age, args.dry_run, args.all, world)?;
    if args.reserve && decision.allow {
        let names = and_list(decision.candidates.iter().map(ServiceVersion::short));
        world.say(&format!(
            "reserved  the roll-out of {names}; end it with `upheld deployed` or `upheld undeployed … --rollout`\n"
        ));
    }
    let outputs = StepOutputs {
        allow: decision.allow && !args.dry_run,
        state: decision.state.word(),
        blocking: decision.blocking().count(),
    };
    step.finish(outputs, exit, world)
}

fn question(args: &GateArgs, world: &World) -> Result<Question, Failure> {
    let candidates = Here::default().versions(&args.subjects, world)?;
    if !args.retire {
        one_of_each(&candidates).map_err(|failure| failure.help("or check each of them on its own"))?;
    }
    let plan = if args.retire {
        Order::Retire
    } else if args.atomic {
        Order::Atomic
    } else if args.order.is_empty() {
        Order::Any
    } else {
        let mut named: Vec<&ServiceName> = args.order.iter().collect();
        let mut given: Vec<&ServiceName> = candidates.iter().map(|one| &one.service).collect();
        named.sort();
        given.sort();
        if named != given {
            return Err(Failure::usage("--order names different services from the command line")
                .help(format!("name each of {} once", and_list(quoted(given)))));
        }
        Order::Order(args.order.clone())
    };
    Ok(Question {
        environment: args.to.clone(),
        candidates,
        plan,
        instance: args.instance.clone(),
        require_pairs: args.require_pairs,
        rollback: args.rollback,
        day: args.on.unwrap_or_else(today),
    })
}

impl GateArgs {
    /// Whether the store was last written to too long ago for a decision to count.
    fn is_too_old(&self, timed: &Timed) -> bool {
        self.max_age.is_some_and(|limit| timed.age.is_some_and(|age| age > limit))
    }
}

/// A decision, and how long ago its store was last written to.
struct Timed {
    decision: Decision,
    age: Option<Duration>,
}

fn decide_on(snapshot: &dyn Snapshot, question: &Question) -> Result<Timed, Refusal> {
    let book = Book::new(snapshot);
    // Abbreviations are those of one view.
    let candidates = question.candidates.iter().map(|one| full_version(&book, one)).collect::<Result<_, _>>()?;
    let decision = decide(&Question { candidates, ..question.clone() }, &book)?;
    let age = snapshot.time().map(|time| Duration::try_from(now().duration_since(time)).unwrap_or_default());
    Ok(Timed { decision, age })
}

/// Decides again until waiting can't change the decision any more, or the time is over.
fn decide_and_wait(
    args: &GateArgs,
    question: &Question,
    store: &dyn Store,
    world: &mut World,
) -> Result<Timed, Failure> {
    let end = args.wait.map(|wait| Instant::now() + wait);
    let mut pause = PAUSES.0;
    let mut announced = false;
    loop {
        let timed = decide_once(args, question, store, world)?;
        let left = end.map(|end| end.saturating_duration_since(Instant::now())).unwrap_or_default();
        if timed.decision.state != State::Unverified || left.is_zero() {
            return Ok(timed);
        }
        // In a build's log, too, because people would wonder why nothing happens.
        if !announced {
            world.say("waiting for missing results …\n");
            announced = true;
        }
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Decides once. With --reserve, a yes is recorded on exactly the view that it was decided on, or decided again.
fn decide_once(args: &GateArgs, question: &Question, store: &dyn Store, world: &World) -> Result<Timed, Failure> {
    if !args.reserve {
        let snapshot = store.snapshot().map_err(unusable)?;
        return decide_on(snapshot.as_ref(), question).map_err(refused);
    }
    let names: Vec<String> = question.candidates.iter().map(ToString::to_string).collect();
    let message = format!("Begin the roll-out of {} in {}", and_list(names), question.environment);
    append(store, args.store.store_timeout, &message, |snapshot| {
        let timed = decide_on(snapshot, question)?;
        let files = if timed.decision.allow && !args.is_too_old(&timed) {
            reservations(args, question, &timed.decision.candidates, snapshot, world)?
        } else {
            Vec::new()
        };
        Ok::<_, Refusal>(Plan { files, value: timed })
    })
    .map_err(refused)
}

fn reservations(
    args: &GateArgs,
    question: &Question,
    candidates: &[ServiceVersion],
    snapshot: &dyn Snapshot,
    world: &World,
) -> Result<Vec<NewFile>, Refusal> {
    let book = Book::new(snapshot);
    let until = at(now().checked_add(args.reserve_for).unwrap_or(jiff::Timestamp::MAX));
    let target = Target { environment: question.environment.clone(), instance: question.instance.clone() };
    let mut files = Vec::new();
    for candidate in candidates {
        let arrival = Arrival::Started { until: until.clone() };
        files.extend(arrive(&book, candidate, &target, arrival, false, None, stamp(world))?);
    }
    Ok(files)
}
