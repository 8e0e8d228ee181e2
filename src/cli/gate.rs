//! `upheld gate`: may these versions go live there?

use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use jiff::civil::Date;

use super::arguments::time;
use super::decided::Decided;
use super::ledger::{Here, StoreArgs, Subject, at, now, opened, refused, stamp, today, unusable};
use super::reports::ReportArg;
use super::step::{Answer as Answered, Step};
use super::{Exit, Failure, Global, World};
use crate::contract::ServiceName;
use crate::gate::{Decision, Plan as Order, Question, State, decide};
use crate::ledger::{Arrival, Book, NewFile, Refusal, ServiceVersion, Snapshot, Store, Target, arrive};
use crate::store::{Plan, append};
use crate::words::{and_list, quoted};

/// Ask whether versions may go live in an environment
///
/// The world is what is live there, roll-outs under way included, and the versions that are asked about. Every pair of a
/// consumer and a provider in it that has one of them on one side must be compatible: every interaction of the contract
/// upheld by exactly this version of the provider. What is not known is never taken for a yes.
#[derive(Debug, Args)]
#[command(visible_alias = "can-i-deploy", after_long_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct GateArgs {
    /// Services, each with its version [default: the commit that is checked out]
    #[arg(value_name = "SERVICE[@VERSION]", required = true)]
    subjects: Vec<Subject>,
    /// The environment
    #[arg(long, value_name = "ENV", env = "UPHELD_TO", hide_env_values = true, value_parser = ServiceName::new)]
    to: ServiceName,
    /// The order in which several versions go live, by their services' names
    #[arg(long, value_name = "SERVICE,…", value_delimiter = ',', value_parser = ServiceName::new, conflicts_with = "atomic", help_heading = "Question")]
    order: Vec<ServiceName>,
    /// All versions go live in the same moment, each in the place of what was there
    #[arg(long, help_heading = "Question")]
    atomic: bool,
    /// The instance that is meant, where the services have several lasting ones in the environment
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new, help_heading = "Question")]
    instance: Option<ServiceName>,
    /// The versions go back to where they were live before: results may be missing beside versions that were live with
    /// them then
    #[arg(long, help_heading = "Question")]
    rollback: bool,
    /// Say no where there is nothing to check
    #[arg(long, help_heading = "Question")]
    require_pairs: bool,
    /// Decide on the store as it was at this commit
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["reserve", "wait", "max_age"], help_heading = "Question")]
    at: Option<String>,
    /// The day of the question: services may declare a day until which they need not publish [default: today, in UTC]
    #[arg(long, value_name = "DATE", value_parser = day, help_heading = "Question")]
    on: Option<Date>,
    /// With a yes, write down that the roll-out begins, so that the next gate reckons with it. `upheld deployed` ends it
    #[arg(long, conflicts_with = "dry_run", help_heading = "Roll-out")]
    reserve: bool,
    /// How long the roll-out may take before people should ask what became of it
    #[arg(long, value_name = "TIME", default_value = "2h", value_parser = time, requires = "reserve", help_heading = "Roll-out")]
    reserve_for: Duration,
    /// How long to wait for results that are missing; a definite no ends it at once
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Roll-out")]
    wait: Option<Duration>,
    /// Say what the answer would be, and end with 0 whatever it is
    #[arg(long, help_heading = "Roll-out")]
    dry_run: bool,
    /// Give no answer if the store was last written to longer ago than this, like a copy that nobody keeps up
    #[arg(long, value_name = "TIME", value_parser = age, help_heading = "Store")]
    max_age: Option<Duration>,
    /// Show compatible pairs one by one, too
    #[arg(long, help_heading = "Output")]
    all: bool,
    /// A report beside the human one: json, junit, markdown, comment or github, to standard output or =FILE
    #[arg(long, value_name = "FORMAT[=FILE]", help_heading = "Output")]
    report: Vec<ReportArg>,
    #[command(flatten)]
    store: StoreArgs,
}

const EXAMPLES: &str = "\
Examples:
  upheld gate orders --to production
      the commit that is checked out
  upheld gate orders@8f2c1 storefront@77ab0 --to production
      two that belong together: in any order, or in one that is found and printed
  upheld gate orders@8f2c1 --to production --wait 10m --reserve
      waits for results that are missing, and begins the roll-out with a yes
  upheld gate orders@8f2c1 --to production --at 41d9e07
      what was decided before, again

Exit codes:
  0  allow
  1  deny: a pair is incompatible
  3  deny: unverified; a verification, or waiting for one, can help
  4  deny: a fact is missing or can't be trusted; waiting can't help
  5  the store could not be reached: no answer";

/// Reads a day.
fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| String::from("a day is written like 2027-01-31"))
}

/// Reads an age: a length of time, or a number of days.
fn age(text: &str) -> Result<Duration, String> {
    let days = text.strip_suffix('d').and_then(|number| number.trim().parse::<u64>().ok());
    match days {
        Some(days @ 1..=3_650) => Ok(Duration::from_secs(days * 86_400)),
        Some(_) => Err(String::from("write a number of days from 1d to 3650d")),
        None => time(text),
    }
}

/// The first and the longest pause between two looks at the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(15));

pub(super) fn gate(global: &Global, args: &GateArgs, world: &mut World) -> Result<Exit, Failure> {
    Step::of(&args.report, "Gate: deny").run(world, |step, world| answered(global, args, step, world))
}

fn answered(global: &Global, args: &GateArgs, step: &Step, world: &mut World) -> Result<Exit, Failure> {
    // Before anything is looked at: whatever happens, no file is left that says yes and was not decided now.
    let names: Vec<String> = args.subjects.iter().map(ToString::to_string).collect();
    let mut decided = Decided::open(&args.report, args.to.as_str(), &names, world)?;
    let question = question(args, world)?;
    let (_, store) = opened(global, &args.store, world)?;
    let answer = match &args.at {
        Some(id) => {
            let snapshot = store.snapshot_at(id).map_err(unusable)?;
            // How long ago that was changes with every look, and the answer must not.
            Answer { age: None, ..answer(snapshot.as_ref(), &question).map_err(refused)? }
        }
        None => waited(args, &question, store.as_ref(), world)?,
    };
    if args.is_too_old(&answer) {
        let age = crate::words::duration(answer.age.unwrap_or_default());
        return Err(Failure::could_not_run(format!(
            "the store was last written to {age} ago, which is more than --max-age allows"
        ))
        .help("if this is a copy, look whether it still follows; else give it more time"));
    }
    let exit = if args.dry_run { Exit::Yes } else { Exit::from(answer.decision.state) };
    let exit = decided.finish(&answer.decision, exit, answer.age, args.dry_run, args.all, world)?;
    if args.reserve && answer.decision.allow {
        let names = and_list(question.candidates.iter().map(ServiceVersion::short));
        world.say(&format!(
            "reserved  the roll-out of {names}: it ends with `upheld deployed`, or with `upheld undeployed … --rollout`\n"
        ));
    }
    let decision = &answer.decision;
    let answer = Answered {
        allow: decision.allow && !args.dry_run,
        state: decision.state.word(),
        blocking: decision.blocking().count(),
    };
    step.answer(answer, exit, world)
}

fn question(args: &GateArgs, world: &World) -> Result<Question, Failure> {
    let mut here = Here::default();
    let mut candidates: Vec<ServiceVersion> = Vec::new();
    for subject in &args.subjects {
        let candidate = here.version(subject, world)?;
        match candidates.iter().find(|known| known.service == candidate.service) {
            Some(known) if *known == candidate => {}
            Some(known) => {
                return Err(Failure::usage(format!(
                    "two versions of one service are asked about: {known} and {candidate}"
                ))
                .help("ask about each of them by itself"));
            }
            None => candidates.push(candidate),
        }
    }
    let plan = if args.atomic {
        Order::Atomic
    } else if args.order.is_empty() {
        Order::Any
    } else {
        let mut named: Vec<&ServiceName> = args.order.iter().collect();
        let mut asked: Vec<&ServiceName> = candidates.iter().map(|one| &one.service).collect();
        named.sort();
        asked.sort();
        if named != asked {
            return Err(Failure::usage("--order names other services than those that are asked about")
                .help(format!("it has to name each of {} once", and_list(quoted(asked)))));
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
    /// Whether the store was last written to too long ago for an answer to count.
    fn is_too_old(&self, answer: &Answer) -> bool {
        self.max_age.is_some_and(|limit| answer.age.is_some_and(|age| age > limit))
    }
}

/// A decision, and how long ago the store was written to that it was made on.
struct Answer {
    decision: Decision,
    age: Option<Duration>,
}

fn answer(snapshot: &dyn Snapshot, question: &Question) -> Result<Answer, Refusal> {
    let decision = decide(question, &Book::new(snapshot))?;
    let age = snapshot.time().map(|time| Duration::try_from(now().duration_since(time)).unwrap_or_default());
    Ok(Answer { decision, age })
}

/// Asks until there is an answer that waiting does not change, or the time is over.
fn waited(args: &GateArgs, question: &Question, store: &dyn Store, world: &mut World) -> Result<Answer, Failure> {
    let end = args.wait.map(|wait| Instant::now() + wait);
    let mut pause = PAUSES.0;
    let mut told = false;
    loop {
        let answer = asked(args, question, store, world)?;
        let left = end.map(|end| end.saturating_duration_since(Instant::now())).unwrap_or_default();
        if answer.decision.state != State::Unverified || left.is_zero() {
            return Ok(answer);
        }
        // In the log of a build, too: nobody should wonder why nothing happens there.
        if !told {
            world.say("waiting for results that are missing …\n");
            told = true;
        }
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(PAUSES.1);
    }
}

/// Asks once. A yes that is to be reserved is written down on the very view that it was decided on, or decided again.
fn asked(args: &GateArgs, question: &Question, store: &dyn Store, world: &World) -> Result<Answer, Failure> {
    if !args.reserve {
        let snapshot = store.snapshot().map_err(unusable)?;
        return answer(snapshot.as_ref(), question).map_err(refused);
    }
    let names: Vec<String> = question.candidates.iter().map(ToString::to_string).collect();
    let message = format!("Begin the roll-out of {} in {}", and_list(names), question.environment);
    append(store, args.store.store_timeout, &message, |snapshot| {
        let answer = answer(snapshot, question)?;
        let yes = answer.decision.allow && !args.is_too_old(&answer);
        let files = if yes { reservations(args, question, snapshot, world)? } else { Vec::new() };
        Ok::<_, Refusal>(Plan { files, value: answer })
    })
    .map_err(refused)
}

fn reservations(
    args: &GateArgs,
    question: &Question,
    snapshot: &dyn Snapshot,
    world: &World,
) -> Result<Vec<NewFile>, Refusal> {
    let book = Book::new(snapshot);
    let until = at(now().checked_add(args.reserve_for).unwrap_or(jiff::Timestamp::MAX));
    let target = Target { environment: question.environment.clone(), instance: question.instance.clone() };
    let mut files = Vec::new();
    for candidate in &question.candidates {
        let arrival = Arrival::Started { until: until.clone() };
        files.extend(arrive(&book, candidate, &target, arrival, false, None, stamp(world))?);
    }
    Ok(files)
}
