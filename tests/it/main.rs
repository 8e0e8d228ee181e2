//! Tests that go through the real program or the public library, all in one binary so that they are linked once and
//! run in parallel.
//!
//! `support` holds the one fixture, a [`World`](support::World): a folder of its own, a cleared environment, providers
//! on ports that the system picks, and the whole of what the program wrote as one text. Each module below is about
//! one subject; a module that begins with `cli_` runs the program and compares all that it wrote, exit code included.

mod cli_hostile_provider;
mod cli_process;
mod cli_reach;
mod cli_requests;
mod cli_secrets;
mod cli_selection;
mod cli_start;
mod cli_states;
mod cli_verify;
mod readme;
mod support;
