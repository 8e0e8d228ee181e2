//! `upheld import`: contracts from recordings of other tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ends::OfProvider;
use super::import_pact;
use super::recorded::{KeepArgs, Taken, keep};
use super::{Exit, Failure, Global, World};
use crate::contract::ServiceName;
use crate::files;
use crate::http::BaseUrl;
use crate::recording::{Exchange, HarEntry, read_har};
use crate::source::{Limits, Sources};
use crate::words::{and_list, count};

/// How large a HAR file may be by default, in bytes: it holds whole bodies, and whole sessions.
const LARGEST: usize = 256 << 20;
/// How many hosts are listed.
const HOSTS: usize = 20;

/// Make contracts from another tool's files
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    from: From,
}

#[derive(Debug, Subcommand)]
enum From {
    Har(Box<HarArgs>),
    Pact(import_pact::PactArgs),
}

/// Make contracts from a HAR file, as browsers and proxies save it
///
/// Creates the contract contracts/CONSUMER/PROVIDER.yaml or adds to it, as `upheld record` does: secrets are removed,
/// and what you wrote there stays as it is. Without a provider, the hosts in the file are listed.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
struct HarArgs {
    /// The HAR file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    keep: KeepArgs,
    /// The service that responds, if there is only one
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    provider: Option<ServiceName>,
    /// The provider's address in the file [default: the only host there]
    #[arg(long, value_name = "URL", requires = "provider", conflicts_with = "upstream")]
    url: Option<String>,
    /// A provider's address in the file, once for each of several
    #[arg(long, value_name = "NAME=URL")]
    upstream: Vec<OfProvider>,
    /// Include the parts of pages: documents, scripts, styles, images
    #[arg(long)]
    with_assets: bool,
}

const EXAMPLES: &str = "\
Examples:
  upheld import har session.har --consumer storefront
      lists the hosts of the file
  upheld import har session.har --consumer storefront --provider orders --url https://api.shop.example/v1
      what was asked of that address
  upheld import har session.har --consumer storefront \\
                    --upstream orders=https://orders.example --upstream payments=https://pay.example
      two providers";

pub(super) fn import(global: &Global, args: &ImportArgs, world: &mut World) -> Result<Exit, Failure> {
    match &args.from {
        From::Har(args) => har(global, args, world),
        From::Pact(args) => import_pact::pact(global, args, world),
    }
}

fn har(global: &Global, args: &HarArgs, world: &mut World) -> Result<Exit, Failure> {
    let path = world.working.join(&args.file);
    let limits = global.limits();
    let bytes = if limits.bytes == Limits::default().bytes { LARGEST } else { limits.bytes };
    // The lines of the file are not shown with a finding: they hold secrets.
    let failed = |finding| Failure::Findings { findings: vec![finding], sources: Sources::default() };
    let shown = files::shown(&path, &world.working);
    let source = files::read_source(&path, shown.clone(), Limits { bytes, ..limits }).map_err(failed)?;
    let entries = read_har(&source).map_err(failed)?;
    drop(source);
    let providers = providers(args, &entries, &shown)?;
    let mut taken: Vec<Taken> = Vec::new();
    let mut left: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (provider, _) in &providers {
        taken.push(Taken { provider: provider.clone(), exchanges: Vec::new(), lost: Vec::new() });
    }
    let (mut assets, mut others) = (0, 0);
    for entry in entries {
        // The most exact address wins: one may lie below another.
        let fits = providers.iter().enumerate().filter(|(_, (_, url))| url.holds(&entry));
        let Some((index, (_, url))) = fits.max_by_key(|(_, (_, url))| url.prefix.len()) else {
            others += 1;
            continue;
        };
        match entry.exchange {
            Err(why) => *left.entry(why).or_default() += 1,
            Ok(_) if entry.is_asset && !args.with_assets => assets += 1,
            Ok(exchange) => {
                if let Some(taken) = taken.get_mut(index) {
                    taken.exchanges.push(url.without(exchange));
                }
            }
        }
    }
    let mut notes: Vec<String> =
        left.iter().map(|(why, times)| format!("{} {why}", count(*times, "request"))).collect();
    if assets > 0 {
        notes.insert(0, format!("{} of pages (--with-assets includes them)", count(assets, "part")));
    }
    if others > 0 {
        notes.push(format!("{} to other addresses", count(others, "request")));
    }
    for (taken, (_, url)) in taken.iter().zip(&providers) {
        if taken.exchanges.is_empty() {
            let mut failure = Failure::usage(format!("{shown} has no exchange with {} at {url}", taken.provider));
            if !notes.is_empty() {
                failure = failure.help(format!("it has {}", and_list(notes)));
            }
            return Err(failure);
        }
    }
    if !notes.is_empty() {
        world.say(&format!("note: left out: {}\n", notes.join(", ")));
    }
    keep(taken, &args.keep, global, world)
}

/// An address whose exchanges are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    origin: String,
    /// The path before all paths, without a slash at its end.
    prefix: String,
}

impl Place {
    fn parse(text: &str, option: &str) -> Result<Self, Failure> {
        // Read by the same rules as where `record` and `verify` send to.
        BaseUrl::parse(text).map_err(|why| Failure::usage(format!("{option}: {why}")))?;
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(default_port).unwrap_or(&host);
        Ok(Self { origin: format!("{scheme}://{host}"), prefix: path.trim_end_matches('/').to_owned() })
    }

    fn holds(&self, entry: &HarEntry) -> bool {
        let below =
            |path: &str| path.strip_prefix(&self.prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        entry.origin == self.origin && entry.exchange.as_ref().map_or(true, |exchange| below(&exchange.request.path))
    }

    /// The exchange as the provider at this address knows it.
    fn without(&self, mut exchange: Exchange) -> Exchange {
        if let Some(path) = exchange.request.path.strip_prefix(&self.prefix) {
            exchange.request.path = if path.is_empty() { String::from("/") } else { path.to_owned() };
        }
        exchange
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

/// The providers that are asked for, and where they were.
fn providers(args: &HarArgs, entries: &[HarEntry], shown: &str) -> Result<Vec<(ServiceName, Place)>, Failure> {
    let hosts = hosts(entries);
    if hosts.is_empty() {
        return Err(Failure::usage(format!("{shown} has no exchange with a web server")));
    }
    let mut providers: Vec<(ServiceName, Place)> = Vec::new();
    for OfProvider { provider, value } in &args.upstream {
        let only = args.provider.clone().filter(|_| args.upstream.len() == 1);
        let Some(name) = provider.clone().or(only) else {
            return Err(
                Failure::usage(format!("--upstream: the provider of `{value}` is not named")).help("write NAME=URL")
            );
        };
        if providers.iter().any(|(known, _)| *known == name) {
            return Err(Failure::usage(format!("--upstream: `{name}` is named twice")));
        }
        let place = Place::parse(value, "--upstream")?;
        if let Some((other, _)) = providers.iter().find(|(_, known)| *known == place) {
            return Err(Failure::usage(format!("--upstream: `{other}` and `{name}` have the same address")));
        }
        providers.push((name, place));
    }
    if let (Some(name), [_, ..]) = (&args.provider, providers.as_slice())
        && !providers.iter().any(|(known, _)| known == name)
    {
        return Err(Failure::usage(format!("--provider is `{name}`, but --upstream names others"))
            .help("leave out --provider if --upstream names each of them"));
    }
    if !providers.is_empty() {
        return Ok(providers);
    }
    match (&args.provider, &args.url, hosts.as_slice()) {
        (Some(provider), Some(url), _) => Ok(vec![(provider.clone(), Place::parse(url, "--url")?)]),
        (Some(provider), None, [(only, _)]) => {
            Ok(vec![(provider.clone(), Place { origin: only.clone(), prefix: String::new() })])
        }
        (provider, _, _) => {
            let most = hosts.first().map_or("", |(host, _)| host);
            let provider = provider.as_ref().map_or("PROVIDER", ServiceName::as_str);
            let mut list: Vec<String> =
                hosts.iter().take(HOSTS).map(|(host, calls)| format!("{host} ({})", count(*calls, "call"))).collect();
            if hosts.len() > HOSTS {
                list.push(count(hosts.len() - HOSTS, "more host").to_string());
            }
            Err(Failure::usage(format!("which of the hosts is the provider? {shown} has {}", and_list(list))).help(
                format!("name it: --provider {provider} --url {most}, or --upstream NAME=URL for each of several"),
            ))
        }
    }
}

/// The hosts of the file with their numbers of calls, those with the most first.
fn hosts(entries: &[HarEntry]) -> Vec<(String, usize)> {
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.exchange.is_ok()) {
        *hosts.entry(&entry.origin).or_default() += usize::from(!entry.is_asset);
    }
    let mut hosts: Vec<(String, usize)> = hosts.into_iter().map(|(host, calls)| (host.to_owned(), calls)).collect();
    hosts.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    hosts
}
