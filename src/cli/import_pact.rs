//! `upheld import pact`: converts Pact files to contracts.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use indexmap::IndexMap;

use super::converted::Page;
use super::load::folder_to_write;
use super::recorded::write_schema;
use super::{Exit, Failure, Global, World};
use crate::contract::{Contract, Interaction, write};
use crate::conversion::import::import;
use crate::files::{self, ContractFolder};
use crate::formats::{self, ContractFile, Terms, interaction_id};
use crate::interaction::{InteractionId, Names, ServiceName};
use crate::pact::{self, name_apart};
use crate::report::{Palette, conversion_remark};
use crate::source::Sources;

/// Convert Pact files to contracts
///
/// Each becomes the contract contracts/CONSUMER/PROVIDER.yaml, with the same requests, and with the rules that a person
/// would have written. Whatever a contract can't express is reported with its line in the Pact file. Several files of the
/// same consumer and provider become one contract; if two different interactions have the same name, the second gets
/// another.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct PactArgs {
    /// The Pact files, of versions 1 to 4
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The consumer's name in the contract [default: the name in the file]
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    consumer: Option<ServiceName>,
    /// The provider's name in the contract [default: the name in the file]
    #[arg(long, value_name = "NAME", value_parser = ServiceName::new)]
    provider: Option<ServiceName>,
    /// Overwrite an existing contract that differs
    #[arg(long)]
    replace: bool,
}

const EXAMPLES: &str = "\
Examples:
  upheld import pact pacts/storefront-orders.json
      writes contracts/storefront/orders.yaml
  upheld import pact pacts/*.json
      converts all of them
  upheld import pact shop.json --consumer storefront --provider orders
      uses other names

Importing is optional: `verify`, `mock`, `lint` and `publish` also read Pact files as they are.";

/// A contract that is about to be written.
struct Made {
    contract: Contract,
    /// The remarks on it, as texts.
    remarks: Vec<String>,
    /// The indexes of its interactions, by their names in the Pact files.
    read: HashMap<String, Vec<usize>>,
    /// The names that they have in the contract.
    names: Names,
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
            world.say(&made.remarks.concat());
            return Err(Failure::usage(format!("no interaction of {consumer} → {provider} can be converted"))
                .help("`upheld verify` and `upheld mock` also read the Pact file as it is"));
        }
        let path = folder.join(consumer.as_str()).join(format!("{provider}.yaml"));
        let page = Page::new(path, write(&made.contract), args.replace, "--contracts", world)?;
        pages.push((consumer, provider, made, page));
    }
    // Reported first: nothing may be lost silently because the output can't be written.
    for (consumer, provider, made, page) in &pages {
        let summary = page.summary(consumer, provider, made.contract.interactions.len(), made.remarks.len());
        world.print(&(made.remarks.concat() + &summary))?;
    }
    for (_, _, _, page) in &pages {
        page.write()?;
    }
    write_schema(&folder);
    Ok(Exit::Yes)
}

/// Reads all files, or reports all findings at once if one of them can't be used.
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
                return Err(Failure::usage(format!("{} is already the contract of {pair}", source.name)));
            }
            Ok(read) => files.push(formats::file(source, read)),
            Err(found) => findings.extend(found),
        }
    }
    if findings.is_empty() { Ok(files) } else { Err(Failure::Findings { findings, sources }) }
}

/// Adds a file's interactions to the contract of its consumer and provider.
fn add(file: &ContractFile, args: &PactArgs, palette: &Palette, made: &mut IndexMap<(ServiceName, ServiceName), Made>) {
    // Other files were refused when they were read.
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
    let lines = converted.remarks.iter().map(|remark| conversion_remark(remark, file, palette)).collect::<Vec<_>>();
    let made = made.entry(pair).or_insert_with(|| Made {
        contract: Contract { interactions: Vec::new(), ..contract.clone() },
        remarks: Vec::new(),
        read: HashMap::new(),
        names: Names::default(),
    });
    made.remarks.extend(lines);
    for mut interaction in std::mem::take(&mut contract.interactions) {
        let (interactions, id) = (&mut made.contract.interactions, id(&interaction));
        let alike = made.read.entry(interaction.name.clone()).or_default();
        // Split tests may write the same interaction to two files.
        if alike.iter().any(|number| self::id(&interactions[*number]) == id) {
            continue;
        }
        alike.push(interactions.len());
        name_apart(&mut interaction, &mut made.names);
        interactions.push(interaction);
    }
}

fn id(interaction: &Interaction) -> InteractionId {
    interaction_id(&interaction.clone().map(Terms::from))
}
