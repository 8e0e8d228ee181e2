//! `upheld record`: a recording proxy in front of real providers while the consumer's tests run.

use std::time::Duration;

use clap::Args;
use futures_util::future::join_all;

use super::arguments::time;
use super::ends::{OfProvider, port, variables};
use super::provider::from_run_error;
use super::recorded::{KeepArgs, Traffic, check_existing, write_contracts};
use super::signal::{stop_signal, stop_signal_beside_a_command};
use super::{Exit, Failure, Global, World};
use crate::http::{BaseUrl, Hosts, Proxies, Recorder, RecorderOptions};
use crate::interaction::ServiceName;
use crate::process::Wrapped;
use crate::recording::{Exchange, Origin, redact};
use crate::words::{and_list, count, quoted};
use crate::{files, report};

/// Record a consumer's traffic with its providers as contracts
///
/// Runs a proxy in front of each provider while COMMAND runs, such as the consumer's tests. The command finds a provider
/// at the address in UPHELD_URL; with several, at UPHELD_URL_ORDERS and so on. Its requests and the responses become the
/// contract contracts/CONSUMER/PROVIDER.yaml, or are added to it: everything that you wrote there stays as it is.
///
/// Secrets never reach the contract: most headers are left out, and passwords, tokens and keys are replaced wherever
/// they are found.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct RecordArgs {
    #[command(flatten)]
    keep: KeepArgs,
    /// The provider, if there is only one
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    provider: Option<ServiceName>,
    /// The address of the provider, or NAME=URL for each of several
    #[arg(long, value_name = "[NAME=]URL", required = true)]
    upstream: Vec<OfProvider>,
    /// Another variable for the recorder's address: ORDERS_URL, or NAME=ORDERS_URL
    #[arg(long, value_name = "[NAME=]VAR")]
    env_var: Vec<OfProvider>,
    /// The port of the recorder: 8080, or NAME=8080 [default: a free one]
    #[arg(long, value_name = "[NAME=]PORT")]
    port: Vec<OfProvider>,
    /// How long connecting may take, and then the start of a response
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    timeout: Duration,
    /// The largest body that is kept
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    max_body: usize,
    /// A host that requests may be for, besides the names of this machine; `*` for any
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    allow_host: Vec<String>,
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
      the tests use the recorder at $UPHELD_URL instead of the service
  upheld record --consumer storefront --upstream orders=https://orders.staging.example \\
                --upstream payments=https://pay.staging.example --env-var orders=ORDERS_API -- pytest
      two providers, one of them at the address in $ORDERS_API
  upheld record --consumer storefront --provider orders --upstream http://127.0.0.1:8080 --port 9090
      until Ctrl-C: let your application use port 9090
  upheld record … --update -- npm test
      update the interactions that have changed since the last recording";

/// The most requests without a response that are listed if nothing is written.
const LOST: usize = 5;

/// A provider to record.
struct Upstream {
    provider: ServiceName,
    url: BaseUrl,
}

pub(super) fn record(global: &Global, args: &RecordArgs, world: &mut World) -> Result<Exit, Failure> {
    let upstreams = upstreams(args)?;
    let names: Vec<ServiceName> = upstreams.iter().map(|upstream| upstream.provider.clone()).collect();
    // A contract that can't be extended should be reported before the tests run.
    check_existing(&names, &args.keep, global, world)?;
    let ports = names.iter().map(|name| port(name, &names, &args.port)).collect::<Result<Vec<u16>, Failure>>()?;
    let options = RecorderOptions {
        timeout: args.timeout,
        max_body: args.max_body,
        proxies: Proxies::from_environment(),
        hosts: Hosts::also(&args.allow_host),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::could_not_run(format!("can't start the runtime: {error}")))?;
    let (code, traffic) = runtime.block_on(async {
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
        let upstreams = &upstreams;
        let taking = recorders.into_iter().map(|(provider, recorder)| async move {
            let (exchanges, lost) = recorder.stop().await;
            let upstream = upstreams.iter().find(|upstream| upstream.provider == provider);
            let origin = upstream.and_then(|upstream| Origin::new(&upstream.url.to_string()));
            Traffic { provider, exchanges, lost, origin }
        });
        Ok::<_, Failure>((code, join_all(taking).await))
    })?;
    // Unfinished exchanges were given up.
    runtime.shutdown_background();
    if code != 0 && !args.keep_failed {
        // They may be why it failed.
        let exchanges: Vec<Exchange> = traffic.iter().flat_map(|traffic| traffic.exchanges.clone()).collect();
        let guard = redact(&exchanges, &args.keep.keep_header).guard;
        for lost in traffic.iter().flat_map(|traffic| &traffic.lost).take(LOST) {
            let note = format!("not recorded: {}", guard.clean(lost));
            world.say(&report::note(&note, "", &world.err_palette()));
        }
        world.say(&format!(
            "note: the command failed with exit code {code}, so nothing was written; --keep-failed writes anyway\n"
        ));
        return Ok(Exit::Command(code));
    }
    let exit = finish(traffic, args, global, world)?;
    Ok(if code == 0 { exit } else { Exit::Command(code) })
}

fn finish(traffic: Vec<Traffic>, args: &RecordArgs, global: &Global, world: &mut World) -> Result<Exit, Failure> {
    if traffic.iter().all(|traffic| traffic.exchanges.is_empty()) {
        let lost: Vec<String> = traffic.iter().flat_map(|traffic| traffic.lost.iter().cloned()).collect();
        if let Some(first) = lost.first() {
            return Err(Failure::could_not_run(format!("nothing was recorded: {first}")).help(format!(
                "{} got no response: check that the provider is running at its address",
                count(lost.len(), "request")
            )));
        }
        let (message, help) = if args.command.is_empty() {
            (
                "nothing was recorded: no request reached the recorder",
                "send the consumer's requests to the address above",
            )
        } else {
            (
                "nothing was recorded: the command sent no request to the recorder",
                "make the command use the address in the variable UPHELD_URL, or name its own variable with --env-var",
            )
        };
        return Err(Failure::could_not_run(message).help(help));
    }
    let quiet: Vec<&ServiceName> =
        traffic.iter().filter(|traffic| traffic.exchanges.is_empty()).map(|traffic| &traffic.provider).collect();
    if !quiet.is_empty() {
        world.say(&format!("note: no requests to {}\n", and_list(quoted(quiet))));
    }
    let traffic =
        traffic.into_iter().filter(|traffic| !traffic.exchanges.is_empty() || !traffic.lost.is_empty()).collect();
    write_contracts(traffic, &args.keep, global, world)
}

/// The providers to record, each once.
fn upstreams(args: &RecordArgs) -> Result<Vec<Upstream>, Failure> {
    let mut upstreams: Vec<Upstream> = Vec::new();
    for OfProvider { provider, value } in &args.upstream {
        let named = provider.clone().or_else(|| args.provider.clone().filter(|_| args.upstream.len() == 1));
        let provider = named.ok_or_else(|| {
            Failure::usage("the name of the provider is missing")
                .help("write --provider orders --upstream URL, or --upstream orders=URL for each of several")
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
                .help("leave out --provider if --upstream names each provider"))
        }
        _ => Ok(upstreams),
    }
}
