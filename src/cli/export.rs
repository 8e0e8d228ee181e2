//! `upheld export`: writes contracts in the formats of other tools.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};

use super::converted::Page;
use super::load::Workspace;
use super::{Exit, Failure, Global, World};
use crate::conversion::export::{self, Version};
use crate::formats::ContractFile;
use crate::report::conversion_remark;
use crate::words::{did_you_mean, or_list};

/// Write contracts in the format of another tool
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(super) struct ExportArgs {
    #[command(subcommand)]
    to: To,
}

#[derive(Debug, Subcommand)]
enum To {
    Pact(PactArgs),
}

/// Write contracts as Pact files
///
/// Each contract becomes the file CONSUMER-PROVIDER.json. Whatever a Pact file can't express is reported, and loosened or
/// left out: providers are never held to more than the contract requires.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
struct PactArgs {
    /// Contract files, or providers whose contracts to write [default: all contracts in the folder]
    #[arg(value_name = "CONTRACT|PROVIDER")]
    which: Vec<String>,
    /// The version of the Pact specification
    #[arg(long, value_name = "VERSION", default_value = "4")]
    pact_version: PactVersion,
    /// The folder to write to
    #[arg(long, value_name = "DIR", default_value = "pacts")]
    output: PathBuf,
    /// Overwrite an existing file that differs
    #[arg(long)]
    replace: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PactVersion {
    /// For older tools
    #[value(name = "3")]
    V3,
    /// The newest version
    #[value(name = "4")]
    V4,
}

const EXAMPLES: &str = "\
Examples:
  upheld export pact
      writes all contracts to pacts/
  upheld export pact orders --pact-version 3
      writes those with the provider orders, for older verifiers
  upheld export pact contracts/storefront/orders.yaml --output build/pacts
      writes one contract to another folder";

pub(super) fn export(global: &Global, args: &ExportArgs, world: &mut World) -> Result<Exit, Failure> {
    match &args.to {
        To::Pact(args) => pact(global, args, world),
    }
}

fn pact(global: &Global, args: &PactArgs, world: &mut World) -> Result<Exit, Failure> {
    let chosen = chosen(&args.which, global, world)?;
    let version = if args.pact_version == PactVersion::V3 { Version::V3 } else { Version::V4 };
    let folder = world.working.join(&args.output);
    let palette = world.out_palette();
    let mut pages: Vec<Page> = Vec::new();
    let mut report = String::new();
    for file in &chosen {
        let exported = match (file.contract.to_own(), file.contract.to_pact()) {
            (Some(own), _) => export::export(&own, version),
            (None, Some(pact)) => export::rewrite(&pact, version),
            // Every file is in one of the two formats.
            (None, None) => continue,
        };
        let (consumer, provider) = (&file.contract.consumer, &file.contract.provider);
        let path = folder.join(format!("{consumer}-{provider}.json"));
        if let Some(page) = pages.iter().find(|page| page.is_at(&path)) {
            if page.text == exported.text {
                continue;
            }
            return Err(Failure::usage(format!(
                "nothing was written: two contracts would be written to {}",
                page.shown
            ))
            .help("export them one by one, each with its own --output DIR"));
        }
        let page = Page::new(path, exported.text, args.replace, "--output", world)?;
        for remark in &exported.remarks {
            report.push_str(&conversion_remark(remark, file, &palette));
        }
        report.push_str(&page.summary(consumer, provider, exported.interactions, exported.remarks.len()));
        pages.push(page);
    }
    // Reported first: nothing may be lost silently because the output can't be written.
    world.print(&report)?;
    for page in &pages {
        page.write()?;
    }
    Ok(Exit::Yes)
}

/// The contracts that were named, by their files or by their providers, or all contracts in the folder.
fn chosen(which: &[String], global: &Global, world: &World) -> Result<Vec<Arc<ContractFile>>, Failure> {
    let (paths, providers) = paths_and_providers(which, world);
    let mut chosen = Vec::new();
    if !providers.is_empty() || paths.is_empty() {
        let workspace = Workspace::load(global, &[], world)?.usable()?;
        let known: Vec<String> = workspace.files.iter().map(|file| file.contract.provider.to_string()).collect();
        for provider in &providers {
            if !known.contains(provider) {
                let help = did_you_mean(provider, known.iter().map(String::as_str))
                    .unwrap_or_else(|| format!("there are contracts with {}", or_list(known.clone())));
                return Err(Failure::usage(format!("no contract and no file is called `{provider}`")).help(help));
            }
        }
        let is_wanted =
            |file: &ContractFile| providers.is_empty() || providers.contains(&file.contract.provider.to_string());
        chosen.extend(workspace.files.into_iter().filter(|file| is_wanted(file)));
    }
    if !paths.is_empty() {
        chosen.extend(Workspace::load(global, &paths, world)?.usable()?.files);
    }
    Ok(chosen)
}

/// Separates files from providers: whatever looks like a path, or is one, is a file.
fn paths_and_providers(which: &[String], world: &World) -> (Vec<PathBuf>, Vec<String>) {
    let (paths, providers): (Vec<&String>, Vec<&String>) = which
        .iter()
        .partition(|one| one.contains(['/', '\\']) || one.contains('.') && world.working.join(one).exists());
    (paths.into_iter().map(PathBuf::from).collect(), providers.into_iter().cloned().collect())
}
