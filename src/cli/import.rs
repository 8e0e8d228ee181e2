//! `upheld import`: contracts from files of other tools.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ends::OfProvider;
use super::recorded::{KeepArgs, Traffic, write_contracts};
use super::{Exit, Failure, Global, World, import_pact};
use crate::files;
use crate::http::BaseUrl;
use crate::interaction::ServiceName;
use crate::recording::{Exchange, HarEntry, Origin, UnusableEntry, read_har};
use crate::source::{Limits, Sources};
use crate::words::{and_list, count};

/// The default limit for a HAR file, in bytes: it contains whole bodies of whole sessions.
const LARGEST: usize = 256 << 20;
/// The default limit for the values in it, for the same reason.
const MOST_VALUES: usize = 5_000_000;
/// The most hosts that are listed.
const HOSTS: usize = 20;

/// Make contracts from files of other tools
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

/// Make contracts from a HAR file, as saved by browsers and proxies
///
/// The traffic in the file becomes the contract contracts/CONSUMER/PROVIDER.yaml, or is added to it, just as with
/// `upheld record`: secrets are removed, and everything that you wrote there stays as it is. Without a provider, the
/// hosts in the file are listed.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
struct HarArgs {
    /// The HAR file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    keep: KeepArgs,
    /// The provider, if there is only one
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    provider: Option<ServiceName>,
    /// The address of the provider in the file [default: its only host]
    #[arg(long, value_name = "URL", requires = "provider", conflicts_with = "upstream")]
    url: Option<String>,
    /// A provider and its address in the file; repeat it for each provider
    #[arg(long, value_name = "NAME=URL")]
    upstream: Vec<OfProvider>,
    /// Include the parts of pages: documents, scripts, styles, images
    #[arg(long)]
    with_assets: bool,
}

const EXAMPLES: &str = "\
Examples:
  upheld import har session.har --consumer storefront
      lists the hosts in the file
  upheld import har session.har --consumer storefront --provider orders --url https://api.shop.example/v1
      the requests to that address
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
    let usual = Limits::default();
    let bytes = if limits.bytes == usual.bytes { LARGEST } else { limits.bytes };
    let values = if limits.values == usual.values { MOST_VALUES } else { limits.values };
    // Lines of the file aren't shown with a finding, since they may contain secrets.
    let failed = |finding| Failure::Findings { findings: vec![finding], sources: Sources::default() };
    let shown = files::shown(&path, &world.working);
    let source = files::read_source(&path, shown.clone(), Limits { bytes, values, ..limits }).map_err(failed)?;
    let entries = read_har(&source).map_err(failed)?;
    drop(source);
    let providers = providers(args, &entries, &shown)?;
    let mut traffic: Vec<Traffic> = Vec::new();
    let mut unusable: BTreeMap<UnusableEntry, usize> = BTreeMap::new();
    for (provider, place) in &providers {
        let origin = Origin::new(&place.to_string());
        traffic.push(Traffic { provider: provider.clone(), exchanges: Vec::new(), lost: Vec::new(), origin });
    }
    let (mut assets, mut others) = (0, 0);
    for entry in entries {
        // The longest address wins, since one may lie below another.
        let fits = providers.iter().enumerate().filter(|(_, (_, url))| url.contains(&entry));
        let Some((index, (_, url))) = fits.max_by_key(|(_, (_, url))| url.prefix.len()) else {
            others += 1;
            continue;
        };
        match entry.exchange {
            Err(why) => *unusable.entry(why).or_default() += 1,
            Ok(_) if entry.is_asset && !args.with_assets => assets += 1,
            Ok(exchange) => {
                if let Some(traffic) = traffic.get_mut(index) {
                    traffic.exchanges.push(url.strip_prefix(exchange));
                }
            }
        }
    }
    let mut notes: Vec<String> =
        unusable.iter().map(|(why, times)| format!("{} {why}", count(*times, "request"))).collect();
    if assets > 0 {
        notes.insert(0, format!("{} of pages (--with-assets includes them)", count(assets, "part")));
    }
    if others > 0 {
        notes.push(format!("{} to other addresses", count(others, "request")));
    }
    for (traffic, (_, url)) in traffic.iter().zip(&providers) {
        if traffic.exchanges.is_empty() {
            let mut failure =
                Failure::usage(format!("{shown} contains no exchange with {} at {url}", traffic.provider));
            if !notes.is_empty() {
                failure = failure.help(format!("it contains {}", and_list(notes)));
            }
            return Err(failure);
        }
    }
    if !notes.is_empty() {
        world.say(&format!("note: left out: {}\n", notes.join(", ")));
    }
    write_contracts(traffic, &args.keep, global, world)
}

/// The address of a provider in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    origin: String,
    /// The path before all paths, without a slash at its end.
    prefix: String,
}

impl Place {
    fn parse(text: &str, option: &str) -> Result<Self, Failure> {
        // By the same rules as the addresses of `record` and `verify`.
        BaseUrl::parse(text).map_err(|why| Failure::usage(format!("{option}: {why}")))?;
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let host = host.strip_suffix(default_port).unwrap_or(&host);
        Ok(Self { origin: format!("{scheme}://{host}"), prefix: path.trim_end_matches('/').to_owned() })
    }

    fn contains(&self, entry: &HarEntry) -> bool {
        let below =
            |path: &str| path.strip_prefix(&self.prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        entry.origin == self.origin && entry.exchange.as_ref().map_or(true, |exchange| below(&exchange.request.path))
    }

    /// The exchange as the provider at this address knows it.
    fn strip_prefix(&self, mut exchange: Exchange) -> Exchange {
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

/// The providers to import, with their addresses in the file.
fn providers(args: &HarArgs, entries: &[HarEntry], shown: &str) -> Result<Vec<(ServiceName, Place)>, Failure> {
    let hosts = hosts(entries);
    if hosts.is_empty() {
        return Err(Failure::usage(format!("{shown} contains no exchange with a web server")));
    }
    let mut providers: Vec<(ServiceName, Place)> = Vec::new();
    for OfProvider { provider, value } in &args.upstream {
        let only = args.provider.clone().filter(|_| args.upstream.len() == 1);
        let Some(name) = provider.clone().or(only) else {
            return Err(Failure::usage(format!("--upstream: `{value}` has no provider")).help("write NAME=URL"));
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
            .help("leave out --provider if --upstream names each provider"));
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
            Err(Failure::usage(format!("which of the hosts is the provider? {shown} has {}", and_list(list)))
                .help(format!("write --provider {provider} --url {most}, or --upstream NAME=URL for each provider")))
        }
    }
}

/// The hosts in the file with their numbers of calls, in descending order.
fn hosts(entries: &[HarEntry]) -> Vec<(String, usize)> {
    let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.exchange.is_ok()) {
        *hosts.entry(&entry.origin).or_default() += usize::from(!entry.is_asset);
    }
    let mut hosts: Vec<(String, usize)> = hosts.into_iter().map(|(host, calls)| (host.to_owned(), calls)).collect();
    hosts.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
    hosts
}
