//! `upheld import pact`: contracts from Pact files.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indexmap::IndexMap;

use super::load::folder_to_write;
use super::recorded::write_schema;
use super::{Exit, Failure, Global, World};
use crate::contract::{Contract, Interaction, write};
use crate::conversion::Remark;
use crate::conversion::import::import;
use crate::files::{self, ContractFolder};
use crate::formats::{self, ContractFile, Terms, interaction_id};
use crate::interaction::{InteractionId, ServiceName};
use crate::pact::{self, unique};
use crate::report::{ConversionRemark, Palette, conversion_remark};
use crate::source::Sources;
use crate::words::count;

/// Make contracts from Pact files
///
/// Each becomes the contract contracts/CONSUMER/PROVIDER.yaml, with the same requests and the rules that a person would
/// write for them. Anything a contract can't express is reported with its line in the Pact file, never dropped
/// silently. Several files of one consumer and provider become one contract; if two different interactions have the
/// same name, the second is renamed.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct PactArgs {
    /// The Pact files, of versions 1 to 4
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The consumer's name here [default: as in the file]
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    consumer: Option<ServiceName>,
    /// The provider's name here [default: as in the file]
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    provider: Option<ServiceName>,
    /// Overwrite a contract that already exists and differs
    #[arg(long)]
    replace: bool,
}

const EXAMPLES: &str = "\
Examples:
  upheld import pact pacts/storefront-orders.json
      writes contracts/storefront/orders.yaml
  upheld import pact pacts/*.json
      all of them, each to its place
  upheld import pact shop.json --consumer storefront --provider orders
      with other names

Pact files work without being imported: `verify`, `mock`, `lint` and `publish` read them as they are.";

/// A contract that is to be written.
struct Made {
    contract: Contract,
    /// Its remarks, a line each.
    remarks: Vec<String>,
    /// The numbers of the interactions by their names as they were read.
    read: HashMap<String, Vec<usize>>,
    /// The names that they have here.
    names: HashSet<String>,
}

pub(super) fn pact(global: &Global, args: &PactArgs, world: &mut World) -> Result<Exit, Failure> {
    let files = read_all(&args.files, global, world)?;
    let palette = world.out_palette();
    let mut made: IndexMap<(ServiceName, ServiceName), Made> = IndexMap::new();
    for file in &files {
        add(file, args, &palette, &mut made);
    }
    let folder = folder_to_write(global, world)?;
    let mut pages = Vec::new();
    for ((consumer, provider), made) in made {
        if made.contract.interactions.is_empty() {
            let text = told(&made.remarks);
            world.say(&text);
            return Err(Failure::usage(format!("nothing of {consumer} → {provider} can be expressed in a contract"))
                .help("the Pact file itself can still be used: give it to `upheld verify` and `upheld mock`"));
        }
        let path = folder.join(consumer.as_str()).join(format!("{provider}.yaml"));
        let shown = files::shown(&path, &world.working);
        let text = write(&made.contract);
        let is_there = std::fs::read_to_string(&path);
        let same = is_there.as_ref().is_ok_and(|there| *there == text);
        if path.exists() && !same && !args.replace {
            return Err(Failure::usage(format!("nothing was written: {shown} already exists and differs"))
                .help("--replace overwrites it; --contracts DIR writes to another folder"));
        }
        pages.push((consumer, provider, made, path, shown, text, same));
    }
    // Reported before anything is written: if it can't be reported, nothing must happen silently.
    for (consumer, provider, made, _, shown, _, same) in &pages {
        let interactions = count(made.contract.interactions.len(), "interaction");
        let fate = if *same { "unchanged in" } else { "written to" };
        let remarks = match made.remarks.len() {
            0 => String::new(),
            number => format!(", {}", count(number, "remark")),
        };
        world.print(&format!(
            "{}{consumer} → {provider}  {interactions}{remarks}; {fate} {shown}\n",
            told(&made.remarks)
        ))?;
    }
    for (_, _, _, path, shown, text, same) in &pages {
        if !same {
            files::replace(path, text)
                .map_err(|error| Failure::could_not_run(format!("{shown} can't be written: {}", files::why(&error))))?;
        }
    }
    write_schema(&folder);
    Ok(Exit::Yes)
}

fn told(remarks: &[String]) -> String {
    remarks.concat()
}

/// Reads all files; all findings at once if one of them can't be used.
fn read_all(paths: &[PathBuf], global: &Global, world: &World) -> Result<Vec<ContractFile>, Failure> {
    let mut files = Vec::new();
    let (mut findings, mut sources) = (Vec::new(), Sources::default());
    for path in paths {
        let path = world.working.join(path);
        let source = match files::read_source(&path, files::shown(&path, &world.working), global.limits()) {
            Ok(source) => Arc::new(source),
            Err(finding) => {
                findings.push(finding);
                continue;
            }
        };
        sources.add(Arc::clone(&source));
        match formats::read(&source, &ContractFolder::of(&path, global.limits())) {
            Ok(read) if !pact::is_pact(&source.text) => {
                let pair = format!("{} with {}", read.contract.consumer, read.contract.provider);
                return Err(Failure::usage(format!("{} is already a contract: that of {pair}", source.name)));
            }
            Ok(read) => files.push(formats::file(source, read)),
            Err(found) => findings.extend(found),
        }
    }
    if findings.is_empty() { Ok(files) } else { Err(Failure::Findings { findings, sources }) }
}

/// Adds what a file says to the contract of its consumer and provider.
fn add(file: &ContractFile, args: &PactArgs, palette: &Palette, made: &mut IndexMap<(ServiceName, ServiceName), Made>) {
    // All of them are Pact files, or they would have been refused.
    let Some(pact) = file.contract.to_pact() else { return };
    let mut converted = import(&pact);
    let contract = &mut converted.contract;
    if let Some(consumer) = &args.consumer {
        contract.consumer = consumer.clone();
    }
    if let Some(provider) = &args.provider {
        contract.provider = provider.clone();
    }
    let pair = (contract.consumer.clone(), contract.provider.clone());
    let lines = converted.remarks.iter().map(|remark| line(file, remark, palette)).collect::<Vec<_>>();
    let made = made.entry(pair).or_insert_with(|| Made {
        contract: Contract { interactions: Vec::new(), ..contract.clone() },
        remarks: Vec::new(),
        read: HashMap::new(),
        names: HashSet::new(),
    });
    made.remarks.extend(lines);
    for mut interaction in std::mem::take(&mut contract.interactions) {
        let (interactions, id) = (&mut made.contract.interactions, id(&interaction));
        let alike = made.read.entry(interaction.name.clone()).or_default();
        // The same in two files, as it is where tests were split.
        if alike.iter().any(|number| self::id(&interactions[*number]) == id) {
            continue;
        }
        alike.push(interactions.len());
        unique(&mut interaction, &mut made.names);
        interactions.push(interaction);
    }
}

fn id(interaction: &Interaction) -> InteractionId {
    interaction_id(&interaction.clone().map(Terms::from))
}

/// A remark with its place in the Pact file.
fn line(file: &ContractFile, remark: &Remark, palette: &Palette) -> String {
    let line = file
        .source
        .place(&remark.at)
        .map(|span| span.start.line)
        .or_else(|| file.lines.get(remark.interaction).copied())
        .unwrap_or(1);
    let interaction = file.contract.interactions.get(remark.interaction).map_or("", |one| one.name.as_str());
    let Remark { place, why, more, .. } = remark;
    let shown = ConversionRemark { interaction, place, why, more: *more, file: &file.source.name, line };
    conversion_remark(&shown, palette)
}
