//! Runs a prepared verification: reaches and verifies every provider, writes the reports and publishes the results.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::provider::Reach;
use super::reports::Reports;
use super::results::{Destination, Results};
use super::signal::stop_signal;
use super::step::{Step, StepOutputs};
use super::{Exit, Failure, World};
use crate::http::BaseUrl;
use crate::interaction::{InteractionId, ServiceName};
use crate::process::Service;
use crate::report::{Conclusion, Progress};
use crate::source::Code;
use crate::verification::{
    Event, Finished, INTERRUPTED, NO_STATE_HANDLER, NOT_RUN, Outcome, Pending, Plan, RunError, Scrubber, Summary,
    Verdict, none_run, run,
};

/// Errors of one interaction, not of its provider: with its state, or because it can't be run.
const OWN_CODES: [Code; 6] = [
    NOT_RUN,
    NO_STATE_HANDLER,
    crate::http::codes::STATE_REFUSED,
    crate::process::codes::STATE_FAILED,
    crate::process::codes::STATE_TIMEOUT,
    crate::process::codes::STATE_OUTPUT,
];

/// One provider with the contracts that it is verified against, and how it is reached.
pub(super) struct Job {
    pub reach: Arc<Reach>,
    pub instance: Option<BaseUrl>,
    /// Whether the provider has other instances. If so, output names the instance.
    pub of_several: bool,
    pub plan: Plan,
}

/// A run: its results so far, and its reports.
pub(super) struct Run {
    pub reports: Reports,
    pub progress: Progress,
    pub scrubber: Scrubber,
    pub summary: Summary,
    pub jobs: usize,
    /// The address that is being verified, if its provider has several.
    pub instance: Option<String>,
    /// Whether the provider that is being verified failed, beyond sending a response that breaks a contract.
    pub failed: bool,
    /// The output of providers that were started here and failed, by name.
    pub last_words: Vec<(String, String)>,
    /// The interactions that nobody live needs yet.
    pub pending: BTreeSet<(ServiceName, InteractionId)>,
    /// The versions that need an interaction from the store, by the contract's path there.
    pub needed_by: BTreeMap<Arc<str>, Vec<String>>,
    /// The result of each interaction, for the store.
    pub results: Results,
}

impl Run {
    /// Runs all jobs, writes every report, and publishes the results.
    pub(super) fn complete(
        mut self,
        jobs: &[Job],
        to: Option<&Destination>,
        step: &Step,
        world: &mut World,
    ) -> Result<Exit, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| Failure::could_not_run(format!("the async runtime can't start: {error}")))?;
        let started = Instant::now();
        let interrupted = runtime.block_on(self.all(jobs));
        let seconds = started.elapsed().as_secs_f64();
        // Requests that are still in flight were abandoned and must not delay the end.
        runtime.shutdown_background();
        self.finish(interrupted, seconds, to, step, world)
    }

    /// Runs all jobs, one provider after the other; true if it was interrupted.
    async fn all(&mut self, jobs: &[Job]) -> bool {
        let total = jobs.iter().map(|job| job.plan.total()).sum();
        self.tell(Event::Started { total });
        let mut stop = std::pin::pin!(stop_signal());
        let mut stopped = false;
        for job in jobs {
            let name = job.reach.name.as_str();
            self.failed = false;
            self.instance = job.instance.as_ref().filter(|_| job.of_several).map(BaseUrl::to_string);
            self.progress.waiting_for(name);
            let connected = if stopped {
                Err(RunError::coded(INTERRUPTED, "the run was interrupted before this interaction finished"))
            } else {
                job.reach.connect(job.instance.clone(), &mut stop).await
            };
            stopped |= connected.as_ref().is_err_and(|error| error.code == INTERRUPTED);
            self.progress.verifying(name);
            match connected {
                Ok(reached) => {
                    let watch = async {
                        (&mut stop).await;
                        stopped = true;
                    };
                    let width = self.jobs;
                    let emit = |event| self.tell(event);
                    run(&job.plan, &reached.client, &reached.states, width, watch, emit).await;
                    if let Some(service) = reached.service {
                        if self.failed && !stopped {
                            self.last_words.push((name.to_owned(), service.last_lines()));
                        }
                        service.stop(Service::GRACE).await;
                    }
                }
                Err(error) => none_run(&job.plan, &error, |event| self.tell(event)),
            }
        }
        stopped
    }

    fn tell(&mut self, event: Event) {
        let mut event = self.scrubber.event(event);
        self.progress.event(&event);
        if let Event::Finished(finished) = &mut event {
            finished.instance.clone_from(&self.instance);
            finished.needed_by = self.needed_by.get(&finished.file).cloned().unwrap_or_default();
            finished.pending = self.pending_why(finished);
            self.results.add(finished);
            self.summary.add(finished.outcome, finished.pending.is_some());
            self.failed |= match finished.outcome {
                Outcome::Error => true,
                Outcome::Broken => finished.status.is_some_and(|status| status >= 500),
                Outcome::Upheld | Outcome::Skipped => false,
            };
        }
        let reports = &mut self.reports;
        match event {
            Event::Finished(_) => self.progress.aside(|| reports.event(&event)),
            _ => reports.event(&event),
        }
    }

    /// Why an interaction's failure doesn't count: its contract says so, or nobody live needs it; and the interaction
    /// itself failed, or its state, not the provider as a whole.
    fn pending_why(&self, finished: &Finished) -> Option<Pending> {
        let of_provider = finished.error.as_ref().is_some_and(|error| !OWN_CODES.contains(&error.code));
        let id = finished.id.parse::<InteractionId>();
        let not_needed = || id.is_ok_and(|id| self.pending.contains(&(finished.provider.clone(), id)));
        let why = finished.pending.or_else(|| not_needed().then_some(Pending::NotNeeded));
        why.filter(|_| !of_provider)
    }

    fn finish(
        self,
        interrupted: bool,
        seconds: f64,
        to: Option<&Destination>,
        step: &Step,
        world: &mut World,
    ) -> Result<Exit, Failure> {
        self.progress.finish();
        let verdict = self.summary.verdict();
        let exit = if interrupted { Exit::Interrupted } else { Exit::from(verdict) };
        let outputs = StepOutputs {
            allow: verdict == Verdict::Upheld,
            state: verdict.word(),
            blocking: self.summary.failing_broken() + self.summary.failing_error() + self.summary.failing_skipped(),
        };
        let conclusion = Conclusion { summary: self.summary, exit_code: exit.code(), seconds: Some(seconds) };
        let faults = self.reports.finish(&conclusion, world);
        for (name, text) in self.last_words.iter().filter(|(_, text)| !text.trim().is_empty()) {
            let text = self.scrubber.text(text);
            world.say(&crate::report::note(&format!("the last lines of {name}'s output"), &text, &world.err_palette()));
        }
        say_faults(&faults, world);
        if self.summary.failing_skipped() > 0 && !interrupted {
            world.say(
                "note: skipped interactions keep the run from exiting with 0; --without-skipped leaves them out\n",
            );
        }
        // An interrupted run says nothing about a version.
        let unpublished = match to {
            Some(to) if !interrupted => self.results.publish(to, world).err(),
            _ => None,
        };
        if let Some(failure) = &unpublished {
            world.report(failure);
            step.failed(failure, world);
        }
        let exit = match exit {
            // A report that can't be read and results that aren't published must not pass for a yes.
            Exit::Yes if !faults.is_empty() => Exit::CouldNotRun,
            Exit::Yes => unpublished.map_or(Exit::Yes, |failure| failure.exit()),
            exit => exit,
        };
        step.finish(outputs, exit, world)
    }
}

/// Says which reports could not be written.
pub(super) fn say_faults(faults: &[String], world: &mut World) {
    for fault in faults {
        world.say(&format!("error: {fault}\n"));
    }
}
