//! `upheld export`: contracts in the formats of others.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::load::Workspace;
use super::{Exit, Failure, Global, World};
use crate::conversion::export::{self, Version};
use crate::files;
use crate::formats::ContractFile;
use crate::report::{ConversionRemark, conversion_remark};
use crate::words::{count, did_you_mean, or_list};

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
/// Each contract becomes the file CONSUMER-PROVIDER.json. Anything a Pact file can't express is reported, and loosened
/// or left out: the file never asks for more than the contract does.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
struct PactArgs {
    /// Contract files, or providers by name [default: all contracts]
    #[arg(value_name = "CONTRACT|PROVIDER")]
    which: Vec<String>,
    /// The version of the Pact specification
    #[arg(long, value_name = "VERSION", default_value = "4")]
    pact_version: PactVersion,
    /// The folder to write the files to
    #[arg(long, value_name = "DIR", default_value = "pacts")]
    output: PathBuf,
    /// Overwrite a file that already exists and differs
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
      all contracts, into pacts/
  upheld export pact orders --pact-version 3
      those with the provider orders, for older verifiers
  upheld export pact contracts/storefront/orders.yaml --output build/pacts
      one of them, elsewhere";

pub(super) fn export(global: &Global, args: &ExportArgs, world: &mut World) -> Result<Exit, Failure> {
    match &args.to {
        To::Pact(args) => pact(global, args, world),
    }
}

fn pact(global: &Global, args: &PactArgs, world: &mut World) -> Result<Exit, Failure> {
    let (paths, providers) = sorted(&args.which, world);
    // Providers are those of the folder, beside which files may be named.
    let mut chosen = Vec::new();
    if !providers.is_empty() || paths.is_empty() {
        let workspace = Workspace::load(global, &[], world)?.usable()?;
        let known: Vec<String> = workspace.files.iter().map(|file| file.contract.provider.to_string()).collect();
        for provider in &providers {
            if !known.contains(provider) {
                let help = did_you_mean(provider, known.iter().map(String::as_str))
                    .unwrap_or_else(|| format!("there are contracts with {}", or_list(known.clone())));
                return Err(Failure::usage(format!("there is no provider and no file `{provider}`")).help(help));
            }
        }
        let wanted =
            |file: &ContractFile| providers.is_empty() || providers.contains(&file.contract.provider.to_string());
        chosen.extend(workspace.files.into_iter().filter(|file| wanted(file)));
    }
    if !paths.is_empty() {
        chosen.extend(Workspace::load(global, &paths, world)?.usable()?.files);
    }
    let version = if args.pact_version == PactVersion::V3 { Version::V3 } else { Version::V4 };
    let folder = world.working.join(&args.output);
    let palette = world.out_palette();
    let mut written: Vec<(PathBuf, String, String, bool)> = Vec::new();
    let mut told = String::new();
    for file in &chosen {
        let exported = match (file.contract.to_own(), file.contract.to_pact()) {
            (Some(own), _) => export::export(&own, version),
            (None, Some(pact)) => export::rewrite(&pact, version),
            // A file is in one format.
            (None, None) => continue,
        };
        let (consumer, provider) = (&file.contract.consumer, &file.contract.provider);
        let path = folder.join(format!("{consumer}-{provider}.json"));
        let shown = files::shown(&path, &world.working);
        if let Some((_, _, text, _)) = written.iter().find(|(other, ..)| *other == path) {
            if *text == exported.text {
                continue;
            }
            return Err(Failure::usage(format!("nothing was written: two contracts would go to {shown}"))
                .help("export them one by one, each with its --output DIR"));
        }
        let same = std::fs::read_to_string(&path).is_ok_and(|there| there == exported.text);
        if path.exists() && !same && !args.replace {
            return Err(Failure::usage(format!("nothing was written: {shown} already exists and differs"))
                .help("--replace overwrites it; --output DIR writes to another folder"));
        }
        for remark in &exported.remarks {
            let line = file.source.place(&remark.at).map(|span| span.start.line);
            let line = line.or_else(|| file.lines.get(remark.interaction).copied()).unwrap_or(1);
            let interaction = file.contract.interactions.get(remark.interaction).map_or("", |one| one.name.as_str());
            let (place, why, more) = (&remark.place, &remark.why, remark.more);
            told.push_str(&conversion_remark(
                &ConversionRemark { interaction, place, why, more, file: &file.source.name, line },
                &palette,
            ));
        }
        let remarks = match exported.remarks.len() {
            0 => String::new(),
            number => format!(", {}", count(number, "remark")),
        };
        let interactions = count(file.contract.interactions.len(), "interaction");
        let fate = if same { "unchanged in" } else { "written to" };
        told.push_str(&format!("{consumer} → {provider}  {interactions}{remarks}; {fate} {shown}\n"));
        written.push((path, shown, exported.text, same));
    }
    // Reported before anything is written: if it can't be reported, nothing must happen silently.
    world.print(&told)?;
    for (path, shown, text, same) in &written {
        if !same {
            files::replace(path, text)
                .map_err(|error| Failure::could_not_run(format!("{shown} can't be written: {}", files::why(&error))))?;
        }
    }
    Ok(Exit::Yes)
}

/// Files and providers apart: what looks like a path, or is one, is a file.
fn sorted(which: &[String], world: &World) -> (Vec<PathBuf>, Vec<String>) {
    let (paths, providers): (Vec<&String>, Vec<&String>) = which
        .iter()
        .partition(|one| one.contains(['/', '\\']) || one.contains('.') && world.working.join(one).exists());
    (paths.into_iter().map(PathBuf::from).collect(), providers.into_iter().cloned().collect())
}
