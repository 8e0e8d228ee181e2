//! `upheld schema`: the JSON Schemas of the files that people write.

use clap::{Args, ValueEnum};

use super::{Exit, Failure, World};
use crate::contract::contract_schema;
use crate::registry::registry_schema;

/// Print the JSON Schema of contract files, for editors
///
/// Save it next to your contracts and name it in their first line; editors then complete and check the format:
/// `# yaml-language-server: $schema=../contract.schema.json`.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// The kind of file
    #[arg(value_name = "KIND", default_value = "contract")]
    of: SchemaOf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaOf {
    /// Contracts
    Contract,
    /// The registry, upheld.yaml
    Registry,
}

pub(super) fn schema(args: &SchemaArgs, world: &mut World) -> Result<Exit, Failure> {
    let schema = match args.of {
        SchemaOf::Contract => contract_schema(),
        SchemaOf::Registry => registry_schema(),
    };
    world.print(&format!("{schema:#}\n"))?;
    Ok(Exit::Yes)
}
