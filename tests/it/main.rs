//! Upheld from the outside, in one program: everything that can be tested through the library's public API or by
//! running the program. A test that needs the inside of a module is in that module.
//!
//! - `cli_…`: one subject of the command line each, through the real program; all that it wrote is compared, the exit
//!   code included
//! - of these, on a shared repository on disk and on a folder: `cli_team_story`, from the first publication to the end
//!   of support; `cli_publish`, `cli_verify_store`, `cli_deployed`, `cli_checkout`, `cli_status` and `cli_store`, one
//!   command each; `cli_gate…`, the scenarios of the gate, with their numbers; `cli_own_repository`, where nothing
//!   changes
//! - `action`: the steps of `action.yml` as they are, on a runner (`support::runner`); `action_strangers`, with inputs
//!   and pull requests of strangers; `action_install`, how they get the program; `action_files`, the documentation of
//!   them
//! - `contract_read`: reading a contract file, and every finding about it
//! - `finding_codes`: each code of a finding, found
//! - `contract_write`: writing a contract, and reading it back
//! - `contract_schema`: what editors know of the format, and the contracts of this repository
//! - `identity`: which interactions and contracts are the same, and which are not
//! - `matching_matrix` and `matching_parts`: each matcher upheld and broken, in bodies and in all other parts
//! - `properties`: rules for every contract and message, which `strategies` generates
//! - `recording_…`: from traffic to contracts; `recorded_secrets`: no secret is in any of them
//! - `mock_properties`: a mock is its contract's own provider
//! - `gate_scenarios_…`: the scenarios that the gate must pass, on the decision alone; `gate_properties`: every small
//!   world, against the naive gate of `gate_naive`
//! - `hostile_contracts`: files and bodies that mean harm
//! - `store_…`: a ledger's files in a folder and in a git repository, with many writers, with hostile ones, and beside
//!   a checkout
//! - `examples`: the example services do what their pages and contracts say
//! - `pipelines`: three repositories and their pipelines, as the recipes of `examples/pipelines.md` have them, from the
//!   first publication to a rollback; `pipelines_page`: the recipes say the same for every build system
//! - `ranks`: the house keeps its order; `codes`: no two findings or errors share a code; `forgotten`: every file of this
//!   folder is a module here, or its tests would never run
//! - `readme`: the README and the pages beside the examples do what they say; `published`: so do the schema beside the
//!   contracts and the releases
//!
//! `reading` has the shortest ways from a text to a contract, `messages` those to its mismatches, `exchanges` those
//! from the wire to a recording. `ledger_memory` is a store in memory, and `ledger_world` describes a world of services
//! in it. `support` has the world of a test that runs the program: a folder of its own, a cleared environment, and
//! providers on ports that the system picks.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails loudly, and its helpers with it"
)]

mod action;
mod action_files;
mod action_install;
mod action_strangers;
mod cli_advice;
mod cli_checkout;
mod cli_deployed;
mod cli_exit_codes;
mod cli_gate;
mod cli_gate_races;
mod cli_gate_reports;
mod cli_gate_sets;
mod cli_gate_store;
mod cli_help;
mod cli_hostile_input;
mod cli_hostile_provider;
mod cli_import;
mod cli_init;
mod cli_lint;
mod cli_mock;
mod cli_mock_faults;
mod cli_mock_pact;
mod cli_mock_wire;
mod cli_own_repository;
mod cli_pact;
mod cli_pact_convert;
mod cli_pact_right;
mod cli_pact_sent;
mod cli_process;
mod cli_publish;
mod cli_reach;
mod cli_record;
mod cli_record_command;
mod cli_record_links;
mod cli_record_proxy;
mod cli_record_tls;
mod cli_reports;
mod cli_requests;
mod cli_retire;
mod cli_secrets;
mod cli_selection;
mod cli_start;
mod cli_states;
mod cli_status;
mod cli_store;
mod cli_store_token;
mod cli_team_story;
mod cli_verify;
mod cli_verify_right;
mod cli_verify_store;
mod cli_versions;
mod codes;
mod comparing;
mod contract_read;
mod contract_schema;
mod contract_write;
mod examples;
mod exchanges;
mod finding_codes;
mod foreign_json;
mod forgotten;
mod gate_naive;
mod gate_pact;
mod gate_properties;
mod gate_scenarios_basics;
mod gate_scenarios_content;
mod gate_scenarios_live;
mod gate_scenarios_sets;
mod gate_scenarios_store;
mod hostile_contracts;
mod identity;
mod ledger_memory;
mod ledger_world;
mod matching_matrix;
mod matching_parts;
mod messages;
mod mock_properties;
mod pact_convert;
mod pact_convert_peer;
mod pact_convert_properties;
mod pact_peer;
mod pact_properties;
mod pact_spec;
mod pact_stable;
#[cfg(unix)]
mod pipelines;
mod pipelines_page;
mod properties;
mod published;
mod ranks;
mod reading;
mod readme;
mod recorded_secrets;
mod recording_again;
mod recording_apart;
mod recording_inference;
mod recording_interactions;
mod recording_properties;
mod recording_written;
mod secret_places;
mod store_checkout;
mod store_copy;
mod store_folder;
mod store_git;
mod store_hostile;
mod store_writers;
mod strategies;
mod support;
