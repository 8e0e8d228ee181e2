//! The runner: sends the requests of a plan, compares the responses, and reports the results in the contracts' order.
//!
//! It knows the outside only through its traits, and doesn't know the time.

use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::stream::{self, StreamExt as _};
use serde_json::{Map, Value};

use super::event::{Event, Finished};
use super::exchange::Exchange;
use super::finish::{broken_or_upheld, failed};
use super::outcome::RunError;
use super::plan::Plan;
use super::provider::{Action, Provider, Reply, StateHandler};
use crate::formats::{allows_header, verifier_request};
use crate::interaction::{ActualRequest, Http, MOST_INSERTED, NotRunnable};
use crate::source::codes::codes;

codes! {
    /// The run was interrupted before this interaction's turn.
    INTERRUPTED = "E401" => "Run it again.";
    /// The interaction needs a provider state, and there is no state handler to set it up.
    NO_STATE_HANDLER = "E402" =>
        "Name one with `--states` or in upheld.yaml, or write `none` if the provider needs no preparation.";
    /// The interaction can't be run by this version of Upheld, such as a message of a Pact file. Whether the provider
    /// upholds it is unknown, so the run ends with exit code 5.
    NOT_RUN = "E403" =>
        "`verify --without-skipped` leaves it out, and `publish --without-skipped` publishes it as pending. Test \
         it in another way.";
    /// The values that the state handler returned are too long for all the places that they are used in.
    VALUES_TOO_LARGE = "E404" => "Have the state handler return shorter values, or use them in fewer places.";
}

/// How provider states are set up.
#[derive(Clone, Copy, Debug)]
pub enum States<S> {
    /// By a handler.
    Handled(S),
    /// Not at all: the provider is known to be in all of them.
    NotNeeded,
    /// There is no handler, so interactions with states can't be run.
    Missing,
}

/// Runs a plan and emits its events, the results in the contracts' order. At most `jobs` requests are under way at
/// once. When `stop` is ready, everything without a result is skipped.
pub async fn run<P: Provider, S: StateHandler>(
    plan: &Plan,
    provider: &P,
    states: &States<S>,
    jobs: usize,
    stop: impl Future<Output = ()>,
    mut emit: impl FnMut(Event),
) {
    let mut results = InOrder { next: 0, waiting: (0..plan.total()).map(|_| None).collect(), emit: &mut emit };
    for position in 0..plan.total() {
        if let Err(why) = plan.interaction(position).runnable() {
            results.add(position, failed(plan, position, None, not_run(&why), true));
        }
    }
    let everything = async {
        let at_once = stream::iter(plan.together()).map(|group| exchange_group(plan, group, provider, states));
        let mut at_once = pin!(at_once.buffer_unordered(jobs.max(1)));
        while let Some((group, exchange)) = at_once.next().await {
            for position in group {
                results.add(*position, finished(plan, *position, &exchange));
            }
        }
        for position in plan.in_turn() {
            let exchange = exchange(plan, *position, provider, states).await;
            results.add(*position, finished(plan, *position, &exchange));
        }
    };
    // The losing future is dropped here, and with it every request that is under way.
    let stopped = matches!(select(pin!(everything), pin!(stop)).await, Either::Right(_));
    if stopped {
        for position in 0..plan.total() {
            if results.is_open(position) {
                let why = RunError::coded(INTERRUPTED, "the run was interrupted before this interaction finished");
                results.add(position, failed(plan, position, None, why, true));
            }
        }
    }
}

/// Reports every interaction of a plan as not run, because the provider couldn't be reached.
pub fn none_run(plan: &Plan, error: &RunError, mut emit: impl FnMut(Event)) {
    let skipped = error.code == INTERRUPTED;
    for position in 0..plan.total() {
        emit(Event::Progress);
        emit(Event::Finished(Box::new(failed(plan, position, None, error.clone(), skipped))));
    }
}

/// Why an interaction that can't be sent over HTTP is not run.
fn not_run(why: &NotRunnable<'_>) -> RunError {
    let why = match why {
        NotRunnable::Unrunnable(why) => why,
        NotRunnable::Message => "only HTTP can be verified so far",
    };
    RunError::coded(NOT_RUN, format!("it was not run: {why}"))
}

async fn exchange_group<'g, P: Provider, S: StateHandler>(
    plan: &Plan,
    group: &'g [usize],
    provider: &P,
    states: &States<S>,
) -> (&'g [usize], Exchange) {
    let first = group.first().copied().unwrap_or_default();
    (group, exchange(plan, first, provider, states).await)
}

fn finished(plan: &Plan, position: usize, exchange: &Exchange) -> Finished {
    match &exchange.reply {
        Ok(Reply { unread: Some(error), .. }) if plan.interaction(position).http().is_some_and(Http::asks_for_body) => {
            failed(plan, position, Some(&exchange.request), error.clone(), false)
        }
        Ok(reply) => broken_or_upheld(plan, position, exchange, reply),
        Err(error) => failed(plan, position, Some(&exchange.request), error.clone(), false),
    }
}

/// Sets the states up, sends the request, and tears the states down again, whatever the result.
async fn exchange<P: Provider, S: StateHandler>(
    plan: &Plan,
    position: usize,
    provider: &P,
    states: &States<S>,
) -> Exchange {
    let interaction = plan.interaction(position);
    let name = &plan.file(position).contract.provider;
    let mut values = interaction.params();
    let http = match interaction.runnable() {
        Ok(http) => http,
        Err(why) => return Exchange { filled: None, request: ActualRequest::default(), reply: Err(not_run(&why)) },
    };
    let unsent = |values: &Map<String, Value>, error| Exchange {
        filled: None,
        request: verifier_request(&http.filled(values).request, &http.terms),
        reply: Err(error),
    };
    let handler = match states {
        States::Handled(handler) if !interaction.given.is_empty() => Some(handler),
        States::Missing if !interaction.given.is_empty() => {
            let message =
                format!("it needs the provider state `{}`, and {name} has no state handler", interaction.given[0].name);
            let error = RunError::coded(NO_STATE_HANDLER, message)
                .help(format!("give {name} one: `--states 'POST /_states'`, or `states: POST /_states` in upheld.yaml; it may be a command, too, or `none` if {name} is always in these states"));
            return unsent(&values, error);
        }
        _ => None,
    };
    let mut set_up = 0;
    let mut fault = None;
    if let Some(handler) = handler {
        for state in &interaction.given {
            match handler.change(state, Action::Setup).await {
                Ok(returned) => values.extend(returned),
                Err(error) => {
                    fault = Some(error);
                    break;
                }
            }
            set_up += 1;
        }
    }
    if http.has_placeholders() && http.is_too_large_with(&values) {
        let message = format!("the values for its placeholders come to more than {} MiB", MOST_INSERTED >> 20);
        let error = RunError::coded(VALUES_TOO_LARGE, message)
            .help("have the state handler return shorter values, or use them in fewer places");
        fault = fault.or(Some(error));
        // Its own values are within the limit.
        values = interaction.params();
    }
    let mut exchange = if let Some(error) = fault {
        unsent(&values, error)
    } else {
        let filled = http.has_placeholders().then(|| http.filled(&values));
        let asked = filled.as_ref().unwrap_or(http);
        let made = asked.request_at(&plan.moment(position));
        let request = verifier_request(made.as_ref().unwrap_or(&asked.request), &asked.terms);
        let allows = |name: &str, value: &str| allows_header(asked, &request, name, value);
        let reply = provider.send(&request, &allows).await;
        Exchange { filled, request, reply }
    };
    if let Some(handler) = handler.filter(|_| plan.tears_down(position)) {
        for state in interaction.given[..set_up].iter().rev() {
            // The first fault is the one that is reported: a later one may follow from it.
            if let Err(error) = handler.change(state, Action::Teardown).await
                && exchange.reply.is_ok()
            {
                exchange.reply = Err(error);
            }
        }
    }
    exchange
}

/// Holds results back until it is their turn in the contracts' order.
struct InOrder<'e, E> {
    next: usize,
    waiting: Vec<Option<Slot>>,
    emit: &'e mut E,
}

/// A result that waits, or a note that it was reported.
enum Slot {
    Waiting(Box<Finished>),
    Told,
}

impl<E: FnMut(Event)> InOrder<'_, E> {
    fn is_open(&self, position: usize) -> bool {
        self.waiting[position].is_none()
    }

    fn add(&mut self, position: usize, finished: Finished) {
        self.waiting[position] = Some(Slot::Waiting(Box::new(finished)));
        (self.emit)(Event::Progress);
        while let Some(slot) = self.waiting.get_mut(self.next) {
            if !matches!(slot, Some(Slot::Waiting(_))) {
                break;
            }
            if let Some(Slot::Waiting(finished)) = slot.replace(Slot::Told) {
                (self.emit)(Event::Finished(finished));
            }
            self.next += 1;
        }
    }
}
