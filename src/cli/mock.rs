//! `upheld mock`: contracts, served to the consumer's tests.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::sync::mpsc;

use super::arguments::is_path;
use super::ends::{OfProvider, port, variables};
use super::load::Workspace;
use super::provider::from_run_error;
use super::selection::{SelectionArgs, select};
use super::signal::{stop_signal, stop_signal_beside_a_command};
use super::trust::Trust;
use super::{Exit, Failure, Global, World};
use crate::files;
use crate::http::{
    Fate, Fault, FaultPlan, Hosts, MockError, MockOptions, MockRequest, MockServer, MockedProvider, Mocks,
    RequestPattern,
};
use crate::interaction::ServiceName;
use crate::mocking::Mock;
use crate::process::Wrapped;
use crate::registry::StatesBy;
use crate::report::{self, Nearest, Palette};
use crate::verification::with_lines;
use crate::words::count;

/// Serve contracts to a consumer's tests
///
/// While COMMAND runs, each request that matches an interaction gets that interaction's example as its response. The
/// command finds the mock of a provider at the address in UPHELD_URL; with several providers, at UPHELD_URL_ORDERS and
/// so on. A request that matches no interaction gets a 501 and fails the run, and the nearest interaction is shown with
/// every difference.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct MockArgs {
    /// Contract files or folders, and providers by name [default: all]
    #[arg(value_name = "CONTRACT|PROVIDER")]
    targets: Vec<String>,
    /// Only contracts of this consumer
    #[arg(long, value_name = "NAME")]
    consumer: Vec<String>,
    /// Another variable to set to a mock's address: ORDERS_URL, or NAME=ORDERS_URL
    #[arg(long, value_name = "[NAME=]VAR")]
    env_var: Vec<OfProvider>,
    /// The port of a mock: 8080, or NAME=8080 [default: any free port]
    #[arg(long, value_name = "[NAME=]PORT")]
    port: Vec<OfProvider>,
    /// Use TLS, with a certificate for this run only; UPHELD_CA names the file with its CA, and OpenSSL, Node, curl and
    /// Python's requests are set up to trust it
    #[arg(long)]
    https: bool,
    /// Also fail if an interaction is never used
    #[arg(long)]
    all_used: bool,
    /// The largest request body to accept, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 32 << 20, hide_short_help = true)]
    max_body: usize,
    /// A host that requests may be for, besides the names of this machine; `*` for any
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    allow_host: Vec<String>,
    /// Fail on purpose: timeout, slow (slow=5s), reset, truncated, garbage, 503, 429 or refused
    #[arg(long, value_name = "FAULT", help_heading = "Faults")]
    fault: Option<Fault>,
    /// The requests to fail: 'GET /orders/*', with ** for the rest of a path [default: all that match an interaction]
    #[arg(long, value_name = "REQUEST", requires = "fault", help_heading = "Faults")]
    on: Option<RequestPattern>,
    /// How many of them to fail, counted from the first [default: all]
    #[arg(long, value_name = "N", requires = "fault", help_heading = "Faults")]
    times: Option<usize>,
    /// The command to run, with its arguments [default: serve until Ctrl-C]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  upheld mock -- npm test
      all contracts in contracts/, each provider at its own address
  upheld mock contracts/storefront --env-var orders=ORDERS_API -- pytest
      one consumer's contracts
  upheld mock orders --port 8080
      until Ctrl-C, each request shown
  upheld mock orders --fault reset --on 'GET /orders/*' --times 2 -- npm test
      what does the consumer do when two connections are reset?

In tests:
  a request with the header `upheld-state: an order exists` gets its response from that provider
  state, and with `upheld-state: an order exists: { id: 7 }` from the state with these parameters;
  POST /_upheld/states with such a line, or with the body that a state handler gets, sets the states for all
  requests that follow, and DELETE /_upheld/states clears them;
  a request with the header `upheld-fault: timeout` fails in that way;
  GET /_upheld/usage shows which interactions were used.";

/// How many unused interactions are listed if that is not an error.
const LISTED: usize = 20;

/// A running mock of a provider.
struct Stand {
    provider: ServiceName,
    server: MockServer,
    asked: mpsc::UnboundedReceiver<MockRequest>,
}

/// The requests of the consumer that its contracts don't allow.
#[derive(Default)]
struct Tally {
    requests: usize,
    refused: usize,
}

pub(super) fn mock(global: &Global, args: &MockArgs, world: &mut World) -> Result<Exit, Failure> {
    if args.fault == Some(Fault::Refused) && (args.on.is_some() || args.times.is_some()) {
        return Err(Failure::usage(
            "--fault refused closes the port for all requests, so --on and --times don't apply",
        )
        .help("use --fault reset for some of the requests"));
    }
    let (paths, names): (Vec<&String>, Vec<&String>) = args.targets.iter().partition(|target| is_path(target));
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let workspace = Workspace::load(global, &paths, world)?.usable()?;
    let wanted = SelectionArgs { consumer: args.consumer.clone(), ..SelectionArgs::default() };
    let selected = select(&workspace, &names, &wanted)?;
    let providers: Vec<ServiceName> = selected.iter().map(|(name, _)| name.clone()).collect();
    let fault = args.fault.map(|fault| Arc::new(FaultPlan::new(fault, args.on.clone(), args.times)));
    let ports =
        providers.iter().map(|name| port(name, &providers, &args.port)).collect::<Result<Vec<u16>, Failure>>()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::could_not_run(format!("the async runtime can't start: {error}")))?;
    let (code, tally, stands) = runtime.block_on(async {
        let mut stands = Vec::new();
        for ((provider, files), port) in selected.into_iter().zip(ports) {
            let service = workspace.service(&provider);
            let options = MockOptions {
                port,
                https: args.https,
                max_body: args.max_body,
                fault: fault.clone(),
                hosts: Hosts::also(&args.allow_host),
                addresses: addresses(&workspace, &provider),
                health: service.and_then(|service| service.health.clone()),
                states: service.and_then(|service| match &service.states {
                    Some(StatesBy::Http(path)) if path.starts_with('/') => Some(path.clone()),
                    _ => None,
                }),
            };
            let started = MockServer::start(provider.as_str(), Mock::new(files), &options).await;
            let (server, asked) = started.map_err(|error| not_started(&provider, port, &error))?;
            stands.push(Stand { provider, server, asked });
        }
        if stands.len() > 1 {
            make_known(&stands, &workspace);
        }
        let trust = trust(&stands, world)?;
        let mut tally = Tally::default();
        let code = serve(args, &mut stands, trust.as_ref(), &mut tally, world).await?;
        for stand in &mut stands {
            stand.server.stop().await;
        }
        // The last requests may not have been reported yet.
        for stand in &mut stands {
            while let Ok(asked) = stand.asked.try_recv() {
                told(&asked, &stand.provider, stand.server.mock(), args.command.is_empty(), &mut tally, world);
            }
        }
        Ok::<_, Failure>((code, tally, stands))
    })?;
    runtime.shutdown_background();
    let exit = finish(args, &tally, &stands, fault.as_deref(), world)?;
    Ok(if code == 0 { exit } else { Exit::Command(code) })
}

/// Tells each mock where the others are.
fn make_known(stands: &[Stand], workspace: &Workspace) {
    let all = stands.iter().map(|stand| MockedProvider {
        provider: stand.provider.to_string(),
        addresses: addresses(workspace, &stand.provider),
        url: stand.server.url(),
    });
    let all = Arc::new(Mocks::new(all.collect()));
    for stand in stands {
        stand.server.know(&all);
    }
}

/// The addresses of the real provider, as the registry has them.
fn addresses(workspace: &Workspace, provider: &ServiceName) -> Vec<String> {
    workspace.service(provider).map(|service| service.url.values().flatten().cloned().collect()).unwrap_or_default()
}

fn not_started(provider: &ServiceName, port: u16, error: &MockError) -> Failure {
    match error {
        MockError::Port(error) => {
            let why = files::why(error);
            Failure::could_not_run(format!("the mock of {provider} can't listen on port {port}: {why}"))
                .help("leave out --port, or choose another one")
        }
        MockError::Certificate(_) => {
            Failure::could_not_run(format!("the mock of {provider} can't be started: {error}"))
        }
    }
}

/// The files with the certificates that clients have to trust, if TLS is used.
fn trust(stands: &[Stand], world: &World) -> Result<Option<Trust>, Failure> {
    let all: String = stands.iter().filter_map(|stand| stand.server.authority()).collect();
    if all.is_empty() { Ok(None) } else { Trust::of(&all, world).map(Some) }
}

/// Serves until the command ends, or a signal arrives; returns the command's exit code.
async fn serve(
    args: &MockArgs,
    stands: &mut [Stand],
    trust: Option<&Trust>,
    tally: &mut Tally,
    world: &mut World,
) -> Result<u8, Failure> {
    let urls: Vec<(ServiceName, String)> =
        stands.iter().map(|stand| (stand.provider.clone(), stand.server.url())).collect();
    let end: std::pin::Pin<Box<dyn Future<Output = Result<u8, Failure>>>> = if args.command.is_empty() {
        for (provider, url) in &urls {
            world.say(&format!("{provider}  {url}\n"));
        }
        if let Some(trust) = trust {
            world.say(&format!("trust   {}\n", trust.authority.display()));
        }
        world.say("serving until Ctrl-C\n");
        Box::pin(async {
            stop_signal().await;
            Ok(0)
        })
    } else {
        let mut variables = variables(&urls, &args.env_var)?;
        variables.extend(trust.into_iter().flat_map(Trust::variables));
        let failed = |error| from_run_error(error, Exit::CouldNotRun);
        let command = Wrapped::start(&args.command, &world.working, &variables).map_err(failed)?;
        Box::pin(async move { command.ended(stop_signal_beside_a_command()).await.map_err(failed) })
    };
    let mut end = end;
    loop {
        let next = futures_util::future::select_all(stands.iter_mut().map(|stand| Box::pin(stand.asked.recv())));
        let (asked, number) = tokio::select! {
            biased;
            (asked, number, _) = next => (asked, number),
            code = &mut end => return code,
        };
        if let (Some(asked), Some(stand)) = (asked, stands.get(number)) {
            told(&asked, &stand.provider, stand.server.mock(), args.command.is_empty(), tally, world);
        } else {
            // Nothing listens there: only the end can come.
            return end.await;
        }
    }
}

/// Reports a request: each one if nothing else writes to the terminal, otherwise only refused ones.
fn told(asked: &MockRequest, provider: &ServiceName, mock: &Mock, all: bool, tally: &mut Tally, world: &mut World) {
    tally.requests += 1;
    let palette = world.err_palette();
    let line = |by: &str| report::served(&asked.line, asked.status, by, &palette);
    let text = match &asked.fate {
        Fate::Answered(number) if all => {
            line(mock.interaction(*number).map_or("", |(_, interaction, _)| interaction.name.as_str()))
        }
        Fate::Failed(fault) if all => line(&format!("fault: {}", fault.word())),
        Fate::Answered(_) | Fate::Failed(_) => return,
        Fate::Unreadable(why) => {
            tally.refused += 1;
            line(why)
        }
        Fate::Refused(nearest) => {
            tally.refused += 1;
            refused(&asked.line, provider, nearest.as_ref(), mock, &palette)
        }
    };
    world.say(&text);
}

fn refused(
    line: &str,
    provider: &ServiceName,
    nearest: Option<&(usize, Vec<crate::interaction::Mismatch>)>,
    mock: &Mock,
    palette: &Palette,
) -> String {
    let nearest = nearest.and_then(|(number, mismatches)| {
        let (file, interaction, place) = mock.interaction(*number)?;
        let begins = file.lines.get(place.interaction).copied().unwrap_or_default();
        Some(Nearest {
            pair: format!("{} → {provider}", file.contract.consumer),
            name: &interaction.name,
            place: format!("{}:{begins}", file.source.name),
            is_pact: interaction.is_pact(),
            mismatches: with_lines(mismatches.clone(), &file.source),
        })
    });
    match nearest {
        Some(nearest) => report::refused(line, &nearest, palette),
        None => report::refused_without(line, provider.as_str(), mock.skipped(), palette),
    }
}

fn finish(
    args: &MockArgs,
    tally: &Tally,
    stands: &[Stand],
    fault: Option<&FaultPlan>,
    world: &mut World,
) -> Result<Exit, Failure> {
    let palette = world.out_palette();
    let mut unused = 0;
    let mut text = String::new();
    for stand in stands {
        for (number, times) in stand.server.used().into_iter().enumerate() {
            if let Some((file, interaction, place)) = stand.server.mock().interaction(number).filter(|_| times == 0) {
                unused += 1;
                if unused > LISTED && !args.all_used {
                    continue;
                }
                let pair = format!("{} → {}", file.contract.consumer, stand.provider);
                let begins = file.lines.get(place.interaction).copied().unwrap_or_default();
                let place = format!("{}:{begins}", file.source.name);
                text.push_str(&report::unused(&pair, &interaction.name, &place, &palette));
            }
        }
    }
    if unused > LISTED && !args.all_used {
        text.push_str(&format!("and {}\n", count(unused - LISTED, "more unused interaction")));
    }
    let total: usize = stands.iter().map(|stand| stand.server.mock().len()).sum();
    let refused = if tally.refused > 0 { format!(", {} refused", tally.refused) } else { String::new() };
    text.push_str(&format!(
        "{} of {} used, by {}{refused}\n",
        total - unused,
        count(total, "interaction"),
        count(tally.requests, "request"),
    ));
    world.print(&text)?;
    // At a port that is closed on purpose, nothing can be seen.
    let is_open = fault.is_none_or(|plan| !plan.refuses());
    let is_unasked = tally.requests == 0 && !args.command.is_empty() && is_open;
    if is_unasked {
        world.say(
            "error: the command sent no request to the mock\nhelp: make it use the address in UPHELD_URL, or name its \
             own variable with --env-var\n",
        );
    }
    let unfired = fault.filter(|plan| is_open && !plan.has_fired());
    if let Some(plan) = unfired.filter(|_| !is_unasked) {
        let to = args.on.as_ref().map_or_else(String::new, |on| format!(" to {on}"));
        world.say(&format!(
            "error: the fault `{}` never happened: no request{to} matched an interaction\nhelp: correct --on, or let the \
             command send such a request\n",
            plan.fault().word(),
        ));
    }
    let failed = tally.refused > 0 || (args.all_used && unused > 0) || is_unasked || unfired.is_some();
    if failed { Ok(Exit::No) } else { Ok(Exit::Yes) }
}
