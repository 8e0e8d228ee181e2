//! Turns the provider's entry in the command line and the registry into a provider that responds: its address or
//! process, its states, and whether it is ready.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::arguments::time;
use super::failure::Failure;
use super::load::Workspace;
use super::{Exit, World};
use crate::http::{BaseUrl, HttpClient, HttpOptions, HttpStates};
use crate::interaction::{ActualRequest, ServiceName};
use crate::process::{CommandStates, Service, ShellCommand};
use crate::registry::{self, StatesBy, expand};
use crate::verification::{INTERRUPTED, Provider as _, RunError, StateHandler, States};
use crate::words::{and_list, did_you_mean, or_list, quoted};

/// How long a provider may take to become ready by default.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Where a provider is, and how it is brought into a state.
#[derive(Debug, Args)]
pub(super) struct ProviderArgs {
    /// The provider's address; repeat it for several instances
    #[arg(long, value_name = "URL", env = "UPHELD_URL", hide_env_values = true, conflicts_with_all = ["start", "env"], help_heading = "Provider")]
    pub url: Vec<String>,
    /// The command that starts the provider on the port ${PORT}
    #[arg(long, value_name = "COMMAND", conflicts_with = "env", help_heading = "Provider")]
    pub start: Option<String>,
    /// Verify the addresses that upheld.yaml has for this environment
    #[arg(long, value_name = "ENV", env = "UPHELD_ENV", hide_env_values = true, help_heading = "Provider")]
    pub env: Option<String>,
    /// How to set up provider states: `POST /path`, a URL to POST to, a command, or `none`
    #[arg(long, value_name = "HOW", env = "UPHELD_STATES", hide_env_values = true, help_heading = "Provider")]
    pub states: Option<String>,
    /// Also call the state handler with `teardown` after interactions of Pact files; Pact's own verifier doesn't by
    /// default
    #[arg(long, help_heading = "Provider")]
    pub teardown: bool,
    /// How long the provider may take to become ready: 30s, 2m [default: as in upheld.yaml, or 60s]
    #[arg(long, value_name = "TIME", value_parser = time, env = "UPHELD_START_TIMEOUT", hide_env_values = true, help_heading = "Provider")]
    pub start_timeout: Option<Duration>,
}

/// The arguments that give the provider's address; each excludes the others.
pub(super) const WAYS: [&str; 3] = ["url", "start", "env"];

/// How to reach a provider, with everything filled in and checked, and nothing started yet.
#[derive(Debug)]
pub(super) struct Reach {
    pub name: ServiceName,
    pub way: Way,
    health: Option<String>,
    start_timeout: Duration,
    states: Option<StatesBy>,
    folder: PathBuf,
    options: HttpOptions,
}

/// The provider's address, or how it is started.
#[derive(Debug)]
pub(super) enum Way {
    /// It runs at these addresses, one for each instance.
    At(Vec<BaseUrl>),
    /// It is started with this command line, in which `${PORT}` is still to be filled in.
    Start(String),
}

/// A provider that responds.
pub(super) struct Reached {
    pub client: HttpClient,
    pub states: States<Handler>,
    /// The process, if it was started here.
    pub service: Option<Service>,
}

/// A state handler of either kind.
#[derive(Debug)]
pub(super) enum Handler {
    Http(HttpStates),
    Command(CommandStates),
}

impl StateHandler for Handler {
    async fn change(
        &self,
        state: &crate::interaction::State,
        action: crate::verification::Action,
    ) -> Result<serde_json::Map<String, serde_json::Value>, RunError> {
        match self {
            Self::Http(handler) => handler.change(state, action).await,
            Self::Command(handler) => handler.change(state, action).await,
        }
    }
}

/// Finds out how to reach a provider, and checks what can be checked before anything is started or sent.
pub(super) fn reach(
    name: &ServiceName,
    args: &ProviderArgs,
    options: &HttpOptions,
    workspace: &Workspace,
    world: &World,
) -> Result<Reach, Failure> {
    let known = workspace.service(name);
    let service = known.cloned().unwrap_or_default();
    let way = way(name, args, &service, workspace, world)?;
    let there = |line: &str, key: &str, flag: bool| {
        let from = || if flag { format!("--{key}") } else { place(name, key, workspace) };
        if line.trim().is_empty() {
            return Err(Failure::usage(format!("{}: the command is empty", from())));
        }
        ShellCommand::new(line, &workspace.root).check().map_err(|error| {
            let mut error = RunError { message: format!("{}: {}", from(), error.message), ..error };
            if key == "states" && line.starts_with('/') && !line.contains(char::is_whitespace) {
                error.help.insert(0, format!("if it is a path of {name}, write `POST {line}`"));
            }
            from_run_error(error, Exit::Usage)
        })
    };
    if let Way::Start(line) = &way {
        there(line, "start", args.start.is_some())?;
    }
    let states = match &args.states {
        Some(text) => Some(
            registry::states_by(text)
                .map_err(|other| Failure::usage(format!("--states: {other}")).help(other.help()))?,
        ),
        None => service.states,
    };
    let states = match states {
        Some(StatesBy::Http(target)) => {
            let target = fill(&target, "states", name, workspace, world)?;
            if target.contains("://") {
                let address = target.split('?').next().unwrap_or_default();
                BaseUrl::parse(address).map_err(|error| bad_states(name, &error, args, workspace))?;
            } else if !target.starts_with('/') {
                let why = format!("`{target}` is neither a path nor an address");
                return Err(bad_states(name, &why, args, workspace).help("write it like `POST /_states`"));
            }
            Some(StatesBy::Http(target))
        }
        Some(StatesBy::Command(line)) => {
            fill(&line, "states", name, workspace, world)?;
            there(&line, "states", args.states.is_some())?;
            Some(StatesBy::Command(line))
        }
        other => other,
    };
    Ok(Reach {
        name: name.clone(),
        way,
        health: service.health.map(|path| fill(&path, "health", name, workspace, world)).transpose()?,
        start_timeout: args.start_timeout.or(service.start_timeout).unwrap_or(START_TIMEOUT),
        states,
        folder: workspace.root.clone(),
        options: options.clone(),
    })
}

fn bad_states(name: &ServiceName, why: &dyn fmt::Display, args: &ProviderArgs, workspace: &Workspace) -> Failure {
    let from = if args.states.is_some() { String::from("--states") } else { place(name, "states", workspace) };
    Failure::usage(format!("{from}: {why}"))
}

/// Flags before the registry; an environment that is named before a start; a start before the local address.
fn way(
    name: &ServiceName,
    args: &ProviderArgs,
    service: &registry::Service,
    workspace: &Workspace,
    world: &World,
) -> Result<Way, Failure> {
    if !args.url.is_empty() {
        let parsed: Result<Vec<BaseUrl>, _> = args.url.iter().map(|url| BaseUrl::parse(url)).collect();
        return parsed.map(Way::At).map_err(|error| Failure::usage(error.to_string()));
    }
    if let Some(line) = &args.start {
        return Ok(Way::Start(line.clone()));
    }
    let environment = args.env.as_deref();
    if let (None, Some(line)) = (environment, &service.start) {
        let filled = fill(line, "start", name, workspace, world)?;
        // A shell fills in environment variables itself, quotes and all, and none of that gets into a message.
        return Ok(Way::Start(if cfg!(unix) { line.clone() } else { filled }));
    }
    let wanted = environment.unwrap_or("local");
    if let Some(urls) = service.url.get(wanted) {
        let mut parsed = Vec::with_capacity(urls.len());
        for url in urls {
            let url = fill(url, "url", name, workspace, world)?;
            parsed.push(
                BaseUrl::parse(&url)
                    .map_err(|error| Failure::usage(format!("{}: {error}", place(name, "url", workspace))))?,
            );
        }
        return Ok(Way::At(parsed));
    }
    let known = || service.url.keys().map(String::as_str);
    let failure = match environment {
        Some(environment) => {
            let failure = Failure::usage(format!("no address of {name} is known for the environment `{environment}`"));
            match did_you_mean(environment, known()) {
                Some(help) => failure.help(help),
                None if service.url.is_empty() => failure,
                None => failure.help(format!("its environments are {}", and_list(quoted(known())))),
            }
        }
        None if service.url.is_empty() => {
            Failure::usage(format!("there is no address and no start command for {name}"))
        }
        None => Failure::usage(format!("{name} has no address for `local`, and no environment was chosen"))
            .help(format!("choose its environment: {}", or_list(known().map(|known| format!("--env {known}"))))),
    };
    let registered = if workspace.registry.is_some() {
        ""
    } else {
        " (there is no contracts/upheld.yaml yet; `upheld init` writes one)"
    };
    Err(failure
        .help(format!("give its address: upheld verify {name} --url http://127.0.0.1:8080"))
        .help(format!("or add `start` or `url` for {name} to upheld.yaml{registered}")))
}

/// Fills in variables of the environment; `${PORT}` of a start waits for the port.
fn fill(text: &str, key: &str, name: &ServiceName, workspace: &Workspace, world: &World) -> Result<String, Failure> {
    let value_of = |variable: &str| {
        if key == "start" && variable == "PORT" { Some(String::from("${PORT}")) } else { (world.variable)(variable) }
    };
    expand(text, value_of).map_err(|missing| {
        Failure::usage(format!("{}: {missing}", place(name, key, workspace)))
            .help(format!("set it: {}=… upheld verify {name}", missing.0))
    })
}

fn place(name: &ServiceName, key: &str, workspace: &Workspace) -> String {
    workspace.registry.as_ref().map_or_else(|| String::from("upheld.yaml"), |registry| registry.place(name, key))
}

/// An error of an edge as the end of the command.
pub(super) fn from_run_error(error: RunError, exit: Exit) -> Failure {
    error.with_code(exit).into()
}

impl Reach {
    /// The addresses to verify; a provider that is started has one, which is known when it runs.
    pub(super) fn instances(&self) -> Vec<Option<BaseUrl>> {
        match &self.way {
            Way::At(urls) => urls.iter().cloned().map(Some).collect(),
            Way::Start(_) => vec![None],
        }
    }

    /// Reaches an instance, or starts the provider; comes back when it is ready, or with [`INTERRUPTED`] when `stop`
    /// is.
    pub(super) async fn connect(
        &self,
        instance: Option<BaseUrl>,
        stop: impl Future<Output = ()>,
    ) -> Result<Reached, RunError> {
        let interrupted = async {
            stop.await;
            Err(RunError::coded(INTERRUPTED, format!("the run was interrupted before {} was ready", self.name)))
        };
        match (instance, &self.way) {
            (Some(base), _) => {
                let client = HttpClient::new(base, &self.options);
                // One look before everything is sent: a hundred interactions with the same error help nobody.
                tokio::select! {
                    biased;
                    stopped = interrupted => stopped,
                    ready = self.probe(&client) => ready.map_err(|error| self.unhealthy(error)),
                }?;
                Ok(Reached { states: self.handler(&client)?, client, service: None })
            }
            (None, Way::Start(line)) => {
                let mut service = Service::start(self.name.to_string(), &ShellCommand::new(line, &self.folder))?;
                let client = HttpClient::new(BaseUrl::local(service.port()), &self.options);
                let probe = |_| async { self.probe(&client).await.map_err(|error| error.message) };
                let ready = tokio::select! {
                    biased;
                    stopped = interrupted => stopped,
                    ready = service.wait_healthy(self.start_timeout, probe) => ready,
                };
                if let Err(mut error) = ready {
                    if error.code == crate::process::codes::NOT_HEALTHY {
                        error = error.help("`--start-timeout`, or `start-timeout` in upheld.yaml, gives it more time");
                    }
                    service.stop(Service::GRACE).await;
                    return Err(error);
                }
                Ok(Reached { states: self.handler(&client)?, client, service: Some(service) })
            }
            (None, Way::At(_)) => Err(RunError::coded(crate::http::codes::UNSENDABLE, "no address was given")),
        }
    }

    /// Whether the provider is ready: its health check returns 2XX, or it accepts connections.
    async fn probe(&self, client: &HttpClient) -> Result<(), RunError> {
        let Some(path) = &self.health else { return client.connects().await };
        let request = ActualRequest { method: String::from("GET"), path: path.clone(), ..ActualRequest::default() };
        let response = client.send(&request, &|_, _| true).await?.response;
        if (200..300).contains(&response.status) {
            return Ok(());
        }
        let message = format!("GET {path} returned {}", response.status);
        Err(RunError::coded(crate::process::codes::NOT_HEALTHY, message)
            .detail(String::from_utf8_lossy(&response.body)))
    }

    /// A running provider that fails its health check.
    fn unhealthy(&self, error: RunError) -> RunError {
        if error.code != crate::process::codes::NOT_HEALTHY {
            return error;
        }
        RunError { message: format!("{} is not healthy: {}", self.name, error.message), ..error }
            .help("wait until it is, or correct `health` in upheld.yaml")
    }

    fn handler(&self, client: &HttpClient) -> Result<States<Handler>, RunError> {
        Ok(match &self.states {
            Some(StatesBy::Http(target)) => {
                let handler = HttpStates::new(client.clone(), target)
                    .map_err(|error| RunError::coded(crate::http::codes::UNSENDABLE, error.to_string()))?;
                States::Handled(Handler::Http(handler))
            }
            Some(StatesBy::Command(line)) => States::Handled(Handler::Command(CommandStates::new(
                ShellCommand::new(line, &self.folder),
                client.base().to_string(),
                self.options.timeout,
            ))),
            Some(StatesBy::NotNeeded) => States::NotNeeded,
            None => States::Missing,
        })
    }
}
