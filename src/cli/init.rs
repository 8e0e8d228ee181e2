//! `upheld init`: a first registry and a first contract, with comments, ready to edit.

use std::io;
use std::path::Path;

use clap::Args;

use super::{Exit, Failure, Global, World};
use crate::contract::contract_schema;
use crate::files::{self, CONTRACTS, REGISTRY};
use crate::interaction::ServiceName;

/// Write a first registry and contract, ready to edit
///
/// Existing files are never touched: to get a fresh one, delete it and run this again.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The service that calls
    #[arg(long, default_value = "my-consumer", value_parser = ServiceName::new)]
    consumer: ServiceName,
    /// The service that responds
    #[arg(long, default_value = "my-provider", value_parser = ServiceName::new)]
    provider: ServiceName,
}

pub(super) fn init(global: &Global, args: &InitArgs, world: &mut World) -> Result<Exit, Failure> {
    let folder = world.working.join(global.contracts.as_deref().unwrap_or(Path::new(CONTRACTS)));
    let (consumer, provider) = (args.consumer.as_str(), args.provider.as_str());
    let contract_path = folder.join(consumer).join(format!("{provider}.yaml"));
    let contract_shown = files::shown(&contract_path, &world.working);
    let files = [
        (folder.join(REGISTRY), registry(provider)),
        (contract_path, contract(consumer, provider)),
        (folder.join("contract.schema.json"), format!("{:#}\n", contract_schema())),
    ];
    for (path, text) in files {
        let shown = files::shown(&path, &world.working);
        match files::create(&path, &text) {
            Ok(()) => world.print(&format!("wrote  {shown}\n"))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                world.print(&format!("kept   {shown}, which already exists\n"))?;
            }
            Err(error) => {
                return Err(Failure::could_not_run(format!("{shown} can't be written: {}", files::why(&error))));
            }
        }
    }
    world.print(&format!(
        "next   edit {contract_shown}, start {provider}, then: upheld verify {provider} --url http://127.0.0.1:8080\n"
    ))?;
    Ok(Exit::Yes)
}

fn registry(provider: &str) -> String {
    format!(
        "\
# The services of this workspace: how a verification starts and reaches each of them.
upheld: 1
services:
  {provider}:
    # Where it runs, by environment: `upheld verify {provider} --env local`.
    url: {{ local: \"http://127.0.0.1:8080\" }}
    # Or let Upheld start it on a free port, and stop it afterwards:
    # start: ./run-{provider} --port ${{PORT}}
    # The request that returns 2XX once it is ready:
    # health: GET /health
    # How it is put into a provider state (`given`): a POST to it, a command, or `none`.
    # states: POST /_states
    # Who to talk to when a contract is broken:
    # owners: [team-{provider}]
"
    )
}

fn contract(consumer: &str, provider: &str) -> String {
    format!(
        "\
# yaml-language-server: $schema=../contract.schema.json
# What {consumer} needs from {provider}, and no more.
# A request says exactly what the consumer sends; a response says the least that it needs.
contract: 1
consumer: {consumer}
provider: {provider}
interactions:
  - name: get a thing
    # What must be true at the provider before, for its state handler (see upheld.yaml):
    # given:
    #   - a thing exists: {{ id: 42 }}
    request: GET /things/42
    response:
      status: 200
      headers: {{ content-type: application/json }}
      # Every key shown must be there, with a value of the same type; other keys are ignored.
      body:
        id: 42
        name: a thing
        state: open
        tags: [red]
      # What is more, or less, than the example's type: integer, uuid, date-time, /a regular expression/,
      # [one, of, these], 1+ (how many), optional, or null …
      match:
        id: integer
        state: [open, closed]
        tags: 0+
"
    )
}
