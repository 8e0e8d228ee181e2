//! `upheld record`: a recording proxy in front of real providers while the consumer's tests run.

use std::time::Duration;

use clap::Args;
use futures_util::future::join_all;

use super::arguments::time;
use super::ends::{OfProvider, port, variables};
use super::provider::from_run_error;
use super::recorded::{KeepArgs, Taken, check, keep};
use super::signal::{stop_signal, stop_signal_beside_a_command};
use super::{Exit, Failure, Global, World};
use crate::contract::ServiceName;
use crate::files;
use crate::http::{BaseUrl, Proxies, Recorder, RecorderOptions};
use crate::process::Wrapped;
use crate::report;
use crate::words::{and_list, count, quoted};

/// Record a consumer's requests to its providers, and write them down as contracts
///
/// Runs a proxy in front of each provider while COMMAND runs, such as the consumer's tests. The command finds a
/// provider at the address in UPHELD_URL; with several, at UPHELD_URL_ORDERS and so on. Its requests and their
/// responses become the contract contracts/CONSUMER/PROVIDER.yaml, or are added to it: what you wrote there stays as it
/// is.
///
/// Secrets never reach the contract: most headers are left out, and passwords, tokens and keys are replaced wherever
/// they are found.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct RecordArgs {
    #[command(flatten)]
    keep: KeepArgs,
    /// The service that responds, if there is only one
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    provider: Option<ServiceName>,
    /// Where the provider is: a URL, or NAME=URL for each of several
    #[arg(long, value_name = "[NAME=]URL", required = true)]
    upstream: Vec<OfProvider>,
    /// Another variable to set to the recorder's address: ORDERS_URL, or NAME=ORDERS_URL
    #[arg(long, value_name = "[NAME=]VAR")]
    env_var: Vec<OfProvider>,
    /// The port of the recorder: 8080, or NAME=8080 [default: any free port]
    #[arg(long, value_name = "[NAME=]PORT")]
    port: Vec<OfProvider>,
    /// How long connecting may take, and then the first byte of a response
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    timeout: Duration,
    /// The most bytes to keep of one body
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    max_body: usize,
    /// Write the contracts even if the command fails
    #[arg(long)]
    keep_failed: bool,
    /// The command to run, with its arguments [default: record until Ctrl-C]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  upheld record --consumer storefront --provider orders --upstream http://127.0.0.1:8080 -- npm test
      the tests ask the recorder at $UPHELD_URL in place of the service
  upheld record --consumer storefront --upstream orders=https://orders.staging.example \\
                --upstream payments=https://pay.staging.example --env-var orders=ORDERS_API -- pytest
      two providers, one of them at the address in $ORDERS_API
  upheld record --consumer storefront --provider orders --upstream http://127.0.0.1:8080 --port 9090
      until Ctrl-C: use your application, pointed at port 9090
  upheld record … --update -- npm test
      adopt what has changed since the last recording";

/// How many requests without a response are named if nothing is written.
const LOST: usize = 5;

/// A provider that is to be recorded.
struct Upstream {
    provider: ServiceName,
    url: BaseUrl,
}

pub(super) fn record(global: &Global, args: &RecordArgs, world: &mut World) -> Result<Exit, Failure> {
    let upstreams = upstreams(args)?;
    let names: Vec<ServiceName> = upstreams.iter().map(|upstream| upstream.provider.clone()).collect();
    // Fail on a contract that can't be extended before the tests run, not after.
    check(&names, &args.keep, global, world)?;
    let ports = names.iter().map(|name| port(name, &names, &args.port)).collect::<Result<Vec<u16>, Failure>>()?;
    let options =
        RecorderOptions { timeout: args.timeout, max_body: args.max_body, proxies: Proxies::from_environment() };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::could_not_run(format!("the async runtime can't start: {error}")))?;
    let (code, taken) = runtime.block_on(async {
        let mut recorders = Vec::new();
        for (upstream, port) in upstreams.iter().zip(ports) {
            let recorder = Recorder::start(upstream.url.clone(), port, options.clone()).await.map_err(|error| {
                let why = files::why(&error);
                Failure::could_not_run(format!(
                    "the recorder for {} can't listen on port {port}: {why}",
                    upstream.provider
                ))
                .help("leave out --port, or choose another one")
            })?;
            recorders.push((upstream.provider.clone(), recorder));
        }
        let urls: Vec<(ServiceName, String)> =
            recorders.iter().map(|(provider, recorder)| (provider.clone(), recorder.url())).collect();
        let failed = |error| from_run_error(error, Exit::CouldNotRun);
        let code = if args.command.is_empty() {
            for ((provider, url), upstream) in urls.iter().zip(&upstreams) {
                world.say(&format!("{provider}  {url} → {}\n", upstream.url));
            }
            world.say("recording until Ctrl-C\n");
            stop_signal().await;
            0
        } else {
            let variables = variables(&urls, &args.env_var)?;
            let command = Wrapped::start(&args.command, &world.working, &variables).map_err(failed)?;
            command.ended(stop_signal_beside_a_command()).await.map_err(failed)?
        };
        let taking = recorders.into_iter().map(|(provider, recorder)| async move {
            let (exchanges, lost) = recorder.stop().await;
            Taken { provider, exchanges, lost }
        });
        Ok::<_, Failure>((code, join_all(taking).await))
    })?;
    // Whatever is still in flight was abandoned.
    runtime.shutdown_background();
    if code != 0 && !args.keep_failed {
        // The command may have failed because of that.
        for lost in taken.iter().flat_map(|taken| &taken.lost).take(LOST) {
            world.say(&report::note(&format!("not recorded: {lost}"), "", &world.err_palette()));
        }
        world.say(&format!(
            "note: the command ended with exit code {code}, so nothing was written; --keep-failed writes it anyway\n"
        ));
        return Ok(Exit::Command(code));
    }
    let exit = finish(taken, args, global, world)?;
    Ok(if code == 0 { exit } else { Exit::Command(code) })
}

fn finish(taken: Vec<Taken>, args: &RecordArgs, global: &Global, world: &mut World) -> Result<Exit, Failure> {
    if taken.iter().all(|taken| taken.exchanges.is_empty()) {
        let lost: Vec<String> = taken.iter().flat_map(|taken| taken.lost.iter().cloned()).collect();
        if let Some(first) = lost.first() {
            return Err(Failure::could_not_run(format!("nothing was recorded: {first}"))
                .help(format!("{} got no response; is the provider at that address?", count(lost.len(), "request"))));
        }
        let who = if args.command.is_empty() { "nobody" } else { "the command" };
        let asked = if args.command.is_empty() { "asked the recorder" } else { "did not ask the recorder" };
        let failure = Failure::could_not_run(format!("nothing was recorded: {who} {asked} for anything"));
        let help = if args.command.is_empty() {
            "send the consumer's requests to the address above"
        } else {
            "make the command use the address in UPHELD_URL, or name its own variable with --env-var"
        };
        return Err(failure.help(help));
    }
    let quiet: Vec<&ServiceName> =
        taken.iter().filter(|taken| taken.exchanges.is_empty()).map(|taken| &taken.provider).collect();
    if !quiet.is_empty() {
        world.say(&format!("note: no request reached {}\n", and_list(quoted(quiet))));
    }
    let taken = taken.into_iter().filter(|taken| !taken.exchanges.is_empty() || !taken.lost.is_empty()).collect();
    keep(taken, &args.keep, global, world)
}

/// The providers by name, each once.
fn upstreams(args: &RecordArgs) -> Result<Vec<Upstream>, Failure> {
    let mut upstreams: Vec<Upstream> = Vec::new();
    for OfProvider { provider, value } in &args.upstream {
        let named = provider.clone().or_else(|| args.provider.clone().filter(|_| args.upstream.len() == 1));
        let provider = named.ok_or_else(|| {
            Failure::usage("the provider's name is missing")
                .help("name it: --provider orders --upstream URL, or --upstream orders=URL for each of several")
        })?;
        let url = BaseUrl::parse(value).map_err(|why| Failure::usage(format!("--upstream: {why}")))?;
        if upstreams.iter().any(|known| known.provider == provider) {
            return Err(Failure::usage(format!("--upstream: `{provider}` is named twice")));
        }
        upstreams.push(Upstream { provider, url });
    }
    match &args.provider {
        Some(name) if !upstreams.iter().any(|upstream| upstream.provider == *name) => {
            Err(Failure::usage(format!("--provider is `{name}`, but --upstream names others"))
                .help("leave out --provider if --upstream names each of them"))
        }
        _ => Ok(upstreams),
    }
}
